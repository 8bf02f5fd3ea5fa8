//! The page of all sounds: what each says or means, to be heard in the browser. And the files themselves, for it and for the
//! page of a place that is a speaker.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::bench::Sound;
use crate::page::{self, Asked, Page};
use crate::station::api::Site;
use crate::station::sounds::{Meaning, meanings};
use crate::words::{Language, Words};

#[derive(Template)]
#[template(path = "station/pages/sounds.html")]
struct SoundsPage {
    page: Page,
    station: String,
    tones: Vec<Row>,
    words: Vec<Row>,
}

struct Row {
    name: String,
    said: String,
    files: Vec<File>,
}

struct File {
    url: String,
    /// As its speakers call it.
    language: &'static str,
}

pub async fn sounds(State(site): State<Site>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    let (tones, words): (Vec<Meaning>, Vec<Meaning>) = meanings().into_iter().partition(Meaning::is_tone);
    let rows = |meanings: Vec<Meaning>| meanings.into_iter().map(|meaning| row(&page, meaning)).collect();
    let (tones, words) = (rows(tones), rows(words));
    page::html(&SoundsPage { page, station: site.running.config.code.clone(), tones, words })
}

/// `click.wav` of a language, as the station plays it.
pub async fn file(State(site): State<Site>, Path((language, file)): Path<(String, String)>) -> Response {
    let sound = file.strip_suffix(".wav").and_then(Sound::parse);
    match Language::parse(&language).zip(sound) {
        Some((language, sound)) => page::asset("audio/wav", site.running.sounds.get(language, sound)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn row(page: &Page, meaning: Meaning) -> Row {
    // A tone is the same in every language.
    let languages = if meaning.is_tone() { vec![page.language] } else { vec![Language::Zh, Language::En] };
    let file = |language: Language| File {
        url: format!("/sounds/{}/{}.wav", language.as_str(), meaning.name),
        language: if meaning.is_tone() { "" } else { Words::of(language).this_language },
    };
    Row {
        files: languages.into_iter().map(file).collect(),
        said: page.say(&meaning.zh, &meaning.en).to_owned(),
        name: meaning.name.clone(),
    }
}
