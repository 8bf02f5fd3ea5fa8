//! EAN-13, EAN-8 and UPC-A (ISO/IEC 15420). UPC-A is an EAN-13 whose first digit is 0.

use super::{BarcodeError, Bars};

/// Widths space, bar, space, bar of digits in number set A; set C is the same read as bar first, set B is C reversed.
#[rustfmt::skip]
const DIGITS: [[u8; 4]; 10] = [
    [3, 2, 1, 1], [2, 2, 2, 1], [2, 1, 2, 2], [1, 4, 1, 1], [1, 1, 3, 2],
    [1, 2, 3, 1], [1, 1, 1, 4], [1, 3, 1, 2], [1, 2, 1, 3], [3, 1, 1, 2],
];
/// Which of the six left digits are in set B, by the first digit of an EAN-13 (highest bit: the first of the six).
#[rustfmt::skip]
const PARITY: [u8; 10] = [
    0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110, 0b011010,
];
const GUARD: [u8; 3] = [1, 1, 1];
const CENTRE: [u8; 5] = [1, 1, 1, 1, 1];
/// Quiet zone on the left, in modules; the right one is 7.
pub const QUIET_MODULES: u32 = 11;

/// 8, 12 or 13 digits with their check digit.
pub fn bars(text: &str) -> Result<Bars, BarcodeError> {
    if let Some(character) = text.chars().find(|character| !character.is_ascii_digit()) {
        return Err(BarcodeError::Character { symbology: "EAN", character });
    }
    if !matches!(text.len(), 8 | 12 | 13) {
        return Err(BarcodeError::Length(text.len()));
    }
    let expected = char::from(b'0' + check_digit(&text[..text.len() - 1]));
    if !text.ends_with(expected) {
        return Err(BarcodeError::CheckDigit { digits: text.to_owned(), expected });
    }
    let mut digits: Vec<usize> = text.bytes().map(|digit| usize::from(digit - b'0')).collect();
    if digits.len() == 12 {
        digits.insert(0, 0);
    }
    let (parity, halves) = if digits.len() == 13 { (PARITY[digits[0]], &digits[1..]) } else { (0, &digits[..]) };
    let half = halves.len() / 2;
    let mut widths = GUARD.to_vec();
    for (index, &digit) in halves[..half].iter().enumerate() {
        let in_b = parity & (1 << (half - 1 - index)) != 0;
        let mut four = DIGITS[digit];
        if in_b {
            four.reverse();
        }
        widths.extend(four);
    }
    widths.extend(CENTRE);
    for &digit in &halves[half..] {
        widths.extend(DIGITS[digit]);
    }
    widths.extend(GUARD);
    Ok(Bars(widths))
}

/// Modulo 10 of GS1: weights 3, 1, 3 … from the right, for digits without their check digit.
pub fn check_digit(digits: &str) -> u8 {
    let weighted = |(index, digit): (usize, u8)| u32::from(digit - b'0') * if index % 2 == 0 { 3 } else { 1 };
    let sum: u32 = digits.bytes().filter(u8::is_ascii_digit).rev().enumerate().map(weighted).sum();
    ((10 - sum % 10) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_standard() {
        assert_eq!(bars("6901234567892").unwrap().modules(), 95);
        assert_eq!(bars("96385074").unwrap().modules(), 67);
        assert_eq!(bars("036000291452").unwrap(), bars("0036000291452").unwrap());
    }

    #[test]
    fn a_wrong_check_digit_names_the_right_one() {
        let error = bars("6901234567891").unwrap_err();
        assert_eq!(error.to_string(), "the check digit of 6901234567891 should be 2");
        assert_eq!(bars("123"), Err(BarcodeError::Length(3)));
    }
}
