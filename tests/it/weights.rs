//! What the hub learns of items' weights from weighed parcels: shown to whoever asks, and written by a person's word alone.

use milepost::domain::fact::{Fact, NewEntry};
use serde_json::{Value, json};

use crate::process::milepost;
use crate::story::script::Line;
use crate::story::shelf;
use crate::telling;
use crate::world::World;

const DAY_US: i64 = 24 * 3_600 * 1_000_000;

fn line(goods: &str, quantity: u32) -> Line {
    Line { goods: goods.into(), quantity, gift: false, refunded: false }
}

/// Writes into the store what a station would have told of an order's parcel.
fn told(world: &World, seq: i64, order: &str, at_us: i64, facts: &[(&str, Value)]) {
    let store = rusqlite::Connection::open(world.folder.path().join("hub/hub.db")).expect("the store opens");
    let parcel: String = store
        .query_row("SELECT parcel_id FROM parcel_orders WHERE order_no = ?1", [order], |row| row.get(0))
        .expect("a parcel");
    for (at, (kind, body)) in facts.iter().enumerate() {
        let at = at as i64;
        let row = rusqlite::params![10 * seq + at, parcel, kind, body.to_string(), at_us + at];
        store
            .execute(
                "INSERT INTO entries (station, epoch, seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns, clock_state,
                     body, prev_hash, hash, occurred_us, received_us)
                 VALUES ('SZ-09', 'e', ?1, '', ?3, ?2, 0, '', '', 0, '', ?4, x'', x'', ?5, 0)",
                row,
            )
            .expect("an entry");
    }
}

/// Whoever weighs the parcel at another station has to know what it is packed in, and which boxes were weighed.
#[tokio::test(flavor = "multi_thread")]
async fn packing_material_and_weights_are_told_to_the_other_stations() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/orders", &json!({ "orders": [shelf::order("1001", 1, &[line("红茶", 1)], None)] })).await;
    let (hub, now_us) = (&world.hub().hub, milepost::machine::wall_us());
    let used = Fact::MaterialUsed { place: "bench-1".into(), code: "BOX-3".into(), quantity: 1, weight_g: 120 };
    let back = Fact::MaterialTakenBack { place: "bench-1".into(), code: "BOX-3".into(), quantity: 1 };
    let piece = Fact::PieceWeighed { place: "bench-1".into(), number: "SF1000000000011".into(), grams: 200 };
    let weighed = Fact::ParcelWeighed { place: "bench-1".into(), grams: 200, expected_g: None };
    let entry = |fact| NewEntry {
        fact,
        parcel: Some("tmall-1001-1".into()),
        orders: vec!["1001".into()],
        operator: None,
        device: None,
    };
    telling::tell(hub, &"SZ-02".into(), vec![entry(used), entry(back), entry(piece), entry(weighed)], now_us, now_us);
    let kinds = "SELECT body ->> 'kind' FROM down WHERE kind = 'fact' AND origin = 'SZ-02' ORDER BY cursor";
    let told = hub.read(|store| {
        let mut told = store.prepare(kinds)?;
        Ok(told.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?)
    });
    assert_eq!(told.expect("a list"), ["material_used", "material_taken_back", "piece_weighed", "parcel_weighed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learnt_weight_is_shown_and_changes_nothing_until_a_person_applies_it() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    let number = |n: u32| format!("SF{n:013}");
    let mut orders: Vec<_> =
        (1..=25).map(|n| shelf::order(&format!("1{n:03}"), 1, &[line("红茶", 2)], Some(&number(n)))).collect();
    let mixed = [line("红茶", 1), line("绿茶", 1)];
    orders.extend((1..=25).map(|n| shelf::order(&format!("2{n:03}"), 1, &mixed, Some(&number(100 + n)))));
    let bare = [line("白茶", 1)];
    orders.extend((1..=25).map(|n| shelf::order(&format!("3{n:03}"), 1, &bare, Some(&number(200 + n)))));
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let (now_us, used) =
        (milepost::machine::wall_us(), json!({ "place": "b", "code": "BOX", "quantity": 1, "weight_g": 120 }));
    let taken_back = json!({ "place": "b", "code": "BOX", "quantity": 1 });
    for n in 1..=25i64 {
        let at_us = now_us - DAY_US * (1 + n % 4);
        let goods_g = 2 * (108 + n % 3);
        let weighed = |grams: i64| ("parcel_weighed", json!({ "place": "b", "grams": grams }));
        // A second box was scanned by mistake.
        let facts = [
            ("material_used", used.clone()),
            ("material_used", used.clone()),
            ("material_taken_back", taken_back.clone()),
            weighed(120 + goods_g),
        ];
        told(&world, n, &format!("1{n:03}"), at_us, &facts);
        // Two kinds of goods, and a parcel whose box nobody noted, say nothing.
        told(&world, 100 + n, &format!("2{n:03}"), at_us, &[("material_used", used.clone()), weighed(999)]);
        told(&world, 200 + n, &format!("3{n:03}"), at_us, &[weighed(300)]);
    }

    let asked = async || world.get("/v1/items/weights").await["items"].clone();
    let items = asked().await;
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    let tea = &items[0];
    assert_eq!((&tea["item"]["sku"], &tea["item"]["weight_g"]), (&json!("T01"), &json!(100)));
    assert_eq!((&tea["median_g"], &tea["parcels"], &tea["days"]), (&json!(109), &json!(25), &json!(4)));

    let key = world.folder.path().join("office.key");
    let command = |more: &[&str]| {
        let hub = ["items", "weights", "--to", &world.hub_url, "--key-file", key.to_str().expect("text")];
        milepost(&[&hub[..], more].concat())
    };
    let (good, said) = command(&[]);
    assert!(
        good && said.contains("T01  红茶: said 100 g, weighed 109 g ± 1 g a piece, 25 parcels of 4 days"),
        "{said}"
    );
    let (good, said) = command(&["--apply", "T01", "--apply", "T03"]);
    assert!(
        !good
            && said.contains(
                "of T03 there is no item at the hub, or too little was weighed: it takes 20 parcels of one item alone"
            ),
        "{said}"
    );
    assert_eq!(asked().await[0]["item"]["weight_g"], 100, "looking changes nothing, and a refusal neither");

    let (good, said) = command(&["--apply", "T01"]);
    assert!(good, "{said}");
    let item = asked().await[0]["item"].clone();
    assert_eq!((&item["weight_g"], &item["name"]), (&json!(109), &json!("云上红茶")), "and all else of it stays");
}

/// Two benches had a parcel in hand at once, and one was parted: only what was packed, and into this box, is weighed.
#[tokio::test(flavor = "multi_thread")]
async fn a_weight_is_that_of_what_one_parcel_carries_in_what_it_was_packed_into() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    let number = |n: u32| format!("SF{n:013}");
    let orders: Vec<_> =
        (1..=25).map(|n| shelf::order(&format!("1{n:03}"), 1, &[line("红茶", 2)], Some(&number(n)))).collect();
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let store = rusqlite::Connection::open(world.folder.path().join("hub/hub.db")).expect("the store opens");
    let share = r#"{ "goods": { "T01": 1 } }"#;
    let parted = store.execute("UPDATE parcels SET body = json_set(body, '$.share', json(?1))", [share]);
    assert_eq!(parted.expect("parcels"), 25);
    let used =
        |place: &str| ("material_used", json!({ "place": place, "code": "BOX", "quantity": 1, "weight_g": 120 }));
    for n in 1..=25i64 {
        let facts = [
            used("b-2"),
            used("b-1"),
            ("parcel_packed", json!({ "place": "b-1" })),
            ("parcel_set_aside", json!({ "place": "b-2", "reason": "already_packed" })),
            ("parcel_weighed", json!({ "place": "b-1", "grams": 229 })),
        ];
        told(&world, n, &format!("1{n:03}"), milepost::machine::wall_us() - DAY_US * (1 + n % 4), &facts);
    }
    let items = world.get("/v1/items/weights").await["items"].clone();
    assert_eq!((&items[0]["median_g"], &items[0]["parcels"]), (&json!(109), &json!(25)), "{items}");
}
