//! The profiles in `config/scanners/`: how models send what they read, and by which USB numbers a plugged-in one is
//! recognised. Numbers that other devices share, such as a serial converter's, stand in no profile.

use serde::Deserialize;
use toml::Table;

macro_rules! profiles {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../config/scanners/", $name, ".toml")))),*]
    };
}

const BUILTIN: &[(&str, &str)] = profiles![
    "generic",
    "aim",
    "no-suffix",
    "line-feedback",
    "keyboard",
    "keyboard-no-suffix",
    "zebra-keyboard",
    "zebra-hidpos",
    "zebra-usb-com",
    "zebra-ssi",
    "honeywell-keyboard",
    "honeywell-hidpos",
    "datalogic-hidpos",
    "newland-keyboard",
    "newland-hidpos",
    "mindeo-keyboard",
];

/// A profile without its settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Profile {
    #[serde(skip)]
    pub name: &'static str,
    /// The only scheme of addresses it is for.
    pub kind: Option<String>,
    /// `vendor:product`, or a vendor all of whose devices of this kind are scanners.
    devices: Vec<String>,
}

impl Profile {
    pub fn named(name: &str) -> Option<(Self, Table)> {
        let (name, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        let mut table: Table = text.parse().expect("the built-in profiles are TOML, which a test proves");
        let own = ["kind", "devices"].into_iter().filter_map(|key| Some((key.to_owned(), table.remove(key)?)));
        let profile: Profile = own.collect::<Table>().try_into().expect("as above");
        Some((Self { name, ..profile }, table))
    }

    /// The profile for a plugged-in device: one that names its product before one that names its vendor.
    pub fn for_device(kind: &str, vendor: u16, product: u16) -> Option<Self> {
        let fitting = |number: &str| {
            let of_kind = |profile: &Profile| profile.kind.as_deref() == Some(kind);
            all().find(|profile| of_kind(profile) && profile.devices.iter().any(|device| device == number))
        };
        fitting(&format!("{vendor:04x}:{product:04x}")).or_else(|| fitting(&format!("{vendor:04x}")))
    }
}

pub fn names() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(name, _)| *name)
}

fn all() -> impl Iterator<Item = Profile> {
    names().filter_map(|name| Some(Profile::named(name)?.0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::KINDS;
    use super::*;

    #[test]
    fn each_device_has_one_profile_of_a_kind_there_is() {
        let mut claimed = BTreeSet::new();
        for profile in all() {
            let kind = profile.kind.clone().unwrap_or_default();
            assert!(kind.is_empty() || KINDS.iter().any(|known| known.scheme == kind), "{}: {kind}", profile.name);
            for device in &profile.devices {
                let lower = device.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | ':'));
                assert!(lower && matches!(device.len(), 4 | 9), "{}: {device}", profile.name);
                assert!(!kind.is_empty(), "{}: devices need a kind", profile.name);
                assert!(claimed.insert((kind.clone(), device.clone())), "{}: {device} is claimed twice", profile.name);
            }
        }
        assert!(claimed.len() > 8);
    }

    #[test]
    fn every_file_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/scanners");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let files: BTreeSet<String> = files.collect();
        assert_eq!(files, names().map(|name| format!("{name}.toml")).collect());
    }

    #[test]
    fn a_plugged_in_scanner_is_recognised_by_what_it_is_set_to() {
        let name = |kind, vendor, product| Profile::for_device(kind, vendor, product).map(|profile| profile.name);
        assert_eq!(name("evdev", 0x05e0, 0x1200), Some("zebra-keyboard"));
        assert_eq!(name("hidpos", 0x1eab, 0x0110), Some("newland-hidpos"));
        assert_eq!(name("hidpos", 0x0c2e, 0x0b6a), Some("honeywell-hidpos"), "by its vendor");
        assert_eq!(name("evdev", 0x413c, 0x2113), None, "an office keyboard");
        assert_eq!(name("serial", 0x1a86, 0x5723), None, "a converter that carries anything");
    }
}
