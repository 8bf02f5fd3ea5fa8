//! The pages in a browser: what a packer and the office see while real stations work, and that they see it at once.

use std::path::PathBuf;

use jiff::Timestamp;
use milepost::sim::printer::Fault;
use milepost::words::{Language, Words};
use serde_json::json;

use crate::chromium::Browser;
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{LIMIT, Scanner, World, eventually, scanner, screen};

fn line(goods: &str, quantity: u32, gift: bool) -> Line {
    Line { goods: goods.into(), quantity, gift, refunded: false }
}

/// Pictures of such a run stand in docs/; they are made anew when somebody wants to.
fn docs(name: &str) -> Option<PathBuf> {
    let wanted = std::env::var("MILEPOST_DOCS").is_ok_and(|value| value == "1");
    wanted.then(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name))
}

/// Goods, people, and two orders with numbers: one of several lines and a gift, paid and allocated some time ago, and one
/// with a name to break pages with.
async fn stock(world: &World) {
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let lines = [line("红茶", 2, false), line("绿茶", 1, false), line("白茶", 3, false), line("杯垫", 1, true)];
    let now_us = milepost::machine::wall_us();
    let mut order = shelf::order(ORDER, 1, &lines, Some(NUMBER));
    order.paid_at = Timestamp::from_microsecond(now_us - 106 * MINUTE_US).expect("a time");
    let accepted = world.hub().hub.accept_orders(&[order], now_us - 103 * MINUTE_US).expect("the hub takes it");
    assert_eq!(accepted.accepted, 1);
    let other = shelf::order(HOSTILE, 1, &[line("红茶", 1, false)], Some(OTHER_NUMBER));
    let answer = world.post("/v1/orders", &json!({ "orders": [other] })).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
}

const MINUTE_US: i64 = 60_000_000;
const ORDER: &str = "2026021500012345";
const NUMBER: &str = "SF1539800012345";
const OTHER_NUMBER: &str = "SF0000000000066";
const HOSTILE: &str = "<img src=x onerror=alert(1)>/&\"'";

async fn badge_in(gun: &mut Scanner) {
    eventually("the people to come down", async || gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷，上岗"))
        .await;
}

async fn open_order(gun: &mut Scanner) {
    eventually("the order to come down", async || gun.scan(ORDER).await == "OK 请扫商品，还差 7 件").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bench_page_follows_every_scan_and_outlives_a_restart() {
    let world = World::start().await;
    stock(&world).await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let station = world.start_station(&config).await;
    let address = station.address;
    let mut gun = scanner(&station, "bench-1").await;

    let mut browser = Browser::start(1920, 1080).await;
    browser.open(&format!("http://{address}/")).await;
    assert_eq!(browser.texts("h2").await, ["bench-1"]);
    browser.click("li a").await;
    browser.wait_for_text("#prompt", "请先刷工牌").await;
    assert_eq!(browser.value("document.querySelector('.bench').dataset.tone").await, "stop");

    badge_in(&mut gun).await;
    browser.wait_for_text("#prompt", "李雷，上岗").await;
    assert_eq!(browser.texts(".who b").await, ["李雷"]);
    assert_eq!(browser.texts(".scans code").await[0], "工牌", "a badge's characters are nobody's to read");
    open_order(&mut gun).await;
    gun.scan(&code("SKIP")).await;
    gun.scan(&code("why short")).await;
    gun.scan(OTHER_NUMBER).await;
    assert_eq!(gun.scan(&code("红茶")).await, "OK 完成，顺丰");
    browser.wait_for_text("#done", "1").await;
    assert_eq!(browser.texts(".parcel .empty").await, ["手上没有单"]);
    open_order(&mut gun).await;
    browser.wait_for_text("#left", "7").await;
    assert_eq!(browser.texts(".lines .name").await, ["红茶", "绿茶", "白茶", "赠杯垫"]);
    gun.scan(&code("红茶")).await;
    gun.scan(&code("绿茶")).await;
    browser.wait_for_text("#left", "5").await;
    assert_eq!(browser.texts(".lines .name").await, ["红茶", "白茶", "赠杯垫", "绿茶"], "what is there sinks");
    assert_eq!(browser.texts(".lines .count").await, ["1/2", "0/3", "0/1", "1/1"]);
    assert_eq!(gun.scan(&code("茶包")).await, "STOP 不是这单的：茶包");
    browser.wait_for_text("#prompt", "不是这单的：茶包").await;
    let red = "getComputedStyle(document.querySelector('.prompt')).backgroundColor === 'rgb(195, 20, 29)'";
    browser.wait(red).await;
    assert_eq!(browser.texts(".scans li.stop span").await, ["不是这单的：茶包"]);
    gun.scan(&code("白茶")).await;
    browser.wait("/^退款截至 \\d\\d:\\d\\d$/.test(document.getElementById('refunds').textContent)").await;
    assert!(browser.texts("footer .device").await.contains(&"打印机 printer-bench-1 就绪".to_owned()));
    browser.wait("!document.querySelector('.hub').textContent.includes('待传')").await;
    if let Some(file) = docs("bench-zh.png") {
        browser.picture(&file).await;
    }

    drop(gun);
    station.stop().await.expect("the station ends");
    browser.wait("!document.getElementById('lost').hidden").await;
    assert_eq!(browser.texts("#lost b").await, ["连接断开，正在重连"]);
    let text = std::fs::read_to_string(&config).expect("the config is there");
    std::fs::write(&config, text.replace("127.0.0.1:0\"\n[hub]", &format!("{address}\"\n[hub]"))).expect("written");
    let station = world.restart_station(&config).await;
    assert_eq!(station.address, address);
    browser.wait("document.getElementById('lost').hidden").await;
    browser.wait_for_text("#left", "4").await;
    let mut gun = scanner(&station, "bench-1").await;
    gun.scan(&code("红茶")).await;
    browser.wait_for_text("#left", "3").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bench_page_tells_of_paper_and_hub_in_both_languages_and_fits_every_screen() {
    let mut world = World::start().await;
    stock(&world).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    badge_in(&mut gun).await;
    open_order(&mut gun).await;
    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("http://{}/places/bench-1?lang=en", station.address)).await;
    browser.wait_for_text("#prompt", "Scan the items, 7 to go").await;
    assert_eq!(browser.value("document.documentElement.lang").await, "en");
    world.stop_hub().await;
    browser.wait("document.querySelector('.hub b').textContent === 'Hub away'").await;
    world.printer.set_fault(Fault::PaperOutAfter(0));
    for goods in ["红茶", "红茶", "绿茶", "白茶", "白茶", "白茶", "杯垫"] {
        gun.scan(&code(goods)).await;
    }
    browser
        .wait_for_text("#prompt", "Printer printer-bench-1 did not print: check paper and cover, then scan REPRINT")
        .await;
    browser.wait("document.querySelector('.device.bad b').textContent === 'paper out'").await;
    for (width, height) in [(1920, 1080), (1280, 800), (360, 740)] {
        browser.resize(width, height).await;
        browser.wait(&format!("innerWidth === {width}")).await;
        let wide = browser.value("document.documentElement.scrollWidth").await;
        assert_eq!(wide, width, "nothing sticks out sideways");
        let type_px = browser.value("parseFloat(getComputedStyle(document.getElementById('prompt')).fontSize)").await;
        assert!(type_px.as_f64().expect("a size") >= f64::from(width) / 30.0, "{width}: {type_px} px");
        let cut = "(e => e.scrollHeight > e.clientHeight + 1)(document.querySelector('.prompt'))";
        assert_eq!(browser.value(cut).await, false, "the prompt is whole at {width}");
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_finds_an_order_and_reads_its_timeline() {
    let world = World::start().await;
    stock(&world).await;
    let places = world.place("bench-1", "pack") + &world.place("dock-1", "dock");
    let station = world.station("SZ-01", &places).await;
    let desk = world.station("SZ-02", &world.place("desk", "print-desk")).await;
    world
        .hub()
        .hub
        .invite(&"SZ-03".into(), Some("SZ"), *b"0123456789", milepost::machine::wall_us())
        .expect("a join code");
    let mut gun = scanner(&station, "bench-1").await;
    badge_in(&mut gun).await;
    open_order(&mut gun).await;

    let mut browser = Browser::start(1280, 800).await;
    let hub = &world.hub_url;
    browser.open(hub).await;
    assert_eq!(browser.texts("tbody tr").await.len(), 2);
    browser.type_into("#q", NUMBER).await;
    browser.click(".search button").await;
    browser.wait("document.querySelectorAll('tbody tr').length === 1").await;
    browser.click("tbody a").await;
    browser.wait_for_text("h1", ORDER).await;
    for goods in ["红茶", "红茶", "绿茶", "白茶", "白茶", "白茶", "杯垫"] {
        gun.scan(&code(goods)).await;
    }
    screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    assert_eq!(gun.scan(NUMBER).await, "OK 完成，顺丰");
    let mut dock = scanner(&station, "dock-1").await;
    dock.scan(&code("badge 李雷")).await;
    assert_eq!(dock.scan(NUMBER).await, "OK 已出库，第 1 件");
    // The page was open all the while and has followed.
    browser.wait("document.querySelector('#line').textContent.includes('已出库')").await;
    let told = world.get(&format!("/v1/orders/{ORDER}/timeline")).await["line"].clone();
    assert_eq!(browser.texts("#line").await[0], told, "the page says what the API says");
    let steps = browser.texts(".steps tbody td:first-child").await;
    assert_eq!(steps, ["已支付", "已分配仓", "已拣货 推定", "已验货", "已打单", "已打包", "已出库"]);
    assert_eq!(browser.texts(".stop.gone .word").await, ["已支付", "已分配仓", "已拣货", "已打包", "已出库"]);
    assert_eq!(browser.texts(".steps tr:last-child td:nth-child(n+4)").await, ["SZ-01", "李雷"]);
    assert_eq!(browser.texts(".number").await, [NUMBER]);
    let line = &browser.texts("#line").await[0];
    assert!(line.contains(",+3min)→ 已拣货("), "{line}");
    if let Some(file) = docs("order-timeline.png") {
        browser.resize(1280, 1040).await;
        browser.picture(&file).await;
    }
    let page = world.text(&format!("/orders/{ORDER}")).await;
    for private in ["王小明", "13800001234", "201室"] {
        assert!(!page.contains(private), "{private} is nobody's to read here");
    }

    browser.open(&format!("{hub}/stations?lang=en")).await;
    let row = browser.texts("[data-station='SZ-01'] td").await;
    assert_eq!((row[0].as_str(), row[2].as_str(), row[6].as_str()), ("SZ-01", "Joined", "0"));
    assert!(row[4].starts_with('±'), "{row:?}");
    browser.wait("document.querySelector(\"[data-station='SZ-02'] .dot\") !== null").await;
    assert_eq!(browser.texts("[data-station='SZ-03'] td").await[2..4], ["Not joined", "never"]);
    assert_eq!(browser.texts(".fine").await, ["Nothing needs a person"]);
    if let Some(file) = docs("stations.png") {
        browser.resize(1280, 560).await;
        browser.open(&format!("{hub}/stations")).await;
        browser.picture(&file).await;
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
    desk.stop().await.expect("the desk ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_channel_sends_never_becomes_part_of_a_page() {
    let world = World::start().await;
    stock(&world).await;
    let station = world.station("SZ-01", &world.place("<b>1</b>", "pack")).await;
    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("{}/?q=%3Cimg", world.hub_url)).await;
    assert_eq!(browser.texts("tbody a").await, [HOSTILE]);
    browser.click("tbody a").await;
    browser.wait("document.querySelector('h1') !== null").await;
    browser.wait_for_text("h1", HOSTILE).await;
    browser.open(&format!("http://{}/", station.address)).await;
    browser.click("li a").await;
    browser.wait_for_text("h1", "<b>1</b>").await;
    assert_eq!(browser.value("document.images.length").await, 0);
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_guarded_and_shown_under_our_own_names_only() {
    let world = World::start().await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let bench = format!("http://{}", station.address);
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    for url in [format!("{}/", world.hub_url), format!("{}/stations", world.hub_url), format!("{bench}/places/bench-1")]
    {
        let answer = client.get(&url).send().await.expect("an answer");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let foreign = client.get(&url).header("host", "milepost.evil.example").send().await.expect("an answer");
        assert_eq!(foreign.status(), 403, "{url} by a foreign name");
    }
    for url in [format!("{}/orders/none", world.hub_url), format!("{bench}/places/none")] {
        let answer = client.get(&url).send().await.expect("an answer");
        assert_eq!(answer.status(), 404);
        assert!(answer.text().await.expect("a page").contains("<html lang=\"zh-CN\">"));
    }
    station.stop().await.expect("the station ends");
}

#[test]
fn every_state_of_a_device_has_a_word() {
    use drivers::printer::status::{Fault, Status};
    let faults = [
        Fault::PaperOut,
        Fault::CoverOpen,
        Fault::RibbonOut,
        Fault::Jam,
        Fault::Overheated,
        Fault::Paused,
        Fault::Cutter,
        Fault::Other,
    ];
    let mut statuses = vec![Status::Ready, Status::Silent, Status::Offline { why: String::new() }];
    statuses.extend(faults.into_iter().map(|fault| Status::Fault { fault }));
    let words = Words::of(Language::Zh);
    for status in statuses {
        let state = milepost::station::screen::printer("p", &status).state;
        assert!(words.get(&format!("printer_{state}")).is_some(), "{state} has no word");
    }
    assert_eq!(words.state("role", "print-desk"), "打单");
    assert_eq!(words.state("printer", "newer-than-we"), "newer-than-we");
}
