//! Which parcels carry an order's goods, and what of them: orders in turn, each from the parcel that was filled first. An order
//! has reached a stage when all of them have.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction};

use super::{HubError, accept, left_orders, routing, short_picks, timeline};
use crate::domain::fact::Fact;
use crate::domain::id::{OrderNo, ParcelId};
use crate::domain::milestone::Milestone;
use crate::domain::order::Order;
use crate::domain::parcel::{OrderRecord, Parcel, carried, needs_of, own_needs};
use crate::domain::share::Goods;

/// Orders that travel in the parcels of one, and this one.
pub const SHARING: &str = "SELECT DISTINCT order_no FROM parcel_orders
     WHERE parcel_id IN (SELECT parcel_id FROM parcel_orders WHERE order_no = ?1)";

/// A parcel, and what of one order it carries.
pub(super) struct Carries {
    pub parcel: Parcel,
    pub goods: Goods,
}

/// The parcels an order travels in. One that carries nothing of it, or whose goods were refunded whole, holds it up no longer.
pub(super) fn of_order(connection: &Connection, order_no: &OrderNo) -> Result<Vec<Carries>, HubError> {
    let parcels = in_turn(connection, order_no)?;
    let all = |parcel: Parcel| Carries { parcel, goods: Goods::new() };
    if parcels.len() < 2 {
        return Ok(parcels.into_iter().map(all).collect());
    }
    let orders = accept::records_of(connection, &parcels[0])?;
    let goods = goods(connection, &parcels, &orders, order_no)?;
    match goods.iter().all(Goods::is_empty) {
        true => Ok(parcels.into_iter().map(all).collect()),
        false => {
            let carries = parcels.into_iter().zip(goods).map(|(parcel, goods)| Carries { parcel, goods });
            Ok(carries.filter(|carries| !carries.goods.is_empty()).collect())
        }
    }
}

/// Of one order in each of the parcels.
fn goods(
    connection: &Connection,
    parcels: &[Parcel],
    orders: &[OrderRecord],
    order_no: &OrderNo,
) -> Result<Vec<Goods>, HubError> {
    let documents: Vec<Order> = orders.iter().map(|record| record.order.clone()).collect();
    let items = routing::items(connection, &documents)?;
    let room = |parcel| own_needs(parcel, orders, &items).into_iter().map(|need| (need.sku, need.quantity)).collect();
    let mut rooms: Vec<BTreeMap<_, u32>> = parcels.iter().map(room).collect();
    let mut found = vec![Goods::new(); parcels.len()];
    for record in carried(orders).0 {
        for mut need in needs_of([&record.order], &items) {
            for (room, found) in rooms.iter_mut().zip(&mut found) {
                let room = room.entry(need.sku.clone()).or_default();
                let taken = need.quantity.min(*room);
                (*room, need.quantity) = (*room - taken, need.quantity - taken);
                if record.order.order_no == *order_no && taken > 0 {
                    *found.entry(need.sku.clone()).or_default() += taken;
                }
            }
        }
    }
    Ok(found)
}

/// After an entry about the parcel. One that left took its goods along: what is refunded from then on lacks in those of its orders'
/// parcels that are still here.
pub(super) fn told(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    if !matches!(fact, Fact::ParcelShipped { .. }) {
        return Ok(());
    }
    let parcel = accept::known_parcel(transaction, parcel_id)?.filter(|parcel| parcel.share.is_some());
    let Some(orders) = parcel.map(|parcel| parcel.orders) else { return Ok(()) };
    let Some(order_no) = orders.first() else { return Ok(()) };
    let mut left = Goods::new();
    for mut parcel in in_turn(transaction, order_no)?.into_iter().rev() {
        let the_box = left_orders::the_box(transaction, &parcel.parcel_id)?;
        let filled = the_box.boxed().contents(&parcel);
        let Some(share) = parcel.share.as_mut() else { continue };
        if the_box.shipped {
            filled.into_iter().for_each(|(sku, quantity)| *left.entry(sku).or_default() += quantity);
        } else if share.left != left {
            share.left = left.clone();
            accept::put_parcel(transaction, &parcel, None)?;
            left_orders::look_at(transaction, &parcel, now_us)?;
            short_picks::look_at(transaction, &parcel, now_us)?;
        }
    }
    orders.iter().try_for_each(|order_no| refresh(transaction, order_no))
}

/// An order's parcels, as they were filled.
fn in_turn(connection: &Connection, order_no: &OrderNo) -> Result<Vec<Parcel>, HubError> {
    let mut parcels = accept::parcels_of(connection, order_no)?;
    let before = |parcel: &Parcel| parcel.share.as_ref().map_or(0, |share| share.before.values().sum::<u32>());
    parcels.sort_by_key(before);
    Ok(parcels)
}

/// An order changed. Where it travels in several parcels, it and those that travel with it may be whole by that alone.
pub(super) fn refresh(transaction: &Transaction<'_>, order_no: &OrderNo) -> Result<(), HubError> {
    timeline::refresh(transaction, order_no.as_str())?;
    let parcels: i64 = transaction
        .prepare_cached("SELECT count(*) FROM parcel_orders WHERE order_no = ?1")?
        .query_row([order_no.as_str()], |row| row.get(0))?;
    if parcels < 2 {
        return Ok(());
    }
    let mut sharing = transaction.prepare_cached(SHARING)?;
    let sharing: Vec<String> = sharing.query_map([order_no.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for sharing in sharing {
        if sharing != order_no.as_str() {
            timeline::refresh(transaction, &sharing)?;
        }
        let mut changed = transaction.prepare_cached("UPDATE qimen_orders SET changed = 1 WHERE order_no = ?1")?;
        changed.execute([&sharing])?;
    }
    Ok(())
}

/// Packed and shipped are the order's only with its last parcel.
pub(super) fn is_whole(connection: &Connection, order_no: &OrderNo, fact: &Fact, feed: i64) -> Result<bool, HubError> {
    if !matches!(Milestone::of(fact), Some((Milestone::Packed | Milestone::Shipped, _))) {
        return Ok(true);
    }
    let mut told = connection.prepare_cached(
        "SELECT 1 FROM entries WHERE parcel_id = ?1 AND kind = ?2 AND feed <= ?3 AND problem IS NULL",
    )?;
    let (kind, _) = fact.to_parts();
    for carries in of_order(connection, order_no)? {
        if !told.exists(rusqlite::params![carries.parcel.parcel_id.as_str(), kind, feed])? {
            return Ok(false);
        }
    }
    Ok(true)
}
