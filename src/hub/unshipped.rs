//! Packed parcels that nobody shipped though their driver was here, or for longer than the site waits: what vanishes at a
//! hand-over is found here. Nothing of it is stored, for it depends on the time.

use rusqlite::Connection;

use super::exceptions::Exception;
use super::order::numbers;
use super::{Hub, HubError, accept};
use crate::domain::parcel::Parcel;

const HOUR_US: i64 = 60 * 60 * 1_000_000;
/// A driver loads for so long, and who closes the handover needs a moment more.
const LOADING_US: i64 = HOUR_US;

/// Packed, neither shipped nor cancelled; from its index alone.
pub const PACKED: &str =
    "SELECT parcel_id, done_us FROM parcels INDEXED BY parcels_packed WHERE steps & 112 = 16 AND done_us < ?1";

impl Hub {
    /// Each with its waybill id and since when it is packed.
    pub(super) fn unshipped(
        &self,
        connection: &Connection,
        now_us: i64,
    ) -> Result<Vec<(String, Exception, i64)>, HubError> {
        let rules = &self.policy().warehouse_rules;
        if rules.not_shipped_h == 0 {
            return Ok(Vec::new());
        }
        let waits_us = i64::from(rules.not_shipped_h) * HOUR_US;
        let mut packed = connection.prepare_cached(PACKED)?;
        let rows = packed.query_map([now_us - waits_us.min(LOADING_US)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut found = Vec::new();
        for (parcel_id, packed_us) in rows.collect::<Result<Vec<(String, i64)>, _>>()? {
            let parcel = accept::parcel(connection, &parcel_id)?;
            let end_us = self.driver_left_us(&parcel, packed_us).unwrap_or(packed_us + waits_us);
            // Nobody ships a label that was torn.
            if end_us <= now_us && numbers(connection, &parcel)?.iter().any(|number| !number.void) {
                let exception = Exception::NotShipped { bag: bag(connection, &parcel_id)? };
                found.push((parcel.waybill_id.to_string(), exception, packed_us));
            }
        }
        Ok(found)
    }

    /// When the driver who comes next after it was packed has surely loaded.
    fn driver_left_us(&self, parcel: &Parcel, packed_us: i64) -> Option<i64> {
        let cutoffs = &self.policy().cutoffs;
        let cutoff_us = cutoffs.next_us(parcel.carrier, &parcel.warehouse, packed_us)?;
        let pickup_us = cutoffs.pickup_us(parcel.carrier, &parcel.warehouse, cutoff_us).unwrap_or(cutoff_us);
        Some(pickup_us + LOADING_US)
    }
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
