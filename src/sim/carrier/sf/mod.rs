//! SF Express's gateway (SF open platform: EXP_RECE_CREATE_ORDER, EXP_RECE_SEARCH_ORDER_RESP, EXP_RECE_UPDATE_ORDER),
//! with its signature check, its book of orders and its ways of failing.

mod book;
pub(super) mod form;
mod route;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::fault;
pub use super::fault::Fault;
use super::wire::{Answer, Request, Server};
pub use book::Entry;
use book::{Book, Said};

/// The account that may call, and which of the documented manners the gateway has.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub partner_id: String,
    pub check_word: String,
    pub signature: Signature,
    pub duplicates: Duplicates,
    pub envelope: Envelope,
    /// Whether it wants an access token in the digest's place, which it gives for two hours.
    pub tokens: bool,
    /// Numbers given already: two accounts at SF never get the same one.
    pub issued: u64,
}

impl Default for Options {
    /// SF's published sample credentials, on any free port of this machine.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            partner_id: "test".to_owned(),
            check_word: "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci".to_owned(),
            signature: Signature::StandardMd5,
            duplicates: Duplicates::ReplayFirst,
            envelope: Envelope::Text,
            tokens: false,
            issued: 0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    StandardMd5,
    SimpleMd5,
    Sm3,
}

/// SF documents both for an order id it has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The first order's data again.
    ReplayFirst,
    /// Error 8016.
    Refuse,
}

/// How `apiResultData` and `success` are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// JSON in a string, as real answers have it.
    Text,
    /// An object, as the documentation shows it.
    Object,
    /// JSON in a string, and `success` the word "true".
    Words,
}

/// One call as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub service: String,
    pub order_id: String,
    pub message: Value,
}

/// A running gateway; dropping it closes every connection.
pub struct SfSim {
    server: Server<State>,
}

struct State {
    options: Options,
    book: Book,
    fault: Option<Fault>,
    calls: Vec<Call>,
    received: Vec<Request>,
    /// The access token that is good now, and how many were granted.
    token: Option<String>,
    grants: u32,
}

/// Binds and serves in the background.
pub async fn start(options: Options) -> io::Result<SfSim> {
    let book = Book { issued: options.issued, ..Book::default() };
    let listen = options.listen;
    let state = State { options, book, fault: None, calls: Vec::new(), received: Vec::new(), token: None, grants: 0 };
    Ok(SfSim { server: Server::start(listen, state, State::answer).await? })
}

impl SfSim {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    /// What to set as the endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/std/service", self.server.addr)
    }

    /// What to set as the address of access tokens; SF's own isn't public.
    pub fn token_url(&self) -> String {
        format!("http://{}{TOKEN_PATH}", self.server.addr)
    }

    /// The access token that is good now isn't any more.
    pub fn end_token(&self) {
        self.server.state().token = None;
    }

    /// Tokens granted since the start.
    pub fn grants(&self) -> u32 {
        self.server.state().grants
    }

    /// Everything accepted, by order id.
    pub fn book(&self) -> BTreeMap<String, Entry> {
        self.server.state().book.entries.clone()
    }

    /// What it tells of a number from now on, also of one that isn't in its book: routes as its answers hold them.
    pub fn tell(&self, number: &str, routes: Vec<Value>) {
        self.server.state().book.told.insert(number.to_owned(), routes);
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.server.state().fault = fault;
    }

    /// Every call whose form could be read, also refused ones, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.server.state().calls.clone()
    }

    /// Every request as it arrived, also those that nothing was done with.
    pub fn received(&self) -> Vec<Request> {
        self.server.state().received.clone()
    }
}

const TOKEN_PATH: &str = "/oauth2/accessToken";

/// The gateway's answer: a code of its own, or the service's.
type Gateway = Result<Said, String>;

impl State {
    fn answer(&mut self, request: Request) -> Answer {
        self.received.push(request.clone());
        if request.path == TOKEN_PATH {
            return Answer::json(self.granted(&request.body));
        }
        fault::answered(self.fault.clone(), || {
            let said = self.gateway(&request.body);
            Answer::json(self.enveloped(said))
        })
    }

    fn gateway(&mut self, body: &[u8]) -> Gateway {
        let fields = form::fields(body).ok_or("A1001")?;
        let field = |name: &str| fields.get(name).filter(|text| !text.is_empty()).cloned().ok_or("A1001");
        let (partner_id, service, timestamp) = (field("partnerID")?, field("serviceCode")?, field("timestamp")?);
        let (request_id, message) = (field("requestID")?, field("msgData")?);
        let proof = field(if self.options.tokens { "accessToken" } else { "msgDigest" })?;
        // Never both.
        if fields.contains_key("accessToken") && fields.contains_key("msgDigest") {
            return Err("A1001".to_owned());
        }
        let parsed: Option<Value> = serde_json::from_str(&message).ok();
        let order_id = parsed.as_ref().and_then(|message| message["orderId"].as_str()).unwrap_or_default().to_owned();
        self.calls.push(Call { service: service.clone(), order_id, message: parsed.clone().unwrap_or_default() });
        if request_id.len() > 40 || timestamp.parse::<u64>().is_err() {
            return Err("A1001".to_owned());
        }
        if partner_id != self.options.partner_id {
            return Err("A1004".to_owned());
        }
        if self.options.tokens {
            if self.token.as_ref() != Some(&proof) {
                return Err("A1011".to_owned());
            }
        } else if proof != form::digest(self.options.signature, &message, &timestamp, &self.options.check_word) {
            return Err("A1006".to_owned());
        }
        if let Some(Fault::Gateway(code)) = &self.fault {
            return Err(code.clone());
        }
        if let Some(Fault::Business(code) | Fault::Echo(code)) = &self.fault {
            return Ok(Err(code.clone()));
        }
        let Some(message) = parsed else {
            return Ok(Err("S0001".to_owned()));
        };
        let said = match service.as_str() {
            "EXP_RECE_CREATE_ORDER" => self.book.create(&message, self.options.duplicates, self.fault.as_ref()),
            "EXP_RECE_SEARCH_ORDER_RESP" => self.book.search(&message),
            "EXP_RECE_UPDATE_ORDER" => self.book.update(&message),
            "EXP_RECE_SEARCH_ROUTES" => self.book.routes(&message),
            _ => return Err("A1004".to_owned()),
        };
        Ok(said.map(|said| match &self.fault {
            Some(fault) => book::distorted(said, fault, &self.book.entries),
            None => said,
        }))
    }

    fn granted(&mut self, body: &[u8]) -> String {
        let form = form::fields(body).unwrap_or_default();
        let is = |name: &str, value: &str| form.get(name).is_some_and(|given| given == value);
        let Options { partner_id, check_word, .. } = &self.options;
        if !is("partnerID", partner_id) || !is("secret", check_word) || !is("grantType", "password") {
            return json!({ "apiResultCode": "A1006", "apiErrorMsg": message("A1006") }).to_string();
        }
        self.grants += 1;
        let token = format!("token-{}", self.grants);
        self.token = Some(token.clone());
        json!({ "apiResultCode": "A1000", "accessToken": token, "expiresIn": 7199 }).to_string()
    }

    /// A code's words, with the receiver in them where that is what goes wrong.
    fn told(&self, code: &str) -> String {
        let receiver = self.calls.last().map(|call| &call.message["contactInfoList"][1]);
        match (&self.fault, receiver) {
            (Some(Fault::Echo(_)), Some(receiver)) => {
                let said =
                    ["contact", "tel", "mobile", "address"].map(|key| receiver[key].as_str().unwrap_or_default());
                format!("{} [{}]", message(code), said.join(","))
            }
            _ => message(code).to_owned(),
        }
    }

    fn enveloped(&self, said: Gateway) -> String {
        let id = "0001763C8DC7F33FE4D5F5D3D3D9B43F";
        let said = match said {
            Ok(said) => said,
            Err(code) => {
                let text = message(&code);
                return json!({ "apiErrorMsg": text, "apiResponseID": id, "apiResultCode": code, "apiResultData": null }).to_string();
            }
        };
        let words = self.options.envelope == Envelope::Words;
        let success = |yes: bool| {
            if words { json!(yes.to_string()) } else { json!(yes) }
        };
        let inner = match said {
            Ok(data) => {
                json!({ "success": success(true), "errorCode": "S0000", "errorMsg": null, "msgData": data })
            }
            Err(code) => {
                json!({ "success": success(false), "errorMsg": self.told(&code), "errorCode": code, "msgData": null })
            }
        };
        let data = if self.options.envelope == Envelope::Object { inner } else { json!(inner.to_string()) };
        json!({ "apiErrorMsg": "", "apiResponseID": id, "apiResultCode": "A1000", "apiResultData": data }).to_string()
    }
}

/// SF's own words for a code or product.
fn message(code: &str) -> &'static str {
    let table = include_str!("messages.csv").lines().skip(1).filter_map(|line| line.split_once(','));
    table.into_iter().find(|(known, _)| *known == code).map_or("-", |(_, text)| text)
}
