//! An order's timeline: a function of the set of its entries and events, whatever order they came in.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::shares::{self, Carries};
use super::{Hub, HubError, journeys};
use crate::domain::fact::Fact;
use crate::domain::id::OrderNo;
use crate::domain::milestone::Milestone;
use crate::domain::parcel::Parcel;
use crate::domain::timeline::{Step, Timeline};

/// A step, and which parcel or return it was about.
type Told = (Option<String>, Step);

impl Hub {
    pub fn timeline(&self, order_no: &OrderNo) -> Result<Option<Timeline>, HubError> {
        self.read(|connection| timeline(connection, order_no.as_str()))
    }
}

/// The word a milestone is stored and sent under.
pub(super) fn word(milestone: Milestone) -> String {
    match serde_json::to_value(milestone) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("a milestone is a word"),
    }
}

pub(super) fn timeline(connection: &Connection, order_no: &str) -> Result<Option<Timeline>, HubError> {
    let paid: Option<(i64, String)> = connection
        .prepare_cached("SELECT paid_us, channel FROM orders WHERE order_no = ?1")?
        .query_row([order_no], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((paid_us, channel)) = paid else { return Ok(None) };
    let mut steps = vec![step(Milestone::Paid, paid_us, None, channel, None, false)];
    steps.extend(own_steps(connection, order_no)?);
    steps.extend(whole(connection, order_no, station_steps(connection, order_no)?)?);
    for (milestone, at, carrier) in journeys::milestones(connection, order_no)? {
        // Nobody ever compared a carrier's clock.
        steps.push(step(milestone, at.as_microsecond(), None, carrier.as_str().to_owned(), None, false));
    }
    // Sorting is stable, and the rows came by station, epoch and number: equal times keep that order.
    steps.sort_by_key(|step| (step.at, step.milestone));
    // A pick that somebody recorded makes the implied one idle talk.
    if steps.iter().any(|step| step.milestone == Milestone::Picked && !step.implied) {
        steps.retain(|step| step.milestone != Milestone::Picked || !step.implied);
    }
    Ok(Some(Timeline { order_no: order_no.into(), steps }))
}

/// What the hub itself did: allocation, waves, holds, cancellations.
fn own_steps(connection: &Connection, order_no: &str) -> Result<Vec<Step>, HubError> {
    let mut events =
        connection.prepare_cached("SELECT milestone, at_us FROM order_events WHERE order_no = ?1 ORDER BY at_us")?;
    let rows: Vec<(String, i64)> =
        events.query_map([order_no], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let known = |text: &str| serde_json::from_value(serde_json::Value::String(text.to_owned())).ok();
    Ok(rows
        .into_iter()
        .filter_map(|(milestone, at)| Some(step(known(&milestone)?, at, Some(0), "hub".into(), None, false)))
        .collect())
}

/// What the benches did, in the order of station, epoch and number.
fn station_steps(connection: &Connection, order_no: &str) -> Result<Vec<Told>, HubError> {
    let mut entries = connection.prepare_cached(
        "SELECT e.kind, e.body, e.occurred_us, e.occurred_error_us, e.station, e.operator, e.parcel_id
         FROM entry_orders o JOIN entries e ON e.feed = o.feed
         WHERE o.order_no = ?1 AND e.problem IS NULL ORDER BY e.station, e.epoch, e.seq",
    )?;
    let mut rows = entries.query([order_no])?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, body): (String, String) = (row.get(0)?, row.get(1)?);
        let Some(fact) = Fact::from_parts(&kind, &body) else { continue };
        let (source, parcel): (String, Option<String>) = (row.get(4)?, row.get(6)?);
        let about = parcel.or(fact.return_no().map(str::to_owned));
        if let Fact::ReturnWithdrawn { .. } = fact {
            let came = |of: &Option<String>, step: &Step| *of == about && step.milestone == Milestone::Returned;
            steps.retain(|(of, step): &Told| !(came(of, step) && step.source == source));
        }
        if let Some((milestone, implied)) = Milestone::of(&fact) {
            steps.push((about, step(milestone, row.get(2)?, row.get(3)?, source, row.get(5)?, implied)));
        }
    }
    Ok(steps)
}

/// Of several parcels that carry an order's goods it is packed, and shipped, with the last.
fn whole(connection: &Connection, order_no: &str, told: Vec<Told>) -> Result<Vec<Step>, HubError> {
    let all = connection
        .prepare_cached("SELECT count(*) FROM parcel_orders WHERE order_no = ?1")?
        .query_row([order_no], |row| row.get::<_, i64>(0))?;
    if all < 2 {
        return Ok(told.into_iter().map(|(_, step)| step).collect());
    }
    let carry = shares::of_order(connection, &order_no.into())?;
    let reached = |milestone| {
        let first = |parcel: &Parcel| {
            let own = told.iter().filter(|(of, step)| is_of(of, parcel) && step.milestone == milestone);
            own.map(|(_, step)| step.at).min()
        };
        let firsts: Option<Vec<Timestamp>> = carry.iter().map(|carries| first(&carries.parcel)).collect();
        firsts.and_then(|firsts| firsts.into_iter().max())
    };
    let (packed, shipped) = (reached(Milestone::Packed), reached(Milestone::Shipped));
    let counts = |(of, step): &Told| match step.milestone {
        Milestone::Packed => packed.is_some_and(|at| step.at >= at) && is_carried(of, &carry),
        Milestone::Shipped => shipped.is_some_and(|at| step.at >= at) && is_carried(of, &carry),
        _ => true,
    };
    Ok(told.iter().filter(|told| counts(told)).map(|(_, step)| step.clone()).collect())
}

fn is_of(of: &Option<String>, parcel: &Parcel) -> bool {
    of.as_deref() == Some(parcel.parcel_id.as_str())
}

fn is_carried(of: &Option<String>, carry: &[Carries]) -> bool {
    carry.iter().any(|carries| is_of(of, &carries.parcel))
}

fn step(
    milestone: Milestone,
    at_us: i64,
    error_us: Option<i64>,
    source: String,
    operator: Option<String>,
    implied: bool,
) -> Step {
    let at = Timestamp::from_microsecond(at_us).unwrap_or_default();
    Step { milestone, at, error_ms: error_us.map(|error| error / 1_000), source, operator, implied }
}

/// Brings the order's place in lists up to date: its latest milestone.
pub(super) fn refresh(connection: &Connection, order_no: &str) -> Result<(), HubError> {
    let Some(timeline) = timeline(connection, order_no)? else { return Ok(()) };
    let last = timeline.steps.iter().max_by_key(|step| (step.at, step.milestone)).expect("paid is always there");
    connection
        .prepare_cached("UPDATE orders SET milestone = ?2, milestone_us = ?3 WHERE order_no = ?1")?
        .execute(params![order_no, word(last.milestone), last.at.as_microsecond()])?;
    Ok(())
}
