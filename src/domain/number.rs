//! The form of carriers' waybill numbers. There is no check digit to rely on: none is published and none could be
//! derived from published numbers, so only length and alphabet are looked at.

use super::order::CarrierCode;

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

/// Whose number a code looks like, where nobody here has issued it: one carrier, several, or none that is known. A look is
/// no proof: the carriers' forms overlap, and no check digit tells a misread one.
pub fn looks_like(code: &str) -> Vec<CarrierCode> {
    let number = of_package(code);
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    match number.len() {
        // Every number of ZTO's that was seen begins so; other codes of fourteen digits are cartons.
        14 if digits && number.starts_with('7') => vec![CarrierCode::Zto],
        // SF's until it unified its numbers, and ZTO's older ranges.
        12 if digits && ZTO_RANGES.iter().any(|range| number.starts_with(range)) => {
            vec![CarrierCode::Sf, CarrierCode::Zto]
        }
        12 if digits => vec![CarrierCode::Sf],
        _ => CarrierCode::ALL.into_iter().filter(|carrier| !digits && is_from(*carrier, number)).collect(),
    }
}

/// How ZTO's numbers of twelve digits began (Taobao's list of carriers' forms).
const ZTO_RANGES: &[&str] = &[
    "90", "91", "92", "93", "94", "95", "98", "36", "37", "39", "50", "53", "54", "55", "56", "63", "64", "68", "72",
    "120", "780", "881", "882", "885", "960", "665", "666", "4", "21", "22", "23", "24", "25", "26", "27", "28", "29",
    "5711", "2008", "2009", "2010", "2013",
];

/// The waybill number in a QR code of SF's label: `MMM={'k1':'…','k5':'SF…'}`, which isn't JSON.
pub fn in_sf_code(code: &str) -> Option<&str> {
    let (_, after) = code.strip_prefix("MMM=")?.split_once("'k5':'")?;
    let (number, _) = after.split_once('\'')?;
    (!number.is_empty()).then_some(number)
}

/// The waybill number in a package's barcode, which counts the parcel's packages behind it: `JDVC…-1-2-`.
pub fn of_package(code: &str) -> &str {
    let counted = |rest: &str| {
        let mut parts = rest.splitn(3, '-').map(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        parts.next() == Some(true) && parts.next() == Some(true) && parts.next().is_some()
    };
    match code.split_once('-') {
        Some((number, rest)) if number.starts_with("JD") && counted(rest) => number,
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
    fn a_strangers_number_looks_like_its_carriers() {
        use CarrierCode::{Jd, Sf, Zto};
        for (code, expected) in [
            ("SF1234567890123", vec![Sf]),
            ("SF10116351372291", vec![]),
            ("73112345678901", vec![Zto]),
            ("16901234567899", vec![]),
            ("444003077898", vec![Sf, Zto]),
            ("780123456789", vec![Sf, Zto]),
            ("118012345678", vec![Sf]),
            ("JDX001234567890", vec![Jd]),
            ("JDVA01234567890-1-2-", vec![Jd]),
            ("YT1234567890123", vec![]),
            ("JT1234567890123", vec![]),
            ("6901234567892", vec![]),
            ("DB20260218-SF-008821", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(looks_like(code), expected, "{code}");
        }
    }

    #[test]
    fn the_number_in_sfs_qr_code_is_found() {
        let code = "MMM={'k1':'755W','k2':'755AQ','k3':'','k4':'T4','k5':'SF7444400031887','k6':'','k7':'3be2'}";
        assert_eq!(in_sf_code(code), Some("SF7444400031887"));
        for code in ["MMM={'k5':''}", "MMM={'k1':'755W'}", "k5':'SF1'", ""] {
            assert_eq!(in_sf_code(code), None, "{code}");
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
            ("ORDER-1-2-3", "ORDER-1-2-3"),
        ] {
            assert_eq!(of_package(code), expected, "{code}");
        }
    }
}
