//! What has to come out of a checked parcel's box, for its orders are others now than when it was filled: whole orders left it, or
//! go on with fewer goods.

use std::collections::BTreeMap;

use super::id::{OrderNo, Sku};
use super::order::{Item, ItemCheck, Order};
use super::parcel::{Need, OrderRecord, Parcel, carried, needs_of, own_needs};
use super::share::{self, Goods};

/// A box as its packer left it, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub struct Boxed<'b> {
    /// The orders that it was filled for, as they were then; empty where nobody told.
    pub revisions: &'b BTreeMap<OrderNo, u32>,
    /// What was scanned into it; empty where nobody told.
    pub checked: &'b Goods,
}

impl Boxed<'_> {
    /// Orders that it was filled for and that left since, or go on with another revision.
    pub fn changed(&self, orders: &[OrderRecord]) -> Vec<OrderNo> {
        let (stay, left) = carried(orders);
        let left = left.into_iter().filter(|record| self.may_hold(&record.order.order_no));
        let revised = stay.into_iter().filter(|record| self.is_behind(&record.order));
        left.chain(revised).map(|record| record.order.order_no.clone()).collect()
    }

    /// Of a box that nobody told of, anything may be in it.
    fn may_hold(&self, order_no: &OrderNo) -> bool {
        self.revisions.is_empty() || self.revisions.contains_key(order_no)
    }

    fn is_behind(&self, order: &Order) -> bool {
        self.revisions.get(&order.order_no).is_some_and(|then| *then < order.revision)
    }
}

/// What comes out of the box of a parcel.
pub fn surplus(parcel: &Parcel, orders: &[OrderRecord], items: &BTreeMap<Sku, Item>, boxed: &Boxed<'_>) -> Vec<Need> {
    let mut out = of_left(parcel, orders, items, boxed);
    for fewer in of_revised(parcel, orders, items, boxed) {
        match out.iter_mut().find(|need| need.sku == fewer.sku) {
            // Both say the same of the same goods.
            Some(need) => need.quantity = need.quantity.max(fewer.quantity),
            None => out.push(fewer),
        }
    }
    out
}

/// What orders that left had in it.
fn of_left(parcel: &Parcel, orders: &[OrderRecord], items: &BTreeMap<Sku, Item>, boxed: &Boxed<'_>) -> Vec<Need> {
    let (stay, left) = carried(orders);
    let left: Vec<&Order> =
        left.into_iter().map(|record| &record.order).filter(|order| boxed.may_hold(&order.order_no)).collect();
    let Some(share) = parcel.share.as_ref().filter(|_| !left.is_empty()) else { return needs_of(left, items) };
    let stay: Vec<&Order> = stay.into_iter().map(|record| &record.order).collect();
    let were = share.needs(needs_of(stay.iter().copied().chain(left), items));
    share::surplus(were, &share.needs(needs_of(stay, items)))
}

/// What orders that go on need no more: what was scanned beyond it, or where nothing was scanned what they were refunded.
fn of_revised(parcel: &Parcel, orders: &[OrderRecord], items: &BTreeMap<Sku, Item>, boxed: &Boxed<'_>) -> Vec<Need> {
    let revised: Vec<&Order> =
        carried(orders).0.into_iter().map(|record| &record.order).filter(|order| boxed.is_behind(order)).collect();
    if revised.is_empty() {
        return Vec::new();
    }
    let mut needs = own_needs(parcel, orders, items);
    for sku in boxed.checked.keys().filter(|sku| !needs.iter().any(|need| need.sku == **sku)).collect::<Vec<_>>() {
        needs.push(no_longer_needed(sku, items));
    }
    let refunded = needs_of(revised, items);
    let beyond = |need: &Need| match (need.check, boxed.checked.is_empty()) {
        (ItemCheck::NoScan, _) | (_, true) if parcel.share.is_none() => {
            refunded.iter().find(|of| of.sku == need.sku).map_or(0, |of| of.withdrawn)
        }
        _ => boxed.checked.get(&need.sku).copied().unwrap_or(0).saturating_sub(need.quantity),
    };
    let out = needs.into_iter().map(|need| Need { quantity: beyond(&need), ..need });
    out.filter(|need| need.quantity > 0).collect()
}

/// Goods in the box that no line asks for any more: they have a name when the packer is told to take them out.
pub fn no_longer_needed(sku: &Sku, items: &BTreeMap<Sku, Item>) -> Need {
    let item = items.get(sku);
    let name = item.map_or(sku.as_str(), |item| item.short_name.as_deref().unwrap_or(&item.name)).to_owned();
    Need {
        sku: sku.clone(),
        name,
        quantity: 0,
        gift: false,
        check: item.map_or(ItemCheck::Each, |item| item.check),
        withdrawn: 0,
        weight_g: None,
        tolerance_g: None,
        tracks: Default::default(),
        stored: Vec::new(),
    }
}
