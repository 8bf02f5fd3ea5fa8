//! The office's pages: orders and their search, one order's timeline, waves, stations and exceptions, routing rules. While open they
//! follow the store by themselves; what a lead may change there is in `people`.

mod order;
mod badges;
mod people;
mod stages;
mod stations;
mod rules;
mod handovers;
mod shift;
mod returns;
mod waves;

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
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::HubError;
use super::api::{Site, blocking};
use super::people::Person;
use super::shift::Of;
use crate::domain::hold;
use crate::domain::id::OrderNo;
use crate::domain::milestone::Milestone;
use crate::domain::parcel::Standing;
use crate::page::{self, Page, shown};
use crate::words::Language;
use people::Visitor;
use shift::{Found, ShiftPage};

/// Orders on one page.
const ROWS: u32 = 100;
/// A busy hub commits many times a second; a page is drawn anew this often at most.
const CALM: Duration = Duration::from_secs(1);

/// Ages and cut-offs move without anything being committed.
const OLDER: Duration = Duration::from_secs(60);

pub fn router() -> Router<Site> {
    Router::new()
        .route("/", get(orders))
        .route("/orders/{order_no}", get(order))
        .route("/waves", get(waves))
        .route("/stations", get(stations))
        .route("/rules", get(rules))
        .route("/shift", get(shift))
        .route("/handovers", get(handovers))
        .route("/handovers/{id}", get(handover))
        .route("/returns", get(returns))
        .route("/returns/{return_no}", get(returned))
        .route("/live", get(live))
        .merge(people::router())
        .merge(badges::router())
        .route(
            "/assets/hub.css",
            get(|| async { page::asset("text/css", [page::CSS, include_str!("hub.css")].concat()) }),
        )
        .route("/assets/hub.js", get(|| async { page::asset("text/javascript", include_str!("hub.js")) }))
}

/// What the frame of a page needs: which entry of the menu is it?
struct Frame {
    page: Page,
    tab: &'static str,
    /// The page's own address in the other language, and in this one.
    other: String,
    here: String,
    person: Option<Person>,
}

impl Frame {
    fn new(visitor: &Visitor, tab: &'static str, path: &str, search: &str) -> Frame {
        let page = Page::new(&visitor.asked, Language::Zh);
        let mut other = format!("{path}{}", page.switch());
        if !search.is_empty() {
            other.push_str("&q=");
            other.extend(form_urlencoded::byte_serialize(search.as_bytes()));
        }
        let here = format!("{path}{}", page.keep());
        Frame { page, tab, other, here, person: visitor.person.clone() }
    }

    fn milestone(&self, milestone: Milestone) -> &'static str {
        self.page.say(milestone.zh(), milestone.en())
    }
}

#[derive(Template)]
#[template(path = "hub/pages/orders.html")]
struct OrdersPage {
    frame: Frame,
    search: String,
    rows: Vec<Row>,
    full: bool,
}

struct Row {
    order_no: String,
    channel: String,
    warehouse: String,
    standing: Shown,
    milestone: &'static str,
    stage: bool,
    at: String,
}

/// A standing in words, and the colour of it.
struct Shown {
    state: &'static str,
    word: &'static str,
    reason: String,
}

#[derive(Template)]
#[template(path = "hub/pages/missing.html")]
struct MissingPage {
    frame: Frame,
    what: String,
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

async fn orders(
    State(site): State<Site>,
    visitor: Visitor,
    Query(search): Query<Search>,
) -> Result<Response, HubError> {
    let search = search.q.trim().to_owned();
    let frame = Frame::new(&visitor, "orders", "/", &search);
    let (hub, wanted) = (site.hub.clone(), search.clone());
    let found = blocking(move || hub.orders(&wanted, ROWS)).await?;
    let zone = &site.hub.policy().zone;
    let rows: Vec<Row> = found
        .into_iter()
        .map(|row| Row {
            channel: frame.page.w.state("channel", &row.channel).to_owned(),
            order_no: row.order_no.0,
            warehouse: row.warehouse,
            standing: standing(&frame.page, row.standing),
            milestone: frame.milestone(row.milestone),
            stage: row.milestone.is_stage(),
            at: shown(row.at_us, zone, "%m-%d %H:%M:%S"),
        })
        .collect();
    let full = rows.len() == ROWS as usize;
    Ok(page::html(&OrdersPage { frame, search, rows, full }))
}

async fn order(State(site): State<Site>, Path(order_no): Path<String>, visitor: Visitor) -> Result<Response, HubError> {
    let path: String = form_urlencoded::byte_serialize(order_no.as_bytes()).collect();
    let frame = Frame::new(&visitor, "orders", &format!("/orders/{}", path.replace('+', "%20")), "");
    let (hub, wanted) = (site.hub.clone(), OrderNo(order_no.clone()));
    let now_us = (site.now_us)();
    let found = blocking(move || hub.order(&wanted, now_us)).await?;
    Ok(match found {
        Some(found) => page::html(&order::OrderPage::new(frame, found, &site.hub.policy().zone)),
        None => (StatusCode::NOT_FOUND, page::html(&MissingPage { frame, what: order_no })).into_response(),
    })
}

async fn waves(State(site): State<Site>, visitor: Visitor) -> Result<Response, HubError> {
    let frame = Frame::new(&visitor, "waves", "/waves", "");
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let found = blocking(move || hub.waves(now_us)).await?;
    Ok(page::html(&waves::WavesPage::new(frame, found, now_us, &site.hub.policy().zone)))
}

async fn stations(State(site): State<Site>, visitor: Visitor) -> Result<Response, HubError> {
    let frame = Frame::new(&visitor, "stations", "/stations", "");
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let (found, exceptions, temporary) =
        blocking(move || Ok((hub.stations()?, hub.exceptions(now_us)?, hub.temporary(now_us)?))).await?;
    let zone = &site.hub.policy().zone;
    Ok(page::html(&stations::StationsPage::new(frame, found, exceptions, temporary, now_us, zone)))
}

async fn rules(State(site): State<Site>, visitor: Visitor) -> Result<Response, HubError> {
    let frame = Frame::new(&visitor, "rules", "/rules", "");
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let (routing, chosen) = blocking(move || {
        let routing = hub.routing()?;
        let names: Vec<String> = routing.rules.iter().map(|rule| rule.name.clone()).collect();
        let chosen = hub.chosen(&names, now_us)?;
        Ok((routing, chosen))
    })
    .await?;
    Ok(page::html(&rules::RulesPage::new(frame, routing, chosen, &site.hub.policy().zone)))
}

async fn shift(State(site): State<Site>, visitor: Visitor, Query(of): Query<Of>) -> Result<Response, HubError> {
    let mut frame = Frame::new(&visitor, "shift", "/shift", "");
    if !of.warehouse.is_empty() {
        frame.other.push_str("&warehouse=");
        frame.other.extend(form_urlencoded::byte_serialize(of.warehouse.as_bytes()));
        frame.here.push_str(if frame.here.contains('?') { "&warehouse=" } else { "?warehouse=" });
        frame.here.extend(form_urlencoded::byte_serialize(of.warehouse.as_bytes()));
    }
    let (hub, now_us, warehouse) = (site.hub.clone(), (site.now_us)(), of.warehouse.clone());
    let found = blocking(move || {
        Ok(Found {
            shift: hub.shift(&warehouse, now_us)?,
            warehouses: hub.warehouses()?,
            to_go: hub.waves(now_us)?.to_go,
            temporary: hub.temporary(now_us)?,
            exceptions: hub.exceptions(now_us)?,
        })
    })
    .await?;
    Ok(page::html(&ShiftPage::new(frame, found, &of.warehouse, now_us, &site.hub.policy().zone)))
}

async fn handovers(State(site): State<Site>, visitor: Visitor) -> Result<Response, HubError> {
    let frame = Frame::new(&visitor, "handovers", "/handovers", "");
    let hub = site.hub.clone();
    let found = blocking(move || hub.handovers()).await?;
    Ok(page::html(&handovers::HandoversPage::new(frame, found, &site.hub.policy().zone)))
}

async fn handover(State(site): State<Site>, Path(id): Path<String>, visitor: Visitor) -> Result<Response, HubError> {
    let path: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let frame = Frame::new(&visitor, "handovers", &format!("/handovers/{}", path.replace('+', "%20")), "");
    let (hub, wanted) = (site.hub.clone(), id.clone());
    match blocking(move || hub.handover(&wanted)).await {
        Ok(found) => Ok(page::html(&handovers::HandoverPage::new(frame, found, &site.hub.policy().zone))),
        Err(HubError::Refused(_)) => {
            Ok((StatusCode::NOT_FOUND, page::html(&MissingPage { frame, what: id })).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn returns(State(site): State<Site>, visitor: Visitor) -> Result<Response, HubError> {
    let frame = Frame::new(&visitor, "returns", "/returns", "");
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let found = blocking(move || hub.returns(now_us)).await?;
    let policy = site.hub.policy();
    Ok(page::html(&returns::ReturnsPage::new(frame, found, &policy.reasons, &policy.zone)))
}

async fn returned(
    State(site): State<Site>,
    Path(return_no): Path<String>,
    visitor: Visitor,
) -> Result<Response, HubError> {
    let path: String = form_urlencoded::byte_serialize(return_no.as_bytes()).collect();
    let frame = Frame::new(&visitor, "returns", &format!("/returns/{}", path.replace('+', "%20")), "");
    let (hub, wanted, now_us) = (site.hub.clone(), return_no.clone(), (site.now_us)());
    let policy = site.hub.policy();
    let found = blocking(move || {
        let found = hub.returned(&wanted, now_us)?;
        let names =
            hub.names_of(found.lines.iter().map(|line| &line.sku).chain(found.found.iter().map(|one| &one.sku)))?;
        Ok((found, names))
    });
    match found.await {
        Ok((found, names)) => {
            Ok(page::html(&returns::ReturnPage::new(frame, found, &names, &policy.reasons, &policy.zone)))
        }
        Err(HubError::Refused(_)) => {
            Ok((StatusCode::NOT_FOUND, page::html(&MissingPage { frame, what: return_no })).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Says that something changed; what it was is asked for by whoever looks.
async fn live(State(site): State<Site>) -> Response {
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(changes(&site)).keep_alive(alive).into_response()
}

fn changes(site: &Site) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let (mut changes, mut closing) = (site.hub.changes(), site.closing.clone());
    let (tell, told) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(OLDER) => {}
                _ = closing.changed() => break,
                () = tell.closed() => break,
            }
            let sent = tell.send(Ok(Event::default().event("changed").data("1"))).await;
            if sent.is_err() || tokio::time::timeout(CALM, closing.changed()).await.is_ok() {
                break;
            }
        }
    });
    ReceiverStream::new(told)
}

fn standing(page: &Page, standing: Standing) -> Shown {
    let w = page.w;
    match standing {
        Standing::Open => Shown { state: "open", word: w.standing_open, reason: String::new() },
        Standing::Held { why } => {
            let reason = page.say(&hold::said_zh(&why), &hold::said_en(&why)).to_owned();
            Shown { state: "held", word: w.standing_held, reason }
        }
        Standing::Cancelled { reason } => Shown { state: "cancelled", word: w.standing_cancelled, reason },
    }
}

#[cfg(test)]
mod tests {
    use tokio_stream::StreamExt;

    use super::*;
    use crate::hub::Hub;
    use crate::hub::authority::Authority;
    use crate::hub::config::HubConfig;
    use crate::page::Hosts;
    use crate::rules::IntakeRules;

    #[tokio::test(start_paused = true)]
    async fn a_page_is_drawn_anew_for_the_time_that_passes() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let policy = HubConfig::default().policy().expect("a known zone");
        let hub = Hub::open(&folder.path().join("hub.db"), policy, IntakeRules::builtin()).expect("a store");
        let (_stop, closing) = tokio::sync::watch::channel(false);
        let hosts = Hosts::new(([127, 0, 0, 1], 7080).into(), &[]);
        let authority = Authority::open(folder.path(), &[]).expect("none yet");
        let site = Site::new(hub, Vec::new(), "key", hosts, authority.into(), || 0, closing);
        let begun = tokio::time::Instant::now();
        let mut changes = changes(&site);
        for _ in 0..2 {
            let told = tokio::time::timeout(OLDER * 3, changes.next()).await;
            assert!(told.is_ok_and(|told| told.is_some()), "nothing was said");
        }
        let took = begun.elapsed();
        assert!(took >= OLDER * 2 && took < OLDER * 2 + CALM * 2, "{took:?}");
    }
}
