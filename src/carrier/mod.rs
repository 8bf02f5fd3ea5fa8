//! Carriers: what to ask them, how to sign it, what their answers mean. Pure but for `http`: an operation becomes a
//! request, an answer becomes an outcome, and nothing here knows the time or a socket.

pub mod account;
pub mod breaker;
pub mod codes;
mod fields;
pub mod http;
pub mod jd;
pub mod routes;
pub mod learned;
pub mod prefetch;
mod secret;
pub mod sf;
pub mod token;
pub mod tracking;
pub mod zto;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::id::WaybillId;
use crate::domain::order::{CarrierCode, Party};

pub use crate::domain::number;
pub use codes::{Class, CodeTable};
pub use secret::{Secret, SecretError, SecretSource};
use token::Tokens;
use tracking::{Push, PushAnswer, PushError, Scan};

/// One account at one carrier. `reply` must be given the operation whose request was sent. An operation that the
/// carrier doesn't have is an error of `request`, with what to do instead.
pub trait Carrier: Send + Sync {
    fn code(&self) -> CarrierCode;
    fn request(&self, operation: &Operation, now: Timestamp) -> Result<HttpRequest, CarrierError>;
    fn reply(&self, operation: &Operation, status: u16, body: &[u8]) -> Outcome;
    /// What a push of the carrier says. One that isn't signed as the carrier signs is an error.
    fn pushed(&self, push: &Push<'_>) -> Result<Vec<Scan>, PushError>;
    /// What the carrier wants to hear: that its push is kept, or that it must come again. The push may have no body, where
    /// none came.
    fn push_answer(&self, push: &Push<'_>, kept: bool) -> PushAnswer;
    /// What must be renewed from time to time; `None` where a secret alone signs.
    fn tokens(&self) -> Option<&Tokens> {
        None
    }
    /// Whether an answer says that the access token ended, which a new one mends.
    fn token_ended(&self, _status: u16, _body: &[u8]) -> bool {
        false
    }
}

/// What can be asked of a carrier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Operation {
    Create(Box<ShipmentRequest>),
    /// Whether the carrier knows the waybill id, and its number then. Harmless to repeat.
    Query {
        waybill_id: WaybillId,
    },
    Cancel {
        waybill_id: WaybillId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// Other data for a parcel that the carrier has; its waybill id stays.
    Update(Box<ShipmentRequest>),
    /// Stop it on its way and bring it back.
    Intercept {
        waybill_id: WaybillId,
        number: String,
    },
    /// Only what its label needs for sorting; nothing is booked.
    Route(Box<ShipmentRequest>),
    /// Where it has been.
    Track(Tracked),
    /// Where it goes is to be pushed to the hub.
    Subscribe(Tracked),
    /// Numbers for outages, to be registered by a `Create` with one.
    Prefetch {
        count: u32,
    },
    /// How many prepaid numbers are left.
    Balance,
}

/// A parcel whose way is asked for; carriers show it to who knows the end of a phone number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracked {
    pub waybill_id: WaybillId,
    pub number: String,
    /// The receiver's (or sender's) last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_tail: Option<String>,
}

impl Operation {
    /// The parcel it is about; pools and balances are about none.
    pub fn waybill_id(&self) -> Option<&WaybillId> {
        match self {
            Operation::Create(shipment) | Operation::Update(shipment) | Operation::Route(shipment) => {
                Some(&shipment.waybill_id)
            }
            Operation::Query { waybill_id }
            | Operation::Cancel { waybill_id, .. }
            | Operation::Intercept { waybill_id, .. } => Some(waybill_id),
            Operation::Track(tracked) | Operation::Subscribe(tracked) => Some(&tracked.waybill_id),
            Operation::Prefetch { .. } | Operation::Balance => None,
        }
    }

    /// The parcel's data, where the operation carries them.
    pub fn shipment(&self) -> Option<&ShipmentRequest> {
        match self {
            Operation::Create(shipment) | Operation::Update(shipment) | Operation::Route(shipment) => Some(shipment),
            _ => None,
        }
    }

    /// As the command line spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Create(_) => "create",
            Operation::Query { .. } => "query",
            Operation::Cancel { .. } => "cancel",
            Operation::Update(_) => "update",
            Operation::Intercept { .. } => "intercept",
            Operation::Route(_) => "route",
            Operation::Track(_) => "track",
            Operation::Subscribe(_) => "subscribe",
            Operation::Prefetch { .. } => "prefetch",
            Operation::Balance => "balance",
        }
    }

    /// Whether a failed answer leaves doubt about a parcel; the others only ask.
    pub fn only_asks(&self) -> bool {
        matches!(self, Operation::Query { .. } | Operation::Route(_) | Operation::Track(_) | Operation::Balance)
    }
}

/// A parcel as a carrier needs to know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipmentRequest {
    /// The order id sent to the carrier; asked again with the same one, it must answer with the same number.
    pub waybill_id: WaybillId,
    pub sender: Party,
    pub receiver: Party,
    pub cargo: Vec<Cargo>,
    pub weight_g: u32,
    #[serde(default = "one")]
    pub pieces: u32,
    /// The carrier's product code; the account's default where it lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What the customer calls the order; the carrier only stores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// A number held already (a pool's), to be registered under this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

fn one() -> u32 {
    1
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cargo {
    pub name: String,
    #[serde(default = "one")]
    pub quantity: u32,
}

/// The exact request; sending it twice sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl HttpRequest {
    /// As it goes over the wire in HTTP/1.1, for people who compare it with a carrier's documentation.
    pub fn to_http1(&self) -> String {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let mut text = format!("{} {path} HTTP/1.1\r\nhost: {host}\r\n", self.method);
        for (name, value) in &self.headers {
            // Writing to a String cannot fail.
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "content-length: {}\r\n\r\n{}", self.body.len(), self.body);
        text
    }
}

/// What an answer says. Nothing is inferred: whatever leaves doubt is `Unknown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The carrier has the parcel under this id, with this number.
    Confirmed(Issued),
    /// The carrier no longer has it. Answers to `Cancel` only.
    Cancelled,
    /// It did what was asked, and there is nothing to remember of it: `Update`, `Intercept`, `Subscribe`.
    Done,
    /// What the label needs, under the carrier's own names in snake_case. Answers to `Route` only.
    Routed(BTreeMap<String, Value>),
    /// Answers to `Track` only, in the carrier's order.
    Tracked(Vec<tracking::Scan>),
    /// Answers to `Prefetch` only.
    Numbers(Vec<String>),
    /// Answers to `Balance` only.
    Balance { left: u64 },
    /// The carrier surely has no parcel to carry under this id; for a `Query` too, which is `Unknown` when it was refused.
    Rejected(Rejection),
    /// The carrier may or may not have it.
    Unknown(Doubt),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    pub number: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub child_numbers: Vec<String>,
    /// What its label needs, under the carrier's own names in snake_case.
    pub routing: BTreeMap<String, Value>,
    /// Why a person should look although a number was issued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attention: Vec<Attention>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// The carrier's people decide whether they deliver there.
    ManualCheck,
    /// The carrier doesn't know yet whether it delivers there.
    Undetermined,
    /// Without the sorting text the label can't be sorted: issued, not printable.
    NoRouting,
    /// The sorting text has one segment, which usually means a vague address.
    VagueAddress,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    pub code: String,
    /// The carrier's words, without the numbers of people.
    pub message: String,
    pub class: Class,
    /// The carrier has the parcel under this id all the same.
    pub booked: bool,
    pub cure_zh: String,
    pub cure_en: String,
}

#[cfg(test)]
impl Rejection {
    /// A refusal of this class, for tests.
    pub fn of(class: Class) -> Self {
        let text = String::new;
        Self { code: "7".into(), message: text(), class, booked: false, cure_zh: text(), cure_en: text() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    pub cause: Cause,
    pub why: String,
    /// Ask by id before asking again; else the same request may simply be sent again.
    pub query_first: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Sent, and no answer came in time.
    NoAnswer,
    /// Something that isn't the carrier's answer: a captive portal, half a JSON text, a gateway's error page.
    Unreadable,
    /// The carrier says that it failed inside.
    CarrierFailed,
    /// It says yes and gives no number, or none of its own form.
    NoNumber,
    /// The answer is about another parcel.
    AnotherParcels,
    /// The carrier has this id already.
    Duplicate,
    /// A code that isn't in the table.
    UnknownCode,
    /// A query that the carrier refused to answer.
    QueryRefused,
}

impl Outcome {
    /// For the shell: the request left, and what came back is not an answer.
    pub fn no_answer(why: impl Into<String>) -> Self {
        Outcome::Unknown(Doubt { cause: Cause::NoAnswer, why: why.into(), query_first: true, retry_after_s: None })
    }

    fn unknown(cause: Cause, why: impl Into<String>) -> Self {
        Outcome::Unknown(Doubt { cause, why: why.into(), query_first: true, retry_after_s: None })
    }
}

/// Why a request could not even be built. Nothing was sent; no field's content is repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    #[error("waybill id `{0}` cannot be an order id: it needs 1 to 50 of A-Z, a-z, 0-9 and `-`")]
    WaybillId(WaybillId),
    #[error("waybill {id}: {field} {problem}")]
    Field { id: WaybillId, field: String, problem: String },
    #[error("{carrier} has no `{operation}`: {instead}", carrier = carrier.as_str())]
    Unsupported { carrier: CarrierCode, operation: &'static str, instead: &'static str },
    #[error("{carrier} gives 1 to {most} numbers at once, and not {asked}: ask several times", carrier = carrier.as_str())]
    Count { carrier: CarrierCode, asked: u32, most: u32 },
}

/// A waybill id as an order id that every carrier takes: SF allows 64 characters, JD 50, and one id must fit whichever
/// carrier gets the parcel.
fn order_id(id: &WaybillId) -> Result<&str, CarrierError> {
    const LONGEST: usize = 50;
    let text = id.as_str();
    let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(text) } else { Err(CarrierError::WaybillId(id.clone())) }
}

/// Codes and numbers come as text or as numbers.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Carriers' messages sometimes repeat a phone; runs of digits that long are somebody's.
fn without_phones(text: &str) -> String {
    const SHORTEST_PHONE: usize = 7;
    let mut clean = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        clean.push_str(if digits.len() >= SHORTEST_PHONE { "…" } else { &digits });
        digits.clear();
        clean.extend((c != '\0').then_some(c));
    }
    clean
}

/// A carrier's words about an operation, without the people whose parcel it is: carriers repeat what they refuse.
fn without_people(operation: &Operation, message: &str) -> String {
    let mut clean = message.to_owned();
    for party in operation.shipment().into_iter().flat_map(|shipment| [&shipment.sender, &shipment.receiver]) {
        let address = fields::address(party);
        let company = party.company.as_deref().unwrap_or_default();
        for text in [&address, &party.detail, company, &party.name, &party.phone] {
            if !text.trim().is_empty() {
                clean = clean.replace(text, "…");
            }
        }
    }
    without_phones(&clean)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `destRouteLabel` to `dest_route_label`.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_do_not_stay_in_a_carriers_words() {
        assert_eq!(without_phones("mobile 13800000000 is wrong, see 8114"), "mobile … is wrong, see 8114");
        assert_eq!(without_phones("021-88888888"), "021-…");
    }

    #[test]
    fn names_become_snake_case() {
        for (name, expected) in [("destRouteLabel", "dest_route_label"), ("proCode", "pro_code"), ("mark", "mark")] {
            assert_eq!(snake_case(name), expected);
        }
    }

    #[test]
    fn a_request_prints_as_http1() {
        let request = HttpRequest {
            method: "POST".to_owned(),
            url: "https://host.example/std/service".to_owned(),
            headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
            body: "a=中".to_owned(),
        };
        assert_eq!(
            request.to_http1(),
            "POST /std/service HTTP/1.1\r\nhost: host.example\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\na=中"
        );
    }
}
