//! The journal's documents, as the heart asks for them; and what comes down from the hub, as rows.

use crate::bench::{Session, Work};
use crate::carrier::learned::District;
use crate::domain::alias;
use crate::domain::cutoff::CutoffRecord;
use crate::domain::id::{OperatorId, OrderNo, ParcelId, Sku};
use crate::domain::order::Item;
use crate::domain::parcel::{Operator, OrderRecord, Parcel};
use crate::domain::returned::ReturnRecord;
use crate::domain::taught::Taught;
use crate::journal::upsert::Document;
use crate::journal::{Reader, Upsert};
use crate::wire::{DownDocument, unusable};

use super::load::Documents;
use super::pools::Pools;
use super::rows;

/// A row that can't be read is as good as absent for the bench; it says so once in the log.
fn parsed<T: serde::de::DeserializeOwned>(kind: &str, key: &str, found: rusqlite::Result<Option<String>>) -> Option<T> {
    let text = found.inspect_err(|error| tracing::error!(kind, key, %error, "the journal can't be read")).ok()??;
    serde_json::from_str(&text)
        .inspect_err(|error| tracing::error!(kind, key, error = unusable(error), "a document can't be understood"))
        .ok()
}

/// Somebody who is badged in; documents are kept by badge, and there are as many as people.
fn person(reader: &Reader, id: &OperatorId) -> Option<Operator> {
    let known = reader.documents("operator").ok()?;
    let mut people = known.iter().filter_map(|(_, body)| serde_json::from_str::<Operator>(body).ok());
    people.find(|operator| operator.operator_id == *id)
}

pub fn operator_name(reader: &Reader, id: &OperatorId) -> Option<String> {
    person(reader, id).map(|operator| operator.name)
}

/// Whose badge is a lead's as of now: the hub may have revoked it since it was shown.
pub fn is_lead(reader: &Reader, id: &OperatorId) -> bool {
    person(reader, id).is_some_and(|operator| operator.lead && !operator.revoked)
}

impl Documents for Reader {
    fn order(&self, order_no: &OrderNo) -> Option<OrderRecord> {
        parsed("order", order_no.as_str(), self.document("order", order_no.as_str()))
    }

    fn parcel(&self, parcel_id: &ParcelId) -> Option<Parcel> {
        parsed("parcel", parcel_id.as_str(), self.document("parcel", parcel_id.as_str()))
    }

    fn item(&self, sku: &Sku) -> Option<Item> {
        parsed("item", sku.as_str(), self.document("item", sku.as_str()))
    }

    fn taught(&self, code: &str) -> Option<Taught> {
        parsed("taught", code, self.document("taught", code))
    }

    fn operator(&self, badge: &str) -> Option<Operator> {
        parsed("operator", "a badge", self.document("operator", badge))
    }

    fn matches(&self, code: &str) -> Vec<(String, String, u32)> {
        let found = Reader::matches(self, code).unwrap_or_else(|error| {
            tracing::error!(%error, "the journal can't be read");
            Vec::new()
        });
        found.into_iter().map(|found| (found.kind, found.key, found.quantity)).collect()
    }

    fn parcel_of(&self, number: &str) -> Option<ParcelId> {
        let found = self.waybill(number).inspect_err(|error| tracing::error!(%error, "the journal can't be read"));
        found.ok().flatten().map(ParcelId)
    }

    fn work(&self, parcel_id: &ParcelId) -> Option<Work> {
        parsed("work", parcel_id.as_str(), Reader::parcel(self, parcel_id.as_str()))
    }

    fn return_record(&self, return_no: &str) -> Option<ReturnRecord> {
        parsed("return", return_no, self.document("return", return_no))
    }
}

/// What a start takes up.
pub struct OpenWork {
    pub sessions: Vec<Session>,
    pub works: Vec<(ParcelId, Work)>,
}

pub fn open_work(reader: &Reader) -> rusqlite::Result<OpenWork> {
    let sessions = reader.places()?.into_iter().filter_map(|(place, body)| parsed("place", &place, Ok(Some(body))));
    let works = reader.open_parcels()?.into_iter();
    let works =
        works.filter_map(|(parcel, body)| Some((ParcelId(parcel.clone()), parsed("work", &parcel, Ok(Some(body)))?)));
    Ok(OpenWork { sessions: sessions.collect(), works: works.collect() })
}

/// The site's tables with the numbers that are free and the routes that were learned. A row that can't be read is as good
/// as none: pools fill again, and routes are learned again.
pub fn stocked(reader: &Reader, tables: &Pools) -> Pools {
    let mut pools = tables.clone();
    for account in tables.accounts() {
        if let Some(pool) = parsed("pool", &account.to_string(), reader.meta(&rows::pool_key(account))) {
            pools.restore(account.clone(), pool);
        }
        if let Ok(Some(block)) = reader.meta(&rows::pool_block_key(account)) {
            pools.keep_block(account.clone(), block);
        }
        if pools.learns(account) {
            for (district, codes) in reader.metas(&rows::learned_prefix(account)).unwrap_or_default() {
                let codes = parsed("learned routes", &account.to_string(), Ok(Some(codes)));
                if let (Some(district), Some(codes)) = (District::from_key(&district), codes) {
                    pools.restore_codes(account.clone(), district, codes);
                }
            }
        }
    }
    pools
}

/// A document from the hub as a row, with the codes it is found by; `None` when it isn't of the shape its kind says.
pub fn row(document: &DownDocument) -> Option<Upsert> {
    let body = document.body.get();
    let aliases = match document.kind.as_str() {
        "item" => alias::of_item(&serde_json::from_str(body).ok()?),
        "parcel" => alias::of_parcel(&serde_json::from_str(body).ok()?),
        "order" => serde_json::from_str::<OrderRecord>(body).ok().map(|_| Vec::new())?,
        "taught" => alias::of_taught(&serde_json::from_str(body).ok()?),
        "operator" => serde_json::from_str::<Operator>(body).ok().map(|_| Vec::new())?,
        "return" => alias::of_return(&serde_json::from_str(body).ok()?),
        "cutoff" => serde_json::from_str::<CutoffRecord>(body).ok().map(|_| Vec::new())?,
        // A later hub may send what this version has no use for; it is kept for the version that has.
        _ => Vec::new(),
    };
    Some(Upsert::Document(Document {
        kind: document.kind.clone(),
        key: document.key.clone(),
        version: document.version,
        body: body.to_owned(),
        aliases,
    }))
}
