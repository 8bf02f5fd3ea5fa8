//! What ZTO's answers mean. A yes counts only when it is about this parcel and bears a number of ZTO's own form; what
//! ZTO publishes no form of is looked for where it may stand, and not found it is in doubt.

use std::collections::BTreeMap;

use serde_json::Value;

use super::scan;
use crate::carrier::codes::CodeTable;
use crate::carrier::tracking::ScanTable;
use crate::carrier::{Attention, Cause, Issued, Operation, Outcome, number, snake_case, text};
use crate::domain::order::CarrierCode;

/// Where the count of numbers left may stand.
const BALANCES: [&str; 5] = ["availableBalance", "balance", "available", "remainCount", "count"];

pub(super) fn read(codes: &CodeTable, scans: &ScanTable, operation: &Operation, status: u16, body: &[u8]) -> Outcome {
    if status != 200 {
        let cause = if status >= 500 { Cause::CarrierFailed } else { Cause::Unreadable };
        return Outcome::unknown(cause, format!("ZTO's gateway answered HTTP {status}"));
    }
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Outcome::unknown(
            Cause::Unreadable,
            "the answer is no JSON: something stands between here and ZTO, or it was cut off",
        );
    };
    let code = text(&answer["statusCode"]);
    match truth(&answer["status"]) {
        // Successes bear 0000, SYS000 and others; one that bears an error's code says two things at once.
        Some(true) if codes.get(&code).is_some() => {
            return Outcome::unknown(Cause::Unreadable, format!("the answer says success and code {code}"));
        }
        Some(true) => {}
        Some(false) => return codes.outcome(operation, &code, &text(&answer["message"])),
        None => return Outcome::unknown(Cause::Unreadable, "the answer says neither success nor failure"),
    }
    let result = match &answer["result"] {
        Value::String(json) => serde_json::from_str(json).unwrap_or_else(|_| answer["result"].clone()),
        result => result.clone(),
    };
    match operation {
        Operation::Query { .. } => found(codes, operation, &result),
        Operation::Cancel { number, .. } => cancelled(operation, number.as_deref(), &result),
        Operation::Intercept { number, .. } => done(operation, number, &result),
        Operation::Subscribe(tracked) => done(operation, &tracked.number, &result),
        Operation::Track(tracked) => scan::answered(scans, &tracked.number, &result),
        Operation::Route(_) => routed(operation, &result),
        Operation::Balance => balance(&result),
        // `request` builds no others for ZTO.
        _ => issued(operation, &result),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::String(word) => word.trim().to_lowercase().parse().ok(),
        _ => None,
    }
}

/// An order, or a list of them. That an empty list means "no such order" ZTO doesn't publish: it stands in the table
/// of codes, where a site that knows better changes it.
fn found(codes: &CodeTable, operation: &Operation, result: &Value) -> Outcome {
    let Some(list) = result.as_array() else { return issued(operation, result) };
    match list.as_slice() {
        [] => codes.outcome(operation, "result []", ""),
        [one] => issued(operation, one),
        several => {
            let ours = several.iter().find(|order| anothers(operation, order).is_none());
            issued(operation, ours.unwrap_or(&several[0]))
        }
    }
}

/// Another parcel's, or nobody's, which is no better.
fn anothers(operation: &Operation, order: &Value) -> Option<Outcome> {
    let sent = operation.waybill_id()?.as_str();
    let named = text(&order["partnerOrderCode"]);
    (named != sent).then(|| {
        let about = if named.is_empty() { "no order".to_owned() } else { format!("order {named}") };
        let why = format!("asked about {sent}, ZTO answered about {about}: the answer is another parcel's");
        Outcome::unknown(Cause::AnotherParcels, why)
    })
}

fn issued(operation: &Operation, order: &Value) -> Outcome {
    if let Some(outcome) = anothers(operation, order) {
        return outcome;
    }
    let bill_code = text(&order["billCode"]);
    if bill_code.is_empty() {
        return Outcome::unknown(Cause::NoNumber, "ZTO says success and gives no waybill number");
    }
    if !number::is_from(CarrierCode::Zto, &bill_code) {
        return Outcome::unknown(Cause::NoNumber, format!("`{bill_code}` is no ZTO waybill number: it is not used"));
    }
    if let Some(held) = operation.shipment().and_then(|shipment| shipment.number.as_ref())
        && *held != bill_code
    {
        return Outcome::unknown(
            Cause::AnotherParcels,
            format!("asked to register {held}, ZTO answered {bill_code}: the number is another parcel's"),
        );
    }
    let routing = routing(order);
    let attention = attention(&routing).into_iter().collect();
    Outcome::Confirmed(Issued { number: bill_code, child_numbers: Vec::new(), routing, attention })
}

/// `300- H12 09` sorts down to the courier, `600-` only as far as a city.
fn attention(routing: &BTreeMap<String, Value>) -> Option<Attention> {
    let Some(mark) = routing.get("mark").and_then(Value::as_str) else { return Some(Attention::NoRouting) };
    let segments = mark.split([' ', '-']).filter(|segment| !segment.is_empty()).count();
    (segments == 1).then_some(Attention::VagueAddress)
}

/// The label's fields under ZTO's names, empty ones left out.
fn routing(order: &Value) -> BTreeMap<String, Value> {
    let outlet = ["siteCode", "siteName", "verifyCode"].map(|name| (name, &order[name]));
    let marks = ["mark", "bagAddr"].map(|name| (name, &order["bigMarkInfo"][name]));
    let given = outlet.into_iter().chain(marks).map(|(name, value)| (snake_case(name), text(value)));
    given.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, Value::String(value))).collect()
}

/// A yes that names the parcel by either of its names, and by no other.
fn cancelled(operation: &Operation, number: Option<&str>, result: &Value) -> Outcome {
    let id = operation.waybill_id().map(|id| id.as_str());
    let named = [(text(&result["partnerOrderCode"]), id), (text(&result["billCode"]), number)];
    let named: Vec<_> = named.into_iter().filter(|(named, _)| !named.is_empty()).collect();
    if let Some((other, _)) = named.iter().find(|(named, ours)| Some(named.as_str()) != *ours) {
        return Outcome::unknown(Cause::AnotherParcels, format!("ZTO says that it cancelled {other}: ask by id"));
    }
    if named.is_empty() {
        return Outcome::unknown(Cause::Unreadable, "ZTO says success and names no parcel: ask by id");
    }
    Outcome::Cancelled
}

/// A yes that names the parcel or nothing: there is nothing to take from it.
fn done(operation: &Operation, number: &str, result: &Value) -> Outcome {
    let named = text(&result["billCode"]);
    if !named.is_empty() && named != number {
        let why = format!("asked to {} {number}, ZTO answered about {named}", operation.name());
        return Outcome::unknown(Cause::AnotherParcels, why);
    }
    Outcome::Done
}

fn routed(operation: &Operation, result: &Value) -> Outcome {
    let sent = operation.waybill_id().map_or("", |id| id.as_str());
    let named = text(&result["unionCode"]);
    if !named.is_empty() && named != sent {
        let why = format!("asked for the way of {sent}, ZTO answered for {named}");
        return Outcome::unknown(Cause::AnotherParcels, why);
    }
    let marks = ["mark", "bagAddr"].map(|name| (snake_case(name), text(&result[name])));
    let routing: BTreeMap<String, Value> = marks
        .into_iter()
        .filter(|(_, mark)| !mark.is_empty())
        .map(|(name, mark)| (name, Value::String(mark)))
        .collect();
    if !routing.contains_key("mark") {
        return Outcome::unknown(Cause::Unreadable, "ZTO says success and gives no mark: the address may be vague");
    }
    Outcome::Routed(routing)
}

fn balance(result: &Value) -> Outcome {
    let counts = std::iter::once(result).chain(BALANCES.iter().map(|name| &result[*name]));
    match counts.map(text).find_map(|count| count.parse().ok()) {
        Some(left) => Outcome::Balance { left },
        None => Outcome::unknown(Cause::Unreadable, "ZTO says success and gives no count of numbers"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::carrier::Tracked;

    fn said(operation: &Operation, answer: &Value) -> Outcome {
        let config = super::super::config(super::super::BUILTIN).expect("the built-in file loads");
        read(&config.codes, &config.scans, operation, 200, answer.to_string().as_bytes())
    }

    fn yes(result: &Value) -> Value {
        json!({ "status": true, "statusCode": "SYS000", "message": "", "result": result })
    }

    fn cause(outcome: &Outcome) -> Cause {
        match outcome {
            Outcome::Unknown(doubt) => doubt.cause,
            other => panic!("not in doubt: {other:?}"),
        }
    }

    #[test]
    fn a_yes_with_an_errors_code_is_no_yes() {
        let answer = json!({ "status": true, "statusCode": "S200", "result": { "partnerOrderCode": "DB1", "billCode": "73000000000001" } });
        let query = Operation::Query { waybill_id: "DB1".into() };
        assert_eq!(cause(&said(&query, &answer)), Cause::Unreadable);
    }

    #[test]
    fn a_balance_is_found_wherever_it_stands_and_never_guessed() {
        for (result, left) in [
            (json!(7), Some(7)),
            (json!("7"), Some(7)),
            (json!({ "availableBalance": "12" }), Some(12)),
            (json!({ "balance": 0 }), Some(0)),
            (json!({ "balance": -1 }), None),
            (json!({ "somethingElse": 5 }), None),
            (json!([5]), None),
            (json!(null), None),
        ] {
            match (said(&Operation::Balance, &yes(&result)), left) {
                (Outcome::Balance { left }, Some(expected)) => assert_eq!(left, expected, "{result}"),
                (outcome, None) => assert_eq!(cause(&outcome), Cause::Unreadable, "{result}"),
                (outcome, expected) => panic!("{result}: {outcome:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn our_order_is_found_among_several() {
        let order = |id: &str, number: &str| json!({ "partnerOrderCode": id, "billCode": number });
        let query = Operation::Query { waybill_id: "DB2".into() };
        let both = yes(&json!([order("DB1", "73000000000001"), order("DB2", "73000000000002")]));
        let Outcome::Confirmed(issued) = said(&query, &both) else { panic!("it is there") };
        assert_eq!((issued.number.as_str(), issued.attention), ("73000000000002", vec![Attention::NoRouting]));
        let others = yes(&json!([order("DB1", "73000000000001"), order("DB3", "73000000000003")]));
        assert_eq!(cause(&said(&query, &others)), Cause::AnotherParcels);
    }

    #[test]
    fn a_mark_of_one_segment_is_a_vague_address() {
        for (mark, expected) in
            [("300- H12 09", None), ("600-", Some(Attention::VagueAddress)), ("", Some(Attention::NoRouting))]
        {
            let order = json!({ "bigMarkInfo": { "mark": mark, "bagAddr": "X" } });
            assert_eq!(attention(&routing(&order)), expected, "{mark}");
        }
    }

    #[test]
    fn a_bare_yes_does_what_leaves_nothing_and_cancels_nothing() {
        let tracked = Tracked { waybill_id: "DB1".into(), number: "73000000000001".to_owned(), phone_tail: None };
        let cancel = Operation::Cancel { waybill_id: "DB1".into(), number: Some("73000000000001".to_owned()) };
        assert_eq!(said(&Operation::Subscribe(tracked), &yes(&json!(true))), Outcome::Done);
        assert_eq!(cause(&said(&cancel, &yes(&json!(true)))), Cause::Unreadable);
        assert_eq!(cause(&said(&cancel, &yes(&json!({ "billCode": "73000000000009" })))), Cause::AnotherParcels);
    }
}
