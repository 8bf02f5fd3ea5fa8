//! Names, phones, addresses and notes go to the carrier and onto paper, masked; never into an entry, a log or the body of
//! a refusal. Also on a bad day, when others repeat them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use milepost::domain::order::{Order, Party};
use milepost::journal::Reader;
use milepost::sim::carrier::sf::Fault;
use milepost::sim::printer;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::process::Starting;
use crate::story::shelf::{self, code};
use crate::world::{KEY, LIMIT, Scanner, World, eventually};

/// Words that stand nowhere else.
pub const SEEDS: [&str; 8] = [
    "欧阳不二",
    "13912345678",
    "扶摇镇",
    "不周山路77号8幢909室",
    "quetzalcoatl",
    "门口石狮子旁放下",
    "老板娘亲自挑的",
    "昆仑茶业",
];

pub fn seeded(order_no: &str, number: Option<&str>) -> Order {
    Order {
        receiver: Some(Party {
            name: SEEDS[0].into(),
            phone: SEEDS[1].into(),
            province: "浙江省".into(),
            city: "杭州市".into(),
            district: "余杭区".into(),
            town: Some(SEEDS[2].into()),
            detail: SEEDS[3].into(),
            company: Some(SEEDS[7].into()),
            ..Party::default()
        }),
        buyer: Some(SEEDS[4].into()),
        buyer_note: Some(SEEDS[5].into()),
        seller_note: Some(SEEDS[6].into()),
        ..shelf::order(order_no, 1, &[shelf::one("红茶")], number)
    }
}

/// As it is, in a URL, in Rust's debug output of bytes, and in JSON that escapes.
fn guises(seed: &str) -> [String; 4] {
    [
        seed.to_owned(),
        seed.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        seed.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
        seed.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect(),
    ]
}

fn told_on(text: &str) -> Vec<String> {
    let lines =
        text.lines().filter(|line| SEEDS.iter().flat_map(|seed| guises(seed)).any(|guise| line.contains(&guise)));
    lines.map(str::to_owned).collect()
}

/// The hub as a process of its own, at the world's hub's address and on its store.
async fn hub(world: &mut World, log: &Path) -> tokio::process::Child {
    world.stop_hub().await;
    let folder = world.folder.path().display().to_string();
    let listen = world.hub_url.trim_start_matches("http://").to_owned();
    let config = world.folder.path().join("hub.toml");
    let text = format!("data_dir = \"{folder}/hub\"\nlisten = \"{listen}\"\nkey_files = [\"{folder}/office.key\"]\n");
    std::fs::write(&config, text).expect("the hub's config is written");
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["hub", "--config"])
        .arg(&config)
        .env("MILEPOST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(log).expect("a log can be written"))
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let ready = tokio::time::timeout(LIMIT, lines.next_line()).await.expect("the hub starts in time");
    assert!(ready.expect("a line").is_some_and(|line| line.starts_with("ready")));
    child
}

/// Posts what the hub refuses, wholly or in part; what it answers.
async fn refusal(world: &World, body: String) -> String {
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    let call = client.post(format!("{}/v1/orders", world.hub_url)).bearer_auth(KEY).body(body);
    call.send().await.expect("the hub answers").text().await.expect("a body")
}

fn count(journal: &Path, kind: &str) -> usize {
    let entries = Reader::open(journal).expect("a reader").entries(1, 0, 10_000).expect("entries");
    entries.iter().filter(|entry| entry.kind == kind).count()
}

/// Checks a parcel, waits for an entry of `kind` that it leads to, and puts it aside.
async fn worked(gun: &mut Scanner, journal: &Path, order_no: &str, kind: &str) {
    let before = count(journal, kind);
    let heard = gun.scan(order_no).await;
    assert!(heard.starts_with("OK 请扫商品"), "{order_no}: {heard}");
    gun.scan(&code("红茶")).await;
    eventually(&format!("{kind} of {order_no}"), async || count(journal, kind) > before).await;
    gun.scan(&code("SKIP")).await;
    gun.scan(&code("why short")).await;
}

fn journal(journal: &Path, act: &[&str]) -> String {
    let read =
        Command::new(env!("CARGO_BIN_EXE_milepost")).arg("journal").args(act).arg("--file").arg(journal).output();
    let read = read.expect("the binary runs");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_name_is_in_an_entry_a_log_or_a_refusal() {
    let mut world = World::start().await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let hub_log = world.folder.path().join("hub.log");
    let mut hub = hub(&mut world, &hub_log).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let mut orders = vec![seeded("100001", Some("SF0000000000001")), seeded("100002", None)];
    orders.extend(["100003", "100004", "100005", "100006"].map(|order_no| seeded(order_no, None)));
    let mut long = seeded("100007", Some("SF0000000000007"));
    long.receiver.as_mut().expect("a receiver").detail = SEEDS[3].repeat(60);
    orders.push(long);
    orders.push(seeded("100008", Some("SF0000000000008")));
    world.post("/v1/orders", &json!({ "orders": orders })).await;

    let mut wrong = serde_json::to_value(seeded("100009", None)).expect("an order is plain data");
    wrong["receiver"]["phone"] = json!(format!("{}x{}", SEEDS[1], SEEDS[0]));
    let whole = refusal(&world, json!({ "orders": [wrong] }).to_string()).await;
    assert!(whole.contains("the phone number is neither"), "{whole}");
    wrong["receiver"] = json!(SEEDS[0]);
    let shape = refusal(&world, json!({ "orders": [wrong] }).to_string()).await;
    assert!(shape.contains("expected struct Party"), "{shape}");
    let carrier = refusal(&world, json!({ "orders": [{ "carrier": SEEDS[0] }] }).to_string()).await;
    assert!(carrier.contains("expected one of"), "{carrier}");
    let half = refusal(&world, format!("{{\"orders\": [{{\"buyer\": \"{}", SEEDS[4])).await;

    let station = Starting::logging(&config, 1, "trace").ready().await;
    let file = world.folder.path().join("SZ-01/journal.db");
    let mut gun = Scanner::connect(station.scanners["gun-bench-1"]).await;
    eventually("its people to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("its orders to come down", async || gun.scan("100008").await.starts_with("OK")).await;
    gun.scan(&code("SKIP")).await;
    gun.scan(&code("why short")).await;

    worked(&mut gun, &file, "100001", "label_settled").await;
    worked(&mut gun, &file, "100002", "waybill_issued").await;
    for (order_no, fault, kind) in [
        ("100003", Fault::Echo("8114".into()), "waybill_rejected"),
        ("100004", Fault::Echo("4001".into()), "waybill_unanswered"),
        ("100005", Fault::Echo("99999".into()), "waybill_unanswered"),
        ("100006", Fault::Truncated, "waybill_unanswered"),
    ] {
        world.sf.set_fault(Some(fault));
        worked(&mut gun, &file, order_no, kind).await;
    }
    worked(&mut gun, &file, "100007", "label_settled").await;
    world.printer.set_fault(printer::Fault::CoverOpen);
    worked(&mut gun, &file, "100008", "label_settled").await;
    // A code of somebody else's can say anything.
    gun.scan(&SEEDS.join(" ")).await;
    gun.garble(format!("{}\t{}\r", SEEDS[0], SEEDS[1]).as_bytes()).await;
    eventually("the hub to have it all", async || {
        let held = world.get("/v1/health").await["counts"]["entries"].as_u64();
        held == Some(Reader::open(&file).expect("a reader").epochs().expect("epochs")[0].last_seq)
    })
    .await;
    let seen = [world.text("/v1/exceptions").await, world.text("/v1/stations").await];
    station.end().await;
    hub.kill().await.expect("the hub ends");

    let export = journal(&file, &["export"]);
    assert!(export.contains("8114") && export.contains("99999"), "what the carrier said is kept: {export}");
    let tail = journal(&file, &["tail", "-n", "1000"]);
    let logs: [PathBuf; 2] = [config.with_extension("log"), hub_log];
    let logs = logs.map(|log| String::from_utf8_lossy(&std::fs::read(log).expect("a log")).into_owned());
    for log in &logs {
        assert!(log.contains("TRACE"), "the log tells all it can");
    }
    for (what, text) in
        [("the export", &export), ("the tail", &tail), ("the station's log", &logs[0]), ("the hub's log", &logs[1])]
            .into_iter()
            .chain([("a list", &seen[0]), ("a list", &seen[1])])
            .chain([&whole, &shape, &carrier, &half].map(|text| ("a refusal", text)))
    {
        assert_eq!(told_on(text), Vec::<String>::new(), "{what}");
    }
    assert_eq!(told_on("…%E6%98%86%E4%BB%91%E8%8C%B6%E4%B8%9A…\nx").len(), 1, "it can tell");
}
