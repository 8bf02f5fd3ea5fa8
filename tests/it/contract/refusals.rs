//! What a carrier would refuse isn't sent: the error names the field and the cure, and nobody.

use milepost::carrier::CarrierError;
use serde_json::{Value, json};

use super::subject::{Feature, Subject};
use super::world::{World, create_with, issued, names_nobody, now};
use super::{Case, case};

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let rows: Vec<(&str, &str, Value)> = vec![
        ("a masked name", "/receiver/name", json!("𠮷**")),
        ("a masked phone", "/receiver/phone", json!("139****0002")),
        ("a masked address", "/receiver/detail", json!("申贵路****")),
        ("a masked sender", "/sender/name", json!("仓**")),
        ("no name", "/receiver/name", json!("")),
        ("no phone", "/receiver/phone", json!("")),
        ("no phone of the sender", "/sender/phone", json!(" ")),
        ("no province", "/receiver/province", json!("")),
        ("no city", "/sender/city", json!(" ")),
        ("a book for an address", "/receiver/detail", json!("申贵路".repeat(200))),
        ("nothing in the parcel", "/cargo", json!([])),
        ("a parcel without weight", "/weight_g", json!(0)),
        ("a waybill id with a blank", "/waybill_id", json!("DB 1")),
        ("a waybill id of another script", "/waybill_id", json!("DB单1")),
        ("a waybill id of 51 characters", "/waybill_id", json!("D".repeat(51))),
        ("no waybill id", "/waybill_id", json!("")),
    ];
    let refused = rows.into_iter().map(|(name, field, value)| {
        case(format!("{name} isn't sent"), move || async move {
            let world = World::usual(subject).await;
            let change = |shipment: &mut Value| *shipment.pointer_mut(field).expect("the field is there") = value;
            let error = world.client.request(&create_with("DB1", change), now()).expect_err(name);
            let text = error.to_string();
            names_nobody(&text);
            let named = match error {
                CarrierError::WaybillId(_) => "/waybill_id".to_owned(),
                CarrierError::Field { field, .. } => format!("/{}", field.replace('.', "/")),
                error => panic!("{error:?}"),
            };
            assert_eq!(named, field, "{text}");
            assert!(text.contains(": "), "what to do about it: {text}");
        })
    });
    let rare = case("a name in rare characters", move || rare_name(subject));
    refused.chain([rare]).collect()
}

/// Taken whole, or not sent: nobody's name is spelt in another way.
async fn rare_name(subject: &'static dyn Subject) {
    let world = World::usual(subject).await;
    let rare = create_with("DB1", |shipment| shipment["receiver"]["name"] = json!("𠮷野㛃"));
    if subject.has(Feature::RareCharacters) {
        issued(world.ask(&rare).await);
        return;
    }
    let error = world.client.request(&rare, now()).expect_err("a rare character");
    names_nobody(&error.to_string());
    assert!(matches!(&error, CarrierError::Field { field, .. } if field == "receiver.name"), "{error:?}");
}
