//! The certificate of the door for screens where the hub signs it: asked for over the station's own channel, kept with its key
//! in one file, renewed while the station runs. Without the hub the one that is there goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::tls;
use crate::machine;
use crate::sync::{Link, LinkError};
use crate::wire::certificate::{CertificateRequest, decoded, encoded};

/// Key and certificate in one file: they are always each other's.
const FILE: &str = "screens-tls.json";
const DAY_US: i64 = 86_400 * 1_000_000;
/// A hub may be away for weeks before tablets turn from their station.
const RENEW_DAYS: i64 = 30;
const LOOK_EVERY: Duration = Duration::from_secs(3_600);
const AGAIN_FIRST: Duration = Duration::from_secs(1);
const AGAIN_MOST: Duration = Duration::from_secs(600);

/// What the door speaks with, and why it can't.
#[derive(Clone, Default)]
pub struct Held {
    pub tls: Option<Arc<ServerConfig>>,
    /// The authority's certificate, which tablets are made to trust.
    pub authority: Option<Arc<Vec<u8>>>,
    /// Why there is no certificate, or none that is newer.
    pub trouble: Option<String>,
}

/// What the file holds; the doctor reads it as well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified: Option<Certified>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// Everything in base64 of its DER.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certified {
    key: String,
    certificate: String,
    pub authority: String,
    pub names: Vec<String>,
    pub not_after_us: i64,
}

/// Never the key.
impl std::fmt::Debug for Certified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a certificate for {:?} until {}", self.names, self.not_after_us)
    }
}

#[derive(Debug, thiserror::Error)]
enum CertificateError {
    #[error(transparent)]
    Hub(#[from] LinkError),
    #[error("no key can be made: the machine gives no randomness")]
    NoKey,
    #[error("the hub's certificate can't be used: {0}")]
    Unusable(String),
    #[error("{} can't be written: {source}; make its folder writable for the user milepost runs as", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
}

impl Kept {
    /// What can't be read is asked for anew.
    pub fn read(folder: &Path) -> Kept {
        let path = folder.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(path = %path.display(), error = crate::wire::unusable(&error), "a kept certificate is damaged");
                Kept::default()
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
            Err(error) => Kept { certified: None, trouble: Some(format!("{} can't be read: {error}", path.display())) },
        }
    }

    fn write(&self, folder: &Path) -> Result<(), CertificateError> {
        let path = folder.join(FILE);
        let text = serde_json::to_string(self).expect("texts and numbers are plain data");
        machine::write_secret(&path, &text).map_err(|source| CertificateError::Unwritable { path, source })
    }

    fn held(&self) -> Held {
        let usable =
            self.certified.as_ref().and_then(|certified| Some((certified.server().ok()?, &certified.authority)));
        let (tls, authority) = usable.unzip();
        let authority = authority.and_then(|text| decoded(text)).map(Arc::new);
        Held { tls, authority, trouble: self.trouble.clone() }
    }
}

impl Certified {
    /// Whole days from now on; none are left of one that ended.
    pub fn days_left(&self, now_us: i64) -> i64 {
        (self.not_after_us - now_us).div_euclid(DAY_US)
    }

    fn server(&self) -> Result<Arc<ServerConfig>, CertificateError> {
        let unusable = |why: &str| CertificateError::Unusable(why.to_owned());
        let certificate = decoded(&self.certificate).ok_or_else(|| unusable("it is no base64"))?;
        let key = decoded(&self.key).ok_or_else(|| unusable("its key is no base64"))?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key));
        tls::server(vec![CertificateDer::from(certificate)], key).map_err(|error| unusable(&error.to_string()))
    }
}

/// Asks for the certificate, and for the next one in time.
pub struct Keeper {
    link: Link,
    folder: PathBuf,
    names: Vec<String>,
    now_us: fn() -> i64,
    look_every: Duration,
    kept: Kept,
    held: watch::Sender<Held>,
}

impl Keeper {
    /// With what was kept; the folder may still be to be made.
    pub fn new(link: Link, folder: &Path, names: Vec<String>, now_us: fn() -> i64) -> (Keeper, watch::Receiver<Held>) {
        let kept = Kept::read(folder);
        let (held, seen) = watch::channel(kept.held());
        let folder = folder.to_owned();
        (Keeper { link, folder, names, now_us, look_every: LOOK_EVERY, kept, held }, seen)
    }

    /// Looks more often whether it is time.
    pub fn looking_every(self, look_every: Duration) -> Keeper {
        Keeper { look_every, ..self }
    }

    pub async fn run(mut self) {
        let mut again = AGAIN_FIRST;
        loop {
            let pause = match self.is_due() {
                false => self.look_every,
                true => match self.renew().await {
                    Ok(()) => {
                        again = AGAIN_FIRST;
                        self.look_every
                    }
                    Err(error) => {
                        self.failed(&error);
                        let now = again;
                        again = (again * 2).min(AGAIN_MOST);
                        now
                    }
                },
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// None yet, another name, or its end is near.
    fn is_due(&self) -> bool {
        let usable = self.held.borrow().tls.is_some();
        let kept = self.kept.certified.as_ref().filter(|kept| usable && kept.names == self.names);
        kept.is_none_or(|kept| kept.days_left((self.now_us)()) < RENEW_DAYS)
    }

    /// With a key of its own each time.
    async fn renew(&mut self) -> Result<(), CertificateError> {
        let (key, public_key) = new_key().ok_or(CertificateError::NoKey)?;
        let names = self.names.clone();
        let answer = self.link.certificate(&CertificateRequest { names: names.clone(), public_key }).await?;
        let (certificate, authority, not_after_us) = (answer.certificate, answer.authority, answer.not_after_us);
        let certified = Certified { key, certificate, authority, names, not_after_us };
        certified.server()?;
        let kept = Kept { certified: Some(certified), trouble: None };
        kept.write(&self.folder)?;
        let until = jiff::Timestamp::from_microsecond(not_after_us).unwrap_or_default();
        tracing::info!(names = ?self.names, %until, "the hub certified the door for screens");
        self.held.send_replace(kept.held());
        self.kept = kept;
        Ok(())
    }

    /// Said once, and kept for the doctor.
    fn failed(&mut self, error: &CertificateError) {
        let trouble = Some(error.to_string());
        if self.kept.trouble == trouble {
            return;
        }
        match &self.kept.certified {
            None => tracing::warn!(%error, "the door for screens stays shut until the hub signs a certificate for it"),
            Some(_) => {
                tracing::warn!(%error, "the certificate of the door for screens is not renewed; the last one goes on")
            }
        }
        self.kept.trouble = trouble;
        if let Err(error) = self.kept.write(&self.folder) {
            tracing::warn!(%error, "why there is no certificate can't be kept for `milepost doctor`");
        }
        self.held.send_replace(self.kept.held());
    }
}

/// As PKCS#8, and its public point.
fn new_key() -> Option<(String, String)> {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).ok()?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).ok()?;
    Some((encoded(pkcs8.as_ref()), encoded(pair.public_key().as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_whole_and_the_key_is_never_shown() {
        let ends = |not_after_us| Certified {
            key: "secret".into(),
            certificate: String::new(),
            authority: String::new(),
            names: vec!["bench-1.lan".into()],
            not_after_us,
        };
        assert_eq!(ends(30 * DAY_US).days_left(1), 29);
        assert_eq!(ends(30 * DAY_US).days_left(0), 30);
        assert_eq!(ends(0).days_left(1), -1);
        assert!(!format!("{:?}", ends(0)).contains("secret"));
        assert!(ends(0).server().is_err(), "what is no certificate is never held");
    }
}
