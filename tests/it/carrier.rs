//! Carriers' signatures against their vectors, the exact SF request, and the command line that prints both.

use jiff::Timestamp;
use milepost::carrier::account::Config;
use milepost::carrier::sf::{self, Account, Mode, Sf};
use milepost::carrier::{Carrier, CarrierError, Operation, Secret, ShipmentRequest, jd, zto};
use serde_json::{Value, json};

fn vectors(carrier: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../data/carrier_vectors.json")).expect("the vectors are JSON");
    all["carriers"][carrier]["vectors"].as_array().expect("a carrier has vectors").clone()
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
            sf::sign::digest(mode, text(&vector["msgData"]), text(&vector["timestamp"]), text(&vector["checkWord"]))
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
    let encoded: String = form_urlencoded::byte_serialize("中 *~+!'()-_.é😀/=&%".as_bytes()).collect();
    assert_eq!(encoded, "%E4%B8%AD+*%7E%2B%21%27%28%29-_.%C3%A9%F0%9F%98%80%2F%3D%26%25");
}

#[test]
fn zto_digests_match_every_vector() {
    let vectors = vectors("zto");
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let encoding = if vector["encoding"] == "hex" { zto::Encoding::Hex } else { zto::Encoding::Base64 };
        let digest = zto::digest(
            named(&zto::Mode::ALL, &vector["algorithm"]),
            encoding,
            vector["timestamp_ms"].as_str(),
            text(&vector["body"]),
            text(&vector["appSecret"]),
            "",
        );
        assert_eq!(digest, text(&vector["expected_x_datadigest"]), "{}", vector["id"]);
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
        let digest = jd::digest(named(&jd::Mode::ALL, &vector["algorithm"]), &signed, text(&vector["app_secret"]));
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

fn request_of(change: impl FnOnce(&mut Value)) -> Result<milepost::carrier::HttpRequest, CarrierError> {
    let mut shipment = shipment();
    change(&mut shipment);
    let shipment: ShipmentRequest = serde_json::from_value(shipment).expect("a shipment");
    let config = sf::config(sf::BUILTIN).expect("the built-in config loads");
    let at: Timestamp = "2026-02-18T06:25:00Z".parse().expect("a time");
    Sf::new(config, Secret::new("fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci\r\n"))
        .request(&Operation::Create(Box::new(shipment)), at)
}

/// The fields of a form body, decoded.
fn form(body: &str) -> std::collections::BTreeMap<String, String> {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
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
    let digest =
        sf::sign::digest(Mode::StandardMd5, &form["msgData"], &form["timestamp"], "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci");
    assert_eq!(form["msgDigest"], digest, "the line end after the secret is no part of it");
    assert_eq!(request_of(|_| {}), Ok(request), "asked again it is the same to the byte");
}

#[test]
fn a_held_number_is_registered_and_not_asked_for() {
    let request = request_of(|shipment| shipment["number"] = json!("SF1234567890123")).expect("a good shipment");
    let message: Value = serde_json::from_str(&form(&request.body)["msgData"]).expect("msgData is JSON");
    assert_eq!(message["isGenWaybillNo"], 0);
    assert_eq!(message["waybillNoInfoList"], json!([{ "waybillType": 1, "waybillNo": "SF1234567890123" }]));
}

#[test]
fn line_ends_in_the_customer_code_are_trimmed() {
    let config = sf::config(sf::BUILTIN).expect("the built-in config loads");
    let account = Account { partner_id: "\u{feff}WAREHOUSE\r\n".to_owned(), ..Account::default() };
    let sf = Sf::new(Config { account, ..config }, Secret::new("x"));
    let query = Operation::Query { waybill_id: "DB1".into() };
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
        let change = |shipment: &mut Value| *shipment.pointer_mut(field).expect("the field is there") = value;
        messages.push(request_of(change).expect_err(field).to_string());
    }
    for (field, value) in [("pieces", json!(308)), ("product", json!("express"))] {
        messages.push(request_of(|shipment| shipment[field] = value).expect_err(field).to_string());
    }
    let messages = messages.join("\n");
    insta::assert_snapshot!(messages);
    assert!(!messages.contains('张') && !messages.contains("138"));
}

mod command_line {
    use std::process::{Command, Output};

    use super::*;

    /// A folder with the files a command reads.
    struct Files(tempfile::TempDir);

    impl Files {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary folder"))
        }

        fn put(&self, name: &str, text: &str) -> String {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).expect("the folder takes a file");
            path.to_str().expect("a temporary path is text").to_owned()
        }
    }

    fn milepost(args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_milepost")).args(args).output().expect("the binary runs")
    }

    fn said(output: &Output) -> String {
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    #[test]
    fn sign_prints_what_every_vector_expects() {
        let files = Files::new();
        for vector in vectors("sf") {
            let body = files.put("body", text(&vector["msgData"]));
            let secret = files.put("secret", &format!("{}\r\n", text(&vector["checkWord"])));
            let output = milepost(&[
                "carrier",
                "sign",
                "sf",
                "--body",
                &body,
                "--secret-file",
                &secret,
                "--mode",
                text(&vector["algorithm"]),
                "--timestamp",
                text(&vector["timestamp"]),
            ]);
            assert_eq!(said(&output), text(&vector["expected"]), "{}", vector["id"]);
        }
        for vector in vectors("zto") {
            let body = files.put("body", text(&vector["body"]));
            let secret = files.put("secret", text(&vector["appSecret"]));
            let mut args = vec![
                "carrier",
                "sign",
                "zto",
                "--body",
                &body,
                "--secret-file",
                &secret,
                "--mode",
                "md5",
                "--encoding",
                text(&vector["encoding"]),
            ];
            args.extend(vector["timestamp_ms"].as_str().into_iter().flat_map(|timestamp| ["--timestamp", timestamp]));
            assert_eq!(said(&milepost(&args)), text(&vector["expected_x_datadigest"]), "{}", vector["id"]);
        }
        for vector in vectors("jd_lop") {
            let body = files.put("body", text(&vector["body"]));
            let secret = files.put("secret", text(&vector["app_secret"]));
            let token = files.put("token", text(&vector["access_token"]));
            let output = milepost(&[
                "carrier",
                "sign",
                "jd",
                "--body",
                &body,
                "--secret-file",
                &secret,
                "--mode",
                text(&vector["algorithm"]),
                "--timestamp",
                text(&vector["timestamp"]),
                "--app-key",
                text(&vector["app_key"]),
                "--token-file",
                &token,
                "--path",
                text(&vector["path"]),
            ]);
            assert_eq!(said(&output), text(&vector["expected_sign"]), "{}", vector["id"]);
        }
    }

    #[test]
    fn request_prints_raw_http_and_the_same_twice() {
        let files = Files::new();
        let data = files.put("shipment.json", &shipment().to_string());
        let args = ["carrier", "request", "sf", "create", "--data", &data, "--at", "2026-02-18T14:25:00+08:00"];
        let output = milepost(&args);
        insta::assert_snapshot!(said(&output));
        assert_eq!(milepost(&args).stdout, output.stdout);
        for operation in ["query", "cancel"] {
            let output = milepost(&["carrier", "request", "sf", operation, "--data", &data]);
            assert!(
                said(&output).starts_with("POST /std/service HTTP/1.1\r\nhost: sfapi-sbox.sf-express.com\r\n"),
                "{operation}"
            );
        }
    }

    #[test]
    fn zto_is_asked_everything_it_has_and_says_what_it_hasnt() {
        let files = Files::new();
        let mut data = shipment();
        data["number"] = json!("73123456789012");
        let data = files.put("shipment.json", &data.to_string());
        for (operation, path) in [
            ("create", "zto.open.createOrder"),
            ("query", "zto.open.getOrderInfo"),
            ("intercept", "thirdcenter.createIntercept"),
            ("route", "zto.innovate.bagAddrMark"),
            ("track", "zto.merchant.waybill.track.query"),
            ("subscribe", "zto.merchant.waybill.track.subsrcibe"),
            ("balance", "zto.open.queryAvailableBalanceNew"),
        ] {
            let output = said(&milepost(&["carrier", "request", "zto", operation, "--data", &data]));
            assert!(
                output.starts_with(&format!("POST /{path} HTTP/1.1\r\nhost: japi-test.zto.com\r\n")),
                "{operation}: {output}"
            );
        }
        let balance = milepost(&["carrier", "request", "zto", "balance"]);
        assert!(said(&balance).ends_with(r#"{"accountId":"test"}"#), "it is about no parcel and needs no data");
        let counted = files.put("count.json", r#"{"count":3}"#);
        for (operation, data, says) in [
            ("cancel", &data, "ZTO takes it back after 30 to 60 days"),
            ("update", &data, "send the parcel under a new id"),
            ("prefetch", &counted, "import the numbers"),
        ] {
            let output = milepost(&["carrier", "request", "zto", operation, "--data", data]);
            assert_eq!(output.status.code(), Some(1), "{operation}");
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(stderr.contains(&format!("zto has no `{operation}`")) && stderr.contains(says), "{stderr}");
        }
    }

    #[test]
    fn label_data_names_the_same_shipment() {
        let files = Files::new();
        let whole = shipment();
        let line = json!({ "sku": "BOTTLE-240", "name": "奶瓶 240ml", "quantity": 2, "price_fen": 5990 });
        let data = json!({
            "order": { "order_no": "1930679858170001", "channel": "tmall", "shop": "s", "paid_at": "2026-02-18T01:00:00Z",
                "receiver": whole["receiver"], "lines": [line], "amount_fen": 11980 },
            "sender": whole["sender"], "parcel": { "index": 1, "count": 1, "weight_g": 1250 },
            "waybill": { "id": "DB20260218-SF-008821", "carrier": "sf" }
        });
        let at = "2026-02-18T14:25:00+08:00";
        let [of_label, of_shipment] = [("label.json", data), ("shipment.json", whole)].map(|(name, data)| {
            let path = files.put(name, &data.to_string());
            said(&milepost(&["carrier", "request", "sf", "create", "--data", &path, "--at", at]))
        });
        assert!(of_label.contains("msgData="));
        assert_eq!(of_label, of_shipment);
    }

    #[test]
    fn an_accounts_config_is_used_and_its_secret_read_from_its_file() {
        let files = Files::new();
        let key = files.put("sf.key", "UNIT-TEST-CHECKWORD-0001\n");
        let config = format!(
            "[account]\nendpoint = \"http://127.0.0.1:9/std\"\npartner_id = \"WH01\"\ncheck_word = {{ file = \"{key}\" }}\nsignature = \"sm3\"\n"
        );
        let config = files.put("sf.toml", &config);
        let data = files.put("query.json", r#"{"waybill_id":"DB1"}"#);
        let output = said(&milepost(&[
            "carrier",
            "request",
            "sf",
            "query",
            "--data",
            &data,
            "--config",
            &config,
            "--at",
            "1970-01-01T00:00:01Z",
        ]));
        let form = form(output.rsplit("\r\n").next().unwrap_or_default());
        assert_eq!(form["partnerID"], "WH01");
        assert_eq!(
            form["msgDigest"],
            sf::sign::digest(Mode::Sm3, &form["msgData"], "1000", "UNIT-TEST-CHECKWORD-0001")
        );
    }

    #[test]
    fn wrong_use_exits_with_two_and_names_what_is_missing() {
        let files = Files::new();
        let (body, secret) = (files.put("body", "{}"), files.put("secret", "s"));
        let sign = |more: &[&str]| {
            let args = [&["carrier", "sign"], more, &["--body", &body, "--secret-file", &secret]].concat();
            let output = milepost(&args);
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        for (args, message) in [
            (&["sf", "--mode", "md5", "--timestamp", "1"][..], "use one of standard_md5, simple_md5, sm3"),
            (&["sf", "--mode", "sm3"], "needs --timestamp"),
            (&["zto", "--mode", "hmac-sha256"], "needs --hmac-key-file"),
            (&["jd", "--mode", "md5-salt", "--timestamp", "x"], "needs --app-key"),
            (&["yto", "--mode", "md5"], "possible values"),
        ] {
            let (code, stderr) = sign(args);
            assert_eq!(code, Some(2), "{args:?}: {stderr}");
            assert!(stderr.contains(message), "{args:?}: {stderr}");
        }
        let nothing = files.put("nothing.json", "{}");
        let output = milepost(&["carrier", "request", "sf", "create", "--data", &nothing]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("it has no waybill_id"));
    }
}
