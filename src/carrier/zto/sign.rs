//! ZTO's digest of a request body (ZTO open platform, `x-datadigest`): base64 or hex of MD5, SHA-256 or HMAC-SHA256 over
//! an optional timestamp, the exact body and the application's secret, as the application is configured.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Md5,
    Sha256,
    HmacSha256,
}

impl Mode {
    pub const ALL: [(&str, Mode); 3] =
        [("md5", Mode::Md5), ("sha256", Mode::Sha256), ("hmac-sha256", Mode::HmacSha256)];
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    #[default]
    Base64,
    Hex,
}

/// The timestamp is in milliseconds and belongs in only where the application is configured with one. `hmac_key` is the
/// extra secretKey of the HMAC mode; the message ends with the application's secret there too.
pub fn digest(
    mode: Mode,
    encoding: Encoding,
    timestamp: Option<&str>,
    body: &str,
    app_secret: &str,
    hmac_key: &str,
) -> String {
    let message = [timestamp.unwrap_or_default(), body, app_secret].concat();
    let bytes = match mode {
        Mode::Md5 => Md5::digest(message).to_vec(),
        Mode::Sha256 => Sha256::digest(message).to_vec(),
        Mode::HmacSha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(hmac_key.as_bytes()).expect("HMAC takes keys of any length");
            mac.update(message.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
    };
    match encoding {
        Encoding::Base64 => BASE64_STANDARD.encode(bytes),
        Encoding::Hex => super::super::hex(&bytes),
    }
}

/// `data_digest` of a push. However the application signs its requests, ZTO signs pushes like this.
pub fn of_push(data: &str, app_secret: &str) -> String {
    digest(Mode::Md5, Encoding::Base64, None, data, app_secret, "")
}
