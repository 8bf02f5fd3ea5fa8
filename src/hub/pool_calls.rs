//! The calls about numbers for outages: what the hub holds, and bringing some in.

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::HubError;
use super::api::{Site, blocking, document, once, only_with_key};

pub(super) fn router(site: &Site) -> Router<Site> {
    let keyed = Router::new()
        .route("/v1/pools", post(import))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key));
    // Counts only: the numbers themselves are told to nobody but the station that may use them.
    keyed.merge(Router::new().route("/v1/pools", get(pools)))
}

async fn import(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    once(&site, &headers, body, move |body| hub.import_numbers(&document(body)?, now_us)).await
}

async fn pools(State(site): State<Site>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(serde_json::json!({ "pools": blocking(move || hub.pools(now_us)).await? })).into_response())
}
