//! A lead at the hub's pages, from log-in to log-out: what waits for somebody, and what only a lead does about it.

use milepost::domain::fact::{Fact, NewEntry};
use milepost::hub::people::Act;
use serde_json::json;

use crate::chromium::Browser;
use crate::judges::zxing;
use crate::routing::site::Office;
use crate::story::shelf::{self, code};
use crate::telling;
use crate::world::{World, eventually, scanner, screen};

const HOUR_US: i64 = 3_600_000_000;

#[test]
fn a_session_is_a_leads_and_ends_with_the_shift_or_the_badge() {
    let office = Office::open();
    let (hub, now_us) = (&office.hub, office.now_us);
    hub.put_operators(&shelf::operators()).expect("people");
    for wrong in [code("badge 李雷"), "@@B:ABCDEFGHIJKLMNOPX".into(), "韩梅梅".into(), String::new()] {
        let refused = hub.log_in(&wrong, "s0", now_us).expect_err("no lead's badge").to_string();
        assert!(refused.contains("this is no lead's badge"), "{wrong}: {refused}");
    }
    assert_eq!(hub.person("s0", now_us).expect("an answer"), None);

    hub.log_in(&code("badge 韩梅梅"), "s1", now_us).expect("a lead");
    let han = hub.person("s1", now_us).expect("an answer").expect("she is logged in");
    assert_eq!(han.name, "韩梅梅");
    assert_eq!(hub.person("s2", now_us).expect("an answer"), None, "another browser");
    assert!(hub.person("s1", now_us + 12 * HOUR_US).expect("an answer").is_some());
    assert_eq!(hub.person("s1", now_us + 12 * HOUR_US + 1).expect("an answer"), None, "the shift is over");

    hub.log_in(&code("badge 韩梅梅"), "s3", now_us).expect("a lead");
    hub.log_out("s3").expect("out");
    assert_eq!(hub.person("s3", now_us).expect("an answer"), None);
    hub.issue_badge(&"han".into(), "韩梅梅", true, *b"0123456789abcdef").expect("a new badge");
    assert_eq!(hub.person("s1", now_us).expect("an answer"), None, "the badge she logged in with is revoked");
}

#[test]
fn who_did_what_at_a_page_is_kept() {
    let office = Office::open();
    let (hub, now_us) = (&office.hub, office.now_us);
    hub.put_operators(&shelf::operators()).expect("people");
    hub.log_in(&code("badge 韩梅梅"), "s1", now_us).expect("a lead");
    let han = hub.person("s1", now_us).expect("an answer").expect("she is logged in");
    let nothing = Act::RemoveTaught { code: "6901234567984".into() };
    assert!(hub.act(&han, &nothing, now_us).is_err(), "nobody taught it");
    assert_eq!(hub.page_acts().expect("acts"), [], "what didn't happen isn't kept");
    let fact = Fact::BarcodeTaught {
        place: "bench-1".into(),
        lead: "han".into(),
        code: "6901234567984".into(),
        sku: "T01".into(),
        quantity: 1,
    };
    let entry = NewEntry { fact, parcel: None, orders: vec![], operator: None, device: None };
    telling::tell(hub, &"SZ-01".into(), vec![entry], now_us, now_us);
    hub.act(&han, &nothing, now_us + 1).expect("it is taught now");
    let [act] = &hub.page_acts().expect("acts")[..] else { panic!("one act") };
    assert_eq!(
        (act.operator.as_str(), act.what.as_str(), act.at_us),
        (han.operator.as_str(), "remove_taught", now_us + 1)
    );
}

/// Nothing happens that nobody did.
#[test]
fn what_cant_be_kept_isnt_done() {
    let office = Office::open();
    let (hub, now_us) = (&office.hub, office.now_us);
    hub.put_operators(&shelf::operators()).expect("people");
    hub.log_in(&code("badge 韩梅梅"), "s1", now_us).expect("a lead");
    let han = hub.person("s1", now_us).expect("an answer").expect("she is logged in");
    office.accept(&[shelf::order("1001", 1, &[shelf::one("红茶")], None)]);
    hub.hold(&"1001".into(), "客户要改地址", None, now_us).expect("held");
    let place = || "bench-1".into();
    let taught = Fact::BarcodeTaught {
        place: place(),
        lead: "han".into(),
        code: "6901234567984".into(),
        sku: "T01".into(),
        quantity: 1,
    };
    let missing = vec![("T01".into(), 1)];
    let forced = Fact::CheckForced { place: place(), lead: "han".into(), reason: "agreed".into(), missing };
    let entry = |fact: Fact| NewEntry { fact, parcel: None, orders: vec!["1001".into()], operator: None, device: None };
    telling::tell(hub, &"SZ-01".into(), vec![entry(taught), entry(forced)], now_us, now_us);
    let known = || hub.exceptions(now_us).expect("rows").into_iter().map(|row| row.kind).collect::<Vec<_>>();
    let before = known();
    assert_eq!(before.len(), 3, "{before:?}");
    let store = rusqlite::Connection::open(office.store()).expect("the store opens");
    store.execute_batch("DROP TABLE page_acts").expect("nothing can be kept");
    for act in [
        Act::RemoveTaught { code: "6901234567984".into() },
        Act::CloseException { kind: "check_forced".into(), subject: "1001".into() },
        Act::Resume { order_no: "1001".into() },
        Act::RevokeBadge { operator: "li".into() },
    ] {
        assert!(hub.act(&han, &act, now_us).is_err(), "{act:?}");
    }
    let issued = hub.issue_packers_badge(&han, &"zhou".into(), "周敏", *b"0123456789abcdef", now_us);
    assert!(issued.is_err(), "{issued:?}");
    assert_eq!(known(), before);
    assert!(hub.people().expect("people").iter().all(|(id, ..)| id != "zhou"), "nobody has that badge");
    let li = hub.people().expect("people").into_iter().find(|(id, ..)| id == "li").expect("a packer");
    assert!(!li.3, "the badge is in force");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leads_shift_in_a_browser_from_log_in_to_log_out() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = shelf::one("红茶");
    let orders: Vec<_> = ["1001", "1002"].map(|no| shelf::order(no, 1, std::slice::from_ref(&line), None)).into();
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    world.post("/v1/orders/1002/hold", &json!({ "reason": "客户要改地址" })).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the people to come down", async || gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷")).await;
    eventually("the order to come down", async || gun.scan("1001").await == "OK 请扫商品，还差 1 件").await;
    gun.scan(&code("FORCE")).await;
    gun.scan(&code("badge 韩梅梅")).await;
    gun.scan(&code("why agreed")).await;
    screen(&station, "bench-1", |screen| screen.parcel.as_ref().is_some_and(|parcel| parcel.left == 1)).await;

    let mut lead = Browser::start(1280, 900).await;
    lead.open(&format!("{}/shift", world.hub_url)).await;
    eventually("the forced pass to be told", async || lead.texts(".exceptions tr").await.len() == 3).await;
    assert_eq!(lead.texts(".acts button").await, Vec::<String>::new(), "nobody is logged in");

    lead.click("nav a[href='/login']").await;
    lead.wait("document.activeElement.name === 'badge'").await;
    lead.wedge(&code("badge 李雷")).await;
    lead.wait_for_text(".login .bad", "这不是组长的工牌，或已作废").await;
    lead.wait("document.activeElement.name === 'badge'").await;
    lead.wedge(&code("badge 韩梅梅")).await;
    lead.wait_for_text(".who b", "韩梅梅").await;
    assert_eq!(lead.texts(".acts button").await, ["放行", "看过了"]);
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        lead.picture(&std::path::Path::new(&folder).join("lead.png")).await;
    }
    lead.click("form[action='/acts/resume'] button").await;
    lead.wait("document.querySelectorAll('.exceptions tbody tr').length === 1").await;
    lead.click("form[action='/acts/close'] button").await;
    lead.wait("!document.querySelector('.exceptions')").await;
    let found = world.get("/v1/orders?q=1002").await;
    assert_eq!(found["orders"][0]["standing"]["state"], "open", "{found}");
    let acts = world.get("/v1/acts").await;
    assert_eq!((&acts["acts"][0]["what"], &acts["acts"][1]["what"]), (&json!("check_forced"), &json!("resume")));

    // A form that isn't of the lead's own page does nothing, and neither does one of nobody's.
    let cookie = lead.value("document.cookie").await;
    assert_eq!(cookie, json!(""), "no script reads the session");
    let strange = "fetch('/acts/resume', { method: 'POST', body: new URLSearchParams({ token: 'x', subject: '1001' }) }).then(r => r.status)";
    assert_eq!(lead.value(strange).await, json!(403));
    let nobody = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let sent = nobody.post(format!("{}/acts/resume", world.hub_url)).body("subject=1001&next=/stations").send().await;
    let sent = sent.expect("an answer");
    assert_eq!(
        (sent.status().as_u16(), &sent.headers()["location"]),
        (303, &"/login?next=%2Fstations".parse().expect("text"))
    );

    lead.click(".who button").await;
    lead.wait("document.querySelector('.login') && !document.querySelector('.who')").await;
    assert!(lead.complaints.iter().all(|said| said.contains("403")), "{:?}", lead.complaints);
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_gives_a_new_packer_a_badge_that_opens_the_bench() {
    let world = World::start().await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    let mut lead = Browser::start(1280, 900).await;
    lead.open(&format!("{}/people", world.hub_url)).await;
    lead.wait("document.activeElement.name === 'badge'").await;
    lead.wedge(&code("badge 韩梅梅")).await;
    lead.wait("!!document.querySelector('.people')").await;
    assert_eq!(lead.texts(".people tr td:first-child").await.len(), shelf::operators().len());
    lead.type_into(".badge [name=operator]", "1009").await;
    lead.type_into(".badge [name=name]", "小明<b>").await;
    lead.click(".badge button").await;
    lead.wait("!!document.querySelector('.new-badge') && document.querySelector('.new-badge').naturalWidth > 100")
        .await;
    assert_eq!(lead.texts("h1").await, ["小明<b>"]);
    let picture = lead.value("document.querySelector('.new-badge').src").await;
    let picture = picture.as_str().expect("a source").split_once("base64,").expect("in the page").1.to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("badge.png");
    std::fs::write(&file, base64::Engine::decode(&base64::prelude::BASE64_STANDARD, picture).expect("base64"))
        .expect("written");
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        lead.picture(&std::path::Path::new(&folder).join("badge.png")).await;
    }
    let badge = zxing(&[file])[0][0].text.clone();
    eventually("the new badge to come down", async || gun.scan(&badge).await.starts_with("OK 小明<b>，上岗")).await;

    // It ends again; a lead's badge is nobody's to give or to end here.
    lead.open(&format!("{}/people", world.hub_url)).await;
    lead.click("[data-operator='1009'] button").await;
    lead.wait("!!document.querySelector(\"[data-operator='1009'] .cancelled\")").await;
    assert_eq!(lead.texts("[data-operator='han'] button").await, Vec::<String>::new());
    lead.type_into(".badge [name=operator]", "han").await;
    lead.type_into(".badge [name=name]", "韩梅梅").await;
    lead.click(".badge button").await;
    lead.wait("!!document.querySelector('.bad')").await;
    assert!(lead.texts(".bad").await[0].contains("han is a lead"), "{:?}", lead.texts(".bad").await);
    let acts = world.get("/v1/acts").await;
    assert_eq!((&acts["acts"][0]["what"], &acts["acts"][1]["what"]), (&json!("revoke_badge"), &json!("issue_badge")));
    assert!(lead.complaints.iter().all(|said| said.contains("422")), "{:?}", lead.complaints);
    station.stop().await.expect("the station ends");
}
