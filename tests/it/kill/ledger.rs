//! What the journal holds, read after each kill and compared with what the packers heard.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use milepost::bench::Work;
use milepost::domain::entry::Hash;
use milepost::domain::fact::{Fact, PrintOutcome};
use milepost::domain::id::JobId;
use milepost::domain::waybill::Origin;
use milepost::journal::Reader;

use super::packer::Packer;

#[derive(Default)]
pub struct Ledger {
    seq: u64,
    hash: Option<Hash>,
    orders: BTreeMap<String, Tally>,
    /// Where each unsettled job was queued, and for which order.
    queued: BTreeMap<JobId, (String, String)>,
    asked_carrier: BTreeSet<String>,
    came_out: BTreeMap<String, u32>,
    /// Labels that the printer said it printed, by their number.
    confirmed: BTreeMap<String, usize>,
    numbers: BTreeMap<JobId, String>,
}

/// What is durable about one order.
#[derive(Default)]
struct Tally {
    opened: u32,
    pieces: u32,
    queued: u32,
    packed: u32,
}

impl Ledger {
    /// Reads on from where it stopped; what was read before must still be there.
    pub fn read(&mut self, journal: &Path) {
        let reader = Reader::open(journal).expect("the journal can be read");
        let epochs = reader.epochs().expect("epochs");
        assert!(epochs.len() <= 1, "a kill is no reason for a new epoch: {epochs:?}");
        if epochs.is_empty() {
            return;
        }
        if let Some(hash) = self.hash {
            let last = reader.entries(1, self.seq - 1, 1).expect("entries").pop();
            assert_eq!(last.map(|entry| entry.hash), Some(hash), "entry {} is gone or another", self.seq);
        }
        for entry in reader.entries(1, self.seq, usize::MAX >> 1).expect("entries") {
            (self.seq, self.hash) = (entry.seq, Some(entry.hash));
            let order = entry.orders.first().map(ToString::to_string).unwrap_or_default();
            let tally = self.orders.entry(order.clone()).or_default();
            match entry.fact().expect("every kind is known here") {
                Fact::ParcelOpened { .. } => tally.opened += 1,
                Fact::ItemChecked { quantity, .. } => tally.pieces += quantity,
                Fact::ParcelPacked { .. } => tally.packed += 1,
                Fact::LabelQueued { job, place, number, .. } => {
                    tally.queued += 1;
                    self.numbers.insert(job.clone(), number);
                    self.queued.insert(job, (place.to_string(), order));
                }
                Fact::LabelSettled { job, place, outcome, .. } => {
                    self.queued.remove(&job);
                    if outcome == PrintOutcome::Confirmed {
                        *self.confirmed.entry(self.numbers[&job].clone()).or_default() += 1;
                    }
                    *self.came_out.entry(place.to_string()).or_default() += u32::from(outcome.came_out());
                }
                Fact::WaybillRequested { .. } => drop(self.asked_carrier.insert(order)),
                Fact::WaybillIssued { origin: Origin::Direct, .. }
                | Fact::WaybillRejected { .. }
                | Fact::WaybillUnanswered { .. } => drop(self.asked_carrier.remove(&order)),
                _ => {}
            }
        }
    }

    /// Every answer that was heard is durable, and nothing counted that nobody scanned.
    pub fn agrees_with(&self, packer: &Packer) {
        let none = Tally::default();
        for (order, heard) in &packer.book {
            let tally = self.orders.get(order).unwrap_or(&none);
            let most = heard.pieces + heard.pieces_unanswered;
            assert!(!heard.opened || tally.opened > 0, "{order} was heard to be opened");
            assert!(tally.pieces >= heard.pieces, "{order}: {} pieces were heard, {} kept", heard.pieces, tally.pieces);
            assert!(tally.pieces <= most, "{order}: {most} pieces were scanned, {} kept", tally.pieces);
            assert!(!heard.printing || tally.queued > 0, "{order} was heard to be printing");
            assert!(tally.packed >= u32::from(heard.packed), "{order} was heard to be packed");
            assert!(tally.packed <= 1, "{order} was packed {} times", tally.packed);
        }
    }

    /// Jobs without an outcome, with their place and order.
    pub fn unsettled(&self) -> BTreeMap<JobId, (String, String)> {
        self.queued.clone()
    }

    /// Labels that came out for all the daemon knows, by place.
    pub fn came_out(&self) -> BTreeMap<String, u32> {
        self.came_out.clone()
    }

    /// What a printer confirmed is on paper; what it only accepted may be lost with it.
    pub fn confirmed_is_on_paper(&self, packers: &[Packer]) {
        let mut papers: BTreeMap<String, usize> = BTreeMap::new();
        let codes = packers.iter().flat_map(|packer| packer.printer.papers()).flat_map(|paper| paper.codes());
        codes.for_each(|code| *papers.entry(code).or_default() += 1);
        for (number, confirmed) in &self.confirmed {
            let on = papers.get(number).copied().unwrap_or_default();
            assert!(on >= *confirmed, "{number} was confirmed {confirmed} times and is on {on} papers");
        }
    }

    pub fn confirmed(&self) -> usize {
        self.confirmed.values().sum()
    }

    pub fn waits_for_carrier(&self) -> bool {
        !self.asked_carrier.is_empty()
    }

    pub fn entries(&self) -> u64 {
        self.seq
    }

    pub fn packed(&self) -> usize {
        self.orders.values().filter(|tally| tally.packed == 1).count()
    }
}

/// Are all these jobs remembered as in doubt, or as seen by a person who didn't wait for the printer?
pub fn settled_unknown<'a>(journal: &Path, jobs: impl Iterator<Item = &'a JobId>) -> bool {
    let reader = Reader::open(journal).expect("the journal can be read");
    let works = reader.all_parcels().expect("parcels");
    let works: Vec<Work> = works.iter().map(|(_, body)| serde_json::from_str(body).expect("work")).collect();
    let outcome = |job: &JobId| {
        let label = works.iter().flat_map(|work| &work.labels).find(|label| label.job == *job);
        label.and_then(|label| label.outcome)
    };
    jobs.into_iter().all(|job| matches!(outcome(job), Some(PrintOutcome::Unknown | PrintOutcome::Confirmed)))
}

/// The chain holds, a replay equals what is stored, and every number belongs to one parcel.
pub fn whole(journal: &Path) {
    let reader = Reader::open(journal).expect("the journal can be read");
    let verified = reader.verify(1).expect("a walk");
    assert_eq!(verified.broken, [], "the chain holds");
    assert_eq!(milepost::station::replay::compare(&reader).expect("a replay"), Vec::<String>::new());
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for (parcel, body) in reader.all_parcels().expect("parcels") {
        let work: Work = serde_json::from_str(&body).expect("work");
        let real = work.waybills.iter().filter(|waybill| waybill.live && waybill.origin != Origin::Temporary);
        assert!(real.count() <= 1, "{parcel} has two live waybills: {:?}", work.waybills);
        for waybill in &work.waybills {
            let other = owners.insert(waybill.number.clone(), parcel.clone());
            assert!(
                other.as_ref().is_none_or(|other| *other == parcel),
                "{} is on {other:?} and {parcel}",
                waybill.number
            );
        }
    }
}
