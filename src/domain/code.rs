//! What a scanned text says of itself: a code of our own (badge, tote, pick list, bin, command), a temporary number, or
//! a bare code that must be looked up. Our own codes end in a check character, so a misread one is never obeyed.

use super::id::WaveCode;
use super::number::in_sf_code;
use super::order::CarrierCode;
use super::returned::Finding;

/// A scan's meaning as far as the text alone tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    Badge(String),
    Tote(String),
    PickList(WaveCode),
    Bin(String),
    /// A bag that parcels travel in.
    Bag(String),
    /// A driver's vehicle, by its plate.
    Vehicle(String),
    /// Packing material.
    Material(String),
    Command(Command),
    /// Ours by its prefix, but misread, forged or of an unknown kind.
    Broken(String),
    /// Waybill number, waybill id, item barcode or order number.
    Bare(String),
}

/// What the printed command sheet can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Undo,
    Skip,
    Reprint,
    /// Let the parcel pass though goods are missing.
    Force,
    /// Yes, go on.
    Confirm,
    BadgeOut,
    /// The parcel gets one box more.
    Box,
    /// What was counted so far is a parcel, and what is left another.
    Split,
    /// The next item scan counts this many times.
    Times(u32),
    Reason(String),
    /// Open a carrier's handover at the dock.
    Handover(CarrierCode),
    CloseHandover,
    ReopenHandover,
    /// A return that bears nothing that helps.
    NoNumber,
    /// What the goods in hand are like.
    Finding(Finding),
}

const MARK: &str = "@@";

impl Code {
    pub fn parse(text: &str) -> Code {
        let text = text.trim();
        let Some(own) = text.strip_prefix(MARK) else {
            // Both barcodes of an SF label name its parcel.
            return Code::Bare(in_sf_code(text).unwrap_or(text).to_owned());
        };
        Self::parse_own(own).unwrap_or_else(|| Code::Broken(text.to_owned()))
    }

    fn parse_own(own: &str) -> Option<Code> {
        let (kind, rest) = own.split_once(':')?;
        let (at, check) = rest.char_indices().last()?;
        let value = &rest[..at];
        if value.is_empty() || check_character(&format!("{kind}{value}")) != check {
            return None;
        }
        let value = value.to_owned();
        Some(match kind {
            "B" => Code::Badge(value),
            "T" => Code::Tote(value),
            "P" => Code::PickList(WaveCode(value)),
            "L" => Code::Bin(value),
            "G" => Code::Bag(value),
            "V" => Code::Vehicle(value),
            "M" => Code::Material(value),
            "C" => Code::Command(Command::parse(&value)?),
            _ => return None,
        })
    }
}

impl Command {
    fn parse(value: &str) -> Option<Command> {
        Some(match value {
            "UNDO" => Command::Undo,
            "SKIP" => Command::Skip,
            "REPRINT" => Command::Reprint,
            "FORCE" => Command::Force,
            "OK" => Command::Confirm,
            "OUT" => Command::BadgeOut,
            "BOX" => Command::Box,
            "SPLIT" => Command::Split,
            "CLOSE" => Command::CloseHandover,
            "REOPEN" => Command::ReopenHandover,
            "NONUMBER" => Command::NoNumber,
            _ => {
                if let Some(carrier) = value.strip_prefix("HANDOVER-") {
                    let known = CarrierCode::ALL.into_iter();
                    return known.map(Command::Handover).find(|command| command.text().ends_with(carrier));
                }
                if let Some(finding) = value.strip_prefix("FOUND-") {
                    return Finding::parse(&finding.to_lowercase()).map(Command::Finding);
                }
                if let Some(reason) = value.strip_prefix("WHY-") {
                    return Some(Command::Reason(reason.to_lowercase()));
                }
                let times: u32 = value.strip_prefix('X')?.parse().ok()?;
                // A hand can misjudge a hundred pieces, but not a thousand: larger counts are typing errors.
                return (1..=999).contains(&times).then_some(Command::Times(times));
            }
        })
    }

    pub fn text(&self) -> String {
        match self {
            Command::Undo => "UNDO".into(),
            Command::Skip => "SKIP".into(),
            Command::Reprint => "REPRINT".into(),
            Command::Force => "FORCE".into(),
            Command::Confirm => "OK".into(),
            Command::BadgeOut => "OUT".into(),
            Command::Box => "BOX".into(),
            Command::Split => "SPLIT".into(),
            Command::CloseHandover => "CLOSE".into(),
            Command::ReopenHandover => "REOPEN".into(),
            Command::NoNumber => "NONUMBER".into(),
            Command::Finding(finding) => format!("FOUND-{}", finding.as_str().to_uppercase()),
            Command::Handover(carrier) => format!("HANDOVER-{}", carrier.as_str().to_uppercase()),
            Command::Times(times) => format!("X{times}"),
            Command::Reason(reason) => format!("WHY-{}", reason.to_uppercase()),
        }
    }
}

/// A code of ours as it is printed: `own('C', "UNDO")` is `@@C:UNDO` and its check character.
pub fn own(kind: char, value: &str) -> String {
    format!("{MARK}{kind}:{value}{}", check_character(&format!("{kind}{value}")))
}

/// What the code of a wall's slot holds: its station, its wall and its number there.
pub fn slot(station: &str, place: &str, number: u32) -> String {
    format!("{station}-{place}-{number:02}")
}

/// The check character of ISO/IEC 7064 MOD 37,36 over the letters and digits of `text`; other characters don't count.
pub fn check_character(text: &str) -> char {
    const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut product = 36;
    for character in text.chars().filter_map(|c| c.to_digit(36)) {
        let sum = (product + character) % 36;
        product = (if sum == 0 { 36 } else { sum } * 2) % 37;
    }
    ALPHABET[((37 - product) % 36) as usize] as char
}

/// Could a bare code be a waybill's or an order's number, for one that nobody here has heard of? Anything shorter, with
/// other characters, or an article number with a right check digit, is a misread or goods; a phone number is nobody's parcel.
pub fn may_name_a_parcel(code: &str) -> bool {
    (8..=40).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && code.bytes().any(|b| b.is_ascii_digit())
        && !is_article_number(code)
        && !is_mobile_phone(code)
}

/// Could a bare code stand on goods? What may be a text, a link or somebody's phone number is never kept as one.
pub fn may_be_on_goods(code: &str) -> bool {
    (4..=40).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'/'))
        && code.bytes().any(|b| b.is_ascii_digit())
        && !is_mobile_phone(code)
}

/// A mainland mobile number: no carrier's waybills have this form, and it is somebody's.
fn is_mobile_phone(code: &str) -> bool {
    code.len() == 11
        && code.bytes().all(|b| b.is_ascii_digit())
        && code.starts_with('1')
        && matches!(code.as_bytes()[1], b'3'..=b'9')
}

/// EAN-13, EAN-8 or UPC-A with a right check digit (GS1 General Specifications, check digit calculation).
pub fn is_article_number(code: &str) -> bool {
    if !matches!(code.len(), 8 | 12 | 13) || !code.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 =
        code.bytes().rev().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_the_standards() {
        // The worked example of ISO/IEC 7064, 1.6: A12425GABC1234002 with check character M.
        assert_eq!(check_character("A12425GABC1234002"), 'M');
    }

    #[test]
    fn own_codes_come_back_as_they_were_made() {
        assert_eq!(Code::parse(&own('C', "UNDO")), Code::Command(Command::Undo));
        assert_eq!(Code::parse(&own('C', "X12")), Code::Command(Command::Times(12)));
        assert_eq!(Code::parse(&own('C', "WHY-DAMAGED")), Code::Command(Command::Reason("damaged".into())));
        for finding in Finding::ALL {
            let command = Command::Finding(finding);
            assert_eq!(Code::parse(&own('C', &command.text())), Code::Command(command));
        }
        assert_eq!(Code::parse(&own('B', "ABCD2345EFGH6723")), Code::Badge("ABCD2345EFGH6723".into()));
        assert_eq!(Code::parse(&own('P', "W20260218-1")), Code::PickList("W20260218-1".into()));
    }

    #[test]
    fn a_misread_own_code_is_never_obeyed() {
        let good = own('C', "REPRINT");
        for at in 4..good.len() {
            let mut bad = good.clone().into_bytes();
            bad[at] = if bad[at] == b'7' { b'8' } else { b'7' };
            let bad = String::from_utf8(bad).expect("ASCII stays ASCII");
            assert_eq!(Code::parse(&bad), Code::Broken(bad.clone()));
        }
        assert_eq!(Code::parse("@@"), Code::Broken("@@".into()));
        assert_eq!(Code::parse("@@C:"), Code::Broken("@@C:".into()));
        assert_eq!(Code::parse("@@C:中"), Code::Broken("@@C:中".into()));
    }

    #[test]
    fn goods_are_not_taken_for_parcels() {
        assert!(may_name_a_parcel("SF1234567890123"));
        assert!(may_name_a_parcel("DB20260218-SF-008821"));
        assert!(!may_name_a_parcel("6901234567892"));
        assert!(!may_name_a_parcel("hello"));
        assert!(!may_name_a_parcel("垃圾"));
        assert!(!may_name_a_parcel("13912345678"));
    }

    #[test]
    fn people_and_links_are_not_taken_for_goods() {
        assert!(may_be_on_goods("6901234567892"));
        assert!(may_be_on_goods("LOOSE-TEA-1"));
        assert!(!may_be_on_goods("13912345678"));
        assert!(!may_be_on_goods("https://example.com/1"));
        assert!(!may_be_on_goods("王小明1"));
        assert!(!may_be_on_goods("TEA"));
    }
}
