//! Toledo's continuous output, some ten times a second: STX, three status words, six digits of the weight, six of the tare,
//! CR, and where it is switched on a checksum.

use super::reading::{Reading, Unit};
use super::{Heard, Protocol, Settings};

const STX: u8 = 0x02;
const CR: u8 = b'\r';
/// STX, A, B, C, weight, tare, CR.
const LENGTH: usize = 1 + 3 + 6 + 6 + 1;
/// Set in each status word, so that none is a control character.
const ALWAYS: u8 = 0x20;

// Status word B.
const MINUS: u8 = 0x02;
const OUT_OF_RANGE: u8 = 0x04;
const MOTION: u8 = 0x08;
const KILOGRAMS: u8 = 0x10;
/// The zero hasn't been taken since power came.
const UNZEROED: u8 = 0x40;
/// Status word C: one digit more than usual, for service.
const EXPANDED: u8 = 0x10;

struct Continuous {
    checksum: bool,
    bytes: Vec<u8>,
}

pub fn protocol(settings: &Settings) -> Box<dyn Protocol> {
    Box::new(Continuous { checksum: settings.checksum, bytes: Vec::new() })
}

impl Protocol for Continuous {
    fn push(&mut self, bytes: &[u8]) -> Vec<Heard> {
        // A line set to 8 bits carries the parity in the highest.
        self.bytes.extend(bytes.iter().map(|byte| byte & 0x7f));
        let length = LENGTH + usize::from(self.checksum);
        let mut heard = Vec::new();
        while let Some(start) = self.bytes.iter().position(|byte| *byte == STX) {
            self.bytes.drain(..start);
            if self.bytes.len() < length {
                return heard;
            }
            match read(&self.bytes[..LENGTH]).filter(|_| !self.checksum || sums_up(&self.bytes[..length])) {
                Some(reading) => {
                    heard.push(Heard::Reading(reading));
                    self.bytes.drain(..length);
                }
                // The next STX may be a true one.
                None => {
                    Heard::garbage(&mut heard);
                    self.bytes.remove(0);
                }
            }
        }
        // Without any STX it is noise, or a checksum nobody told us of: one byte of it isn't worth a word.
        if self.bytes.len() > 1 {
            Heard::garbage(&mut heard);
        }
        self.bytes.clear();
        heard
    }
}

/// The low seven bits of all of it add up to nothing.
fn sums_up(frame: &[u8]) -> bool {
    frame.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) & 0x7f == 0
}

fn read(frame: &[u8]) -> Option<Reading> {
    let [STX, a, b, c, digits @ .., CR] = frame else { return None };
    if [a, b, c].iter().any(|word| *word & ALWAYS == 0) || c & EXPANDED != 0 {
        return None;
    }
    let number = std::str::from_utf8(&digits[..6]).ok()?.trim_start();
    let tare = std::str::from_utf8(&digits[6..]).ok()?;
    if !tare.trim_start().bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = Some(number).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    let unit = match (c & 0x07, b & KILOGRAMS) {
        (0, 0) => Unit::Lb,
        (0, _) => Unit::Kg,
        (1, _) => Unit::G,
        _ => return None,
    };
    // 2 is a whole number, below are tens and hundreds, above are places behind the point.
    let (factor, decimals) = match a & 0x07 {
        0 => (100, 0),
        1 => (10, 0),
        place => (1, place - 2),
    };
    Some(match () {
        () if b & OUT_OF_RANGE != 0 && b & MINUS == 0 => Reading::Overload,
        () if b & MINUS != 0 && (number > 0 || b & OUT_OF_RANGE != 0) => Reading::Negative,
        () if b & UNZEROED != 0 => Reading::Unzeroed,
        () => {
            let grams = unit.grams(number.checked_mul(factor)?, decimals)?;
            Reading::Weight { grams, stable: Some(b & MOTION == 0) }
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame of a scale that shows kilograms with three places.
    fn frame(b: u8, digits: &str) -> Vec<u8> {
        let mut frame = vec![STX, 0x2d, 0x30 | b, 0x20];
        frame.extend(format!("{digits:>6}000000\r").bytes());
        frame
    }

    fn with_sum(mut frame: Vec<u8>) -> Vec<u8> {
        let sum = frame.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        frame.push(sum.wrapping_neg() & 0x7f);
        frame
    }

    fn heard(bytes: &[u8]) -> Vec<Heard> {
        protocol(&Settings::default()).push(bytes)
    }

    fn weight(grams: u32, stable: bool) -> Heard {
        Heard::Reading(Reading::Weight { grams, stable: Some(stable) })
    }

    #[test]
    fn frames_are_read() {
        assert_eq!(heard(&frame(0, "1234")), [weight(1234, true)]);
        assert_eq!(heard(&frame(MOTION, "001234")), [weight(1234, false)]);
        assert_eq!(heard(&frame(MINUS, "12")), [Heard::Reading(Reading::Negative)]);
        assert_eq!(heard(&frame(MINUS, "0")), [weight(0, true)], "minus nothing");
        assert_eq!(heard(&frame(OUT_OF_RANGE, "99999")), [Heard::Reading(Reading::Overload)]);
        assert_eq!(heard(&frame(OUT_OF_RANGE | MINUS, "0")), [Heard::Reading(Reading::Negative)]);
        assert_eq!(heard(&frame(UNZEROED, "0")), [Heard::Reading(Reading::Unzeroed)]);
    }

    #[test]
    fn points_and_units_are_told_by_the_frame() {
        let with = |a: u8, b: u8, c: u8| {
            let mut frame = frame(0, "1234");
            (frame[1], frame[2], frame[3]) = (a, b, c);
            heard(&frame)
        };
        assert_eq!(with(0x2a, 0x30, 0x20), [weight(1_234_000, true)]);
        assert_eq!(with(0x29, 0x30, 0x21), [weight(12_340, true)], "tens of grams");
        assert_eq!(with(0x2d, 0x20, 0x20), [weight(560, true)], "pounds");
        assert_eq!(with(0x2c, 0x30, 0x23), [Heard::Garbage], "ounces are not taken for anything else");
        assert_eq!(with(0x2d, 0x30, 0x30), [Heard::Garbage], "one digit more");
        assert_eq!(with(0x0d, 0x30, 0x20), [Heard::Garbage]);
    }

    #[test]
    fn a_checksum_that_is_not_expected_is_passed_over_and_one_that_is_must_fit() {
        let twice = [with_sum(frame(0, "1234")), with_sum(frame(0, "1235"))].concat();
        assert_eq!(heard(&twice), [weight(1234, true), weight(1235, true)]);
        let strict = || protocol(&Settings { checksum: true, ..Settings::default() });
        assert_eq!(strict().push(&twice), [weight(1234, true), weight(1235, true)]);
        let mut damaged = with_sum(frame(0, "1234"));
        damaged[9] ^= 1;
        assert_eq!(strict().push(&damaged), [Heard::Garbage]);
    }

    proptest! {
        #[test]
        fn every_weight_is_read_however_it_is_cut(grams in 0u32..999_999, cut in 0usize..17) {
            let bytes = frame(0, &grams.to_string());
            let mut protocol = protocol(&Settings::default());
            let mut heard = protocol.push(&bytes[..cut]);
            heard.extend(protocol.push(&bytes[cut..]));
            prop_assert_eq!(heard, vec![weight(grams, true)]);
        }

        #[test]
        fn a_frame_is_found_behind_any_garbage(bytes: Vec<u8>) {
            let mut protocol = protocol(&Settings::default());
            protocol.push(&bytes);
            // One frame may be eaten as the end of something that looked like a beginning.
            protocol.push(&frame(0, "1234"));
            prop_assert_eq!(protocol.push(&frame(0, "1234")).pop(), Some(weight(1234, true)));
        }
    }
}
