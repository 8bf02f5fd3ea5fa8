//! SF Express for the exam (SF open platform: signatures, EXP_RECE_CREATE_ORDER and its error codes).

use std::collections::BTreeMap;
use std::ops::Range;

use milepost::carrier::account::Config;
use milepost::carrier::sf::{self, Mode, Sf};
use milepost::carrier::{Carrier, Cause, Class, CodeTable, HttpRequest, Secret};
use milepost::domain::order::CarrierCode;
use milepost::sim::carrier::sf::{Envelope, Options, SfSim, Signature, start};
use milepost::sim::carrier::{Fault, Request};
use serde_json::{Value, json};

use super::subject::{self, Account, Booked, By, Codes, Duplicates, Feature, Manner, Simulator, Starting};

pub struct Subject;

const CHECK_WORD: &str = "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci";

impl Simulator for SfSim {
    fn url(&self) -> String {
        SfSim::url(self)
    }

    fn set_fault(&self, fault: Option<Fault>) {
        SfSim::set_fault(self, fault);
    }

    fn book(&self) -> BTreeMap<String, Booked> {
        let entries = SfSim::book(self).into_iter();
        entries.map(|(id, entry)| (id, Booked { number: entry.number, cancelled: entry.cancelled })).collect()
    }

    fn received(&self) -> Vec<Request> {
        SfSim::received(self)
    }
}

impl subject::Subject for Subject {
    fn carrier(&self) -> CarrierCode {
        CarrierCode::Sf
    }

    fn signatures(&self) -> &'static [&'static str] {
        &["standard_md5", "simple_md5", "sm3"]
    }

    fn envelopes(&self) -> &'static [&'static str] {
        &["JSON in a string", "an object", "words for yes and no"]
    }

    fn start(&self, manner: Manner) -> Starting {
        let signature = match manner.signature {
            "standard_md5" => Signature::StandardMd5,
            "simple_md5" => Signature::SimpleMd5,
            _ => Signature::Sm3,
        };
        let envelope = match manner.envelope {
            "JSON in a string" => Envelope::Text,
            "an object" => Envelope::Object,
            _ => Envelope::Words,
        };
        let duplicates = match manner.duplicates {
            Duplicates::Replay => milepost::sim::carrier::sf::Duplicates::ReplayFirst,
            Duplicates::Refuse => milepost::sim::carrier::sf::Duplicates::Refuse,
        };
        let options = Options { signature, envelope, duplicates, ..Options::default() };
        Box::pin(async { Box::new(start(options).await.expect("a free port")) as Box<dyn Simulator> })
    }

    fn client(&self, account: &Account) -> Box<dyn Carrier> {
        let config = sf::config(sf::BUILTIN).expect("the built-in config loads");
        let signature = Mode::ALL.into_iter().find(|(name, _)| *name == account.signature).expect("a mode").1;
        let mut options = sf::Account { endpoint: account.url.clone(), signature, ..sf::Account::default() };
        if let Some(customer) = account.customer {
            customer.clone_into(&mut options.partner_id);
        }
        let secret = Secret::new(account.secret.unwrap_or(CHECK_WORD));
        Box::new(Sf::new(Config { account: options, ..config }, secret))
    }

    fn secret(&self) -> &'static str {
        CHECK_WORD
    }

    /// msgData stands last.
    fn signed(&self, request: &HttpRequest) -> Range<usize> {
        let at = request.body.find("&msgData=").expect("a message");
        at + "&msgData=".len()..request.body.len()
    }

    fn is_creation(&self, request: &Request) -> bool {
        request.body.windows(21).any(|window| window == b"EXP_RECE_CREATE_ORDER")
    }

    fn cargo(&self, request: &Request) -> String {
        let form: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let message: Value = serde_json::from_str(&form["msgData"]).expect("msgData is JSON");
        message["cargoDetails"][0]["name"].as_str().expect("a name").to_owned()
    }

    fn lacks(&self) -> &'static [(Feature, &'static str)] {
        &[(Feature::Clock, "SF's current list of codes has none for an old timestamp")]
    }

    fn operations(&self) -> &'static [&'static str] {
        &["track"]
    }

    fn table(&self) -> CodeTable {
        sf::config(sf::BUILTIN).expect("the built-in config loads").codes
    }

    fn codes(&self) -> Codes {
        &[
            (By::Gateway, Class::Bug, &["A1001", "A1008"]),
            (By::Gateway, Class::Config, &["A1002", "A1003", "A1004", "A1006", "A1010", "A1011"]),
            (By::Gateway, Class::Busy, &["A1005"]),
            (By::Gateway, Class::Duplicate, &["A1007"]),
            (By::Gateway, Class::Ambiguous, &["A1009", "A1099"]),
            (By::Service, Class::Bug, &["S0001", "S0002", "6135", "6118"]),
            (By::Service, Class::Ambiguous, &["S0003", "4001"]),
            (By::Service, Class::Duplicate, &["8016"]),
            (By::Service, Class::NotFound, &["8018", "6150"]),
            (By::Service, Class::AlreadyCancelled, &["8037"]),
            (By::Service, Class::Order, &["1010", "1011", "1012", "1013", "1014", "1015", "1016", "1023"]),
            (By::Service, Class::Order, &["6126", "6127", "6128", "6129", "6130", "6131", "6132", "6133", "6134"]),
            (By::Service, Class::Order, &["6136", "6137", "6138", "6139", "8057", "8247", "8256", "20035"]),
            (By::Service, Class::Order, &["8067", "8117", "8252", "8253", "8019"]),
            (By::Service, Class::Account, &["8114", "8119", "8179", "20036"]),
            (By::Service, Class::Busy, &["8096", "8177"]),
            (By::Answer, Class::Config, &["token"]),
            (
                By::Answer,
                Class::Undeliverable,
                &["filterResult 3, remark 1", "filterResult 3, remark 2", "filterResult 3"],
            ),
        ]
    }

    fn busy(&self) -> &'static str {
        "A1005"
    }

    fn address_refused(&self) -> &'static str {
        "A1003"
    }

    fn bad_receiver(&self) -> &'static str {
        "1014"
    }

    fn too_late(&self) -> Option<&'static str> {
        Some("8252")
    }

    fn repeated(&self) -> Cause {
        Cause::Duplicate
    }

    fn knows_nothing_to_cancel(&self) -> bool {
        true
    }

    fn cancels_by_number(&self) -> bool {
        false
    }

    fn sorted_by(&self) -> &'static str {
        "dest_route_label"
    }

    fn held(&self) -> [&'static str; 2] {
        ["SF1234567890123", "YT1234567890123"]
    }

    fn empty_answers(&self) -> [Value; 2] {
        [
            json!({ "apiResultCode": "A1000", "apiResultData": null }),
            json!({ "apiResultCode": "A1000", "apiResultData": { "success": true, "msgData": null } }),
        ]
    }
}
