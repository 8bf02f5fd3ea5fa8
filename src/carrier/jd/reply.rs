//! What JD's answers mean. A yes counts only with a number of JD's own form; that an order id was used before is a yes
//! only where the answer proves that it was used for this parcel.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::scan;
use crate::carrier::codes::CodeTable;
use crate::carrier::tracking::ScanTable;
use crate::carrier::{Attention, Cause, Issued, Operation, Outcome, number, snake_case, text};
use crate::domain::order::CarrierCode;

/// The order id was used before: JD says so as an error, or as a success with the number it gave then.
const KNOWN: &str = "0_0001";

pub(super) fn read(codes: &CodeTable, scans: &ScanTable, operation: &Operation, status: u16, body: &[u8]) -> Outcome {
    let parsed = serde_json::from_slice::<Value>(body).ok();
    if let Some((code, message)) = parsed.as_ref().and_then(gateway).filter(|_| matches!(status, 200 | 400..=499)) {
        return codes.outcome(operation, &code, &message);
    }
    if status != 200 {
        let cause = if status >= 500 { Cause::CarrierFailed } else { Cause::Unreadable };
        return Outcome::unknown(cause, format!("JD's gateway answered HTTP {status}"));
    }
    let Some(outer) = parsed else {
        return Outcome::unknown(
            Cause::Unreadable,
            "the answer is no JSON: something stands between here and JD, or it was cut off",
        );
    };
    let answer = unwrapped(outer);
    match says_yes(&answer) {
        None => Outcome::unknown(Cause::Unreadable, "the answer says neither success nor failure"),
        Some(false) => refused(codes, operation, &answer),
        Some(true) => accepted(codes, scans, operation, &answer),
    }
}

/// The code of an answer that the gateway gave in the service's place, told apart from the services' own by its name.
pub(super) fn gateway(answer: &Value) -> Option<(String, String)> {
    let error = answer.get("error_response")?;
    let message = [text(&error["zh_desc"]), text(&error["en_desc"])];
    let message = message.into_iter().find(|message| !message.is_empty()).unwrap_or_default();
    Some((format!("gateway {}", text(&error["code"])), message))
}

/// What goes through JD's Java SDK comes as `response.content`, as an object or as text.
fn unwrapped(outer: Value) -> Value {
    match opened(&outer["response"]["content"]) {
        Value::Null => outer,
        content => content,
    }
}

/// An object, or JSON in a text.
fn opened(value: &Value) -> Value {
    match value {
        Value::String(json) => serde_json::from_str(json).unwrap_or_default(),
        other => other.clone(),
    }
}

/// Every answer of JD's that was seen has both `code` and `success`: a yes needs both, a no either.
fn says_yes(answer: &Value) -> Option<bool> {
    let code = Some(text(&answer["code"])).filter(|code| !code.is_empty()).map(|code| code == "0");
    let success = match &answer["success"] {
        Value::Bool(yes) => Some(*yes),
        Value::String(word) if word == "true" || word == "false" => Some(word == "true"),
        _ => None,
    };
    match (code, success) {
        (Some(true), Some(true)) => Some(true),
        (Some(false), _) | (_, Some(false)) => Some(false),
        _ => None,
    }
}

fn refused(codes: &CodeTable, operation: &Operation, answer: &Value) -> Outcome {
    let (code, sub) = (text(&answer["code"]), text(&answer["subCode"]));
    let message = [text(&answer["msg"]), text(&answer["subMsg"])];
    let message = message.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    // The sub code says more, where it is one that is known.
    let narrow = !sub.is_empty() && (codes.get(&sub).is_some() || codes.get(&code).is_none());
    codes.outcome(operation, if narrow { &sub } else { &code }, &message)
}

fn accepted(codes: &CodeTable, scans: &ScanTable, operation: &Operation, answer: &Value) -> Outcome {
    let data = opened(&answer["data"]);
    if let Some(outcome) = anothers(operation, &data) {
        return outcome;
    }
    match operation {
        Operation::Create(shipment) => {
            let known = text(&answer["subCode"]) == KNOWN;
            created(operation, shipment.number.as_deref(), known, &data)
        }
        // JD documents no code for an order id it doesn't know; an answer without data is the least it can say.
        Operation::Query { .. } if is_nothing(&data) => codes.outcome(operation, "no data", ""),
        Operation::Query { .. } => issued(&data),
        Operation::Cancel { .. } if text(&data["resultType"]) == "2" => codes.outcome(operation, "intercepted", ""),
        Operation::Cancel { .. } => Outcome::Cancelled,
        Operation::Route(_) => match routing(&data) {
            routing if routing.is_empty() => {
                Outcome::unknown(Cause::Unreadable, "JD says yes and nothing of how the parcel is sorted")
            }
            routing => Outcome::Routed(routing),
        },
        Operation::Track(tracked) => scan::answered(scans, &tracked.number, &data),
        Operation::Prefetch { count } => numbers(*count, &data),
        // `request` builds no others for JD.
        _ => Outcome::Done,
    }
}

fn is_nothing(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// JD needn't name the order it answers about; where it does, it must be this one.
fn anothers(operation: &Operation, data: &Value) -> Option<Outcome> {
    let sent = operation.waybill_id()?.as_str();
    let named = text(&data["orderId"]);
    (!named.is_empty() && named != sent).then(|| {
        Outcome::unknown(
            Cause::AnotherParcels,
            format!("asked about {sent}, JD answered about order id {named}: the answer is another parcel's"),
        )
    })
}

fn created(operation: &Operation, held: Option<&str>, known: bool, data: &Value) -> Outcome {
    let outcome = issued(data);
    let Outcome::Confirmed(issued) = &outcome else { return outcome };
    let held = held.map(number::of_package);
    if let Some(held) = held.filter(|held| *held != issued.number) {
        let why = format!("asked to register {held}, JD answered {}: the number is another parcel's", issued.number);
        return Outcome::unknown(Cause::AnotherParcels, why);
    }
    // An order id that somebody else of this customer code used too would be answered with somebody else's number.
    let sent = operation.waybill_id().map_or("", |id| id.as_str());
    if known && held.is_none() && text(&data["orderId"]) != sent {
        let why = format!("JD has order id {sent} already and answers {} without naming the order", issued.number);
        return Outcome::unknown(Cause::Duplicate, why);
    }
    outcome
}

fn issued(data: &Value) -> Outcome {
    let given = text(&data["waybillCode"]);
    let number = number::of_package(&given);
    if number.is_empty() {
        return Outcome::unknown(Cause::NoNumber, "JD says yes and gives no waybill number");
    }
    if !number::is_from(CarrierCode::Jd, number) {
        return Outcome::unknown(Cause::NoNumber, format!("`{number}` is no JD waybill number: it is not used"));
    }
    let routing = routing(data);
    let beside = ["waybill_code", "package_code"].into_iter().filter_map(|name| routing.get(name)?.as_str());
    if let Some(other) = beside.map(number::of_package).find(|other| *other != number) {
        let why = format!("JD answered number {number} with the routing of {other}: one of them is another parcel's");
        return Outcome::unknown(Cause::AnotherParcels, why);
    }
    let mut attention = Vec::new();
    // People presort it, and what they find is not in this answer.
    let is_pending = matches!(&data["needRetry"], Value::Bool(true)) || text(&data["needRetry"]) == "true";
    attention.extend(is_pending.then_some(Attention::ManualCheck));
    attention.extend((!routing.contains_key("target_sort_center_name")).then_some(Attention::NoRouting));
    Outcome::Confirmed(Issued { number: number.to_owned(), child_numbers: Vec::new(), routing, attention })
}

/// The label's fields under JD's names, empty ones left out.
fn routing(data: &Value) -> BTreeMap<String, Value> {
    let sheet = &data["faceSheetResponse"]["faceSheetInfo"];
    let sources = [&data["presortResult"], &data["faceSheetInfo"], sheet];
    let fields = sources.into_iter().filter_map(Value::as_object).flatten();
    let mut routing: BTreeMap<String, Value> = fields
        .filter(|(_, value)| match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        })
        .map(|(name, value)| (snake_case(name), value.clone()))
        .collect();
    let order_code = text(&data["orderCode"]);
    if !routing.is_empty() && !order_code.is_empty() {
        routing.insert("order_code".to_owned(), Value::String(order_code));
    }
    routing
}

/// JD publishes no names for this answer: the numbers are the texts of its lists, and all of them must be JD's.
fn numbers(asked: u32, data: &Value) -> Outcome {
    let mut numbers = Vec::new();
    listed(data, data.is_string(), &mut numbers);
    if let Some(odd) = numbers.iter().find(|number| !number::is_from(CarrierCode::Jd, number)) {
        return Outcome::unknown(Cause::NoNumber, format!("`{odd}` is no JD waybill number: none of them is used"));
    }
    let different = numbers.iter().collect::<BTreeSet<_>>().len();
    if numbers.is_empty() || different < numbers.len() || different > asked as usize {
        let why = format!("asked for {asked} numbers, JD gave {}, {different} of them different", numbers.len());
        return Outcome::unknown(Cause::NoNumber, why);
    }
    Outcome::Numbers(numbers)
}

/// The texts inside of lists, several numbers in one taken apart.
fn listed(value: &Value, in_list: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if in_list => {
            found.extend(text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
        }
        Value::Array(list) => list.iter().for_each(|value| listed(value, true, found)),
        Value::Object(fields) => fields.values().for_each(|value| listed(value, in_list, found)),
        _ => {}
    }
}
