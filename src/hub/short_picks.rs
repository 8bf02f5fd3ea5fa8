//! Parcels that lack what wasn't in its bin, as the lead reads them. A function of all that the stations told of the parcel and
//! of what its orders want: it ends when the goods were picked, or came, or nobody wants them any more, or the parcel is packed
//! without that question.

use rusqlite::{Connection, Transaction, params};

use super::exceptions::{self, Exception};
use super::{HubError, accept, reconcile, routing};
use crate::domain::fact::Fact;
use crate::domain::id::ParcelId;
use crate::domain::order::Order;
use crate::domain::parcel::{Parcel, own_needs};
use crate::domain::picks::{Picks, Pieces};

pub(super) const KIND: &str = "short_pick";

/// After an entry about the parcel.
pub(super) fn told(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    let concerns = matches!(
        fact,
        Fact::PickShort { .. }
            | Fact::ItemPicked { .. }
            | Fact::MissingGoodsCame { .. }
            | Fact::ParcelPicked { .. }
            | Fact::ParcelPacked { .. }
            | Fact::ParcelShipped { .. }
    );
    let is_open = || exceptions::is_noted(transaction, parcel_id.as_str(), KIND);
    // Most parcels lack nothing, and nothing is read for them.
    if !concerns || (!matches!(fact, Fact::PickShort { .. }) && !is_open()?) {
        return Ok(());
    }
    match accept::known_parcel(transaction, parcel_id)? {
        Some(parcel) => look_at(transaction, &parcel, now_us),
        None => Ok(()),
    }
}

pub(super) fn look_at(transaction: &Transaction<'_>, parcel: &Parcel, now_us: i64) -> Result<(), HubError> {
    let subject = parcel.parcel_id.as_str();
    let missing = missing(transaction, parcel)?;
    match missing.is_empty() || reconcile::is_cancelled(transaction, subject)? {
        true => exceptions::mended(transaction, subject, KIND),
        false => {
            let goods = missing.into_iter().map(|pieces| (pieces.sku, pieces.quantity)).collect();
            exceptions::note(transaction, subject, &Exception::ShortPick { goods }, now_us)
        }
    }
}

/// What wasn't there and is still wanted.
fn missing(connection: &Connection, parcel: &Parcel) -> Result<Vec<Pieces>, HubError> {
    let picks = told_of(connection, &parcel.parcel_id)?;
    if picks.short.is_empty() {
        return Ok(Vec::new());
    }
    let records = accept::records_of(connection, parcel)?;
    let orders: Vec<Order> = records.iter().map(|record| record.order.clone()).collect();
    let items = routing::items(connection, &orders)?;
    Ok(picks.missing(&own_needs(parcel, &records, &items)))
}

fn told_of(connection: &Connection, parcel_id: &ParcelId) -> Result<Picks, HubError> {
    let mut told = connection.prepare_cached(
        "SELECT kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
         ORDER BY occurred_us, station, epoch, seq",
    )?;
    let rows = told.query_map(params![parcel_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut picks = Picks::default();
    for row in rows {
        let (kind, body): (String, String) = row?;
        if let Some(fact) = Fact::from_parts(&kind, &body) {
            picks.remember(&fact);
        }
    }
    Ok(picks)
}
