//! How a screen is paired: a command or a lead's page on this machine opens a link for a place, somebody opens it on the
//! screen and says so, and from then on the screen is the place's.

use std::collections::BTreeMap;
use std::time::Instant;

use askama::Template;
use axum::Json;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::api::{Site, refuse};
use super::daemon::Call;
use super::pages;
use super::paired::{LINK_LIFE, Link, Paired, Screens, digest, name};
use super::visitor::{Visitor, cookie};
use crate::domain::id::{OperatorId, PlaceName};
use crate::machine;
use crate::page::{self, Asked, Page};

/// What `milepost screen pair` is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub url: String,
    pub minutes: u64,
    /// SHA-256 of the authority that the screen is to trust first, where the hub signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

/// A paired screen, as `milepost screen list` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub screens: Vec<Paired>,
}

#[derive(Template)]
#[template(path = "station/pages/pair.html")]
struct PairPage {
    page: Page,
    place: String,
    code: String,
    plain: bool,
    authority: Option<String>,
}

/// Only a command on this machine knows this run's key.
pub async fn only_admin(State(site): State<Site>, request: Request, next: Next) -> Response {
    let bearer =
        request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match bearer.is_some_and(|key| digest(key) == site.admin) {
        true => next.run(request).await,
        false => refuse(
            401,
            "Admin key needed",
            "only a command on the station's own machine may ask this: run `milepost screen` there",
        ),
    }
}

/// `POST /v1/places/{place}/pair`
pub async fn open(State(site): State<Site>, Path(place): Path<String>) -> Response {
    let place = PlaceName(place);
    if !site.running.screens.contains_key(&place) {
        let known: Vec<&str> = site.running.screens.keys().map(PlaceName::as_str).collect();
        let detail = format!("no [[place]] of this station is called {place}: known are {}", known.join(", "));
        return refuse(404, "Unknown place", &detail);
    }
    let code = open_for(&site, place, None);
    let (url, minutes, authority) = (url(&site, &code), LINK_LIFE.as_secs() / 60, site.authority());
    Json(Opened { url, minutes, authority }).into_response()
}

/// The code of a new link.
pub(super) fn open_for(site: &Site, place: PlaceName, by: Option<OperatorId>) -> String {
    let code = uuid::Uuid::new_v4().simple().to_string();
    site.links().open(&code, place, by, Instant::now());
    code
}

pub(super) fn url(site: &Site, code: &str) -> String {
    format!("{}/pair/{code}", site.url)
}

/// `GET /v1/screens`
pub async fn list(State(site): State<Site>) -> Response {
    let screens: Screens = site.running.paired.borrow().as_ref().clone();
    let mut screens: Vec<Paired> = screens.into_values().collect();
    screens.sort_by(|a, b| (&a.place, a.since_us).cmp(&(&b.place, b.since_us)));
    Json(Listed { screens }).into_response()
}

/// `DELETE /v1/screens/{screen}`
pub async fn end(State(site): State<Site>, Path(screen): Path<String>) -> Response {
    match unpair(&site, &screen, None).await {
        Some(true) => Json(BTreeMap::from([("ended", screen)])).into_response(),
        Some(false) => {
            let detail = format!("no screen is called {screen}: `milepost screen list` names those that are paired");
            refuse(404, "Unknown screen", &detail)
        }
        None => not_saved(),
    }
}

/// Whether there was such a screen; `None` where it could not be saved.
pub(super) async fn unpair(site: &Site, screen: &str, by: Option<OperatorId>) -> Option<bool> {
    let (done, ended) = oneshot::channel();
    site.running.calls.send(Call::Unpair { screen: screen.to_owned(), by, done }).await.ok()?;
    ended.await.ok()
}

pub(super) fn not_saved() -> Response {
    refuse(503, "Not saved", "the station could not save it: ask again")
}

/// The link: asks before it pairs, for whoever previews a link opens it as well.
pub async fn ask(
    State(site): State<Site>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let page = site.page(&asked);
    match site.links().find(&code, Instant::now()) {
        Some(link) => {
            let (place, plain, authority) = (link.place.to_string(), visitor.is_plain(), site.authority());
            page::html(&PairPage { page, place, code, plain, authority })
        }
        None => (StatusCode::GONE, pages::link_is_over(page)).into_response(),
    }
}

pub async fn pair(
    State(site): State<Site>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let page = site.page(&asked);
    let Some(Link { place, by, .. }) = site.links().take(&code, Instant::now()) else {
        return (StatusCode::GONE, pages::link_is_over(page)).into_response();
    };
    let secret = uuid::Uuid::new_v4().simple().to_string();
    let screen = name(uuid::Uuid::new_v4().as_bytes()[..6].try_into().expect("six of sixteen"));
    let paired = Paired { screen, place: place.clone(), since_us: machine::wall_us() };
    let (done, saved) = oneshot::channel();
    let sent = site.running.calls.send(Call::Pair { hash: digest(&secret), paired, by, done }).await;
    if sent.is_err() || saved.await.is_err() {
        return not_saved();
    }
    let mut headers = HeaderMap::new();
    let cookie = cookie(&secret, visitor.door).parse().expect("letters and digits");
    headers.insert(header::SET_COOKIE, cookie);
    (headers, Redirect::to(&format!("{}{}", pages::of_place(&place), page.keep()))).into_response()
}
