//! What other rules would have made of a day's orders, beside what those in force make of them: each parcel is decided by
//! both as at the moment it was decided. It changes nothing but the note that it was made, and names no person.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::published::{self, InForce, Token};
use super::routing::items;
use super::{Hub, HubError, Refusal, accept, parsed};
use crate::domain::hold::Hold;
use crate::domain::id::OrderNo;
use crate::domain::order::{CarrierCode, Order};
use crate::domain::parcel::Standing;
use crate::domain::routing::{Choice, Nobody, Offer};
use crate::rules::{Report, Routed, RoutingRules, RuleFile, Shipment};

/// `POST /v1/routing/preview`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    pub rules: RuleFile,
    /// A day of the warehouse's; yesterday where none is given.
    #[serde(default)]
    pub day: Option<Date>,
    /// Tell of every order, not only of those whose carrier differs or that get none.
    #[serde(default)]
    pub all: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub day: Date,
    /// What a publication must carry.
    pub token: Token,
    /// None where no rules are in force.
    pub old: Option<Report>,
    pub new: Report,
    /// Orders that another carrier takes, or nobody, or somebody at last.
    pub differ: usize,
    pub orders: Vec<Compared>,
}

/// Orders that travel together, and what both say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub orders: Vec<OrderNo>,
    pub old: Said,
    pub new: Said,
}

/// A decision as it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// None: it would wait.
    pub carrier: Option<CarrierCode>,
    pub rule: Option<String>,
    pub freight_fen: Option<u64>,
    pub why: String,
    pub offers: Vec<Offer>,
}

/// What stands on the page of rules: what was really chosen on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    pub report: Report,
    /// Orders that no rules were asked about.
    pub unasked: usize,
}

/// Orders that travel together, with the moment that counted for their carrier.
struct Parcel {
    orders: Vec<Order>,
    moment_us: i64,
}

impl Compared {
    pub fn differs(&self) -> bool {
        self.old.carrier != self.new.carrier
    }
}

impl Hub {
    pub fn preview_routing(&self, request: &PreviewRequest, by: &str, now_us: i64) -> Result<Preview, HubError> {
        let rules = published::readable(&request.rules)?;
        let in_force = self.in_force();
        let token = Token { hash: rules.hash().to_owned(), over: in_force.hash().to_owned() };
        let day = self.day(request.day, now_us)?;
        let compared = self.read(|connection| self.compared(connection, &in_force, &rules, day))?;
        if compared.is_empty() {
            self.excuse_empty(day)?;
        }
        // Noted only once it is made: what failed was not looked at.
        self.note_preview(&token, by, now_us)?;
        Ok(told(day, token, compared, &in_force, &rules, request.all))
    }

    /// What was chosen for yesterday's orders, by whichever rules held then; those of `names` come first.
    pub fn chosen(&self, names: &[String], now_us: i64) -> Result<(Date, Chosen), HubError> {
        let day = self.day(None, now_us)?;
        let (from_us, to_us) = self.bounds(day);
        let (routed, unasked) = self.read(|connection| choices(connection, from_us, to_us))?;
        let used = routed.iter().filter_map(|one| one.decision.as_ref().ok()?.rule());
        let gone: BTreeSet<&str> = used.filter(|used| names.iter().all(|name| name != used)).collect();
        let names: Vec<String> = names.iter().cloned().chain(gone.into_iter().map(str::to_owned)).collect();
        Ok((day, Chosen { report: Report::of(&routed, &names, &[]), unasked }))
    }

    fn day(&self, day: Option<Date>, now_us: i64) -> Result<Date, HubError> {
        let today = self.local(now_us).date();
        match day {
            None => Ok(today.yesterday().unwrap_or(today)),
            Some(day) if day > today => {
                let detail = format!("{day} is still to come: take a day whose orders are here");
                Err(Refusal::new(422, "Unusable day", detail).into())
            }
            Some(day) => Ok(day),
        }
    }

    /// A preview of nothing shows nothing; only a hub without any order has no better one.
    fn excuse_empty(&self, day: Date) -> Result<(), HubError> {
        let last_us: Option<i64> = self.read(|connection| {
            Ok(connection.query_row("SELECT max(allocated_us) FROM orders", [], |row| row.get(0))?)
        })?;
        let Some(last_us) = last_us else { return Ok(()) };
        let last = self.local(last_us).date();
        let detail = format!(
            "no order of {day} is there to be decided: name another day with --day; the last order came on {last}"
        );
        Err(Refusal::new(422, "No orders", detail).into())
    }

    /// From midnight to midnight on the warehouse's clock.
    fn bounds(&self, day: Date) -> (i64, i64) {
        let midnight = |day: Date| day.to_zoned(self.policy().zone.clone()).map(|at| at.timestamp().as_microsecond());
        let next = day.tomorrow().unwrap_or(day);
        (midnight(day).unwrap_or(i64::MIN), midnight(next).unwrap_or(i64::MAX))
    }

    fn compared(
        &self,
        connection: &Connection,
        in_force: &InForce,
        rules: &RoutingRules,
        day: Date,
    ) -> Result<Vec<Both>, HubError> {
        let (from_us, to_us) = self.bounds(day);
        let mut compared = Vec::new();
        for Parcel { orders, moment_us } in parcels(connection, from_us, to_us)? {
            let (items, now) = (items(connection, &orders)?, self.local(moment_us));
            let shipment = Shipment { orders: &orders, items: &items, away_from: &[] };
            let old = in_force.rules.as_ref().map(|old| old.decide(&shipment, &now));
            let fallback = carrier_without_rules(&orders).unwrap_or(self.policy().carrier);
            let new = rules.decide(&shipment, &now);
            let orders = orders.into_iter().map(|order| order.order_no).collect();
            compared.push(Both { orders, old, fallback, new });
        }
        Ok(compared)
    }
}

/// What both said of one parcel, before it is told.
struct Both {
    orders: Vec<OrderNo>,
    old: Option<Result<Choice, Nobody>>,
    /// The carrier where no rules are in force.
    fallback: CarrierCode,
    new: Result<Choice, Nobody>,
}

fn told(day: Date, token: Token, all: Vec<Both>, in_force: &InForce, rules: &RoutingRules, whole: bool) -> Preview {
    let (mut old, mut new, mut orders, mut differ) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for Both { orders: numbers, old: was, fallback, new: is } in all {
        let compared = Compared {
            old: was.as_ref().map_or_else(|| Said { carrier: Some(fallback), ..Said::default() }, said),
            new: said(&is),
            orders: numbers.clone(),
        };
        differ += if compared.differs() { numbers.len() } else { 0 };
        if whole || compared.differs() || compared.new.carrier.is_none() {
            orders.push(compared);
        }
        old.extend(was.map(|decision| Routed { orders: numbers.clone(), decision }));
        new.push(Routed { orders: numbers, decision: is });
    }
    Preview {
        day,
        token,
        old: in_force.rules.as_deref().map(|rules| Report::new(&old, rules)),
        new: Report::new(&new, rules),
        differ,
        orders,
    }
}

fn said(decision: &Result<Choice, Nobody>) -> Said {
    match decision {
        Ok(choice) => Said {
            carrier: Some(choice.carrier),
            rule: choice.rule().map(str::to_owned),
            freight_fen: choice.freight_fen(),
            why: choice.en(),
            offers: choice.offers.clone(),
        },
        Err(nobody) => Said { why: nobody.en(), offers: nobody.offers.clone(), ..Said::default() },
    }
}

fn carrier_without_rules(orders: &[Order]) -> Option<CarrierCode> {
    let supplied = orders.iter().find_map(|order| order.waybill.as_ref()).map(|waybill| waybill.carrier);
    supplied.or_else(|| orders.iter().find_map(|order| order.carrier))
}

/// Those whose orders came to the hub in this time, without what was cancelled. Of several orders in one parcel the whole.
fn parcels(connection: &Connection, from_us: i64, to_us: i64) -> Result<Vec<Parcel>, HubError> {
    let mut statement = connection.prepare(
        "SELECT o.order_no, po.parcel_id, o.allocated_us FROM orders o LEFT JOIN parcel_orders po ON po.order_no = o.order_no
         WHERE o.allocated_us >= ?1 AND o.allocated_us < ?2 ORDER BY o.allocated_us, o.order_no",
    )?;
    let mut rows = statement.query([from_us, to_us])?;
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let (order_no, parcel_id, came_us): (String, Option<String>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (numbers, moment_us) = match parcel_id {
            Some(known) if seen.contains(&known) => continue,
            Some(parcel_id) => {
                let whole = (accept::parcel(connection, &parcel_id)?.orders, moment(connection, &parcel_id)?);
                seen.insert(parcel_id);
                whole
            }
            None => (vec![OrderNo(order_no)], came_us),
        };
        let mut orders = Vec::new();
        for order_no in &numbers {
            let stored = accept::stored(connection, order_no)?;
            orders.extend(stored.filter(|(.., standing)| !is_cancelled(standing)).map(|(order, ..)| order));
        }
        if !orders.is_empty() {
            found.push(Parcel { orders, moment_us });
        }
    }
    Ok(found)
}

/// Its release, or else when the last of its orders came.
fn moment(connection: &Connection, parcel_id: &str) -> Result<i64, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(
             (SELECT w.released_us FROM parcels p JOIN waves w ON w.code = p.wave WHERE p.parcel_id = ?1),
             (SELECT max(o.allocated_us) FROM parcel_orders po JOIN orders o ON o.order_no = po.order_no WHERE po.parcel_id = ?1))",
    )?;
    Ok(statement.query_row([parcel_id], |row| row.get(0))?)
}

fn is_cancelled(standing: &Standing) -> bool {
    matches!(standing, Standing::Cancelled { .. })
}

/// What was decided of the orders that came in this time, and how many nobody was asked about.
fn choices(connection: &Connection, from_us: i64, to_us: i64) -> Result<(Vec<Routed>, usize), HubError> {
    let mut statement = connection.prepare(
        "SELECT o.order_no, o.standing, p.parcel_id, p.choice FROM orders o
         LEFT JOIN parcel_orders po ON po.order_no = o.order_no LEFT JOIN parcels p ON p.parcel_id = po.parcel_id
         WHERE o.allocated_us >= ?1 AND o.allocated_us < ?2 ORDER BY p.parcel_id",
    )?;
    let mut rows = statement.query(params![from_us, to_us])?;
    let (mut found, mut unasked, mut last) = (Vec::<Routed>::new(), 0, None);
    while let Some(row) = rows.next()? {
        let (order_no, standing): (String, String) = (row.get(0)?, row.get(1)?);
        let (parcel_id, choice): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        let standing: Standing = parsed("standing", &order_no, &standing)?;
        if is_cancelled(&standing) {
            continue;
        }
        let decision = match (nobody(standing), choice) {
            (Some(nobody), _) => Err(nobody),
            (None, Some(choice)) => Ok(parsed::<Choice>("choice", &order_no, &choice)?),
            (None, None) => {
                unasked += 1;
                continue;
            }
        };
        // The orders of one parcel stand together, and share what was decided.
        match found.last_mut().filter(|_| parcel_id.is_some() && parcel_id == last) {
            Some(same) if same.decision == decision => same.orders.push(OrderNo(order_no)),
            _ => found.push(Routed { orders: vec![OrderNo(order_no)], decision }),
        }
        last = parcel_id;
    }
    Ok((found, unasked))
}

fn nobody(standing: Standing) -> Option<Nobody> {
    let Standing::Held { why } = standing else { return None };
    why.into_iter().find_map(|hold| match hold {
        Hold::NoCarrier { nobody } => Some(nobody),
        _ => None,
    })
}
