//! ZTO Express for the exam (ZTO open platform: digests, zto.open.createOrder and the public error codes).

use std::collections::BTreeMap;
use std::ops::Range;

use milepost::carrier::account::Config;
use milepost::carrier::zto::{self, Encoding, Mode, Secrets, Zto};
use milepost::carrier::{Carrier, Cause, Class, CodeTable, HttpRequest, Secret};
use milepost::domain::order::CarrierCode;
use milepost::sim::carrier::zto::{self as sim, Algorithm, Envelope, Options, Signature, ZtoSim};
use milepost::sim::carrier::{Fault, Request};
use serde_json::{Value, json};

use super::subject::{self, Account, Booked, By, Codes, Duplicates, Feature, Manner, Simulator, Starting};
use super::world::now;

pub struct Subject;

const APP_SECRET: &str = "6fecf57d0f3e1c2100eac4810aa90b54";
const HMAC_KEY: &str = "unit-test-hmac-key";
const WITH_CLOCK: &str = "md5 base64 with timestamp";

impl Simulator for ZtoSim {
    fn url(&self) -> String {
        ZtoSim::url(self)
    }

    fn set_fault(&self, fault: Option<Fault>) {
        ZtoSim::set_fault(self, fault);
    }

    fn book(&self) -> BTreeMap<String, Booked> {
        let entries = ZtoSim::book(self).into_iter();
        entries.map(|(id, entry)| (id, Booked { number: entry.number, cancelled: entry.cancelled })).collect()
    }

    fn received(&self) -> Vec<Request> {
        ZtoSim::received(self)
    }
}

impl subject::Subject for Subject {
    fn carrier(&self) -> CarrierCode {
        CarrierCode::Zto
    }

    fn signatures(&self) -> &'static [&'static str] {
        &[
            "md5 base64",
            "md5 hex",
            WITH_CLOCK,
            "md5 hex with timestamp",
            "sha256 base64",
            "sha256 hex",
            "sha256 base64 with timestamp",
            "sha256 hex with timestamp",
            "hmac-sha256 base64",
            "hmac-sha256 hex",
            "hmac-sha256 base64 with timestamp",
            "hmac-sha256 hex with timestamp",
        ]
    }

    fn envelopes(&self) -> &'static [&'static str] {
        &["0000", "SYS000", "JSON in a string and words for yes and no"]
    }

    fn start(&self, manner: Manner) -> Starting {
        let signature = Signature {
            algorithm: match manner.signature.split(' ').next() {
                Some("md5") => Algorithm::Md5,
                Some("sha256") => Algorithm::Sha256,
                _ => Algorithm::HmacSha256,
            },
            hex: manner.signature.contains("hex"),
            timestamp: manner.signature.contains("timestamp"),
        };
        let envelope = match manner.envelope {
            "0000" => Envelope::Zeros,
            "SYS000" => Envelope::Sys,
            _ => Envelope::Words,
        };
        let duplicates = match manner.duplicates {
            Duplicates::Replay => sim::Duplicates::ReplayFirst,
            Duplicates::Refuse => sim::Duplicates::Refuse,
        };
        let (hmac_key, now) = (HMAC_KEY.to_owned(), Some(now()));
        let options = Options { signature, envelope, duplicates, hmac_key, now, ..Options::default() };
        Box::pin(async { Box::new(sim::start(options).await.expect("a free port")) as Box<dyn Simulator> })
    }

    fn client(&self, account: &Account) -> Box<dyn Carrier> {
        let config = zto::config(zto::BUILTIN).expect("the built-in config loads");
        let mode = account.signature.split(' ').next().expect("an algorithm");
        let mut options = zto::Account {
            endpoint: account.url.clone(),
            signature: Mode::ALL.into_iter().find(|(name, _)| *name == mode).expect("a mode").1,
            encoding: if account.signature.contains("hex") { Encoding::Hex } else { Encoding::Base64 },
            timestamp: account.signature.contains("timestamp"),
            // Those of type 1 ZTO doesn't cancel; `tests/it/zto.rs` has them.
            order_type: "2".to_owned(),
            ..zto::Account::default()
        };
        if let Some(customer) = account.customer {
            customer.clone_into(&mut options.app_key);
        }
        let secrets = Secrets {
            app: Secret::new(account.secret.unwrap_or(APP_SECRET)),
            account_password: Secret::new("ZTO123"),
            hmac_key: Secret::new(HMAC_KEY),
        };
        Box::new(Zto::new(Config { account: options, ..config }, secrets))
    }

    fn secret(&self) -> &'static str {
        APP_SECRET
    }

    fn signed(&self, request: &HttpRequest) -> Range<usize> {
        0..request.body.len()
    }

    fn is_creation(&self, request: &Request) -> bool {
        request.path == "/zto.open.createOrder"
    }

    fn cargo(&self, request: &Request) -> String {
        let message: Value = serde_json::from_slice(&request.body).expect("the body is JSON");
        message["orderItems"][0]["name"].as_str().expect("a name").to_owned()
    }

    fn lacks(&self) -> &'static [(Feature, &'static str)] {
        &[
            (Feature::Children, "an order of ZTO has one billCode"),
            (Feature::NumberInRouting, "the mark and the bag's address name no parcel"),
            (Feature::Undeliverable, "no answer to createOrder is documented for it"),
            (Feature::ManualCheck, "no answer to createOrder is documented for it"),
            (Feature::Undetermined, "no answer to createOrder is documented for it"),
        ]
    }

    fn with_clock(&self) -> Option<&'static str> {
        Some(WITH_CLOCK)
    }

    fn operations(&self) -> &'static [&'static str] {
        &["intercept", "route", "track", "subscribe", "balance"]
    }

    fn table(&self) -> CodeTable {
        zto::config(zto::BUILTIN).expect("the built-in config loads").codes
    }

    fn codes(&self) -> Codes {
        &[
            (By::Gateway, Class::Ambiguous, &["S200", "S202", "S203"]),
            (By::Gateway, Class::Busy, &["S206", "S221"]),
            (By::Gateway, Class::Bug, &["S207", "S208"]),
            (By::Gateway, Class::Config, &["S210", "S211", "S212", "S214"]),
            (By::Service, Class::Config, &["E404", "E418"]),
            (By::Service, Class::Order, &["E409", "E413", "E416"]),
            (By::Answer, Class::NotFound, &["result []"]),
        ]
    }

    fn busy(&self) -> &'static str {
        "S221"
    }

    fn address_refused(&self) -> &'static str {
        "S212"
    }

    fn bad_receiver(&self) -> &'static str {
        "E409"
    }

    fn too_late(&self) -> Option<&'static str> {
        None
    }

    fn repeated(&self) -> Cause {
        Cause::UnknownCode
    }

    fn knows_nothing_to_cancel(&self) -> bool {
        false
    }

    fn cancels_by_number(&self) -> bool {
        true
    }

    fn sorted_by(&self) -> &'static str {
        "mark"
    }

    fn held(&self) -> [&'static str; 2] {
        ["73123456789012", "SF1234567890123"]
    }

    fn empty_answers(&self) -> [Value; 2] {
        [
            json!({ "status": true, "statusCode": "0000", "message": "", "result": null }),
            json!({ "status": true, "statusCode": "SYS000", "message": "", "result": {} }),
        ]
    }
}
