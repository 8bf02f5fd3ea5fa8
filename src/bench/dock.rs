//! The dock: a waybill's scan ships its parcel, unless it must not leave.

use super::decision::{Action, Decision};
use super::pack::shown;
use super::prompt::Prompt;
use super::session::Handover;
use super::work::Stage;
use super::{Found, Input, Loaded, Place, Session, View, bag, handover, refunds, reopen};
use crate::domain::code::{Code, may_name_a_parcel};
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;
use crate::domain::number::looks_like;
use crate::domain::order::CarrierCode;

/// Through what parcels leave now.
#[derive(Clone)]
pub(super) struct Door<'a> {
    station: &'a StationCode,
    open: Option<&'a Handover>,
    /// Whose parcels only.
    carrier: Option<CarrierCode>,
    /// Why none may leave.
    stale: Option<Prompt>,
}

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    let open = session.handover.as_ref();
    let door = Door {
        station: &place.station,
        open,
        carrier: open.map(|open| open.carrier),
        stale: refunds::stop(place, session, loaded),
    };
    if refunds::step(decision, place, session, input, loaded)
        || bag::step(decision, place, session, input, loaded, &door)
        || handover::step(decision, place, session, input, loaded.asked.as_deref())
    {
        return;
    }
    match input {
        Input::Scanned(Code::Bare(code)) => found(decision, &door, &loaded.found, code, None),
        Input::HubAnswered { code, reached } => found(decision, &door, &loaded.found, code, Some(*reached)),
        Input::Scanned(_) => decision.say(Prompt::NotHere),
        _ => {}
    }
}

/// `asked` is whether the hub was reached, once it was asked.
fn found(decision: &mut Decision, door: &Door<'_>, found: &Found, code: &str, asked: Option<bool>) {
    match found {
        Found::Label { number, view } => leaving(decision, door, view, number, code, asked),
        other => unknown(decision, other, code, asked),
    }
}

/// What names no parcel's label here.
pub(super) fn unknown(decision: &mut Decision, found: &Found, code: &str, asked: Option<bool>) {
    match (found, asked) {
        (Found::Several(what), None) => decision.say(Prompt::Several { what: what.join(" / ") }),
        (Found::Nothing, None) if may_name_a_parcel(code) => {
            decision.say(Prompt::AskingHub);
            decision.actions.push(Action::AskHub { code: code.to_owned() });
        }
        (_, None) => decision.stop(None, Prompt::NoWaybill { code: shown(code) }),
        (_, Some(_)) => {
            let place = decision.place();
            decision.record(Fact::UnverifiedScanned { place, code: code.to_owned() });
            decision.say(Prompt::Unverified { code: code.to_owned(), looks: looks_like(code) });
        }
    }
}

impl Door<'_> {
    /// Why a label's parcel must not leave, as far as its papers and its orders say.
    pub(super) fn refuses(&self, view: &View, number: &str) -> Option<Prompt> {
        if let Some(stop) = view.stop() {
            return Some(stop);
        }
        if view.is_replaced(number) && view.work.stage < Stage::Shipped {
            return Some(Prompt::OldLabel);
        }
        if view.work.is_void(number) {
            return Some(Prompt::VoidLabel);
        }
        if number.starts_with("TMP-") {
            return Some(Prompt::TemporaryAtDock);
        }
        if view.work.is_disowned() {
            return Some(Prompt::NumberDisowned);
        }
        if view.differs() {
            return Some(reopen::elsewhere(view));
        }
        let carrier = view.parcel.carrier;
        if let Some(wanted) = self.carrier.filter(|wanted| *wanted != carrier) {
            return Some(Prompt::WrongCarrier { carrier, wanted });
        }
        if view.work.stage == Stage::Shipped {
            return Some(Prompt::AlreadyShipped);
        }
        self.stale.clone()
    }

    /// The same for one carrier's parcels, where that is said.
    pub(super) fn only(&self, carrier: Option<CarrierCode>) -> Self {
        Door { carrier: carrier.or(self.carrier), ..self.clone() }
    }

    fn handover(&self) -> Option<String> {
        self.open.map(|open| open.handover.clone())
    }

    /// Parcels that left before this scan: with the driver, or since the badge.
    pub(super) fn count(&self, decision: &Decision) -> u32 {
        self.open.map_or(decision.done(), |open| open.count)
    }
}

fn leaving(decision: &mut Decision, door: &Door<'_>, view: &View, number: &str, code: &str, asked: Option<bool>) {
    if let Some(stop) = handover::boxes_aboard(decision, view, Some(number)).or_else(|| door.refuses(view, number)) {
        bag::out_for_good(decision, view, &stop);
        return decision.stop(Some(view), stop);
    }
    let prompt = match (view.work.stage, asked) {
        (Stage::Packed | Stage::Shipped, _) => Prompt::Shipped { count: 1 + door.count(decision) },
        // Packed at another station a moment ago? Only the hub can know.
        (_, None) => {
            decision.say(Prompt::AskingHub);
            return decision.actions.push(Action::AskHub { code: code.to_owned() });
        }
        (_, Some(true)) => return decision.stop(Some(view), Prompt::NotPacked),
        (_, Some(false)) if is_unpacked_here(view, door.station) => {
            return decision.stop(Some(view), Prompt::NotPacked);
        }
        (_, Some(false)) => Prompt::ShippedUnverified,
    };
    if is_last_box(decision, door, view, number) {
        leaves(decision, door, view, number);
        decision.say(prompt);
    }
}

/// This station's own packers have it open, or put it aside.
fn is_unpacked_here(view: &View, station: &StationCode) -> bool {
    let is_open = view.work.at.as_ref().is_some_and(|(at, _)| at == station);
    is_open || view.work.set_aside.is_some()
}

/// A parcel leaves with its last box: a part of it is no parcel.
fn is_last_box(decision: &mut Decision, door: &Door<'_>, view: &View, number: &str) -> bool {
    let pieces = view.pieces();
    if pieces.len() < 2 {
        return true;
    }
    let is_loaded = |piece: &str| view.work.loaded.iter().any(|loaded| loaded == piece);
    let left = pieces.iter().filter(|piece| *piece != number && !is_loaded(piece)).count() as u32;
    match pieces.iter().any(|piece| piece == number) {
        // An id, which stands on every box.
        false => decision.stop(Some(view), Prompt::ScanItsLabel),
        true if is_loaded(number) => decision.stop(Some(view), Prompt::BoxTwice { left }),
        true if left > 0 => {
            let (place, number, handover) = (decision.place(), number.to_owned(), door.handover());
            decision.record_of(view, Fact::PieceLoaded { place, number, left, handover });
            decision.say(Prompt::BoxesLeft { left });
        }
        true => return true,
    }
    false
}

pub(super) fn leaves(decision: &mut Decision, door: &Door<'_>, view: &View, number: &str) {
    let (place, number, handover) = (decision.place(), Some(number.to_owned()), door.handover());
    decision.record_of(view, Fact::ParcelShipped { place, number, handover });
}
