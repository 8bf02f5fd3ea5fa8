//! One message of a scale as plain data, and how digits with a unit become grams: exactly, never through a float.

use serde::Deserialize;

/// What one message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Weight {
        grams: u32,
        /// `None` where the scale doesn't say whether the weight stands still.
        stable: Option<bool>,
    },
    /// It moves, and the scale keeps the weight to itself.
    Moving,
    Overload,
    Negative,
    Unzeroed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Kg,
    G,
    Lb,
}

/// Ten tonnes: no bench's scale says that, so whoever seems to is misread.
const MOST_GRAMS: u128 = 10_000_000;

impl Unit {
    pub fn named(word: &str) -> Option<Unit> {
        match word.to_ascii_lowercase().as_str() {
            "kg" => Some(Unit::Kg),
            "g" => Some(Unit::G),
            "lb" => Some(Unit::Lb),
            _ => None,
        }
    }

    /// In hundred-thousandths of a gram; the pound is 453.592 37 g by definition.
    fn size(self) -> u128 {
        match self {
            Unit::Kg => 100_000_000,
            Unit::G => 100_000,
            Unit::Lb => 45_359_237,
        }
    }

    /// `digits` with so many of them behind the point, rounded to grams.
    pub fn grams(self, digits: u64, decimals: u8) -> Option<u32> {
        let whole = 10u128.checked_pow(u32::from(decimals))?.checked_mul(100_000)?;
        let grams = (u128::from(digits) * self.size() + whole / 2) / whole;
        (grams <= MOST_GRAMS).then_some(grams as u32)
    }
}

/// `12.340` → 12340 and 3 places; `None` for anything but digits with at most one point among them.
pub fn decimal(text: &str) -> Option<(u64, Option<u8>)> {
    let (whole, part) = match text.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (text, None),
    };
    let digits = format!("{whole}{}", part.unwrap_or_default());
    // More digits than any indicator has would be several messages run together.
    let plain = !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| Some((digits.parse().ok()?, part.map(|part| part.len() as u8))))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_become_grams() {
        assert_eq!(Unit::Kg.grams(1234, 3), Some(1234));
        assert_eq!(Unit::Kg.grams(540, 2), Some(5400));
        assert_eq!(Unit::G.grams(12345, 1), Some(1235), "half a gram counts as one");
        assert_eq!(Unit::Lb.grams(1000, 3), Some(454));
        assert_eq!(Unit::Lb.grams(2205, 3), Some(1000));
        assert_eq!(Unit::Kg.grams(10_001, 0), None, "more than ten tonnes is misread");
        assert_eq!(Unit::Kg.grams(1, 200), None);
    }

    #[test]
    fn only_digits_and_one_point_are_a_number() {
        assert_eq!(decimal("01.234"), Some((1234, Some(3))));
        assert_eq!(decimal("00540"), Some((540, None)));
        assert_eq!(decimal("7."), Some((7, Some(0))));
        for text in ["", ".", "1.2.3", "1,2", "-1", "1e3", "１", "1234567890"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn grams_go_through_any_unit_that_is_finer(grams in 0u32..10_000_000) {
            prop_assert_eq!(Unit::G.grams(u64::from(grams), 0), Some(grams));
            prop_assert_eq!(Unit::Kg.grams(u64::from(grams), 3), Some(grams));
        }

        #[test]
        fn whatever_the_digits_nothing_overflows(digits: u64, decimals: u8) {
            for unit in [Unit::Kg, Unit::G, Unit::Lb] {
                let _ = unit.grams(digits, decimals);
            }
        }
    }
}
