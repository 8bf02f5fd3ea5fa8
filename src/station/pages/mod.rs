//! The station's pages: the list of its places, each place's bench screen, the labels to be replaced, all sounds, the codes
//! to print, and the screens that are paired. They show and never change anything, but for a paired screen's own place,
//! where its scans are sent, and the screens, which a lead pairs and ends. The screen is drawn here alone; its page gets it
//! drawn anew whenever it changes.

mod codes;
mod relabel;
mod screens;
mod sheets;
mod sounds;
mod view;

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_core::Stream;
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::api::{Site, refuse};
use super::screen::Screen;
use super::visitor::Visitor;
use crate::bench::Role;
use crate::domain::id::PlaceName;
use crate::page::{self, Asked, Page};
use view::View;

/// A screen that hears nothing for longer than two of these calls its connection lost.
const ALIVE: Duration = Duration::from_secs(2);

pub fn router() -> Router<Site> {
    Router::new()
        .route("/", get(places))
        .route("/relabel", get(relabel::relabel))
        .route("/relabel/live", get(relabel::live))
        .route("/sounds", get(sounds::sounds))
        .route("/sounds/{language}/{file}", get(sounds::file))
        .route("/sheets", get(sheets::sheets))
        .route("/sheets/{paper}/{sheet}", get(sheets::sheet))
        .route("/sheets-returns/{paper}/{at}", get(sheets::returned))
        .route("/sheets-codes/{paper}/{kind}/{name}", get(codes::code))
        .route("/sheets-materials/{paper}/{at}", get(sheets::material))
        .route("/sheets/{paper}/{place}/{slot}", get(sheets::slot))
        .route("/assets/papers.css", get(sheets::papers))
        .route("/assets/sheets.js", get(|| async { page::asset("text/javascript", include_str!("sheets.js")) }))
        .route(
            "/assets/station.css",
            get(|| async { page::asset("text/css", [page::CSS, include_str!("station.css")].concat()) }),
        )
        .route("/assets/milepost-ca.crt", get(authority))
        .route("/assets/place.js", get(|| async { page::asset("text/javascript", include_str!("place.js")) }))
        .route("/assets/scan.js", get(|| async { page::asset("text/javascript", include_str!("scan.js")) }))
        .route("/assets/shell.js", get(|| async { page::asset("text/javascript", include_str!("shell.js")) }))
        .route("/assets/worker.js", get(worker))
        .route("/assets/photo.js", get(|| async { page::asset("text/javascript", include_str!("photo.js")) }))
        .route("/assets/sound.js", get(|| async { page::asset("text/javascript", include_str!("sound.js")) }))
}

/// Pages for this machine's own browser alone.
pub fn of_this_machine() -> Router<Site> {
    Router::new()
        .route("/screens", get(screens::screens))
        .route("/screens/pair/{place}", post(screens::pair))
        .route("/screens/end/{screen}", post(screens::end))
}

pub fn of_places() -> Router<Site> {
    Router::new()
        .route("/places/{place}", get(place))
        .route("/places/{place}/shell", get(shell))
        .route("/places/{place}/live", get(live))
}

/// The page of a place.
pub fn of_place(place: &PlaceName) -> String {
    format!(
        "/places/{}",
        form_urlencoded::byte_serialize(place.as_str().as_bytes()).collect::<String>().replace('+', "%20")
    )
}

#[derive(Template)]
#[template(path = "station/pages/places.html")]
struct PlacesPage {
    page: Page,
    station: String,
    places: Vec<View>,
    to_relabel: usize,
}

#[derive(Template)]
#[template(path = "station/pages/place.html")]
struct PlacePage {
    page: Page,
    view: View,
    /// What the place's own screen sends with its scans; nobody else sends any.
    token: Option<String>,
    plain: bool,
    /// Drawn to be kept by a browser: it is opened where there is no network, and holds nothing of what is in hand.
    shell: bool,
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "station/pages/notice.html")]
struct NoticePage {
    page: Page,
    notice: &'static str,
}

/// The part of a place's page that changes.
#[derive(Template)]
#[template(path = "station/pages/screen.html")]
struct ScreenPart {
    page: Page,
    view: View,
}

#[derive(Template)]
#[template(path = "station/pages/missing.html")]
struct MissingPage {
    page: Page,
}

/// Whoever isn't known is told how a screen becomes known; a program gets a problem.
pub fn unpaired(site: &Site, request: &Request) -> Response {
    if request.uri().path().starts_with("/v1/") {
        return refuse(
            401,
            "Not paired",
            "only a paired screen may ask this: pair it on the station's page of screens, or with `milepost screen pair`",
        );
    }
    let asked = Query::<Asked>::try_from_uri(request.uri()).map(|Query(asked)| asked).unwrap_or_default();
    let page = site.page(&asked);
    (StatusCode::UNAUTHORIZED, page::html(&NoticePage { page, notice: page.w.unpaired })).into_response()
}

pub fn link_is_over(page: Page) -> Response {
    page::html(&NoticePage { page, notice: page.w.pair_over })
}

impl Site {
    pub(super) fn page(&self, asked: &Asked) -> Page {
        Page::new(asked, self.running.config.language)
    }

    fn view(&self, page: &Page, screen: &Screen) -> View {
        let config = &self.running.config;
        let role = config.place.iter().find(|place| place.name == screen.place).map_or(Role::Pack, |place| place.role);
        View::new(page, screen, config, role)
    }
}

async fn places(State(site): State<Site>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    let to_relabel = site.running.relabel.borrow().labels.len();
    let places = site.running.screens.values().map(|screen| site.view(&page, &screen.borrow())).collect();
    page::html(&PlacesPage { page, station: site.running.config.code.clone(), places, to_relabel })
}

async fn place(
    State(site): State<Site>,
    Path(place): Path<String>,
    Query(asked): Query<Asked>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let page = site.page(&asked);
    let place = PlaceName(place);
    match site.running.screens.get(&place) {
        Some(screen) => {
            let view = site.view(&page, &screen.borrow());
            let (token, plain) = (visitor.token.clone().filter(|_| visitor.acts_for(&place)), visitor.is_plain());
            page::html(&PlacePage { page, view, token, plain, shell: false })
        }
        None => (StatusCode::NOT_FOUND, page::html(&MissingPage { page })).into_response(),
    }
}

/// The page of a place's own screen, empty, as it is kept there.
async fn shell(
    State(site): State<Site>,
    Path(place): Path<String>,
    Query(asked): Query<Asked>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let (page, place) = (site.page(&asked), PlaceName(place));
    match visitor.token.clone().filter(|_| visitor.acts_for(&place)) {
        Some(token) => {
            let view = site.view(&page, &Screen::new(place.as_str()));
            page::html(&PlacePage { page, view, token: Some(token), plain: visitor.is_plain(), shell: true })
        }
        None => (StatusCode::NOT_FOUND, page::html(&MissingPage { page })).into_response(),
    }
}

/// It may answer for every page of the station's: which ones it does is its own to say.
async fn worker() -> Response {
    let whole = [(header::HeaderName::from_static("service-worker-allowed"), "/")];
    (whole, page::asset("text/javascript", include_str!("worker.js"))).into_response()
}

async fn live(State(site): State<Site>, Path(place): Path<String>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    match site.running.screens.get(&PlaceName(place)) {
        Some(screen) => Sse::new(drawn(site.clone(), page, screen.clone())).keep_alive(alive()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The certificate of the authority that signs for this station's door, as devices install it.
async fn authority(State(site): State<Site>) -> Response {
    let authority = site.held.borrow().authority.clone();
    match authority {
        Some(der) => {
            let as_file = [(header::CONTENT_DISPOSITION, "attachment; filename=\"milepost-ca.crt\"")];
            (as_file, page::asset("application/x-x509-ca-cert", der.as_ref().clone())).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn alive() -> KeepAlive {
    KeepAlive::new().interval(ALIVE).event(Event::default().event("alive").data("1"))
}

fn drawn(
    site: Site,
    page: Page,
    screen: watch::Receiver<Screen>,
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    WatchStream::new(screen).map(move |screen| {
        let part = ScreenPart { page, view: site.view(&page, &screen) };
        let text = part.render().inspect_err(|error| tracing::error!(%error, "a screen could not be drawn"));
        Ok(Event::default().event("screen").data(text.unwrap_or_default()))
    })
}
