//! The calls about waves: releasing one, taking back what a station was lent, and how far all of them are.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};

use super::HubError;
use super::api::{Site, blocking, document, only_with_key};
use super::loans::RecallRequest;
use super::waves::WaveRequest;
use crate::domain::id::WaveCode;

pub(super) fn router(site: &Site) -> Router<Site> {
    let keyed = Router::new()
        .route("/v1/waves", post(release))
        .route("/v1/waves/{wave}/recall", post(recall))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key));
    keyed.merge(Router::new().route("/v1/waves", get(waves)))
}

async fn release(State(site): State<Site>, body: Bytes) -> Result<Response, HubError> {
    let request: WaveRequest = document(&body)?;
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let released = blocking(move || hub.release_wave(&request, now_us)).await?;
    Ok(Json(released).into_response())
}

async fn recall(State(site): State<Site>, Path(wave): Path<String>, body: Bytes) -> Result<Response, HubError> {
    let request: RecallRequest = document(&body)?;
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(blocking(move || hub.recall(&WaveCode(wave), &request, now_us)).await?).into_response())
}

async fn waves(State(site): State<Site>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(blocking(move || hub.waves(now_us)).await?).into_response())
}
