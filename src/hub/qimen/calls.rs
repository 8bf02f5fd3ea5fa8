//! What the office and integrators ask of the ERP's side: which returns are expected, and that a refused message is told again.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::hub::api::{Site, blocking, document, only_with_key};
use crate::hub::{HubError, Refusal};

pub(in crate::hub) fn router(site: &Site) -> Router<Site> {
    let keyed = Router::new()
        .route("/v1/qimen/again", post(again))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key));
    Router::new().route("/v1/returns/expected", get(expected)).merge(keyed)
}

async fn expected(State(site): State<Site>) -> Result<Json<Value>, HubError> {
    let returns = blocking(move || site.hub.expected_returns()).await?;
    Ok(Json(json!({ "returns": returns })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    order_no: String,
}

async fn again(State(site): State<Site>, body: Bytes) -> Result<StatusCode, HubError> {
    let Again { order_no } = document(&body)?;
    let now_us = (site.now_us)();
    let asked = order_no.clone();
    match blocking(move || site.hub.tell_again(&order_no, now_us)).await? {
        0 => {
            let detail = format!("the ERP refused nothing of order {asked}: name the order as GET /v1/exceptions does");
            Err(Refusal::new(404, "Nothing refused", detail).into())
        }
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
