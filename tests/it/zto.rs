//! ZTO beside the exam of all carriers (`contract`): the exact request, its pushes, and what only ZTO has.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use md5::{Digest, Md5};
use milepost::carrier::http::{self, Sent};
use milepost::carrier::tracking::{Meaning, Push, PushError, Scan};
use milepost::carrier::zto::{self, Account, HeaderNames, Secrets, Zto};
use milepost::carrier::{Carrier, CarrierError, HttpRequest, Operation, Outcome, Secret};
use milepost::sim::carrier::zto::{Options, ZtoSim, start};
use serde_json::{Value, json};

use crate::contract;
use crate::contract::world::{PATIENCE, create, create_with, issued, names_nobody, now, query, tracked};
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

const APP_SECRET: &str = "6fecf57d0f3e1c2100eac4810aa90b54";

fn client(change: impl FnOnce(&mut Account)) -> Zto {
    let mut config = zto::config(zto::BUILTIN).expect("the built-in config loads");
    change(&mut config.account);
    let secrets =
        Secrets { app: Secret::new(APP_SECRET), account_password: Secret::new("ZTO123"), hmac_key: Secret::new("") };
    Zto::new(config, secrets)
}

fn request(operation: &Operation) -> HttpRequest {
    client(|_| {}).request(operation, now()).expect("a good operation")
}

#[test]
fn a_zto_order_says_everything() {
    let rare = |shipment: &mut Value| shipment["receiver"]["name"] = json!("𠮷野㛃");
    let request = request(&create_with("DB20260218-ZTO-008821", rare));
    let body: Value = serde_json::from_str(&request.body).expect("the body is JSON");
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).expect("it is JSON"));
    let digest = BASE64_STANDARD.encode(Md5::digest([request.body.as_str(), APP_SECRET].concat()));
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("x-dataDigest"), Some(digest.as_str()));
    assert_eq!((header("x-appKey"), header("x-timestamp")), (Some("test"), None));
}

/// Every other request, a line each.
#[test]
fn what_else_zto_is_asked() {
    let zto = client(|account| account.order_type = "2".to_owned());
    let number = "73100000000001".to_owned();
    let create = create("DB1");
    let shipment = create.shipment().expect("a shipment").clone();
    let asked = [
        query("DB1"),
        Operation::Cancel { waybill_id: "DB1".into(), number: Some(number.clone()) },
        Operation::Intercept { waybill_id: "DB1".into(), number: number.clone() },
        Operation::Route(Box::new(shipment)),
        Operation::Track(tracked("DB1", &number)),
        Operation::Subscribe(tracked("DB1", &number)),
        Operation::Balance,
    ];
    let lines = asked.map(|operation| {
        let request = zto.request(&operation, now()).expect("a good operation");
        format!("{} {}", request.url, request.body)
    });
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_held_number_is_registered_under_its_own_order_type() {
    let held = create_with("DB1", |shipment| shipment["number"] = json!("73123456789012"));
    let body: Value = serde_json::from_str(&request(&held).body).expect("the body is JSON");
    assert_eq!((&body["billCode"], &body["orderType"]), (&json!("73123456789012"), &json!("3")));
}

#[test]
fn what_zto_would_refuse_is_not_sent() {
    for (field, value, says) in [
        ("pieces", json!(2), "announce each piece by itself"),
        ("number", json!("SF1234567890123"), "is none of ZTO's"),
        ("product", json!("2"), "give one of standardExpress"),
    ] {
        let error = client(|_| {}).request(&create_with("DB1", |shipment| shipment[field] = value), now());
        let error = error.expect_err(field).to_string();
        assert!(error.contains(says) && error.contains(field), "{error}");
        names_nobody(&error);
    }
}

#[test]
fn an_outlets_parcel_is_cancelled_by_nobody() {
    let cancel = Operation::Cancel { waybill_id: "DB1".into(), number: Some("73100000000001".to_owned()) };
    let error = client(|_| {}).request(&cancel, now()).expect_err("order type 1");
    let CarrierError::Unsupported { instead, .. } = error else { panic!("{error:?}") };
    assert!(instead.contains("30 to 60 days") && instead.contains("intercept"), "{instead}");
}

async fn sim(options: Options) -> (ZtoSim, Zto) {
    let sim = start(options).await.expect("a free port");
    let url = sim.url();
    (sim, client(|account| account.endpoint = url))
}

async fn ask(zto: &Zto, operation: &Operation) -> Outcome {
    let request = zto.request(operation, now()).expect("a good operation");
    match http::send(&contract::world::http(PATIENCE), &request).await {
        Sent::Answer { status, body } => zto.reply(operation, status, &body),
        other => panic!("no answer: {other:?}"),
    }
}

#[tokio::test]
async fn an_order_gets_its_number_and_mark() {
    let (_sim, zto) = sim(Options::default()).await;
    let issued = issued(ask(&zto, &create("DB1")).await);
    insta::assert_snapshot!(serde_json::to_string_pretty(&issued).expect("it serialises"));
}

#[tokio::test]
async fn used_up_numbers_are_in_doubt_and_the_balance_says_why() {
    let (sim, zto) = sim(Options { balance: 1, ..Options::default() }).await;
    issued(ask(&zto, &create("DB1")).await);
    assert!(matches!(ask(&zto, &create("DB2")).await, Outcome::Unknown(_)));
    assert_eq!(ask(&zto, &Operation::Balance).await, Outcome::Balance { left: 0 });
    let held = create_with("DB2", |shipment| shipment["number"] = json!("73123456789012"));
    assert_eq!(issued(ask(&zto, &held).await).number, "73123456789012", "a held number is paid already");
    assert_eq!(sim.book().len(), 2);
}

#[tokio::test]
async fn another_outlets_account_is_a_matter_of_the_config() {
    let (sim, _) = sim(Options::default()).await;
    let url = sim.url();
    let zto = client(|account| (account.endpoint, account.account_id) = (url, "somebody".to_owned()));
    let Outcome::Rejected(rejection) = ask(&zto, &create("DB1")).await else { panic!("not refused") };
    assert_eq!(rejection.code, "E404");
    assert!(rejection.cure_en.contains("account_id"), "{}", rejection.cure_en);
}

#[tokio::test]
async fn both_names_of_the_headers_are_taken() {
    let (sim, _) = sim(Options::default()).await;
    for headers in [HeaderNames::Documents, HeaderNames::Sdk] {
        let url = sim.url();
        let zto = client(|account| (account.endpoint, account.headers) = (url, headers));
        issued(ask(&zto, &create("DB1")).await);
    }
}

#[tokio::test]
async fn the_end_of_a_strangers_phone_shows_no_way() {
    let (_sim, zto) = sim(Options::default()).await;
    let number = issued(ask(&zto, &create("DB1")).await).number;
    let mut stranger = tracked("DB1", &number);
    stranger.phone_tail = Some("9999".to_owned());
    let Outcome::Unknown(doubt) = ask(&zto, &Operation::Track(stranger)).await else { panic!("it was shown") };
    assert!(doubt.why.starts_with("E409"), "{}", doubt.why);
}

/// A whole bench: goods in, ZTO's number and label out.
#[tokio::test(flavor = "multi_thread")]
async fn a_bench_gets_ztos_number_and_prints_its_label() {
    let world = World::start().await;
    let sim = start(Options::default()).await.expect("a free port");
    let account = format!("[zto]\nendpoint = \"{}\"\nbudget_ms = 2000\n", sim.url());
    let station = world.station("SZ-01", &[account, world.place("bench-1", "pack")].concat()).await;
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    let mut order = serde_json::to_value(shelf::order("1001", 1, &[line], None)).expect("plain data");
    order["carrier"] = json!("zto");
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    world.post("/v1/orders", &json!({ "orders": [order] })).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("the order to come down", async || gun.scan("1001").await == "OK 请扫商品，还差 1 件").await;
    gun.scan(&code("红茶")).await;
    let shown = screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    let number = shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
    let book = sim.book();
    assert_eq!(book.values().map(|entry| entry.number.as_str()).collect::<Vec<_>>(), [number.as_str()]);
    let papers = world.printer.papers();
    assert!(papers.iter().any(|paper| paper.codes().contains(&number)), "its barcode is on paper");
    assert!(gun.scan(&number).await.contains("完成"));
    station.stop().await.expect("the station ends");
}

/// What ZTO pushes of one event, signed as it signs.
pub fn push_of(event: &Value, secret: &str) -> String {
    let data = event.to_string();
    let digest = BASE64_STANDARD.encode(Md5::digest([data.as_str(), secret].concat()));
    form_urlencoded::Serializer::new(String::new())
        .append_pair("data", &data)
        .append_pair("data_digest", &digest)
        .append_pair("company_id", "test")
        .append_pair("msg_type", "Traces")
        .finish()
}

fn pushed(body: &str) -> Result<Vec<Scan>, PushError> {
    let content_type = "application/x-www-form-urlencoded";
    client(|_| {}).pushed(&Push { content_type, query: "", body: body.as_bytes() })
}

fn event(action: &str, at: &str) -> Value {
    json!({ "billCode": "73100000000001", "action": action, "actionTime": at, "city": "上海市", "facilityName": "沪西", "desc": "快递员 13800000000" })
}

#[test]
fn each_push_has_the_meaning_that_zto_documents() {
    for (action, meaning) in [
        ("GOT", Meaning::Collected),
        ("DEPARTURE", Meaning::InTransit),
        ("ARRIVAL", Meaning::InTransit),
        ("DISPATCH", Meaning::OutForDelivery),
        ("INBOUND", Meaning::HeldAtPoint),
        ("HANDOVERSCAN_SIGNED", Meaning::HeldAtPoint),
        ("DEPARTURE_SIGNED", Meaning::Delivered),
        ("SIGNED", Meaning::Delivered),
        ("RETURN_SCAN", Meaning::Returning),
        ("RETURN_SIGNED", Meaning::Returned),
        ("PROBLEM", Meaning::Problem),
        ("NEWCOMER", Meaning::Unknown),
    ] {
        let scans = pushed(&push_of(&event(action, "2026-02-18 15:04:05"), APP_SECRET)).expect(action);
        let [scan] = &scans[..] else { panic!("{scans:?}") };
        assert_eq!(scan.meaning, meaning, "{action}");
        assert_eq!((scan.number.as_str(), scan.code.as_str()), ("73100000000001", action));
        assert_eq!(scan.at, "2026-02-18T07:04:05Z".parse::<Timestamp>().expect("a time"));
        assert_eq!((scan.city.as_str(), scan.facility.as_str(), scan.text.as_str()), ("上海市", "沪西", "快递员 …"));
    }
}

/// In an answer ARRIVAL is a locker's, and the Chinese word for a sign is nobody's in particular.
#[test]
fn the_scans_of_an_answer_have_their_own_words() {
    let scan = |code: &str| json!({ "billCode": "73100000000001", "scanType": code, "scanDate": 1_771_398_245_000_i64, "desc": "" });
    let codes = ["收件", "发件", "到件", "派件", "ARRIVAL", "签收", "SIGNED", "退件", "问题件"];
    let result: Vec<Value> = codes.iter().map(|code| scan(code)).collect();
    let answer = json!({ "status": true, "statusCode": "SYS000", "message": "", "result": result }).to_string();
    let track = Operation::Track(tracked("DB1", "73100000000001"));
    let Outcome::Tracked(scans) = client(|_| {}).reply(&track, 200, answer.as_bytes()) else { panic!("not tracked") };
    let meanings: Vec<Meaning> = scans.iter().map(|scan| scan.meaning).collect();
    let expected = [
        Meaning::Collected,
        Meaning::InTransit,
        Meaning::InTransit,
        Meaning::OutForDelivery,
        Meaning::HeldAtPoint,
        Meaning::Note,
        Meaning::Delivered,
        Meaning::Returning,
        Meaning::Problem,
    ];
    assert_eq!(meanings, expected);
    assert_eq!(scans[0].at, "2026-02-18T07:04:05Z".parse::<Timestamp>().expect("a time"));
}

/// ZTO's pushes overtake each other: what holds is the time in them.
#[test]
fn pushes_in_any_order_tell_one_way() {
    let way = [("GOT", "2026-02-18 15:06:35"), ("DISPATCH", "2026-02-18 15:07:00"), ("SIGNED", "2026-02-18 15:08:06")];
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let arrived = order.iter().flat_map(|index| {
            let (action, at) = way[*index];
            pushed(&push_of(&event(action, at), APP_SECRET)).expect("a push")
        });
        let mut scans: Vec<Scan> = arrived.collect();
        scans.sort_by_key(|scan| scan.at);
        let codes: Vec<&str> = scans.iter().map(|scan| scan.code.as_str()).collect();
        assert_eq!(codes, ["GOT", "DISPATCH", "SIGNED"]);
    }
}

#[test]
fn a_push_of_somebody_else_is_refused() {
    let good = event("SIGNED", "2026-02-18 15:04:05");
    assert_eq!(pushed(&push_of(&good, "another-secret")), Err(PushError::Signature));
    let signed = push_of(&good, APP_SECRET);
    assert_eq!(pushed(&signed.replacen("SIGNED", "DISPATCH", 1)), Err(PushError::Signature), "changed afterwards");
    let unreadable = |body: &str| matches!(pushed(body), Err(PushError::Unreadable(_)));
    assert!(unreadable(""));
    assert!(unreadable("data=%7B%7D&msg_type=Traces"), "no digest is no push");
    assert!(unreadable(&signed.replace("Traces", "Orders")));
    for event in [json!({}), json!("x"), event("", "2026-02-18 15:04:05"), event("GOT", "yesterday")] {
        assert!(unreadable(&push_of(&event, APP_SECRET)), "{event}");
    }
}

#[test]
fn a_plus_that_became_a_blank_is_a_plus() {
    let with_plus = (0..200).map(|second| {
        push_of(&event("GOT", &format!("2026-02-18 15:{:02}:{:02}", second / 60, second % 60)), APP_SECRET)
    });
    let with_plus = with_plus.into_iter().find(|body| body.contains("%2B")).expect("one digest in three has a plus");
    assert!(pushed(&with_plus.replace("%2B", "+")).is_ok());
}

#[test]
fn a_push_is_answered_as_kept_or_not() {
    let push = Push { content_type: "application/x-www-form-urlencoded", query: "", body: b"" };
    let answer = |kept| -> Value { serde_json::from_str(&client(|_| {}).push_answer(&push, kept).body).expect("JSON") };
    assert_eq!((&answer(true)["status"], &answer(false)["status"]), (&json!(true), &json!(false)));
}
