//! The hub's word on whether a parcel may go with another carrier: only what surely isn't at its own, whose carrier nobody
//! named, with whom the rules would take, and each carrier once.

use std::sync::Arc;

use milepost::domain::id::StationCode;
use milepost::domain::order::{CarrierCode, Order};
use milepost::domain::parcel::Parcel;
use milepost::hub::Hub;
use milepost::hub::config::HubConfig;
use milepost::rules::{IntakeRules, RoutingRules};
use milepost::wire::{AskAnswer, AskRequest};
use tempfile::TempDir;

use crate::story::shelf::{self, one};

/// 2026-02-18, 18:00 in the warehouse: nothing of the shelf's orders is urgent any more.
const NOW_US: i64 = 1_771_408_800_000_000;
const PARCEL: &str = "tmall-1001-1";
const ALL: [CarrierCode; 3] = CarrierCode::ALL;
const SF: CarrierCode = CarrierCode::Sf;
const JD: CarrierCode = CarrierCode::Jd;

/// A hub with one order, whose parcel ZTO takes for the least, and a station that asks for its number.
struct Office {
    hub: Hub,
    station: StationCode,
    _folder: TempDir,
}

impl Office {
    fn with(rules: bool, change: impl FnOnce(&mut Order)) -> Office {
        let folder = TempDir::new().expect("a folder");
        let mut policy = HubConfig::default().policy().expect("the zone is known");
        policy.routing = rules.then(|| Arc::new(RoutingRules::builtin()));
        let intake = IntakeRules::from_toml("").expect("no rules");
        let hub = Hub::open(&folder.path().join("hub.db"), policy, intake).expect("a hub");
        hub.accept_items(&shelf::items(), NOW_US).expect("items");
        let mut order = shelf::order("1001", 1, &[one("红茶")], None);
        order.carrier = None;
        change(&mut order);
        hub.accept_orders(&[order], NOW_US).expect("an answer");
        let station = StationCode::from("SZ-01");
        hub.invite(&station, Some("SZ"), *b"0123456789", NOW_US).expect("a station");
        let office = Office { hub, station, _folder: folder };
        let lease = AskRequest::Lease { parcel_id: PARCEL.into() };
        assert!(office.asked(&office.station, &lease).leased);
        office
    }

    fn start() -> Office {
        Office::with(true, |_| {})
    }

    fn asked(&self, station: &StationCode, question: &AskRequest) -> AskAnswer {
        self.hub.ask(station, question, NOW_US).expect("an answer")
    }

    /// The parcel as stations know it, with the version of its document.
    fn parcel(&self) -> (Parcel, i64) {
        let answer = self.asked(&self.station, &AskRequest::Lease { parcel_id: PARCEL.into() });
        read(&answer)
    }

    fn reroute(&self, can: &[CarrierCode]) -> AskAnswer {
        let waybill_id = self.parcel().0.waybill_id.to_string();
        self.asked(&self.station, &AskRequest::Reroute { parcel_id: PARCEL.into(), waybill_id, can: can.to_vec() })
    }
}

fn read(answer: &AskAnswer) -> (Parcel, i64) {
    let document = answer.documents.iter().find(|document| document.kind == "parcel").expect("the parcel");
    (serde_json::from_str(document.body.get()).expect("a parcel"), document.version)
}

#[test]
fn a_parcel_goes_with_each_carrier_once_and_the_rules_choose_among_those_that_answer() {
    let office = Office::start();
    let (before, version) = office.parcel();
    assert_eq!(before.carrier, CarrierCode::Zto, "the cheapest there");
    let (second, newer) = read(&office.reroute(&[SF, JD]));
    assert_eq!((second.carrier, &second.former), (JD, &vec![before.waybill_id.clone()]));
    assert!(second.waybill_id != before.waybill_id && newer > version, "a new id, and a later document");

    // The answer was lost: the same question has the same answer, whatever the station can do by now.
    let (parcel_id, waybill_id) = (PARCEL.to_owned(), before.waybill_id.to_string());
    let again = office.asked(&office.station, &AskRequest::Reroute { parcel_id, waybill_id, can: vec![SF] });
    assert_eq!(read(&again), (second.clone(), newer));

    let (third, _) = read(&office.reroute(&ALL));
    assert_eq!((third.carrier, third.former), (SF, vec![before.waybill_id, second.waybill_id]), "never back to ZTO");
    let nobody = office.reroute(&ALL).refused.expect("it was with all of them");
    assert!(nobody.contains("no routing rule gives a carrier"), "{nobody}");
}

/// What keeps a parcel where it is, whatever the rules say.
#[test]
fn a_parcel_stays_for_many_reasons() {
    let why = |office: &Office| office.reroute(&ALL).refused.unwrap_or_else(|| "it may go".into());
    let office = Office::start();
    assert!(office.reroute(&[]).refused.is_some(), "nobody else answers");
    let waybill_id = "DB20260218-SF-009999".to_owned();
    let other_id = AskRequest::Reroute { parcel_id: PARCEL.into(), waybill_id, can: ALL.to_vec() };
    assert_eq!(office.asked(&office.station, &other_id).refused.as_deref(), Some("this id is not the parcel's"));
    let waybill_id = office.parcel().0.waybill_id.to_string();
    let stranger = StationCode::from("SZ-02");
    office.hub.invite(&stranger, Some("SZ"), *b"0123456789", NOW_US).expect("a station");
    let question = AskRequest::Reroute { parcel_id: PARCEL.into(), waybill_id, can: ALL.to_vec() };
    let refused = office.asked(&stranger, &question).refused;
    assert_eq!(refused.as_deref(), Some("another station asks for its number"));

    // A temporary label is no number; one of a carrier's is.
    let on_it = |number: &str| {
        let put = "INSERT INTO numbers (number, parcel_id) VALUES (?1, ?2)";
        office.hub.write(|transaction| Ok(transaction.execute(put, [number, PARCEL])?)).expect("a number");
    };
    on_it("TMP-DB20260218-ZTO-000001-A");
    on_it("73100000000001");
    assert_eq!(why(&office), "it has a number");

    let named = Office::with(true, |order| order.carrier = Some(SF));
    assert_eq!(why(&named), "order 1001 names its carrier");
    let supplied = Office::with(true, |order| {
        order.waybill = shelf::order("1", 1, &[], Some("SF1000000000011")).waybill;
    });
    assert_eq!(why(&supplied), "its number came with the order");
    let office = Office::start();
    office.hub.cancel(&"1001".into(), "the buyer", NOW_US).expect("it is cancelled");
    assert_eq!(why(&office), "order 1001 is held or cancelled");
    let without_rules = Office::with(false, |_| {});
    assert_eq!(why(&without_rules), "no routing rules say which carrier may take it");
}
