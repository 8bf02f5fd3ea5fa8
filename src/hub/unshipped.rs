//! Packed parcels that nobody shipped though their driver was here, or for longer than the site waits: what vanishes at a
//! hand-over is found here. Nothing of it is stored, for it depends on the time.

use rusqlite::{Connection, params};

use super::exceptions::{self, Exception};
use super::journeys::FORGOTTEN;
use super::order::numbers;
use super::{Hub, HubError, accept, left_orders, parsed};
use crate::domain::order::CarrierCode;
use crate::domain::parcel::{Parcel, Standing, standing};

const HOUR_US: i64 = 60 * 60 * 1_000_000;
/// A driver loads for so long, and who closes the handover needs a moment more.
const LOADING_US: i64 = HOUR_US;
/// Every cut-off comes again within a week.
const WEEK_US: i64 = 7 * 24 * HOUR_US;
/// More of one carrier in one warehouse nobody looks for one by one; the oldest are shown.
const MOST: i64 = 500;

/// Whose parcels are packed, neither shipped nor cancelled.
pub const WHOSE: &str = "SELECT DISTINCT carrier, warehouse FROM parcels WHERE steps & 112 = 16";
/// One carrier's in one warehouse that were packed in a stretch of time.
pub const PACKED: &str = "SELECT parcel_id, body, done_us FROM parcels INDEXED BY parcels_packed
     WHERE carrier = ?1 AND warehouse = ?2 AND done_us > ?3 AND done_us < ?4 AND steps & 112 = 16 ORDER BY done_us LIMIT ?5";

impl Hub {
    /// Each with its waybill id and since when it is packed.
    pub(super) fn unshipped(
        &self,
        connection: &Connection,
        now_us: i64,
    ) -> Result<Vec<(String, Exception, i64)>, HubError> {
        let mut found = Vec::new();
        if self.policy().warehouse_rules.not_shipped_h == 0 {
            return Ok(found);
        }
        let mut whose = connection.prepare_cached(WHOSE)?;
        let whose: Vec<(String, String)> =
            whose.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let mut packed = connection.prepare_cached(PACKED)?;
        for (carrier, warehouse) in whose {
            let Some(before_us) = self.missed_before(&carrier, &warehouse, now_us) else { continue };
            let after_us = now_us - FORGOTTEN.as_micros() as i64;
            let mut rows = packed.query(params![carrier, warehouse, after_us, before_us, MOST])?;
            while let Some(row) = rows.next()? {
                let (parcel_id, body): (String, String) = (row.get(0)?, row.get(1)?);
                let parcel: Parcel = parsed("parcel", &parcel_id, &body)?;
                if is_to_leave(connection, &parcel)? {
                    let exception = Exception::NotShipped { bag: bag(connection, &parcel_id)? };
                    found.push((parcel.waybill_id.to_string(), exception, row.get(2)?));
                }
            }
        }
        Ok(found)
    }

    /// What was packed before this should have left: the driver who came next has surely loaded. Without cut-offs the site says
    /// how long it waits.
    fn missed_before(&self, carrier: &str, warehouse: &str, now_us: i64) -> Option<i64> {
        let (cutoffs, rules) = (&self.policy().cutoffs, &self.policy().warehouse_rules);
        let known = CarrierCode::ALL.into_iter().find(|known| known.as_str() == carrier);
        let next_us = |after_us| cutoffs.next_us(known?, warehouse, after_us);
        if next_us(now_us).is_none() {
            return Some(now_us - i64::from(rules.not_shipped_h) * HOUR_US);
        }
        let has_loaded = |cutoff_us: &i64| {
            let pickup_us = known.and_then(|carrier| cutoffs.pickup_us(carrier, warehouse, *cutoff_us));
            pickup_us.unwrap_or(*cutoff_us) + LOADING_US <= now_us
        };
        std::iter::successors(next_us(now_us - WEEK_US - LOADING_US), |cutoff_us| next_us(*cutoff_us))
            .take_while(has_loaded)
            .last()
    }
}

/// Nothing else is known that keeps it: another exception says what to do then, and nobody ships a label that was torn.
fn is_to_leave(connection: &Connection, parcel: &Parcel) -> Result<bool, HubError> {
    let noted = |kind| exceptions::is_noted(connection, parcel.waybill_id.as_str(), kind);
    if noted("temporary_label")? || noted(left_orders::KIND)? {
        return Ok(false);
    }
    let is_open = standing(&accept::records_of(connection, parcel)?) == Standing::Open;
    Ok(is_open && numbers(connection, parcel)?.iter().any(|number| !number.void))
}

/// The bag it lies in.
fn bag(connection: &Connection, parcel_id: &str) -> Result<Option<String>, HubError> {
    let mut told = connection.prepare_cached(
        "SELECT kind, body ->> 'bag' FROM entries WHERE parcel_id = ?1 AND problem IS NULL
         AND kind IN ('parcel_bagged', 'parcel_unbagged', 'parcel_reopened', 'parcel_set_aside')
         ORDER BY occurred_us DESC, station DESC, epoch DESC, seq DESC LIMIT 1",
    )?;
    let mut rows = told.query([parcel_id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (kind, bag): (String, Option<String>) = (row.get(0)?, row.get(1)?);
    Ok(bag.filter(|_| kind == "parcel_bagged"))
}
