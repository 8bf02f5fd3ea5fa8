//! Waves that nobody lists orders for: what a selection takes and in which order, what plans release by themselves and when,
//! and how far each wave is. On a clock of the test's own, in a warehouse in Asia/Shanghai.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use milepost::domain::fact::{Fact, Flow, NewEntry, PrintOutcome};
use milepost::domain::id::{OrderNo, StationCode};
use milepost::domain::order::{CarrierCode, Order};
use milepost::domain::parcel::Parcel;
use milepost::domain::waybill::Origin;
use milepost::hub::config::HubConfig;
use milepost::hub::select::Selection;
use milepost::hub::warehouse::WarehouseRules;
use milepost::hub::waves::{Released, WaveFlow, WaveRequest};
use milepost::hub::{Hub, HubError};
use milepost::rules::{IntakeRules, RoutingRules};
use milepost::wire::AskRequest;
use serde_json::json;
use tempfile::TempDir;

use crate::routing::site::{MINUTE_US, Office};
use crate::story::shelf::{self, one};
use crate::telling;

const RULES: &str = r#"
[[limit]]
channel = "douyin"
ship_within_h = 24
[[cutoff]]
carrier = "zto"
at = ["mon-sat 20:00"]
pickup = ["mon-sat 20:30"]
[[cutoff]]
carrier = "sf"
at = ["daily 17:00"]
[[zone]]
name = "B"
bins = ["B-"]
[[zone]]
name = "A"
bins = ["A-"]
"#;

/// Monday, a working day.
const MONDAY: &str = "2026-11-30";

struct Site {
    hub: Hub,
    folder: TempDir,
    rules: String,
}

impl Site {
    fn open(plans: &str) -> Site {
        Site::routed(plans, None)
    }

    fn routed(plans: &str, routing: Option<RoutingRules>) -> Site {
        let folder = TempDir::new().expect("a folder");
        let rules = format!("{RULES}{plans}");
        let hub = hub_of(folder.path(), &rules, routing);
        hub.accept_items(&shelf::items(), at(MONDAY, "09:00")).expect("items");
        Site { hub, folder, rules }
    }

    fn with(plans: &str, orders: &[Order]) -> Site {
        let site = Site::open(plans);
        site.join("SZ-01");
        site.accept(orders);
        site
    }

    fn join(&self, station: &str) {
        self.hub.invite(&StationCode::from(station), None, *b"0123456789", at(MONDAY, "09:00")).expect("a station");
    }

    fn accept(&self, orders: &[Order]) {
        let answer = self.hub.accept_orders(orders, at(MONDAY, "09:00")).expect("they are taken");
        assert_eq!((answer.accepted, answer.held, answer.refused), (orders.len(), vec![], vec![]));
    }

    fn restart(self) -> Site {
        let Site { hub, folder, rules } = self;
        drop(hub);
        Site { hub: hub_of(folder.path(), &rules, None), folder, rules }
    }

    fn release(&self, wave: &str, select: Selection) -> Result<Released, HubError> {
        let request = WaveRequest {
            wave: wave.into(),
            flow: WaveFlow::WaybillFirst,
            station: Some("SZ-01".into()),
            orders: Vec::new(),
            select: Some(select),
            dry_run: false,
        };
        self.hub.release_wave(&request, at(MONDAY, "12:00"))
    }

    fn parcel(&self, order_no: &str) -> Parcel {
        let view =
            self.hub.order(&OrderNo::from(order_no), at(MONDAY, "12:00")).expect("it reads").expect("it is here");
        view.parcels.into_iter().next().expect("it has one").parcel
    }

    /// The orders of a wave by position.
    fn wave(&self, wave: &str) -> Vec<String> {
        let of = |order: &String| {
            let position = self.parcel(order).wave.filter(|position| position.code.as_str() == wave)?;
            Some((position.position, order.clone()))
        };
        let all = self.hub.orders("", 1_000).expect("orders").into_iter().map(|row| row.order_no.0);
        let mut found: Vec<_> = all.filter_map(|order| of(&order)).collect();
        found.sort();
        found.into_iter().map(|(_, order)| order).collect()
    }

    /// Codes of the waves that a turn at this time releases, with how many parcels.
    fn turn(&self, day: &str, time: &str) -> Vec<(String, u32)> {
        let released = self.hub.release_due(at(day, time)).expect("the store answers");
        released.into_iter().map(|one| (one.wave.0, one.parcels)).collect()
    }

    fn exceptions(&self) -> Vec<(String, String)> {
        let all = self.hub.exceptions(at(MONDAY, "18:00")).expect("a list").into_iter();
        all.filter(|row| row.kind == "not_released").map(|row| (row.subject, row.en)).collect()
    }

    fn tell(&self, order_no: &str, facts: Vec<Fact>, time: &str) {
        let Parcel { parcel_id, orders, .. } = self.parcel(order_no);
        let entry = |fact| NewEntry {
            fact,
            parcel: Some(parcel_id.clone()),
            orders: orders.clone(),
            operator: None,
            device: None,
        };
        let now_us = at(MONDAY, time);
        telling::tell(&self.hub, &"SZ-01".into(), facts.into_iter().map(entry).collect(), now_us, now_us);
    }
}

fn hub_of(folder: &Path, rules: &str, routing: Option<RoutingRules>) -> Hub {
    let rules: WarehouseRules = milepost::config::parse(rules, Path::new("warehouse.toml")).expect("they are good");
    rules.check().expect("they fit together");
    let mut policy = HubConfig::default().policy_with(rules).expect("a known zone");
    policy.routing = routing.map(Arc::new);
    let intake = IntakeRules::from_toml("").expect("no rules");
    Hub::open(&folder.join("hub.db"), policy, intake).expect("a hub")
}

/// A moment on the warehouse's clock.
fn at(day: &str, time: &str) -> i64 {
    format!("{day}T{time}:00+08:00").parse::<Timestamp>().expect("a time").as_microsecond()
}

/// ZTO's, paid on that Monday, of these goods in these bins.
fn order(order_no: &str, paid: &str, goods: &[(&str, &str)]) -> Order {
    let lines: Vec<_> = goods.iter().map(|(name, _)| one(name)).collect();
    let mut order = shelf::order(order_no, 1, &lines, None);
    order.carrier = Some(CarrierCode::Zto);
    order.paid_at = Timestamp::from_microsecond(at(MONDAY, paid)).expect("a time");
    for (line, (_, bin)) in order.lines.iter_mut().zip(goods) {
        line.bin = (!bin.is_empty()).then(|| (*bin).to_owned());
    }
    order
}

fn of_channel(channel: &str, order: Order) -> Order {
    Order { channel: channel.into(), ..order }
}

fn of_carrier(carrier: CarrierCode, order: Order) -> Order {
    Order { carrier: Some(carrier), ..order }
}

fn of_zto() -> Selection {
    Selection { carrier: Some(CarrierCode::Zto), ..Selection::default() }
}

fn refused(answer: Result<Released, HubError>) -> String {
    match answer.expect_err("it is refused") {
        HubError::Refused(refusal) => format!("{} {}", refusal.status, refusal.detail),
        other => panic!("{other}"),
    }
}

/// Of each kind one: urgent, of another carrier, in another zone, in two, without a bin.
fn mixed_bag() -> Vec<Order> {
    vec![
        order("1001", "08:00", &[("红茶", "A-07")]),
        order("1002", "08:10", &[("红茶", "B-02")]),
        order("1003", "08:20", &[("红茶", "A-01"), ("绿茶", "B-01")]),
        of_carrier(CarrierCode::Sf, order("1004", "08:00", &[("红茶", "A-01")])),
        of_channel("douyin", order("1005", "08:30", &[("红茶", "A-03")])),
        order("1006", "08:40", &[("红茶", "")]),
    ]
}

#[test]
fn a_selection_takes_what_fits_and_walks_it_by_zone_and_bin() {
    let site = Site::with("", &mixed_bag());
    assert_eq!(site.release("W1", of_zto()).expect("it is released").parcels, 5);
    // Zone B stands first in the config; 1003's first goods lie in A; what lies nowhere comes last.
    assert_eq!(site.wave("W1"), ["1002", "1003", "1005", "1001", "1006"]);
    assert_eq!(site.parcel("1001").issuer, Some("SZ-01".into()), "who prints it asks for its number");
    assert_eq!(site.release("W2", of_zto()).expect("nothing is left").parcels, 0);
    let rest = site.release("W2", Selection::default()).expect("its code stayed free");
    assert_eq!((rest.parcels, site.wave("W2")), (1, vec!["1004".to_owned()]));
}

#[test]
fn zone_channel_and_due_narrow_it_and_the_most_urgent_go_first() {
    let site = Site::with("", &mixed_bag());
    let taken = |wave: &str, select: Selection| {
        site.release(wave, select).expect("it is released");
        site.wave(wave)
    };
    let zone = |zone: &str| Selection { zone: Some(zone.into()), ..of_zto() };
    assert_eq!(taken("MIXED", zone("mixed")), ["1003"]);
    // Douyin's limit of 24 hours makes the last one paid the first one due.
    assert_eq!(taken("FIRST", Selection { at_most: Some(1), ..of_zto() }), ["1005"]);
    let before = Timestamp::from_microsecond(at("2026-12-02", "08:05")).expect("a time");
    assert_eq!(taken("DUE", Selection { due_before: Some(before), ..of_zto() }), ["1001"]);
    assert_eq!(taken("B", zone("B")), ["1002"]);
    assert_eq!(taken("SHOP", Selection { channel: Some("tmall".into()), ..of_zto() }), ["1006"]);
}

#[test]
fn what_is_held_begun_or_cancelled_is_not_selected() {
    let site = Site::with("", &mixed_bag());
    let now_us = at(MONDAY, "11:00");
    site.hub.hold(&"1001".into(), "address", None, now_us).expect("it is held");
    site.hub.cancel(&"1002".into(), "refund", now_us).expect("it is cancelled");
    site.tell("1003", vec![opened()], "11:00");
    site.hub.hold(&"1005".into(), "address", None, now_us).expect("it is held");
    site.hub.resume(&"1005".into(), now_us).expect("and goes on");
    let released = site.release("W1", of_zto()).expect("it is released");
    assert_eq!((released.left_out, site.wave("W1")), (vec![], vec!["1005".to_owned(), "1006".to_owned()]));
}

#[test]
fn a_cutoff_is_named_by_the_clock_and_one_that_isnt_there_refused() {
    let site = Site::with("", &mixed_bag());
    let cutoff = |time: &str| Selection { cutoff: Some(time.parse().expect("a time")), ..Selection::default() };
    let said = refused(site.release("W1", Selection { cutoff: Some("19:00".parse().expect("a time")), ..of_zto() }));
    assert_eq!(said, "422 zto has no cut-off in SZ at 11-30 19:00: the next ones are zto 11-30 20:00");
    let said = refused(site.release("W1", cutoff("19:00")));
    assert!(
        said.ends_with(
            "no carrier has a cut-off in SZ at 11-30 19:00: the next ones are sf 11-30 17:00, zto 11-30 20:00"
        )
    );
    assert_eq!(site.release("SF", cutoff("17:00")).expect("it is released").parcels, 1);
    assert_eq!(site.wave("SF"), ["1004"], "only of carriers that cut off then");
    assert_eq!(site.release("ZTO", cutoff("2026-11-30T20:00:00+08:00")).expect("it is released").parcels, 5);
    let zto = site.hub.waves(at(MONDAY, "12:00")).expect("a list").waves;
    assert_eq!(zto[1].cutoff_us, Some(at(MONDAY, "20:00")), "{zto:?}");
}

#[test]
fn a_selection_that_cant_be_meant_is_refused_with_the_cure() {
    let site = Site::with("", &mixed_bag());
    let zone = Selection { zone: Some("C".into()), ..of_zto() };
    assert_eq!(refused(site.release("W1", zone)), "422 no [[zone]] is named `C`: there are B, A, mixed");
    let elsewhere = Selection { warehouse: Some("HZ".into()), ..of_zto() };
    assert!(refused(site.release("W1", elsewhere)).contains("station SZ-01 is in SZ and prints nothing of HZ"));
    let both: WaveRequest = serde_json::from_value(json!({ "wave": "W1", "station": "SZ-01", "orders": ["1001"],
        "select": {} }))
    .expect("a request");
    assert!(refused(site.hub.release_wave(&both, at(MONDAY, "12:00"))).contains("either `orders` or `select`"));
    let neither: WaveRequest = serde_json::from_value(json!({ "wave": "W1", "station": "SZ-01" })).expect("a request");
    assert!(refused(site.hub.release_wave(&neither, at(MONDAY, "12:00"))).contains("either `orders` or `select`"));
    assert_eq!(site.wave("W1"), Vec::<String>::new());
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let site = Site::with("", &mixed_bag());
    let changes = site.hub.changes();
    let request = WaveRequest {
        wave: "W1".into(),
        flow: WaveFlow::WaybillFirst,
        station: Some("SZ-01".into()),
        orders: Vec::new(),
        select: Some(of_zto()),
        dry_run: true,
    };
    let would = site.hub.release_wave(&request, at(MONDAY, "12:00")).expect("an answer");
    let would_take: Vec<_> = would.would_take.iter().map(|order| order.as_str()).collect();
    assert_eq!((would.parcels, would_take), (5, vec!["1002", "1003", "1005", "1001", "1006"]));
    assert_eq!((site.wave("W1").len(), changes.has_changed().expect("the hub is there")), (0, false));
    let real = WaveRequest { dry_run: false, ..request };
    let released = site.hub.release_wave(&real, at(MONDAY, "12:00")).expect("it is released");
    assert_eq!((released.parcels, released.would_take), (5, vec![]));
}

const TWO_PLANS: &str = r#"
[[release]]
carrier = "zto"
flow = "item_first"
zone = "A"
[[release]]
carrier = "zto"
flow = "waybill_first"
station = "SZ-01"
at_most = 3
"#;

#[test]
fn two_plans_share_a_cutoff_once_whatever_restarts_between() {
    let site = Site::with(TWO_PLANS, &mixed_bag());
    assert_eq!(site.turn(MONDAY, "17:59"), []);
    let released = site.turn(MONDAY, "18:00");
    assert_eq!(released, [("ZTO-1130-2000-A".to_owned(), 2), ("ZTO-1130-2000".to_owned(), 3)]);
    assert_eq!(site.wave("ZTO-1130-2000-A"), ["1005", "1001"], "single pieces of zone A");
    assert_eq!(site.wave("ZTO-1130-2000"), ["1002", "1003", "1006"]);
    assert_eq!(site.turn(MONDAY, "18:01"), []);
    let site = site.restart();
    site.accept(&[order("1007", "08:50", &[("红茶", "A-01")])]);
    assert_eq!(site.turn(MONDAY, "18:02"), [], "never twice, also after a restart");
    assert_eq!(site.turn(MONDAY, "20:00"), [], "what came later goes with the next cut-off");
    assert_eq!(site.turn("2026-12-01", "18:30"), [("ZTO-1201-2000-A".into(), 1), ("ZTO-1201-2000".into(), 0)]);
}

#[test]
fn a_restart_in_time_still_releases_and_one_after_the_cutoff_does_not() {
    let site = Site::with(TWO_PLANS, &mixed_bag()).restart();
    assert_eq!(site.turn(MONDAY, "20:00"), [], "its driver is gone");
    assert_eq!(site.turn("2026-12-01", "19:59").len(), 2);
}

#[test]
fn nothing_is_released_for_a_sunday_without_pickups() {
    let site = Site::with(TWO_PLANS, &mixed_bag());
    for hour in 0..24 {
        assert_eq!(site.turn("2026-12-06", &format!("{hour:02}:30")), [], "Sunday, {hour} o'clock");
    }
    assert_eq!(site.turn("2026-12-07", "18:00").len(), 2, "Monday again");
}

/// A later helping for the same cut-off, and a wave for each carrier that has one.
#[test]
fn a_second_helping_is_a_plan_with_a_smaller_before_min() {
    let helping =
        |before: u32| format!("[[release]]\nflow = \"waybill_first\"\nstation = \"SZ-01\"\nbefore_min = {before}\n");
    let site = Site::with(&(helping(120) + &helping(30)), &mixed_bag());
    assert_eq!(site.turn(MONDAY, "15:00"), [("SF-1130-1700".to_owned(), 1)]);
    assert_eq!(site.turn(MONDAY, "18:00"), [("ZTO-1130-2000".to_owned(), 5)]);
    site.accept(&[order("1007", "08:50", &[("红茶", "A-01")])]);
    assert_eq!(site.turn(MONDAY, "19:29"), []);
    assert_eq!(site.turn(MONDAY, "19:30"), [("ZTO-1130-2000-2".to_owned(), 1)], "each code is one wave's");
}

#[test]
fn a_plan_whose_station_is_away_is_an_exception_until_it_joins() {
    let site = Site::open(TWO_PLANS);
    site.accept(&mixed_bag());
    assert_eq!(site.turn(MONDAY, "18:00"), [("ZTO-1130-2000-A".to_owned(), 2)], "the other plan needs no station");
    let (subject, says) = site.exceptions().pop().expect("an exception");
    assert_eq!(subject, "zto waybill_first SZ-01, 120 min before");
    assert!(says.contains("SZ-01 hasn't joined: invite it with `milepost hub invite`"), "{says}");
    let changes = site.hub.changes();
    assert_eq!(site.turn(MONDAY, "18:01"), []);
    assert!(!changes.has_changed().expect("the hub is there"), "what is known is no news");
    site.join("SZ-01");
    assert_eq!(site.turn(MONDAY, "18:02"), [("ZTO-1130-2000".to_owned(), 3)]);
    assert_eq!(site.exceptions(), []);
}

#[test]
fn a_plan_that_can_never_be_done_says_why() {
    let plan = "[[release]]\nflow = \"waybill_first\"\nstation = \"HZ-01\"\nwarehouse = \"SZ\"\n";
    let site = Site::with(plan, &mixed_bag());
    site.hub.invite(&StationCode::from("HZ-01"), Some("HZ"), *b"0123456789", at(MONDAY, "09:00")).expect("a station");
    assert_eq!(site.turn(MONDAY, "18:00"), []);
    let (_, says) = site.exceptions().pop().expect("an exception");
    assert!(says.contains("station HZ-01 is in HZ and prints nothing of SZ") && says.contains("mend warehouse.toml"));
    let site = site.restart();
    assert_eq!(site.exceptions().len(), 1, "nobody mended it");
    let mended = Site { rules: RULES.to_owned(), ..site }.restart();
    assert_eq!(mended.exceptions(), [], "that plan is no more");
}

/// Since it came somebody corrected what a piece weighs, and nobody takes so much.
#[test]
fn what_no_carrier_takes_is_held_and_named_with_its_plan() {
    let site = Site::routed(TWO_PLANS, Some(RoutingRules::builtin()));
    site.join("SZ-01");
    // ZTO is the cheapest once an order isn't urgent any more.
    let routed = |order_no, goods| Order { carrier: None, ..order(order_no, "06:00", &[(goods, "B-01")]) };
    site.accept(&[routed("1001", "红茶"), routed("1002", "绿茶")]);
    let mut items = shelf::items();
    items[0].weight_g = Some(90_000);
    site.hub.accept_items(&items, at(MONDAY, "10:00")).expect("items");
    assert_eq!(site.turn(MONDAY, "18:00").last(), Some(&("ZTO-1130-2000".to_owned(), 1)));
    let (subject, says) = site.exceptions().pop().expect("an exception");
    assert_eq!(subject, "zto waybill_first SZ-01, 120 min before");
    assert!(says.starts_with("1 orders stayed out, for no carrier takes them"), "{says}");
    assert_eq!(site.turn(MONDAY, "18:01"), [], "it waits for somebody");
    site.turn("2026-12-01", "18:00");
    assert_eq!(site.exceptions(), [], "the next one was released in full");
}

#[test]
fn what_the_rules_give_to_another_carrier_now_goes_with_that_ones_wave() {
    let mut office = Office::open();
    office.accept(&[Order { carrier: None, ..shelf::order("1001", 1, &[one("红茶")], None) }]);
    assert_eq!(office.parcel("1001").expect("a parcel").0.carrier, CarrierCode::Sf);
    office.now_us += 180 * MINUTE_US;
    let release = |wave: &str, carrier| {
        let request = WaveRequest {
            wave: wave.into(),
            flow: WaveFlow::WaybillFirst,
            station: Some("SZ-01".into()),
            orders: Vec::new(),
            select: Some(Selection { carrier: Some(carrier), ..Selection::default() }),
            dry_run: false,
        };
        office.hub.release_wave(&request, office.now_us).expect("an answer")
    };
    let left_out = release("SF", CarrierCode::Sf);
    let why = "goes with zto by the routing rules now".to_owned();
    assert_eq!((left_out.parcels, left_out.left_out), (0, vec![("1001".into(), why)]));
    assert_eq!(release("SF", CarrierCode::Sf).left_out, [], "and is no more SF's");
    assert_eq!(release("ZTO", CarrierCode::Zto).parcels, 1);
}

#[test]
fn what_a_platform_allows_decides_who_is_lent_first() {
    let orders = [
        order("1001", "08:00", &[("红茶", "A-01")]),
        of_channel("douyin", order("1002", "09:00", &[("红茶", "A-01")])),
    ];
    let site = Site::with(TWO_PLANS, &orders);
    assert_eq!(site.turn(MONDAY, "18:00")[0].1, 2);
    let question = AskRequest::Borrow { sku: "T01".into() };
    let answer = site.hub.ask(&"SZ-01".into(), &question, at(MONDAY, "18:10")).expect("an answer");
    let parcel = answer.documents.iter().find(|document| document.kind == "parcel").expect("one of the two");
    let parcel: Parcel = serde_json::from_str(parcel.body.get()).expect("a parcel");
    assert_eq!(parcel.orders[0].as_str(), "1002", "24 hours after its payment is sooner than 48");
}

fn opened() -> Fact {
    Fact::ParcelOpened {
        place: "b".into(),
        flow: Flow::WaybillFirst,
        revisions: Default::default(),
        number: None,
        goods: Default::default(),
    }
}

fn issued(number: &str, origin: Origin) -> Fact {
    Fact::WaybillIssued {
        waybill_id: "DB-1".into(),
        carrier: CarrierCode::Zto,
        number: number.into(),
        origin,
        routing: Default::default(),
    }
}

fn settled(outcome: PrintOutcome) -> Fact {
    Fact::LabelSettled { place: "b".into(), job: "j".into(), outcome, evidence: String::new() }
}

#[test]
fn a_waves_progress_follows_its_entries() {
    let site = Site::with("", &mixed_bag());
    site.release("W1", Selection { cutoff: Some("20:00".parse().expect("a time")), ..of_zto() }).expect("a wave");
    let packed = || Fact::ParcelPacked { place: "b".into() };
    site.tell("1001", vec![issued("1", Origin::Direct), settled(PrintOutcome::Confirmed), opened(), packed()], "19:20");
    site.tell("1002", vec![issued("2", Origin::Direct), settled(PrintOutcome::Refused)], "19:20");
    site.tell("1003", vec![issued("TMP-3", Origin::Temporary), settled(PrintOutcome::Accepted), opened()], "19:20");
    site.tell("1005", vec![Fact::ParcelShipped { place: "b".into(), number: None, handover: None }], "19:21");
    site.hub.cancel(&"1006".into(), "refund", at(MONDAY, "19:22")).expect("it is cancelled");
    let now_us = at(MONDAY, "19:30");
    let waves = site.hub.waves(now_us).expect("a list");
    let counts = waves.waves[0].progress;
    assert_eq!((counts.parcels, counts.cancelled, counts.numbered, counts.printed), (5, 1, 2, 2));
    assert_eq!((counts.picked, counts.checked, counts.packed, counts.shipped), (3, 2, 2, 1));
    let zto = waves.to_go.iter().find(|row| row.carrier == CarrierCode::Zto).expect("two are to go");
    assert_eq!((zto.to_go, zto.not_picked, zto.waiting), (2, 1, 0));
    assert_eq!((zto.cutoff_us, zto.pickup_us), (Some(at(MONDAY, "20:00")), Some(at(MONDAY, "20:30"))));
    // Two in the eleven minutes since 19:20: as many more take as long.
    assert_eq!(zto.done_us, Some(now_us + 11 * 60_000_000));
    assert_eq!(zto.outlook.as_str(), "good");
    let sf = waves.to_go.iter().find(|row| row.carrier == CarrierCode::Sf).expect("one waits");
    assert_eq!((sf.to_go, sf.waiting, sf.pace), (0, 1, None));
    let late = site.hub.waves(at(MONDAY, "19:58")).expect("a list").to_go;
    assert_eq!(late[0].outlook.as_str(), "late", "{late:?}");
    let missed = site.hub.waves(at(MONDAY, "20:01")).expect("a list").to_go;
    let zto = missed.iter().find(|row| row.carrier == CarrierCode::Zto).expect("two are still to go");
    assert_eq!((zto.to_go, zto.cutoff_us), (2, Some(at("2026-12-01", "20:00"))), "they go with the next one");
}
