//! The gifts of the house (`config/gifts.toml`) and how a gift set is read from an order.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::mapping::MappingError;
use crate::domain::id::Sku;
use crate::domain::order::{Line, LineStatus};

/// Gift skus and their names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gifts {
    gifts: BTreeMap<String, String>,
}

impl Gifts {
    pub const BUILTIN: &str = include_str!("../../config/gifts.toml");

    pub fn builtin() -> Self {
        Self::from_toml(Self::BUILTIN).expect("the built-in gift file is read by a test")
    }

    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        toml::from_str(text).map_err(|source| MappingError { file: "gifts.toml".to_owned(), source })
    }

    pub fn is_gift(&self, sku: &str) -> bool {
        self.gifts.contains_key(sku)
    }

    /// The codes after `label` in a note, as in `label:A01+A02`; an error names the code that is no gift.
    pub(super) fn in_note(&self, note: &str, label: &str) -> Result<Vec<String>, String> {
        let Some((_, after)) = note.split_once(label) else {
            return Ok(Vec::new());
        };
        let after = after.trim_start_matches([':', '：', ' ', '=']);
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '＋' | '-' | '_')))
            .unwrap_or(after.len());
        let codes: Vec<String> =
            after[..end].split(['+', '＋']).filter(|code| !code.is_empty()).map(str::to_ascii_uppercase).collect();
        match codes.iter().find(|code| !self.is_gift(code)) {
            Some(code) => Err(code.clone()),
            None => Ok(codes),
        }
    }

    /// The set an order ends up with, and its lines with every gift of the note among them, for what isn't a line is
    /// never picked.
    pub(super) fn settle(&self, in_note: Vec<String>, lines: &mut Vec<Line>) -> Option<String> {
        for code in &in_note {
            if !lines.iter().any(|line| line.sku.as_str() == code) {
                lines.push(Line {
                    line_no: None,
                    sku: Sku::from(code.as_str()),
                    name: self.gifts.get(code).cloned().unwrap_or_default(),
                    quantity: 1,
                    price_fen: 0,
                    gift: true,
                    status: LineStatus::Open,
                    bin: None,
                    lot: None,
                    expires_on: None,
                });
            }
        }
        let mut set = in_note;
        if set.is_empty() {
            let gifts = lines
                .iter()
                .filter(|line| line.gift && line.status == LineStatus::Open && self.is_gift(line.sku.as_str()));
            set = gifts.map(|line| line.sku.to_string()).collect();
            set.sort();
            set.dedup();
        }
        (!set.is_empty()).then(|| set.join("+"))
    }
}
