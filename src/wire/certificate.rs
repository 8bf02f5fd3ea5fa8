//! The certificate of a station's door for screens, where the hub's own authority signs it. Certificates travel as base64 of
//! their DER.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// `POST /v1/certificates/{station}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRequest {
    /// What screens call the station: names, and addresses without brackets.
    pub names: Vec<String>,
    /// The uncompressed point of a P-256 key, in base64. Nobody proves to hold the key: without it the certificate is of no use.
    pub public_key: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateAnswer {
    pub certificate: String,
    /// Of the authority that signed it: what a tablet is made to trust.
    pub authority: String,
    pub not_after_us: i64,
}

pub fn encoded(der: &[u8]) -> String {
    BASE64_STANDARD.encode(der)
}

/// `None` for what isn't base64.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}

/// SHA-256 of a certificate as browsers and Android show it, so that a person can compare.
pub fn fingerprint(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_written_as_openssl_does() {
        let said = fingerprint(b"abc");
        assert!(said.starts_with("BA:78:16:BF:8F:01:CF:EA:") && said.ends_with(":F2:00:15:AD"), "{said}");
        assert_eq!(decoded(&encoded(b"abc")).as_deref(), Some(b"abc".as_slice()));
        assert_eq!(decoded("no base64!"), None);
    }
}
