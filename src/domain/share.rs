//! What one parcel carries of orders that travel in several, for a packer parted them at the bench. Goods are told by sku: equal
//! pieces of two orders are one another's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::{ParcelId, Sku};
use super::parcel::{Need, Stored};

/// How many pieces of which goods.
pub type Goods = BTreeMap<Sku, u32>;

/// A parcel's part of its orders' goods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// It carries these and no more. The parcel that was parted off last carries all that is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<Goods>,
    /// What travels in the parcels that were filled before it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub before: Goods,
    /// What left already with parcels that were filled after it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left: Goods,
    /// The parcels that were parted off it, in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub into: Vec<ParcelId>,
}

impl Share {
    /// What it carries of so many open pieces. What is refunded later lacks in the parcel that was filled last, of those that are
    /// still here.
    pub fn of(&self, sku: &Sku, open: u32) -> u32 {
        let rest = open.saturating_sub(in_goods(&self.before, sku) + in_goods(&self.left, sku));
        self.goods.as_ref().map_or(rest, |goods| rest.min(in_goods(goods, sku)))
    }

    /// Parted once more: what was counted stays, and `rest` carries what is left.
    pub fn part(&self, counted: &Goods, rest: &ParcelId) -> (Share, Share) {
        let mut before = self.before.clone();
        counted.iter().for_each(|(sku, quantity)| *before.entry(sku.clone()).or_default() += quantity);
        let without = |goods: &Goods| {
            let left = |(sku, quantity): (&Sku, &u32)| (sku.clone(), quantity.saturating_sub(in_goods(counted, sku)));
            goods.iter().map(left).filter(|(_, left)| *left > 0).collect()
        };
        let taken =
            Share { goods: self.goods.as_ref().map(without), before, left: self.left.clone(), into: Vec::new() };
        let into = self.into.iter().chain([rest]).cloned().collect();
        (Share { goods: Some(counted.clone()), into, ..self.clone() }, taken)
    }

    /// What a parcel needs of what its orders need.
    pub fn needs(&self, needs: Vec<Need>) -> Vec<Need> {
        needs.into_iter().map(|need| self.need(need)).collect()
    }

    fn need(&self, need: Need) -> Need {
        let quantity = self.of(&need.sku, need.quantity);
        let stored = taken(need.stored, in_goods(&self.before, &need.sku), quantity);
        Need { quantity, stored, ..need }
    }
}

fn in_goods(goods: &Goods, sku: &Sku) -> u32 {
    goods.get(sku).copied().unwrap_or(0)
}

/// So many of the stored pieces, behind those of other parcels.
fn taken(stored: Vec<Stored>, mut before: u32, mut quantity: u32) -> Vec<Stored> {
    let mut taken = Vec::new();
    for stored in stored {
        let passed = stored.quantity.min(before);
        let own = (stored.quantity - passed).min(quantity);
        (before, quantity) = (before - passed, quantity - own);
        if own > 0 {
            taken.push(Stored { quantity: own, ..stored });
        }
    }
    taken
}

/// What goes out of a box when needs become fewer.
pub fn surplus(were: Vec<Need>, are: &[Need]) -> Vec<Need> {
    let still = |sku: &Sku| are.iter().find(|need| need.sku == *sku).map_or(0, |need| need.quantity);
    let fewer = were.into_iter().map(|need| Need { quantity: need.quantity.saturating_sub(still(&need.sku)), ..need });
    fewer.filter(|need| need.quantity > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goods(of: &[(&str, u32)]) -> Goods {
        of.iter().map(|(sku, quantity)| (Sku::from(*sku), *quantity)).collect()
    }

    fn of(share: &Share, open: u32) -> u32 {
        share.of(&"T01".into(), open)
    }

    #[test]
    fn parcels_carry_all_there_is_together_and_what_is_refunded_lacks_in_the_last() {
        let (first, rest) = Share::default().part(&goods(&[("T01", 2)]), &"P-2".into());
        let (second, third) = rest.part(&goods(&[("T01", 1), ("T02", 1)]), &"P-3".into());
        for (open, carried) in [(5, [2, 1, 2]), (4, [2, 1, 1]), (3, [2, 1, 0]), (2, [2, 0, 0]), (1, [1, 0, 0])] {
            assert_eq!([&first, &second, &third].map(|share| of(share, open)), carried, "{open} open");
        }
        assert_eq!((&first.into, &second.into), (&vec!["P-2".into()], &vec!["P-3".into()]));
    }

    #[test]
    fn what_left_with_a_later_parcel_lacks_in_those_that_are_still_here() {
        let (mut first, rest) = Share::default().part(&goods(&[("T01", 2)]), &"P-2".into());
        let (mut second, _) = rest.part(&goods(&[("T01", 1)]), &"P-3".into());
        (first.left, second.left) = (goods(&[("T01", 2)]), goods(&[("T01", 2)]));
        for (open, carried) in [(5, [2, 1]), (4, [2, 0]), (3, [1, 0]), (2, [0, 0]), (1, [0, 0])] {
            assert_eq!([&first, &second].map(|share| of(share, open)), carried, "{open} open");
        }
    }

    /// One that was parted and begun anew.
    #[test]
    fn a_parcel_that_is_parted_again_leaves_the_others_alone() {
        let (first, rest) = Share::default().part(&goods(&[("T01", 3)]), &"P-2".into());
        let (again, middle) = first.part(&goods(&[("T01", 1)]), &"P-3".into());
        assert_eq!([&again, &middle, &rest].map(|share| of(share, 5)), [1, 2, 2]);
        assert_eq!(again.into, ["P-2".into(), "P-3".into()]);
    }

    #[test]
    fn stored_pieces_are_those_behind_the_other_parcels() {
        let stored = |bin: &str, quantity| Stored { bin: Some(bin.into()), lot: None, expires_on: None, quantity };
        let all = || vec![stored("A", 2), stored("B", 3)];
        assert_eq!(taken(all(), 0, 3), [stored("A", 2), stored("B", 1)]);
        assert_eq!(taken(all(), 3, 2), [stored("B", 2)]);
        assert_eq!(taken(all(), 0, 0), []);
    }
}
