//! The queue added up from works that came about by facts, over documents of a shelf.

use serde_json::json;

use super::*;
use crate::domain::fact::Fact;
use crate::domain::id::Sku;
use crate::domain::order::Item;
use crate::domain::parcel::{Operator, OrderRecord, Parcel};
use crate::domain::returned::ReturnRecord;
use crate::domain::waybill::temporary_number;

const ID: &str = "DB20261130-SF-000001";
const REAL: &str = "SF1000000000011";
/// 16:00 in Shanghai, half a minute on.
const NOW_US: i64 = 1_796_025_630_000_000;

/// Parcels P1 and P2 of SF, of one order each.
#[derive(Default)]
struct Shelf {
    cancelled: bool,
}

impl Documents for Shelf {
    fn order(&self, order_no: &OrderNo) -> Option<OrderRecord> {
        let order = json!({
            "order_no": order_no, "channel": "tmall", "shop": "S", "paid_at": "2026-02-15T06:22:00Z", "amount_fen": 1,
            "tags": [], "lines": [{ "sku": "T", "name": "T", "quantity": 1, "price_fen": 0, "gift": false }]
        });
        let standing = if self.cancelled { Standing::Cancelled { reason: "x".into() } } else { Standing::Open };
        Some(OrderRecord { order: serde_json::from_value(order).expect("an order"), standing })
    }

    fn parcel(&self, parcel_id: &ParcelId) -> Option<Parcel> {
        let order_no = parcel_id.as_str().strip_prefix('P')?;
        let parcel = json!({ "parcel_id": parcel_id, "orders": [order_no], "warehouse": "SZ", "carrier": "sf", "waybill_id": ID });
        Some(serde_json::from_value(parcel).expect("a parcel"))
    }

    fn item(&self, _: &Sku) -> Option<Item> {
        None
    }

    fn taught(&self, _: &str) -> Option<crate::domain::taught::Taught> {
        None
    }

    fn operator(&self, _: &str) -> Option<Operator> {
        None
    }

    fn matches(&self, _: &str) -> Vec<(String, String, u32)> {
        Vec::new()
    }

    fn parcel_of(&self, _: &str) -> Option<ParcelId> {
        None
    }

    fn work(&self, _: &ParcelId) -> Option<Work> {
        None
    }

    fn return_record(&self, _: &str) -> Option<ReturnRecord> {
        None
    }
}

fn issued(number: &str, origin: Origin) -> Fact {
    let (waybill_id, carrier, number) = (ID.into(), CarrierCode::Sf, number.to_owned());
    Fact::WaybillIssued { waybill_id, carrier, number, origin, routing: Default::default() }
}

fn checked() -> Fact {
    Fact::CheckCompleted { place: "bench-1".into() }
}

/// A temporary label that was printed at a station.
fn labelled(station: &str) -> Vec<Fact> {
    let number = temporary_number(&ID.into());
    let queued = Fact::LabelQueued {
        job: format!("{ID}/{station}/1").as_str().into(),
        place: "bench-1".into(),
        waybill_id: ID.into(),
        number: number.clone(),
        origin: Origin::Temporary,
        template: "sf-76x130-temporary".into(),
        printer: "p".into(),
        copy: 1,
        position: None,
        reason: None,
    };
    vec![checked(), issued(&number, Origin::Temporary), queued]
}

fn asked() -> Fact {
    Fact::WaybillRequested { waybill_id: ID.into(), carrier: CarrierCode::Sf, account: None }
}

fn work(facts: impl IntoIterator<Item = Fact>) -> Work {
    let mut work = Work::default();
    facts.into_iter().for_each(|fact| work.remember(&fact, &"SZ-01".into()));
    work
}

fn added_up(known: &mut Known, works: &[(&str, Work)], failing: bool, now_us: Option<i64>) -> Queue {
    let works: Vec<(ParcelId, Work)> = works.iter().map(|(id, work)| ((*id).into(), work.clone())).collect();
    known.queue(works.iter().map(|(id, work)| (id, work)), &Shelf::default(), |_, _| failing, now_us)
}

fn cutoff(at: &str) -> CutoffRecord {
    serde_json::from_value(json!({ "carrier": "sf", "at": [at], "zone": "Asia/Shanghai" })).expect("a record")
}

#[test]
fn a_label_is_in_the_queue_from_its_check_until_it_is_replaced_or_gone() {
    let number = temporary_number(&ID.into());
    let place = || "bench-1".into();
    let with = |more: Vec<Fact>| work(labelled("SZ-01").into_iter().chain(more));
    for (work, count) in [
        (work([issued(&number, Origin::Temporary)]), 0),
        (with(vec![]), 1),
        (with(vec![Fact::ParcelPacked { place: place() }]), 1),
        (
            with(vec![
                Fact::ParcelPacked { place: place() },
                Fact::ParcelShipped { place: place(), number: None, handover: None },
            ]),
            0,
        ),
        (with(vec![Fact::WaybillVoided { waybill_id: ID.into(), number: number.clone(), reason: "x".into() }]), 0),
        (with(vec![issued(REAL, Origin::Direct)]), 1),
        (work([checked(), issued(REAL, Origin::Direct)]), 0),
    ] {
        let queue = added_up(&mut Known::default(), &[("P1", work.clone())], false, Some(NOW_US));
        assert_eq!(queue.labels.len(), count, "{work:?}");
        assert_eq!(queue.unregistered, Vec::new());
    }
}

#[test]
fn what_a_label_waits_for_is_told() {
    let id = || ID.into();
    let why = || "?".to_owned();
    for (facts, failing, state) in [
        (vec![], false, State::Waiting),
        (vec![Fact::WaybillNotSent { waybill_id: id(), why: why() }], false, State::NotSent),
        (vec![asked()], false, State::Asked),
        (vec![asked(), Fact::WaybillUnanswered { waybill_id: id(), why: why() }], false, State::Unanswered),
        (vec![asked(), Fact::WaybillUnanswered { waybill_id: id(), why: why() }], true, State::Failing),
        (vec![Fact::RerouteRequested { waybill_id: id(), carrier: CarrierCode::Sf }], true, State::Rerouting),
        (
            vec![Fact::WaybillRejected { waybill_id: id(), code: why(), message: why(), booked: false }],
            true,
            State::Refused,
        ),
        (vec![issued(REAL, Origin::Direct)], true, State::Ready),
        (
            vec![Fact::WaybillConflicted { waybill_id: id(), number: REAL.into(), carriers: "SF2".into() }],
            false,
            State::Conflicted,
        ),
    ] {
        let work = work(labelled("SZ-01").into_iter().chain(facts.clone()));
        let queue = added_up(&mut Known::default(), &[("P1", work)], failing, Some(NOW_US));
        assert_eq!(queue.labels[0].state, state, "{facts:?}");
        assert_eq!(queue.labels[0].number.as_deref(), (state == State::Ready).then_some(REAL));
    }
}

#[test]
fn a_pooled_number_is_listed_until_it_is_the_carriers() {
    let pooled = || vec![checked(), issued("JDVA1", Origin::Pool)];
    let registered =
        Fact::WaybillRegistered { waybill_id: ID.into(), number: "JDVA1".into(), routing: Default::default() };
    for (facts, count) in
        [(pooled(), 1), ([pooled(), vec![asked()]].concat(), 1), ([pooled(), vec![registered]].concat(), 0)]
    {
        let queue = added_up(&mut Known::default(), &[("P1", work(facts))], false, Some(NOW_US));
        assert_eq!((queue.labels.len(), queue.unregistered.len()), (0, count));
    }
}

#[test]
fn nobody_waits_for_a_cancelled_orders_number() {
    let (mut known, parcel) = (Known::default(), ParcelId("P1".into()));
    let work = work(labelled("SZ-01"));
    let shown = |known: &mut Known, cancelled| {
        let works = [(&parcel, &work)].into_iter();
        known.queue(works, &Shelf { cancelled }, |_, _| false, Some(NOW_US)).labels.len()
    };
    assert_eq!(shown(&mut known, false), 1);
    // Documents are looked up once, and again when they came anew.
    assert_eq!(shown(&mut known, true), 1);
    known.forget(&["P1".into()]);
    assert_eq!(shown(&mut known, true), 0);
}

#[test]
fn whose_number_is_there_stands_first_and_then_the_oldest() {
    let (mut known, mut works) = (Known::default(), Vec::new());
    for (parcel, minutes_ago, ready) in [("P1", 5, false), ("P2", 90, false), ("P3", 1, true), ("P4", 30, true)] {
        let number = format!("TMP-{parcel}");
        let facts = vec![checked(), issued(&number, Origin::Temporary)];
        let real = ready.then(|| issued(&format!("SF{parcel}"), Origin::Direct));
        known.note(&number, NOW_US - minutes_ago * MINUTE_US);
        works.push((parcel, work(facts.into_iter().chain(real))));
    }
    // From before ages were kept: older than any.
    works.push(("P5", work([checked(), issued("TMP-P5", Origin::Temporary)])));
    let queue = added_up(&mut known, &works, false, Some(NOW_US));
    let told: Vec<_> = queue.labels.iter().map(|label| (label.orders[0].as_str(), label.age_min)).collect();
    assert_eq!(told, [("4", Some(29)), ("3", Some(0)), ("5", None), ("2", Some(89)), ("1", Some(4))]);
    assert_eq!(queue.ready(), 2);
    known.keep(|number| number == "TMP-P1");
    assert_eq!(added_up(&mut known, &works, false, Some(NOW_US)).labels[0].age_min, None);
}

#[test]
fn a_label_of_another_station_says_where_it_was_printed() {
    let queue = added_up(&mut Known::default(), &[("P1", work(labelled("SZ-02")))], false, Some(NOW_US));
    assert_eq!(
        (queue.labels[0].station.as_deref(), queue.labels[0].place.as_deref()),
        (Some("SZ-02"), Some("bench-1"))
    );
    // Of a parcel that nobody told this station of, the id says the carrier.
    let queue = added_up(&mut Known::default(), &[("Q", work(labelled("SZ-02")))], false, Some(NOW_US));
    assert_eq!((queue.labels[0].carrier, queue.labels[0].orders.len()), (CarrierCode::Sf, 0));
}

#[test]
fn the_nearer_the_cutoff_the_graver_the_queue() {
    let works = [("P1", work(labelled("SZ-01"))), ("P2", work(labelled("SZ-01")))];
    for (at, left_min, urgency) in [
        ("daily 17:01", Some(61), Urgency::Later),
        ("daily 17:00", Some(60), Urgency::Soon),
        ("daily 16:15", Some(15), Urgency::Last),
    ] {
        let mut known = Known::default();
        known.cutoff("sf", cutoff(at));
        let queue = added_up(&mut known, &works, false, Some(NOW_US));
        let due = &queue.due[0];
        assert_eq!((due.count, due.ready, due.left_min, due.urgency), (2, 0, left_min, urgency), "{at}");
        assert_eq!(queue.urgent().is_some(), urgency > Urgency::Later);
        assert_eq!(queue.labels[0].urgency, urgency);
        assert_eq!(queue, added_up(&mut known, &works, false, Some(NOW_US + 20_000_000)), "once a minute");
        assert_ne!(queue, added_up(&mut known, &works, false, Some(NOW_US + 40_000_000)));
    }
    let mut known = Known::default();
    known.cutoff("sf", cutoff("daily 17:00"));
    let queue = added_up(&mut known, &works, false, None);
    assert_eq!((queue.due[0].cutoff_us, queue.due[0].urgency), (None, Urgency::Later), "no time, no hurry");
    // The site took it back.
    known.cutoff(
        "sf",
        CutoffRecord {
            cutoff: crate::domain::cutoff::Cutoff { at: vec![], ..cutoff("daily 17:00").cutoff },
            zone: "Asia/Shanghai".into(),
        },
    );
    assert_eq!(added_up(&mut known, &works, false, Some(NOW_US)).due[0].cutoff_us, None);
}
