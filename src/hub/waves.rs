//! Waves: parcels released together, each with its position; the station that prints them also asks for their numbers,
//! unless another asked before.

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Hub, HubError, Refusal, accept, routing, timeline};
use crate::domain::id::{OrderNo, StationCode, WaveCode};
use crate::domain::milestone::Milestone;
use crate::domain::parcel::{Parcel, Standing, WavePosition};

/// `POST /v1/waves`: release these orders' parcels to a station.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaveRequest {
    pub wave: WaveCode,
    pub station: StationCode,
    pub orders: Vec<OrderNo>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    pub wave: WaveCode,
    pub parcels: u32,
    /// Orders that were left out, and why.
    pub left_out: Vec<LeftOut>,
}

/// An order and why its parcel stays out.
type LeftOut = (OrderNo, String);

impl Hub {
    pub fn release_wave(&self, request: &WaveRequest, now_us: i64) -> Result<Released, HubError> {
        self.write(|transaction| {
            let taken: i64 = transaction.query_row(
                "SELECT count(*) FROM waves WHERE code = ?1",
                [request.wave.as_str()],
                |row| row.get(0),
            )?;
            if taken > 0 {
                let detail = format!("wave {} was released before: give the new one another code", request.wave);
                return Err(Refusal::new(409, "Wave exists", detail).into());
            }
            super::down::warehouse_of(transaction, &request.station)?;
            let (mut parcels, mut left_out) = wanted(transaction, &request.orders)?;
            self.route_now(transaction, &mut parcels, &mut left_out, now_us)?;
            let count = parcels.len() as u32;
            // Nothing was released: its code stays free.
            if count == 0 {
                return Ok(Released { wave: request.wave.clone(), parcels: 0, left_out });
            }
            for (index, mut parcel) in parcels.into_iter().enumerate() {
                parcel.wave = Some(WavePosition { code: request.wave.clone(), position: index as u32 + 1, count });
                // Whoever asks the carrier already goes on asking: only one station ever does.
                parcel.issuer.get_or_insert_with(|| request.station.clone());
                accept::put_parcel(transaction, &parcel, None)?;
                for order_no in &parcel.orders {
                    accept::event(transaction, order_no, Milestone::Released, request.wave.as_str(), now_us)?;
                    timeline::refresh(transaction, order_no.as_str())?;
                }
            }
            transaction.execute(
                "INSERT INTO waves (code, released_us, station, parcels) VALUES (?1, ?2, ?3, ?4)",
                params![request.wave.as_str(), now_us, request.station.as_str(), count],
            )?;
            Ok(Released { wave: request.wave.clone(), parcels: count, left_out })
        })
    }

    /// The rules' `now` is the moment of release: what they say at this time counts. Whom no carrier may take stays out
    /// and waits.
    fn route_now(
        &self,
        transaction: &Transaction<'_>,
        parcels: &mut Vec<Parcel>,
        left_out: &mut Vec<LeftOut>,
        now_us: i64,
    ) -> Result<(), HubError> {
        for mut parcel in std::mem::take(parcels) {
            match self.reroute(transaction, &mut parcel, None, now_us)? {
                Ok(choice) => {
                    routing::put_choice(transaction, &parcel.parcel_id, choice.as_ref())?;
                    parcels.push(parcel);
                }
                Err(nobody) => {
                    for order_no in &parcel.orders {
                        left_out.push((order_no.clone(), nobody.en()));
                        accept::hold_without_carrier(transaction, order_no, &nobody, now_us)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The parcels of these orders, each once, and the orders whose parcel can't be packed now.
fn wanted(transaction: &Transaction<'_>, orders: &[OrderNo]) -> Result<(Vec<Parcel>, Vec<LeftOut>), HubError> {
    let (mut parcels, mut left_out): (Vec<Parcel>, _) = (Vec::new(), Vec::new());
    for order_no in orders {
        if let Some(why) = not_open(transaction, order_no)? {
            left_out.push((order_no.clone(), why.to_owned()));
            continue;
        }
        for parcel in accept::parcels_of(transaction, order_no)? {
            if let Some(why) = not_packable(transaction, &parcel)? {
                left_out.push((order_no.clone(), why));
            } else if parcels.iter().all(|other| other.parcel_id != parcel.parcel_id) {
                parcels.push(parcel);
            }
        }
    }
    Ok((parcels, left_out))
}

fn not_open(transaction: &Transaction<'_>, order_no: &OrderNo) -> Result<Option<&'static str>, HubError> {
    Ok(match accept::stored(transaction, order_no)? {
        None => Some("is not here"),
        Some((.., Standing::Open)) => None,
        Some(_) => Some("is held or cancelled"),
    })
}

/// One held order keeps the whole parcel from being packed.
fn not_packable(transaction: &Transaction<'_>, parcel: &Parcel) -> Result<Option<String>, HubError> {
    if parcel.wave.is_some() {
        return Ok(Some("is in another wave".to_owned()));
    }
    for other in &parcel.orders {
        if let Some(why) = not_open(transaction, other)? {
            return Ok(Some(format!("travels with order {other}, which {why}")));
        }
    }
    Ok(None)
}
