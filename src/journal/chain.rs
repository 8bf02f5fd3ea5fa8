//! Walks a journal's hash chain: is every entry there, unchanged, in its place?

use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::salvage::Known;
use crate::domain::entry::{Entry, Hash};
use crate::domain::id::{OrderNo, ParcelId, StationCode};
use crate::domain::stamp::{ClockState, Stamp};

/// What a walk found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    pub epoch: String,
    pub entries: u64,
    pub last_hash: Option<Hash>,
    pub broken: Vec<Broken>,
    /// What salvages wrote down already.
    pub known: Vec<Broken>,
}

/// A place where the chain doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    pub seq: u64,
    pub what: String,
}

/// Walks one epoch from `first_seq`, or the whole of it from 1, and reports what doesn't hold.
pub fn verify(
    connection: &Connection,
    station: &StationCode,
    epoch_no: i64,
    first_seq: u64,
    known: &Known,
) -> rusqlite::Result<Verified> {
    let epoch: String = connection.query_row("SELECT epoch FROM epochs WHERE no = ?1", [epoch_no], |row| row.get(0))?;
    let mut verified = Verified { epoch, entries: 0, last_hash: None, broken: Vec::new(), known: Vec::new() };
    let mut expected = (first_seq.max(1), None);
    if expected.0 == 1 {
        expected.1 = Some(Hash::start(station, &verified.epoch));
    }
    let mut statement =
        connection.prepare(&format!("{SELECT_ENTRY} WHERE epoch_no = ?1 AND seq >= ?2 ORDER BY seq"))?;
    let mut rows = statement.query(params![epoch_no, expected.0 as i64])?;
    while let Some(row) = rows.next()? {
        let entry = with_orders(connection, epoch_no, entry_of(row)?)?;
        if entry.seq != expected.0 {
            let what = format!("entries {} to {} are missing", expected.0, entry.seq - 1);
            let list = match known.missing(epoch_no, expected.0, entry.seq - 1) {
                true => &mut verified.known,
                false => &mut verified.broken,
            };
            list.push(Broken { seq: expected.0, what });
        } else if expected.1.is_some_and(|hash| hash != entry.prev_hash) {
            let list = match known.breaks(epoch_no, entry.seq) {
                true => &mut verified.known,
                false => &mut verified.broken,
            };
            list.push(Broken { seq: entry.seq, what: "does not follow the entry before it".into() });
        }
        if entry.expected_hash() != entry.hash {
            verified.broken.push(Broken { seq: entry.seq, what: "was changed after it was written".into() });
        }
        verified.entries += 1;
        verified.last_hash = Some(entry.hash);
        expected = (entry.seq + 1, Some(entry.hash));
    }
    for lost in known.lost.iter().filter(|lost| lost.epoch_no == epoch_no && lost.first >= expected.0) {
        let what = format!("entries {} to {} are missing", lost.first, lost.last);
        verified.known.push(Broken { seq: lost.first, what });
    }
    Ok(verified)
}

/// Columns in the order `entry_of` reads them.
pub(super) const SELECT_ENTRY: &str = "SELECT seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns,
    clock_state, offset_us, error_us, operator, device, body, prev_hash, hash FROM entries";

/// Reads all but the orders, which stand in a table of their own.
pub(super) fn entry_of(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let hash = |index: usize| -> rusqlite::Result<Hash> {
        let bytes: Vec<u8> = row.get(index)?;
        Hash::from_slice(&bytes).ok_or(rusqlite::Error::InvalidColumnType(
            index,
            "hash".into(),
            rusqlite::types::Type::Blob,
        ))
    };
    let seq: i64 = row.get(0)?;
    if seq < 1 {
        return Err(rusqlite::Error::IntegralValueOutOfRange(0, seq));
    }
    let event_id: Vec<u8> = row.get(1)?;
    let clock: String = row.get(8)?;
    Ok(Entry {
        seq: seq as u64,
        event_id: Uuid::from_slice(&event_id).unwrap_or(Uuid::nil()),
        kind: row.get(2)?,
        parcel_id: row.get::<_, Option<String>>(3)?.map(ParcelId),
        orders: Vec::new(),
        stamp: Stamp {
            wall_us: row.get(4)?,
            zone: row.get(5)?,
            boot_id: row.get(6)?,
            boottime_ns: row.get(7)?,
            clock: ClockState::parse(&clock).unwrap_or(ClockState::Unsynced),
            offset_us: row.get(9)?,
            error_us: row.get(10)?,
        },
        operator: row.get(11)?,
        device: row.get(12)?,
        body: row.get(13)?,
        prev_hash: hash(14)?,
        hash: hash(15)?,
    })
}

pub(super) fn with_orders(connection: &Connection, epoch_no: i64, mut entry: Entry) -> rusqlite::Result<Entry> {
    let mut statement = connection
        .prepare_cached("SELECT order_no FROM entry_orders WHERE epoch_no = ?1 AND seq = ?2 ORDER BY position")?;
    let orders = statement.query_map(params![epoch_no, entry.seq as i64], |row| row.get::<_, String>(0))?;
    entry.orders = orders.map(|order| order.map(OrderNo)).collect::<Result<_, _>>()?;
    Ok(entry)
}
