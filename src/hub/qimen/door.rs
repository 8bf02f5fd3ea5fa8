//! Where ERPs' messages come in, on a listener of its own: nothing else of the hub is behind it. Nothing of a message is looked at
//! before its signature is good, and nothing of one is ever logged. An answer of success means that it is durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use super::config::{CustomerConfig, Partner};
use super::message;
use super::sign::{Parameters, sign};
use crate::hub::api::blocking;
use crate::hub::auth::digest;
use crate::hub::{Hub, HubError};
use crate::intake::qimen::{self, Element, Form, Unusable};

/// An order of 1 000 lines with every documented field has less.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// A body that comes slower than this is nobody's message.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everything that messages come to.
pub struct Door {
    hub: Hub,
    partner: Arc<Partner>,
    now_us: fn() -> i64,
    /// Messages that weren't signed by somebody we know, since the start.
    pub strangers: AtomicU64,
}

/// Why a message is answered with failure.
enum No {
    /// It isn't proven whose it is; who it is said to be from is told no more than the field.
    Stranger(&'static str),
    Unusable(Unusable),
    Hub(HubError),
}

impl From<Unusable> for No {
    fn from(unusable: Unusable) -> No {
        No::Unusable(unusable)
    }
}

impl From<HubError> for No {
    fn from(error: HubError) -> No {
        No::Hub(error)
    }
}

/// What a good message is answered with beyond the flag.
#[derive(Default)]
struct Yes {
    message: String,
    more: Vec<(&'static str, String)>,
}

pub(in crate::hub) fn router(door: Arc<Door>) -> Router {
    Router::new().route("/qimen", post(take)).with_state(door)
}

async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(PATIENCE, to_bytes(body, BODY_LIMIT)).await;
    let query = head.uri.query().unwrap_or_default().to_owned();
    let done = match body {
        Ok(Ok(body)) => door.answer(query, body).await,
        Ok(Err(_)) => Err(No::Stranger("its body is too large or ended early: send fewer lines")),
        Err(_) => Err(No::Stranger("its body does not come: send it again")),
    };
    let codes = &door.partner.form.codes;
    let answer = match done {
        Ok(yes) => {
            let more: Vec<(&str, &str)> = yes.more.iter().map(|(name, value)| (*name, value.as_str())).collect();
            message::answer("success", &codes.success, &yes.message, &more)
        }
        Err(No::Stranger(why)) => {
            door.count(why);
            message::answer("failure", &codes.signature, why, &[])
        }
        Err(No::Unusable(why)) => message::answer("failure", &codes.unreadable, &why.to_string(), &[]),
        Err(No::Hub(HubError::Refused(why))) => message::answer("failure", &codes.refused, &why.detail, &[]),
        Err(No::Hub(error)) => {
            tracing::error!(%error, "a message of an ERP could not be kept: it is told to send it again");
            message::answer("failure", &codes.failed, "the store failed and nothing was kept: send it again", &[])
        }
    };
    ([(header::CONTENT_TYPE, "text/xml;charset=utf-8")], answer).into_response()
}

impl Door {
    pub(in crate::hub) fn new(hub: Hub, partner: Arc<Partner>, now_us: fn() -> i64) -> Door {
        Door { hub, partner, now_us, strangers: AtomicU64::new(0) }
    }

    async fn answer(self: &Arc<Self>, query: String, body: Bytes) -> Result<Yes, No> {
        let door = self.clone();
        // Reading, checking and keeping block: an order may have a thousand lines.
        blocking(move || Ok(door.taken(&query, &body))).await?
    }

    fn taken(&self, query: &str, body: &[u8]) -> Result<Yes, No> {
        let now_us = (self.now_us)();
        let parameters =
            parameters(query).ok_or(No::Stranger("a parameter of the address stands twice: send each once"))?;
        let customer = self.proven(&parameters, body, now_us)?;
        let method = parameters.get("method").map(String::as_str).unwrap_or_default();
        let form = &self.partner.form;
        match method.strip_prefix(&form.method_prefix).unwrap_or(method) {
            "deliveryorder.create" => self.order(customer, &qimen::read(body).map_err(Unusable::Xml)?, now_us),
            "order.cancel" => {
                let cancel = qimen::cancel(&qimen::read(body).map_err(Unusable::Xml)?)?;
                self.hub.take_back(&customer.customer_id, &cancel, now_us)?;
                Ok(Yes::default())
            }
            "singleitem.synchronize" => self.item(&qimen::read(body).map_err(Unusable::Xml)?, now_us),
            "returnorder.create" => {
                let expected = qimen::expected_return(&qimen::read(body).map_err(Unusable::Xml)?)?;
                let ours = customer.whose().warehouse_of(&expected.warehouse, form)?;
                self.hub.expect_return(&customer.customer_id, &expected, ours.as_deref(), now_us)?;
                Ok(Yes { more: vec![("returnOrderId", expected.return_no)], ..Yes::default() })
            }
            other => {
                Err(Unusable::Field { field: "method".into(), value: other.into(), what: "message taken here" }.into())
            }
        }
    }

    /// Whose message it is, if its signature and time are good.
    fn proven(&self, parameters: &Parameters, body: &[u8], now_us: i64) -> Result<&CustomerConfig, No> {
        let get = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let partner = &*self.partner;
        if get("app_key") != partner.config.app_key {
            return Err(No::Stranger("app_key is not ours: use the one agreed"));
        }
        if get("sign_method") != "md5" || get("format") != "xml" {
            return Err(No::Stranger("sign_method must be md5, and format xml"));
        }
        // Digests are compared, so that the time it takes tells nothing of the signature.
        if digest(&sign(parameters, body, partner.secret.expose())) != digest(get("sign")) {
            return Err(No::Stranger("sign is not that of this message: sign it with the secret agreed, in UTF-8"));
        }
        if !in_time(get("timestamp"), &partner.form, now_us, partner.config.skew_s) {
            return Err(No::Stranger(
                "timestamp is too far from our time: set the clock, and write it as 2026-02-18 14:22:05",
            ));
        }
        partner.customer(get("customerId")).ok_or(No::Stranger("customerId is none of ours: use the one agreed"))
    }

    fn order(&self, customer: &CustomerConfig, request: &Element, now_us: i64) -> Result<Yes, No> {
        let partner = &self.partner;
        let delivery = qimen::delivery(request, &partner.form, &partner.gifts, &customer.whose())?;
        let message = self.hub.deliver(partner, &customer.customer_id, &delivery, now_us)?;
        Ok(Yes { message, more: vec![("deliveryOrderId", delivery.order.order_no.to_string())] })
    }

    fn item(&self, request: &Element, now_us: i64) -> Result<Yes, No> {
        let sku = request.child("item").and_then(|item| item.text_of("itemCode"));
        let known = sku.map(|sku| self.hub.known_item(sku)).transpose()?.flatten();
        let item = qimen::item(request, known)?;
        let done = self.hub.accept_items(std::slice::from_ref(&item), now_us)?;
        match done.refused.into_iter().next() {
            Some(refused) => {
                let detail = format!("item {}: {}", item.sku, refused.reason);
                Err(HubError::from(crate::hub::Refusal::new(422, "Unusable item", detail)).into())
            }
            None => Ok(Yes { more: vec![("itemId", item.sku.to_string())], ..Yes::default() }),
        }
    }

    /// Counts, and says so ever more rarely: whoever knocks all day fills no log.
    fn count(&self, why: &'static str) {
        let so_far = self.strangers.fetch_add(1, Ordering::Relaxed) + 1;
        if so_far.is_power_of_two() {
            tracing::warn!(so_far, why, "a message to /qimen was refused");
        }
    }
}

/// `None` where a name stands twice: which of the two was signed?
fn parameters(query: &str) -> Option<Parameters> {
    let mut parameters = Parameters::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

fn in_time(text: &str, form: &Form, now_us: i64, skew_s: u64) -> bool {
    let at = qimen::time(text, form);
    at.is_some_and(|at| (now_us - at.as_microsecond()).unsigned_abs() <= skew_s.saturating_mul(1_000_000))
}
