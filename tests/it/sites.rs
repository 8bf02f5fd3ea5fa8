//! Hub and stations together: orders come down, benches work, entries come up, also when somebody is away.

use serde_json::json;

use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

fn lines(goods: &[(&str, u32)]) -> Vec<Line> {
    let line = |(goods, quantity): &(&str, u32)| Line {
        goods: (*goods).into(),
        quantity: *quantity,
        gift: false,
        refunded: false,
    };
    goods.iter().map(line).collect()
}

/// Items, people, and orders 1…n of one 红茶 each.
async fn stock(world: &World, orders: std::ops::RangeInclusive<u32>, supplied: bool) {
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let number = |n: u32| format!("SF{n:013}");
    let orders: Vec<_> = orders
        .map(|n| shelf::order(&format!("1{n:05}"), 1, &lines(&[("红茶", 1)]), supplied.then(|| number(n)).as_deref()))
        .collect();
    let answer = world.post("/v1/orders", &json!({ "orders": orders })).await;
    assert_eq!(answer["accepted"], orders.len(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_from_the_hub_over_the_bench_to_its_timeline() {
    let world = World::start().await;
    stock(&world, 1..=1, true).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    let shown = screen(&station, "bench-1", |screen| screen.hub.as_of_us.is_some()).await;
    assert_eq!(shown.key, "badge_first");
    eventually("the orders to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    assert_eq!(gun.scan("100001").await, "OK 请扫商品，还差 1 件");
    assert_eq!(gun.scan(&code("红茶")).await, "OK 正在打印面单");
    screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    assert_eq!(gun.scan("SF0000000000001").await, "OK 完成，顺丰");
    world.wait_for_milestone("100001", "packed").await;
    assert_eq!(world.milestones("100001").await, ["paid", "allocated", "picked", "checked", "printed", "packed"]);
    let papers = world.printer.papers();
    assert_eq!(papers.len(), 1);
    assert!(papers[0].codes().contains(&"SF0000000000001".to_owned()), "{:?}", papers[0].codes());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scanner_that_asked_hears_what_the_hub_knows() {
    let world = World::start().await;
    stock(&world, 1..=1, true).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    screen(&station, "bench-1", |screen| screen.hub.as_of_us.is_some()).await;
    eventually("the operators to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    assert_eq!(gun.scan("SF9999999999999").await, "WARN 正在查询，请稍等");
    let answer = gun.heard().await;
    assert!(answer.starts_with("WARN "), "{answer}");
    let shown = screen(&station, "bench-1", |screen| screen.key == "unverified").await;
    let scans: Vec<_> = shown.scans.iter().filter(|scan| scan.code == "SF9999999999999").collect();
    assert_eq!(scans.len(), 1, "the answer stands for the question: {scans:?}");
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_print_desk_and_a_packing_station_work_on_one_wave() {
    let world = World::start().await;
    stock(&world, 1..=6, false).await;
    let desk = world.station("SZ-01", &world.place("desk", "print-desk")).await;
    let bench = world.station("SZ-02", &(world.place("bench-1", "pack") + &world.place("dock-1", "dock"))).await;
    let orders: Vec<String> = (1..=6).map(|n| format!("1{n:05}")).collect();
    let wave = world.post("/v1/waves", &json!({ "wave": "W1", "station": "SZ-01", "orders": orders })).await;
    assert_eq!(wave["parcels"], 6);
    eventually("SF to give six numbers", async || world.sf.book().len() == 6).await;
    let mut gun = scanner(&desk, "desk").await;
    eventually("the desk to know its people", async || gun.scan(&code("badge 韩梅梅")).await.starts_with("OK")).await;
    gun.scan(&code("picklist W1")).await;
    screen(&desk, "desk", |screen| screen.key == "wave_done").await;
    let papers = world.printer.papers();
    let numbers: Vec<String> =
        papers.iter().flat_map(|paper| paper.codes()).filter(|code| code.starts_with("SF")).collect();
    assert_eq!(numbers.len(), 6, "one label a parcel");
    assert_eq!(papers[0].codes(), [code("picklist W1")], "the divider lies before them");

    let mut gun = scanner(&bench, "bench-1").await;
    eventually("the bench to know its people", async || gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷，上"))
        .await;
    for number in &numbers {
        eventually("the number to come down", async || gun.scan(number).await == "OK 请扫商品，还差 1 件").await;
        assert_eq!(gun.scan(&code("红茶")).await, "OK 完成，顺丰");
    }
    let mut gun = scanner(&bench, "dock-1").await;
    gun.scan(&code("badge 李雷")).await;
    assert_eq!(gun.scan(&numbers[0]).await, "OK 已出库，第 1 件");
    assert_eq!(gun.scan(&numbers[0]).await, "STOP 这单已出库");
    world.wait_for_milestone("100001", "shipped").await;
    assert_eq!(
        world.milestones("100001").await,
        ["paid", "allocated", "released", "printed", "picked", "checked", "packed", "shipped"]
    );
    assert_eq!(world.printer.papers().len(), 1 + 6, "the wave's divider; waybill first prints nothing at the bench");
    desk.stop().await.expect("the desk ends");
    bench.stop().await.expect("the bench ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_parcels_without_the_hub_and_all_arrive_once_and_in_order() {
    let mut world = World::start().await;
    stock(&world, 1..=300, true).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the orders to come down", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("the last order to come down", async || {
        let answer = gun.scan("100300").await;
        answer == "OK 请扫商品，还差 1 件"
    })
    .await;
    gun.scan(&code("SKIP")).await;
    gun.scan(&code("why short")).await;
    world.stop_hub().await;
    for n in 1..=300 {
        let number = format!("SF{n:013}");
        assert_eq!(gun.scan(&number).await, "OK 请扫商品，还差 1 件");
        assert_eq!(gun.scan(&code("红茶")).await, "OK 完成，顺丰");
    }
    let pending = screen(&station, "bench-1", |screen| screen.hub.pending > 1_000).await.hub;
    assert!(!pending.connected);
    world.start_hub().await;
    screen(&station, "bench-1", |screen| screen.hub.pending == 0 && screen.hub.connected).await;
    let own = milepost::journal::Reader::open(&station.running.journal).expect("a reader").epochs().expect("epochs")[0]
        .last_seq;
    let counts = world.get("/v1/health").await;
    assert_eq!(counts["counts"]["entries"], own, "each entry once");
    let stations = world.get("/v1/stations").await;
    assert_eq!(stations["stations"][0]["missing"], 0);
    for n in [1, 150, 300] {
        let milestones = world.milestones(&format!("1{n:05}")).await;
        assert_eq!(milestones.last().map(String::as_str), Some("packed"), "{milestones:?}");
    }
    station.stop().await.expect("the station ends");
}
