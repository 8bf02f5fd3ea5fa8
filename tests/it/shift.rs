//! What a shift lead sees at the hub: the packers' pace, the problem rack, what was printed again, and the devices.

use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

/// A second printer that nobody plugged in.
const UNPLUGGED: &str =
    "[[printer]]\nname = \"spare\"\nurl = \"tcp://127.0.0.1:1\"\nprofile = \"zpl\"\nmedia = \"76x130\"\n";

fn number(n: u32) -> String {
    format!("SF{n:013}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_sees_pace_rack_reprints_and_devices() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = shelf::one("红茶");
    let orders: Vec<_> =
        (1..=3).map(|n| shelf::order(&format!("10000{n}"), 1, std::slice::from_ref(&line), Some(&number(n)))).collect();
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let place = world
        .place("bench-1", "pack")
        .replace("printer = \"printer-bench-1\"", "printer = \"printer-bench-1\"\nbackup = \"spare\"");
    let station = world.station("SZ-01", &(place + UNPLUGGED)).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the people to come down", async || gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷")).await;
    eventually("the order to come down", async || gun.scan("100001").await == "OK 请扫商品，还差 1 件").await;

    // A wrong item, then one parcel packed behind a label that was printed twice, and one set aside.
    assert!(gun.scan(&code("绿茶")).await.contains("不是这单的"));
    assert_eq!(gun.scan(&code("红茶")).await, "OK 正在打印面单");
    screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    gun.scan(&code("REPRINT")).await;
    gun.scan(&code("why smudged")).await;
    screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    assert_eq!(gun.scan(&number(1)).await, "OK 完成，顺丰");
    gun.scan("100002").await;
    gun.scan(&code("SKIP")).await;
    gun.scan(&code("why short")).await;

    let told = async |path: &str| -> Value { world.get(path).await };
    eventually("the hub to hear of it", async || {
        told("/v1/shift?warehouse=SZ").await["rack"][0]["orders"] == json!(["100002"])
    })
    .await;
    let shift = told("/v1/shift").await;
    let li = &shift["packers"][0];
    assert_eq!(
        (&li["name"], &li["last_hour"], &li["parcels"], &li["stops"]),
        (&json!("李雷"), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!((&shift["rack"][0]["reason"], &shift["rack"][0]["operator"]), (&json!("short"), &json!("李雷")));
    let later = |hours: i64| {
        let shift = world.hub().hub.shift("SZ", milepost::machine::wall_us() + hours * 3_600_000_000).expect("a shift");
        (shift.packers.first().map(|li| (li.last_hour, li.parcels)), shift.rack.len(), shift.reprints.len())
    };
    assert_eq!(later(2), (Some((0, 1)), 1, 1));
    assert_eq!(later(13), (None, 1, 0), "another shift, and the rack is still the same");
    let again = &shift["reprints"][0];
    assert_eq!((&again["number"], &again["copy"], &again["reason"]), (&json!(number(1)), &json!(2), &json!("smudged")));
    eventually("the unplugged printer", async || {
        let shift = told("/v1/shift").await;
        let first = &shift["devices"][0];
        first["name"] == "spare" && first["ok"] == false && first["station"] == "SZ-01"
    })
    .await;
    assert_eq!(
        told("/v1/shift?warehouse=HZ").await,
        json!({ "packers": [], "rack": [], "reprints": [], "devices": [] })
    );

    let mut browser = Browser::start(1280, 900).await;
    browser.open(&format!("{}/shift", world.hub_url)).await;
    assert_eq!(browser.texts(".packers td:first-child").await, ["李雷"]);
    assert_eq!(browser.texts(".rack td:nth-child(2)").await, ["缺货"]);
    assert_eq!(browser.texts(".reprints td:nth-child(3)").await, ["面单糊了"]);
    assert!(browser.texts(".devices .bad").await[0].starts_with("spare "));
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        browser.picture(&std::path::Path::new(&folder).join("shift.png")).await;
    }
    // Taken up again, it lies on the rack no more; the page follows by itself.
    gun.scan("100002").await;
    browser.wait("!document.querySelector('.rack')").await;
    browser.open(&format!("{}/shift?lang=en", world.hub_url)).await;
    assert_eq!(browser.texts(".reprints td:nth-child(3)").await, ["label smudged"]);
    browser.resize(420, 900).await;
    browser.wait("document.documentElement.scrollWidth <= innerWidth").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_sees_the_exceptions_of_the_own_warehouse_and_everybodys() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    let order = |order_no: &str, warehouse: &str| {
        let mut order = shelf::order(order_no, 1, &[shelf::one("红茶")], None);
        order.warehouse = Some(warehouse.to_owned());
        order
    };
    let hub = &world.hub().hub;
    let now_us = milepost::machine::wall_us();
    hub.accept_orders(&[order("100001", "SZ"), order("100002", "HZ")], now_us).expect("they are taken");
    for order_no in ["100001", "100002"] {
        hub.hold(&order_no.into(), "buyer asks", None, now_us).expect("it is held");
    }
    let told = async |query: &str| {
        let told = world.get(&format!("/v1/exceptions{query}")).await;
        let subjects = told["exceptions"].as_array().expect("a list").iter().map(|row| row["subject"].clone());
        subjects.collect::<Vec<Value>>()
    };
    assert_eq!(told("").await, ["100001", "100002"]);
    assert_eq!(told("?warehouse=HZ").await, ["100002"]);
    for (query, shown) in [("", [true, true]), ("?warehouse=SZ", [true, false])] {
        let page = world.get_raw(&format!("/shift{query}")).await.text().await.expect("text");
        assert_eq!(["100001", "100002"].map(|order_no| page.contains(order_no)), shown, "{query}");
    }
}
