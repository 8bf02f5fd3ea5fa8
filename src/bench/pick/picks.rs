//! What was picked for one parcel, and what was not in its bin, added up from facts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::fact::Fact;
use crate::domain::id::Sku;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picks {
    /// In the order of their scans; what was put back is gone from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Pieces>,
    /// What it lacks because it wasn't there.
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
                let (bin, lot) = (bin.clone(), lot.clone());
                self.taken.push(Pieces { bin, sku: sku.clone(), quantity: *quantity, lot, expires_on: *expires_on });
                // What came counts, wherever it was found.
                take_back(&mut self.short, sku, *quantity, |_| true);
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
            Fact::MissingGoodsCame { .. } | Fact::ParcelPacked { .. } => self.short.clear(),
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
