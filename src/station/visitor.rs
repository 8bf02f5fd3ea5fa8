//! Who asks the station: somebody at this machine, or a screen that is paired with one of its places. Everybody else may only
//! use the link that pairs a screen.

use std::collections::BTreeMap;

use axum::extract::{Extension, Path, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::api::{Site, refuse};
use super::pages;
use super::paired::{Paired, digest, page_token};
use crate::domain::id::PlaceName;
use crate::page::cookie_of;

/// The cookie that holds a screen's secret.
const COOKIE: &str = "milepost_screen";
/// A year: a screen is paired once.
const LIFE_S: u64 = 366 * 86_400;
/// With every change a screen's page sends its token under this.
pub const TOKEN: &str = "x-milepost-page";

/// By which door a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Only this machine reaches it.
    Own,
    /// Where screens call.
    Screens { tls: bool },
}

/// Put into each request's extensions.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub door: Door,
    pub screen: Option<Paired>,
    /// What the screen's pages send with a change.
    pub token: Option<String>,
}

impl Visitor {
    fn of(site: &Site, headers: &HeaderMap) -> Visitor {
        let secret = secret(headers);
        let known = secret.and_then(|secret| site.running.paired.borrow().get(&digest(secret)).cloned());
        let place = |paired: &Paired| site.running.screens.contains_key(&paired.place);
        let screen = known.filter(place);
        let token = secret.filter(|_| screen.is_some()).map(page_token);
        Visitor { door: site.door, screen, token }
    }

    pub fn sees(&self, place: &PlaceName) -> bool {
        self.door == Door::Own || self.acts_for(place)
    }

    pub fn acts_for(&self, place: &PlaceName) -> bool {
        self.screen.as_ref().is_some_and(|screen| screen.place == *place)
    }

    /// Everybody in the network could read along.
    pub fn is_plain(&self) -> bool {
        self.door == Door::Screens { tls: false }
    }

    /// A change that a page of this screen's asked for.
    pub fn means_it(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(TOKEN).and_then(|value| value.to_str().ok());
        self.token.is_some() && sent == self.token.as_deref()
    }
}

/// Lets in whom the station knows; a paired screen that asks for the list of places sees its own.
pub async fn known_only(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let visitor = Visitor::of(&site, request.headers());
    let path = request.uri().path();
    if visitor.door != Door::Own {
        match &visitor.screen {
            None if path.starts_with("/pair/") || path.starts_with("/assets/") => {}
            None => return pages::unpaired(&site, &request),
            Some(screen) if path == "/" => {
                return Redirect::to(&pages::of_place(&screen.place)).into_response();
            }
            Some(_) => {}
        }
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// A screen sees its own place; at this machine all are seen.
pub async fn own_place_only(
    Extension(visitor): Extension<Visitor>,
    Path(path): Path<BTreeMap<String, String>>,
    request: Request,
    next: Next,
) -> Response {
    let place = PlaceName(path.get("place").cloned().unwrap_or_default());
    match &visitor.screen {
        Some(screen) if !visitor.sees(&place) => {
            let detail = format!("this screen is paired with {}: pair it with {place} to see that", screen.place);
            refuse(403, "Another place's", &detail)
        }
        _ => next.run(request).await,
    }
}

/// Another site's page never makes the browser send it, and no script reads it.
pub fn cookie(secret: &str, door: Door) -> String {
    let secure = if door == (Door::Screens { tls: true }) { "; Secure" } else { "" };
    format!("{COOKIE}={secret}; Path=/; Max-Age={LIFE_S}; HttpOnly; SameSite=Strict{secure}")
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    cookie_of(headers, COOKIE)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    #[test]
    fn a_screen_is_known_by_its_own_cookie_alone() {
        let with = |text: &'static str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(text))]);
        assert_eq!(secret(&with("milepost_screen=abc")), Some("abc"));
        assert_eq!(secret(&with("a=b; milepost_screen=abc; c=d")), Some("abc"));
        assert_eq!(secret(&with("milepost_screens=abc; other_milepost_screen=x")), None);
        assert_eq!(secret(&HeaderMap::new()), None);
        assert!(cookie("abc", Door::Screens { tls: true }).ends_with("SameSite=Strict; Secure"));
        assert!(!cookie("abc", Door::Screens { tls: false }).contains("Secure"), "a browser would drop it");
    }
}
