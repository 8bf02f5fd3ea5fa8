//! Reading config files: an unknown key is an error that names the nearest known one, a bad value names itself.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the config {path} can't be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// The cause's text is the message itself: as a source it would be said twice.
    #[error("the config {path} can't be used:\n{}{}", cause.to_string().trim_end(), hint)]
    Unusable { path: PathBuf, cause: Box<toml::de::Error>, hint: String },
}

/// Reads a config file; `None` means the built-in defaults.
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    parse(&text, path)
}

pub fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|cause: toml::de::Error| {
        let hint = hint(cause.message());
        ConfigError::Unusable { path: path.to_owned(), cause: Box::new(cause), hint }
    })
}

/// "unknown field `lisen`, expected one of `listen`, …": which one was meant? A device's name may stand before it.
fn hint(message: &str) -> String {
    let begins = message.find("unknown field `").unwrap_or(message.len());
    let mut quoted = message[begins..].split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next() else { return String::new() };
    let nearest = quoted.map(|known| (distance(unknown, known), known)).min();
    match nearest {
        // Further away than this it is no misspelling.
        Some((distance, known)) if distance <= 1 + unknown.len() / 3 => format!("\ndid you mean `{known}`?"),
        _ => String::new(),
    }
}

/// Levenshtein's edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its keys matter")]
    struct Sample {
        listen: String,
        data_dir: String,
    }

    #[test]
    fn a_misspelt_key_is_named_with_the_one_that_was_meant() {
        let error = parse::<Sample>("lisen = \"x\"\n", Path::new("station.toml")).expect_err("a typo");
        let text = error.to_string();
        assert!(text.contains("station.toml") && text.contains("unknown field `lisen`"), "{text}");
        assert!(text.ends_with("did you mean `listen`?"), "{text}");
        assert_eq!(hint("scale `desk`: unknown field `equl`, expected `unit` or `equal`"), "\ndid you mean `equal`?");
        let error = parse::<Sample>("zzzzzzzzzz = 1\n", Path::new("f")).expect_err("no key of ours");
        assert!(!error.to_string().contains("did you mean"), "{error}");
    }
}
