//! How old what is known of refunds is. Packing goes on with it, for a box can be opened again; where a site is strict, nothing
//! leaves the dock while it is too old, but by a lead's word.

use super::decision::Decision;
use super::prompt::Prompt;
use super::{Input, Loaded, Place, Session, handover, lead};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Asking, Fact, LeadAct};

/// What is known of refunds is older than the site allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The hub's clock when the station heard of all refunds last; 0 where it never did.
    pub as_of_us: i64,
    /// The same as people read it.
    pub since: Option<String>,
}

/// Why nothing may leave now.
pub(super) fn stop(place: &Place, session: &Session, loaded: &Loaded) -> Option<Prompt> {
    let stale = loaded.stale.as_ref().filter(|_| place.strict_refunds)?;
    let agreed = session.ships_as_of.is_some_and(|as_of_us| stale.as_of_us <= as_of_us);
    (!agreed).then(|| Prompt::RefundsStale { since: stale.since.clone() })
}

/// Deals with a lead's word at the dock. It holds until the hub is met again, and not for the next time that it is away.
pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) -> bool {
    let Input::Scanned(Code::Command(command)) = input else { return false };
    match (command, &session.asking, &loaded.stale) {
        (Command::Force, _, Some(stale)) if stop(place, session, loaded).is_some() => {
            lead::asked(decision, LeadAct::ShipStale { as_of_us: stale.as_of_us });
            decision.say(Prompt::LeadWanted);
        }
        (Command::Reason(reason), Some(Asking::LeadReason { to: to @ LeadAct::ShipStale { .. }, lead }), _) => {
            let (place_name, lead, reason) = (decision.place(), lead.clone(), reason.clone());
            decision.record(Fact::PlaceAsked { place: place_name.clone(), asking: None });
            decision.record(Fact::LeadAllowed { place: place_name, to: *to, lead, reason });
            let answered = Session { asking: None, ..session.clone() };
            decision.say(handover::standing(place, &answered));
        }
        _ => return false,
    }
    true
}
