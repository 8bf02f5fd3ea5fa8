//! A hub with accounts at all carriers, orders with numbers, and what each carrier would push.

use std::path::Path;

use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::order::CarrierCode;
use milepost::hub::accounts::{CarrierConfig, Carriers, Tracking};
use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::story::shelf;
use crate::telling;
use crate::world::LIMIT;
use crate::zto::push_of;

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const ZTO_SECRET: &str = "6fecf57d0f3e1c2100eac4810aa90b54";
const JD_ACCOUNT: &str =
    "[account]\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\napp_secret = { text = \"s\" }\n";

/// One number a carrier, each with an order of its own.
pub const SF: Case = Case { carrier: CarrierCode::Sf, order: "2001", number: "SF1539800012345" };
pub const ZTO: Case = Case { carrier: CarrierCode::Zto, order: "2002", number: "73100000000001" };
pub const JD: Case = Case { carrier: CarrierCode::Jd, order: "2003", number: "JDVC01234567890" };
pub const ALL: [Case; 3] = [SF, ZTO, JD];

#[derive(Clone, Copy)]
pub struct Case {
    pub carrier: CarrierCode,
    pub order: &'static str,
    pub number: &'static str,
}

/// What happens to a parcel, whoever carries it.
#[derive(Clone, Copy, PartialEq)]
pub enum Event {
    Collected,
    Departed,
    Dispatched,
    AtLocker,
    Signed,
    /// On its way back, and there; SF and JD have no code for the latter.
    Back,
    ReturnSigned,
    Lost,
}

pub struct Desk {
    pub folder: TempDir,
    pub hub: Option<Serving>,
    config: HubConfig,
    http: reqwest::Client,
}

/// The time so many minutes ago.
pub fn ago(minutes: i64) -> Timestamp {
    let now = Timestamp::from_microsecond(milepost::machine::wall_us()).expect("a time");
    now - SignedDuration::from_mins(minutes)
}

/// As carriers write it: China's, without a zone.
pub fn written(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(offset(8))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

impl Desk {
    /// A hub that takes pushes and asks nobody.
    pub async fn start() -> Desk {
        Desk::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut HubConfig)) -> Desk {
        let folder = TempDir::new().expect("a folder");
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        // As editors leave it.
        let secret = put("push.key", &format!("{SECRET}\n"));
        let account = |name: &str, text: &str| {
            let account = put(name, text);
            Some(CarrierConfig {
                account,
                endpoint: None,
                push_secret: Some(secret.clone()),
                poll: false,
                subscribe: false,
                pool: 0,
            })
        };
        let carriers = Carriers {
            sf: account("sf.toml", ""),
            zto: account("zto.toml", ""),
            jd: account("jd.toml", JD_ACCOUNT),
            own: Vec::new(),
        };
        let mut config = HubConfig {
            data_dir: folder.path().join("hub"),
            listen: "127.0.0.1:0".into(),
            push_listen: Some("127.0.0.1:0".into()),
            carriers,
            tracking: Tracking::default(),
            ..HubConfig::default()
        };
        change(&mut config);
        let hub = Serving::start(&config).await.expect("the hub starts");
        let http = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
        Desk { folder, hub: Some(hub), config, http }
    }

    pub fn hub(&self) -> &Serving {
        self.hub.as_ref().expect("the hub is up")
    }

    /// Another process may have the store.
    pub async fn stop(&mut self) {
        self.hub.take().expect("the hub is up").stop().await.expect("it ends");
    }

    /// The hub ends, and starts on the same store.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.hub = Some(Serving::start(&self.config).await.expect("it starts again"));
    }

    /// The same with another config.
    pub async fn change(&mut self, change: impl FnOnce(&mut HubConfig)) {
        change(&mut self.config);
        self.restart().await;
    }

    pub fn order(&self, case: Case) {
        self.order_of(case, "云上茶");
    }

    pub fn order_of(&self, case: Case, shop: &str) {
        let mut order = shelf::order(case.order, 1, &[shelf::one("红茶")], Some(case.number));
        order.carrier = Some(case.carrier);
        order.shop = shop.to_owned();
        order.waybill.as_mut().expect("it has a number").carrier = case.carrier;
        let hub = &self.hub().hub;
        hub.accept_items(&shelf::items(), 0).expect("items");
        let done = hub.accept_orders(&[order], ago(60 * 24 * 9).as_microsecond()).expect("the hub takes it");
        assert_eq!(done.accepted, 1, "{done:?}");
    }

    /// The dock gave these away so many minutes ago.
    pub fn ship(&self, cases: &[Case], minutes: i64) {
        let shipped =
            |case: &Case| (*case, Fact::ParcelShipped { place: "dock-1".into(), number: None, handover: None });
        self.tell(cases.iter().map(shipped).collect(), minutes);
    }

    /// A station tells of these parcels, so many minutes ago.
    pub fn tell(&self, facts: Vec<(Case, Fact)>, minutes: i64) {
        let entry = |(case, fact): (Case, Fact)| {
            let parcel = Some(format!("tmall-{}-1", case.order).into());
            NewEntry { fact, parcel, orders: vec![case.order.into()], operator: None, device: None }
        };
        let entries = facts.into_iter().map(entry).collect();
        let (at_us, now_us) = (ago(minutes).as_microsecond(), milepost::machine::wall_us());
        telling::tell(&self.hub().hub, &"SZ-01".into(), entries, at_us, now_us);
    }

    pub fn push_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.hub().pushes.as_ref().expect("it takes pushes").0)
    }

    /// Status and body of the answer to a push.
    pub async fn post(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
        let call = self.http.post(self.push_url(path)).header("content-type", content_type).body(body);
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// A carrier pushes an event, and must hear that it is kept.
    pub async fn push(&self, case: Case, event: Event, at: Timestamp, city: &str) {
        let (content_type, body) = pushed(case, event, at, city);
        let (status, answer) = self.post(&path(case.carrier), content_type, body).await;
        let kept: Value = serde_json::from_str(&answer).expect("JSON");
        let said = [&kept["return_code"] == "0000", kept["status"] == true, kept["success"] == true];
        assert!(status == 200 && said.contains(&true), "{status} {answer}");
    }

    /// ZTO pushes an event in these words.
    pub async fn push_words(&self, case: Case, event: Event, at: Timestamp, words: &str) {
        let said = zto_event(case, event, at, "上海市", words);
        let (status, answer) =
            self.post(&path(case.carrier), "application/x-www-form-urlencoded", push_of(&said, ZTO_SECRET)).await;
        assert!(status == 200 && answer.contains("true"), "{status} {answer}");
    }

    /// Pushes of a whole way: minutes ago and events, all in one city.
    pub async fn way(&self, case: Case, events: &[(Event, i64)]) {
        for (event, minutes) in events {
            self.push(case, *event, ago(*minutes), "上海市").await;
        }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.http.get(self.hub().url() + path).send().await.expect("an answer").json().await.expect("JSON")
    }

    pub async fn page(&self, path: &str) -> String {
        self.http.get(self.hub().url() + path).send().await.expect("an answer").text().await.expect("text")
    }

    pub async fn timeline(&self, case: Case) -> Value {
        self.get(&format!("/v1/orders/{}/timeline", case.order)).await
    }

    /// Milestones that the order's carrier tells.
    pub async fn told(&self, case: Case) -> Vec<String> {
        let timeline = self.timeline(case).await;
        let steps = timeline["steps"].as_array().expect("steps").iter();
        let theirs = steps.filter(|step| step["source"] == case.carrier.as_str());
        theirs.map(|step| step["milestone"].as_str().expect("a word").to_owned()).collect()
    }

    pub async fn phase(&self, case: Case) -> String {
        self.timeline(case).await["ways"][0]["phase"].as_str().unwrap_or_default().to_owned()
    }

    /// Kind and subject of every exception.
    pub async fn exceptions(&self) -> Vec<(String, String)> {
        let found = self.get("/v1/exceptions").await;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        found["exceptions"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|e| (text(&e["kind"]), text(&e["subject"])))
            .collect()
    }

    /// Rows of the store.
    pub fn scans(&self) -> i64 {
        let store = rusqlite::Connection::open(store(self.folder.path())).expect("the store");
        store.query_row("SELECT count(*) FROM scans", [], |row| row.get(0)).expect("a count")
    }
}

fn store(folder: &Path) -> std::path::PathBuf {
    folder.join("hub").join("hub.db")
}

pub fn path(carrier: CarrierCode) -> String {
    format!("/push/{}/{SECRET}", carrier.as_str())
}

/// Content type and body, from each carrier's documents.
pub fn pushed(case: Case, event: Event, at: Timestamp, city: &str) -> (&'static str, String) {
    use Event::*;
    let (time, at, number) = (at, written(at), case.number);
    match case.carrier {
        CarrierCode::Sf => {
            let (op_code, first, reason) = match event {
                Collected => ("50", "1", ""),
                Departed => ("36", "2", ""),
                Dispatched => ("44", "3", ""),
                AtLocker => ("125", "11", ""),
                Signed => ("80", "4", ""),
                Back | ReturnSigned => ("99", "", "2"),
                Lost => ("8000", "", "6"),
            };
            let route = json!({ "mailno": number, "acceptAddress": city, "reasonName": "", "orderid": "DB1",
                "acceptTime": at, "remark": "快递员 13800000000", "opCode": op_code, "id": "1", "reasonCode": reason,
                "firstStatusCode": first, "secondaryStatusCode": "" });
            ("application/json", json!({ "Body": { "WaybillRoute": [route] } }).to_string())
        }
        CarrierCode::Zto => {
            let event = zto_event(case, event, time, city, "快递员 13800000000");
            ("application/x-www-form-urlencoded", push_of(&event, ZTO_SECRET))
        }
        CarrierCode::Jd => {
            let (category, state, remark) = match event {
                Collected => ("420", "200001", ""),
                Departed | Back | ReturnSigned | Lost => ("430", "200076", ""),
                Dispatched => ("440", "11000", ""),
                AtLocker => ("510", "10034", "放入快递柜"),
                Signed => ("510", "10034", "本人签收"),
            };
            let event = json!({ "waybillCode": number, "orderId": "DB1", "category": category, "categoryName": "",
                "state": state, "scanType": "1", "operationTitle": "", "operationRemark": remark, "operationTime": at,
                "operateSite": "上海闵行营业部", "operateSiteId": 12 });
            ("application/json", event.to_string())
        }
    }
}

fn zto_event(case: Case, event: Event, at: Timestamp, city: &str, words: &str) -> Value {
    use Event::*;
    let action = match event {
        Collected => "GOT",
        Departed => "DEPARTURE",
        Dispatched => "DISPATCH",
        AtLocker => "INBOUND",
        Signed => "SIGNED",
        Back => "RETURN_SCAN",
        ReturnSigned => "RETURN_SIGNED",
        Lost => "PROBLEM",
    };
    json!({ "billCode": case.number, "action": action, "actionTime": written(at), "city": city, "facilityName": "沪西",
        "desc": words })
}
