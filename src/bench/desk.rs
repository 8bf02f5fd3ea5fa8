//! A print desk: a wave's labels before picking, in the wave's order, a few under way at a time. After a fault the
//! labels under way are in doubt, and printing goes on behind the last one that a person holds.

use super::decision::{Action, Decision};
use super::prompt::Prompt;
use super::session::WavePrint;
use super::work::{Asked, Stage};
use super::{Fallback, Found, Input, Loaded, Place, Session, View, divider, label, lead, position};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Asking, Fact, PrintOutcome};
use crate::domain::id::{JobId, WaveCode};

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    match (input, &session.wave) {
        (Input::Scanned(Code::PickList(_)), None) => wanted(decision, session, loaded),
        (Input::Scanned(Code::PickList(_)), Some(_)) => decision.say(standing(session, loaded.awaited.len())),
        (Input::Scanned(Code::Command(Command::Confirm)), None)
            if matches!(session.asking, Some(Asking::WaveAgain { .. })) =>
        {
            if let Some(Asking::WaveAgain { wave, count }) = &session.asking {
                start(decision, wave, *count);
            }
        }
        (Input::Scanned(Code::Command(Command::Reprint)), Some(wave)) if wave.stopped.is_some() => {
            resume(decision, wave, wave.stopped.unwrap_or(1) - 1);
        }
        (Input::Scanned(Code::Bare(_)), Some(wave)) if wave.stopped.is_some() => named(decision, wave, &loaded.found),
        (Input::Scanned(Code::Bare(_) | Code::Tote(_)), None) if position::named(decision, session, &loaded.found) => {}
        (Input::Scanned(Code::Bare(code)), None) if session.named.is_some() && session.asking.is_none() => {
            decision.stop(None, Prompt::UnknownCode { code: super::pack::shown(code) });
        }
        (Input::Scanned(Code::Command(command)), None)
            if position::commanded(decision, place, session, command, loaded) => {}
        (Input::Scanned(_), _) => decision.say(standing(session, loaded.awaited.len())),
        (Input::Printed { job, outcome, evidence }, Some(wave)) if wave.in_flight.contains(job) => {
            settled(decision, place, wave, loaded, job, *outcome, evidence);
        }
        (Input::Printed { job, outcome, evidence }, _) => {
            position::settled(decision, place, loaded.last.as_ref(), job, *outcome, evidence);
        }
        (Input::DividerPrinted { job, outcome, evidence }, wave) => {
            divider::settle(decision, wave.as_ref(), job, *outcome, evidence);
            if let Some(wave) = wave.as_ref().filter(|wave| wave.in_flight.contains(job)) {
                advance(decision, place, &wave.without(job), loaded, &Input::DocumentsChanged);
            }
        }
        (
            Input::NumberSettled { .. }
            | Input::BudgetSpent { .. }
            | Input::RerouteUnanswered { .. }
            | Input::DocumentsChanged,
            Some(wave),
        ) => advance(decision, place, wave, loaded, input),
        (Input::NumberSettled { .. } | Input::DocumentsChanged | Input::OpenedElsewhere { .. }, None) => {
            goes_on(decision, session, loaded);
        }
        (Input::OpenedElsewhere { .. }, Some(_)) => {}
        (Input::Unreadable | Input::HubAnswered { .. } | Input::PrinterReady, _) => {}
        (Input::BudgetSpent { .. } | Input::RerouteUnanswered { .. }, None) => {}
        (Input::SheetPrinted { .. } | Input::Idle | Input::Photographed { .. } | Input::NotSplit { .. }, _) => {}
    }
}

pub(super) fn standing(session: &Session, awaited: usize) -> Prompt {
    match (&session.wave, &session.asking) {
        (None, Some(Asking::MissingNumbers { count, .. })) => Prompt::WaveWaits { missing: awaited, count: *count },
        (None, Some(Asking::WaveAgain { count, .. })) => Prompt::WavePrinted { count: *count },
        (None, Some(Asking::ReprintReason)) => Prompt::WhyReprint,
        (None, asking) => {
            asking.as_ref().and_then(|asking| lead::standing(asking, None)).unwrap_or(Prompt::ScanPickList)
        }
        (Some(WavePrint { stopped: Some(position), .. }), _) => Prompt::WaveStopped { position: *position },
        (Some(wave), _) => Prompt::WavePrinting { printed: wave.next - 1 - wave.labels_in_flight(), count: wave.count },
    }
}

/// A wave is printed with all its numbers; scanned once more, with what there is.
fn wanted(decision: &mut Decision, session: &Session, loaded: &Loaded) {
    let Found::Wave { code, count, printed } = &loaded.found else {
        return decision.stop(None, Prompt::WaveUnknown);
    };
    // A trigger pulled twice is no answer: CONFIRM is.
    if *printed {
        let again = Some(Asking::WaveAgain { wave: code.clone(), count: *count });
        let place = decision.place();
        decision.record(Fact::PlaceAsked { place, asking: again });
        return decision.stop(None, Prompt::WavePrinted { count: *count });
    }
    let asking = Some(Asking::MissingNumbers { wave: code.clone(), count: *count });
    if loaded.awaited.is_empty() || session.asking == asking {
        return start(decision, code, *count);
    }
    let place = decision.place();
    decision.record(Fact::PlaceAsked { place, asking });
    for parcel in &loaded.awaited {
        decision.actions.push(Action::GetNumber { parcel: parcel.clone() });
    }
    decision.say(Prompt::WaveWaits { missing: loaded.awaited.len(), count: *count });
}

/// A number came, or a parcel needs none any more.
fn goes_on(decision: &mut Decision, session: &Session, loaded: &Loaded) {
    let Some(Asking::MissingNumbers { wave, count }) = &session.asking else { return };
    match loaded.awaited.len() {
        0 => start(decision, wave, *count),
        missing => decision.say(Prompt::WaveWaits { missing, count: *count }),
    }
}

fn start(decision: &mut Decision, code: &WaveCode, count: u32) {
    let place = decision.place();
    decision.record(Fact::WavePrintStarted { place, wave: code.clone(), count });
    decision.say(Prompt::WavePrinting { printed: 0, count });
    decision.actions.push(Action::ContinueWave { wave: code.clone() });
}

fn settled(
    decision: &mut Decision,
    place: &Place,
    wave: &WavePrint,
    loaded: &Loaded,
    job: &JobId,
    outcome: PrintOutcome,
    evidence: &str,
) {
    let view = loaded.wave.iter().find(|view| view.work.labels.iter().any(|label| label.job == *job));
    label::settle(decision, view, job, outcome, evidence);
    let position = view.and_then(|view| view.parcel.wave.as_ref()).map_or(wave.next, |wave| wave.position);
    // A label that can't be drawn leaves a gap, and the bench says why; the others don't wait for it.
    let goes_on = outcome.came_out() || outcome == PrintOutcome::Unprintable;
    if goes_on && wave.stopped.is_none() {
        return advance(decision, place, &wave.settled(job, outcome), loaded, &Input::DocumentsChanged);
    }
    if goes_on || wave.stopped.is_some_and(|stopped| stopped <= position) {
        return;
    }
    let name = decision.place();
    decision.record(Fact::WavePrintStopped {
        place: name,
        wave: wave.code.clone(),
        position,
        why: evidence.to_owned(),
    });
    decision.say(Prompt::WaveStopped { position });
}

/// Queues what the window has room for. `input` may end the wait for the next position's number.
fn advance(decision: &mut Decision, place: &Place, wave: &WavePrint, loaded: &Loaded, input: &Input) {
    if wave.stopped.is_some() {
        return;
    }
    let place = &wave.printer.as_ref().map_or_else(|| place.clone(), |printer| place.printing_on(printer));
    if let (None, Some((printer, _))) = (&wave.printer, &place.printer)
        && place.is_elsewhere(printer)
    {
        decision.say(Prompt::PrintingElsewhere { printer: printer.clone() });
    }
    let mut room = place.window.saturating_sub(wave.in_flight.len());
    let (mut next, mut labels) = (wave.next, wave.labels_in_flight());
    let mut divided = wave.divider.is_some();
    // A gap is told once: when what comes behind it makes sure that nobody comes back to it.
    let mut gaps = Vec::new();
    while next <= wave.count && room > 0 {
        let Some(view) = loaded.wave.iter().find(|view| position(view) == next) else {
            // So many got no label that what comes next was not looked up.
            if next > wave.next {
                gaps.drain(..).for_each(|(view, missing)| decision.stop(Some(view), missing));
                let (place, wave) = (decision.place(), wave.code.clone());
                decision.record(Fact::WavePositionsPassed { place, wave: wave.clone(), through: next - 1 });
                decision.actions.push(Action::ContinueWave { wave });
            }
            break;
        };
        // A cancelled or held parcel gets no label; whoever sorts the wave sees the gap in the numbers. One that is packed has
        // its label, and who has one in hand prints it: a second paper would become a second parcel.
        if view.stop().is_none() && view.work.stage == Stage::Untouched {
            if !divided && divider::is_due(place, wave, view) {
                divider::queue(decision, place, wave);
                (divided, room) = (true, room - 1);
                continue;
            }
            match queue(decision, place, view, next, input) {
                Queued::Yes => {
                    (room, labels) = (room - 1, labels + 1);
                    gaps.drain(..).for_each(|(view, missing)| decision.stop(Some(view), missing));
                    // Whatever else is in view was looked up before this number was taken: it is looked up again.
                    if takes_from_pool(view) {
                        next += 1;
                        decision.actions.push(Action::ContinueWave { wave: wave.code.clone() });
                        break;
                    }
                }
                Queued::Gap(missing) => gaps.push((view, missing)),
                Queued::Waits => break,
            }
        }
        next += 1;
    }
    let name = decision.place();
    let flying = place.window.saturating_sub(room);
    if next > wave.count && flying == 0 {
        gaps.drain(..).for_each(|(view, missing)| decision.stop(Some(view), missing));
        decision.record(Fact::WavePrintCompleted { place: name, wave: wave.code.clone() });
        return decision.say(match wave.failed {
            0 => Prompt::WaveDone { count: wave.labelled() },
            failed => Prompt::WaveDoneBut { count: wave.labelled(), failed },
        });
    }
    decision.say(Prompt::WavePrinting { printed: (next - 1).saturating_sub(labels), count: wave.count });
}

fn takes_from_pool(view: &View) -> bool {
    view.number().is_none() && matches!(view.fallback, Fallback::Pool(_))
}

enum Queued {
    Yes,
    /// No component here opens it; the others don't wait for it.
    Gap(Prompt),
    /// For its number, or for a printer.
    Waits,
}

/// Queues one position's label.
fn queue(decision: &mut Decision, place: &Place, view: &View, next: u32, input: &Input) -> Queued {
    let known = match view.number() {
        None if label::waited_enough(input, view) => label::instead(decision, view),
        None if matches!(view.work.asked, Asked::Rerouting { .. }) => None,
        None => {
            label::ask_for_number(decision, view);
            None
        }
        known => known,
    };
    let Some((number, origin)) = known else { return Queued::Waits };
    match label::order(place, view, &number, origin) {
        Ok(order) => {
            let reason = (order.copy > 1).then_some("wave_resumed");
            for label in view.work.labels.iter().filter(|label| label.live()) {
                let fact = Fact::LabelDiscarded { job: label.job.clone(), reason: "wave_resumed".to_owned() };
                decision.record_of(view, fact);
            }
            label::queue(decision, place, view, order, reason, Some(next));
            Queued::Yes
        }
        Err(missing) => {
            if matches!(missing, Prompt::NoComponent { .. }) {
                return Queued::Gap(missing);
            }
            decision.say(missing);
            Queued::Waits
        }
    }
}

/// The lead scanned the last good label: what came after it is printed again. One that wasn't printed in this run can't
/// be it, or everything before it would be left out.
fn named(decision: &mut Decision, wave: &WavePrint, found: &Found) {
    let Found::Label { view, .. } = found else {
        return decision.stop(None, Prompt::WrongWave);
    };
    match &view.parcel.wave {
        Some(of) if of.code == wave.code && of.position < wave.next => resume(decision, wave, of.position),
        _ => decision.stop(Some(view), Prompt::WrongWave),
    }
}

fn resume(decision: &mut Decision, wave: &WavePrint, after: u32) {
    let place = decision.place();
    decision.record(Fact::WavePrintResumed { place, wave: wave.code.clone(), after });
    decision.say(Prompt::WavePrinting { printed: after, count: wave.count });
    decision.actions.push(Action::ContinueWave { wave: wave.code.clone() });
}

fn position(view: &View) -> u32 {
    view.parcel.wave.as_ref().map_or(0, |wave| wave.position)
}
