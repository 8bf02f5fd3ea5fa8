//! Weighing: a packed parcel's label is scanned while the parcel lies on the place's scale, once; of several boxes each by its own,
//! and what they weigh together is the parcel's. A weight that is off is recorded and shown, never refused: the packer looks
//! inside, and the office sees both weights.

use super::View;
use super::decision::Decision;
use super::prompt::Prompt;
use crate::domain::fact::Fact;
use crate::domain::material;
use crate::domain::parcel::{self, Need};
use crate::domain::weight::{Tolerance, Verdict, judge_parcel};

/// An empty scale that wasn't zeroed shows a few grams; no parcel weighs so little.
const EMPTY_G: u32 = 10;

/// `number` is what the label said that was scanned, `weight_g` what stands still on the scale, if anything does.
pub(super) fn weigh(decision: &mut Decision, view: &View, number: Option<&String>, weight_g: Option<u32>) {
    let boxes = view.pieces();
    let on_scale = number.filter(|number| boxes.len() > 1 && boxes.contains(number));
    let is_known = |number: &String| view.work.piece_weights_g.contains_key(number);
    if boxes.len() > 1 && on_scale.is_none() {
        return decision.stop(Some(view), Prompt::ScanItsLabel);
    }
    let Some(grams) = weight_g.filter(|grams| *grams >= EMPTY_G) else {
        return decision.say(Prompt::PutOnScale);
    };
    let Some(number) = on_scale else {
        return whole(decision, view, grams);
    };
    let place = decision.place();
    decision.record_of(view, Fact::PieceWeighed { place, number: number.clone(), grams });
    match boxes.iter().filter(|of| *of != number && !is_known(of)).count() {
        // A box more has no weight of its own that anybody knows, all of them together have.
        0 => {
            let others = boxes.iter().filter(|of| *of != number).filter_map(|of| view.work.piece_weights_g.get(of));
            whole(decision, view, others.fold(grams, |sum, grams| sum.saturating_add(*grams)));
        }
        left => decision.say(Prompt::BoxWeighed { grams, left: left as u32 }),
    }
}

/// What is known to be in the parcel, against what it weighs.
fn whole(decision: &mut Decision, view: &View, grams: u32) {
    let packaging_g = material::weight_g(&view.work.materials);
    let needs = in_the_box(view);
    let expected_g = parcel::weight_g(&needs).map(|goods_g| goods_g.saturating_add(packaging_g));
    let place = decision.place();
    decision.record_of(view, Fact::ParcelWeighed { place, grams, expected_g });
    let verdict = judge_parcel(grams, &needs, packaging_g, Tolerance::default());
    decision.say(match (verdict, expected_g) {
        (Some(Verdict::Light { .. } | Verdict::Heavy { .. }), Some(expected_g)) => {
            Prompt::WeightOff { grams, expected_g }
        }
        _ => Prompt::Weighed { grams },
    });
}

/// A lead may have let it go without something.
fn in_the_box(view: &View) -> Vec<Need> {
    let Some(contents) = view.contents() else { return view.needs.clone() };
    let quantity = |need: &Need| contents.get(&need.sku).copied().unwrap_or(0);
    view.needs.iter().map(|need| Need { quantity: quantity(need), ..need.clone() }).collect()
}
