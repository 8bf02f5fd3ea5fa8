//! What ZTO has accepted, by the customer's order code, and what it says about it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Duplicates, Fault, Options, route};

/// A parcel in the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub number: String,
    pub cancelled: bool,
    pub intercepted: bool,
    pub subscribed: bool,
    order_code: String,
    request: Value,
}

#[derive(Default)]
pub(super) struct Book {
    pub entries: BTreeMap<String, Entry>,
    /// Ways by number, in place of the usual one.
    pub told: BTreeMap<String, Vec<Value>>,
    issued: u64,
}

/// The result, or an error code.
pub(super) type Said = Result<Value, String>;

/// ZTO publishes no code for these; whatever it says there, a client can't know it.
const REPEATED: &str = "repeated";
const EXHAUSTED: &str = "exhausted";
const NOT_CANCELLED: &str = "not cancelled";

impl Book {
    pub fn create(&mut self, message: &Value, options: &Options, fault: Option<&Fault>) -> Said {
        let id = checked(message, options)?;
        if let Some(known) = self.entries.get(&id) {
            return match options.duplicates {
                Duplicates::ReplayFirst if !known.cancelled => Ok(answer(&id, known)),
                _ => Err(REPEATED.to_owned()),
            };
        }
        let number = match (message["billCode"].as_str(), fault, self.entries.values().next()) {
            (Some(held), ..) if is_number(held) => held.to_owned(),
            (Some(_), ..) => return Err("E416".to_owned()),
            (None, Some(Fault::SameNumber), Some(first)) => first.number.clone(),
            (None, ..) if self.left(options) == 0 => return Err(EXHAUSTED.to_owned()),
            (None, ..) => {
                self.issued += 1;
                (73_100_000_000_000 + self.issued).to_string()
            }
        };
        let order_code = format!("2602180{:08}", self.entries.len() + 1);
        let request = message.clone();
        let entry = Entry { number, cancelled: false, intercepted: false, subscribed: false, order_code, request };
        let said = answer(&id, &entry);
        self.entries.insert(id, entry);
        Ok(said)
    }

    /// Prepaid numbers that aren't used up.
    pub fn left(&self, options: &Options) -> u64 {
        options.balance.saturating_sub(self.issued)
    }

    /// A list with the order in it, or with nothing.
    pub fn info(&self, message: &Value) -> Said {
        let id = text(message, "partnerOrderCode").ok_or("S208")?;
        let entry = self.entries.get(id).filter(|entry| !entry.cancelled);
        Ok(json!(entry.map(|entry| answer(id, entry)).into_iter().collect::<Vec<_>>()))
    }

    /// Only what a courier was to collect by appointment; what the outlet collects anyway is none of those.
    pub fn cancel(&mut self, message: &Value) -> Said {
        let kind = text(message, "cancelType").and_then(|kind| kind.parse::<u8>().ok());
        kind.filter(|kind| (1..=7).contains(kind)).ok_or("S208")?;
        let by = |entry: &Entry| {
            text(message, "billCode").is_some_and(|number| number == entry.number)
                || text(message, "orderCode").is_some_and(|code| code == entry.order_code)
        };
        let found = self.entries.iter_mut().find(|(_, entry)| by(entry)).ok_or(NOT_CANCELLED)?;
        let (id, entry) = found;
        if entry.request["orderType"] == "1" {
            return Err(NOT_CANCELLED.to_owned());
        }
        entry.cancelled = true;
        Ok(json!({ "partnerOrderCode": id, "orderCode": entry.order_code, "billCode": entry.number }))
    }

    pub fn intercept(&mut self, message: &Value) -> Said {
        let entry = self.by_number(message)?;
        entry.intercepted = true;
        Ok(json!({ "billCode": entry.number }))
    }

    pub fn subscribe(&mut self, message: &Value) -> Said {
        if text(message, "billCode").is_some_and(|number| self.told.contains_key(number)) {
            return Ok(json!(true));
        }
        let entry = self.by_number(message)?;
        entry.subscribed = true;
        Ok(json!(true))
    }

    /// Collected, and on its way.
    pub fn track(&mut self, message: &Value) -> Said {
        if let Some(told) = text(message, "billCode").and_then(|number| self.told.get(number)) {
            // Of whom the parcel is isn't in the book; that somebody knows an end of a phone is asked for all the same.
            return if text(message, "mobilePhone").is_some() { Ok(json!(told)) } else { Err("E409".to_owned()) };
        }
        let entry = self.by_number(message)?;
        let scan = |code: &str, hour: u8| {
            let site = json!({ "code": "75500", "name": "-", "city": entry.request["senderInfo"]["senderCity"] });
            let at = format!("2026-02-18 {hour}:04:05");
            json!({ "billCode": entry.number, "scanType": code, "scanDate": at, "desc": super::message(code), "scanSite": site })
        };
        Ok(json!([scan("GOT", 18), scan("DEPARTURE", 21)]))
    }

    /// Who asks for a parcel's way knows the end of its receiver's or its sender's phone.
    fn by_number(&mut self, message: &Value) -> Result<&mut Entry, String> {
        let number = text(message, "billCode").ok_or("S208")?;
        let entry = self.entries.values_mut().find(|entry| entry.number == number && !entry.cancelled);
        let entry = entry.ok_or("E416")?;
        let phones = [
            "/receiveInfo/receiverMobile",
            "/receiveInfo/receiverPhone",
            "/senderInfo/senderMobile",
            "/senderInfo/senderPhone",
        ];
        let tail = text(message, "mobilePhone");
        let known = |tail: &str| {
            let mut phones = phones.iter().filter_map(|at| entry.request.pointer(at)?.as_str());
            phones.any(|phone| phone.split('-').any(|part| part.ends_with(tail)))
        };
        match tail {
            Some(tail) if !known(tail) => Err("E409".to_owned()),
            _ => Ok(entry),
        }
    }
}

/// Where an order goes, as zto.innovate.bagAddrMark is asked.
pub(super) fn mark(message: &Value) -> Said {
    let field = |name: &str| text(message, name).ok_or("S208");
    let place =
        [field("receive_province")?, field("receive_city")?, field("receive_district")?, field("receive_address")?];
    field("send_province")?;
    let mut said = route::mark(place[0], place[1], place[2], place[3]).unwrap_or_else(|| json!({}));
    said["unionCode"] = message["unionCode"].clone();
    Ok(said)
}

/// An answer, changed as the fault says; what stands in the book stays right.
pub(super) fn distorted(mut said: Value, fault: &Fault, others: &BTreeMap<String, Entry>) -> Value {
    let Some(about) = (if said.is_array() { said.get_mut(0) } else { Some(&mut said) }) else { return said };
    if about.get("billCode").is_none() {
        return said;
    }
    let id = about["partnerOrderCode"].as_str().unwrap_or_default();
    let other = others.iter().find(|(other, _)| other.as_str() != id);
    match fault {
        Fault::NoNumber => about["billCode"] = json!(""),
        Fault::OddNumber => about["billCode"] = json!("YT1234567890123"),
        Fault::SwappedNumber => about["billCode"] = json!("73199999999999"),
        Fault::NoRouting => about["bigMarkInfo"] = Value::Null,
        Fault::AnotherParcels if about.get("scanType").is_some() => about["billCode"] = json!("73199999999999"),
        Fault::AnotherParcels => match other {
            Some((id, entry)) => *about = answer(id, entry),
            None => {
                about["partnerOrderCode"] = json!("SOMEBODY-ELSES-0001");
                about["billCode"] = json!("73199999999999");
            }
        },
        _ => {}
    }
    said
}

fn answer(id: &str, entry: &Entry) -> Value {
    let to = &entry.request["receiveInfo"];
    let text = |key: &str| to[key].as_str().unwrap_or_default();
    let mark =
        route::mark(text("receiverProvince"), text("receiverCity"), text("receiverDistrict"), text("receiverAddress"));
    json!({
        "billCode": entry.number,
        "orderCode": entry.order_code,
        "partnerOrderCode": id,
        "siteCode": "75501",
        "siteName": entry.request["senderInfo"]["senderDistrict"],
        "bigMarkInfo": mark,
        "signBillInfo": null,
        "verifyCode": "",
    })
}

/// The order code of a well-formed order, or the code it is refused with.
fn checked(message: &Value, options: &Options) -> Result<String, String> {
    let id = text(message, "partnerOrderCode").ok_or("S208")?;
    let (partner, order) = (text(message, "partnerType").ok_or("S208")?, text(message, "orderType").ok_or("S208")?);
    for (side, name) in [("senderInfo", "sender"), ("receiveInfo", "receiver")] {
        let party = &message[side];
        let field = |key: &str| text(party, &format!("{name}{key}")).ok_or("S208");
        for key in ["Name", "Province", "City", "District", "Address"] {
            field(key)?;
        }
        field("Mobile").or_else(|_| field("Phone"))?;
    }
    let account = &message["accountInfo"];
    let bound = match (partner, order) {
        ("1", "1" | "2") => text(account, "customerId").is_some_and(|id| id.starts_with("GPG")),
        ("2", "1" | "2" | "4") => {
            text(account, "accountId") == Some(&options.account_id)
                && text(account, "accountPassword") == Some(&options.account_password)
        }
        ("2", "3") => true,
        _ => return Err("S208".to_owned()),
    };
    if bound { Ok(id.to_owned()) } else { Err("E404".to_owned()) }
}

/// 14 digits today, 12 in older ranges.
fn is_number(text: &str) -> bool {
    matches!(text.len(), 12 | 14) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn text<'m>(message: &'m Value, key: &str) -> Option<&'m str> {
    message[key].as_str().filter(|text| !text.is_empty())
}
