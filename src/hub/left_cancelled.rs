//! Orders that were cancelled or refunded whole and whose parcel left nevertheless: before that, or from a station that hadn't heard.
//! Only their carrier can stop them now, and only somebody who asked it knows that it is settled.

use rusqlite::{Connection, Transaction};

use super::exceptions::{self, Exception};
use super::{HubError, accept};
use crate::domain::entry::Entry;
use crate::domain::fact::Fact;
use crate::domain::id::OrderNo;
use crate::domain::parcel::Standing;

pub(super) const KIND: &str = "left_cancelled";

/// After an entry about a parcel.
pub(super) fn told(transaction: &Transaction<'_>, entry: &Entry, fact: &Fact) -> Result<(), HubError> {
    let Fact::ParcelShipped { .. } = fact else { return Ok(()) };
    for order_no in &entry.orders {
        if let Some((_, _, Standing::Cancelled { .. })) = accept::stored(transaction, order_no)? {
            note(transaction, order_no, entry.stamp.best_us())?;
        }
    }
    Ok(())
}

/// Nobody wants the order any more.
pub(super) fn cancelled(transaction: &Transaction<'_>, order_no: &OrderNo, now_us: i64) -> Result<(), HubError> {
    match is_shipped(transaction, order_no)? && !is_over(transaction, order_no)? {
        true => note(transaction, order_no, now_us),
        false => Ok(()),
    }
}

fn note(transaction: &Transaction<'_>, order_no: &OrderNo, now_us: i64) -> Result<(), HubError> {
    exceptions::note(transaction, order_no.as_str(), &Exception::LeftCancelled, now_us)
}

/// At least one of its parcels.
pub(super) fn is_shipped(connection: &Connection, order_no: &OrderNo) -> Result<bool, HubError> {
    let mut found = connection.prepare_cached(
        "SELECT 1 FROM entry_orders o JOIN entries e ON e.feed = o.feed
         WHERE o.order_no = ?1 AND e.kind = 'parcel_shipped' AND e.problem IS NULL",
    )?;
    Ok(found.exists([order_no.as_str()])?)
}

/// Its carrier has nothing more to stop.
fn is_over(connection: &Connection, order_no: &OrderNo) -> Result<bool, HubError> {
    let mut found = connection.prepare_cached(
        "SELECT 1 FROM parcel_orders o JOIN journeys j ON j.parcel_id = o.parcel_id
         WHERE o.order_no = ?1 AND j.phase IN ('delivered', 'returned')",
    )?;
    Ok(found.exists([order_no.as_str()])?)
}
