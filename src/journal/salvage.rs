//! A damaged file: what can be read of it is taken over into a new one, entries only where their hash still holds, and
//! the damaged one is kept beside it. What is missing is written down as ranges, so that the hub hears of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, params, params_from_iter};

use super::chain::{SELECT_ENTRY, entry_of, with_orders};
use super::open::{OpenError, Sidecar};
use super::{aside, schema, writer};
use crate::domain::entry::{Entry, Hash};
use crate::domain::id::StationCode;

/// Numbers of an epoch that the file can't give any more: first and last.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Lost {
    pub epoch_no: i64,
    pub first: u64,
    pub last: u64,
}

/// What was taken over, and what was not.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Salvaged {
    pub damaged: PathBuf,
    pub taken: u64,
    pub lost: Vec<Lost>,
}

/// What salvages have found wrong with the chain: no news to whoever walks it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub lost: Vec<Lost>,
    /// Entries that are what they were but don't follow the one before them, with their epoch.
    pub breaks: Vec<(i64, u64)>,
}

impl Known {
    pub(super) fn missing(&self, epoch_no: i64, first: u64, last: u64) -> bool {
        self.lost.iter().any(|lost| lost.epoch_no == epoch_no && lost.first <= first && last <= lost.last)
    }

    pub(super) fn breaks(&self, epoch_no: i64, seq: u64) -> bool {
        self.breaks.contains(&(epoch_no, seq))
    }
}

/// What the projections can be replayed from, beside entries; with the columns that tell rows apart.
const DOCUMENTS: &[(&str, &str)] = &[("bodies", "id"), ("documents_kept", "rowid")];
const OTHERS: &[(&str, &str)] =
    &[("meta", "key"), ("requests_kept", "rowid"), ("aliases", "alias, kind, key"), ("screen_scans", "screen, id")];
const PROJECTIONS: &[(&str, &str)] =
    &[("parcels", "rowid"), ("waybills", "number"), ("jobs", "rowid"), ("places", "rowid")];
/// Entries read at once where nothing is wrong.
const BLOCK: u64 = 500;

/// Set by a salvage until its new epoch begins, to what it did.
pub(super) const SALVAGED: &str = "salvaged";
/// Set when damage is found while the station works: the next start salvages.
pub(super) const DAMAGED: &str = "damaged";
/// "1" from a salvage until the rows it left out are replayed.
pub(super) const REPLAY: &str = "replay";

/// Builds the new file first and then changes the names, so that a power cut leaves one of the two in place.
pub(super) fn salvage(path: &Path, station: &StationCode, now_us: i64) -> Result<(), OpenError> {
    let beside = Sidecar::read(path);
    let access = |source| OpenError::Access { path: path.to_owned(), source };
    let new = aside::unfinished(path).map_err(access)?;
    let (damaged, seconds) = aside::damaged(path, now_us);
    let old = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut connection = Connection::open(&new)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    schema::migrate(&mut connection)?;
    let transaction = connection.transaction()?;
    for (table, order) in OTHERS {
        copy(&old, &transaction, table, order)?;
    }
    let mut whole = true;
    for (table, order) in DOCUMENTS {
        whole &= copy(&old, &transaction, table, order)?;
    }
    name_epochs(&old, &transaction, station, beside.as_ref(), now_us)?;
    let Taken { taken, known } = entries(&old, &transaction, station, beside.as_ref())?;
    // Rows of projections bear no hash. They are taken over only where a replay could know less than they do.
    if !whole || !known.lost.is_empty() {
        for (table, order) in PROJECTIONS {
            copy(&old, &transaction, table, order)?;
        }
    }
    let salvaged = Salvaged { damaged, taken, lost: known.lost.clone() };
    for (key, value) in [
        ("station", station.to_string()),
        // Documents are asked for from the beginning, for some may be among what couldn't be read.
        ("cursor", "0".into()),
        ("lost", json(&known.lost)),
        ("breaks", json(&known.breaks)),
        (SALVAGED, json(&salvaged)),
        (REPLAY, "1".into()),
    ] {
        transaction.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", [key, &value])?;
    }
    // The hub says itself how far it is; the marks stand by an epoch's number, which may be another's by now.
    transaction.execute("DELETE FROM meta WHERE key IN (?1, 'acks')", [DAMAGED])?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    drop(old);
    aside::ready(&new, path, seconds).and_then(|()| aside::finish(path)).map_err(access)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("numbers and names are plain data")
}

/// Every row that can be reached from the beginning or from the end; whether that was all of them.
fn copy(old: &Connection, new: &Transaction<'_>, table: &str, order: &str) -> Result<bool, OpenError> {
    let backwards = order.split(", ").map(|column| format!("{column} DESC")).collect::<Vec<_>>().join(", ");
    let rowid = if order == "rowid" { "rowid, " } else { "" };
    for order in [order, &backwards] {
        let Ok(mut select) = old.prepare(&format!("SELECT {rowid}* FROM {table} ORDER BY {order}")) else {
            return Ok(false);
        };
        let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        let mut insert = new.prepare(&sql)?;
        let Ok(mut rows) = select.query([]) else { continue };
        let mut whole = true;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) if whole => return Ok(true),
                Ok(None) | Err(_) => break,
            };
            let values: Result<Vec<Value>, _> = (0..columns.len()).map(|index| row.get(index)).collect();
            whole &= match values.map(|values| insert.execute(params_from_iter(values))) {
                Ok(Ok(inserted)) => inserted == 1,
                // A value of another type is none that was written.
                Ok(Err(error)) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => false,
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => false,
            };
        }
    }
    Ok(false)
}

/// The names of the epochs, without which their entries are nobody's. The newest one's also stands beside the file.
fn name_epochs(
    old: &Connection,
    new: &Transaction<'_>,
    station: &StationCode,
    beside: Option<&Sidecar>,
    now_us: i64,
) -> Result<(), OpenError> {
    copy(old, new, "epochs", "no")?;
    let Some(Sidecar { epoch, .. }) = beside else { return Ok(()) };
    let named: bool = new.query_row("SELECT count(*) FROM epochs WHERE epoch = ?1", [epoch], |row| row.get(0))?;
    if named {
        return Ok(());
    }
    let start = Hash::start(station, epoch);
    let begins = |no: &&i64| read(old, **no, 1, 1).is_ok_and(|found| found.iter().any(|one| one.prev_hash == start));
    let numbers = numbers(old);
    let last: i64 = new.query_row("SELECT coalesce(max(no), 0) FROM epochs", [], |row| row.get(0))?;
    let no = numbers.iter().rev().find(begins).or(numbers.last()).copied();
    let no = no.filter(|no| *no > last).unwrap_or(last + 1);
    let why = "the damaged file told no more of it";
    new.execute(
        "INSERT INTO epochs (no, epoch, begun_us, why) VALUES (?1, ?2, ?3, ?4)",
        params![no, epoch, now_us, why],
    )?;
    Ok(())
}

/// The numbers of epochs that entries bear, as far as they can be read, lowest first.
fn numbers(old: &Connection) -> Vec<i64> {
    let next = |after: &i64| {
        let sql = "SELECT epoch_no FROM entries WHERE epoch_no > ?1 ORDER BY epoch_no, seq LIMIT 1";
        old.query_row(sql, [after], |row| row.get::<_, i64>(0)).ok().filter(|no| no > after)
    };
    std::iter::successors(next(&0), next).collect()
}

struct Taken {
    taken: u64,
    known: Known,
}

/// Entries of every epoch, and what is missing of them or doesn't fit together.
fn entries(
    old: &Connection,
    new: &Transaction<'_>,
    station: &StationCode,
    beside: Option<&Sidecar>,
) -> Result<Taken, OpenError> {
    let epochs: Vec<(i64, String)> = new
        .prepare("SELECT no, epoch FROM epochs ORDER BY no")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let before: Option<String> =
        new.query_row("SELECT value FROM meta WHERE key = 'lost'", [], |row| row.get(0)).optional()?;
    let before: Vec<Lost> = before.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let mut done = Taken { taken: 0, known: Known::default() };
    for (epoch_no, epoch) in epochs {
        let surely = beside.filter(|beside| beside.epoch == epoch).map_or(0, |beside| beside.last_seq);
        let lost_before = before.iter().filter(|lost| lost.epoch_no == epoch_no).map(|lost| lost.last).max();
        let end = highest(old, epoch_no).max(surely).max(lost_before.unwrap_or(0));
        let (mut expected, mut follows, mut after) = (1, Hash::start(station, &epoch), 0);
        loop {
            let found = block(old, epoch_no, after, end);
            after += BLOCK;
            if found.is_empty() {
                match next(old, epoch_no, after) {
                    Ok(None) => break,
                    Ok(Some(seq)) if holds(old, epoch_no, seq) => after = seq as u64 - 1,
                    _ if after >= end => break,
                    _ => {}
                }
            }
            for entry in found {
                if entry.seq > expected {
                    done.known.lost.push(Lost { epoch_no, first: expected, last: entry.seq - 1 });
                } else if entry.prev_hash != follows {
                    done.known.breaks.push((epoch_no, entry.seq));
                }
                writer::insert(new, epoch_no, &entry)?;
                done.taken += 1;
                (expected, follows) = (entry.seq + 1, entry.hash);
            }
        }
        if expected <= end {
            done.known.lost.push(Lost { epoch_no, first: expected, last: end });
        }
    }
    Ok(done)
}

/// The entries of a block that can be read and are what they were.
fn block(old: &Connection, epoch_no: i64, after: u64, end: u64) -> Vec<Entry> {
    let last = after + BLOCK;
    let together = read(old, epoch_no, after + 1, last);
    let until = if together.is_ok() { last.min(end) } else { last };
    let of = |entries: Vec<Entry>| entries.into_iter().map(|entry| (entry.seq, entry));
    let mut found: BTreeMap<u64, Entry> = of(together.unwrap_or_default()).collect();
    // One by one where they can't be read together, or where a changed number stands in the way of those behind it.
    for seq in after + 1..=until {
        if !found.contains_key(&seq) {
            found.extend(of(read(old, epoch_no, seq, seq).unwrap_or_default()));
        }
    }
    found.into_values().collect()
}

/// Those from `first` to `last` whose hash holds.
fn read(old: &Connection, epoch_no: i64, first: u64, last: u64) -> rusqlite::Result<Vec<Entry>> {
    // The limit keeps SQLite from looking at the row behind, which may be on a damaged page.
    let sql = format!("{SELECT_ENTRY} WHERE epoch_no = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq LIMIT ?4");
    let mut statement = old.prepare_cached(&sql)?;
    let limit = (last - first + 1) as i64;
    let entries = statement.query_map(params![epoch_no, first as i64, last as i64, limit], entry_of)?;
    let entries: Vec<Entry> =
        entries.map(|entry| with_orders(old, epoch_no, entry?)).collect::<rusqlite::Result<_>>()?;
    Ok(entries.into_iter().filter(|entry| entry.expected_hash() == entry.hash).collect())
}

fn holds(old: &Connection, epoch_no: i64, seq: i64) -> bool {
    seq > 0 && read(old, epoch_no, seq as u64, seq as u64).is_ok_and(|found| !found.is_empty())
}

/// The number of the next row, whatever it says.
fn next(old: &Connection, epoch_no: i64, after: u64) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT seq FROM entries WHERE epoch_no = ?1 AND seq > ?2 ORDER BY seq LIMIT 1";
    old.prepare_cached(sql)?.query_row(params![epoch_no, after as i64], |row| row.get(0)).optional()
}

/// The highest number whose entry holds, as far as rows can be read from the end. One that was changed proves nothing.
fn highest(old: &Connection, epoch_no: i64) -> u64 {
    let find = || -> rusqlite::Result<Option<i64>> {
        let mut statement = old.prepare("SELECT seq FROM entries WHERE epoch_no = ?1 ORDER BY seq DESC")?;
        let mut rows = statement.query([epoch_no])?;
        while let Some(row) = rows.next()? {
            if let Ok(seq) = row.get(0)
                && holds(old, epoch_no, seq)
            {
                return Ok(Some(seq));
            }
        }
        Ok(None)
    };
    find().ok().flatten().unwrap_or(0) as u64
}
