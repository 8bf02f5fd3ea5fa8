//! An ERP hears what was found of a return that it announced, once each time that it is inspected.

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::returned::{Finding, Goods};
use milepost::machine::wall_us;
use milepost::sim::qimen as erp;

use super::{Site, number, shipment, tea};
use crate::telling;
use crate::world::eventually;

fn place() -> milepost::domain::id::PlaceName {
    "returns-1".into()
}

fn inspected(sku: &str, quantity: u32, finding: Finding) -> Fact {
    let (place, return_no) = (place(), "R1".into());
    Fact::ReturnInspected { place, return_no, sku: sku.into(), quantity, finding, expires_on: None }
}

fn closed() -> Fact {
    Fact::ReturnClosed { place: place(), return_no: "R1".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erp_hears_what_was_found_of_a_return_it_announced() {
    let site = Site::start().await;
    site.order(&shipment("D1", vec![tea(3)], Some(&number(1)))).await;
    let announced = erp::returned("R1", "D1", "YTO", "YT9", &tea(3));
    let reply = site.send("taobao.qimen.returnorder.create", &announced).await;
    assert_eq!(reply.flag, "success", "{}", reply.body);

    let arrived = Fact::ReturnArrived {
        place: place(),
        return_no: "R1".into(),
        number: Some("YT9".into()),
        claimed: None,
        announced: true,
        lines: vec![Goods { sku: "T01".into(), quantity: 3 }],
    };
    let found = [
        ("T01", 1, Finding::Good),
        ("T01", 1, Finding::Damaged),
        ("X9", 1, Finding::Wrong),
        ("T01", 1, Finding::Missing),
    ];
    let mut facts = vec![arrived.clone()];
    facts.extend(found.into_iter().map(|(sku, quantity, finding)| inspected(sku, quantity, finding)));
    facts.push(closed());
    let reopened =
        Fact::ReturnReopened { place: place(), return_no: "R1".into(), reason: "found".into(), lead: "han".into() };
    // The last piece comes to light.
    facts.extend([reopened, inspected("T01", 1, Finding::Good), closed()]);
    let entry =
        |fact| NewEntry { fact, parcel: None, orders: vec!["D1".into()], operator: Some("li".into()), device: None };
    let now_us = wall_us();
    telling::tell(&site.world.hub().hub, &"SZ-09".into(), facts.into_iter().map(entry).collect(), now_us, now_us);

    let confirms =
        || site.erp.heard().into_iter().filter(|heard| heard.method == "returnorder.confirm").collect::<Vec<_>>();
    eventually("both confirmations", async || confirms().len() == 2).await;
    let [first, second] = confirms().try_into().expect("two");
    for (name, value) in [
        ("returnOrderCode", "R1"),
        ("warehouseCode", "W1"),
        ("orderType", "THRK"),
        ("logisticsCode", "YTO"),
        ("expressCode", "YT9"),
        ("operatorCode", "li"),
        ("sourceOrderCode", "D1"),
    ] {
        assert_eq!(first.get(name), value, "{name} in {}", first.body);
    }
    assert_ne!(first.get("outBizCode"), second.get("outBizCode"));
    let line = |no: u32, state: &str, planned: u32, actual: u32| {
        format!(
            "<orderLine><orderLineNo>{no}</orderLineNo><sourceOrderCode>D1</sourceOrderCode><itemCode>T01</itemCode>\
             <inventoryType>{state}</inventoryType><planQty>{planned}</planQty><actualQty>{actual}</actualQty></orderLine>"
        )
    };
    let lines = |heard: &erp::Heard| heard.get("orderLines").to_owned();
    assert_eq!(lines(&first), line(1, "ZP", 3, 1) + &line(2, "JS", 0, 1));
    assert_eq!(lines(&second), line(1, "ZP", 3, 2) + &line(2, "JS", 0, 1));
    assert_eq!(site.erp.badly_signed(), 0);
}
