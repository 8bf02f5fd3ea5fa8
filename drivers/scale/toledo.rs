//! Toledo 8217, the protocol of counter scales: it is asked `W` and answers STX, digits, CR, or STX, `?`, a status byte, CR
//! while there is no weight to be told. 9600 baud, 7 bits, even parity by default.
//!
//! The unit isn't told, and makers differ in the point and in the status bits: all of that is a setting.

use super::reading::{Reading, decimal};
use super::{Heard, Protocol, Settings};

const STX: u8 = 0x02;
const CR: u8 = b'\r';
/// Longer than any answer: what comes after is looked at anew.
const LONGEST: usize = 16;

struct Toledo {
    settings: Settings,
    /// From STX on; `None` outside an answer.
    answer: Option<Vec<u8>>,
}

pub fn protocol(settings: &Settings) -> Box<dyn Protocol> {
    Box::new(Toledo { settings: settings.clone(), answer: None })
}

impl Protocol for Toledo {
    fn question(&self) -> Option<&[u8]> {
        Some(self.settings.ask.as_deref().unwrap_or("W").as_bytes())
    }

    fn push(&mut self, bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        for byte in bytes {
            // A line set to 8 bits carries the parity in the highest.
            match (byte & 0x7f, &mut self.answer) {
                (STX, answer) => {
                    if answer.replace(Vec::new()).is_some() {
                        Heard::garbage(&mut heard);
                    }
                }
                (CR, answer @ Some(_)) => {
                    let read = read(&answer.take().unwrap_or_default(), &self.settings);
                    match read {
                        Some(reading) => heard.push(Heard::Reading(reading)),
                        None => Heard::garbage(&mut heard),
                    }
                }
                (byte, Some(answer)) if answer.len() < LONGEST => answer.push(byte),
                (_, answer @ Some(_)) => {
                    *answer = None;
                    Heard::garbage(&mut heard);
                }
                // The rest of something that began before we listened.
                (_, None) => Heard::garbage(&mut heard),
            }
        }
        heard
    }
}

/// What stands between STX and CR.
fn read(answer: &[u8], settings: &Settings) -> Option<Reading> {
    if let [b'?', status] = answer {
        let set = |bit: u8| bit != 0 && status & bit == bit;
        return Some(match () {
            () if set(settings.overload_bit) => Reading::Overload,
            () if set(settings.negative_bit) => Reading::Negative,
            () if set(settings.motion_bit) => Reading::Moving,
            () if set(settings.unzeroed_bit) => Reading::Unzeroed,
            // A bit that this maker added: what it says of the load isn't known, but it is no weight.
            () => Reading::Moving,
        });
    }
    let text = std::str::from_utf8(answer).ok()?.trim();
    // `N` marks a net weight, which is what the display shows.
    let (digits, decimals) = decimal(text.strip_suffix('N').unwrap_or(text))?;
    let grams = settings.unit.grams(digits, decimals.unwrap_or(settings.decimals))?;
    // It keeps a weight that moves to itself.
    Some(Reading::Weight { grams, stable: Some(true) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scale::reading::Unit;

    fn heard(bytes: &[u8]) -> Vec<Heard> {
        protocol(&Settings::default()).push(bytes)
    }

    fn weight(grams: u32) -> Heard {
        Heard::Reading(Reading::Weight { grams, stable: Some(true) })
    }

    #[test]
    fn weights_and_their_absence_are_read() {
        assert_eq!(heard(b"\x0201.234\r"), [weight(1234)]);
        assert_eq!(heard(b"\x02 0.540N\r"), [weight(540)]);
        assert_eq!(heard(b"\x0200540\r"), [weight(540)], "without a point the setting says where it is");
        for (status, reading) in [
            (b'A', Reading::Moving),
            (0x01, Reading::Moving),
            (b'B', Reading::Overload),
            (b'C', Reading::Overload),
            (b'D', Reading::Negative),
            (b'H', Reading::Unzeroed),
        ] {
            assert_eq!(heard(&[0x02, b'?', status, b'\r']), [Heard::Reading(reading)], "{status:02x}");
        }
        // None of the bits that are known: whatever it means, there is no weight any more.
        for status in [b'@', b'P', 0x10] {
            assert_eq!(heard(&[0x02, b'?', status, b'\r']), [Heard::Reading(Reading::Moving)], "{status:02x}");
        }
    }

    #[test]
    fn parity_bits_are_no_part_of_the_answer() {
        let odd = |byte: u8| byte | if byte.count_ones() % 2 == 1 { 0x80 } else { 0 };
        let bytes: Vec<u8> = b"\x0201.234\r".iter().map(|byte| odd(*byte)).collect();
        assert_eq!(heard(&bytes), [weight(1234)]);
    }

    #[test]
    fn half_an_answer_is_no_weight() {
        assert_eq!(heard(b"\x0201.2\x0201.234\r"), [Heard::Garbage, weight(1234)]);
        assert_eq!(heard(b"\x0201.2"), []);
        assert_eq!(heard(b"\x02\r"), [Heard::Garbage]);
        assert_eq!(heard(b"34\r"), [Heard::Garbage], "what began before we listened");
    }

    #[test]
    fn pounds_are_pounds() {
        let settings = Settings { unit: Unit::Lb, ..Settings::default() };
        assert_eq!(protocol(&settings).push(b"\x0202.205\r"), [weight(1000)]);
    }

    proptest! {
        #[test]
        fn every_weight_is_read_however_it_is_cut(grams in 0u32..99_999, cut in 0usize..8) {
            let bytes = format!("\x02{:02}.{:03}\r", grams / 1000, grams % 1000).into_bytes();
            let mut protocol = protocol(&Settings::default());
            let (first, rest) = bytes.split_at(cut);
            let mut heard = protocol.push(first);
            heard.extend(protocol.push(rest));
            prop_assert_eq!(heard, vec![weight(grams)]);
        }

        #[test]
        fn a_damaged_answer_is_never_another_weight(bytes: Vec<u8>) {
            let mut protocol = protocol(&Settings::default());
            protocol.push(&bytes);
            prop_assert_eq!(protocol.push(b"\x0201.234\r").pop(), Some(weight(1234)));
        }
    }
}
