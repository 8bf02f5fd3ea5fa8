//! What a printer says of itself: its IEEE-1284 id, `MFG:Xprinter;CMD:TSPL,ESC/POS;MDL:XP-350B;`, and what follows from it.

use super::plain;
use crate::printer::profile::Profile;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceId {
    pub make: String,
    pub model: String,
    /// The languages it claims, as it writes them.
    pub commands: Vec<String>,
    pub serial: String,
}

/// Which of our profiles to try, and why that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub profile: Option<&'static str>,
    pub because: String,
}

/// The languages, as printers write them, best for labels first: whoever knows TSPL and ESC/POS prints labels with TSPL.
const LANGUAGES: [(&str, &[&str]); 5] = [
    ("zpl", &["ZPL", "ZPLII", "ZPL2"]),
    ("tspl", &["TSPL", "TSPL2", "TSPLEZ", "TSC"]),
    ("cpcl", &["CPCL"]),
    ("epl", &["EPL", "EPL2"]),
    ("escpos", &["ESCPOS", "EPSON", "ESC"]),
];

impl DeviceId {
    pub fn parse(id: &str) -> DeviceId {
        let id = plain(id);
        let field = |names: &[&str]| {
            let mut pairs = id.split(';').filter_map(|pair| pair.split_once(':'));
            let found = pairs.find(|(key, _)| names.iter().any(|name| key.trim().eq_ignore_ascii_case(name)));
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let commands = field(&["CMD", "COMMAND SET"]);
        DeviceId {
            make: field(&["MFG", "MANUFACTURER"]),
            model: field(&["MDL", "MODEL"]),
            commands: commands.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect(),
            serial: field(&["SN", "SERN", "SERIALNUMBER"]),
        }
    }

    /// The language for labels among those it claims.
    pub fn language(&self) -> Option<&'static str> {
        let plain = |text: &String| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let claimed: Vec<String> = self.commands.iter().map(plain).collect();
        let claims = |words: &[&str]| claimed.iter().any(|claim| words.contains(&claim.as_str()));
        LANGUAGES.iter().find(|(_, words)| claims(words)).map(|(language, _)| *language)
    }

    /// A model that is known by name first, then what it claims, then what its maker's printers speak. Never a guess
    /// beyond that: the wrong language prints pages of signs.
    pub fn suggest(&self, vendor: u16, product: u16) -> Suggestion {
        if let Some(profile) = Profile::of_model(&self.model) {
            return Suggestion { profile: Some(profile), because: format!("{} is known", self.model) };
        }
        let numbers = Profile::of_device(vendor, product);
        if let Some(language) = self.language() {
            let speaks = |name: &&str| Profile::builtin(name).is_ok_and(|profile| profile.language == language);
            let profile = numbers.filter(speaks).or_else(|| Profile::names().find(|name| *name == language));
            return Suggestion { profile, because: format!("it says it speaks {}", self.commands.join(", ")) };
        }
        let because = match (numbers, self.commands.is_empty()) {
            (Some(_), true) => format!("{vendor:04x}:{product:04x} is known; it doesn't say what it speaks"),
            (_, true) => "it doesn't say what it speaks, and nobody here knows it".to_owned(),
            (_, false) => format!("it says it speaks {}", self.commands.join(", ")),
        };
        Suggestion { profile: numbers.filter(|_| self.commands.is_empty()), because }
    }

    /// In dots an inch, where the model's name tells.
    pub fn dpi(&self) -> Option<u32> {
        [203, 300, 600].into_iter().find(|dpi| self.model.to_lowercase().contains(&format!("{dpi}dpi")))
    }
}

/// The bytes of GET_DEVICE_ID without their length, which some firmware writes the other way round or wrong.
pub fn text(bytes: &[u8]) -> String {
    let [high, low, rest @ ..] = bytes else { return String::new() };
    let lengths = [u16::from_be_bytes([*high, *low]), u16::from_le_bytes([*high, *low])].map(usize::from);
    let fits = |length: &usize| (2..=bytes.len()).contains(length);
    let length = lengths.into_iter().find(fits).unwrap_or(bytes.len());
    String::from_utf8_lossy(&rest[..length - 2]).trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn suggested(id: &str, vendor: u16, product: u16) -> Option<&'static str> {
        DeviceId::parse(id).suggest(vendor, product).profile
    }

    #[test]
    fn ids_of_real_printers_name_a_profile() {
        for (id, vendor, product, profile) in [
            ("MFG:Munbyn;CMD:TSPL;MDL:RW403B", 0x0d28, 0xccdd, Some("tspl-raster-only")),
            ("MFG:4BARCODE;CMD:TSPL2;MDL:3B-363B;CLS:PRINTER", 0x1234, 0x0001, Some("tspl")),
            ("MFG:Xprinter;CMD:TSPL,ESC/POS;MDL:XP-350B", 0x0483, 0x5743, Some("tspl")),
            ("MFG:Xprinter;CMD:ESC/POS,TSPL;MDL:XP-350B", 0x0483, 0x5743, Some("tspl")),
            (
                "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD611-203dpi ZPL",
                0x0a5f,
                0x0166,
                Some("zpl"),
            ),
            ("MFG:Gprinter;CMD:TSPL;MDL:GP-1324D", 0x6868, 0x0500, Some("gprinter")),
            ("MFG:Gprinter;MDL:GP-1324D", 0x6868, 0x0500, Some("gprinter")),
            ("MFG:HP;CMD:PCL,PJL;MDL:LaserJet", 0x03f0, 0x1234, None),
            ("", 0x0483, 0x5743, None),
        ] {
            assert_eq!(suggested(id, vendor, product), profile, "{id}");
        }
    }

    #[test]
    fn what_nobody_knows_is_asked_and_the_reason_said() {
        let nobody = DeviceId::default().suggest(0x0483, 0x5743);
        assert_eq!(nobody.because, "it doesn't say what it speaks, and nobody here knows it");
        let laser = DeviceId::parse("CMD:PCL,PJL;MDL:LaserJet").suggest(0x6868, 0x0500);
        assert_eq!(laser, Suggestion { profile: None, because: "it says it speaks PCL, PJL".into() });
        assert_eq!(DeviceId::parse("MDL:ZTC ZD611-300dpi ZPL").dpi(), Some(300));
    }

    #[test]
    fn no_id_breaks_the_line_it_is_told_in() {
        let id = DeviceId::parse("MFG:\x1b]0;x;MDL:ZD\x1b[31m\"\\611\u{9b}2J;CMD:ZPL\x07;SN:A\"1;");
        assert_eq!((&*id.make, &*id.model, &*id.serial), ("]0", "ZD[31m6112J", "A1"));
        assert_eq!(id.commands, ["ZPL"]);
    }

    #[test]
    fn wrong_lengths_are_put_right() {
        let id = b"MDL:X;";
        let with = |length: [u8; 2]| text(&[&length[..], id].concat());
        assert_eq!(with([0, 8]), "MDL:X;");
        assert_eq!(with([8, 0]), "MDL:X;", "the other way round");
        assert_eq!(with([0xff, 0xff]), "MDL:X;");
        assert_eq!(with([0, 0]), "MDL:X;");
        assert_eq!(text(&[]), "");
        assert_eq!(text(&[0]), "");
    }

    proptest! {
        #[test]
        fn any_bytes_are_some_text(bytes: Vec<u8>, vendor: u16, product: u16) {
            DeviceId::parse(&text(&bytes)).suggest(vendor, product);
        }
    }
}
