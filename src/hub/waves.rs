//! Waves: parcels released together, each with its position; the station that prints them also asks for their numbers.

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{Hub, HubError, Refusal, accept, timeline};
use crate::domain::id::{OrderNo, StationCode, WaveCode};
use crate::domain::milestone::Milestone;
use crate::domain::parcel::{Standing, WavePosition};

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
    pub left_out: Vec<(OrderNo, String)>,
}

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
            let (mut parcels, mut left_out) = (Vec::new(), Vec::new());
            for order_no in &request.orders {
                let Some((.., standing)) = accept::stored(transaction, order_no)? else {
                    left_out.push((order_no.clone(), "is not here".to_owned()));
                    continue;
                };
                if standing != Standing::Open {
                    left_out.push((order_no.clone(), "is held or cancelled".to_owned()));
                    continue;
                }
                let mut of = transaction.prepare_cached("SELECT parcel_id FROM parcel_orders WHERE order_no = ?1")?;
                let ids: Vec<String> =
                    of.query_map([order_no.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
                for id in ids {
                    let parcel = accept::parcel(transaction, &id)?;
                    if parcel.wave.is_some() {
                        left_out.push((order_no.clone(), "is in another wave".to_owned()));
                    } else if !parcels
                        .iter()
                        .any(|other: &crate::domain::parcel::Parcel| other.parcel_id == parcel.parcel_id)
                    {
                        parcels.push(parcel);
                    }
                }
            }
            let count = parcels.len() as u32;
            for (index, mut parcel) in parcels.into_iter().enumerate() {
                parcel.wave = Some(WavePosition { code: request.wave.clone(), position: index as u32 + 1, count });
                parcel.issuer = Some(request.station.clone());
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
}
