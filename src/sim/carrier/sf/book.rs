//! What SF has accepted, by the customer's order id, and what it says about it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Duplicates, Fault, route};

/// A parcel in the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub number: String,
    pub child_numbers: Vec<String>,
    pub cancelled: bool,
    pub confirmed: bool,
    request: Value,
}

impl Entry {
    /// Who the parcel comes from.
    pub fn sender(&self) -> &str {
        self.request["contactInfoList"][0]["contact"].as_str().unwrap_or_default()
    }
}

#[derive(Default)]
pub(super) struct Book {
    pub entries: BTreeMap<String, Entry>,
    /// Ways by number, in place of the usual one.
    pub told: BTreeMap<String, Vec<Value>>,
    pub issued: u64,
}

/// The business answer: data, or an error code.
pub(super) type Said = Result<Value, String>;

impl Book {
    pub fn create(&mut self, message: &Value, duplicates: Duplicates, fault: Option<&Fault>) -> Said {
        let order_id = checked(message)?;
        if let Some(known) = self.entries.get(&order_id) {
            return match duplicates {
                Duplicates::ReplayFirst if !known.cancelled => Ok(answer(&order_id, known)),
                _ => Err("8016".to_owned()),
            };
        }
        let number = match &message["waybillNoInfoList"][0]["waybillNo"] {
            Value::String(held) if message["isGenWaybillNo"] == 0 => held.clone(),
            _ => match (fault, self.entries.values().next()) {
                (Some(Fault::SameNumber), Some(first)) => first.number.clone(),
                _ => self.next_number(message["isUnifiedWaybillNo"] != 0),
            },
        };
        if !(number.starts_with("SF") && number.len() == 15 || number.len() == 12) {
            return Err("8247".to_owned());
        }
        let children = message["parcelQty"].as_u64().unwrap_or(1).saturating_sub(1);
        let child_numbers = (0..children).map(|_| self.next_number(true)).collect();
        let entry = Entry { number, child_numbers, cancelled: false, confirmed: false, request: message.clone() };
        let said = answer(&order_id, &entry);
        self.entries.insert(order_id, entry);
        Ok(said)
    }

    /// As create answers, but with two keys in lower case and the filter's result as text.
    pub fn search(&self, message: &Value) -> Said {
        let order_id = text(message, "orderId").ok_or("6135")?;
        let entry = self.entries.get(order_id).filter(|entry| !entry.cancelled).ok_or("8018")?;
        let mut said = answer(order_id, entry);
        said["origincode"] = said["originCode"].take();
        said["destcode"] = said["destCode"].take();
        said["filterResult"] = json!("2");
        Ok(said)
    }

    pub fn update(&mut self, message: &Value) -> Said {
        let order_id = text(message, "orderId").ok_or("6118")?;
        let entry = self.entries.get_mut(order_id).ok_or("8018")?;
        match message["dealType"].as_u64() {
            Some(2) if entry.cancelled => Err("8037".to_owned()),
            Some(2) if entry.confirmed => Err("8252".to_owned()),
            Some(2) => {
                entry.cancelled = true;
                Ok(json!({ "orderId": order_id, "resStatus": 2 }))
            }
            Some(1) => {
                entry.confirmed = true;
                Ok(json!({ "orderId": order_id, "resStatus": 2 }))
            }
            _ => Err("6135".to_owned()),
        }
    }

    /// Collected, and on its way; of a number that isn't in the book SF tells no routes.
    pub fn routes(&self, message: &Value) -> Said {
        let number = message["trackingNumber"][0].as_str().ok_or("6135")?;
        let entry = self.entries.values().find(|entry| entry.number == number && !entry.cancelled);
        let route = |entry: &Entry, hour: &str, code: &str| {
            let city = &entry.request["contactInfoList"][0]["city"];
            let at = format!("2026-02-18 {hour}:04:05");
            json!({ "acceptTime": at, "acceptAddress": city, "remark": super::message(code), "opCode": code })
        };
        let routes = entry.map(|entry| vec![route(entry, "18", "50"), route(entry, "21", "30")]).unwrap_or_default();
        let routes = self.told.get(number).unwrap_or(&routes);
        Ok(json!({ "routeResps": [{ "mailNo": number, "routes": routes }] }))
    }

    fn next_number(&mut self, unified: bool) -> String {
        self.issued += 1;
        if unified {
            format!("SF{}", 7_444_000_000_000 + self.issued)
        } else {
            (444_000_000_000 + self.issued).to_string()
        }
    }
}

/// An answer about `entry`, changed as the fault says; what stands in the book stays right.
pub(super) fn distorted(mut said: Value, fault: &Fault, others: &BTreeMap<String, Entry>) -> Value {
    let other = others.iter().find(|(order_id, _)| Some(order_id.as_str()) != said["orderId"].as_str());
    match fault {
        Fault::NoNumber => said["waybillNoInfoList"] = json!([]),
        Fault::AnotherParcels if said["routeResps"].is_array() => {
            said["routeResps"][0]["mailNo"] = json!("SF7444999999999");
        }
        Fault::AnotherParcels => match other {
            Some((order_id, entry)) => said = answer(order_id, entry),
            None => said["orderId"] = json!("SOMEBODY-ELSES-0001"),
        },
        Fault::ForeignRouting => {
            let number = other.map_or("SF7444999999999", |(_, entry)| entry.number.as_str());
            let code = format!("MMM={{'k1':'755W','k5':'{number}'}}");
            said["routeLabelInfo"][0]["routeLabelData"]["twoDimensionCode"] = json!(code);
        }
        Fault::SwappedNumber => said["waybillNoInfoList"][0]["waybillNo"] = json!("SF7444999999999"),
        Fault::OddNumber => said["waybillNoInfoList"][0]["waybillNo"] = json!("YT1234567890123"),
        Fault::Undeliverable => {
            said["filterResult"] = json!(3);
            said["remark"] = json!("1");
        }
        Fault::ManualCheck => said["filterResult"] = json!(1),
        Fault::Undetermined => said["filterResult"] = json!(4),
        Fault::NoRouting => said["routeLabelInfo"] = json!([{ "code": "0010", "message": "" }]),
        _ => {}
    }
    said
}

fn answer(order_id: &str, entry: &Entry) -> Value {
    let numbers = std::iter::once((1, &entry.number)).chain(entry.child_numbers.iter().map(|number| (2, number)));
    let numbers: Vec<Value> =
        numbers.map(|(kind, number)| json!({ "waybillType": kind, "waybillNo": number })).collect();
    let parties = &entry.request["contactInfoList"];
    let area = |party: &Value| {
        route::area(party["province"].as_str().unwrap_or_default(), party["address"].as_str().unwrap_or_default())
    };
    let product = entry.request["expressTypeId"].as_u64().unwrap_or_default();
    json!({
        "orderId": order_id,
        "originCode": area(&parties[0]),
        "destCode": area(&parties[1]),
        "filterResult": 2,
        "remark": "",
        "waybillNoInfoList": numbers,
        "routeLabelInfo": [{
            "code": "1000",
            "message": "",
            "routeLabelData": route::label(&entry.number, &parties[0], &parties[1], product),
        }],
    })
}

/// The order id of a well-formed order, or the code it is refused with (required fields and lengths as documented).
fn checked(message: &Value) -> Result<String, String> {
    let missing = || "S0002".to_owned();
    let order_id = text(message, "orderId").ok_or_else(missing)?;
    text(message, "language").ok_or_else(missing)?;
    message["expressTypeId"].as_u64().ok_or_else(missing)?;
    let pieces = message["parcelQty"].as_u64().unwrap_or(1);
    if pieces > 307 {
        return Err("8067".to_owned());
    }
    // Of several pieces the weight is required.
    if pieces > 1 && !message["totalWeight"].as_f64().is_some_and(|weight| weight > 0.0) {
        return Err(missing());
    }
    let cargo = message["cargoDetails"].as_array().filter(|cargo| !cargo.is_empty()).ok_or_else(missing)?;
    let contacts = message["contactInfoList"].as_array().filter(|contacts| contacts.len() == 2).ok_or_else(missing)?;
    let mut texts = vec![(order_id, 64), (message["remark"].as_str().unwrap_or_default(), 100)];
    for piece in cargo {
        texts.push((text(piece, "name").ok_or_else(missing)?, 128));
    }
    for (contact, kind) in contacts.iter().zip(1..) {
        if contact["contactType"] != kind || contact["country"] != "CN" {
            return Err("6135".to_owned());
        }
        let phone = text(contact, "tel").or(text(contact, "mobile")).ok_or_else(missing)?;
        text(contact, "contact").ok_or_else(missing)?;
        texts.push((phone, 20));
        texts.push((text(contact, "address").ok_or_else(missing)?, 200));
        texts.push((contact["province"].as_str().unwrap_or_default(), 30));
        texts.push((contact["county"].as_str().unwrap_or_default(), 30));
    }
    if texts.iter().any(|(text, longest)| text.chars().count() > *longest) {
        return Err("6135".to_owned());
    }
    let card = message["monthlyCard"].as_str().unwrap_or_default();
    if !card.is_empty() && card.len() != 10 {
        return Err("6126".to_owned());
    }
    Ok(order_id.to_owned())
}

fn text<'m>(message: &'m Value, key: &str) -> Option<&'m str> {
    message[key].as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_pieces_are_weighed_and_no_more_than_sf_knows() {
        let party =
            |kind: u8| json!({ "contactType": kind, "country": "CN", "tel": "1", "contact": "N", "address": "A" });
        for (pieces, weight, said) in [
            (1, json!(null), Ok(0)),
            (2, json!(null), Err("S0002")),
            (2, json!(0.0), Err("S0002")),
            (2, json!(0.5), Ok(1)),
            (307, json!(9.0), Ok(306)),
            (308, json!(9.0), Err("8067")),
        ] {
            let message = json!({
                "orderId": "DB1", "language": "zh-CN", "expressTypeId": 1, "parcelQty": pieces, "totalWeight": weight,
                "cargoDetails": [{ "name": "T" }], "contactInfoList": [party(1), party(2)],
            });
            let mut book = Book::default();
            let created = book.create(&message, Duplicates::Refuse, None);
            let children = created.map(|_| book.entries["DB1"].child_numbers.len());
            assert_eq!(children, said.map_err(str::to_owned), "{pieces} pieces of {weight}");
        }
    }
}
