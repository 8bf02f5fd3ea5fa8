//! Parcels that lack what wasn't in its bin, as the lead reads them. A function of all that the stations told of the parcel:
//! it ends when the goods were picked, or came, or the parcel is packed without that question.

use rusqlite::{Transaction, params};

use super::exceptions::{self, Exception};
use super::{HubError, reconcile};
use crate::domain::fact::Fact;
use crate::domain::id::{ParcelId, Sku};

pub(super) const KIND: &str = "short_pick";

/// Of one bin, or of none that anybody knows.
struct Missing {
    bin: Option<String>,
    sku: Sku,
    quantity: u32,
}

pub(super) fn look_at(
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
    let missing = missing(transaction, parcel_id)?;
    match missing.is_empty() || reconcile::is_cancelled(transaction, parcel_id.as_str())? {
        true => exceptions::mended(transaction, parcel_id.as_str(), KIND),
        false => {
            let goods = missing.into_iter().map(|Missing { sku, quantity, .. }| (sku, quantity)).collect();
            exceptions::note(transaction, parcel_id.as_str(), &Exception::ShortPick { goods }, now_us)
        }
    }
}

fn missing(transaction: &Transaction<'_>, parcel_id: &ParcelId) -> Result<Vec<Missing>, HubError> {
    let mut told = transaction.prepare_cached(
        "SELECT kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
         ORDER BY occurred_us, station, epoch, seq",
    )?;
    let rows = told.query_map(params![parcel_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut missing = Vec::new();
    for row in rows {
        let (kind, body): (String, String) = row?;
        if let Some(fact) = Fact::from_parts(&kind, &body) {
            add(&mut missing, &fact);
        }
    }
    Ok(missing)
}

fn add(missing: &mut Vec<Missing>, fact: &Fact) {
    match fact {
        Fact::PickShort { sku, quantity, bin, .. } => {
            missing.retain(|other| other.bin != *bin || other.sku != *sku);
            missing.push(Missing { bin: bin.clone(), sku: sku.clone(), quantity: *quantity });
        }
        Fact::ItemPicked { sku, quantity, .. } => {
            let mut came = *quantity;
            for other in missing.iter_mut().rev().filter(|other| other.sku == *sku) {
                let taken = other.quantity.min(came);
                other.quantity -= taken;
                came -= taken;
            }
            missing.retain(|other| other.quantity > 0);
        }
        Fact::MissingGoodsCame { .. }
        | Fact::ParcelPicked { .. }
        | Fact::ParcelPacked { .. }
        | Fact::ParcelShipped { .. } => missing.clear(),
        _ => {}
    }
}
