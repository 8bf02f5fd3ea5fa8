//! The signature JD's gateway computes itself to compare with the one it was sent, in this simulator's own few lines.

use std::fmt::Write as _;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// What is signed: `secret`, then each name with its value in this order, then `secret` again.
pub(super) struct Text<'a> {
    pub secret: &'a str,
    pub access_token: &'a str,
    pub app_key: &'a str,
    pub path: &'a str,
    pub body: &'a str,
    pub timestamp: &'a str,
}

/// Whether `sign` is the text's under `algorithm`. A hex digest counts in any case: JD's Java sample writes it in
/// capitals, its PHP client in small letters.
pub(super) fn is_right(algorithm: &str, text: &Text<'_>, sign: &str) -> bool {
    let Text { secret, access_token, app_key, path, body, timestamp } = text;
    let raw = format!(
        "{secret}access_token{access_token}app_key{app_key}method{path}param_json{body}timestamp{timestamp}v2.0{secret}"
    );
    match algorithm {
        "md5-salt" => {
            let mut hex = String::new();
            for byte in Md5::digest(&raw) {
                // Writing to a String cannot fail.
                let _ = write!(hex, "{byte:02X}");
            }
            hex.eq_ignore_ascii_case(sign)
        }
        "HMacMD5" => keyed::<Hmac<Md5>>(secret, &raw) == sign,
        "HMacSHA1" => keyed::<Hmac<Sha1>>(secret, &raw) == sign,
        "HMacSHA256" => keyed::<Hmac<Sha256>>(secret, &raw) == sign,
        "HMacSHA512" => keyed::<Hmac<Sha512>>(secret, &raw) == sign,
        _ => false,
    }
}

fn keyed<M: Mac + KeyInit>(secret: &str, raw: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(raw.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}
