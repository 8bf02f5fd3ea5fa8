//! A scanner that pretends to be a boot keyboard (HID 1.11, appendix B), US layout.

use std::collections::VecDeque;

use crate::device::{Answer, Descriptors, Device, Setup};
use crate::hid;

const LEFT_SHIFT: u8 = 0x02;
pub const ENTER: u8 = 0x28;

/// HID 1.11, appendix B.1, without the LEDs' output report.
const REPORT_DESCRIPTOR: &[u8] = &[
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07,
    0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
];

pub type Report = [u8; 8];

pub struct Keyboard {
    pub vendor: u16,
    pub product: u16,
    pub name: String,
    pub serial: String,
    /// What the host hasn't fetched yet.
    pub reports: VecDeque<Report>,
}

impl Keyboard {
    pub fn scanner(serial: &str) -> Keyboard {
        Keyboard {
            vendor: 0x0c2e,
            product: 0x0b61,
            name: "Barcode Scanner".into(),
            serial: serial.into(),
            reports: VecDeque::new(),
        }
    }
}

/// A key pressed and let go for each character, Enter for a line feed. `None` for what a US keyboard hasn't got.
pub fn typed(text: &str) -> Option<Vec<Report>> {
    let keys: Option<Vec<(u8, u8)>> = text.chars().map(key).collect();
    Some(keys?.into_iter().flat_map(|(modifier, key)| [[modifier, 0, key, 0, 0, 0, 0, 0], [0; 8]]).collect())
}

/// HID usage tables, page 7.
fn key(character: char) -> Option<(u8, u8)> {
    const PLAIN: &str = "-=[]\\\0;'`,./";
    const SHIFTED: &str = "_+{}|\0:\"~<>?";
    const DIGITS: &str = "1234567890";
    const SHIFTED_DIGITS: &str = "!@#$%^&*()";
    let place = |row: &str, first: u8| row.find(character).map(|at| first + at as u8);
    Some(match character {
        'a'..='z' => (0, 4 + (character as u8 - b'a')),
        'A'..='Z' => (LEFT_SHIFT, 4 + (character as u8 - b'A')),
        '\n' => (0, ENTER),
        '\t' => (0, 0x2b),
        ' ' => (0, 0x2c),
        '\0' => return None,
        _ => place(DIGITS, 0x1e)
            .or(place(PLAIN, 0x2d))
            .map(|key| (0, key))
            .or_else(|| place(SHIFTED_DIGITS, 0x1e).or(place(SHIFTED, 0x2d)).map(|key| (LEFT_SHIFT, key)))?,
    })
}

impl Device for Keyboard {
    fn descriptors(&self) -> Descriptors {
        Descriptors {
            vendor: self.vendor,
            product: self.product,
            class: [0; 3],
            strings: ["Acme".into(), self.name.clone(), self.serial.clone()],
            interfaces: hid::interfaces(1, 1, REPORT_DESCRIPTOR),
            interface_count: 1,
        }
    }

    fn control(&mut self, setup: Setup, _: &[u8]) -> Answer {
        hid::control(setup, REPORT_DESCRIPTOR, 8)
    }

    fn take(&mut self, _: u8, _: &[u8]) -> Answer {
        Answer::Stall
    }

    fn give(&mut self, _: u8, _: usize) -> Answer {
        self.reports.pop_front().map_or(Answer::Nak, |report| Answer::Data(report.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_the_keys_of_a_us_keyboard() {
        let first = |text: &str| typed(text).unwrap()[0];
        assert_eq!(first("a"), [0, 0, 4, 0, 0, 0, 0, 0]);
        assert_eq!(first("Z"), [2, 0, 0x1d, 0, 0, 0, 0, 0]);
        assert_eq!((first("1")[2], first("0")[2], first("!")), (0x1e, 0x27, [2, 0, 0x1e, 0, 0, 0, 0, 0]));
        assert_eq!((first("-")[2], first(";")[2], first("/")[2], first("\\")[2]), (0x2d, 0x33, 0x38, 0x31));
        assert_eq!((first(":"), first("?")), ([2, 0, 0x33, 0, 0, 0, 0, 0], [2, 0, 0x38, 0, 0, 0, 0, 0]));
        assert_eq!(typed("é"), None);
    }

    #[test]
    fn every_printable_character_has_a_key_of_its_own_and_is_let_go() {
        let all: Vec<char> = (' '..='~').collect();
        let presses: std::collections::BTreeSet<Report> =
            all.iter().map(|character| typed(&character.to_string()).unwrap()[0]).collect();
        assert_eq!(presses.len(), all.len());
        assert_eq!(typed("ab\n").unwrap().len(), 6);
        assert!(typed("ab\n").unwrap().iter().skip(1).step_by(2).all(|report| *report == [0; 8]));
    }
}
