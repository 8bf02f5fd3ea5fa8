//! A packer whose order came with a sealed label: it prints through its platform's component, and what goes wrong there is said
//! and mended like a printer's.

use milepost::domain::fact::{Fact, PrintOutcome};
use milepost::sim::component::{Build, Fault, SimComponent};
use serde_json::{Value, json};

use super::{NAME, NUMBER, PHONE, sealed, sim, tasks};
use crate::bad_days::Bench;
use crate::story::shelf::{self, code, one};
use crate::world::{World, eventually, scanner, screen};

/// An order of a platform that seals: nobody here knows whose it is.
fn order(order_no: &str, number: &str, source: &str) -> Value {
    let mut order = serde_json::to_value(shelf::order(order_no, 1, &[one("红茶")], Some(number))).expect("plain data");
    let mut masked = order["receiver"].take();
    masked["name"] = "欧**".into();
    masked["phone"] = "138****5678".into();
    order.as_object_mut().expect("an order").remove("receiver");
    order["receiver_sealed"] = json!({ "platform": source, "token": "t-1", "masked": masked });
    order["waybill"]["source"] = source.into();
    order["waybill"]["print"] = json!({ "kind": "component", "data": sealed() });
    order
}

/// A bench with these components, and order 2001 whose label Cainiao sealed.
async fn bench(components: &[(&str, &SimComponent)]) -> Bench {
    let world = World::start().await;
    let names: Vec<&str> = components.iter().map(|(name, _)| *name).collect();
    let names = format!("printer = \"printer-bench-1\"\ncomponents = {names:?}");
    let mut place = world.place("bench-1", "pack").replace("printer = \"printer-bench-1\"", &names);
    for (name, sim) in components {
        place += &format!(
            "[[printer]]\nname = \"{name}\"\nurl = \"{}\"\nwatch_ms = 100\ntimeouts = {{ confirm_ms = 1000, answer_ms = 500 }}\n",
            sim.url()
        );
    }
    let bench = Bench::at(world, &place, Some("SF1000000000011")).await;
    bench.world.post("/v1/orders", &json!({ "orders": [order("2001", NUMBER, "cainiao")] })).await;
    bench
}

/// The packer has all of its goods in the box.
async fn check(bench: &mut Bench, order_no: &str) {
    eventually("the order to come down", async || bench.gun.scan(order_no).await == "OK 请扫商品，还差 1 件").await;
    bench.gun.scan(&code("红茶")).await;
}

async fn pack(bench: &mut Bench, number: &str) {
    assert_eq!(bench.number("stick_and_scan").await, number);
    assert_eq!(bench.gun.scan(number).await, "OK 完成，顺丰");
}

/// Printer, template and outcome of each label of a number.
fn labels(bench: &Bench, wanted: &str) -> Vec<(String, String, Option<PrintOutcome>)> {
    let facts = bench.facts();
    let settled = |wanted: &str| {
        facts.iter().find_map(|fact| match fact {
            Fact::LabelSettled { job, outcome, .. } if job.as_str() == wanted => Some(*outcome),
            _ => None,
        })
    };
    let of = |fact: &Fact| match fact {
        Fact::LabelQueued { printer, template, job, number, .. } if number == wanted => {
            Some((printer.clone(), template.clone(), settled(job.as_str())))
        }
        _ => None,
    };
    facts.iter().filter_map(of).collect()
}

fn label(printer: &str, outcome: PrintOutcome) -> (String, String, Option<PrintOutcome>) {
    (printer.into(), "component".into(), Some(outcome))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_label_comes_from_its_platforms_component_and_every_other_from_the_printer() {
    let (cainiao, douyin) = (sim(Build::CainiaoMac).await, sim(Build::Douyin).await);
    let mut bench = bench(&[("cainiao-1", &cainiao), ("douyin-1", &douyin)]).await;
    let orders = [order("2002", "SF2000000000022", "douyin")];
    bench.world.post("/v1/orders", &json!({ "orders": orders })).await;
    let shown =
        screen(&bench.station, "bench-1", |screen| screen.printers.iter().filter(|printer| printer.ok).count() == 3)
            .await;
    let names: Vec<_> = shown.printers.iter().map(|printer| printer.name.as_str()).collect();
    assert_eq!(names, ["printer-bench-1", "cainiao-1", "douyin-1"]);

    check(&mut bench, "2001").await;
    pack(&mut bench, NUMBER).await;
    check(&mut bench, "2002").await;
    pack(&mut bench, "SF2000000000022").await;
    for (sim, number) in [(&cainiao, NUMBER), (&douyin, "SF2000000000022")] {
        let printed = sim.printed();
        assert_eq!(printed.len(), 1);
        assert_eq!((printed[0].document.as_str(), &printed[0].contents), (number, &sealed()));
        assert_eq!(bench.papers(number), 0, "never our own drawing of what somebody sealed");
    }
    assert_eq!(labels(&bench, NUMBER), [label("cainiao-1", PrintOutcome::Accepted)]);
    let queued = bench.facts().into_iter().find_map(|fact| match fact {
        Fact::LabelQueued { job, number, .. } if number == NUMBER => Some(job.to_string()),
        _ => None,
    });
    assert_eq!(Some(cainiao.printed()[0].task.clone()), queued, "a repeat would be recognised");

    check(&mut bench, "1001").await;
    pack(&mut bench, "SF1000000000011").await;
    assert_eq!(bench.papers("SF1000000000011"), 1, "what isn't sealed is ours to draw");
    assert_eq!((cainiao.printed().len(), douyin.printed().len()), (1, 1));
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_without_the_platforms_component_says_what_is_missing() {
    let douyin = sim(Build::Douyin).await;
    let mut bench = bench(&[("douyin-1", &douyin)]).await;
    check(&mut bench, "2001").await;
    insta::assert_snapshot!(bench.said(&["no_component"]).await, @"这单要用菜鸟的打印组件，这里没有：找组长 / Only Cainiao's print component prints this label, and none is here: ask your lead");
    assert!(labels(&bench, NUMBER).is_empty());
    assert_eq!((bench.papers(NUMBER), tasks(&douyin).len()), (0, 0));
    assert_eq!(bench.gun.scan(&code("SKIP")).await, "OK 为什么跳过？扫原因");
    assert_eq!(bench.gun.scan(&code("why printer")).await, "OK 已转异常：放到问题架");
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_in_doubt_is_sent_again_only_when_the_packer_says_that_none_came() {
    let cainiao = sim(Build::CainiaoWindows).await;
    let mut bench = bench(&[("cainiao-1", &cainiao)]).await;
    cainiao.set_fault(Some(Fault::NoNotice));
    check(&mut bench, "2001").await;
    insta::assert_snapshot!(bench.said(&["label_unknown"]).await, @"面单出来了就扫它，没出来扫“补打” / If the label came out scan it, if not scan REPRINT");
    cainiao.set_fault(None);
    // Several looks at it later.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(tasks(&cainiao).len(), 1);
    assert_eq!(bench.gun.scan(&code("REPRINT")).await, "OK 正在打印面单");
    pack(&mut bench, NUMBER).await;
    let tasks = tasks(&cainiao);
    assert_eq!(tasks.len(), 2);
    assert_ne!(tasks[0]["task"]["taskID"], tasks[1]["task"]["taskID"], "another job is another task");
    let expected = [label("cainiao-1", PrintOutcome::Unknown), label("cainiao-1", PrintOutcome::Accepted)];
    assert_eq!(labels(&bench, NUMBER), expected);
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_was_off_prints_by_itself_once_it_is_on() {
    let cainiao = sim(Build::CainiaoNew).await;
    let mut bench = bench(&[("cainiao-1", &cainiao)]).await;
    cainiao.set_fault(Some(Fault::Stopped));
    screen(&bench.station, "bench-1", |screen| screen.printers.iter().any(|printer| printer.state == "offline")).await;
    check(&mut bench, "2001").await;
    insta::assert_snapshot!(bench.said(&["component_refused"]).await, @"打印组件 cainiao-1 没打：看它和它的打印机开了没有，好了扫“补打” / Print component cainiao-1 did not print: see that it and its printer are on, then scan REPRINT");
    cainiao.set_fault(None);
    pack(&mut bench, NUMBER).await;
    assert_eq!(cainiao.printed().len(), 1);
    assert_eq!(bench.papers(NUMBER), 0);
    assert_eq!(labels(&bench, NUMBER).last(), Some(&label("cainiao-1", PrintOutcome::Accepted)));
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_component_cant_open_is_said_and_quotes_nobody() {
    let cainiao = sim(Build::CainiaoWindows).await;
    let mut bench = bench(&[("cainiao-1", &cainiao)]).await;
    cainiao.set_fault(Some(Fault::Unreadable));
    check(&mut bench, "2001").await;
    let said = bench.said(&["label_failed"]).await;
    assert!(said.contains("can't open") && !said.contains(NAME) && !said.contains(PHONE), "{said}");
    // It is not tried again by itself: the same data would be refused again.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(labels(&bench, NUMBER), [label("cainiao-1", PrintOutcome::Unprintable)]);
    let reader = milepost::journal::Reader::open(&bench.station.running.journal).expect("a reader");
    for entry in reader.entries(1, 0, 10_000).expect("entries") {
        for secret in [NAME, PHONE, "AES:q83v"] {
            assert!(!entry.body.contains(secret), "{}", entry.body);
        }
    }
    cainiao.set_fault(None);
    assert_eq!(bench.gun.scan(&code("REPRINT")).await, "OK 正在打印面单");
    pack(&mut bench, NUMBER).await;
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_goes_on_past_a_label_that_no_component_here_opens() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let plain = |order_no: &str, number: &str| {
        serde_json::to_value(shelf::order(order_no, 1, &[one("红茶")], Some(number))).expect("plain data")
    };
    let (first, third) = (plain("3001", "SF3000000000001"), plain("3003", "SF3000000000003"));
    let (second, last) = (order("3002", NUMBER, "cainiao"), order("3004", "SF2000000000044", "cainiao"));
    world.post("/v1/orders", &json!({ "orders": [first, second, third, last] })).await;
    let station = world.station("SZ-01", &world.place("desk", "print-desk")).await;
    let wave = json!({ "wave": "W1", "station": "SZ-01", "orders": ["3001", "3002", "3003", "3004"] });
    world.post("/v1/waves", &wave).await;
    let mut gun = scanner(&station, "desk").await;
    eventually("the desk to know its people", async || gun.scan(&code("badge 韩梅梅")).await.starts_with("OK")).await;
    eventually("the wave", async || gun.scan(&code("picklist W1")).await.starts_with("OK")).await;
    screen(&station, "desk", |screen| screen.key == "wave_done").await;
    let codes: Vec<String> = world.printer.papers().iter().flat_map(|paper| paper.codes()).collect();
    let numbers: Vec<&String> = codes.iter().filter(|code| code.starts_with("SF")).collect();
    assert_eq!(numbers, ["SF3000000000001", "SF3000000000003"]);
    let reader = milepost::journal::Reader::open(&station.running.journal).expect("a reader");
    let entries = reader.entries(1, 0, 1_000).expect("entries");
    let gap = |entry: &milepost::domain::entry::Entry| match entry.fact() {
        Some(Fact::ScanStopped { why, .. }) if why == "no_component" => entry.parcel_id.clone(),
        _ => None,
    };
    let gaps: Vec<String> = entries.iter().filter_map(gap).map(|parcel| parcel.to_string()).collect();
    assert_eq!(gaps, ["tmall-3002-1", "tmall-3004-1"], "each gap is told once");
    station.stop().await.expect("the station ends");
}
