//! Turns the feed's entries about an ERP's orders into messages: each stretch in one transaction with the cursor, so that an entry
//! becomes its messages once, whatever ends when. An order that is whole by a refund alone is told of as well.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::backs;
use super::book::{about, queue, queue_process};
use super::config::Partner;
use super::lack;
use super::message::{self, About, Left};
use crate::domain::fact::Fact;
use crate::domain::id::{OrderNo, Sku};
use crate::domain::milestone::Milestone;
use crate::domain::order::{LineStatus, Order};
use crate::hub::shares::{self, Carries};
use crate::hub::told::told_of;
use crate::hub::{Hub, HubError, accept, timeline};
use crate::intake::qimen::Form;

/// Stations' entries wait while a stretch is turned into messages.
const MOST_ENTRIES: i64 = 500;
const CURSOR: &str = "qimen_told";

/// An entry about one of the ERP's orders.
struct Seen {
    feed: i64,
    order_no: String,
    parcel_id: Option<String>,
    fact: Option<Fact>,
    at_us: i64,
    operator: Option<String>,
}

impl Hub {
    /// What happened before the first start with an ERP is nobody's order of it.
    pub(super) fn begin_telling(&self) -> Result<(), HubError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR IGNORE INTO meta (key, value) SELECT ?1, coalesce(max(feed), 0) FROM entries",
                [CURSOR],
            )?;
            Ok(())
        })
    }

    /// Whether there may be more.
    pub(super) fn queue_messages(&self, partner: &Partner, now_us: i64) -> Result<bool, HubError> {
        let idle =
            self.read(|connection| Ok(told(connection)? >= head(connection)? && changed(connection)?.is_empty()))?;
        if idle {
            return Ok(false);
        }
        self.write(|transaction| {
            let (told, head) = (told(transaction)?, head(transaction)?);
            let upto = head.min(told + MOST_ENTRIES);
            for seen in entries(transaction, told, upto)? {
                tell(transaction, partner, &seen, now_us)?;
            }
            backs::confirm(transaction, &partner.form, told, upto, now_us)?;
            transaction.execute("UPDATE meta SET value = ?2 WHERE key = ?1", params![CURSOR, upto.to_string()])?;
            if upto == head {
                // Behind what stations told before.
                for order_no in changed(transaction)? {
                    tell_whole(transaction, partner, &order_no, now_us)?;
                }
            }
            Ok(upto < head)
        })
    }
}

/// How far the feed was turned into messages.
fn told(connection: &Connection) -> Result<i64, HubError> {
    let told: Option<String> =
        connection.query_row("SELECT value FROM meta WHERE key = ?1", [CURSOR], |row| row.get(0)).optional()?;
    Ok(told.and_then(|told| told.parse().ok()).unwrap_or(0))
}

fn head(connection: &Connection) -> Result<i64, HubError> {
    Ok(connection.query_row("SELECT coalesce(max(feed), 0) FROM entries", [], |row| row.get(0))?)
}

/// Orders that travel in several parcels, and were changed by somebody else than a station.
fn changed(connection: &Connection) -> Result<Vec<String>, HubError> {
    let mut changed = connection.prepare_cached("SELECT order_no FROM qimen_orders WHERE changed = 1")?;
    Ok(changed.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// What the order has reached without what was refunded of it, as far as it wasn't told before.
fn tell_whole(transaction: &Transaction<'_>, partner: &Partner, order_no: &str, now_us: i64) -> Result<(), HubError> {
    transaction.execute("UPDATE qimen_orders SET changed = 0 WHERE order_no = ?1", [order_no])?;
    let (Some(about), Some(timeline)) = (about(transaction, order_no)?, timeline::timeline(transaction, order_no)?)
    else {
        return Ok(());
    };
    for step in timeline.steps {
        if let Some(status) = partner.form.status(step.milestone) {
            let at_us = step.at.as_microsecond();
            queue_process(transaction, &about, &partner.form, status, step.operator.as_deref(), at_us, now_us)?;
        }
    }
    confirm(transaction, &partner.form, &about, now_us)
}

fn entries(transaction: &Transaction<'_>, told: i64, upto: i64) -> Result<Vec<Seen>, HubError> {
    let mut found = transaction.prepare_cached(
        "SELECT e.feed, o.order_no, e.parcel_id, e.kind, e.body, e.occurred_us, e.operator
         FROM entries e JOIN entry_orders o ON o.feed = e.feed JOIN qimen_orders q ON q.order_no = o.order_no
         WHERE e.feed > ?1 AND e.feed <= ?2 AND e.problem IS NULL ORDER BY e.feed, o.order_no",
    )?;
    let rows = found.query_map(params![told, upto], |row| {
        let (kind, body): (String, String) = (row.get(3)?, row.get(4)?);
        Ok(Seen {
            feed: row.get(0)?,
            order_no: row.get(1)?,
            parcel_id: row.get(2)?,
            fact: Fact::from_parts(&kind, &body),
            at_us: row.get(5)?,
            operator: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn tell(transaction: &Transaction<'_>, partner: &Partner, seen: &Seen, now_us: i64) -> Result<(), HubError> {
    let (Some(fact), Some(about)) = (&seen.fact, about(transaction, &seen.order_no)?) else { return Ok(()) };
    let form = &partner.form;
    let whole = shares::is_whole(transaction, &OrderNo::from(seen.order_no.as_str()), fact, seen.feed)?;
    if let Some(status) = status(fact, form).filter(|_| whole) {
        queue_process(transaction, &about, form, status, seen.operator.as_deref(), seen.at_us, now_us)?;
    }
    let Some(parcel_id) = &seen.parcel_id else { return Ok(()) };
    match fact {
        Fact::ParcelSetAside { reason, .. } if form.lack_reasons.contains(reason) => {
            report_lack(transaction, form, &about, seen, parcel_id, now_us)
        }
        // A parcel that left with a temporary label is confirmed when its number is there.
        Fact::ParcelShipped { .. } | Fact::WaybillIssued { .. } | Fact::ParcelRelabelled { .. } => {
            confirm(transaction, form, &about, now_us)
        }
        _ => Ok(()),
    }
}

fn status<'f>(fact: &Fact, form: &'f Form) -> Option<&'f str> {
    if let Fact::ParcelWeighed { .. } = fact {
        return Some(form.process.weighed.as_str()).filter(|word| !word.is_empty());
    }
    Milestone::of(fact).and_then(|(milestone, _)| form.status(milestone))
}

fn report_lack(
    transaction: &Transaction<'_>,
    form: &Form,
    about: &About,
    seen: &Seen,
    parcel_id: &str,
    now_us: i64,
) -> Result<(), HubError> {
    let parcel = accept::parcel(transaction, parcel_id)?;
    let (orders, items) = lack::goods(transaction, &parcel)?;
    let mut checked = lack::checked_before(transaction, parcel_id, seen.feed)?;
    lack::count_elsewhere(&parcel, &orders, &items, &mut checked);
    let lacks = lack::of_order(&orders, &items, checked, &OrderNo::from(about.order_no.as_str()));
    if lacks.is_empty() {
        return Ok(());
    }
    let id = format!("{}-{}", about.order_no, seen.feed);
    let body = message::lack(about, form, &lacks, &id, seen.at_us);
    queue(transaction, about, "itemlack.report", &format!("lack:{}", seen.feed), &body, now_us)
}

/// Once, when the last of its parcels has left under a number.
fn confirm(transaction: &Transaction<'_>, form: &Form, about: &About, now_us: i64) -> Result<(), HubError> {
    let order_no = OrderNo::from(about.order_no.as_str());
    // What is refunded after it left makes other parcels the first of those that carry it.
    let mut told = transaction
        .prepare_cached("SELECT 1 FROM qimen_messages WHERE order_no = ?1 AND method = 'deliveryorder.confirm'")?;
    if told.exists([order_no.as_str()])? {
        return Ok(());
    }
    let Some((order, ..)) = accept::stored(transaction, &order_no)? else { return Ok(()) };
    let carry = shares::of_order(transaction, &order_no)?;
    let mut left = Vec::new();
    for Carries { parcel, goods } in &carry {
        let told = told_of(transaction, about.order_no.clone(), parcel.parcel_id.as_str())?;
        let (Some(at_us), Some(number)) = (told.shipped_us, told.number) else { return Ok(()) };
        let goods = if carry.len() > 1 { goods.clone().into_iter().collect() } else { open(&order) };
        let parcel_id = parcel.parcel_id.to_string();
        let carrier = parcel.carrier;
        left.push(Left { parcel_id, carrier, number, weight_g: told.weight_g, at_us, operator: told.operator, goods });
    }
    let Some(first) = left.first() else { return Ok(()) };
    let key = format!("confirm:{}", first.parcel_id);
    let body = message::confirm(about, form, &left, &order.lines);
    queue(transaction, about, "deliveryorder.confirm", &key, &body, now_us)
}

fn open(order: &Order) -> Vec<(Sku, u32)> {
    let open = order.lines.iter().filter(|line| line.status == LineStatus::Open);
    open.map(|line| (line.sku.clone(), line.quantity)).collect()
}
