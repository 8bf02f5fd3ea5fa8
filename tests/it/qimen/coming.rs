//! What an ERP sends: taken once and answered the same when it comes again, refused by the field, and nothing is taken of what
//! isn't proven.

use milepost::domain::fact::Fact;
use milepost::domain::order::Item;
use milepost::sim::qimen::{self as erp, Slip};
use serde_json::Value;

use super::{Site, number, shipment, tea};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_comes_in_once_and_its_revision_after_it() {
    let site = Site::start().await;
    let mut order = shipment("D1", vec![tea(2)], Some(&number(1)));
    for method in ["taobao.qimen.deliveryorder.create", "deliveryorder.create"] {
        let reply = site.send(method, &erp::order(&order)).await;
        assert_eq!((reply.flag.as_str(), reply.code.as_str(), reply.message.as_str()), ("success", "0", ""));
        assert!(reply.body.contains("<deliveryOrderId>D1</deliveryOrderId>"), "{}", reply.body);
    }
    assert_eq!(site.orders().await, ["D1"]);
    let stored = || {
        let now_us = milepost::machine::wall_us();
        site.world.hub().hub.order(&"D1".into(), now_us).expect("it reads").expect("it is here").order
    };
    let first = stored();
    assert_eq!((first.revision, first.channel.as_str(), first.warehouse.as_deref()), (0, "qimen", Some("SZ")));
    assert_eq!((first.lines[0].name.as_str(), first.lines[0].price_fen, first.amount_fen), ("红茶 & more", 4950, 9900));
    assert_eq!(site.parcel("D1").supplied.expect("it came with a number").number, number(1));
    order.lines[0].quantity = 3;
    site.order(&order).await;
    assert_eq!((stored().revision, stored().lines[0].quantity), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_that_a_rule_objects_to_is_taken_and_held() {
    let site = Site::start().await;
    let mut order = shipment("D1", vec![tea(2)], None);
    order.total = "599.00".into();
    for _ in 0..2 {
        let reply = site.send("deliveryorder.create", &erp::order(&order)).await;
        assert_eq!((reply.flag.as_str(), reply.message.as_str()), ("success", "taken, and held: 请确认赠品配置"));
    }
    assert_eq!(site.exceptions("held").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_of_what_isnt_proven() {
    let site = Site::start().await;
    let body = erp::order(&shipment("D1", vec![tea(1)], None));
    let wrong = |name: &'static str, value: &str| Slip { parameter: Some((name, value.into())), ..Slip::default() };
    for (slip, says) in [
        (Slip { secret: Some("another".into()), ..Slip::default() }, "sign is not that of this message"),
        (Slip { tail: " ", ..Slip::default() }, "sign is not that of this message"),
        (wrong("app_key", "another"), "app_key is not ours"),
        (wrong("customerId", "another"), "customerId is none of ours"),
        (wrong("sign_method", "hmac"), "sign_method must be md5"),
        (wrong("format", "json"), "sign_method must be md5, and format xml"),
        (wrong("timestamp", "yesterday"), "timestamp is too far from our time"),
        (Slip { ahead_s: 3_600, ..Slip::default() }, "timestamp is too far from our time"),
        (Slip { ahead_s: -3_600, ..Slip::default() }, "timestamp is too far from our time"),
    ] {
        let reply = site.slip(&body, slip.clone()).await;
        assert_eq!((reply.flag.as_str(), reply.code.as_str()), ("failure", "sign-check-failure"), "{slip:?}");
        assert!(reply.message.starts_with(says), "{slip:?}: {}", reply.message);
    }
    let large = format!("{body}{}", " ".repeat(4 * 1024 * 1024));
    let reply = site.send("deliveryorder.create", &large).await;
    assert!(reply.message.starts_with("its body is too large"), "{}", reply.body);
    assert_eq!(site.orders().await, Vec::<String>::new());
    let near = site.slip(&body, Slip { ahead_s: 300, ..Slip::default() }).await;
    assert_eq!(near.flag, "success", "a clock may be a little ahead: {}", near.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cant_be_read_names_its_field() {
    let site = Site::start().await;
    let good = erp::order(&shipment("D1", vec![tea(1)], None));
    let external = good.replace("<request>", "<!DOCTYPE r [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><request>");
    for (method, body, says) in [
        ("deliveryorder.create", good.replace("<planQty>1<", "<planQty>one<"), "planQty `one` is no whole number"),
        ("deliveryorder.create", good.replace("W1", "W9"), "warehouseCode `W9` is none of this customer's warehouses"),
        (
            "deliveryorder.create",
            good.replace("<payTime>2026", "<payTime>then"),
            "payTime `then-02-18 14:22:05` is no time",
        ),
        ("deliveryorder.create", external, "the body has a document type"),
        ("deliveryorder.create", good.replace("D1", "&f;"), "the body has the entity `f`"),
        ("deliveryorder.create", good.replace("</request>", ""), "the body is no whole XML document"),
        ("singleitem.synchronize", good.clone(), "actionType is missing"),
        ("returnorder.create", good.clone(), "returnOrder is missing"),
        ("stockout.create", good.clone(), "method `stockout.create` is no message taken here"),
    ] {
        let reply = site.send(method, &body).await;
        assert_eq!((reply.flag.as_str(), reply.code.as_str()), ("failure", "invalid-message"), "{says}");
        assert!(reply.message.starts_with(says), "{}", reply.message);
    }
    // It can be read, and no order has so many pieces of one thing.
    let reply = site.send("deliveryorder.create", &good.replace("<planQty>1<", "<planQty>1000000<")).await;
    assert_eq!((reply.flag.as_str(), reply.code.as_str()), ("failure", "refused"));
    assert!(reply.message.starts_with("order D1: lines[0].quantity"), "{}", reply.message);
    assert_eq!(site.orders().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_cancelled_until_it_left() {
    let site = Site::start().await;
    for (code, n) in [("D1", 1), ("D2", 2)] {
        site.order(&shipment(code, vec![tea(1)], Some(&number(n)))).await;
    }
    let cancel = async |code: &str| {
        let reply = site.send("taobao.qimen.order.cancel", &erp::cancel(code, "退款")).await;
        (reply.flag, reply.message)
    };
    let cancelled = ("success".to_owned(), String::new());
    assert_eq!(cancel("D1").await, cancelled);
    let milestones = site.world.milestones("D1").await;
    assert!(milestones.contains(&"cancelled".to_owned()), "{milestones:?}");
    assert_eq!(cancel("D1").await, cancelled, "the same message again");
    assert_eq!(site.world.milestones("D1").await, milestones);
    let back = site.send("deliveryorder.create", &erp::order(&shipment("D1", vec![tea(1)], Some(&number(1))))).await;
    assert_eq!(back.flag, "failure");
    assert!(back.message.starts_with("order D1 is cancelled and stays so"), "{}", back.message);

    site.tell("D2", vec![Fact::ParcelShipped { place: "dock-1".into(), number: Some(number(2)), handover: None }]);
    for _ in 0..2 {
        let (flag, message) = cancel("D2").await;
        assert_eq!(flag, "failure");
        assert!(message.starts_with("order D2 is shipped already"), "{message}");
    }
    assert!(!site.world.milestones("D2").await.contains(&"cancelled".to_owned()));
    let (flag, message) = cancel("D3").await;
    assert_eq!(flag, "failure");
    assert!(message.starts_with("D3 is neither an order nor a return of this customer's"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn items_come_in_and_keep_what_qimen_knows_nothing_of() {
    let site = Site::start().await;
    let stored = || {
        let store = rusqlite::Connection::open(site.world.folder.path().join("hub/hub.db")).expect("the store opens");
        let body: String =
            store.query_row("SELECT body FROM items WHERE sku = 'T01'", [], |row| row.get(0)).expect("an item");
        serde_json::from_str::<Item>(&body).expect("an item")
    };
    let known = serde_json::json!({ "sku": "T01", "name": "old", "check": "once_and_count",
        "barcodes": [{ "code": "16901234567899", "quantity": 6 }] });
    site.world.post("/v1/items", &serde_json::json!({ "items": [known] })).await;
    let body = erp::goods("T01", "红茶", "6901234567892;6901234567908", 305);
    let reply = site.send("taobao.qimen.singleitem.synchronize", &body).await;
    assert_eq!(reply.flag, "success", "{}", reply.body);
    assert!(reply.body.contains("<itemId>T01</itemId>"), "{}", reply.body);
    let item = stored();
    let codes: Vec<_> = item.barcodes.iter().map(|barcode| (barcode.code.as_str(), barcode.quantity)).collect();
    assert_eq!(codes, [("16901234567899", 6), ("6901234567892", 1), ("6901234567908", 1)]);
    assert_eq!((item.name.as_str(), item.weight_g), ("红茶", Some(305)));
    assert_eq!(serde_json::to_value(item.check).expect("a word"), "once_and_count");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_expected_until_it_is_cancelled() {
    let site = Site::start().await;
    let expected = async || site.world.get("/v1/returns/expected").await["returns"].as_array().expect("a list").clone();
    for number in ["YT1", "YT2"] {
        let reply = site.send("returnorder.create", &erp::returned("R1", "D1", "YTO", number, &tea(1))).await;
        assert_eq!(reply.flag, "success", "{}", reply.body);
    }
    let listed = expected().await;
    let text = |key: &str| listed[0][key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (listed.len(), text("return_no"), text("order_no"), text("number")),
        (1, "R1".into(), "D1".into(), "YT2".into())
    );
    assert_eq!(listed[0]["lines"], serde_json::json!([{ "sku": "T01", "quantity": 1 }]));
    assert!(!Value::from(listed).to_string().contains("sim sender"), "nobody's name is kept");
    for _ in 0..2 {
        let reply = site.send("order.cancel", &erp::cancel("R1", "")).await;
        assert_eq!(reply.flag, "success", "{}", reply.body);
    }
    assert_eq!(expected().await, Vec::<Value>::new());
}
