//! What SF's answers mean. A yes counts only when it is about this parcel and bears a number of SF's own form.

use std::collections::BTreeMap;

use serde_json::Value;

use super::route;
use crate::carrier::codes::CodeTable;
use crate::carrier::tracking::ScanTable;
use crate::carrier::{Attention, Cause, Issued, Operation, Outcome, Rejection, number, snake_case, text};
use crate::domain::order::CarrierCode;

pub(super) fn read(codes: &CodeTable, scans: &ScanTable, operation: &Operation, status: u16, body: &[u8]) -> Outcome {
    if status != 200 {
        let cause = if status >= 500 { Cause::CarrierFailed } else { Cause::Unreadable };
        return Outcome::unknown(cause, format!("SF's gateway answered HTTP {status}"));
    }
    let Ok(outer) = serde_json::from_slice::<Value>(body) else {
        return Outcome::unknown(
            Cause::Unreadable,
            "the answer is no JSON: something stands between here and SF, or it was cut off",
        );
    };
    let gateway = text(&outer["apiResultCode"]);
    if !gateway.is_empty() && gateway != "A1000" {
        return codes.outcome(operation, &gateway, &text(&outer["apiErrorMsg"]));
    }
    // The documentation shows an object, real answers carry JSON in a string.
    let inner = match &outer["apiResultData"] {
        Value::String(json) => serde_json::from_str(json).unwrap_or_default(),
        Value::Null => outer.clone(),
        object => object.clone(),
    };
    match &inner["success"] {
        Value::Bool(true) => {}
        Value::String(word) if word == "true" => {}
        Value::Bool(false) => return refused(codes, operation, &inner),
        Value::String(word) if word == "false" => return refused(codes, operation, &inner),
        _ => {
            return Outcome::unknown(Cause::Unreadable, "the answer says neither success nor failure");
        }
    }
    let data = match &inner["msgData"] {
        Value::String(json) => serde_json::from_str(json).unwrap_or_default(),
        object => object.clone(),
    };
    match operation {
        Operation::Cancel { .. } => cancelled(operation, &data),
        Operation::Track(tracked) => route::answered(scans, &tracked.number, &data),
        // `request` builds no others for SF.
        _ => issued(codes, operation, &data),
    }
}

fn refused(codes: &CodeTable, operation: &Operation, inner: &Value) -> Outcome {
    let message = [text(&inner["errorMsg"]), text(&inner["errorMessage"])].concat();
    codes.outcome(operation, &text(&inner["errorCode"]), &message)
}

fn cancelled(operation: &Operation, data: &Value) -> Outcome {
    if let Some(outcome) = anothers(operation, &text(&data["orderId"])) {
        return outcome;
    }
    // 2 is done; anything else, also nothing, is not known to be.
    match text(&data["resStatus"]).as_str() {
        "2" => Outcome::Cancelled,
        other => Outcome::unknown(
            Cause::CarrierFailed,
            format!("SF answered resStatus `{other}` and not 2: ask by id whether it is cancelled"),
        ),
    }
}

fn anothers(operation: &Operation, order_id: &str) -> Option<Outcome> {
    let sent = operation.waybill_id();
    let sent = sent.map_or("", |id| id.as_str());
    (order_id != sent).then(|| {
        let about = if order_id.is_empty() { "no order id".to_owned() } else { format!("order id {order_id}") };
        Outcome::unknown(
            Cause::AnotherParcels,
            format!("asked about {sent}, SF answered about {about}: the answer is another parcel's"),
        )
    })
}

fn issued(codes: &CodeTable, operation: &Operation, data: &Value) -> Outcome {
    if let Some(outcome) = anothers(operation, &text(&data["orderId"])) {
        return outcome;
    }
    let filter = text(&data["filterResult"]);
    if filter == "3" {
        // SF's own words for it are a digit: 1 the receiver's place, 2 the sender's, else another reason.
        let code = match text(&data["remark"]).as_str() {
            "1" => "filterResult 3, remark 1",
            "2" => "filterResult 3, remark 2",
            _ => "filterResult 3",
        };
        return match codes.outcome(operation, code, "") {
            // It stands in SF's book, and somebody there decides.
            Outcome::Rejected(rejection) => Outcome::Rejected(Rejection { booked: true, ..rejection }),
            other => other,
        };
    }
    let numbers = |kind: &str| -> Vec<String> {
        let all = data["waybillNoInfoList"].as_array().into_iter().flatten();
        all.filter(|entry| text(&entry["waybillType"]) == kind).map(|entry| text(&entry["waybillNo"])).collect()
    };
    let Some(mother) = numbers("1").into_iter().find(|number| !number.is_empty()) else {
        return Outcome::unknown(Cause::NoNumber, "SF says success and gives no waybill number");
    };
    let children = numbers("2");
    if let Some(odd) = [&mother].into_iter().chain(&children).find(|number| !number::is_from(CarrierCode::Sf, number)) {
        return Outcome::unknown(Cause::NoNumber, format!("`{odd}` is no SF waybill number: it is not used"));
    }
    if let Operation::Create(shipment) = operation
        && let Some(held) = &shipment.number
        && *held != mother
    {
        return Outcome::unknown(
            Cause::AnotherParcels,
            format!("asked to register {held}, SF answered {mother}: the number is another parcel's"),
        );
    }
    let routing = routing(data);
    let coded = routing.get("two_dimension_code").and_then(Value::as_str).and_then(number::in_sf_code);
    let beside = routing.get("waybill_no").and_then(Value::as_str);
    if let Some(other) = [coded, beside]
        .into_iter()
        .flatten()
        .find(|other| *other != mother && !children.iter().any(|child| child == other))
    {
        let why = format!("SF answered number {mother} with the routing of {other}: one of them is another parcel's");
        return Outcome::unknown(Cause::AnotherParcels, why);
    }
    let mut attention = Vec::new();
    attention.extend((filter == "1").then_some(Attention::ManualCheck));
    attention.extend((filter == "4").then_some(Attention::Undetermined));
    match routing.get("dest_route_label").and_then(Value::as_str) {
        None => attention.push(Attention::NoRouting),
        Some(label) => attention.extend((!label.contains('-')).then_some(Attention::VagueAddress)),
    }
    Outcome::Confirmed(Issued { number: mother, child_numbers: children, routing, attention })
}

/// The label's fields under SF's names, empty ones left out.
fn routing(data: &Value) -> BTreeMap<String, Value> {
    let mut routing = BTreeMap::new();
    for (name, key) in [("originCode", "origincode"), ("destCode", "destcode")] {
        let code = [text(&data[name]), text(&data[key])].concat();
        if !code.is_empty() {
            routing.insert(snake_case(name), Value::String(code));
        }
    }
    let label = data["routeLabelInfo"].as_array().into_iter().flatten().find(|info| text(&info["code"]) == "1000");
    let fields = label.and_then(|info| info["routeLabelData"].as_object()).into_iter().flatten();
    for (name, value) in fields {
        let is_empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(_) | Value::Object(_) => true,
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !is_empty {
            routing.insert(snake_case(name), value.clone());
        }
    }
    routing
}
