//! Parcels that the hub lends for item-first packing: which, how many, to whom, and how a loan ends.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use milepost::bench::{Action, Place, Role};
use milepost::domain::fact::{Fact, Flow, NewEntry};
use milepost::domain::id::{OrderNo, StationCode};
use milepost::domain::order::Order;
use milepost::domain::parcel::{Loan, Parcel};
use milepost::hub::loans::{RecallRequest, Recalled};
use milepost::hub::waves::{Released, WaveFlow, WaveRequest};
use milepost::station::event::Event;
use milepost::station::heart::Heart;
use milepost::wire::AskRequest;
use serde_json::json;

use crate::routing::calls::milepost;
use crate::routing::site::Office;
use crate::story::shelf::{self, Shelf, code, one};
use crate::telling;
use crate::world::World;

struct Warehouse {
    office: Office,
}

fn order(number: usize, goods: &[&str], hours_left: i64) -> Order {
    let lines: Vec<_> = goods.iter().map(|goods| one(goods)).collect();
    let order = shelf::order(&format!("{number}"), 1, &lines, None);
    let ship_by = order.paid_at.as_second() + hours_left * 3_600;
    Order { ship_by: Some(Timestamp::from_second(ship_by).expect("a time")), ..order }
}

impl Warehouse {
    fn with(orders: &[Order]) -> Warehouse {
        let office = Office::open();
        office.hub.invite(&StationCode::from("SZ-02"), None, *b"0123456789", office.now_us).expect("a station");
        office.hub.invite(&StationCode::from("HZ-01"), Some("HZ"), *b"0123456789", office.now_us).expect("a station");
        assert_eq!(office.accept(orders).0, orders.len());
        Warehouse { office }
    }

    fn release(&self, wave: &str, orders: &[Order]) -> Released {
        let orders = orders.iter().map(|order| order.order_no.clone()).collect();
        let request = WaveRequest {
            wave: wave.into(),
            flow: WaveFlow::ItemFirst,
            station: None,
            orders,
            select: None,
            dry_run: false,
        };
        self.office.hub.release_wave(&request, self.office.now_us).expect("it is released")
    }

    /// The orders whose parcels are lent when a station asks for goods.
    fn borrow(&self, station: &str, sku: &str) -> Vec<String> {
        let question = AskRequest::Borrow { sku: sku.into() };
        let answer = self.office.hub.ask(&station.into(), &question, self.office.now_us).expect("an answer");
        let parcels = answer.documents.iter().filter(|document| document.kind == "parcel");
        let parcels = parcels.map(|document| serde_json::from_str::<Parcel>(document.body.get()).expect("a parcel"));
        parcels
            .map(|parcel| {
                assert_eq!(parcel.lent.expect("it is lent").station.as_str(), station);
                parcel.orders[0].to_string()
            })
            .collect()
    }

    fn parcel(&self, order_no: &str) -> Parcel {
        self.office.parcel(order_no).expect("it has one").0
    }

    fn loan(&self, order_no: &str) -> Option<Loan> {
        self.parcel(order_no).lent
    }

    fn recall(&self, wave: &str, station: &str) -> Recalled {
        let request = RecallRequest { station: station.into(), by: "韩梅梅".into() };
        self.office.hub.recall(&wave.into(), &request, self.office.now_us).expect("it is recalled")
    }

    fn tell(&self, station: &str, order_no: &str, fact: Fact) {
        let Parcel { parcel_id, orders, .. } = self.parcel(order_no);
        let entry = NewEntry { fact, parcel: Some(parcel_id), orders, operator: None, device: None };
        telling::tell(&self.office.hub, &station.into(), vec![entry], self.office.now_us, self.office.now_us);
    }
}

fn opened() -> Fact {
    Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::ItemFirst,
        revisions: Default::default(),
        number: None,
        goods: Default::default(),
    }
}

fn many(count: usize) -> Vec<Order> {
    (0..count).map(|index| order(1001 + index, &["红茶"], 24)).collect()
}

#[test]
fn the_most_urgent_are_lent_first_half_of_what_is_left_and_twenty_at_most() {
    let mut orders = many(50);
    orders[49] = order(1050, &["红茶"], 2);
    orders[30] = order(1031, &["红茶"], 3);
    let site = Warehouse::with(&orders);
    site.release("W1", &orders);
    let first = site.borrow("SZ-01", "T01");
    assert_eq!(first.len(), 20);
    assert_eq!(first[..3], ["1050", "1031", "1001"]);
    let counts: Vec<_> = (0..6).map(|_| site.borrow("SZ-02", "T01").len()).collect();
    assert_eq!(counts, [15, 8, 4, 2, 1, 0]);
}

#[test]
fn no_two_stations_are_lent_one_parcel() {
    let orders = many(9);
    let site = Warehouse::with(&orders);
    site.release("W1", &orders);
    let mut lent = Vec::new();
    for round in 0..10 {
        lent.extend(site.borrow(if round % 2 == 0 { "SZ-01" } else { "SZ-02" }, "T01"));
    }
    assert_eq!(lent.len(), 9);
    assert_eq!(lent.iter().collect::<BTreeSet<_>>().len(), 9);
    assert_eq!(site.borrow("SZ-01", "T01"), Vec::<String>::new());
}

#[test]
fn only_parcels_of_one_piece_go_into_an_item_first_wave() {
    let orders = [
        order(1001, &["红茶"], 24),
        order(1002, &["红茶", "小勺"], 24),
        order(1003, &["红茶", "红茶"], 24),
        order(1004, &["红茶", "说明书"], 24),
    ];
    let site = Warehouse::with(&orders);
    let released = site.release("W1", &orders);
    let left_out: Vec<_> = released.left_out.iter().map(|(order_no, _)| order_no.as_str()).collect();
    assert_eq!((released.parcels, left_out), (2, vec!["1002", "1003"]));
    assert!(released.left_out[0].1.contains("more than one piece"), "{:?}", released.left_out);
    assert_eq!(site.borrow("SZ-01", "T01"), ["1001"]);
    // A leaflet that nobody scans makes no second piece.
    assert_eq!(site.borrow("SZ-01", "T01"), ["1004"]);
}

#[test]
fn what_is_held_cancelled_or_somebody_elses_isnt_lent() {
    let orders = many(4);
    let site = Warehouse::with(&orders);
    site.release("W1", &orders);
    let (hub, now_us) = (&site.office.hub, site.office.now_us);
    hub.cancel(&OrderNo::from("1001"), "refund", now_us).expect("it is cancelled");
    hub.hold(&OrderNo::from("1002"), "address", None, now_us).expect("it is held");
    site.tell("SZ-02", "1003", opened());
    assert_eq!(site.borrow("HZ-01", "T01"), Vec::<String>::new(), "another warehouse's");
    assert_eq!(site.borrow("SZ-01", "T02"), Vec::<String>::new(), "other goods");
    assert_eq!(site.borrow("SZ-01", "T01"), ["1004"]);
    site.office.hub.resume(&OrderNo::from("1002"), now_us).expect("it goes on");
    assert_eq!(site.borrow("SZ-01", "T01"), ["1002"]);
}

#[test]
fn a_lead_recalls_what_was_not_begun() {
    let orders = many(8);
    let site = Warehouse::with(&orders);
    site.release("W1", &orders);
    assert_eq!(site.borrow("SZ-01", "T01").len(), 4);
    site.tell("SZ-01", "1001", opened());
    site.tell("SZ-01", "1002", opened());
    site.tell("SZ-01", "1002", Fact::ParcelSetAside { place: "bench-1".into(), reason: "damaged".into() });
    assert_eq!(site.recall("W1", "SZ-02"), Recalled { recalled: 0, begun: 0 });
    let request = RecallRequest { station: "SZ-01".into(), by: "韩梅梅".into() };
    let refused = site.office.hub.recall(&"W9".into(), &request, site.office.now_us).expect_err("it is unknown");
    assert!(refused.to_string().contains("there is no wave W9"), "{refused}");
    assert_eq!(site.recall("W1", "SZ-01"), Recalled { recalled: 3, begun: 1 });
    assert_eq!(site.recall("W1", "SZ-01"), Recalled { recalled: 0, begun: 1 }, "once");
    assert!(site.loan("1001").is_some() && site.loan("1002").is_none());
    let again = site.borrow("SZ-02", "T01");
    assert_eq!(again, ["1002", "1003", "1004", "1005"]);
    assert_ne!(site.loan("1003").expect("lent again").station.as_str(), "SZ-01");
}

#[test]
fn a_station_returns_what_nobody_touched_and_no_later_loan() {
    let orders = many(1);
    let site = Warehouse::with(&orders);
    site.release("W1", &orders);
    site.borrow("SZ-01", "T01");
    let first = site.loan("1001").expect("it is lent");
    site.tell("SZ-01", "1001", Fact::LoanReturned { lent_us: first.lent_us });
    assert_eq!(site.loan("1001"), None);
    assert_eq!(site.borrow("SZ-02", "T01"), ["1001"]);
    let second = site.loan("1001").expect("it is lent again");
    assert_ne!(second.lent_us, first.lent_us);
    // Told once more, it says nothing of the loan that came after.
    site.tell("SZ-01", "1001", Fact::LoanReturned { lent_us: first.lent_us });
    assert_eq!(site.loan("1001"), Some(second));
}

#[test]
fn who_asks_for_the_number_is_the_borrower_unless_the_wave_says() {
    let orders = many(2);
    let site = Warehouse::with(&orders);
    let ids = vec![orders[0].order_no.clone()];
    let named = WaveRequest {
        wave: "W1".into(),
        flow: WaveFlow::ItemFirst,
        station: Some("SZ-02".into()),
        orders: ids,
        select: None,
        dry_run: false,
    };
    site.office.hub.release_wave(&named, site.office.now_us).expect("it is released");
    site.release("W2", &orders[1..]);
    site.borrow("SZ-01", "T01");
    site.borrow("SZ-01", "T01");
    let issuer = |order_no: &str| site.parcel(order_no).issuer.map(|code| code.to_string());
    assert_eq!((issuer("1001").as_deref(), issuer("1002").as_deref()), (Some("SZ-02"), Some("SZ-01")));
}

#[test]
fn a_waybill_first_wave_must_say_who_prints_it() {
    let orders = many(1);
    let site = Warehouse::with(&orders);
    let request = WaveRequest {
        wave: "W1".into(),
        flow: WaveFlow::WaybillFirst,
        station: None,
        orders: vec!["1001".into()],
        select: None,
        dry_run: false,
    };
    let refused = site.office.hub.release_wave(&request, site.office.now_us).expect_err("nobody prints it");
    assert!(refused.to_string().contains("names no `station`"), "{refused}");
    assert_eq!(site.parcel("1001").wave, None);
}

/// Two places of one station share what it was lent.
#[test]
fn two_places_that_scan_the_same_goods_get_two_parcels_the_more_urgent_first() {
    let mut shelf = Shelf::default();
    for (order_no, hours_left) in [("1001", 9), ("1002", 3), ("1003", 6)] {
        shelf.add(&[(order_no.to_owned(), vec![one("红茶")])], Some(&format!("SF100000000{order_no}")));
        shelf.record(order_no).order =
            Order { waybill: None, ..order(order_no.parse().expect("a number"), &["红茶"], hours_left) };
        shelf.offer(&[order_no.to_owned()]);
    }
    let lent: usize = (0..3).map(|_| shelf.lend(&"SZ-01".into(), &"T01".into()).len()).sum();
    assert_eq!(lent, 3);
    let place = |name: &str| Place {
        badges: false,
        printer: Some(("desk".into(), "76x130".into())),
        home: Some("desk".into()),
        window: 2,
        ..Place::new("SZ-01".into(), name.into(), Role::Pack)
    };
    let mut heart = Heart::new("SZ-01".into(), vec![place("a"), place("b")], date(2026, 2, 15));
    let mut in_hand = Vec::new();
    for at in ["a", "b"] {
        let event = Event::Scanned { place: at.into(), text: code("红茶"), device: None };
        let turn = heart.handle(event, &shelf);
        assert!(turn.actions.iter().any(|(_, action)| matches!(action, Action::Print(_))), "{:?}", turn.actions);
        let session = heart.session(&at.into()).expect("it is there");
        in_hand.push(session.in_hand.clone().expect("a parcel").to_string());
    }
    assert_eq!(in_hand, ["tmall-1002-1", "tmall-1003-1"]);
}

/// What a lead types.
#[tokio::test(flavor = "multi_thread")]
async fn waves_are_released_and_recalled_at_the_command_line() {
    let world = World::start().await;
    world.config("SZ-01", "").await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    let orders = [order(1001, &["红茶"], 24), order(1002, &["红茶", "绿茶"], 24)];
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let file = world.folder.path().join("orders.txt");
    std::fs::write(&file, "1001\n\n 1002 \n1009\n").expect("a file");
    let file = file.to_str().expect("text");
    let release = ["wave", "release", "W1", "--flow", "item-first", "--orders-file", file];
    let (code, said, _) = milepost(&world, &release).await;
    let expected = "W1: 1 parcels released, 2 orders left out\nleft out 1002: needs more than one piece of goods\nleft out 1009: is not here\n";
    // Those that aren't here are found first.
    let mut lines: Vec<_> = said.lines().collect();
    lines[1..].sort();
    assert_eq!((code, lines), (Some(0), expected.lines().collect::<Vec<_>>()));
    let (code, _, said) = milepost(&world, &release).await;
    assert!(code == Some(1) && said.contains("wave W1 was released before"), "{said}");
    let (code, _, said) = milepost(&world, &["wave", "release", "W2", "1002"]).await;
    assert!(code == Some(1) && said.contains("names no `station`"), "{said}");
    let (code, _, said) = milepost(&world, &["wave", "release", "W2"]).await;
    assert!(code == Some(1) && said.contains("which orders?"), "{said}");

    let question = AskRequest::Borrow { sku: "T01".into() };
    let now_us = milepost::machine::wall_us();
    world.hub().hub.ask(&"SZ-01".into(), &question, now_us).expect("an answer");
    let recall = ["wave", "recall", "W1", "--station", "SZ-01", "--by", "韩梅梅"];
    let (_, said, _) = milepost(&world, &recall).await;
    assert_eq!(said, "1 parcels recalled, 0 stay where they were begun\n");
    let (_, said, _) = milepost(&world, &recall).await;
    assert_eq!(said, "0 parcels recalled, 0 stay where they were begun\n");
}
