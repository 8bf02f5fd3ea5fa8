//! Waves: parcels released together, each with its position; the station that prints them also asks for their numbers,
//! unless another asked before.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::select::{Selection, Wanted};
use super::{Hub, HubError, Refusal, accept, loans, routing, timeline};
use crate::domain::id::{OrderNo, ParcelId, Sku, StationCode, WaveCode};
use crate::domain::milestone::Milestone;
use crate::domain::order::Order;
use crate::domain::parcel::{Parcel, Standing, WavePosition, carried};

/// `POST /v1/waves`: release these orders' parcels together, or those that a selection finds.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderNo>,
    /// In place of `orders`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<Selection>,
    /// Only say what would be released.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
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
    /// Of a dry run: the orders it would take, by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would_take: Vec<OrderNo>,
}

/// An order and why its parcel stays out.
type LeftOut = (OrderNo, String);

impl WaveFlow {
    /// As in config and in calls: `waybill_first`.
    pub fn as_str(self) -> &'static str {
        match self {
            WaveFlow::WaybillFirst => "waybill_first",
            WaveFlow::ItemFirst => "item_first",
        }
    }
}

impl Hub {
    pub fn release_wave(&self, request: &WaveRequest, now_us: i64) -> Result<Released, HubError> {
        match request.dry_run {
            true => self.rehearse(|transaction| self.release(transaction, request, None, now_us)),
            false => self.write(|transaction| self.release(transaction, request, None, now_us)),
        }
    }

    /// `plan` is the site's that releases it by itself.
    pub(super) fn release(
        &self,
        transaction: &Transaction<'_>,
        request: &WaveRequest,
        plan: Option<&str>,
        now_us: i64,
    ) -> Result<Released, HubError> {
        if is_taken(transaction, &request.wave)? {
            let detail = format!("wave {} was released before: give the new one another code", request.wave);
            return Err(Refusal::new(409, "Wave exists", detail).into());
        }
        request.check(transaction)?;
        let selection = request.select.as_ref();
        let select = |selection| self.wanted(transaction, selection, request.flow, request.station.as_ref(), now_us);
        let selection = selection.map(select).transpose()?;
        let orders = match &selection {
            Some(selection) => self.selected(transaction, selection)?,
            None => request.orders.clone(),
        };
        let (mut parcels, mut left_out) = wanted(transaction, &orders)?;
        let singles = match request.flow {
            WaveFlow::WaybillFirst => BTreeMap::new(),
            WaveFlow::ItemFirst => singles(transaction, &mut parcels, &mut left_out)?,
        };
        self.route_now(transaction, &mut parcels, &mut left_out, now_us)?;
        if let Some(selection) = &selection {
            self.leave_rerouted(transaction, selection, &mut parcels, &mut left_out)?;
        }
        let count = parcels.len() as u32;
        let would_take = match request.dry_run {
            true => parcels.iter().flat_map(|parcel| parcel.orders.clone()).collect(),
            false => Vec::new(),
        };
        let released = Released { wave: request.wave.clone(), parcels: count, left_out, would_take };
        // Nothing was released: its code stays free.
        if count == 0 {
            return Ok(released);
        }
        self.put_parcels(transaction, request, parcels, &singles, now_us)?;
        let cutoff_us = selection.and_then(|selection| selection.cutoff_us);
        put_wave(transaction, request, count, cutoff_us, plan, now_us)?;
        Ok(released)
    }

    /// Each with its position, and where goods choose it put up for lending.
    fn put_parcels(
        &self,
        transaction: &Transaction<'_>,
        request: &WaveRequest,
        parcels: Vec<Parcel>,
        singles: &BTreeMap<ParcelId, (Sku, Vec<Order>)>,
        now_us: i64,
    ) -> Result<(), HubError> {
        let count = parcels.len() as u32;
        for (index, mut parcel) in parcels.into_iter().enumerate() {
            parcel.wave = Some(WavePosition { code: request.wave.clone(), position: index as u32 + 1, count });
            // Whoever asks the carrier already goes on asking: only one station ever does.
            parcel.issuer = parcel.issuer.or_else(|| request.station.clone());
            accept::put_parcel(transaction, &parcel, None)?;
            if let Some((sku, orders)) = singles.get(&parcel.parcel_id) {
                let due_us = self.policy().warehouse_rules.limits().due_us(orders);
                loans::offer(transaction, &parcel, sku, &request.wave, due_us)?;
            }
            for record in carried(&accept::records_of(transaction, &parcel)?).0 {
                let order_no = &record.order.order_no;
                accept::event(transaction, order_no, Milestone::Released, request.wave.as_str(), now_us)?;
                timeline::refresh(transaction, order_no.as_str())?;
            }
        }
        Ok(())
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
                    for record in carried(&accept::records_of(transaction, &parcel)?).0 {
                        let order_no = &record.order.order_no;
                        left_out.push((order_no.clone(), nobody.en()));
                        accept::hold_without_carrier(transaction, order_no, &nobody, now_us)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What the rules give to another carrier now leaves the selection; it goes with that one's next wave.
    fn leave_rerouted(
        &self,
        transaction: &Transaction<'_>,
        selection: &Wanted<'_>,
        parcels: &mut Vec<Parcel>,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<(), HubError> {
        let carriers = self.carriers(selection);
        let (stay, leave) = std::mem::take(parcels).into_iter().partition(|parcel| carriers.contains(&parcel.carrier));
        *parcels = stay;
        for parcel in leave {
            accept::put_parcel(transaction, &parcel, None)?;
            let why = format!("goes with {} by the routing rules now", parcel.carrier.as_str());
            left_out.extend(parcel.orders.into_iter().map(|order_no| (order_no, why.clone())));
        }
        Ok(())
    }
}

impl WaveRequest {
    fn check(&self, transaction: &Transaction<'_>) -> Result<(), HubError> {
        if self.select.is_some() != self.orders.is_empty() {
            let detail = format!("wave {} needs either `orders` or `select`, and not both", self.wave);
            return Err(Refusal::new(422, "Which orders?", detail).into());
        }
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

pub(super) fn is_taken(transaction: &Transaction<'_>, wave: &WaveCode) -> Result<bool, HubError> {
    Ok(transaction.prepare_cached("SELECT 1 FROM waves WHERE code = ?1")?.exists([wave.as_str()])?)
}

fn put_wave(
    transaction: &Transaction<'_>,
    request: &WaveRequest,
    parcels: u32,
    cutoff_us: Option<i64>,
    plan: Option<&str>,
    now_us: i64,
) -> Result<(), HubError> {
    let select = request.select.as_ref();
    transaction.execute(
        "INSERT INTO waves (code, released_us, station, parcels, flow, carrier, zone, cutoff_us, plan)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            request.wave.as_str(),
            now_us,
            request.station.as_ref().map_or("", |code| code.as_str()),
            parcels,
            request.flow.as_str(),
            select.and_then(|select| select.carrier).map(|carrier| carrier.as_str()),
            select.and_then(|select| select.zone.as_deref()),
            cutoff_us,
            plan,
        ],
    )?;
    Ok(())
}

/// Leaves those that need one piece of goods each, with that and their orders.
fn singles(
    transaction: &Transaction<'_>,
    parcels: &mut Vec<Parcel>,
    left_out: &mut Vec<LeftOut>,
) -> Result<BTreeMap<ParcelId, (Sku, Vec<Order>)>, HubError> {
    let mut singles = BTreeMap::new();
    for parcel in std::mem::take(parcels) {
        let records = accept::records_of(transaction, &parcel)?;
        let orders: Vec<Order> = carried(&records).0.into_iter().map(|record| record.order.clone()).collect();
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
    let records = accept::records_of(transaction, parcel)?;
    let mut carried = carried(&records).0.into_iter();
    let closed = carried.find(|record| record.standing != Standing::Open);
    Ok(closed.map(|other| format!("travels with order {}, which is held or cancelled", other.order.order_no)))
}
