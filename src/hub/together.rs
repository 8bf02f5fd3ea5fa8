//! What makes orders travel together, and which supplied numbers are on other goods already.

use rusqlite::{Transaction, params};

use super::{HubError, accept};
use crate::domain::check::is_number;
use crate::domain::hold::Hold;
use crate::domain::id::OrderNo;
use crate::domain::order::{Order, Party, SuppliedWaybill};

/// A supplied number that another parcel bears already, while the order has a parcel of its own.
pub(super) fn number_taken(transaction: &Transaction<'_>, order: &Order) -> Result<Option<Hold>, HubError> {
    let Some(waybill) = order.waybill.as_ref().filter(|waybill| is_number(&waybill.number)) else { return Ok(None) };
    let taken: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM parcel_orders WHERE order_no = ?1) AND EXISTS (
                 SELECT 1 FROM parcels WHERE merge_key = ?2
                 AND parcel_id NOT IN (SELECT parcel_id FROM parcel_orders WHERE order_no = ?1))",
        )?
        .query_row(params![order.order_no.as_str(), number_key(waybill)], |row| row.get(0))?;
    let taken = taken || is_strangers(transaction, order, waybill)?;
    Ok(taken.then(|| Hold::NumberTaken { number: waybill.number.clone() }))
}

/// The number is on goods for somebody else, at another place: one of the two was mistyped. Orders of several shops may share
/// a number, and who is in a parcel already may move.
fn is_strangers(transaction: &Transaction<'_>, order: &Order, waybill: &SuppliedWaybill) -> Result<bool, HubError> {
    let mut bearers = transaction.prepare_cached(
        "SELECT o.order_no FROM parcels p JOIN parcel_orders o ON o.parcel_id = p.parcel_id
         WHERE p.merge_key = ?1 AND o.order_no <> ?2
         AND NOT EXISTS (SELECT 1 FROM parcel_orders WHERE order_no = ?2 AND parcel_id = p.parcel_id)",
    )?;
    let bearers: Vec<String> = bearers
        .query_map(params![number_key(waybill), order.order_no.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for order_no in bearers {
        let other = accept::stored(transaction, &OrderNo(order_no))?.and_then(|(other, ..)| other.receiver);
        let differ = |(a, b): (&Party, &Party)| a.phone != b.phone && a.detail != b.detail;
        if other.as_ref().zip(order.receiver.as_ref()).is_some_and(differ) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn number_key(waybill: &SuppliedWaybill) -> String {
    format!("{}:{}", waybill.carrier.as_str(), waybill.number)
}

/// What orders share that travel together: the same supplied number, or the channel's merge key. An order that can't be
/// sent yet waits alone, unless its number is on the others already.
pub(super) fn merge_key(order: &Order, warehouse: &str) -> Option<String> {
    match (&order.waybill, &order.merge_key) {
        (Some(waybill), _) if is_number(&waybill.number) => Some(number_key(waybill)),
        (None, Some(key)) if order.all_doubts().is_empty() => {
            Some(format!("{}:{}:{warehouse}:{key}", order.channel, order.shop))
        }
        _ => None,
    }
}
