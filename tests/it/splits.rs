//! Parcels that packers part, as the hub keeps them: what it answers however often it is asked, what it keeps whole, and when
//! the orders of several parcels are packed and shipped.

use std::collections::BTreeMap;

use milepost::domain::fact::{Fact, Flow, NewEntry};
use milepost::domain::id::{OrderNo, ParcelId};
use milepost::domain::order::{LineStatus, Order};
use milepost::domain::parcel::Parcel;
use milepost::domain::share::Goods;
use milepost::hub::report::{Encoding, Format, On, ReportConfig};
use milepost::wire::{AskAnswer, AskRequest};
use serde_json::json;

use crate::routing::site::Office;
use crate::story::script::Line;
use crate::story::shelf;
use crate::telling;
use crate::world::{World, eventually};

const FIRST: &str = "tmall-1001-1";
const REST: &str = "tmall-1001-2";

fn goods(of: &[(&str, u32)]) -> Goods {
    of.iter().map(|(goods, quantity)| (shelf::sku(goods), *quantity)).collect()
}

fn order(order_no: &str, lines: &[(&str, u32)]) -> Order {
    let line = |(goods, quantity): &(&str, u32)| Line { quantity: *quantity, ..shelf::one(goods) };
    let lines: Vec<_> = lines.iter().map(line).collect();
    Order { merge_key: Some("same".into()), ..shelf::order(order_no, 1, &lines, None) }
}

/// A hub with 1001: two 红茶 and a 绿茶.
fn office() -> Office {
    let office = Office::open();
    assert_eq!(office.accept(&[order("1001", &[("红茶", 2), ("绿茶", 1)])]), (1, vec![]));
    office
}

fn question(parcel_id: &str, number: u32, counted: &[(&str, u32)]) -> AskRequest {
    AskRequest::Split { parcel_id: parcel_id.into(), number, counted: goods(counted) }
}

fn ask(office: &Office, station: &str, number: u32, counted: &[(&str, u32)]) -> AskAnswer {
    office.hub.ask(&station.into(), &question(FIRST, number, counted), office.now_us).expect("an answer")
}

/// The parcels of an answer, by their ids.
fn answered(answer: &AskAnswer) -> Vec<Parcel> {
    assert_eq!(answer.refused, None);
    answer.documents.iter().map(|document| serde_json::from_str(document.body.get()).expect("a parcel")).collect()
}

fn parcels(office: &Office, order_no: &str) -> Vec<Parcel> {
    let view = office.hub.order(&OrderNo::from(order_no), office.now_us).expect("it reads").expect("it is here");
    view.parcels.into_iter().map(|view| view.parcel).collect()
}

fn tell(office: &mut Office, parcel: &str, orders: &[&str], facts: &[Fact]) {
    for fact in facts {
        office.now_us += 1_000_000;
        let (parcel, orders) = (Some(ParcelId::from(parcel)), orders.iter().map(|order| (*order).into()).collect());
        let entry = NewEntry { fact: fact.clone(), parcel, orders, operator: None, device: None };
        telling::tell(&office.hub, &"SZ-01".into(), vec![entry], office.now_us, office.now_us);
    }
}

fn packed() -> Fact {
    Fact::ParcelPacked { place: "bench-1".into() }
}

fn shipped() -> Fact {
    Fact::ParcelShipped { place: "dock".into(), number: None, handover: None }
}

fn opened() -> Fact {
    Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::OrderFirst,
        revisions: BTreeMap::new(),
        number: None,
        goods: Default::default(),
    }
}

fn stages(office: &Office, order_no: &str) -> Vec<String> {
    let timeline = office.hub.timeline(&order_no.into()).expect("it reads").expect("it is here");
    let steps = timeline.steps.iter().map(|step| step.milestone.en().to_owned());
    steps.filter(|step| step == "packed" || step == "shipped").collect()
}

#[test]
fn a_question_that_is_asked_again_gets_the_same_answer_whoever_asks() {
    let office = office();
    let first = answered(&ask(&office, "SZ-01", 1, &[("红茶", 1)]));
    let [kept, rest] = &first[..] else { panic!("two parcels, not {first:?}") };
    assert_eq!((kept.parcel_id.as_str(), rest.parcel_id.as_str()), (FIRST, REST));
    assert_eq!((&kept.orders, kept.carrier), (&rest.orders, rest.carrier));
    assert_ne!(kept.waybill_id, rest.waybill_id);
    assert_eq!(rest.issuer, Some("SZ-01".into()), "who parted it asks for the number");
    let share = |parcel: &Parcel| parcel.share.clone().expect("a share");
    assert_eq!(share(kept).goods, Some(goods(&[("红茶", 1)])));
    assert_eq!((share(rest).goods, share(rest).before), (None, goods(&[("红茶", 1)])));
    // Its answer was lost; another station was as fast and had counted something else.
    assert_eq!(answered(&ask(&office, "SZ-01", 1, &[("红茶", 1)])), first);
    assert_eq!(answered(&ask(&office, "SZ-02", 1, &[("绿茶", 1)])), first);
    assert_eq!(parcels(&office, "1001"), first);
    let refused = ask(&office, "SZ-01", 3, &[("红茶", 1)]).refused;
    assert_eq!(refused.as_deref(), Some("it was not parted so often"));
}

#[test]
fn what_is_left_is_parted_in_turn() {
    let office = office();
    ask(&office, "SZ-01", 1, &[("红茶", 1)]);
    let second = office.hub.ask(&"SZ-01".into(), &question(REST, 1, &[("红茶", 1)]), office.now_us).expect("an answer");
    let [_, third] = &answered(&second)[..] else { panic!("two parcels") };
    assert_eq!(third.parcel_id.as_str(), "tmall-1001-3");
    assert_eq!(third.share.as_ref().expect("a share").before, goods(&[("红茶", 2)]));
    assert_eq!(parcels(&office, "1001").len(), 3);
}

/// What was counted, what happened before, and why it isn't parted.
type Case = (&'static [(&'static str, u32)], fn(&mut Office), &'static str);

#[test]
fn a_parcel_stays_whole_where_parting_it_makes_no_two() {
    let nothing: fn(&mut Office) = |_| {};
    let cases: [Case; 7] = [
        (&[], nothing, "what was counted is not what it needs: its orders have changed"),
        (&[("红茶", 3)], nothing, "what was counted is not what it needs: its orders have changed"),
        (&[("白茶", 1)], nothing, "what was counted is not what it needs: its orders have changed"),
        (&[("红茶", 2), ("绿茶", 1)], nothing, "nothing of it would be left"),
        (&[("红茶", 1)], |office| tell(office, FIRST, &["1001"], &[opened(), packed()]), "it is packed"),
        (&[("红茶", 1)], |office| cancel(office, "1001"), "it is held or cancelled"),
        (&[("红茶", 1)], |office| sealed(office), "only a platform knows its receiver, and gives one number"),
    ];
    for (counted, before, why) in cases {
        let mut office = office();
        before(&mut office);
        assert_eq!(ask(&office, "SZ-01", 1, counted).refused.as_deref(), Some(why));
        assert_eq!(parcels(&office, "1001").len(), 1, "{why}");
    }
}

fn cancel(office: &mut Office, order_no: &str) {
    office.hub.cancel(&order_no.into(), "refund", office.now_us).expect("it is cancelled");
}

/// The buyer's address is the platform's secret.
fn sealed(office: &mut Office) {
    let sealed = "UPDATE orders SET body = json_remove(body, '$.receiver') WHERE order_no = '1001'";
    office.hub.write(|store| Ok(store.execute(sealed, [])?)).expect("the store takes it");
}

/// Even where no station has told anything of the parcel yet.
#[test]
fn no_order_joins_a_parcel_that_was_parted() {
    let office = office();
    ask(&office, "SZ-01", 1, &[("红茶", 1)]);
    office.accept(&[order("1002", &[("红茶", 1)])]);
    let joined = parcels(&office, "1002");
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].orders, ["1002".into()]);
}

#[test]
fn an_order_is_packed_and_shipped_with_its_last_parcel() {
    let mut office = office();
    ask(&office, "SZ-01", 1, &[("红茶", 1)]);
    let none: [&str; 0] = [];
    tell(&mut office, FIRST, &["1001"], &[packed()]);
    assert_eq!(stages(&office, "1001"), none);
    tell(&mut office, FIRST, &["1001"], &[shipped()]);
    assert_eq!(stages(&office, "1001"), none, "half of it left");
    tell(&mut office, REST, &["1001"], &[packed()]);
    assert_eq!(stages(&office, "1001"), ["packed"]);
    tell(&mut office, REST, &["1001"], &[shipped()]);
    assert_eq!(stages(&office, "1001"), ["packed", "shipped"]);
}

#[test]
fn of_merged_orders_each_is_packed_with_the_parcels_that_carry_it() {
    let mut office = Office::open();
    office.accept(&[order("1001", &[("红茶", 1)]), order("1002", &[("红茶", 1), ("绿茶", 1)])]);
    ask(&office, "SZ-01", 1, &[("红茶", 1)]);
    tell(&mut office, FIRST, &["1001", "1002"], &[packed()]);
    assert_eq!((stages(&office, "1001").len(), stages(&office, "1002").len()), (1, 0));
    tell(&mut office, REST, &["1001", "1002"], &[packed()]);
    assert_eq!((stages(&office, "1001").len(), stages(&office, "1002").len()), (1, 1));
}

#[test]
fn a_parcel_whose_goods_were_all_refunded_holds_nothing_up() {
    let mut office = office();
    ask(&office, "SZ-01", 1, &[("红茶", 2)]);
    tell(&mut office, FIRST, &["1001"], &[packed(), shipped()]);
    assert_eq!(stages(&office, "1001").len(), 0);
    let mut refunded = order("1001", &[("红茶", 2), ("绿茶", 1)]);
    refunded.revision = 2;
    refunded.lines[1].status = LineStatus::Refunded;
    office.accept(&[refunded]);
    assert_eq!(stages(&office, "1001"), ["packed", "shipped"]);
}

#[test]
fn the_lead_is_told_of_a_part_that_nobody_wants_any_more_until_its_label_is_torn() {
    let mut office = office();
    let parted = answered(&ask(&office, "SZ-01", 1, &[("红茶", 2)]));
    let opened = Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::OrderFirst,
        revisions: [("1001".into(), 0)].into(),
        number: None,
        goods: goods(&[("绿茶", 1)]),
    };
    tell(&mut office, REST, &["1001"], &[opened, packed()]);
    let mut refunded = order("1001", &[("红茶", 2), ("绿茶", 1)]);
    refunded.revision = 2;
    refunded.lines[1].status = LineStatus::Refunded;
    office.accept(&[refunded]);
    let told = |office: &Office| {
        let rows = office.hub.exceptions(office.now_us).expect("a list").into_iter();
        rows.filter(|row| row.kind == "order_left").map(|row| row.subject).collect::<Vec<_>>()
    };
    let waybill_id = parted[1].waybill_id.clone();
    assert_eq!(told(&office), [waybill_id.to_string()]);
    let voided = Fact::WaybillVoided { waybill_id, number: "SF1000000000012".into(), reason: "refunded".into() };
    tell(&mut office, REST, &["1001"], &[voided]);
    assert_eq!(told(&office), Vec::<String>::new());
}

/// In one case the refund is known when the other parcel leaves.
#[test]
fn what_is_refunded_after_the_last_parcel_left_lacks_in_the_one_that_is_still_here() {
    for refund_first in [false, true] {
        let mut office = office();
        let parted = answered(&ask(&office, "SZ-01", 1, &[("红茶", 1)]));
        let filled = |goods: Goods| Fact::ParcelOpened {
            place: "bench-1".into(),
            flow: Flow::OrderFirst,
            revisions: [("1001".into(), 1)].into(),
            number: None,
            goods,
        };
        tell(&mut office, FIRST, &["1001"], &[filled(goods(&[("红茶", 1)])), packed()]);
        tell(&mut office, REST, &["1001"], &[filled(goods(&[("红茶", 1), ("绿茶", 1)])), packed()]);
        let refund = |office: &Office| {
            let mut refunded = order("1001", &[("红茶", 1), ("红茶", 1), ("绿茶", 1)]);
            refunded.revision = 2;
            refunded.lines[1].status = LineStatus::Refunded;
            office.accept(&[refunded]);
        };
        if refund_first {
            refund(&office);
        }
        tell(&mut office, REST, &["1001"], &[shipped()]);
        if !refund_first {
            assert_eq!(stages(&office, "1001"), ["packed"]);
            refund(&office);
        }
        let rows = office.hub.exceptions(office.now_us).expect("a list");
        let left: Vec<_> = rows.iter().filter(|row| row.kind == "order_left").map(|row| row.subject.as_str()).collect();
        assert_eq!(left, [parted[0].waybill_id.as_str()], "{refund_first}");
        assert_eq!(stages(&office, "1001"), ["packed", "shipped"], "all that is wanted left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_names_each_parcel_with_its_own_number() {
    let mut folder = std::path::PathBuf::new();
    let world = World::start_with(|config| {
        folder = config.data_dir.with_file_name("packed");
        std::fs::create_dir(&folder).expect("the folder is made");
        let (format, encoding) = (Format::Csv, Encoding::Utf8Bom);
        config.report = vec![ReportConfig {
            folder: folder.clone(),
            name: "erp".into(),
            on: On::Packed,
            every_s: 1,
            format,
            encoding,
        }];
    })
    .await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/orders", &json!({ "orders": [order("1001", &[("红茶", 2), ("绿茶", 1)])] })).await;
    let hub = &world.hub.as_ref().expect("a hub").hub;
    let now_us = 1_771_395_725_000_000;
    let parted = answered(&hub.ask(&"SZ-01".into(), &question(FIRST, 1, &[("红茶", 1)]), now_us).expect("an answer"));
    for (parcel, number) in parted.iter().zip(["SF1000000000011", "SF1000000000012"]) {
        let issued = Fact::WaybillIssued {
            waybill_id: parcel.waybill_id.clone(),
            carrier: parcel.carrier,
            number: number.into(),
            origin: milepost::domain::waybill::Origin::Direct,
            routing: BTreeMap::new(),
        };
        let entry = |fact| NewEntry {
            fact,
            parcel: Some(parcel.parcel_id.clone()),
            orders: parcel.orders.clone(),
            operator: None,
            device: None,
        };
        telling::tell(hub, &"SZ-01".into(), vec![entry(issued), entry(packed())], now_us, now_us);
    }
    let told = || {
        let files = std::fs::read_dir(&folder).expect("the folder is there").map(|file| file.expect("a file").path());
        let texts: String = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
        let of = |number: &str| texts.lines().filter(|row| row.starts_with(&format!("1001,sf,{number},"))).count();
        (of("SF1000000000011"), of("SF1000000000012"))
    };
    eventually("a row for each", async || told() == (1, 1)).await;
}
