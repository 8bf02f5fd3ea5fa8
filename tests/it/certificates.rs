//! The door for screens with a certificate that the hub signed: who trusts the hub's authority gets in, who doesn't is refused;
//! a name is one station's; renewed while the station runs, and with the hub away the last one goes on.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use milepost::hub::authority::Authority;
use milepost::station::certificate::{Held, Keeper, Kept};
use milepost::station::serve::Station;
use milepost::station::tls::{self, TlsDoor};
use milepost::sync::{Link, LinkError};
use milepost::wire::certificate::{CertificateAnswer, CertificateRequest, decoded, encoded, fingerprint};
use rcgen::{KeyPair, PublicKeyData as _};
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::tls::TlsInfo;
use rustls::pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::chromium::Browser;
use crate::handhelds::picture;
use crate::process::milepost;
use crate::screens::{client, config, link, on};
use crate::world::{LIMIT, World, eventually};

const BY_HUB: &str = "listen = \"127.0.0.1:0\"\ntls = \"hub\"";
const DAY_US: i64 = 86_400_000_000;

/// A tablet that was made to trust this authority, and nobody else.
fn trusting(authority: &[u8]) -> Client {
    let authority = reqwest::Certificate::from_der(authority).expect("a certificate");
    let client = Client::builder().tls_certs_only([authority]).tls_info(true).no_proxy().timeout(LIMIT);
    client.build().expect("a client")
}

/// What the station offers to be trusted, once the hub signed for it.
async fn authority(station: &Station) -> Vec<u8> {
    let url = format!("http://{}/assets/milepost-ca.crt", station.address);
    let mut found = Vec::new();
    eventually("the hub to sign", async || {
        let answer = client().get(&url).send().await.expect("an answer");
        let signed = answer.status() == 200;
        assert!(!signed || answer.headers()[CONTENT_TYPE] == "application/x-x509-ca-cert");
        found = answer.bytes().await.expect("bytes").to_vec();
        signed
    })
    .await;
    found
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn who_trusts_the_hubs_authority_gets_in_and_nobody_else() {
    let world = World::start().await;
    let path = config(&world, BY_HUB).await;
    let station = world.start_station(&path).await;
    let authority = authority(&station).await;
    let lan = station.screens.expect("a door for screens");
    let link = link(&path, "bench-1");
    assert!(link.starts_with(&format!("https://{lan}/pair/")), "{link}");

    let page = trusting(&authority).get(&link).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("text");
    assert!(page.contains("href=\"/assets/milepost-ca.crt\"") && page.contains(&fingerprint(&authority)), "{page}");
    let offered = trusting(&authority).get(format!("https://{lan}/assets/milepost-ca.crt")).send().await;
    assert_eq!(offered.expect("an answer").bytes().await.expect("bytes"), authority, "before it is paired");
    let stranger = KeyPair::generate().expect("a key");
    let other = rcgen::CertificateParams::default().self_signed(&stranger).expect("a certificate");
    assert!(trusting(other.der()).get(&link).send().await.is_err(), "another authority's");
    let elsewhere = link.replace("127.0.0.1", "localhost");
    assert!(trusting(&authority).get(elsewhere).send().await.is_err(), "another name's");
    assert!(client().get(format!("http://{lan}/")).send().await.is_err(), "nothing without TLS");

    // What the lead compares with: the station's page, and what commands print on both machines.
    let own = client().get(format!("http://{}/screens", station.address)).send().await.expect("an answer");
    assert!(own.text().await.expect("text").contains(&fingerprint(&authority)));
    let (success, said) = on(&path, &["pair", "bench-1"]);
    assert!(success && said.contains(&format!("has the SHA-256 {}", fingerprint(&authority))), "{said}");
    let hub_config = world.folder.path().join("hub.toml");
    let hub = world.folder.path().join("hub");
    std::fs::write(&hub_config, format!("data_dir = {hub:?}")).expect("written");
    let (success, said) = milepost(&["hub", "ca", "--config", hub_config.to_str().expect("text")]);
    assert!(success && said.contains("milepost-ca.crt") && said.contains(&fingerprint(&authority)), "{said}");
    let (_, said) = milepost(&["doctor", "--config", path.to_str().expect("text")]);
    assert!(said.contains("certified for 39") && said.contains(&fingerprint(&authority)), "{said}");

    // On a handheld's width, in the station's language; a browser that trusts it already needs no more than the button.
    let mut browser = Browser::start(360, 800).await;
    let link = crate::screens::link(&path, "bench-1");
    browser.open(&link.replace(&format!("https://{lan}"), &format!("http://{}", station.address))).await;
    assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth").await, true);
    assert_eq!(browser.texts(".trust code").await, [fingerprint(&authority)]);
    if let Some(file) = picture("pair-trust.png") {
        browser.picture(&file).await;
    }

    let folder = world.folder.path();
    for secret in [folder.join("SZ-01/screens-tls.json"), folder.join("hub/screens-ca.json")] {
        assert_eq!(mode(&secret), 0o600, "{}", secret.display());
    }
    station.stop().await.expect("the station ends");
}

/// As a browser names a certificate that somebody made it trust: by the hash of its key.
fn key_hash(certificate: &[u8]) -> String {
    /// What a P-256 key begins with; its point follows.
    const P256: [u8; 27] = *b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
    let at = certificate.windows(P256.len()).position(|window| window == P256).expect("a key of P-256");
    encoded(&Sha256::digest(&certificate[at..at + P256.len() + 64]))
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_hubs_tls_a_page_opens_without_its_station() {
    let world = World::start().await;
    let path = config(&world, BY_HUB).await;
    let station = world.start_station(&path).await;
    let authority = authority(&station).await;
    let link = link(&path, "PDA 1");
    let answer = trusting(&authority).get(&link).send().await.expect("an answer");
    let info = answer.extensions().get::<TlsInfo>().expect("it was asked for");
    let trusted = key_hash(info.peer_certificate().expect("a certificate"));
    let option = format!("--ignore-certificate-errors-spki-list={trusted}");
    let mut browser = Browser::start_with(360, 720, &[option]).await;
    browser.open(&link).await;
    browser.press("button[type=submit]").await;
    browser.wait("document.body?.dataset.kept === ''").await;
    let lan = station.screens.expect("a door for screens");
    assert_eq!(browser.value("location.host").await, lan.to_string());
    assert_eq!(browser.value("document.querySelector('.plain-lan')").await, serde_json::Value::Null);
    station.stop().await.expect("the station ends");
    browser.open(&format!("https://{lan}/places/PDA%201")).await;
    browser.wait("document.body.hasAttribute('data-away') && document.activeElement.id === 'scan'").await;
    browser.wedge("100001").await;
    browser.wait("document.getElementById('waiting').dataset.count === '1'").await;

    // The same station at the same door: what was scanned meanwhile is there.
    let text = std::fs::read_to_string(&path).expect("its config");
    let same = format!("[screens]\nlisten = \"{lan}\"");
    std::fs::write(&path, text.replace("[screens]\nlisten = \"127.0.0.1:0\"", &same)).expect("written");
    let station = world.restart_station(&path).await;
    browser.wait("document.getElementById('waiting').dataset.count === '0'").await;
    browser.wait("document.getElementById('lost').hidden").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_hub_away_the_door_stays_shut_or_goes_on_with_the_last() {
    let mut world = World::start().await;
    let path = config(&world, BY_HUB).await;
    world.stop_hub().await;
    let station = world.start_station(&path).await;
    let lan = station.screens.expect("a door for screens");
    let open = async || {
        let page = client().get(format!("http://{}/screens", station.address)).send().await.expect("an answer");
        !page.text().await.expect("text").contains("id=\"shut\"")
    };
    assert!(!open().await, "and the page says so");
    let kept = || Kept::read(&world.folder.path().join("SZ-01"));
    eventually("the station to say why", async || kept().trouble.is_some_and(|why| why.contains("can't be reached")))
        .await;
    let knocked = tokio::time::timeout(LIMIT, client().get(format!("https://{lan}/")).send()).await;
    assert!(knocked.expect("hung up on at once").is_err());
    let (success, said) = milepost(&["doctor", "--config", path.to_str().expect("text")]);
    assert!(!success && said.contains("stays shut, for it has no certificate yet: the hub"), "{said}");

    world.start_hub().await;
    let authority = authority(&station).await;
    assert!(open().await);
    let greeted = trusting(&authority).get(format!("https://{lan}/")).send().await.expect("an answer");
    assert_eq!(greeted.status(), 401);
    station.stop().await.expect("the station ends");

    world.stop_hub().await;
    let station = world.restart_station(&path).await;
    let lan = station.screens.expect("a door for screens");
    let greeted = trusting(&authority).get(format!("https://{lan}/")).send().await.expect("with the last one");
    assert_eq!(greeted.status(), 401);
    station.stop().await.expect("the station ends");
}

/// As the tests want it.
static NOW_US: AtomicI64 = AtomicI64::new(0);

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_renewed_in_time_under_an_open_door() {
    let mut world = World::start().await;
    world.config("SZ-01", "").await;
    let folder = world.folder.path().join("SZ-01");
    std::fs::create_dir(&folder).expect("a folder");
    let real_us = milepost::machine::wall_us();
    NOW_US.store(real_us, Ordering::Relaxed);
    let names = vec!["127.0.0.1".to_owned()];
    let (keeper, held) = Keeper::new(station_link(&world, "SZ-01"), &folder, names, || NOW_US.load(Ordering::Relaxed));
    tokio::spawn(keeper.looking_every(Duration::from_millis(20)).run());
    let address = door(&held).await;
    let first = wait_for(&held, |held| held.tls.is_some()).await;
    let authority = first.authority.expect("what it is trusted by");
    let served = async || {
        let answer = trusting(&authority).get(format!("https://{address}/")).send().await.expect("an answer");
        let info = answer.extensions().get::<TlsInfo>().expect("it was asked for");
        info.peer_certificate().expect("a certificate").to_vec()
    };
    let one = served().await;
    let ends_us = Kept::read(&folder).certified.expect("kept").not_after_us;
    assert!((390..=397).contains(&((ends_us - real_us) / DAY_US)));

    // A month and a day before its end there is time; a day later it is due, and the hub is away.
    NOW_US.store(ends_us - 31 * DAY_US, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(served().await, one);
    world.stop_hub().await;
    NOW_US.store(ends_us - 29 * DAY_US, Ordering::Relaxed);
    wait_for(&held, |held| held.trouble.is_some()).await;
    assert_eq!(served().await, one, "the last one goes on");
    world.start_hub().await;
    wait_for(&held, |held| held.trouble.is_none()).await;
    assert_ne!(served().await, one, "no door was opened anew");
}

/// The name constraints are in the authority's certificate: its key alone doesn't make somebody else's server.
#[tokio::test(flavor = "multi_thread")]
async fn who_steals_the_authoritys_key_plays_nobody_outside() {
    let world = World::start().await;
    world.config("SZ-01", "").await;
    ask(&station_link(&world, "SZ-01"), &["bench-1.lan"]).await.expect("a certificate, and with it an authority");
    let hub = world.folder.path().join("hub");
    let (_, authority) = Authority::public(&hub).expect("its certificate");
    let stolen = std::fs::read_to_string(hub.join("screens-ca.json")).expect("its file");
    let stolen: serde_json::Value = serde_json::from_str(&stolen).expect("JSON");
    let key = decoded(stolen["key"].as_str().expect("a key")).expect("base64");
    let mut issuer = rcgen::CertificateParams::default();
    issuer.distinguished_name = rcgen::DistinguishedName::new();
    issuer.distinguished_name.push(rcgen::DnType::CommonName, "Milepost hub CA");
    let issuer = rcgen::Issuer::new(issuer, KeyPair::try_from(key).expect("a key"));
    let greeted = async |name: &str| {
        let own = KeyPair::generate().expect("a key");
        let forged = rcgen::CertificateParams::new([name.to_owned()]).expect("a name").signed_by(&own, &issuer);
        let forged = forged.expect("a certificate").der().clone();
        let own = PrivateKeyDer::try_from(own.serialize_der()).expect("a key");
        let server = tls::server(vec![forged], own).expect("it fits");
        let (_sender, held) = watch::channel(Held { tls: Some(server), ..Held::default() });
        let address = door(&held).await;
        let client = Client::builder().tls_certs_only([reqwest::Certificate::from_der(&authority).expect("good")]);
        let client = client.no_proxy().resolve(name, address).timeout(LIMIT).build().expect("a client");
        client.get(format!("https://{name}:{}/", address.port())).send().await.is_ok()
    };
    assert!(greeted("bench-9.lan").await, "inside it can");
    for name in ["bank.example", "lan.example"] {
        assert!(!greeted(name).await, "{name}");
    }
}

async fn door(held: &watch::Receiver<Held>) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let held = held.clone();
    let door = TlsDoor::open(listener, move || held.borrow().tls.clone()).expect("a door");
    let address = axum::serve::Listener::local_addr(&door).expect("an address");
    tokio::spawn(axum::serve(door, Router::new()).into_future());
    address
}

async fn wait_for(held: &watch::Receiver<Held>, wanted: impl Fn(&Held) -> bool) -> Held {
    let mut held = held.clone();
    let found = tokio::time::timeout(LIMIT, held.wait_for(wanted)).await.expect("in time");
    found.expect("the keeper works").clone()
}

fn station_link(world: &World, station: &str) -> Link {
    let key = std::fs::read_to_string(world.folder.path().join(format!("{station}.key"))).expect("its key");
    Link::new(&world.hub_url, &station.into(), &key).expect("a link")
}

async fn ask(link: &Link, names: &[&str]) -> Result<CertificateAnswer, String> {
    let public_key = encoded(KeyPair::generate().expect("a key").der_bytes());
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    match link.certificate(&CertificateRequest { names, public_key }).await {
        Ok(answer) => Ok(answer),
        Err(LinkError::Refused { problem, .. }) => Err(format!("{} {}", problem.status, problem.detail)),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_stations_and_the_world_outside_is_nobodys() {
    let world = World::start_with(|config| config.screens.domains = vec!["depot.example".into()]).await;
    for station in ["SZ-01", "SZ-02", "HZ-01"] {
        world.config(station, "").await;
    }
    let hub = &world.hub().hub;
    let invited = hub.invite(&"HZ-01".into(), Some("HZ"), *b"0123456789", 0);
    invited.expect("it stands in another warehouse from now on");
    let [one, two, far] = ["SZ-01", "SZ-02", "HZ-01"].map(|station| station_link(&world, station));

    for name in ["8.8.8.8", "bank.example", "bench-1", "*.lan", "a b.lan"] {
        let said = ask(&one, &["10.0.0.7", name]).await.expect_err(name);
        assert!(said.starts_with(&format!("422 no certificate for `{name}`: ")), "{said}");
    }
    assert!(ask(&one, &[]).await.expect_err("no name").contains("1 to 20 names and not 0"));
    ask(&one, &["10.0.0.7", "Bench-1.lan", "bench-1.depot.example"]).await.expect("its own");
    let strange = Link::new(&world.hub_url, &"SZ-01".into(), "another's key").expect("a link");
    assert!(ask(&strange, &["10.0.0.7"]).await.expect_err("no key").starts_with("401"));

    for name in ["10.0.0.7", "bench-1.lan"] {
        let said = ask(&two, &["10.0.0.8", name]).await.expect_err("another station's");
        assert!(said.contains("station SZ-01 has one") && said.contains("milepost hub invite SZ-01"), "{said}");
    }
    let exceptions = hub.exceptions(milepost::machine::wall_us()).expect("a list");
    let refused: Vec<_> = exceptions.iter().filter(|row| row.kind == "certificate_refused").collect();
    assert_eq!((refused.len(), refused[0].subject.as_str(), refused[0].owner.as_str()), (1, "SZ-02", "admin"));
    assert!(refused[0].en.contains("no certificate for `bench-1.lan`: station SZ-01 has one"), "{}", refused[0].en);
    ask(&far, &["10.0.0.7"]).await.expect("another warehouse's network has the same addresses");
    assert!(ask(&far, &["bench-1.lan"]).await.is_err(), "and no name twice");

    // It moves: the one lets it go, the other gets it, and nothing is wrong any more.
    ask(&one, &["10.0.0.7"]).await.expect("fewer names");
    ask(&two, &["bench-1.lan"]).await.expect("free again");
    let exceptions = hub.exceptions(milepost::machine::wall_us()).expect("a list");
    assert!(!exceptions.iter().any(|row| row.subject == "SZ-02"), "{exceptions:?}");
    assert!(ask(&one, &["bench-1.lan"]).await.is_err());
    hub.invite(&"SZ-02".into(), None, *b"0123456789", milepost::machine::wall_us()).expect("its machine is gone");
    ask(&one, &["bench-1.lan"]).await.expect("an invitation ends a claim");

    // What can't be signed is told as well; one that ended signs nothing.
    let late_us = milepost::machine::wall_us() + 4_000 * DAY_US;
    let authority =
        Authority::open(&world.folder.path().join("hub"), &["depot.example".into()]).expect("as it was made");
    let public_key = encoded(KeyPair::generate().expect("a key").der_bytes());
    let request = CertificateRequest { names: vec!["bench-1.lan".into()], public_key };
    let ended = hub.certify(&authority, &"SZ-01".into(), &request, late_us).expect_err("it ended").to_string();
    assert!(ended.contains("the hub's authority ended: remove"), "{ended}");
    let told = hub
        .exceptions(late_us)
        .expect("a list")
        .into_iter()
        .any(|row| row.subject == "SZ-01" && row.en.contains(&ended));
    assert!(told, "{ended}");
}
