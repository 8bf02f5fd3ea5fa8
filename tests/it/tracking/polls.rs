//! Questions to carriers about parcels that nothing was heard of, against their simulators.

use std::time::Duration;

use milepost::hub::accounts::OwnCarriers;
use milepost::hub::config::HubConfig;
use milepost::sim::carrier::{jd, sf, zto};
use serde_json::json;

use super::desk::{ALL, Case, Desk, Event, JD, SF, ZTO, ago, path, pushed, written};
use crate::world::eventually;

const JD_ACCOUNT: &str = "[account]\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\napp_secret = { text = \"unit-test-app-secret\" }\n";

/// Asks fast, and each number once in these tests' time.
fn fast(config: &mut HubConfig) {
    config.tracking.pace_ms = 20;
}

#[tokio::test(flavor = "multi_thread")]
async fn carriers_are_asked_about_silent_parcels_once() {
    let sf = sf::start(sf::Options::default()).await.expect("SF's simulator");
    let zto = zto::start(zto::Options::default()).await.expect("ZTO's simulator");
    let jd = jd::start(jd::Options::default()).await.expect("JD's simulator");
    let at = |minutes| written(ago(minutes));
    let route = |minutes, code: &str, first: &str| json!({ "acceptTime": at(minutes), "acceptAddress": "上海市", "remark": "", "opCode": code, "firstStatusCode": first });
    sf.tell(SF.number, vec![route(600, "50", "1"), route(100, "44", "3"), route(10, "80", "4")]);
    let scan = |minutes, kind: &str| json!({ "billCode": ZTO.number, "scanType": kind, "scanDate": at(minutes), "desc": "", "scanSite": { "city": "上海市", "name": "-" } });
    zto.tell(ZTO.number, vec![scan(600, "收件"), scan(100, "派件"), scan(10, "ARRIVAL")]);
    let trace = |minutes, category: &str| json!({ "waybillCode": JD.number, "category": category, "state": "1", "operationTitle": "", "operationRemark": "", "operationTime": at(minutes) });
    jd.tell(JD.number, vec![trace(600, "420"), trace(500, "430")]);
    let desk = Desk::with(|config| {
        fast(config);
        std::fs::write(&config.carriers.jd.as_ref().expect("JD").account, JD_ACCOUNT).expect("an account");
        let carriers = &mut config.carriers;
        let urls = [(&mut carriers.sf, sf.url()), (&mut carriers.zto, zto.url()), (&mut carriers.jd, jd.url())];
        for (carrier, url) in urls {
            let carrier = carrier.as_mut().expect("an account");
            (carrier.endpoint, carrier.poll) = (Some(url), true);
        }
    })
    .await;
    ALL.iter().for_each(|case| desk.order(*case));
    desk.ship(&ALL, 700);
    for (case, phase) in [(SF, "delivered"), (ZTO, "held_at_point"), (JD, "in_transit")] {
        eventually(&format!("{} to be {phase}", case.number), async || desk.phase(case).await == phase).await;
    }
    // JD's and ZTO's are silent again since, but were asked just now.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((sf.received().len(), zto.received().len(), jd.received().len()), (1, 1, 1));
    let asked: serde_json::Value = serde_json::from_slice(&zto.received()[0].body).expect("JSON");
    assert_eq!(asked["mobilePhone"], "1234", "ZTO tells nobody who doesn't know the receiver's phone");
    assert_eq!(sf.calls()[0].message["checkPhoneNo"], "1234");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_about_what_is_fresh_not_ours_or_over() {
    let sf = sf::start(sf::Options::default()).await.expect("SF's simulator");
    let desk = Desk::with(|config| {
        fast(config);
        let account = config.carriers.sf.as_mut().expect("an account");
        (account.endpoint, account.poll) = (Some(sf.url()), true);
    })
    .await;
    desk.order(SF);
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(sf.received().len(), 0, "it isn't shipped");
    desk.ship(&[SF], 239);
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(sf.received().len(), 0, "four hours aren't over");
    // In one push: between two of old scans it would be asked about.
    let routes = [(Event::Collected, 900), (Event::Dispatched, 800), (Event::Signed, 700)].map(|(event, minutes)| {
        let (_, body) = pushed(SF, event, ago(minutes), "上海市");
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        body["Body"]["WaybillRoute"][0].clone()
    });
    let body = json!({ "Body": { "WaybillRoute": routes } }).to_string();
    assert_eq!(desk.post(&path(SF.carrier), "application/json", body).await.0, 200);
    assert_eq!(desk.phase(SF).await, "delivered");
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(sf.received().len(), 0, "nothing more is to come");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_fails_is_left_alone_for_a_while_and_a_restart_asks_nobody_twice() {
    let sf = sf::start(sf::Options::default()).await.expect("SF's simulator");
    sf.set_fault(Some(sf::Fault::Status500));
    let mut desk = Desk::with(|config| {
        fast(config);
        let account = config.carriers.sf.as_mut().expect("an account");
        (account.endpoint, account.poll) = (Some(sf.url()), true);
    })
    .await;
    const NUMBERS: [(&str, &str); 8] = [
        ("2010", "SF1539800012350"),
        ("2011", "SF1539800012351"),
        ("2012", "SF1539800012352"),
        ("2013", "SF1539800012353"),
        ("2014", "SF1539800012354"),
        ("2015", "SF1539800012355"),
        ("2016", "SF1539800012356"),
        ("2017", "SF1539800012357"),
    ];
    let cases = NUMBERS.map(|(order, number)| super::desk::Case { order, number, ..SF });
    cases.iter().for_each(|case| desk.order(*case));
    desk.ship(&cases, 700);
    eventually("three failures", async || sf.received().len() == 3).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(sf.received().len(), 3, "after three failures in a row nobody asks");
    sf.set_fault(None);
    desk.restart().await;
    eventually("the others to be asked", async || sf.received().len() == 8).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut asked: Vec<String> = sf.calls().iter().map(|call| call.message["trackingNumber"][0].to_string()).collect();
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!((sf.received().len(), asked.len()), (8, all), "each number once");
}

#[tokio::test(flavor = "multi_thread")]
async fn carriers_that_want_to_be_told_are_told_once_whose_way_to_push() {
    let sf = sf::start(sf::Options::default()).await.expect("SF's simulator");
    let zto = zto::start(zto::Options::default()).await.expect("ZTO's simulator");
    zto.tell(ZTO.number, vec![]);
    zto.set_fault(Some(zto::Fault::Status500));
    let mut desk = Desk::with(|config| {
        fast(config);
        let carriers = &mut config.carriers;
        for (carrier, url) in [(&mut carriers.sf, sf.url()), (&mut carriers.zto, zto.url())] {
            let carrier = carrier.as_mut().expect("an account");
            (carrier.endpoint, carrier.subscribe) = (Some(url), true);
        }
        config.tracking.again_minutes = 0;
    })
    .await;
    let subscribed = || {
        let calls = zto.received();
        calls.iter().filter(|call| call.path == "/zto.merchant.waybill.track.subsrcibe").count()
    };
    // A number that ZTO doesn't have: told once, and refused for good.
    let stranger = super::desk::Case { order: "2005", number: "73100000000003", ..ZTO };
    [SF, ZTO].iter().for_each(|case| desk.order(*case));
    desk.ship(&[SF, ZTO], 1);
    eventually("a try that fails", async || subscribed() >= 1).await;
    zto.set_fault(None);
    let failed = subscribed();
    eventually("another", async || subscribed() > failed).await;
    desk.restart().await;
    let done = subscribed();
    desk.order(stranger);
    desk.ship(&[stranger], 1);
    eventually("the stranger's", async || subscribed() == done + 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(subscribed(), done + 1, "nobody is told twice");
    assert_eq!(zto.received().len(), subscribed(), "and nothing is asked");
    assert_eq!(sf.received().len(), 0, "SF pushes by itself");
    let asked: serde_json::Value = serde_json::from_slice(&zto.received()[0].body).expect("JSON");
    assert_eq!(asked, json!({ "billCode": ZTO.number, "mobilePhone": "1234" }));
}

/// A shop's account at SF beside everybody's: each is asked about its own parcels, and pushes by an address of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_shops_own_account_is_asked_about_its_parcels_and_nobody_elses() {
    const OTHER: Case = Case { order: "2009", number: "SF1539800012399", ..SF };
    const OWN_SECRET: &str = "fedcba9876543210fedcba9876543210";
    let sims = [
        sf::start(sf::Options::default()).await.expect("SF's simulator"),
        sf::start(sf::Options::default()).await.expect("SF's simulator"),
    ];
    let mut desk = Desk::with(|config| {
        fast(config);
        let shared = config.carriers.sf.as_mut().expect("an account");
        (shared.endpoint, shared.poll) = (Some(sims[0].url()), true);
        let mut own = shared.clone();
        let secret = own.account.with_file_name("own-push.key");
        std::fs::write(&secret, OWN_SECRET).expect("a file");
        (own.endpoint, own.push_secret) = (Some(sims[1].url()), Some(secret));
        let shop = Some("旗舰店".to_owned());
        config.carriers.own = vec![OwnCarriers { shop, sf: Some(own), ..OwnCarriers::default() }];
    })
    .await;
    desk.order(SF);
    desk.order_of(OTHER, "旗舰店");
    desk.ship(&[SF, OTHER], 700);
    let asked = || sims.each_ref().map(numbers);
    let all = [vec![SF.number.to_owned()], vec![OTHER.number.to_owned()]];
    eventually("both to be asked about", async || asked() == all).await;
    let (content_type, body) = pushed(OTHER, Event::Collected, ago(1), "深圳市");
    assert_eq!(desk.post(&format!("/push/sf/{OWN_SECRET}"), content_type, body).await.0, 200);
    assert_eq!(desk.phase(OTHER).await, "collected");

    // The shop's account is given up: the carrier's own is asked.
    desk.change(|config| config.carriers.own.clear()).await;
    let again = |config: &mut HubConfig| (config.tracking.quiet_minutes, config.tracking.again_minutes) = (0, 0);
    desk.change(again).await;
    eventually("the carrier's own to be asked", async || numbers(&sims[0]).contains(&OTHER.number.to_owned())).await;
}

fn numbers(sim: &sf::SfSim) -> Vec<String> {
    let text = |call: &sf::Call| call.message["trackingNumber"][0].as_str().unwrap_or_default().to_owned();
    sim.calls().iter().map(text).collect()
}
