//! The page of paired screens, for this machine's own browser: who may act for which place, and, while a lead is badged in at
//! one of the station's places, a QR code that pairs another one and a button that ends one. It works without scripts.

use std::collections::BTreeMap;
use std::time::Instant;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;
use tokio::sync::oneshot;

use crate::domain::id::{OperatorId, PlaceName};
use crate::machine;
use crate::page::{self, Asked, Page, filled};
use crate::station::api::{Site, refuse};
use crate::station::config::Tls;
use crate::station::daemon::Call;
use crate::station::paired::{LINK_LIFE, Paired};
use crate::station::pairing;

/// Around a QR code, in modules: scanners need it.
const QUIET: i32 = 4;

#[derive(Template)]
#[template(path = "station/pages/screens.html")]
struct ScreensPage {
    page: Page,
    station: String,
    /// A lead is here: what the page's forms send, and nothing can be changed without it.
    token: Option<String>,
    /// Only this machine can open the links.
    own_only: bool,
    /// Why nobody is let in by the door for screens.
    shut: Option<String>,
    /// What tablets are made to trust is compared with this.
    authority: Option<String>,
    places: Vec<Row>,
}

struct Row {
    place: String,
    /// No [[place]] of the config any more: its screens see nothing.
    gone: bool,
    screens: Vec<Listed>,
    link: Option<Shown>,
    said: Option<(&'static str, String)>,
}

struct Listed {
    screen: String,
    since: String,
    /// Somebody wants to end it, and is asked once more: its packer would stand before a dead screen.
    ending: Option<String>,
}

/// An open link and its picture.
struct Shown {
    url: String,
    scan: String,
    side: i32,
    path: String,
}

/// What the page was asked to show more of.
#[derive(Default, Deserialize)]
pub struct Wanted {
    pair: Option<String>,
    end: Option<String>,
}

pub async fn screens(State(site): State<Site>, Query(asked): Query<Asked>, Query(wanted): Query<Wanted>) -> Response {
    let lead = lead(&site).await;
    page::html(&drawn(&site, &asked, &wanted, lead.is_some()))
}

/// Opens a link for a place, and shows it.
pub async fn pair(
    State(site): State<Site>,
    Path(place): Path<String>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Result<Response, Response> {
    let lead = allowed(&site, &asked, &body).await?;
    let place = PlaceName(place);
    if !site.running.screens.contains_key(&place) {
        return Err(refuse(404, "Unknown place", "no [[place]] of this station has that name"));
    }
    let path = linked(&site.page(&asked), "pair", place.as_str());
    pairing::open_for(&site, place, Some(lead));
    Ok(Redirect::to(&path).into_response())
}

/// One that is known no more is gone from the page as well, whoever ended it.
pub async fn end(
    State(site): State<Site>,
    Path(screen): Path<String>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Result<Response, Response> {
    let lead = allowed(&site, &asked, &body).await?;
    match pairing::unpair(&site, &screen, Some(lead)).await {
        Some(_) => Ok(Redirect::to(&format!("/screens{}", site.page(&asked).keep())).into_response()),
        None => Err(pairing::not_saved()),
    }
}

/// Who it is that changes something, if the form is ours and somebody may.
async fn allowed(site: &Site, asked: &Asked, body: &[u8]) -> Result<OperatorId, Response> {
    let sent = form_urlencoded::parse(body).find(|(name, _)| name == "token");
    if sent.is_none_or(|(_, token)| token != site.token.as_str()) {
        return Err(refuse(403, "Not from our page", "open the station's page of screens again, and press there"));
    }
    let nobody = || (StatusCode::FORBIDDEN, page::html(&drawn(site, asked, &Wanted::default(), false)));
    lead(site).await.ok_or_else(|| nobody().into_response())
}

async fn lead(site: &Site) -> Option<OperatorId> {
    let (reply, answered) = oneshot::channel();
    site.running.calls.send(Call::Lead(reply)).await.ok()?;
    answered.await.ok()?
}

fn drawn(site: &Site, asked: &Asked, wanted: &Wanted, lead: bool) -> ScreensPage {
    let (page, config) = (site.page(asked), &site.running.config);
    let zone = TimeZone::get(&config.zone).unwrap_or(TimeZone::UTC);
    let mut places: BTreeMap<&PlaceName, Vec<&Paired>> =
        site.running.screens.keys().map(|place| (place, Vec::new())).collect();
    let paired = site.running.paired.borrow().clone();
    for screen in paired.values() {
        places.entry(&screen.place).or_default().push(screen);
    }
    let row = |(place, mut paired): (&PlaceName, Vec<&Paired>)| {
        paired.sort_by_key(|screen| screen.since_us);
        let asked = lead && wanted.pair.as_deref() == Some(place.as_str());
        let link = shown(site, &page, place).filter(|_| asked);
        let said = (asked && link.is_none()).then(|| what_became(&page, paired.last().copied()));
        let listed = |screen: &&Paired| Listed {
            screen: screen.screen.clone(),
            since: filled(page.w.screens_since, &[("at", &page::shown(screen.since_us, &zone, "%Y-%m-%d %H:%M"))]),
            ending: (lead && wanted.end.as_deref() == Some(screen.screen.as_str()))
                .then(|| filled(page.w.screen_end_sure, &[("screen", &screen.screen)])),
        };
        let (screens, gone) = (paired.iter().map(listed).collect(), !site.running.screens.contains_key(place));
        Row { place: place.to_string(), gone, screens, link, said }
    };
    let shut = shut(site, &page);
    ScreensPage {
        page,
        station: config.code.clone(),
        token: lead.then(|| site.token.clone()),
        own_only: config.screens.listen.is_none(),
        shut,
        authority: site.authority(),
        places: places.into_iter().map(row).collect(),
    }
}

/// Where the hub has yet to sign the door's certificate.
fn shut(site: &Site, page: &Page) -> Option<String> {
    let (held, tls) = (site.held.borrow(), site.running.config.screens.tls);
    let is_shut = tls == Tls::Hub && held.tls.is_none();
    let why = held.trouble.as_deref().unwrap_or(page.w.screens_asking);
    is_shut.then(|| filled(page.w.screens_shut, &[("why", why)]))
}

/// A link that is open no more was used or is too old: whoever waits before the page sees which.
fn what_became(page: &Page, newest: Option<&Paired>) -> (&'static str, String) {
    let life_us = i64::try_from(LINK_LIFE.as_micros()).expect("ten minutes");
    match newest.filter(|screen| machine::wall_us() - screen.since_us < life_us) {
        Some(screen) => ("ok", filled(page.w.screen_paired, &[("screen", &screen.screen)])),
        None => ("warn", page.w.pair_over.to_owned()),
    }
}

fn shown(site: &Site, page: &Page, place: &PlaceName) -> Option<Shown> {
    let now = Instant::now();
    let link = site.links().of(place, now).cloned()?;
    let url = pairing::url(site, &link.code);
    let code = QrCode::encode_text(&url, QrCodeEcc::Medium)
        .inspect_err(|error| tracing::error!(%error, "a link is too long for a QR code: shorten `hosts`"))
        .ok()?;
    let minutes = (link.until - now).as_secs().div_ceil(60).to_string();
    let scan = filled(page.w.screen_scan, &[("minutes", &minutes)]);
    Some(Shown { url, scan, side: code.size() + 2 * QUIET, path: path(&code) })
}

/// A square for each dark module.
fn path(code: &QrCode) -> String {
    let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = dark.filter(|(x, y)| code.get_module(*x, *y));
    dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET)).collect()
}

/// This page, showing more of `value`, in the same language.
fn linked(page: &Page, name: &str, value: &str) -> String {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    match page.keep().as_str() {
        "" => format!("/screens?{name}={value}"),
        keep => format!("/screens{keep}&{name}={value}"),
    }
}
