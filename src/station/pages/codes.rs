//! Codes that somebody names on the page of sheets: bins, totes, bags, vehicles and pick lists.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::sheets::{Picture, label};
use crate::label::codes::{self, CodeError};
use crate::label::filling::CodeData;
use crate::page::Page;
use crate::station::api::Site;

/// What is asked for, and its names: separated by spaces, commas or lines, a range as `T001..T050`.
#[derive(Default, Deserialize)]
pub struct Named {
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub names: String,
}

type Make = fn(&str) -> Result<CodeData, CodeError>;

const KINDS: [(&str, Make); 5] = [
    ("bins", |name| codes::bin(name, "")),
    ("totes", codes::tote),
    ("bags", codes::bag),
    ("vehicles", codes::vehicle),
    ("picklists", codes::pick_list),
];

/// One of the kinds, as the page's form offers it.
pub struct Kind {
    pub name: &'static str,
    pub says: &'static str,
    pub chosen: bool,
}

pub fn kinds(page: &Page, named: &Named) -> Vec<Kind> {
    let says = |name| page.w.state("sheets", name);
    KINDS.iter().map(|(name, _)| Kind { name, says: says(name), chosen: *name == named.kind }).collect()
}

/// Their pictures; `None` where nothing is asked for.
pub fn pictures(named: &Named, paper: &str) -> Option<Result<Vec<Picture>, CodeError>> {
    let (kind, make) = KINDS.iter().find(|(kind, _)| *kind == named.kind)?;
    let texts = named.names.split([' ', ',', '，', '、', '\n', '\r', '\t']).filter(|text| !text.is_empty());
    let names: Result<Vec<Vec<String>>, CodeError> = texts.map(codes::range).collect();
    let picture = |name: &String| {
        let path: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let url = format!("/sheets-codes/{paper}/{kind}/{}", path.replace('+', "%20"));
        make(name).map(|data| (data, Picture { url, says: name.clone() }))
    };
    let drawn = names.and_then(|names| {
        let made = names.concat().iter().map(picture).collect::<Result<Vec<_>, _>>()?;
        let (data, pictures): (Vec<CodeData>, Vec<Picture>) = made.into_iter().unzip();
        codes::together(data).map(|_| pictures)
    });
    match drawn {
        Ok(pictures) if pictures.is_empty() => None,
        drawn => Some(drawn),
    }
}

/// A picture of one of them.
pub async fn code(State(site): State<Site>, Path((paper, kind, name)): Path<(String, String, String)>) -> Response {
    let press = &site.running.press;
    let data = KINDS.iter().find(|(known, _)| *known == kind).and_then(|(_, make)| make(&name).ok());
    label(press, &paper, data)
}
