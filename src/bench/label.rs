//! The label of a checked parcel: getting its number, printing it, and the scan-back that makes the parcel packed.
//! One parcel has one live label; where the truth about paper is unknown the packer is asked.

mod void;

pub(super) use void::{discard, withdraw};

use super::decision::{Action, Decision, PrintOrder, SEALED};
use super::pack::{self, not_wanted};
use super::pick::back;
use super::prompt::Prompt;
use super::session::refused;
use super::work::{Asked, LabelWork, Stage};
use super::{Fallback, Found, Input, Loaded, Place, ScanBack, Session, View, pieces, reopen, reprint};
use crate::domain::fact::{Fact, PrintOutcome};
use crate::domain::id::JobId;
use crate::domain::waybill::{Origin, temporary_number};

/// The check is complete: the parcel is packed if its label is known to be on it, else its label comes now.
pub(super) fn finish(decision: &mut Decision, place: &Place, view: &View) {
    if stopped(decision, view) {
        return;
    }
    let Some((_, origin)) = view.number() else {
        return number_wanted(decision, view, place);
    };
    if reopen::stop(decision, view) {
        return;
    }
    match view.unlabelled() {
        Some(number) => next(decision, place, view, &number, origin),
        None => packed(decision, view, origin),
    }
}

/// A parcel whose orders don't want it to go on is put aside, wherever its label is.
pub(super) fn stopped(decision: &mut Decision, view: &View) -> bool {
    let Some(stop) = view.stop() else { return false };
    let place = decision.place();
    decision.record_of(view, Fact::ParcelSetAside { place, reason: stop.key() });
    decision.stop(Some(view), stop);
    true
}

/// The label of the next box.
fn next(decision: &mut Decision, place: &Place, view: &View, number: &str, origin: Origin) {
    match view.work.label(number) {
        // It was printed before, at a print desk: it is stuck on, and scanned to prove it.
        Some(_) => decision.say(stick(view, number, origin)),
        None => print(decision, place, view, number, origin, None),
    }
}

/// Real labels in place of the temporary ones of a packed parcel, box by box.
pub(super) fn relabel(decision: &mut Decision, place: &Place, view: &View) {
    match view.unlabelled().zip(view.number()) {
        Some((number, (_, origin))) => print(decision, place, view, &number, origin, Some("relabel")),
        // They are on it already.
        None => decision.stop(Some(view), Prompt::AlreadyPacked),
    }
}

/// What the screen says while a checked parcel waits for its label.
pub(super) fn standing(place: &Place, view: &View) -> Prompt {
    let Some((number, origin)) = view.number() else {
        return Prompt::GettingNumber;
    };
    match view.work.awaited() {
        None => {
            let next = view.unlabelled();
            let lacks = next.as_ref().is_some_and(|next| view.work.label(next).is_none());
            let stick = || stick(view, next.as_ref().unwrap_or(&number), origin);
            outlet(place, view, origin).err().filter(|_| lacks).unwrap_or_else(stick)
        }
        // An unsettled job means the daemon went down with the printer at work.
        Some(label) => match label.outcome {
            None | Some(PrintOutcome::Unknown) => Prompt::LabelUnknown,
            Some(PrintOutcome::Refused) => printer_refused(place, &label.printer),
            Some(PrintOutcome::Unprintable) => label_failed(label.why.as_deref().unwrap_or_default()),
            Some(_) => stick_from(place, view, label),
        },
    }
}

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    match input {
        Input::Printed { job, outcome, evidence } => printed(decision, place, loaded, job, *outcome, evidence),
        Input::NumberSettled { parcel } | Input::BudgetSpent { parcel, .. } | Input::RerouteUnanswered { parcel } => {
            let waiting = loaded.hand.as_ref().filter(|view| {
                view.parcel.parcel_id == *parcel
                    && session.in_hand.as_ref() == Some(parcel)
                    && view.work.stage == Stage::Checked
                    && view.work.awaited().is_none()
                    // One that was opened again waits for its label's scan alone.
                    && (view.number().is_none() || view.unlabelled().is_some())
            });
            let Some(view) = waiting else { return };
            match view.number() {
                _ if stopped(decision, view) => {}
                Some(_) => finish(decision, place, view),
                None if waited_enough(input, view) => fall_back(decision, place, view),
                // Another carrier has it now.
                None if view.work.asked == Asked::Never => number_wanted(decision, view, place),
                None => {}
            }
        }
        Input::PrinterReady => {
            let is_missing = |view: &View| {
                let last = view.work.labels.last();
                view.work.stage >= Stage::Checked
                    && last.is_some_and(|label| refused(label.outcome) && !label.discarded)
            };
            if let Some(view) = loaded.hand.as_ref().filter(|view| is_missing(view))
                && !stopped(decision, view)
            {
                reprint::again(decision, place, view, reprint::NOT_PRINTED);
            }
        }
        _ => {}
    }
}

/// Whether the wait for the parcel's number ends with this.
pub(super) fn waited_enough(input: &Input, view: &View) -> bool {
    let rerouting = matches!(view.work.asked, Asked::Rerouting { .. });
    match input {
        Input::BudgetSpent { waybill_id, .. } => !rerouting && *waybill_id == view.parcel.waybill_id,
        Input::RerouteUnanswered { .. } => rerouting,
        _ => given_up(view),
    }
}

/// Nothing to wait for: the carrier refused, was asked and did not answer, or can't be asked.
fn given_up(view: &View) -> bool {
    matches!(view.work.asked, Asked::Rejected { .. } | Asked::Unanswered | Asked::NotSent)
}

/// No number yet: ask for it, or don't wait where it is known that none will come.
fn number_wanted(decision: &mut Decision, view: &View, place: &Place) {
    if given_up(view) {
        return fall_back(decision, place, view);
    }
    ask_for_number(decision, view);
    decision.say(Prompt::GettingNumber);
}

pub(super) fn ask_for_number(decision: &mut Decision, view: &View) {
    let parcel = view.parcel.parcel_id.clone();
    decision.actions.push(Action::GetNumber { parcel: parcel.clone() });
    decision.actions.push(Action::StartBudget { parcel });
}

fn fall_back(decision: &mut Decision, place: &Place, view: &View) {
    match instead(decision, view) {
        Some((number, origin)) => print(decision, place, view, &number, origin, None),
        None => decision.say(Prompt::GettingNumber),
    }
}

/// The number that takes the place of the carrier's, issued; `None` while the hub is asked for another carrier.
pub(super) fn instead(decision: &mut Decision, view: &View) -> Option<(String, Origin)> {
    let waybill_id = view.parcel.waybill_id.clone();
    let (number, origin, routing) = match &view.fallback {
        Fallback::Reroute => {
            decision.record_of(view, Fact::RerouteRequested { waybill_id, carrier: view.parcel.carrier });
            decision.actions.push(Action::Reroute { parcel: view.parcel.parcel_id.clone() });
            return None;
        }
        Fallback::Pool(spare) => (spare.number.clone(), Origin::Pool, spare.routing.clone()),
        Fallback::Temporary => (temporary_number(&waybill_id), Origin::Temporary, Default::default()),
    };
    let carrier = view.parcel.carrier;
    if view.work.waybills.iter().all(|waybill| waybill.number != number) {
        let (number, children) = (number.clone(), pieces::temporary_children(view, view.work.pieces()));
        let numbered = (!children.is_empty()).then(|| {
            let (waybill_id, number) = (waybill_id.clone(), number.clone());
            Fact::PiecesNumbered { waybill_id, number, children }
        });
        decision.record_of(view, Fact::WaybillIssued { waybill_id, carrier, number, origin, routing });
        numbered.into_iter().for_each(|fact| decision.record_of(view, fact));
    }
    Some((number, origin))
}

/// Queues one label. `reason` is why, where it isn't the parcel's first.
pub(super) fn print(
    decision: &mut Decision,
    place: &Place,
    view: &View,
    number: &str,
    origin: Origin,
    reason: Option<&str>,
) {
    match order(place, view, number, origin) {
        Ok(order) => {
            let printer = order.printer.clone();
            queue(decision, place, view, order, reason, None);
            decision.say(printing_on(place, printer));
        }
        Err(missing) => decision.say(missing),
    }
}

pub(super) fn printing_on(place: &Place, printer: String) -> Prompt {
    match place.is_elsewhere(&printer) {
        true => Prompt::PrintingElsewhere { printer },
        false => Prompt::Printing,
    }
}

/// Where a label of this origin comes out here, and the paper's size where the label is ours to draw; else what is missing.
fn outlet(place: &Place, view: &View, origin: Origin) -> Result<(String, Option<String>), Prompt> {
    let sealed =
        view.parcel.supplied.as_ref().filter(|supplied| origin == Origin::Supplied && supplied.sealed().is_some());
    match (sealed, &place.printer) {
        (Some(supplied), _) => {
            let component = place.component(supplied.source).map(|component| (component.name.clone(), None));
            component.ok_or(Prompt::NoComponent { platform: supplied.source })
        }
        (None, Some((printer, media))) => Ok((printer.clone(), Some(media.clone()))),
        (None, None) => Err(Prompt::NoPrinter),
    }
}

/// The label to be printed next for a number, or what the place misses for it.
pub(super) fn order(place: &Place, view: &View, number: &str, origin: Origin) -> Result<PrintOrder, Prompt> {
    let (printer, media) = outlet(place, view, origin)?;
    let copy = 1 + reprint::copies(view, number);
    let variant = match (origin, copy) {
        (Origin::Temporary, 1) => "-temporary",
        (Origin::Temporary, _) => "-temporary-reprint",
        (_, 1) => "",
        _ => "-reprint",
    };
    let template = |media: String| format!("{}-{}{}", view.parcel.carrier.as_str(), media.replace('×', "x"), variant);
    Ok(PrintOrder {
        // The same label asked for again by a replayed turn gets the same id.
        job: JobId(format!("{}/{}/{}", view.parcel.waybill_id, place.station, view.work.labels.len() + 1)),
        parcel: view.parcel.parcel_id.clone(),
        number: number.to_owned(),
        origin,
        template: media.map_or_else(|| SEALED.to_owned(), template),
        printer,
        copy,
    })
}

pub(super) fn queue(
    decision: &mut Decision,
    place: &Place,
    view: &View,
    order: PrintOrder,
    reason: Option<&str>,
    position: Option<u32>,
) {
    decision.record_of(
        view,
        Fact::LabelQueued {
            job: order.job.clone(),
            place: place.name.clone(),
            waybill_id: view.parcel.waybill_id.clone(),
            number: order.number.clone(),
            origin: order.origin,
            template: order.template.clone(),
            printer: order.printer.clone(),
            copy: order.copy,
            position,
            reason: reason.map(str::to_owned),
        },
    );
    decision.actions.push(Action::Print(order));
}

fn printed(
    decision: &mut Decision,
    place: &Place,
    loaded: &Loaded,
    job: &JobId,
    outcome: PrintOutcome,
    evidence: &str,
) {
    let Some(view) = loaded.hand.as_ref().filter(|view| view.work.awaited().is_some_and(|label| label.job == *job))
    else {
        // Scanned before the printer's answer came, or discarded meanwhile: remembered, and nobody is disturbed.
        let of = [&loaded.hand, &loaded.last].into_iter().flatten().find(|view| has(view, job));
        return settle(decision, of, job, outcome, evidence);
    };
    settle(decision, Some(view), job, outcome, evidence);
    let label = view.work.awaited().expect("the filter above found it");
    match outcome {
        PrintOutcome::Refused => match outlet(place, view, label.origin) {
            Ok((other, _)) if other != label.printer && !place.is_down => {
                reprint::again(decision, place, &settled(view, job, outcome), reprint::NOT_PRINTED);
            }
            _ => decision.say(printer_refused(place, &label.printer)),
        },
        PrintOutcome::Unknown => decision.say(Prompt::LabelUnknown),
        PrintOutcome::Unprintable => decision.say(label_failed(evidence)),
        // Reprinted while its goods are checked: the label is there, and they aren't yet.
        PrintOutcome::Accepted | PrintOutcome::Confirmed if view.work.stage < Stage::Checked => {
            decision.say(pack::remaining(view));
        }
        PrintOutcome::Accepted | PrintOutcome::Confirmed
            if no_scan_back(place, &label.printer, outcome) && view.stop().is_none() && !view.differs() =>
        {
            seen(decision, place, view, label);
        }
        PrintOutcome::Accepted | PrintOutcome::Confirmed => decision.say(stick_from(place, view, label)),
    }
}

/// The parcel as it is once this is remembered.
fn settled(view: &View, job: &JobId, outcome: PrintOutcome) -> View {
    let mut view = view.clone();
    for label in view.work.labels.iter_mut().filter(|label| label.job == *job) {
        label.outcome = Some(outcome);
    }
    view
}

pub(super) fn printer_refused(place: &Place, printer: &str) -> Prompt {
    let printer = printer.to_owned();
    if place.has_component(&printer) {
        Prompt::ComponentRefused { printer }
    } else {
        Prompt::PrinterRefused { printer }
    }
}

fn label_failed(why: &str) -> Prompt {
    Prompt::LabelFailed { why: why.to_owned() }
}

fn has(view: &View, job: &JobId) -> bool {
    view.work.labels.iter().any(|label| label.job == *job)
}

pub(super) fn settle(decision: &mut Decision, view: Option<&View>, job: &JobId, outcome: PrintOutcome, evidence: &str) {
    let fact = Fact::LabelSettled { place: decision.place(), job: job.clone(), outcome, evidence: evidence.to_owned() };
    match view {
        Some(view) => decision.record_of(view, fact),
        None => decision.record(fact),
    }
}

/// Whose label was taken from a printer that others use as well only its scan says.
fn no_scan_back(place: &Place, printer: &str, outcome: PrintOutcome) -> bool {
    match place.scan_back {
        _ if place.shared.contains(printer) => false,
        ScanBack::Always => false,
        ScanBack::AfterDoubt => outcome == PrintOutcome::Confirmed,
        ScanBack::Off => true,
    }
}

/// A scan while the parcel waits for its label: the label itself, or something that must not be done yet.
pub(super) fn scanned_back(decision: &mut Decision, place: &Place, view: &View, found: &Found) {
    match found {
        Found::Label { number, view: other } if other.parcel.parcel_id == view.parcel.parcel_id => {
            own_label(decision, place, view, number);
        }
        Found::Label { .. } => decision.stop(Some(view), Prompt::OtherLabel),
        Found::Order(views) if views.iter().all(|other| other.parcel.parcel_id != view.parcel.parcel_id) => {
            decision.stop(Some(view), Prompt::LabelFirst);
        }
        // The box is complete: whatever is scanned now must not go into it.
        Found::Item { sku, name, .. } => match not_wanted(view, sku, name) {
            Some(prompt) => decision.stop(Some(view), prompt),
            None => decision.say(standing(place, view)),
        },
        _ => decision.say(standing(place, view)),
    }
}

fn own_label(decision: &mut Decision, place: &Place, view: &View, number: &str) {
    if view.stop().is_some() {
        return stopped_with_label(decision, place, view);
    }
    if view.work.stage < Stage::Packed && reopen::stop(decision, view) {
        return;
    }
    let Some(label) = view.work.label(number) else {
        // Printed elsewhere, and scanned when the parcel was opened again.
        return match view.work.is_labelled(number) {
            true => finish(decision, place, view),
            false => decision.say(standing(place, view)),
        };
    };
    // With a real label under way, the temporary one is the one to be covered.
    let current = view.pieces();
    if !current.is_empty() && current.iter().all(|piece| piece != number) {
        return match view.unlabelled().and_then(|next| view.work.label(&next)) {
            Some(_) => decision.say(standing(place, view)),
            None => finish(decision, place, view),
        };
    }
    seen(decision, place, view, label);
}

/// Its label is in somebody's hand: torn where nobody wants the parcel any more, and the goods go back.
fn stopped_with_label(decision: &mut Decision, place: &Place, view: &View) {
    let Some(stop) = view.stop() else { return };
    let name = decision.place();
    decision.record_of(view, Fact::ParcelSetAside { place: name, reason: stop.key() });
    if !back::stop(decision, place, view, true) {
        decision.stop(Some(view), stop);
    }
}

fn seen(decision: &mut Decision, place: &Place, view: &View, label: &LabelWork) {
    let fact = Fact::LabelSeen { place: place.name.clone(), job: label.job.clone() };
    let mut after = view.clone();
    after.work.remember(&fact, &place.station);
    decision.record_of(view, fact);
    done(decision, place, &after, label);
}

/// The label is on its box: the next box's comes, or all are on.
fn done(decision: &mut Decision, place: &Place, view: &View, label: &LabelWork) {
    let was_temporary = view.work.waybills.iter().find(|waybill| waybill.live && waybill.origin == Origin::Temporary);
    let was_temporary = was_temporary.filter(|_| label.origin != Origin::Temporary);
    if let Some(number) = view.unlabelled()
        && (view.work.stage < Stage::Packed || was_temporary.is_some())
    {
        return next(decision, place, view, &number, label.origin);
    }
    let place = decision.place();
    match view.work.stage {
        Stage::Packed | Stage::Shipped => match was_temporary {
            Some(temporary) => {
                void::void(decision, view, &temporary.number, "relabelled");
                decision.record_of(view, Fact::ParcelRelabelled { place, number: label.number.clone() });
                decision.say(Prompt::Relabelled);
            }
            None => decision.say(Prompt::Reprinted),
        },
        _ => {
            if let Some(temporary) = was_temporary {
                void::void(decision, view, &temporary.number, "replaced");
            }
            packed(decision, view, label.origin);
        }
    }
}

fn packed(decision: &mut Decision, view: &View, origin: Origin) {
    let place = decision.place();
    decision.record_of(view, Fact::ParcelPacked { place });
    decision.say(match origin {
        Origin::Temporary => Prompt::PackedTemporary,
        _ => Prompt::Packed { carrier: view.parcel.carrier },
    });
    if view.waiting > 0 {
        decision.say(Prompt::RestWaits { left: view.waiting });
    }
}

/// Of a label that this place has printed: where it lies, unless it's the usual printer.
fn stick_from(place: &Place, view: &View, label: &LabelWork) -> Prompt {
    if label.place != place.name || !place.is_elsewhere(&label.printer) {
        return stick(view, &label.number, label.origin);
    }
    let printer = label.printer.clone();
    match label.origin {
        Origin::Temporary => Prompt::StickTemporaryFrom { printer },
        _ => Prompt::StickFrom { printer, tail: tail(&label.number) },
    }
}

fn stick(view: &View, number: &str, origin: Origin) -> Prompt {
    let pieces = view.pieces();
    let piece = pieces.iter().position(|piece| piece == number).filter(|_| pieces.len() > 1);
    match (origin, piece) {
        (Origin::Temporary, _) => Prompt::StickTemporary,
        (_, None) => Prompt::StickAndScan { tail: tail(number) },
        (_, Some(piece)) => {
            Prompt::StickOnBox { piece: piece as u32 + 1, count: pieces.len() as u32, tail: tail(number) }
        }
    }
}

pub(super) fn tail(number: &str) -> String {
    number.chars().skip(number.chars().count().saturating_sub(4)).collect()
}
