//! A phone number as channels write it: mobile, landline, service line or a platform's virtual number with extension.

use serde::{Deserialize, Serialize};

/// The number to dial in digits (a landline keeps the hyphen after its area code) and what to dial after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    pub number: String,
    pub extension: Option<String>,
}

/// The number itself is personal and stays out of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneError {
    #[error("the phone number is empty: fill it in the export")]
    Empty,
    #[error("the phone number is masked with `*`: export it in full, or supply the platform's waybill with the order")]
    Masked,
    #[error(
        "the phone number is neither a mobile number of 11 digits, a landline with area code nor a service line: correct it in the channel"
    )]
    Unknown,
}

/// Reads `13800000000`, `+86 138 0000 0000`, `13800000000-1234`, `0571-88888888-801`, `(0571)88888888`, `400-800-8888`.
pub fn parse(text: &str) -> Result<Phone, PhoneError> {
    if text.contains('*') {
        return Err(PhoneError::Masked);
    }
    let parts: Vec<String> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if text.chars().any(char::is_alphabetic) {
        return Err(PhoneError::Unknown);
    }
    if parts.is_empty() {
        return Err(PhoneError::Empty);
    }
    let trimmed = text.trim_start();
    let abroad =
        (trimmed.starts_with('+') || trimmed.starts_with("00")) && !parts[0].trim_start_matches("00").starts_with("86");
    if abroad {
        return Err(PhoneError::Unknown);
    }
    let mut parts = parts.as_slice();
    let mut joined = parts.concat();
    for country in ["0086", "86"] {
        if parts[0] == country && parts.len() > 1 {
            parts = &parts[1..];
            joined = parts.concat();
        } else if let Some(rest) = parts[0].strip_prefix(country)
            && rest.len() == 11
        {
            let mut stripped = vec![rest.to_owned()];
            stripped.extend_from_slice(&parts[1..]);
            return number(&stripped);
        }
    }
    // Groups of a mobile number set off by spaces or hyphens: 138 0000 0000.
    if is_mobile(&joined) {
        return Ok(Phone { number: joined, extension: None });
    }
    number(parts)
}

fn number(parts: &[String]) -> Result<Phone, PhoneError> {
    let extension = |rest: &[String]| match rest {
        [] => Ok(None),
        [one] if (1..=6).contains(&one.len()) => Ok(Some(one.clone())),
        _ => Err(PhoneError::Unknown),
    };
    match parts {
        [mobile, rest @ ..] if is_mobile(mobile) => Ok(Phone { number: mobile.clone(), extension: extension(rest)? }),
        [area, local, rest @ ..] if is_area(area) && (7..=8).contains(&local.len()) => {
            Ok(Phone { number: format!("{area}-{local}"), extension: extension(rest)? })
        }
        [one, rest @ ..] if one.starts_with('0') && (10..=12).contains(&one.len()) => {
            // Two cities' codes of three digits begin with 01 and 02, all others have four.
            let cut = if one.starts_with("01") || one.starts_with("02") { 3 } else { 4 };
            Ok(Phone { number: format!("{}-{}", &one[..cut], &one[cut..]), extension: extension(rest)? })
        }
        _ => {
            let joined = parts.concat();
            let service = joined.len() == 10 && (joined.starts_with("400") || joined.starts_with("800"));
            if service { Ok(Phone { number: joined, extension: None }) } else { Err(PhoneError::Unknown) }
        }
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits.as_bytes()[1] >= b'3'
}

fn is_area(digits: &str) -> bool {
    digits.starts_with('0') && (3..=4).contains(&digits.len())
}
