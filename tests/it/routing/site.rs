//! A hub with routing rules: what it decides and when, whom it holds, what the office sees, what the bench prints.

use std::sync::Arc;

use milepost::carrier::number::is_from;
use milepost::domain::hold::Hold;
use milepost::domain::id::{OrderNo, StationCode};
use milepost::domain::order::{CarrierCode, Item, Order, SuppliedWaybill, WaybillSource};
use milepost::domain::parcel::{Parcel, Standing};
use milepost::hub::config::HubConfig;
use milepost::hub::waves::WaveRequest;
use milepost::hub::{Hub, HubError};
use milepost::rules::{IntakeRules, RoutingRules};
use milepost::sim::carrier::{jd, zto};
use serde_json::json;
use tempfile::TempDir;

use super::{order, to, with};
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

pub const MINUTE_US: i64 = 60_000_000;

/// A hub on a clock of the test's own, with the shipped rules.
pub struct Office {
    pub hub: Hub,
    pub now_us: i64,
    folder: TempDir,
}

impl Office {
    /// The hub's store, as it lies on disk.
    pub fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("hub.db")
    }

    pub fn open() -> Office {
        Office::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut HubConfig)) -> Office {
        let folder = TempDir::new().expect("a folder");
        let mut config = HubConfig::default();
        change(&mut config);
        let rules = config.read_warehouse_rules().expect("the warehouse's rules");
        let mut policy = config.policy_with(rules).expect("the zone is known");
        policy.routing = Some(Arc::new(RoutingRules::builtin()));
        let rules = IntakeRules::from_toml("").expect("no rules");
        let hub = Hub::open(&folder.path().join("hub.db"), policy, rules).expect("a hub");
        // Ten minutes after the payment.
        let now_us = order().paid_at.as_microsecond() + 10 * MINUTE_US;
        hub.accept_items(&shelf::items(), now_us).expect("items");
        hub.invite(&StationCode::from("SZ-01"), None, *b"0123456789", now_us).expect("a station");
        Office { hub, now_us, folder }
    }

    pub fn accept(&self, orders: &[Order]) -> (usize, Vec<String>) {
        let answer = self.hub.accept_orders(orders, self.now_us).expect("they are taken");
        assert_eq!(answer.refused, []);
        (answer.accepted, answer.held.into_iter().map(|held| held.reason).collect())
    }

    /// The hub ends, and starts with another config's rules.
    pub fn restart(self, routing: Option<RoutingRules>) -> Office {
        self.reopened(routing).expect("a hub")
    }

    pub fn reopened(self, routing: Option<RoutingRules>) -> Result<Office, HubError> {
        let Office { hub, now_us, folder } = self;
        drop(hub);
        let mut policy = HubConfig::default().policy().expect("the zone is known");
        policy.routing = routing.map(Arc::new);
        let rules = IntakeRules::from_toml("").expect("no rules");
        let hub = Hub::open(&folder.path().join("hub.db"), policy, rules)?;
        Ok(Office { hub, now_us, folder })
    }

    fn weigh(&self, piece_g: u32) {
        let items: Vec<_> = shelf::items().into_iter().map(|item| Item { weight_g: Some(piece_g), ..item }).collect();
        self.hub.accept_items(&items, self.now_us).expect("items");
    }

    pub fn parcel(&self, order_no: &str) -> Option<(Parcel, Option<String>)> {
        let view = self.hub.order(&OrderNo::from(order_no), self.now_us).expect("it reads").expect("it is here");
        let one = view.parcels.into_iter().next()?;
        Some((one.parcel, one.choice.map(|choice| choice.en())))
    }

    pub fn release(&self, wave: &str, order_no: &str) -> Vec<(OrderNo, String)> {
        let request = WaveRequest {
            wave: wave.into(),
            flow: Default::default(),
            station: Some("SZ-01".into()),
            orders: vec![order_no.into()],
            select: None,
            dry_run: false,
        };
        self.hub.release_wave(&request, self.now_us).expect("it is released").left_out
    }

    fn standing(&self, order_no: &str) -> Standing {
        self.hub.order(&OrderNo::from(order_no), self.now_us).expect("it reads").expect("it is here").standing
    }
}

#[test]
fn what_counts_is_the_moment_of_release() {
    let mut office = Office::open();
    assert_eq!(office.accept(&[order()]), (1, vec![]));
    let (born, by) = office.parcel("1001").expect("a parcel");
    assert_eq!((born.carrier, by.as_deref()), (CarrierCode::Sf, Some("rule urgent")));
    office.now_us += 180 * MINUTE_US;
    assert_eq!(office.release("W1", "1001"), []);
    let (parcel, by) = office.parcel("1001").expect("a parcel");
    assert_eq!((parcel.carrier, by.as_deref()), (CarrierCode::Zto, Some("rule cheapest: the cheapest")));
    assert_ne!(parcel.waybill_id, born.waybill_id, "an id names its carrier");
    assert!(parcel.waybill_id.as_str().contains("-ZTO-"), "{}", parcel.waybill_id);
    assert_eq!(parcel.parcel_id, born.parcel_id);
}

#[test]
fn whoever_may_ask_for_the_number_keeps_the_carrier() {
    let mut office = Office::with(|config| config.issuer = Some("SZ-02".into()));
    office.accept(&[order()]);
    let (born, _) = office.parcel("1001").expect("a parcel");
    office.now_us += 180 * MINUTE_US;
    office.release("W1", "1001");
    let (parcel, _) = office.parcel("1001").expect("a parcel");
    assert_eq!((parcel.carrier, parcel.waybill_id), (born.carrier, born.waybill_id), "its number may be booked by now");
}

#[test]
fn a_parcel_in_somebodys_hands_keeps_its_carrier() {
    let mut office = Office::open();
    office.accept(&[order()]);
    let (born, _) = office.parcel("1001").expect("a parcel");
    office.hub.write(|store| Ok(store.execute("UPDATE parcels SET touched = 1", [])?)).expect("the store takes it");
    office.now_us += 180 * MINUTE_US;
    office.release("W1", "1001");
    let (parcel, _) = office.parcel("1001").expect("a parcel");
    assert_eq!((parcel.carrier, parcel.waybill_id), (born.carrier, born.waybill_id));
}

/// Until the wave somebody corrected what a piece weighs, and nobody takes so much.
#[test]
fn what_no_carrier_takes_at_its_release_waits() {
    let office = Office::open();
    assert_eq!(office.accept(&[order()]), (1, vec![]));
    office.weigh(90_000);
    let left_out = office.release("W1", "1001");
    assert!(left_out[0].1.contains("SF heavier than 80000 g"), "{left_out:?}");
    assert!(matches!(office.standing("1001"), Standing::Held { why } if matches!(why[..], [Hold::NoCarrier { .. }])));
    office.weigh(900);
    office.hub.resume(&"1001".into(), office.now_us).expect("nothing of the order is in doubt");
    assert_eq!(office.release("W1", "1001"), []);
}

#[test]
fn an_order_that_makes_the_parcel_too_heavy_stays_out_of_it() {
    let office = Office::open();
    office.weigh(45_000);
    let together =
        |order_no: &str| with(|order| (order.order_no, order.merge_key) = (order_no.into(), Some("k".into())));
    assert_eq!(office.accept(&[together("1001")]), (1, vec![]));
    let (accepted, held) = office.accept(&[together("1002")]);
    assert_eq!((accepted, held.len()), (0, 1), "{held:?}");
    assert_eq!(office.parcel("1002"), None);
    let (parcel, _) = office.parcel("1001").expect("a parcel");
    assert_eq!(parcel.orders, [OrderNo::from("1001")]);
    office.weigh(900);
    office.hub.resume(&"1002".into(), office.now_us).expect("both are light now");
    assert_eq!(office.parcel("1002").expect("a parcel").0.orders.len(), 2);
}

#[test]
fn a_mended_address_is_decided_anew() {
    let office = Office::open();
    let slow = |order: Order| Order { paid_at: "2026-02-14T00:00:00Z".parse().expect("a time"), ..order };
    office.accept(&[slow(order())]);
    assert_eq!(office.parcel("1001").expect("a parcel").0.carrier, CarrierCode::Zto);
    office.accept(&[Order { revision: 2, ..slow(to("北京市", "北京市", "朝阳区")) }]);
    let (parcel, by) = office.parcel("1001").expect("a parcel");
    assert_eq!((parcel.carrier, by.as_deref()), (CarrierCode::Sf, Some("rule provinces")));
}

#[test]
fn whom_no_carrier_may_take_waits_without_a_parcel_until_somebody_is_named() {
    let office = Office::open();
    let nowhere = to("台湾省", "台北市", "中正区");
    let (accepted, held) = office.accept(std::slice::from_ref(&nowhere));
    assert_eq!(accepted, 0);
    let says = "no routing rule gives a carrier (no row for the province): correct the rules, or name a carrier";
    assert!(held[0].starts_with(says), "{held:?}");
    assert_eq!(office.parcel("1001"), None, "no id names a carrier that was guessed");
    assert!(matches!(office.standing("1001"), Standing::Held { why } if matches!(why[..], [Hold::NoCarrier { .. }])));
    assert_eq!(office.release("W1", "1001").len(), 1);
    let refused = office.hub.resume(&"1001".into(), office.now_us);
    assert!(matches!(&refused, Err(HubError::Refused(refusal)) if refusal.status == 409), "{refused:?}");
    let form = office.hub.accept_form(Order { order_no: "1002".into(), ..nowhere.clone() }, office.now_us);
    assert!(matches!(&form, Err(HubError::Refused(refusal)) if refusal.detail.starts_with(says)), "{form:?}");
    assert_eq!(office.accept(&[Order { carrier: Some(CarrierCode::Sf), revision: 2, ..nowhere }]), (1, vec![]));
    assert_eq!(office.standing("1001"), Standing::Open);
    let (parcel, by) = office.parcel("1001").expect("a parcel");
    assert_eq!((parcel.carrier, by.as_deref()), (CarrierCode::Sf, Some("named by the order")));
}

#[test]
fn an_order_without_an_address_waits_for_that_alone() {
    let office = Office::open();
    let (_, held) = office.accept(&[with(|order| order.receiver = None)]);
    assert!(!held[0].contains("routing"), "{held:?}");
}

#[test]
fn a_number_that_came_along_is_left_as_it_is() {
    let office = Office::open();
    let number = |carrier, number: &str| SuppliedWaybill {
        carrier,
        number: number.into(),
        source: WaybillSource::Erp,
        routing: None,
        print: None,
    };
    let supplied = |order_no: &str, revision, waybill| {
        with(|order| {
            (order.order_no, order.revision, order.tags, order.waybill) =
                (order_no.into(), revision, vec!["急".into()], waybill)
        })
    };
    let zto = number(CarrierCode::Zto, "78312345678901");
    office.accept(&[supplied("1001", 1, Some(zto.clone())), supplied("1002", 1, None)]);
    let came = Some("its number came with the order");
    let (parcel, by) = office.parcel("1001").expect("a parcel");
    assert_eq!((parcel.carrier, parcel.supplied, by.as_deref()), (CarrierCode::Zto, Some(zto), came));
    // Later than the order: the rule that had decided no longer does.
    assert_eq!(office.parcel("1002").expect("a parcel").1.as_deref(), Some("rule urgent"));
    office.accept(&[supplied("1002", 2, Some(number(CarrierCode::Jd, "JDVA01234567890")))]);
    let (parcel, by) = office.parcel("1002").expect("a parcel");
    assert_eq!((parcel.carrier, by.as_deref()), (CarrierCode::Jd, came));
}

/// Rules, hub, bench, three carriers: each label is its carrier's, and the office reads why.
#[tokio::test(flavor = "multi_thread")]
async fn each_carriers_label_comes_out_and_the_office_reads_why() {
    let rules = TempDir::new().expect("a folder");
    let file = rules.path().join("routing.toml");
    std::fs::create_dir(rules.path().join("freight")).expect("a folder");
    for (name, text) in RoutingRules::BUILTIN_TABLES {
        std::fs::write(rules.path().join(name), text).expect("a table");
    }
    let own =
        "[[rule]]\nname = \"京东仓\"\nwhen = \"'京东' in order.tags\"\nthen = \"jd\"\n\n[[rule]]\nname = \"provinces\"";
    std::fs::write(&file, RoutingRules::BUILTIN.replace("[[rule]]\nname = \"provinces\"", own)).expect("the rules");
    let world = World::start_with(|config| config.routing_rules = Some(file)).await;

    let zto = zto::start(zto::Options::default()).await.expect("a free port");
    let jd = jd::start(jd::Options::default()).await.expect("a free port");
    let account = world.folder.path().join("jd-account.toml");
    let text = format!(
        "[account]\nendpoint = {:?}\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\napp_secret = {{ text = \"unit-test-app-secret\" }}\n",
        jd.url()
    );
    std::fs::write(&account, text).expect("the account is written");
    let accounts =
        format!("[zto]\nendpoint = {:?}\nbudget_ms = 2000\n[jd]\naccount = {account:?}\nbudget_ms = 2000\n", zto.url());
    let station = world.station("SZ-01", &[accounts, world.place("bench-1", "pack")].concat()).await;
    let tagged = |order_no: &str, tag: Option<&str>| {
        with(|order| (order.order_no, order.tags) = (order_no.into(), tag.into_iter().map(Into::into).collect()))
    };
    let orders = [tagged("1001", None), tagged("1002", Some("急")), tagged("1003", Some("京东"))];
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    assert_eq!(world.post("/v1/orders", &json!({ "orders": orders })).await["accepted"], 3);

    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    for (order_no, carrier) in [("1001", CarrierCode::Zto), ("1002", CarrierCode::Sf), ("1003", CarrierCode::Jd)] {
        eventually("the order to come down", async || gun.scan(order_no).await == "OK 请扫商品，还差 1 件").await;
        gun.scan(&code("红茶")).await;
        let shown = screen(&station, "bench-1", |screen| {
            screen.key == "stick_and_scan"
                && screen.parcel.as_ref().is_some_and(|parcel| parcel.orders.iter().any(|no| no == order_no))
        });
        let number = shown.await.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
        let bearers: Vec<CarrierCode> = CarrierCode::ALL.into_iter().filter(|of| is_from(*of, &number)).collect();
        assert_eq!(bearers, [carrier], "{number}");
        let booked = match carrier {
            CarrierCode::Sf => world.sf.book().values().any(|entry| entry.number == number),
            CarrierCode::Zto => zto.book().values().any(|entry| entry.number == number),
            CarrierCode::Jd => jd.book().values().any(|entry| entry.number == number),
        };
        assert!(booked, "{carrier:?} knows {number}");
        let papers = world.printer.papers();
        let on_paper = |code: &String| milepost::carrier::number::of_package(code) == number;
        assert!(papers.iter().any(|paper| paper.codes().iter().any(on_paper)), "its barcode is on paper");
        assert!(gun.scan(&number).await.contains("完成"));
    }
    assert_eq!((world.sf.book().len(), zto.book().len(), jd.book().len()), (1, 1, 1), "one booking each");
    let page = world.text("/orders/1001?lang=en").await;
    assert!(page.contains("rule cheapest: the cheapest") && page.contains("SF 18.00 · ZTO 5.00 · JD 9.00"), "{page}");
    let page = world.text("/orders/1003").await;
    assert!(page.contains("规则 京东仓"), "{page}");
    station.stop().await.expect("the station ends");
}
