//! Empties what is about people once it is no longer needed: in documents of orders that ended, and in the requests to
//! carriers about their parcels. Entries, and with them the chain, never change.
//!
//! A row's text is only ever overwritten at its own length: SQLite's `secure_delete` zeroes what is deleted, but not the
//! copies it leaves in a page's free middle when rows of another length make it move their neighbours.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::Value;

/// Orders that one step looks at: scans wait no longer than for an ordinary commit.
const STEP: usize = 20;

/// What is purged now.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub now_us: i64,
    /// So long after its end an order's personal data stays.
    pub keep_us: i64,
    /// The order behind which to go on.
    pub after: String,
}

/// What a step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stepped {
    pub emptied: usize,
    /// Where the next step goes on; `None` at the end.
    pub next: Option<String>,
}

pub(super) fn step(connection: &mut Connection, step: &Step) -> rusqlite::Result<Stepped> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let orders: Vec<(String, String, Option<i64>)> = transaction
        .prepare_cached(
            "SELECT key, body, ended_us FROM documents WHERE kind = 'order' AND personal = 1 AND key > ?1
             ORDER BY key LIMIT ?2",
        )?
        .query_map(params![step.after, STEP as i64], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut stepped = Stepped::default();
    for (order_no, body, ended_us) in &orders {
        let parcels = parcels(&transaction, order_no)?;
        // An end in the future was noted by a wrong clock, and would never be long ago.
        let noted = ended_us.filter(|ended_us| *ended_us <= step.now_us);
        let ended = has_ended(body, &parcels).then(|| noted.unwrap_or(step.now_us));
        if ended.is_some_and(|ended_us| step.now_us - ended_us >= step.keep_us) {
            empty(&transaction, order_no, &parcels)?;
            stepped.emptied += 1;
        }
        if ended != *ended_us {
            transaction
                .prepare_cached("UPDATE documents_kept SET ended_us = ?2 WHERE kind = 'order' AND key = ?1")?
                .execute(params![order_no, ended])?;
        }
    }
    if stepped.emptied > 0 {
        // Kept until the WAL is truncated, for a power cut may come first.
        transaction.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('wal_to_clear', '1')", [])?;
    }
    stepped.next = orders.last().filter(|_| orders.len() == STEP).map(|(order_no, ..)| order_no.clone());
    transaction.commit()?;
    Ok(stepped)
}

/// The WAL still holds pages from before a purge.
pub(super) fn wal_to_clear(connection: &Connection) -> rusqlite::Result<bool> {
    let found: Option<String> =
        connection.query_row("SELECT value FROM meta WHERE key = 'wal_to_clear'", [], |row| row.get(0)).optional()?;
    Ok(found.is_some())
}

/// Truncates the WAL; false where a reader is still in it. Nobody waits for that reader.
pub(super) fn clear_wal(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(std::time::Duration::ZERO)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(super::open::BUSY)?;
    if busy? != 0 {
        return Ok(false);
    }
    connection.execute("DELETE FROM meta WHERE key = 'wal_to_clear'", [])?;
    Ok(true)
}

/// A parcel of an order, as its projection stands.
struct ParcelState {
    parcel_id: String,
    waybill_id: Option<String>,
    /// Nothing happened to it here yet, or it still needs somebody.
    open: bool,
    in_hand: bool,
}

fn parcels(transaction: &Transaction<'_>, order_no: &str) -> rusqlite::Result<Vec<ParcelState>> {
    transaction
        .prepare_cached(
            "SELECT aliases.key, json_extract(documents.body, '$.waybill_id'), coalesce(parcels.open, 1),
                    json_extract(parcels.body, '$.at') IS NOT NULL
             FROM aliases
             LEFT JOIN parcels ON parcels.parcel_id = aliases.key
             LEFT JOIN documents ON documents.kind = 'parcel' AND documents.key = aliases.key
             WHERE aliases.alias = ?1 AND aliases.kind = 'parcel' AND aliases.source = 'parcel'",
        )?
        .query_map([order_no], |row| {
            Ok(ParcelState { parcel_id: row.get(0)?, waybill_id: row.get(1)?, open: row.get(2)?, in_hand: row.get(3)? })
        })?
        .collect()
}

/// Shipped, here or elsewhere, or cancelled and in nobody's hand.
fn has_ended(order: &str, parcels: &[ParcelState]) -> bool {
    let shipped = !parcels.is_empty() && parcels.iter().all(|parcel| !parcel.open);
    let cancelled = || {
        let order: Value = serde_json::from_str(order).unwrap_or_default();
        order["standing"]["state"] == "cancelled"
    };
    shipped || (parcels.iter().all(|parcel| !parcel.in_hand) && cancelled())
}

fn empty(transaction: &Transaction<'_>, order_no: &str, parcels: &[ParcelState]) -> rusqlite::Result<()> {
    empty_document(transaction, "order", order_no, |document| {
        if let Some(order) = document["order"].as_object_mut() {
            for key in ["receiver", "receiver_sealed", "buyer", "buyer_note", "seller_note"] {
                order.remove(key);
            }
            // A platform's print data is the whole label.
            order.get_mut("waybill").and_then(Value::as_object_mut).map(|waybill| waybill.remove("print"));
        }
    })?;
    for parcel in parcels {
        empty_document(transaction, "parcel", &parcel.parcel_id, |document| {
            document.get_mut("supplied").and_then(Value::as_object_mut).map(|supplied| supplied.remove("print"));
        })?;
        let Some(waybill_id) = &parcel.waybill_id else { continue };
        let requests: Vec<i64> = transaction
            .prepare_cached("SELECT body_id FROM requests_kept WHERE waybill_id = ?1")?
            .query_map([waybill_id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for body_id in requests {
            overwrite(transaction, body_id, "")?;
        }
    }
    Ok(())
}

fn empty_document(
    transaction: &Transaction<'_>,
    kind: &str,
    key: &str,
    change: impl FnOnce(&mut Value),
) -> rusqlite::Result<()> {
    let found: Option<(i64, String)> = transaction
        .prepare_cached("SELECT body_id, body FROM documents WHERE kind = ?1 AND key = ?2")?
        .query_row([kind, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((body_id, body)) = found else { return Ok(()) };
    let mut document: Value = serde_json::from_str(&body).unwrap_or_default();
    change(&mut document);
    // Written anew it may be longer than it came, for all that was taken out.
    let body_id = replace(transaction, Some(body_id), &document.to_string())?;
    transaction
        .prepare_cached("UPDATE documents_kept SET personal = 0, body_id = ?3 WHERE kind = ?1 AND key = ?2")?
        .execute(params![kind, key, body_id])?;
    Ok(())
}

/// Puts a text in place of a kept one, at the same length where it fits, else as a new one; its id.
pub(super) fn replace(transaction: &Transaction<'_>, old: Option<i64>, text: &str) -> rusqlite::Result<i64> {
    if let Some(body_id) = old {
        if overwrite(transaction, body_id, text)? {
            return Ok(body_id);
        }
        overwrite(transaction, body_id, "")?;
    }
    transaction.prepare_cached("INSERT INTO bodies (body) VALUES (?1)")?.execute([text])?;
    Ok(transaction.last_insert_rowid())
}

/// Overwrites a kept text in its place; false, and nothing done, where the new one is longer.
fn overwrite(transaction: &Transaction<'_>, body_id: i64, text: &str) -> rusqlite::Result<bool> {
    let bytes: i64 = transaction
        .prepare_cached("SELECT length(CAST(body AS BLOB)) FROM bodies WHERE id = ?1")?
        .query_row([body_id], |row| row.get(0))?;
    let Some(room) = (bytes as usize).checked_sub(text.len()) else { return Ok(false) };
    let padded = format!("{text}{}", " ".repeat(room));
    transaction.prepare_cached("UPDATE bodies SET body = ?2 WHERE id = ?1")?.execute(params![body_id, padded])?;
    Ok(true)
}
