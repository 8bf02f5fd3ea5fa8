//! What is JD Logistics' own: its exact request, numbers in advance, both answers to an order id it has, and its pushes.
//! All else it has in common with the other carriers is asked in `contract`.

use jiff::{SignedDuration, Timestamp};
use milepost::carrier::account::Config;
use milepost::carrier::http::{self, Sent};
use milepost::carrier::jd::{self, Account, Jd, Mode, Signed};
use milepost::carrier::tracking::{Meaning, Push, PushError};
use milepost::carrier::{
    Attention, Carrier, CarrierError, Cause, Class, HttpRequest, Issued, Operation, Outcome, Secret, token::Grant,
};
use milepost::sim::carrier::jd::{Duplicates, Fault, JdSim, Options, start};
use serde_json::{Value, json};

use crate::contract::world::{PATIENCE, cancel, create, create_with, doubt, issued, now, query, rejected};

fn account() -> Account {
    Account { app_key: "unit-test-app-key".to_owned(), customer_code: "010K000000".to_owned(), ..Account::default() }
}

fn client(account: Account, token: Option<&str>) -> Jd {
    let config = jd::config(jd::BUILTIN).expect("the built-in config loads");
    let grant = token.map(|token| Grant::parse(token).expect("a token"));
    Jd::new(Config { account, ..config }, Secret::new("unit-test-app-secret\r\n"), grant)
}

fn request(client: &Jd, operation: &Operation) -> HttpRequest {
    client.request(operation, now()).expect("a good operation")
}

fn fields(request: &HttpRequest) -> std::collections::BTreeMap<String, String> {
    let query = request.url.split_once('?').expect("a query").1;
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// A simulator and a client that knows it.
struct World {
    sim: JdSim,
    jd: Jd,
    http: reqwest::Client,
}

impl World {
    async fn of(options: Options) -> World {
        let sim = start(Options { now: Some(now()), ..options }).await.expect("a free port");
        let jd = client(Account { endpoint: sim.url(), ..account() }, None);
        World { sim, jd, http: http::client(PATIENCE, PATIENCE).expect("a client") }
    }

    async fn ask(&self, operation: &Operation) -> Outcome {
        match http::send(&self.http, &request(&self.jd, operation)).await {
            Sent::Answer { status, body } => self.jd.reply(operation, status, &body),
            other => panic!("the simulator answers: {other:?}"),
        }
    }

    async fn numbers(&self, count: u32) -> Vec<String> {
        match self.ask(&Operation::Prefetch { count }).await {
            Outcome::Numbers(numbers) => numbers,
            other => panic!("no numbers: {other:?}"),
        }
    }
}

fn with_number(id: &str, number: &str) -> Operation {
    create_with(id, |shipment| shipment["number"] = json!(number))
}

#[test]
fn a_jd_order_says_everything_and_signs_what_it_sends() {
    let jd = client(Account { signature: Mode::HmacSha256, ..account() }, Some("unit-test-access-token"));
    let request = request(&jd, &create("DB1"));
    let body: Value = serde_json::from_str(&request.body).expect("the body is JSON");
    insta::assert_snapshot!(format!("{:#?}\n{body:#}", request.headers));
    let fields = fields(&request);
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(names, ["LOP-DN", "access_token", "algorithm", "app_key", "sign", "timestamp", "v"]);
    assert_eq!(fields["timestamp"], "2026-02-18 14:25:00", "local to lop-tz");
    let path = "/ecap/v1/orders/create";
    assert!(request.url.starts_with(&format!("https://test-api.jdl.com{path}?LOP-DN=ECAP&")));
    let signed = Signed {
        app_key: "unit-test-app-key",
        access_token: "unit-test-access-token",
        path,
        body: &request.body,
        timestamp: "2026-02-18 14:25:00",
    };
    assert_eq!(fields["sign"], jd::digest(Mode::HmacSha256, &signed, "unit-test-app-secret"));
}

#[test]
fn a_partner_signs_an_empty_token_and_sends_none() {
    let request = request(&client(Account { lop_tz: 0, ..account() }, None), &query("DB1"));
    let fields = fields(&request);
    assert!(!fields.contains_key("access_token"));
    assert_eq!((fields["timestamp"].as_str(), fields["algorithm"].as_str()), ("2026-02-18 06:25:00", "md5-salt"));
    let signed = Signed {
        app_key: "unit-test-app-key",
        access_token: "",
        path: "/ecap/v1/orders/status/get",
        body: r#"[{"customerCode":"010K000000","orderId":"DB1","orderOrigin":1}]"#,
        timestamp: "2026-02-18 06:25:00",
    };
    assert_eq!(request.body, signed.body);
    assert_eq!(fields["sign"], jd::digest(Mode::Md5Salt, &signed, "unit-test-app-secret"));
    assert!(request.headers.contains(&("lop-tz".to_owned(), "0".to_owned())));
}

#[test]
fn what_jd_would_refuse_is_not_sent() {
    let jd = client(account(), None);
    let error = |change: fn(&mut Value)| jd.request(&create_with("DB1", change), now()).expect_err("refused");
    for (change, field) in [
        ((|s| s["receiver"]["name"] = json!("小满🌾")) as fn(&mut Value), "receiver.name"),
        (|s| s["receiver"]["name"] = json!("满".repeat(51)), "receiver.name"),
        (|s| s["sender"]["detail"] = json!("㛃村1号"), "sender.detail"),
        (|s| s["receiver"]["detail"] = json!("路".repeat(195)), "receiver.detail"),
        (|s| s["cargo"][0]["name"] = json!("🍼"), "cargo"),
        (|s| s["pieces"] = json!(2), "pieces"),
        (|s| s["number"] = json!("SF1234567890123"), "number"),
    ] {
        let CarrierError::Field { field: named, problem, .. } = error(change) else { panic!("{field}") };
        assert_eq!(named, field, "{problem}");
        assert!(!problem.contains('满') && !problem.contains('🍼'), "{problem}");
    }
    let bottle = create_with("DB1", |shipment| shipment["cargo"][0]["name"] = json!("奶瓶🍼 240ml"));
    assert!(request(&jd, &bottle).body.contains("奶瓶 240ml"), "goods are told without what JD refuses");
    for count in [0, 501] {
        let error = jd.request(&Operation::Prefetch { count }, now()).expect_err("too many").to_string();
        assert_eq!(error, format!("jd gives 1 to 500 numbers at once, and not {count}: ask several times"));
    }
}

#[tokio::test]
async fn a_known_order_id_is_a_yes_only_with_proof() {
    let unnamed = World::of(Options { names_order: false, ..Options::default() }).await;
    let first = issued(unnamed.ask(&create("DB1")).await);
    let again = unnamed.ask(&create("DB1")).await;
    assert_eq!(doubt(&again), Cause::Duplicate, "nothing says whose number it is");
    assert_eq!(issued(unnamed.ask(&query("DB1")).await).number, first.number);
    let number = unnamed.numbers(1).await.remove(0);
    let held = with_number("DB2", &number);
    assert_eq!(issued(unnamed.ask(&held).await).number, number);
    assert_eq!(issued(unnamed.ask(&held).await).number, number, "the number was this parcel's before JD was asked");
    let refusing = World::of(Options { duplicates: Duplicates::Refuse, ..Options::default() }).await;
    issued(refusing.ask(&create("DB1")).await);
    assert_eq!(doubt(&refusing.ask(&create("DB1")).await), Cause::Duplicate);
}

#[tokio::test]
async fn numbers_come_in_blocks_and_are_registered_once() {
    let world = World::of(Options::default()).await;
    let numbers = world.numbers(500).await;
    assert_eq!(numbers.len(), 500);
    assert!(numbers.iter().all(|number| number.starts_with("JDV")));
    assert_eq!(issued(world.ask(&with_number("DB1", &numbers[0])).await).number, numbers[0]);
    assert!(matches!(world.ask(&with_number("DB2", &numbers[0])).await, Outcome::Unknown(_)), "used");
    assert_eq!(world.ask(&cancel("DB1")).await, Outcome::Cancelled);
    assert!(matches!(world.ask(&with_number("DB3", &numbers[0])).await, Outcome::Unknown(_)), "cancelled is used");
    assert!(matches!(world.ask(&with_number("DB4", "JDVC99999999999")).await, Outcome::Unknown(_)), "never given");
    world.sim.set_now(now() + SignedDuration::from_hours(24 * 93));
    assert!(matches!(world.ask(&with_number("DB5", &numbers[1])).await, Outcome::Unknown(_)), "too old");
    assert_eq!(world.sim.book().len(), 1);
}

#[tokio::test]
async fn a_clinic_code_gives_preset_numbers() {
    let mut world = World::of(Options::default()).await;
    world.jd = client(Account { endpoint: world.sim.url(), clinic_code: "C0001".to_owned(), ..account() }, None);
    let numbers = world.numbers(2).await;
    assert!(numbers.iter().all(|number| number.starts_with("JDJ")), "{numbers:?}");
    assert_eq!(issued(world.ask(&with_number("DB1", &numbers[0])).await).number, numbers[0]);
}

#[test]
fn a_block_with_a_stranger_in_it_is_no_block() {
    let jd = client(account(), None);
    let answered = |count: u32, data: &Value| {
        let body = json!({ "code": 0, "success": true, "data": data }).to_string();
        jd.reply(&Operation::Prefetch { count }, 200, body.as_bytes())
    };
    let [one, two] = ["JDVC00000000001", "JDVC00000000002"];
    let good = Outcome::Numbers(vec![one.to_owned(), two.to_owned()]);
    for data in [
        json!([one, two]),
        json!({ "customerCode": "010K000000", "list": [{ "waybillCode": one }, { "waybillCode": two }] }),
        json!(json!({ "deliveryIdList": [one, two] }).to_string()),
        json!({ "waybillCodes": [format!("{one},{two}")] }),
    ] {
        assert_eq!(answered(2, &data), good, "{data}");
    }
    for data in [
        json!([one, "SF1234567890123"]),
        json!([one, one]),
        json!([]),
        json!(null),
        json!([one, two, "JDVC00000000003"]),
    ] {
        assert_eq!(doubt(&answered(2, &data)), Cause::NoNumber, "{data}");
    }
}

#[tokio::test]
async fn what_was_collected_is_intercepted_and_not_cancelled() {
    let world = World::of(Options::default()).await;
    let number = issued(world.ask(&create("DB1")).await).number;
    world.sim.set_fault(Some(Fault::Collected));
    assert_eq!(rejected(&world.ask(&cancel("DB1")).await), Class::Order);
    let intercept = Operation::Intercept { waybill_id: "DB1".into(), number: format!("{number}-1-1-") };
    assert_eq!(world.ask(&intercept).await, Outcome::Done);
    assert!(world.sim.book()["DB1"].intercepted && !world.sim.book()["DB1"].cancelled);
}

#[test]
fn a_packages_code_is_its_waybills_number_and_a_strangers_routing_is_seen() {
    let jd = client(account(), None);
    let answered = |data: Value| {
        let body = json!({ "code": "0", "success": "true", "data": data }).to_string();
        jd.reply(&create("DB1"), 200, body.as_bytes())
    };
    let sheet = |number: &str| json!({ "targetSortCenterName": "上海", "packageCode": number, "road": " " });
    let data = json!({ "waybillCode": "JDVC01234567890-1-1-", "needRetry": "true", "orderCode": "EO1",
        "faceSheetResponse": { "faceSheetInfo": sheet("JDVC01234567890-1-1-") } });
    let Issued { number, attention, routing, .. } = issued(answered(data.clone()));
    assert_eq!((number.as_str(), attention), ("JDVC01234567890", vec![Attention::ManualCheck]));
    assert!(!routing.contains_key("road"), "a blank is nothing");
    let mut strange = data;
    strange["faceSheetResponse"]["faceSheetInfo"] = sheet("JDVC01234567899-1-1-");
    assert_eq!(doubt(&answered(strange)), Cause::AnotherParcels);
    let pending = json!({ "waybillCode": "JDVC01234567890", "needRetry": true });
    assert_eq!(issued(answered(pending)).attention, [Attention::ManualCheck, Attention::NoRouting]);
}

#[test]
fn a_no_anywhere_is_no_yes() {
    let jd = client(account(), None);
    let data = json!({ "waybillCode": "JDVC01234567890" });
    for (code, success) in [(json!(1), json!(true)), (json!(0), json!(false)), (json!(0), json!(null))] {
        let body = json!({ "code": code, "success": success, "msg": "call 13800000000", "data": data }).to_string();
        let outcome = jd.reply(&create("DB1"), 200, body.as_bytes());
        assert!(matches!(&outcome, Outcome::Unknown(doubt) if !doubt.why.contains("138")), "{outcome:?}");
    }
    let gateway = br#"{"error_response":{"code":12,"zh_desc":"x","en_desc":"y"}}"#;
    assert_eq!(rejected(&jd.reply(&create("DB1"), 401, gateway)), Class::Config);
    assert_eq!(doubt(&jd.reply(&create("DB1"), 500, gateway)), Cause::CarrierFailed);
}

#[test]
fn a_push_tells_where_the_parcel_is() {
    let jd = client(account(), None);
    let body = json!({ "waybillCode": "JDVC01234567890", "orderId": "DB1", "category": 510, "categoryName": "妥投",
        "state": "10034", "scanType": "1", "operationTitle": "妥投", "operationRemark": "由【客户指定地点】代收，电话13800000000",
        "operationTime": "2026-02-20 10:00:00", "operateSite": "上海闵行营业部", "operateSiteId": 12, "routeEndName": "上海" });
    let body = body.to_string();
    let push = Push { content_type: "application/json", query: "", body: body.as_bytes() };
    let scans = jd.pushed(&push).expect("a push");
    assert_eq!(scans.len(), 1);
    assert_eq!((scans[0].meaning, scans[0].code.as_str()), (Meaning::HeldAtPoint, "510+10034"));
    assert_eq!(scans[0].at, "2026-02-20T02:00:00Z".parse::<Timestamp>().expect("a time"));
    assert!(!scans[0].text.contains("138"), "{}", scans[0].text);
    assert!(jd.push_answer(&push, true).body.contains("true") && jd.push_answer(&push, false).body.contains("false"));
    let error = jd.pushed(&Push { body: b"<xml/>", ..push }).expect_err("no JSON");
    assert!(matches!(error, PushError::Unreadable(_)));
}

#[test]
fn the_command_line_prints_every_operation() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    };
    let config =
        "[account]\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\napp_secret = { text = \"s\" }\n";
    let config = put("jd.toml", config);
    let mut shipment = crate::carrier::shipment();
    shipment["receiver"]["name"] = json!("欧阳小满");
    shipment["number"] = json!("JDVA01234567890");
    shipment["phone_tail"] = json!("0002");
    let whole = put("shipment.json", &shipment.to_string());
    shipment.as_object_mut().expect("an object").remove("phone_tail");
    let parcel = put("parcel.json", &shipment.to_string());
    let count = put("count.json", r#"{"count":20}"#);
    let mut printed = String::new();
    for (operation, data) in [
        ("create", &parcel),
        ("update", &parcel),
        ("route", &parcel),
        ("query", &whole),
        ("cancel", &whole),
        ("intercept", &whole),
        ("track", &whole),
        ("subscribe", &whole),
        ("prefetch", &count),
        ("balance", &count),
    ] {
        let at = "2026-02-18T14:25:00+08:00";
        let args = ["carrier", "request", "jd", operation, "--data", data, "--config", &config, "--at", at];
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_milepost")).args(args).output().expect("it runs");
        let [out, err] = [run.stdout, run.stderr].map(|text| String::from_utf8(text).expect("text"));
        printed += &format!("--- {operation}\n{}\n", out.replace('\r', "") + &err);
    }
    insta::assert_snapshot!(printed);
}
