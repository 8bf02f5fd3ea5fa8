//! A whole station as its users have it: the release binary with four devices over sockets. How soon it takes the first
//! scan, what it holds, what it costs while nothing happens, and how long a packer waits, beside one append + fdatasync.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use milepost::sim::printer::{self, Language, Options, SimPrinter};
use serde_json::json;

const KEY: &str = "the-benches-own-key";
const TEA: &str = "6901234567892";
const ORDERS: usize = 200;
const IDLE: Duration = Duration::from_secs(20);
const STARTS: usize = 10;
/// USER_HZ, which Linux fixed for what programs see.
const TICKS_A_SECOND: f64 = 100.0;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::Builder::new().prefix("bench").tempdir_in("target").expect("a folder on the project's disk");
    let (config, hub, printer) = runtime.block_on(warehouse(folder.path()));
    let mut station = Station::start(&config);
    station.wait_for_orders();
    packs(&mut station, &printer, folder.path(), &runtime);
    idles(&station);
    drop(station);
    starts(&config);
    runtime.block_on(hub.stop()).expect("the hub ends");
}

/// A hub with orders and one station's config.
async fn warehouse(folder: &Path) -> (PathBuf, Serving, SimPrinter) {
    std::fs::write(folder.join("office.key"), KEY).expect("a key is written");
    let config = HubConfig {
        data_dir: folder.join("hub"),
        listen: "127.0.0.1:0".into(),
        key_files: vec![folder.join("office.key")],
        ..HubConfig::default()
    };
    let hub = Serving::start(&config).await.expect("the hub starts");
    let url = hub.url();
    post(&url, "/v1/items", &json!({ "items": [{ "sku": "T01", "name": "红茶", "barcodes": [{ "code": TEA }] }] }))
        .await;
    let orders: Vec<_> = (0..ORDERS).map(order).collect();
    post(&url, "/v1/orders", &json!({ "orders": orders })).await;
    let key = join(&hub, folder).await;
    let options = Options { print_time: Duration::ZERO, ..Options::default() };
    let printer = printer::start(Language::Zpl, options).await.expect("a printer starts");
    let spare = printer::start(Language::Tspl, Options::default()).await.expect("a printer starts");
    let path = folder.join("station.toml");
    let text = format!(
        r#"code = "SZ-01"
data_dir = "{folder}/station"
listen = "127.0.0.1:0"
[hub]
url = "{url}"
key_file = "{key}"
[[place]]
name = "bench-1"
badges = false
scanners = ["gun-1", "gun-2"]
printer = "desk"
backup = "spare"
[[scanner]]
name = "gun-1"
url = "tcp://127.0.0.1:0"
feedback = true
duplicate_window_ms = 0
[[scanner]]
name = "gun-2"
url = "tcp://127.0.0.1:0"
[[printer]]
name = "desk"
url = "tcp://{printer}"
profile = "zpl"
media = "76x130"
[[printer]]
name = "spare"
url = "tcp://{spare}"
profile = "tspl"
media = "76x130"
"#,
        folder = folder.display(),
        key = key.display(),
        printer = printer.addr,
        spare = spare.addr,
    );
    std::fs::write(&path, text).expect("the config is written");
    // It stands idle until the bench ends.
    std::mem::forget(spare);
    (path, hub, printer)
}

fn number(n: usize) -> String {
    format!("SF10000000{n:05}")
}

fn order(n: usize) -> serde_json::Value {
    json!({
        "order_no": format!("1{n:06}"), "channel": "tmall", "shop": "茶", "paid_at": "2026-02-15T06:22:00Z",
        "amount_fen": 9900, "carrier": "sf",
        "receiver": { "name": "王小明", "phone": "13800001234", "province": "浙江省", "city": "杭州市",
                      "district": "余杭区", "detail": "文一西路969号3幢201室" },
        "lines": [{ "sku": "T01", "name": "红茶", "quantity": 1 }],
        "waybill": { "carrier": "sf", "number": number(n), "source": "erp",
                     "routing": { "dest_route_label": "571W-AB-012" } },
    })
}

async fn post(url: &str, path: &str, body: &serde_json::Value) {
    let client = milepost::carrier::http::client(Duration::from_secs(60), Duration::from_secs(60)).expect("a client");
    let answer = client.post(format!("{url}{path}")).bearer_auth(KEY).json(body).send().await.expect("the hub answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
}

async fn join(hub: &Serving, folder: &Path) -> PathBuf {
    let code = "SZ-01".into();
    let now_us = milepost::machine::wall_us();
    let invitation = hub.hub.invite(&code, Some("SZ"), *b"0123456789", now_us).expect("a join code");
    let link = milepost::sync::Link::new(&hub.url(), &code, "").expect("a link");
    let request = milepost::wire::JoinRequest { station: "SZ-01".into(), code: invitation };
    let path = folder.join("station.key");
    std::fs::write(&path, link.join(&request).await.expect("the station joins").key).expect("the key is kept");
    path
}

struct Station {
    child: Child,
    gun: BufReader<TcpStream>,
}

impl Station {
    /// Up to the moment when a scanner can connect.
    fn start(config: &Path) -> Station {
        let mut child = Command::new(env!("CARGO_BIN_EXE_milepost"))
            .args(["station", "--config"])
            .arg(config)
            .env("MILEPOST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let gun = lines.find_map(|line| line.ok()?.strip_prefix("scanner gun-1 ").map(str::to_owned));
        let gun = TcpStream::connect(gun.expect("the scanner's address")).expect("it listens");
        std::thread::spawn(move || lines.for_each(drop));
        Station { child, gun: BufReader::new(gun) }
    }

    fn scan(&mut self, code: &str) -> String {
        self.gun.get_mut().write_all(format!("{code}\r").as_bytes()).expect("it reads");
        let mut said = String::new();
        self.gun.read_line(&mut said).expect("it answers");
        said
    }

    fn wait_for_orders(&mut self) {
        let last = format!("1{:06}", ORDERS - 1);
        let until = Instant::now() + Duration::from_secs(60);
        while !self.scan(&last).starts_with("OK") {
            assert!(Instant::now() < until, "the orders don't come down");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("it runs")
    }

    fn ticks(&self) -> f64 {
        // Behind the name in brackets: utime and stime are the 12th and 13th.
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a name in brackets").1.split_whitespace().collect();
        [11, 12].iter().map(|at| fields[*at].parse::<f64>().expect("ticks")).sum()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Scan → answer, and the last item's scan → the label whole at the printer.
fn packs(station: &mut Station, printer: &SimPrinter, folder: &Path, runtime: &tokio::runtime::Runtime) {
    let mut plain = File::create(folder.join("append")).expect("a file");
    let (mut answers, mut labels, mut yardstick) = (Vec::new(), Vec::new(), Vec::new());
    // The first parcel is in hand already.
    for n in (0..ORDERS).rev() {
        yardstick.push(timed(|| append(&mut plain)));
        if n < ORDERS - 1 {
            answers.push(timed(|| expect(&station.scan(&format!("1{n:06}")), "OK")));
        }
        let before = printer.papers().len();
        let begun = Instant::now();
        expect(&station.scan(TEA), "OK");
        answers.push(begun.elapsed());
        let came = runtime.block_on(printer.wait_for(before + 1, Duration::from_secs(10)));
        assert!(came, "a label comes out");
        labels.push(begun.elapsed());
        expect(&station.scan(&number(n)), "OK");
        // No packer is as fast as this loop: the printer's own word on the last label comes within its poll.
        std::thread::sleep(Duration::from_millis(100));
    }
    let row = |what: &str, samples: &mut Vec<Duration>| {
        samples.sort();
        let at = |share: usize| samples[(samples.len() - 1) * share / 100];
        println!("{what:<44} p50 {:>9.1?}  p99 {:>9.1?}", at(50), at(99));
    };
    row("scan -> answer at the scanner", &mut answers);
    row("last item's scan -> label whole at the printer", &mut labels);
    row("4 KiB append + fdatasync, the same disk", &mut yardstick);
}

fn expect(said: &str, start: &str) {
    assert!(said.starts_with(start), "{said}");
}

fn idles(station: &Station) {
    // What came before is still being sent to the hub.
    std::thread::sleep(Duration::from_secs(3));
    let before = station.ticks();
    std::thread::sleep(IDLE);
    let percent = (station.ticks() - before) / TICKS_A_SECOND / IDLE.as_secs_f64() * 100.0;
    let status = station.proc("status");
    let held = |key: &str| status.lines().find(|line| line.starts_with(key)).unwrap_or("?").to_owned();
    println!("idle for {} s: {percent:.2} % of a core (budget 0.1)", IDLE.as_secs());
    println!("{} (budget 16 MB), {}", held("RssAnon"), held("Threads"));
}

/// From exec to the answer to a scan; the file holds a shift's entries.
fn starts(config: &Path) {
    let mut samples: Vec<Duration> = (0..STARTS)
        .map(|_| {
            timed(|| {
                let mut station = Station::start(config);
                expect(&station.scan(TEA), "STOP");
            })
        })
        .collect();
    samples.sort();
    println!(
        "start -> first scan answered: p50 {:.1?}, most {:.1?} (budget 50 ms)",
        samples[STARTS / 2],
        samples[STARTS - 1]
    );
}

fn append(file: &mut File) {
    file.write_all(&[7; 4_096]).and_then(|()| file.sync_data()).expect("the disk takes it");
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}
