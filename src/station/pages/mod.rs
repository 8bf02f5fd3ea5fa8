//! The station's pages: the list of its places, each place's bench screen, the labels to be replaced, all sounds, and
//! the codes to print. They show and never change anything. The screen is drawn here alone; its page gets it drawn anew
//! whenever it changes.

mod relabel;
mod sheets;
mod sounds;
mod view;

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_core::Stream;
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::api::Site;
use super::screen::Screen;
use crate::bench::Role;
use crate::domain::id::PlaceName;
use crate::page::{self, Asked, Page};
use view::View;

/// A screen that hears nothing for longer than two of these calls its connection lost.
const ALIVE: Duration = Duration::from_secs(2);

pub fn router() -> Router<Site> {
    Router::new()
        .route("/", get(places))
        .route("/places/{place}", get(place))
        .route("/places/{place}/live", get(live))
        .route("/relabel", get(relabel::relabel))
        .route("/relabel/live", get(relabel::live))
        .route("/sounds", get(sounds::sounds))
        .route("/sounds/{language}/{file}", get(sounds::file))
        .route("/sheets", get(sheets::sheets))
        .route("/sheets/{paper}/{sheet}", get(sheets::sheet))
        .route("/sheets/{paper}/{place}/{slot}", get(sheets::slot))
        .route("/assets/papers.css", get(sheets::papers))
        .route("/assets/sheets.js", get(|| async { page::asset("text/javascript", include_str!("sheets.js")) }))
        .route(
            "/assets/station.css",
            get(|| async { page::asset("text/css", [page::CSS, include_str!("station.css")].concat()) }),
        )
        .route("/assets/place.js", get(|| async { page::asset("text/javascript", include_str!("place.js")) }))
        .route("/assets/sound.js", get(|| async { page::asset("text/javascript", include_str!("sound.js")) }))
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

impl Site {
    fn page(&self, asked: &Asked) -> Page {
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

async fn place(State(site): State<Site>, Path(place): Path<String>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    match site.running.screens.get(&PlaceName(place)) {
        Some(screen) => {
            let view = site.view(&page, &screen.borrow());
            page::html(&PlacePage { page, view })
        }
        None => (StatusCode::NOT_FOUND, page::html(&MissingPage { page })).into_response(),
    }
}

async fn live(State(site): State<Site>, Path(place): Path<String>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    match site.running.screens.get(&PlaceName(place)) {
        Some(screen) => Sse::new(drawn(site.clone(), page, screen.clone())).keep_alive(alive()).into_response(),
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
