//! The calls about routing rules: what is in force, what others would have chosen, and putting others in force. Whoever
//! changes them is known by the name of their key.

use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::HubError;
use super::api::{Caller, Site, blocking, document, only_with_key};
use super::preview::PreviewRequest;
use super::published::{PublishRequest, RevertRequest};

pub(super) fn router(site: &Site) -> Router<Site> {
    Router::new()
        .route("/v1/routing", get(in_force).put(publish))
        .route("/v1/routing/preview", post(preview))
        .route("/v1/routing/revert", post(revert))
        // Freight tables are what somebody agreed on with a carrier: not for everybody in the house.
        .route("/v1/routing/versions/{version}", get(version))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key))
}

async fn in_force(State(site): State<Site>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    Ok(Json(blocking(move || hub.routing()).await?).into_response())
}

async fn version(State(site): State<Site>, Path(version): Path<u64>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    Ok(Json(blocking(move || hub.published(version)).await?).into_response())
}

async fn preview(
    State(site): State<Site>,
    Extension(Caller(by)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let preview = blocking(move || hub.preview_routing(&document::<PreviewRequest>(&body)?, &by, now_us)).await?;
    Ok(Json(preview).into_response())
}

async fn publish(
    State(site): State<Site>,
    Extension(Caller(by)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let routing = blocking(move || hub.publish_routing(&document::<PublishRequest>(&body)?, &by, now_us)).await?;
    Ok(Json(routing).into_response())
}

async fn revert(
    State(site): State<Site>,
    Extension(Caller(by)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let RevertRequest { version } = document(&body)?;
    let routing = blocking(move || hub.revert_routing(version, &by, now_us)).await?;
    Ok(Json(routing).into_response())
}
