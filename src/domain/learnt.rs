//! What goods really weigh, as scales saw it: the median of many parcels that held nothing else. A suggestion to whoever owns the
//! items; nothing follows from it by itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Fewer parcels than these say nothing, and neither do any number of them from one bad day of a scale.
const PARCELS: usize = 20;
const DAYS: usize = 3;

/// One parcel of one kind of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Without its packing material.
    pub goods_g: u32,
    pub pieces: u32,
    /// Counted from any first day.
    pub day: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    /// Of one piece.
    pub median_g: u32,
    /// Between the lighter and the heavier quarter of the parcels, a piece.
    pub spread_g: u32,
    pub parcels: usize,
    pub days: usize,
}

impl Learnt {
    /// `None` while there are too few of them, or of too few days.
    pub fn of(samples: &[Sample]) -> Option<Learnt> {
        let samples = || samples.iter().filter(|sample| sample.pieces > 0);
        let days = samples().map(|sample| sample.day).collect::<BTreeSet<_>>().len();
        let mut grams: Vec<u32> =
            samples().map(|sample| (sample.goods_g + sample.pieces / 2) / sample.pieces).collect();
        if grams.len() < PARCELS || days < DAYS {
            return None;
        }
        grams.sort_unstable();
        let at = |quarter: usize| grams[(grams.len() - 1) * quarter / 4];
        Some(Learnt { median_g: at(2), spread_g: at(3) - at(1), parcels: grams.len(), days })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(count: usize, days: i64) -> Vec<Sample> {
        let at = |n: usize| Sample { goods_g: 2 * (96 + (n % 9) as u32), pieces: 2, day: n as i64 % days };
        (0..count).map(at).collect()
    }

    #[test]
    fn the_median_of_enough_parcels_and_days_is_learnt() {
        let mut all = samples(27, 3);
        // A scale that was leant on, and one that wasn't zeroed, move no median.
        all[0].goods_g = 9_000;
        all[1].goods_g = 0;
        let learnt = Learnt::of(&all).expect("enough");
        assert_eq!((learnt.median_g, learnt.spread_g, learnt.parcels, learnt.days), (100, 4, 27, 3));
    }

    #[test]
    fn too_few_parcels_or_days_say_nothing() {
        assert_eq!(Learnt::of(&samples(19, 3)), None);
        assert_eq!(Learnt::of(&samples(500, 2)), None);
        assert_eq!(Learnt::of(&[]), None);
        assert!(Learnt::of(&samples(20, 3)).is_some());
    }
}
