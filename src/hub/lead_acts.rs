//! What leads took upon themselves, for the office to look at: parcels they let pass, codes they taught. Each is an exception
//! until somebody says that it is seen to.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use rusqlite::Transaction;
use serde::Deserialize;

use super::api::{Site, blocking, document, only_with_key};
use super::exceptions::{self, CLOSABLE, Exception, LeadActed};
use super::{Hub, HubError, Refusal, taught};
use crate::domain::entry::Entry;
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;

/// What an entry tells of them.
pub(super) fn told(
    transaction: &Transaction<'_>,
    station: &StationCode,
    entry: &Entry,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    if let Fact::CheckForced { lead, reason, missing, .. } = fact {
        let (lead, reason, missing) = (lead.clone(), reason.clone(), missing.clone());
        let acted = LeadActed::CheckForced { lead, reason, missing, station: station.clone() };
        let orders: Vec<&str> = entry.orders.iter().map(|order_no| order_no.as_str()).collect();
        exceptions::note(transaction, &orders.join(" "), &Exception::LeadActed { acted }, now_us)?;
    }
    taught::told(transaction, station, fact, now_us)
}

impl Hub {
    /// Somebody saw to it.
    pub fn close_lead_act(&self, kind: &str, subject: &str) -> Result<(), HubError> {
        self.write(|transaction| closed(transaction, kind, subject))
    }
}

pub(super) fn closed(transaction: &Transaction<'_>, kind: &str, subject: &str) -> Result<(), HubError> {
    if !CLOSABLE.contains(&kind) || !exceptions::is_noted(transaction, subject, kind)? {
        let detail = format!(
            "no {kind} of {subject} waits for anybody: name kind ({}) and subject as GET /v1/exceptions does",
            CLOSABLE.join(", ")
        );
        return Err(Refusal::new(404, "Unknown exception", detail).into());
    }
    exceptions::mended(transaction, subject, kind)
}

pub(super) fn router(site: &Site) -> Router<Site> {
    Router::new()
        .route("/v1/exceptions/close", post(close))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key))
        .route("/v1/acts", get(acts))
}

async fn acts(State(site): State<Site>) -> Result<Response, HubError> {
    let acts = blocking(move || site.hub.page_acts()).await?;
    Ok(Json(serde_json::json!({ "acts": acts })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Close {
    kind: String,
    subject: String,
}

async fn close(State(site): State<Site>, body: Bytes) -> Result<StatusCode, HubError> {
    let Close { kind, subject } = document(&body)?;
    blocking(move || site.hub.close_lead_act(&kind, &subject)).await?;
    Ok(StatusCode::NO_CONTENT)
}
