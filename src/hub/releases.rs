//! Waves that are released by themselves: each plan of the site's once for each cut-off, in one transaction with the note
//! that it was, so never twice. What can't be released is an exception, and tried again until the cut-off.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::api::blocking;
use super::exceptions::{self, Exception};
use super::select::Selection;
use super::warehouse::Plan;
use super::waves::{Released, WaveRequest, is_taken};
use super::{Hub, HubError, Policy, accept, down};
use crate::domain::cutoff::NamedTime;
use crate::domain::id::{WaveCode, is_station_code};
use crate::domain::order::CarrierCode;
use crate::domain::parcel::Standing;

/// Plans are written in minutes.
const PAUSE: Duration = Duration::from_secs(15);

const KIND: &str = "not_released";

/// Why a plan's wave isn't out, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PlanTrouble {
    /// Its station hasn't joined.
    NoStation { station: String },
    /// Orders that no carrier takes.
    NoCarrier { orders: usize },
    /// In the words of a refused request.
    Refused { why: String },
}

/// A plan whose time has come.
#[derive(Clone, Debug)]
struct Due {
    plan: Plan,
    carrier: CarrierCode,
    warehouse: String,
    cutoff_us: i64,
}

/// Releases a site's plans until the hub ends.
pub struct Releaser {
    hub: Hub,
    now_us: fn() -> i64,
}

impl Releaser {
    pub fn new(hub: Hub, now_us: fn() -> i64) -> Releaser {
        Releaser { hub, now_us }
    }

    pub async fn run(self, mut closing: watch::Receiver<bool>) {
        loop {
            let (hub, now_us) = (self.hub.clone(), (self.now_us)());
            match blocking(move || hub.release_due(now_us)).await {
                Ok(released) => released.iter().filter(|one| one.parcels > 0).for_each(|one| {
                    tracing::info!(wave = %one.wave, parcels = one.parcels, "a wave was released by its plan");
                }),
                Err(error) => tracing::error!(%error, "the hub can't release its waves; it tries again"),
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = closing.changed() => return,
            }
        }
    }
}

impl Hub {
    /// Releases every plan's wave whose time has come and that wasn't before.
    pub fn release_due(&self, now_us: i64) -> Result<Vec<Released>, HubError> {
        let mut released = Vec::new();
        for due in self.read(|connection| self.due(connection, now_us))? {
            if let Some(station) = self.stranger(&due)? {
                self.note_trouble(&due, PlanTrouble::NoStation { station }, now_us)?;
                continue;
            }
            match self.write(|transaction| self.release_plan(transaction, &due, now_us)) {
                Ok(done) => released.extend(done),
                Err(HubError::Refused(refusal)) => {
                    self.note_trouble(&due, PlanTrouble::Refused { why: refusal.detail }, now_us)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(released)
    }

    /// In the order of the config: an earlier plan takes first.
    fn due(&self, connection: &Connection, now_us: i64) -> Result<Vec<Due>, HubError> {
        let policy = self.policy();
        let mut all = Vec::new();
        for plan in &policy.warehouse_rules.plans {
            let of_station = plan.station.as_ref().and_then(|station| down::warehouse_of(connection, station).ok());
            let named = plan.warehouse.clone().or(of_station);
            let warehouse = named.unwrap_or_else(|| policy.warehouse.clone());
            for carrier in policy.cutoffs.carriers(&warehouse).filter(|carrier| plan.takes(*carrier)) {
                let Some(cutoff_us) = policy.cutoffs.next_us(carrier, &warehouse, now_us) else { continue };
                let due = Due { plan: plan.clone(), carrier, warehouse: warehouse.clone(), cutoff_us };
                let is_time = cutoff_us - now_us <= i64::from(plan.before_min) * 60_000_000;
                if is_time && !is_released(connection, &due)? {
                    all.push(due);
                }
            }
        }
        Ok(all)
    }

    /// The plan's station, where it hasn't joined.
    fn stranger(&self, due: &Due) -> Result<Option<String>, HubError> {
        let Some(station) = &due.plan.station else { return Ok(None) };
        let known = self.read(|connection| Ok(down::warehouse_of(connection, station).is_ok()))?;
        Ok((!known).then(|| station.to_string()))
    }

    fn release_plan(
        &self,
        transaction: &Transaction<'_>,
        due: &Due,
        now_us: i64,
    ) -> Result<Option<Released>, HubError> {
        // Another turn may have been here since it was looked at.
        if is_released(transaction, due)? {
            return Ok(None);
        }
        let name = due.plan.name();
        let request = self.request(transaction, due)?;
        let released = self.release(transaction, &request, Some(&name), now_us)?;
        let wave = (released.parcels > 0).then_some(request.wave.as_str());
        transaction.execute(
            "INSERT INTO releases (plan, carrier, warehouse, cutoff_us, at_us, wave) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![name, due.carrier.as_str(), due.warehouse, due.cutoff_us, now_us, wave],
        )?;
        match held(transaction, &released)? {
            0 => exceptions::mended(transaction, &name, KIND)?,
            orders => note(transaction, &name, PlanTrouble::NoCarrier { orders }, now_us)?,
        }
        Ok(Some(released))
    }

    fn request(&self, transaction: &Transaction<'_>, due: &Due) -> Result<WaveRequest, HubError> {
        let at = Timestamp::from_microsecond(due.cutoff_us).unwrap_or_default();
        let select = Selection {
            cutoff: Some(NamedTime::At(at)),
            carrier: Some(due.carrier),
            zone: due.plan.zone.clone(),
            channel: due.plan.channel.clone(),
            due_before: None,
            warehouse: Some(due.warehouse.clone()),
            at_most: Some(due.plan.at_most),
        };
        Ok(WaveRequest {
            wave: free_code(transaction, &self.code(due, at))?,
            flow: due.plan.flow,
            station: due.plan.station.clone(),
            orders: Vec::new(),
            select: Some(select),
            dry_run: false,
        })
    }

    /// `ZTO-1130-2000-A`: what people call it.
    fn code(&self, due: &Due, at: Timestamp) -> String {
        let at = at.to_zoned(self.policy().zone.clone()).strftime("%m%d-%H%M").to_string();
        let mut code = format!("{}-{at}", due.carrier.as_str().to_ascii_uppercase());
        let elsewhere = Some(&due.warehouse).filter(|warehouse| **warehouse != self.policy().warehouse);
        // A code is also a barcode.
        let further = [elsewhere.filter(|warehouse| is_station_code(warehouse)), due.plan.zone.as_ref()];
        code.extend(further.into_iter().flatten().map(|part| format!("-{part}")));
        code
    }

    /// What is known already is no news to anybody who waits for some.
    fn note_trouble(&self, due: &Due, trouble: PlanTrouble, now_us: i64) -> Result<(), HubError> {
        let name = due.plan.name();
        let known = self.read(|connection| exceptions::noted_as(connection, &name, KIND))?;
        match known == Some(Exception::NotReleased { trouble: trouble.clone() }) {
            true => Ok(()),
            false => self.write(|transaction| note(transaction, &name, trouble, now_us)),
        }
    }
}

/// What is said of a plan that the config has no more, or has otherwise, is nobody's to mend.
pub(super) fn want_only(connection: &Connection, policy: &Policy) -> rusqlite::Result<()> {
    let names: Vec<String> = policy.warehouse_rules.plans.iter().map(Plan::name).collect();
    let gone = "DELETE FROM exceptions WHERE kind = ?1 AND subject NOT IN (SELECT value FROM json_each(?2))";
    connection.execute(gone, params![KIND, super::json(&names)])?;
    Ok(())
}

fn note(transaction: &Transaction<'_>, plan: &str, trouble: PlanTrouble, now_us: i64) -> Result<(), HubError> {
    exceptions::note(transaction, plan, &Exception::NotReleased { trouble }, now_us)
}

fn is_released(connection: &Connection, due: &Due) -> Result<bool, HubError> {
    let mut known = connection.prepare_cached(
        "SELECT 1 FROM releases WHERE plan = ?1 AND carrier = ?2 AND warehouse = ?3 AND cutoff_us = ?4",
    )?;
    Ok(known.exists(params![due.plan.name(), due.carrier.as_str(), due.warehouse, due.cutoff_us])?)
}

/// Another plan of this cut-off, or last year's, may have it.
fn free_code(transaction: &Transaction<'_>, wanted: &str) -> Result<WaveCode, HubError> {
    let mut count = 1;
    loop {
        let code = WaveCode(if count == 1 { wanted.to_owned() } else { format!("{wanted}-{count}") });
        if !is_taken(transaction, &code)? {
            return Ok(code);
        }
        count += 1;
    }
}

/// Orders that were left out for want of a carrier; who goes with another one goes on.
fn held(transaction: &Transaction<'_>, released: &Released) -> Result<usize, HubError> {
    let mut held = 0;
    for (order_no, _) in &released.left_out {
        let standing = accept::stored(transaction, order_no)?.map(|(.., standing)| standing);
        held += usize::from(matches!(standing, Some(Standing::Held { .. })));
    }
    Ok(held)
}
