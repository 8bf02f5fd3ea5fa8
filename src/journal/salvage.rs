//! A damaged file: what can be read of it is taken over into a new one, entries only where their hash still holds, and
//! the damaged one is kept beside it. What is missing is written down as ranges, so that the hub hears of it.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params, params_from_iter};

use super::chain::{SELECT_ENTRY, entry_of, with_orders};
use super::open::{OpenError, Sidecar};
use super::{schema, writer};
use crate::domain::id::StationCode;

/// Numbers of an epoch that the file can't give any more: first and last.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Lost {
    pub epoch_no: i64,
    pub first: u64,
    pub last: u64,
}

/// What was taken over, and what was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    pub damaged: PathBuf,
    pub taken: u64,
    pub lost: Vec<Lost>,
}

/// All but entries and what belongs to the file itself, with the columns that tell its rows apart.
const TABLES: &[(&str, &str)] = &[
    ("meta", "key"),
    ("bodies", "id"),
    ("documents_kept", "rowid"),
    ("requests_kept", "rowid"),
    ("aliases", "alias, kind, key"),
    ("parcels", "rowid"),
    ("waybills", "number"),
    ("jobs", "rowid"),
    ("places", "rowid"),
];
/// Entries read at once where nothing is wrong.
const BLOCK: u64 = 500;

/// Builds the new file first and then changes the names, so that a power cut leaves one of the two in place.
pub(super) fn salvage(path: &Path, station: &StationCode, now_us: i64) -> Result<Salvaged, OpenError> {
    let beside = Sidecar::read(path);
    let access = |source| OpenError::Access { path: path.to_owned(), source };
    let new = path.with_extension("salvaged");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(access(error)),
        _ => {}
    }
    let old = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut connection = Connection::open(&new)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    schema::migrate(&mut connection)?;
    let transaction = connection.transaction()?;
    for (table, order) in TABLES {
        copy(&old, &transaction, table, order)?;
    }
    let (taken, lost) = entries(&old, &transaction, beside.as_ref(), now_us)?;
    let lost_json = serde_json::to_string(&lost).expect("ranges are plain data");
    // Documents are asked for from the beginning, for some may be among what couldn't be read.
    for (key, value) in [("station", station.as_str()), ("cursor", "0"), ("lost", lost_json.as_str()), (SALVAGED, "1")]
    {
        transaction.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", [key, value])?;
    }
    transaction.execute("DELETE FROM meta WHERE key = ?1", [DAMAGED])?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    drop(old);
    let seconds = now_us / 1_000_000;
    let damaged = path.with_file_name(format!("journal-damaged-{seconds}.db"));
    rename_all(path, &damaged).and_then(|()| std::fs::rename(&new, path)).map_err(access)?;
    Ok(Salvaged { damaged, taken, lost })
}

/// Set by a salvage until its new epoch begins.
pub(super) const SALVAGED: &str = "salvaged";
/// Set when damage is found while the station works: the next start salvages.
pub(super) const DAMAGED: &str = "damaged";

/// A power cut between the two renames.
pub(super) fn finish(path: &Path) -> std::io::Result<()> {
    let new = path.with_extension("salvaged");
    match !path.exists() && new.exists() {
        true => std::fs::rename(new, path),
        false => Ok(()),
    }
}

fn rename_all(path: &Path, to: &Path) -> std::io::Result<()> {
    let beside = |path: &Path, suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
    let wal = beside(path, "-wal");
    if wal.exists() {
        std::fs::rename(wal, beside(to, "-wal"))?;
    }
    let _ = std::fs::remove_file(beside(path, "-shm"));
    std::fs::rename(path, to)
}

/// Every row that can be reached from the beginning or from the end.
fn copy(old: &Connection, new: &Transaction<'_>, table: &str, order: &str) -> Result<(), OpenError> {
    let backwards = order.split(", ").map(|column| format!("{column} DESC")).collect::<Vec<_>>().join(", ");
    let rowid = if order == "rowid" { "rowid, " } else { "" };
    for order in [order, &backwards] {
        let Ok(mut select) = old.prepare(&format!("SELECT {rowid}* FROM {table} ORDER BY {order}")) else {
            return Ok(());
        };
        let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        let mut insert = new.prepare(&sql)?;
        let Ok(mut rows) = select.query([]) else { continue };
        while let Ok(Some(row)) = rows.next() {
            let values: Result<Vec<Value>, _> = (0..columns.len()).map(|index| row.get(index)).collect();
            let Ok(values) = values else { continue };
            insert.execute(params_from_iter(values))?;
        }
    }
    Ok(())
}

/// Entries of every epoch, and the ranges that are missing.
fn entries(
    old: &Connection,
    new: &Transaction<'_>,
    beside: Option<&Sidecar>,
    now_us: i64,
) -> Result<(u64, Vec<Lost>), OpenError> {
    copy(old, new, "epochs", "no")?;
    if let Some(beside) = beside {
        let why = "the damaged file told no more of it";
        new.execute(
            "INSERT OR IGNORE INTO epochs (epoch, begun_us, why) VALUES (?1, ?2, ?3)",
            params![beside.epoch, now_us, why],
        )?;
    }
    let epochs: Vec<(i64, String)> = new
        .prepare("SELECT no, epoch FROM epochs ORDER BY no")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let (mut taken, mut lost) = (0, Vec::new());
    for (epoch_no, epoch) in epochs {
        let surely = beside.filter(|beside| beside.epoch == epoch).map_or(0, |beside| beside.last_seq);
        let end = highest(old, epoch_no).max(surely);
        let (mut expected, mut after) = (1, 0);
        let mut missing = |first: u64, last: u64| {
            if first <= last {
                lost.push(Lost { epoch_no, first, last });
            }
        };
        loop {
            let found = block(old, epoch_no, after);
            if found.is_empty() && after >= end {
                break;
            }
            for entry in found {
                missing(expected, entry.seq - 1);
                expected = entry.seq + 1;
                writer::insert(new, epoch_no, &entry)?;
                taken += 1;
            }
            after += BLOCK;
        }
        missing(expected, end);
    }
    Ok((taken, lost))
}

/// The entries of a block that can be read and are what they were, one by one where they can't be read together.
fn block(old: &Connection, epoch_no: i64, after: u64) -> Vec<crate::domain::entry::Entry> {
    let read = |first: u64, last: u64| -> rusqlite::Result<Vec<_>> {
        // The limit keeps SQLite from looking at the row behind, which may be on a damaged page.
        let sql = format!("{SELECT_ENTRY} WHERE epoch_no = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq LIMIT ?4");
        let mut statement = old.prepare_cached(&sql)?;
        let limit = (last - first + 1) as i64;
        let entries = statement.query_map(params![epoch_no, first as i64, last as i64, limit], entry_of)?;
        entries.map(|entry| with_orders(old, epoch_no, entry?)).collect()
    };
    let together = read(after + 1, after + BLOCK);
    let found = together
        .unwrap_or_else(|_| (after + 1..=after + BLOCK).flat_map(|seq| read(seq, seq).unwrap_or_default()).collect());
    found.into_iter().filter(|entry| entry.expected_hash() == entry.hash).collect()
}

/// The highest number that can be seen, in the table or in what belongs to it.
fn highest(old: &Connection, epoch_no: i64) -> u64 {
    let of = |table: &str| -> Option<i64> {
        old.query_row(
            &format!("SELECT seq FROM {table} WHERE epoch_no = ?1 ORDER BY seq DESC LIMIT 1"),
            [epoch_no],
            |row| row.get(0),
        )
        .optional()
        .ok()
        .flatten()
    };
    of("entries").max(of("entry_orders")).unwrap_or(0) as u64
}
