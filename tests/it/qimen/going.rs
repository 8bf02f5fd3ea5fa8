//! What an ERP hears of its orders: each step once and in order, whatever ends when, and one order's trouble is no other's.

use std::collections::BTreeMap;

use milepost::domain::fact::{Fact, Flow, PrintOutcome};
use milepost::domain::order::CarrierCode;
use milepost::domain::parcel::Parcel;
use milepost::domain::waybill::Origin;
use milepost::sim::qimen::{self as erp, Fault, Heard};
use milepost::wire::AskRequest;
use serde_json::json;

use super::{Site, number, shipment, tea};
use crate::story::shelf;
use crate::world::eventually;

fn opened() -> Fact {
    Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::OrderFirst,
        revisions: BTreeMap::new(),
        number: None,
        goods: Default::default(),
    }
}

fn checked(sku: &str, quantity: u32) -> Fact {
    Fact::ItemChecked { place: "bench-1".into(), sku: sku.into(), quantity }
}

fn packed() -> Vec<Fact> {
    let place = || "bench-1".into();
    vec![
        opened(),
        checked("T01", 2),
        Fact::CheckCompleted { place: place() },
        Fact::LabelSettled {
            place: place(),
            job: "j1".into(),
            outcome: PrintOutcome::Confirmed,
            evidence: String::new(),
        },
        Fact::ParcelPacked { place: place() },
    ]
}

fn shipped(number: &str) -> Vec<Fact> {
    let place = || "dock-1".into();
    vec![
        Fact::ParcelWeighed { place: place(), grams: 1_205, expected_g: None },
        Fact::ParcelShipped { place: place(), number: Some(number.into()), handover: None },
    ]
}

/// What was heard of an order: a process by its status, else the message's name.
fn steps(heard: &[Heard], order_no: &str) -> Vec<String> {
    let of = heard.iter().filter(|heard| heard.order_no() == order_no);
    of.map(|heard| match heard.method.as_str() {
        "orderprocess.report" => heard.get("processStatus").to_owned(),
        other => other.to_owned(),
    })
    .collect()
}

const ALL: [&str; 8] = ["ACCEPT", "PICK", "CHECK", "PRINT", "PACKAGE", "WEIGH", "DELIVERED", "deliveryorder.confirm"];

async fn wait_for(site: &Site, order_no: &str, wanted: &[&str]) {
    eventually(&format!("{wanted:?} of {order_no}"), async || steps(&site.erp.heard(), order_no) == wanted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erp_hears_each_step_once_and_the_number_and_weight_at_the_end() {
    let mut site = Site::start().await;
    site.order(&shipment("D1", vec![tea(2)], Some(&number(1)))).await;
    site.tell("D1", packed());
    wait_for(&site, "D1", &ALL[..5]).await;
    site.tell("D1", shipped(&number(1)));
    wait_for(&site, "D1", &ALL).await;
    let confirm = site.erp.heard().pop().expect("heard");
    for (name, value) in [
        ("deliveryOrderCode", "D1"),
        ("warehouseCode", "W1"),
        ("orderType", "JYCK"),
        ("status", "DELIVERED"),
        ("confirmType", "0"),
        ("operatorCode", "li"),
        ("logisticsCode", "SF"),
        ("weight", "1.205"),
        ("orderLineNo", "1"),
        ("ownerCode", "sim-owner"),
        ("itemCode", "T01"),
        ("planQty", "2"),
        ("actualQty", "2"),
        ("itemName", "红茶 &amp; more"),
    ] {
        assert_eq!(confirm.get(name), value, "{name} in {}", confirm.body);
    }
    assert_eq!(confirm.get("expressCode"), number(1));
    jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", confirm.get("orderConfirmTime")).expect("a time");

    // A restart repeats nothing that was answered; nor does a station that tells the same again, or of an order that is nobody's.
    eventually("the answer to be kept", async || waiting(&site) == 0).await;
    site.world.stop_hub().await;
    site.world.start_hub().await;
    site.world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    site.world.post("/v1/orders", &json!({ "orders": [shelf::order("100001", 1, &[shelf::one("红茶")], None)] })).await;
    site.tell("100001", packed());
    site.tell("D1", packed());
    site.order(&shipment("D2", vec![tea(2)], Some(&number(2)))).await;
    site.tell("D2", packed());
    wait_for(&site, "D2", &ALL[..5]).await;
    assert_eq!(steps(&site.erp.heard(), "D1"), ALL);
    assert_eq!((site.erp.heard().len(), site.erp.badly_signed()), (ALL.len() + 5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_disordered_while_the_erp_is_away_and_the_hub_ends() {
    let mut site = Site::start().await;
    site.erp.set_fault(Some(Fault::Lost));
    for (code, n) in [("D1", 1), ("D2", 2)] {
        site.order(&shipment(code, vec![tea(2)], Some(&number(n)))).await;
        site.tell(code, packed());
        site.tell(code, shipped(&number(n)));
    }
    site.world.stop_hub().await;
    // It hears, and its answer never comes: that one is heard again after the restart, and is the same.
    site.erp.set_fault(Some(Fault::Timeout));
    site.world.start_hub().await;
    eventually("the first of each order", async || site.erp.heard().len() == 2).await;
    site.world.stop_hub().await;
    for fault in [Fault::Html, Fault::Status500] {
        site.erp.set_fault(Some(fault));
        let before = tries(&site);
        site.world.start_hub().await;
        eventually("a try that comes to nothing", async || tries(&site) > before).await;
        site.world.stop_hub().await;
    }
    let before = site.erp.heard();
    assert_eq!(before.len(), 2, "no portal's page is an answer");
    site.erp.set_fault(None);
    site.world.start_hub().await;
    for order_no in ["D1", "D2"] {
        let twice: Vec<&str> = ["ACCEPT"].into_iter().chain(ALL).collect();
        wait_for(&site, order_no, &twice).await;
    }
    let heard = site.erp.heard();
    for first in before {
        assert_eq!(heard.iter().filter(|again| **again == first).count(), 2, "{}", first.body);
    }
}

/// Of all messages.
fn tries(site: &Site) -> i64 {
    counted(site, "SELECT coalesce(sum(tries), 0) FROM qimen_messages")
}

/// Messages whose answer isn't kept yet.
fn waiting(site: &Site) -> i64 {
    counted(site, "SELECT count(*) FROM qimen_messages WHERE state = 'waiting'")
}

fn counted(site: &Site, query: &str) -> i64 {
    let store = rusqlite::Connection::open(site.world.folder.path().join("hub/hub.db")).expect("the store opens");
    store.query_row(query, [], |row| row.get(0)).expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_is_an_exception_until_it_is_told_again() {
    let site = Site::start().await;
    site.order(&shipment("D1", vec![tea(2)], Some(&number(1)))).await;
    wait_for(&site, "D1", &ALL[..1]).await;
    site.erp.set_fault(Some(Fault::Failure("E7".into(), "no such order".into())));
    site.tell("D1", shipped(&number(1)));
    eventually("the exceptions", async || site.exceptions("erp_refused").await.len() == 2).await;
    let mut refused = site.exceptions("erp_refused").await;
    refused.sort();
    let says =
        "the ERP refuses this message (E7 no such order): mend it there, then have it told again: POST /v1/qimen/again";
    assert_eq!(
        refused,
        [("D1 deliveryorder.confirm", says), ("D1 orderprocess.report", says)]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );

    site.erp.set_fault(None);
    site.order(&shipment("D2", vec![tea(2)], Some(&number(2)))).await;
    wait_for(&site, "D2", &ALL[..1]).await;
    let before = site.erp.heard().len();
    site.world.post("/v1/qimen/again", &json!({ "order_no": "D1" })).await;
    eventually("all to be told again", async || site.erp.heard().len() == before + 3).await;
    eventually("the exceptions to end", async || site.exceptions("erp_refused").await.is_empty()).await;
    assert_eq!(steps(&site.erp.heard()[before..], "D1"), ["WEIGH", "DELIVERED", "deliveryorder.confirm"]);
    let (status, text) = site.world.post_keyed("/v1/qimen/again", &json!({ "order_no": "D1" })).await;
    assert!(status == 404 && text.contains("the ERP refused nothing of order D1"), "{status} {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erp_that_is_silent_for_long_is_an_exception_until_it_answers() {
    let site = Site::start().await;
    site.erp.set_fault(Some(Fault::Status500));
    site.order(&shipment("D1", vec![tea(2)], None)).await;
    eventually("the exception", async || site.exceptions("erp_silent").await.len() == 1).await;
    let (subject, says) = site.exceptions("erp_silent").await.remove(0);
    assert!(subject == "qimen" && says.starts_with("the ERP doesn't answer (HTTP status 500)"), "{subject}: {says}");
    site.erp.set_fault(None);
    site.order(&shipment("D2", vec![tea(2)], None)).await;
    eventually("the exception to end", async || site.exceptions("erp_silent").await.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lacks_of_a_parcel_that_was_set_aside_is_reported() {
    let site = Site::start().await;
    let spoon = erp::Goods { sku: "G01".into(), name: "小勺".into(), quantity: 1, price: "1.00".into() };
    site.order(&shipment("D1", vec![tea(3), spoon], None)).await;
    let aside = |reason: &str| Fact::ParcelSetAside { place: "bench-1".into(), reason: reason.into() };
    // What was checked at an earlier try counts no more, and goods that broke are no lack.
    site.tell("D1", vec![opened(), checked("G01", 1), aside("damaged"), opened(), checked("T01", 1), aside("short")]);
    eventually("the report", async || steps(&site.erp.heard(), "D1").contains(&"itemlack.report".to_owned())).await;
    let heard = site.erp.heard();
    let lacks: Vec<&Heard> = heard.iter().filter(|heard| heard.method == "itemlack.report").collect();
    assert_eq!(lacks.len(), 1);
    let items: Vec<String> = lacks[0].body.split("<item>").skip(1).map(str::to_owned).collect();
    let item = |sku: &str, planned: u32, lacking: u32| {
        format!(
            "<itemCode>{sku}</itemCode><inventoryType>ZP</inventoryType><planQty>{planned}</planQty>\
             <lackQty>{lacking}</lackQty><reason>实物报缺</reason></item>"
        )
    };
    assert_eq!(items.len(), 2, "{}", lacks[0].body);
    assert!(items[0].starts_with(&item("T01", 3, 2)) && items[1].starts_with(&item("G01", 1, 1)), "{items:?}");
    assert_eq!((lacks[0].get("deliveryOrderCode"), lacks[0].get("warehouseCode")), ("D1", "W1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_without_a_number_is_confirmed_when_it_has_one() {
    let site = Site::start().await;
    site.order(&shipment("D1", vec![tea(2)], None)).await;
    let waybill_id = site.parcel("D1").waybill_id;
    let issued = |number: &str, origin| Fact::WaybillIssued {
        waybill_id: waybill_id.clone(),
        carrier: CarrierCode::Sf,
        number: number.into(),
        origin,
        routing: BTreeMap::new(),
    };
    site.tell("D1", vec![issued("TMP-SZ-01-1", Origin::Temporary)]);
    site.tell("D1", shipped("TMP-SZ-01-1"));
    wait_for(&site, "D1", &["ACCEPT", "WEIGH", "DELIVERED"]).await;
    site.tell("D1", vec![issued(&number(9), Origin::Direct)]);
    wait_for(&site, "D1", &["ACCEPT", "WEIGH", "DELIVERED", "deliveryorder.confirm"]).await;
    assert_eq!(site.erp.heard().pop().expect("heard").get("expressCode"), number(9));
}

/// The number of the other part.
fn issued_second(rest: &Parcel) -> Fact {
    Fact::WaybillIssued {
        waybill_id: rest.waybill_id.clone(),
        carrier: CarrierCode::Sf,
        number: number(2),
        origin: Origin::Direct,
        routing: BTreeMap::new(),
    }
}

/// D1 is parted: one piece stays, the other becomes a parcel of its own, which comes back.
fn part(site: &Site) -> Parcel {
    let first = site.parcel("D1");
    let question = AskRequest::Split {
        parcel_id: first.parcel_id.to_string(),
        number: 1,
        counted: [(shelf::sku("红茶"), 1)].into(),
    };
    let hub = &site.world.hub().hub;
    hub.ask(&"SZ-01".into(), &question, milepost::machine::wall_us()).expect("an answer");
    let view = hub.order(&"D1".into(), milepost::machine::wall_us()).expect("it reads").expect("it is here");
    let [_, rest] = &view.parcels[..] else { panic!("two parcels") };
    rest.parcel.clone()
}

/// What a packer does with one of the two parcels.
fn checked_once() -> Vec<Fact> {
    packed().into_iter().filter(|fact| !matches!(fact, Fact::ItemChecked { .. })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_rest_is_refunded_is_confirmed_without_it() {
    let site = Site::start().await;
    site.order(&shipment("D1", vec![tea(2)], Some(&number(1)))).await;
    part(&site);
    site.tell("D1", checked_once());
    site.tell("D1", shipped(&number(1)));
    wait_for(&site, "D1", &["ACCEPT", "PICK", "CHECK", "PRINT", "WEIGH"]).await;
    // The buyer wants no more than the piece that left.
    site.order(&shipment("D1", vec![tea(1)], Some(&number(1)))).await;
    let all = ["ACCEPT", "PICK", "CHECK", "PRINT", "WEIGH", "PACKAGE", "DELIVERED", "deliveryorder.confirm"];
    wait_for(&site, "D1", &all).await;
    let confirm = site.erp.heard().pop().expect("heard").body;
    assert_eq!(confirm.matches("<package>").count(), 1, "{confirm}");
    assert!(confirm.contains("<actualQty>1</actualQty>"), "{confirm}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_several_parcels_is_confirmed_once_with_all_of_them() {
    let site = Site::start().await;
    site.order(&shipment("D1", vec![tea(2)], Some(&number(1)))).await;
    let rest = part(&site);
    let issued = issued_second(&rest);
    site.tell("D1", checked_once());
    site.tell("D1", shipped(&number(1)));
    // It is checked, and half of it left.
    wait_for(&site, "D1", &["ACCEPT", "PICK", "CHECK", "PRINT", "WEIGH"]).await;
    // Of two pieces this parcel needs one, and that wasn't there.
    let aside = Fact::ParcelSetAside { place: "bench-1".into(), reason: "short".into() };
    site.tell_of(&rest, vec![issued, opened(), aside]);
    eventually("the lack", async || steps(&site.erp.heard(), "D1").contains(&"itemlack.report".to_owned())).await;
    let lack = site.erp.heard().pop().expect("heard").body;
    assert!(lack.contains("<planQty>2</planQty><lackQty>1</lackQty>"), "{lack}");
    site.tell_of(&rest, checked_once());
    site.tell_of(&rest, shipped(&number(2)));
    let all = [
        "ACCEPT",
        "PICK",
        "CHECK",
        "PRINT",
        "WEIGH",
        "itemlack.report",
        "PACKAGE",
        "DELIVERED",
        "deliveryorder.confirm",
    ];
    wait_for(&site, "D1", &all).await;
    let confirm = site.erp.heard().pop().expect("heard").body;
    let packages: Vec<&str> = confirm.split("<package>").skip(1).collect();
    assert_eq!(packages.len(), 2, "{confirm}");
    for (package, n) in packages.iter().zip([1, 2]) {
        assert!(package.contains(&format!("<expressCode>{}</expressCode>", number(n))), "{package}");
        assert!(package.contains("<item><itemCode>T01</itemCode><quantity>1</quantity></item>"), "{package}");
    }
    assert!(confirm.contains("<actualQty>2</actualQty>"), "{confirm}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_confirmed_is_not_confirmed_anew_by_a_later_refund() {
    let site = Site::start().await;
    let green = || erp::Goods { sku: "T02".into(), name: "绿茶".into(), quantity: 1, price: "49.50".into() };
    site.order(&shipment("D1", vec![tea(1), green()], Some(&number(1)))).await;
    let rest = part(&site);
    let issued = issued_second(&rest);
    site.tell("D1", [checked_once(), shipped(&number(1))].concat());
    site.tell_of(&rest, [vec![issued], checked_once(), shipped(&number(2))].concat());
    let confirms = || steps(&site.erp.heard(), "D1").iter().filter(|step| *step == "deliveryorder.confirm").count();
    eventually("the confirmation", async || confirms() == 1).await;
    // The buyer sends the piece of the first parcel back.
    site.order(&shipment("D1", vec![green()], Some(&number(1)))).await;
    eventually("the change to be looked at", async || {
        counted(&site, "SELECT count(*) FROM qimen_orders WHERE changed = 1") == 0
    })
    .await;
    let queued = "SELECT count(*) FROM qimen_messages WHERE method = 'deliveryorder.confirm'";
    assert_eq!(counted(&site, queued), 1);
}
