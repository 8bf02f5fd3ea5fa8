//! Bags (集包袋): parcels of one carrier are scanned into a bag ahead of its pickup, and at the handover the bag's scan ships them all.
//! What must not leave by then is named, taken out and scanned; until that none of the bag leaves.

use std::collections::BTreeSet;

use super::decision::{Action, Decision};
use super::dock::{self, Door};
use super::prompt::Prompt;
use super::session::OpenBag;
use super::work::Stage;
use super::{Found, Input, Loaded, Place, Session, View};
use crate::domain::code::{Code, Command};
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;

pub(super) fn step(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    input: &Input,
    loaded: &Loaded,
    door: &Door<'_>,
) -> bool {
    match (input, &session.bag) {
        (Input::Scanned(Code::Bag(bag)), Some(open)) if *bag == open.bag => close(decision, open),
        (Input::Scanned(Code::Bag(_)), Some(open)) => decision.stop(None, Prompt::BagOpen { bag: open.bag.clone() }),
        (Input::Scanned(Code::Bag(bag)), None) if loaded.bag_open_at.is_some() => {
            let place = loaded.bag_open_at.as_ref().map_or_else(String::new, ToString::to_string);
            decision.stop(None, Prompt::BagOpenAt { bag: bag.clone(), place });
        }
        // Bags are filled before the driver comes: during a handover an empty one is a mistake.
        (Input::Scanned(Code::Bag(bag)), None) if loaded.bagged.is_empty() && session.handover.is_some() => {
            decision.stop(None, Prompt::BagEmpty { bag: bag.clone() });
        }
        (Input::Scanned(Code::Bag(bag)), None) if loaded.bagged.is_empty() => open(decision, bag),
        (Input::Scanned(Code::Bag(_)), None) if place.handover && session.handover.is_none() => {
            decision.stop(None, Prompt::HandoverFirst);
        }
        (Input::Scanned(Code::Bag(bag)), None) => ship(decision, bag, loaded, door),
        (Input::Scanned(Code::Command(Command::CloseHandover)), Some(open)) => close(decision, open),
        (Input::Scanned(Code::Command(Command::Undo)), Some(open)) if session.asking.is_none() => {
            take_out_last(decision, open, loaded);
        }
        (Input::Scanned(Code::Command(Command::Handover(_))), Some(open)) => {
            decision.stop(None, Prompt::BagOpen { bag: open.bag.clone() });
        }
        (Input::Scanned(Code::Bare(code)), Some(open)) => scanned(decision, open, loaded, door, code, None),
        (Input::HubAnswered { code, reached }, Some(open)) => {
            scanned(decision, open, loaded, door, code, Some(*reached));
        }
        _ => return false,
    }
    true
}

pub(super) fn standing(open: &OpenBag) -> Prompt {
    Prompt::ScanIntoBag { bag: open.bag.clone(), count: open.count }
}

fn open(decision: &mut Decision, bag: &str) {
    let (place, bag) = (decision.place(), bag.to_owned());
    decision.record(Fact::BagOpened { place, bag: bag.clone() });
    decision.say(Prompt::ScanIntoBag { bag, count: 0 });
}

fn close(decision: &mut Decision, open: &OpenBag) {
    let (place, bag, count) = (decision.place(), open.bag.clone(), open.count);
    decision.record(Fact::BagClosed { place, bag: bag.clone(), count });
    decision.say(Prompt::BagClosed { bag, count });
}

fn scanned(decision: &mut Decision, open: &OpenBag, loaded: &Loaded, door: &Door<'_>, code: &str, asked: Option<bool>) {
    let Found::Label { number, view } = &loaded.found else {
        return dock::unknown(decision, &loaded.found, code, asked);
    };
    let door = door.only(open.carrier);
    if let Some(stop) = door.refuses(view, number) {
        if view.work.bag.as_ref().is_some_and(|bagged| bagged.bag == open.bag) {
            out_for_good(decision, view, &stop);
        }
        return decision.stop(Some(view), stop);
    }
    if view.pieces().len() > 1 {
        return decision.stop(Some(view), Prompt::BoxesNotBagged);
    }
    match (&view.work.bag, view.work.stage) {
        (Some(same), _) if same.bag == open.bag => {
            decision.stop(Some(view), Prompt::AlreadyInBag { bag: same.bag.clone() });
        }
        (_, Stage::Packed) => {
            // Whoever has its label in hand took it out of the other one.
            take_out(decision, view);
            let (place, bag, number) = (decision.place(), open.bag.clone(), number.clone());
            let carrier = view.parcel.carrier;
            decision.record_of(view, Fact::ParcelBagged { place, bag, number, carrier });
            decision.say(Prompt::InBag { count: open.count + 1 });
        }
        _ if asked.is_none() => {
            decision.say(Prompt::AskingHub);
            decision.actions.push(Action::AskHub { code: code.to_owned() });
        }
        // With nobody to ask it can still be shipped by itself, where the amber sound is its own.
        _ => decision.stop(Some(view), Prompt::NotPacked),
    }
}

fn take_out_last(decision: &mut Decision, open: &OpenBag, loaded: &Loaded) {
    let last = loaded.bagged.iter().find(|view| Some(&view.parcel.parcel_id) == open.last.as_ref());
    match last {
        Some(view) => {
            take_out(decision, view);
            decision.say(Prompt::OutOfBag { count: open.count.saturating_sub(1) });
        }
        None => decision.say(Prompt::NothingToUndo),
    }
}

/// Whoever has a label in hand that must not leave took its parcel out, unless all of the bag waits for the same.
pub(super) fn out_for_good(decision: &mut Decision, view: &View, stop: &Prompt) {
    let is_its_own =
        !matches!(stop, Prompt::RefundsStale { .. } | Prompt::WrongCarrier { .. } | Prompt::AlreadyShipped);
    if is_its_own {
        take_out(decision, view);
    }
}

/// It lies in no bag any more.
pub(super) fn take_out(decision: &mut Decision, view: &View) {
    let Some(bagged) = &view.work.bag else { return };
    let (place, bag) = (decision.place(), bagged.bag.clone());
    decision.record_of(view, Fact::ParcelUnbagged { place, bag });
}

fn ship(decision: &mut Decision, bag: &str, loaded: &Loaded, door: &Door<'_>) {
    let bagged = || loaded.bagged.iter().filter_map(|view| Some((view, &view.work.bag.as_ref()?.number)));
    let refuses = |view: &View, number: &str| {
        let unpacked = (view.work.stage != Stage::Packed).then_some(Prompt::NotPacked);
        door.refuses(view, number).or(unpacked)
    };
    let refused = bagged().find_map(|(view, number)| Some((view, number, refuses(view, number)?)));
    match refused {
        // All of it waits for the same, whatever is in it.
        Some((view, _, stop @ (Prompt::RefundsStale { .. } | Prompt::WrongCarrier { .. }))) => {
            decision.stop(Some(view), stop);
        }
        Some((view, number, _)) => {
            let (bag, tail) = (bag.to_owned(), super::label::tail(number));
            decision.stop(Some(view), Prompt::BagNotShippable { bag, tail });
        }
        // Two bags bear the code, and only one of them is here.
        None if filled_at(loaded).len() > 1 => {
            let stations = filled_at(loaded).into_iter().map(|station| station.map_or("?".into(), ToString::to_string));
            decision.stop(None, Prompt::BagTwice { bag: bag.to_owned(), stations: stations.collect() });
        }
        None => {
            for (view, number) in bagged() {
                dock::leaves(decision, door, view, number);
            }
            let count = bagged().count() as u32;
            let total = door.count(decision) + count;
            decision.say(Prompt::BagShipped { bag: bag.to_owned(), count, total });
        }
    }
}

fn filled_at(loaded: &Loaded) -> BTreeSet<Option<&StationCode>> {
    loaded.bagged.iter().filter_map(|view| Some(view.work.bag.as_ref()?.station.as_ref())).collect()
}
