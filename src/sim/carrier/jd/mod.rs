//! JD Logistics' gateway (JD Logistics open platform: express orders, `/ecap/v1/orders/…`, and `/oauth/refresh`), with its
//! signature and token check, its book of orders, its numbers in advance and its ways of failing.

mod book;
mod route;
mod sign;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fault;
pub use super::fault::Fault;
use super::sf::form;
use super::wire::{Answer, Request, Server};
pub use book::Entry;
use book::{Book, No, Said, Yes};

/// The application that may call, and which of the possible manners the gateway has.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub app_key: String,
    pub app_secret: String,
    /// Access and refresh token; `None` for a partner without a user.
    pub tokens: Option<(String, String)>,
    /// Seconds a token lives.
    pub token_life_s: i64,
    /// The only algorithm it takes; `None` for all of them.
    pub algorithm: Option<&'static str>,
    pub duplicates: Duplicates,
    pub envelope: Envelope,
    /// Whether its answers name the merchant's order id, which JD's documents don't say.
    pub names_order: bool,
    /// Its clock, for timestamps and for the age of numbers; `None` for this machine's.
    pub now: Option<Timestamp>,
    /// How far a request's timestamp may be off; `None` for any. JD publishes none, its older gateway had six minutes.
    pub tolerance: Option<SignedDuration>,
    /// Numbers it gave in advance before it was started.
    pub pool: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            app_key: "unit-test-app-key".to_owned(),
            app_secret: "unit-test-app-secret".to_owned(),
            tokens: None,
            token_life_s: 7_200,
            algorithm: None,
            duplicates: Duplicates::Replay,
            envelope: Envelope::Object,
            names_order: true,
            now: None,
            tolerance: None,
            pool: Vec::new(),
        }
    }
}

/// JD's documents and its logs differ in what they do with an order id it has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// Success, sub code 0_0001, and the number it gave then.
    Replay,
    /// An error.
    Refuse,
}

/// Where the answer stands, and how its data are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// An object with data as an object.
    Object,
    /// An object with data as JSON in a text.
    Text,
    /// Inside of `response.content`.
    Content,
    /// Inside of `response.content`, as JSON in a text.
    ContentText,
}

/// A running gateway; dropping it closes every connection.
pub struct JdSim {
    server: Server<State>,
}

struct State {
    options: Options,
    book: Book,
    fault: Option<Fault>,
    received: Vec<Request>,
    /// The token that is good now ended already.
    token_ended: bool,
    renewals: u32,
}

/// Binds and serves in the background.
pub async fn start(options: Options) -> io::Result<JdSim> {
    let listen = options.listen;
    let mut book = Book::default();
    let good_until = book::good_until(now(&options));
    book.pool.extend(options.pool.iter().map(|number| (number.clone(), good_until)));
    let state = State { options, book, fault: None, received: Vec::new(), token_ended: false, renewals: 0 };
    Ok(JdSim { server: Server::start(listen, state, State::answer).await? })
}

impl JdSim {
    /// What to set as the endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.addr)
    }

    /// What to set as the address of renewals.
    pub fn refresh_url(&self) -> String {
        format!("http://{}/oauth/refresh", self.server.addr)
    }

    /// Everything accepted, by order id.
    pub fn book(&self) -> BTreeMap<String, Entry> {
        self.server.state().book.entries.clone()
    }

    /// What it tells of a number from now on, also of one that isn't in its book: traces as its answers hold them.
    pub fn tell(&self, number: &str, traces: Vec<Value>) {
        self.server.state().book.told.insert(number.to_owned(), traces);
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.server.state().fault = fault;
    }

    pub fn set_now(&self, now: Timestamp) {
        self.server.state().options.now = Some(now);
    }

    /// The access token that is good now isn't any more.
    pub fn end_token(&self) {
        self.server.state().token_ended = true;
    }

    /// The refresh token, too.
    pub fn revoke(&self) {
        let mut state = self.server.state();
        state.token_ended = true;
        if let Some((_, refresh)) = &mut state.options.tokens {
            "revoked".clone_into(refresh);
        }
    }

    /// Tokens granted since the start.
    pub fn renewals(&self) -> u32 {
        self.server.state().renewals
    }

    /// Every request as it arrived, also those that nothing was done with.
    pub fn received(&self) -> Vec<Request> {
        self.server.state().received.clone()
    }
}

fn now(options: &Options) -> Timestamp {
    options.now.unwrap_or_else(Timestamp::now)
}

impl State {
    fn answer(&mut self, request: Request) -> Answer {
        self.received.push(request.clone());
        if request.path == "/oauth/refresh" {
            return self.renewed(&request.body);
        }
        fault::answered(self.fault.clone(), || {
            let said = self.gateway(&request);
            Answer::json(match said {
                Ok(said) => self.enveloped(said, &request.body),
                Err(code) => self.refused(&code, &request.body),
            })
        })
    }

    /// The service's answer, or the code the gateway gives in its place.
    fn gateway(&mut self, request: &Request) -> Result<Said, String> {
        let query = form::fields(request.query.as_bytes()).ok_or("40")?;
        let given = |name: &str| query.get(name).map_or("", String::as_str);
        let Options { app_key, app_secret, tokens, algorithm, tolerance, .. } = &self.options;
        let body = std::str::from_utf8(&request.body).map_err(|_| "40")?;
        let is_json = request.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if given("v") != "2.0" || given("LOP-DN") != "ECAP" || !is_json {
            return Err("40".to_owned());
        }
        if given("app_key") != app_key {
            return Err("21".to_owned());
        }
        let access_token = given("access_token");
        if tokens.is_none() && query.contains_key("access_token") {
            return Err("19".to_owned());
        }
        let text = sign::Text {
            secret: app_secret,
            access_token,
            app_key,
            path: &request.path,
            body,
            timestamp: given("timestamp"),
        };
        let is_taken = algorithm.is_none_or(|algorithm| algorithm == given("algorithm"));
        if !is_taken || !sign::is_right(given("algorithm"), &text, given("sign")) {
            return Err("12".to_owned());
        }
        let zone = request.headers.get("lop-tz").map_or("8", String::as_str);
        let sent = instant(given("timestamp"), zone).ok_or("8")?;
        let off = sent.duration_since(now(&self.options)).abs();
        if tolerance.is_some_and(|tolerance| off > tolerance) {
            return Err("8".to_owned());
        }
        if tokens.as_ref().is_some_and(|(good, _)| self.token_ended || access_token != good) {
            return Err("19".to_owned());
        }
        match &self.fault {
            Some(Fault::Gateway(code)) => return Err(code.clone()),
            Some(Fault::Echo(code)) if code.starts_with("gateway ") => return Err(code["gateway ".len()..].to_owned()),
            Some(Fault::Business(code) | Fault::Echo(code)) => {
                return Ok(Err(No { code: "1".to_owned(), sub_code: code.clone(), word: "malformed" }));
            }
            _ => {}
        }
        let messages: Vec<Value> = serde_json::from_str(body).map_err(|_| "40")?;
        let [message] = messages.as_slice() else { return Err("40".to_owned()) };
        Ok(self.service(&request.path, message).ok_or("40")?)
    }

    fn service(&mut self, path: &str, message: &Value) -> Option<Said> {
        let (now, fault) = (now(&self.options), self.fault.clone());
        let said = match path.strip_prefix("/ecap/v1/orders/")? {
            "create" => self.book.create(message, self.options.duplicates, fault.as_ref(), now),
            "status/get" => self.book.status(message),
            "modify" => self.book.modify(message),
            "cancel" => self.book.cancel(message, fault == Some(Fault::Collected)),
            "precheck" => Book::precheck(message),
            "trace/query" => self.book.trace(message),
            "trace/subscribe" => self.book.subscribe(message),
            "pregetwaybillcodes" => self.book.prefetch(message, now),
            _ => return None,
        };
        Some(said.map(|Yes { mut data, sub_code }| {
            if let Some(fault) = &fault {
                data = book::distorted(data, fault, &self.book.entries);
            }
            if !self.options.names_order
                && let Some(fields) = data.as_object_mut()
            {
                fields.remove("orderId");
            }
            Yes { data, sub_code }
        }))
    }

    fn enveloped(&self, said: Said, body: &[u8]) -> String {
        let answer = match said {
            Ok(Yes { data, sub_code }) => {
                let data = if self.options.envelope == Envelope::Text { json!(data.to_string()) } else { data };
                let mut answer = json!({ "code": 0, "success": true, "msg": word("ok"), "mills": 287, "data": data });
                if !sub_code.is_empty() {
                    answer["subCode"] = json!(sub_code);
                    answer["subMsg"] = json!(word("duplicate"));
                }
                answer
            }
            Err(No { code, sub_code, word: known }) => {
                let message = self.repeated(word(known), body);
                json!({ "code": code, "success": false, "msg": message, "subCode": sub_code, "data": null })
            }
        };
        match self.options.envelope {
            Envelope::Object | Envelope::Text => answer,
            Envelope::Content => json!({ "response": { "content": answer } }),
            Envelope::ContentText => json!({ "response": { "content": answer.to_string() } }),
        }
        .to_string()
    }

    fn refused(&self, code: &str, body: &[u8]) -> String {
        let zh = self.repeated(word("gateway"), body);
        json!({ "error_response": { "code": code, "zh_desc": zh, "en_desc": "refused by the gateway" } }).to_string()
    }

    /// A message, with the receiver in it where that is what goes wrong.
    fn repeated(&self, message: &str, body: &[u8]) -> String {
        let sent: Value = serde_json::from_slice(body).unwrap_or_default();
        let receiver = &sent[0]["receiverContact"];
        if !matches!(self.fault, Some(Fault::Echo(_))) || receiver.is_null() {
            return message.to_owned();
        }
        let said = ["name", "mobile", "phone", "fullAddress"].map(|key| receiver[key].as_str().unwrap_or_default());
        format!("{message} [{}]", said.join(","))
    }

    /// RFC 6749, section 6, with a new refresh token each time: the old one is used up.
    fn renewed(&mut self, body: &[u8]) -> Answer {
        let form = form::fields(body).unwrap_or_default();
        let given = |name: &str| form.get(name).map_or("", String::as_str);
        let Options { app_key, app_secret, tokens, token_life_s, .. } = &mut self.options;
        let is_known = given("client_id") == app_key && given("client_secret") == app_secret;
        let granted = tokens.as_mut().filter(|(_, refresh)| is_known && given("refresh_token") == refresh);
        let Some((access, refresh)) = granted.filter(|_| given("grant_type") == "refresh_token") else {
            let mut answer = Answer::json(r#"{"error":"invalid_grant"}"#.to_owned());
            answer.status = 400;
            return answer;
        };
        self.renewals += 1;
        self.token_ended = false;
        (*access, *refresh) = (format!("access-{}", self.renewals), format!("refresh-{}", self.renewals));
        let granted = json!({ "access_token": access, "refresh_token": refresh, "expires_in": token_life_s });
        Answer::json(granted.to_string())
    }
}

/// `yyyy-MM-dd HH:mm:ss` in a zone of whole hours.
fn instant(timestamp: &str, zone: &str) -> Option<Timestamp> {
    let offset = Offset::from_hours(zone.parse().ok()?).ok()?;
    let civil: DateTime = timestamp.parse().ok()?;
    civil.to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
}

/// JD's own words.
fn word(key: &str) -> &'static str {
    let table = include_str!("messages.csv").lines().skip(1).filter_map(|line| line.split_once(','));
    table.into_iter().find(|(known, _)| *known == key).map_or("-", |(_, text)| text)
}
