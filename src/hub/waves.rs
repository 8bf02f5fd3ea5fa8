//! Waves: parcels released together, each with its position; the station that prints them also asks for their numbers,
//! unless another asked before.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Hub, HubError, Refusal, accept, loans, routing, timeline};
use crate::domain::id::{OrderNo, ParcelId, Sku, StationCode, WaveCode};
use crate::domain::milestone::Milestone;
use crate::domain::order::Order;
use crate::domain::parcel::{Parcel, Standing, WavePosition};

/// `POST /v1/waves`: release these orders' parcels together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaveRequest {
    pub wave: WaveCode,
    #[serde(default)]
    pub flow: WaveFlow,
    /// Who asks carriers for their numbers; a waybill-first wave is also printed there. Without one, an item-first wave's
    /// numbers are asked for by whom its parcels are lent to.
    #[serde(default)]
    pub station: Option<StationCode>,
    pub orders: Vec<OrderNo>,
}

/// How a wave's parcels are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaveFlow {
    /// Their labels are printed before picking.
    #[default]
    WaybillFirst,
    /// Each needs one piece of goods, which chooses its parcel at the bench.
    ItemFirst,
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
            request.check(transaction)?;
            let (mut parcels, mut left_out) = wanted(transaction, &request.orders)?;
            let singles = match request.flow {
                WaveFlow::WaybillFirst => BTreeMap::new(),
                WaveFlow::ItemFirst => singles(transaction, &mut parcels, &mut left_out)?,
            };
            self.route_now(transaction, &mut parcels, &mut left_out, now_us)?;
            let count = parcels.len() as u32;
            // Nothing was released: its code stays free.
            if count == 0 {
                return Ok(Released { wave: request.wave.clone(), parcels: 0, left_out });
            }
            for (index, mut parcel) in parcels.into_iter().enumerate() {
                parcel.wave = Some(WavePosition { code: request.wave.clone(), position: index as u32 + 1, count });
                // Whoever asks the carrier already goes on asking: only one station ever does.
                parcel.issuer = parcel.issuer.or_else(|| request.station.clone());
                accept::put_parcel(transaction, &parcel, None)?;
                if let Some((sku, orders)) = singles.get(&parcel.parcel_id) {
                    loans::offer(transaction, &parcel, sku, &request.wave, orders)?;
                }
                for order_no in &parcel.orders {
                    accept::event(transaction, order_no, Milestone::Released, request.wave.as_str(), now_us)?;
                    timeline::refresh(transaction, order_no.as_str())?;
                }
            }
            transaction.execute(
                "INSERT INTO waves (code, released_us, station, parcels) VALUES (?1, ?2, ?3, ?4)",
                params![
                    request.wave.as_str(),
                    now_us,
                    request.station.as_ref().map_or("", |code| code.as_str()),
                    count
                ],
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

impl WaveRequest {
    fn check(&self, transaction: &Transaction<'_>) -> Result<(), HubError> {
        match &self.station {
            Some(station) => super::down::warehouse_of(transaction, station).map(drop),
            None if self.flow == WaveFlow::ItemFirst => Ok(()),
            None => {
                let detail = format!("wave {} names no `station`: say which one prints its labels", self.wave);
                Err(Refusal::new(422, "Station missing", detail).into())
            }
        }
    }
}

/// Leaves those that need one piece of goods each, with that and their orders.
fn singles(
    transaction: &Transaction<'_>,
    parcels: &mut Vec<Parcel>,
    left_out: &mut Vec<LeftOut>,
) -> Result<BTreeMap<ParcelId, (Sku, Vec<Order>)>, HubError> {
    let mut singles = BTreeMap::new();
    for parcel in std::mem::take(parcels) {
        let stored = parcel.orders.iter().map(|order_no| accept::stored(transaction, order_no));
        let orders: Vec<Order> =
            stored.filter_map(|stored| Some(stored.transpose()?.map(|(order, ..)| order))).collect::<Result<_, _>>()?;
        match loans::single(transaction, &orders)? {
            Some(sku) => {
                singles.insert(parcel.parcel_id.clone(), (sku, orders));
                parcels.push(parcel);
            }
            None => {
                let why = "needs more than one piece of goods".to_owned();
                left_out.extend(parcel.orders.into_iter().map(|order_no| (order_no, why.clone())));
            }
        }
    }
    Ok(singles)
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
