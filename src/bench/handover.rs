//! Handovers: what one driver of a carrier takes along is scanned between OPEN and CLOSE, and both sides sign its sheet.

use super::decision::{Action, Decision};
use super::prompt::Prompt;
use super::session::Handover;
use super::{Input, Place, Session, View, bag, lead};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Asking, Fact, LeadAct, PrintOutcome};
use crate::domain::id::{OperatorId, StationCode};
use crate::domain::order::CarrierCode;

/// One stays, the driver takes the other.
pub const COPIES: u32 = 2;

/// Deals with what is about a handover, and not about a parcel. `partly` is a parcel of which boxes are still to come.
pub(super) fn step(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    input: &Input,
    partly: Option<&View>,
) -> bool {
    match (input, &session.handover) {
        (Input::Scanned(Code::Command(Command::Handover(carrier))), None) => open(decision, session, *carrier),
        (Input::Scanned(Code::Command(Command::Handover(_))), Some(open)) => {
            decision.stop(None, Prompt::HandoverOpen { carrier: open.carrier });
        }
        (Input::Scanned(Code::Vehicle(plate)), Some(open)) => {
            let (place, handover, plate) = (decision.place(), open.handover.clone(), plate.clone());
            decision.record(Fact::VehicleNoted { place, handover, plate: plate.clone() });
            decision.say(Prompt::VehicleNoted { plate });
        }
        (Input::Scanned(Code::Command(Command::CloseHandover)), Some(open)) => match open.partly.values().sum() {
            0 => close(decision, place, open),
            count => decision.stop(None, Prompt::BoxesMissing { count }),
        },
        (Input::Scanned(Code::Command(Command::Undo)), Some(open)) if session.asking.is_none() => match partly {
            Some(view) => take_off(decision, place, open, view),
            None => decision.say(Prompt::NothingToUndo),
        },
        (Input::Scanned(Code::Vehicle(_) | Code::Command(Command::CloseHandover)), None) => {
            decision.stop(None, Prompt::HandoverFirst);
        }
        (Input::Scanned(Code::Bare(_)), None) if place.handover => decision.stop(None, Prompt::HandoverFirst),
        (Input::Scanned(Code::Command(command)), _) => return commanded(decision, place, session, command),
        (Input::SheetPrinted { handover, outcome, evidence }, _) => {
            settled(decision, handover, *outcome, evidence);
        }
        _ => return false,
    }
    true
}

pub(super) fn standing(place: &Place, session: &Session) -> Prompt {
    match (&session.asking, &session.handover, &session.closed) {
        (Some(Asking::LeadBadge { .. }), ..) => Prompt::LeadWanted,
        (Some(Asking::LeadReason { to, .. }), ..) => lead::why(*to),
        _ if session.bag.is_some() => session.bag.as_ref().map_or(Prompt::ScanAtDock, bag::standing),
        (_, Some(open), _) => Prompt::ScanForHandover { carrier: open.carrier, count: open.count },
        (_, None, Some(closed)) if closed.printing > 0 => Prompt::SheetPrinting,
        (_, None, Some(closed)) if closed.doubt => Prompt::SheetNotPrinted,
        (_, None, _) if place.handover => Prompt::HandoverFirst,
        (_, None, _) => Prompt::ScanAtDock,
    }
}

/// A box of a parcel that nobody wants any more, in somebody's hand, is off the truck; the others are to follow.
pub(super) fn boxes_aboard(decision: &mut Decision, view: &View, number: Option<&str>) -> Option<Prompt> {
    if !view.is_cancelled() {
        return None;
    }
    let is_here = |loaded: &&String| number == Some(loaded.as_str());
    if let Some(here) = view.work.loaded.iter().find(is_here) {
        let handover = view.work.aboard.get(here).map(|(_, handover)| handover.clone());
        let (place, numbers) = (decision.place(), vec![here.clone()]);
        decision.record_of(view, Fact::PiecesUnloaded { place, handover, numbers });
    }
    let others = view.work.loaded.iter().filter(|loaded| !is_here(loaded));
    let tails: Vec<String> = others.map(|other| super::label::tail(other)).collect();
    (!tails.is_empty()).then(|| Prompt::CancelledAboard { count: tails.len() as u32, tails: tails.join("、") })
}

/// The boxes of a parcel that isn't whole.
fn take_off(decision: &mut Decision, place: &Place, open: &Handover, view: &View) {
    let with_this = |(_, with): &(_, &(StationCode, String))| with.0 == place.station && with.1 == open.handover;
    let numbers: Vec<String> = view.work.aboard.iter().filter(with_this).map(|(number, _)| number.clone()).collect();
    let (place, handover) = (decision.place(), Some(open.handover.clone()));
    let count = numbers.len() as u32;
    let tail = super::label::tail(numbers.last().map_or("", String::as_str));
    decision.record_of(view, Fact::PiecesUnloaded { place, handover, numbers });
    decision.say(Prompt::BoxesOff { count, tail });
}

fn open(decision: &mut Decision, session: &Session, carrier: CarrierCode) {
    let place = decision.place();
    let handover = format!("{place}-{}", session.handovers + 1);
    decision.record(Fact::HandoverOpened { place, handover, carrier });
    decision.say(Prompt::ScanForHandover { carrier, count: 0 });
}

fn close(decision: &mut Decision, place: &Place, open: &Handover) {
    let (name, handover, count) = (decision.place(), open.handover.clone(), open.count);
    decision.record(Fact::HandoverClosed { place: name, handover, count });
    if count > 0 {
        print(decision, place, open);
    }
    decision.say(Prompt::HandoverClosed { carrier: open.carrier, count });
}

/// Both copies of the sheet.
fn print(decision: &mut Decision, place: &Place, closed: &Handover) {
    let Some((printer, media)) = &place.printer else {
        return decision.say(Prompt::NoSheetPrinter);
    };
    let template = format!("handover-{media}");
    for copy in 1..=COPIES {
        let (place, handover) = (decision.place(), closed.handover.clone());
        decision.record(Fact::SheetQueued { place, handover, template: template.clone(), copy });
        let (printer, template, handover) = (printer.clone(), template.clone(), closed.clone());
        decision.actions.push(Action::PrintSheet { printer, template, handover, copy });
    }
}

fn settled(decision: &mut Decision, handover: &str, outcome: PrintOutcome, evidence: &str) {
    let (place, handover, evidence) = (decision.place(), handover.to_owned(), evidence.to_owned());
    decision.record(Fact::SheetSettled { place, handover, outcome, evidence });
    if !outcome.came_out() {
        decision.say(Prompt::SheetNotPrinted);
    }
}

fn commanded(decision: &mut Decision, place: &Place, session: &Session, command: &Command) -> bool {
    match (command, &session.asking, &session.closed) {
        (Command::Undo, Some(_), _) => {
            decision.record(Fact::PlaceAsked { place: place.name.clone(), asking: None });
            let mut answered = session.clone();
            answered.asking = None;
            decision.say(standing(place, &answered));
        }
        (Command::Reason(reason), Some(Asking::LeadReason { to: LeadAct::ReopenHandover, lead }), Some(closed)) => {
            reopen(decision, closed, reason, lead);
        }
        (Command::ReopenHandover, _, Some(_)) if session.handover.is_none() => {
            lead::asked(decision, LeadAct::ReopenHandover);
            decision.say(Prompt::LeadWanted);
        }
        (Command::ReopenHandover, ..) => decision.say(Prompt::NothingToReopen),
        (Command::Reprint, _, Some(closed)) if session.handover.is_none() && closed.count > 0 => {
            print(decision, place, closed);
            decision.say(Prompt::SheetPrinting);
        }
        (Command::Reprint, ..) => decision.say(Prompt::NothingToReprint),
        _ => return false,
    }
    true
}

fn reopen(decision: &mut Decision, closed: &Handover, reason: &str, lead: &OperatorId) {
    let (place, handover) = (decision.place(), closed.handover.clone());
    decision.record(Fact::PlaceAsked { place: place.clone(), asking: None });
    decision.record(Fact::HandoverReopened { place, handover, reason: reason.to_owned(), lead: lead.clone() });
    decision.say(Prompt::ScanForHandover { carrier: closed.carrier, count: closed.count });
}
