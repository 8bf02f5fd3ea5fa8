//! Packed parcels whose box isn't what their orders want now, as the lead reads them. A function of all that stations told of the
//! parcel and of how its orders stand: it ends when somebody mended the box, or the parcel left.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, params};

use super::exceptions::{self, Exception};
use super::{HubError, accept, progress, routing};
use crate::domain::boxed::{self, Boxed, Differs};
use crate::domain::fact::Fact;
use crate::domain::id::{OrderNo, ParcelId};
use crate::domain::order::Order;
use crate::domain::parcel::{Parcel, Standing, carried, own_needs, standing};
use crate::domain::share::Goods;

pub(super) const KIND: &str = "order_left";

/// After an entry about the parcel.
pub(super) fn told(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    let concerns = match fact {
        Fact::ParcelPacked { .. } | Fact::ParcelShipped { .. } => true,
        Fact::WaybillVoided { .. } | Fact::LabelDiscarded { .. } => progress::is_packed(transaction, parcel_id)?,
        // They change nothing of a box that is open; told late, they do.
        Fact::RevisionAccepted { .. } | Fact::ParcelOpened { .. } => progress::is_packed(transaction, parcel_id)?,
        _ => false,
    };
    if !concerns {
        return Ok(());
    }
    match accept::known_parcel(transaction, parcel_id)? {
        Some(parcel) => look_at(transaction, &parcel, now_us),
        None => Ok(()),
    }
}

pub(super) fn look_at(transaction: &Transaction<'_>, parcel: &Parcel, now_us: i64) -> Result<(), HubError> {
    let subject = parcel.waybill_id.as_str();
    let changed = in_the_box(transaction, parcel)?;
    match changed.is_empty() {
        true => exceptions::mended(transaction, subject, KIND),
        false => exceptions::note(transaction, subject, &Exception::OrderLeft { orders: changed }, now_us),
    }
}

/// Orders that want something else than what was packed for them, where it wasn't mended since.
fn in_the_box(connection: &Connection, parcel: &Parcel) -> Result<Vec<OrderNo>, HubError> {
    let records = accept::records_of(connection, parcel)?;
    let is_first = carried(&records).1.is_empty() && records.iter().all(|record| record.order.revision <= 1);
    // What is cancelled whole has a way of its own.
    if is_first || matches!(standing(&records), Standing::Cancelled { .. }) {
        return Ok(Vec::new());
    }
    let the_box = the_box(connection, &parcel.parcel_id)?;
    let filled = the_box.boxed();
    let changed = filled.changed(&records);
    if !the_box.packed || the_box.shipped || changed.is_empty() {
        return Ok(Vec::new());
    }
    let orders: Vec<Order> = records.iter().map(|record| record.order.clone()).collect();
    let items = routing::items(connection, &orders)?;
    // Of several parcels of its orders this one may have nothing of theirs, or be wanted no more and its label torn.
    let differs = boxed::differs(parcel, &records, &items, &filled);
    let is_spent = own_needs(parcel, &records, &items).iter().all(|need| need.quantity == 0);
    Ok(if differs == Differs::default() || (is_spent && the_box.torn) { Vec::new() } else { changed })
}

/// A parcel's box, as stations told of it.
#[derive(Default)]
pub(super) struct Box {
    packed: bool,
    /// Its label was, since it was packed.
    torn: bool,
    pub shipped: bool,
    /// The orders that it was filled for, and what they wanted then.
    revisions: BTreeMap<OrderNo, u32>,
    goods: Goods,
    absent: Goods,
}

impl Box {
    pub fn boxed(&self) -> Boxed<'_> {
        Boxed { revisions: &self.revisions, goods: &self.goods, absent: &self.absent }
    }
}

pub(super) fn the_box(connection: &Connection, parcel_id: &ParcelId) -> Result<Box, HubError> {
    let mut told = connection.prepare_cached(
        "SELECT kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
         AND kind IN ('parcel_opened', 'revision_accepted', 'check_forced', 'goods_put_back', 'parcel_packed',
              'parcel_shipped', 'waybill_voided', 'label_discarded')
         ORDER BY occurred_us, station, epoch, seq",
    )?;
    let rows = told.query_map(params![parcel_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut it = Box::default();
    for row in rows {
        let (kind, body): (String, String) = row?;
        match Fact::from_parts(&kind, &body) {
            Some(Fact::ParcelOpened { revisions, goods, .. }) => {
                (it.revisions, it.goods, it.absent) = (revisions, goods, Goods::new());
            }
            Some(Fact::RevisionAccepted { revisions, goods, .. }) => {
                it.absent = boxed::still_absent(&it.goods, &it.absent, &goods);
                (it.revisions, it.goods) = (revisions, goods);
            }
            Some(Fact::CheckForced { reason, missing, .. }) => it.absent = boxed::absent(&reason, &missing),
            Some(Fact::GoodsPutBack { sku, quantity, .. }) if it.packed => {
                boxed::taken_out(&mut it.goods, &sku, quantity);
            }
            Some(Fact::ParcelPacked { .. }) => (it.packed, it.torn) = (true, false),
            Some(Fact::WaybillVoided { .. } | Fact::LabelDiscarded { .. }) => it.torn = true,
            Some(Fact::ParcelShipped { .. }) => it.shipped = true,
            _ => {}
        }
    }
    Ok(it)
}
