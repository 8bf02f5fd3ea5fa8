//! A small warehouse on loopback: a hub, stations, simulated printers, SF's simulator, scanners over TCP. Everything real
//! but the metal.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use milepost::domain::id::StationCode;
use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use milepost::sim::carrier::sf::{self, SfSim};
use milepost::sim::printer::{self, Language, SimPrinter};
use milepost::station::config::StationConfig;
use milepost::station::screen::Screen;
use milepost::station::serve::Station;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Nothing in these tests takes this long unless it hangs.
pub const LIMIT: Duration = Duration::from_secs(20);
pub const KEY: &str = "an-integrators-key-of-the-tests";

pub struct World {
    pub folder: TempDir,
    pub hub: Option<Serving>,
    pub hub_url: String,
    pub printer: SimPrinter,
    pub sf: SfSim,
    config: HubConfig,
    client: reqwest::Client,
}

/// A scanner as the packer holds it: what it reads goes in, what the bench says comes back.
pub struct Scanner {
    lines: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl World {
    pub async fn start() -> World {
        World::start_with(|_| {}).await
    }

    /// With a hub of another config.
    pub async fn start_with(change: impl FnOnce(&mut HubConfig)) -> World {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::write(folder.path().join("office.key"), KEY).expect("the key is written");
        let mut config = hub_config(folder.path(), "127.0.0.1:0");
        change(&mut config);
        let hub = Serving::start(&config).await.expect("the hub starts");
        let options = printer::Options { print_time: Duration::from_millis(5), ..printer::Options::default() };
        World {
            hub_url: hub.url(),
            hub: Some(hub),
            printer: printer::start(Language::Zpl, options).await.expect("a printer starts"),
            sf: sf::start(sf::Options::default()).await.expect("SF's simulator starts"),
            client: milepost::carrier::http::client(LIMIT, LIMIT).expect("a client"),
            folder,
            config,
        }
    }

    pub fn hub(&self) -> &Serving {
        self.hub.as_ref().expect("the hub is up")
    }

    pub async fn stop_hub(&mut self) {
        self.hub.take().expect("the hub is up").stop().await.expect("the hub ends");
    }

    /// The same store at the same address.
    pub async fn start_hub(&mut self) {
        let listen = self.hub_url.trim_start_matches("http://").to_owned();
        let config = HubConfig { listen, ..self.config.clone() };
        self.hub = Some(Serving::start(&config).await.expect("the hub starts again"));
    }

    /// The same with another config.
    pub async fn start_hub_with(&mut self, change: impl FnOnce(&mut HubConfig)) {
        change(&mut self.config);
        self.start_hub().await;
    }

    /// Lets a station join, and writes the config it starts with.
    pub async fn config(&self, code: &str, places: &str) -> PathBuf {
        let key_file = self.folder.path().join(format!("{code}.key"));
        let hub = self.hub().hub.clone();
        let station = StationCode::from(code);
        let invitation =
            hub.invite(&station, Some("SZ"), *b"0123456789", milepost::machine::wall_us()).expect("a join code");
        let link = milepost::sync::Link::new(&self.hub_url, &station, "").expect("a link");
        let request = milepost::wire::JoinRequest { station: code.into(), code: invitation };
        std::fs::write(&key_file, link.join(&request).await.expect("the station joins").key).expect("the key is kept");
        let text = format!(
            r#"code = "{code}"
data_dir = "{folder}/{code}"
listen = "127.0.0.1:0"
[hub]
url = "{hub}"
key_file = "{key}"
[sf]
endpoint = "{sf}"
budget_ms = 400
[sound]
enabled = false
[sender]
name = "云上茶仓"
phone = "075512345678"
province = "广东省"
city = "深圳市"
district = "南山区"
detail = "科技园1号库"
{places}"#,
            folder = self.folder.path().display(),
            hub = self.hub_url,
            key = key_file.display(),
            sf = self.sf.url(),
        );
        let path = self.folder.path().join(format!("{code}.toml"));
        std::fs::write(&path, text).expect("the config is written");
        path
    }

    /// A packing place with a scanner and the world's printer.
    pub fn place(&self, name: &str, role: &str) -> String {
        format!(
            r#"
[[place]]
name = "{name}"
role = "{role}"
scanners = ["gun-{name}"]
printer = "printer-{name}"
[[scanner]]
name = "gun-{name}"
url = "tcp://127.0.0.1:0"
feedback = true
duplicate_window_ms = 0
[[printer]]
name = "printer-{name}"
url = "tcp://{printer}"
profile = "zpl"
media = "76x130"
timeouts = {{ connect_ms = 500, stall_ms = 500, answer_ms = 200, confirm_ms = 1000, total_ms = 3000 }}
"#,
            printer = self.printer.addr
        )
    }

    pub async fn station(&self, code: &str, places: &str) -> Station {
        self.start_station(&self.config(code, places).await).await
    }

    pub async fn start_station(&self, config: &Path) -> Station {
        let config: StationConfig = milepost::config::load(config).expect("the config is good");
        Station::start(config).await.expect("the station starts")
    }

    /// Starts a station again as soon as the one before has let go of the journal.
    pub async fn restart_station(&self, config: &Path) -> Station {
        let mut started = None;
        eventually("the journal to be free", async || {
            let config: StationConfig = milepost::config::load(config).expect("the config is good");
            started = Station::start(config).await.ok();
            started.is_some()
        })
        .await;
        started.expect("just seen")
    }

    /// Calls the hub as an integrator does; the answer's JSON.
    pub async fn post(&self, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let url = format!("{}{path}", self.hub_url);
        let answer = self.client.post(url).bearer_auth(KEY).json(body).send().await.expect("the hub answers");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "{path}: {status} {text}");
        if text.is_empty() { serde_json::Value::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    /// Status and text, for who expects a refusal.
    pub async fn post_keyed(&self, path: &str, body: &serde_json::Value) -> (u16, String) {
        let url = format!("{}{path}", self.hub_url);
        let answer = self.client.post(url).bearer_auth(KEY).json(body).send().await.expect("the hub answers");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    pub async fn get(&self, path: &str) -> serde_json::Value {
        let url = format!("{}{path}", self.hub_url);
        self.client.get(url).send().await.expect("the hub answers").json().await.expect("JSON")
    }

    /// A page of the hub's, as it is sent.
    /// An answer that needn't be JSON, whatever its status.
    pub async fn get_raw(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("{}{path}", self.hub_url)).send().await.expect("an answer")
    }

    pub async fn text(&self, path: &str) -> String {
        let url = format!("{}{path}", self.hub_url);
        self.client.get(url).send().await.expect("the hub answers").text().await.expect("text")
    }

    /// The milestones of an order, as the hub tells them.
    pub async fn milestones(&self, order_no: &str) -> Vec<String> {
        let timeline = self.get(&format!("/v1/orders/{order_no}/timeline")).await;
        let steps = timeline["steps"].as_array().cloned().unwrap_or_default();
        steps.iter().map(|step| step["milestone"].as_str().expect("a word").to_owned()).collect()
    }

    pub async fn wait_for_milestone(&self, order_no: &str, milestone: &str) {
        eventually(&format!("order {order_no} to be {milestone}"), async || {
            self.milestones(order_no).await.iter().any(|step| step == milestone)
        })
        .await;
    }
}

fn hub_config(folder: &Path, listen: &str) -> HubConfig {
    HubConfig {
        data_dir: folder.join("hub"),
        listen: listen.into(),
        key_files: vec![folder.join("office.key")],
        ..HubConfig::default()
    }
}

impl Scanner {
    pub async fn connect(address: SocketAddr) -> Scanner {
        let stream = TcpStream::connect(address).await.expect("the scanner's port is open");
        let (reader, writer) = stream.into_split();
        Scanner { lines: BufReader::new(reader), writer }
    }

    /// Reads a code and waits for what the bench says.
    pub async fn scan(&mut self, code: &str) -> String {
        self.send(code).await;
        self.heard().await
    }

    /// Reads a code to which nothing may be said.
    pub async fn send(&mut self, code: &str) {
        self.writer.write_all(format!("{code}\r").as_bytes()).await.expect("the bench listens");
    }

    /// Sends what no scanner means to send.
    pub async fn garble(&mut self, bytes: &[u8]) -> String {
        self.writer.write_all(bytes).await.expect("the bench listens");
        self.heard().await
    }

    pub async fn heard(&mut self) -> String {
        let mut line = String::new();
        let read = tokio::time::timeout(LIMIT, self.lines.read_line(&mut line)).await;
        read.expect("an answer in time").expect("a whole line");
        line.trim_end().to_owned()
    }
}

/// The scanner of a place of a running station.
pub async fn scanner(station: &Station, place: &str) -> Scanner {
    let address = station.running.scanners[&format!("gun-{place}")];
    Scanner::connect(address).await
}

/// Waits until the place's screen satisfies `wanted`.
pub async fn screen(station: &Station, place: &str, wanted: impl Fn(&Screen) -> bool) -> Screen {
    let mut screen = station.running.screens[&place.into()].clone();
    let found = tokio::time::timeout(LIMIT, screen.wait_for(|screen| wanted(screen))).await;
    match found {
        Ok(found) => found.expect("the station runs").clone(),
        Err(_) => panic!("the screen never came; it says {:?}", station.running.screens[&place.into()].borrow().zh),
    }
}

/// Asks again until it is so, or fails saying what was waited for.
pub async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !so().await {
        assert!(begun.elapsed() < LIMIT, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
