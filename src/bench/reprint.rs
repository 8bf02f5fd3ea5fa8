//! REPRINT: one more paper of a label. The one before it no longer counts, and what is about in how many copies is known.

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Place, View, label, lead};
use crate::domain::fact::{Asking, Fact, LeadAct, PrintOutcome};

/// A reprint that is none of the packer's doing needs no reason of theirs.
pub(super) const NOT_PRINTED: &str = "not_printed";

/// REPRINT: at once where the paper is in doubt or surely missing, else after a reason.
pub(super) fn wanted(decision: &mut Decision, place: &Place, hand: Option<&View>, last: Option<&View>) {
    if let Some(view) = hand.filter(|view| view.work.stage >= Stage::Checked) {
        if label::stopped(decision, view) {
            return;
        }
        match view.work.labels.last().filter(|label| !label.discarded) {
            // It is on its way to the paper; a second one now would be two.
            Some(label) if label.outcome.is_none() => return decision.say(Prompt::Printing),
            Some(label) if !label.outcome.is_some_and(PrintOutcome::came_out) => {
                return again(decision, place, view, NOT_PRINTED);
            }
            Some(_) => {}
            // What was printed elsewhere is packed by its scan and by nothing else.
            None if view.unlabelled().is_none() => return decision.say(Prompt::NothingToReprint),
            None => return label::finish(decision, place, view),
        }
    }
    let Some(view) = hand.or(last).filter(|view| !view.work.labels.is_empty()) else {
        return decision.say(Prompt::NothingToReprint);
    };
    if let Some(refused) = refusal(place, view) {
        return decision.stop(Some(view), refused);
    }
    if printed_last(view).is_some_and(|number| copies(view, &number) > place.reprints_alone) {
        return lead::wanted(decision, view, LeadAct::Reprint);
    }
    let name = decision.place();
    decision.record(Fact::PlaceAsked { place: name, asking: Some(Asking::ReprintReason) });
    decision.say(Prompt::WhyReprint);
}

pub(super) fn reprint(decision: &mut Decision, place: &Place, view: &View, reason: &str) {
    match refusal(place, view) {
        Some(refused) => decision.stop(Some(view), refused),
        None => again(decision, place, view, reason),
    }
}

/// Why no label of the parcel is to be printed again here.
fn refusal(place: &Place, view: &View) -> Option<Prompt> {
    if view.work.stage == Stage::Shipped {
        return Some(Prompt::AlreadyShipped);
    }
    let elsewhere = view.work.at.as_ref().filter(|(station, at)| *station != place.station || *at != place.name);
    view.stop().or_else(|| elsewhere.map(|(station, at)| Prompt::InHandElsewhere { place: format!("{station} {at}") }))
}

/// The number of the box whose label came last, or should have.
fn printed_last(view: &View) -> Option<String> {
    let pieces = view.pieces();
    let last = view.work.labels.last().map(|label| label.number.clone());
    last.filter(|last| pieces.contains(last)).or(view.unlabelled()).or(pieces.into_iter().next())
}

/// Prints the label anew; the one before it no longer counts, nor does any under a number that was replaced.
pub(super) fn again(decision: &mut Decision, place: &Place, view: &View, reason: &str) {
    let Some((number, (_, origin))) = printed_last(view).zip(view.number()) else {
        return decision.say(Prompt::NothingToReprint);
    };
    let others: Vec<String> = view.pieces().into_iter().filter(|other| *other != number).collect();
    for label in view.work.labels.iter().filter(|label| !label.discarded && !others.contains(&label.number)) {
        decision.record_of(view, Fact::LabelDiscarded { job: label.job.clone(), reason: reason.to_owned() });
    }
    label::print(decision, place, view, &number, origin, Some(reason));
}

/// Papers with this number that may be about.
pub(super) fn copies(view: &View, number: &str) -> u32 {
    view.work.labels.iter().filter(|label| label.number == number && label.may_exist()).count() as u32
}
