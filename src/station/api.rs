//! The station over HTTP, for this machine and for its paired screens: each place's state as JSON and as a live stream, the
//! labels to be replaced, and the scans that screens send.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use futures_core::Stream;
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::certificate::Held;
use super::daemon::Running;
use super::paired::Links;
use super::screen::Screen;
use super::visitor::{self, Door};
use super::{pairing, photos, sending};
use crate::domain::id::PlaceName;
use crate::page::Hosts;
use crate::problem;
use crate::wire::Problem;
use crate::wire::certificate::fingerprint;

/// No body that anybody sends is larger.
const BODY_LIMIT: usize = 16 * 1024;
/// But a photo; one that is a little too large is told so.
const PHOTO_LIMIT: usize = 2 * crate::domain::photo::MOST_BYTES;

#[derive(Clone)]
pub struct Site {
    pub running: Running,
    pub hosts: Hosts,
    pub door: Door,
    /// What links for new screens begin with.
    pub url: String,
    /// Hash of the key that commands on this machine hold.
    pub admin: String,
    pub links: Arc<Mutex<Links>>,
    /// The certificate of the door for screens, where the hub signs it.
    pub held: watch::Receiver<Held>,
    /// What this machine's own pages send with a change, so that no other page makes its browser change anything.
    pub token: String,
}

impl Site {
    pub(super) fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fingerprint of the authority that signs for the door for screens.
    pub(super) fn authority(&self) -> Option<String> {
        self.held.borrow().authority.as_ref().map(|der| fingerprint(der))
    }
}

pub fn router(site: Site) -> Router {
    let places = Router::new()
        .route("/v1/places/{place}", get(place))
        .route("/v1/places/{place}/events", get(events))
        .route("/v1/places/{place}/scans", post(sending::scan))
        .route("/v1/places/{place}/photos", post(photos::take).layer(DefaultBodyLimit::max(PHOTO_LIMIT)))
        .merge(super::pages::of_places())
        .route_layer(middleware::from_fn(visitor::own_place_only));
    let admins = Router::new()
        .route("/v1/places/{place}/pair", post(pairing::open))
        .route("/v1/screens", get(pairing::list))
        .route("/v1/screens/{screen}", delete(pairing::end))
        .route_layer(middleware::from_fn_with_state(site.clone(), pairing::only_admin));
    let calls = Router::new()
        .route("/v1/status", get(status))
        .route("/v1/relabel", get(relabel))
        .route("/pair/{code}", get(pairing::ask).post(pairing::pair))
        .merge(places)
        .merge(admins)
        .merge(super::pages::router())
        .merge(match site.door {
            Door::Own => super::pages::of_this_machine(),
            Door::Screens { .. } => Router::new(),
        })
        .layer(middleware::from_fn_with_state(site.clone(), visitor::known_only))
        .with_state(site.clone());
    problem::told_by(calls)
        .layer(middleware::from_fn_with_state(site, only_our_hosts))
        .layer(middleware::map_response(crate::page::guard))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn only_our_hosts(State(site): State<Site>, request: Request, next: Next) -> Response {
    match site.hosts.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(stranger) => refuse(403, "Not ours to answer", &stranger.to_string()),
    }
}

pub(super) fn refuse(status: u16, title: &str, detail: &str) -> Response {
    problem::answer(&Problem::new(status, title, detail))
}

async fn status(State(site): State<Site>) -> Response {
    let running = &site.running;
    let places: BTreeMap<String, Screen> =
        running.screens.iter().map(|(name, screen)| (name.to_string(), screen.borrow().clone())).collect();
    Json(serde_json::json!({
        "station": running.config.code,
        "epoch": running.epoch,
        "version": env!("CARGO_PKG_VERSION"),
        "hub": *running.sync.borrow(),
        "places": places,
    }))
    .into_response()
}

async fn relabel(State(site): State<Site>) -> Response {
    let queue = site.running.relabel.borrow().clone();
    Json(queue).into_response()
}

async fn place(State(site): State<Site>, Path(place): Path<String>) -> Response {
    match site.running.screens.get(&PlaceName(place)) {
        Some(screen) => Json(screen.borrow().clone()).into_response(),
        None => refuse(404, "Unknown place", "no [[place]] of this station has that name"),
    }
}

async fn events(State(site): State<Site>, Path(place): Path<String>) -> Response {
    match site.running.screens.get(&PlaceName(place)) {
        Some(screen) => {
            let keep = KeepAlive::new().interval(Duration::from_secs(15));
            Sse::new(stream(screen.clone())).keep_alive(keep).into_response()
        }
        None => refuse(404, "Unknown place", "no [[place]] of this station has that name"),
    }
}

fn stream(screen: watch::Receiver<Screen>) -> impl Stream<Item = Result<Event, Infallible>> {
    WatchStream::new(screen).map(|screen| {
        let data = serde_json::to_string(&screen).expect("a screen is plain data");
        Ok(Event::default().event("screen").id(screen.version.to_string()).data(data))
    })
}
