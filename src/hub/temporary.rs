//! Temporary labels by what they must be replaced for: each carrier's next cut-off in a warehouse, the nearest first.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::exceptions::{self, Exception};
use super::{Hub, HubError, parsed};
use crate::domain::cutoff::Urgency;
use crate::domain::id::{OrderNo, WaybillId};
use crate::domain::order::CarrierCode;
use crate::domain::parcel::Parcel;
use crate::domain::waybill::carrier_of;

/// When a parcel's carrier takes the next last parcels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextCutoff {
    pub carrier: CarrierCode,
    pub at_us: i64,
    pub left_s: i64,
    pub urgency: Urgency,
}

/// Labels of one carrier in one warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub carrier: CarrierCode,
    pub warehouse: String,
    /// `None` where the site names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<NextCutoff>,
    /// Those whose number is there: a scan of the label replaces it.
    pub ready: usize,
    pub labels: Vec<Label>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub waybill_id: WaybillId,
    pub orders: Vec<OrderNo>,
    /// The number that came for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub since_us: i64,
    pub age_s: i64,
}

impl Hub {
    /// The nearest cut-off first; in a group what waits only for somebody's scan, then by age.
    pub fn temporary(&self, now_us: i64) -> Result<Vec<Group>, HubError> {
        self.read(|connection| {
            let mut groups: BTreeMap<(CarrierCode, String), Vec<Label>> = BTreeMap::new();
            for (subject, exception, since_us) in exceptions::noticed_as(connection, "temporary_label")? {
                let Exception::TemporaryLabel { number } = exception else { continue };
                let waybill_id = WaybillId(subject);
                let parcel = parcel_of(connection, waybill_id.as_str())?;
                let Some(carrier) = parcel.as_ref().map(|parcel| parcel.carrier).or_else(|| carrier_of(&waybill_id))
                else {
                    continue;
                };
                let (warehouse, orders) = parcel.map(|parcel| (parcel.warehouse, parcel.orders)).unwrap_or_default();
                let age_s = (now_us - since_us).max(0) / 1_000_000;
                let label = Label { waybill_id, orders, number, since_us, age_s };
                groups.entry((carrier, warehouse)).or_default().push(label);
            }
            let mut groups: Vec<Group> =
                groups.into_iter().map(|(of, labels)| self.group(of, labels, now_us)).collect();
            groups.sort_by_key(|group| group.cutoff.as_ref().map_or(i64::MAX, |cutoff| cutoff.at_us));
            Ok(groups)
        })
    }

    fn group(&self, (carrier, warehouse): (CarrierCode, String), mut labels: Vec<Label>, now_us: i64) -> Group {
        labels.sort_by_key(|label| (label.number.is_none(), label.since_us));
        Group {
            carrier,
            cutoff: self.next_cutoff(carrier, &warehouse, now_us),
            warehouse,
            ready: labels.iter().filter(|label| label.number.is_some()).count(),
            labels,
        }
    }

    /// That of the parcel with this waybill id.
    pub(super) fn cutoff_of(
        &self,
        connection: &Connection,
        waybill_id: &str,
        now_us: i64,
    ) -> Result<Option<NextCutoff>, HubError> {
        let parcel = parcel_of(connection, waybill_id)?;
        Ok(parcel.and_then(|parcel| self.next_cutoff(parcel.carrier, &parcel.warehouse, now_us)))
    }

    fn next_cutoff(&self, carrier: CarrierCode, warehouse: &str, now_us: i64) -> Option<NextCutoff> {
        let at_us = self.policy().cutoffs.next_us(carrier, warehouse, now_us)?;
        let left_us = at_us - now_us;
        Some(NextCutoff { carrier, at_us, left_s: left_us / 1_000_000, urgency: Urgency::of(Some(left_us)) })
    }
}

/// What sorts before everything else, by its cut-off; the rest is equal.
pub(super) fn hurry(cutoff: Option<&NextCutoff>) -> i64 {
    cutoff.filter(|cutoff| cutoff.urgency > Urgency::Later).map_or(i64::MAX, |cutoff| cutoff.at_us)
}

fn parcel_of(connection: &Connection, waybill_id: &str) -> Result<Option<Parcel>, HubError> {
    let body: Option<String> = connection
        .prepare_cached(
            "SELECT body FROM aliases JOIN parcels ON parcel_id = key WHERE alias = ?1 AND kind = 'waybill' LIMIT 1",
        )?
        .query_row([waybill_id], |row| row.get(0))
        .optional()?;
    body.map(|body| parsed("parcel", waybill_id, &body)).transpose()
}
