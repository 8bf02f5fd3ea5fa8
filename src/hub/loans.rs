//! Parcels of item-first waves: each is lent to one station, which alone packs it, until it is packed, the station returns
//! it or a lead recalls it. So no two benches work for one order.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Hub, HubError, Refusal, accept, ask, down, routing};
use crate::domain::id::{ParcelId, Sku, StationCode, WaveCode};
use crate::domain::order::{ItemCheck, Order};
use crate::domain::parcel::{Loan, Parcel, Standing, needs_of, standing};
use crate::wire::AskAnswer;

/// One station gets no more at once.
const MOST: usize = 20;

/// `POST /v1/waves/{wave}/recall`: the places of this station don't work any more, a lead has seen to that.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecallRequest {
    pub station: StationCode,
    /// Who has seen to it.
    pub by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recalled {
    /// Others may pack them now.
    pub recalled: u32,
    /// Begun there: they stay with the station.
    pub begun: u32,
}

impl Hub {
    /// Lends the most urgent parcels that need these goods alone: half of what is left, so that the last ones are spread
    /// over all who ask.
    pub(super) fn lend(&self, station: &StationCode, sku: &Sku, now_us: i64) -> Result<AskAnswer, HubError> {
        self.write(|transaction| {
            let warehouse = down::warehouse_of(transaction, station)?;
            let unlent = unlent(transaction, &warehouse, sku)?;
            let mut room = unlent.len().div_ceil(2).min(MOST);
            let mut documents = Vec::new();
            for parcel_id in unlent {
                let parcel = accept::parcel(transaction, parcel_id.as_str())?;
                if is_open(transaction, &parcel)? && !is_begun(transaction, &parcel_id)? {
                    let parcel = lend(transaction, parcel, station, sku, now_us)?;
                    documents.extend(ask::parcel_documents(transaction, station, &parcel)?);
                    room -= 1;
                }
                if room == 0 {
                    break;
                }
            }
            Ok(AskAnswer { documents, ..AskAnswer::default() })
        })
    }

    pub fn recall(&self, wave: &WaveCode, request: &RecallRequest, now_us: i64) -> Result<Recalled, HubError> {
        self.write(|transaction| {
            let mut known = transaction.prepare("SELECT 1 FROM waves WHERE code = ?1")?;
            if !known.exists([wave.as_str()])? {
                let detail = format!("there is no wave {wave}: `milepost wave list` shows those that were released");
                return Err(Refusal::new(404, "Unknown wave", detail).into());
            }
            let mut lent = transaction.prepare(
                "SELECT l.parcel_id, l.lent_us FROM loans l JOIN singles s ON s.parcel_id = l.parcel_id
                 WHERE s.wave = ?1 AND l.station = ?2 AND l.ended_us IS NULL",
            )?;
            let lent: Vec<(String, i64)> = lent
                .query_map([wave.as_str(), request.station.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut done = Recalled { recalled: 0, begun: 0 };
            for (parcel_id, lent_us) in lent {
                let parcel_id = ParcelId(parcel_id);
                if is_begun(transaction, &parcel_id)? {
                    done.begun += 1;
                } else {
                    end(transaction, &parcel_id, lent_us, &format!("recalled by {}", request.by), now_us)?;
                    done.recalled += 1;
                }
            }
            Ok(done)
        })
    }
}

/// The goods of a parcel that is packed by scanning one piece; `None` where it takes more.
pub(super) fn single(connection: &Connection, orders: &[Order]) -> Result<Option<Sku>, HubError> {
    let items = routing::items(connection, orders)?;
    let mut scanned = needs_of(orders, &items);
    scanned.retain(|need| need.check != ItemCheck::NoScan && need.quantity > 0);
    Ok(match scanned.as_slice() {
        [need] if need.quantity == 1 => Some(need.sku.clone()),
        _ => None,
    })
}

/// Puts a released parcel up for lending.
pub(super) fn offer(
    transaction: &Transaction<'_>,
    parcel: &Parcel,
    sku: &Sku,
    wave: &WaveCode,
    due_us: i64,
) -> Result<(), HubError> {
    transaction.execute(
        "INSERT INTO singles (parcel_id, warehouse, sku, due_us, wave) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![parcel.parcel_id.as_str(), parcel.warehouse, sku.as_str(), due_us, wave.as_str()],
    )?;
    Ok(())
}

/// The station gave a parcel back that nobody touched.
pub(super) fn returned(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    lent_us: i64,
    now_us: i64,
) -> Result<(), HubError> {
    end(transaction, parcel_id, lent_us, "returned", now_us)
}

fn unlent(connection: &Connection, warehouse: &str, sku: &Sku) -> Result<Vec<ParcelId>, HubError> {
    let mut free = connection.prepare_cached(
        "SELECT parcel_id FROM singles WHERE warehouse = ?1 AND sku = ?2 AND lent = 0 ORDER BY due_us",
    )?;
    let free = free.query_map([warehouse, sku.as_str()], |row| row.get(0).map(ParcelId))?;
    Ok(free.collect::<Result<_, _>>()?)
}

fn lend(
    transaction: &Transaction<'_>,
    mut parcel: Parcel,
    station: &StationCode,
    sku: &Sku,
    now_us: i64,
) -> Result<Parcel, HubError> {
    let id = parcel.parcel_id.clone();
    let before: Option<i64> = transaction
        .prepare_cached("SELECT max(lent_us) FROM loans WHERE parcel_id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))?;
    // Its time is the loan's name.
    let lent_us = before.map_or(now_us, |before| now_us.max(before + 1));
    transaction
        .prepare_cached("INSERT INTO loans (parcel_id, station, lent_us) VALUES (?1, ?2, ?3)")?
        .execute(params![id.as_str(), station.as_str(), lent_us])?;
    transaction.prepare_cached("UPDATE singles SET lent = 1 WHERE parcel_id = ?1")?.execute([id.as_str()])?;
    parcel.lent = Some(Loan { station: station.clone(), sku: sku.clone(), lent_us });
    parcel.issuer.get_or_insert_with(|| station.clone());
    accept::put_parcel(transaction, &parcel, None)?;
    Ok(parcel)
}

/// Ends a loan that isn't ended, and puts the parcel up again.
fn end(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    lent_us: i64,
    how: &str,
    now_us: i64,
) -> Result<(), HubError> {
    let ended = transaction
        .prepare_cached(
            "UPDATE loans SET ended_us = ?3, how = ?4 WHERE parcel_id = ?1 AND lent_us = ?2 AND ended_us IS NULL",
        )?
        .execute(params![parcel_id.as_str(), lent_us, now_us, how])?;
    if ended == 0 {
        return Ok(());
    }
    transaction.prepare_cached("UPDATE singles SET lent = 0 WHERE parcel_id = ?1")?.execute([parcel_id.as_str()])?;
    let mut parcel = accept::parcel(transaction, parcel_id.as_str())?;
    parcel.lent = None;
    accept::put_parcel(transaction, &parcel, None)
}

fn is_open(transaction: &Transaction<'_>, parcel: &Parcel) -> Result<bool, HubError> {
    let records = accept::records_of(transaction, parcel)?;
    Ok(!records.is_empty() && standing(&records) == Standing::Open)
}

/// Somebody has it in hand, or has packed it: as far as stations have told.
pub(super) fn is_begun(connection: &Connection, parcel_id: &ParcelId) -> Result<bool, HubError> {
    let last: Option<String> = connection
        .prepare_cached(
            "SELECT kind FROM entries WHERE parcel_id = ?1
             AND kind IN ('parcel_opened', 'parcel_set_aside', 'parcel_packed', 'parcel_shipped') ORDER BY feed DESC LIMIT 1",
        )?
        .query_row([parcel_id.as_str()], |row| row.get(0))
        .optional()?;
    Ok(last.is_some_and(|kind| kind != "parcel_set_aside"))
}
