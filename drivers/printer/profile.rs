//! What a printer model may be sent. Profiles are TOML files in `config/printers/`, built in; a config names one or holds
//! the same fields in a table of its own.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor, value::MapAccessDeserializer};

const BUILTIN: &[(&str, &str)] = &[
    ("zpl", include_str!("../../config/printers/zpl.toml")),
    ("zpl-clone", include_str!("../../config/printers/zpl-clone.toml")),
    ("tspl", include_str!("../../config/printers/tspl.toml")),
    ("tspl-raster-only", include_str!("../../config/printers/tspl-raster-only.toml")),
    ("tspl-hprt", include_str!("../../config/printers/tspl-hprt.toml")),
    ("gprinter", include_str!("../../config/printers/gprinter.toml")),
    ("cpcl", include_str!("../../config/printers/cpcl.toml")),
    ("hprt-cpcl", include_str!("../../config/printers/hprt-cpcl.toml")),
    ("epl", include_str!("../../config/printers/epl.toml")),
    ("escpos", include_str!("../../config/printers/escpos.toml")),
    ("png", include_str!("../../config/printers/png.toml")),
];

#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub language: String,
    /// Beyond the plain form every printer of the language takes; the smallest result is sent.
    pub compression: Vec<Compression>,
    /// Does it answer status questions? Silence is found out by itself; false saves the first wait.
    pub answers: bool,
    /// Does it keep a count of its labels that can be asked for? ZPL on Zebra's Link-OS.
    pub counts: bool,
    /// An empty queue proves a label only once it was seen full: for models that say ready whatever happens.
    pub seen_busy: bool,
    /// Does it report each label by itself, in HPRT's frames? Switched on in the printer, with the maker's tool. TSPL only.
    pub auto_return: bool,
    /// What it sends when a label is out, once `SET RESPONSE ON` asked for it; models differ. TSPL only.
    pub response: Option<String>,
    /// TSPL `DIRECTION`, EPL `Z`: which edge comes out first; the default differs per model.
    pub direction: u8,
    /// CPCL: dots as hexadecimal digits (`EG`) or as bytes (`CG`), which are half as many.
    pub graphics: Graphics,
    /// A model that takes black for white: the bits are turned over against its language.
    pub inverted: bool,
    /// Rows sent for a row meant: above 1 for a printer that feeds short.
    pub feed_scale: f64,
    /// How far the picture is moved right and down: one printer's own, never a model's.
    pub offset_mm: [f64; 2],
    /// Space between labels in mm; 0 is continuous paper. ZPL printers keep it calibrated.
    pub gap_mm: f64,
    /// Rows of one graphic are limited to this many bytes before compression.
    pub band_bytes: u32,
    /// Heat and speed as the language counts them; left to the printer when absent.
    pub darkness: Option<u8>,
    pub speed: Option<u8>,
    /// Status byte → fault where this model differs from its language, e.g. `"0x07" = "cover_open"`.
    pub faults: BTreeMap<String, super::status::Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// ZPL: zlib and base64 in `^GF`.
    Z64,
    /// ZPL: run lengths in `^GF`.
    Acs,
    /// TSPL: `BITMAP` mode 3, some makers' only.
    Zlib,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Graphics {
    Hex,
    Binary,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            language: "zpl".into(),
            compression: Vec::new(),
            answers: true,
            counts: false,
            seen_busy: false,
            auto_return: false,
            response: None,
            direction: 1,
            graphics: Graphics::Hex,
            inverted: false,
            feed_scale: 1.0,
            gap_mm: 2.0,
            // The largest count ^GF takes (ZPL II Programming Guide, ^GF).
            band_bytes: 99_999,
            offset_mm: [0.0; 2],
            darkness: None,
            speed: None,
            faults: BTreeMap::new(),
        }
    }
}

/// The same fields as TOML has them; all but the language may lack.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    language: String,
    compression: Option<Vec<Compression>>,
    answers: Option<bool>,
    counts: Option<bool>,
    seen_busy: Option<bool>,
    auto_return: Option<bool>,
    response: Option<String>,
    direction: Option<u8>,
    graphics: Option<Graphics>,
    inverted: Option<bool>,
    feed_scale: Option<f64>,
    gap_mm: Option<f64>,
    band_bytes: Option<u32>,
    darkness: Option<u8>,
    speed: Option<u8>,
    #[serde(default)]
    faults: BTreeMap<String, super::status::Fault>,
    /// See `Recognised`.
    #[serde(default, rename = "devices")]
    _devices: Vec<String>,
    #[serde(default, rename = "models")]
    _models: Vec<String>,
}

/// By what a plugged-in printer is recognised; no part of how it is driven.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Recognised {
    /// `vendor:product`, or a vendor all of whose printers are so.
    devices: Vec<String>,
    /// Models, as their IEEE-1284 id has them.
    models: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("unknown printer profile {name:?}; known are {known}")]
    Unknown { name: String, known: String },
    #[error("printer profile")]
    Toml(#[from] toml::de::Error),
    #[error("printer profile: {key} = {value} is outside {range}")]
    Range { key: &'static str, value: String, range: &'static str },
}

impl Profile {
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    pub fn builtin(name: &str) -> Result<Self, ProfileError> {
        let (_, text) = BUILTIN.iter().find(|(known, _)| *known == name).ok_or_else(|| ProfileError::Unknown {
            name: name.to_owned(),
            known: Self::names().collect::<Vec<_>>().join(", "),
        })?;
        Self::parse(text)
    }

    /// The profile that names this model.
    pub fn of_model(model: &str) -> Option<&'static str> {
        Self::recognising(|known| known.models.iter().any(|name| name.eq_ignore_ascii_case(model)))
    }

    /// The profile that names these numbers: the product's before its maker's.
    pub fn of_device(vendor: u16, product: u16) -> Option<&'static str> {
        let names = |number: String| Self::recognising(|known| known.devices.contains(&number));
        names(format!("{vendor:04x}:{product:04x}")).or_else(|| names(format!("{vendor:04x}")))
    }

    fn recognising(fits: impl Fn(&Recognised) -> bool) -> Option<&'static str> {
        let known = |text: &str| toml::from_str::<Recognised>(text).is_ok_and(|known| fits(&known));
        BUILTIN.iter().find(|(_, text)| known(text)).map(|(name, _)| *name)
    }

    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Self::from_fields(toml::from_str(text)?)
    }

    fn from_fields(fields: Fields) -> Result<Self, ProfileError> {
        let default = Self::default();
        let profile = Self {
            language: fields.language,
            compression: fields.compression.unwrap_or(default.compression),
            answers: fields.answers.unwrap_or(default.answers),
            counts: fields.counts.unwrap_or(default.counts),
            seen_busy: fields.seen_busy.unwrap_or(default.seen_busy),
            auto_return: fields.auto_return.unwrap_or(default.auto_return),
            response: fields.response,
            direction: fields.direction.unwrap_or(default.direction),
            graphics: fields.graphics.unwrap_or(default.graphics),
            inverted: fields.inverted.unwrap_or(default.inverted),
            feed_scale: fields.feed_scale.unwrap_or(default.feed_scale),
            gap_mm: fields.gap_mm.unwrap_or(default.gap_mm),
            band_bytes: fields.band_bytes.unwrap_or(default.band_bytes),
            offset_mm: default.offset_mm,
            darkness: fields.darkness,
            speed: fields.speed,
            faults: fields.faults,
        };
        profile.check()?;
        Ok(profile)
    }

    fn check(&self) -> Result<(), ProfileError> {
        let range = |ok: bool, key, value: String, range| {
            if ok { Ok(()) } else { Err(ProfileError::Range { key, value, range }) }
        };
        range(self.direction <= 1, "direction", self.direction.to_string(), "0 to 1")?;
        range((0.9..=1.1).contains(&self.feed_scale), "feed_scale", self.feed_scale.to_string(), "0.9 to 1.1")?;
        range((0.0..=100.0).contains(&self.gap_mm), "gap_mm", self.gap_mm.to_string(), "0 to 100")?;
        let response = self.response.as_deref().unwrap_or("-");
        range(!response.is_empty(), "response", format!("{response:?}"), "one character and more")?;
        range((1_000..=99_999).contains(&self.band_bytes), "band_bytes", self.band_bytes.to_string(), "1000 to 99999")
    }

    pub fn allows(&self, compression: Compression) -> bool {
        self.compression.contains(&compression)
    }

    /// This model's own meaning of a status byte.
    pub fn fault_of(&self, byte: u8) -> Option<super::status::Fault> {
        self.faults.get(&format!("0x{byte:02x}")).copied()
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrTable;
        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Profile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a printer profile's name or a table of its fields")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Profile, E> {
                Profile::builtin(name).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Profile, A::Error> {
                let fields = Fields::deserialize(MapAccessDeserializer::new(map))?;
                Profile::from_fields(fields).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(NameOrTable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer::{PrinterConfig, language};

    #[test]
    fn every_builtin_profile_is_sound() {
        for name in Profile::names() {
            let profile = Profile::builtin(name).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert!(language::kind_of(&profile.language).is_some(), "{name} names the language {}", profile.language);
        }
    }

    #[test]
    fn a_config_names_a_profile_or_holds_one() {
        let config = |profile: &str| {
            toml::from_str::<PrinterConfig>(&format!(
                "name = 'desk'\nurl = 'tcp://10.0.0.7'\nmedia = '76x130'\nprofile = {profile}"
            ))
        };
        assert_eq!(config("'tspl'").unwrap().profile, Profile::builtin("tspl").unwrap());
        assert_eq!(config("{ language = 'tspl', direction = 0 }").unwrap().profile.direction, 0);
        for (wrong, says) in [
            ("'zebra'", "unknown printer profile \"zebra\""),
            ("{ language = 'tspl', directoin = 0 }", "unknown field `directoin`"),
            ("{ language = 'tspl', feed_scale = 98.1 }", "feed_scale = 98.1 is outside 0.9 to 1.1"),
        ] {
            let error = config(wrong).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
