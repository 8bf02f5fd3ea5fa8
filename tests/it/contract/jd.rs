//! JD Logistics for the exam (JD Logistics open platform: signatures, express orders, and the few codes that are public).

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::SignedDuration;
use milepost::carrier::account::Config;
use milepost::carrier::jd::{self, Jd, Mode};
use milepost::carrier::{Carrier, Cause, Class, CodeTable, HttpRequest, Secret};
use milepost::domain::order::CarrierCode;
use milepost::sim::carrier::jd::{Envelope, JdSim, Options, start};
use milepost::sim::carrier::{Fault, Request};
use serde_json::{Value, json};

use super::subject::{self, Account, Booked, By, Codes, Duplicates, Feature, Manner, Simulator, Starting};
use super::world::now;

pub struct Subject;

const SECRET: &str = "unit-test-app-secret";
const HELD: &str = "JDVA01234567890";

impl Simulator for JdSim {
    fn url(&self) -> String {
        JdSim::url(self)
    }

    fn set_fault(&self, fault: Option<Fault>) {
        JdSim::set_fault(self, fault);
    }

    fn book(&self) -> BTreeMap<String, Booked> {
        let entries = JdSim::book(self).into_iter();
        entries.map(|(id, entry)| (id, Booked { number: entry.number, cancelled: entry.cancelled })).collect()
    }

    fn received(&self) -> Vec<Request> {
        JdSim::received(self)
    }
}

impl subject::Subject for Subject {
    fn carrier(&self) -> CarrierCode {
        CarrierCode::Jd
    }

    fn signatures(&self) -> &'static [&'static str] {
        &["md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512"]
    }

    fn envelopes(&self) -> &'static [&'static str] {
        &["an object", "data in a string", "response.content", "response.content in a string"]
    }

    fn start(&self, manner: Manner) -> Starting {
        let envelope = match manner.envelope {
            "an object" => Envelope::Object,
            "data in a string" => Envelope::Text,
            "response.content" => Envelope::Content,
            _ => Envelope::ContentText,
        };
        let duplicates = match manner.duplicates {
            Duplicates::Replay => milepost::sim::carrier::jd::Duplicates::Replay,
            Duplicates::Refuse => milepost::sim::carrier::jd::Duplicates::Refuse,
        };
        let options = Options {
            algorithm: Some(manner.signature),
            envelope,
            duplicates,
            now: Some(now()),
            tolerance: Some(SignedDuration::from_mins(6)),
            pool: vec![HELD.to_owned()],
            ..Options::default()
        };
        Box::pin(async { Box::new(start(options).await.expect("a free port")) as Box<dyn Simulator> })
    }

    fn client(&self, account: &Account) -> Box<dyn Carrier> {
        let config = jd::config(jd::BUILTIN).expect("the built-in config loads");
        let signature = Mode::ALL.into_iter().find(|(name, _)| *name == account.signature).expect("a mode").1;
        let options = jd::Account {
            endpoint: account.url.clone(),
            app_key: account.customer.unwrap_or("unit-test-app-key").to_owned(),
            customer_code: "010K000000".to_owned(),
            signature,
            ..jd::Account::default()
        };
        Box::new(Jd::new(Config { account: options, ..config }, Secret::new(account.secret.unwrap_or(SECRET)), None))
    }

    fn secret(&self) -> &'static str {
        SECRET
    }

    /// All of it.
    fn signed(&self, request: &HttpRequest) -> Range<usize> {
        0..request.body.len()
    }

    fn is_creation(&self, request: &Request) -> bool {
        request.path == "/ecap/v1/orders/create"
    }

    fn cargo(&self, request: &Request) -> String {
        let message: Value = serde_json::from_slice(&request.body).expect("the body is JSON");
        message[0]["cargoes"][0]["name"].as_str().expect("a name").to_owned()
    }

    fn lacks(&self) -> &'static [(Feature, &'static str)] {
        &[
            (Feature::Children, "JD counts the packages of one number, and their codes come from its print service"),
            (Feature::NumberInRouting, "faceSheetInfo names no number"),
            (Feature::Undeliverable, "no such answer of JD's is public"),
            (Feature::Undetermined, "JD knows needRetry only, by which people decide"),
            (Feature::RareCharacters, "JD's document of the contacts refuses emoji and rare characters"),
            (Feature::Addresses, "no list of the gateway's codes is public"),
        ]
    }

    fn operations(&self) -> &'static [&'static str] {
        &["update", "intercept", "route", "track", "subscribe", "prefetch"]
    }

    fn table(&self) -> CodeTable {
        jd::config(jd::BUILTIN).expect("the built-in config loads").codes
    }

    fn codes(&self) -> Codes {
        &[
            (By::Gateway, Class::Busy, &["gateway 2"]),
            (By::Gateway, Class::Config, &["gateway 8", "gateway 12", "gateway 19", "gateway 21"]),
            (By::Gateway, Class::Account, &["gateway 24"]),
            (By::Service, Class::Duplicate, &["0_0001"]),
            (By::Answer, Class::NotFound, &["no data"]),
            (By::Answer, Class::Order, &["intercepted"]),
            (By::Answer, Class::Config, &["token"]),
        ]
    }

    fn busy(&self) -> &'static str {
        "gateway 2"
    }

    fn address_refused(&self) -> &'static str {
        ""
    }

    fn too_late(&self) -> Option<&'static str> {
        Some("intercepted")
    }

    fn repeated(&self) -> Cause {
        Cause::Duplicate
    }

    fn knows_nothing_to_cancel(&self) -> bool {
        false
    }

    fn cancels_by_number(&self) -> bool {
        false
    }

    /// JD has no public code of its own for it; the gateway repeats what it was sent as well.
    fn bad_receiver(&self) -> &'static str {
        "gateway 24"
    }

    fn sorted_by(&self) -> &'static str {
        "target_sort_center_name"
    }

    fn held(&self) -> [&'static str; 2] {
        [HELD, "YT1234567890123"]
    }

    fn empty_answers(&self) -> [Value; 2] {
        [json!({ "code": 0, "success": null, "data": null }), json!({ "success": true })]
    }

    fn with_clock(&self) -> Option<&'static str> {
        Some("md5-salt")
    }

    fn saying(&self, by: By, code: &str) -> Fault {
        match (by, code) {
            (By::Gateway, code) => Fault::Gateway(code.trim_start_matches("gateway ").to_owned()),
            (By::Answer, "intercepted") => Fault::Collected,
            (_, code) => Fault::Business(code.to_owned()),
        }
    }
}
