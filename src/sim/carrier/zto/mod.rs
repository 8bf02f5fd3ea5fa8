//! ZTO's gateway (ZTO open platform: zto.open.createOrder and its neighbours), with its digest check, its book of orders,
//! its prepaid numbers and its ways of failing.

mod book;
mod digest;
mod route;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::fault;
pub use super::fault::Fault;
use super::wire::{Answer, Request, Server};
pub use book::Entry;
use book::{Book, Said};

/// The application that may call, the account behind it, and which manners the gateway has.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub app_key: String,
    pub app_secret: String,
    pub hmac_key: String,
    pub signature: Signature,
    pub account_id: String,
    pub account_password: String,
    /// Prepaid numbers.
    pub balance: u64,
    pub duplicates: Duplicates,
    pub envelope: Envelope,
    /// The time by which timestamps are judged; this machine's where it lacks.
    pub now: Option<Timestamp>,
}

impl Default for Options {
    /// The sample secret of ZTO's documents and its test account, on any free port of this machine.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            app_key: "test".to_owned(),
            app_secret: "6fecf57d0f3e1c2100eac4810aa90b54".to_owned(),
            hmac_key: String::new(),
            signature: Signature::default(),
            account_id: "test".to_owned(),
            account_password: "ZTO123".to_owned(),
            balance: 1_000,
            duplicates: Duplicates::ReplayFirst,
            envelope: Envelope::Zeros,
            now: None,
        }
    }
}

/// How the application is set up in ZTO's console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    pub algorithm: Algorithm,
    /// Lower-case hex in place of base64.
    pub hex: bool,
    /// With the timestamp of `x-timestamp` before the body.
    pub timestamp: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    #[default]
    Md5,
    Sha256,
    HmacSha256,
}

/// What ZTO does with an order code it has already isn't published; both are plausible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The first order's data again.
    ReplayFirst,
    /// An error, under a code that nobody knows.
    Refuse,
}

/// How a success is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// `statusCode` 0000
    Zeros,
    /// `statusCode` SYS000
    Sys,
    /// `result` as JSON in a string, `status` the word "true"
    Words,
}

/// A timestamp may be that far from ZTO's clock; ZTO publishes no figure.
const TOLERANCE_MS: i64 = 600_000;

/// A running gateway; dropping it closes every connection.
pub struct ZtoSim {
    server: Server<State>,
}

struct State {
    options: Options,
    book: Book,
    fault: Option<Fault>,
    received: Vec<Request>,
}

/// Binds and serves in the background.
pub async fn start(options: Options) -> io::Result<ZtoSim> {
    let listen = options.listen;
    let state = State { options, book: Book::default(), fault: None, received: Vec::new() };
    Ok(ZtoSim { server: Server::start(listen, state, State::answer).await? })
}

impl ZtoSim {
    /// What to set as the endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.addr)
    }

    /// Everything accepted, by the customer's order code.
    pub fn book(&self) -> BTreeMap<String, Entry> {
        self.server.state().book.entries.clone()
    }

    /// What it tells of a number from now on, also of one that isn't in its book: scans as its answers hold them.
    pub fn tell(&self, number: &str, scans: Vec<Value>) {
        self.server.state().book.told.insert(number.to_owned(), scans);
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.server.state().fault = fault;
    }

    /// Every request as it arrived, also those that nothing was done with.
    pub fn received(&self) -> Vec<Request> {
        self.server.state().received.clone()
    }
}

impl State {
    fn answer(&mut self, request: Request) -> Answer {
        self.received.push(request.clone());
        fault::answered(self.fault.clone(), || {
            let said = self.gateway(&request);
            Answer::json(self.enveloped(said, &request.body))
        })
    }

    fn gateway(&mut self, request: &Request) -> Said {
        let header = |name: &str| request.headers.get(name).cloned();
        // ZTO's documents name the key otherwise than its SDKs.
        let app_key = header("x-appkey").or_else(|| header("x-companyid"));
        if app_key.as_ref() != Some(&self.options.app_key) {
            return Err("S210".to_owned());
        }
        let timestamp = header("x-timestamp");
        if self.options.signature.timestamp {
            self.in_time(timestamp.as_deref())?;
        } else if timestamp.is_some() {
            return Err("S211".to_owned());
        }
        let Options { app_secret, hmac_key, signature, .. } = &self.options;
        let expected = digest::of(signature, &timestamp.unwrap_or_default(), &request.body, app_secret, hmac_key);
        if header("x-datadigest") != Some(expected) {
            return Err("S211".to_owned());
        }
        if let Some(Fault::Gateway(code) | Fault::Business(code) | Fault::Echo(code)) = &self.fault {
            return Err(code.clone());
        }
        let message: Value = serde_json::from_slice(&request.body).map_err(|_| "S208")?;
        let said = match request.path.trim_start_matches('/') {
            "zto.open.createOrder" => self.book.create(&message, &self.options, self.fault.as_ref()),
            "zto.open.getOrderInfo" => self.book.info(&message),
            "zto.open.cancelPreOrder" => self.book.cancel(&message),
            "thirdcenter.createIntercept" => self.book.intercept(&message),
            "zto.innovate.bagAddrMark" => book::mark(&message),
            "zto.open.queryAvailableBalanceNew" => Ok(json!({ "availableBalance": self.book.left(&self.options) })),
            "zto.merchant.waybill.track.query" => self.book.track(&message),
            "zto.merchant.waybill.track.subsrcibe" => self.book.subscribe(&message),
            _ => Err("S207".to_owned()),
        };
        said.map(|said| match &self.fault {
            Some(fault) => book::distorted(said, fault, &self.book.entries),
            None => said,
        })
    }

    fn in_time(&self, timestamp: Option<&str>) -> Result<(), String> {
        let now = self.options.now.unwrap_or_else(Timestamp::now).as_millisecond();
        let sent = timestamp.and_then(|timestamp| timestamp.parse::<i64>().ok());
        match sent {
            Some(sent) if (now - sent).abs() <= TOLERANCE_MS => Ok(()),
            _ => Err("S214".to_owned()),
        }
    }

    /// Status 200, whatever it says.
    fn enveloped(&self, said: Said, body: &[u8]) -> String {
        let words = self.options.envelope == Envelope::Words;
        let status = |yes: bool| {
            if words { json!(yes.to_string()) } else { json!(yes) }
        };
        match said {
            Ok(result) => {
                let code = if self.options.envelope == Envelope::Zeros { "0000" } else { "SYS000" };
                let result = if words { json!(result.to_string()) } else { result };
                json!({ "status": status(true), "statusCode": code, "message": message("ok"), "result": result })
            }
            Err(code) => {
                let told = self.told(&code, body);
                json!({ "status": status(false), "statusCode": code, "message": told, "result": null })
            }
        }
        .to_string()
    }

    /// A code's words, with the receiver in them where that is what goes wrong.
    fn told(&self, code: &str, body: &[u8]) -> String {
        let sent: Option<Value> = serde_json::from_slice(body).ok();
        let receiver = sent.as_ref().and_then(|sent| sent.get("receiveInfo"));
        match (&self.fault, receiver) {
            (Some(Fault::Echo(_)), Some(receiver)) => {
                let keys = ["receiverName", "receiverMobile", "receiverPhone", "receiverAddress"];
                let said = keys.map(|key| receiver[key].as_str().unwrap_or_default());
                format!("{} [{}]", message(code), said.join(","))
            }
            _ => message(code).to_owned(),
        }
    }
}

/// ZTO's own words for a code.
fn message(code: &str) -> &'static str {
    let table = include_str!("messages.csv").lines().skip(1).filter_map(|line| line.split_once(','));
    table.into_iter().find(|(known, _)| *known == code).map_or("-", |(_, text)| text)
}
