//! What lacks of an order whose parcel was set aside for want of goods: what it needs beyond what was checked, pieces of a merged
//! parcel counted for its orders in turn.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::id::{OrderNo, Sku};
use crate::domain::order::{Item, ItemCheck, Order};
use crate::domain::parcel::{Parcel, carried, needs_of};
use crate::hub::{HubError, accept, routing};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    pub sku: Sku,
    pub planned: u32,
    pub lacking: u32,
}

/// Of one of a parcel's orders.
pub(super) fn of_order(
    orders: &[Order],
    items: &BTreeMap<Sku, Item>,
    mut checked: BTreeMap<Sku, u32>,
    order_no: &OrderNo,
) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for order in orders {
        // Nobody scans what is only counted, so nothing says that it lacks.
        let needs = needs_of([order], items).into_iter().filter(|need| need.check != ItemCheck::NoScan);
        for need in needs {
            let there = checked.entry(need.sku.clone()).or_default();
            let found = need.quantity.min(*there);
            *there -= found;
            if order.order_no == *order_no && need.quantity > found {
                lacks.push(Lack { sku: need.sku, planned: need.quantity, lacking: need.quantity - found });
            }
        }
    }
    lacks
}

/// What other parcels of the same orders carry doesn't lack in this one.
pub(super) fn count_elsewhere(
    parcel: &Parcel,
    orders: &[Order],
    items: &BTreeMap<Sku, Item>,
    checked: &mut BTreeMap<Sku, u32>,
) {
    let Some(share) = &parcel.share else { return };
    for need in needs_of(orders, items) {
        let elsewhere = need.quantity - share.of(&need.sku, need.quantity);
        *checked.entry(need.sku).or_default() += elsewhere;
    }
}

/// A parcel's orders, in its own order, and the items of their lines with their parts.
pub(super) fn goods(connection: &Connection, parcel: &Parcel) -> Result<(Vec<Order>, BTreeMap<Sku, Item>), HubError> {
    let records = accept::records_of(connection, parcel)?;
    let orders: Vec<Order> = carried(&records).0.into_iter().map(|record| record.order.clone()).collect();
    let items = routing::items(connection, &orders)?;
    Ok((orders, items))
}
