//! What carriers push of parcels' ways, on a listener of its own: nothing else of the hub is behind it. A push is answered
//! as kept only once it is durable; whatever isn't kept gets the carrier's own "again". Nothing of one is ever logged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use super::Hub;
use super::accounts::Account;
use super::api::blocking;
use super::auth::digest;
use crate::carrier::tracking::{Push, PushError};

/// The largest known pushes hold ten scans of some hundred bytes.
const BODY_LIMIT: usize = 256 * 1024;
/// A body that comes slower than this is nobody's push.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everything that pushes come to.
pub struct Pushes {
    pub hub: Hub,
    pub accounts: Vec<Arc<Account>>,
    pub now_us: fn() -> i64,
    pub counts: Counts,
}

/// Since the start.
#[derive(Debug, Default)]
pub struct Counts {
    pub kept: AtomicU64,
    /// To an address that is none of ours.
    pub astray: AtomicU64,
    pub badly_signed: AtomicU64,
    pub unreadable: AtomicU64,
    /// Understood, and not stored.
    pub failed: AtomicU64,
}

pub fn router(pushes: Arc<Pushes>) -> Router {
    Router::new().route("/push/{carrier}/{secret}", post(push)).with_state(pushes)
}

async fn push(
    State(pushes): State<Arc<Pushes>>,
    Path((carrier, secret)): Path<(String, String)>,
    request: Request,
) -> Response {
    let mut accounts = pushes.accounts.iter().filter(|account| account.name.carrier.as_str() == carrier);
    let Some(account) = accounts.find(|account| is_address_of(account, &secret)) else {
        refused(&pushes.counts.astray, "?", "its address is none of ours");
        return StatusCode::NOT_FOUND.into_response();
    };
    let name = account.name.carrier.as_str();
    let (head, body) = request.into_parts();
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut push = Push { content_type, query: head.uri.query().unwrap_or_default(), body: b"" };
    let again = |status, push: &Push<'_>| answer(account, push, status, false);
    let body = match tokio::time::timeout(PATIENCE, to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            refused(&pushes.counts.unreadable, name, "its body is too large, or ended early");
            return again(StatusCode::PAYLOAD_TOO_LARGE, &push);
        }
        Err(_) => {
            refused(&pushes.counts.unreadable, name, "its body doesn't come");
            return again(StatusCode::REQUEST_TIMEOUT, &push);
        }
    };
    push.body = &body;
    let scans = match account.carrier.pushed(&push) {
        Ok(scans) => scans,
        Err(PushError::Signature) => {
            refused(&pushes.counts.badly_signed, name, "it isn't signed with this account's secret");
            return again(StatusCode::UNAUTHORIZED, &push);
        }
        // The reason may name a number or a time of the push.
        Err(PushError::Unreadable(_)) => {
            refused(&pushes.counts.unreadable, name, "it can't be read: compare its form with the carrier's file");
            return again(StatusCode::UNPROCESSABLE_ENTITY, &push);
        }
    };
    let (hub, code, now_us) = (pushes.hub.clone(), account.name.carrier, (pushes.now_us)());
    match blocking(move || hub.keep_scans(code, &scans, now_us)).await {
        Ok(_) => {
            pushes.counts.kept.fetch_add(1, Ordering::Relaxed);
            answer(account, &push, StatusCode::OK, true)
        }
        Err(error) => {
            pushes.counts.failed.fetch_add(1, Ordering::Relaxed);
            tracing::error!(carrier = name, %error, "a push could not be kept: the carrier is told to send it again");
            again(StatusCode::SERVICE_UNAVAILABLE, &push)
        }
    }
}

/// Digests are compared, so that the time it takes tells nothing of the secret.
fn is_address_of(account: &Account, secret: &str) -> bool {
    account.push_secret.as_ref().is_some_and(|known| digest(known.expose()) == digest(secret))
}

fn answer(account: &Account, push: &Push<'_>, status: StatusCode, kept: bool) -> Response {
    let answer = account.carrier.push_answer(push, kept);
    (status, [(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}

/// Counts, and says so ever more rarely: whoever knocks all day fills no log.
fn refused(count: &AtomicU64, carrier: &str, why: &'static str) {
    let so_far = count.fetch_add(1, Ordering::Relaxed) + 1;
    if so_far.is_power_of_two() {
        tracing::warn!(carrier, so_far, why, "a carrier's push was refused");
    }
}
