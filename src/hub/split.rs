//! A parcel that its packer parts: what was counted stays under its number, and what is left becomes another parcel of the same
//! orders, with an id of its own. A function of the question's number: asked again, nothing happens and the answer is the same.

use rusqlite::{Connection, Transaction, params};

use super::ask::stored;
use super::{Hub, HubError, accept, routing, timeline};
use crate::domain::id::{ParcelId, StationCode};
use crate::domain::order::{ItemCheck, Order};
use crate::domain::parcel::{Parcel, Standing, own_needs, standing};
use crate::domain::share::Goods;
use crate::wire::AskAnswer;

impl Hub {
    pub(super) fn split(
        &self,
        station: &StationCode,
        parcel_id: &ParcelId,
        number: u32,
        counted: &Goods,
        now_us: i64,
    ) -> Result<AskAnswer, HubError> {
        self.write(|transaction| {
            let mut parcel = accept::parcel(transaction, parcel_id.as_str())?;
            let share = parcel.share.clone().unwrap_or_default();
            let (asked, before) = (number as usize, share.into.len());
            if (1..=before).contains(&asked) {
                return answer(transaction, &parcel, &share.into[asked - 1]);
            }
            let stays = match asked == before + 1 {
                true => stays(transaction, &parcel, counted)?,
                false => Some("it was not parted so often"),
            };
            if let Some(why) = stays {
                return Ok(AskAnswer { refused: Some(why.to_owned()), ..AskAnswer::default() });
            }
            let rest_id = free_id(transaction, parcel_id)?;
            let (kept, taken) = share.part(counted, &rest_id);
            let rest = Parcel {
                parcel_id: rest_id,
                waybill_id: self.mint(transaction, parcel.carrier, now_us)?,
                former: Vec::new(),
                // A number that came along is for one box.
                supplied: None,
                replaced: Vec::new(),
                wave: None,
                lent: None,
                issuer: parcel.issuer.clone().or_else(|| Some(station.clone())),
                share: Some(taken),
                ..parcel.clone()
            };
            parcel.share = Some(kept);
            put(transaction, &parcel, &rest)?;
            answer(transaction, &parcel, &rest.parcel_id)
        })
    }
}

fn answer(transaction: &Transaction<'_>, parcel: &Parcel, rest: &ParcelId) -> Result<AskAnswer, HubError> {
    let mut documents = stored(transaction, "parcel", parcel.parcel_id.as_str())?;
    documents.extend(stored(transaction, "parcel", rest.as_str())?);
    Ok(AskAnswer { documents, ..AskAnswer::default() })
}

/// Both as they are from now on. No order joins either, and neither changes its carrier by itself.
fn put(transaction: &Transaction<'_>, parcel: &Parcel, rest: &Parcel) -> Result<(), HubError> {
    let (kept, taken) = (parcel.parcel_id.as_str(), rest.parcel_id.as_str());
    accept::put_parcel(transaction, parcel, None)?;
    accept::put_parcel(transaction, rest, None)?;
    transaction.execute("UPDATE parcels SET touched = 1 WHERE parcel_id IN (?1, ?2)", params![kept, taken])?;
    transaction.execute(
        "UPDATE parcels SET choice = (SELECT choice FROM parcels WHERE parcel_id = ?1) WHERE parcel_id = ?2",
        params![kept, taken],
    )?;
    parcel.orders.iter().try_for_each(|order_no| timeline::refresh(transaction, order_no.as_str()))
}

/// Why the parcel stays whole.
fn stays(connection: &Connection, parcel: &Parcel, counted: &Goods) -> Result<Option<&'static str>, HubError> {
    let orders = accept::records_of(connection, parcel)?;
    let documents: Vec<Order> = orders.iter().map(|record| record.order.clone()).collect();
    let needs = own_needs(parcel, &orders, &routing::items(connection, &documents)?);
    let total: u32 = counted.values().sum();
    let is_needed = |(sku, quantity): (&_, &u32)| {
        needs.iter().any(|need| need.sku == *sku && *quantity <= need.quantity && *quantity > 0)
    };
    let to_scan: u32 = needs.iter().filter(|need| need.check != ItemCheck::NoScan).map(|need| need.quantity).sum();
    Ok(if is_packed(connection, &parcel.parcel_id)? {
        Some("it is packed")
    } else if standing(&orders) != Standing::Open {
        Some("it is held or cancelled")
    } else if orders.iter().any(|record| record.order.receiver.is_none()) {
        Some("only a platform knows its receiver, and gives one number")
    } else if counted.is_empty() || !counted.iter().all(is_needed) {
        Some("what was counted is not what it needs: its orders have changed")
    } else if total >= to_scan {
        Some("nothing of it would be left")
    } else {
        None
    })
}

fn is_packed(connection: &Connection, parcel_id: &ParcelId) -> Result<bool, HubError> {
    let mut told = connection.prepare_cached(
        "SELECT 1 FROM entries WHERE parcel_id = ?1 AND kind IN ('parcel_packed', 'parcel_shipped') AND problem IS NULL",
    )?;
    Ok(told.exists([parcel_id.as_str()])?)
}

/// `tmall-1001-1` is followed by `tmall-1001-2`.
fn free_id(connection: &Connection, parcel_id: &ParcelId) -> Result<ParcelId, HubError> {
    let stem = parcel_id.as_str().rsplit_once('-').map_or(parcel_id.as_str(), |(stem, _)| stem);
    let mut known = connection.prepare_cached("SELECT 1 FROM parcels WHERE parcel_id = ?1")?;
    let mut number = 2;
    loop {
        let free = format!("{stem}-{number}");
        match known.exists([&free])? {
            true => number += 1,
            false => return Ok(ParcelId(free)),
        }
    }
}
