//! Where an exception is to be dealt with: the warehouse of the parcel, order, return or station that it is about.

use rusqlite::{Connection, OptionalExtension};

use super::ExceptionRow;
use crate::hub::HubError;

/// What a subject may be, as its exception's kind has it.
const NAMED: &str = "SELECT warehouse FROM parcels WHERE parcel_id = ?1
     UNION ALL SELECT p.warehouse FROM aliases a JOIN parcels p ON p.parcel_id = a.key WHERE a.alias = ?1 AND a.kind = 'waybill'
     UNION ALL SELECT p.warehouse FROM numbers n JOIN parcels p ON p.parcel_id = n.parcel_id WHERE n.number = ?1
     UNION ALL SELECT warehouse FROM orders WHERE order_no = ?1
     UNION ALL SELECT warehouse FROM returns WHERE return_no = ?1
     UNION ALL SELECT ours FROM returns_expected WHERE return_no = ?1
     UNION ALL SELECT warehouse FROM stations WHERE code = ?1
     LIMIT 1";

/// None where it is everybody's: a folder, an account, a code on goods.
pub(super) fn warehouse_of(connection: &Connection, subject: &str) -> Result<Option<String>, HubError> {
    let mut named = connection.prepare_cached(NAMED)?;
    // Of `SZ-01 sf`, or of several orders, the first says where.
    for name in [Some(subject), subject.split_once(' ').map(|(first, _)| first)].into_iter().flatten() {
        let found: Option<String> = named.query_row([name], |row| row.get(0)).optional()?;
        if found.is_some() {
            return Ok(found.filter(|warehouse| !warehouse.is_empty()));
        }
    }
    Ok(None)
}

impl ExceptionRow {
    /// Whether somebody in this warehouse has to see it; empty: in any.
    pub fn is_for(&self, warehouse: &str) -> bool {
        warehouse.is_empty() || self.warehouse.as_ref().is_none_or(|own| own == warehouse)
    }
}
