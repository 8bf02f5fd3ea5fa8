//! Orders and items in: each is checked, judged by the intake rules, compared with what is known, allocated to a
//! warehouse and a carrier, and put into a parcel. A paid order is never dropped: what a rule objects to is held.

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::routing::{self, Berth};
use super::together::{merge_key, number_taken};
use super::{
    Hub, HubError, Refusal, down, journeys, json, left_cancelled, left_orders, parsed, progress, reconcile, shares,
    short_picks, taught, timeline,
};
use crate::domain::alias;
use crate::domain::hold::{Hold, said_en};
use crate::domain::id::{OrderNo, ParcelId};
use crate::domain::milestone::Milestone;
use crate::domain::order::{Item, Order};
use crate::domain::parcel::{OrderRecord, Parcel, Standing};
use crate::domain::routing::Nobody;
use crate::intake::{Merged, merge};

/// What became of the documents of one request; each is counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub accepted: usize,
    pub unchanged: usize,
    #[serde(default)]
    pub held: Vec<Reason>,
    #[serde(default)]
    pub refused: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_no: Option<OrderNo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<crate::domain::id::Sku>,
    pub reason: String,
}

impl Hub {
    pub fn accept_items(&self, items: &[Item], now_us: i64) -> Result<Accepted, HubError> {
        self.write(|transaction| {
            let mut done = Accepted::default();
            for item in items {
                match item.check() {
                    Err(problems) => done.refused.push(Reason {
                        order_no: None,
                        sku: Some(item.sku.clone()),
                        reason: listed(&problems),
                    }),
                    Ok(()) if put_item(transaction, item, now_us)? => done.accepted += 1,
                    Ok(()) => done.unchanged += 1,
                }
            }
            Ok(done)
        })
    }

    pub fn accept_orders(&self, orders: &[Order], now_us: i64) -> Result<Accepted, HubError> {
        self.write(|transaction| {
            let mut done = Accepted::default();
            for order in orders {
                match order.check() {
                    Err(problems) => done.refused.push(Reason {
                        order_no: Some(order.order_no.clone()),
                        sku: None,
                        reason: listed(&problems),
                    }),
                    Ok(()) => self.accept_order(transaction, order, now_us, &mut done)?,
                }
            }
            Ok(done)
        })
    }

    /// One order from somebody who can correct it at once: what a batch would hold is refused.
    pub fn accept_form(&self, order: Order, now_us: i64) -> Result<Accepted, HubError> {
        if let Err(problems) = order.check() {
            return Err(Refusal::new(422, "Unusable order", listed(&problems)).into());
        }
        let mut holds = self.rules().judge(&order);
        if holds.is_empty() {
            holds.extend(self.without_carrier(&order, now_us)?);
        }
        if !holds.is_empty() {
            return Err(Refusal::new(422, "Order refused", said_en(&holds)).into());
        }
        self.accept_orders(&[order], now_us)
    }

    /// What an earlier request under the same key was answered.
    pub fn answered(&self, key: &str, body: &[u8]) -> Result<Option<String>, HubError> {
        let hash = blake3::hash(body).to_hex().to_string();
        let found: Option<(String, String)> = self.read(|connection| {
            Ok(connection
                .query_row("SELECT body_hash, answer FROM idempotency WHERE key = ?1", [key], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?)
        })?;
        match found {
            Some((known, answer)) if known == hash => Ok(Some(answer)),
            Some(_) => {
                let detail = "this Idempotency-Key was used with another body: use a new key for a new request";
                Err(Refusal::new(422, "Key reused", detail).into())
            }
            None => Ok(None),
        }
    }

    pub fn remember_answer(&self, key: &str, body: &[u8], answer: &str, now_us: i64) -> Result<(), HubError> {
        let hash = blake3::hash(body).to_hex().to_string();
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR IGNORE INTO idempotency (key, body_hash, answer, at_us) VALUES (?1, ?2, ?3, ?4)",
                params![key, hash, answer, now_us],
            )?;
            Ok(())
        })
    }

    /// Stops an order, with a reason, wherever it is.
    pub fn cancel(&self, order_no: &OrderNo, reason: &str, now_us: i64) -> Result<(), HubError> {
        self.set_standing(order_no, Standing::Cancelled { reason: reason.into() }, Some(Milestone::Cancelled), now_us)
    }

    /// Keeps an order back until somebody resumes it; `by` is who answers for it, where not the whole office.
    pub fn hold(&self, order_no: &OrderNo, reason: &str, by: Option<&str>, now_us: i64) -> Result<(), HubError> {
        let hold = Hold::Person { reason: reason.to_owned(), by: by.map(str::to_owned) };
        self.set_standing(order_no, Standing::Held { why: vec![hold] }, Some(Milestone::Held), now_us)
    }

    /// Lets a held order go on.
    pub fn resume(&self, order_no: &OrderNo, now_us: i64) -> Result<(), HubError> {
        self.set_standing(order_no, Standing::Open, None, now_us)
    }

    fn set_standing(
        &self,
        order_no: &OrderNo,
        standing: Standing,
        milestone: Option<Milestone>,
        now_us: i64,
    ) -> Result<(), HubError> {
        self.write(|transaction| self.stands(transaction, order_no, standing, milestone, now_us))
    }

    /// The order stands so from here on.
    pub(super) fn stands(
        &self,
        transaction: &Transaction<'_>,
        order_no: &OrderNo,
        mut standing: Standing,
        milestone: Option<Milestone>,
        now_us: i64,
    ) -> Result<(), HubError> {
        let Some((order, warehouse, before)) = stored(transaction, order_no)? else {
            let detail = format!("order {order_no} is not here: import it first");
            return Err(Refusal::new(404, "Unknown order", detail).into());
        };
        if matches!(before, Standing::Cancelled { .. }) && !matches!(standing, Standing::Cancelled { .. }) {
            let detail = format!("order {order_no} is cancelled and stays so: import it as a new order");
            return Err(Refusal::new(409, "Order cancelled", detail).into());
        }
        let mut doubts = order.all_doubts();
        doubts.extend(number_taken(transaction, &order)?);
        // No carrier might take it when it came; the rules may be others now.
        if standing == Standing::Open && doubts.is_empty() && !has_parcel(transaction, order_no)? {
            match self.berth(transaction, &order, &warehouse, now_us)? {
                Ok(berth) => self.put_berth(transaction, &order, &warehouse, &berth, now_us)?,
                Err(hold) => doubts.push(hold),
            }
        }
        if standing == Standing::Open && !doubts.is_empty() {
            let detail = format!("order {order_no} can't go on as it is: {}", said_en(&doubts));
            return Err(Refusal::new(409, "Order not mended", detail).into());
        }
        if let (Standing::Held { why }, Standing::Held { why: known }) = (&mut standing, before) {
            why.extend(known.into_iter().filter(|hold| !is_a_persons(hold)));
        }
        if let Some(milestone) = milestone {
            event(transaction, order_no, milestone, &reason_of(&standing), now_us)?;
        }
        let cancelled = matches!(standing, Standing::Cancelled { .. });
        put_order(transaction, &OrderRecord { order, standing }, &warehouse, now_us)?;
        if cancelled {
            left_cancelled::cancelled(transaction, order_no, now_us)?;
            reconcile::order_cancelled(transaction, order_no, now_us)?;
        }
        shares::refresh(transaction, order_no)
    }

    fn accept_order(
        &self,
        transaction: &Transaction<'_>,
        order: &Order,
        now_us: i64,
        done: &mut Accepted,
    ) -> Result<(), HubError> {
        let known = stored(transaction, &order.order_no)?;
        if let Some((known, ..)) = &known
            && known.channel != order.channel
        {
            let reason = format!("is already here from channel {}: order numbers must differ", known.channel);
            done.refused.push(Reason { order_no: Some(order.order_no.clone()), sku: None, reason });
            return Ok(());
        }
        let here = known.as_ref().map_or(0, |(known, ..)| known.revision);
        let order = match merge(known.as_ref().map(|(order, ..)| order), order.clone()) {
            Merged::Unchanged => {
                done.unchanged += 1;
                return Ok(());
            }
            // What was refunded since would be wanted again. Who doesn't count says 0 or always 1.
            Merged::Revision(_) if order.revision > 1 && order.revision < here => {
                let reason = format!("is revision {}, and {here} is here: send a newer one", order.revision);
                done.refused.push(Reason { order_no: Some(order.order_no.clone()), sku: None, reason });
                return Ok(());
            }
            // Nobody has to pack it, and nobody heard of it.
            Merged::New(order) if order.is_gone() => {
                done.unchanged += 1;
                return Ok(());
            }
            Merged::New(order) | Merged::Revision(order) => order,
        };
        let before = known.as_ref().map(|(_, _, standing)| standing.clone()).unwrap_or_default();
        let mut why = self.rules().judge(&order);
        let warehouse = order.warehouse.clone().unwrap_or_else(|| self.policy().warehouse.clone());
        // Else it stays where it is, and the number where that is.
        let berth = match number_taken(transaction, &order)? {
            Some(taken) => Err(taken),
            None => self.berth(transaction, &order, &warehouse, now_us)?,
        };
        if let Err(hold) = &berth
            && !(matches!(hold, Hold::NoCarrier { .. }) && why.iter().any(Hold::is_doubt))
        {
            // Of an order without an address it is no news that nobody delivers it.
            why.push(hold.clone());
        }
        // What left is after-sales: nothing is to be stopped here any more.
        let is_gone = order.is_gone() && !left_cancelled::is_shipped(transaction, &order.order_no)?;
        let standing = match is_gone {
            true => Standing::Cancelled { reason: "refunded".into() },
            false => standing_after(before, why),
        };
        match &standing {
            Standing::Held { why } => {
                let reason = said_en(why);
                event(transaction, &order.order_no, Milestone::Held, &reason, now_us)?;
                done.held.push(Reason { order_no: Some(order.order_no.clone()), sku: None, reason });
            }
            Standing::Open | Standing::Cancelled { .. } => done.accepted += 1,
        }
        if let (true, Standing::Cancelled { reason }) = (is_gone, &standing) {
            event(transaction, &order.order_no, Milestone::Cancelled, reason, now_us)?;
        }
        let record = OrderRecord { order, standing };
        put_order(transaction, &record, &warehouse, now_us)?;
        if known.is_none() {
            event(transaction, &record.order.order_no, Milestone::Allocated, "", now_us)?;
        }
        if let Ok(berth) = &berth {
            self.put_berth(transaction, &record.order, &warehouse, berth, now_us)?;
        }
        if record.order.is_gone() {
            left_cancelled::cancelled(transaction, &record.order.order_no, now_us)?;
        }
        if is_gone {
            reconcile::order_cancelled(transaction, &record.order.order_no, now_us)?;
        } else if known.is_some() {
            for parcel in parcels_of(transaction, &record.order.order_no)? {
                left_orders::look_at(transaction, &parcel, now_us)?;
                short_picks::look_at(transaction, &parcel, now_us)?;
            }
        }
        shares::refresh(transaction, &record.order.order_no)
    }

    fn put_berth(
        &self,
        transaction: &Transaction<'_>,
        order: &Order,
        warehouse: &str,
        berth: &Berth,
        now_us: i64,
    ) -> Result<(), HubError> {
        let parcel = &berth.parcel;
        put_parcel(transaction, parcel, merge_key(order, warehouse).as_deref())?;
        routing::put_choice(transaction, &parcel.parcel_id, berth.choice.as_ref())?;
        if parcel.supplied.is_some() {
            // The carrier may have told of its number before anybody knew whose it is.
            journeys::refresh(transaction, parcel.parcel_id.as_str(), self.policy(), now_us)?;
        }
        Ok(())
    }
}

/// An order whose parcel no carrier may take as it is now.
pub(super) fn hold_without_carrier(
    transaction: &Transaction<'_>,
    order_no: &OrderNo,
    nobody: &Nobody,
    now_us: i64,
) -> Result<(), HubError> {
    let Some((order, warehouse, _)) = stored(transaction, order_no)? else { return Ok(()) };
    let standing = Standing::Held { why: vec![Hold::NoCarrier { nobody: nobody.clone() }] };
    event(transaction, order_no, Milestone::Held, &reason_of(&standing), now_us)?;
    put_order(transaction, &OrderRecord { order, standing }, &warehouse, now_us)?;
    timeline::refresh(transaction, order_no.as_str())
}

fn has_parcel(transaction: &Transaction<'_>, order_no: &OrderNo) -> Result<bool, HubError> {
    Ok(transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM parcel_orders WHERE order_no = ?1)")?
        .query_row([order_no.as_str()], |row| row.get(0))?)
}

fn listed<T: std::fmt::Display>(problems: &[T]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn reason_of(standing: &Standing) -> String {
    match standing {
        Standing::Open => String::new(),
        Standing::Held { why } => said_en(why),
        Standing::Cancelled { reason } => reason.clone(),
    }
}

fn is_a_persons(hold: &Hold) -> bool {
    matches!(hold, Hold::Person { .. })
}

/// Where a new revision stands. It mends doubts and answers rules, but never takes back what a person said.
fn standing_after(before: Standing, mut why: Vec<Hold>) -> Standing {
    match before {
        Standing::Cancelled { .. } => return before,
        Standing::Held { why: known } => why.extend(known.into_iter().filter(is_a_persons)),
        Standing::Open => {}
    }
    if why.is_empty() { Standing::Open } else { Standing::Held { why } }
}

fn put_item(transaction: &Transaction<'_>, item: &Item, now_us: i64) -> Result<bool, HubError> {
    let body = json(item);
    let changed = transaction
        .prepare_cached(
            "INSERT INTO items (sku, body) VALUES (?1, ?2)
             ON CONFLICT (sku) DO UPDATE SET body = excluded.body WHERE body <> excluded.body",
        )?
        .execute(params![item.sku.as_str(), body])?;
    if changed == 0 {
        return Ok(false);
    }
    put_aliases(transaction, item.sku.as_str(), &alias::of_item(item))?;
    taught::owned(transaction, item, now_us)?;
    down::put(transaction, "", "", "item", item.sku.as_str(), 0, &body)?;
    Ok(true)
}

pub(super) fn put_order(
    transaction: &Transaction<'_>,
    record: &OrderRecord,
    warehouse: &str,
    now_us: i64,
) -> Result<(), HubError> {
    let order = &record.order;
    transaction
        .prepare_cached(
            "INSERT INTO orders (order_no, channel, warehouse, standing, body, paid_us, allocated_us, milestone, milestone_us, held_us)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'paid', ?6, ?8)
             ON CONFLICT (order_no) DO UPDATE
             SET warehouse = excluded.warehouse, standing = excluded.standing, body = excluded.body, paid_us = excluded.paid_us,
                 held_us = CASE WHEN ?8 IS NOT NULL THEN coalesce(held_us, ?8) END",
        )?
        .execute(params![
            order.order_no.as_str(),
            order.channel,
            warehouse,
            json(&record.standing),
            json(order),
            order.paid_at.as_microsecond(),
            now_us,
            matches!(record.standing, Standing::Held { .. }).then_some(now_us),
        ])?;
    down::put(transaction, warehouse, "", "order", order.order_no.as_str(), i64::from(order.revision), &json(record))
}

pub(super) fn put_parcel(
    transaction: &Transaction<'_>,
    parcel: &Parcel,
    merge_key: Option<&str>,
) -> Result<(), HubError> {
    let wave = parcel.wave.as_ref().map(|wave| wave.code.as_str());
    transaction
        .prepare_cached(
            "INSERT INTO parcels (parcel_id, merge_key, wave, body, carrier, warehouse, steps) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (parcel_id) DO UPDATE
             SET merge_key = coalesce(excluded.merge_key, merge_key), wave = excluded.wave, body = excluded.body,
                 carrier = excluded.carrier, warehouse = excluded.warehouse, steps = steps | excluded.steps",
        )?
        .execute(params![
            parcel.parcel_id.as_str(),
            merge_key,
            wave,
            json(parcel),
            parcel.carrier.as_str(),
            parcel.warehouse,
            progress::of_parcel(parcel),
        ])?;
    let mut link =
        transaction.prepare_cached("INSERT OR IGNORE INTO parcel_orders (order_no, parcel_id) VALUES (?1, ?2)")?;
    for order_no in &parcel.orders {
        link.execute(params![order_no.as_str(), parcel.parcel_id.as_str()])?;
    }
    put_aliases(transaction, parcel.parcel_id.as_str(), &alias::of_parcel(parcel))?;
    // A station may get an answer with this one before a page of the feed with an older one.
    let version = down::version(transaction, "parcel", parcel.parcel_id.as_str())? + 1;
    down::put(transaction, &parcel.warehouse, "", "parcel", parcel.parcel_id.as_str(), version, &json(parcel))
}

fn put_aliases(transaction: &Transaction<'_>, key: &str, aliases: &[alias::Alias]) -> Result<(), HubError> {
    let mut insert =
        transaction.prepare_cached("INSERT OR IGNORE INTO aliases (alias, kind, key) VALUES (?1, ?2, ?3)")?;
    for alias in aliases {
        insert.execute(params![alias.alias, alias.kind.as_str(), key])?;
    }
    Ok(())
}

/// An order with its warehouse and standing.
pub(super) fn stored(
    transaction: &rusqlite::Connection,
    order_no: &OrderNo,
) -> Result<Option<(Order, String, Standing)>, HubError> {
    let row: Option<(String, String, String)> = transaction
        .prepare_cached("SELECT body, warehouse, standing FROM orders WHERE order_no = ?1")?
        .query_row([order_no.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    row.map(|(body, warehouse, standing)| {
        let order = parsed("order", order_no.as_str(), &body)?;
        Ok((order, warehouse, parsed("standing", order_no.as_str(), &standing)?))
    })
    .transpose()
}

/// What an entry is about; `None` where nobody brought its orders yet.
pub(super) fn known_parcel(
    connection: &rusqlite::Connection,
    parcel_id: &ParcelId,
) -> Result<Option<Parcel>, HubError> {
    let mut known = connection.prepare_cached("SELECT 1 FROM parcels WHERE parcel_id = ?1")?;
    known.exists([parcel_id.as_str()])?.then(|| parcel(connection, parcel_id.as_str())).transpose()
}

pub(super) fn parcel(connection: &rusqlite::Connection, parcel_id: &str) -> Result<Parcel, HubError> {
    let body: String = connection
        .prepare_cached("SELECT body FROM parcels WHERE parcel_id = ?1")?
        .query_row([parcel_id], |row| row.get(0))?;
    parsed("parcel", parcel_id, &body)
}

/// The orders of a parcel as they stand.
pub(super) fn records_of(connection: &rusqlite::Connection, parcel: &Parcel) -> Result<Vec<OrderRecord>, HubError> {
    let found = parcel.orders.iter().filter_map(|order_no| stored(connection, order_no).transpose());
    found.map(|found| found.map(|(order, _, standing)| OrderRecord { order, standing })).collect()
}

/// The parcels that an order's goods travel in.
pub(super) fn parcels_of(connection: &rusqlite::Connection, order_no: &OrderNo) -> Result<Vec<Parcel>, HubError> {
    let mut of = connection.prepare_cached("SELECT parcel_id FROM parcel_orders WHERE order_no = ?1")?;
    let ids: Vec<String> = of.query_map([order_no.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    ids.iter().map(|id| parcel(connection, id)).collect()
}

/// Something that happened to an order at the hub.
pub(super) fn event(
    transaction: &Transaction<'_>,
    order_no: &OrderNo,
    milestone: Milestone,
    reason: &str,
    now_us: i64,
) -> Result<(), HubError> {
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO order_events (order_no, at_us, milestone, reason) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![order_no.as_str(), now_us, timeline::word(milestone), reason])?;
    Ok(())
}
