//! How far parcels are, told as entries come in: each wave's progress, and for each carrier what is still to go by its next
//! cut-off at the pace of the last half hour. Steps are only ever added, so their order doesn't matter.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Hub, HubError};
use crate::domain::entry::Entry;
use crate::domain::fact::Fact;
use crate::domain::id::{ParcelId, WaveCode};
use crate::domain::milestone::Milestone;
use crate::domain::order::CarrierCode;
use crate::domain::pace::{LOOK_BACK_MIN, Outlook, Pace};
use crate::domain::parcel::Parcel;
use crate::domain::waybill::Origin;

// Bits of `parcels.steps`; the indexes of the schema have some of them in them.
const NUMBERED: u32 = 1;
const PRINTED: u32 = 2;
const PICKED: u32 = 4;
const CHECKED: u32 = 8;
const PACKED: u32 = 16;
const SHIPPED: u32 = 32;
const CANCELLED: u32 = 64;

const MINUTE_US: i64 = 60_000_000;
/// What ended longer ago isn't looked at any more.
const SHOWN_US: i64 = 24 * 60 * MINUTE_US;
/// Waves that are looked through; a site of 20 benches releases a few dozen a day.
const MOST_WAVES: u32 = 200;

/// The questions a page asks for each wave and for all of them: a test sees to it that indexes alone answer them.
pub const OF_WAVE: &str = "SELECT steps, count(*) FROM parcels WHERE wave IS NOT NULL AND wave = ?1 GROUP BY steps";
pub const TO_GO: &str = "SELECT p.carrier, p.warehouse, w.cutoff_us, count(*), sum(p.steps & 4 = 0)
     FROM parcels p JOIN waves w ON w.code = p.wave
     WHERE p.wave IS NOT NULL AND p.steps & 112 = 0 GROUP BY p.carrier, p.warehouse, w.cutoff_us";

/// Parcels of a wave by what was done with them. Those that were cancelled before they were shipped count nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub parcels: u32,
    pub numbered: u32,
    pub printed: u32,
    pub picked: u32,
    pub checked: u32,
    pub packed: u32,
    pub shipped: u32,
    pub cancelled: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveRow {
    pub wave: WaveCode,
    pub flow: String,
    pub station: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff_us: Option<i64>,
    /// What released it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    pub released_us: i64,
    pub progress: Progress,
}

/// What one carrier's driver waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToGo {
    pub carrier: CarrierCode,
    pub warehouse: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff_us: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_us: Option<i64>,
    /// Released, and not packed yet.
    pub to_go: u32,
    /// Of these.
    pub not_picked: u32,
    /// Open, and in no wave yet.
    pub waiting: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// When all is packed, at this pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_us: Option<i64>,
    pub outlook: Outlook,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waves {
    pub to_go: Vec<ToGo>,
    pub waves: Vec<WaveRow>,
}

/// A carrier in a warehouse.
type CarrierAt = (CarrierCode, String);

/// Not packed, and of these not picked.
type Left = (u32, u32);

/// The same by cut-offs.
type LeftBy = Vec<(Option<i64>, Left)>;

impl Hub {
    /// The nearest cut-off first; of the waves the newest first, and none that ended yesterday.
    pub fn waves(&self, now_us: i64) -> Result<Waves, HubError> {
        self.read(|connection| Ok(Waves { to_go: self.to_go(connection, now_us)?, waves: rows(connection, now_us)? }))
    }

    fn to_go(&self, connection: &Connection, now_us: i64) -> Result<Vec<ToGo>, HubError> {
        let (mut left, mut waiting) = (left(connection)?, waiting(connection)?);
        let mut all_at: Vec<CarrierAt> = left.keys().chain(waiting.keys()).cloned().collect();
        all_at.sort();
        all_at.dedup();
        let mut all = Vec::new();
        for carrier_at in all_at {
            let pace = Pace::of(&done(connection, &carrier_at, now_us)?, now_us);
            let left = left.remove(&carrier_at).unwrap_or_default();
            let waiting = waiting.remove(&carrier_at).unwrap_or_default();
            all.extend(self.to_go_at(carrier_at, left, waiting, pace, now_us));
        }
        all.sort_by_key(|row| row.cutoff_us.unwrap_or(i64::MAX));
        Ok(all)
    }

    /// By cut-off: what missed its own, or is for none, goes with the next. What is for a later one is packed after that.
    fn to_go_at(
        &self,
        (carrier, warehouse): CarrierAt,
        left: LeftBy,
        waiting: u32,
        pace: Option<Pace>,
        now_us: i64,
    ) -> Vec<ToGo> {
        let cutoffs = &self.policy().cutoffs;
        let next_us = cutoffs.next_us(carrier, &warehouse, now_us);
        let mut by_cutoff: BTreeMap<Option<i64>, Left> = BTreeMap::from([(next_us, (0, 0))]);
        for (cutoff_us, (to_go, not_picked)) in left {
            let sum = by_cutoff.entry(cutoff_us.max(next_us)).or_default();
            *sum = (sum.0 + to_go, sum.1 + not_picked);
        }
        let mut before = 0;
        let row = |(cutoff_us, (to_go, not_picked)): (Option<i64>, Left)| {
            before += to_go;
            let done_us = pace.filter(|_| to_go > 0).map(|pace| pace.done_us(before, now_us));
            ToGo {
                carrier,
                warehouse: warehouse.clone(),
                cutoff_us,
                pickup_us: cutoff_us.and_then(|at_us| cutoffs.pickup_us(carrier, &warehouse, at_us)),
                to_go,
                not_picked,
                waiting: if cutoff_us == next_us { waiting } else { 0 },
                pace,
                done_us,
                outlook: Outlook::of(to_go, done_us, cutoff_us, now_us),
            }
        };
        by_cutoff.into_iter().map(row).filter(|row| row.to_go + row.waiting > 0).collect()
    }
}

/// What a parcel brings along when it is written.
pub(super) fn of_parcel(parcel: &Parcel) -> u32 {
    if parcel.supplied.is_some() { NUMBERED } else { 0 }
}

/// What follows from an entry's fact for its parcel.
pub(super) fn told(transaction: &Transaction<'_>, entry: &Entry, fact: &Fact) -> Result<(), HubError> {
    let steps = steps_of(fact);
    let Some(parcel_id) = entry.parcel_id.as_ref().filter(|_| steps != 0) else { return Ok(()) };
    let done_us = (steps & (PACKED | SHIPPED) != 0).then(|| entry.stamp.best_us());
    transaction
        .prepare_cached(
            "UPDATE parcels SET steps = steps | ?2, done_us = min(coalesce(done_us, ?3), coalesce(?3, done_us))
             WHERE parcel_id = ?1",
        )?
        .execute(params![parcel_id.as_str(), steps, done_us])?;
    Ok(())
}

/// All orders of the parcel are.
pub(super) fn cancelled(transaction: &Transaction<'_>, parcel_id: &ParcelId) -> Result<(), HubError> {
    transaction
        .prepare_cached("UPDATE parcels SET steps = steps | ?2 WHERE parcel_id = ?1")?
        .execute(params![parcel_id.as_str(), CANCELLED])?;
    Ok(())
}

/// Somebody packed it, as far as entries were told of.
pub(super) fn is_packed(connection: &Connection, parcel_id: &ParcelId) -> Result<bool, HubError> {
    let mut packed = connection.prepare_cached("SELECT 1 FROM parcels WHERE parcel_id = ?1 AND steps & ?2 <> 0")?;
    Ok(packed.exists(params![parcel_id.as_str(), PACKED])?)
}

/// Each with what it proves: who packs a parcel has it before him.
fn steps_of(fact: &Fact) -> u32 {
    match (fact, Milestone::of(fact)) {
        (Fact::WaybillIssued { origin, .. }, _) if *origin != Origin::Temporary => NUMBERED,
        (_, Some((Milestone::Printed, _))) => PRINTED,
        (_, Some((Milestone::Picked, _))) => PICKED,
        (_, Some((Milestone::Checked, _))) => PICKED | CHECKED,
        (_, Some((Milestone::Packed, _))) => PICKED | CHECKED | PACKED,
        (_, Some((Milestone::Shipped, _))) => PICKED | CHECKED | PACKED | SHIPPED,
        _ => 0,
    }
}

fn rows(connection: &Connection, now_us: i64) -> Result<Vec<WaveRow>, HubError> {
    let mut waves = connection.prepare_cached(
        "SELECT code, flow, station, carrier, zone, cutoff_us, plan, released_us FROM waves
         ORDER BY released_us DESC, code LIMIT ?1",
    )?;
    let mut found = waves.query([MOST_WAVES])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let wave: String = row.get(0)?;
        let (progress, released_us) = (progress(connection, &wave)?, row.get(7)?);
        if is_over(&progress) && now_us - released_us > SHOWN_US {
            continue;
        }
        rows.push(WaveRow {
            wave: WaveCode(wave),
            flow: row.get(1)?,
            station: row.get(2)?,
            carrier: row.get(3)?,
            zone: row.get(4)?,
            cutoff_us: row.get(5)?,
            plan: row.get(6)?,
            released_us,
            progress,
        });
    }
    Ok(rows)
}

fn is_over(progress: &Progress) -> bool {
    progress.shipped + progress.cancelled == progress.parcels
}

/// From the index alone, whatever was done with its parcels.
fn progress(connection: &Connection, wave: &str) -> Result<Progress, HubError> {
    let mut counted = connection.prepare_cached(OF_WAVE)?;
    let mut rows = counted.query([wave])?;
    let mut all = Progress::default();
    while let Some(row) = rows.next()? {
        let (steps, count): (u32, u32) = (row.get(0)?, row.get(1)?);
        all.parcels += count;
        if steps & (CANCELLED | SHIPPED) == CANCELLED {
            all.cancelled += count;
            continue;
        }
        let sums = [
            (&mut all.numbered, NUMBERED),
            (&mut all.printed, PRINTED),
            (&mut all.picked, PICKED),
            (&mut all.checked, CHECKED),
            (&mut all.packed, PACKED),
            (&mut all.shipped, SHIPPED),
        ];
        sums.into_iter().filter(|(_, step)| steps & step != 0).for_each(|(sum, _)| *sum += count);
    }
    Ok(all)
}

/// Parcels of waves that nobody packed, shipped or cancelled, by their waves' cut-offs.
fn left(connection: &Connection) -> Result<BTreeMap<CarrierAt, LeftBy>, HubError> {
    let mut counted = connection.prepare_cached(TO_GO)?;
    let mut rows = counted.query([])?;
    let mut left: BTreeMap<CarrierAt, LeftBy> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let Some(carrier_at) = carrier_at(row.get(0)?, row.get(1)?) else { continue };
        left.entry(carrier_at).or_default().push((row.get(2)?, (row.get(3)?, row.get(4)?)));
    }
    Ok(left)
}

fn waiting(connection: &Connection) -> Result<BTreeMap<CarrierAt, u32>, HubError> {
    let mut counted = connection.prepare_cached(
        "SELECT p.carrier, p.warehouse, count(DISTINCT p.parcel_id)
         FROM orders o JOIN parcel_orders po ON po.order_no = o.order_no JOIN parcels p ON p.parcel_id = po.parcel_id
         WHERE o.milestone IN ('paid', 'allocated', 'held') AND o.held_us IS NULL AND p.wave IS NULL AND p.steps & 112 = 0
         GROUP BY p.carrier, p.warehouse",
    )?;
    let mut rows = counted.query([])?;
    let mut waiting = BTreeMap::new();
    while let Some(row) = rows.next()? {
        waiting.extend(carrier_at(row.get(0)?, row.get(1)?).zip(Some(row.get(2)?)));
    }
    Ok(waiting)
}

/// Minutes since 1970 in which parcels got packed, with how many.
fn done(connection: &Connection, (carrier, warehouse): &CarrierAt, now_us: i64) -> Result<Vec<(i64, u32)>, HubError> {
    let mut counted = connection.prepare_cached(
        "SELECT done_us / 60000000, count(*) FROM parcels
         WHERE carrier = ?1 AND warehouse = ?2 AND done_us IS NOT NULL AND done_us BETWEEN ?3 AND ?4 GROUP BY 1",
    )?;
    let since_us = now_us - LOOK_BACK_MIN * MINUTE_US;
    let rows = counted
        .query_map(params![carrier.as_str(), warehouse, since_us, now_us], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn carrier_at(carrier: String, warehouse: String) -> Option<CarrierAt> {
    let carrier = CarrierCode::ALL.into_iter().find(|known| known.as_str() == carrier)?;
    Some((carrier, warehouse))
}
