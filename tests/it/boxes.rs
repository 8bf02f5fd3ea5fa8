//! Parcels in several boxes, where a story can't look: no number that is for one box only is ever taken for them.

use milepost::bench::{Fallback, Place, Role};
use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::id::ParcelId;
use milepost::domain::order::CarrierCode;
use milepost::station::config;
use milepost::station::event::Event;
use milepost::station::heart::Heart;
use milepost::station::pools::{Pools, Terms};

use crate::story::shelf::{self, Shelf};

/// What helps a parcel of so many boxes whose carrier gives no number, at a site that has pooled ones and a hub.
fn fallback(boxes: u32) -> Fallback {
    let mut shelf = Shelf::default();
    shelf.add(&[("1001".into(), vec![shelf::one("红茶")])], None);
    let parcel = ParcelId::from("tmall-1001-1");
    let place = Place::new("SZ-01".into(), "bench-1".into(), Role::Pack);
    let today = jiff::civil::date(2026, 2, 15);
    let mut heart = Heart::new("SZ-01".into(), vec![place], today);
    let mut pools = Pools::default();
    let fallbacks = vec![config::Fallback::Pool, config::Fallback::Reroute];
    pools.set(CarrierCode::Sf.into(), Terms { unrouted: true, fallbacks, ..Terms::default() });
    pools.fill(&CarrierCode::Sf.into(), &["SF1000000000099".to_owned()], jiff::civil::date(2026, 12, 31));
    heart.stock(pools);
    let waybill_id = shelf.parcel_of_order("1001").waybill_id.clone();
    let facts = [
        Fact::PiecesCounted { place: "bench-1".into(), count: boxes },
        Fact::WaybillNotSent { waybill_id, why: "no line".into() },
    ];
    for fact in facts {
        let (parcel, orders) = (Some(parcel.clone()), vec!["1001".into()]);
        let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
        heart.handle(Event::Noted(Box::new(entry)), &shelf);
    }
    heart.view(&shelf, &parcel).expect("it is there").fallback
}

#[test]
fn a_pooled_number_is_for_one_box() {
    assert!(matches!(fallback(1), Fallback::Pool(spare) if spare.number == "SF1000000000099"));
    assert_eq!(fallback(2), Fallback::Temporary);
}

/// A parcel that is packed under a temporary number, nobody having asked the carrier.
fn under_a_temporary_number(issuer: Option<&str>) -> (Heart, Shelf, ParcelId) {
    let mut shelf = Shelf::default();
    shelf.add(&[("1001".into(), vec![shelf::one("红茶")])], None);
    let parcel = ParcelId::from("tmall-1001-1");
    let place = Place { badges: false, boxes: true, ..Place::new("SZ-01".into(), "bench-1".into(), Role::Pack) };
    let mut heart = Heart::new("SZ-01".into(), vec![place], jiff::civil::date(2026, 2, 15));
    shelf.parcels.get_mut(&parcel).expect("it is there").issuer = issuer.map(Into::into);
    let waybill_id = shelf.parcels[&parcel].waybill_id.clone();
    let number = milepost::domain::waybill::temporary_number(&waybill_id);
    let (place, origin) = ("bench-1".into(), milepost::domain::waybill::Origin::Temporary);
    let flow = milepost::domain::fact::Flow::WaybillFirst;
    let (carrier, routing, revisions) = (CarrierCode::Sf, Default::default(), [("1001".into(), 1)].into());
    for fact in [
        Fact::WaybillNotSent { waybill_id: waybill_id.clone(), why: "no line".into() },
        Fact::WaybillIssued { waybill_id, carrier, number: number.clone(), origin, routing },
        Fact::ParcelOpened { place, flow, revisions, number: Some(number), goods: Default::default() },
    ] {
        let (parcel, orders) = (Some(parcel.clone()), vec!["1001".into()]);
        let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
        heart.handle(Event::Noted(Box::new(entry)), &shelf);
    }
    (heart, shelf, parcel)
}

fn scan(heart: &mut Heart, shelf: &Shelf, name: &str) {
    let event = Event::Scanned { place: "bench-1".into(), text: shelf::code(name), device: None };
    heart.handle(event, shelf);
}

#[test]
fn a_box_that_is_taken_back_leaves_no_number_behind() {
    let (mut heart, shelf, parcel) = under_a_temporary_number(None);
    let pieces = |heart: &Heart| {
        let view = heart.view(&shelf, &parcel).expect("it is there");
        (view.work.pieces(), view.pieces().len())
    };
    scan(&mut heart, &shelf, "BOX");
    assert_eq!(pieces(&heart), (2, 2));
    scan(&mut heart, &shelf, "UNDO");
    assert_eq!(pieces(&heart), (1, 1), "taken back");
    scan(&mut heart, &shelf, "BOX");
    assert_eq!(pieces(&heart), (2, 2), "one more than before, and not two");
    scan(&mut heart, &shelf, "SKIP");
    scan(&mut heart, &shelf, "why short");
    assert_eq!(pieces(&heart), (1, 1), "another check begins with one box");
}

#[test]
fn a_box_more_is_refused_where_another_station_asks_for_the_number() {
    let (mut heart, shelf, parcel) = under_a_temporary_number(Some("SZ-02"));
    scan(&mut heart, &shelf, "BOX");
    assert_eq!(heart.view(&shelf, &parcel).expect("it is there").work.pieces(), 1);
}
