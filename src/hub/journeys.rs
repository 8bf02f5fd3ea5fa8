//! Parcels' ways with their carriers: every scan is kept once, whoever brought it and however often, and what follows from
//! all of a number's scans stands beside it. Numbers that nobody knows are kept too, for they may become known.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use super::exceptions::{self, Exception};
use super::order::{Number, numbers};
use super::{Hub, HubError, Policy, json, parsed, shares, timeline};
use crate::domain::account::AccountName;
use crate::domain::fact::Fact;
use crate::domain::id::OrderNo;
use crate::domain::journey::{Around, Doubt, Journey, Phase};
use crate::domain::milestone::Milestone;
use crate::domain::order::CarrierCode;
use crate::domain::parcel::Parcel;
use crate::domain::tracking::{Meaning, Scan};

/// What hasn't moved for this long isn't looked at any more.
pub(super) const FORGOTTEN: SignedDuration = SignedDuration::from_hours(60 * 24);

/// One number's way, as pages and callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    pub carrier: CarrierCode,
    pub number: String,
    #[serde(flatten)]
    pub journey: Journey,
    /// Since when nothing was heard for too long.
    pub stale: Option<Timestamp>,
}

/// A way that is stale.
pub(super) struct Stale {
    pub number: String,
    pub phase: Phase,
    pub since: Timestamp,
}

impl Hub {
    /// Keeps what a carrier tells, durably; the count of scans that are new.
    pub fn keep_scans(&self, carrier: CarrierCode, scans: &[Scan], now_us: i64) -> Result<usize, HubError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT OR IGNORE INTO scans (carrier, number, code, at_us, text_hash, body, received_us)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let (mut new, mut moved) = (0, Vec::new());
            for scan in scans {
                let text_hash = blake3::hash(scan.text.as_bytes()).to_hex();
                let at_us = scan.at.as_microsecond();
                let place =
                    params![carrier.as_str(), scan.number, scan.code, at_us, text_hash.as_str(), json(scan), now_us];
                if insert.execute(place)? > 0 {
                    new += 1;
                    moved.push(scan.number.as_str());
                }
            }
            moved.sort_unstable();
            moved.dedup();
            for number in moved {
                for parcel_id in parcels_of(transaction, number)? {
                    for order_no in refresh(transaction, &parcel_id, self.policy(), now_us)? {
                        timeline::refresh(transaction, order_no.as_str())?;
                    }
                }
            }
            Ok(new)
        })
    }

    /// The ways of an order's parcels.
    pub(super) fn ways(&self, connection: &Connection, order_no: &OrderNo, now_us: i64) -> Result<Vec<Way>, HubError> {
        let rows = journeys(connection, order_no.as_str())?;
        Ok(rows.into_iter().map(|row| self.way(row, now_us)).collect())
    }

    fn way(&self, Row { carrier, number, journey, .. }: Row, now_us: i64) -> Way {
        let now = Timestamp::from_microsecond(now_us).unwrap_or_default();
        let stale = self.policy().tracking.stale.ended(&journey, now);
        let stale = stale.filter(|_| self.policy().follows(carrier));
        Way { carrier, number, journey, stale }
    }

    /// Ways that are stale now; what is older than anybody waits is left out.
    pub(super) fn stale(&self, connection: &Connection, now_us: i64) -> Result<Vec<Stale>, HubError> {
        let mut statement = connection.prepare_cached(
            "SELECT number, news_us FROM journeys WHERE account = ?1 AND phase = ?2 AND news_us BETWEEN ?3 AND ?4
             AND phase NOT IN ('delivered', 'returned')",
        )?;
        let mut found = Vec::new();
        for account in &self.policy().accounts {
            for phase in Phase::ALL {
                let Some(patience) = self.policy().tracking.stale.with(phase) else { continue };
                let patience_us = patience.as_micros() as i64;
                let (from, to) = (now_us - patience_us.max(FORGOTTEN.as_micros() as i64), now_us - patience_us);
                let mut rows = statement.query(params![account.to_string(), phase.as_str(), from, to])?;
                while let Some(row) = rows.next()? {
                    let since = Timestamp::from_microsecond(row.get::<_, i64>(1)? + patience_us).unwrap_or_default();
                    found.push(Stale { number: row.get(0)?, phase, since });
                }
            }
        }
        Ok(found)
    }
}

/// Whether an entry changes what is expected of a carrier.
pub(super) fn concerns(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ParcelShipped { .. }
            | Fact::WaybillIssued { .. }
            | Fact::WaybillVoided { .. }
            | Fact::PiecesNumbered { .. }
    )
}

fn parcels_of(connection: &Connection, number: &str) -> Result<Vec<String>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT key FROM aliases WHERE alias = ?1 AND kind = 'waybill'
         UNION SELECT parcel_id FROM numbers WHERE number = ?1",
    )?;
    Ok(statement.query_map([number], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Concludes a parcel's ways anew from all that is known of it; the orders whose timelines change with them.
pub(super) fn refresh(
    transaction: &Transaction<'_>,
    parcel_id: &str,
    policy: &Policy,
    now_us: i64,
) -> Result<Vec<OrderNo>, HubError> {
    let body: Option<String> = transaction
        .prepare_cached("SELECT body FROM parcels WHERE parcel_id = ?1")?
        .query_row([parcel_id], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(Vec::new()) };
    let parcel: Parcel = parsed("parcel", parcel_id, &body)?;
    let shipped = shipped(transaction, parcel_id)?;
    let too_soon = SignedDuration::from_mins(policy.tracking.too_soon_minutes.into());
    let numbers = numbers(transaction, &parcel)?;
    let shop = shop(transaction, &parcel)?;
    let account = AccountName::nearest(&policy.accounts, parcel.carrier, shop.as_deref(), Some(&parcel.warehouse));
    let is_borne = |gone: &&String| numbers.iter().flat_map(Number::boxes).any(|number| number == *gone);
    for gone in followed(transaction, parcel_id)?.iter().filter(|gone| !is_borne(gone)) {
        forget(transaction, parcel_id, gone)?;
    }
    let mut all = Vec::new();
    for number in &numbers {
        for on_box in number.boxes() {
            all.push((number, on_box, scans(transaction, parcel.carrier, on_box)?));
        }
    }
    let signed: Vec<&String> =
        all.iter().filter(|(.., scans)| is_signed(scans)).map(|(number, ..)| &number.number).collect();
    for (number, on_box, scans) in &all {
        let is_missed = *on_box == &number.number || policy.tracking.await_boxes;
        let awaited = shipped.is_some() && account.is_some() && is_missed;
        if number.void || number.number.starts_with("TMP-") || (scans.is_empty() && !awaited) {
            forget(transaction, parcel_id, on_box)?;
            continue;
        }
        // Each of its boxes is signed for.
        let signed_elsewhere = signed.iter().any(|other| **other != number.number);
        let journey = Journey::of(scans, &Around { handed_over: shipped, too_soon, signed_elsewhere });
        put(transaction, &parcel, account, on_box, &journey)?;
        tell(transaction, on_box, &journey, now_us)?;
    }
    Ok(parcel.orders)
}

/// Whether anybody says so, believed or not, and of a number that is void as well.
fn is_signed(scans: &[Scan]) -> bool {
    scans.iter().any(|scan| scan.meaning == Meaning::Delivered)
}

/// The numbers whose ways are followed for it now.
fn followed(transaction: &Transaction<'_>, parcel_id: &str) -> Result<Vec<String>, HubError> {
    let mut statement = transaction.prepare_cached("SELECT number FROM journeys WHERE parcel_id = ?1")?;
    Ok(statement.query_map([parcel_id], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn shipped(transaction: &Transaction<'_>, parcel_id: &str) -> Result<Option<Timestamp>, HubError> {
    let at_us: Option<i64> = transaction
        .prepare_cached(
            "SELECT min(occurred_us) FROM entries WHERE parcel_id = ?1 AND kind = 'parcel_shipped' AND problem IS NULL",
        )?
        .query_row([parcel_id], |row| row.get(0))?;
    Ok(at_us.and_then(|at_us| Timestamp::from_microsecond(at_us).ok()))
}

fn scans(connection: &Connection, carrier: CarrierCode, number: &str) -> Result<Vec<Scan>, HubError> {
    let mut statement = connection.prepare_cached("SELECT body FROM scans WHERE carrier = ?1 AND number = ?2")?;
    let bodies: Vec<String> =
        statement.query_map([carrier.as_str(), number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    bodies.iter().map(|body| parsed("scan", number, body)).collect()
}

fn shop(transaction: &Transaction<'_>, parcel: &Parcel) -> Result<Option<String>, HubError> {
    let mut statement =
        transaction.prepare_cached("SELECT json_extract(body, '$.shop') FROM orders WHERE order_no = ?1")?;
    let Some(order_no) = parcel.orders.first() else { return Ok(None) };
    Ok(statement.query_row([order_no.as_str()], |row| row.get(0)).optional()?)
}

/// What travels on an account that is no longer there is asked about on the carrier's own.
pub(super) fn keep_accounts(connection: &Connection, policy: &Policy) -> rusqlite::Result<()> {
    let names: Vec<String> = policy.accounts.iter().map(ToString::to_string).collect();
    let names = serde_json::to_string(&names).expect("texts are plain data");
    connection.execute(
        "UPDATE journeys SET account = carrier
         WHERE account <> carrier AND account NOT IN (SELECT value FROM json_each(?1))",
        [names],
    )?;
    Ok(())
}

fn put(
    transaction: &Transaction<'_>,
    parcel: &Parcel,
    account: Option<&AccountName>,
    number: &str,
    journey: &Journey,
) -> Result<(), HubError> {
    let account = account.map_or_else(|| parcel.carrier.as_str().to_owned(), ToString::to_string);
    let news_us = journey.last_news().map(Timestamp::as_microsecond);
    transaction
        .prepare_cached(
            "INSERT INTO journeys (parcel_id, number, carrier, phase, news_us, body, account)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (parcel_id, number) DO UPDATE SET carrier = excluded.carrier, phase = excluded.phase,
                 news_us = excluded.news_us, body = excluded.body, account = excluded.account",
        )?
        .execute(params![
            parcel.parcel_id.as_str(),
            number,
            parcel.carrier.as_str(),
            journey.phase.as_str(),
            news_us,
            json(journey),
            account
        ])?;
    Ok(())
}

/// The number isn't the parcel's any more: nobody has to look after it.
fn forget(transaction: &Transaction<'_>, parcel_id: &str, number: &str) -> Result<(), HubError> {
    let mut gone = transaction.prepare_cached("DELETE FROM journeys WHERE parcel_id = ?1 AND number = ?2")?;
    if gone.execute([parcel_id, number])? > 0 {
        exceptions::mended(transaction, number, "sign_doubted")?;
        exceptions::mended(transaction, number, "never_handed_over")?;
        exceptions::mended(transaction, number, "carrier_problem")?;
    }
    Ok(())
}

/// What the office must ask the carrier about, as long as it must.
fn tell(transaction: &Transaction<'_>, number: &str, journey: &Journey, now_us: i64) -> Result<(), HubError> {
    let open = || journey.open_doubts().map(|open| open.doubt);
    let doubts: Vec<Doubt> = open().filter(|doubt| *doubt != Doubt::NeverHandedOver).collect();
    let never = open().any(|doubt| doubt == Doubt::NeverHandedOver);
    for (is, exception) in [
        (!doubts.is_empty(), Exception::SignDoubted { doubts }),
        (never, Exception::NeverHandedOver),
        (journey.phase == Phase::Problem, Exception::CarrierProblem),
    ] {
        match is {
            true => exceptions::note(transaction, number, &exception, now_us)?,
            false => exceptions::mended(transaction, number, exception.kind())?,
        }
    }
    Ok(())
}

/// A box's way.
struct Row {
    parcel_id: String,
    carrier: CarrierCode,
    number: String,
    journey: Journey,
}

fn journeys(connection: &Connection, order_no: &str) -> Result<Vec<Row>, HubError> {
    // An order that left its parcel doesn't go its way: it was shipped without it.
    let mut statement = connection.prepare_cached(
        "SELECT j.carrier, j.number, j.body, j.parcel_id FROM parcel_orders o JOIN journeys j ON j.parcel_id = o.parcel_id
         WHERE o.order_no = ?1 AND (
             NOT EXISTS (SELECT 1 FROM entries WHERE parcel_id = o.parcel_id AND kind = 'parcel_shipped')
             OR EXISTS (SELECT 1 FROM entries e JOIN entry_orders l ON l.feed = e.feed
                        WHERE e.parcel_id = o.parcel_id AND e.kind = 'parcel_shipped' AND l.order_no = o.order_no))
         ORDER BY j.parcel_id, j.number",
    )?;
    let mut rows = statement.query([order_no])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (carrier, number, body): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let carrier = parsed("carrier", &number, &format!("\"{carrier}\""))?;
        let journey = parsed("journey", &number, &body)?;
        found.push(Row { parcel_id: row.get(3)?, carrier, number, journey });
    }
    Ok(found)
}

/// What carriers say of an order, with whose word it is: the first time for each, but a stage only when all its parcels are there.
pub(super) fn milestones(
    connection: &Connection,
    order_no: &str,
) -> Result<Vec<(Milestone, Timestamp, CarrierCode)>, HubError> {
    let rows = journeys(connection, order_no)?;
    Ok(told(&rows, shares::of_order(connection, &order_no.into())?.len()))
}

fn told(rows: &[Row], parcels: usize) -> Vec<(Milestone, Timestamp, CarrierCode)> {
    let mut found = Vec::new();
    for (milestone, time) in [
        (Milestone::Collected, (|journey| journey.collected) as fn(&Journey) -> Option<Timestamp>),
        (Milestone::InTransit, |journey| journey.in_transit),
        (Milestone::HeldAtPoint, |journey| journey.held_at_point),
        (Milestone::Returned, |journey| journey.returned),
    ] {
        let first = rows.iter().filter_map(|row| Some((time(&row.journey)?, row.carrier))).min_by_key(|t| t.0);
        let at = if parcels > 1 && milestone.is_stage() { last(rows, parcels, time) } else { first };
        found.extend(at.map(|(at, carrier)| (milestone, at, carrier)));
    }
    let delivered = last(rows, parcels, |journey| journey.delivered);
    found.extend(delivered.map(|(at, carrier)| (Milestone::Delivered, at, carrier)));
    found
}

/// When the last box came so far; not while a parcel has no way yet.
fn last(rows: &[Row], parcels: usize, time: fn(&Journey) -> Option<Timestamp>) -> Option<(Timestamp, CarrierCode)> {
    let under_way: BTreeSet<&str> = rows.iter().map(|row| row.parcel_id.as_str()).collect();
    let all: Option<Vec<_>> = rows.iter().map(|row| Some((time(&row.journey)?, row.carrier))).collect();
    all.filter(|_| under_way.len() >= parcels).and_then(|all| all.into_iter().max_by_key(|t| t.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(parcel_id: &str, delivered: Option<i64>) -> Row {
        let at = |second: i64| Timestamp::from_second(second).expect("a time");
        let journey = Journey {
            collected: Some(at(1)),
            delivered: delivered.map(at),
            ..Journey::of(&[], &Around { handed_over: None, too_soon: SignedDuration::ZERO, signed_elsewhere: false })
        };
        Row { parcel_id: parcel_id.into(), carrier: CarrierCode::Sf, number: "SF1".into(), journey }
    }

    #[test]
    fn an_order_is_delivered_when_all_of_it_is() {
        let delivered = |rows: &[Row], parcels| {
            let found = told(rows, parcels).into_iter().find(|(milestone, ..)| *milestone == Milestone::Delivered);
            found.map(|(_, at, _)| at.as_second())
        };
        assert_eq!(delivered(&[row("a", Some(5))], 1), Some(5));
        assert_eq!(delivered(&[row("a", Some(9)), row("b", Some(5))], 2), Some(9), "the last parcel");
        assert_eq!(delivered(&[row("a", Some(9)), row("b", None)], 2), None);
        assert_eq!(delivered(&[row("a", Some(9))], 2), None, "the other parcel has no way yet");
        assert_eq!(delivered(&[row("a", Some(9)), row("a", Some(5))], 2), None, "boxes of one don't stand for it");
        assert_eq!(delivered(&[], 0), None);
        assert_eq!(told(&[row("a", None), row("b", None)], 2).len(), 1, "the first collection is told once");
    }
}
