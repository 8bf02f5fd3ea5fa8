//! Scans that a screen's browser read: taken once each, answered once durable.

use std::time::Duration;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::api::{Site, refuse};
use super::daemon::{Call, ScreenScan};
use super::visitor::Visitor;
use crate::domain::id::PlaceName;

/// The longest code that any scanner reads, and then some.
const TEXT_BYTES: usize = 4_096;
/// An id is a browser's random number in hex, or the like.
const ID_BYTES: usize = 64;
/// A commit takes milliseconds; a screen asks again after this.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    id: String,
    text: String,
}

/// `POST /v1/places/{place}/scans`
pub async fn scan(
    State(site): State<Site>,
    Path(place): Path<String>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Json(sent): Json<Sent>,
) -> Response {
    let place = PlaceName(place);
    let Some(screen) = visitor.screen.as_ref().filter(|screen| screen.place == place && visitor.means_it(&headers))
    else {
        return refuse(
            403,
            "Not this place's screen",
            "pair this screen with the place, and open the place's page again",
        );
    };
    let readable = !sent.text.is_empty() && sent.text.len() <= TEXT_BYTES;
    let named = !sent.id.is_empty() && sent.id.len() <= ID_BYTES && sent.id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !readable || !named {
        return refuse(
            422,
            "No scan",
            "a scan has an `id` of up to 64 letters and digits, and a `text` of up to 4096 bytes",
        );
    }
    let (reply, answered) = oneshot::channel();
    let scan = ScreenScan { screen: screen.screen.clone(), place, id: sent.id, text: sent.text };
    let gone = || refuse(503, "Not saved", "the station could not save the scan: send it again, with the same `id`");
    if site.running.calls.send(Call::Scan(scan, reply)).await.is_err() {
        return gone();
    }
    match tokio::time::timeout(PATIENCE, answered).await {
        Ok(Ok(answered)) => Json(answered).into_response(),
        _ => gone(),
    }
}
