//! Logging in and out at the hub's pages, and what a lead does there. A page asks for who looks; a form is believed with its
//! session's cookie and its page's token only.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, body::Bytes};

use super::Frame;
use crate::hub::api::{Site, blocking};
use crate::hub::config::Login;
use crate::hub::people::{Act, Person};
use crate::hub::{HubError, Refusal};
use crate::page::{self, Asked, cookie_of};

const COOKIE: &str = "milepost_lead";
const LIFE_S: u32 = 12 * 3_600;

/// Who looks, and in which language.
pub struct Visitor {
    pub asked: Asked,
    pub person: Option<Person>,
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, HubError> {
        let asked = Query::<Asked>::try_from_uri(&parts.uri).map(|Query(asked)| asked).unwrap_or_default();
        Ok(Visitor { asked, person: person(site, &parts.headers).await? })
    }
}

impl Visitor {
    /// Who sent a form, once it is believed; nobody where nobody is logged in.
    pub fn believed(&self, form: &Form) -> Result<Option<Person>, HubError> {
        match &self.person {
            Some(person) if form.get("token") == person.token => Ok(Some(person.clone())),
            Some(_) => Err(Refusal::new(403, "Not from our page", "send this form from the hub's own page").into()),
            None => Ok(None),
        }
    }
}

async fn person(site: &Site, headers: &HeaderMap) -> Result<Option<Person>, HubError> {
    let Some(secret) = cookie_of(headers, COOKIE).map(str::to_owned) else { return Ok(None) };
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    blocking(move || hub.person(&secret, now_us)).await
}

pub fn router() -> Router<Site> {
    Router::new()
        .route("/login", get(login).post(log_in))
        .route("/logout", post(log_out))
        .route("/acts/{act}", post(act))
}

#[derive(Template)]
#[template(path = "hub/pages/login.html")]
struct LoginPage {
    frame: Frame,
    next: String,
    refused: bool,
    /// Nobody may log in here.
    never: bool,
}

/// A form's fields.
pub struct Form(BTreeMap<String, String>);

impl Form {
    pub fn of(body: &[u8]) -> Form {
        Form(form_urlencoded::parse(body).into_owned().collect())
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Where the person was; only ever a page of ours.
    fn next(&self) -> String {
        own_page(self.get("next")).unwrap_or("/shift").to_owned()
    }
}

fn own_page(path: &str) -> Option<&str> {
    let is_own =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control());
    is_own.then_some(path)
}

#[derive(serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn login(State(site): State<Site>, visitor: Visitor, Query(wanted): Query<Next>) -> Response {
    let next = own_page(&wanted.next).unwrap_or("/shift").to_owned();
    let never = site.hub.policy().login == Login::Never;
    page::html(&LoginPage { frame: Frame::new(&visitor, "login", "/login", ""), next, refused: false, never })
}

async fn log_in(State(site): State<Site>, visitor: Visitor, body: Bytes) -> Result<Response, HubError> {
    let secure = match site.hub.policy().login {
        Login::Here => "",
        Login::Secure => "; Secure",
        Login::Never => {
            let detail = "a badge would cross the network in clear: put a proxy that speaks TLS before the hub and set `behind_tls`";
            return Err(Refusal::new(403, "No log-in here", detail).into());
        }
    };
    let form = Form::of(&body);
    let (badge, next) = (form.get("badge").trim().to_owned(), form.next());
    let secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    let (hub, now_us, kept) = (site.hub.clone(), (site.now_us)(), secret.clone());
    match blocking(move || hub.log_in(&badge, &kept, now_us)).await {
        Ok(()) => {
            let cookie = format!("{COOKIE}={secret}; Path=/; Max-Age={LIFE_S}; HttpOnly; SameSite=Strict{secure}");
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
        }
        Err(HubError::Refused(_)) => {
            let frame = Frame::new(&visitor, "login", "/login", "");
            Ok((StatusCode::FORBIDDEN, page::html(&LoginPage { frame, next, refused: true, never: false }))
                .into_response())
        }
        Err(error) => Err(error),
    }
}

async fn log_out(State(site): State<Site>, headers: HeaderMap) -> Result<Response, HubError> {
    if let Some(secret) = cookie_of(&headers, COOKIE).map(str::to_owned) {
        let hub = site.hub.clone();
        blocking(move || hub.log_out(&secret)).await?;
    }
    let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

async fn act(
    State(site): State<Site>,
    visitor: Visitor,
    axum::extract::Path(act): axum::extract::Path<String>,
    body: Bytes,
) -> Result<Response, HubError> {
    let form = Form::of(&body);
    let next = form.next();
    let Some(person) = visitor.believed(&form)? else {
        let again: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        return Ok(Redirect::to(&format!("/login?next={again}")).into_response());
    };
    let wanted = match act.as_str() {
        "close" => Act::CloseException { kind: form.get("kind").into(), subject: form.get("subject").into() },
        "unteach" => Act::RemoveTaught { code: form.get("subject").into() },
        "resume" => Act::Resume { order_no: form.get("subject").into() },
        _ => return Err(Refusal::new(404, "Unknown act", "a page can close, unteach or resume").into()),
    };
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    match blocking(move || hub.act(&person, &wanted, now_us)).await {
        // What somebody else settled first is gone from the page as well.
        Ok(()) | Err(HubError::Refused(_)) => Ok(Redirect::to(&next).into_response()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_page_that_isnt_ours() {
        assert_eq!(own_page("/stations?lang=en"), Some("/stations?lang=en"));
        for elsewhere in [
            "",
            "stations",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(own_page(elsewhere), None, "{elsewhere}");
        }
    }
}
