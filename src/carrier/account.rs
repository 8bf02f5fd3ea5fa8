//! A carrier's config file: its account, what its codes mean and what its scans mean. A file without codes or scans
//! keeps the built-in ones.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::codes::{Code, CodeTable};
use super::secret::{SecretError, SecretSource};
use super::token::TokenError;
use super::tracking::{ScanCode, ScanTable};
use super::{Carrier, Secret, jd, sf, zto};
use crate::domain::order::CarrierCode;

/// A file's content: the account, and the tables that hold for it.
#[derive(Clone, Debug)]
pub struct Config<A> {
    pub account: A,
    pub codes: CodeTable,
    pub scans: ScanTable,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{file} cannot be read: {source}")]
    Toml { file: String, source: Box<toml::de::Error> },
    #[error("{file}: {problem}")]
    Table { file: String, problem: String },
    #[error("{file}: {option} is empty: {cure}")]
    Empty { file: String, option: &'static str, cure: &'static str },
    #[error("{file}: {option}: {source}")]
    Token { file: String, option: &'static str, source: TokenError },
    #[error(transparent)]
    Secret(#[from] SecretError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<A> {
    #[serde(default)]
    account: A,
    #[serde(default = "Vec::new")]
    code: Vec<Code>,
    #[serde(default = "Vec::new")]
    scan: Vec<ScanCode>,
}

/// Reads a file's text; `builtin` is the carrier's own.
pub fn read<A: DeserializeOwned + Default>(
    carrier: CarrierCode,
    text: &str,
    builtin: &str,
) -> Result<Config<A>, ConfigError> {
    let file = || format!("{}.toml", carrier.as_str());
    let parse = |text: &str| -> Result<File<A>, ConfigError> {
        toml::from_str(text).map_err(|source| ConfigError::Toml { file: file(), source: Box::new(source) })
    };
    let (given, built_in) = (parse(text)?, parse(builtin)?);
    let codes = if given.code.is_empty() { built_in.code } else { given.code };
    let scans = if given.scan.is_empty() { built_in.scan } else { given.scan };
    let table = |problem| ConfigError::Table { file: file(), problem };
    Ok(Config {
        account: given.account,
        codes: CodeTable::new(codes).map_err(table)?,
        scans: ScanTable::new(scans).map_err(table)?,
    })
}

/// The config file of a carrier as built in; its account is the carrier's published sandbox.
pub fn builtin(carrier: CarrierCode) -> Option<&'static str> {
    match carrier {
        CarrierCode::Sf => Some(sf::BUILTIN),
        CarrierCode::Zto => Some(zto::BUILTIN),
        CarrierCode::Jd => Some(jd::BUILTIN),
    }
}

/// The carrier that a config file's text describes. `endpoint` takes the place of the account's own; secrets are read
/// with the caller's means. `None` for a carrier without a client.
pub fn open(
    carrier: CarrierCode,
    text: &str,
    endpoint: Option<&str>,
    secret: &dyn Fn(&SecretSource) -> Result<Secret, SecretError>,
) -> Result<Option<Box<dyn Carrier>>, ConfigError> {
    Ok(match carrier {
        CarrierCode::Sf => Some(Box::new(sf::Sf::open(text, endpoint, secret)?)),
        CarrierCode::Zto => Some(Box::new(zto::Zto::open(text, endpoint, secret)?)),
        CarrierCode::Jd => Some(Box::new(jd::Jd::open(text, endpoint, secret)?)),
    })
}

/// What a file says of codes and scans, whatever its account is.
pub fn tables(carrier: CarrierCode, text: &str) -> Result<Config<toml::Table>, ConfigError> {
    read(carrier, text, builtin(carrier).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;

    use super::*;
    use crate::carrier::{jd, zto};

    #[test]
    fn the_built_in_files_show_every_option_at_its_default() {
        shows_defaults::<sf::Account>(CarrierCode::Sf);
        shows_defaults::<zto::Account>(CarrierCode::Zto);
        shows_defaults::<jd::Account>(CarrierCode::Jd);
    }

    fn shows_defaults<A: DeserializeOwned + Serialize + Default + PartialEq + Debug>(carrier: CarrierCode) {
        let builtin = builtin(carrier).expect("a file");
        let shown = shown(builtin);
        let config: Config<A> = read(carrier, &shown, builtin).expect("every commented option is TOML");
        assert_eq!(config.account, A::default());
        let keys = shown.lines().filter(|line| line.contains(" = ")).count();
        let written = serde_json::to_value(A::default()).expect("it serialises");
        assert_eq!(keys, written.as_object().map_or(0, serde_json::Map::len), "an option is not shown:\n{shown}");
    }

    /// The options that a file shows, commented out, as TOML of their own.
    fn shown(builtin: &str) -> String {
        let account = builtin.lines().take_while(|line| !line.starts_with("[["));
        let is_key = |key: &str| key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let options = account.filter_map(|line| match line {
            "[account]" => Some(line),
            line => {
                line.strip_prefix("# ").filter(|option| option.split_once(" = ").is_some_and(|(key, _)| is_key(key)))
            }
        });
        options.fold(String::new(), |text, line| text + line + "\n")
    }
}
