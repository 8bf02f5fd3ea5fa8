//! A scale's config: its profile from `config/scales/` with the keys of the config over it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use toml::Table;

use super::reading::Unit;
use crate::transport;
use crate::url::{DeviceUrl, UrlError};

macro_rules! profiles {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../config/scales/", $name, ".toml")))),*]
    };
}

const BUILTIN: &[(&str, &str)] = profiles!["text", "text-unmarked", "toledo-8217", "toledo-continuous"];

/// What bytes reach a scale by. Whoever leads the others to one must bring an answer back as well.
const SCHEMES: [&str; 2] = ["serial", "tcp"];

/// A `[[scale]]` of the station's config: `name`, `url`, `profile?` and any key of `Settings`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Table")]
pub struct ScaleConfig {
    pub name: String,
    pub url: DeviceUrl,
    pub settings: Settings,
}

/// How this model tells its weight.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A name of `KINDS`.
    pub protocol: String,
    /// Of weights that come without a unit.
    pub unit: Unit,
    /// Places behind the point, of digits that come without one (toledo-8217).
    pub decimals: u8,
    /// How many equal weights in a row stand still, where the scale doesn't say so itself.
    pub equal: u32,
    /// What is sent to be told the weight: `W` for toledo-8217. Empty: the scale talks by itself.
    pub ask: Option<String>,
    /// Between two questions, while nobody waits for a weight and while somebody does. A weight that is older than two
    /// of the latter is nobody's: one answer may be lost on the line, and no parcel is swapped in so short a time.
    pub idle_ms: u64,
    pub wanted_ms: u64,
    /// A scale that says nothing for as long is silent.
    pub silence_ms: u64,
    /// Each message of toledo-continuous ends with a checksum.
    pub checksum: bool,
    /// The bits of toledo-8217's status byte; 0 for one the scale doesn't have.
    pub motion_bit: u8,
    pub overload_bit: u8,
    pub negative_bit: u8,
    pub unzeroed_bit: u8,
    /// What a `serial://` address has for options where it says nothing else.
    pub line: BTreeMap<String, toml::Value>,
    /// `vendor:product`, or a vendor, of scales that are plugged into USB.
    pub devices: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    #[error("scale: {0} is missing")]
    Missing(&'static str),
    #[error("unknown scale profile {name:?}; known are {known}")]
    UnknownProfile { name: String, known: String },
    #[error("scale `{scale}`: {source}")]
    Url { scale: String, source: UrlError },
    #[error("scale `{scale}`: {source}")]
    Settings { scale: String, source: toml::de::Error },
    #[error("scale `{scale}`: unknown protocol {protocol:?}; known are {known}")]
    UnknownProtocol { scale: String, protocol: String, known: String },
    #[error("scale `{scale}`: a scale is reached by serial:// or tcp://, not by {scheme}://")]
    Scheme { scale: String, scheme: String },
    #[error("scale `{scale}`: {key} must be {range}")]
    Range { scale: String, key: &'static str, range: &'static str },
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            protocol: "text".into(),
            unit: Unit::Kg,
            decimals: 3,
            equal: 4,
            ask: None,
            idle_ms: 1_000,
            wanted_ms: 200,
            silence_ms: 3_000,
            checksum: false,
            motion_bit: 0x01,
            overload_bit: 0x02,
            negative_bit: 0x04,
            unzeroed_bit: 0x08,
            line: BTreeMap::new(),
            devices: Vec::new(),
        }
    }
}

impl Settings {
    pub fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms)
    }

    pub fn wanted(&self) -> Duration {
        Duration::from_millis(self.wanted_ms)
    }

    /// How long a weight may be taken for what lies there now.
    pub fn fresh(&self) -> Duration {
        self.wanted() * 2
    }

    pub fn silence(&self) -> Duration {
        Duration::from_millis(self.silence_ms)
    }
}

impl ScaleConfig {
    pub fn profile_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// The profile of a scale on USB, where its numbers are a scale's alone.
    pub fn profile_of(vendor: u16, product: u16) -> Option<&'static str> {
        let numbers = [format!("{vendor:04x}:{product:04x}"), format!("{vendor:04x}")];
        let names = |number: &String| {
            let has = |settings: Settings| settings.devices.contains(number);
            Self::profile_names().find(|name| builtin(name).and_then(|table| table.try_into().ok()).is_some_and(has))
        };
        numbers.iter().find_map(names)
    }
}

fn builtin(name: &str) -> Option<Table> {
    let (_, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
    Some(text.parse().expect("the built-in profiles are TOML, which a test proves"))
}

impl TryFrom<Table> for ScaleConfig {
    type Error = ScaleError;

    fn try_from(mut table: Table) -> Result<Self, ScaleError> {
        let mut text = |key: &'static str| match table.remove(key) {
            Some(toml::Value::String(text)) => Some(text),
            _ => None,
        };
        let name = text("name").ok_or(ScaleError::Missing("name"))?;
        let url = text("url").ok_or(ScaleError::Missing("url"))?;
        let profile = text("profile").unwrap_or_else(|| "text".into());
        let mut merged = builtin(&profile).ok_or_else(|| ScaleError::UnknownProfile {
            name: profile,
            known: Self::profile_names().collect::<Vec<_>>().join(", "),
        })?;
        merged.extend(table);
        let settings: Settings =
            merged.try_into().map_err(|source| ScaleError::Settings { scale: name.clone(), source })?;
        if super::kind_of(&settings.protocol).is_none() {
            let known = super::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
            return Err(ScaleError::UnknownProtocol { scale: name, protocol: settings.protocol, known });
        }
        let range = |ok: bool, key, range| match ok {
            true => Ok(()),
            false => Err(ScaleError::Range { scale: name.clone(), key, range }),
        };
        // One alone may be the tail of a line that we began to hear in its middle.
        range((2..=100).contains(&settings.equal), "equal", "2 to 100")?;
        range(settings.decimals <= 6, "decimals", "0 to 6")?;
        range(settings.idle_ms >= 100 && settings.wanted_ms >= 50, "idle_ms and wanted_ms", "at least 100 and 50")?;
        range(settings.silence_ms > settings.idle_ms, "silence_ms", "longer than idle_ms")?;

        let mut url: DeviceUrl = url.parse().map_err(|source| ScaleError::Url { scale: name.clone(), source })?;
        if url.scheme == "serial" {
            for (key, value) in &settings.line {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                url.options.entry(key.clone()).or_insert(value);
            }
        }
        if !SCHEMES.contains(&url.scheme.as_str()) {
            return Err(ScaleError::Scheme { scale: name, scheme: url.scheme });
        }
        transport::kind_of(&url).map_err(|source| ScaleError::Url { scale: name.clone(), source })?;
        Ok(Self { name, url, settings })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn config(more: &str) -> Result<ScaleConfig, toml::de::Error> {
        toml::from_str(&format!("name = 'scale'\nurl = 'serial:///dev/ttyUSB0'\n{more}"))
    }

    #[test]
    fn every_profile_is_built_in_and_sound() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/scales");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let files: BTreeSet<String> = files.collect();
        assert_eq!(files, ScaleConfig::profile_names().map(|name| format!("{name}.toml")).collect());
        for name in ScaleConfig::profile_names() {
            config(&format!("profile = '{name}'")).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert_eq!(config("").unwrap().settings, Settings::default(), "text.toml shows the defaults");
    }

    #[test]
    fn a_profile_says_how_the_line_is_set_unless_the_address_does() {
        let toledo = config("profile = 'toledo-8217'").unwrap();
        assert_eq!(toledo.url.to_string(), "serial:///dev/ttyUSB0?baud=9600&bits=7&parity=even");
        let other: ScaleConfig = toml::from_str(
            "name = 's'\nurl = 'serial:///dev/ttyUSB0?bits=8&parity=none&baud=4800'\nprofile = 'toledo-8217'",
        )
        .unwrap();
        assert_eq!(other.url.to_string(), "serial:///dev/ttyUSB0?baud=4800&bits=8&parity=none");
        let network: ScaleConfig =
            toml::from_str("name = 's'\nurl = 'tcp://10.0.0.9:4001'\nprofile = 'toledo-8217'").unwrap();
        assert_eq!(network.url.to_string(), "tcp://10.0.0.9:4001");
    }

    #[test]
    fn mistakes_are_named() {
        for (more, says) in [
            ("profile = 'toledo'", "unknown scale profile \"toledo\"; known are text, text-unmarked, toledo-8217"),
            ("equl = 3", "scale `scale`: unknown field `equl`"),
            ("equal = 1", "equal must be 2 to 100"),
            ("unit = 'stone'", "unknown variant `stone`"),
            ("protocol = 'morse'", "unknown protocol \"morse\"; known are toledo-8217"),
            ("silence_ms = 500", "silence_ms must be longer than idle_ms"),
            ("line = { bauds = 9600 }", "unknown option \"bauds\""),
        ] {
            let error = config(more).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let error = toml::from_str::<ScaleConfig>("name = 's'\nurl = 'file:///tmp/x'").unwrap_err().to_string();
        assert!(error.contains("by serial:// or tcp://, not by file://"), "{error}");
    }

    #[test]
    fn a_scale_on_usb_is_known_by_its_maker() {
        assert_eq!(ScaleConfig::profile_of(0x0eb8, 0xf000), Some("toledo-8217"));
        assert_eq!(ScaleConfig::profile_of(0x1a86, 0x7523), None, "a converter that carries anything");
    }
}
