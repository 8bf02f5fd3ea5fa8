//! Waves at a running hub: released at the command line and by plans, printed when their numbers are there, and watched by a
//! lead in the browser.

use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use milepost::domain::order::{CarrierCode, Order};
use milepost::hub::config::HubConfig;
use milepost::hub::{progress, select, shares, unshipped};
use milepost::sim::carrier::sf::Fault;
use rusqlite::params_from_iter;
use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::routing::calls::milepost;
use crate::story::shelf::{self, code, one};
use crate::world::{World, eventually, scanner, screen};

/// SF's cut-off in so many minutes, and what further stands in the warehouse's rules.
fn rules(config: &mut HubConfig, minutes: i64, further: &str) -> Zoned {
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let at = Zoned::now().with_time_zone(zone).checked_add(minutes.minutes()).expect("within the calendar");
    let file = config.data_dir.with_file_name("warehouse.toml");
    let cutoff = format!("[[cutoff]]\ncarrier = \"sf\"\nat = [\"{}\"]\n", at.strftime("daily %H:%M"));
    std::fs::write(&file, cutoff + further).expect("the rules are written");
    config.warehouse_rules = Some(file);
    at
}

fn order(order_no: &str, bin: &str, number: Option<&str>) -> Order {
    let mut order = shelf::order(order_no, 1, &[one("红茶")], number);
    order.lines[0].bin = Some(bin.into());
    order.paid_at = Timestamp::now() - 1.hours();
    order
}

async fn stock(world: &World, orders: &[Order]) {
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    world.post("/v1/orders", &json!({ "orders": orders })).await;
}

/// What stands in the code of a plan's wave for this cut-off.
fn named(at: &Zoned) -> String {
    format!("SF-{}", at.strftime("%m%d-%H%M"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selected_wave_is_printed_when_its_last_number_is_there() {
    let world = World::start().await;
    world.sf.set_fault(Some(Fault::Status500));
    stock(&world, &[order("1001", "A-1", None), order("1002", "A-2", Some("SF1000000000022"))]).await;
    let desk = world.station("SZ-01", &world.place("desk", "print-desk")).await;
    let select = json!({ "wave": "W1", "station": "SZ-01", "select": { "carrier": "sf" } });
    assert_eq!(world.post("/v1/waves", &select).await["parcels"], 2);
    let mut gun = scanner(&desk, "desk").await;
    eventually("the desk to know its people", async || gun.scan(&code("badge 李雷")).await.starts_with("OK")).await;
    let waits = "2 单还差 1 个单号：到齐就打";
    eventually("the wave to come down", async || gun.scan(&code("picklist W1")).await.contains(waits)).await;
    assert_eq!(world.printer.papers().len(), 0, "nothing is printed before all numbers are there");
    assert_eq!(counts(&world, "W1").await["numbered"], 1);
    world.sf.set_fault(None);
    screen(&desk, "desk", |screen| screen.key == "wave_done").await;
    let told = async || {
        let counts = counts(&world, "W1").await;
        (counts["numbered"].clone(), counts["printed"].clone()) == (json!(2), json!(2))
    };
    eventually("the hub to hear of it", told).await;

    // One label printed again at the desk: the lead's page says who and why.
    gun.scan("SF1000000000022").await;
    gun.scan(&code("REPRINT")).await;
    gun.scan(&code("why smudged")).await;
    screen(&desk, "desk", |screen| screen.key == "reprinted").await;
    let reprint = async || world.get("/v1/shift").await["reprints"][0].clone();
    eventually("the hub to hear of the copy", async || reprint().await["reason"] == "smudged").await;
    let reprint = reprint().await;
    assert_eq!((&reprint["number"], &reprint["copy"]), (&json!("SF1000000000022"), &json!(2)));
    assert_eq!((&reprint["operator"], &reprint["station"]), (&json!("李雷"), &json!("SZ-01")));
    desk.stop().await.expect("the desk ends");
}

async fn counts(world: &World, wave: &str) -> Value {
    let told = world.get("/v1/waves").await;
    let waves = told["waves"].as_array().expect("a list");
    let found = waves.iter().find(|row| row["wave"] == wave);
    found.unwrap_or_else(|| panic!("no {wave} in {told}"))["progress"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_selects_at_the_command_line_and_looks_before() {
    let zone = "[[zone]]\nname = \"A\"\nbins = [\"A-\"]\n";
    let world = World::start_with(|config| drop(rules(config, 240, zone))).await;
    world.config("SZ-01", "").await;
    stock(&world, &[order("1001", "A-2", None), order("1002", "A-1", None), order("1003", "B-1", None)]).await;
    let select = ["wave", "release", "W1", "--station", "SZ-01", "--carrier", "sf", "--zone", "A"];
    let (code, said, why) = milepost(&world, &[&select[..], &["--dry-run"]].concat()).await;
    assert_eq!(code, Some(0), "{why}");
    assert_eq!(said, "W1: 2 parcels would be released, 0 orders left out\n   1 1002\n   2 1001\n");
    let (code, said, why) = milepost(&world, &select).await;
    assert_eq!((code, said.as_str()), (Some(0), "W1: 2 parcels released, 0 orders left out\n"), "{why}");
    let (code, _, why) = milepost(&world, &["wave", "release", "W2", "--station", "SZ-01", "--cutoff", "00:00"]).await;
    assert!(code == Some(1) && why.contains("no carrier has a cut-off in SZ at"), "{why}");
    let (code, _, why) = milepost(&world, &["wave", "release", "W2", "1003", "--carrier", "sf"]).await;
    assert!(code == Some(2) && why.contains("cannot be used with"), "{why}");
    let (code, _, why) = milepost(&world, &["wave", "release", "W2", "--cutoff", "8pm"]).await;
    assert!(code == Some(2) && why.contains("`8pm` is no time of a cut-off: write hours and minutes"), "{why}");
}

/// The plans are read when the hub starts, and its own task releases them.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_hub_releases_its_plans_once_and_shows_a_lead_how_far_they_are() {
    let mut world = World::start().await;
    let desk = world.config("SZ-01", &(world.place("bench-1", "pack") + &world.place("desk", "print-desk"))).await;
    let desk = world.start_station(&desk).await;
    let mut orders = vec![order("1001", "A-1", Some("SF1000000000011")), order("1002", "A-2", Some("SF1000000000022"))];
    orders.push(Order { carrier: Some(CarrierCode::Jd), ..order("1003", "A-1", None) });
    stock(&world, &orders).await;
    world.stop_hub().await;
    let plan =
        "pickup = [\"daily 23:59\"]\n[[release]]\ncarrier = \"sf\"\nflow = \"waybill_first\"\nstation = \"SZ-01\"\n";
    let mut at = None;
    world.start_hub_with(|config| at = Some(rules(config, 40, plan))).await;
    let wave = named(&at.expect("just set"));
    eventually("the plan's wave", async || world.get("/v1/waves").await["waves"][0]["wave"] == wave).await;
    world.stop_hub().await;
    world.start_hub().await;
    let told = world.get("/v1/waves").await;
    assert_eq!(told["waves"].as_array().map(Vec::len), Some(1), "once, also after a restart: {told}");
    assert_eq!(told["waves"][0]["plan"], "sf waybill_first SZ-01, 120 min before");

    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("{}/waves?lang=en", world.hub_url)).await;
    let row = format!("[data-wave='{wave}']");
    assert_eq!(browser.texts(&format!("{row} .share")).await, ["2", "0", "0", "0", "0"]);
    let line = &browser.texts(".to-go .late b").await[0];
    assert!(line.starts_with("SF Express SZ ") && line.ends_with(": 2 to go, 2 not picked"), "{line}");
    assert!(browser.texts(".to-go small").await.concat().contains("1 in no wave"), "JD's waits");
    let mut gun = scanner(&desk, "desk").await;
    eventually("the desk to know its people", async || gun.scan(&code("badge 李雷")).await.starts_with("OK")).await;
    eventually("the wave to come down", async || gun.scan(&code(&format!("picklist {wave}"))).await.starts_with("OK"))
        .await;
    screen(&desk, "desk", |screen| screen.key == "wave_done").await;
    let mut gun = scanner(&desk, "bench-1").await;
    gun.scan(&code("badge 韩梅梅")).await;
    gun.scan("SF1000000000011").await;
    assert_eq!(gun.scan(&code("红茶")).await, "OK 完成，顺丰");
    browser.wait_for_text(&format!("{row} .share:nth-child(8)"), "1").await;
    assert_eq!(browser.texts(&format!("{row} .share")).await, ["2", "2", "1", "1", "0"]);
    let line = &browser.texts(".to-go .good").await[0];
    assert!(line.contains(": 1 to go, 1 not picked") && line.contains("at this pace "), "{line}");
    for (width, language) in [(1280, "zh"), (420, "en")] {
        browser.resize(width, 800).await;
        browser.open(&format!("{}/waves?lang={language}", world.hub_url)).await;
        assert_eq!(browser.value("document.documentElement.scrollWidth").await, width, "it sticks out sideways");
        if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
            browser.picture(&Path::new(&folder).join(format!("waves-{language}-{width}.png"))).await;
        }
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
    desk.stop().await.expect("the station ends");
}

/// What the page asks a store with many waves is answered from indexes alone.
#[tokio::test(flavor = "multi_thread")]
async fn counting_a_wave_reads_no_parcel_of_another() {
    let world = World::start().await;
    let plan = |question: &str| {
        world
            .hub()
            .hub
            .read(|connection| {
                let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {question}"))?;
                let nothing = vec![None::<i64>; explained.parameter_count()];
                let lines = explained.query_map(params_from_iter(nothing), |row| row.get::<_, String>(3))?;
                Ok(lines.collect::<Result<Vec<_>, _>>()?.join("; "))
            })
            .expect("a plan")
    };
    let of_wave = plan(progress::OF_WAVE);
    assert!(of_wave.contains("COVERING INDEX parcels_of_wave (wave=?)"), "{of_wave}");
    let to_go = plan(progress::TO_GO);
    assert!(to_go.contains("COVERING INDEX parcels_to_go"), "{to_go}");
    let waiting = plan(select::WAITING);
    assert!(waiting.contains("USING INDEX orders_waiting (warehouse=?"), "{waiting}");
    let whose = plan(unshipped::WHOSE);
    assert!(whose.contains("COVERING INDEX parcels_packed"), "{whose}");
    let packed = plan(unshipped::PACKED);
    assert!(
        packed.contains("USING INDEX parcels_packed (carrier=? AND warehouse=? AND done_us>? AND done_us<?)"),
        "{packed}"
    );
    let sharing = plan(shares::SHARING);
    assert!(sharing.contains("INDEX parcel_orders_of (parcel_id=?)") && !sharing.contains("SCAN"), "{sharing}");
}
