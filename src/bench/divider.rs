//! The divider before a wave's first label: it tells one stack from the next, and what is on it. It is a paper of the
//! window like any other and nobody's label: where it fails, the labels go on.

use super::decision::{Action, Decision, DividerOrder};
use super::prompt::Prompt;
use super::session::WavePrint;
use super::{Place, View};
use crate::domain::fact::{Fact, PrintOutcome};
use crate::domain::id::JobId;

/// Does one come before this label? Not where a platform's component prints it: its papers lie on a stack of their own.
pub(super) fn is_due(place: &Place, wave: &WavePrint, view: &View) -> bool {
    let sealed = view.parcel.supplied.as_ref().is_some_and(|supplied| supplied.sealed().is_some());
    place.dividers && wave.divider.is_none() && place.printer.is_some() && !sealed
}

pub(super) fn queue(decision: &mut Decision, place: &Place, wave: &WavePrint) {
    let Some((printer, media)) = &place.printer else { return };
    let number = wave.dividers + 1;
    let order = DividerOrder {
        job: JobId(format!("{}/{}/{}/divider-{number}", wave.code, place.station, place.name)),
        wave: wave.code.clone(),
        count: wave.count,
        template: format!("divider-{media}"),
        printer: printer.clone(),
    };
    decision.record(Fact::DividerQueued {
        place: place.name.clone(),
        wave: order.wave.clone(),
        job: order.job.clone(),
        template: order.template.clone(),
        printer: order.printer.clone(),
    });
    decision.actions.push(Action::PrintDivider(order));
}

pub(super) fn settle(
    decision: &mut Decision,
    wave: Option<&WavePrint>,
    job: &JobId,
    outcome: PrintOutcome,
    evidence: &str,
) {
    let place = decision.place();
    decision.record(Fact::DividerSettled { place, job: job.clone(), outcome, evidence: evidence.to_owned() });
    // Where labels are in doubt already, that is what the screen must say.
    if !outcome.came_out() && wave.is_some_and(|wave| wave.stopped.is_none()) {
        decision.say(Prompt::DividerMissing);
    }
}
