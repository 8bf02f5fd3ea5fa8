//! The page of codes to print here: the sheets of commands and the slots of this station's walls, drawn by the templates
//! that printers get. The browser prints them; a badge is the hub's to issue and not here.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::codes::{self as codes_of, Kind, Named};
use crate::bench::Role;
use crate::domain::material::Material;
use crate::label::codes::{self, Family};
use crate::label::filling::CodeData;
use crate::label::{Filling, Templates};
use crate::page::{self, Asked, Page, filled};
use crate::station::api::Site;
use crate::station::config::PlaceConfig;
use crate::station::printing::Press;
use crate::words::Words;

/// Of most label printers; any other printer scales a picture without harm, and one of these would not get its own dots.
const DPI: u32 = 203;
/// What a slot's front takes; anything else is printed as large as a waybill.
const SMALL: &str = "60x40";
const LARGE: &str = "100x150";

#[derive(Template)]
#[template(path = "station/pages/sheets.html")]
struct SheetsPage {
    page: Page,
    station: String,
    papers: Vec<Choice>,
    kinds: Vec<Kind>,
    names: String,
    /// Why what was named can't be printed.
    refused: Option<String>,
    sections: Vec<Section>,
}

/// A paper for all that can be drawn on it.
struct Choice {
    paper: String,
    link: String,
    chosen: bool,
}

struct Section {
    id: String,
    title: String,
    paper: String,
    class: String,
    labels: Vec<Picture>,
}

pub(super) struct Picture {
    pub url: String,
    pub says: String,
}

#[derive(Deserialize)]
pub struct OnPaper {
    paper: Option<String>,
}

pub async fn sheets(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    Query(on): Query<OnPaper>,
    Query(named): Query<Named>,
) -> Response {
    let page = site.page(&asked);
    let templates = &site.running.press.templates;
    let wanted = on.paper.as_deref();
    let sheet = |family: Family, title: &str| {
        let paper = paper(family, wanted, LARGE, templates);
        let labels = vec![Picture { url: format!("/sheets/{paper}/{}", family.as_str()), says: title.to_owned() }];
        section(family.as_str(), title, paper, labels)
    };
    let mut sections = vec![sheet(Family::Commands, page.w.sheets_commands), sheet(Family::Dock, page.w.sheets_dock)];
    let walls = site.running.config.place.iter().filter(|place| place.role == Role::Wall);
    sections.extend(walls.map(|wall| slots(&page, wall, &paper(Family::Code, wanted, SMALL, templates))));
    let desks = site.running.config.place.iter().filter(|place| place.role == Role::Returns).take(1);
    sections.extend(desks.map(|_| returns(&page, &site, &paper(Family::Code, wanted, SMALL, templates))));
    if !site.running.config.material.is_empty() {
        sections.push(materials(&page, &site, &paper(Family::Code, wanted, SMALL, templates)));
    }
    let small = paper(Family::Code, wanted, SMALL, templates);
    let mut refused = None;
    match codes_of::pictures(&named, &small) {
        Some(Ok(pictures)) => {
            sections.insert(0, section("named", page.w.state("sheets", &named.kind), small, pictures));
        }
        Some(Err(error)) => refused = Some(error.to_string()),
        None => {}
    }
    let (papers, kinds) = (choices(&page, wanted, templates), codes_of::kinds(&page, &named));
    let (station, names) = (site.running.config.code.clone(), named.names);
    page::html(&SheetsPage { page, station, papers, kinds, names, refused, sections })
}

/// A picture of a sheet of commands.
pub async fn sheet(State(site): State<Site>, Path((paper, sheet)): Path<(String, String)>) -> Response {
    let press = &site.running.press;
    let family = [Family::Commands, Family::Dock].into_iter().find(|family| family.as_str() == sheet);
    match family.and_then(|family| family.on(&paper, &press.templates).ok()) {
        Some(template) => picture(press, &template.name, &codes::commands(template)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A picture of a slot's label.
pub async fn slot(State(site): State<Site>, Path((paper, place, slot)): Path<(String, String, u32)>) -> Response {
    let (config, press) = (&site.running.config, &site.running.press);
    let wall = config.place.iter().find(|known| known.name == place && known.role == Role::Wall);
    let data = wall.and_then(|wall| codes::slots(&config.code, &wall.name, wall.slots).ok()).and_then(|mut slots| {
        let at = slot.checked_sub(1)? as usize;
        (at < slots.len()).then(|| slots.swap_remove(at))
    });
    label(press, &paper, data)
}

/// A picture of one of a returns desk's codes.
pub async fn returned(State(site): State<Site>, Path((paper, at)): Path<(String, usize)>) -> Response {
    let (press, mut all) = (&site.running.press, codes::returns(&site.running.config.reasons(), Words::returns()));
    let data = (at < all.len()).then(|| all.swap_remove(at));
    label(press, &paper, data)
}

/// A picture of a material's label.
pub async fn material(State(site): State<Site>, Path((paper, at)): Path<(String, usize)>) -> Response {
    let (press, mut all) = (&site.running.press, codes::materials(&site.running.config.material).unwrap_or_default());
    let data = (at < all.len()).then(|| all.swap_remove(at));
    label(press, &paper, data)
}

/// Each paper as a page of its size, named so that sheets of several sizes can be printed at once.
pub async fn papers(State(site): State<Site>) -> Response {
    let rule = |paper: &str| {
        let (width, height) = paper.split_once('x').unwrap_or_default();
        let class = class(paper);
        format!(
            "@page {class} {{ size: {width}mm {height}mm; margin: 0; }}\n\
             .{class} {{ page: {class}; width: {width}mm; height: {height}mm; }}\n"
        )
    };
    page::asset(
        "text/css",
        all_papers(&site.running.press.templates).iter().map(|paper| rule(paper)).collect::<String>(),
    )
}

/// A picture of one code's label, if there is such a code and such a paper.
pub(super) fn label(press: &Press, paper: &str, data: Option<CodeData>) -> Response {
    match data.zip(Family::Code.on(paper, &press.templates).ok()) {
        Some((data, template)) => picture(press, &template.name, &data.into()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn picture(press: &Press, template: &str, filling: &Filling) -> Response {
    let drawn = press.draw(template, filling, DPI).and_then(|label| label.raster().map_err(|error| error.to_string()));
    match drawn {
        Ok(raster) => page::asset("image/png", raster.to_png(DPI)),
        Err(error) => {
            tracing::warn!(%error, "a printed code could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn slots(page: &Page, wall: &PlaceConfig, paper: &str) -> Section {
    let place = &wall.name;
    let path = form_urlencoded::byte_serialize(place.as_bytes()).collect::<String>().replace('+', "%20");
    let label =
        |slot: u32| Picture { url: format!("/sheets/{paper}/{path}/{slot}"), says: format!("{place} {slot:02}") };
    let title = filled(page.w.sheets_slots, &[("place", place)]);
    section(&wall.name, &title, paper.to_owned(), (1..=wall.slots).map(label).collect())
}

fn returns(page: &Page, site: &Site, paper: &str) -> Section {
    let all = codes::returns(&site.running.config.reasons(), Words::returns());
    let label = |(at, data): (usize, &CodeData)| Picture {
        url: format!("/sheets-returns/{paper}/{at}"),
        says: data.title.clone(),
    };
    section("returns", page.w.sheets_returns, paper.to_owned(), all.iter().enumerate().map(label).collect())
}

fn materials(page: &Page, site: &Site, paper: &str) -> Section {
    let label = |(at, material): (usize, &Material)| Picture {
        url: format!("/sheets-materials/{paper}/{at}"),
        says: material.name.clone(),
    };
    let all = site.running.config.material.iter().enumerate();
    section("materials", page.w.sheets_materials, paper.to_owned(), all.map(label).collect())
}

fn section(id: &str, title: &str, paper: String, labels: Vec<Picture>) -> Section {
    let class = class(&paper);
    Section { id: id.to_owned(), title: title.to_owned(), paper, class, labels }
}

/// The one that was asked for where it suits, else the usual one, else whichever there is.
fn paper(family: Family, wanted: Option<&str>, usual: &str, templates: &Templates) -> String {
    let papers = family.papers(templates);
    let there = |paper: &&str| papers.contains(paper);
    wanted.filter(there).or(Some(usual).filter(there)).or(papers.first().copied()).unwrap_or(usual).to_owned()
}

fn choices(page: &Page, wanted: Option<&str>, templates: &Templates) -> Vec<Choice> {
    let choice = |paper: &str| {
        let link = match page.keep().as_str() {
            "" => format!("/sheets?paper={paper}"),
            keep => format!("/sheets{keep}&paper={paper}"),
        };
        Choice { paper: paper.to_owned(), link, chosen: wanted == Some(paper) }
    };
    all_papers(templates).into_iter().map(choice).collect()
}

fn all_papers(templates: &Templates) -> Vec<&str> {
    let mut papers: Vec<&str> =
        [Family::Code, Family::Commands, Family::Dock].iter().flat_map(|family| family.papers(templates)).collect();
    papers.sort_unstable();
    papers.dedup();
    papers
}

/// What style sheets call a paper.
fn class(paper: &str) -> String {
    format!("paper-{}", paper.replace('.', "_"))
}
