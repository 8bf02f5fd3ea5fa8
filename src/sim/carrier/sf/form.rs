//! The form SF receives and the signature it expects, in this simulator's own few lines: sharing a library's encoder
//! with the client would hide a client that encodes wrongly.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use sm3::Sm3;

use super::Signature;

/// The fields of a form body; `None` where it is none.
pub(in crate::sim::carrier) fn fields(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&')
        .map(|pair| pair.split_once('=').and_then(|(key, value)| Some((decoded(key)?, decoded(value)?))))
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = std::str::from_utf8(rest.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(hex, 16).ok()?);
                rest = &rest[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// The msgDigest SF computes itself to compare with the one it was sent.
pub(super) fn digest(signature: Signature, message: &str, timestamp: &str, check_word: &str) -> String {
    let raw = format!("{message}{timestamp}{check_word}");
    match signature {
        Signature::StandardMd5 => BASE64_STANDARD.encode(Md5::digest(java_encoded(&raw))),
        Signature::SimpleMd5 => BASE64_STANDARD.encode(Md5::digest(raw)),
        Signature::Sm3 => Sm3::digest(raw).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// java.net.URLEncoder: letters, digits and `.-*_` stay, a blank becomes `+`, every other byte `%XX`.
fn java_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_digests_come_out() {
        let digest = |signature| {
            digest(
                signature,
                r#"{"language":"zh-CN","orderId":"QIAO-20200618-004"}"#,
                "12312334453453",
                "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci",
            )
        };
        assert_eq!(digest(Signature::StandardMd5), "IIKJtuLVzoFTu4kHI8M8vA==");
        assert_eq!(digest(Signature::SimpleMd5), "OwYXm3XG9fjHK7A+/t7Ckw==");
        assert_eq!(digest(Signature::Sm3), "b05d21124eb6aedb3c6c99b1a37f9fc9a23a9898cb6a4b5df00d4402bda9081f");
    }

    #[test]
    fn forms_are_decoded() {
        let fields = fields("a=%E4%B8%AD+%2B&b=".as_bytes()).expect("a form");
        assert_eq!((fields["a"].as_str(), fields["b"].as_str()), ("中 +", ""));
        assert!(super::fields(b"a=%zz").is_none());
    }
}
