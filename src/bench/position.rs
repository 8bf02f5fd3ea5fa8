//! One position of a wave printed again, at a print desk that prints no wave now: its label, its waybill id, its order or
//! `WAVE/POSITION` names it, then REPRINT and a reason. The copy is marked and says who wanted it; the paper before it is void.

use super::decision::Decision;
use super::label;
use super::lead;
use super::prompt::Prompt;
use super::reprint;
use super::work::Stage;
use super::{Found, Loaded, Place, Session, View};
use crate::domain::code::Command;
use crate::domain::fact::{Asking, Fact, PrintOutcome};
use crate::domain::id::JobId;

/// Whether the scan names one; what was never printed is still to come out with its wave.
pub(super) fn named(decision: &mut Decision, session: &Session, found: &Found) -> bool {
    let view = match found {
        Found::Label { view, .. } => view,
        Found::Order(views) => match printed(views).as_slice() {
            [only] => *only,
            [] => return false,
            _ => {
                decision.stop(None, Prompt::ScanItsLabel);
                return true;
            }
        },
        _ => return false,
    };
    let asks_again = matches!(session.asking, Some(Asking::WaveAgain { .. }));
    if (session.asking.is_some() && !asks_again) || view.work.labels.is_empty() {
        return false;
    }
    match refusal(view) {
        Ok((position, count)) => {
            let place = decision.place();
            if asks_again {
                decision.record(Fact::PlaceAsked { place: place.clone(), asking: None });
            }
            decision.record_of(view, Fact::PositionNamed { place });
            decision.say(Prompt::PositionNamed { position, count });
        }
        Err(stop) => decision.stop(Some(view), stop),
    }
    true
}

fn printed(views: &[View]) -> Vec<&View> {
    views.iter().filter(|view| view.parcel.wave.is_some() && !view.work.labels.is_empty()).collect()
}

/// Its place in its wave, or why its label is not the desk's to print again.
fn refusal(view: &View) -> Result<(u32, u32), Prompt> {
    if let Some(stop) = view.stop() {
        return Err(stop);
    }
    match (view.work.stage, &view.work.at, &view.parcel.wave) {
        (Stage::Shipped, ..) => Err(Prompt::AlreadyShipped),
        // It has its label; whoever has the box in hand sees whether it wants another.
        (Stage::Packed, ..) => Err(Prompt::AlreadyPacked),
        (_, Some((station, place)), _) => Err(Prompt::InHandElsewhere { place: format!("{station} {place}") }),
        (_, None, None) => Err(Prompt::NoWave),
        (_, None, Some(wave)) => Ok((wave.position, wave.count)),
    }
}

pub(super) fn commanded(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    command: &Command,
    loaded: &Loaded,
) -> bool {
    match (command, &session.asking) {
        (Command::Reprint, None) => wanted(decision, place, loaded.last.as_ref()),
        (Command::Reason(reason), Some(Asking::ReprintReason)) => {
            let name = decision.place();
            decision.record(Fact::PlaceAsked { place: name, asking: None });
            match &loaded.last {
                Some(view) => reprint(decision, place, view, reason),
                None => decision.say(Prompt::NothingToReprint),
            }
        }
        (Command::Reason(reason), Some(Asking::LeadReason { to, lead })) => {
            lead::agreed(decision, place, session, loaded, *to, lead, reason);
        }
        (Command::Undo, Some(asking)) if is_taken_back(asking) => {
            let name = decision.place();
            decision.record(Fact::PlaceAsked { place: name, asking: None });
            decision.say(Prompt::ScanPickList);
        }
        _ => return false,
    }
    true
}

fn is_taken_back(asking: &Asking) -> bool {
    matches!(
        asking,
        Asking::ReprintReason
            | Asking::LeadBadge { .. }
            | Asking::LeadReason { .. }
            | Asking::WaveAgain { .. }
            | Asking::MissingNumbers { .. }
    )
}

fn wanted(decision: &mut Decision, place: &Place, named: Option<&View>) {
    match named.map(|view| (view, refusal(view))) {
        Some((view, Err(stop))) => decision.stop(Some(view), stop),
        // It is on its way to the paper; a second one now would be two.
        Some((view, Ok(_))) if is_under_way(view) => decision.say(Prompt::Printing),
        _ => reprint::wanted(decision, place, None, named),
    }
}

fn is_under_way(view: &View) -> bool {
    view.work.labels.last().is_some_and(|label| label.outcome.is_none() && !label.discarded)
}

pub(super) fn reprint(decision: &mut Decision, place: &Place, view: &View, reason: &str) {
    let position = match refusal(view) {
        Ok((position, _)) => position,
        Err(stop) => return decision.stop(Some(view), stop),
    };
    let Some((number, origin)) = view.number() else {
        return decision.say(Prompt::NothingToReprint);
    };
    match label::order(place, view, &number, origin) {
        Ok(order) => {
            let printer = order.printer.clone();
            label::discard(decision, view, reason);
            label::queue(decision, place, view, order, Some(reason), Some(position));
            decision.say(label::printing_on(place, printer));
        }
        Err(missing) => decision.say(missing),
    }
}

/// What became of the copy.
pub(super) fn settled(
    decision: &mut Decision,
    place: &Place,
    named: Option<&View>,
    job: &JobId,
    outcome: PrintOutcome,
    evidence: &str,
) {
    let of = named.and_then(|view| Some((view, view.work.labels.iter().find(|label| label.job == *job)?)));
    label::settle(decision, of.map(|(view, _)| view), job, outcome, evidence);
    if let Some((_, label)) = of {
        decision.say(match outcome {
            PrintOutcome::Accepted | PrintOutcome::Confirmed => Prompt::Reprinted,
            PrintOutcome::Refused => label::printer_refused(place, &label.printer),
            PrintOutcome::Unknown => Prompt::LabelUnknown,
            PrintOutcome::Unprintable => Prompt::LabelFailed { why: evidence.to_owned() },
        });
    }
}
