//! Parcels whose label is enough: where goods are checked elsewhere, and in a batch of equal parcels of which one was
//! checked here.

use std::collections::BTreeMap;

use super::decision::Decision;
use super::prompt::Prompt;
use super::session::Batch;
use super::work::Stage;
use super::{Found, Place, Session, View, label, reopen};
use crate::domain::fact::{Fact, Flow};
use crate::domain::order::ItemCheck;

/// A pick list's scan starts its wave as a batch, and ends it.
pub(super) fn pick_list(decision: &mut Decision, session: &Session, hand: Option<&View>, found: &Found) {
    let Found::Wave { code, count, .. } = found else {
        return decision.stop(None, Prompt::WaveUnknown);
    };
    if let Some(view) = hand {
        return decision.stop(Some(view), Prompt::FinishFirst);
    }
    let place = decision.place();
    match &session.batch {
        Some(batch) if batch.wave == *code => {
            decision.record(Fact::BatchEnded { place, wave: code.clone() });
            decision.say(Prompt::BatchDone { done: batch.done });
        }
        _ => {
            decision.record(Fact::BatchStarted { place, wave: code.clone(), count: *count });
            decision.say(Prompt::BatchFirst { count: *count });
        }
    }
}

/// What the screen says between two parcels of a batch.
pub(super) fn standing(batch: &Batch) -> Prompt {
    match batch.checked.is_empty() {
        true => Prompt::BatchFirst { count: batch.count },
        false => Prompt::BatchNext { done: batch.done, count: batch.count },
    }
}

/// Deals with a parcel whose label is enough, or that must not be begun in the batch. `number` is its label's.
pub(super) fn taken(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    view: &View,
    number: Option<&String>,
) -> bool {
    if place.stamp_only {
        stamp_only(decision, place, view, number);
        return true;
    }
    let Some(batch) = &session.batch else { return false };
    // The rest of a parcel that was parted is in no wave.
    let is_rest = view.parcel.wave.is_none() && view.parcel.share.is_some();
    if !is_rest && view.parcel.wave.as_ref().is_none_or(|wave| wave.code != batch.wave) {
        decision.stop(Some(view), Prompt::WrongWave);
        return true;
    }
    match number.filter(|_| covers(batch, view)) {
        Some(number) => {
            stamp(decision, place, view, number, Flow::Batch);
            true
        }
        None => false,
    }
}

fn stamp_only(decision: &mut Decision, place: &Place, view: &View, number: Option<&String>) {
    match (number, view.number()) {
        (Some(scanned), Some((number, _))) if *scanned == number => {
            stamp(decision, place, view, scanned, Flow::StampOnly);
            // Whoever checked the goods may not have heard of it.
            if let Some(what) = reopen::withdrawn(view) {
                decision.say(Prompt::TakeOut { what });
            }
        }
        (Some(_), Some(_)) => decision.stop(Some(view), Prompt::OldLabel),
        _ => decision.stop(Some(view), Prompt::ScanItsLabel),
    }
}

/// The parcel that was checked held exactly these goods. Goods with serial numbers are scanned one by one.
fn covers(batch: &Batch, view: &View) -> bool {
    let wanted: BTreeMap<_, _> = view
        .needs
        .iter()
        .filter(|need| need.check != ItemCheck::NoScan && need.quantity > 0)
        .map(|need| (need.sku.clone(), need.quantity))
        .collect();
    let untouched = view.work.stage == Stage::Untouched && view.work.set_aside.is_none();
    let serials = view.needs.iter().any(|need| need.check == ItemCheck::Serial);
    untouched && !serials && !batch.checked.is_empty() && wanted == batch.checked
}

fn stamp(decision: &mut Decision, place: &Place, view: &View, number: &str, flow: Flow) {
    let mut opened = super::pack::opened(decision, place, view, Some(number), flow);
    // Of goods that were checked elsewhere this place knows nothing.
    if flow == Flow::Batch {
        let fact = Fact::CheckCompleted { place: place.name.clone() };
        opened.work.remember(&fact, &place.station);
        decision.record_of(view, fact);
    }
    label::finish(decision, place, &opened);
}
