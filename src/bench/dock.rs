//! The dock: a waybill's scan ships its parcel, unless it must not leave.

use super::decision::{Action, Decision};
use super::pack::shown;
use super::prompt::Prompt;
use super::session::Handover;
use super::work::Stage;
use super::{Found, Input, Loaded, Place, Session, View, handover, reopen};
use crate::domain::code::{Code, may_name_a_parcel};
use crate::domain::fact::Fact;
use crate::domain::number::looks_like;

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    if handover::step(decision, place, session, input, loaded.asked.as_deref()) {
        return;
    }
    let open = session.handover.as_ref();
    match input {
        Input::Scanned(Code::Bare(code)) => match &loaded.found {
            Found::Label { number, view } => leaving(decision, open, view, number, code, None),
            Found::Several(what) => decision.say(Prompt::Several { what: what.join(" / ") }),
            Found::Nothing if may_name_a_parcel(code) => {
                decision.say(Prompt::AskingHub);
                decision.actions.push(Action::AskHub { code: code.clone() });
            }
            _ => decision.stop(None, Prompt::NoWaybill { code: shown(code) }),
        },
        Input::HubAnswered { code, reached } => match &loaded.found {
            Found::Label { number, view } => leaving(decision, open, view, number, code, Some(*reached)),
            _ => {
                let place = decision.place();
                decision.record(Fact::UnverifiedScanned { place, code: code.clone() });
                decision.say(Prompt::Unverified { code: code.clone(), looks: looks_like(code) });
            }
        },
        Input::Scanned(_) => decision.say(Prompt::NotHere),
        _ => {}
    }
}

/// `asked` is whether the hub was reached, once it was asked.
fn leaving(
    decision: &mut Decision,
    open: Option<&Handover>,
    view: &View,
    number: &str,
    code: &str,
    asked: Option<bool>,
) {
    if let Some(stop) = view.stop() {
        return decision.stop(Some(view), stop);
    }
    if number.starts_with("TMP-") {
        return decision.stop(Some(view), Prompt::TemporaryAtDock);
    }
    if view.work.is_void(number) {
        return decision.stop(Some(view), Prompt::VoidLabel);
    }
    if view.work.is_disowned() {
        return decision.stop(Some(view), Prompt::NumberDisowned);
    }
    if !view.leaving.is_empty() {
        return decision.stop(Some(view), reopen::elsewhere(view));
    }
    let carrier = view.parcel.carrier;
    if let Some(Handover { carrier: wanted, .. }) = open.filter(|open| open.carrier != carrier) {
        return decision.stop(Some(view), Prompt::WrongCarrier { carrier, wanted: *wanted });
    }
    match (view.work.stage, asked) {
        (Stage::Shipped, _) => decision.stop(Some(view), Prompt::AlreadyShipped),
        (Stage::Packed, _) => ship(decision, open, view, number, |count| Prompt::Shipped { count }),
        // Packed at another station a moment ago? Only the hub can know.
        (_, None) => {
            decision.say(Prompt::AskingHub);
            decision.actions.push(Action::AskHub { code: code.to_owned() });
        }
        (_, Some(true)) => decision.stop(Some(view), Prompt::NotPacked),
        (_, Some(false)) => ship(decision, open, view, number, |_| Prompt::ShippedUnverified),
    }
}

/// Ships the parcel with its last box: a part of it is no parcel.
fn ship(decision: &mut Decision, open: Option<&Handover>, view: &View, number: &str, prompt: impl Fn(u32) -> Prompt) {
    let (place, number) = (decision.place(), number.to_owned());
    let handover = open.map(|open| open.handover.clone());
    let pieces = view.pieces();
    if pieces.len() > 1 {
        let is_loaded = |piece: &String| view.work.loaded.contains(piece);
        let left = pieces.iter().filter(|piece| **piece != number && !is_loaded(piece)).count() as u32;
        match pieces.contains(&number) {
            // An id, which stands on every box.
            false => return decision.stop(Some(view), Prompt::ScanItsLabel),
            true if is_loaded(&number) => return decision.stop(Some(view), Prompt::BoxTwice { left }),
            true if left > 0 => {
                decision.record_of(view, Fact::PieceLoaded { place, number, left, handover });
                return decision.say(Prompt::BoxesLeft { left });
            }
            true => {}
        }
    }
    let number = Some(number);
    decision.record_of(view, Fact::ParcelShipped { place, number, handover });
    decision.say(prompt(1 + open.map_or(decision.done(), |open| open.count)));
}
