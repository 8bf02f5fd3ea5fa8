//! Bytes that rot in a journal's file: found, said with their range, and what can be read goes on.

use std::path::{Path, PathBuf};

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::stamp::{ClockState, Stamp};
use milepost::journal::audit::{Audit, Damage, Step};
use milepost::journal::upsert::Document;
use milepost::journal::{Batch, Journal, Reader, Upsert, open};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

const ENTRIES: u32 = 3_000;
const PAGE: usize = 4_096;

fn opened(path: &Path) -> Journal {
    open::open(path, &"SZ-01".into(), "machine-1", 1_771_400_000_000_000).expect("the journal opens")
}

async fn close(journal: Journal, path: &Path) {
    drop(journal);
    let lock = std::fs::File::open(path.with_extension("lock")).expect("the lock file exists");
    tokio::task::spawn_blocking(move || lock.lock()).await.expect("a thread").expect("the lock comes free");
}

fn checked(quantity: u32) -> Batch {
    let stamp = Stamp {
        wall_us: i64::from(quantity),
        zone: "Asia/Shanghai".into(),
        boot_id: "boot-1".into(),
        boottime_ns: 0,
        clock: ClockState::Unsynced,
        offset_us: None,
        error_us: None,
    };
    let fact = Fact::ItemChecked { place: "bench-1".into(), sku: format!("SKU-{quantity}-").as_str().into(), quantity };
    let (parcel, orders) = (Some("P1".into()), vec!["1001".into()]);
    let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
    let key = format!("{quantity:05}");
    let document = Document { kind: "order".into(), key, version: 1, body: "{}".into(), aliases: vec![] };
    Batch { entries: vec![(stamp, entry)], upserts: vec![Upsert::Document(document)] }
}

/// A closed journal of many entries and documents, all of it in the file.
async fn journal() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("journal.db");
    let journal = opened(&path);
    let waiting: Vec<_> = (1..=ENTRIES).map(|quantity| journal.append(checked(quantity))).collect();
    for receiver in waiting {
        receiver.await.expect("an answer").expect("durable");
    }
    close(journal, &path).await;
    // What a WAL still holds would heal the file.
    std::fs::remove_file(path.with_extension("db-wal")).expect("the WAL is kept");
    (folder, path)
}

/// Destroys the page that holds `text`, a row's.
fn rot(path: &Path, text: &str) {
    let mut bytes = std::fs::read(path).expect("the file");
    let at = bytes.windows(text.len()).rposition(|window| window == text.as_bytes()).expect("it is in the file");
    let page = at / PAGE * PAGE;
    bytes[page..page + PAGE].fill(0xa5);
    std::fs::write(path, bytes).expect("the file is written");
}

/// Destroys the root page of an index.
fn rot_index(path: &Path, index: &str) {
    let connection = Connection::open(path).expect("a connection");
    let sql = "SELECT rootpage FROM sqlite_master WHERE name = ?1";
    let root: i64 = connection.query_row(sql, [index], |row| row.get(0)).expect("the index");
    drop(connection);
    let root = root as usize;
    let mut bytes = std::fs::read(path).expect("the file");
    bytes[(root - 1) * PAGE..root * PAGE].fill(0xa5);
    std::fs::write(path, bytes).expect("the file is written");
}

fn audited(path: &Path) -> Option<Damage> {
    let mut audit = Audit::new(path, &"SZ-01".into()).expect("the journal can be opened");
    loop {
        match audit.step() {
            Step::More => {}
            Step::Whole => return None,
            Step::Damaged(damage) => return Some(damage),
        }
    }
}

/// Opens the damaged file and checks that exactly `lost` is missing and all else is there.
async fn salvaged(path: &Path, holds: u32) -> (u64, u64) {
    let before = std::fs::read(path).expect("the file");
    let journal = opened(path);
    let salvaged = journal.salvaged().expect("it was salvaged").clone();
    assert_eq!(std::fs::read(&salvaged.damaged).expect("the damaged file is kept"), before, "evidence is not touched");
    let [lost] = &salvaged.lost[..] else { panic!("one range is lost: {:?}", salvaged.lost) };
    assert!((lost.first..=lost.last).contains(&u64::from(holds)) && lost.last - lost.first < 100, "{lost:?}");
    let reader = journal.reader().expect("a reader");
    let epochs = reader.epochs().expect("epochs");
    assert_eq!(epochs.len(), 2);
    assert_eq!(epochs[1].why, "the journal was damaged: what could be read was taken over");
    let entries = reader.entries(1, 0, 10_000).expect("entries");
    assert_eq!(entries.len() as u64, u64::from(ENTRIES) - (lost.last - lost.first + 1));
    assert!(entries.iter().all(|entry| !(lost.first..=lost.last).contains(&entry.seq)));
    assert_eq!(reader.documents("order").expect("rows").len(), ENTRIES as usize);
    journal.append(checked(1)).await.expect("an answer").expect("work goes on");
    assert_eq!(reader.latest(2, 10).expect("entries").len(), 1);
    let range = (lost.first, lost.last);
    drop(reader);
    close(journal, path).await;
    assert_eq!(audited(path), None, "what is known to be lost is no news");
    let journal = opened(path);
    assert!(journal.salvaged().is_none());
    assert_eq!(journal.reader().expect("a reader").epochs().expect("epochs").len(), 2, "the same file, the same epoch");
    close(journal, path).await;
    range
}

#[tokio::test]
async fn a_sound_file_passes() {
    let (_folder, path) = journal().await;
    assert_eq!(audited(&path), None);
}

#[tokio::test]
async fn damage_in_the_middle_is_found_by_the_walk_and_salvaged_at_the_next_start() {
    let (_folder, path) = journal().await;
    rot(&path, "SKU-700-");
    let journal = opened(&path);
    assert!(journal.salvaged().is_none(), "a start looks at the tail only");
    let damage = audited(&path).expect("it is found");
    let (first, last) = damage.range.expect("entries");
    assert!((first..=last).contains(&700) && last - first < 100, "{damage:?}");
    let batch = Batch { entries: vec![], upserts: vec![journal.note_damage()] };
    journal.append(batch).await.expect("an answer").expect("durable");
    close(journal, &path).await;
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    assert_eq!(salvaged(&path, 700).await, (first, last));
}

#[tokio::test]
async fn damage_in_the_tail_is_found_and_salvaged_at_the_start() {
    let (_folder, path) = journal().await;
    rot(&path, &format!("SKU-{ENTRIES}-"));
    assert_eq!(salvaged(&path, ENTRIES).await.1, u64::from(ENTRIES), "the epoch file tells how many there were");
}

#[tokio::test]
async fn a_changed_byte_in_an_entry_is_found() {
    let (_folder, path) = journal().await;
    let mut bytes = std::fs::read(&path).expect("the file");
    let at = bytes.windows(9).rposition(|window| window == b"SKU-2990-").expect("it is in the file");
    bytes[at] = b'X';
    std::fs::write(&path, bytes).expect("the file is written");
    assert_eq!(salvaged(&path, 2_990).await, (2_990, 2_990));
}

/// What a WAL still holds would heal the file: all of it is moved by the last connection that closes.
fn sql(path: &Path, sql: &str) {
    Connection::open(path).expect("a connection").execute_batch(sql).expect("it is done");
}

const NOTED: &str = "INSERT OR REPLACE INTO meta (key, value) VALUES ('damaged', '1');";

#[tokio::test]
async fn a_text_that_is_none_any_more_is_damage() {
    let (_folder, path) = journal().await;
    let mut bytes = std::fs::read(&path).expect("the file");
    let at = bytes.windows(9).rposition(|window| window == b"SKU-2990-").expect("it is in the file");
    bytes[at] |= 0x80;
    std::fs::write(&path, bytes).expect("the file is written");
    assert_eq!(salvaged(&path, 2_990).await, (2_990, 2_990));
}

#[tokio::test]
async fn a_hash_of_another_length_is_damage() {
    let (_folder, path) = journal().await;
    sql(&path, "UPDATE entries SET hash = x'a5' WHERE seq = 2990");
    assert_eq!(salvaged(&path, 2_990).await, (2_990, 2_990));
}

#[tokio::test]
async fn a_sign_in_the_last_number_ends_no_walk_late() {
    let (_folder, path) = journal().await;
    let mut bytes = std::fs::read(&path).expect("the file");
    let text = format!("SKU-{ENTRIES}-");
    let at = bytes.windows(text.len()).rposition(|window| window == text.as_bytes()).expect("it is in the file");
    let kind = bytes[..at].windows(12).rposition(|window| window == b"item_checked").expect("the entry's kind");
    let seq = kind - 16 - 2;
    assert_eq!(bytes[seq..seq + 2], (ENTRIES as u16).to_be_bytes());
    bytes[seq] |= 0x80;
    std::fs::write(&path, bytes).expect("the file is written");
    assert_eq!(salvaged(&path, ENTRIES).await, (u64::from(ENTRIES), u64::from(ENTRIES)));
}

#[tokio::test]
async fn a_value_of_another_type_costs_its_row_alone() {
    let (_folder, path) = journal().await;
    let schema = |from: &str, to: &str| {
        format!(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_master SET sql = replace(sql, '{from}', '{to}') WHERE name = 'documents_kept';"
        )
    };
    sql(&path, &schema(") STRICT", ") "));
    sql(&path, "UPDATE documents_kept SET version = 'rotted' WHERE key = '00700'");
    sql(&path, &schema("(kind, key)) ", "(kind, key)) STRICT"));
    sql(&path, NOTED);
    let journal = opened(&path);
    let salvaged = journal.salvaged().expect("it was salvaged");
    assert_eq!((salvaged.taken, salvaged.lost.as_slice()), (u64::from(ENTRIES), &[][..]));
    let reader = journal.reader().expect("a reader");
    assert_eq!(reader.documents("order").expect("rows").len(), ENTRIES as usize - 1);
}

#[tokio::test]
async fn an_entry_that_follows_another_past_is_kept_and_is_no_news_afterwards() {
    let (_folder, path) = journal().await;
    let reader = Reader::open(&path).expect("a reader");
    let mut entry = reader.entries(1, 699, 1).expect("entries").remove(0);
    drop(reader);
    entry.prev_hash = entry.hash;
    entry.hash = entry.expected_hash();
    let change = "UPDATE entries SET prev_hash = ?1, hash = ?2 WHERE seq = 700";
    let connection = Connection::open(&path).expect("a connection");
    connection.execute(change, [&entry.prev_hash.0[..], &entry.hash.0[..]]).expect("it is changed");
    drop(connection);
    assert!(audited(&path).is_some_and(|damage| damage.range == Some((700, 700))));
    sql(&path, NOTED);
    let journal = opened(&path);
    let salvaged = journal.salvaged().expect("it was salvaged");
    assert_eq!((salvaged.taken, salvaged.lost.as_slice()), (u64::from(ENTRIES), &[][..]));
    close(journal, &path).await;
    assert_eq!(audited(&path), None, "no restart salvages it again");
    let walk = Reader::open(&path).expect("a reader").verify(1).expect("a walk");
    assert_eq!(walk.broken, []);
    assert_eq!(walk.known.iter().map(|known| known.seq).collect::<Vec<_>>(), [700, 701], "itself and the next");
}

#[tokio::test]
async fn a_second_salvage_forgets_no_loss_of_the_first() {
    let (_folder, path) = journal().await;
    rot(&path, &format!("SKU-{ENTRIES}-"));
    let (first, last) = salvaged(&path, ENTRIES).await;
    sql(&path, NOTED);
    let journal = opened(&path);
    let lost = journal.salvaged().expect("it was salvaged again").lost.clone();
    assert_eq!(lost.iter().map(|lost| (lost.epoch_no, lost.first, lost.last)).collect::<Vec<_>>(), [(1, first, last)]);
    let reader = journal.reader().expect("a reader");
    assert_eq!(reader.lost().expect("ranges"), lost);
    let walk = reader.verify(1).expect("a walk");
    assert_eq!((walk.broken.len(), walk.known.len()), (0, 1), "the loss is known: {walk:?}");
    let mut verify = std::process::Command::new(env!("CARGO_BIN_EXE_milepost"));
    let said = verify.args(["journal", "verify", "--file"]).arg(&path).output().expect("it runs");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success() && text.contains(&format!("entries {first} to {last} are missing")), "{text}");
    assert!(text.contains("whole but for what is known to be lost"), "{text}");
}

#[tokio::test]
async fn an_epochs_entries_stay_its_own_when_the_names_of_epochs_are_lost() {
    let (_folder, path) = journal().await;
    std::fs::remove_file(path.with_extension("epoch")).expect("the epoch file");
    let journal = opened(&path);
    let epoch = journal.epoch().to_owned();
    for quantity in 1..=3 {
        journal.append(checked(quantity)).await.expect("an answer").expect("durable");
    }
    close(journal, &path).await;
    sql(&path, "PRAGMA wal_checkpoint(TRUNCATE)");
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    rot_index(&path, "epochs");
    let journal = opened(&path);
    assert_eq!(journal.salvaged().expect("it was salvaged").lost, []);
    let reader = journal.reader().expect("a reader");
    let epochs = reader.epochs().expect("epochs");
    assert_eq!(epochs.iter().map(|epoch| (epoch.no, epoch.last_seq)).collect::<Vec<_>>(), [(2, 3), (3, 0)]);
    assert_eq!(epochs[0].epoch, epoch);
    assert_eq!(reader.verify(2).expect("a walk").broken, []);
}

#[tokio::test]
async fn what_was_put_aside_goes_when_personal_data_goes() {
    let (folder, path) = journal().await;
    rot(&path, &format!("SKU-{ENTRIES}-"));
    let journal = opened(&path);
    let damaged = journal.salvaged().expect("it was salvaged").damaged.clone();
    let (aside_us, day_us) = (1_771_400_000_000_000, 86_400_000_000);
    journal.purge(aside_us + 6 * day_us, 7 * day_us).await.expect("a purge");
    assert!(damaged.exists());
    journal.purge(aside_us + 7 * day_us, 7 * day_us).await.expect("a purge");
    let names = std::fs::read_dir(folder.path()).expect("the folder").map(|name| name.expect("a name").file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("damaged")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn damage_in_an_index_loses_nothing() {
    let (_folder, path) = journal().await;
    rot_index(&path, "sqlite_autoindex_documents_kept_1");
    let damage = audited(&path).expect("it is found");
    assert_eq!(damage.range, None);
    assert!(damage.what.contains("documents_kept"), "{damage:?}");
    let journal = opened(&path);
    let batch = Batch { entries: vec![], upserts: vec![journal.note_damage()] };
    journal.append(batch).await.expect("an answer").expect("durable");
    close(journal, &path).await;
    let journal = opened(&path);
    let salvaged = journal.salvaged().expect("it was salvaged");
    assert_eq!((salvaged.taken, salvaged.lost.as_slice()), (u64::from(ENTRIES), &[][..]));
    let reader = journal.reader().expect("a reader");
    assert_eq!(reader.document("order", "01234").expect("a row"), Some("{}".into()));
    assert_eq!(audited(&path), None);
}

#[tokio::test]
async fn a_file_that_is_none_any_more_is_all_lost_and_work_goes_on() {
    let (_folder, path) = journal().await;
    std::fs::write(&path, vec![0xa5; 100_000]).expect("the file is written");
    let journal = opened(&path);
    let salvaged = journal.salvaged().expect("it was salvaged");
    assert_eq!(salvaged.taken, 0);
    assert_eq!(salvaged.lost.iter().map(|lost| (lost.first, lost.last)).collect::<Vec<_>>(), [(1, u64::from(ENTRIES))]);
    journal.append(checked(1)).await.expect("an answer").expect("work goes on");
}

/// Offline, so that nobody else has what the damage took.
#[tokio::test(flavor = "multi_thread")]
async fn the_hub_gets_what_could_be_read_and_hears_what_could_not() {
    let mut world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = Line { goods: "红茶".into(), quantity: 500, gift: false, refunded: false };
    let order = shelf::order("100001", 1, &[line], Some("SF0000000000001"));
    world.post("/v1/orders", &json!({ "orders": [order] })).await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let station = world.start_station(&config).await;
    let path = station.running.journal.clone();
    let mut gun = scanner(&station, "bench-1").await;
    eventually("its people to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("its order to come down", async || gun.scan("SF0000000000001").await.starts_with("OK 请扫商品")).await;
    world.stop_hub().await;
    for _ in 0..100 {
        assert!(gun.scan(&code("红茶")).await.starts_with("OK 红茶"));
    }
    station.stop().await.expect("the station ends");
    // Its lock comes free after what was handed in is in the file.
    let lock = std::fs::File::open(path.with_extension("lock")).expect("the lock file exists");
    tokio::task::spawn_blocking(move || lock.lock()).await.expect("a thread").expect("the lock comes free");
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    let entries = Reader::open(&path).expect("a reader").entries(1, 0, 1_000).expect("entries");
    let middle = &entries[entries.len() - 40];
    let id = middle.event_id.as_bytes();
    let mut bytes = std::fs::read(&path).expect("the file");
    let at = bytes.windows(id.len()).rposition(|window| window == id).expect("it is in the file");
    bytes[at / PAGE * PAGE..(at / PAGE + 1) * PAGE].fill(0xa5);
    std::fs::write(&path, bytes).expect("the file is written");

    world.start_hub().await;
    let station = world.restart_station(&config).await;
    let reader = Reader::open(&path).expect("a reader");
    let lost = reader.lost().expect("ranges");
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!((lost[0].first..=lost[0].last).contains(&middle.seq));
    eventually("everything that is left to be at the hub", async || {
        let own: usize = [1, 2].map(|no| reader.entries(no, 0, 1_000).expect("entries").len()).iter().sum();
        world.get("/v1/health").await["counts"]["entries"].as_u64() == Some(own as u64)
            && station.running.sync.borrow().pending == 0
    })
    .await;
    let exceptions = world.get("/v1/exceptions").await;
    let exceptions = exceptions["exceptions"].as_array().expect("a list").clone();
    assert_eq!(exceptions.len(), 1, "{exceptions:?}");
    assert_eq!(exceptions[0]["kind"], "entries_lost");
    let count = lost[0].last - lost[0].first + 1;
    let range = format!("{count} of {} to {}", lost[0].first, lost[0].last);
    assert!(exceptions[0]["en"].as_str().is_some_and(|text| text.contains(&range)), "{exceptions:?}");
    let told = reader.entries(2, 0, 100).expect("entries");
    assert!(told.iter().any(|entry| entry.kind == "journal_salvaged" && entry.body.contains("journal-damaged-")));
    let mut gun = scanner(&station, "bench-1").await;
    let heard = gun.scan(&code("红茶")).await;
    assert!(heard.starts_with("OK 红茶"), "the packer goes on: {heard}");
    station.stop().await.expect("the station ends");
}

/// While the station works; the damaged index is one that scans don't need.
#[tokio::test(flavor = "multi_thread")]
async fn damage_is_shown_on_the_screens_and_at_the_hub_until_a_restart_mends_it() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let station = world.start_station(&config).await;
    let path = station.running.journal.clone();
    let reader = Reader::open(&path).expect("a reader");
    eventually("its items to come down", async || !reader.documents("item").expect("rows").is_empty()).await;
    drop(reader);
    station.stop().await.expect("the station ends");
    let lock = std::fs::File::open(path.with_extension("lock")).expect("the lock file exists");
    tokio::task::spawn_blocking(move || lock.lock()).await.expect("a thread").expect("the lock comes free");
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    rot_index(&path, "aliases_of");

    let station = world.restart_station(&config).await;
    assert!(!screen(&station, "bench-1", |_| true).await.journal_damaged);
    screen(&station, "bench-1", |screen| screen.journal_damaged).await;
    eventually("the hub to hear of it", async || {
        let exceptions = world.get("/v1/exceptions").await;
        exceptions["exceptions"].as_array().is_some_and(|all| all.iter().any(|one| one["kind"] == "journal_damaged"))
    })
    .await;
    let page = reqwest::get(format!("http://{}/places/bench-1", station.address)).await.expect("the station answers");
    assert!(page.text().await.expect("a page").contains("本机数据文件损坏"), "the page says it");
    station.stop().await.expect("the station ends");
    let station = world.restart_station(&config).await;
    assert!(!screen(&station, "bench-1", |_| true).await.journal_damaged);
    eventually("the hub to hear that it is mended", async || {
        let exceptions = world.get("/v1/exceptions").await;
        exceptions["exceptions"].as_array().is_some_and(|all| all.iter().all(|one| one["kind"] != "journal_damaged"))
    })
    .await;
    let lost = Reader::open(&path).expect("a reader").lost().expect("ranges");
    assert_eq!(lost, [], "an index is made anew");
    assert_eq!(audited(&path), None);
    station.stop().await.expect("the station ends");
}

fn jobs(path: &Path) -> Vec<(String, String)> {
    let connection = Connection::open(path).expect("a connection");
    let mut statement = connection.prepare("SELECT job_id, body FROM jobs").expect("a question");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

/// Offline: nobody else could say what became of the parcel.
#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_parcel_is_told_by_its_entries_when_its_row_is_gone() {
    let mut world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let order = shelf::order("100001", 1, &[shelf::one("红茶")], Some("SF0000000000001"));
    world.post("/v1/orders", &json!({ "orders": [order] })).await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let mut station = world.start_station(&config).await;
    let path = station.running.journal.clone();
    let mut gun = scanner(&station, "bench-1").await;
    eventually("its people to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("its order to come down", async || gun.scan("100001").await == "OK 请扫商品，还差 1 件").await;
    gun.scan(&code("红茶")).await;
    eventually("its label", async || !world.printer.papers().is_empty()).await;
    eventually("its label to be awaited", async || gun.scan("SF0000000000001").await == "OK 完成，顺丰").await;
    let packed = gun.scan("100001").await;
    assert!(!packed.starts_with("OK 请扫商品"), "{packed}");
    let printed = jobs(&path);
    assert_eq!(printed.len(), 1);
    world.stop_hub().await;
    for table in ["parcels", "places"] {
        station.stop().await.expect("the station ends");
        let lock = std::fs::File::open(path.with_extension("lock")).expect("the lock file exists");
        tokio::task::spawn_blocking(move || lock.lock()).await.expect("a thread").expect("the lock comes free");
        let _ = std::fs::remove_file(path.with_extension("db-wal"));
        rot_index(&path, table);
        station = world.restart_station(&config).await;
        let reader = Reader::open(&path).expect("a reader");
        assert!(reader.epochs().expect("epochs").last().expect("one").why.contains("damaged"), "{table}: it was found");
        assert_eq!(reader.lost().expect("ranges"), [], "{table}");
        assert_eq!(milepost::station::replay::compare(&reader).expect("a replay"), Vec::<String>::new(), "{table}");
        assert_eq!(jobs(&path), printed, "{table}");
        let mut gun = scanner(&station, "bench-1").await;
        assert_eq!(gun.scan("100001").await, packed, "{table}: no second label");
    }
    assert_eq!(world.printer.papers().len(), 1);
    station.stop().await.expect("the station ends");
}
