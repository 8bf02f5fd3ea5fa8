//! SF's three signatures over msgData, timestamp and check word, one of which an application has from its creation
//! (SF open platform, "authentication": standard MD5, simple MD5, SM3). The wrong one is answered A1006.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    StandardMd5,
    SimpleMd5,
    Sm3,
}

impl Mode {
    pub const ALL: [(&str, Mode); 3] =
        [("standard_md5", Mode::StandardMd5), ("simple_md5", Mode::SimpleMd5), ("sm3", Mode::Sm3)];
}

/// `msgDigest` over the exact bytes of msgData before any form encoding; the partner id is no part of it.
pub fn digest(mode: Mode, msg_data: &str, timestamp: &str, check_word: &str) -> String {
    let raw = [msg_data, timestamp, check_word].concat();
    match mode {
        // Form encoding as java.net.URLEncoder does it, which `byte_serialize` matches byte for byte.
        Mode::StandardMd5 => {
            let encoded: String = form_urlencoded::byte_serialize(raw.as_bytes()).collect();
            BASE64_STANDARD.encode(Md5::digest(encoded))
        }
        Mode::SimpleMd5 => BASE64_STANDARD.encode(Md5::digest(raw)),
        Mode::Sm3 => super::super::hex(&Sm3::digest(raw)),
    }
}
