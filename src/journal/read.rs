//! Questions to a journal, one indexed query each, on a connection that only reads.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::chain::{self, SELECT_ENTRY, entry_of, with_orders};
use super::salvage;
use super::salvage::{Known, Lost};
use crate::domain::entry::Entry;
use crate::domain::id::StationCode;

pub struct Reader {
    connection: Connection,
}

/// A document or a waybill that a code names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub kind: String,
    pub key: String,
    pub quantity: u32,
}

/// One epoch of the file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Epoch {
    pub no: i64,
    pub epoch: String,
    pub why: String,
    pub last_seq: u64,
}

impl Reader {
    pub fn open(path: &Path) -> rusqlite::Result<Reader> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Reader { connection })
    }

    pub fn meta(&self, key: &str) -> rusqlite::Result<Option<String>> {
        self.text("SELECT value FROM meta WHERE key = ?1", key)
    }

    /// Keys that begin so, without that beginning, with their values.
    pub fn metas(&self, prefix: &str) -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT substr(key, length(?1) + 1), value FROM meta WHERE key >= ?1 AND key < ?1 || char(1114111) ORDER BY key",
        )?;
        statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// What a screen's scan was answered, if it came before.
    pub fn screen_scan(&self, screen: &str, id: &str) -> rusqlite::Result<Option<String>> {
        let mut statement =
            self.connection.prepare_cached("SELECT answer FROM screen_scans WHERE screen = ?1 AND id = ?2")?;
        statement.query_row([screen, id], |row| row.get(0)).optional()
    }

    /// What salvages could not take over.
    pub fn lost(&self) -> rusqlite::Result<Vec<Lost>> {
        Ok(self.meta("lost")?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// What they found wrong with the chain.
    pub fn known(&self) -> rusqlite::Result<Known> {
        let breaks = self.meta("breaks")?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(Known { lost: self.lost()?, breaks })
    }

    /// A salvage has left rows out that are to be replayed.
    pub fn wants_replay(&self) -> rusqlite::Result<bool> {
        Ok(self.meta(salvage::REPLAY)?.as_deref() == Some("1"))
    }

    pub fn document(&self, kind: &str, key: &str) -> rusqlite::Result<Option<String>> {
        self.connection
            .prepare_cached("SELECT body FROM documents WHERE kind = ?1 AND key = ?2")?
            .query_row(params![kind, key], |row| row.get(0))
            .optional()
    }

    /// Every document of a kind, in the order of arrival.
    pub fn documents(&self, kind: &str) -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement =
            self.connection.prepare_cached("SELECT key, body FROM documents WHERE kind = ?1 ORDER BY arrival")?;
        statement.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// Other stations' facts in the order they came, each with the epoch and entry it came after.
    pub fn remote_facts(&self) -> rusqlite::Result<Vec<((i64, u64), String)>> {
        let mut statement = self
            .connection
            .prepare("SELECT after_epoch, after_seq, body FROM documents WHERE kind = 'fact' ORDER BY arrival")?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get::<_, i64>(1)? as u64), row.get(2)?)))?;
        rows.collect()
    }

    pub fn matches(&self, alias: &str) -> rusqlite::Result<Vec<Match>> {
        let mut statement =
            self.connection.prepare_cached("SELECT kind, key, quantity FROM aliases WHERE alias = ?1")?;
        statement
            .query_map([alias], |row| {
                Ok(Match { kind: row.get(0)?, key: row.get(1)?, quantity: row.get::<_, i64>(2)? as u32 })
            })?
            .collect()
    }

    pub fn parcel(&self, parcel_id: &str) -> rusqlite::Result<Option<String>> {
        self.text("SELECT body FROM parcels WHERE parcel_id = ?1", parcel_id)
    }

    pub fn open_parcels(&self) -> rusqlite::Result<Vec<(String, String)>> {
        self.pairs("SELECT parcel_id, body FROM parcels WHERE open = 1")
    }

    pub fn places(&self) -> rusqlite::Result<Vec<(String, String)>> {
        self.pairs("SELECT place, body FROM places")
    }

    pub fn all_parcels(&self) -> rusqlite::Result<Vec<(String, String)>> {
        self.pairs("SELECT parcel_id, body FROM parcels ORDER BY parcel_id")
    }

    /// The parcel a number on a label belongs to.
    pub fn waybill(&self, number: &str) -> rusqlite::Result<Option<String>> {
        self.text("SELECT parcel_id FROM waybills WHERE number = ?1", number)
    }

    /// How a label's print stands.
    pub fn job(&self, job_id: &str) -> rusqlite::Result<Option<String>> {
        self.text("SELECT state FROM jobs WHERE job_id = ?1", job_id)
    }

    pub fn requests(&self, waybill_id: &str) -> rusqlite::Result<Vec<String>> {
        let mut statement =
            self.connection.prepare_cached("SELECT body FROM requests WHERE waybill_id = ?1 ORDER BY attempt")?;
        statement.query_map([waybill_id], |row| row.get(0))?.collect()
    }

    pub fn epochs(&self) -> rusqlite::Result<Vec<Epoch>> {
        let mut statement = self.connection.prepare(
            "SELECT no, epoch, why, (SELECT coalesce(max(seq), 0) FROM entries WHERE epoch_no = no) FROM epochs ORDER BY no",
        )?;
        statement
            .query_map([], |row| {
                Ok(Epoch {
                    no: row.get(0)?,
                    epoch: row.get(1)?,
                    why: row.get(2)?,
                    last_seq: row.get::<_, i64>(3)? as u64,
                })
            })?
            .collect()
    }

    /// Entries of an epoch after `after`, oldest first.
    pub fn entries(&self, epoch_no: i64, after: u64, limit: usize) -> rusqlite::Result<Vec<Entry>> {
        let sql = format!("{SELECT_ENTRY} WHERE epoch_no = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
        self.collect(&sql, epoch_no, after, limit)
    }

    /// The newest time that was compared with the hub's clock, of the last 10 000 entries.
    pub fn dated_us(&self) -> rusqlite::Result<Option<i64>> {
        let sql = "SELECT max(wall_us + offset_us) FROM
            (SELECT wall_us, offset_us FROM entries ORDER BY epoch_no DESC, seq DESC LIMIT 10000)";
        self.connection.query_row(sql, [], |row| row.get(0))
    }

    /// The newest entries of an epoch, newest first.
    pub fn latest(&self, epoch_no: i64, limit: usize) -> rusqlite::Result<Vec<Entry>> {
        let sql = format!("{SELECT_ENTRY} WHERE epoch_no = ?1 AND seq > ?2 ORDER BY seq DESC LIMIT ?3");
        self.collect(&sql, epoch_no, 0, limit)
    }

    pub fn verify(&self, epoch_no: i64) -> rusqlite::Result<chain::Verified> {
        let station = StationCode(self.meta("station")?.unwrap_or_default());
        chain::verify(&self.connection, &station, epoch_no, 1, &self.known()?)
    }

    /// What SQLite finds wrong with a table and its indexes, the first of it.
    pub(super) fn sound(&self, table: &str) -> rusqlite::Result<Option<String>> {
        let sql = format!("PRAGMA integrity_check('{table}')");
        let found: String = self.connection.query_row(&sql, [], |row| row.get(0))?;
        Ok((found != "ok").then_some(found))
    }

    fn collect(&self, sql: &str, epoch_no: i64, after: u64, limit: usize) -> rusqlite::Result<Vec<Entry>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let entries = statement.query_map(params![epoch_no, after as i64, limit as i64], entry_of)?;
        entries.map(|entry| with_orders(&self.connection, epoch_no, entry?)).collect()
    }

    fn text(&self, sql: &str, key: &str) -> rusqlite::Result<Option<String>> {
        self.connection.prepare_cached(sql)?.query_row([key], |row| row.get(0)).optional()
    }

    fn pairs(&self, sql: &str) -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }
}
