//! The digest ZTO computes itself over what it received, in this simulator's own few lines: sharing the client's would
//! hide a client that signs wrongly.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::{Algorithm, Signature};

/// Over timestamp (where there is one), body and secret, whatever bytes the body is.
pub(super) fn of(signature: &Signature, timestamp: &str, body: &[u8], secret: &str, hmac_key: &str) -> String {
    let message = [timestamp.as_bytes(), body, secret.as_bytes()].concat();
    let bytes = match signature.algorithm {
        Algorithm::Md5 => Md5::digest(&message).to_vec(),
        Algorithm::Sha256 => Sha256::digest(&message).to_vec(),
        Algorithm::HmacSha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(hmac_key.as_bytes()).expect("HMAC takes keys of any length");
            mac.update(&message);
            mac.finalize().into_bytes().to_vec()
        }
    };
    if signature.hex { bytes.iter().map(|byte| format!("{byte:02x}")).collect() } else { BASE64_STANDARD.encode(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_digest_comes_out() {
        let body = br#"{"pageNo1":33,"pageSize2":23,"data":"test"}"#;
        let secret = "6fecf57d0f3e1c2100eac4810aa90b54";
        assert_eq!(of(&Signature::default(), "", body, secret, ""), "7Ih1zjVdgQEFBzdITreegg==");
    }
}
