//! Scans to durable facts and entries into the hub, each beside a yardstick that writes the same to the same disk in the
//! same run: the machines are noisy, so samples of both alternate and only ratios count.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use milepost::bench::{Place, Role};
use milepost::domain::alias::{self, Alias};
use milepost::domain::code;
use milepost::domain::entry::{Entry, Hash};
use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::id::StationCode;
use milepost::domain::order::{Item, Order};
use milepost::domain::parcel::{OrderRecord, Parcel};
use milepost::domain::stamp::{ClockState, Stamp};
use milepost::hub::Hub;
use milepost::hub::config::HubConfig;
use milepost::journal::audit::{Audit, Step};
use milepost::journal::upsert::Document;
use milepost::journal::{Batch, Journal, Upsert, open};
use milepost::rules::IntakeRules;
use milepost::station::event::Event;
use milepost::station::heart::Heart;
use milepost::wire::{ClockReport, Head, SyncRequest};
use serde::Serialize;
use serde_json::{Value, json};

const SAMPLES: usize = 2_000;
const BATCHES: usize = 40;
const BATCH: usize = 1_000;
const PARCELS: usize = 500;
const SKUS: usize = 50;
/// As many as its parcels want.
const PICKS_A_BIN: usize = 2 * PARCELS / SKUS;

fn main() {
    let folder = tempfile::Builder::new().prefix("bench").tempdir_in("target").expect("a folder on the project's disk");
    scans(folder.path());
    picking(folder.path());
    many_writers(folder.path());
    hub(folder.path());
    starts(folder.path());
}

/// A start with a million entries, on a copy of the files as a kill leaves them, and the walk behind it.
fn starts(folder: &Path) {
    let path = folder.join("old/journal.db");
    let journal = open::open(&path, &station(), "bench", 0).expect("a journal");
    for _ in 0..100 {
        let entries = (0..10_000).map(|n| (stamp(), checked(n % 20))).collect();
        let durable = journal.append(Batch { entries, upserts: vec![] });
        durable.blocking_recv().expect("the thread answers").expect("durable");
    }
    let killed = folder.join("killed");
    std::fs::create_dir(&killed).expect("a folder");
    for file in ["journal.db", "journal.db-wal", "journal.epoch"] {
        std::fs::copy(folder.join("old").join(file), killed.join(file)).expect("a copy");
    }
    let path = killed.join("journal.db");
    let mut opened = None;
    let start = timed(|| opened = open::open(&path, &station(), "bench", 0).ok());
    let opened = opened.expect("it opens");
    assert!(opened.salvaged().is_none());
    let mut audit = Audit::new(&path, &station()).expect("a walk");
    let mut steps = 0u32;
    let walk = timed(|| {
        while let Step::More = audit.step() {
            steps += 1;
        }
    });
    println!("start with 1 000 000 entries {start:.1?}; the walk {steps} steps, {walk:.1?} of work");
}

/// One scanner: an item's scan until the packer may hear it, beside one 4 KiB append + fdatasync.
fn scans(folder: &Path) {
    let journal = open::open(&folder.join("journal.db"), &station(), "bench", 0).expect("a journal");
    stock(&journal);
    let reader = journal.reader().expect("a reader");
    let mut heart = Heart::new(station(), vec![place()], jiff::civil::date(2026, 2, 18));
    let scan = |heart: &mut Heart, text: &str| {
        let event = Event::Scanned { place: "bench-1".into(), text: text.into(), device: None };
        let turn = heart.handle(event, &reader);
        let entries: Vec<_> = turn.entries.into_iter().map(|entry| (stamp(), entry)).collect();
        assert!(!entries.is_empty(), "a scan that writes nothing measures nothing");
        let durable = journal.append(Batch { entries, upserts: turn.upserts });
        durable.blocking_recv().expect("the thread answers").expect("the scan is durable");
    };
    scan(&mut heart, "1001");
    let mut plain = File::create(folder.join("append")).expect("a file");
    let (mut ours, mut yardstick) = (Vec::new(), Vec::new());
    // An item and its undoing, so that the parcel stays as small as real ones are.
    let undo = code::own('C', "UNDO");
    for sample in 0..SAMPLES {
        let code = if sample % 2 == 0 { "6901234567892" } else { &undo };
        yardstick.push(timed(|| append(&mut plain)));
        ours.push(timed(|| scan(&mut heart, code)));
    }
    let (p50, p99) = report("scan -> durable, one scanner", &mut ours, "4 KiB append + fdatasync", &mut yardstick);
    println!("  ratio p50 {p50:.2} (budget 1.3), p99 {p99:.2} (budget 3)");
}

/// A picker's scan on a list of 500 parcels, beside one 4 KiB append + fdatasync.
fn picking(folder: &Path) {
    let journal = open::open(&folder.join("picking.db"), &station(), "bench", 0).expect("a journal");
    stock_wave(&journal);
    let reader = journal.reader().expect("a reader");
    let place = Place { badges: false, ..Place::new(station(), "cart-1".into(), Role::Pick) };
    let mut heart = Heart::new(station(), vec![place], jiff::civil::date(2026, 2, 18));
    let scan = |heart: &mut Heart, text: &str| {
        let event = Event::Scanned { place: "cart-1".into(), text: text.into(), device: None };
        let turn = heart.handle(event, &reader);
        let entries: Vec<_> = turn.entries.into_iter().map(|entry| (stamp(), entry)).collect();
        let picked = entries.iter().filter(|(_, entry)| matches!(entry.fact, Fact::ItemPicked { .. })).count();
        let durable = journal.append(Batch { entries, upserts: turn.upserts });
        durable.blocking_recv().expect("the thread answers").expect("the scan is durable");
        picked
    };
    scan(&mut heart, &code::own('P', "W1"));
    let mut plain = File::create(folder.join("append")).expect("a file");
    let (mut ours, mut yardstick) = (Vec::new(), Vec::new());
    for sku in 0..SKUS {
        scan(&mut heart, &code::own('L', &bin_of(sku)));
        for _ in 0..PICKS_A_BIN {
            yardstick.push(timed(|| append(&mut plain)));
            ours.push(timed(|| {
                assert_eq!(scan(&mut heart, &barcode(sku)), 1, "a scan that picks nothing measures nothing")
            }));
        }
    }
    report("pick scan, 500 parcels -> durable", &mut ours, "4 KiB append + fdatasync", &mut yardstick);
}

/// Sixty-four benches at once: acknowledged facts a second, beside one writer's.
fn many_writers(folder: &Path) {
    let journal = open::open(&folder.join("many.db"), &station(), "bench", 0).expect("a journal");
    for writers in [1, 64] {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for writer in 0..writers {
                let journal = &journal;
                scope.spawn(move || {
                    for _ in 0..SAMPLES / writers.min(8) {
                        let done = journal.append(Batch { entries: vec![(stamp(), checked(writer))], upserts: vec![] });
                        done.blocking_recv().expect("the thread answers").expect("durable");
                    }
                });
            }
        });
        let facts = writers * (SAMPLES / writers.min(8));
        println!("{writers:>3} writers: {:>8.0} durable facts/s", facts as f64 / begun.elapsed().as_secs_f64());
    }
}

/// Batches of 1 000 entries into the hub, beside the same rows by plain inserts into tables of the same shape.
fn hub(folder: &Path) {
    let config = HubConfig::default();
    let policy = config.policy().expect("the default zone");
    let hub = Hub::open(&folder.join("hub.db"), policy.clone(), IntakeRules::builtin()).expect("a hub");
    hub.invite(&station(), Some("SZ"), *b"0123456789", 0).expect("a station");
    let bare = Hub::open(&folder.join("bare.db"), policy, IntakeRules::builtin()).expect("a store of the same shape");
    let mut hash = Hash::start(&station(), "bench");
    let (mut ours, mut yardstick) = (Vec::new(), Vec::new());
    for batch in 0..BATCHES {
        let entries = entries((batch * BATCH) as u64, &mut hash);
        let request = SyncRequest {
            lost: Vec::new(),
            epoch: "bench".into(),
            first_seq: entries[0].seq,
            audit: None,
            devices: Vec::new(),
            head: Head { seq: (batch * BATCH + BATCH) as u64, hash },
            clock: ClockReport { boot_id: "boot".into(), sent_boottime_ns: 0, sent_wall_us: 0, anchor: None },
            entries,
        };
        yardstick.push(timed(|| plain_inserts(&bare, &request.entries)));
        ours.push(timed(|| {
            let answer = hub.ingest(&station(), &request, 0).expect("the hub takes it");
            assert_eq!(answer.ack, request.head.seq);
        }));
    }
    let (p50, _) = report("1 000 entries into the hub", &mut ours, "the same rows, plain inserts", &mut yardstick);
    let rate = BATCH as f64 / ours[ours.len() / 2].as_secs_f64();
    println!("  {rate:.0} entries/s; of plain inserts' rate {:.0} % (budget 50 %)", 100.0 / p50);
}

fn plain_inserts(store: &Hub, entries: &[Entry]) {
    store
        .write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO entries (station, epoch, seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns,
                     clock_state, body, prev_hash, hash, occurred_us, received_us)
                 VALUES ('SZ-01', 'bench', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?5, 0)",
            )?;
            let mut link = transaction.prepare_cached("INSERT INTO entry_orders (order_no, feed) VALUES (?1, ?2)")?;
            for entry in entries {
                insert.execute(rusqlite::params![
                    entry.seq as i64,
                    entry.event_id.to_string(),
                    entry.kind,
                    entry.parcel_id.as_ref().map(|id| id.as_str()),
                    entry.stamp.wall_us,
                    entry.stamp.zone,
                    entry.stamp.boot_id,
                    entry.stamp.boottime_ns,
                    entry.stamp.clock.as_str(),
                    entry.body,
                    &entry.prev_hash.0[..],
                    &entry.hash.0[..],
                ])?;
                link.execute(rusqlite::params![entry.orders[0].as_str(), transaction.last_insert_rowid()])?;
            }
            Ok(())
        })
        .expect("plain inserts");
}

fn entries(after: u64, hash: &mut Hash) -> Vec<Entry> {
    (1..=BATCH as u64)
        .map(|n| {
            let (kind, body) = checked(n as usize).fact.to_parts();
            let mut entry = Entry {
                seq: after + n,
                event_id: uuid::Uuid::now_v7(),
                kind,
                parcel_id: Some(format!("P{}", n % 250).into()),
                orders: vec![format!("{}", (after + n) % 5_000).into()],
                stamp: stamp(),
                operator: Some("li".into()),
                device: None,
                body,
                prev_hash: *hash,
                hash: *hash,
            };
            entry.hash = entry.expected_hash();
            *hash = entry.hash;
            entry
        })
        .collect()
}

fn append(file: &mut File) {
    file.write_all(&[7; 4096]).expect("an append");
    file.sync_data().expect("fdatasync");
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Prints both and returns the ratios of their p50 and p99.
fn report(name: &str, ours: &mut [Duration], other: &str, yardstick: &mut [Duration]) -> (f64, f64) {
    for (name, samples) in [(name, &mut *ours), (other, &mut *yardstick)] {
        samples.sort();
        println!("{name:<32} p50 {:>9.1?} p99 {:>9.1?}", at(samples, 50), at(samples, 99));
    }
    let ratio = |percent| at(ours, percent).as_secs_f64() / at(yardstick, percent).as_secs_f64();
    (ratio(50), ratio(99))
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn station() -> StationCode {
    "SZ-01".into()
}

fn place() -> Place {
    Place { badges: false, ..Place::new(station(), "bench-1".into(), Role::Pack) }
}

fn stamp() -> Stamp {
    Stamp {
        wall_us: 1_771_400_000_000_000,
        zone: "Asia/Shanghai".into(),
        boot_id: "5b2f0c1e-2f3a-4e0a-9f65-0a4a5c0e7d11".into(),
        boottime_ns: 1,
        clock: ClockState::Synced,
        offset_us: Some(0),
        error_us: Some(500),
    }
}

fn checked(writer: usize) -> NewEntry {
    NewEntry {
        fact: Fact::ItemChecked { place: format!("bench-{writer}").as_str().into(), sku: "T01".into(), quantity: 1 },
        parcel: Some("tmall-1001-1".into()),
        orders: vec!["1001".into()],
        operator: Some("li".into()),
        device: None,
    }
}

fn order(order_no: &str, lines: Value) -> Order {
    serde_json::from_value(json!({
        "order_no": order_no, "channel": "tmall", "shop": "s", "paid_at": "2026-02-15T06:22:00Z", "amount_fen": 100,
        "receiver": { "name": "王小明", "phone": "13800001234", "province": "浙江省", "city": "杭州市", "district": "余杭区", "detail": "文一西路969号" },
        "lines": lines,
    }))
    .expect("an order")
}

fn document(kind: &str, key: &str, body: &impl Serialize, aliases: Vec<Alias>) -> Upsert {
    let body = serde_json::to_string(body).expect("plain data");
    Upsert::Document(Document { kind: kind.into(), key: key.into(), version: 0, body, aliases })
}

fn keep(journal: &Journal, upserts: Vec<Upsert>) {
    let kept = journal.append(Batch { entries: vec![], upserts });
    kept.blocking_recv().expect("the thread answers").expect("durable");
}

fn bin_of(sku: usize) -> String {
    format!("A-{sku:02}")
}

fn barcode(sku: usize) -> String {
    let twelve = format!("6900000{sku:05}");
    let sum: u32 =
        twelve.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, times)| u32::from(digit - b'0') * times).sum();
    format!("{twelve}{}", (10 - sum % 10) % 10)
}

/// A wave of 500 parcels of two lines each, out of 50 bins.
fn stock_wave(journal: &Journal) {
    let mut upserts: Vec<Upsert> = (0..SKUS)
        .map(|sku| {
            let key = format!("T{sku:02}");
            let item = json!({ "sku": key, "name": format!("茶 {sku}"), "barcodes": [{ "code": barcode(sku) }] });
            let item: Item = serde_json::from_value(item).expect("an item");
            document("item", &key, &item, alias::of_item(&item))
        })
        .collect();
    for position in 1..=PARCELS {
        let (order_no, parcel_id) = (format!("{position}"), format!("tmall-{position}-1"));
        let line = |sku: usize| json!({ "sku": format!("T{sku:02}"), "name": "茶", "quantity": 1, "bin": bin_of(sku) });
        let order = order(&order_no, json!([line(position % SKUS), line((position + 7) % SKUS)]));
        let parcel: Parcel = serde_json::from_value(json!({
            "parcel_id": parcel_id, "orders": [order_no], "warehouse": "SZ", "carrier": "sf",
            "waybill_id": format!("DB20260215-SF-{position:06}"),
            "wave": { "code": "W1", "position": position, "count": PARCELS },
        }))
        .expect("a parcel");
        upserts.push(document("order", &order_no, &OrderRecord { order, standing: Default::default() }, vec![]));
        upserts.push(document("parcel", &parcel_id, &parcel, alias::of_parcel(&parcel)));
    }
    keep(journal, upserts);
}

/// One order of more pieces than are scanned here.
fn stock(journal: &Journal) {
    let order = order("1001", json!([{ "sku": "T01", "name": "红茶", "quantity": 1_000_000 }]));
    let item: Item = serde_json::from_value(json!({
        "sku": "T01", "name": "红茶", "barcodes": [{ "code": "6901234567892" }],
    }))
    .expect("an item");
    let parcel: Parcel = serde_json::from_value(json!({
        "parcel_id": "tmall-1001-1", "orders": ["1001"], "warehouse": "SZ", "carrier": "sf", "waybill_id": "DB20260215-SF-000001",
    }))
    .expect("a parcel");
    let record = OrderRecord { order, standing: Default::default() };
    let upserts = vec![
        document("order", "1001", &record, vec![]),
        document("item", "T01", &item, alias::of_item(&item)),
        document("parcel", "tmall-1001-1", &parcel, alias::of_parcel(&parcel)),
    ];
    keep(journal, upserts);
    // The first write after a start may find the disk asleep.
    drop(OpenOptions::new().read(true).open(journal.path()));
}
