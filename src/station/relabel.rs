//! The queue of labels to be replaced: parcels of the warehouse that carry a temporary label and haven't left, with what each
//! waits for and by when. Added up from what memory holds; it decides nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::load::Documents;
use crate::bench::Work;
use crate::bench::work::{Asked, Stage, Waybill};
use crate::domain::cutoff::{CutoffRecord, Timetable, Urgency};
use crate::domain::id::{OrderNo, ParcelId, WaybillId};
use crate::domain::order::CarrierCode;
use crate::domain::parcel::Standing;
use crate::domain::waybill::{Origin, carrier_of};

const MINUTE_US: i64 = 60_000_000;

/// The queue as pages and scripts read it. It changes once a minute by itself, for the ages in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// The minute it was added up in; `None` while the time isn't known.
    pub as_of_us: Option<i64>,
    /// By carrier and its next cut-off, the nearest first.
    pub due: Vec<Due>,
    /// Whose number is there before those that wait for it, the oldest first.
    pub labels: Vec<Waiting>,
    /// Parcels on whose label is a number that was held for outages and isn't the carrier's yet.
    pub unregistered: Vec<Waiting>,
}

/// Labels that are to be replaced by the same moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    pub carrier: CarrierCode,
    pub count: usize,
    pub ready: usize,
    /// `None` where the site names no cut-off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff_us: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_min: Option<i64>,
    pub urgency: Urgency,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub orders: Vec<OrderNo>,
    pub waybill_id: WaybillId,
    pub carrier: CarrierCode,
    /// Where its label was printed, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What stands on the label.
    pub label: String,
    /// The carrier's, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub state: State,
    /// `None` for a label from before ages were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_us: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff_us: Option<i64>,
    pub urgency: Urgency,
}

/// Why a label is still as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The number is there: whoever scans the label gets the new one.
    Ready,
    /// Nobody was asked as far as is known here.
    Waiting,
    NotSent,
    Asked,
    Unanswered,
    /// The carrier's interface is given up for now; it is asked when it answers again.
    Failing,
    /// The hub is asked for another carrier.
    Rerouting,
    Refused,
    /// The carrier has another number: a person decides.
    Conflicted,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Waiting => "waiting",
            State::NotSent => "not_sent",
            State::Asked => "asked",
            State::Unanswered => "unanswered",
            State::Failing => "failing",
            State::Rerouting => "rerouting",
            State::Refused => "refused",
            State::Conflicted => "conflicted",
        }
    }
}

impl Queue {
    pub fn ready(&self) -> usize {
        self.labels.iter().filter(|label| label.state == State::Ready).count()
    }

    /// What has to be done first, where somebody must hurry.
    pub fn urgent(&self) -> Option<&Due> {
        self.due.first().filter(|due| due.urgency > Urgency::Later)
    }
}

/// What the queue tells of a parcel's documents, looked up once.
#[derive(Clone, Debug, PartialEq)]
struct Papers {
    orders: Vec<OrderNo>,
    carrier: CarrierCode,
    warehouse: String,
    shop: Option<String>,
    cancelled: bool,
}

/// What is known of the queue's parcels beside what happened to them.
#[derive(Debug, Default)]
pub struct Known {
    papers: HashMap<ParcelId, Option<Papers>>,
    /// When numbers were issued.
    since: HashMap<String, i64>,
    records: BTreeMap<String, CutoffRecord>,
    cutoffs: Timetable,
}

impl Known {
    /// Since when a label bears the number.
    pub fn note(&mut self, number: &str, since_us: i64) {
        self.since.insert(number.to_owned(), since_us);
    }

    pub fn cutoff(&mut self, key: &str, record: CutoffRecord) {
        self.records.insert(key.to_owned(), record);
        self.cutoffs = Timetable::of_records(self.records.values().cloned().collect());
    }

    /// Their documents came anew.
    pub fn forget(&mut self, parcels: &[ParcelId]) {
        parcels.iter().for_each(|parcel| drop(self.papers.remove(parcel)));
    }

    /// Lets go of numbers that nobody has in memory any more.
    pub fn keep(&mut self, open: impl Fn(&str) -> bool) {
        self.since.retain(|number, _| open(number));
    }

    /// Adds the queue up. `failing` says whether the account of a carrier, perhaps a shop's own, is given up for now.
    pub fn queue<'w>(
        &mut self,
        works: impl Iterator<Item = (&'w ParcelId, &'w Work)>,
        documents: &dyn Documents,
        failing: impl Fn(CarrierCode, Option<&str>) -> bool,
        now_us: Option<i64>,
    ) -> Queue {
        let mut seen = HashSet::new();
        // Thousands of labels share a few cut-offs.
        let (cutoffs, mut found) = (self.cutoffs.clone(), HashMap::new());
        let mut next_us = |carrier: CarrierCode, warehouse: &str| {
            let next_us = || now_us.and_then(|now_us| cutoffs.next_us(carrier, warehouse, now_us));
            *found.entry((carrier, warehouse.to_owned())).or_insert_with(next_us)
        };
        let mut queue = Queue { as_of_us: now_us.map(|now_us| now_us - now_us % MINUTE_US), ..Queue::default() };
        for (parcel, work) in works {
            for (list, waybill) in [(&mut queue.labels, temporary(work)), (&mut queue.unregistered, unregistered(work))]
            {
                let Some(waybill) = waybill else { continue };
                seen.insert(parcel.clone());
                list.extend(self.waiting(parcel, work, waybill, documents, &failing, &mut next_us, now_us));
            }
        }
        self.papers.retain(|parcel, _| seen.contains(parcel));
        let order = |waiting: &Waiting| (waiting.state != State::Ready, waiting.since_us, waiting.waybill_id.clone());
        queue.labels.sort_by_key(order);
        queue.unregistered.sort_by_key(order);
        queue.due = due(&queue.labels, queue.as_of_us);
        queue
    }

    #[allow(clippy::too_many_arguments, reason = "what is looked up once for all labels")]
    fn waiting(
        &mut self,
        parcel: &ParcelId,
        work: &Work,
        waybill: &Waybill,
        documents: &dyn Documents,
        failing: &impl Fn(CarrierCode, Option<&str>) -> bool,
        next_us: &mut impl FnMut(CarrierCode, &str) -> Option<i64>,
        now_us: Option<i64>,
    ) -> Option<Waiting> {
        let papers = self.papers.entry(parcel.clone()).or_insert_with(|| papers(documents, parcel)).as_ref();
        // Nobody waits for a cancelled order's number.
        if papers.is_some_and(|papers| papers.cancelled) {
            return None;
        }
        let carrier = papers.map(|papers| papers.carrier).or_else(|| carrier_of(&waybill.waybill_id))?;
        let (warehouse, shop) = papers.map_or(("", None), |papers| (papers.warehouse.as_str(), papers.shop.as_deref()));
        let cutoff_us = next_us(carrier, warehouse);
        let label = work.labels.iter().rev().find(|label| label.number == waybill.number);
        let since_us = self.since.get(&waybill.number).copied();
        let real = work.waybills.iter().find(|other| other.live && other.origin != Origin::Temporary);
        Some(Waiting {
            orders: papers.map(|papers| papers.orders.clone()).unwrap_or_default(),
            waybill_id: waybill.waybill_id.clone(),
            carrier,
            station: label.and_then(|label| label.station()).map(str::to_owned),
            place: label.map(|label| label.place.to_string()),
            label: waybill.number.clone(),
            number: real.filter(|real| real.number != waybill.number).map(|real| real.number.clone()),
            state: state(work, waybill, failing(carrier, shop)),
            since_us,
            age_min: now_us.zip(since_us).map(|(now_us, since_us)| minutes(since_us, now_us - now_us % MINUTE_US)),
            cutoff_us,
            urgency: Urgency::of(now_us.zip(cutoff_us).map(|(now_us, cutoff_us)| cutoff_us - now_us)),
        })
    }
}

/// Whole minutes, and none before the first.
fn minutes(from_us: i64, to_us: i64) -> i64 {
    (to_us - from_us).max(0) / MINUTE_US
}

/// The temporary label on a parcel that somebody can hold in hand.
fn temporary(work: &Work) -> Option<&Waybill> {
    here(work)?.waybills.iter().find(|waybill| waybill.live && waybill.origin == Origin::Temporary)
}

fn unregistered(work: &Work) -> Option<&Waybill> {
    let settled = matches!(work.asked, Asked::Answered | Asked::Cancelling | Asked::Cancelled | Asked::CancelRefused);
    here(work).filter(|_| !settled)?.waybills.iter().find(|waybill| waybill.live && waybill.origin == Origin::Pool)
}

/// It is checked and hasn't left.
fn here(work: &Work) -> Option<&Work> {
    matches!(work.stage, Stage::Checked | Stage::Packed).then_some(work)
}

fn papers(documents: &dyn Documents, parcel: &ParcelId) -> Option<Papers> {
    let parcel = documents.parcel(parcel)?;
    let records: Vec<_> = parcel.orders.iter().filter_map(|order_no| documents.order(order_no)).collect();
    let cancelled = records.iter().all(|record| matches!(record.standing, Standing::Cancelled { .. }));
    Some(Papers {
        carrier: parcel.carrier,
        warehouse: parcel.warehouse,
        shop: records.first().map(|record| record.order.shop.clone()),
        cancelled: cancelled && !records.is_empty(),
        orders: parcel.orders,
    })
}

fn state(work: &Work, waybill: &Waybill, failing: bool) -> State {
    let real = |other: &Waybill| other.live && other.origin != Origin::Temporary;
    match &work.asked {
        Asked::Conflicted => State::Conflicted,
        _ if waybill.origin == Origin::Temporary && work.waybills.iter().any(real) => State::Ready,
        Asked::Rejected { .. } => State::Refused,
        Asked::Rerouting { .. } => State::Rerouting,
        _ if failing => State::Failing,
        Asked::NotSent => State::NotSent,
        Asked::Pending => State::Asked,
        Asked::Unanswered => State::Unanswered,
        Asked::Never | Asked::Answered | Asked::Cancelling | Asked::Cancelled | Asked::CancelRefused => State::Waiting,
    }
}

fn due(labels: &[Waiting], as_of_us: Option<i64>) -> Vec<Due> {
    let mut due: Vec<Due> = Vec::new();
    for label in labels {
        let same = |due: &&mut Due| due.carrier == label.carrier && due.cutoff_us == label.cutoff_us;
        let ready = usize::from(label.state == State::Ready);
        match due.iter_mut().find(same) {
            Some(due) => (due.count, due.ready) = (due.count + 1, due.ready + ready),
            None => due.push(Due {
                carrier: label.carrier,
                count: 1,
                ready,
                cutoff_us: label.cutoff_us,
                left_min: as_of_us.zip(label.cutoff_us).map(|(as_of_us, cutoff_us)| minutes(as_of_us, cutoff_us)),
                urgency: label.urgency,
            }),
        }
    }
    due.sort_by_key(|due| (due.cutoff_us.unwrap_or(i64::MAX), due.carrier));
    due
}

#[cfg(test)]
mod tests;
