//! Returns: what was announced, what arrived, and what was found, each added up from its entries in whatever order they come. The desks
//! hear of each return, and the office of what doesn't fit.

pub(super) mod calls;
pub(super) mod photos;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::exceptions::{self, Exception, ReturnTrouble};
use super::{Hub, HubError, Policy, Refusal, down, json, parsed};
use crate::domain::alias::of_return;
use crate::domain::entry::Entry;
use crate::domain::fact::Fact;
use crate::domain::id::{OrderNo, PlaceName, StationCode};
use crate::domain::returned::{Finding, Found, Goods, ReturnRecord, ReturnStanding, Returned};
use crate::intake::qimen::ExpectedReturn;

/// The newest are shown.
const MOST: i64 = 300;
const DAY_US: i64 = 86_400 * 1_000_000;

/// A return as the office reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRow {
    pub return_no: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderNo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `expected`, `arrived` or `inspected`.
    pub state: String,
    /// What its announcement says of why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The code of the reason that was claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<String>,
    pub announced: bool,
    pub lines: Vec<Goods>,
    pub found: Vec<Found>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_us: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_us: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected_us: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_us: Option<i64>,
    /// Since it came, or was to come.
    pub age_s: i64,
    pub photos: Vec<photos::Kept>,
}

/// What the entries of a return add up to.
pub(super) struct Added {
    pub returned: Returned,
    station: String,
    place: String,
    pub arrived_us: i64,
    pub inspected_us: Option<i64>,
    /// Who closed it.
    pub operator: Option<String>,
}

impl Hub {
    /// Notes goods that will come back to a warehouse of ours, and tells its desks.
    pub fn expect_return(
        &self,
        customer: &str,
        expected: &ExpectedReturn,
        warehouse: Option<&str>,
        now_us: i64,
    ) -> Result<(), HubError> {
        let warehouse = warehouse.unwrap_or(&self.policy().warehouse);
        let return_no = &expected.return_no;
        self.write(|transaction| {
            let other: Option<String> = transaction
                .query_row(
                    "SELECT customer FROM returns_expected WHERE return_no = ?1 AND customer <> ?2",
                    params![return_no, customer],
                    |row| row.get(0),
                )
                .optional()?;
            if other.is_some() {
                let detail = format!("return {return_no} is another customer's: return numbers must differ");
                return Err(Refusal::new(409, "Return number taken", detail).into());
            }
            transaction.execute(
                "INSERT INTO returns_expected (customer, return_no, body, came_us, ours) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (customer, return_no) DO UPDATE SET body = excluded.body, ours = excluded.ours",
                params![customer, return_no, json(expected), now_us, warehouse],
            )?;
            put_down(transaction, return_no)
        })
    }

    /// Those that are open before all, then the newest.
    pub fn returns(&self, now_us: i64) -> Result<Vec<ReturnRow>, HubError> {
        self.read(|connection| {
            let mut known = connection.prepare(
                "SELECT return_no FROM (
                     SELECT return_no, arrived_us AS at_us, inspected_us IS NOT NULL AS done FROM returns
                     UNION ALL SELECT return_no, came_us, 0 FROM returns_expected x
                         WHERE cancelled_us IS NULL AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.return_no = x.return_no))
                 ORDER BY done, at_us DESC, return_no LIMIT ?1",
            )?;
            let numbers: Vec<String> = known.query_map([MOST], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let rows = numbers.iter().map(|return_no| row(connection, return_no, now_us));
            Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        })
    }

    pub fn returned(&self, return_no: &str, now_us: i64) -> Result<ReturnRow, HubError> {
        self.read(|connection| row(connection, return_no, now_us))?.ok_or_else(|| unknown(return_no))
    }

    /// The office did what a return's exceptions asked for.
    pub fn settle_return(&self, return_no: &str, now_us: i64) -> Result<(), HubError> {
        self.write(|transaction| {
            let settled = transaction.execute(
                "UPDATE returns SET settled_us = coalesce(settled_us, ?2) WHERE return_no = ?1",
                params![return_no, now_us],
            )?;
            if settled == 0 {
                return Err(unknown(return_no));
            }
            ReturnTrouble::KINDS.into_iter().try_for_each(|kind| exceptions::mended(transaction, return_no, kind))
        })
    }
}

fn unknown(return_no: &str) -> HubError {
    Refusal::new(404, "Unknown return", format!("there is no return {return_no}: look at the list of them")).into()
}

/// What an entry tells of one.
pub(super) fn told(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    warehouse: &str,
    entry: &Entry,
    fact: &Fact,
) -> Result<(), HubError> {
    let Some(return_no) = fact.return_no() else { return Ok(()) };
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO return_entries (return_no, feed)
             SELECT ?1, feed FROM entries WHERE station = ?2 AND epoch = ?3 AND seq = ?4",
        )?
        .execute(params![return_no, station.as_str(), epoch, entry.seq as i64])?;
    refresh(transaction, return_no, warehouse)
}

fn refresh(transaction: &Transaction<'_>, return_no: &str, warehouse: &str) -> Result<(), HubError> {
    let Some(added) = added(transaction, return_no, i64::MAX)? else {
        // Nothing is known of it before its arrival is, and it isn't here when that was taken back.
        return match transaction.execute("DELETE FROM returns WHERE return_no = ?1", [return_no])? {
            0 => Ok(()),
            _ => {
                ReturnTrouble::KINDS
                    .into_iter()
                    .try_for_each(|kind| exceptions::mended(transaction, return_no, kind))?;
                put_down(transaction, return_no)
            }
        };
    };
    transaction
        .prepare_cached(
            "INSERT INTO returns (return_no, warehouse, arrived_us, inspected_us) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (return_no) DO UPDATE SET arrived_us = excluded.arrived_us, inspected_us = excluded.inspected_us",
        )?
        .execute(params![return_no, warehouse, added.arrived_us, added.inspected_us])?;
    look_at(transaction, return_no, &added)?;
    put_down(transaction, return_no)
}

/// Tells the office what doesn't fit, until it says that this is settled.
fn look_at(transaction: &Transaction<'_>, return_no: &str, added: &Added) -> Result<(), HubError> {
    let settled: Option<i64> =
        transaction.query_row("SELECT settled_us FROM returns WHERE return_no = ?1", [return_no], |row| row.get(0))?;
    let returned = &added.returned;
    let nobodys = returned.orders.is_empty().then_some(ReturnTrouble::Nobodys);
    let differs = (returned.closed && returned.announced && !returned.as_announced()).then(|| ReturnTrouble::Differs {
        missing: returned.count(Finding::Missing),
        wrong: returned.count(Finding::Wrong),
    });
    for (kind, trouble) in [("return_nobodys", nobodys), ("return_differs", differs)] {
        match trouble.filter(|_| settled.is_none()) {
            Some(trouble) => {
                let at_us = added.inspected_us.unwrap_or(added.arrived_us);
                exceptions::note(transaction, return_no, &Exception::Return(trouble), at_us)?;
            }
            None => exceptions::mended(transaction, return_no, kind)?,
        }
    }
    Ok(())
}

impl Added {
    /// Another desk that had begun it as well took back its own.
    fn is_at(&self, station: &str, place: &PlaceName) -> bool {
        self.station == station && self.place == place.as_str()
    }
}

/// Up to an entry of the feed.
pub(super) fn added(connection: &Connection, return_no: &str, upto: i64) -> Result<Option<Added>, HubError> {
    let mut entries = connection.prepare_cached(
        "SELECT e.kind, e.body, e.occurred_us, e.station, e.operator, e.feed FROM return_entries r JOIN entries e ON e.feed = r.feed
         WHERE r.return_no = ?1 AND r.feed <= ?2 AND e.problem IS NULL ORDER BY e.station, e.epoch, e.seq",
    )?;
    let mut rows = entries.query(params![return_no, upto])?;
    let mut added: Option<Added> = None;
    while let Some(row) = rows.next()? {
        let (kind, body): (String, String) = (row.get(0)?, row.get(1)?);
        let (at_us, station, operator): (i64, String, Option<String>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let Some(fact) = Fact::from_parts(&kind, &body) else { continue };
        match &mut added {
            None => {
                let place = fact.place().map(ToString::to_string).unwrap_or_default();
                let orders = orders_of(connection, row.get(5)?)?;
                added = Returned::begun(&fact, &orders).map(|returned| Added {
                    returned,
                    station,
                    place,
                    arrived_us: at_us,
                    inspected_us: None,
                    operator: None,
                });
            }
            Some(begun) if matches!(&fact, Fact::ReturnWithdrawn { place, .. } if begun.is_at(&station, place)) => {
                added = None;
            }
            Some(added) => {
                added.returned.remember(&fact);
                match fact {
                    Fact::ReturnClosed { .. } => (added.inspected_us, added.operator) = (Some(at_us), operator),
                    Fact::ReturnReopened { .. } => added.inspected_us = None,
                    _ => {}
                }
            }
        }
    }
    Ok(added)
}

fn orders_of(connection: &Connection, feed: i64) -> Result<Vec<OrderNo>, HubError> {
    let mut orders =
        connection.prepare_cached("SELECT order_no FROM entry_orders WHERE feed = ?1 ORDER BY order_no")?;
    let rows = orders.query_map([feed], |row| Ok(OrderNo(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An announcement, with when it came and to which warehouse of ours.
struct Announced {
    expected: ExpectedReturn,
    came_us: i64,
    cancelled: bool,
    warehouse: String,
}

fn announced(connection: &Connection, return_no: &str) -> Result<Option<Announced>, HubError> {
    let found: Option<(String, i64, bool, String)> = connection
        .prepare_cached(
            "SELECT body, came_us, cancelled_us IS NOT NULL, ours FROM returns_expected WHERE return_no = ?1",
        )?
        .query_row([return_no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    found
        .map(|(body, came_us, cancelled, warehouse)| {
            let expected = parsed("return", return_no, &body)?;
            Ok(Announced { expected, came_us, cancelled, warehouse })
        })
        .transpose()
}

/// The document that its desks have of it.
pub(super) fn put_down(transaction: &Transaction<'_>, return_no: &str) -> Result<(), HubError> {
    let announced = announced(transaction, return_no)?;
    let added = added(transaction, return_no, i64::MAX)?;
    let standing = match (&added, &announced) {
        (Some(added), _) if added.returned.closed => ReturnStanding::Inspected,
        (Some(added), _) => ReturnStanding::Arrived { at: format!("{} {}", added.station, added.place) },
        (None, Some(announced)) if !announced.cancelled => ReturnStanding::Expected,
        (None, _) => ReturnStanding::Cancelled,
    };
    let (warehouse, record) = match (announced, added) {
        (Some(Announced { expected, warehouse, .. }), _) => (warehouse, record(expected)),
        (None, Some(added)) => {
            let warehouse =
                transaction
                    .query_row("SELECT warehouse FROM returns WHERE return_no = ?1", [return_no], |row| row.get(0))?;
            (warehouse, ReturnRecord::arrived(&added.returned, ""))
        }
        // Nobody announced it, and it didn't come: its desks may have heard that it did.
        (None, None) => match told_before(transaction, return_no)? {
            Some(told) => told,
            None => return Ok(()),
        },
    };
    let record = ReturnRecord { standing, ..record };
    transaction.execute("DELETE FROM aliases WHERE kind = 'return' AND key = ?1", [return_no])?;
    for alias in of_return(&record) {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO aliases (alias, kind, key) VALUES (?1, 'return', ?2)")?
            .execute([&alias.alias, return_no])?;
    }
    down::put(transaction, &warehouse, "", "return", return_no, 0, &json(&record))
}

/// The document that the desks have of it, and of which warehouse those are.
fn told_before(connection: &Connection, return_no: &str) -> Result<Option<(String, ReturnRecord)>, HubError> {
    let told: Option<(String, String)> = connection
        .query_row("SELECT warehouse, body FROM down WHERE kind = 'return' AND key = ?1", [return_no], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    told.map(|(warehouse, body)| Ok((warehouse, parsed("return", return_no, &body)?))).transpose()
}

fn record(expected: ExpectedReturn) -> ReturnRecord {
    let goods = expected.lines.into_iter().map(|line| Goods { sku: line.sku, quantity: line.quantity });
    ReturnRecord {
        return_no: expected.return_no,
        orders: vec![expected.order_no],
        number: expected.number,
        reason: expected.reason,
        lines: goods.collect(),
        standing: ReturnStanding::Expected,
    }
}

fn row(connection: &Connection, return_no: &str, now_us: i64) -> Result<Option<ReturnRow>, HubError> {
    let (announced, added) = (announced(connection, return_no)?, added(connection, return_no, i64::MAX)?);
    if announced.is_none() && added.is_none() {
        return Ok(None);
    }
    let settled_us = connection
        .query_row("SELECT settled_us FROM returns WHERE return_no = ?1", [return_no], |row| row.get(0))
        .optional()?
        .flatten();
    let announced_us = announced.as_ref().map(|announced| announced.came_us);
    let reason = announced.as_ref().and_then(|announced| announced.expected.reason.clone());
    let expected = announced.map(|announced| record(announced.expected));
    let (arrived_us, inspected_us, station) = match &added {
        Some(added) => (Some(added.arrived_us), added.inspected_us, Some(added.station.clone())),
        None => (None, None, None),
    };
    let state = match (arrived_us, inspected_us) {
        (_, Some(_)) => "inspected",
        (Some(_), None) => "arrived",
        (None, None) => "expected",
    };
    let since_us = inspected_us.or(arrived_us).or(announced_us).unwrap_or(now_us);
    let returned = added.map(|added| added.returned);
    let before = expected.as_ref();
    Ok(Some(ReturnRow {
        return_no: return_no.to_owned(),
        orders: returned.as_ref().map(|r| r.orders.clone()).or(before.map(|r| r.orders.clone())).unwrap_or_default(),
        number: returned.as_ref().and_then(|r| r.number.clone()).or(before.and_then(|r| r.number.clone())),
        state: state.to_owned(),
        reason,
        claimed: returned.as_ref().and_then(|returned| returned.claimed.clone()),
        announced: before.is_some(),
        lines: returned.as_ref().map(|r| r.lines.clone()).or(before.map(|r| r.lines.clone())).unwrap_or_default(),
        found: returned.map(|returned| returned.found).unwrap_or_default(),
        station,
        announced_us,
        arrived_us,
        inspected_us,
        settled_us,
        age_s: (now_us - since_us).max(0) / 1_000_000,
        photos: photos::of(connection, return_no)?,
    }))
}

/// Announced so long ago that somebody should ask where they are; never stored, for it depends on the time.
pub(super) fn overdue(
    connection: &Connection,
    policy: &Policy,
    now_us: i64,
) -> Result<Vec<(String, Exception, i64)>, HubError> {
    let days = policy.returns.overdue_days;
    let mut late = connection.prepare(
        "SELECT return_no, came_us FROM returns_expected x WHERE cancelled_us IS NULL AND came_us < ?1
         AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.return_no = x.return_no)",
    )?;
    let rows = late.query_map([now_us - i64::from(days) * DAY_US], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    let overdue = |(return_no, came_us)| (return_no, Exception::Return(ReturnTrouble::Overdue { days }), came_us);
    Ok(rows.into_iter().map(overdue).collect())
}
