//! Scales that send a line of text for each weight: `ST,GS,+  1.234kg` while it stands still, `US,…` while it moves, `OL`
//! beyond the limit; or only `wn0001.234kg`, without a word about whether it moves.

use super::reading::{Reading, Unit, decimal};
use super::{Heard, Protocol, Settings};

/// Longer than any line of these scales.
const LONGEST: usize = 64;
/// What may stand before a weight: gross, net, and the marks of indicators that say no more.
const MARKS: [&str; 6] = ["GS", "NT", "WN", "WW", "G", "N"];

struct Text {
    settings: Settings,
    line: Vec<u8>,
    /// Up to the next line end nothing can be believed.
    spoiled: bool,
}

pub fn protocol(settings: &Settings) -> Box<dyn Protocol> {
    Box::new(Text { settings: settings.clone(), line: Vec::new(), spoiled: false })
}

impl Protocol for Text {
    fn question(&self) -> Option<&[u8]> {
        self.settings.ask.as_deref().filter(|ask| !ask.is_empty()).map(str::as_bytes)
    }

    fn push(&mut self, bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        for byte in bytes {
            match byte & 0x7f {
                b'\r' | b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    if std::mem::take(&mut self.spoiled) {
                        Heard::garbage(&mut heard);
                    } else if !line.is_empty() {
                        match read(&line, &self.settings) {
                            Some(reading) => heard.push(Heard::Reading(reading)),
                            None => Heard::garbage(&mut heard),
                        }
                    }
                }
                // STX and ETX around a line say nothing more.
                0x02 | 0x03 => {}
                _ if self.line.len() == LONGEST => {
                    self.spoiled = true;
                    self.line.clear();
                    Heard::garbage(&mut heard);
                }
                byte => self.line.push(byte),
            }
        }
        heard
    }
}

fn read(line: &[u8], settings: &Settings) -> Option<Reading> {
    let text = std::str::from_utf8(line).ok()?.trim().to_ascii_uppercase();
    let mut fields: Vec<&str> = text.split(',').map(str::trim).collect();
    let weight = fields.pop()?;
    let stable = match fields.first() {
        Some(&"ST") => Some(true),
        Some(&"US") => Some(false),
        Some(&"OL") => return Some(Reading::Overload),
        Some(_) => return None,
        None => None,
    };
    // Between the flag and the weight: gross or net, and with some makers the scale's number.
    let between = fields.get(1..).unwrap_or_default();
    let known = |field: &&str| MARKS.contains(field) || field.bytes().all(|byte| byte.is_ascii_digit());
    if !between.iter().all(known) {
        return None;
    }
    if weight == "OL" {
        return Some(Reading::Overload);
    }
    let weight = MARKS.iter().find_map(|mark| weight.strip_prefix(mark)).unwrap_or(weight).trim_start();
    let (negative, weight) = match weight.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, weight.strip_prefix('+').unwrap_or(weight).trim_start()),
    };
    let letters = weight.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(weight.len());
    let (number, unit) = weight.split_at(letters);
    let unit = if unit.is_empty() { settings.unit } else { Unit::named(unit)? };
    let (digits, decimals) = decimal(number.trim_end())?;
    if negative && digits > 0 {
        return Some(Reading::Negative);
    }
    let grams = unit.grams(digits, decimals.unwrap_or(0))?;
    Some(Reading::Weight { grams, stable })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(line: &str) -> Heard {
        let mut heard = protocol(&Settings::default()).push(format!("{line}\r\n").as_bytes());
        assert_eq!(heard.len(), 1, "{line}: {heard:?}");
        heard.remove(0)
    }

    fn weight(grams: u32, stable: Option<bool>) -> Heard {
        Heard::Reading(Reading::Weight { grams, stable })
    }

    #[test]
    fn lines_of_several_makers_are_read() {
        for (line, expected) in [
            ("ST,GS,+  1.234kg", weight(1234, Some(true))),
            ("ST,NT,+00001.20 kg", weight(1200, Some(true))),
            ("US,GS,   1.234kg", weight(1234, Some(false))),
            ("ST,GS,01,   1234 g", weight(1234, Some(true))),
            ("ST,+00012.34  G", weight(12, Some(true))),
            ("ST,GS,+  2.205lb", weight(1000, Some(true))),
            ("OL,GS,+999.99kg", Heard::Reading(Reading::Overload)),
            ("ST,GS,OL", Heard::Reading(Reading::Overload)),
            ("OL", Heard::Reading(Reading::Overload)),
            ("ST,GS,-  0.020kg", Heard::Reading(Reading::Negative)),
            ("ST,GS,-  0.000kg", weight(0, Some(true))),
            ("wn0001.234kg", weight(1234, None)),
            ("+  1.234", weight(1234, None)),
        ] {
            assert_eq!(one(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_weight_is_garbage() {
        for line in ["ST,TR,+ 0.100kg", "QT,+00012 PC", "ST,GS,+ 1.234oz", "ST,GS,", "S", "1.2.3kg", "6901234567892345"]
        {
            assert_eq!(one(line), Heard::Garbage, "{line}");
        }
    }

    #[test]
    fn a_line_that_never_ends_is_dropped_with_its_rest() {
        let mut protocol = protocol(&Settings::default());
        let heard = protocol.push(format!("{}+ 1.234kg\r\nST,GS,+ 0.500kg\r\n", "9".repeat(65)).as_bytes());
        assert_eq!(heard.last(), Some(&weight(500, Some(true))));
        assert!(heard[..heard.len() - 1].iter().all(|heard| *heard == Heard::Garbage), "{heard:?}");
    }

    proptest! {
        #[test]
        fn every_weight_is_read_however_it_is_cut(grams in 0u32..999_999, cut in 0usize..18) {
            let line = format!("ST,GS,+{:>3}.{:03}kg\r\n", grams / 1000, grams % 1000).into_bytes();
            let mut protocol = protocol(&Settings::default());
            let mut heard = protocol.push(&line[..cut.min(line.len())]);
            heard.extend(protocol.push(&line[cut.min(line.len())..]));
            prop_assert_eq!(heard, vec![weight(grams, Some(true))]);
        }

        #[test]
        fn a_line_is_read_behind_any_garbage(bytes: Vec<u8>) {
            let mut protocol = protocol(&Settings::default());
            protocol.push(&bytes);
            protocol.push(b"\r\n");
            prop_assert_eq!(protocol.push(b"ST,GS,+ 1.234kg\r\n"), vec![weight(1234, Some(true))]);
        }
    }
}
