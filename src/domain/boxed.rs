//! A packed parcel's box and what its orders want now: they may have left it, or go on with less, more or other goods than it was
//! filled for.

use std::collections::{BTreeMap, BTreeSet};

use super::id::{OrderNo, Sku};
use super::order::{Item, ItemCheck, Order};
use super::parcel::{Need, OrderRecord, Parcel, carried, needs_of, own_needs};
use super::share::{self, Goods};

/// A box as its packer left it, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub struct Boxed<'b> {
    /// The orders that it was filled for, as they were then; empty where nobody told.
    pub revisions: &'b BTreeMap<OrderNo, u32>,
    /// What they wanted then; empty where nobody told.
    pub goods: &'b Goods,
}

/// How many of which goods the box is wrong by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differs {
    /// What has to come out of it.
    pub leaving: Vec<Need>,
    /// What has to go into it.
    pub lacking: Vec<Need>,
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

    /// What is in it of these goods.
    fn holds(&self, parcel: &Parcel, sku: &Sku) -> u32 {
        contents(parcel, self.goods).get(sku).copied().unwrap_or(0)
    }
}

/// What is in a parcel's box that was begun for these goods: what was parted off it since isn't.
pub fn contents(parcel: &Parcel, goods: &Goods) -> Goods {
    let Some(own) = parcel.share.as_ref().and_then(|share| share.goods.as_ref()) else { return goods.clone() };
    let kept = |sku: &Sku, filled: u32| filled.min(own.get(sku).copied().unwrap_or(0));
    let contents = goods.iter().map(|(sku, filled)| (sku.clone(), kept(sku, *filled)));
    contents.filter(|(_, quantity)| *quantity > 0).collect()
}

/// Reasons by which a lead lets a parcel go without the goods that weren't scanned; by any other they lie in the box.
const ABSENT: [&str; 2] = ["short", "missing"];

/// A lead let a parcel pass for which these weren't scanned.
pub fn forced(goods: &mut Goods, reason: &str, missing: &[(Sku, u32)]) {
    for (sku, lacks) in missing.iter().filter(|_| ABSENT.contains(&reason)) {
        if let Some(in_box) = goods.get_mut(sku) {
            *in_box = in_box.saturating_sub(*lacks);
        }
    }
}

pub fn differs(parcel: &Parcel, orders: &[OrderRecord], items: &BTreeMap<Sku, Item>, boxed: &Boxed<'_>) -> Differs {
    if boxed.changed(orders).is_empty() {
        return Differs::default();
    }
    if boxed.goods.is_empty() {
        // Of those that go on nobody knows what is in it.
        return Differs { leaving: of_left(parcel, orders, items, boxed), lacking: Vec::new() };
    }
    let mut needs = own_needs(parcel, orders, items);
    let known: BTreeSet<Sku> = needs.iter().map(|need| need.sku.clone()).collect();
    needs.extend(boxed.goods.keys().filter(|sku| !known.contains(*sku)).map(|sku| no_longer_needed(sku, items)));
    let by = |beyond: fn(u32, u32) -> u32| {
        let off = |need: &Need| beyond(boxed.holds(parcel, &need.sku), need.quantity);
        let off = needs.iter().map(|need| Need { quantity: off(need), ..need.clone() });
        off.filter(|need| need.quantity > 0).collect()
    };
    Differs {
        leaving: by(|holds, needs| holds.saturating_sub(needs)),
        lacking: by(|holds, needs| needs.saturating_sub(holds)),
    }
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
