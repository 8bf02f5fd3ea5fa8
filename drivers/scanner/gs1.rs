//! GS1 data in barcodes: application identifiers, GTINs and Digital Links (GS1 General Specifications, §3 and §7).

use crate::barcode::ean::check_digit;

const GS: char = '\u{1d}';

/// One application identifier with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub ai: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    #[error("no application identifier at {0:?}")]
    UnknownIdentifier(String),
    #[error("({ai}) needs {needed} characters and has {value:?}")]
    Length { ai: String, needed: usize, value: String },
    #[error("({ai}) {value:?} isn't made of digits")]
    Digits { ai: String, value: String },
    #[error("the check digit of ({ai}) {value} is wrong")]
    CheckDigit { ai: String, value: String },
    #[error("({ai}) {value} is no date")]
    Date { ai: String, value: String },
}

/// Values whose length is fixed, by the first two digits of their identifier: characters after the identifier.
/// Only these need no separator behind them (General Specifications, figure 7.8.5-2).
#[rustfmt::skip]
const FIXED: &[(&str, usize)] = &[
    ("00", 18), ("01", 14), ("02", 14), ("03", 14), ("04", 16), ("11", 6), ("12", 6), ("13", 6), ("14", 6), ("15", 6),
    ("16", 6), ("17", 6), ("18", 6), ("19", 6), ("20", 2), ("31", 6), ("32", 6), ("33", 6), ("34", 6), ("35", 6),
    ("36", 6), ("41", 13),
];
/// The longest value a separated identifier may have (General Specifications, §3.2); 90 where no other limit is known.
#[rustfmt::skip]
const LONGEST: &[(&str, usize)] = &[
    ("10", 20), ("21", 20), ("22", 20), ("235", 28), ("240", 30), ("241", 30), ("250", 30), ("251", 30), ("30", 8),
    ("37", 8), ("400", 30), ("401", 30), ("420", 20),
];

/// The elements of data as a GS1 symbology carries it: GS after values of variable length.
pub fn parse(data: &str) -> Result<Vec<Element>, Gs1Error> {
    let mut elements = Vec::new();
    let mut rest = data.trim_start_matches(GS);
    while !rest.is_empty() {
        let ai = identifier(rest).ok_or_else(|| Gs1Error::UnknownIdentifier(rest.chars().take(4).collect()))?;
        let after = &rest[ai.len()..];
        let value = match fixed_length(ai) {
            Some(length) => after.get(..length).ok_or_else(|| wrong_length(ai, length, after))?,
            None => after.split(GS).next().unwrap_or(after),
        };
        check(ai, value)?;
        elements.push(Element { ai: ai.to_owned(), value: value.to_owned() });
        // A separator behind a fixed value is superfluous and common.
        rest = after[value.len()..].trim_start_matches(GS);
    }
    Ok(elements)
}

/// The elements of a GS1 Digital Link, `https://…/01/06901234567892/10/A1?17=270131`; `None` for any other text.
pub fn parse_link(text: &str) -> Option<Result<Vec<Element>, Gs1Error>> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let segments: Vec<&str> = path.split('/').skip(1).filter(|segment| !segment.is_empty()).collect();
    let key = segments.iter().position(|segment| matches!(*segment, "00" | "01" | "414" | "417" | "8006"))?;
    let in_path = segments[key..].chunks_exact(2).map(|pair| (pair[0], pair[1]));
    let in_query = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
    let mut elements = Vec::new();
    for (ai, value) in in_path.chain(in_query.filter(|(ai, _)| is_digits(ai))) {
        let mut value = unescape(value);
        if ai == "01" && is_digits(&value) && matches!(value.len(), 8 | 12 | 13) {
            value = format!("{value:0>14}");
        }
        if let Err(error) = check(ai, &value) {
            return Some(Err(error));
        }
        elements.push(Element { ai: ai.to_owned(), value });
    }
    Some(Ok(elements))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGtin {
    #[error("a GTIN has 8, 12, 13 or 14 digits")]
    Length,
    #[error("the check digit is wrong")]
    CheckDigit,
    #[error("prefixes 20 to 29 are for use inside a store or warehouse: this is no GTIN")]
    InStore,
}

/// A scanned EAN, UPC or GTIN as 14 digits.
pub fn gtin(digits: &str) -> Result<String, NotGtin> {
    if !matches!(digits.len(), 8 | 12 | 13 | 14) || !is_digits(digits) {
        return Err(NotGtin::Length);
    }
    if !has_check_digit(digits) {
        return Err(NotGtin::CheckDigit);
    }
    let full = format!("{digits:0>14}");
    // In 8 digits 2 is the in-store prefix, in 13 it is 20 to 29.
    let in_store = if digits.len() == 8 { digits.starts_with('2') } else { full[1..].starts_with('2') };
    if in_store { Err(NotGtin::InStore) } else { Ok(full) }
}

/// `YYMMDD` as (year, month, day). Two-digit years lie at most 49 years after and 50 before `this_year`; day 00 is the
/// month's last.
pub fn date(value: &str, this_year: u16) -> Option<(u16, u8, u8)> {
    if value.len() != 6 || !is_digits(value) {
        return None;
    }
    let part = |at: usize| value[at..at + 2].parse::<u8>().ok();
    let (short, month, day) = (u16::from(part(0)?), part(2)?, part(4)?);
    let century = this_year / 100 * 100;
    let year = match i32::from(short) - i32::from(this_year % 100) {
        51.. => century - 100 + short,
        ..=-50 => century + 100 + short,
        _ => century + short,
    };
    let last = last_day(year, month)?;
    match day {
        0 => Some((year, month, last)),
        _ if day <= last => Some((year, month, day)),
        _ => None,
    }
}

fn last_day(year: u16, month: u8) -> Option<u8> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// How many digits an identifier has follows from its first two (General Specifications, §3.2).
fn identifier(text: &str) -> Option<&str> {
    let length = match text.get(..2)?.parse::<u8>().ok()? {
        0..=4 | 10..=22 | 30 | 37 | 90..=99 => 2,
        23..=25 | 40..=42 | 71 => 3,
        31..=36 | 39 | 43 | 70 | 72 | 80..=82 => 4,
        _ => return None,
    };
    text.get(..length).filter(|ai| is_digits(ai))
}

fn fixed_length(ai: &str) -> Option<usize> {
    FIXED.iter().find(|(prefix, _)| ai.starts_with(prefix)).map(|(_, length)| *length)
}

fn check(ai: &str, value: &str) -> Result<(), Gs1Error> {
    let told = |make: fn(String, String) -> Gs1Error| Err(make(ai.to_owned(), value.to_owned()));
    if let Some(needed) = fixed_length(ai) {
        if value.len() != needed {
            return Err(wrong_length(ai, needed, value));
        }
        if !is_digits(value) {
            return told(|ai, value| Gs1Error::Digits { ai, value });
        }
    }
    let longest = LONGEST.iter().find(|(known, _)| *known == ai).map_or(90, |(_, longest)| *longest);
    if value.is_empty() || value.len() > longest {
        return Err(wrong_length(ai, longest, value));
    }
    let has_one = matches!(ai, "00" | "01" | "02" | "03") || ai.starts_with("41");
    if has_one && !has_check_digit(value) {
        return told(|ai, value| Gs1Error::CheckDigit { ai, value });
    }
    // The century doesn't matter for whether it is a date, but for 29 February.
    if matches!(ai, "11" | "12" | "13" | "15" | "16" | "17") && date(value, 2000).is_none() {
        return told(|ai, value| Gs1Error::Date { ai, value });
    }
    Ok(())
}

fn wrong_length(ai: &str, needed: usize, value: &str) -> Gs1Error {
    Gs1Error::Length { ai: ai.to_owned(), needed, value: value.chars().take(90).collect() }
}

fn has_check_digit(digits: &str) -> bool {
    let (body, last) = digits.split_at(digits.len() - 1);
    last.parse() == Ok(check_digit(body))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| after.get(..2)).flatten();
        let code = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(elements: &[Element]) -> Vec<(&str, &str)> {
        elements.iter().map(|element| (element.ai.as_str(), element.value.as_str())).collect()
    }

    #[test]
    fn fixed_values_need_no_separator_and_others_do() {
        let parsed = parse("0106901234567892172701311021A\u{1d}3103001250\u{1d}21X").unwrap();
        assert_eq!(
            pairs(&parsed),
            [("01", "06901234567892"), ("17", "270131"), ("10", "21A"), ("3103", "001250"), ("21", "X")]
        );
    }

    #[test]
    fn errors_name_the_identifier() {
        let says = |data: &str| parse(data).unwrap_err().to_string();
        assert_eq!(says("0106901234567893"), "the check digit of (01) 06901234567893 is wrong");
        assert_eq!(says("010690"), "(01) needs 14 characters and has \"0690\"");
        assert_eq!(says("17270231"), "(17) 270231 is no date");
        assert_eq!(says("5012"), "no application identifier at \"5012\"");
        assert_eq!(says("10"), "(10) needs 20 characters and has \"\"");
    }

    #[test]
    fn a_digital_link_is_read_like_a_barcode() {
        let link = "https://id.gs1.org.cn/01/6901234567892/10/A%2F1?17=270131&utm=x";
        let parsed = parse_link(link).unwrap().unwrap();
        assert_eq!(pairs(&parsed), [("01", "06901234567892"), ("10", "A/1"), ("17", "270131")]);
        assert_eq!(parse_link("https://example.com/promo"), None);
        assert_eq!(parse_link("6901234567892"), None);
    }

    #[test]
    fn in_store_codes_are_no_gtins() {
        assert_eq!(gtin("6901234567892").unwrap(), "06901234567892");
        assert_eq!(gtin("036000291452").unwrap(), "00036000291452");
        assert_eq!(gtin("2012345678903"), Err(NotGtin::InStore));
        assert_eq!(gtin("6901234567890"), Err(NotGtin::CheckDigit));
        assert_eq!(gtin("SF123"), Err(NotGtin::Length));
    }

    #[test]
    fn years_lie_around_this_one() {
        assert_eq!(date("280200", 2026), Some((2028, 2, 29)));
        assert_eq!(date("760101", 2026), Some((2076, 1, 1)));
        assert_eq!(date("770101", 2026), Some((1977, 1, 1)));
        assert_eq!(date("040101", 2060), Some((2104, 1, 1)));
        assert_eq!(date("261301", 2026), None);
    }

    proptest! {
        #[test]
        fn never_panics(data in "\\PC{0,40}|[0-9\u{1d}]{0,60}") {
            let _ = (parse(&data), parse_link(&data), gtin(&data), date(&data, 2026));
            let _ = parse_link(&format!("https://a/01/{data}"));
        }
    }
}
