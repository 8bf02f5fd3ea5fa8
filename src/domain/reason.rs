//! Why buyers send goods back: the codes of a returns desk's sheet with their words, and what an announcement's own text means by them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub code: String,
    pub zh: String,
    pub en: String,
    /// By these an announcement's text is known as this reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
}

/// Without any where nothing comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    reason: Vec<Reason>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReasonError {
    #[error("it is no list of reasons: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("it has {0} reasons: the sheet of a returns desk takes 1 to {MOST}")]
    Count(usize),
    #[error("reason `{0}` can't be printed as a code: write letters A-Z, digits and -, 24 at most")]
    Code(String),
    #[error("reason `{0}` stands there twice: keep one of them")]
    Twice(String),
}

/// As many as the sheet has room for.
pub const MOST: usize = 12;
const LONGEST: usize = 24;

impl Reasons {
    pub const BUILTIN: &str = include_str!("../../config/reasons.toml");

    pub fn builtin() -> Reasons {
        Reasons::from_toml(Reasons::BUILTIN).expect("the built-in file is read by a test")
    }

    /// A site's own, or the built-in ones where it has none.
    pub fn of(own: &[Reason]) -> Result<Reasons, ReasonError> {
        match own {
            [] => Ok(Reasons::builtin()),
            own => Reasons { reason: own.to_vec() }.checked(),
        }
    }

    pub fn from_toml(text: &str) -> Result<Reasons, ReasonError> {
        toml::from_str::<Reasons>(text)?.checked()
    }

    fn checked(self) -> Result<Reasons, ReasonError> {
        let reasons = self;
        if !(1..=MOST).contains(&reasons.reason.len()) {
            return Err(ReasonError::Count(reasons.reason.len()));
        }
        for (at, Reason { code, .. }) in reasons.reason.iter().enumerate() {
            let is_plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
            if code.is_empty() || code.len() > LONGEST || !code.chars().all(is_plain) {
                return Err(ReasonError::Code(code.clone()));
            }
            if reasons.reason[..at].iter().any(|other| other.code == *code) {
                return Err(ReasonError::Twice(code.clone()));
            }
        }
        Ok(reasons)
    }

    pub fn all(&self) -> &[Reason] {
        &self.reason
    }

    /// Codes of commands come in small letters.
    pub fn find(&self, code: &str) -> Option<&Reason> {
        self.reason.iter().find(|reason| reason.code.eq_ignore_ascii_case(code))
    }

    /// The reason that an announcement's own words mean; `None` where nobody can tell.
    pub fn meant(&self, text: &str) -> Option<&Reason> {
        let text = text.trim();
        let is = |reason: &&Reason| reason.code.eq_ignore_ascii_case(text) || reason.zh == text || reason.en == text;
        let says = |reason: &&Reason| reason.says.iter().any(|word| text.contains(word.as_str()));
        self.reason.iter().find(is).or_else(|| self.reason.iter().find(says))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_has_twelve_that_print() {
        let reasons = Reasons::builtin();
        assert_eq!(reasons.all().len(), 12);
        assert!(reasons.all().iter().all(|reason| !reason.zh.is_empty() && !reason.en.is_empty()));
        assert_eq!(reasons.find("no-reason").expect("known").zh, "七天无理由");
    }

    #[test]
    fn an_announcements_own_words_are_understood_or_asked_about() {
        let reasons = Reasons::builtin();
        let meant = |text: &str| reasons.meant(text).map(|reason| reason.code.as_str());
        assert_eq!(meant("7天无理由退换货"), Some("NO-REASON"));
        assert_eq!(meant("商品质量有问题"), Some("QUALITY"));
        assert_eq!(meant("Bad quality"), Some("QUALITY"));
        assert_eq!(meant("other"), Some("OTHER"));
        assert_eq!((meant("麻烦尽快处理"), meant("")), (None, None));
    }

    #[test]
    fn what_is_wrong_with_a_sites_file_is_said() {
        let one = |code: &str| format!("[[reason]]\ncode = \"{code}\"\nzh = \"x\"\nen = \"x\"\n");
        for (text, says) in [
            ("reason = []".to_owned(), "it has 0 reasons"),
            ((0..13).map(|n| one(&format!("R{n}"))).collect(), "it has 13 reasons"),
            (one("bad code"), "reason `bad code` can't be printed"),
            (one("A").repeat(2), "reason `A` stands there twice"),
            ("[[reason]]\ncod = 1".to_owned(), "it is no list of reasons"),
        ] {
            let error = Reasons::from_toml(&text).expect_err(says).to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
