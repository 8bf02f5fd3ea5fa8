//! A paid order that can't go on is held with its reasons until it is mended or released, and is never dropped.

use std::process::{Command, Output};

use milepost::domain::hold::Hold;
use milepost::domain::order::Order;
use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::story::script::Line;
use crate::story::shelf;
use crate::world::{KEY, LIMIT, World, eventually, scanner};

fn order(order_no: &str) -> Order {
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    shelf::order(order_no, 1, &[line], Some("SF1000000000011"))
}

/// The order as a channel sends it whose receivers write all into one line, and forget the district.
fn unsplit(order_no: &str) -> Order {
    let mut order = order(order_no);
    let receiver = order.receiver.as_mut().expect("an open receiver");
    receiver.detail = "浙江省杭州市文一西路969号".into();
    (receiver.province, receiver.city, receiver.district) = Default::default();
    order
}

async fn batch(world: &World, orders: &[&Order]) -> Value {
    world.post("/v1/orders", &json!({ "orders": orders })).await
}

/// A call whose refusal is what counts: status and detail.
async fn refused(world: &World, path: &str, body: &Value) -> (u16, String) {
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    let call = client.post(format!("{}{path}", world.hub_url)).bearer_auth(KEY).json(body);
    let answer = call.send().await.expect("the hub answers");
    let status = answer.status().as_u16();
    let problem: Value = answer.json().await.unwrap_or_default();
    (status, problem["detail"].as_str().unwrap_or_default().to_owned())
}

async fn standing(world: &World, order_no: &str) -> String {
    let orders = world.get(&format!("/v1/orders?q={order_no}")).await;
    orders["orders"][0]["standing"]["state"].as_str().unwrap_or_default().to_owned()
}

fn rich() -> Order {
    Order { amount_fen: 59_900, ..order("2001") }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_can_not_be_split_holds_the_order_until_it_is_mended() {
    let world = World::start().await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let other = Order { waybill: None, ..order("1002") };
    let answer = batch(&world, &[&unsplit("1001"), &other]).await;
    assert_eq!((answer["accepted"].as_u64(), answer["refused"].as_array().map(Vec::len)), (Some(1), Some(0)));
    assert_eq!(answer["held"][0]["order_no"], "1001");
    let reason = answer["held"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("the address names no known district after its city: "), "{reason}");
    assert!(!reason.contains("969"), "an address is nobody's to read in a summary");

    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&shelf::code("badge 李雷")).await.starts_with("OK")).await;
    let held = "STOP 已挂起：收件地址认不出区县：在渠道写明省市区后重新导入";
    eventually("the order to come down", async || gun.scan("1001").await == held).await;
    let (status, detail) = refused(&world, "/v1/orders/1001/resume", &json!({})).await;
    assert_eq!(status, 409, "nobody could deliver it: {detail}");
    assert!(detail.contains("no known district"), "{detail}");

    let answer = batch(&world, &[&order("1001")]).await;
    assert_eq!((answer["accepted"].as_u64(), answer["held"].as_array().map(Vec::len)), (Some(1), Some(0)));
    assert_eq!(standing(&world, "1001").await, "open");
    eventually("the mended order to come down", async || gun.scan("1001").await == "OK 请扫商品，还差 1 件").await;
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_can_not_be_sent_wait_alone() {
    let world = World::start().await;
    let together = |order_no: &str| {
        let mut order = unsplit(order_no);
        (order.merge_key, order.waybill) = (Some("same".into()), None);
        order
    };
    batch(&world, &[&together("1001"), &together("1002")]).await;
    assert_eq!(world.get("/v1/health").await["counts"]["parcels"], 2);
    // These two have one number already: two parcels would bear it.
    batch(&world, &[&unsplit("1003"), &order("1004")]).await;
    assert_eq!(world.get("/v1/health").await["counts"]["parcels"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_reader_of_a_file_doubted_holds_the_order() {
    let world = World::start().await;
    let doubted = Order { doubts: vec![Hold::Gift { code: "Z99".into() }], ..order("1001") };
    let answer = batch(&world, &[&doubted]).await;
    let reason = answer["held"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("gift `Z99` of the seller's note is not in gifts.toml: "), "{reason}");
    assert_eq!(batch(&world, &[&order("1001")]).await["accepted"], 1);
    assert_eq!(standing(&world, "1001").await, "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_refused_where_a_batch_is_held() {
    let world = World::start().await;
    let whole = |order: &Order| serde_json::to_value(order).expect("plain data");
    assert_eq!(refused(&world, "/v1/orders", &whole(&rich())).await, (422, "请确认赠品配置".into()));
    let (status, detail) = refused(&world, "/v1/orders", &whole(&unsplit("2002"))).await;
    assert_eq!((status, detail.contains("no known district")), (422, true), "{detail}");
    assert_eq!(world.get("/v1/health").await["counts"]["orders"], 0);
    let set = Order { gift_set: Some("A01".into()), ..rich() };
    assert_eq!(world.post("/v1/orders", &whole(&set)).await["accepted"], 1);
    let answer = batch(&world, &[&Order { order_no: "2003".into(), ..rich() }]).await;
    assert_eq!(answer["held"], json!([{ "order_no": "2003", "reason": "请确认赠品配置" }]));
    // The office may let it go as it is: nothing of the order itself is in doubt.
    world.post("/v1/orders/2003/resume", &json!({})).await;
    assert_eq!(standing(&world, "2003").await, "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_unreadable_order_does_not_refuse_its_batch() {
    let world = World::start().await;
    let answer =
        world.post("/v1/orders", &json!({ "orders": [order("1001"), { "order_no": "1002", "shop": 3 }] })).await;
    assert_eq!((answer["accepted"].as_u64(), answer["refused"][0]["order_no"].as_str()), (Some(1), Some("1002")));
    assert!(answer["refused"][0]["reason"].as_str().is_some_and(|reason| reason.starts_with("can't be read: ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_holds_no_revision_releases() {
    let world = World::start().await;
    batch(&world, &[&order("1001")]).await;
    world.post("/v1/orders/1001/hold", &json!({ "reason": "等客户改地址", "by": "韩梅梅" })).await;
    let changed = Order { amount_fen: 9_800, ..order("1001") };
    assert_eq!(batch(&world, &[&changed]).await["held"][0]["reason"], "等客户改地址");
    assert_eq!(standing(&world, "1001").await, "held");
    world.post("/v1/orders/1001/resume", &json!({})).await;
    assert_eq!(standing(&world, "1001").await, "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_sees_what_waits_why_whose_it_is_and_since_when() {
    let world = World::start().await;
    let hour_us = 3_600_000_000;
    let hub = &world.hub().hub;
    hub.accept_orders(&[unsplit("1001")], milepost::machine::wall_us() - 26 * hour_us).expect("the hub takes it");
    let gift = Order { doubts: vec![Hold::Gift { code: "Z99".into() }], ..order("1002") };
    hub.accept_orders(&[gift, rich(), order("1003")], milepost::machine::wall_us() - hour_us).expect("and these");
    world.post("/v1/orders/1003/hold", &json!({ "reason": "等客户改地址", "by": "韩梅梅" })).await;
    // A second look at it doesn't make it younger, nor does another word make the first one go.
    world.post("/v1/orders/1001/hold", &json!({ "reason": "已联系买家" })).await;

    let told = world.get("/v1/exceptions").await["exceptions"].clone();
    let of = |index: usize, key: &str| told[index][key].as_str().unwrap_or_default().to_owned();
    assert_eq!((of(0, "kind"), of(0, "subject"), of(0, "owner")), ("held".into(), "1001".into(), "office".into()));
    assert_eq!(of(0, "zh"), "已联系买家；收件地址认不出区县：在渠道写明省市区后重新导入");
    assert!(told[0]["age_s"].as_i64().is_some_and(|age| (26 * 3_600..26 * 3_600 + 60).contains(&age)), "{told}");
    assert_eq!(
        (of(3, "subject"), of(3, "owner"), of(3, "en")),
        ("1003".into(), "韩梅梅".into(), "等客户改地址".into())
    );

    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("{}/stations", world.hub_url)).await;
    assert_eq!(browser.texts(".exceptions td:first-child").await, ["订单挂起"; 4]);
    assert_eq!(browser.texts(".exceptions td:nth-child(4)").await, ["办公室", "办公室", "办公室", "韩梅梅"]);
    assert!(browser.texts(".exceptions td:nth-child(5)").await[0].starts_with("1 天"));
    browser.open(&format!("{}/stations?lang=en", world.hub_url)).await;
    let reasons = browser.texts(".exceptions td:nth-child(3)").await;
    assert!(reasons.iter().any(|reason| reason.starts_with("gift `Z99` of the seller's note")), "{reasons:?}");
    assert_eq!(browser.texts(".exceptions td:nth-child(4)").await[0], "Office");
    // What is mended leaves the page by itself while it is looked at.
    batch(&world, &[&order("1002")]).await;
    browser.wait("document.querySelectorAll('.exceptions tbody tr').length === 3").await;
    browser.click(".exceptions a").await;
    browser.wait_for_text("h1", "1001").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
}

fn milepost(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_milepost")).args(args).output().expect("the program runs")
}

/// From the channel's own file through the command into the hub, and again with the address mended in the export.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_bad_address_is_imported_and_mended_by_its_next_export() {
    let world = World::start().await;
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tmall-orders.csv");
    let lines = data.with_file_name("tmall-lines.csv");
    let mended = world.folder.path().join("mended.csv");
    let export = encoding_rs::GB18030.decode(&std::fs::read(&data).expect("the fixture")).0.into_owned();
    std::fs::write(&mended, export.replace("浙江省杭州市文一西路", "浙江省杭州市余杭区文一西路")).expect("written");
    let key = world.folder.path().join("office.key");
    let import = async |file: &std::path::Path| {
        let args = [file, &lines, &key].map(|path| path.display().to_string());
        let hub = world.hub_url.clone();
        let run =
            move || milepost(&["orders", "import", &args[0], &args[1], "--to", &hub, "--key-file", &args[2], "--json"]);
        let output = tokio::task::spawn_blocking(run).await.expect("the command runs");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    let first = import(&data).await;
    assert_eq!((first["accepted"].as_u64(), first["held"].as_array().map(Vec::len)), (Some(7), Some(3)));
    let held = first["held"].as_array().expect("a list").iter().find(|held| held["line"] == 14).expect("the address");
    assert_eq!(
        (held["file"].as_str(), held["order_no"].as_str()),
        (Some("tmall-orders.csv"), Some("1930679858170013"))
    );
    assert_eq!(standing(&world, "1930679858170013").await, "held");
    let hub = world.hub_url.clone();
    let track = move || milepost(&["track", "1930679858170013", "--hub", &hub]);
    let tracked = tokio::task::spawn_blocking(track).await.expect("the command runs");
    let tracked = String::from_utf8_lossy(&tracked.stdout).into_owned();
    assert!(tracked.contains("\n已挂起: 收件地址认不出区县"), "{tracked}");
    let again = import(&data).await;
    assert_eq!((again["accepted"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(10)), "the same file twice");
    let second = import(&mended).await;
    assert_eq!((second["accepted"].as_u64(), second["unchanged"].as_u64()), (Some(1), Some(9)));
    assert_eq!(standing(&world, "1930679858170013").await, "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_with_one_held_order_goes_into_no_wave() {
    let world = World::start().await;
    world.config("SZ-01", "").await;
    let together = |order_no: &str| Order { merge_key: Some("same".into()), waybill: None, ..order(order_no) };
    batch(&world, &[&together("1001"), &together("1002"), &Order { waybill: None, ..order("1003") }]).await;
    world.post("/v1/orders/1002/hold", &json!({ "reason": "asked by the buyer" })).await;
    let wave = json!({ "wave": "W1", "station": "SZ-01", "orders": ["1001", "1002", "1003"] });
    let empty = world.post("/v1/waves", &json!({ "wave": "W1", "station": "SZ-01", "orders": ["1002"] })).await;
    assert_eq!(empty["parcels"], 0, "nothing was released, and its code stays free");
    let released = world.post("/v1/waves", &wave).await;
    assert_eq!(released["parcels"], 1);
    let left_out =
        json!([["1001", "travels with order 1002, which is held or cancelled"], ["1002", "is held or cancelled"]]);
    assert_eq!(released["left_out"], left_out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_never_gets_onto_a_second_parcel() {
    let world = World::start().await;
    let bare = |order_no: &str| Order { waybill: None, ..order(order_no) };
    batch(&world, &[&bare("1001"), &bare("1002")]).await;
    // The platform merged them afterwards.
    let answer = batch(&world, &[&order("1001"), &order("1002")]).await;
    assert_eq!((answer["accepted"].as_u64(), answer["held"][0]["order_no"].as_str()), (Some(1), Some("1002")));
    let reason = answer["held"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("number SF1000000000011 is on another parcel already: take a number"), "{reason}");
    let (status, _) = refused(&world, "/v1/orders/1002/resume", &json!({})).await;
    assert_eq!(status, 409);
    let mut own = order("1002");
    own.waybill.as_mut().expect("a waybill").number = "SF1000000000012".into();
    let answer = batch(&world, &[&own]).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_in_place_of_a_number_brings_no_strangers_together() {
    let world = World::start().await;
    let waiting = |order_no: &str, word: &str| {
        let mut order = order(order_no);
        order.waybill.as_mut().expect("a waybill").number = word.into();
        order
    };
    for (index, word) in ["待取号", "-"].into_iter().enumerate() {
        let orders = [format!("10{index}1"), format!("10{index}2")].map(|order_no| waiting(&order_no, word));
        let answer = batch(&world, &[&orders[0], &orders[1]]).await;
        assert_eq!(answer["held"].as_array().map(Vec::len), Some(2), "{answer}");
    }
    assert_eq!(world.get("/v1/health").await["counts"]["parcels"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_is_not_brought_back_by_a_hold() {
    let world = World::start().await;
    batch(&world, &[&order("1001")]).await;
    world.post("/v1/orders/1001/cancel", &json!({ "reason": "refunded" })).await;
    let (status, detail) = refused(&world, "/v1/orders/1001/hold", &json!({ "reason": "wait" })).await;
    assert_eq!((status, detail.as_str()), (409, "order 1001 is cancelled and stays so: import it as a new order"));
    assert_eq!(standing(&world, "1001").await, "cancelled");
}

/// A mistyped number would send two customers' goods in one box.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_on_somebody_elses_goods_holds_the_order() {
    let world = World::start().await;
    let elsewhere = |order_no: &str| {
        let mut order = order(order_no);
        let receiver = order.receiver.as_mut().expect("an open receiver");
        (receiver.phone, receiver.detail) = ("13900005678".into(), "解放路1号".into());
        order
    };
    let other_shop = Order { shop: "云上茶二店".into(), ..order("1002") };
    let answer = batch(&world, &[&order("1001"), &other_shop, &elsewhere("1003")]).await;
    assert_eq!(answer["accepted"], 2, "who orders in two shops gets one box: {answer}");
    assert_eq!(answer["held"][0]["order_no"], "1003");
    assert!(answer["held"][0]["reason"].as_str().is_some_and(|why| why.contains("is on another parcel already")));
    // Who is in the box already may move.
    let moved = Order { revision: 2, ..elsewhere("1002") };
    assert_eq!(batch(&world, &[&moved]).await["accepted"], 1);
}
