//! Entries in: one transaction per batch. Only what is stored is acknowledged, and only as far as nothing is missing
//! before it; the same number with other content is a fork and is said, never swallowed.

use rusqlite::{OptionalExtension, Transaction, params};

use super::audit::audit;
use super::clock::{Occurred, occurred};
use super::exceptions::{self, Exception};
use super::{
    Hub, HubError, Policy, Refusal, handovers, journeys, lead_acts, pools, progress, publish, returns, timeline,
};
use crate::domain::account::AccountName;
use crate::domain::entry::{Entry, Hash};
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;
use crate::domain::order::CarrierCode;
use crate::wire::{Anchor, Quarantined, SyncAnswer, SyncRequest};

/// More holes than this in one answer help nobody.
const HOLES: usize = 100;

impl Hub {
    /// Takes a batch. `received_us` is the hub's clock when the request came.
    pub fn ingest(
        &self,
        station: &StationCode,
        request: &SyncRequest,
        received_us: i64,
    ) -> Result<SyncAnswer, HubError> {
        let epoch = self.epoch().to_owned();
        let mut answer =
            self.write(|transaction| ingest(transaction, station, request, &epoch, self.policy(), received_us))?;
        answer.hub_epoch = epoch;
        Ok(answer)
    }
}

fn ingest(
    transaction: &Transaction<'_>,
    station: &StationCode,
    request: &SyncRequest,
    hub_epoch: &str,
    policy: &Policy,
    now_us: i64,
) -> Result<SyncAnswer, HubError> {
    check_lost(request)?;
    let warehouse = seen(transaction, station, request, now_us)?;
    let anchor = keep_anchor(transaction, station, request)?;
    let mut head = head(transaction, station, &request.epoch, now_us)?;
    if request.head.seq < head.ack {
        let back = Exception::StationWentBack { ends: request.head.seq, received: head.ack };
        exceptions::note(transaction, station.as_str(), &back, now_us)?;
    }
    let (mut quarantined, mut forked) = (Vec::new(), Vec::new());
    for entry in &request.entries {
        match store(transaction, station, request, entry, anchor.as_ref(), now_us)? {
            Stored::New => {}
            Stored::Known => continue,
            Stored::Forked => {
                forked.push(entry.seq);
                continue;
            }
            Stored::Quarantined(problem) => {
                quarantined.push(Quarantined { seq: entry.seq, problem });
                continue;
            }
        }
        match entry.fact() {
            Some(Fact::JournalDamaged { what, .. }) => {
                exceptions::note(transaction, station.as_str(), &Exception::JournalDamaged { what }, now_us)?;
            }
            Some(Fact::JournalSalvaged { .. }) => exceptions::mended(transaction, station.as_str(), "journal_damaged")?,
            Some(Fact::CarrierGivenUp { carrier, account, why }) => {
                let subject = account_at(station, carrier, account);
                exceptions::note(transaction, &subject, &Exception::CarrierGivenUp { why }, now_us)?;
            }
            Some(Fact::CarrierTrusted { carrier, account }) => {
                exceptions::mended(transaction, &account_at(station, carrier, account), "carrier_given_up")?;
            }
            // It trusts every carrier until it knows better.
            Some(Fact::StationStarted { .. }) => exceptions::mended_all(transaction, station, "carrier_given_up")?,
            Some(Fact::PoolFilled { carrier, numbers, expires_on, account, .. }) => {
                let account = AccountName { shop: account, ..carrier.into() };
                let at_us = entry.stamp.best_us();
                pools::told(transaction, station, &account, &numbers, expires_on, hub_epoch, at_us)?;
            }
            _ => {}
        }
        if let Some(fact) = entry.fact() {
            handovers::told(transaction, station, &request.epoch, entry, &fact)?;
            progress::told(transaction, entry, &fact)?;
            lead_acts::told(transaction, station, entry, &fact, now_us)?;
            returns::told(transaction, station, &request.epoch, &warehouse, entry, &fact)?;
        }
        publish::publish(transaction, station, &warehouse, entry)?;
        if let Some(parcel_id) =
            entry.parcel_id.as_ref().filter(|_| entry.fact().is_some_and(|f| journeys::concerns(&f)))
        {
            journeys::refresh(transaction, parcel_id.as_str(), policy, now_us)?;
        }
        for order_no in &entry.orders {
            timeline::refresh(transaction, order_no.as_str())?;
        }
    }
    // What another past acknowledged is not this one's to have lost.
    let audited = match request.audit.as_ref().filter(|audit| audit.hub_epoch == hub_epoch) {
        Some(theirs) => Some(audit(transaction, station, &request.epoch, theirs.head, &mut head, now_us)?),
        None => None,
    };
    advance(transaction, station, &request.epoch, &request.lost, &mut head, now_us)?;
    tell_lost(transaction, station, request, now_us)?;
    let holes = holes(transaction, station, &request.epoch, &head)?;
    Ok(SyncAnswer {
        hub_epoch: String::new(),
        ack: head.ack,
        holes,
        quarantined,
        forked,
        received_us: now_us,
        answered_us: now_us,
        retry_after_ms: None,
        audited,
    })
}

/// Up to where nothing of an epoch is missing, and how far it goes.
pub(super) struct Chain {
    pub ack: u64,
    pub hash: Hash,
    highest: u64,
}

/// The station's warehouse; also notes that it was heard of.
fn seen(
    transaction: &Transaction<'_>,
    station: &StationCode,
    request: &SyncRequest,
    now_us: i64,
) -> Result<String, HubError> {
    let error = request.clock.anchor.map(|anchor| anchor.error_us);
    let warehouse: Option<String> = transaction
        .query_row(
            "UPDATE stations SET seen_us = ?2, clock_error_us = ?3, devices = ?4 WHERE code = ?1 RETURNING warehouse",
            params![station.as_str(), now_us, error, super::json(&request.devices)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(warehouse.ok_or_else(|| {
        Refusal::new(403, "Unknown station", format!("station {station} has not joined: give it a join code"))
    })?)
}

/// Keeps the better of the boot's comparisons, and dates what had none.
fn keep_anchor(
    transaction: &Transaction<'_>,
    station: &StationCode,
    request: &SyncRequest,
) -> Result<Option<Anchor>, HubError> {
    let boot_id = &request.clock.boot_id;
    let known = anchor_of(transaction, station, boot_id)?;
    let Some(new) = request.clock.anchor else { return Ok(known) };
    if known.is_some_and(|known| known.error_us <= new.error_us) {
        return Ok(known);
    }
    transaction.execute(
        "INSERT INTO anchors (station, boot_id, boottime_ns, hub_us, error_us) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (station, boot_id) DO UPDATE
         SET boottime_ns = excluded.boottime_ns, hub_us = excluded.hub_us, error_us = excluded.error_us",
        params![station.as_str(), boot_id, new.boottime_ns, new.hub_us, new.error_us],
    )?;
    date_again(transaction, station, boot_id, &new)?;
    Ok(Some(new))
}

fn anchor_of(transaction: &Transaction<'_>, station: &StationCode, boot_id: &str) -> Result<Option<Anchor>, HubError> {
    Ok(transaction
        .prepare_cached("SELECT boottime_ns, hub_us, error_us FROM anchors WHERE station = ?1 AND boot_id = ?2")?
        .query_row(params![station.as_str(), boot_id], |row| {
            Ok(Anchor { boottime_ns: row.get(0)?, hub_us: row.get(1)?, error_us: row.get(2)? })
        })
        .optional()?)
}

/// Entries of this boot that came before its first comparison get their time now.
fn date_again(
    transaction: &Transaction<'_>,
    station: &StationCode,
    boot_id: &str,
    anchor: &Anchor,
) -> Result<(), HubError> {
    let mut undated = transaction.prepare_cached(
        "SELECT feed, boottime_ns FROM entries
         WHERE station = ?1 AND boot_id = ?2 AND occurred_error_us IS NULL",
    )?;
    let rows: Vec<(i64, i64)> = undated
        .query_map(params![station.as_str(), boot_id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut update =
        transaction.prepare_cached("UPDATE entries SET occurred_us = ?2, occurred_error_us = ?3 WHERE feed = ?1")?;
    let mut orders = transaction.prepare_cached("SELECT order_no FROM entry_orders WHERE feed = ?1")?;
    for (feed, boottime_ns) in rows {
        let since_us = (boottime_ns - anchor.boottime_ns) / 1_000;
        update.execute(params![feed, anchor.hub_us + since_us, anchor.error_us])?;
        let touched: Vec<String> = orders.query_map([feed], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for order_no in touched {
            timeline::refresh(transaction, &order_no)?;
        }
    }
    Ok(())
}

fn head(transaction: &Transaction<'_>, station: &StationCode, epoch: &str, now_us: i64) -> Result<Chain, HubError> {
    let start = Hash::start(station, epoch);
    transaction
        .prepare_cached(
            "INSERT INTO heads (station, epoch, ack, ack_hash, highest, begun_us) VALUES (?1, ?2, 0, ?3, 0, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![station.as_str(), epoch, &start.0[..], now_us])?;
    let (ack, hash, highest): (i64, Vec<u8>, i64) = transaction
        .prepare_cached("SELECT ack, ack_hash, highest FROM heads WHERE station = ?1 AND epoch = ?2")?
        .query_row(params![station.as_str(), epoch], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Chain { ack: ack as u64, hash: Hash::from_slice(&hash).unwrap_or(start), highest: highest as u64 })
}

/// What became of one entry.
enum Stored {
    New,
    Known,
    Forked,
    Quarantined(String),
}

fn store(
    transaction: &Transaction<'_>,
    station: &StationCode,
    request: &SyncRequest,
    entry: &Entry,
    anchor: Option<&Anchor>,
    now_us: i64,
) -> Result<Stored, HubError> {
    let known: Option<Vec<u8>> = transaction
        .prepare_cached("SELECT hash FROM entries WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?
        .query_row(params![station.as_str(), request.epoch, entry.seq as i64], |row| row.get(0))
        .optional()?;
    match known {
        Some(hash) if hash == entry.hash.0 => return Ok(Stored::Known),
        Some(_) => return forked(transaction, station, request, entry, now_us).map(|()| Stored::Forked),
        None => {}
    }
    let problem = (entry.expected_hash() != entry.hash).then(|| "its hash does not fit its content".to_owned());
    let same_boot = entry.stamp.boot_id == request.clock.boot_id;
    let other = if same_boot { None } else { anchor_of(transaction, station, &entry.stamp.boot_id)? };
    let when = occurred(&entry.stamp, if same_boot { anchor } else { other.as_ref() });
    insert(transaction, station, &request.epoch, entry, when, now_us, problem.as_deref())?;
    Ok(problem.map_or(Stored::New, Stored::Quarantined))
}

fn insert(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    entry: &Entry,
    when: Occurred,
    now_us: i64,
    problem: Option<&str>,
) -> Result<(), HubError> {
    transaction
        .prepare_cached(
            "INSERT INTO entries (station, epoch, seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns,
                 clock_state, offset_us, error_us, operator, device, body, prev_hash, hash, occurred_us,
                 occurred_error_us, received_us, problem)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        )?
        .execute(params![
            station.as_str(),
            epoch,
            entry.seq as i64,
            entry.event_id.to_string(),
            entry.kind,
            entry.parcel_id.as_ref().map(|id| id.as_str()),
            entry.stamp.wall_us,
            entry.stamp.zone,
            entry.stamp.boot_id,
            entry.stamp.boottime_ns,
            entry.stamp.clock.as_str(),
            entry.stamp.offset_us,
            entry.stamp.error_us,
            entry.operator,
            entry.device,
            entry.body,
            &entry.prev_hash.0[..],
            &entry.hash.0[..],
            when.at_us,
            when.error_us,
            now_us,
            problem,
        ])?;
    let feed = transaction.last_insert_rowid();
    let mut link = transaction.prepare_cached("INSERT OR IGNORE INTO entry_orders (order_no, feed) VALUES (?1, ?2)")?;
    for order_no in &entry.orders {
        link.execute(params![order_no.as_str(), feed])?;
    }
    Ok(())
}

/// Two histories under one number: both are kept, somebody must look.
fn forked(
    transaction: &Transaction<'_>,
    station: &StationCode,
    request: &SyncRequest,
    entry: &Entry,
    now_us: i64,
) -> Result<(), HubError> {
    transaction.execute(
        "INSERT OR IGNORE INTO forks (station, epoch, seq, hash, entry, seen_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![station.as_str(), request.epoch, entry.seq as i64, &entry.hash.0[..], super::json(entry), now_us],
    )?;
    let fork = Exception::Fork { epoch: request.epoch.clone(), seq: entry.seq };
    exceptions::note(transaction, station.as_str(), &fork, now_us)
}

/// Moves the contiguous mark over what is there, checking that each entry follows the one before it.
fn advance(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    lost: &[(u64, u64)],
    head: &mut Chain,
    now_us: i64,
) -> Result<(), HubError> {
    let mut next = transaction.prepare_cached(
        "SELECT seq, prev_hash, hash FROM entries WHERE station = ?1 AND epoch = ?2 AND seq > ?3 ORDER BY seq",
    )?;
    let mut rows = next.query(params![station.as_str(), epoch, head.ack as i64])?;
    let mut broken = None;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let follows = seq as u64 == head.ack + 1;
        if !follows && behind_lost(head.ack, lost) < seq as u64 - 1 {
            break;
        }
        let (prev, hash): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        if follows && prev != head.hash.0 {
            broken = Some(seq);
        }
        head.ack = seq as u64;
        head.hash = Hash::from_slice(&hash).unwrap_or(head.hash);
    }
    drop(rows);
    head.ack = behind_lost(head.ack, lost);
    if let Some(seq) = broken {
        let broken = Exception::ChainBroken { epoch: epoch.to_owned(), seq: seq as u64 };
        exceptions::note(transaction, station.as_str(), &broken, now_us)?;
    }
    let highest: Option<i64> = transaction
        .prepare_cached("SELECT max(seq) FROM entries WHERE station = ?1 AND epoch = ?2")?
        .query_row(params![station.as_str(), epoch], |row| row.get(0))?;
    head.highest = highest.unwrap_or(0) as u64;
    transaction
        .prepare_cached("UPDATE heads SET ack = ?3, ack_hash = ?4, highest = ?5 WHERE station = ?1 AND epoch = ?2")?
        .execute(params![station.as_str(), epoch, head.ack as i64, &head.hash.0[..], head.highest as i64])?;
    Ok(())
}

/// Ranges come over the wire; numbers are counted in them.
/// `SZ-01 sf`, or `SZ-01 sf:SHOP`.
fn account_at(station: &StationCode, carrier: CarrierCode, shop: Option<String>) -> String {
    format!("{station} {}", AccountName { shop, ..carrier.into() })
}

fn check_lost(request: &SyncRequest) -> Result<(), HubError> {
    let wrong = |(first, last): &&(u64, u64)| *first == 0 || first > last || *last > request.head.seq;
    let Some((first, last)) = request.lost.iter().find(wrong) else { return Ok(()) };
    let detail = format!(
        "entries {first} to {last} can't be lost of an epoch that ends at {}: ranges go from 1, first to last, to its end; \
         run `milepost journal verify` at the station",
        request.head.seq
    );
    Err(Refusal::new(422, "Impossible range", detail).into())
}

/// The mark behind what the station can't send any more, where that comes next.
fn behind_lost(ack: u64, lost: &[(u64, u64)]) -> u64 {
    lost.iter().fold(ack, |ack, (first, last)| if (*first..=*last).contains(&(ack + 1)) { *last } else { ack })
}

/// What neither the station nor the hub has is gone for good: somebody must look into what happened there.
fn tell_lost(
    transaction: &Transaction<'_>,
    station: &StationCode,
    request: &SyncRequest,
    now_us: i64,
) -> Result<(), HubError> {
    let mut gone = Vec::new();
    for (first, last) in &request.lost {
        let held: i64 = transaction.query_row(
            "SELECT count(*) FROM entries WHERE station = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4",
            params![station.as_str(), request.epoch, *first as i64, *last as i64],
            |row| row.get(0),
        )?;
        let missing = last - first + 1 - held as u64;
        if missing > 0 {
            gone.push((*first, *last, missing));
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    let lost = Exception::EntriesLost { epoch: request.epoch.clone(), gone };
    // Each epoch's loss is one of its own.
    exceptions::note(transaction, &format!("{station} {}", request.epoch), &lost, now_us)
}

fn holes(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    head: &Chain,
) -> Result<Vec<(u64, u64)>, HubError> {
    if head.highest == head.ack {
        return Ok(Vec::new());
    }
    let mut there = transaction
        .prepare_cached("SELECT seq FROM entries WHERE station = ?1 AND epoch = ?2 AND seq > ?3 ORDER BY seq")?;
    let mut rows = there.query(params![station.as_str(), epoch, head.ack as i64])?;
    let (mut holes, mut expected) = (Vec::new(), head.ack + 1);
    while let Some(row) = rows.next()? {
        let seq = row.get::<_, i64>(0)? as u64;
        if seq > expected {
            holes.push((expected, seq - 1));
        }
        expected = seq + 1;
        if holes.len() == HOLES {
            break;
        }
    }
    Ok(holes)
}
