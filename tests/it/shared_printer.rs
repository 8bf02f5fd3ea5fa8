//! Places that share a printer: whose label it is stands on it, nobody waits behind a whole wave, and what the config says
//! otherwise is told.

use std::time::Duration;

use milepost::domain::id::PlaceName;
use milepost::sim::printer::{self, Language, Options, Paper};
use milepost::station::config::StationConfig;
use serde_json::json;

use crate::bad_days::{Bench, NUMBER};
use crate::process::milepost;
use crate::story::shelf::{self, code, one};
use crate::world::{World, eventually, scanner, screen};

/// Black dots where a label that belongs to no wave may name its place.
fn named(paper: &Paper) -> usize {
    let area = (862..935).flat_map(|y| (362..590).map(move |x| (x, y)));
    area.filter(|(x, y)| paper.dots.get(*x, *y)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_says_whose_it_is_where_places_share_a_printer_and_only_there() {
    for (second, says) in [("printer = \"printer-bench-1\"", true), ("", false)] {
        let world = World::start().await;
        let place = world.place("bench-1", "pack") + &format!("[[place]]\nname = \"bench-2\"\n{second}\n");
        let mut bench = Bench::at(world, &place, Some(NUMBER)).await;
        bench.check("1001").await;
        assert_eq!(bench.number("stick_and_scan").await, NUMBER);
        let papers = bench.world.printer.papers();
        let paper = papers.iter().find(|paper| paper.codes().iter().any(|code| code == NUMBER)).expect("its label");
        assert_eq!(named(paper) > 0, says, "{second}");
        bench.station.stop().await.expect("the station ends");
    }
}

/// One label at a time, in the order in which they were asked for: a wave has no more than its window before it.
#[tokio::test(flavor = "multi_thread")]
async fn a_packer_waits_for_no_more_of_a_wave_than_its_window() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let number = |n: u32| format!("SF{n:013}");
    let order = |n: u32| shelf::order(&n.to_string(), 1, &[one("红茶")], Some(&number(n)));
    let orders: Vec<_> = (1001..=1013).map(order).collect();
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let slow = Options { print_time: Duration::from_millis(150), ..Options::default() };
    let slow = printer::start(Language::Zpl, slow).await.expect("a printer starts");
    let shared = |name: &str, role: &str| {
        let place = world.place(name, role).replace(&world.printer.addr.to_string(), &slow.addr.to_string());
        let (place, printer) = place.split_once("[[printer]]").expect("a printer");
        (place.replace(&format!("printer-{name}"), "shared"), printer.replace(&format!("printer-{name}"), "shared"))
    };
    let ((desk, printer), (bench, _)) = (shared("desk", "print-desk"), shared("bench-1", "pack"));
    let station = world.station("SZ-01", &format!("{desk}{bench}[[printer]]{printer}")).await;
    let wave: Vec<String> = (1001..=1012).map(|n| n.to_string()).collect();
    world.post("/v1/waves", &json!({ "wave": "W1", "station": "SZ-01", "orders": wave })).await;
    let (mut desk, mut bench) = (scanner(&station, "desk").await, scanner(&station, "bench-1").await);
    eventually("the people to come down", async || desk.scan(&code("badge 韩梅梅")).await.starts_with("OK 韩")).await;
    bench.scan(&code("badge 李雷")).await;
    eventually("the order to come down", async || bench.scan("1013").await == "OK 请扫商品，还差 1 件").await;
    eventually("the wave to come down", async || desk.scan(&code("picklist W1")).await.starts_with("OK 正在打印"))
        .await;
    eventually("the wave's third paper", async || slow.papers().len() >= 3).await;
    assert_eq!(bench.scan(&code("红茶")).await, "OK 正在打印面单");
    let before = slow.papers().len();
    screen(&station, "desk", |screen| screen.key == "wave_done").await;
    let papers = slow.papers();
    let at = papers.iter().position(|paper| paper.codes().contains(&number(1013))).expect("the packer's label");
    // The window of four, and one whose outcome was on its way when the packer scanned.
    assert!(at <= before + 5, "{at} papers lay before the packer's, {before} when it was asked for");
    assert_eq!(papers.len(), 1 + 12 + 1, "a divider, the wave, the packer's: each once");
    assert_eq!(bench.scan(&number(1013)).await, "OK 完成，顺丰");
    station.stop().await.expect("the station ends");
}

fn config(places: &str) -> StationConfig {
    let printers = ["desk-1", "desk-2", "desk-3"].map(|name| {
        format!("[[printer]]\nname = \"{name}\"\nurl = \"tcp://127.0.0.1:1\"\nprofile = \"zpl\"\nmedia = \"76x130\"\n")
    });
    let text = format!("{places}\n{}", printers.concat());
    milepost::config::parse(&text, std::path::Path::new("station.toml")).expect("a good config")
}

#[test]
fn backups_and_print_desks_share_as_well_and_docks_dont() {
    let of = |config: &StationConfig, name: &str| {
        let place = config.places().into_iter().find(|place| place.name == PlaceName::from(name)).expect("a place");
        place.shared.into_iter().collect::<Vec<_>>()
    };
    let config = config(
        "[[place]]\nname = \"bench-1\"\nprinter = \"desk-1\"\nbackup = \"desk-2\"\n\
         [[place]]\nname = \"bench-2\"\nprinter = \"desk-2\"\n\
         [[place]]\nname = \"bench-3\"\nprinter = \"desk-3\"\n\
         [[place]]\nname = \"dock\"\nrole = \"dock\"\nprinter = \"desk-3\"\n\
         [[place]]\nname = \"desk\"\nrole = \"print-desk\"\nprinter = \"desk-1\"\n",
    );
    assert_eq!(of(&config, "bench-1"), ["desk-1", "desk-2"]);
    assert_eq!(of(&config, "bench-2"), ["desk-2"]);
    assert_eq!((of(&config, "bench-3"), of(&config, "dock")), (vec![], vec![]), "a handover's sheet is no label");
    assert_eq!(of(&config, "desk"), ["desk-1"]);
    assert_eq!(config.warnings(), [], "all of them are scanned back");
}

#[test]
fn a_setting_that_a_shared_printer_overrides_is_told_and_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("station.toml");
    let text = "[[place]]\nname = \"bench-1\"\nprinter = \"desk-1\"\nscan_back = \"off\"\n\
                [[place]]\nname = \"bench-2\"\nprinter = \"desk-1\"\n\
                [[printer]]\nname = \"desk-1\"\nurl = \"tcp://127.0.0.1:1\"\nprofile = \"zpl\"\nmedia = \"76x130\"\n";
    std::fs::write(&path, format!("data_dir = \"{}\"\n{text}", folder.path().display())).expect("written");
    let path = path.to_str().expect("text");
    let (good, said) = milepost(&["config", "check", path]);
    let warning = "place `bench-1` has scan_back = \"off\", and its printer `desk-1` is `bench-2`'s as well: labels from there \
                   are scanned back all the same, or one would be stuck on another's parcel";
    assert!(good && said.contains(&format!("warning: {warning}: write scan_back = \"always\"")), "{said}");
    assert_eq!(said.matches("warning").count(), 1, "{said}");
    let (_, said) = milepost(&["doctor", "--config", path]);
    assert!(said.contains(warning), "{said}");
}
