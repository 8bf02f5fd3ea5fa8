//! The parcel as a document: which orders travel together, under which waybill id, in which wave. It comes down from
//! the hub, which owns it; what happened to the parcel at a bench is in the journal, not here.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::due::Limits;
use super::hold::Hold;
use super::id::{OperatorId, OrderNo, ParcelId, Sku, StationCode, WaveCode, WaybillId};
use super::order::{CarrierCode, Item, ItemCheck, ItemTracks, Line, LineStatus, Order, SuppliedWaybill};
use super::share::Share;

/// Goods that travel under one waybill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    pub parcel_id: ParcelId,
    pub orders: Vec<OrderNo>,
    pub warehouse: String,
    pub carrier: CarrierCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The order id every carrier call for this parcel uses, whichever station makes it.
    pub waybill_id: WaybillId,
    /// The ids it had with other carriers, which have nothing under them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<WaybillId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplied: Option<SuppliedWaybill>,
    /// Numbers that came along before that one; a box may still bear them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wave: Option<WavePosition>,
    /// The station that alone packs it, where goods choose their parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lent: Option<Loan>,
    /// Holder of the issuing lease: the only station that asks the carrier for this parcel's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<StationCode>,
    /// What of its orders' goods it carries, where they travel in several parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WavePosition {
    pub code: WaveCode,
    pub position: u32,
    pub count: u32,
}

/// A parcel that needs one piece of goods and nothing else, kept for one station until it returns it or a lead recalls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loan {
    pub station: StationCode,
    pub sku: Sku,
    /// When the hub lent it: which loan it is.
    pub lent_us: i64,
}

/// An order as stations know it: the document and whether it may go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRecord {
    pub order: Order,
    #[serde(default)]
    pub standing: Standing,
}

/// May the order go on?
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    #[default]
    Open,
    Held {
        why: Vec<Hold>,
    },
    Cancelled {
        reason: String,
    },
}

/// Who may badge in. The badge's characters are issued and revoked by the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    pub operator_id: OperatorId,
    pub name: String,
    pub badge: String,
    #[serde(default)]
    pub lead: bool,
    #[serde(default)]
    pub revoked: bool,
}

/// How many of a sku a parcel needs, and how the bench checks them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub sku: Sku,
    pub name: String,
    pub quantity: u32,
    /// Every piece of it is a gift.
    pub gift: bool,
    pub check: ItemCheck,
    /// Pieces that were refunded or cancelled: a scan of these has its own answer.
    pub withdrawn: u32,
    /// Of one piece, where its item says.
    pub weight_g: Option<u32>,
    /// How far one piece may be from it, where its item says.
    pub tolerance_g: Option<u32>,
    pub tracks: ItemTracks,
    /// Where its open pieces lie.
    pub stored: Vec<Stored>,
}

/// Pieces in a bin, as their line has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub bin: Option<String>,
    pub lot: Option<String>,
    pub expires_on: Option<Date>,
    pub quantity: u32,
}

/// What the goods of a parcel weigh together; `None` where the weight of one isn't known.
pub fn weight_g(needs: &[Need]) -> Option<u32> {
    let mut open = needs.iter().filter(|need| need.quantity > 0).peekable();
    open.peek()?;
    open.try_fold(0u32, |sum, need| sum.checked_add(need.weight_g?.checked_mul(need.quantity)?))
}

/// By when they should be shipped, as far as the orders say.
pub fn due_us(orders: &[OrderRecord]) -> i64 {
    Limits::default().due_us(orders.iter().map(|record| &record.order))
}

/// What a parcel's open goods measure together; `None` where the volume of one isn't known.
pub fn volume_cm3<'o>(orders: impl IntoIterator<Item = &'o Order>, items: &BTreeMap<Sku, Item>) -> Option<u32> {
    let lines = orders.into_iter().flat_map(|order| &order.lines).filter(|line| line.status == LineStatus::Open);
    lines.into_iter().try_fold(0u32, |sum, line| {
        let item = items.get(&line.sku)?;
        let own = match (item.volume_cm3, item.parts.as_deref()) {
            // A gift set in its box is larger than what is in it.
            (Some(volume), _) => volume,
            (None, Some(parts)) => parts.iter().try_fold(0u32, |sum, part| {
                sum.checked_add(items.get(&part.sku)?.volume_cm3?.checked_mul(part.quantity)?)
            })?,
            (None, None) => return None,
        };
        sum.checked_add(own.checked_mul(line.quantity)?)
    })
}

/// May the parcel go on? What one of the orders it carries waits for, all of them wait for.
pub fn standing(orders: &[OrderRecord]) -> Standing {
    let (carried, _) = carried(orders);
    let worst = carried.into_iter().map(|record| &record.standing).max_by_key(|standing| match standing {
        Standing::Open => 0,
        Standing::Held { .. } => 1,
        Standing::Cancelled { .. } => 2,
    });
    worst.cloned().unwrap_or_default()
}

/// The orders whose goods travel in the parcel, and those that were cancelled while others of it go on. A held one stays:
/// whoever resumes it finds its goods where they were.
pub fn carried(orders: &[OrderRecord]) -> (Vec<&OrderRecord>, Vec<&OrderRecord>) {
    let goes_on = |record: &&OrderRecord| !matches!(record.standing, Standing::Cancelled { .. });
    match orders.iter().partition::<Vec<_>, _>(goes_on) {
        (carried, cancelled) if carried.is_empty() => (cancelled, carried),
        parted => parted,
    }
}

/// Everything the bench must find for a parcel: open lines of the orders it carries, bundles exploded into their parts.
pub fn needs(orders: &[OrderRecord], items: &BTreeMap<Sku, Item>) -> Vec<Need> {
    let (carried, left) = carried(orders);
    let mut needs = needs_of(carried.into_iter().map(|record| &record.order), items);
    for line in left.into_iter().flat_map(|record| &record.order.lines) {
        add_line(&mut needs, items, &Line { status: LineStatus::Cancelled, ..line.clone() });
    }
    needs
}

/// What a parcel needs of its orders' goods.
pub fn own_needs(parcel: &Parcel, orders: &[OrderRecord], items: &BTreeMap<Sku, Item>) -> Vec<Need> {
    let needs = needs(orders, items);
    match &parcel.share {
        Some(share) => share.needs(needs),
        None => needs,
    }
}

/// Everything that orders need whose standing doesn't matter.
pub fn needs_of<'o>(orders: impl IntoIterator<Item = &'o Order>, items: &BTreeMap<Sku, Item>) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for line in orders.into_iter().flat_map(|order| &order.lines) {
        add_line(&mut needs, items, line);
    }
    needs
}

fn add_line(needs: &mut Vec<Need>, items: &BTreeMap<Sku, Item>, line: &Line) {
    let item = items.get(&line.sku);
    let parts = item.and_then(|item| item.parts.as_deref()).unwrap_or(&[]);
    if parts.is_empty() {
        add(needs, items, &line.sku, &line.name, line.quantity, line);
    }
    for part in parts {
        let name = items.get(&part.sku).map_or(line.name.as_str(), |item| item.name.as_str());
        add(needs, items, &part.sku, name, line.quantity * part.quantity, line);
    }
}

/// A part of a bundle lies where its line says that the bundle does.
fn add(needs: &mut Vec<Need>, items: &BTreeMap<Sku, Item>, sku: &Sku, name: &str, quantity: u32, line: &Line) {
    let (open, withdrawn) = match line.status {
        LineStatus::Open => (quantity, 0),
        LineStatus::Refunded | LineStatus::Cancelled => (0, quantity),
    };
    let stored = Stored { bin: line.bin.clone(), lot: line.lot.clone(), expires_on: line.expires_on, quantity: open };
    let stored = (open > 0).then_some(stored);
    match needs.iter_mut().find(|need| need.sku == *sku) {
        Some(need) => {
            need.quantity += open;
            need.withdrawn += withdrawn;
            need.gift &= line.gift;
            need.stored.extend(stored);
        }
        None => {
            let item = items.get(sku);
            let shown = item.map_or(name, |item| item.short_name.as_deref().unwrap_or(&item.name));
            needs.push(Need {
                sku: sku.clone(),
                name: shown.to_owned(),
                quantity: open,
                gift: line.gift,
                check: item.map_or(ItemCheck::Each, |item| item.check),
                withdrawn,
                weight_g: item.and_then(|item| item.weight_g),
                tolerance_g: item.and_then(|item| item.tolerance_g),
                tracks: item.map_or(ItemTracks::None, |item| item.tracks),
                stored: stored.into_iter().collect(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(quantity: u32, weight_g: Option<u32>) -> Need {
        let check = ItemCheck::Each;
        Need {
            sku: "T01".into(),
            name: "红茶".into(),
            quantity,
            gift: false,
            check,
            withdrawn: 1,
            weight_g,
            tolerance_g: None,
            tracks: ItemTracks::None,
            stored: Vec::new(),
        }
    }

    #[test]
    fn a_parcel_weighs_what_its_open_goods_weigh_if_all_are_known() {
        assert_eq!(weight_g(&[need(2, Some(150)), need(1, Some(20)), need(0, None)]), Some(320));
        assert_eq!(weight_g(&[need(2, Some(150)), need(1, None)]), None);
        assert_eq!(weight_g(&[need(u32::MAX, Some(2))]), None);
        assert_eq!(weight_g(&[]), None);
    }
}
