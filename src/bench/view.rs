//! A parcel as the bench sees it: its documents and all that has happened to it.

use std::collections::BTreeMap;

use super::prompt::Prompt;
use super::work::{Asked, Work};
use crate::domain::id::{OrderNo, Sku};
use crate::domain::order::{CarrierCode, ItemCheck};
use crate::domain::parcel::{self, Need, OrderRecord, Parcel, Standing};
use crate::domain::share::Goods;
use crate::domain::waybill::Origin;

/// A parcel with everything a decision about it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub parcel: Parcel,
    pub orders: Vec<OrderRecord>,
    pub needs: Vec<Need>,
    /// Goods in the box that its orders want no more, while they want others.
    pub leaving: Vec<Need>,
    /// Goods that its orders want since the box was filled.
    pub lacking: Vec<Need>,
    /// Pieces of its orders that wait for a parcel that was parted off it.
    pub waiting: u32,
    pub work: Work,
    /// What helps while its carrier gives no number.
    pub fallback: Fallback,
}

/// What a parcel may take in place of a number from its carrier, by the site's rule. Anything but a temporary label needs the
/// carrier to have surely nothing under the parcel's id.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fallback {
    #[default]
    Temporary,
    Pool(Spare),
    /// The hub is asked for another carrier.
    Reroute,
}

/// A number held for outages, with what its label needs for sorting.
#[derive(Clone, Debug, PartialEq)]
pub struct Spare {
    pub number: String,
    pub routing: BTreeMap<String, serde_json::Value>,
}

impl View {
    /// Why the parcel may not go on, if it may not.
    pub fn stop(&self) -> Option<Prompt> {
        match parcel::standing(&self.orders) {
            Standing::Cancelled { .. } => Some(Prompt::Cancelled),
            Standing::Open | Standing::Held { .. } if self.is_spent() => Some(Prompt::Cancelled),
            Standing::Held { why } => Some(Prompt::Held { why }),
            Standing::Open => None,
        }
    }

    /// The orders that its facts are about: none that left it.
    pub fn carried(&self) -> Vec<OrderNo> {
        let (_, left) = parcel::carried(&self.orders);
        let stays = |order_no: &&OrderNo| left.iter().all(|record| record.order.order_no != **order_no);
        self.parcel.orders.iter().filter(stays).cloned().collect()
    }

    /// A number is still to come, and nothing says that it won't.
    pub fn awaits_number(&self) -> bool {
        self.number().is_none() && self.stop().is_none() && !matches!(self.work.asked, Asked::Rejected { .. })
    }

    /// Nothing of the parcel is wanted any more.
    pub fn is_cancelled(&self) -> bool {
        matches!(parcel::standing(&self.orders), Standing::Cancelled { .. }) || self.is_spent()
    }

    /// Its orders go on, and all that it was to carry of them was refunded.
    fn is_spent(&self) -> bool {
        let is_known = self.parcel.share.is_some() || self.needs.iter().any(|need| need.withdrawn > 0);
        is_known && self.needs.iter().all(|need| need.quantity == 0)
    }

    /// What is in the box isn't what its orders want now.
    pub fn differs(&self) -> bool {
        !self.leaving.is_empty() || !self.lacking.is_empty()
    }

    /// What was put into its box, whatever its orders want since; `None` where nobody told.
    pub fn contents(&self) -> Option<Goods> {
        (!self.work.goods.is_empty()).then(|| self.work.boxed().contents(&self.parcel))
    }

    /// It came along, and another one came after it.
    pub fn is_replaced(&self, number: &str) -> bool {
        self.parcel.replaced.iter().any(|replaced| replaced == number)
    }

    /// The number the parcel's label must bear now, best first: the real one, else the temporary one.
    pub fn number(&self) -> Option<(String, Origin)> {
        if let Some(supplied) = &self.parcel.supplied {
            return Some((supplied.number.clone(), Origin::Supplied));
        }
        let live = self.work.waybills.iter().filter(|waybill| waybill.live);
        live.max_by_key(|waybill| waybill.origin != Origin::Temporary)
            .map(|waybill| (waybill.number.clone(), waybill.origin))
    }

    /// Whose goods they are: orders of several shops travel together only under a number that came along.
    pub fn shop(&self) -> Option<&str> {
        self.orders.first().map(|record| record.order.shop.as_str())
    }

    pub fn carrier(&self) -> CarrierCode {
        self.parcel.carrier
    }

    pub fn need(&self, sku: &Sku) -> Option<&Need> {
        self.needs.iter().find(|need| need.sku == *sku)
    }

    /// Pieces of a sku that were counted.
    pub fn counted(&self, sku: &Sku) -> u32 {
        self.work.checks.iter().filter(|check| check.sku == *sku).map(|check| check.quantity).sum()
    }

    /// What is still to be scanned.
    pub fn left(&self) -> Vec<(&Need, u32)> {
        let to_scan = self.needs.iter().filter(|need| need.check != ItemCheck::NoScan);
        to_scan
            .map(|need| (need, need.quantity.saturating_sub(self.counted(&need.sku))))
            .filter(|(_, left)| *left > 0)
            .collect()
    }
}
