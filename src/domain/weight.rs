//! What a parcel should weigh, and whether what the scale says is near enough to it.

use super::parcel::Need;

/// How far a parcel may be from what its goods weigh together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Light parcels: the carton and its filling, which no item's weight contains.
    pub grams: u32,
    /// Heavy ones: thousandths of the expected weight.
    pub permille: u32,
}

impl Default for Tolerance {
    fn default() -> Self {
        Tolerance { grams: 50, permille: 30 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fits,
    /// Something is missing, or an item's weight is wrong.
    Light {
        by_grams: u32,
    },
    Heavy {
        by_grams: u32,
    },
}

impl Tolerance {
    /// Grams that the larger of both bounds allows.
    pub fn of(&self, expected_g: u32) -> u32 {
        // Three per cent of four tonnes still fit; the sum is taken wide.
        let relative = u64::from(expected_g) * u64::from(self.permille) / 1_000;
        self.grams.max(u32::try_from(relative).unwrap_or(u32::MAX))
    }

    /// `packaging_g` is the carton's, where it is known.
    pub fn judge(&self, measured_g: u32, expected_g: u32, packaging_g: u32) -> Verdict {
        compare(measured_g, expected_g.saturating_add(packaging_g), self.of(expected_g))
    }
}

/// The same where some items vary by themselves. The general tolerance covers what is left and its carton, so a tea cake that
/// varies by 20 g never makes the bounds of the rest narrower; goods that all say their own are held to it.
pub fn judge_parcel(measured_g: u32, needs: &[Need], packaging_g: u32, general: Tolerance) -> Option<Verdict> {
    let expected_g = super::parcel::weight_g(needs)?.saturating_add(packaging_g);
    let (varying, others): (Vec<&Need>, Vec<&Need>) =
        needs.iter().filter(|need| need.quantity > 0).partition(|need| need.tolerance_g.is_some());
    let sum = |needs: &[&Need], of: fn(&Need) -> Option<u32>| {
        needs
            .iter()
            .fold(0u32, |sum, need| sum.saturating_add(of(need).unwrap_or_default().saturating_mul(need.quantity)))
    };
    let own_g = sum(&varying, |need| need.tolerance_g);
    let general_g = if others.is_empty() { 0 } else { general.of(sum(&others, |need| need.weight_g)) };
    Some(compare(measured_g, expected_g, general_g.saturating_add(own_g)))
}

fn compare(measured_g: u32, expected_g: u32, allowed_g: u32) -> Verdict {
    match measured_g.abs_diff(expected_g) {
        by_grams if by_grams <= allowed_g => Verdict::Fits,
        by_grams if measured_g < expected_g => Verdict::Light { by_grams },
        by_grams => Verdict::Heavy { by_grams },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::order::{ItemCheck, ItemTracks};

    fn need(sku: &str, quantity: u32, weight_g: Option<u32>, tolerance_g: Option<u32>) -> Need {
        let (sku, name, check) = (sku.into(), sku.to_owned(), ItemCheck::Each);
        Need {
            sku,
            name,
            quantity,
            gift: false,
            check,
            withdrawn: 0,
            weight_g,
            tolerance_g,
            tracks: ItemTracks::None,
            stored: vec![],
        }
    }

    #[test]
    fn fifty_grams_or_three_per_cent_whichever_is_more() {
        let judge = |measured| Tolerance::default().judge(measured, 1_000, 0);
        assert_eq!([950, 1_000, 1_050].map(judge), [Verdict::Fits; 3]);
        assert_eq!(judge(949), Verdict::Light { by_grams: 51 });
        assert_eq!(judge(1_051), Verdict::Heavy { by_grams: 51 });
        let heavy = |measured| Tolerance::default().judge(measured, 10_000, 0);
        assert_eq!([9_700, 10_300].map(heavy), [Verdict::Fits; 2]);
        assert_eq!(heavy(9_699), Verdict::Light { by_grams: 301 });
        assert_eq!(Tolerance::default().judge(1_200, 1_000, 180), Verdict::Fits, "with its carton");
    }

    #[test]
    fn an_items_own_tolerance_widens_the_bounds() {
        let cakes = need("cake", 3, Some(357), Some(20));
        let needs = [cakes.clone(), need("cup", 1, Some(200), None), need("gone", 0, None, None)];
        // 1271 g expected; 50 g for the cup and its carton, 60 g for the cakes.
        let judge = |measured| judge_parcel(measured, &needs, 0, Tolerance::default());
        assert_eq!(judge(1_161), Some(Verdict::Fits));
        assert_eq!(judge(1_160), Some(Verdict::Light { by_grams: 111 }));
        assert_eq!(judge(1_382), Some(Verdict::Heavy { by_grams: 111 }));
        assert_eq!(
            judge_parcel(1_462, &needs, 80, Tolerance::default()),
            Some(Verdict::Heavy { by_grams: 111 }),
            "with its box"
        );
        let unknown = [need("cake", 1, None, None)];
        assert_eq!(judge_parcel(300, &unknown, 0, Tolerance::default()), None, "nobody knows what it should weigh");
    }

    #[test]
    fn goods_that_all_say_their_own_are_held_to_it() {
        let needs = [need("ring", 2, Some(30), Some(2)), need("chain", 1, Some(12), Some(1))];
        let judge = |measured, packaging| judge_parcel(measured, &needs, packaging, Tolerance::default());
        assert_eq!((judge(77, 0), judge(67, 0)), (Some(Verdict::Fits), Some(Verdict::Fits)));
        assert_eq!(judge(66, 0), Some(Verdict::Light { by_grams: 6 }), "a missing chain is seen");
        assert_eq!(judge(97, 25), Some(Verdict::Fits), "in its box of 25 g");
    }

    proptest! {
        #[test]
        fn the_bounds_are_the_same_on_both_sides(expected in 0u32..1_000_000, off in 0u32..100_000) {
            let tolerance = Tolerance::default();
            let heavy = tolerance.judge(expected + off, expected, 0);
            prop_assert_eq!(heavy == Verdict::Fits, off <= tolerance.of(expected));
            if let Some(measured) = expected.checked_sub(off) {
                let light = tolerance.judge(measured, expected, 0);
                prop_assert_eq!(light == Verdict::Fits, heavy == Verdict::Fits);
            }
        }

        #[test]
        fn nothing_overflows(measured: u32, expected: u32, packaging: u32, grams: u32, permille: u32) {
            Tolerance { grams, permille }.judge(measured, expected, packaging);
        }
    }
}
