//! JD Logistics' request signature (JD Logistics open platform, LOP): one string of secret, token, key, path, body and
//! time in a fixed order, raw and unencoded, digested as the `algorithm` parameter names.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// An application may use any of them; each request names the one it is signed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    #[default]
    #[serde(rename = "md5-salt")]
    Md5Salt,
    #[serde(rename = "HMacMD5")]
    HmacMd5,
    #[serde(rename = "HMacSHA1")]
    HmacSha1,
    #[serde(rename = "HMacSHA256")]
    HmacSha256,
    #[serde(rename = "HMacSHA512")]
    HmacSha512,
}

impl Mode {
    /// Spelt as JD spells them.
    pub const ALL: [(&str, Mode); 5] = [
        ("md5-salt", Mode::Md5Salt),
        ("HMacMD5", Mode::HmacMd5),
        ("HMacSHA1", Mode::HmacSha1),
        ("HMacSHA256", Mode::HmacSha256),
        ("HMacSHA512", Mode::HmacSha512),
    ];

    /// As the `algorithm` parameter has it.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// What goes into a signature beside the secret. Partners without a user sign with an empty token.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub app_key: &'a str,
    pub access_token: &'a str,
    /// `/ecap/v1/orders/create`
    pub path: &'a str,
    pub body: &'a str,
    /// `yyyy-MM-dd HH:mm:ss` in the zone of the `lop-tz` header.
    pub timestamp: &'a str,
}

/// `sign`: lower-case hex for `md5-salt`, base64 for the HMACs.
pub fn digest(mode: Mode, signed: &Signed<'_>, app_secret: &str) -> String {
    let Signed { app_key, access_token, path, body, timestamp } = signed;
    let text = [
        app_secret,
        "access_token",
        access_token,
        "app_key",
        app_key,
        "method",
        path,
        "param_json",
        body,
        "timestamp",
        timestamp,
        "v",
        "2.0",
        app_secret,
    ]
    .concat();
    match mode {
        Mode::Md5Salt => crate::carrier::hex(&Md5::digest(text)),
        Mode::HmacMd5 => mac::<Hmac<Md5>>(app_secret, &text),
        Mode::HmacSha1 => mac::<Hmac<Sha1>>(app_secret, &text),
        Mode::HmacSha256 => mac::<Hmac<Sha256>>(app_secret, &text),
        Mode::HmacSha512 => mac::<Hmac<Sha512>>(app_secret, &text),
    }
}

fn mac<M: Mac + KeyInit>(key: &str, text: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}
