//! Packed parcels with more in the box than their orders still want, as the lead reads them. A function of all that stations
//! told of the parcel and of how its orders stand: it ends when somebody took the goods out, or the parcel left.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, params};

use super::exceptions::{self, Exception};
use super::{HubError, accept, checked, routing};
use crate::domain::boxed::{self, Boxed};
use crate::domain::fact::Fact;
use crate::domain::id::{OrderNo, ParcelId};
use crate::domain::order::Order;
use crate::domain::parcel::Parcel;

pub(super) const KIND: &str = "order_left";

/// After an entry about the parcel.
pub(super) fn told(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    let concerns = matches!(
        fact,
        Fact::ParcelPacked { .. }
            | Fact::RevisionAccepted { .. }
            | Fact::ParcelOpened { .. }
            | Fact::ParcelShipped { .. }
    );
    let mut known = transaction.prepare_cached("SELECT 1 FROM parcels WHERE parcel_id = ?1")?;
    match concerns && known.exists([parcel_id.as_str()])? {
        true => look_at(transaction, &accept::parcel(transaction, parcel_id.as_str())?, now_us),
        false => Ok(()),
    }
}

pub(super) fn look_at(transaction: &Transaction<'_>, parcel: &Parcel, now_us: i64) -> Result<(), HubError> {
    let subject = parcel.waybill_id.as_str();
    let left = in_the_box(transaction, parcel)?;
    match left.is_empty() {
        true => exceptions::mended(transaction, subject, KIND),
        false => exceptions::note(transaction, subject, &Exception::OrderLeft { orders: left }, now_us),
    }
}

/// Orders that left the parcel or go on with fewer goods, where something of that was packed and not taken out since.
fn in_the_box(connection: &Connection, parcel: &Parcel) -> Result<Vec<OrderNo>, HubError> {
    let records = accept::records_of(connection, parcel)?;
    let mut told = connection.prepare_cached(
        "SELECT kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
         AND kind IN ('parcel_opened', 'revision_accepted', 'parcel_packed', 'parcel_shipped')
         ORDER BY occurred_us, station, epoch, seq",
    )?;
    let rows = told.query_map(params![parcel.parcel_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (mut packed, mut revisions) = (false, BTreeMap::new());
    for row in rows {
        let (kind, body): (String, String) = row?;
        match Fact::from_parts(&kind, &body) {
            Some(Fact::ParcelOpened { revisions: with, .. } | Fact::RevisionAccepted { revisions: with, .. }) => {
                revisions = with;
            }
            Some(Fact::ParcelPacked { .. }) => packed = true,
            Some(Fact::ParcelShipped { .. }) => return Ok(Vec::new()),
            _ => {}
        }
    }
    let checked = checked::before(connection, parcel.parcel_id.as_str(), i64::MAX)?;
    let in_box = Boxed { revisions: &revisions, checked: &checked };
    let changed = in_box.changed(&records);
    if !packed || changed.is_empty() {
        return Ok(Vec::new());
    }
    let orders: Vec<Order> = records.iter().map(|record| record.order.clone()).collect();
    let items = routing::items(connection, &orders)?;
    // Of several parcels of its orders this one may have nothing of theirs.
    Ok(if boxed::surplus(parcel, &records, &items, &in_box).is_empty() { Vec::new() } else { changed })
}
