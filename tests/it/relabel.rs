//! Labels that are to be replaced before their carrier cuts off: what benches, the office and the command line see of them,
//! from the temporary label to the real one. Cut-offs are chosen by the clock as it is.

use std::path::Path;
use std::process::Command;

use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use milepost::domain::cutoff::Urgency;
use milepost::hub::config::HubConfig;
use milepost::sim::carrier::sf::Fault;
use milepost::station::relabel::{Queue, State};
use milepost::station::serve::Station;
use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::story::shelf::{self, code};
use crate::world::{LIMIT, Scanner, World, eventually, scanner, screen};

/// Of a channel whose numbers are long: a packer tells boxes apart by their ends.
const ORDER: &str = "2026021500012345";
const TAIL: &str = "…012345";

/// The minute so many minutes from now, on the warehouse's clock.
fn in_minutes(minutes: i64) -> Zoned {
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    Zoned::now().with_time_zone(zone).checked_add(minutes.minutes()).expect("within the calendar")
}

/// The warehouse's rules with SF's cut-off every day at that minute.
fn sf_at(config: &mut HubConfig, at: &Zoned) {
    let file = config.data_dir.with_file_name("warehouse.toml");
    let text = format!("[[cutoff]]\ncarrier = \"sf\"\nat = [\"{}\"]\n", at.strftime("daily %H:%M"));
    std::fs::write(&file, text).expect("the rules are written");
    config.warehouse_rules = Some(file);
}

async fn world(cutoff: Option<&Zoned>) -> World {
    let world = World::start_with(|config| cutoff.into_iter().for_each(|at| sf_at(config, at))).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let orders = [shelf::order(ORDER, 1, &[shelf::one("红茶")], None)];
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    world
}

async fn packer(station: &Station) -> Scanner {
    let mut gun = scanner(station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    gun
}

/// Packs the order while SF gives no number; what stands on the label.
async fn packed_temporary(station: &Station, gun: &mut Scanner) -> String {
    eventually("the order to come down", async || gun.scan(ORDER).await == "OK 请扫商品，还差 1 件").await;
    assert!(gun.scan(&code("红茶")).await.starts_with("OK"));
    let shown = screen(station, "bench-1", |screen| screen.key == "stick_temporary").await;
    let number = shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
    assert_eq!(gun.scan(&number).await, "WARN 完成，放到待换单区");
    number
}

/// Waits until the station's queue satisfies `wanted`.
async fn queue(station: &Station, wanted: impl Fn(&Queue) -> bool) -> Queue {
    let mut queue = station.running.relabel.clone();
    let found = tokio::time::timeout(LIMIT, queue.wait_for(|queue| wanted(queue))).await;
    match found {
        Ok(found) => found.expect("the station runs").clone(),
        Err(_) => panic!("never so: {:?}", station.running.relabel.borrow()),
    }
}

/// What the command prints, asked of a running station by its config.
fn told(folder: &Path, station: &Station, more: &[&str]) -> String {
    let config = folder.join("asked.toml");
    std::fs::write(&config, format!("listen = \"{}\"\n", station.address)).expect("a config");
    let run =
        Command::new(env!("CARGO_BIN_EXE_milepost")).arg("relabel").arg("--config").arg(&config).args(more).output();
    let run = run.expect("the program runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("text")
}

fn picture(name: &str) -> Option<std::path::PathBuf> {
    std::env::var("MILEPOST_PICTURES").ok().map(|folder| Path::new(&folder).join(name))
}

async fn look(browser: &mut Browser, name: &str, widths: &[u32]) {
    for width in widths {
        browser.resize(*width, 800).await;
        browser.wait(&format!("innerWidth === {width}")).await;
        assert_eq!(browser.value("document.documentElement.scrollWidth").await, *width, "{name} sticks out sideways");
        if let Some(file) = picture(&format!("{name}-{width}.png")) {
            browser.picture(&file).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bench_sees_what_is_to_be_relabelled_by_when_until_it_is() {
    let cutoff = in_minutes(40);
    let world = world(Some(&cutoff)).await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let station = world.start_station(&config).await;
    let mut gun = packer(&station).await;
    let mut browser = Browser::start(1280, 800).await;
    let address = station.address;
    browser.open(&format!("http://{address}/places/bench-1")).await;
    browser.wait("document.querySelector('.bench') !== null").await;
    assert_eq!(browser.texts(".relabel").await, Vec::<String>::new(), "nothing waits, nothing is shown");

    world.sf.set_fault(Some(Fault::Status500));
    let label = packed_temporary(&station, &mut gun).await;
    let at = cutoff.strftime("%H:%M").to_string();
    let due = format!("顺丰 {at} 截单，还有 1 件待换单");
    browser.wait("document.querySelector('.relabel') !== null").await;
    browser.wait_for_text(".relabel span", &due).await;
    assert_eq!(browser.texts(".relabel small").await, ["待换单 1 件，0 件号已到"]);
    browser.wait("getComputedStyle(document.querySelector('.relabel')).backgroundColor === 'rgb(242, 169, 0)'").await;
    let type_px = browser.value("parseFloat(getComputedStyle(document.querySelector('.relabel')).fontSize)").await;
    assert!(type_px.as_f64().expect("a size") >= 1280.0 / 40.0, "{type_px} px is not read from two metres");
    look(&mut browser, "bench", &[1280, 360]).await;

    let waiting = queue(&station, |queue| queue.labels.len() == 1).await;
    let since_us = waiting.labels[0].since_us.expect("it was just printed");
    assert!((milepost::machine::wall_us() - since_us).abs() < 60_000_000);
    assert_eq!((waiting.labels[0].label.as_str(), waiting.due[0].urgency), (label.as_str(), Urgency::Soon));
    browser.resize(1280, 800).await;
    browser.open(&format!("http://{address}/relabel")).await;
    browser.wait_for_text("#count", "1").await;
    assert_eq!(browser.texts(".due li.soon").await, [due]);
    assert_eq!(browser.texts(".labels .orders").await, [TAIL]);
    assert_eq!(browser.texts(".labels .at").await, ["bench-1"]);
    look(&mut browser, "waiting", &[1280, 360]).await;
    let text = told(world.folder.path(), &station, &[]);
    assert!(text.contains("sf: 1 to relabel, 0 with their number, cut-off ") && text.contains(ORDER), "{text}");

    // The number comes, and the page has followed.
    world.sf.set_fault(None);
    browser.wait("document.querySelector('.labels .ready') !== null").await;
    assert_eq!(browser.texts(".labels .state").await, ["号已到，扫旧面单"]);
    assert_eq!(browser.texts("#ready").await, ["1"]);
    look(&mut browser, "ready", &[1280, 360]).await;
    browser.open(&format!("http://{address}/relabel?lang=en")).await;
    assert_eq!(browser.texts(".labels .state").await, ["number is there: scan the old label"]);
    let text: Value = serde_json::from_str(&told(world.folder.path(), &station, &["--json"])).expect("JSON");
    assert_eq!((&text["labels"][0]["state"], &text["labels"][0]["label"]), (&json!("ready"), &json!(label)));
    assert_eq!((&text["due"][0]["ready"], &text["due"][0]["urgency"]), (&json!(1), &json!("soon")));

    browser.open(&format!("http://{address}/")).await;
    assert_eq!(browser.texts(".to-relabel").await, ["待换单 1"]);
    look(&mut browser, "places", &[1280, 360]).await;

    // A start knows how old it is.
    station.stop().await.expect("the station ends");
    let station = world.restart_station(&config).await;
    let again = queue(&station, |queue| !queue.labels.is_empty()).await;
    assert_eq!((again.labels[0].since_us, again.due[0].urgency), (Some(since_us), Urgency::Soon));
    let mut gun = scanner(&station, "bench-1").await;
    assert_eq!(gun.scan(&label).await, "OK 正在打印面单");
    let shown = screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    let real = shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
    assert_eq!(gun.scan(&real).await, "OK 换单完成");
    queue(&station, |queue| queue.labels.is_empty()).await;
    screen(&station, "bench-1", |screen| screen.relabel.count == 0).await;
    assert!(told(world.folder.path(), &station, &[]).contains("no label is to be replaced"));
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_station_sees_it_too_and_where_it_is() {
    let world = world(Some(&in_minutes(10))).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let other = world.station("SZ-02", &world.place("dock", "dock")).await;
    world.sf.set_fault(Some(Fault::Status500));
    let mut gun = packer(&station).await;
    packed_temporary(&station, &mut gun).await;
    let own = queue(&station, |queue| !queue.labels.is_empty()).await;
    let seen = queue(&other, |queue| !queue.labels.is_empty()).await;
    assert_eq!((seen.labels[0].station.as_deref(), seen.labels[0].place.as_deref()), (Some("SZ-01"), Some("bench-1")));
    assert_eq!(seen.labels[0].orders[0].as_str(), ORDER);
    assert_eq!(seen.due[0].urgency, Urgency::Last);
    // The hub says when it was, by its own clock.
    let apart_us = seen.labels[0].since_us.zip(own.labels[0].since_us).map(|(seen, own)| (seen - own).abs());
    assert!(apart_us.is_some_and(|apart_us| apart_us < 1_000_000), "{apart_us:?}");
    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("http://{}/relabel", other.address)).await;
    assert_eq!(browser.texts(".labels .at").await, ["SZ-01 bench-1"]);
    browser.open(&format!("http://{}/places/dock", other.address)).await;
    browser.wait("document.querySelector('.relabel.last') !== null").await;
    look(&mut browser, "dock", &[1280, 360]).await;

    world.sf.set_fault(None);
    queue(&other, |queue| queue.labels.first().is_some_and(|label| label.state == State::Ready)).await;
    station.stop().await.expect("the station ends");
    other.stop().await.expect("the other ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_sees_what_has_an_hour_or_less_before_everything_else() {
    let mut world = world(Some(&in_minutes(3 * 60))).await;
    // Older than the label, and nobody's hurry.
    world.post("/v1/orders", &json!({ "orders": [shelf::order("2001", 1, &[shelf::one("红茶")], None)] })).await;
    world.post("/v1/orders/2001/hold", &json!({ "reason": "asked", "by": "office" })).await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    world.sf.set_fault(Some(Fault::Status500));
    let mut gun = packer(&station).await;
    packed_temporary(&station, &mut gun).await;
    // Of the two that this is about; a carrier that fails has exceptions of its own.
    let kinds = async |world: &World| {
        let told = world.get("/v1/exceptions").await;
        let all = told["exceptions"].as_array().expect("a list").iter();
        let all = all.map(|one| (one["kind"].as_str().expect("a word").to_owned(), one["cutoff"]["urgency"].clone()));
        all.filter(|(kind, _)| ["held", "temporary_label"].contains(&kind.as_str())).collect::<Vec<_>>()
    };
    let calm = [("held".to_owned(), Value::Null), ("temporary_label".to_owned(), json!("later"))];
    eventually("the office to see it", async || kinds(&world).await == calm).await;
    assert_eq!(queue(&station, |queue| !queue.due.is_empty()).await.urgent(), None);

    // The driver comes earlier today: who restarts the hub with it tells every bench.
    let cutoff = in_minutes(30);
    world.stop_hub().await;
    world.start_hub_with(|config| sf_at(config, &cutoff)).await;
    let urgent = [("temporary_label".to_owned(), json!("soon")), ("held".to_owned(), Value::Null)];
    assert_eq!(kinds(&world).await, urgent);
    let groups = world.get("/v1/temporary").await["temporary"].clone();
    assert_eq!(
        (&groups[0]["carrier"], &groups[0]["warehouse"], &groups[0]["ready"]),
        (&json!("sf"), &json!("SZ"), &json!(0))
    );
    assert_eq!(groups[0]["labels"][0]["orders"], json!([ORDER]));
    let left_s = groups[0]["cutoff"]["left_s"].as_i64().expect("how long");
    assert!((28 * 60..=30 * 60).contains(&left_s), "{left_s}");
    queue(&station, |queue| queue.urgent().is_some()).await;

    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("{}/stations", world.hub_url)).await;
    let at = cutoff.strftime("%H:%M").to_string();
    let next = &browser.texts(".cutoffs .soon b").await[0];
    assert!(next.starts_with(&format!("顺丰速运 SZ {at} 截单，还有 2")), "{next}");
    assert_eq!(browser.texts(".exceptions tbody tr:first-child td:first-child").await, ["待换单"]);
    let marked = &browser.texts(".exceptions tr.soon em.cutoff").await[0];
    assert!(marked.starts_with(&format!("顺丰速运 {at} 截单，还有 2")), "{marked}");
    look(&mut browser, "office", &[1280, 360]).await;
    browser.open(&format!("{}/stations?lang=en", world.hub_url)).await;
    let next = &browser.texts(".cutoffs .soon").await[0];
    assert!(
        next.starts_with(&format!("SF Express SZ cut-off {at}, 2"))
            && next.ends_with("1 to relabel, 0 with their number"),
        "{next}"
    );

    // None any more: nobody is hurried.
    world.stop_hub().await;
    world.start_hub_with(|config| config.warehouse_rules = None).await;
    queue(&station, |queue| queue.urgent().is_none()).await;
    assert_eq!(world.get("/v1/temporary").await["temporary"][0]["cutoff"], Value::Null);
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}
