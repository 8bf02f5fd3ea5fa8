//! The hub's own certificate authority for stations' doors: made once, kept in the data folder, and good for names inside a
//! warehouse's network only, so that whoever steals its key can't play anybody else to the tablets that trust it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, PublicKeyData,
    SanType, SignatureAlgorithm,
};
use serde::{Deserialize, Serialize};

use crate::domain::id::StationCode;
use crate::machine;
use crate::wire::certificate::{CertificateAnswer, decoded, encoded};

/// With the key, for the hub's user alone.
const FILE: &str = "screens-ca.json";
/// The certificate alone, as DER: what an administrator puts onto tablets.
const PUBLIC: &str = "milepost-ca.crt";
/// Whoever trusts it does so by hand, on each tablet.
const LIFE_DAYS: i64 = 3_650;
/// Of a station's certificate, from a day ago, for tablets whose clocks are behind: 397 days, more than which browsers refuse.
const LEAF_DAYS: i64 = 396;
/// The issuer of every certificate: never changed, or those that are out no longer lead to it.
const NAME: &str = "Milepost hub CA";
/// Names that nobody on the internet can own.
pub const INSIDE: &[&str] = &["localhost", "local", "lan", "internal", "home.arpa"];
const NETWORKS: &[(&str, u8)] = &[
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("127.0.0.0", 8),
    ("fc00::", 7),
    ("fe80::", 10),
    ("::1", 128),
];

#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("{} can't be used: {why}; put it back from a backup, or remove it, and tablets must trust a new one", path.display())]
    Unusable { path: PathBuf, why: String },
    #[error("{} can't be written: {source}; make its folder writable for the user milepost runs as", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
    #[error("the certificate can't be signed: {0}")]
    Unsigned(#[from] rcgen::Error),
    #[error(
        "the hub's authority was made without the domains {}: remove {} and restart the hub, and tablets must trust a new one",
        domains.join(", "),
        path.display()
    )]
    OtherDomains { domains: Vec<String>, path: PathBuf },
    #[error("the hub's authority ended: remove {} and restart the hub, and tablets must trust a new one", path.display())]
    Ended { path: PathBuf },
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// PKCS#8 in base64, as the certificate is.
    key: String,
    certificate: String,
    /// The domains of the site's own that it may sign for.
    domains: Vec<String>,
    not_after_us: i64,
}

pub struct Authority {
    folder: PathBuf,
    /// Of the config.
    domains: Vec<String>,
    kept: Mutex<Option<Kept>>,
}

/// A station's public key; the point as it came.
struct Point(Vec<u8>);

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl Authority {
    /// The one in this folder; the first certificate that somebody asks for makes it.
    pub fn open(folder: &Path, domains: &[String]) -> Result<Authority, AuthorityError> {
        let path = folder.join(FILE);
        let unusable = |why: String| AuthorityError::Unusable { path: path.clone(), why };
        let kept: Option<Kept> = match std::fs::read_to_string(&path) {
            Ok(text) => Some(serde_json::from_str(&text).map_err(|error| unusable(crate::wire::unusable(&error)))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(unusable(error.to_string())),
        };
        let domains: Vec<String> =
            domains.iter().map(|domain| domain.trim_start_matches('.').to_ascii_lowercase()).collect();
        if let Some(kept) = &kept {
            key_of(kept).ok_or_else(|| unusable("its key is damaged".into()))?;
            let public = folder.join(PUBLIC);
            let certificate =
                decoded(&kept.certificate).ok_or_else(|| unusable("its certificate is damaged".into()))?;
            std::fs::write(&public, certificate)
                .map_err(|source| AuthorityError::Unwritable { path: public, source })?;
            let new: Vec<String> = domains.iter().filter(|domain| !kept.domains.contains(domain)).cloned().collect();
            if !new.is_empty() {
                // No reason to stop a hub: a station that needs one of them is told.
                tracing::warn!(error = %AuthorityError::OtherDomains { domains: new, path: path.clone() });
            }
        }
        Ok(Authority { folder: folder.to_owned(), domains, kept: Mutex::new(kept) })
    }

    /// The certificate alone, if there is one yet.
    pub fn public(folder: &Path) -> Option<(PathBuf, Vec<u8>)> {
        let path = folder.join(PUBLIC);
        std::fs::read(&path).ok().map(|der| (path, der))
    }

    /// As a certificate writes a name, or why it signs for none such.
    pub fn allowed(&self, name: &str) -> Result<String, String> {
        let name = name.trim_matches(['[', ']']).to_ascii_lowercase();
        if let Ok(ip) = name.parse::<IpAddr>() {
            return match NETWORKS.iter().any(|network| holds(network, ip)) {
                true => Ok(ip.to_string()),
                false => Err(format!("{ip} is no address of a private network")),
            };
        }
        let is_label = |label: &str| {
            let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
            (1..64).contains(&label.len()) && label.chars().all(inner) && !label.starts_with('-')
        };
        if name.len() > 253 || !name.split('.').all(is_label) {
            return Err("it is no name of a machine".into());
        }
        let within =
            |domain: &str| name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        let kept = self.kept();
        let own = kept.as_ref().map_or(&self.domains, |kept| &kept.domains);
        if INSIDE.iter().copied().chain(own.iter().map(String::as_str)).any(within) {
            return Ok(name);
        }
        if let Some(domain) = self.domains.iter().find(|domain| within(domain)) {
            let (domains, path) = (vec![domain.clone()], self.folder.join(FILE));
            return Err(AuthorityError::OtherDomains { domains, path }.to_string());
        }
        Err(format!(
            "it ends in none of {}: call the station by its address, or add the domain to [screens] in hub.toml",
            INSIDE.join(", ")
        ))
    }

    /// Until when a certificate that is signed now holds.
    pub fn not_after_us(now_us: i64) -> i64 {
        at_midnight_us(day(now_us, LEAF_DAYS))
    }

    /// `names` are allowed ones; `point` is the station's key.
    pub fn sign(
        &self,
        station: &StationCode,
        names: &[String],
        point: Vec<u8>,
        now_us: i64,
    ) -> Result<CertificateAnswer, AuthorityError> {
        let mut kept = self.kept();
        if kept.is_none() {
            *kept = Some(self.make(now_us)?);
        }
        let kept = kept.as_ref().expect("just made where it was missing");
        let path = self.folder.join(FILE);
        let not_after_us = Authority::not_after_us(now_us).min(kept.not_after_us);
        if not_after_us <= now_us {
            return Err(AuthorityError::Ended { path });
        }
        let damaged = || AuthorityError::Unusable { path: path.clone(), why: "its key is damaged".into() };
        let issuer = Issuer::new(root(&kept.domains), key_of(kept).ok_or_else(damaged)?);
        let mut leaf = CertificateParams::default();
        leaf.distinguished_name = named(&format!("Milepost {station}"));
        leaf.subject_alt_names = names.iter().map(|name| san(name)).collect::<Result<_, _>>()?;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        lasts(&mut leaf, day(now_us, -1), day(not_after_us, 0));
        let certificate = leaf.signed_by(&Point(point), &issuer)?;
        Ok(CertificateAnswer {
            certificate: encoded(certificate.der()),
            authority: kept.certificate.clone(),
            not_after_us,
        })
    }

    fn make(&self, now_us: i64) -> Result<Kept, AuthorityError> {
        let key = KeyPair::generate()?;
        let mut params = root(&self.domains);
        let last = day(now_us, LIFE_DAYS);
        lasts(&mut params, day(now_us, -1), last);
        let certificate = params.self_signed(&key)?;
        let kept = Kept {
            key: encoded(&key.serialize_der()),
            certificate: encoded(certificate.der()),
            domains: self.domains.clone(),
            not_after_us: at_midnight_us(last),
        };
        let text = serde_json::to_string(&kept).expect("texts and a number are plain data");
        let unwritable = |path: &Path| {
            let path = path.to_owned();
            move |source| AuthorityError::Unwritable { path, source }
        };
        let (path, public) = (self.folder.join(FILE), self.folder.join(PUBLIC));
        machine::write_secret(&path, &text).map_err(unwritable(&path))?;
        std::fs::write(&public, certificate.der()).map_err(unwritable(&public))?;
        let fingerprint = crate::wire::certificate::fingerprint(certificate.der());
        tracing::info!(%fingerprint, file = %public.display(), "the hub's authority for stations' doors was made");
        Ok(kept)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key_of(kept: &Kept) -> Option<KeyPair> {
    KeyPair::try_from(decoded(&kept.key)?).ok()
}

/// Signs stations' certificates and nothing else, for the inside of a network alone.
fn root(domains: &[String]) -> CertificateParams {
    let own = domains.iter().map(String::as_str);
    let names = INSIDE.iter().copied().chain(own).map(|domain| GeneralSubtree::DnsName(domain.to_owned()));
    let subnet = |(network, bits): &(&str, u8)| {
        CidrSubnet::from_addr_prefix(network.parse().expect("an address of the table"), *bits)
    };
    let addresses = NETWORKS.iter().map(|network| GeneralSubtree::IpAddress(subnet(network)));
    let mut params = CertificateParams::default();
    params.distinguished_name = named(NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.name_constraints =
        Some(NameConstraints { permitted_subtrees: names.chain(addresses).collect(), excluded_subtrees: Vec::new() });
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn san(name: &str) -> Result<SanType, rcgen::Error> {
    match name.parse::<IpAddr>() {
        Ok(ip) => Ok(SanType::IpAddress(ip)),
        Err(_) => Ok(SanType::DnsName(name.try_into()?)),
    }
}

fn holds((network, bits): &(&str, u8), ip: IpAddr) -> bool {
    let bits = u32::from(*bits);
    match (network.parse::<IpAddr>().expect("an address of the table"), ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => (network.to_bits() ^ ip.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(network), IpAddr::V6(ip)) => (network.to_bits() ^ ip.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

/// The day so many days from a moment; certificates of ours begin and end at midnight.
fn day(us: i64, days: i64) -> Date {
    let at = Timestamp::from_microsecond(us).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    at.saturating_add(days.days())
}

fn at_midnight_us(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC).map_or(i64::MAX, |midnight| midnight.timestamp().as_microsecond())
}

fn lasts(params: &mut CertificateParams, from: Date, until: Date) {
    let moment = |day: Date| {
        let (month, of_month) = (day.month().unsigned_abs(), day.day().unsigned_abs());
        rcgen::date_time_ymd(day.year().into(), month, of_month)
    };
    (params.not_before, params.not_after) = (moment(from), moment(until));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(folder: &Path, domains: &[&str]) -> Result<Authority, AuthorityError> {
        Authority::open(folder, &domains.iter().map(|domain| (*domain).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn it_signs_for_the_inside_of_a_network_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = authority(folder.path(), &["Warehouse.example"]).expect("none yet");
        for name in ["10.1.2.3", "[fd00::7]", "127.0.0.1", "bench-1.lan", "localhost", "BENCH.warehouse.example"] {
            assert!(own.allowed(name).is_ok(), "{name}: {:?}", own.allowed(name));
        }
        assert_eq!(own.allowed("[FD00::07]"), Ok("fd00::7".into()), "one name, however it is written");
        for name in
            ["8.8.8.8", "2001:db8::1", "172.32.0.1", "bank.example", "notwarehouse.example", "plan", "*.lan", ""]
        {
            assert!(own.allowed(name).is_err(), "{name}");
        }
    }

    #[test]
    fn it_is_made_once_and_never_signs_for_what_it_was_not_made_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = ["bench-1.lan".to_owned()];
        let (station, now_us) = ("SZ-01".into(), 1_796_000_000_000_000);
        let point = || {
            let key = KeyPair::generate().expect("a key");
            key.der_bytes().to_vec()
        };
        let first = authority(folder.path(), &[]).expect("none yet").sign(&station, &names, point(), now_us);
        let first = first.expect("signed");
        let again = authority(folder.path(), &[]).expect("as it was kept");
        let second = again.sign(&station, &names, point(), now_us).expect("signed");
        assert_eq!(first.authority, second.authority);
        assert!(first.not_after_us - now_us <= 397 * 86_400_000_000);
        let public = Authority::public(folder.path()).expect("its certificate");
        assert_eq!(encoded(&public.1), first.authority);
        let late = now_us + (LIFE_DAYS + 1) * 86_400_000_000;
        let ended = again.sign(&station, &names, point(), late).err().map(|error| error.to_string());
        assert!(ended.is_some_and(|said| said.contains("authority ended: remove")));
        std::fs::remove_file(&public.0).expect("removed");
        authority(folder.path(), &[]).expect("as it was kept");
        assert!(public.0.exists(), "it is put there again");
        let other = authority(folder.path(), &["new.example"]).expect("the hub goes on");
        let said = other.allowed("bench-1.new.example").expect_err("its certificates would be worth nothing");
        assert!(said.contains("made without the domains new.example: remove"), "{said}");
        std::fs::write(folder.path().join(FILE), "{}").expect("written");
        let broken = authority(folder.path(), &[]).err().map(|error| error.to_string());
        assert!(broken.is_some_and(|said| said.contains("can't be used")));
    }
}
