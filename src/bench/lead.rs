//! What only a lead may do: a lead's badge says that it may be, then a reason why. Who works at the place stays.

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Loaded, Place, Role, Session, View, forced, pack, position, reprint};
use crate::domain::fact::{Asking, Fact, LeadAct};
use crate::domain::id::OperatorId;
use crate::domain::parcel::Operator;

/// Asks for a lead where no parcel is in hand.
pub(super) fn asked(decision: &mut Decision, to: LeadAct) {
    let place = decision.place();
    decision.record(Fact::PlaceAsked { place, asking: Some(Asking::LeadBadge { to }) });
}

pub(super) fn wanted(decision: &mut Decision, view: &View, to: LeadAct) {
    let place = decision.place();
    decision.record_of(view, Fact::PlaceAsked { place, asking: Some(Asking::LeadBadge { to }) });
    decision.say(badge_wanted(to, Some(view)));
}

pub(super) fn badge(decision: &mut Decision, operator: &Operator, to: LeadAct) {
    if !operator.lead {
        return decision.stop(None, Prompt::NoLead);
    }
    let (place, lead) = (decision.place(), operator.operator_id.clone());
    decision.record(Fact::PlaceAsked { place, asking: Some(Asking::LeadReason { to, lead }) });
    decision.say(why(to));
}

/// What a question to a lead says on the screen, if it is one.
pub(super) fn standing(asking: &Asking, hand: Option<&View>) -> Option<Prompt> {
    match asking {
        Asking::LeadBadge { to } => Some(badge_wanted(*to, hand)),
        Asking::LeadReason { to, .. } => Some(why(*to)),
        _ => None,
    }
}

fn badge_wanted(to: LeadAct, hand: Option<&View>) -> Prompt {
    match (to, hand) {
        (LeadAct::ForcePass, Some(view)) => Prompt::MissingForLead { what: forced::listed(view) },
        _ => Prompt::LeadWanted,
    }
}

pub(super) fn why(to: LeadAct) -> Prompt {
    match to {
        LeadAct::ReopenHandover => Prompt::WhyReopen,
        LeadAct::ReopenReturn => Prompt::WhyReopenReturn,
        LeadAct::ForcePass | LeadAct::ShipStale { .. } => Prompt::WhyForce,
        LeadAct::Count { times } => Prompt::WhyCount { times },
        LeadAct::Reprint => Prompt::WhyReprint,
    }
}

/// The lead said why: what was asked for is done, if it still can be.
pub(super) fn agreed(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    loaded: &Loaded,
    to: LeadAct,
    lead: &OperatorId,
    reason: &str,
) {
    let name = decision.place();
    decision.record(Fact::PlaceAsked { place: name, asking: None });
    let hand = loaded.hand.as_ref();
    match (to, hand) {
        (LeadAct::ForcePass, Some(view)) => forced::pass(decision, place, session, view, lead, reason),
        (LeadAct::Count { times }, Some(view)) if view.work.stage <= Stage::Checking => {
            allow(decision, view, to, lead, reason);
            pack::multiply(decision, times);
        }
        (LeadAct::Reprint, _) => match hand.or(loaded.last.as_ref()) {
            Some(view) => {
                allow(decision, view, to, lead, reason);
                match place.role {
                    Role::PrintDesk => position::reprint(decision, place, view, reason),
                    _ => reprint::reprint(decision, place, view, reason),
                }
            }
            None => decision.say(Prompt::NothingToReprint),
        },
        _ => decision.say(pack::unasked(place, session, hand)),
    }
}

fn allow(decision: &mut Decision, view: &View, to: LeadAct, lead: &OperatorId, reason: &str) {
    let (place, lead, reason) = (decision.place(), lead.clone(), reason.to_owned());
    decision.record_of(view, Fact::LeadAllowed { place, to, lead, reason });
}
