//! Folders that order files are put into: each is taken once and whole, nothing is lost or overwritten, what was refused
//! comes back to be corrected, and a share may go away.

use std::path::{Path, PathBuf};

use milepost::domain::id::OrderNo;
use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use milepost::hub::watched::WatchConfig;
use serde_json::{Value, json};

use crate::world::{World, eventually};

fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(path).expect("the fixture is committed")
}

/// The folder of these tests, beside the hub's own.
fn inbox_of(config: &HubConfig) -> PathBuf {
    config.data_dir.with_file_name("inbox")
}

fn watching(config: &mut HubConfig) {
    let folder = inbox_of(config);
    config.watch = vec![WatchConfig { folder, channel: None, settle_s: 0, pair_s: 600 }];
}

struct Site {
    world: World,
    inbox: PathBuf,
}

impl Site {
    async fn start(change: impl FnOnce(&mut WatchConfig)) -> Site {
        let mut inbox = PathBuf::new();
        let world = World::start_with(|config| {
            watching(config);
            inbox = inbox_of(config);
            std::fs::create_dir(&inbox).expect("the folder is made");
            change(&mut config.watch[0]);
        })
        .await;
        Site { world, inbox }
    }

    fn drop_file(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.inbox.join(name), bytes).expect("the folder takes it");
    }

    /// Names in one of the folders, sorted; time stamps are cut off.
    fn names(&self, inside: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.inbox.join(inside)) else { return Vec::new() };
        let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        let mut names: Vec<String> = paths.map(|path| unstamped(&path)).collect();
        names.sort();
        names
    }

    async fn wait_for(&self, inside: &str, names: &[&str]) {
        let folder = if inside.is_empty() { "the folder" } else { inside };
        eventually(&format!("{names:?} in {folder}"), async || self.names(inside) == names).await;
    }

    /// The summaries in `done` of a file, oldest first.
    fn summaries(&self, name: &str) -> Vec<Value> {
        let entries = std::fs::read_dir(self.inbox.join("done")).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> =
            paths.filter(|path| unstamped(path).replace("-2.json", ".json") == format!("{name}.json")).collect();
        paths.sort();
        paths
            .iter()
            .map(|path| serde_json::from_slice(&std::fs::read(path).expect("it reads")).expect("JSON"))
            .collect()
    }

    /// Kind and last part of the subject of each exception but holds.
    async fn exceptions(&self) -> Vec<(String, String)> {
        let told = self.world.get("/v1/exceptions").await;
        let rows = told["exceptions"].as_array().expect("a list").iter();
        let text = |row: &Value, key: &str| row[key].as_str().expect("text").to_owned();
        let last = |subject: String| subject.rsplit('/').next().unwrap_or_default().to_owned();
        rows.map(|row| (text(row, "kind"), last(text(row, "subject")))).filter(|(kind, _)| kind != "held").collect()
    }

    async fn orders(&self) -> usize {
        self.world.get("/v1/orders?limit=1000").await["orders"].as_array().expect("a list").len()
    }
}

/// `20260218-142205-a.csv` is `a.csv`.
fn unstamped(path: &Path) -> String {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let is_stamp =
        name.len() > 16 && name.as_bytes()[15] == b'-' && name[..8].bytes().all(|byte| byte.is_ascii_digit());
    if is_stamp { name[16..].to_owned() } else { name }
}

fn counts(summary: &Value) -> (u64, usize, u64, u64, usize) {
    let many = |key: &str| summary[key].as_array().expect("a list").len();
    let count = |key: &str| summary[key].as_u64().expect("a count");
    (count("accepted"), many("held"), count("unchanged"), count("skipped"), many("refused"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_once_and_goes_to_done_with_its_summary() {
    let mut site = Site::start(|_| {}).await;
    let book = data("xlsx/douyin-three-sheets.xlsx");
    site.drop_file("douyin.xlsx", &book);
    site.drop_file("~$douyin.xlsx", b"lock");
    site.wait_for("done", &["douyin.xlsx", "douyin.xlsx.json"]).await;
    assert_eq!(site.names(""), ["~$douyin.xlsx"], "what isn't anybody's file stays");
    assert_eq!(counts(&site.summaries("douyin.xlsx")[0]), (4, 1, 0, 2, 0), "a paid order is held, never refused");
    assert_eq!(site.orders().await, 5);
    assert_eq!(site.exceptions().await, []);
    // Somebody changed an order since: the old file must not bring the old one back.
    let order_no = OrderNo::from("6917926768823643005");
    let stored = |site: &Site| {
        let found = site.world.hub().hub.order(&order_no, milepost::machine::wall_us()).expect("the store reads");
        found.expect("the order is there").order
    };
    let mut newer = stored(&site);
    newer.buyer_note = Some("放门口".into());
    site.world.post("/v1/orders", &json!({ "orders": [newer] })).await;
    site.world.stop_hub().await;
    site.world.start_hub().await;
    site.drop_file("douyin.xlsx", &book);
    eventually("the second summary", async || site.names("done").len() == 4).await;
    site.wait_for("", &["~$douyin.xlsx"]).await;
    assert_eq!(counts(&site.summaries("douyin.xlsx")[1]), (0, 0, 5, 0, 0));
    assert_eq!(stored(&site).buyer_note.as_deref(), Some("放门口"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_rows_are_corrected_and_put_back() {
    let site = Site::start(|_| {}).await;
    site.drop_file("douyin.xlsx", &data("xlsx/douyin-spoilt.xlsx"));
    site.wait_for("done", &["douyin.xlsx", "douyin.xlsx.json"]).await;
    site.wait_for("error", &["douyin.xlsx-errors.csv"]).await;
    assert_eq!(site.orders().await, 2, "what is good counts");
    let refused = ("file_refused".to_owned(), "douyin.xlsx".to_owned());
    assert_eq!(site.exceptions().await, std::slice::from_ref(&refused));
    let page = site.world.text("/stations").await;
    assert!(page.contains("-errors.csv"), "the page tells what to do");
    let errors = site.inbox.join("error/douyin.xlsx-errors.csv");
    let spoilt = std::fs::read_to_string(&errors).expect("it is text");
    assert!(spoilt.starts_with("\u{feff}主订单编号,") && spoilt.contains(",错误 / error\r\n"), "{spoilt}");
    // Half of it is corrected. Nobody puts a file where one of that name is just being moved away.
    site.wait_for("", &[]).await;
    let half = spoilt.replace("6.91792676882364E+18", "6917926768823643001");
    std::fs::remove_file(&errors).expect("moved away");
    site.drop_file("douyin.xlsx-errors.csv", half.as_bytes());
    site.wait_for("error", &["douyin.xlsx-errors.csv"]).await;
    eventually("the corrected order", async || site.orders().await == 3).await;
    site.wait_for("", &[]).await;
    assert_eq!(site.exceptions().await, [refused], "two rows still wait for somebody");
    let rest = std::fs::read_to_string(&errors).expect("it is text");
    assert_eq!((rest.lines().count(), rest.matches("错误 / error").count()), (3, 1), "{rest}");
    let good = rest.replace("2026-03-01 00:00:00", "NIPPLE-M").replace("#N/A", "NIPPLE-M");
    std::fs::remove_file(&errors).expect("moved away");
    site.drop_file("douyin.xlsx-errors.csv", good.as_bytes());
    eventually("all orders", async || site.orders().await == 5).await;
    eventually("nobody to be needed", async || site.exceptions().await.is_empty()).await;
    site.wait_for("error", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_file_waits_for_its_lines() {
    let site = Site::start(|_| {}).await;
    site.drop_file("ExportOrderList1.csv", &data("tmall-orders.csv"));
    site.drop_file("douyin.csv", &data("douyin.csv"));
    site.wait_for("done", &["douyin.csv", "douyin.csv.json"]).await;
    assert_eq!(site.names(""), ["ExportOrderList1.csv"]);
    assert_eq!(site.orders().await, 5);
    site.drop_file("ExportOrderDetailList1.csv", &data("tmall-lines.csv"));
    site.wait_for("", &[]).await;
    assert_eq!(counts(&site.summaries("ExportOrderList1.csv")[0]).4, 0);
    assert_eq!(site.summaries("ExportOrderList1.csv"), site.summaries("ExportOrderDetailList1.csv"));
    assert_eq!(site.orders().await, 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_whose_other_half_never_comes_is_told() {
    let site = Site::start(|watch| watch.pair_s = 4).await;
    site.drop_file("orders.csv", &data("tmall-orders.csv"));
    site.wait_for("error", &["orders.csv", "orders.csv.error.txt"]).await;
    let told = std::fs::read_to_string(site.inbox.join("error/orders.csv.error.txt")).expect("it is text");
    assert_eq!(
        told,
        "orders.csv has orders whose lines file did not come within 4 s: put both files into the folder together\n"
    );
    assert_eq!(site.exceptions().await, [("file_refused".to_owned(), "orders.csv".to_owned())]);
    // Put back together they are good, and nobody is needed any more.
    std::fs::rename(site.inbox.join("error/orders.csv"), site.inbox.join("orders.csv")).expect("put back");
    site.drop_file("lines.csv", &data("tmall-lines.csv"));
    site.wait_for("", &[]).await;
    assert_eq!(site.exceptions().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_written_is_left_alone() {
    let site = Site::start(|watch| watch.settle_s = 4).await;
    let bytes = data("douyin.csv");
    let path = site.inbox.join("douyin.csv");
    // Each piece ends with a whole row: taken too early it would look good. Two looks see it the same.
    let ends: Vec<usize> = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    for end in [ends[1], ends[3], bytes.len()] {
        std::fs::write(&path, &bytes[..end]).expect("a piece");
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        assert!(path.exists() && site.names("done").is_empty(), "it was taken while it was written");
    }
    site.wait_for("done", &["douyin.csv", "douyin.csv.json"]).await;
    assert_eq!(counts(&site.summaries("douyin.csv")[0]), (4, 1, 0, 2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cant_be_read_goes_to_error_until_somebody_sees_to_it() {
    let site = Site::start(|_| {}).await;
    site.drop_file("notes.csv", b"a,b\n1,2\n");
    site.wait_for("error", &["notes.csv", "notes.csv.error.txt"]).await;
    site.drop_file("notes.csv", b"c,d\n1,2\n");
    site.wait_for("error", &["notes-2.csv", "notes.csv", "notes.csv.error.txt"]).await;
    assert_eq!(std::fs::read(site.inbox.join("error/notes.csv")).expect("it is there"), b"a,b\n1,2\n");
    let told = std::fs::read_to_string(site.inbox.join("error/notes.csv.error.txt")).expect("it is text");
    assert!(told.starts_with("notes.csv has the header of no known channel"), "{told}");
    assert_eq!(site.exceptions().await, [("file_refused".to_owned(), "notes.csv".to_owned())]);
    let file = site.inbox.join("notes.csv").display().to_string();
    let (status, _) = site.world.post_keyed("/v1/files/close", &json!({ "file": "other.csv" })).await;
    assert_eq!(status, 404);
    let (status, _) = site.world.post_keyed("/v1/files/close", &json!({ "file": file })).await;
    assert_eq!(status, 204);
    assert_eq!(site.exceptions().await, []);
}

/// As a crash leaves it: imported, and the file still where it came in.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_left_behind_by_a_crash_is_unchanged_and_moved() {
    let mut site = Site::start(|_| {}).await;
    site.drop_file("spoilt.xlsx", &data("xlsx/douyin-spoilt.xlsx"));
    site.wait_for("done", &["spoilt.xlsx", "spoilt.xlsx.json"]).await;
    site.world.stop_hub().await;
    std::fs::remove_dir_all(site.inbox.join("done")).expect("as if it was never moved");
    site.drop_file("spoilt.xlsx", &data("xlsx/douyin-spoilt.xlsx"));
    site.world.start_hub().await;
    site.wait_for("done", &["spoilt.xlsx", "spoilt.xlsx.json"]).await;
    let (accepted, held, unchanged, _, refused) = counts(&site.summaries("spoilt.xlsx")[0]);
    assert_eq!((accepted, held, unchanged, refused), (0, 0, 2, 5));
    assert_eq!(site.names("error"), ["spoilt.xlsx-errors.csv"], "the same rows are laid out once");
    assert_eq!(site.orders().await, 2);
}

/// As a crash leaves it: one file of a pair is moved, and the other would wait for it for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_half_moved_by_a_crash_is_moved_to_its_end() {
    let mut site = Site::start(|_| {}).await;
    site.drop_file("o.csv", &data("tmall-orders.csv"));
    site.drop_file("l.csv", &data("tmall-lines.csv"));
    site.wait_for("done", &["l.csv", "l.csv.json", "o.csv", "o.csv.json"]).await;
    site.world.stop_hub().await;
    let done = std::fs::read_dir(site.inbox.join("done"))
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path());
    for path in done.filter(|path| unstamped(path).starts_with("l.csv")) {
        std::fs::remove_file(path).expect("as if it was never moved");
    }
    site.drop_file("l.csv", &data("tmall-lines.csv"));
    let hash = blake3::hash(blake3::hash(&data("tmall-lines.csv")).as_bytes()).to_hex().to_string();
    let store = rusqlite::Connection::open(site.world.folder.path().join("hub/hub.db")).expect("the store opens");
    store
        .execute(
            "INSERT INTO file_moves (folder, name, hash, inside, target, beside, text) VALUES (?1, 'l.csv', ?2, 'done', ?3, ?4, '{}')",
            (site.inbox.display().to_string(), hash, "20260218-090000-l.csv", "20260218-090000-l.csv.json"),
        )
        .expect("the row is put in");
    drop(store);
    site.world.start_hub().await;
    site.wait_for("done", &["l.csv", "l.csv.json", "o.csv", "o.csv.json"]).await;
    assert_eq!(site.names(""), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_may_be_away_and_come_back() {
    let mut inbox = PathBuf::new();
    let world = World::start_with(|config| {
        watching(config);
        inbox = inbox_of(config);
    })
    .await;
    let site = Site { world, inbox };
    let away = ("folder_away".to_owned(), "inbox".to_owned());
    eventually("the exception", async || site.exceptions().await == std::slice::from_ref(&away)).await;
    assert!(!site.inbox.exists(), "a share's place is not the hub's to make");
    std::fs::create_dir(&site.inbox).expect("it is mounted");
    eventually("nobody to be needed", async || site.exceptions().await.is_empty()).await;
    let elsewhere = site.inbox.with_file_name("unmounted");
    std::fs::rename(&site.inbox, &elsewhere).expect("it goes away");
    eventually("the exception", async || site.exceptions().await == std::slice::from_ref(&away)).await;
    std::fs::write(elsewhere.join("douyin.csv"), data("douyin.csv")).expect("somebody puts a file there");
    std::fs::rename(&elsewhere, &site.inbox).expect("it is back");
    site.wait_for("done", &["douyin.csv", "douyin.csv.json"]).await;
    assert_eq!(site.exceptions().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_may_have_its_own_mappings_and_a_folder_must_be_of_a_known_channel() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let channels = folder.path().join("channels");
    std::fs::create_dir(&channels).expect("a folder");
    let own = std::fs::read_to_string("config/channels/douyin.toml")
        .expect("the built-in one")
        .replace("\"主订单编号\"", "\"订单号\"");
    std::fs::write(channels.join("douyin.toml"), own).expect("the mapping is written");
    let mut config = HubConfig {
        data_dir: folder.path().join("hub"),
        listen: "127.0.0.1:0".into(),
        channels: Some(channels),
        ..HubConfig::default()
    };
    watching(&mut config);
    config.watch[0].channel = Some("pinduoduo".into());
    let error = Serving::start(&config).await.err().expect("nobody knows the channel");
    assert!(
        format!("{error:#}").contains("is of channel `pinduoduo`, which is not known: use one of douyin, tmall"),
        "{error:#}"
    );
    config.watch[0].channel = Some("douyin".into());
    let inbox = inbox_of(&config);
    std::fs::create_dir(&inbox).expect("the folder is made");
    let renamed = String::from_utf8(data("douyin.csv")).expect("UTF-8").replacen("主订单编号", "订单号", 1);
    std::fs::write(inbox.join("a.csv"), renamed).expect("the folder takes it");
    let hub = Serving::start(&config).await.expect("the hub starts");
    eventually("the orders", async || hub.hub.counts().expect("the store reads").orders == 5).await;
    hub.stop().await.expect("the hub ends");
}

/// A file of an hour later: of one order the lines are refunded, another is closed; of one more nobody heard before.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_file_shows_refunded_or_closed_is_cancelled() {
    let site = Site::start(|_| {}).await;
    let file = |status: &str, after_sale: &str, orders: &[&str]| {
        let text = String::from_utf8(data("douyin.csv")).expect("UTF-8");
        let of = |line: &&str| orders.iter().any(|order_no| line.starts_with(&format!("\t{order_no},")));
        let row = |line: &str| line.replace("待发货,-,", &format!("{status},{after_sale},"));
        let rows: Vec<String> = text.lines().skip(1).filter(of).map(row).collect();
        assert!(!rows.is_empty() && (status == "待发货" || rows.iter().all(|row| row.contains(status))), "{rows:?}");
        format!("{}\n{}\n", text.lines().next().expect("a header"), rows.join("\n"))
    };
    let [refunded, closed, unheard] = ["6917926768823643001", "6917926768823643002", "6917926768823643003"];
    site.drop_file("first.csv", file("待发货", "-", &[refunded, closed]).as_bytes());
    site.wait_for("done", &["first.csv", "first.csv.json"]).await;
    let standing = async |order_no: &str| {
        let order = site.world.get_raw(&format!("/orders/{order_no}?lang=en")).await.text().await.expect("text");
        order.contains(">cancelled<") || order.contains("Cancelled")
    };
    assert_eq!((standing(refunded).await, standing(closed).await), (false, false));
    site.drop_file("refunded.csv", file("待发货", "退款成功", &[refunded]).as_bytes());
    site.drop_file("closed.csv", file("已关闭", "-", &[closed, unheard]).as_bytes());
    let both = ["closed.csv", "closed.csv.json", "first.csv", "first.csv.json", "refunded.csv", "refunded.csv.json"];
    site.wait_for("done", &both).await;
    assert_eq!(counts(&site.summaries("refunded.csv")[0]), (1, 0, 0, 0, 0));
    assert_eq!(counts(&site.summaries("closed.csv")[0]), (1, 0, 0, 1, 0), "nobody heard of the other");
    assert_eq!((standing(refunded).await, standing(closed).await), (true, true));
    assert_eq!(site.orders().await, 2);
}
