//! A week after its end nothing about people is left of an order in the journal's file: not in a row, not in what SQLite
//! leaves behind. Open work keeps all of it, and the chain stays whole.

use std::path::Path;

use milepost::domain::alias::{Alias, AliasKind};
use milepost::journal::upsert::Document;
use milepost::journal::{Batch, Journal, Reader, Upsert, open};
use milepost::machine;
use milepost::station::replay::missing;
use serde_json::json;

use crate::privacy::{SEEDS, seeded};
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner};

const DAY_US: i64 = 86_400_000_000;

/// How often a text stands in the file or its WAL, in whatever page.
fn traces(journal: &Path, text: &str) -> usize {
    let mut wal = journal.to_owned().into_os_string();
    wal.push("-wal");
    let bytes = [std::fs::read(journal).expect("the file"), std::fs::read(wal).unwrap_or_default()].concat();
    bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
}

async fn purged(path: &Path, code: &str) -> usize {
    let mut journal = None;
    eventually("the journal to be free", async || {
        journal = open::open(path, &code.into(), &machine::machine_id(), machine::wall_us()).ok();
        journal.is_some()
    })
    .await;
    let journal: Journal = journal.expect("just seen");
    let now_us = machine::wall_us();
    assert_eq!(journal.purge(now_us, 7 * DAY_US).await.expect("a purge"), 0, "what ended just now is kept");
    assert_eq!(journal.purge(now_us + 6 * DAY_US, 7 * DAY_US).await.expect("a purge"), 0);
    let emptied = journal.purge(now_us + 8 * DAY_US, 7 * DAY_US).await.expect("a purge");
    assert_eq!(journal.purge(now_us + 8 * DAY_US, 7 * DAY_US).await.expect("a purge"), 0, "once is enough");
    emptied
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_after_its_end_nobody_is_left_of_an_order() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let number = |n: u32| format!("SF{n:013}");
    // 1 is shipped here, with its number from SF; 2 is cancelled; 3 is cancelled under the packer's hands.
    let mut orders =
        vec![seeded("100001", None), seeded("100002", Some(&number(2))), seeded("100003", Some(&number(3)))];
    // 4 goes on, and somebody else gets it.
    let mut open = shelf::order("100004", 1, &[shelf::one("红茶")], Some(&number(4)));
    open.receiver.as_mut().expect("a receiver").name = "留着的人".into();
    orders.push(open);
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let places = world.place("bench-1", "pack") + &world.place("dock-1", "dock");
    let config = world.config("SZ-01", &places).await;
    let station = world.start_station(&config).await;
    let path = station.running.journal.clone();
    let (mut gun, mut dock) = (scanner(&station, "bench-1").await, scanner(&station, "dock-1").await);
    eventually("its people to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("its orders to come down", async || gun.scan("100001").await == "OK 请扫商品，还差 1 件").await;
    gun.scan(&code("红茶")).await;
    eventually("SF's number on paper", async || !world.printer.papers().is_empty()).await;
    let label = world.printer.papers()[0].codes().into_iter().find(|code| code.starts_with("SF")).expect("a number");
    eventually("the label to be awaited", async || gun.scan(&label).await == "OK 完成，顺丰").await;
    dock.scan(&code("badge 李雷")).await;
    assert_eq!(dock.scan(&label).await, "OK 已出库，第 1 件");
    assert_eq!(gun.scan("100003").await, "OK 请扫商品，还差 1 件");
    for order_no in ["100002", "100003"] {
        world.post(&format!("/v1/orders/{order_no}/cancel"), &json!({ "reason": "退款" })).await;
    }
    let reader = Reader::open(&path).expect("a reader");
    eventually("the cancellations to come down", async || {
        let cancelled = |order_no| {
            reader.document("order", order_no).expect("a row").is_some_and(|body| body.contains("cancelled"))
        };
        cancelled("100002") && cancelled("100003")
    })
    .await;
    station.stop().await.expect("the station ends");
    assert!(traces(&path, SEEDS[0]) > 0, "it was there");

    assert_eq!(purged(&path, "SZ-01").await, 3, "all but the open one");
    for seed in SEEDS {
        assert_eq!(traces(&path, seed), 0, "{seed}");
    }
    assert!(traces(&path, "留着的人") > 0, "open work keeps what it needs");
    assert!(reader.requests(&waybill_id(&reader, "100001")).expect("rows").iter().all(String::is_empty));
    assert_eq!(reader.verify(1).expect("a walk").broken, []);
    assert_eq!(milepost::station::replay::compare(&reader).expect("a replay"), Vec::<String>::new());

    let station = world.restart_station(&config).await;
    let mut gun = scanner(&station, "bench-1").await;
    assert_eq!(gun.scan("100001").await, "STOP 这单已出库", "what became of it stays known");
    assert_eq!(gun.scan(&code("REPRINT")).await, "WARN 没有可补打的面单");
    assert_eq!(gun.scan("100003").await, "STOP 已取消，不要发：放到退回架");
    assert_eq!(gun.scan("100004").await, "OK 请扫商品，还差 1 件");
    station.stop().await.expect("the station ends");

    // Purged or not, a number that damage took is known from the entries.
    let connection = rusqlite::Connection::open(&path).expect("a connection");
    assert_eq!(missing(&reader).expect("a replay"), []);
    connection.execute("DELETE FROM waybills", []).expect("rows");
    let rows = missing(&reader).expect("a replay");
    assert!(matches!(&rows[..], [Upsert::Waybill { number, live: true, .. }] if *number == label), "{rows:?}");
}

fn waybill_id(reader: &Reader, order_no: &str) -> String {
    let body = reader.document("parcel", &format!("tmall-{order_no}-1")).expect("a row").expect("a parcel");
    let parcel: serde_json::Value = serde_json::from_str(&body).expect("a document");
    parcel["waybill_id"].as_str().expect("an id").to_owned()
}

/// Rows that grow and shrink make SQLite move their neighbours, and what it moved away from stays on the page.
#[tokio::test]
async fn no_copy_stays_where_sqlite_moved_rows_about() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.db");
    let journal = open::open(&path, &"SZ-01".into(), &machine::machine_id(), machine::wall_us()).expect("a journal");
    let order = |n: usize, version: i64| {
        let note = format!("{}{}", "的".repeat((n * 37 + version as usize * 91) % 700), SEEDS[5]);
        let body = json!({ "order": { "order_no": n, "buyer_note": note, "buyer": SEEDS[4] }, "standing": { "state": "cancelled" } });
        let alias = Alias { alias: format!("alias-{n}"), kind: AliasKind::Waybill, quantity: 1 };
        let (kind, key) = ("order".into(), format!("{:05}", n * 7919 % 10_007));
        Upsert::Document(Document { kind, key, version, body: body.to_string(), aliases: vec![alias] })
    };
    for version in [1, 3, 2, 4] {
        for part in 0..40 {
            let upserts = (part * 25..(part + 1) * 25).map(|n| order(n, version)).collect();
            journal.append(Batch { entries: vec![], upserts }).await.expect("an answer").expect("durable");
        }
    }
    assert!(traces(&path, SEEDS[5]) >= 1_000);
    journal.append(in_hand()).await.expect("an answer").expect("durable");
    assert_eq!(journal.purge(0, 10).await.expect("a purge"), 0);
    assert_eq!(journal.purge(10, 10).await.expect("a purge"), 1_000);
    assert_eq!((traces(&path, SEEDS[5]), traces(&path, SEEDS[4])), (0, 0));

    assert_eq!(traces(&path, SEEDS[1]), 1, "what somebody has in hand is open work, cancelled or not");

    // It came down again, as from a hub that was restored: the next purge finds it.
    let again = Batch { entries: vec![], upserts: vec![order(7, 4)] };
    journal.append(again).await.expect("an answer").expect("durable");
    assert_eq!(journal.purge(20, 10).await.expect("a purge"), 1);
    assert_eq!(traces(&path, SEEDS[5]), 0);

    // A clock that was years ahead noted its end; the right one notes it anew.
    let late = Batch { entries: vec![], upserts: vec![order(2_000, 1)] };
    journal.append(late).await.expect("an answer").expect("durable");
    assert_eq!(journal.purge(1_000_000, 10).await.expect("a purge"), 0);
    assert_eq!(journal.purge(30, 10).await.expect("a purge"), 0);
    assert_eq!(journal.purge(40, 10).await.expect("a purge"), 1);
    assert_eq!(traces(&path, SEEDS[5]), 0);

    // Numbers are written longer than they came.
    let body =
        format!(r#"{{"order":{{"buyer":"{}","n":[1e15,1e15,1e15]}},"standing":{{"state":"cancelled"}}}}"#, SEEDS[4]);
    let longer = Document { kind: "order".into(), key: "longer".into(), version: 1, body, aliases: vec![] };
    let longer = Batch { entries: vec![], upserts: vec![Upsert::Document(longer)] };
    journal.append(longer).await.expect("an answer").expect("durable");
    assert_eq!(journal.purge(50, 10).await.expect("a purge"), 0);
    assert_eq!(journal.purge(60, 10).await.expect("a purge"), 1);
    assert_eq!(traces(&path, SEEDS[4]), 0);
}

/// A cancelled order whose parcel is on a bench.
fn in_hand() -> Batch {
    let body = json!({ "order": { "buyer": SEEDS[1] }, "standing": { "state": "cancelled" } }).to_string();
    let order = Document { kind: "order".into(), key: "O1".into(), version: 1, body, aliases: vec![] };
    let alias = Alias { alias: "O1".into(), kind: AliasKind::Parcel, quantity: 1 };
    let parcel =
        Document { kind: "parcel".into(), key: "P1".into(), version: 1, body: "{}".into(), aliases: vec![alias] };
    let work = json!({ "stage": "checking", "at": ["SZ-01", "bench-1"] }).to_string();
    let work = Upsert::Parcel { parcel_id: "P1".into(), open: true, body: work };
    Batch { entries: vec![], upserts: vec![Upsert::Document(order), Upsert::Document(parcel), work] }
}
