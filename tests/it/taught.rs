//! What leads take upon themselves, as the hub deals with it: taught codes go to every station and are taken back from every
//! one, a newer item loses none, and the office has an exception of each until somebody saw to it.

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::taught::Taught;
use milepost::hub::exceptions::ExceptionRow;
use serde_json::json;

use crate::routing::site::Office;
use crate::story::shelf::{self, code, one};
use crate::telling;
use crate::world::{KEY, World, eventually, scanner};

const NEW: &str = "6901234567984";

fn teaches(code: &str, sku: &str) -> Fact {
    let (place, lead) = ("bench-1".into(), "han".into());
    Fact::BarcodeTaught { place, lead, code: code.into(), sku: sku.into(), quantity: 1 }
}

fn tell(office: &Office, station: &str, fact: Fact) {
    let (parcel, orders) = (Some("tmall-1001-1".into()), vec!["1001".into()]);
    let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
    telling::tell(&office.hub, &station.into(), vec![entry], office.now_us, office.now_us);
}

/// An office with an order of one 红茶.
fn office() -> Office {
    let office = Office::open();
    office.accept(&[shelf::order("1001", 1, &[one("红茶")], Some("SF1000000000011"))]);
    office
}

fn noted(office: &Office, kind: &str) -> Vec<ExceptionRow> {
    let rows = office.hub.exceptions(office.now_us).expect("rows");
    rows.into_iter().filter(|row| row.kind == kind).collect()
}

/// What stations hear last of a code.
fn down(office: &Office, station: &str, code: &str) -> Option<Taught> {
    let answer = office.hub.down(&station.into(), 0, office.now_us).expect("documents");
    let last = answer.documents.into_iter().rfind(|document| document.kind == "taught" && document.key == code)?;
    Some(serde_json::from_str(last.body.get()).expect("a taught code"))
}

#[test]
fn a_taught_code_goes_to_every_station_until_it_is_taken_back() {
    let office = office();
    tell(&office, "SZ-01", teaches(NEW, "T01"));
    for station in ["SZ-01", "SZ-02"] {
        office.hub.invite(&station.into(), None, *b"0123456789", office.now_us).expect("a station");
        let taught = down(&office, station, NEW).expect("it comes down");
        assert_eq!((taught.sku.as_str(), taught.quantity, taught.removed), ("T01", 1, false), "{station}");
    }
    let [row] = &noted(&office, "barcode_taught")[..] else { panic!("one exception") };
    assert_eq!((row.subject.as_str(), row.owner.as_str()), (NEW, "office"));
    assert!(row.en.starts_with("taught by han at SZ-01 as a code of T01: check it"), "{}", row.en);

    office.hub.unteach(NEW).expect("it was taught");
    assert!(down(&office, "SZ-02", NEW).expect("it comes down").removed);
    assert_eq!((noted(&office, "barcode_taught"), office.hub.taught().expect("codes")), (vec![], vec![]));
    let unknown = office.hub.unteach(NEW).expect_err("nothing is left").to_string();
    assert!(unknown.contains("no code 6901234567984 is taught: GET /v1/taught lists"), "{unknown}");
    // Whoever was wrong may be right the second time.
    tell(&office, "SZ-01", teaches(NEW, "T02"));
    assert_eq!(down(&office, "SZ-02", NEW).map(|taught| (taught.sku, taught.removed)), Some(("T02".into(), false)));
}

#[test]
fn a_newer_item_loses_no_taught_code_and_settles_what_it_says_itself() {
    let office = office();
    tell(&office, "SZ-01", teaches(NEW, "T01"));
    let with = |sku: &str, barcode: Option<&str>, name: &str| {
        let mut item = shelf::items().into_iter().find(|item| item.sku.as_str() == sku).expect("goods");
        item.name = name.into();
        item.barcodes.extend(barcode.map(|code| serde_json::from_value(json!({ "code": code })).expect("a barcode")));
        office.hub.accept_items(&[item], office.now_us).expect("taken");
    };
    with("T01", None, "云上红茶 2026");
    assert_eq!(office.hub.taught().expect("codes").len(), 1);
    assert!(!down(&office, "SZ-01", NEW).expect("it is there").removed);
    // The owner says the same: nothing is left to check.
    with("T01", Some(NEW), "云上红茶 2026");
    assert_eq!((office.hub.taught().expect("codes").len(), noted(&office, "barcode_taught").len()), (0, 0));
    assert!(down(&office, "SZ-01", NEW).expect("it is there").removed, "the item's own barcode is enough");
    assert_eq!(noted(&office, "barcode_refused"), vec![]);
    // The owner says otherwise: parcels may have been packed by it.
    tell(&office, "SZ-01", teaches("LOOSE-TEA-9", "T01"));
    with("T02", Some("LOOSE-TEA-9"), "云上绿茶");
    assert!(down(&office, "SZ-01", "LOOSE-TEA-9").expect("it is there").removed);
    assert_eq!(noted(&office, "barcode_refused").len(), 1);
}

#[test]
fn what_a_code_means_already_it_is_not_taught_to_mean() {
    let office = office();
    office.accept(&[shelf::order("ORDER-2002", 1, &[one("红茶")], None)]);
    for (code, because) in [
        ("6901234567908", "it is on other goods"),
        ("ORDER-2002", "it is an order's number"),
        ("SF1000000000011", "it is a waybill's number"),
        ("YT1234567890123", "it is a waybill's number"),
    ] {
        tell(&office, "SZ-01", teaches(code, "T01"));
        let refused = noted(&office, "barcode_refused");
        let row = refused.iter().find(|row| row.subject == code).unwrap_or_else(|| panic!("{code} is refused"));
        assert!(row.en.contains(because), "{code}: {}", row.en);
        assert!(down(&office, "SZ-01", code).expect("its station hears").removed, "{code}");
    }
    assert_eq!(office.hub.taught().expect("codes"), vec![]);
    // Two leads: the first one's counts, also where the second one stands.
    tell(&office, "SZ-01", teaches(NEW, "T01"));
    tell(&office, "SZ-02", teaches(NEW, "T02"));
    tell(&office, "SZ-02", teaches(NEW, "T01"));
    assert_eq!(down(&office, "SZ-02", NEW).map(|taught| (taught.sku, taught.removed)), Some(("T01".into(), false)));
    assert_eq!(noted(&office, "barcode_refused").len(), 5);
}

#[test]
fn a_parcel_that_a_lead_let_pass_is_seen_with_what_was_missing() {
    let office = office();
    let (place, lead, reason) = ("bench-1".into(), "han".into(), "agreed".to_owned());
    let missing = vec![("T01".into(), 2), ("G01".into(), 1)];
    tell(&office, "SZ-01", Fact::CheckForced { place, lead, reason, missing });
    let [row] = &noted(&office, "check_forced")[..] else { panic!("one exception") };
    assert_eq!((row.subject.as_str(), row.owner.as_str()), ("1001", "lead"));
    assert!(row.en.contains("han let it pass at SZ-01 (agreed); not scanned: T01 × 2, G01 × 1"), "{}", row.en);
    let timeline = office.hub.timeline(&"1001".into()).expect("it reads").expect("it is here");
    assert!(serde_json::to_string(&timeline).expect("JSON").contains(r#""milestone":"forced""#));
    let wrong = office.hub.close_lead_act("held", "1001").expect_err("not a lead's").to_string();
    assert!(wrong.contains("no held of 1001 waits for anybody: name kind (check_forced, barcode_taught"), "{wrong}");
    office.hub.close_lead_act("check_forced", "1001").expect("seen to");
    assert_eq!(noted(&office, "check_forced"), vec![]);
}

/// Two real stations and a hub: taught at one, used at the other, taken back by a call.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_station_learns_the_other_knows() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let orders = [
        shelf::order("1001", 1, &[one("红茶")], Some("SF1000000000011")),
        shelf::order("1002", 1, &[one("红茶"), one("绿茶")], Some("SF1000000000022")),
    ];
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let (first, second) = (
        world.station("SZ-01", &world.place("bench-1", "pack")).await,
        world.station("SZ-02", &world.place("bench-2", "pack")).await,
    );
    let mut guns = [scanner(&first, "bench-1").await, scanner(&second, "bench-2").await];
    for (gun, order) in guns.iter_mut().zip(["SF1000000000011", "SF1000000000022"]) {
        let badge = code(&format!("badge {}", shelf::PACKER));
        eventually("people and orders to come down", async || !gun.scan(&badge).await.starts_with("STOP")).await;
        // Twice in and out is in or out: whichever it is now, an order opens only for who is in.
        eventually("the order to open", async || match gun.scan(order).await {
            said if said.contains("刷工牌") => drop_false(gun.scan(&badge).await),
            said => said.contains("请扫商品"),
        })
        .await;
    }
    let [here, there] = &mut guns;
    assert!(here.scan(NEW).await.contains("可请组长刷工牌来教"));
    assert!(here.scan(&code("badge 韩梅梅")).await.contains("是红茶的？"));
    assert_eq!(here.scan(NEW).await, "OK 记住了：红茶，再扫一次才算数");
    // At once, for whoever taught it, and in a while elsewhere.
    assert_eq!(here.scan(NEW).await, "OK 完成，顺丰");
    eventually("the other station to know it", async || there.scan(NEW).await.contains("红茶，还差 1 件")).await;
    there.scan(&code("UNDO")).await;
    let rows = world.get("/v1/exceptions").await;
    assert!(rows.to_string().contains("barcode_taught"), "{rows}");
    assert_eq!(world.get("/v1/taught").await["taught"][0]["code"], NEW);
    let removed = reqwest::Client::new().delete(format!("{}/v1/taught/{NEW}", world.hub_url));
    assert_eq!(removed.try_clone().expect("no body").send().await.expect("an answer").status(), 401);
    assert_eq!(removed.bearer_auth(KEY).send().await.expect("an answer").status(), 204);
    eventually("the code to be forgotten", async || there.scan(NEW).await.contains("没有建档")).await;
    first.stop().await.expect("it ends");
    second.stop().await.expect("it ends");
}

fn drop_false(_: String) -> bool {
    false
}
