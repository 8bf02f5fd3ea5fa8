//! Questions a packer waits for: what a code names, who may ask the carrier for a parcel's number, and whether the parcel
//! may go with another one or be parted. And numbers for outages, which nobody waits for.

use rusqlite::{Connection, params};

use super::pools::Wish;
use super::{Hub, HubError, accept, down, routing};
use crate::domain::id::{ParcelId, StationCode, WaybillId};
use crate::domain::order::CarrierCode;
use crate::domain::parcel::Parcel;
use crate::wire::{AskAnswer, AskRequest, DownDocument};

impl Hub {
    pub fn ask(&self, station: &StationCode, request: &AskRequest, now_us: i64) -> Result<AskAnswer, HubError> {
        match request {
            AskRequest::Code { code } => self.read(|connection| {
                let documents = named(connection, station, code)?;
                Ok(AskAnswer { documents, ..AskAnswer::default() })
            }),
            AskRequest::Lease { parcel_id } => self.lease(station, parcel_id),
            AskRequest::Borrow { sku } => self.lend(station, sku, now_us),
            AskRequest::Reroute { parcel_id, waybill_id, can } => {
                let (parcel_id, waybill_id) = (ParcelId(parcel_id.clone()), WaybillId(waybill_id.clone()));
                self.let_go_elsewhere(station, &parcel_id, &waybill_id, can, now_us)
            }
            AskRequest::Split { parcel_id, number, counted } => {
                self.split(station, &ParcelId(parcel_id.clone()), *number, counted, now_us)
            }
            AskRequest::Pool { carrier, shop, count, epoch, last } => {
                let wish =
                    Wish { carrier: *carrier, shop: shop.as_deref(), count: *count, epoch, last: last.as_deref() };
                let pool = self.lend_numbers(station, &wish, now_us)?;
                Ok(AskAnswer { pool, ..AskAnswer::default() })
            }
        }
    }

    /// The holder of the lease says that nothing of the parcel is at its carrier. An id that was closed before is
    /// answered with what the parcel is now: the answer may have been lost.
    fn let_go_elsewhere(
        &self,
        station: &StationCode,
        parcel_id: &ParcelId,
        waybill_id: &WaybillId,
        can: &[CarrierCode],
        now_us: i64,
    ) -> Result<AskAnswer, HubError> {
        self.write(|transaction| {
            let parcel = accept::parcel(transaction, parcel_id.as_str())?;
            let answer = || -> Result<AskAnswer, HubError> {
                let documents = stored(transaction, "parcel", parcel_id.as_str())?;
                Ok(AskAnswer { documents, ..AskAnswer::default() })
            };
            if parcel.former.contains(waybill_id) {
                return answer();
            }
            if let Some(why) = stays(transaction, &parcel, station, waybill_id)? {
                return Ok(AskAnswer { refused: Some(why.to_owned()), ..AskAnswer::default() });
            }
            match self.elsewhere(transaction, &parcel, can, now_us)? {
                Err(why) => Ok(AskAnswer { refused: Some(why), ..AskAnswer::default() }),
                Ok(berth) => {
                    accept::put_parcel(transaction, &berth.parcel, None)?;
                    routing::put_choice(transaction, parcel_id, berth.choice.as_ref())?;
                    answer()
                }
            }
        })
    }

    /// A lease nobody holds goes to the asker; one that is held stays with its holder.
    fn lease(&self, station: &StationCode, parcel_id: &str) -> Result<AskAnswer, HubError> {
        self.write(|transaction| {
            let mut parcel = accept::parcel(transaction, parcel_id)?;
            let leased = match &parcel.issuer {
                Some(holder) => holder == station,
                None => {
                    parcel.issuer = Some(station.clone());
                    accept::put_parcel(transaction, &parcel, None)?;
                    true
                }
            };
            let documents = stored(transaction, "parcel", parcel_id)?;
            Ok(AskAnswer { documents, leased, ..AskAnswer::default() })
        })
    }
}

/// Why a parcel stays with its carrier whatever the rules say.
fn stays(
    connection: &Connection,
    parcel: &Parcel,
    station: &StationCode,
    waybill_id: &WaybillId,
) -> Result<Option<&'static str>, HubError> {
    // A temporary label's number is nobody's.
    let mut numbered =
        connection.prepare_cached("SELECT 1 FROM numbers WHERE parcel_id = ?1 AND number NOT LIKE 'TMP-%' LIMIT 1")?;
    Ok(if parcel.waybill_id != *waybill_id {
        Some("this id is not the parcel's")
    } else if parcel.issuer.as_ref() != Some(station) {
        Some("another station asks for its number")
    } else if parcel.supplied.is_some() {
        Some("its number came with the order")
    } else if numbered.exists([parcel.parcel_id.as_str()])? {
        Some("it has a number")
    } else {
        None
    })
}

/// The documents behind a code: its parcels with their orders and what happened to them, or its item.
fn named(connection: &Connection, asker: &StationCode, code: &str) -> Result<Vec<DownDocument>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, key FROM aliases WHERE alias = ?1 UNION SELECT 'waybill', parcel_id FROM numbers WHERE number = ?1",
    )?;
    let found: Vec<(String, String)> =
        statement.query_map([code], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut documents = Vec::new();
    for (kind, key) in found {
        match kind.as_str() {
            "item" | "return" => documents.extend(stored(connection, &kind, &key)?),
            _ => documents.extend(parcel_documents(connection, asker, &accept::parcel(connection, &key)?)?),
        }
    }
    Ok(documents)
}

pub(super) fn parcel_documents(
    connection: &Connection,
    asker: &StationCode,
    parcel: &Parcel,
) -> Result<Vec<DownDocument>, HubError> {
    let mut documents = Vec::new();
    for order_no in &parcel.orders {
        documents.extend(stored(connection, "order", order_no.as_str())?);
    }
    documents.extend(stored(connection, "parcel", parcel.parcel_id.as_str())?);
    let mut facts = connection.prepare_cached(
        "SELECT d.kind, d.key, d.version, d.body FROM entries e JOIN down d ON d.kind = 'fact' AND d.key = e.event_id
         WHERE e.parcel_id = ?1 AND e.station <> ?2 ORDER BY e.feed",
    )?;
    let rows: Vec<(String, String, i64, String)> = facts
        .query_map(params![parcel.parcel_id.as_str(), asker.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    for (kind, key, version, body) in rows {
        documents.push(down::document(kind, key, version, body)?);
    }
    Ok(documents)
}

pub(super) fn stored(connection: &Connection, kind: &str, key: &str) -> Result<Vec<DownDocument>, HubError> {
    let mut statement =
        connection.prepare_cached("SELECT kind, key, version, body FROM down WHERE kind = ?1 AND key = ?2")?;
    let rows: Vec<(String, String, i64, String)> = statement
        .query_map(params![kind, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<Result<_, _>>()?;
    rows.into_iter().map(|(kind, key, version, body)| down::document(kind, key, version, body)).collect()
}
