//! A scanner's config: its profile from `config/scanners/` with the keys of the config over it.

use std::time::Duration;

use serde::Deserialize;
use toml::Table;

use super::profile::{self, Profile};
use crate::url::{DeviceUrl, UrlError};

/// After this long without its suffix a read is given up: a packer scans again within a second or two.
const STALE: Duration = Duration::from_secs(2);

/// A `[[scanner]]` of the station's config: `name`, `url`, `profile?` and any key of `Settings`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Table")]
pub struct ScannerConfig {
    pub name: String,
    pub url: DeviceUrl,
    pub settings: Settings,
}

/// How this model sends what it reads.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Text before every read; removed, and a read without it is refused.
    pub prefix: String,
    /// Any of these ends a read.
    pub suffix: Vec<Suffix>,
    /// For scanners without suffix: a pause of as many milliseconds ends a read. 0: off.
    pub idle_ms: u64,
    /// The scanner sends `]cm` before the data (ISO/IEC 15424).
    pub aim_ids: bool,
    /// The same code again within as many milliseconds is the same pull of the trigger.
    pub duplicate_window_ms: u64,
    /// Longer reads are refused.
    pub max_length: usize,
    /// Write `OK text`, `WARN text` or `STOP text` back to the device for each answer.
    pub feedback: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suffix {
    Cr,
    Lf,
    Tab,
    Etx,
}

#[derive(Debug, thiserror::Error)]
pub enum ScannerError {
    #[error("scanner: {0} is missing")]
    Missing(&'static str),
    #[error("unknown scanner profile {name:?}; known are {known}")]
    UnknownProfile { name: String, known: String },
    #[error("scanner `{scanner}`: {source}")]
    Url { scanner: String, source: UrlError },
    #[error("scanner `{scanner}`: {source}")]
    Settings { scanner: String, source: toml::de::Error },
    #[error("scanner `{0}`: without a suffix idle_ms must be above 0, or no read would ever end")]
    Endless(String),
    #[error("scanner `{scanner}`: profile {profile} is for {kind}:// and not for {scheme}://: correct one of them")]
    OtherKind { scanner: String, profile: &'static str, kind: String, scheme: String },
    #[error("scanner `{scanner}`: {scheme} takes no feedback: set feedback = false, or connect it as USB-COM")]
    Mute { scanner: String, scheme: String },
    #[error("scanner `{0}`: max_length must be at least 1")]
    Nothing(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: String::new(),
            suffix: vec![Suffix::Cr, Suffix::Lf, Suffix::Tab, Suffix::Etx],
            idle_ms: 0,
            aim_ids: false,
            duplicate_window_ms: 150,
            max_length: 4096,
            feedback: false,
        }
    }
}

impl Settings {
    pub fn ends(&self, byte: u8) -> bool {
        self.suffix.iter().any(|suffix| suffix.byte() == byte)
    }

    /// How long the line has to be quiet before an unfinished read is over.
    pub fn pause(&self) -> Duration {
        if self.idle_ms > 0 { Duration::from_millis(self.idle_ms) } else { STALE }
    }

    pub fn duplicate_window(&self) -> Duration {
        Duration::from_millis(self.duplicate_window_ms)
    }
}

impl Suffix {
    fn byte(self) -> u8 {
        match self {
            Suffix::Cr => b'\r',
            Suffix::Lf => b'\n',
            Suffix::Tab => b'\t',
            Suffix::Etx => 0x03,
        }
    }
}

impl ScannerConfig {
    pub fn profile_names() -> impl Iterator<Item = &'static str> {
        profile::names()
    }
}

impl TryFrom<Table> for ScannerConfig {
    type Error = ScannerError;

    fn try_from(mut table: Table) -> Result<Self, ScannerError> {
        let mut text = |key: &'static str| match table.remove(key) {
            Some(toml::Value::String(text)) => Some(text),
            _ => None,
        };
        let name = text("name").ok_or(ScannerError::Missing("name"))?;
        let url = text("url").ok_or(ScannerError::Missing("url"))?;
        let profile = text("profile").unwrap_or_else(|| "generic".into());
        let (profile, mut merged) = Profile::named(&profile).ok_or_else(|| ScannerError::UnknownProfile {
            name: profile,
            known: profile::names().collect::<Vec<_>>().join(", "),
        })?;
        merged.extend(table);
        let url: DeviceUrl = url.parse().map_err(|source| ScannerError::Url { scanner: name.clone(), source })?;
        let kind = super::kind_of(&url).map_err(|source| ScannerError::Url { scanner: name.clone(), source })?;
        if let Some(kind) = profile.kind.filter(|kind| *kind != url.scheme) {
            return Err(ScannerError::OtherKind { scanner: name, profile: profile.name, kind, scheme: url.scheme });
        }
        let settings: Settings =
            merged.try_into().map_err(|source| ScannerError::Settings { scanner: name.clone(), source })?;
        if settings.feedback && !(kind.answers)(&url) {
            return Err(ScannerError::Mute { scanner: name, scheme: url.scheme });
        }
        if settings.suffix.is_empty() && settings.idle_ms == 0 {
            return Err(ScannerError::Endless(name));
        }
        if settings.max_length == 0 {
            return Err(ScannerError::Nothing(name));
        }
        Ok(Self { name, url, settings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &str) -> Result<ScannerConfig, toml::de::Error> {
        toml::from_str(&format!("name = 'gun'\nurl = 'tcp://127.0.0.1:0'\n{more}"))
    }

    #[test]
    fn every_builtin_profile_is_sound() {
        for name in ScannerConfig::profile_names() {
            let kind = Profile::named(name).unwrap().0.kind;
            let url = match kind.as_deref() {
                None => "tcp://127.0.0.1:0".to_owned(),
                Some(kind @ ("evdev" | "hidpos")) => format!("{kind}://0c2e:0b6a"),
                Some(kind) => format!("{kind}:///dev/ttyACM0"),
            };
            let text = format!("name = 'gun'\nurl = '{url}'\nprofile = '{name}'");
            toml::from_str::<ScannerConfig>(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert_eq!(config("").unwrap().settings, Settings::default(), "generic.toml shows the defaults");
    }

    #[test]
    fn the_configs_keys_go_over_the_profiles() {
        let config = config("profile = 'aim'\nduplicate_window_ms = 400").unwrap();
        assert!(config.settings.aim_ids);
        assert_eq!(config.settings.duplicate_window_ms, 400);
    }

    #[test]
    fn mistakes_are_named() {
        for (more, says) in [
            ("profile = 'zebra'", "unknown scanner profile \"zebra\"; known are generic"),
            ("duplicate_windw_ms = 1", "unknown field `duplicate_windw_ms`"),
            ("profile = 'zebra-ssi'", "profile zebra-ssi is for ssi:// and not for tcp://"),
            ("suffix = []", "idle_ms must be above 0"),
            ("max_length = 0", "at least 1"),
        ] {
            let error = config(more).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        for (url, says) in [
            ("usb://1", "unknown scheme \"usb\""),
            ("evdev://05e0:1200'\nfeedback = true #", "`gun`: evdev takes no feedback"),
            ("evdev:///dev/input/event3", "write its vendor and product like 05e0:1200"),
        ] {
            let error =
                toml::from_str::<ScannerConfig>(&format!("name = 'gun'\nurl = '{url}'")).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
