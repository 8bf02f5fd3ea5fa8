//! Packed parcels that nobody ships, as the leads read them.

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::order::CarrierCode;
use milepost::domain::parcel::Parcel;
use milepost::domain::waybill::Origin;

use crate::routing::site::Office;
use crate::story::shelf;
use crate::telling;

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
const NUMBER: &str = "SF1000000000011";

/// A hub with a parcel of 1001 that has a number; `rules` is its warehouse.toml.
fn office(rules: &str) -> Office {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("warehouse.toml");
    std::fs::write(&file, rules).expect("the rules are written");
    let office = Office::with(|config| config.warehouse_rules = Some(file));
    office.accept(&[shelf::order("1001", 1, &[shelf::one("红茶")], None)]);
    let waybill_id = parcel(&office).waybill_id;
    let number = NUMBER.into();
    let (carrier, origin, routing) = (CarrierCode::Sf, Origin::Direct, Default::default());
    tell(&office, vec![Fact::WaybillIssued { waybill_id, carrier, number, origin, routing }]);
    office
}

fn parcel(office: &Office) -> Parcel {
    office.parcel("1001").expect("a parcel").0
}

fn tell(office: &Office, facts: Vec<Fact>) {
    let parcel = parcel(office);
    for fact in facts {
        let (parcel, orders) = (Some(parcel.parcel_id.clone()), parcel.orders.clone());
        let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
        telling::tell(&office.hub, &"SZ-01".into(), vec![entry], office.now_us, office.now_us);
    }
}

fn packed() -> Fact {
    Fact::ParcelPacked { place: "bench-1".into() }
}

fn bagged() -> Fact {
    let (bag, number) = ("G001".into(), NUMBER.into());
    Fact::ParcelBagged { place: "dock".into(), bag, number, carrier: CarrierCode::Sf }
}

/// What the leads read: about which waybill id, since when, in which bag.
fn unshipped(office: &Office) -> Vec<(String, i64, bool)> {
    let all = office.hub.exceptions(office.now_us).expect("a list").into_iter();
    let own = all.filter(|row| row.kind == "not_shipped").inspect(|row| assert_eq!(row.owner, "lead"));
    own.map(|row| (row.subject, row.since_us, row.en.contains("bag G001"))).collect()
}

#[test]
fn a_packed_parcel_is_missed_after_a_day_until_somebody_ships_it() {
    let mut office = office("");
    let packed_us = office.now_us;
    tell(&office, vec![packed()]);
    office.now_us = packed_us + 24 * HOUR_US - MINUTE_US;
    assert_eq!(unshipped(&office), []);
    office.now_us = packed_us + 24 * HOUR_US + MINUTE_US;
    let waybill_id = parcel(&office).waybill_id.to_string();
    assert_eq!(unshipped(&office), [(waybill_id.clone(), packed_us, false)]);
    tell(&office, vec![bagged()]);
    assert_eq!(unshipped(&office), [(waybill_id.clone(), packed_us, true)], "the bag is named");
    office.now_us += MINUTE_US;
    tell(&office, vec![Fact::ParcelUnbagged { place: "dock".into(), bag: "G001".into() }]);
    assert_eq!(unshipped(&office), [(waybill_id, packed_us, false)]);
    tell(&office, vec![Fact::ParcelShipped { place: "dock".into(), number: None, handover: None }]);
    assert_eq!(unshipped(&office), []);
}

#[test]
fn it_is_missed_once_its_driver_has_loaded() {
    let at = |office: &Office| jiff::Timestamp::from_microsecond(office.now_us).expect("a time");
    let first = office("");
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone");
    let soon = |minutes: i64| {
        let then = at(&first) + jiff::SignedDuration::from_mins(minutes);
        then.to_zoned(zone.clone()).strftime("daily %H:%M").to_string()
    };
    let rules = format!("[[cutoff]]\ncarrier = \"sf\"\nat = [\"{}\"]\npickup = [\"{}\"]\n", soon(120), soon(150));
    let mut office = office(&rules);
    let packed_us = office.now_us;
    tell(&office, vec![packed()]);
    office.now_us = packed_us + 208 * MINUTE_US;
    assert_eq!(unshipped(&office), [], "the driver loads");
    office.now_us = packed_us + 211 * MINUTE_US;
    assert_eq!(unshipped(&office).len(), 1);
}

#[test]
fn what_was_packed_after_the_cut_off_waits_for_the_next_day() {
    let first = office("");
    let at = jiff::Timestamp::from_microsecond(first.now_us - 30 * MINUTE_US).expect("a time");
    let at = at.to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone")).strftime("daily %H:%M");
    let mut office = office(&format!("[[cutoff]]\ncarrier = \"sf\"\nat = [\"{at}\"]\n"));
    let packed_us = office.now_us;
    tell(&office, vec![packed()]);
    office.now_us = packed_us + 24 * HOUR_US;
    assert_eq!(unshipped(&office), [], "the driver loads since half an hour");
    office.now_us = packed_us + 25 * HOUR_US;
    assert_eq!(unshipped(&office).len(), 1);
}

#[test]
fn what_another_exception_tells_of_is_told_once() {
    let mut held = office("");
    tell(&held, vec![packed()]);
    held.hub.hold(&"1001".into(), "buyer asks", None, held.now_us).expect("it is held");
    held.now_us += 30 * HOUR_US;
    assert_eq!(unshipped(&held), []);
    held.hub.resume(&"1001".into(), held.now_us).expect("it goes on");
    assert_eq!(unshipped(&held).len(), 1);
    let waybill_id = parcel(&held).waybill_id;
    let (number, carrier, origin, routing) =
        (format!("TMP-{waybill_id}"), CarrierCode::Sf, Origin::Temporary, Default::default());
    let (of, old) = (waybill_id.clone(), NUMBER.into());
    let voided = Fact::WaybillVoided { waybill_id: of, number: old, reason: "conflict".into() };
    tell(&held, vec![voided, Fact::WaybillIssued { waybill_id, carrier, number, origin, routing }]);
    let kinds: Vec<String> =
        held.hub.exceptions(held.now_us).expect("a list").into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["temporary_label"]);
}

#[test]
fn it_is_shown_where_it_lies_and_to_whoever_looks_at_all() {
    let mut office = office("");
    tell(&office, vec![packed()]);
    office.now_us += 25 * HOUR_US;
    let rows = office.hub.exceptions(office.now_us).expect("a list");
    let [row] = &rows[..] else { panic!("one, not {rows:?}") };
    assert_eq!(row.warehouse.as_deref(), Some("SZ"));
    assert_eq!(["", "SZ", "HZ"].map(|warehouse| row.is_for(warehouse)), [true, true, false]);
}

#[test]
fn what_nobody_is_to_ship_is_not_missed() {
    let later = |office: &mut Office| office.now_us += 30 * HOUR_US;
    let mut cancelled = office("");
    tell(&cancelled, vec![packed()]);
    cancelled.hub.cancel(&"1001".into(), "refund", cancelled.now_us).expect("it is cancelled");
    later(&mut cancelled);
    assert_eq!(unshipped(&cancelled), []);
    let mut void = office("");
    let (waybill_id, number, reason) = (parcel(&void).waybill_id, NUMBER.into(), "refunded".into());
    tell(&void, vec![packed(), Fact::WaybillVoided { waybill_id, number, reason }]);
    later(&mut void);
    assert_eq!(unshipped(&void), []);
    let mut nobody_scans = office("not_shipped_h = 0\n");
    tell(&nobody_scans, vec![packed()]);
    later(&mut nobody_scans);
    assert_eq!(unshipped(&nobody_scans), []);
    let mut unpacked = office("");
    later(&mut unpacked);
    assert_eq!(unshipped(&unpacked), []);
}
