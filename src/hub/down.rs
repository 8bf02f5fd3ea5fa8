//! What goes down to stations: documents by a cursor that follows the order of commits. A document that changes moves
//! to the end, so a station that was away for days reads each once.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::value::RawValue;

use super::{Hub, HubError, Refusal};
use crate::domain::id::StationCode;
use crate::wire::{DownAnswer, DownDocument};

/// Documents in one answer.
const PAGE: usize = 500;

impl Hub {
    /// What changed for the station after `cursor`, at once.
    pub fn down(&self, station: &StationCode, cursor: u64, now_us: i64) -> Result<DownAnswer, HubError> {
        let epoch = self.epoch().to_owned();
        self.read(|connection| {
            let warehouse = warehouse_of(connection, station)?;
            let (documents, last) = page(connection, &warehouse, station, cursor)?;
            let more = documents.len() == PAGE;
            Ok(DownAnswer { hub_epoch: epoch, documents, cursor: last, more, as_of_us: now_us })
        })
    }
}

impl Hub {
    /// The cursor of the newest document that concerns a station.
    pub fn feed_end(&self, station: &StationCode) -> Result<u64, HubError> {
        self.read(|connection| {
            let warehouse = warehouse_of(connection, station)?;
            let end: Option<i64> = connection.query_row(
                "SELECT max(cursor) FROM down WHERE warehouse IN ('', ?1) AND origin <> ?2",
                params![warehouse, station.as_str()],
                |row| row.get(0),
            )?;
            Ok(end.unwrap_or(0) as u64)
        })
    }
}

pub(super) fn warehouse_of(connection: &Connection, station: &StationCode) -> Result<String, HubError> {
    let warehouse = connection
        .query_row("SELECT warehouse FROM stations WHERE code = ?1", [station.as_str()], |row| row.get(0))
        .optional()?;
    Ok(warehouse.ok_or_else(|| {
        Refusal::new(403, "Unknown station", format!("station {station} has not joined: give it a join code"))
    })?)
}

fn page(
    connection: &Connection,
    warehouse: &str,
    station: &StationCode,
    cursor: u64,
) -> Result<(Vec<DownDocument>, u64), HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT cursor, kind, key, version, body FROM down
         WHERE cursor > ?1 AND warehouse IN ('', ?2) AND origin <> ?3 ORDER BY cursor LIMIT ?4",
    )?;
    let mut rows = statement.query(params![cursor as i64, warehouse, station.as_str(), PAGE as i64])?;
    let (mut documents, mut last) = (Vec::new(), cursor);
    while let Some(row) = rows.next()? {
        last = row.get::<_, i64>(0)? as u64;
        documents.push(document(row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)?);
    }
    Ok((documents, last))
}

pub(super) fn document(kind: String, key: String, version: i64, body: String) -> Result<DownDocument, HubError> {
    let body =
        RawValue::from_string(body).map_err(|source| HubError::Document { kind: "down", key: key.clone(), source })?;
    Ok(DownDocument { kind, key, version, body })
}

/// Of the document as it is now; 0 where there is none.
pub(super) fn version(connection: &Connection, kind: &str, key: &str) -> Result<i64, HubError> {
    let mut known = connection.prepare_cached("SELECT version FROM down WHERE kind = ?1 AND key = ?2")?;
    Ok(known.query_row(params![kind, key], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Puts a document at the end of the feed in place of its older self. `origin` is the station that needn't hear it.
pub(super) fn put(
    transaction: &Transaction<'_>,
    warehouse: &str,
    origin: &str,
    kind: &str,
    key: &str,
    version: i64,
    body: &str,
) -> Result<(), HubError> {
    transaction.prepare_cached("DELETE FROM down WHERE kind = ?1 AND key = ?2")?.execute(params![kind, key])?;
    transaction
        .prepare_cached(
            "INSERT INTO down (warehouse, origin, kind, key, version, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![warehouse, origin, kind, key, version, body])?;
    Ok(())
}
