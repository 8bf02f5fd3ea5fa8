//! Returns over HTTP: the office and integrators read them and settle what doesn't fit; stations send photos.

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::json;

use crate::hub::api::{Site, blocking, only_with_key};
use crate::hub::{HubError, Refusal};

pub(in crate::hub) fn router(site: &Site) -> Router<Site> {
    let keyed = Router::new()
        .route("/v1/returns/{return_no}/settle", post(settle))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key));
    let stations = Router::new()
        .route("/v1/returns/{return_no}/photos/{hash}", put(keep))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_stations));
    Router::new()
        .route("/v1/returns", get(list))
        .route("/v1/returns/{return_no}", get(one))
        .route("/v1/returns/{return_no}/photos/{hash}", get(photo))
        .merge(keyed)
        .merge(stations)
}

async fn only_stations(State(site): State<Site>, request: Request, next: Next) -> Response {
    let key = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = key.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().trim().to_owned();
    let hub = site.hub.clone();
    match blocking(move || hub.station_of(&key)).await {
        Ok(Some(_)) => next.run(request).await,
        Ok(None) => {
            let detail = "the key is no station's: join again with a code from `milepost hub invite`";
            HubError::from(Refusal::new(401, "Unknown key", detail)).into_response()
        }
        Err(error) => error.into_response(),
    }
}

async fn list(State(site): State<Site>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(json!({ "returns": blocking(move || hub.returns(now_us)).await? })).into_response())
}

async fn one(State(site): State<Site>, Path(return_no): Path<String>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(blocking(move || hub.returned(&return_no, now_us)).await?).into_response())
}

async fn settle(State(site): State<Site>, Path(return_no): Path<String>) -> Result<StatusCode, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    blocking(move || hub.settle_return(&return_no, now_us)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn keep(
    State(site): State<Site>,
    Path((return_no, hash)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    blocking(move || hub.keep_photo(&return_no, &hash, &body, now_us)).await?;
    Ok(Json(json!({ "kept": true })).into_response())
}

/// Somebody's parcel may be in it: no cache keeps it.
async fn photo(
    State(site): State<Site>,
    Path((return_no, hash)): Path<(String, String)>,
) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    let (media_type, bytes) = blocking(move || hub.photo(&return_no, &hash)).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok((headers, bytes).into_response())
}
