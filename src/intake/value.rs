//! One cell's text to a value: guards against Excel taken off, yuan to fen, local times to instants, counts.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};

/// Takes off what exports put around values so that Excel leaves long numbers alone: `="…"`, a leading `'`, tabs.
pub(super) fn unguarded(cell: &str) -> String {
    let mut text = cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        text = inner.trim();
    }
    text.strip_prefix('\'').unwrap_or(text).trim().to_owned()
}

/// `¥1,299.50` yuan to fen.
pub(super) fn fen(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['¥', '￥']).trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let plain = digits.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let part = part.trim_end_matches('0');
    let all_digits = !whole.is_empty() && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    if !all_digits || part.len() > 2 {
        return None;
    }
    let cents: i64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?.checked_mul(sign)
}

/// How the date cells of workbooks come, whatever a channel's own format.
const WORKBOOK_TIME: &str = "%Y-%m-%d %H:%M:%S";

/// What a spreadsheet made of a code that wasn't formatted as text; its digits are gone, so nothing is guessed.
pub(super) fn spoilt(text: &str) -> Option<String> {
    let what = if is_scientific(text) {
        "has lost digits in a spreadsheet"
    } else if DateTime::strptime(WORKBOOK_TIME, text).is_ok() {
        "was made a date by a spreadsheet"
    } else if text.starts_with('#')
        && text.ends_with(['!', '?', 'A'])
        && text[1..].contains(|c: char| c.is_ascii_uppercase())
    {
        "is a spreadsheet's error"
    } else {
        return None;
    };
    Some(format!("`{text}` {what}: format the column as text and export again"))
}

/// `1.93067985817065E+17`
fn is_scientific(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits_of = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    whole.len() == 1 && digits_of(whole) && digits_of(part) && exponent.strip_prefix('+').is_some_and(digits_of)
}

/// A local time in one of the formats; a bare date is its midnight.
pub(super) fn time(text: &str, formats: &[String], zone: &TimeZone) -> Option<Timestamp> {
    let civil = formats
        .iter()
        .map(String::as_str)
        .chain([WORKBOOK_TIME])
        .find_map(|format| DateTime::strptime(format, text).ok())
        .or_else(|| Date::strptime("%Y-%m-%d", text).ok().map(DateTime::from))?;
    civil.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// A count: `2`, and `2.0` as spreadsheets write it.
pub(super) fn count(text: &str) -> Option<u32> {
    let whole =
        text.split_once('.').map_or(text, |(whole, part)| if part.bytes().all(|b| b == b'0') { whole } else { text });
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_against_excel_come_off() {
        for (cell, expected) in [
            ("=\"1930679858170647\"", "1930679858170647"),
            ("'18618486065", "18618486065"),
            ("\t6917926768823643751", "6917926768823643751"),
            ("  plain  ", "plain"),
            ("=\"", "=\""),
            ("'", ""),
        ] {
            assert_eq!(unguarded(cell), expected);
        }
    }

    #[test]
    fn yuan_become_fen_without_rounding() {
        for (text, expected) in [
            ("599", Some(59900)),
            ("599.0", Some(59900)),
            ("¥1,299.50", Some(129950)),
            ("0.07", Some(7)),
            ("-3.10", Some(-310)),
            ("1.2300", Some(123)),
            ("1.234", None),
            ("1.2.3", None),
            (".5", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(fen(text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_made_of_a_code_is_no_code() {
        for text in ["1.93067985817065E+17", "2E+18", "1.9e+17", "2026-03-01 00:00:00", "#N/A", "#REF!", "#NAME?"] {
            assert!(spoilt(text).is_some(), "{text}");
        }
        for text in
            ["1930679858170647", "DB20260218-SF-008821", "1E5", "12.5E+3", "SHADE-01", "#1", "2026-03-01", "E+1"]
        {
            assert_eq!(spoilt(text), None);
        }
    }

    #[test]
    fn times_are_of_the_channels_zone() {
        let formats = ["%Y-%m-%d %H:%M:%S".to_owned(), "%Y/%m/%d %H:%M".to_owned()];
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        for (text, expected) in [
            ("2016-05-23 22:02:11", Some("2016-05-23T14:02:11Z")),
            ("2016/5/23 22:02", Some("2016-05-23T14:02:00Z")),
            ("2016-05-23", Some("2016-05-22T16:00:00Z")),
            ("23.5.2016", None),
            ("2016-13-01 00:00:00", None),
        ] {
            assert_eq!(time(text, &formats, &zone).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(["2", "2.0", "2.5", "-1", "x"].map(count), [Some(2), Some(2), None, None, None]);
    }
}
