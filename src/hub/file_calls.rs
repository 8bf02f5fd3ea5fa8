//! The call about order files: somebody saw to one.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::post;
use serde::Deserialize;

use super::HubError;
use super::api::{Site, blocking, document, only_with_key};

pub(super) fn router(site: &Site) -> Router<Site> {
    Router::new()
        .route("/v1/files/close", post(close))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Close {
    /// The subject of its exception.
    file: String,
}

async fn close(State(site): State<Site>, body: Bytes) -> Result<StatusCode, HubError> {
    let Close { file } = document(&body)?;
    blocking(move || site.hub.close_file(&file)).await?;
    Ok(StatusCode::NO_CONTENT)
}
