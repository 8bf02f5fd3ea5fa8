//! Tablets and handhelds: who is let in, that what they scan is taken once, and that nobody else's page makes them scan.

use std::path::{Path, PathBuf};

use milepost::station::serve::Station;
use reqwest::header::{AUTHORIZATION, COOKIE, HOST, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::process::milepost;
use crate::story::shelf::{self, code};
use crate::world::{LIMIT, World, eventually};

/// A browser of a screen, without its looks.
pub struct Handheld {
    base: String,
    client: Client,
    cookie: String,
    token: String,
}

pub fn client() -> Client {
    milepost::carrier::http::client(LIMIT, LIMIT).expect("a client")
}

impl Handheld {
    /// Opens the link and says yes.
    pub async fn pair(link: &str) -> Handheld {
        let client = client();
        let asked = client.get(link).send().await.expect("an answer");
        assert_eq!(asked.status(), 200, "the link asks first");
        let paired = client.post(link).send().await.expect("an answer");
        assert_eq!(paired.status(), StatusCode::SEE_OTHER);
        let given = paired.headers()[SET_COOKIE].to_str().expect("text").to_owned();
        assert!(given.contains("HttpOnly") && given.contains("SameSite=Strict"), "{given}");
        let cookie = given.split(';').next().expect("a cookie").to_owned();
        let base = link.split("/pair/").next().expect("an address").to_owned();
        let path = paired.headers()[LOCATION].to_str().expect("text").to_owned();
        let page = client.get(format!("{base}{path}")).header(COOKIE, &cookie).send().await.expect("an answer");
        let page = page.text().await.expect("text");
        let token = page.split("data-token=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its token");
        Handheld { base, client, cookie, token: token.to_owned() }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookie).send().await.expect("an answer")
    }

    pub async fn send(&self, place: &str, id: &str, text: &str) -> (StatusCode, Value) {
        let path = format!("{}/v1/places/{place}/scans", self.base);
        let call = self.client.post(path).header(COOKIE, &self.cookie).header("x-milepost-page", &self.token);
        let answer = call.json(&json!({ "id": id, "text": text })).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// A photo of a return, as its page sends it.
    pub async fn photo(&self, place: &str, return_no: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
        let path = format!("{}/v1/places/{place}/photos?return={return_no}", self.base);
        let call = self.client.post(path).header(COOKIE, &self.cookie).header("x-milepost-page", &self.token);
        let answer = call.body(bytes).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// What the packer reads.
    pub async fn scan(&self, place: &str, id: &str, text: &str) -> String {
        let (status, answer) = self.send(place, id, text).await;
        assert_eq!(status, 200, "{answer}");
        answer["zh"].as_str().expect("words").to_owned()
    }
}

/// A link for a place, as the command on the station's machine opens it.
pub fn link(config: &Path, place: &str) -> String {
    let (success, said) = on(config, &["pair", place, "--json"]);
    assert!(success, "{said}");
    let opened: Value = serde_json::from_str(said.lines().next().expect("a line")).expect("JSON");
    opened["url"].as_str().expect("a link").to_owned()
}

pub fn on(config: &Path, screen: &[&str]) -> (bool, String) {
    let config = config.display().to_string();
    milepost(&[&["screen"], screen, &["--config", &config]].concat())
}

/// The config of a station with a handheld's place, a bench, and a door for screens.
pub async fn config(world: &World, screens: &str) -> PathBuf {
    let places = world.place("bench-1", "pack") + "[[place]]\nname = \"PDA 1\"\nprinter = \"printer-bench-1\"\n";
    let path = world.config("SZ-01", &format!("{places}[screens]\n{screens}\n")).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = shelf::one("红茶");
    let orders: Vec<_> =
        (1..=2).map(|n| shelf::order(&format!("10000{n}"), 1, std::slice::from_ref(&line), Some(&number(n)))).collect();
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    path
}

pub fn number(n: u32) -> String {
    format!("SF{n:013}")
}

pub const PLAIN: &str = "listen = \"127.0.0.1:0\"\nplain_lan = true";

/// Entries of the station's journal by kind.
pub fn entries(station: &Station, kind: &str) -> i64 {
    let journal = rusqlite::Connection::open(&station.running.journal).expect("the journal opens");
    journal.query_row("SELECT count(*) FROM entries WHERE kind = ?1", [kind], |row| row.get(0)).expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paired_screen_packs_and_what_it_sends_twice_counts_once() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    let handheld = Handheld::pair(&link(&path, "PDA 1")).await;
    let badge = code("badge 李雷");
    eventually("the people to come down", async || {
        let (_, answer) = handheld.send("PDA%201", &uuid::Uuid::new_v4().simple().to_string(), &badge).await;
        answer["tone"] == "ok"
    })
    .await;
    eventually("the order to come down", async || {
        let id = uuid::Uuid::new_v4().simple().to_string();
        handheld.scan("PDA%201", &id, "100001").await == "请扫商品，还差 1 件"
    })
    .await;

    // An item that comes twice in one parcel is two scans; a scan that comes twice is one.
    assert_eq!(
        handheld.scan("PDA%201", "a1", "no such thing\r").await,
        handheld.scan("PDA%201", "a1", "no such thing").await
    );
    let checked = handheld.scan("PDA%201", "a2", &code("红茶")).await;
    assert_eq!(handheld.scan("PDA%201", "a2", &code("红茶")).await, checked);
    assert_eq!(entries(&station, "item_checked"), 1);
    station.stop().await.expect("the station ends");

    // It didn't hear the answer, and the station was started anew since: the screen is still paired, and the scan known.
    let station = world.restart_station(&path).await;
    let base = station.screens.expect("a door for screens");
    let handheld = Handheld { base: format!("http://{base}"), ..handheld };
    assert_eq!(handheld.scan("PDA%201", "a2", &code("红茶")).await, checked);
    assert_eq!(entries(&station, "item_checked"), 1, "and counts no second time");
    let device: String = rusqlite::Connection::open(&station.running.journal)
        .expect("the journal opens")
        .query_row("SELECT device FROM entries WHERE kind = 'item_checked'", [], |row| row.get(0))
        .expect("an entry");
    let (_, listed) = on(&path, &["list"]);
    assert!(device.strip_prefix("screen:").is_some_and(|name| listed.starts_with(name)), "{device} in {listed}");

    // Lost in the warehouse: let in no more.
    let name = device.trim_start_matches("screen:");
    let (success, said) = on(&path, &["end", name]);
    assert!(success, "{said}");
    assert_eq!(handheld.send("PDA%201", "a3", &code("红茶")).await.0, 401);
    assert_eq!((entries(&station, "screen_paired"), entries(&station, "screen_unpaired")), (1, 1));
    let (success, said) = on(&path, &["end", name]);
    assert!(!success && said.contains("`milepost screen list` names those that are paired"), "{said}");
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_or_looks_but_a_places_own_screen() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    let lan = format!("http://{}", station.screens.expect("a door for screens"));
    let stranger = client();
    let status = async |url: String| stranger.get(url).send().await.expect("an answer").status();
    for path in [
        "/",
        "/places/PDA%201",
        "/places/PDA%201/live",
        "/v1/status",
        "/v1/relabel",
        "/v1/screens",
        "/sheets",
        "/relabel",
    ] {
        assert_eq!(status(format!("{lan}{path}")).await, 401, "{path} for somebody unknown");
    }
    assert_eq!(status(format!("{lan}/assets/station.css")).await, 200, "what says so needs its looks");
    for path in ["/", "/places/PDA%201", "/v1/status"] {
        assert_eq!(status(format!("http://{}{path}", station.address)).await, 200, "{path} at this machine");
    }

    let first = link(&path, "PDA 1");
    let handheld = Handheld::pair(&first).await;
    assert_eq!(stranger.post(&first).send().await.expect("an answer").status(), 410, "a link works once");
    assert_eq!(handheld.get("/").await.headers()[LOCATION], "/places/PDA%201");
    assert_eq!(handheld.get("/places/PDA%201").await.status(), 200);
    assert!(
        handheld.get("/places/PDA%201").await.text().await.expect("text").contains("plain-lan"),
        "and says it's in the open"
    );
    for other in ["/places/bench-1", "/places/bench-1/live", "/v1/places/bench-1"] {
        let answer = handheld.get(other).await;
        assert_eq!(answer.status(), 403, "{other} is another's");
    }
    assert_eq!(handheld.send("bench-1", "b1", "x").await.0, 403);
    let (status, answer) = handheld.send("PDA%201", "no-id!", "x").await;
    assert_eq!((status, answer["title"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("No scan")));
    assert_eq!(handheld.send("PDA%201", "b1", &"x".repeat(5_000)).await.0, 422);
    assert_eq!(handheld.send("PDA%201", "b1", &"x".repeat(50_000)).await.0, 413);

    // Another page's request comes with the browser's cookie, and without what only our page knows.
    let forged = Handheld {
        token: "0".repeat(64),
        base: handheld.base.clone(),
        client: client(),
        cookie: handheld.cookie.clone(),
    };
    assert_eq!(forged.send("PDA%201", "c1", "x").await.0, 403);
    let call = client().get(format!("{lan}/places/PDA%201")).header(COOKIE, &handheld.cookie);
    assert_eq!(call.header(HOST, "evil.example").send().await.expect("an answer").status(), 403);

    // Links are opened by commands on this machine alone, and five guesses end them.
    let open = format!("http://{}/v1/places/PDA%201/pair", station.address);
    let asked = stranger.post(&open).header(AUTHORIZATION, "Bearer guess").send().await.expect("an answer");
    assert_eq!(asked.status(), 401);
    let second = link(&path, "PDA 1");
    for guess in 0..5 {
        assert_eq!(status_of(&stranger, &format!("{lan}/pair/{guess}")).await, 410);
    }
    assert_eq!(status_of(&stranger, &second).await, 410);
    let (success, said) = on(&path, &["pair", "PDA-9"]);
    assert!(
        !success && said.contains("no [[place]] of this station is called PDA-9: known are PDA 1, bench-1"),
        "{said}"
    );
    station.stop().await.expect("the station ends");
    let (success, said) = on(&path, &["list"]);
    assert!(!success && said.contains("start it with `milepost station`"), "{said}");
}

async fn status_of(client: &Client, url: &str) -> u16 {
    client.get(url).send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_speak_tls_and_one_that_stalls_keeps_nobody_out() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/screens");
    let (cert, key) = (data.join("cert.pem"), data.join("key.pem"));
    let world = World::start().await;
    let screens = format!("listen = \"127.0.0.1:0\"\ncert = {cert:?}\nkey = {key:?}");
    let path = config(&world, &screens).await;
    let station = world.start_station(&path).await;
    let address = station.screens.expect("a door for screens");
    let _stalls = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let ours = reqwest::Certificate::from_pem(&std::fs::read(data.join("ca.pem")).expect("the authority"))
        .expect("a certificate");
    let trusting = Client::builder().tls_certs_only([ours]).no_proxy().build().expect("a client");
    let link = link(&path, "bench-1");
    assert!(link.starts_with(&format!("https://{address}/pair/")), "{link}");
    assert_eq!(trusting.get(&link).send().await.expect("an answer").status(), 200);
    let paired = trusting.post(&link).send().await.expect("an answer");
    // It followed to the page, where only the cookie lets it in.
    assert_eq!(paired.status(), 401, "this client keeps no cookies");
    assert!(client().get(format!("http://{address}/")).send().await.is_err(), "nothing without TLS");
    station.stop().await.expect("the station ends");

    let broken = world.folder.path().join("broken.pem");
    std::fs::write(&broken, "no certificate").expect("a file");
    let mut bad = milepost::config::load::<milepost::station::config::StationConfig>(&path).expect("a good config");
    bad.screens.cert = Some(broken.clone());
    let refused = Station::start(bad).await.err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(refused.contains(&broken.display().to_string()), "{refused}");
}
