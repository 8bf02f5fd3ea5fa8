//! Who may badge in, and new badges for packers, for leads who are logged in. A lead's own badge is issued on the hub's machine,
//! by `milepost sheet badge`: nobody makes leads from a page.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, http::StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::Frame;
use super::people::{Form, Visitor};
use crate::domain::id::OperatorId;
use crate::hub::api::{Site, blocking};
use crate::hub::people::{Act, Person};
use crate::hub::{HubError, Refusal};
use crate::label::codes::{self, Family};
use crate::label::{Fonts, Templates};
use crate::page;

const PAPER: &str = "60x40";
const DPI: u32 = 203;

pub fn router() -> Router<Site> {
    Router::new()
        .route("/people", get(people))
        .route("/people/badge", post(issue))
        .route("/people/revoke", post(revoke))
}

#[derive(Template)]
#[template(path = "hub/pages/people.html")]
struct PeoplePage {
    frame: Frame,
    token: String,
    people: Vec<Row>,
    refused: Option<String>,
}

struct Row {
    operator: String,
    name: String,
    lead: bool,
    revoked: bool,
}

#[derive(Template)]
#[template(path = "hub/pages/badge.html")]
struct BadgePage {
    frame: Frame,
    name: String,
    /// The label, as a picture in the page: a badge is shown once and lies in no cache.
    picture: String,
}

fn to_log_in() -> Response {
    Redirect::to("/login?next=%2Fpeople").into_response()
}

async fn people(State(site): State<Site>, visitor: Visitor) -> Result<Response, HubError> {
    match visitor.person.clone() {
        Some(person) => shown(&site, &visitor, &person, None).await,
        None => Ok(to_log_in()),
    }
}

async fn shown(site: &Site, visitor: &Visitor, person: &Person, refused: Option<String>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    let found = blocking(move || hub.people()).await?;
    let row = |(operator, name, lead, revoked)| Row { operator, name, lead, revoked };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(visitor, "people", "/people", "");
    let people = found.into_iter().map(row).collect();
    Ok((status, page::html(&PeoplePage { frame, token: person.token.clone(), people, refused })).into_response())
}

async fn issue(State(site): State<Site>, visitor: Visitor, body: Bytes) -> Result<Response, HubError> {
    let form = Form::of(&body);
    let Some(person) = visitor.believed(&form)? else { return Ok(to_log_in()) };
    let (operator, name) = (form.get("operator").trim().to_owned(), form.get("name").trim().to_owned());
    let says = operator.clone();
    let secret = *uuid::Uuid::new_v4().as_bytes();
    let (hub, now_us, by, called) = (site.hub.clone(), (site.now_us)(), person.clone(), name.clone());
    let issued = blocking(move || hub.issue_packers_badge(&by, &OperatorId(operator), &called, secret, now_us));
    match issued.await {
        Ok(code) => {
            let picture = picture(&code, &name, &says)?;
            let frame = Frame::new(&visitor, "people", "/people", "");
            Ok(page::html(&BadgePage { frame, name, picture }))
        }
        Err(HubError::Refused(refusal)) => shown(&site, &visitor, &person, Some(refusal.detail)).await,
        Err(error) => Err(error),
    }
}

async fn revoke(State(site): State<Site>, visitor: Visitor, body: Bytes) -> Result<Response, HubError> {
    let form = Form::of(&body);
    let Some(person) = visitor.believed(&form)? else { return Ok(to_log_in()) };
    let act = Act::RevokeBadge { operator: form.get("operator").to_owned() };
    let (hub, now_us, by) = (site.hub.clone(), (site.now_us)(), person.clone());
    match blocking(move || hub.act(&by, &act, now_us)).await {
        Ok(()) => Ok(Redirect::to("/people").into_response()),
        Err(HubError::Refused(refusal)) => shown(&site, &visitor, &person, Some(refusal.detail)).await,
        Err(error) => Err(error),
    }
}

fn picture(code: &str, name: &str, says: &str) -> Result<String, HubError> {
    let failed = |why: String| {
        tracing::error!(%why, "a badge could not be drawn");
        Refusal::new(
            500,
            "Badge not drawn",
            "the badge was issued and can't be drawn: issue it again with another name",
        )
    };
    let data = codes::badge(code, name, says).map_err(|error| failed(error.to_string()))?;
    let templates = Templates::builtin();
    let template = Family::Code.on(PAPER, &templates).map_err(|error| failed(error.to_string()))?;
    let fonts = Fonts::load(&[crate::label::fonts::DEFAULT_PATH]);
    let label = crate::label::render(template, &data.into(), &fonts, DPI).map_err(|error| failed(error.to_string()))?;
    let raster = label.raster().map_err(|error| failed(error.to_string()))?;
    Ok(format!("data:image/png;base64,{}", BASE64_STANDARD.encode(raster.to_png(DPI))))
}
