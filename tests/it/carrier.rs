//! Carriers' signatures against their vectors, the exact SF request, and the command line that prints both.

use jiff::Timestamp;
use milepost::carrier::sf::{self, Account, Mode, Sf};
use milepost::carrier::{Carrier, CarrierError, Operation, Secret, ShipmentRequest, jd, zto};
use serde_json::{Value, json};

fn vectors(carrier: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../data/carrier_vectors.json"))
        .expect("the vectors are JSON");
    all["carriers"][carrier]["vectors"]
        .as_array()
        .expect("a carrier has vectors")
        .clone()
}

fn named<T: Copy>(modes: &[(&str, T)], name: &Value) -> T {
    modes
        .iter()
        .find(|(known, _)| name == known)
        .map(|(_, mode)| *mode)
        .expect("every algorithm of the vectors is known")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn sf_signatures_match_every_vector() {
    let vectors = vectors("sf");
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let mode = named(&Mode::ALL, &vector["algorithm"]);
        let digest = |mode| {
            sf::sign::digest(
                mode,
                text(&vector["msgData"]),
                text(&vector["timestamp"]),
                text(&vector["checkWord"]),
            )
        };
        assert_eq!(digest(mode), text(&vector["expected"]), "{}", vector["id"]);
        for (_, other) in Mode::ALL.into_iter().filter(|(_, other)| *other != mode) {
            assert_ne!(digest(other), text(&vector["expected"]), "{}", vector["id"]);
        }
    }
}

#[test]
fn sf_encodes_like_java_before_md5() {
    // What java.net.URLEncoder makes of every kind of character, seen in a run of Java itself.
    let encoded: String =
        form_urlencoded::byte_serialize("中 *~+!'()-_.é😀/=&%".as_bytes()).collect();
    assert_eq!(
        encoded,
        "%E4%B8%AD+*%7E%2B%21%27%28%29-_.%C3%A9%F0%9F%98%80%2F%3D%26%25"
    );
}

#[test]
fn zto_digests_match_every_vector() {
    let vectors = vectors("zto");
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let encoding = if vector["encoding"] == "hex" {
            zto::Encoding::Hex
        } else {
            zto::Encoding::Base64
        };
        let digest = zto::digest(
            named(&zto::Mode::ALL, &vector["algorithm"]),
            encoding,
            vector["timestamp_ms"].as_str(),
            text(&vector["body"]),
            text(&vector["appSecret"]),
            "",
        );
        assert_eq!(
            digest,
            text(&vector["expected_x_datadigest"]),
            "{}",
            vector["id"]
        );
    }
}

#[test]
fn jd_signatures_match_every_vector() {
    let vectors = vectors("jd_lop");
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let signed = jd::Signed {
            app_key: text(&vector["app_key"]),
            access_token: text(&vector["access_token"]),
            path: text(&vector["path"]),
            body: text(&vector["body"]),
            timestamp: text(&vector["timestamp"]),
        };
        let digest = jd::digest(
            named(&jd::Mode::ALL, &vector["algorithm"]),
            &signed,
            text(&vector["app_secret"]),
        );
        assert_eq!(digest, text(&vector["expected_sign"]), "{}", vector["id"]);
    }
}

pub fn shipment() -> Value {
    json!({
        "waybill_id": "DB20260218-SF-008821",
        "sender": { "name": "仓库甲", "phone": "0755-26000000", "company": "里程碑", "province": "广东省", "city": "深圳市",
            "district": "南山区", "detail": "科技园1号库" },
        "receiver": { "name": "𠮷野㛃", "phone": "13900000002", "phone_extension": "1234", "province": "上海市", "city": "上海市",
            "district": "闵行区", "town": "华漕镇", "detail": "申贵路1500号" },
        "cargo": [{ "name": "奶瓶 240ml", "quantity": 2 }],
        "weight_g": 1250,
        "reference": "1930679858170001"
    })
}

fn request_of(
    change: impl FnOnce(&mut Value),
) -> Result<milepost::carrier::HttpRequest, CarrierError> {
    let mut shipment = shipment();
    change(&mut shipment);
    let shipment: ShipmentRequest = serde_json::from_value(shipment).expect("a shipment");
    let (account, codes) = sf::config(sf::BUILTIN).expect("the built-in config loads");
    let at: Timestamp = "2026-02-18T06:25:00Z".parse().expect("a time");
    Sf::new(
        account,
        Secret::new("fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci\r\n"),
        codes,
    )
    .request(&Operation::Create(Box::new(shipment)), at)
}

/// The fields of a form body, decoded.
fn form(body: &str) -> std::collections::BTreeMap<String, String> {
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

#[test]
fn an_sf_order_says_everything_and_signs_what_it_sends() {
    let request = request_of(|_| {}).expect("a good shipment");
    let form = form(&request.body);
    let message: Value = serde_json::from_str(&form["msgData"]).expect("msgData is JSON");
    insta::assert_snapshot!(serde_json::to_string_pretty(&message).expect("it is JSON"));
    assert_eq!(form["serviceCode"], "EXP_RECE_CREATE_ORDER");
    assert_eq!(form["timestamp"], "1771395900000");
    assert_eq!(form["requestID"].len(), 36);
    let digest = sf::sign::digest(
        Mode::StandardMd5,
        &form["msgData"],
        &form["timestamp"],
        "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci",
    );
    assert_eq!(
        form["msgDigest"], digest,
        "the line end after the secret is no part of it"
    );
    assert_eq!(
        request_of(|_| {}),
        Ok(request),
        "asked again it is the same to the byte"
    );
}

#[test]
fn a_held_number_is_registered_and_not_asked_for() {
    let request = request_of(|shipment| shipment["number"] = json!("SF1234567890123"))
        .expect("a good shipment");
    let message: Value =
        serde_json::from_str(&form(&request.body)["msgData"]).expect("msgData is JSON");
    assert_eq!(message["isGenWaybillNo"], 0);
    assert_eq!(
        message["waybillNoInfoList"],
        json!([{ "waybillType": 1, "waybillNo": "SF1234567890123" }])
    );
}

#[test]
fn line_ends_in_the_customer_code_are_trimmed() {
    let (_, codes) = sf::config(sf::BUILTIN).expect("the built-in config loads");
    let account = Account {
        partner_id: "\u{feff}WAREHOUSE\r\n".to_owned(),
        ..Account::default()
    };
    let sf = Sf::new(account, Secret::new("x"), codes);
    let query = Operation::Query {
        waybill_id: "DB1".into(),
    };
    let request = sf.request(&query, Timestamp::UNIX_EPOCH).expect("a query");
    assert_eq!(form(&request.body)["partnerID"], "WAREHOUSE");
}

#[test]
fn what_sf_would_refuse_is_not_sent_and_names_no_person() {
    let cases: [(&str, Value); 9] = [
        ("/receiver/name", json!("张**")),
        ("/receiver/phone", json!("138****0000")),
        ("/receiver/phone", json!("")),
        ("/receiver/detail", json!("长".repeat(198))),
        ("/sender/city", json!(" ")),
        ("/cargo", json!([])),
        ("/weight_g", json!(0)),
        ("/waybill_id", json!("DB 1")),
        ("/waybill_id", json!("D".repeat(51))),
    ];
    let mut messages = Vec::new();
    for (field, value) in cases {
        let change = |shipment: &mut Value| {
            *shipment.pointer_mut(field).expect("the field is there") = value
        };
        messages.push(request_of(change).expect_err(field).to_string());
    }
    for (field, value) in [("pieces", json!(308)), ("product", json!("express"))] {
        messages.push(
            request_of(|shipment| shipment[field] = value)
                .expect_err(field)
                .to_string(),
        );
    }
    let messages = messages.join("\n");
    insta::assert_snapshot!(messages);
    assert!(!messages.contains('张') && !messages.contains("138"));
}
