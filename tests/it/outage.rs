//! A carrier that isn't there at all, and one that refuses: what the packer, the next parcel and the office see of it.

use std::path::{Path, PathBuf};

use milepost::domain::fact::Fact;
use milepost::domain::order::CarrierCode;
use milepost::domain::waybill::Origin;
use milepost::hub::config::HubConfig;
use milepost::journal::Reader;
use milepost::rules::RoutingRules;
use milepost::sim::carrier::{Fault, jd};
use serde_json::json;

use crate::bad_days::Bench;
use crate::chromium::Browser;
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

const TABLE: &str =
    "province,city,district,target_sort_center_name,road,end_site_name\n浙江省,,,杭州分拣中心,03,余杭站\n";

/// A bench with an account at JD that holds numbers for outages, and orders for JD.
struct Outage {
    bench: Bench,
    sim: jd::JdSim,
}

impl Outage {
    /// The pool is full before the orders come.
    async fn start(orders: &[&str]) -> Outage {
        let outage = Outage::at(World::start().await, 4).await;
        eventually("the pool", async || outage.carrier().await.1 == 4).await;
        outage.more(orders).await;
        outage
    }

    /// Without a pool, at a hub whose rules let JD's parcels go with the cheapest of the others.
    async fn with_rules(issuer: Option<&str>) -> Outage {
        let change = |config: &mut HubConfig| {
            config.routing_rules = Some(rules(&config.data_dir.with_file_name("rules")));
            config.issuer = issuer.map(str::to_owned);
        };
        Outage::at(World::start_with(change).await, 0).await
    }

    async fn at(world: World, pool: u32) -> Outage {
        let sim = jd::start(jd::Options::default()).await.expect("a free port");
        let routes = world.folder.path().join("jd-routes.csv");
        std::fs::write(&routes, TABLE).expect("the folder takes a file");
        let account = world.folder.path().join("jd.toml");
        let text = format!(
            "[account]\nendpoint = {:?}\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\n\
             app_secret = {{ text = \"unit-test-app-secret\" }}\n",
            sim.url()
        );
        std::fs::write(&account, text).expect("the folder takes a file");
        let account = format!("[jd]\naccount = {account:?}\npool = {pool}\nroutes = {routes:?}\n");
        let place = format!("{}{}\n{account}", world.place("bench-1", "pack"), world.place("desk", "print-desk"));
        Outage { bench: Bench::at(world, &place, Some("SF1000000000099")).await, sim }
    }

    /// State of JD on the screen, and the numbers held for outages.
    async fn carrier(&self) -> (String, usize) {
        let shown = screen(&self.bench.station, "bench-1", |screen| !screen.carriers.is_empty()).await;
        let jd = shown.carriers.iter().find(|carrier| carrier.carrier == CarrierCode::Jd).expect("an account at JD");
        (jd.state.clone(), jd.spares)
    }

    /// Kind and words of what the office must look at.
    async fn exceptions(&self) -> Vec<(String, String)> {
        let told = self.bench.world.get("/v1/exceptions").await;
        let all = told["exceptions"].as_array().expect("a list").iter();
        let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
        all.map(|one| (text(one, "kind"), text(one, "en"))).collect()
    }

    async fn more(&self, orders: &[&str]) {
        self.import(orders, json!("jd")).await;
    }

    /// Checks the order's goods; the number on the label that comes of it.
    async fn label_of(&mut self, order: &str) -> String {
        eventually("the order to come down", async || self.bench.gun.scan(order).await == "OK 请扫商品，还差 1 件")
            .await;
        assert!(self.bench.gun.scan(&code("红茶")).await.starts_with("OK"));
        let shown = screen(&self.bench.station, "bench-1", |screen| {
            ["stick_and_scan", "stick_temporary"].contains(&screen.key.as_str())
        })
        .await;
        shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number")
    }

    /// Packs with temporary labels until JD is given up, for it may have these parcels; how many they are, and the first
    /// number of another carrier.
    async fn until_elsewhere(&mut self, orders: &[&'static str]) -> (usize, String) {
        for (done, order) in orders.iter().enumerate() {
            let number = self.label_of(order).await;
            if !number.starts_with("TMP-") {
                return (done, number);
            }
            self.bench.gun.scan(&number).await;
        }
        panic!("JD is never given up");
    }

    async fn import(&self, orders: &[&str], carrier: serde_json::Value) {
        let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
        let of_jd = |order: &&str| {
            let order = shelf::order(order, 1, std::slice::from_ref(&line), None);
            let mut order = serde_json::to_value(order).expect("plain data");
            order["carrier"] = carrier.clone();
            order
        };
        let orders: Vec<_> = orders.iter().map(of_jd).collect();
        self.bench.world.post("/v1/orders", &json!({ "orders": orders })).await;
    }
}

/// Rules and tables in a folder: JD first, and whoever is cheapest in its place.
fn rules(folder: &Path) -> PathBuf {
    for (name, text) in RoutingRules::BUILTIN_TABLES {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a table");
    }
    let first = "[[rule]]\nname = \"all\"\nwhen = \"true\"\nthen = \"jd\"\n\n[[rule]]\nname = \"provinces\"";
    let file = folder.join("routing.toml");
    let text = RoutingRules::BUILTIN.replace("[[rule]]\nname = \"provinces\"", first);
    std::fs::write(&file, text).expect("the rules");
    file
}

/// Three questions in vain open the breaker; from then on a pooled number is on the label at once, and when JD answers
/// again every number is registered under its parcel's own id.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_costs_three_parcels_a_temporary_label_and_the_next_none() {
    let orders = ["2001", "2002", "2003", "2004", "2005"];
    let mut outage = Outage::start(&[]).await;
    outage.sim.set_fault(Some(Fault::Status500));
    outage.more(&orders).await;
    let (mut pooled, mut temporary) = (Vec::new(), 0);
    for order in orders {
        let number = outage.label_of(order).await;
        if number.starts_with("JD") {
            pooled.push(number.clone());
            eventually("the screen to say so", async || outage.carrier().await.0 == "failing").await;
        } else {
            assert!(pooled.is_empty(), "once JD is given up no parcel waits for it");
            temporary += 1;
        }
        outage.bench.gun.scan(&number).await;
    }
    assert!((1..=3).contains(&temporary) && pooled.len() + temporary == orders.len(), "{temporary} {pooled:?}");
    assert!(outage.sim.book().is_empty(), "nothing reached JD's book");
    eventually("the pool to shrink", async || outage.carrier().await.1 == 4 - pooled.len()).await;

    // The bench lists both, and says why they wait.
    let listed = || {
        let queue = outage.bench.station.running.relabel.borrow().clone();
        let states = queue.labels.iter().chain(&queue.unregistered).map(|waiting| waiting.state.as_str());
        let states: Vec<_> = states.map(str::to_owned).collect();
        (queue.labels.len(), queue.unregistered.len(), states)
    };
    let failing = vec!["failing".to_owned(); orders.len()];
    eventually("the bench to list them", async || listed() == (temporary, pooled.len(), failing.clone())).await;
    let mut browser = Browser::start(360, 800).await;
    browser.open(&format!("http://{}/relabel", outage.bench.station.address)).await;
    assert_eq!(browser.texts("h2").await, ["备用号待登记"]);
    assert_eq!(browser.texts("h2 + .labels .state").await, vec!["快递接口不通，恢复后再问"; pooled.len()]);
    drop(browser);

    // What waits for the carrier is the office's to see, with its age, and that the carrier doesn't answer.
    eventually("the office to see what waits", async || {
        let seen = outage.exceptions().await;
        if !seen.iter().any(|(kind, en)| kind == "carrier_given_up" && en.starts_with("doesn't answer")) {
            return false;
        }
        let count = |kind: &str| seen.iter().filter(|(one, _)| one == kind).count();
        (count("temporary_label"), count("unregistered")) == (temporary, pooled.len())
    })
    .await;

    outage.sim.set_fault(None);
    eventually("everything to be at JD", async || outage.sim.book().len() == orders.len()).await;
    let registered = || {
        let of = |fact: &Fact| match fact {
            Fact::WaybillRegistered { number, .. } => Some(number.clone()),
            _ => None,
        };
        outage.bench.facts().iter().filter_map(of).collect::<Vec<_>>()
    };
    eventually("every pooled number to be registered", async || registered().len() == pooled.len()).await;
    for number in &pooled {
        assert!(outage.sim.book().values().any(|entry| entry.number == *number), "{number} isn't JD's");
        assert_eq!(outage.bench.papers(&format!("{number}-1-1-")), 1);
    }
    eventually("the office to see that numbers are there", async || {
        let seen = outage.exceptions().await;
        let to_replace = |(kind, en): &(String, String)| kind == "temporary_label" && en.contains("its number JD");
        seen.len() == temporary && seen.iter().all(to_replace)
    })
    .await;
    let ready = vec!["ready".to_owned(); temporary];
    eventually("the bench to see it too", async || listed() == (temporary, 0, ready.clone())).await;
    let paper = outage.bench.world.printer.papers().first().expect("the first label").codes().join(" ");
    let label = paper.split(' ').find(|code| code.starts_with("TMP-")).expect("a temporary one").to_owned();
    assert_eq!(outage.bench.gun.scan(&label).await, "OK 正在打印面单");
    let number = outage.bench.number("stick_and_scan").await;
    assert_eq!(outage.bench.gun.scan(&format!("{number}-1-1-")).await, "OK 换单完成");
    eventually("one less to replace", async || outage.exceptions().await.len() == temporary - 1).await;
    eventually("JD to be trusted again", async || outage.carrier().await.0 == "answers").await;
    outage.bench.station.stop().await.expect("the station ends");
}

/// The order is cancelled after its number came: the carrier forgets the parcel by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_is_cancelled_at_the_carrier() {
    let mut outage = Outage::start(&["2001"]).await;
    eventually("the order to come down", async || outage.bench.gun.scan("2001").await == "OK 请扫商品，还差 1 件")
        .await;
    assert!(outage.bench.gun.scan(&code("红茶")).await.starts_with("OK"));
    eventually("the number", async || {
        let direct = |fact: &Fact| matches!(fact, Fact::WaybillIssued { origin: Origin::Direct, .. });
        outage.bench.facts().iter().any(direct)
    })
    .await;
    let booked = outage.sim.book().values().next().expect("a booking").clone();
    assert!(!booked.cancelled);
    outage.bench.world.post("/v1/orders/2001/cancel", &json!({ "reason": "the buyer" })).await;
    eventually("JD to forget it", async || outage.sim.book().values().all(|entry| entry.cancelled)).await;
    eventually("the station to know", async || {
        outage.bench.facts().iter().any(|fact| matches!(fact, Fact::WaybillCancelled { number: Some(_), .. }))
    })
    .await;
    let number = booked.number;
    assert!(outage.bench.gun.scan(&format!("{number}-1-1-")).await.starts_with("STOP"));
    outage.bench.station.stop().await.expect("the station ends");
}

/// The next parcel goes with another carrier, by the hub's rules and under a new id, and JD never gets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_that_never_reached_its_carrier_goes_with_another_one() {
    let mut outage = Outage::with_rules(None).await;
    outage.sim.set_fault(Some(Fault::Status500));
    let orders = ["2001", "2002", "2003", "2004", "2005", "2006"];
    outage.import(&orders, serde_json::Value::Null).await;
    let (doubted, number) = outage.until_elsewhere(&orders).await;
    let next = orders[doubted];
    assert!(doubted > 0, "nobody gives JD up for nothing");
    assert!(number.starts_with("SF"), "{number}: the only other account is SF's");
    assert_eq!(outage.bench.gun.scan(&number).await, "OK 完成，顺丰");
    let booked = outage.bench.world.sf.book();
    let (id, _) = booked.iter().find(|(_, entry)| entry.number == number).expect("SF has it");
    let rerouted = outage.bench.facts().into_iter().find_map(|fact| match fact {
        Fact::WaybillRerouted { waybill_id, to, carrier } => Some((waybill_id.to_string(), to.to_string(), carrier)),
        _ => None,
    });
    let (closed, to, carrier) = rerouted.expect("the journal says so");
    assert!(closed.contains("-JD-") && to == *id && carrier == CarrierCode::Sf, "{closed} {to}");
    let page = outage.bench.world.text(&format!("/orders/{next}?lang=en")).await;
    assert!(page.contains("JD gives no number now") && page.contains(&number), "{page}");

    // Others of the warehouse hear of it: a print desk waits for the new number, and not for a refusal's fallback.
    let other = outage.bench.world.station("SZ-02", &outage.bench.world.place("bench-2", "pack")).await;
    eventually("another station to hear of it", async || {
        let reader = Reader::open(&other.running.journal).expect("a reader");
        let facts = reader.documents("fact").expect("rows");
        ["reroute_requested", "waybill_rerouted"].iter().all(|kind| facts.iter().any(|(_, body)| body.contains(kind)))
    })
    .await;
    other.stop().await.expect("the station ends");

    // Scanned for what it was, it is still this parcel.
    assert!(outage.bench.gun.scan(&closed).await.contains("已打包"), "the closed id is on no label, but it is known");
    outage.sim.set_fault(None);
    eventually("JD to get those it may have had", async || outage.sim.book().len() == doubted).await;
    assert!(!outage.sim.book().contains_key(&closed), "nobody asks under a closed id");
    outage.bench.station.stop().await.expect("the station ends");
}

/// With the hub away as well there is the temporary label, within the packer's time; and when the hub is back the parcel
/// still goes with the other carrier.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_hub_away_too_the_label_is_temporary_until_it_is_back() {
    let mut outage = Outage::with_rules(Some("SZ-01")).await;
    outage.sim.set_fault(Some(Fault::Status500));
    // Asked for ahead of time, all of them in vain.
    outage.import(&["2001", "2002", "2003"], serde_json::Value::Null).await;
    eventually("JD to be given up", async || outage.carrier().await.0 == "failing").await;
    outage.import(&["2004"], serde_json::Value::Null).await;
    eventually("the order to come down", async || outage.bench.gun.scan("2004").await == "OK 请扫商品，还差 1 件")
        .await;
    outage.bench.world.stop_hub().await;
    assert!(outage.bench.gun.scan(&code("红茶")).await.starts_with("OK"));
    let temporary = outage.bench.number("stick_temporary").await;
    outage.bench.gun.scan(&temporary).await;
    let before = outage.bench.world.sf.book().len();
    assert_eq!(before, 1, "without the hub's word SF has nothing but the bench's own order");

    outage.bench.world.start_hub().await;
    eventually("SF to have it", async || outage.bench.world.sf.book().len() == before + 1).await;
    eventually("the number to be here", async || outage.bench.gun.scan(&temporary).await == "OK 正在打印面单").await;
    let number = outage.bench.number("stick_and_scan").await;
    assert!(number.starts_with("SF"), "{number}");
    assert_eq!(outage.bench.gun.scan(&number).await, "OK 换单完成");
    eventually("the office to have one label less to look at", async || {
        outage.exceptions().await.iter().all(|(kind, _)| kind != "temporary_label")
    })
    .await;
    outage.bench.station.stop().await.expect("the station ends");
}

/// The window of a print desk has several labels under way: each with a pooled number of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_wave_in_an_outage_takes_a_pooled_number_for_each_position() {
    let outage = Outage::start(&[]).await;
    // Flow control: nothing is at JD.
    outage.sim.set_fault(Some(Fault::Gateway("2".to_owned())));
    let orders = ["2001", "2002", "2003", "2004"];
    outage.more(&orders).await;
    let wave = json!({ "wave": "W1", "station": "SZ-01", "orders": orders });
    assert_eq!(outage.bench.world.post("/v1/waves", &wave).await["parcels"], 4);
    let mut gun = scanner(&outage.bench.station, "desk").await;
    assert_eq!(gun.scan(&code("badge 李雷")).await, "OK 李雷，上岗");
    eventually("the wave to come down", async || gun.scan(&code("picklist W1")).await.contains("单号")).await;
    gun.scan(&code("picklist W1")).await;
    screen(&outage.bench.station, "desk", |screen| screen.key == "wave_done").await;

    let pooled = |fact: &Fact| match fact {
        Fact::WaybillIssued { origin: Origin::Pool, number, .. } => Some(number.clone()),
        _ => None,
    };
    let mut numbers: Vec<String> = outage.bench.facts().iter().filter_map(pooled).collect();
    assert_eq!(numbers.len(), 4);
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 4, "no number is on two parcels: {numbers:?}");
    for number in &numbers {
        assert_eq!(outage.bench.papers(&format!("{number}-1-1-")), 1);
    }
    outage.bench.station.stop().await.expect("the station ends");
}
