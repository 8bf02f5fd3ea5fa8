//! A place's way through a pick list, added up from facts: which list, how its goods are carried, where the picker stands.
//! It is the place's and not the picker's: whoever badges in next goes on with it.

use serde::{Deserialize, Serialize};

use crate::domain::fact::Fact;
use crate::domain::id::{ParcelId, Sku, WaveCode};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    pub wave: WaveCode,
    /// Positions of the wave.
    pub count: u32,
    /// Chosen by the scan after the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// The bin that was scanned last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Parcels that got their tote in this round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lent: Vec<ParcelId>,
    /// Stops for later, in the order in which they come again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<(Option<String>, Sku)>,
    /// Stops that were found short in this round: they don't come again before the next one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short: Vec<(Option<String>, Sku)>,
    /// What UNDO takes back, once: the pieces of the last scan, each parcel's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last: Vec<(ParcelId, Option<String>, Sku, u32)>,
}

/// How the goods of a list are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// All together, to be sorted at a wall.
    Together,
    /// Each parcel's in a tote of its own.
    Totes,
}

impl Round {
    pub fn new(wave: WaveCode, count: u32) -> Self {
        let (lent, later, short, last) = Default::default();
        Round { wave, count, way: None, at: None, lent, later, short, last }
    }

    pub fn remember(&mut self, fact: &Fact, parcel: Option<&ParcelId>) {
        match fact {
            Fact::BinReached { bin, .. } => {
                self.way = self.way.or(Some(Way::Together));
                self.at = Some(bin.clone());
            }
            Fact::ToteLent { .. } => {
                // All together, one that has its tote comes along in it.
                self.way = self.way.or(Some(Way::Totes));
                self.lent.extend(parcel.cloned());
            }
            Fact::ItemPicked { sku, quantity, bin, shared, .. } => {
                self.way = self.way.or(Some(Way::Together));
                if !shared {
                    self.last.clear();
                }
                let pieces = |parcel: &ParcelId| (parcel.clone(), bin.clone(), sku.clone(), *quantity);
                self.last.extend(parcel.map(pieces));
            }
            Fact::ItemUnpicked { .. } => self.last.clear(),
            Fact::PickShort { sku, bin, .. } => {
                let stop = (bin.clone(), sku.clone());
                if !self.short.contains(&stop) {
                    self.short.push(stop);
                }
                self.last.clear();
            }
            Fact::PickStopLeft { sku, bin, .. } => {
                let stop = (bin.clone(), sku.clone());
                self.later.retain(|other| *other != stop);
                self.later.push(stop);
            }
            _ => {}
        }
    }
}
