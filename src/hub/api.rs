//! The hub over HTTP: what stations, integrators and the office call. Every refusal is an RFC 9457 problem that names
//! the thing and the cure.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::sync::watch;

use super::accept::{Accepted, Reason};
use super::authority::Authority;
use super::shift::Of;
use super::{Hub, HubError, Refusal};
use crate::domain::id::{OrderNo, StationCode};
use crate::domain::order::{Item, Order};
use crate::domain::parcel::Operator;
use crate::page::Hosts;
use crate::problem;
use crate::wire::{
    AskRequest, BadgeAnswer, BadgeRequest, InviteAnswer, InviteRequest, JoinRequest, Problem, SyncRequest, unusable,
};

/// A request's body, compressed or not, may not be larger.
const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// A long poll ends after this, so that a dead connection shows.
const LONG_POLL: Duration = Duration::from_secs(25);

/// What the router needs beside the store.
#[derive(Clone)]
pub struct Site {
    pub hub: Hub,
    /// The keys that integrators and people's tools hold.
    pub keys: Arc<Vec<Key>>,
    /// Hash of the key that commands on the hub's own machine hold.
    pub admin: String,
    pub hosts: Hosts,
    /// Signs for stations' doors.
    pub authority: Arc<Authority>,
    /// The hub's clock, in microseconds since 1970.
    pub now_us: fn() -> i64,
    /// Turns true when the hub ends: long polls let go.
    pub closing: watch::Receiver<bool>,
}

/// A key of the config's, by which its holder is known.
#[derive(Clone)]
pub struct Key {
    /// Of its file, without the ending.
    pub name: String,
    pub hash: String,
}

impl Key {
    pub fn new(name: String, key: &str) -> Self {
        Key { name, hash: super::auth::digest(key.trim()) }
    }
}

/// Whose key came with a request.
#[derive(Clone)]
pub(super) struct Caller(pub String);

impl Site {
    pub fn new(
        hub: Hub,
        keys: Vec<Key>,
        admin: &str,
        hosts: Hosts,
        authority: Arc<Authority>,
        now_us: fn() -> i64,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Site { hub, keys: Arc::new(keys), admin: super::auth::digest(admin), hosts, authority, now_us, closing }
    }
}

pub fn router(site: Site) -> Router {
    let stations = Router::new()
        .route("/v1/sync/{station}", post(sync))
        .route("/v1/down/{station}", get(down))
        .route("/v1/ask/{station}", post(ask))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_its_station));
    let keyed = Router::new()
        .route("/v1/orders", post(orders_in))
        .route("/v1/items", post(items_in))
        .route("/v1/operators", post(operators_in))
        .route("/v1/orders/{order_no}/{act}", post(order_act))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_with_key));
    let admins = Router::new()
        .route("/v1/stations/{station}/invite", post(invite))
        .route("/v1/operators/{operator_id}/badge", post(badge))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_admins));
    let open = Router::new()
        .route("/v1/join", post(join))
        .route("/v1/health", get(health))
        .route("/v1/orders", get(orders))
        .route("/v1/orders/{order_no}/timeline", get(timeline))
        .route("/v1/stations", get(stations_list))
        .route("/v1/exceptions", get(exceptions))
        .route("/v1/temporary", get(temporary));
    let calls = Router::new()
        .merge(stations)
        .merge(keyed)
        .merge(admins)
        .merge(super::rule_calls::router(&site))
        .merge(super::wave_calls::router(&site))
        .merge(super::pool_calls::router(&site))
        .merge(super::handovers::router())
        .merge(super::shift::router())
        .merge(super::weights::router())
        .merge(super::returns::calls::router(&site))
        .merge(super::file_calls::router(&site))
        .merge(super::taught::router(&site))
        .merge(super::lead_acts::router(&site))
        .merge(super::qimen::calls::router(&site))
        .merge(super::certificates::router(&site))
        .merge(open)
        .merge(super::pages::router())
        .with_state(site.clone());
    problem::told_by(calls)
        .layer(middleware::from_fn_with_state(site, only_our_hosts))
        .layer(middleware::map_response(crate::page::guard))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

impl IntoResponse for HubError {
    fn into_response(self) -> Response {
        let problem = match &self {
            HubError::Refused(refusal) => Problem::new(refusal.status, refusal.title, &refusal.detail),
            other => {
                tracing::error!(error = %other, "the hub could not do a request");
                Problem::new(500, "Store failed", "the hub's store failed; the request had no effect: try again")
            }
        };
        problem::answer(&problem)
    }
}

fn refuse(status: u16, title: &'static str, detail: impl Into<String>) -> HubError {
    Refusal::new(status, title, detail).into()
}

/// Runs a store call where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HubError> + Send + 'static,
) -> Result<T, HubError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(refuse(500, "Request failed", "the request failed inside the hub and had no effect: report it")),
    }
}

async fn only_our_hosts(State(site): State<Site>, request: Request, next: Next) -> Response {
    match site.hosts.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(stranger) => refuse(403, "Not ours to answer", stranger.to_string()).into_response(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

pub(super) async fn only_its_station(
    State(site): State<Site>,
    Path(station): Path<String>,
    request: Request,
    next: Next,
) -> Response {
    let key = bearer(request.headers()).unwrap_or_default().to_owned();
    let hub = site.hub.clone();
    match blocking(move || hub.is_station(&StationCode(station), &key)).await {
        Ok(true) => next.run(request).await,
        Ok(false) => {
            let detail = "the key is not this station's: join again with a code from `milepost hub invite`";
            refuse(401, "Unknown key", detail).into_response()
        }
        Err(error) => error.into_response(),
    }
}

pub(super) async fn only_with_key(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let hash = bearer(request.headers()).map(super::auth::digest);
    let Some(key) = site.keys.iter().find(|key| hash.as_ref() == Some(&key.hash)) else {
        let detail = "send `Authorization: Bearer` with a key that hub.toml names in `key_files`";
        return refuse(401, "Key needed", detail).into_response();
    };
    request.extensions_mut().insert(Caller(key.name.clone()));
    next.run(request).await
}

async fn only_admins(State(site): State<Site>, request: Request, next: Next) -> Response {
    if bearer(request.headers()).is_some_and(|key| super::auth::digest(key) == site.admin) {
        return next.run(request).await;
    }
    let detail = "only a command on the hub's own machine may ask this: run `milepost hub invite` there, once more if the \
                  hub was just started anew";
    refuse(401, "Admin key needed", detail).into_response()
}

/// A JSON body, with an error that names what is wrong with it.
pub(super) fn document<T: DeserializeOwned>(body: &[u8]) -> Result<T, HubError> {
    serde_json::from_slice(body)
        .map_err(|error| refuse(422, "Unusable document", format!("the body can't be used: {}", unusable(&error))))
}

async fn sync(
    State(site): State<Site>,
    Path(station): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HubError> {
    let received_us = (site.now_us)();
    let packed = headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "zstd");
    let hub = site.hub.clone();
    let mut answer = blocking(move || {
        let text = if packed { unpacked(&body)? } else { body.to_vec() };
        let request: SyncRequest = document(&text)?;
        hub.ingest(&StationCode(station), &request, received_us)
    })
    .await?;
    answer.answered_us = (site.now_us)();
    Ok(Json(answer).into_response())
}

/// A small body that unpacks to gigabytes must not.
fn unpacked(body: &[u8]) -> Result<Vec<u8>, HubError> {
    use std::io::Read;
    let broken = |error: std::io::Error| refuse(400, "Broken body", format!("the body is not whole zstd: {error}"));
    let mut text = Vec::new();
    let limit = BODY_LIMIT as u64 + 1;
    zstd::Decoder::new(body).map_err(broken)?.take(limit).read_to_end(&mut text).map_err(broken)?;
    match text.len() > BODY_LIMIT {
        true => Err(refuse(413, "Body too large", "send fewer entries at a time")),
        false => Ok(text),
    }
}

#[derive(Deserialize)]
struct DownQuery {
    #[serde(default)]
    cursor: u64,
    /// Wait this long for something new.
    #[serde(default)]
    wait_ms: u64,
}

async fn down(
    State(site): State<Site>,
    Path(station): Path<String>,
    Query(query): Query<DownQuery>,
) -> Result<Response, HubError> {
    let station = StationCode(station);
    let (mut changes, mut closing) = (site.hub.changes(), site.closing.clone());
    let deadline = tokio::time::Instant::now() + Duration::from_millis(query.wait_ms).min(LONG_POLL);
    loop {
        let (hub, asker, now_us) = (site.hub.clone(), station.clone(), (site.now_us)());
        let answer = blocking(move || hub.down(&asker, query.cursor, now_us)).await?;
        let waited = async {
            tokio::select! {
                _ = changes.changed() => true,
                _ = closing.changed() => false,
            }
        };
        let news = !answer.documents.is_empty();
        if news || !tokio::time::timeout_at(deadline, waited).await.unwrap_or(false) {
            return Ok(Json(answer).into_response());
        }
    }
}

async fn ask(State(site): State<Site>, Path(station): Path<String>, body: Bytes) -> Result<Response, HubError> {
    let request: AskRequest = document(&body)?;
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let answer = blocking(move || hub.ask(&StationCode(station), &request, now_us)).await?;
    Ok(Json(answer).into_response())
}

async fn invite(State(site): State<Site>, Path(station): Path<String>, body: Bytes) -> Result<Response, HubError> {
    let InviteRequest { warehouse } = document(&body)?;
    if !crate::domain::id::is_station_code(&station) {
        let detail = format!("`{station}` can't be a station's code: use letters, digits and `-`, like SZ-01");
        return Err(refuse(422, "Unusable code", detail));
    }
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let secret = uuid::Uuid::new_v4().into_bytes()[..10].try_into().expect("a uuid has 16 bytes");
    let code = blocking(move || hub.invite(&StationCode(station), warehouse.as_deref(), secret, now_us)).await?;
    Ok(Json(InviteAnswer { code }).into_response())
}

async fn badge(State(site): State<Site>, Path(operator_id): Path<String>, body: Bytes) -> Result<Response, HubError> {
    let BadgeRequest { name, lead } = document(&body)?;
    let hub = site.hub.clone();
    let secret = uuid::Uuid::new_v4().into_bytes();
    let code = blocking(move || hub.issue_badge(&operator_id.as_str().into(), &name, lead, secret)).await?;
    Ok(Json(BadgeAnswer { code }).into_response())
}

async fn join(State(site): State<Site>, body: Bytes) -> Result<Response, HubError> {
    let request: JoinRequest = document(&body)?;
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let key = uuid::Uuid::new_v4().simple().to_string() + &uuid::Uuid::new_v4().simple().to_string();
    let answer = blocking(move || hub.join(&request, &key, now_us)).await?;
    Ok(Json(answer).into_response())
}

/// A batch, each order of which stands for itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Orders {
    orders: Vec<serde_json::Value>,
}

/// What of a body tells a batch from a single order.
#[derive(Deserialize)]
struct Shape {
    orders: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Operators {
    operators: Vec<Operator>,
}

async fn orders_in(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    once(&site, &headers, body, move |body| {
        let Shape { orders: None } = document(body)? else {
            let Orders { orders } = document(body)?;
            return accept_batch(&hub, orders, now_us);
        };
        hub.accept_form(document(body)?, now_us)
    })
    .await
}

/// What can't be read as an order is refused by itself, not with the batch it came in.
fn accept_batch(hub: &Hub, batch: Vec<serde_json::Value>, now_us: i64) -> Result<Accepted, HubError> {
    let (mut orders, mut refused) = (Vec::new(), Vec::new());
    for order in batch {
        let order_no = order["order_no"].as_str().map(Into::into);
        match serde_json::from_value::<Order>(order) {
            Ok(order) => orders.push(order),
            Err(error) => {
                refused.push(Reason { order_no, sku: None, reason: format!("can't be read: {}", unusable(&error)) })
            }
        }
    }
    let mut done = hub.accept_orders(&orders, now_us)?;
    done.refused.extend(refused);
    Ok(done)
}

async fn items_in(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    once(&site, &headers, body, move |body| {
        let Items { items } = document(body)?;
        hub.accept_items(&items, now_us)
    })
    .await
}

/// With an `Idempotency-Key` a repeated request gets the first one's answer, and another body under the same key a 422.
pub(super) async fn once<T: serde::Serialize + Send + 'static>(
    site: &Site,
    headers: &HeaderMap,
    body: Bytes,
    work: impl FnOnce(&[u8]) -> Result<T, HubError> + Send + 'static,
) -> Result<Response, HubError> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let answer = blocking(move || {
        if let Some(answer) = key.as_deref().map(|key| hub.answered(key, &body)).transpose()?.flatten() {
            return Ok(answer);
        }
        let answer = super::json(&work(&body)?);
        if let Some(key) = &key {
            hub.remember_answer(key, &body, &answer, now_us)?;
        }
        Ok(answer)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

async fn operators_in(State(site): State<Site>, body: Bytes) -> Result<Response, HubError> {
    let Operators { operators } = document(&body)?;
    let hub = site.hub.clone();
    let count = operators.len();
    blocking(move || hub.put_operators(&operators)).await?;
    Ok(Json(serde_json::json!({ "accepted": count })).into_response())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    #[serde(default)]
    reason: String,
    /// Who answers for a hold.
    #[serde(default)]
    by: Option<String>,
}

async fn order_act(
    State(site): State<Site>,
    Path((order_no, act)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, HubError> {
    let why: Why = if body.is_empty() { Why::default() } else { document(&body)? };
    let (hub, now_us, order_no) = (site.hub.clone(), (site.now_us)(), OrderNo(order_no));
    blocking(move || match act.as_str() {
        "cancel" => hub.cancel(&order_no, &why.reason, now_us),
        "hold" => hub.hold(&order_no, &why.reason, why.by.as_deref(), now_us),
        "resume" => hub.resume(&order_no, now_us),
        _ => Err(refuse(404, "Unknown act", format!("an order can be told cancel, hold or resume, not {act}"))),
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default = "page_size")]
    limit: u32,
}

fn page_size() -> u32 {
    100
}

async fn orders(State(site): State<Site>, Query(search): Query<Search>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    let rows = blocking(move || hub.orders(search.q.trim(), search.limit.min(1_000))).await?;
    Ok(Json(serde_json::json!({ "orders": rows })).into_response())
}

async fn timeline(State(site): State<Site>, Path(order_no): Path<String>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    let wanted = OrderNo(order_no.clone());
    let timeline = blocking(move || hub.timeline(&wanted)).await?;
    let timeline = timeline.ok_or_else(|| {
        refuse(404, "Unknown order", format!("order {order_no} is not here: check the number, or import its file"))
    })?;
    let (hub, wanted, now_us) = (site.hub.clone(), OrderNo(order_no), (site.now_us)());
    let found = blocking(move || hub.order(&wanted, now_us)).await?;
    let (standing, ways) = found.map(|order| (order.standing, order.ways)).unzip();
    let line = timeline.one_line(&site.hub.policy().zone);
    Ok(Json(serde_json::json!({ "order_no": timeline.order_no, "line": line, "standing": standing,
        "steps": timeline.steps, "ways": ways.unwrap_or_default() }))
    .into_response())
}

async fn stations_list(State(site): State<Site>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    Ok(Json(serde_json::json!({ "stations": blocking(move || hub.stations()).await? })).into_response())
}

async fn exceptions(State(site): State<Site>, Query(of): Query<Of>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    let mut rows = blocking(move || hub.exceptions(now_us)).await?;
    rows.retain(|row| row.is_for(&of.warehouse));
    Ok(Json(serde_json::json!({ "exceptions": rows })).into_response())
}

async fn temporary(State(site): State<Site>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(serde_json::json!({ "temporary": blocking(move || hub.temporary(now_us)).await? })).into_response())
}

async fn health(State(site): State<Site>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    let counts = blocking(move || hub.counts()).await?;
    Ok(Json(serde_json::json!({ "hub_epoch": site.hub.epoch(), "now_us": (site.now_us)(), "counts": counts }))
        .into_response())
}
