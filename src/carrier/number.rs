//! The form of carriers' waybill numbers. There is no check digit to rely on: none is published and none could be
//! derived from published numbers, so only length and alphabet are looked at.

use crate::domain::order::CarrierCode;

/// Whether a number the carrier gave has one of its forms.
pub fn is_from(carrier: CarrierCode, number: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match carrier {
        // 15 characters since SF unified its numbers, 12 digits before.
        CarrierCode::Sf => number.strip_prefix("SF").map_or(digits(number, 12), |rest| digits(rest, 13)),
        CarrierCode::Zto => digits(number, 14) || digits(number, 12),
        // JDX, JDK and twelve digits; JDV and one letter more; presets have other letters in the same places.
        CarrierCode::Jd => number.strip_prefix("JD").is_some_and(|rest| {
            let (letters, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(rest.len()));
            matches!((letters.len(), rest.len()), (1, 12) | (2, 11)) && digits(rest, rest.len())
        }),
    }
}

/// The waybill number in a package's barcode, which counts the parcel's packages behind it: `JDVC…-1-2-`.
pub fn of_package(code: &str) -> &str {
    let counted = |rest: &str| {
        let mut parts = rest.splitn(3, '-').map(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        parts.next() == Some(true) && parts.next() == Some(true) && parts.next().is_some()
    };
    match code.split_once('-') {
        Some((number, rest)) if counted(rest) => number,
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_each_carrier() {
        for (carrier, number, expected) in [
            (CarrierCode::Sf, "SF1234567890123", true),
            (CarrierCode::Sf, "SF10116351372291", false),
            (CarrierCode::Sf, "444003077898", true),
            (CarrierCode::Sf, "sf1234567890123", false),
            (CarrierCode::Zto, "78312345678901", true),
            (CarrierCode::Zto, "SF1234567890123", false),
            (CarrierCode::Jd, "JDX001234567890", true),
            (CarrierCode::Jd, "JDVA01234567890", true),
            (CarrierCode::Jd, "JD", false),
            (CarrierCode::Jd, "", false),
        ] {
            assert_eq!(is_from(carrier, number), expected, "{number}");
        }
    }

    #[test]
    fn a_packages_code_holds_the_waybills_number() {
        for (code, expected) in [
            ("JDVC01234567890-1-2-", "JDVC01234567890"),
            ("JDVC01234567890-1-2-755", "JDVC01234567890"),
            ("JDVC01234567890", "JDVC01234567890"),
            ("JDVC01234567890-1-2", "JDVC01234567890-1-2"),
            ("TMP-DB1-8-X", "TMP-DB1-8-X"),
        ] {
            assert_eq!(of_package(code), expected, "{code}");
        }
    }
}
