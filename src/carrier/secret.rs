//! Secrets of accounts: where they stand, and their text, which never shows in a log.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A credential. Line ends and byte order marks that editors leave behind are trimmed, for a carrier answers those
/// with "no permission" and nobody finds out why.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: &str) -> Self {
        Self(text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where a secret stands: `{ file = "/etc/milepost/sf.key" }` or `{ env = "SF_CHECK_WORD" }`; `{ text = "…" }` is for
/// credentials that carriers publish for their sandboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    File(PathBuf),
    Env(String),
    Text(String),
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret in {path} cannot be read: {source}", path = path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the environment has no {0}, which should hold a secret")]
    Env(String),
    #[error("the secret in {0} is empty")]
    Empty(String),
}

impl SecretSource {
    /// An option that isn't used.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, SecretSource::Text(text) if text.is_empty())
    }

    /// Reads the secret with the caller's own means.
    pub fn read(
        &self,
        file: impl Fn(&Path) -> std::io::Result<String>,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Secret, SecretError> {
        let (text, place) = match self {
            SecretSource::File(path) => {
                let text = file(path).map_err(|source| SecretError::File { path: path.clone(), source })?;
                (text, path.display().to_string())
            }
            SecretSource::Env(name) => (env(name).ok_or_else(|| SecretError::Env(name.clone()))?, name.clone()),
            SecretSource::Text(text) => (text.clone(), "the config".to_owned()),
        };
        let secret = Secret::new(&text);
        if secret.expose().is_empty() { Err(SecretError::Empty(place)) } else { Ok(secret) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_byte_order_marks_come_off() {
        let source = SecretSource::File("/key".into());
        let read = source.read(|_| Ok("\u{feff}abc\r\n".to_owned()), |_| None).expect("it is there");
        assert_eq!(read.expose(), "abc");
        assert_eq!(format!("{read:?}"), "Secret(…)");
    }

    #[test]
    fn missing_and_empty_ones_say_where() {
        let missing = SecretSource::Env("SF_CHECK_WORD".to_owned()).read(|_| Ok(String::new()), |_| None);
        assert_eq!(
            missing.expect_err("nothing there").to_string(),
            "the environment has no SF_CHECK_WORD, which should hold a secret"
        );
        let empty = SecretSource::File("/key".into()).read(|_| Ok("\r\n".to_owned()), |_| None);
        assert_eq!(empty.expect_err("empty").to_string(), "the secret in /key is empty");
    }
}
