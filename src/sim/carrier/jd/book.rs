//! What JD has accepted, by the merchant's order id, the numbers it gave in advance, and what it says about both.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::{Duplicates, Fault, route, word};

/// Numbers a call gives at most.
const MOST_NUMBERS: u64 = 500;

/// A parcel in the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub number: String,
    pub cancelled: bool,
    /// Collected, and asked back.
    pub intercepted: bool,
    request: Value,
}

#[derive(Default)]
pub(super) struct Book {
    pub entries: BTreeMap<String, Entry>,
    /// Ways by number, in place of the usual one.
    pub told: BTreeMap<String, Vec<Value>>,
    /// Given in advance, with the moment from which it is no longer good.
    pub pool: BTreeMap<String, Timestamp>,
    used: BTreeSet<String>,
    issued: u64,
}

/// A service's answer: its data with a sub code, or a refusal.
pub(super) type Said = Result<Yes, No>;

pub(super) struct Yes {
    pub data: Value,
    pub sub_code: &'static str,
}

/// JD publishes no list of codes: all but the one that was seen are a plain 1.
pub(super) struct No {
    pub code: String,
    pub sub_code: String,
    pub word: &'static str,
}

fn yes(data: Value) -> Said {
    Ok(Yes { data, sub_code: "" })
}

fn no(word: &'static str) -> No {
    No { code: "1".to_owned(), sub_code: String::new(), word }
}

impl Book {
    pub fn create(&mut self, message: &Value, manner: Duplicates, fault: Option<&Fault>, now: Timestamp) -> Said {
        let order_id = checked(message)?;
        if let Some(known) = self.entries.get(&order_id) {
            return match manner {
                Duplicates::Replay if !known.cancelled => Ok(Yes { data: told(&order_id, known), sub_code: "0_0001" }),
                _ => Err(No { sub_code: "0_0001".to_owned(), ..no("duplicate") }),
            };
        }
        let number = match (message["waybillCode"].as_str(), fault, self.entries.values().next()) {
            (Some(held), ..) => self.held(held, now)?,
            (None, Some(Fault::SameNumber), Some(first)) => first.number.clone(),
            _ => self.next_number("JDVA"),
        };
        self.used.insert(number.clone());
        let entry = Entry { number, cancelled: false, intercepted: false, request: message.clone() };
        let data = told(&order_id, &entry);
        self.entries.insert(order_id, entry);
        yes(data)
    }

    /// Only a number that was given, is still good and was never used, also not for what was cancelled since.
    fn held(&self, number: &str, now: Timestamp) -> Result<String, No> {
        let good = self.pool.get(number).is_some_and(|until| now < *until);
        if good && !self.used.contains(number) { Ok(number.to_owned()) } else { Err(no("number")) }
    }

    /// What JD's status answers of an order id it doesn't know, or has cancelled, isn't published: nothing.
    pub fn status(&self, message: &Value) -> Said {
        let order_id = text(message, "orderId").ok_or_else(|| no("malformed"))?;
        match self.entries.get(order_id).filter(|entry| !entry.cancelled) {
            Some(entry) => {
                let mut data = told(order_id, entry);
                data["category"] = json!("390");
                yes(data)
            }
            None => yes(Value::Null),
        }
    }

    pub fn modify(&mut self, message: &Value) -> Said {
        let order_id = checked(message)?;
        let entry = self.entries.get_mut(&order_id).filter(|entry| !entry.cancelled).ok_or_else(|| no("unknown"))?;
        entry.request = message.clone();
        yes(json!({ "orderId": order_id, "waybillCode": entry.number }))
    }

    /// Before the pickup it cancels, after it it intercepts.
    pub fn cancel(&mut self, message: &Value, collected: bool) -> Said {
        let (order_id, number) = (text(message, "orderId"), text(message, "waybillCode"));
        let found = self.entries.iter_mut().find(|(id, entry)| {
            order_id.is_none_or(|order_id| order_id == *id) && number.is_none_or(|number| number == entry.number)
        });
        let (order_id, entry) = found.filter(|_| order_id.or(number).is_some()).ok_or_else(|| no("unknown"))?;
        if collected {
            entry.intercepted = true;
        } else {
            entry.cancelled = true;
        }
        let kind = if collected { 2 } else { 1 };
        yes(json!({ "orderId": order_id, "waybillCode": entry.number, "resultType": kind }))
    }

    /// How it would be sorted; nothing is booked.
    pub fn precheck(message: &Value) -> Said {
        checked(message)?;
        let mut data = sorted(message);
        data["deliveryPromiseTime"] = json!("2026-02-20 18:00:00");
        yes(data)
    }

    /// Collected, and on its way; nothing of a number that isn't in the book.
    pub fn trace(&self, message: &Value) -> Said {
        let number = text(message, "waybillCode").ok_or_else(|| no("malformed"))?;
        let entry = self.entries.iter().find(|(_, entry)| entry.number == number && !entry.cancelled);
        let event = |order_id: &String, hour: &str, category: &str, state: &str| {
            json!({ "waybillCode": number, "orderId": order_id, "category": category, "state": state,
                "operationTitle": word(category), "operationRemark": "", "operateSite": word("station"),
                "operationTime": format!("2026-02-18 {hour}:04:05") })
        };
        let events = |(order_id, _): (&String, &Entry)| {
            vec![event(order_id, "18", "420", "200001"), event(order_id, "21", "430", "200076")]
        };
        let events = entry.map(events).unwrap_or_default();
        yes(json!(self.told.get(number).unwrap_or(&events)))
    }

    /// Whoever subscribes knows the end of the receiver's phone.
    pub fn subscribe(&self, message: &Value) -> Said {
        let number = text(message, "waybillCode").ok_or_else(|| no("malformed"))?;
        let entry = self.entries.values().find(|entry| entry.number == number).ok_or_else(|| no("unknown"))?;
        let receiver = &entry.request["receiverContact"];
        let phone = text(receiver, "mobile").or(text(receiver, "phone")).unwrap_or_default();
        // An extension is no part of the phone.
        let phone = phone.split_once('-').filter(|(number, _)| number.len() == 11).map_or(phone, |(number, _)| number);
        let tail = text(message, "mobile").ok_or_else(|| no("malformed"))?;
        if phone.ends_with(tail) { yes(json!(word("subscribed"))) } else { Err(no("phone")) }
    }

    /// A block of numbers, good for three months.
    pub fn prefetch(&mut self, message: &Value, now: Timestamp) -> Said {
        let sum = message["sum"].as_u64().filter(|sum| (1..=MOST_NUMBERS).contains(sum));
        let (customer, clinic) = (text(message, "customerCode"), text(message, "clinicCode"));
        let (Some(sum), true) = (sum, customer.is_some() != clinic.is_some()) else { return Err(no("malformed")) };
        let kind = if clinic.is_some() { "JDJ0" } else { "JDVC" };
        let numbers: Vec<String> = (0..sum).map(|_| self.next_number(kind)).collect();
        self.pool.extend(numbers.iter().map(|number| (number.clone(), good_until(now))));
        yes(json!({ "waybillCodes": numbers }))
    }

    fn next_number(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{kind}{:011}", 45_100_000_000 + self.issued)
    }
}

pub(super) fn good_until(given: Timestamp) -> Timestamp {
    let civil = given.to_zoned(jiff::tz::TimeZone::UTC);
    civil.checked_add(Span::new().months(3)).map_or(given, |until| until.timestamp())
}

/// An answer about an order, changed as the fault says; what stands in the book stays right.
pub(super) fn distorted(mut data: Value, fault: &Fault, others: &BTreeMap<String, Entry>) -> Value {
    let other = others.iter().find(|(order_id, _)| Some(order_id.as_str()) != data["orderId"].as_str());
    match fault {
        Fault::AnotherParcels if data.is_array() => data[0]["waybillCode"] = json!("JDVA99999999999"),
        Fault::AnotherParcels => match other {
            Some((order_id, entry)) => data = told(order_id, entry),
            None => data["orderId"] = json!("SOMEBODY-ELSES-0001"),
        },
        Fault::NoNumber => data["waybillCode"] = Value::Null,
        Fault::OddNumber => data["waybillCode"] = json!("YT1234567890123"),
        Fault::SwappedNumber => data["waybillCode"] = json!("JDVA99999999999"),
        Fault::ManualCheck => data["needRetry"] = json!(true),
        Fault::NoRouting => {
            data["faceSheetResponse"] = Value::Null;
            data["presortResult"] = Value::Null;
        }
        _ => {}
    }
    data
}

fn told(order_id: &str, entry: &Entry) -> Value {
    let mut data = sorted(&entry.request);
    data["orderId"] = json!(order_id);
    data["orderCode"] = json!(format!("EO{}", &entry.number[4..]));
    data["waybillCode"] = json!(entry.number);
    data["freightPre"] = json!(12.5);
    data["needRetry"] = json!(false);
    data
}

fn sorted(request: &Value) -> Value {
    let address = |side: &str| request[side]["fullAddress"].as_str().unwrap_or_default();
    let (presort, sheet) = route::of(address("senderContact"), address("receiverContact"));
    json!({ "presortResult": presort, "faceSheetResponse": { "faceSheetInfo": sheet } })
}

/// The order id of a well-formed order (required fields and lengths as documented).
fn checked(message: &Value) -> Result<String, No> {
    let malformed = || no("malformed");
    let order_id = text(message, "orderId").ok_or_else(malformed)?;
    text(&message["productsReq"], "productCode").ok_or_else(malformed)?;
    let origin = message["orderOrigin"].as_u64().ok_or_else(malformed)?;
    if matches!(origin, 1 | 2) && text(message, "customerCode").is_none_or(|code| code.len() > 32) {
        return Err(malformed());
    }
    let is_settled = matches!(message["settleType"].as_u64(), Some(1 | 2 | 3 | 5));
    let is_picked_up = matches!(message["pickupType"].as_u64(), Some(1 | 2));
    let cargo = &message["cargoes"][0];
    let measured =
        ["quantity", "weight", "volume"].iter().all(|key| cargo[*key].as_f64().is_some_and(|size| size > 0.0));
    text(&message["CommonChannelInfo"], "channelCode").ok_or_else(malformed)?;
    let mut texts = vec![(order_id, 50), (text(cargo, "name").ok_or_else(malformed)?, 200)];
    for side in ["senderContact", "receiverContact"] {
        let contact = &message[side];
        texts.push((text(contact, "name").ok_or_else(malformed)?, 50));
        texts.push((text(contact, "fullAddress").ok_or_else(malformed)?, 200));
        let mobile = text(contact, "mobile").map(|mobile| mobile.len() == 11);
        if !mobile.unwrap_or_else(|| text(contact, "phone").is_some()) {
            return Err(malformed());
        }
    }
    // Emoji and rare ideographs are four bytes long.
    let is_plain = texts.iter().all(|(text, longest)| {
        text.chars().count() <= *longest && text.chars().all(|character| character.len_utf8() < 4)
    });
    if is_settled && is_picked_up && measured && is_plain { Ok(order_id.to_owned()) } else { Err(malformed()) }
}

fn text<'m>(message: &'m Value, key: &str) -> Option<&'m str> {
    message[key].as_str().filter(|text| !text.is_empty())
}
