//! What follows at the hub from an entry's fact, and which facts the other stations of the warehouse hear of.

use rusqlite::{Transaction, params};

use super::exceptions::{self, Exception};
use super::{HubError, down, json, left_cancelled, left_orders, reconcile, shares, short_picks};
use crate::domain::entry::Entry;
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;
use crate::wire::RemoteFact;

/// Makes an entry's fact known to the other stations of the warehouse, and its number known to scans.
pub(super) fn publish(
    transaction: &Transaction<'_>,
    station: &StationCode,
    warehouse: &str,
    entry: &Entry,
) -> Result<(), HubError> {
    let (Some(parcel_id), Some(fact)) = (&entry.parcel_id, entry.fact()) else { return Ok(()) };
    let numbers = match &fact {
        Fact::WaybillIssued { number, .. } => std::slice::from_ref(number),
        Fact::PiecesNumbered { children, .. } => children.as_slice(),
        _ => &[],
    };
    for number in numbers {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO numbers (number, parcel_id) VALUES (?1, ?2)")?
            .execute(params![number, parcel_id.as_str()])?;
        one_number_one_parcel(transaction, number, entry.stamp.best_us())?;
        exceptions::mended(transaction, number, "number_at_two_stations")?;
    }
    reconcile::look_at(transaction, parcel_id, &fact, entry.stamp.best_us())?;
    short_picks::told(transaction, parcel_id, &fact, entry.stamp.best_us())?;
    left_orders::told(transaction, parcel_id, &fact, entry.stamp.best_us())?;
    shares::told(transaction, parcel_id, &fact, entry.stamp.best_us())?;
    left_cancelled::told(transaction, entry, &fact)?;
    if !concerns_others(&fact) {
        return Ok(());
    }
    transaction
        .prepare_cached("UPDATE parcels SET touched = 1 WHERE parcel_id = ?1 AND touched = 0")?
        .execute([parcel_id.as_str()])?;
    let body = json(&RemoteFact {
        station: station.to_string(),
        parcel_id: parcel_id.to_string(),
        kind: entry.kind.clone(),
        body: serde_json::from_str(&entry.body).unwrap_or_default(),
        at_us: Some(entry.stamp.best_us()),
    });
    down::put(transaction, warehouse, station.as_str(), "fact", &entry.event_id.to_string(), 0, &body)
}

/// One waybill on two parcels is what must never be: said at once if a carrier or a person made it so.
fn one_number_one_parcel(transaction: &Transaction<'_>, number: &str, now_us: i64) -> Result<(), HubError> {
    let parcels: i64 =
        transaction.query_row("SELECT count(*) FROM numbers WHERE number = ?1", [number], |row| row.get(0))?;
    match parcels > 1 {
        true => exceptions::note(transaction, number, &Exception::NumberTwice, now_us),
        false => Ok(()),
    }
}

/// What another bench must know to treat the parcel right.
fn concerns_others(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ParcelOpened { .. }
            | Fact::CheckCompleted { .. }
            | Fact::PieceWeighed { .. }
            | Fact::ParcelWeighed { .. }
            | Fact::MaterialUsed { .. }
            | Fact::MaterialTakenBack { .. }
            | Fact::ToteLent { .. }
            | Fact::ToteFreed { .. }
            | Fact::ItemSorted { .. }
            | Fact::ItemUnsorted { .. }
            | Fact::ItemPicked { .. }
            | Fact::ItemUnpicked { .. }
            | Fact::PickShort { .. }
            | Fact::ParcelPicked { .. }
            | Fact::MissingGoodsCame { .. }
            | Fact::GoodsPutBack { .. }
            | Fact::ParcelSetAside { .. }
            | Fact::ParcelPacked { .. }
            | Fact::ParcelReopened { .. }
            | Fact::RevisionAccepted { .. }
            | Fact::ParcelShipped { .. }
            | Fact::ParcelBagged { .. }
            | Fact::ParcelUnbagged { .. }
            | Fact::ParcelRelabelled { .. }
            | Fact::PieceLoaded { .. }
            | Fact::PiecesUnloaded { .. }
            | Fact::WaybillIssued { .. }
            | Fact::PiecesNumbered { .. }
            | Fact::WaybillVoided { .. }
            | Fact::WaybillRejected { .. }
            | Fact::RerouteRequested { .. }
            | Fact::RerouteRefused { .. }
            | Fact::WaybillRerouted { .. }
            | Fact::WaybillRegistered { .. }
            | Fact::WaybillConflicted { .. }
            | Fact::WaybillCancelled { .. }
            | Fact::LabelQueued { .. }
            | Fact::LabelSettled { .. }
            | Fact::LabelSeen { .. }
            | Fact::LabelDiscarded { .. }
    )
}
