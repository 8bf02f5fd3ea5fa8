//! What was picked for one parcel, and what was not in its bin, added up from facts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::id::Sku;
use super::order::ItemCheck;
use super::parcel::Need;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picks {
    /// In the order of their scans; what was put back is gone from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Pieces>,
    /// What wasn't there when somebody looked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short: Vec<Pieces>,
    /// Nothing was left to be picked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// Equal goods from one bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
    pub sku: Sku,
    pub quantity: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
}

impl Picks {
    pub fn is_none(&self) -> bool {
        *self == Picks::default()
    }

    pub fn remember(&mut self, fact: &Fact) {
        match fact {
            Fact::ItemPicked { sku, quantity, bin, lot, expires_on, .. } => {
                take_back(&mut self.short, sku, *quantity, |pieces| pieces.bin == *bin);
                let (bin, lot) = (bin.clone(), lot.clone());
                self.taken.push(Pieces { bin, sku: sku.clone(), quantity: *quantity, lot, expires_on: *expires_on });
            }
            Fact::ItemUnpicked { sku, quantity, bin, .. } | Fact::GoodsPutBack { sku, quantity, bin, .. } => {
                take_back(&mut self.taken, sku, *quantity, |pieces| pieces.bin == *bin);
                self.done = false;
            }
            // Told again in another round, it is no more that is lacking.
            Fact::PickShort { sku, quantity, bin, .. } => {
                self.short.retain(|pieces| pieces.sku != *sku || pieces.bin != *bin);
                let (bin, sku) = (bin.clone(), sku.clone());
                self.short.push(Pieces { bin, sku, quantity: *quantity, lot: None, expires_on: None });
            }
            Fact::MissingGoodsCame { .. } | Fact::ParcelPacked { .. } | Fact::ParcelShipped { .. } => {
                self.short.clear()
            }
            Fact::ParcelPicked { .. } => {
                self.short.clear();
                self.done = true;
            }
            _ => {}
        }
    }

    pub fn taken_of(&self, sku: &Sku) -> u32 {
        self.taken.iter().filter(|pieces| pieces.sku == *sku).map(|pieces| pieces.quantity).sum()
    }

    pub fn taken_from(&self, bin: &Option<String>, sku: &Sku) -> u32 {
        let same = |pieces: &&Pieces| pieces.sku == *sku && pieces.bin == *bin;
        self.taken.iter().filter(same).map(|pieces| pieces.quantity).sum()
    }

    /// What a parcel with these needs still lacks, by bin and goods. What nobody scans nobody picks: a leaflet lies at the bench.
    pub fn lacking(&self, needs: &[Need]) -> Vec<Pieces> {
        let mut lacking = Vec::new();
        for need in needs.iter().filter(|need| need.check != ItemCheck::NoScan) {
            let mut left = need.quantity.saturating_sub(self.taken_of(&need.sku));
            let mut bins: Vec<&Option<String>> = need.stored.iter().map(|stored| &stored.bin).collect();
            bins.sort();
            bins.dedup();
            for bin in bins {
                let here = need.stored.iter().filter(|stored| stored.bin == *bin);
                let wanted: u32 = here.map(|stored| stored.quantity).sum();
                let quantity = wanted.saturating_sub(self.taken_from(bin, &need.sku)).min(left);
                left -= quantity;
                if quantity > 0 {
                    let (bin, sku) = (bin.clone(), need.sku.clone());
                    lacking.push(Pieces { bin, sku, quantity, lot: None, expires_on: None });
                }
            }
        }
        lacking
    }

    /// What wasn't in its bin and is still wanted: a line may be refunded meanwhile.
    pub fn missing(&self, needs: &[Need]) -> Vec<Pieces> {
        let mut lacking = self.lacking(needs);
        lacking.retain(|pieces| self.is_short(&pieces.bin, &pieces.sku));
        lacking
    }

    /// Was the bin found without what the parcel needs of it?
    pub fn is_short(&self, bin: &Option<String>, sku: &Sku) -> bool {
        self.short.iter().any(|pieces| pieces.sku == *sku && pieces.bin == *bin)
    }
}

/// Takes away `quantity` pieces, the newest first.
fn take_back(from: &mut Vec<Pieces>, sku: &Sku, mut quantity: u32, of: impl Fn(&Pieces) -> bool) {
    for pieces in from.iter_mut().rev().filter(|pieces| pieces.sku == *sku && of(pieces)) {
        let taken = pieces.quantity.min(quantity);
        pieces.quantity -= taken;
        quantity -= taken;
    }
    from.retain(|pieces| pieces.quantity > 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(bin: &str) -> Option<String> {
        Some(bin.to_owned())
    }

    fn taken(bin: &str, quantity: u32) -> Fact {
        let (lot, expires_on, shared) = (None, None, false);
        Fact::ItemPicked { place: "cart-1".into(), sku: "T01".into(), quantity, bin: at(bin), lot, expires_on, shared }
    }

    fn short(bin: &str, quantity: u32) -> Fact {
        Fact::PickShort { place: "cart-1".into(), sku: "T01".into(), quantity, bin: at(bin) }
    }

    #[test]
    fn what_comes_from_one_bin_is_still_short_in_another() {
        let mut picks = Picks::default();
        [short("B-01", 2), short("A-01", 1), taken("B-01", 1)].iter().for_each(|fact| picks.remember(fact));
        let short: Vec<_> = picks.short.iter().map(|pieces| (pieces.bin.as_deref(), pieces.quantity)).collect();
        assert_eq!(short, [(Some("B-01"), 1), (Some("A-01"), 1)]);
    }
}
