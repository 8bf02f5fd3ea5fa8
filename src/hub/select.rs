//! Which waiting parcels a wave takes when nobody lists its orders: open, allocated, in no wave and not begun; the most
//! urgent first, and then in the order they are picked.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::waves::WaveFlow;
use super::{Hub, HubError, Refusal, accept, down, loans, parsed};
use crate::domain::cutoff::NamedTime;
use crate::domain::id::{OrderNo, StationCode};
use crate::domain::order::{CarrierCode, Order};
use crate::domain::parcel::{Parcel, Standing, carried, standing};

/// What a wave shall take; what is left open takes any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// The cut-off it is for: only of carriers that have one then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<NamedTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierCode>,
    /// `mixed` is that of parcels whose goods lie in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Only what must be shipped before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_before: Option<jiff::Timestamp>,
    /// Without one, that of the wave's station, or the hub's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// Parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}

/// A selection with what it says by the hub's clock and config.
pub(super) struct Wanted<'s> {
    selection: &'s Selection,
    flow: WaveFlow,
    pub warehouse: String,
    pub cutoff_us: Option<i64>,
}

struct Candidate {
    parcel: Parcel,
    orders: Vec<Order>,
    due_us: i64,
    paid_us: i64,
}

impl Hub {
    pub(super) fn wanted<'s>(
        &self,
        connection: &Connection,
        selection: &'s Selection,
        flow: WaveFlow,
        station: Option<&StationCode>,
        now_us: i64,
    ) -> Result<Wanted<'s>, HubError> {
        let policy = self.policy();
        let of_station = station.map(|station| down::warehouse_of(connection, station)).transpose()?;
        if let (Some(named), Some(of_station)) = (&selection.warehouse, &of_station)
            && named != of_station
        {
            return Err(elsewhere(station, of_station, named));
        }
        let named = selection.warehouse.clone().or(of_station);
        let warehouse = named.unwrap_or_else(|| policy.warehouse.clone());
        if let Some(zone) = selection.zone.as_ref().filter(|zone| !policy.warehouse_rules.zones.is_known(zone)) {
            return Err(unknown_zone(zone, policy.warehouse_rules.zones.names()));
        }
        let zone = policy.cutoffs.zone();
        let cutoff_us = selection.cutoff.and_then(|cutoff| cutoff.at_us(now_us, zone));
        let wanted = Wanted { selection, flow, warehouse, cutoff_us };
        match cutoff_us {
            Some(at_us) if self.carriers_at(&wanted, at_us).is_empty() => Err(self.no_cutoff(&wanted, at_us, now_us)),
            _ => Ok(wanted),
        }
    }

    /// Those whose parcels it takes.
    pub(super) fn carriers(&self, wanted: &Wanted<'_>) -> Vec<CarrierCode> {
        match (wanted.cutoff_us, wanted.selection.carrier) {
            (Some(at_us), _) => self.carriers_at(wanted, at_us),
            (None, Some(carrier)) => vec![carrier],
            (None, None) => CarrierCode::ALL.to_vec(),
        }
    }

    fn carriers_at(&self, wanted: &Wanted<'_>, at_us: i64) -> Vec<CarrierCode> {
        let cutoffs = &self.policy().cutoffs;
        let asked = |carrier: &CarrierCode| wanted.selection.carrier.is_none_or(|only| only == *carrier);
        let all = CarrierCode::ALL.into_iter().filter(asked);
        all.filter(|carrier| cutoffs.is_cutoff(*carrier, &wanted.warehouse, at_us)).collect()
    }

    fn no_cutoff(&self, wanted: &Wanted<'_>, at_us: i64, now_us: i64) -> HubError {
        let cutoffs = &self.policy().cutoffs;
        let shown = |at_us: i64| {
            let at = jiff::Timestamp::from_microsecond(at_us).unwrap_or_default();
            at.to_zoned(cutoffs.zone().clone()).strftime("%m-%d %H:%M").to_string()
        };
        let asked = wanted.selection.carrier;
        let carriers = CarrierCode::ALL.into_iter().filter(|carrier| asked.is_none_or(|only| only == *carrier));
        let next: Vec<String> = carriers
            .filter_map(|carrier| {
                let next_us = cutoffs.next_us(carrier, &wanted.warehouse, now_us)?;
                Some(format!("{} {}", carrier.as_str(), shown(next_us)))
            })
            .collect();
        let who = asked.map_or("no carrier", CarrierCode::as_str);
        let cure = match next.is_empty() {
            true => "add a [[cutoff]] to warehouse.toml".to_owned(),
            false => format!("the next ones are {}", next.join(", ")),
        };
        let has = if asked.is_some() { "has no cut-off" } else { "has a cut-off" };
        let detail = format!("{who} {has} in {} at {}: {cure}", wanted.warehouse, shown(at_us));
        Refusal::new(422, "No such cut-off", detail).into()
    }

    /// The orders whose parcels the wave takes, parcel by parcel in the order they are picked.
    pub(super) fn selected(&self, connection: &Connection, wanted: &Wanted<'_>) -> Result<Vec<OrderNo>, HubError> {
        let mut found = Vec::new();
        for parcel in self.waiting(connection, wanted)? {
            found.extend(self.candidate(connection, wanted, parcel)?);
        }
        found.sort_by(|a, b| {
            (a.due_us, a.paid_us, &a.parcel.parcel_id).cmp(&(b.due_us, b.paid_us, &b.parcel.parcel_id))
        });
        found.truncate(wanted.selection.at_most.map_or(usize::MAX, |most| most as usize));
        let zones = &self.policy().warehouse_rules.zones;
        found.sort_by_cached_key(|candidate| zones.start(&candidate.orders));
        Ok(found
            .into_iter()
            .filter_map(|candidate| candidate.orders.into_iter().next())
            .map(|order| order.order_no)
            .collect())
    }

    /// Parcels that nobody released or began, as far as columns tell.
    fn waiting(&self, connection: &Connection, wanted: &Wanted<'_>) -> Result<Vec<Parcel>, HubError> {
        let mut waiting = connection.prepare_cached(WAITING)?;
        let mut parcels: Vec<Parcel> = Vec::new();
        for carrier in self.carriers(wanted) {
            let mut rows = waiting.query(params![wanted.warehouse, carrier.as_str(), wanted.selection.channel])?;
            while let Some(row) = rows.next()? {
                let (id, body): (String, String) = (row.get(0)?, row.get(1)?);
                parcels.push(parsed("parcel", &id, &body)?);
            }
        }
        Ok(parcels)
    }

    fn candidate(
        &self,
        connection: &Connection,
        wanted: &Wanted<'_>,
        parcel: Parcel,
    ) -> Result<Option<Candidate>, HubError> {
        let records = accept::records_of(connection, &parcel)?;
        if records.is_empty() || standing(&records) != Standing::Open {
            return Ok(None);
        }
        let orders: Vec<Order> = carried(&records).0.into_iter().map(|record| record.order.clone()).collect();
        let rules = &self.policy().warehouse_rules;
        let due_us = rules.limits().due_us(&orders);
        let selection = wanted.selection;
        let in_time = selection.due_before.is_none_or(|before| due_us < before.as_microsecond());
        let in_zone = selection.zone.as_deref().is_none_or(|zone| rules.zones.of(&orders) == Some(zone));
        if !in_time || !in_zone || loans::is_begun(connection, &parcel.parcel_id)? {
            return Ok(None);
        }
        if wanted.flow == WaveFlow::ItemFirst && loans::single(connection, &orders)?.is_none() {
            return Ok(None);
        }
        let paid_us = orders.iter().map(|order| order.paid_at.as_microsecond()).min().unwrap_or_default();
        Ok(Some(Candidate { parcel, orders, due_us, paid_us }))
    }
}

/// An order that came to be packed, shipped or cancelled is none of these any more, so what is old is never looked at.
pub const WAITING: &str = "SELECT DISTINCT p.parcel_id, p.body
     FROM orders o JOIN parcel_orders po ON po.order_no = o.order_no JOIN parcels p ON p.parcel_id = po.parcel_id
     WHERE o.warehouse = ?1 AND o.milestone IN ('paid', 'allocated', 'held') AND (?3 IS NULL OR o.channel = ?3)
     AND p.wave IS NULL AND p.carrier = ?2";

fn elsewhere(station: Option<&StationCode>, of_station: &str, named: &str) -> HubError {
    let station = station.map_or("", |station| station.as_str());
    let detail = format!("station {station} is in {of_station} and prints nothing of {named}: name one that is there");
    Refusal::new(422, "Other warehouse", detail).into()
}

fn unknown_zone<'z>(zone: &str, known: impl Iterator<Item = &'z str>) -> HubError {
    let known = known.collect::<Vec<_>>().join(", ");
    let known =
        if known.is_empty() { "add it to warehouse.toml".to_owned() } else { format!("there are {known}, mixed") };
    Refusal::new(422, "Unknown zone", format!("no [[zone]] is named `{zone}`: {known}")).into()
}
