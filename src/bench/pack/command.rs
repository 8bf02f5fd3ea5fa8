//! What a command means at a packing place: with a parcel in hand, with a question open, or with neither.

use super::super::decision::Decision;
use super::super::pick::missing;
use super::super::prompt::Prompt;
use super::super::work::Stage;
use super::super::{Loaded, Place, Session, View, forced, lead, material, pieces, reopen, reprint, split};
use super::{begin, unasked, waits, working};
use crate::domain::code::Command;
use crate::domain::fact::{Asking, Fact, LeadAct};

pub(super) fn commanded(decision: &mut Decision, place: &Place, session: &Session, command: &Command, loaded: &Loaded) {
    let hand = loaded.hand.as_ref();
    match (command, &session.asking) {
        (Command::Reason(reason), Some(Asking::SkipReason)) => match hand {
            Some(view) => set_aside(decision, view, reason),
            None => decision.say(Prompt::NoSkipNow),
        },
        (Command::Reason(reason), Some(Asking::ReprintReason)) => {
            let place_name = decision.place();
            decision.record(Fact::PlaceAsked { place: place_name, asking: None });
            match hand.or(packed_last(loaded)) {
                Some(view) => reprint::reprint(decision, place, view, reason),
                None => decision.say(Prompt::NothingToReprint),
            }
        }
        (Command::Reason(reason), Some(Asking::LeadReason { to, lead })) => {
            lead::agreed(decision, place, session, loaded, *to, lead, reason);
        }
        // What came lies there to be packed; for what didn't, a lead is asked once the rest is counted.
        (Command::Force, Some(Asking::GoodsMissing { number, .. })) => match &loaded.asked {
            Some(view) => {
                let name = decision.place();
                decision.record(Fact::PlaceAsked { place: name, asking: None });
                begin(decision, place, session, view, number.as_ref(), None, false);
            }
            None => decision.say(Prompt::ScanParcel),
        },
        (Command::Force, _) => forced::wanted(decision, place, session, hand),
        (Command::Confirm, Some(Asking::Changed)) => match hand {
            Some(view) => reopen::accept(decision, place, view),
            None => decision.say(Prompt::ScanParcel),
        },
        (Command::Confirm, Some(Asking::GoodsMissing { number, .. })) => match &loaded.asked {
            // Nobody waits for them any more.
            Some(view) if view.stop().is_some() => begin(decision, place, session, view, number.as_ref(), None, false),
            Some(view) => missing::came(decision, place, view),
            None => decision.say(Prompt::ScanParcel),
        },
        (Command::Skip, _) => match hand {
            Some(view) => {
                let place = decision.place();
                decision.record_of(view, Fact::PlaceAsked { place, asking: Some(Asking::SkipReason) });
                decision.say(Prompt::WhySkip);
            }
            None => decision.say(Prompt::NoSkipNow),
        },
        (Command::Box, _) => pieces::wanted(decision, place, hand),
        (Command::Split, _) => split::wanted(decision, place, session, hand),
        (Command::Undo, _) => undo(decision, place, session, loaded),
        (Command::Reprint, _) => reprint::wanted(decision, place, hand, packed_last(loaded)),
        (Command::Times(times), _) => match hand {
            Some(view) if view.work.stage <= Stage::Checking && *times > place.times_limit => {
                lead::wanted(decision, view, LeadAct::Count { times: *times });
            }
            Some(view) if view.work.stage <= Stage::Checking => multiply(decision, *times),
            Some(view) => decision.say(working(place, view)),
            None => decision.stop(None, Prompt::ParcelFirst),
        },
        (Command::Handover(_) | Command::CloseHandover | Command::ReopenHandover, _)
        | (Command::NoNumber | Command::Finding(_), _) => decision.say(Prompt::NotHere),
        (Command::Confirm | Command::Reason(_) | Command::BadgeOut, _) => {
            decision.say(crate::bench::standing_prompt(place, session, hand, 0, &[]));
        }
    }
}

/// One that was put aside is nobody's to be labelled.
fn packed_last(loaded: &Loaded) -> Option<&View> {
    loaded.last.as_ref().filter(|view| view.work.stage >= Stage::Packed)
}

pub(in crate::bench) fn multiply(decision: &mut Decision, times: u32) {
    let place = decision.place();
    decision.record(Fact::MultiplierSet { place, times });
    decision.say(Prompt::Times { times });
}

/// Takes back a question or a multiplier first, else the last item.
fn undo(decision: &mut Decision, place: &Place, session: &Session, loaded: &Loaded) {
    let (name, hand) = (decision.place(), loaded.hand.as_ref());
    let is_question = |asking: &Asking| waits(asking) || matches!(asking, Asking::TaughtCode { .. });
    if session.asking.as_ref().is_some_and(is_question) {
        decision.record(Fact::PlaceAsked { place: name, asking: None });
        return decision.say(unasked(place, session, hand));
    }
    if session.times.is_some() {
        return multiply(decision, 1);
    }
    if material::undone(decision, place, loaded) {
        return;
    }
    let view = hand.filter(|view| view.work.stage == Stage::Checking);
    if view.is_some_and(|view| pieces::undone(decision, view)) {
        return;
    }
    let Some((view, last)) = view.and_then(|view| Some((view, view.work.checks.last()?))) else {
        return decision.say(Prompt::NothingToUndo);
    };
    decision.record_of(view, Fact::ItemUnchecked { place: name, sku: last.sku.clone(), quantity: last.quantity });
    let name = view.need(&last.sku).map_or(last.sku.to_string(), |need| need.name.clone());
    let left = view.left().iter().map(|(_, left)| left).sum::<u32>() + last.quantity;
    decision.say(Prompt::Undone { name, left });
}

fn set_aside(decision: &mut Decision, view: &View, reason: &str) {
    let place = decision.place();
    decision.record_of(view, Fact::ParcelSetAside { place, reason: reason.to_owned() });
    decision.say(Prompt::SetAside);
}
