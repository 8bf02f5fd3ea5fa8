//! What really happened: counted from the simulated printers' paper, SF's book and the hub's rows, and held against what
//! the people heard. The stations' own counters have no say.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use milepost::domain::entry::Entry;
use milepost::domain::fact::Fact;
use milepost::domain::milestone::Milestone;
use milepost::domain::timeline::Timeline;
use milepost::domain::waybill::Origin;
use milepost::hub::Hub;
use milepost::journal::Reader;
use milepost::sim::printer::SimPrinter;
use serde::Serialize;

use super::shift::Book;
use super::site::Site;

#[derive(Debug, Default, Serialize)]
pub struct Summary {
    pub orders: usize,
    pub held: usize,
    pub parcels: u64,
    pub merged: usize,
    pub flows: BTreeMap<String, usize>,
    pub refunds_caught: usize,
    /// Parcels that left although all of it was cancelled and the stations knew: the demo's office cancels, and waits until they do.
    pub refunded_shipped: usize,
    pub packed: usize,
    pub shipped: usize,
    pub labels: BTreeMap<String, usize>,
    pub fallbacks: BTreeMap<&'static str, usize>,
    /// Numbers that were there when their parcel's goods were checked, of all that the carrier was to give.
    pub ready: (usize, usize),
    pub wrong_scans_caught: usize,
    pub entries: u64,
    pub hub_entries: u64,
    pub lost: usize,
    pub duplicates: usize,
    pub seconds: f64,
    /// What is lost or doubled, and answers nobody expected.
    pub findings: Vec<String>,
}

/// More entries than a day at the demo's stations has.
const ALL: usize = 1_000_000;

/// Holds the world against the people's book. `supplied` are the numbers the ERP gave along.
pub fn count(site: &Site, hub: &Hub, book: &Book, supplied: &BTreeSet<String>) -> anyhow::Result<Summary> {
    let papers = papers(&[&site.desk_printer, &site.bench_printers[0], &site.bench_printers[1]]);
    let sf_book = site.sf.book();
    let mut summary = Summary {
        flows: book.flows.clone(),
        refunds_caught: book.refunds_caught,
        packed: book.packed.len(),
        shipped: book.shipped.len(),
        wrong_scans_caught: book.wrong_scans_caught,
        findings: book.surprises.clone(),
        ..Summary::default()
    };
    let (mut lost, mut doubled) = (Vec::new(), Vec::new());

    for number in &book.packed {
        if !papers.contains_key(number) {
            lost.push(format!("{number} was packed, and no paper has it"));
        }
    }
    for (number, copies) in &papers {
        let asked = book.reprints.get(number).copied().unwrap_or(0);
        if *copies > 1 + asked {
            doubled.push(format!("{copies} papers have {number}, {asked} reprints were asked"));
        }
        let carrier = if number.starts_with("TMP-") { "temporary" } else { "sf" };
        *summary.labels.entry(carrier.to_owned()).or_default() += copies;
    }
    let mut booked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (order_id, entry) in &sf_book {
        booked.entry(entry.number.clone()).or_default().push(order_id.clone());
    }
    for (number, ids) in booked.iter().filter(|(_, ids)| ids.len() > 1) {
        doubled.push(format!("SF gave {number} to {ids:?}"));
    }
    for number in papers.keys().filter(|number| number.starts_with("SF")) {
        if !booked.contains_key(number) && !supplied.contains(number) {
            lost.push(format!("{number} is on paper, and SF never gave it"));
        }
    }

    at_hub(hub, book, &mut lost, &mut doubled)?;
    summary.fallbacks = BTreeMap::from([("pool", 0), ("reroute", 0), ("temporary", book.temporary.len())]);
    let mut told = Vec::new();
    for station in [&site.desk, &site.floor] {
        let reader = Reader::open(&station.running.journal).context("open a journal")?;
        summary.entries += reader.epochs()?.iter().map(|epoch| epoch.last_seq).sum::<u64>();
        let entries = reader.entries(1, 0, ALL)?;
        for fallback in entries.iter().filter_map(|entry| fallback(&entry.fact()?)) {
            *summary.fallbacks.entry(fallback).or_default() += 1;
        }
        told.extend(entries);
    }
    summary.ready = ready(told);
    let counts = hub.counts()?;
    (summary.hub_entries, summary.parcels) = (counts.entries, counts.parcels);
    if summary.hub_entries < summary.entries {
        lost.push(format!("the hub has {} of {} entries", summary.hub_entries, summary.entries));
    }
    if summary.hub_entries > summary.entries {
        doubled.push(format!("the hub has {} entries, the journals {}", summary.hub_entries, summary.entries));
    }
    let refunded = refunded_and_shipped(hub, book)?;
    summary.refunded_shipped = refunded.len();
    summary.findings.extend(refunded);
    summary.lost = lost.len();
    summary.duplicates = doubled.len();
    summary.findings.extend(lost);
    summary.findings.extend(doubled);
    Ok(summary)
}

/// What a parcel got in place of its carrier's number, but for temporary labels, which people have in hand.
fn fallback(fact: &Fact) -> Option<&'static str> {
    match fact {
        Fact::WaybillIssued { origin: Origin::Pool, .. } => Some("pool"),
        Fact::WaybillRerouted { .. } => Some("reroute"),
        _ => None,
    }
}

/// How many numbers were there in time, in the order in which one clock saw it. A parcel whose carrier was never asked had its
/// number from the ERP.
fn ready(mut entries: Vec<Entry>) -> (usize, usize) {
    entries.sort_by_key(|entry| entry.stamp.wall_us);
    let (mut asked, mut issued, mut checked) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for entry in &entries {
        let Some(parcel) = &entry.parcel_id else { continue };
        match entry.fact() {
            Some(Fact::WaybillRequested { .. } | Fact::WaybillNotSent { .. }) => drop(asked.insert(parcel)),
            Some(Fact::WaybillIssued { origin: Origin::Direct | Origin::Pool, .. }) => drop(issued.insert(parcel)),
            Some(Fact::CheckCompleted { .. }) => drop(checked.insert(parcel, issued.contains(parcel))),
            _ => {}
        }
    }
    let of = checked.iter().filter(|(parcel, _)| asked.contains(*parcel));
    (of.clone().filter(|(_, ready)| **ready).count(), of.count())
}

/// Every packed or shipped number must be so at the hub, once.
fn at_hub(hub: &Hub, book: &Book, lost: &mut Vec<String>, doubled: &mut Vec<String>) -> anyhow::Result<()> {
    for (numbers, milestone) in [(&book.packed, "packed"), (&book.shipped, "shipped")] {
        for number in numbers.iter().collect::<BTreeSet<_>>() {
            let orders = hub.orders(number, 10)?;
            if orders.is_empty() {
                lost.push(format!("the hub knows no order of {number}"));
            }
            for order in orders {
                let timeline = hub.timeline(&order.order_no)?.context("a listed order has a timeline")?;
                let word = |step: &milepost::domain::timeline::Step| {
                    serde_json::to_value(step.milestone).is_ok_and(|word| word == milestone)
                };
                match timeline.steps.iter().filter(|step| word(step)).count() {
                    0 => lost.push(format!("the hub never heard that {} was {milestone}", order.order_no)),
                    1 => {}
                    times => doubled.push(format!("{} was {milestone} {times} times", order.order_no)),
                }
            }
        }
    }
    Ok(())
}

/// What left although every order in it was cancelled, by the hub's timelines.
fn refunded_and_shipped(hub: &Hub, book: &Book) -> anyhow::Result<Vec<String>> {
    let mut refunded = Vec::new();
    for number in &book.shipped {
        let orders = hub.orders(number, 10)?;
        let timelines = orders.iter().map(|order| hub.timeline(&order.order_no)).collect::<Result<Vec<_>, _>>()?;
        let is_cancelled =
            |timeline: &Timeline| timeline.steps.iter().any(|step| step.milestone == Milestone::Cancelled);
        if !timelines.is_empty() && timelines.iter().flatten().all(is_cancelled) {
            refunded.push(format!("{number} left, and all of it was cancelled"));
        }
    }
    Ok(refunded)
}

/// How many papers bear each waybill number, read from their bars.
fn papers(printers: &[&SimPrinter]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for printer in printers {
        for paper in printer.papers() {
            let codes: BTreeSet<String> = paper.codes().into_iter().collect();
            for code in codes.into_iter().filter(|code| code.starts_with("SF") || code.starts_with("TMP-")) {
                *found.entry(code).or_default() += 1;
            }
        }
    }
    found
}
