//! What a driver took along, as the office sees it: counted, listed, and told of when the dock and the hub disagree.

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::id::{OrderNo, PlaceName};
use milepost::domain::order::CarrierCode;
use milepost::hub::Hub;

use crate::routing::site::Office;
use crate::story::shelf::{self, one};
use crate::telling;
use crate::world::World;

const MINUTE_US: i64 = 60_000_000;

fn place() -> PlaceName {
    "dock-1".into()
}

fn opened(handover: &str) -> Fact {
    Fact::HandoverOpened { place: place(), handover: handover.into(), carrier: CarrierCode::Sf }
}

fn closed(handover: &str, count: u32) -> Fact {
    Fact::HandoverClosed { place: place(), handover: handover.into(), count }
}

fn shipped(handover: &str, number: &str) -> Fact {
    Fact::ParcelShipped { place: place(), number: Some(number.into()), handover: Some(handover.into()) }
}

fn plate(handover: &str) -> Fact {
    Fact::VehicleNoted { place: place(), handover: handover.into(), plate: "粤B12345".into() }
}

/// One journal's entries, in this order.
fn tell(hub: &Hub, facts: Vec<Fact>, now_us: i64) {
    let entry = |fact: Fact| {
        let about = matches!(fact, Fact::ParcelShipped { .. });
        let parcel = about.then(|| "tmall-1001-1".into());
        let orders: Vec<OrderNo> = about.then(|| "1001".into()).into_iter().collect();
        NewEntry { fact, parcel, orders, operator: None, device: None }
    };
    telling::tell(hub, &"SZ-01".into(), facts.into_iter().map(entry).collect(), now_us, now_us);
}

#[test]
fn a_handover_is_told_with_what_it_holds() {
    let office = Office::open();
    office.accept(&[shelf::order("1001", 1, &[one("红茶")], None)]);
    let facts = vec![opened("dock-1-1"), plate("dock-1-1"), shipped("dock-1-1", "SF2"), shipped("dock-1-1", "SF1")];
    tell(&office.hub, facts, office.now_us);
    let rows = office.hub.handovers().expect("rows");
    assert_eq!(rows.len(), 1, "{rows:?}");
    let open = &rows[0];
    assert_eq!((open.station.as_str(), open.handover.as_str(), open.parcels), ("SZ-01", "dock-1-1", 2));
    assert_eq!((open.carrier, open.plate.as_deref()), (Some(CarrierCode::Sf), Some("粤B12345")));
    assert_eq!((open.opened_us, open.closed_us, open.counted), (Some(office.now_us), None, None));
    let loaded = office.hub.handover(&open.id).expect("it is there");
    assert_eq!(loaded.numbers, ["SF1", "SF2"], "scanned in the same moment, by their numbers");
    let unknown = office.hub.handover("SZ-01.x.dock-1-9").expect_err("nobody has heard of it").to_string();
    assert!(unknown.contains("there is no handover SZ-01.x.dock-1-9"), "{unknown}");
}

#[test]
fn boxes_that_came_off_again_are_in_no_handover() {
    let loaded = |number: &str| Fact::PieceLoaded {
        place: place(),
        number: number.into(),
        left: 1,
        handover: Some("dock-1-1".into()),
    };
    let off = Fact::PiecesUnloaded {
        place: place(),
        handover: Some("dock-1-1".into()),
        numbers: vec!["SF1".into(), "SF2".into()],
    };
    let facts = vec![opened("dock-1-1"), loaded("SF1"), loaded("SF2"), shipped("dock-1-1", "SF3")];
    let numbers = |facts| {
        let office = Office::open();
        tell(&office.hub, facts, office.now_us);
        let id = office.hub.handovers().expect("rows")[0].id.clone();
        office.hub.handover(&id).expect("it is there").numbers
    };
    assert_eq!(numbers(facts.clone()), ["SF1", "SF2", "SF3"]);
    assert_eq!(numbers([facts, vec![off]].concat()), ["SF3"]);
}

/// Each telling is another journal: its handovers are others, though they bear the same numbers.
#[test]
fn a_stations_next_journal_begins_its_handovers_anew() {
    let office = Office::open();
    tell(&office.hub, vec![opened("dock-1-1"), closed("dock-1-1", 0)], office.now_us);
    tell(&office.hub, vec![opened("dock-1-1")], office.now_us + MINUTE_US);
    let rows = office.hub.handovers().expect("rows");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!((rows[0].closed_us, rows[1].closed_us), (None, Some(office.now_us)), "what is open comes first");
}

#[test]
fn one_that_is_opened_again_is_open() {
    let office = Office::open();
    let (handover, reason, lead) = ("dock-1-1".to_owned(), "forgotten".to_owned(), "han".into());
    let again = Fact::HandoverReopened { place: place(), handover, reason, lead };
    tell(&office.hub, vec![opened("dock-1-1"), closed("dock-1-1", 0), again], office.now_us);
    assert_eq!(office.hub.handovers().expect("rows")[0].closed_us, None);
}

#[tokio::test]
async fn the_office_sees_whose_counts_differ() {
    let world = World::start().await;
    let now_us = milepost::machine::wall_us();
    let hub = &world.hub.as_ref().expect("it serves").hub;
    tell(hub, vec![opened("dock-1-1"), shipped("dock-1-1", "SF1000000000011"), closed("dock-1-1", 2)], now_us);
    let page = async |path: &str| {
        let answer = reqwest::get(format!("{}{path}", world.hub_url)).await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    };
    let (_, list) = page("/handovers").await;
    assert!(list.contains("顺丰速运") && list.contains("1，装车口数了 2"), "{list}");
    let (_, list) = page("/handovers?lang=en").await;
    assert!(list.contains("1, the dock counted 2"), "{list}");
    let id = hub.handovers().expect("rows")[0].id.clone();
    let (status, one) = page(&format!("/handovers/{id}")).await;
    assert!(status == 200 && one.contains("SF1000000000011"), "{one}");
    assert_eq!(page("/handovers/nobodys").await.0, 404);
}
