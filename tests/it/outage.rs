//! A carrier that isn't there at all, and one that refuses: what the packer, the next parcel and the office see of it.

use milepost::domain::fact::Fact;
use milepost::domain::order::CarrierCode;
use milepost::domain::waybill::Origin;
use milepost::sim::carrier::{Fault, jd};
use serde_json::json;

use crate::bad_days::Bench;
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, screen};

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
        let sim = jd::start(jd::Options::default()).await.expect("a free port");
        let world = World::start().await;
        let routes = world.folder.path().join("jd-routes.csv");
        std::fs::write(&routes, TABLE).expect("the folder takes a file");
        let account = world.folder.path().join("jd.toml");
        let text = format!(
            "[account]\nendpoint = {:?}\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\n\
             app_secret = {{ text = \"unit-test-app-secret\" }}\n",
            sim.url()
        );
        std::fs::write(&account, text).expect("the folder takes a file");
        let account = format!("[jd]\naccount = {account:?}\npool = 4\nroutes = {routes:?}\n");
        let place = format!("{}\n{account}", world.place("bench-1", "pack"));
        let bench = Bench::at(world, &place, Some("SF1000000000099")).await;
        let outage = Outage { bench, sim };
        eventually("the pool", async || outage.carrier().await.1 == 4).await;
        outage.more(orders).await;
        outage
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
        let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
        let of_jd = |order: &&str| {
            let order = shelf::order(order, 1, std::slice::from_ref(&line), None);
            let mut order = serde_json::to_value(order).expect("plain data");
            order["carrier"] = json!("jd");
            order
        };
        let orders: Vec<_> = orders.iter().map(of_jd).collect();
        self.bench.world.post("/v1/orders", &json!({ "orders": orders })).await;
    }
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
        eventually("the order to come down", async || outage.bench.gun.scan(order).await == "OK 请扫商品，还差 1 件")
            .await;
        assert!(outage.bench.gun.scan(&code("红茶")).await.starts_with("OK"));
        let shown = screen(&outage.bench.station, "bench-1", |screen| {
            ["stick_and_scan", "stick_temporary"].contains(&screen.key.as_str())
        })
        .await;
        let number = shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
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

    // What waits for the carrier is the office's to see, with its age.
    eventually("the office to see what waits", async || {
        let seen = outage.exceptions().await;
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
