//! The journal's file: the chain, epochs, the lock, and what is said when something is wrong with it.

use std::path::{Path, PathBuf};

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::id::StationCode;
use milepost::domain::stamp::{ClockState, Stamp};
use milepost::journal::{Batch, Journal, OpenError, Reader, Upsert, open};
use rusqlite::Connection;
use tempfile::TempDir;

const NOW_US: i64 = 1_771_400_000_000_000;

fn station() -> StationCode {
    StationCode::from("SZ-01")
}

fn opened(path: &Path) -> Journal {
    open::open(path, &station(), "machine-1", NOW_US).expect("the journal opens")
}

fn refused(path: &Path) -> String {
    match open::open(path, &station(), "machine-1", NOW_US) {
        Ok(_) => panic!("the journal should have been refused"),
        Err(error) => error.to_string(),
    }
}

fn stamp(at: i64) -> Stamp {
    Stamp {
        wall_us: NOW_US + at,
        zone: "Asia/Shanghai".into(),
        boot_id: "boot-1".into(),
        boottime_ns: at * 1000,
        clock: ClockState::Unsynced,
        offset_us: None,
        error_us: None,
    }
}

fn checked(quantity: u32) -> Batch {
    let fact = Fact::ItemChecked { place: "bench-1".into(), sku: "A01".into(), quantity };
    let entry = NewEntry {
        fact,
        parcel: Some("P1".into()),
        orders: vec!["1001".into(), "1002".into()],
        operator: Some("li".into()),
        device: None,
    };
    let row = Upsert::Parcel { parcel_id: "P1".into(), open: true, body: format!("{{\"counted\":{quantity}}}") };
    Batch { entries: vec![(stamp(i64::from(quantity)), entry)], upserts: vec![row] }
}

fn append(journal: &Journal, quantities: std::ops::RangeInclusive<u32>) {
    let waiting: Vec<_> = quantities.map(|quantity| journal.append(checked(quantity))).collect();
    for receiver in waiting {
        receiver.blocking_recv().expect("the thread answers").expect("the batch is durable");
    }
}

/// Drops the journal and waits until its thread has let go of the file.
fn close(journal: Journal, path: &Path) {
    drop(journal);
    let lock = std::fs::File::open(path.with_extension("lock")).expect("the lock file exists");
    lock.lock().expect("the lock comes free when the journal is closed");
}

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("journal.db");
    (folder, path)
}

#[test]
fn what_was_appended_is_there_chained_and_linked_after_reopening() {
    let (_folder, path) = folder();
    let journal = opened(&path);
    append(&journal, 1..=200);
    close(journal, &path);
    let journal = opened(&path);
    append(&journal, 201..=210);
    let reader = journal.reader().expect("a reader");
    let epochs = reader.epochs().expect("epochs");
    assert_eq!(epochs.len(), 1, "reopening the same file is not a new epoch");
    assert_eq!(epochs[0].last_seq, 210);
    let verified = reader.verify(epochs[0].no).expect("a walk");
    assert_eq!((verified.entries, verified.broken), (210, vec![]));
    let entries = reader.entries(epochs[0].no, 200, 100).expect("entries");
    assert_eq!(entries.len(), 10);
    assert_eq!(entries[0].orders, ["1001".into(), "1002".into()]);
    assert_eq!(
        entries[0].fact(),
        Some(Fact::ItemChecked { place: "bench-1".into(), sku: "A01".into(), quantity: 201 })
    );
    assert_eq!(reader.parcel("P1").expect("a row"), Some("{\"counted\":210}".into()));
}

#[test]
fn a_changed_or_missing_entry_is_named() {
    let (_folder, path) = folder();
    let journal = opened(&path);
    append(&journal, 1..=20);
    close(journal, &path);
    let connection = Connection::open(&path).expect("a connection");
    connection.execute("UPDATE entries SET body = replace(body, 'A01', 'A02') WHERE seq = 7", []).expect("a forgery");
    connection.execute("DELETE FROM entries WHERE seq = 12", []).expect("a deletion");
    drop(connection);
    let found = Reader::open(&path).expect("a reader").verify(1).expect("a walk").broken;
    let named: Vec<_> = found.iter().map(|broken| (broken.seq, broken.what.as_str())).collect();
    assert_eq!(named, [(7, "was changed after it was written"), (12, "entries 12 to 12 are missing")]);
    let journal = opened(&path);
    let lost = &journal.salvaged().expect("it was salvaged").lost;
    let lost: Vec<_> = lost.iter().map(|lost| (lost.first, lost.last)).collect();
    assert_eq!(lost, [(7, 7), (12, 12)], "what is wrong is not taken over");
}

#[test]
fn a_second_daemon_on_the_same_file_is_refused_and_the_first_goes_on() {
    let (_folder, path) = folder();
    let journal = opened(&path);
    assert!(refused(&path).contains("is in use by another milepost"));
    append(&journal, 1..=3);
    assert_eq!(journal.reader().expect("a reader").epochs().expect("epochs")[0].last_seq, 3);
}

#[test]
fn a_restored_copied_or_replaced_file_starts_a_new_epoch() {
    let (folder, path) = folder();
    let journal = opened(&path);
    append(&journal, 1..=5);
    close(journal, &path);
    let backup = folder.path().join("backup.db");
    std::fs::copy(&path, &backup).expect("a backup");

    let journal = opened(&path);
    append(&journal, 6..=9);
    close(journal, &path);
    restore(&backup, &path);
    let journal = opened(&path);
    let why = |journal: &Journal| journal.reader().expect("a reader").epochs().expect("epochs").pop().expect("one").why;
    assert_eq!(why(&journal), "the journal was restored from an older copy");
    append(&journal, 1..=1);
    assert_eq!(journal.reader().expect("a reader").epochs().expect("epochs")[1].last_seq, 1);
    close(journal, &path);

    std::fs::remove_file(path.with_extension("epoch")).expect("the epoch file goes");
    let journal = opened(&path);
    assert_eq!(why(&journal), "the epoch file is missing: the journal was copied without it");
    close(journal, &path);

    let journal = open::open(&path, &station(), "machine-2", NOW_US).expect("the journal opens");
    assert_eq!(why(&journal), "the journal was moved to another machine");
    close(journal, &path);

    for file in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(file));
    }
    let journal = opened(&path);
    assert_eq!(why(&journal), "the journal was replaced by an empty one");
}

fn restore(backup: &Path, path: &Path) {
    for extension in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(path.with_extension(extension));
    }
    std::fs::copy(backup, path).expect("the backup comes back");
}

#[test]
fn another_stations_file_is_refused_by_name() {
    let (_folder, path) = folder();
    close(opened(&path), &path);
    let error = open::open(&path, &"SZ-02".into(), "machine-1", NOW_US).err().expect("refused");
    assert!(matches!(&error, OpenError::OtherStation { found, .. } if found == "SZ-01"), "{error}");
    assert!(error.to_string().contains("set `code` or `data_dir` right"), "{error}");
}

#[test]
fn a_truncated_file_is_salvaged_and_left_as_it_is() {
    let (_folder, path) = folder();
    let journal = opened(&path);
    append(&journal, 1..=500);
    close(journal, &path);
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    let whole = std::fs::metadata(&path).expect("a file").len();
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("the file");
    file.set_len(whole / 2).expect("half of it");
    let journal = opened(&path);
    let salvaged = journal.salvaged().expect("it was salvaged");
    assert_eq!(std::fs::metadata(&salvaged.damaged).expect("a file").len(), whole / 2, "evidence is not touched");
    let lost: u64 = salvaged.lost.iter().map(|lost| lost.last - lost.first + 1).sum();
    assert_eq!(salvaged.taken + lost, 500, "each entry is there or named as lost");
}

#[test]
fn a_later_programs_file_is_refused() {
    let (_folder, path) = folder();
    close(opened(&path), &path);
    Connection::open(&path).expect("a connection").pragma_update(None, "user_version", 99).expect("a later version");
    assert!(refused(&path).contains("run the newer program"), "{}", refused(&path));
}

#[test]
fn an_older_document_does_not_replace_a_newer_one() {
    use milepost::domain::alias::{Alias, AliasKind};
    use milepost::journal::upsert::Document;
    let (_folder, path) = folder();
    let journal = opened(&path);
    let document = |version, body: &str| {
        Upsert::Document(Document {
            kind: "order".into(),
            key: "1001".into(),
            version,
            body: body.into(),
            aliases: vec![Alias { alias: "1001".into(), kind: AliasKind::Parcel, quantity: 1 }],
        })
    };
    for (version, body) in [(2, "new"), (1, "old")] {
        let batch = Batch { entries: vec![], upserts: vec![document(version, body)] };
        journal.append(batch).blocking_recv().expect("an answer").expect("durable");
    }
    let reader = journal.reader().expect("a reader");
    assert_eq!(reader.document("order", "1001").expect("a row"), Some("new".into()));
    assert_eq!(reader.matches("1001").expect("rows").len(), 1);
}

/// A batch that fills the WAL far beyond its working size.
fn flood(journal: &Journal) {
    let row = Upsert::Parcel { parcel_id: "P2".into(), open: true, body: format!("\"{}\"", "x".repeat(16 << 20)) };
    let done = journal.append(Batch { entries: vec![], upserts: vec![row] });
    done.blocking_recv().expect("the thread answers").expect("the batch is durable");
}

#[test]
fn a_wal_that_has_grown_once_is_not_checkpointed_at_every_commit() {
    let (_folder, path) = folder();
    let journal = opened(&path);
    append(&journal, 1..=1);
    flood(&journal);
    // Every checkpoint notes in the epoch file how far it came.
    let mut noted = std::collections::HashSet::new();
    for quantity in 2..=40 {
        append(&journal, quantity..=quantity);
        noted.insert(std::fs::read_to_string(path.with_extension("epoch")).expect("the epoch file"));
    }
    assert!(noted.len() < 10, "{} checkpoints in 39 commits", noted.len());
}

#[test]
fn a_long_reader_holds_up_no_commit() {
    let (_folder, path) = folder();
    let journal = opened(&path);
    append(&journal, 1..=1);
    let export = Connection::open(&path).expect("another program's connection");
    export.execute_batch("BEGIN; SELECT count(*) FROM entries").expect("it reads");
    let begun = std::time::Instant::now();
    for quantity in 2..=9 {
        flood(&journal);
        append(&journal, quantity..=quantity);
    }
    // A checkpoint that waits for the reader waits 5 s, each time.
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "commits wait for a reader: {:?}", begun.elapsed());
}

/// Numbers held for outages may be on parcels that only the other file knows of.
#[test]
fn a_new_epoch_holds_none_of_the_old_ones_numbers() {
    let (_folder, path) = folder();
    let kept = ["pool:jd", "pool_block:jd", "printer:desk"];
    let again = || {
        let journal = opened(&path);
        let reader = journal.reader().expect("a reader");
        let there = kept.map(|key| reader.meta(key).expect("a row").is_some());
        drop(reader);
        close(journal, &path);
        there
    };
    let journal = opened(&path);
    let upserts = kept.map(|key| Upsert::Meta { key: key.into(), value: "{}".into() }).to_vec();
    journal.append_now(Batch { entries: Vec::new(), upserts }).expect("it is written");
    close(journal, &path);
    assert_eq!(again(), [true, true, true], "the same epoch goes on");
    std::fs::remove_file(path.with_extension("epoch")).expect("the epoch file goes");
    assert_eq!(again(), [false, false, true]);
}
