//! Rows that change together with entries: projections, what came down from the hub, and small state of the file.
//! Each is written whole, so writing one twice is harmless.

use rusqlite::{OptionalExtension, Transaction, params};

use super::purge;
use crate::domain::alias::Alias;
use crate::domain::id::{JobId, ParcelId, PlaceName, WaybillId};

#[derive(Clone, Debug, PartialEq)]
pub enum Upsert {
    Parcel {
        parcel_id: ParcelId,
        open: bool,
        body: String,
    },
    /// Which parcel a number on a label belongs to; `live` is false once it is void.
    Waybill {
        number: String,
        waybill_id: WaybillId,
        parcel_id: ParcelId,
        live: bool,
    },
    /// A label's print; `body` is written once, when the job is queued.
    Job {
        job_id: JobId,
        parcel_id: ParcelId,
        state: &'static str,
        body: Option<String>,
    },
    Place {
        place: PlaceName,
        body: String,
    },
    /// A document from the hub, with the codes it is found by. An older version than the stored one changes nothing.
    Document(Document),
    /// An exact carrier request, kept before it is sent.
    Request {
        waybill_id: WaybillId,
        attempt: u32,
        body: String,
    },
    /// A scan that a screen sent, by the id it gave it, and what it was answered.
    ScreenScan {
        screen: String,
        id: String,
        at_us: i64,
        answer: String,
    },
    Meta {
        key: String,
        value: String,
    },
    /// All of these rows that begin so are of no use any more.
    Forget {
        prefix: String,
    },
}

/// No screen sends a scan again later than this.
const SENT_AGAIN_US: i64 = 31 * 86_400 * 1_000_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub kind: String,
    pub key: String,
    pub version: i64,
    pub body: String,
    /// Codes under which a scan finds it.
    pub aliases: Vec<Alias>,
}

/// Where the journal stood when a document arrived, so that a rebuild replays both in the order they came.
pub(super) struct Position {
    pub epoch_no: i64,
    pub seq: i64,
}

pub(super) fn write(transaction: &Transaction<'_>, upsert: &Upsert, at: &Position) -> rusqlite::Result<()> {
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> rusqlite::Result<usize> {
        transaction.prepare_cached(sql)?.execute(values)
    };
    match upsert {
        Upsert::Parcel { parcel_id, open, body } => {
            run(
                "INSERT INTO parcels (parcel_id, open, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (parcel_id) DO UPDATE SET open = excluded.open, body = excluded.body",
                params![parcel_id.as_str(), open, body],
            )?;
        }
        Upsert::Waybill { number, waybill_id, parcel_id, live } => {
            run(
                "INSERT INTO waybills (number, waybill_id, parcel_id, live) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (number) DO UPDATE SET live = excluded.live",
                params![number, waybill_id.as_str(), parcel_id.as_str(), live],
            )?;
        }
        Upsert::Job { job_id, parcel_id, state, body } => {
            run(
                "INSERT INTO jobs (job_id, parcel_id, state, body) VALUES (?1, ?2, ?3, coalesce(?4, ''))
                 ON CONFLICT (job_id) DO UPDATE SET state = excluded.state, body = coalesce(?4, jobs.body)",
                params![job_id.as_str(), parcel_id.as_str(), state, body],
            )?;
        }
        Upsert::Place { place, body } => {
            run(
                "INSERT INTO places (place, body) VALUES (?1, ?2) ON CONFLICT (place) DO UPDATE SET body = excluded.body",
                params![place.as_str(), body],
            )?;
        }
        Upsert::Document(document) => write_document(transaction, document, at)?,
        Upsert::Request { waybill_id, attempt, body } => {
            let old = transaction
                .prepare_cached("SELECT body_id FROM requests_kept WHERE waybill_id = ?1 AND attempt = ?2")?
                .query_row(params![waybill_id.as_str(), attempt], |row| row.get(0))
                .optional()?;
            let body_id = purge::replace(transaction, old, body)?;
            run(
                "INSERT INTO requests_kept (waybill_id, attempt, body_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT (waybill_id, attempt) DO UPDATE SET body_id = excluded.body_id",
                params![waybill_id.as_str(), attempt, body_id],
            )?;
        }
        Upsert::ScreenScan { screen, id, at_us, answer } => {
            run("DELETE FROM screen_scans WHERE at_us < ?1", params![at_us - SENT_AGAIN_US])?;
            run(
                "INSERT INTO screen_scans (screen, id, at_us, answer) VALUES (?1, ?2, ?3, ?4)",
                params![screen, id, at_us, answer],
            )?;
        }
        Upsert::Meta { key, value } => {
            run(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                params![key, value],
            )?;
        }
        Upsert::Forget { prefix } => {
            run("DELETE FROM meta WHERE key >= ?1 AND key < ?1 || char(1114111)", params![prefix])?;
        }
    }
    Ok(())
}

fn write_document(transaction: &Transaction<'_>, document: &Document, at: &Position) -> rusqlite::Result<()> {
    let old: Option<(i64, i64)> = transaction
        .prepare_cached("SELECT version, body_id FROM documents_kept WHERE kind = ?1 AND key = ?2")?
        .query_row(params![document.kind, document.key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if old.is_some_and(|(version, _)| version > document.version) {
        return Ok(());
    }
    let body_id = purge::replace(transaction, old.map(|(_, body_id)| body_id), &document.body)?;
    transaction
        .prepare_cached(
            "INSERT INTO documents_kept (kind, key, version, body_id, after_epoch, after_seq, arrival)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(rowid), 0) + 1 FROM documents_kept))
             ON CONFLICT (kind, key) DO UPDATE
             SET version = excluded.version, body_id = excluded.body_id, personal = 1",
        )?
        .execute(params![document.kind, document.key, document.version, body_id, at.epoch_no, at.seq])?;
    transaction
        .prepare_cached("DELETE FROM aliases WHERE source = ?1 AND key = ?2")?
        .execute(params![document.kind, document.key])?;
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO aliases (alias, kind, key, quantity, source) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for Alias { alias, kind, quantity } in &document.aliases {
        insert.execute(params![alias, kind.as_str(), document.key, quantity, document.kind])?;
    }
    Ok(())
}
