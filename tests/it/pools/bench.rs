//! Benches that live on numbers of the hub's, carriers' answers that teach routes, and a carrier that lends no more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use milepost::domain::fact::Fact;
use milepost::domain::waybill::Origin;
use milepost::hub::accounts::CarrierConfig;
use milepost::hub::config::HubConfig;
use milepost::journal::Reader;
use milepost::sim::carrier::{Fault, jd, zto};
use milepost::station::serve::Station;
use serde_json::json;

use crate::bad_days::Bench;
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, screen};

fn account(folder: &Path, sim: &jd::JdSim) -> PathBuf {
    let text = format!(
        "[account]\nendpoint = {:?}\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\n\
         app_secret = {{ text = \"unit-test-app-secret\" }}\n",
        sim.url()
    );
    std::fs::create_dir_all(folder).expect("a folder");
    let path = folder.join("jd.toml");
    std::fs::write(&path, text).expect("the folder takes a file");
    path
}

/// A hub that keeps a pool of JD's.
async fn world(sim: &jd::JdSim, pool: u32) -> World {
    let change = |config: &mut HubConfig| {
        let account = account(&config.data_dir.with_file_name("accounts"), sim);
        let (endpoint, push_secret, poll, subscribe) = (None, None, false, false);
        config.carriers.jd = Some(CarrierConfig { account, endpoint, push_secret, poll, subscribe, pool });
    };
    World::start_with(change).await
}

/// How many times JD was asked for numbers.
fn prefetches(sim: &jd::JdSim) -> usize {
    sim.received().iter().filter(|request| request.path.contains("pregetwaybillcodes")).count()
}

fn facts(station: &Station) -> Vec<Fact> {
    let reader = Reader::open(&station.running.journal).expect("a reader");
    reader.entries(1, 0, 10_000).expect("entries").iter().filter_map(|entry| entry.fact()).collect()
}

/// The numbers a station was given, and by whom.
fn filled(station: &Station) -> Vec<(String, String)> {
    let of = |fact: Fact| match fact {
        Fact::PoolFilled { numbers, source, .. } => {
            numbers.into_iter().map(|number| (number, source.clone())).collect()
        }
        _ => Vec::new(),
    };
    facts(station).into_iter().flat_map(of).collect()
}

async fn pools(world: &World) -> serde_json::Value {
    world.get("/v1/pools").await["pools"][0].clone()
}

async fn kinds(world: &World) -> Vec<String> {
    let told = world.get("/v1/exceptions").await;
    let all = told["exceptions"].as_array().expect("a list").iter();
    all.map(|one| one["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stations_live_on_the_hubs_numbers_and_only_the_hub_asks_jd() {
    let sim = jd::start(jd::Options::default()).await.expect("a free port");
    let world = world(&sim, 10).await;
    eventually("the hub's pool", async || pools(&world).await["free"] == 10).await;
    assert_eq!(prefetches(&sim), 1);
    let place = |name: &str, pool: u32| {
        let account = account(world.folder.path(), &sim);
        format!("{}\n[jd]\naccount = {account:?}\npool = {pool}\n", world.place(name, "pack"))
    };
    let one = world.station("SZ-01", &place("bench-1", 4)).await;
    let two = world.station("SZ-02", &place("bench-2", 4)).await;
    eventually("both pools", async || (filled(&one).len(), filled(&two).len()) == (4, 4)).await;
    let held: Vec<_> = [filled(&one), filled(&two)].concat();
    let different: BTreeSet<_> = held.iter().map(|(number, _)| number).collect();
    assert_eq!((different.len(), held.iter().all(|(_, source)| source == "hub")), (8, true), "{held:?}");
    // Eight of ten are lent, so the hub fills up; the stations never ask JD themselves.
    eventually("the hub's pool again", async || pools(&world).await["free"] == 10).await;
    assert_eq!((prefetches(&sim), &pools(&world).await["leased"]), (2, &json!(8)));
    one.stop().await.expect("the station ends");
    two.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_pool_at_the_hub_the_station_asks_jd_and_the_hub_knows_its_numbers() {
    let sim = jd::start(jd::Options::default()).await.expect("a free port");
    let world = World::start().await;
    let account = account(world.folder.path(), &sim);
    let place = format!("{}\n[jd]\naccount = {account:?}\npool = 4\n", world.place("bench-1", "pack"));
    let station = world.station("SZ-01", &place).await;
    eventually("the pool", async || filled(&station).len() == 4).await;
    assert!(filled(&station).iter().all(|(_, source)| source == "carrier"));
    eventually("the hub to hear of them", async || pools(&world).await["leased"] == 4).await;
    let taken = &filled(&station)[0].0;
    let import = json!({
        "carrier": "jd", "source": "jd.csv", "numbers": [{ "number": taken, "expires_on": "2099-12-31" }]
    });
    let told = world.post("/v1/pools", &import).await;
    assert_eq!(told["refused"][0]["number"], *taken, "what a station has nobody else is lent");
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_jd_fills_no_more_is_the_offices_to_see_until_it_does() {
    let sim = jd::start(jd::Options::default()).await.expect("a free port");
    sim.set_fault(Some(Fault::Status500));
    let world = world(&sim, 10).await;
    eventually("the office to see it", async || kinds(&world).await == ["pool_low"]).await;
    sim.set_fault(None);
    eventually("the pool", async || pools(&world).await["free"] == 10).await;
    eventually("nothing more to see", async || kinds(&world).await.is_empty()).await;
}

/// ZTO lends none: somebody brings a list, and until then the office sees who should.
#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_somebody_fills_is_the_offices_to_see_while_it_is_low() {
    let change = |config: &mut HubConfig| {
        let account = config.data_dir.with_file_name("zto.toml");
        std::fs::write(&account, "").expect("the folder takes a file");
        let (endpoint, push_secret, poll, subscribe) = (None, None, false, false);
        config.carriers.zto = Some(CarrierConfig { account, endpoint, push_secret, poll, subscribe, pool: 2 });
    };
    let world = World::start_with(change).await;
    eventually("the office to see it", async || kinds(&world).await == ["pool_low"]).await;
    let told = world.get("/v1/exceptions").await["exceptions"][0]["en"].to_string();
    assert!(told.contains("of 2 numbers for outages 0 are free") && told.contains("import the numbers"), "{told}");
    let numbers = ["73109999000001", "73109999000002"].map(|n| json!({ "number": n, "expires_on": "2099-12-31" }));
    world.post("/v1/pools", &json!({ "carrier": "zto", "source": "zto.csv", "numbers": numbers })).await;
    eventually("nothing more to see", async || kinds(&world).await.is_empty()).await;
}

/// Orders for one carrier whose labels come out while it is away; its numbers are on them, and are its own afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn an_imported_number_is_on_the_label_and_registered_when_zto_answers() {
    let sim = zto::start(zto::Options::default()).await.expect("a free port");
    let world = World::start().await;
    let imported = ["73109999000001", "73109999000002"];
    let numbers: Vec<_> = imported.iter().map(|n| json!({ "number": n, "expires_on": "2099-12-31" })).collect();
    world.post("/v1/pools", &json!({ "carrier": "zto", "source": "zto.csv", "numbers": numbers })).await;
    let routes = world.folder.path().join("routes.csv");
    std::fs::write(&routes, "province,city,district,mark\n浙江省,,,310-H12\n").expect("a file");
    let place = format!(
        "{}\n[zto]\nendpoint = {:?}\nbudget_ms = 400\npool = 2\nroutes = {routes:?}\n",
        world.place("bench-1", "pack"),
        sim.url()
    );
    let mut bench = Bench::at(world, &place, Some("SF1000000000099")).await;
    eventually("the pool", async || filled(&bench.station).len() == 2).await;
    sim.set_fault(Some(Fault::Status500));
    import(&bench, &["2001", "2002", "2003", "2004"], "zto").await;
    let mut pooled = None;
    for order in ["2001", "2002", "2003", "2004"] {
        let number = label_of(&mut bench, order).await;
        bench.gun.scan(&number).await;
        if !number.starts_with("TMP-") {
            pooled = Some(number);
            break;
        }
        tokio::time::sleep(SHOWN).await;
    }
    let pooled = pooled.expect("ZTO is given up after three");
    assert!(imported.contains(&pooled.as_str()), "{pooled}");
    sim.set_fault(None);
    eventually("it to be ZTO's", async || sim.book().values().any(|entry| entry.number == pooled)).await;
    eventually("the station to know", async || {
        let registered = |fact: &Fact| matches!(fact, Fact::WaybillRegistered { number, .. } if *number == pooled);
        facts(&bench.station).iter().any(registered)
    })
    .await;
    let used = |fact: &Fact| matches!(fact, Fact::WaybillIssued { origin: Origin::Pool, .. });
    let used = facts(&bench.station).iter().filter(|fact| used(fact)).count();
    eventually("the hub to count it", async || pools(&bench.world).await["used"] == used).await;
    bench.station.stop().await.expect("the station ends");
}

/// The screen learns once a second how the carriers do.
const SHOWN: Duration = Duration::from_millis(1_100);

async fn import(bench: &Bench, orders: &[&str], carrier: &str) {
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    let of = |order: &&str| {
        let order = shelf::order(order, 1, std::slice::from_ref(&line), None);
        let mut order = serde_json::to_value(order).expect("plain data");
        order["carrier"] = carrier.into();
        order
    };
    let orders: Vec<_> = orders.iter().map(of).collect();
    bench.world.post("/v1/orders", &json!({ "orders": orders })).await;
}

/// Checks the order's goods; the number on the label that comes of it.
async fn label_of(bench: &mut Bench, order: &str) -> String {
    eventually("the order to come down", async || bench.gun.scan(order).await == "OK 请扫商品，还差 1 件").await;
    assert!(bench.gun.scan(&code("红茶")).await.starts_with("OK"));
    let shown = screen(&bench.station, "bench-1", |screen| {
        ["stick_and_scan", "stick_temporary"].contains(&screen.key.as_str())
    })
    .await;
    shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number")
}

/// What the label of an outage is sorted by, after JD has answered about so many parcels to the same district; `None` where
/// all labels are temporary.
async fn route_after(
    taught: &[&'static str],
    learn: bool,
) -> Option<std::collections::BTreeMap<String, serde_json::Value>> {
    let sim = jd::start(jd::Options::default()).await.expect("a free port");
    let world = World::start().await;
    let account = account(world.folder.path(), &sim);
    let place =
        format!("{}\n[jd]\naccount = {account:?}\npool = 4\nlearn_routes = {learn}\n", world.place("bench-1", "pack"));
    let mut bench = Bench::at(world, &place, Some("SF1000000000099")).await;
    eventually("the pool", async || filled(&bench.station).len() == 4).await;
    import(&bench, taught, "jd").await;
    for order in taught {
        let number = label_of(&mut bench, order).await;
        assert!(bench.gun.scan(&format!("{number}-1-1-")).await.starts_with("OK"));
    }
    // What was learned outlives the start.
    let config = bench.world.folder.path().join("SZ-01.toml");
    bench.station.stop().await.expect("the station ends");
    bench.station = bench.world.restart_station(&config).await;
    bench.gun = crate::world::scanner(&bench.station, "bench-1").await;
    sim.set_fault(Some(Fault::Status500));
    let orders = ["2101", "2102", "2103", "2104"];
    import(&bench, &orders, "jd").await;
    for order in orders {
        let number = label_of(&mut bench, order).await;
        bench.gun.scan(&number).await;
        tokio::time::sleep(SHOWN).await;
    }
    let route = facts(&bench.station).into_iter().find_map(|fact| match fact {
        Fact::WaybillIssued { origin: Origin::Pool, routing, .. } => Some(routing),
        _ => None,
    });
    bench.station.stop().await.expect("the station ends");
    route
}

#[tokio::test(flavor = "multi_thread")]
async fn three_parcels_to_a_district_teach_its_route_and_the_label_says_so() {
    let route = route_after(&["2001", "2002", "2003"], true).await.expect("a label with a pooled number");
    assert_eq!(route["learned"], true);
    assert!(route["target_sort_center_name"].as_str().is_some_and(|center| !center.is_empty()), "{route:?}");
    assert!(!route.contains_key("order_code"), "nothing of another parcel: {route:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_parcels_teach_nothing_and_a_station_that_doesnt_want_to_learns_nothing() {
    assert_eq!(route_after(&["2001", "2002"], true).await, None);
    assert_eq!(route_after(&["2001", "2002", "2003"], false).await, None);
}
