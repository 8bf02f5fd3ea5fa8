//! What carriers tell of a parcel's way: scans under their own codes, and what each code means. The word 签收 alone
//! proves nothing: a locker, a station and a neighbour sign too, so a code's meaning stands in a table.

use std::collections::HashMap;

use serde::Deserialize;

pub use crate::domain::tracking::{Meaning, Scan};

impl Meaning {
    pub fn as_str(self) -> &'static str {
        match self {
            Meaning::Collected => "collected",
            Meaning::InTransit => "in transit",
            Meaning::OutForDelivery => "out for delivery",
            Meaning::HeldAtPoint => "held at a point, not delivered",
            Meaning::Delivered => "delivered",
            Meaning::DeliveryFailed => "delivery failed, tried again",
            Meaning::Returning => "on its way back",
            Meaning::Returned => "back with the sender",
            Meaning::Problem => "a problem somebody must look at",
            Meaning::Note => "a note that says nothing about where the parcel is",
            Meaning::Unknown => "unknown",
        }
    }
}

/// A push as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    pub content_type: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushAnswer {
    pub content_type: &'static str,
    pub body: String,
}

/// Why a push isn't taken; nothing of its content is repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    #[error("the push isn't signed with this account's secret: it is somebody else's, or the account's secret changed")]
    Signature,
    #[error("the push can't be read: {0}")]
    Unreadable(String),
}

/// One or more codes of the same meaning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanCode {
    pub codes: Vec<String>,
    pub meaning: Meaning,
    /// Words in the carrier's text that turn it into another meaning, e.g. 代收 into `held_at_point`.
    #[serde(default)]
    pub unless: Vec<String>,
    #[serde(default)]
    pub then: Option<Meaning>,
}

/// Looked up by code.
#[derive(Clone, Debug, Default)]
pub struct ScanTable {
    by_code: HashMap<String, ScanCode>,
}

impl ScanTable {
    /// An error names a code that stands twice, or an exception without its meaning.
    pub fn new(entries: Vec<ScanCode>) -> Result<Self, String> {
        let mut by_code = HashMap::new();
        for entry in entries {
            if entry.unless.is_empty() != entry.then.is_none() {
                return Err(format!("scan {}: `unless` and `then` go together", entry.codes.join(", ")));
            }
            for code in &entry.codes {
                if by_code.insert(code.clone(), entry.clone()).is_some() {
                    return Err(format!("scan {code} stands twice in the table: keep one"));
                }
            }
        }
        Ok(Self { by_code })
    }

    pub fn get(&self, code: &str) -> Option<Meaning> {
        self.by_code.get(code).map(|known| known.meaning)
    }

    /// The meaning of the first of these codes that stands in the table, the narrowest first.
    pub fn meaning<'c>(&self, codes: impl IntoIterator<Item = &'c str>, text: &str) -> Meaning {
        let Some(known) = codes.into_iter().find_map(|code| self.by_code.get(code)) else { return Meaning::Unknown };
        match known.then {
            Some(other) if known.unless.iter().any(|word| text.contains(word.as_str())) => other,
            _ => known.meaning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(codes: &[&str], meaning: Meaning) -> ScanCode {
        let codes = codes.iter().map(ToString::to_string).collect();
        ScanCode { codes, meaning, unless: Vec::new(), then: None }
    }

    #[test]
    fn the_narrowest_code_wins_and_words_turn_a_meaning() {
        let mut signed = code(&["510"], Meaning::Delivered);
        signed.unless = vec!["LOCKER".to_owned()];
        signed.then = Some(Meaning::HeldAtPoint);
        let table = [signed, code(&["99"], Meaning::Returning), code(&["99+2"], Meaning::Returned)];
        let table = ScanTable::new(table.to_vec()).expect("a table");
        for (codes, text, expected) in [
            (vec!["510"], "handed over", Meaning::Delivered),
            (vec!["510"], "in LOCKER 7", Meaning::HeldAtPoint),
            (vec!["99+2", "99"], "", Meaning::Returned),
            (vec!["99+3", "99"], "", Meaning::Returning),
            (vec!["1"], "", Meaning::Unknown),
        ] {
            assert_eq!(table.meaning(codes.iter().copied(), text), expected, "{codes:?} {text}");
        }
    }

    #[test]
    fn a_code_twice_and_half_an_exception_are_refused() {
        let twice = [code(&["1"], Meaning::Note), code(&["1"], Meaning::Note)];
        assert!(ScanTable::new(twice.to_vec()).expect_err("twice").contains("scan 1 stands twice"));
        let mut half = code(&["1"], Meaning::Note);
        half.unless = vec!["x".to_owned()];
        assert!(ScanTable::new(vec![half]).expect_err("half").contains("`unless` and `then` go together"));
    }
}
