//! What leads taught at benches: codes on goods beside the barcodes that the items' owner gives. A code means one thing: the
//! first teaching wins over later ones, and the owner's items over all. The office checks each, and can take it back.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router, middleware};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::api::{Site, blocking, only_with_key};
use super::exceptions::{self, Exception, LeadActed};
use super::{Hub, HubError, Refusal, down, json, parsed};
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;
use crate::domain::order::Item;
use crate::domain::taught::{Taught, Unteachable, teachable};

impl Hub {
    /// All that is taught, by code.
    pub fn taught(&self) -> Result<Vec<Taught>, HubError> {
        self.read(|connection| {
            let mut all = connection.prepare("SELECT code, body FROM taught ORDER BY code")?;
            let rows: Vec<(String, String)> =
                all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            rows.iter().map(|(code, body)| parsed("taught code", code, body)).collect()
        })
    }

    /// A code was taught wrongly: from now on it means nothing, at any station.
    pub fn unteach(&self, code: &str) -> Result<(), HubError> {
        self.write(|transaction| unteach(transaction, code))
    }
}

pub(super) fn unteach(transaction: &Transaction<'_>, code: &str) -> Result<(), HubError> {
    let Some(taught) = stored(transaction, code)? else {
        let detail = format!("no code {code} is taught: GET /v1/taught lists those that are");
        return Err(Refusal::new(404, "Unknown code", detail).into());
    };
    remove(transaction, taught)
}

/// What an entry teaches, if the code can mean that.
pub(super) fn told(
    transaction: &Transaction<'_>,
    station: &StationCode,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    let Some(taught) = Taught::by(fact, station) else { return Ok(()) };
    let (lead, sku) = (taught.lead.clone(), taught.sku.clone());
    let known = stored(transaction, &taught.code)?;
    match (known, refusal(transaction, &taught)?) {
        (Some(known), _) if known.sku == taught.sku => Ok(()),
        (None, None) => {
            put(transaction, &taught)?;
            let acted = LeadActed::BarcodeTaught { lead, sku, station: station.clone() };
            exceptions::note(transaction, &taught.code, &Exception::LeadActed { acted }, now_us)
        }
        (known, because) => {
            let because = because.unwrap_or(Unteachable::OtherGoods);
            let acted = LeadActed::BarcodeRefused { lead, sku, station: station.clone(), because };
            exceptions::note(transaction, &taught.code, &Exception::LeadActed { acted }, now_us)?;
            // The station that taught it hears what holds.
            send(transaction, &known.unwrap_or(Taught { removed: true, ..taught }))
        }
    }
}

/// An item came with barcodes of its owner's: what was taught of them is settled.
pub(super) fn owned(transaction: &Transaction<'_>, item: &Item, now_us: i64) -> Result<(), HubError> {
    for barcode in &item.barcodes {
        let Some(taught) = stored(transaction, &barcode.code)? else { continue };
        let (lead, sku, station) = (taught.lead.clone(), taught.sku.clone(), taught.station.clone());
        remove(transaction, taught)?;
        if sku != item.sku {
            let acted = LeadActed::BarcodeRefused { lead, sku, station, because: Unteachable::OtherGoods };
            exceptions::note(transaction, &barcode.code, &Exception::LeadActed { acted }, now_us)?;
        }
    }
    Ok(())
}

/// What stands against it here, where more is known than at a bench.
fn refusal(connection: &Connection, taught: &Taught) -> Result<Option<Unteachable>, HubError> {
    if let Err(because) = teachable(&taught.code) {
        return Ok(Some(because));
    }
    let mut names = connection.prepare_cached(
        "SELECT kind, key FROM aliases WHERE alias = ?1 UNION SELECT 'waybill', parcel_id FROM numbers WHERE number = ?1",
    )?;
    let named: Vec<(String, String)> =
        names.query_map([&taught.code], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(named.into_iter().find_map(|(kind, key)| match kind.as_str() {
        "item" => (key != taught.sku.as_str()).then_some(Unteachable::OtherGoods),
        "parcel" => Some(Unteachable::Order),
        _ => Some(Unteachable::Waybill),
    }))
}

fn stored(connection: &Connection, code: &str) -> Result<Option<Taught>, HubError> {
    let mut found = connection.prepare_cached("SELECT body FROM taught WHERE code = ?1")?;
    let body: Option<String> = found.query_row([code], |row| row.get(0)).optional()?;
    body.map(|body| parsed("taught code", code, &body)).transpose()
}

fn put(transaction: &Transaction<'_>, taught: &Taught) -> Result<(), HubError> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO taught (code, body) VALUES (?1, ?2)")?
        .execute(params![taught.code, json(taught)])?;
    send(transaction, taught)
}

fn remove(transaction: &Transaction<'_>, taught: Taught) -> Result<(), HubError> {
    transaction.prepare_cached("DELETE FROM taught WHERE code = ?1")?.execute([&taught.code])?;
    exceptions::mended(transaction, &taught.code, "barcode_taught")?;
    send(transaction, &Taught { removed: true, ..taught })
}

/// To every station, also the one that taught it: goods are the same everywhere.
fn send(transaction: &Transaction<'_>, taught: &Taught) -> Result<(), HubError> {
    down::put(transaction, "", "", "taught", &taught.code, 0, &json(taught))
}

pub(super) fn router(site: &Site) -> Router<Site> {
    let keyed = Router::new()
        .route("/v1/taught/{code}", delete(unteach_call))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key));
    keyed.merge(Router::new().route("/v1/taught", get(list)))
}

async fn list(State(site): State<Site>) -> Result<Response, HubError> {
    Ok(Json(serde_json::json!({ "taught": blocking(move || site.hub.taught()).await? })).into_response())
}

async fn unteach_call(State(site): State<Site>, Path(code): Path<String>, _: Bytes) -> Result<StatusCode, HubError> {
    blocking(move || site.hub.unteach(&code)).await?;
    Ok(StatusCode::NO_CONTENT)
}
