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
    /// What of that a lead let it go without.
    pub absent: &'b Goods,
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
        of(&self.contents(parcel), sku)
    }

    /// The same with what a lead let it go without: nobody is asked for that again.
    fn answers_for(&self, parcel: &Parcel, sku: &Sku) -> u32 {
        of(&own(parcel, self.goods), sku)
    }

    pub fn contents(&self, parcel: &Parcel) -> Goods {
        let mut contents = own(parcel, self.goods);
        contents.iter_mut().for_each(|(sku, quantity)| *quantity = quantity.saturating_sub(of(self.absent, sku)));
        contents.retain(|_, quantity| *quantity > 0);
        contents
    }
}

fn of(goods: &Goods, sku: &Sku) -> u32 {
    goods.get(sku).copied().unwrap_or(0)
}

/// What stays with the parcel of goods that its box was begun for: what was parted off it since doesn't.
fn own(parcel: &Parcel, goods: &Goods) -> Goods {
    let Some(own) = parcel.share.as_ref().and_then(|share| share.goods.as_ref()) else { return goods.clone() };
    goods.iter().map(|(sku, filled)| (sku.clone(), (*filled).min(of(own, sku)))).collect()
}

/// Reasons by which a lead lets a parcel go without the goods that weren't scanned; by any other they lie in the box.
const ABSENT: [&str; 2] = ["short", "missing"];

/// What a lead let a parcel go without, of what wasn't scanned.
pub fn absent(reason: &str, missing: &[(Sku, u32)]) -> Goods {
    missing.iter().filter(|_| ABSENT.contains(&reason)).cloned().collect()
}

/// It lies in its bin again.
pub fn taken_out(goods: &mut Goods, sku: &Sku, quantity: u32) {
    if let Some(filled) = goods.get_mut(sku) {
        *filled = filled.saturating_sub(quantity);
    }
}

/// What is still absent once the packer has made the box what its orders want now.
pub fn still_absent(before: &Goods, absent: &Goods, wanted: &Goods) -> Goods {
    let still = |(sku, lacks): (&Sku, &u32)| {
        let was_there = of(before, sku).saturating_sub(*lacks);
        (sku.clone(), of(wanted, sku).saturating_sub(was_there).min(*lacks))
    };
    absent.iter().map(still).filter(|(_, lacks)| *lacks > 0).collect()
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
    let by = |off: &dyn Fn(&Need) -> u32| {
        let off = needs.iter().map(|need| Need { quantity: off(need), ..need.clone() });
        off.filter(|need| need.quantity > 0).collect()
    };
    Differs {
        leaving: by(&|need| boxed.holds(parcel, &need.sku).saturating_sub(need.quantity)),
        lacking: by(&|need| need.quantity.saturating_sub(boxed.answers_for(parcel, &need.sku))),
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
