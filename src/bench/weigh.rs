//! Weighing: a packed parcel's label is scanned while the parcel lies on the place's scale, once. A weight that is off is
//! recorded and shown, never refused: the packer looks inside, and the office sees both weights.

use super::View;
use super::decision::Decision;
use super::prompt::Prompt;
use crate::domain::fact::Fact;
use crate::domain::weight::{Tolerance, Verdict, judge_parcel};
use crate::domain::{material, parcel};

/// An empty scale that wasn't zeroed shows a few grams; no parcel weighs so little.
const EMPTY_G: u32 = 10;

/// `weight_g` is what stands still on the scale, if anything does.
pub(super) fn weigh(decision: &mut Decision, view: &View, weight_g: Option<u32>) {
    let Some(grams) = weight_g.filter(|grams| *grams >= EMPTY_G) else {
        return decision.say(Prompt::PutOnScale);
    };
    let packaging_g = material::weight_g(&view.work.materials);
    let expected_g = parcel::weight_g(&view.needs).map(|goods_g| goods_g.saturating_add(packaging_g));
    let place = decision.place();
    decision.record_of(view, Fact::ParcelWeighed { place, grams, expected_g });
    let verdict = judge_parcel(grams, &view.needs, packaging_g, Tolerance::default());
    decision.say(match (verdict, expected_g) {
        (Some(Verdict::Light { .. } | Verdict::Heavy { .. }), Some(expected_g)) => {
            Prompt::WeightOff { grams, expected_g }
        }
        _ => Prompt::Weighed { grams },
    });
}
