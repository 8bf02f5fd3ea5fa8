//! What the pages of station and hub have in common: the names they may be asked under, the language they are asked in,
//! the guard they are sent under, how they write times.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::words::{Language, Words};

/// Colours and type of all pages; each side adds its own sheet.
pub const CSS: &str = include_str!("page.css");

/// The names a server is called by: this machine's own, the address it listens on, and those its config adds.
#[derive(Clone, Debug)]
pub struct Hosts(Arc<Vec<String>>);

/// Why a request isn't ours to answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    #[error("`{0}` is not a name of this server: call it by another, or add this one to `hosts` in its config")]
    Host(String),
    #[error("a page of `{0}` may not ask this server anything: open its own pages")]
    Origin(String),
}

impl Hosts {
    pub fn new(address: SocketAddr, more: &[String]) -> Hosts {
        let listens = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let own = ["localhost", "127.0.0.1", "[::1]", &listens].map(str::to_owned);
        Hosts(Arc::new(own.into_iter().chain(more.iter().map(|name| name.to_ascii_lowercase())).collect()))
    }

    /// A page of somebody else's can make a browser call us; it can't choose our Host, or hide its Origin.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let named = |header: header::HeaderName| {
            headers.get(header).map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase())
        };
        let host = named(header::HOST).unwrap_or_default();
        let name = without_port(&host);
        if !self.0.iter().any(|own| own == name) {
            return Err(Stranger::Host(name.to_owned()));
        }
        match named(header::ORIGIN) {
            Some(origin) if origin.split_once("://").is_none_or(|(_, from)| from != host) => {
                Err(Stranger::Origin(origin))
            }
            _ => Ok(()),
        }
    }
}

/// `[::1]:7080` is `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A cookie by its name.
pub fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|cookies| cookies.split(';')).find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='))
}

/// `?lang=en`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    pub lang: Option<String>,
}

/// The language of a page, and how its links keep it.
#[derive(Clone, Copy)]
pub struct Page {
    pub w: &'static Words,
    pub language: Language,
    chosen: bool,
}

impl Page {
    pub fn new(asked: &Asked, default: Language) -> Page {
        let chosen = asked.lang.as_deref().and_then(Language::parse);
        let language = chosen.unwrap_or(default);
        Page { w: Words::of(language), language, chosen: chosen.is_some() }
    }

    /// For `<html lang>`, by which browsers choose glyphs.
    pub fn html_lang(&self) -> &'static str {
        match self.language {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }

    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// What a link ends in so that the next page speaks the same language.
    pub fn keep(&self) -> String {
        match self.chosen {
            true => format!("?lang={}", self.language.as_str()),
            false => String::new(),
        }
    }

    pub fn switch(&self) -> &'static str {
        match self.language {
            Language::Zh => "?lang=en",
            Language::En => "?lang=zh",
        }
    }
}

pub fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A file that is built into the binary. `kind` is its media type.
pub fn asset(kind: &'static str, text: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// Nothing from elsewhere runs in our pages, nobody frames them, and nothing of them stays in a cache.
pub async fn guard(mut response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                          img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    let headers = response.headers_mut();
    let mut set = |name, value| drop(headers.insert(name, HeaderValue::from_static(value)));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Nobody else learns where we are; our own forms must say where they come from.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    response
}

/// A moment in the site's zone; `format` as strftime has it.
pub fn shown(at_us: i64, zone: &TimeZone, format: &str) -> String {
    let at = Timestamp::from_microsecond(at_us).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime(format).to_string()
}

/// A sentence of the word table with its `{names}` filled in.
pub fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A moment to come: with its day unless it is near, for at six in the evening `17:00` alone would be taken for today's.
pub fn shown_next(at_us: i64, left_min: i64, zone: &TimeZone) -> String {
    const NEAR_MIN: i64 = 12 * 60;
    shown(at_us, zone, if left_min < NEAR_MIN { "%H:%M" } else { "%m-%d %H:%M" })
}

/// How long something takes or took, in the unit one thinks in.
pub fn age(w: &Words, minutes: i64) -> String {
    match minutes {
        ..60 => format!("{} {}", minutes.max(0), w.minutes),
        60..1_440 => format!("{} {}", minutes / 60, w.hours),
        _ => format!("{} {}", minutes / 1_440, w.days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_names_and_our_own_pages_may_ask() {
        let hosts = Hosts::new(([10, 0, 0, 7], 7080).into(), &["Hub.example".to_owned()]);
        let asked = |host: &'static str, origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            origin.map(|origin| headers.insert(header::ORIGIN, HeaderValue::from_static(origin)));
            hosts.check(&headers)
        };
        for host in ["localhost:7080", "127.0.0.1", "[::1]:7080", "[::1]", "10.0.0.7:7080", "HUB.example:7080"] {
            assert_eq!(asked(host, None), Ok(()), "{host}");
        }
        for host in ["evil.example", "evil.example:7080", "10.0.0.8", "[::2]", "localhost.evil.example", ""] {
            assert!(matches!(asked(host, None), Err(Stranger::Host(_))), "{host}");
        }
        assert_eq!(asked("hub.example:7080", Some("http://hub.example:7080")), Ok(()));
        for origin in ["http://evil.example", "http://hub.example:8080", "http://hub.example", "null"] {
            assert!(matches!(asked("hub.example:7080", Some(origin)), Err(Stranger::Origin(_))), "{origin}");
        }
        assert_eq!(hosts.check(&HeaderMap::new()), Err(Stranger::Host(String::new())));
    }

    #[test]
    fn a_moment_far_ahead_is_told_with_its_day() {
        let minutes = |minutes: i64| shown_next(minutes * 60_000_000, minutes, &TimeZone::UTC);
        assert_eq!([30, 719, 720, 1_500].map(minutes), ["00:30", "11:59", "01-01 12:00", "01-02 01:00"]);
        let said = filled("{carrier} at {at}: {count}", &[("at", "17:00"), ("carrier", "SF"), ("count", "3")]);
        assert_eq!(said, "SF at 17:00: 3");
    }

    #[test]
    fn a_page_speaks_as_asked_and_else_as_the_site_does() {
        let asked = |lang: Option<&str>| Asked { lang: lang.map(str::to_owned) };
        let shown = |lang, default| {
            let page = Page::new(&asked(lang), default);
            (page.html_lang(), page.keep())
        };
        assert_eq!(shown(None, Language::Zh), ("zh-CN", String::new()));
        assert_eq!(shown(None, Language::En), ("en", String::new()));
        assert_eq!(shown(Some("en"), Language::Zh), ("en", "?lang=en".into()));
        assert_eq!(shown(Some("tlh"), Language::Zh), ("zh-CN", String::new()));
    }
}
