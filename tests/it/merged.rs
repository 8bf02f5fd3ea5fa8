//! Merged parcels that an order leaves, as the hub keeps them: what a wave takes, what carriers are told, what the lead sees
//! of a packed one, and whose timeline tells of it.

use std::collections::BTreeMap;

use milepost::domain::fact::{Fact, Flow, NewEntry};
use milepost::domain::id::OrderNo;
use milepost::domain::order::{CarrierCode, LineStatus, Order};
use milepost::domain::parcel::{OrderRecord, Standing, needs, standing};
use milepost::domain::tracking::{Meaning, Scan};
use milepost::domain::waybill::Origin;

use crate::routing::site::Office;
use crate::story::shelf;
use crate::telling;

fn record(order_no: &str, goods: &[&str], standing: Standing) -> OrderRecord {
    let lines: Vec<_> = goods.iter().map(|goods| shelf::one(goods)).collect();
    OrderRecord { order: shelf::order(order_no, 1, &lines, None), standing }
}

fn cancelled() -> Standing {
    Standing::Cancelled { reason: "refund".into() }
}

#[test]
fn a_parcel_needs_the_goods_of_the_orders_it_carries_and_waits_for_the_worst_of_them() {
    let items = shelf::items().into_iter().map(|item| (item.sku.clone(), item)).collect();
    let held = || Standing::Held { why: Vec::new() };
    let open = || Standing::Open;
    // Two orders of one 红茶 each; the second has a 绿茶 as well.
    for (first, second, stands, wanted) in [
        (open(), open(), open(), [(2, 0), (1, 0)]),
        (open(), cancelled(), open(), [(1, 1), (0, 1)]),
        (cancelled(), open(), open(), [(1, 1), (1, 0)]),
        (held(), cancelled(), held(), [(1, 1), (0, 1)]),
        (open(), held(), held(), [(2, 0), (1, 0)]),
        // Nobody wants any of it: what it held is still known.
        (cancelled(), cancelled(), cancelled(), [(2, 0), (1, 0)]),
    ] {
        let orders = [record("1", &["红茶"], first), record("2", &["红茶", "绿茶"], second)];
        assert_eq!(standing(&orders), stands, "{orders:?}");
        let found: BTreeMap<_, _> =
            needs(&orders, &items).into_iter().map(|need| (need.sku, (need.quantity, need.withdrawn))).collect();
        assert_eq!(found[&"T01".into()], wanted[0], "{orders:?}");
        assert_eq!(found[&"T02".into()], wanted[1], "{orders:?}");
    }
    let mut refunded = record("1", &["红茶"], open());
    refunded.order.lines[0].status = LineStatus::Refunded;
    let [need] = &needs(&[refunded], &items)[..] else { panic!("one need") };
    assert_eq!((need.quantity, need.withdrawn), (0, 1));
}

/// A hub with a parcel of 1001 and 1002.
fn office() -> Office {
    let together = |order_no: &str| {
        let lines = [shelf::one("红茶")];
        Order { merge_key: Some("same".into()), ..shelf::order(order_no, 1, &lines, None) }
    };
    let office = Office::open();
    assert_eq!(office.accept(&[together("1001"), together("1002")]), (2, vec![]));
    assert_eq!(office.parcel("1001").expect("a parcel").0.orders.len(), 2);
    office
}

fn cancel(office: &Office, order_no: &str) {
    office.hub.cancel(&order_no.into(), "refund", office.now_us).expect("it is cancelled");
}

fn revisions(orders: &[&str]) -> BTreeMap<OrderNo, u32> {
    orders.iter().map(|order_no| (OrderNo::from(*order_no), 1)).collect()
}

/// What a station tells of the parcel, which carries these orders as far as it knows.
fn tell(office: &mut Office, orders: &[&str], facts: Vec<Fact>) {
    let parcel = office.parcel("1001").expect("a parcel").0.parcel_id;
    for fact in facts {
        office.now_us += 1_000_000;
        let (parcel, orders) = (Some(parcel.clone()), orders.iter().map(|order_no| (*order_no).into()).collect());
        let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
        telling::tell(&office.hub, &"SZ-01".into(), vec![entry], office.now_us, office.now_us);
    }
}

fn opened(orders: &[&str]) -> Fact {
    Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::OrderFirst,
        revisions: revisions(orders),
        number: None,
        goods: Default::default(),
    }
}

fn packed() -> Fact {
    Fact::ParcelPacked { place: "bench-1".into() }
}

fn taken_out(orders: &[&str]) -> Fact {
    Fact::RevisionAccepted { place: "bench-1".into(), revisions: revisions(orders), goods: BTreeMap::new() }
}

fn shipped() -> Fact {
    Fact::ParcelShipped { place: "dock".into(), number: None, handover: None }
}

/// Which orders' goods the lead is told to take out of packed boxes.
fn to_take_out(office: &Office) -> Vec<String> {
    let all = office.hub.exceptions(office.now_us).expect("a list").into_iter();
    all.filter(|row| row.kind == "order_left")
        .map(|row| row.en.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

fn steps(office: &Office, order_no: &str) -> Vec<String> {
    let timeline = office.hub.timeline(&order_no.into()).expect("it reads").expect("it is here");
    timeline.steps.iter().map(|step| step.milestone.en().to_owned()).collect()
}

#[test]
fn a_wave_takes_a_parcel_whose_order_was_cancelled_and_tells_only_those_it_carries() {
    let office = office();
    cancel(&office, "1001");
    assert_eq!(office.release("W1", "1002"), []);
    assert!(office.parcel("1002").expect("a parcel").0.wave.is_some());
    assert!(steps(&office, "1002").contains(&"released".to_owned()));
    assert!(!steps(&office, "1001").contains(&"released".to_owned()));
    let left_out = office.release("W2", "1001");
    assert_eq!(left_out, [("1001".into(), "is held or cancelled".to_owned())]);
}

#[test]
fn the_lead_sees_a_box_that_is_not_what_its_order_wants_until_somebody_mended_it() {
    let mut office = Office::open();
    // Of 红茶 and 绿茶 with a leaflet, these lines were refunded.
    let order = |revision, refunded: &[usize]| {
        let lines = ["红茶", "绿茶", "说明书"].map(shelf::one);
        let mut order = shelf::order("1001", revision, &lines, None);
        refunded.iter().for_each(|line| order.lines[*line].status = LineStatus::Refunded);
        order
    };
    let goods = |of: &[&str]| of.iter().map(|goods| (shelf::sku(goods), 1)).collect::<BTreeMap<_, _>>();
    let opened = |revision: u32, of: &[&str]| Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::OrderFirst,
        revisions: [("1001".into(), revision)].into(),
        number: None,
        goods: goods(of),
    };
    let accepted = |revision: u32, of: &[&str]| Fact::RevisionAccepted {
        place: "bench-1".into(),
        revisions: [("1001".into(), revision)].into(),
        goods: goods(of),
    };
    let none = || Vec::<String>::new();
    // The leaflet was refunded before anybody packed it.
    office.accept(&[order(1, &[])]);
    office.accept(&[order(2, &[2])]);
    tell(&mut office, &["1001"], vec![opened(2, &["红茶", "绿茶"]), packed()]);
    office.accept(&[Order { buyer_note: Some("谢谢".into()), ..order(3, &[2]) }]);
    assert_eq!(to_take_out(&office), none(), "a note changes no goods");
    office.accept(&[order(4, &[1, 2])]);
    assert_eq!(to_take_out(&office), ["1001"]);
    tell(&mut office, &["1001"], vec![accepted(4, &["红茶"])]);
    assert_eq!(to_take_out(&office), none());
    tell(&mut office, &["1001"], vec![packed()]);
    office.accept(&[order(5, &[2])]);
    assert_eq!(to_take_out(&office), ["1001"], "it lacks what is wanted again");
    // Nobody is told to mend what is cancelled.
    cancel(&office, "1001");
    assert_eq!(to_take_out(&office), none());
}

#[test]
fn an_order_refunded_line_by_line_is_cancelled_and_no_older_revision_brings_it_back() {
    let office = Office::open();
    let order = |revision, refunded: &[usize]| {
        let mut order = shelf::order("1001", revision, &["红茶", "绿茶"].map(shelf::one), None);
        refunded.iter().for_each(|line| order.lines[*line].status = LineStatus::Refunded);
        order
    };
    office.accept(&[order(1, &[])]);
    office.accept(&[order(5, &[1])]);
    let late = office.hub.accept_orders(&[order(3, &[])], office.now_us).expect("an answer");
    assert_eq!((late.accepted, late.refused.len()), (0, 1));
    assert_eq!(late.refused[0].reason, "is revision 3, and 5 is here: send a newer one");
    let is_cancelled = || steps(&office, "1001").contains(&"cancelled".to_owned());
    assert!(!is_cancelled());
    office.accept(&[order(6, &[0, 1])]);
    assert!(is_cancelled());
    let unheard = Order { order_no: "1002".into(), ..order(1, &[0, 1]) };
    let unheard = office.hub.accept_orders(&[unheard], office.now_us).expect("an answer");
    assert_eq!((unheard.accepted, unheard.unchanged), (0, 1), "nobody has to pack it");
}

#[test]
fn the_office_hears_of_what_was_cancelled_and_left_until_somebody_saw_to_it() {
    let left = |office: &Office| {
        let rows = office.hub.exceptions(office.now_us).expect("a list").into_iter();
        rows.filter(|row| row.kind == "left_cancelled").map(|row| (row.subject, row.owner)).collect::<Vec<_>>()
    };
    let of = |order_no: &str| (order_no.to_owned(), "office".to_owned());
    let mut office = office();
    tell(&mut office, &["1001", "1002"], vec![opened(&["1001", "1002"]), packed(), shipped()]);
    assert_eq!(left(&office), []);
    cancel(&office, "1001");
    assert_eq!(left(&office), [of("1001")]);
    office.hub.close_lead_act("left_cancelled", "1001").expect("it is closed");
    assert_eq!(left(&office), []);
    // A station that hadn't heard ships what was cancelled.
    let mut unheard = Office::open();
    unheard.accept(&[shelf::order("1001", 1, &[shelf::one("红茶")], None)]);
    cancel(&unheard, "1001");
    tell(&mut unheard, &["1001"], vec![packed(), shipped()]);
    assert_eq!(left(&unheard), [of("1001")]);
    // Refunded after it left is after-sales: it stays shipped, and is stopped while it is on its way.
    let mut refunded = Office::open();
    let order = |revision| shelf::order("1001", revision, &[shelf::one("红茶")], None);
    refunded.accept(&[order(1)]);
    tell(&mut refunded, &["1001"], vec![packed(), shipped()]);
    let mut later = order(2);
    later.lines[0].status = LineStatus::Refunded;
    refunded.accept(&[later]);
    assert_eq!(left(&refunded), [of("1001")]);
    assert!(!steps(&refunded, "1001").contains(&"cancelled".to_owned()));
}

#[test]
fn a_box_that_left_as_it_is_is_nobodys_to_mend() {
    let mut office = office();
    tell(&mut office, &["1001", "1002"], vec![opened(&["1001", "1002"]), packed()]);
    cancel(&office, "1001");
    assert_eq!(to_take_out(&office), ["1001"]);
    tell(&mut office, &["1001", "1002"], vec![shipped()]);
    assert_eq!(to_take_out(&office), Vec::<String>::new());
}

#[test]
fn the_lead_sees_a_packed_parcel_until_what_left_it_is_out() {
    let mut office = office();
    tell(&mut office, &["1001", "1002"], vec![opened(&["1001", "1002"])]);
    cancel(&office, "1001");
    assert_eq!(to_take_out(&office), Vec::<String>::new(), "nobody packed it");
    // The station packed it before it heard.
    tell(&mut office, &["1001", "1002"], vec![packed()]);
    assert_eq!(to_take_out(&office), ["1001"]);
    let reopened = Fact::ParcelReopened {
        place: "bench-1".into(),
        left: vec!["1001".into()],
        revised: BTreeMap::new(),
        lacking: false,
        number: Some("SF1000000000011".into()),
    };
    tell(&mut office, &["1002"], vec![reopened]);
    assert_eq!(to_take_out(&office), ["1001"], "it is still in the box");
    tell(&mut office, &["1002"], vec![taken_out(&["1002"])]);
    assert_eq!(to_take_out(&office), Vec::<String>::new());
    tell(&mut office, &["1002"], vec![packed(), shipped()]);
    assert!(steps(&office, "1002").ends_with(&["reopened".into(), "packed".into(), "shipped".into()]));
    let without = steps(&office, "1001");
    assert!(!without.iter().any(|step| step == "shipped" || step == "reopened"), "it went without it: {without:?}");
}

#[test]
fn what_left_after_packing_is_seen_at_once_and_no_longer_than_anybody_can_help_it() {
    for end in [vec![shipped()], vec![taken_out(&["1001"])]] {
        let mut office = office();
        tell(&mut office, &["1001", "1002"], vec![opened(&["1001", "1002"]), packed()]);
        cancel(&office, "1002");
        assert_eq!(to_take_out(&office), ["1002"]);
        tell(&mut office, &["1001"], end);
        assert_eq!(to_take_out(&office), Vec::<String>::new());
    }
    let mut office = office();
    tell(&mut office, &["1001", "1002"], vec![opened(&["1001", "1002"]), packed()]);
    cancel(&office, "1001");
    cancel(&office, "1002");
    assert_eq!(to_take_out(&office), Vec::<String>::new(), "the whole box is put aside");
}

#[test]
fn an_order_that_left_doesnt_go_its_parcels_way() {
    let mut office = office();
    let waybill_id = office.parcel("1001").expect("a parcel").0.waybill_id;
    let (number, routing) = ("SF1000000000011".to_owned(), BTreeMap::new());
    let issued = Fact::WaybillIssued {
        waybill_id,
        carrier: CarrierCode::Sf,
        number: number.clone(),
        origin: Origin::Direct,
        routing,
    };
    tell(&mut office, &["1001", "1002"], vec![issued, opened(&["1001", "1002"]), packed()]);
    cancel(&office, "1002");
    tell(&mut office, &["1001"], vec![taken_out(&["1001"]), packed(), shipped()]);
    let at = jiff::Timestamp::from_microsecond(office.now_us).expect("a time");
    let scan = Scan {
        number,
        at,
        code: "50".into(),
        text: "x".into(),
        city: String::new(),
        facility: String::new(),
        meaning: Meaning::Collected,
    };
    office.hub.keep_scans(CarrierCode::Sf, &[scan], office.now_us).expect("it is kept");
    assert!(steps(&office, "1001").contains(&"collected".to_owned()));
    assert!(!steps(&office, "1002").contains(&"collected".to_owned()));
}
