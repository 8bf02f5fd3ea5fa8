//! Numbers before anybody needs them: where a station asks for parcels outside waves, when they come in; but ZTO's, which are
//! paid for and can't be given back, when a packer has the order or its wave is released.

use milepost::sim::carrier::zto;
use serde_json::json;

use crate::bad_days::Bench;
use crate::story::shelf::{self, code, one};
use crate::world::{World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn prepaid_numbers_are_not_asked_for_before_their_parcel_is_packed_or_released() {
    let zto = zto::start(zto::Options::default()).await.expect("a free port");
    let world = World::start_with(|config| config.issuer = Some("SZ-01".into())).await;
    let place = format!("{}\n[zto]\nendpoint = {:?}\n", world.place("bench-1", "pack"), zto.url());
    let mut bench = Bench::at(world, &place, Some("SF1000000000099")).await;
    let order = |order_no: &str, carrier: &str| {
        let mut order = serde_json::to_value(shelf::order(order_no, 1, &[one("红茶")], None)).expect("plain data");
        order["carrier"] = json!(carrier);
        order
    };
    let before = bench.world.sf.book().len();
    let orders = [order("2001", "zto"), order("2002", "zto"), order("2003", "sf")];
    bench.world.post("/v1/orders", &json!({ "orders": orders })).await;
    // The last of the three in one batch: the others were looked at before it.
    eventually("SF's number", async || bench.world.sf.book().len() == before + 1).await;
    assert!(zto.book().is_empty(), "nobody needs ZTO's numbers yet");

    let wave = json!({ "wave": "W1", "station": "SZ-01", "orders": ["2002"] });
    bench.world.post("/v1/waves", &wave).await;
    eventually("the released parcel's number", async || zto.book().len() == 1).await;
    assert_eq!(bench.gun.scan("2001").await, "OK 请扫商品，还差 1 件");
    eventually("the number of the parcel in hand", async || zto.book().len() == 2).await;
    assert!(bench.gun.scan(&code("红茶")).await.starts_with("OK"));
    let number = bench.number("stick_and_scan").await;
    assert!(zto.book().values().any(|entry| entry.number == number), "{number}");
    bench.station.stop().await.expect("the station ends");
}

/// Rules, or an order, may choose a carrier that this station can't ask.
#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_without_an_account_is_told_and_the_bench_goes_on() {
    let world = World::start().await;
    let place = world.place("bench-1", "pack");
    let mut bench = Bench::at(world, &place, Some("SF1000000000099")).await;
    let mut order = serde_json::to_value(shelf::order("2001", 1, &[one("红茶")], None)).expect("plain data");
    order["carrier"] = json!("jd");
    bench.world.post("/v1/orders", &json!({ "orders": [order] })).await;
    eventually("the order to come down", async || bench.gun.scan("2001").await == "OK 请扫商品，还差 1 件").await;
    assert!(bench.gun.scan(&code("红茶")).await.starts_with("OK"));
    bench.number("stick_temporary").await;
    eventually("the office to know why", async || {
        let told = bench.world.get("/v1/exceptions").await;
        let all = told["exceptions"].as_array().cloned().unwrap_or_default();
        let of = |kind: &str| all.iter().find(|one| one["kind"] == kind).map(|one| one["en"].to_string());
        of("carrier_given_up").is_some_and(|en| en.contains("no account for it: add one"))
    })
    .await;
    bench.station.stop().await.expect("the station ends");
}
