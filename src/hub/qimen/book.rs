//! What the store keeps of an ERP's messages: which orders are its, and the returns it announced. Every answer is read from how
//! things stand afterwards, so a message that comes again is answered the same.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::config::Partner;
use super::message::{self, About};
use crate::domain::hold::said_en;
use crate::domain::id::OrderNo;
use crate::domain::order::Item;
use crate::domain::parcel::Standing;
use crate::hub::{Hub, HubError, Refusal, accept, left_cancelled, parsed, returns};
use crate::intake::qimen::{Cancel, Delivery, ExpectedReturn, Form};

/// A return as `GET /v1/returns/expected` lists it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct AwaitedReturn {
    pub customer: String,
    pub announced_at: Timestamp,
    #[serde(flatten)]
    pub expected: ExpectedReturn,
}

impl Hub {
    /// Takes an order; what the ERP should read of it, where it waits. A paid order is never dropped.
    pub(super) fn deliver(
        &self,
        partner: &Partner,
        customer: &str,
        delivery: &Delivery,
        now_us: i64,
    ) -> Result<String, HubError> {
        // Before the order: what a station does with it in the next moment is its ERP's to hear.
        let is_new = self.claim(customer, delivery, now_us)?;
        let order_no = &delivery.order.order_no;
        let done = self.accept_orders(std::slice::from_ref(&delivery.order), now_us)?;
        if let Some(refused) = done.refused.first() {
            if is_new {
                self.disclaim(order_no)?;
            }
            return Err(Refusal::new(422, "Unusable order", format!("order {order_no}: {}", refused.reason)).into());
        }
        self.write(|transaction| {
            queue_accepted(transaction, partner, order_no, now_us)?;
            match accept::stored(transaction, order_no)?.map(|(_, _, standing)| standing) {
                Some(Standing::Held { why }) => Ok(format!("taken, and held: {}", said_en(&why))),
                Some(Standing::Cancelled { .. }) => {
                    let detail =
                        format!("order {order_no} is cancelled and stays so: send it under a new deliveryOrderCode");
                    Err(Refusal::new(409, "Order cancelled", detail).into())
                }
                Some(Standing::Open) | None => Ok(String::new()),
            }
        })
    }

    /// Whether nobody had the order number before; another customer's is refused.
    fn claim(&self, customer: &str, delivery: &Delivery, now_us: i64) -> Result<bool, HubError> {
        let Delivery { order, order_type, warehouse, owner } = delivery;
        self.write(|transaction| {
            if about(transaction, order.order_no.as_str())?.is_some_and(|known| known.customer != customer) {
                let detail = format!("order {} is another customer's: order numbers must differ", order.order_no);
                return Err(Refusal::new(409, "Order number taken", detail).into());
            }
            let added = transaction.execute(
                "INSERT OR IGNORE INTO qimen_orders (order_no, customer, order_type, warehouse, owner, came_us)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![order.order_no.as_str(), customer, order_type, warehouse, owner, now_us],
            )?;
            Ok(added > 0)
        })
    }

    fn disclaim(&self, order_no: &OrderNo) -> Result<(), HubError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM qimen_orders WHERE order_no = ?1", [order_no.as_str()])?;
            Ok(())
        })
    }

    /// Cancels an order or an expected return of the customer's; what left the house can't be taken back.
    pub(super) fn take_back(&self, customer: &str, cancel: &Cancel, now_us: i64) -> Result<(), HubError> {
        let order_no = OrderNo::from(cancel.code.as_str());
        let found = self.read(|connection| {
            let is_theirs = about(connection, order_no.as_str())?.is_some_and(|about| about.customer == customer);
            Ok((is_theirs, left_cancelled::is_shipped(connection, &order_no)?, accept::stored(connection, &order_no)?))
        })?;
        match found {
            (true, true, _) => {
                let detail = format!("order {order_no} is shipped already: have the parcel stopped by its carrier");
                Err(Refusal::new(409, "Shipped already", detail).into())
            }
            (true, false, Some((_, _, Standing::Cancelled { .. }))) => Ok(()),
            (true, false, Some(_)) => self.cancel(&order_no, &cancel.reason, now_us),
            _ => self.take_return_back(customer, cancel, now_us),
        }
    }

    fn take_return_back(&self, customer: &str, cancel: &Cancel, now_us: i64) -> Result<(), HubError> {
        let done = self.write(|transaction| {
            let done = transaction.execute(
                "UPDATE returns_expected SET cancelled_us = coalesce(cancelled_us, ?3) WHERE customer = ?1 AND return_no = ?2",
                params![customer, cancel.code, now_us],
            )?;
            returns::put_down(transaction, &cancel.code)?;
            Ok(done)
        })?;
        if done == 0 {
            let detail = format!("{} is neither an order nor a return of this customer's: send it first", cancel.code);
            return Err(Refusal::new(404, "Unknown order", detail).into());
        }
        Ok(())
    }

    pub(super) fn known_item(&self, sku: &str) -> Result<Option<Item>, HubError> {
        self.read(|connection| {
            let body: Option<String> =
                connection.query_row("SELECT body FROM items WHERE sku = ?1", [sku], |row| row.get(0)).optional()?;
            body.map(|body| parsed("item", sku, &body)).transpose()
        })
    }

    /// Oldest first, without those that were cancelled.
    pub fn expected_returns(&self) -> Result<Vec<AwaitedReturn>, HubError> {
        self.read(|connection| {
            let mut found = connection.prepare(
                "SELECT customer, return_no, body, came_us FROM returns_expected WHERE cancelled_us IS NULL
                 ORDER BY came_us, return_no",
            )?;
            let rows: Vec<(String, String, String, i64)> = found
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
                .collect::<Result<_, _>>()?;
            rows.into_iter()
                .map(|(customer, return_no, body, came_us)| {
                    let announced_at = Timestamp::from_microsecond(came_us).unwrap_or_default();
                    let expected = parsed("return", &return_no, &body)?;
                    Ok(AwaitedReturn { customer, announced_at, expected })
                })
                .collect()
        })
    }
}

/// An order of an ERP's, as messages name it.
pub(super) fn about(connection: &Connection, order_no: &str) -> Result<Option<About>, HubError> {
    let mut found = connection
        .prepare_cached("SELECT customer, order_type, warehouse, owner FROM qimen_orders WHERE order_no = ?1")?;
    Ok(found
        .query_row([order_no], |row| {
            Ok(About {
                order_no: order_no.to_owned(),
                customer: row.get(0)?,
                order_type: row.get(1)?,
                warehouse: row.get(2)?,
                owner: row.get(3)?,
            })
        })
        .optional()?)
}

fn queue_accepted(
    transaction: &Transaction<'_>,
    partner: &Partner,
    order_no: &OrderNo,
    now_us: i64,
) -> Result<(), HubError> {
    let status = &partner.form.process.accepted;
    match about(transaction, order_no.as_str())? {
        Some(about) if !status.is_empty() => {
            queue_process(transaction, &about, &partner.form, status, None, now_us, now_us)
        }
        _ => Ok(()),
    }
}

/// Each status of an order is told once.
pub(super) fn queue_process(
    transaction: &Transaction<'_>,
    about: &About,
    form: &Form,
    status: &str,
    operator: Option<&str>,
    at_us: i64,
    now_us: i64,
) -> Result<(), HubError> {
    let body = message::process(about, form, status, operator, at_us);
    queue(transaction, about, "orderprocess.report", &format!("process:{status}"), &body, now_us)
}

/// Puts a message behind the others of its order; one that was put there before stays as it is.
pub(super) fn queue(
    transaction: &Transaction<'_>,
    about: &About,
    method: &str,
    key: &str,
    body: &str,
    now_us: i64,
) -> Result<(), HubError> {
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO qimen_messages (order_no, customer, method, key, body, due_us)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![about.order_no, about.customer, method, key, body, now_us])?;
    Ok(())
}
