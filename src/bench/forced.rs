//! Forced pass: a parcel is packed by a lead's word though not all of its goods were scanned. What was missing is remembered,
//! and the office looks at it.

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Place, Session, View, lead, pack};
use crate::domain::fact::{Fact, LeadAct};
use crate::domain::id::OperatorId;

pub(super) fn wanted(decision: &mut Decision, place: &Place, session: &Session, hand: Option<&View>) {
    match hand {
        None => decision.stop(None, Prompt::ParcelFirst),
        Some(view) if view.work.stage > Stage::Checking => decision.say(pack::unasked(place, session, hand)),
        Some(view) if is_beyond(decision, session, view) => {}
        Some(view) => lead::wanted(decision, view, LeadAct::ForcePass),
    }
}

pub(super) fn pass(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    view: &View,
    lead: &OperatorId,
    reason: &str,
) {
    if view.work.stage > Stage::Checking {
        return decision.say(pack::unasked(place, session, Some(view)));
    }
    // Much may have come down between the badge and the reason.
    if is_beyond(decision, session, view) {
        return;
    }
    let (place_name, lead, reason) = (decision.place(), lead.clone(), reason.to_owned());
    let missing = view.left().into_iter().map(|(need, left)| (need.sku.clone(), left)).collect();
    decision.record_of(view, Fact::CheckForced { place: place_name, lead, reason, missing });
    pack::complete(decision, place, view);
}

/// What is missing, as a lead reads it.
pub(super) fn listed(view: &View) -> String {
    let missing = view.left().into_iter().map(|(need, left)| format!("{} × {left}", need.name));
    missing.collect::<Vec<_>>().join("、")
}

/// A lead answers for goods that lie in the box, and for nothing else. Stopped all the same:
/// - a cancelled order, for nobody wants the parcel, and a held one, for whoever held it lets it go on;
/// - an order that changed, until the packer has looked: a line that was refunded is none that is missing;
/// - a void label and a number that its carrier disowns, for the parcel would be lost under it.
///
/// Another parcel's label is never this parcel's, and at the dock nothing is forced: neither comes here.
fn is_beyond(decision: &mut Decision, session: &Session, view: &View) -> bool {
    if pack::interrupted(decision, session, view) {
        return true;
    }
    let is_void = |number: &String| view.work.waybills.iter().any(|known| known.number == *number && !known.live);
    let stop = match &view.work.scanned {
        Some(number) if is_void(number) || view.is_replaced(number) => Some(Prompt::VoidLabel),
        _ => view.work.is_disowned().then_some(Prompt::NumberDisowned),
    };
    let is_beyond = stop.is_some();
    stop.into_iter().for_each(|stop| decision.stop(Some(view), stop));
    is_beyond
}
