//! JD's traces: the answer to `/trace/query`, and the push that brings the same. Facts give no signature for the push:
//! what authenticates it is the address it comes to, which nobody else knows.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use crate::carrier::tracking::{Push, PushError, Scan, ScanTable};
use crate::carrier::{Cause, Outcome, number, text, without_phones};

/// JD writes times without a zone, in China's.
const ZONE: Offset = jiff::tz::offset(8);

/// The traces of one number; one of another number makes the answer another parcel's.
pub(super) fn answered(scans: &ScanTable, wanted: &str, data: &Value) -> Outcome {
    let wanted = number::of_package(wanted);
    let Some(traces) = list(data) else {
        return Outcome::unknown(Cause::Unreadable, format!("JD's answer holds no traces of {wanted}"));
    };
    let named = |trace: &&Value| {
        let of = text(&trace["waybillCode"]);
        !of.is_empty() && number::of_package(&of) != wanted
    };
    if traces.iter().any(|trace| named(&trace)) {
        let why = format!("asked for the traces of {wanted}, JD answered another's");
        return Outcome::unknown(Cause::AnotherParcels, why);
    }
    match traces.iter().map(|trace| scan(scans, wanted, trace)).collect() {
        Ok(scans) => Outcome::Tracked(scans),
        Err(why) => Outcome::unknown(Cause::Unreadable, why),
    }
}

/// Traces stand in an array, or in an object's only one (JD publishes no name for it).
fn list(data: &Value) -> Option<&Vec<Value>> {
    match data {
        Value::Array(traces) => Some(traces),
        Value::Object(fields) => fields.values().find_map(Value::as_array),
        _ => None,
    }
}

/// One event, or several of several parcels.
pub(super) fn pushed(scans: &ScanTable, push: &Push<'_>) -> Result<Vec<Scan>, PushError> {
    let body: Value = serde_json::from_slice(push.body)
        .map_err(|_| PushError::Unreadable("it is no JSON: choose JSON for pushes in JD's console".to_owned()))?;
    let traces = match &body {
        Value::Array(traces) => traces.as_slice(),
        one => std::slice::from_ref(one),
    };
    let scan = |trace: &Value| {
        let number = text(&trace["waybillCode"]);
        if number.is_empty() {
            return Err(PushError::Unreadable("an event names no waybillCode".to_owned()));
        }
        scan(scans, number::of_package(&number), trace).map_err(PushError::Unreadable)
    };
    traces.iter().map(scan).collect()
}

fn scan(scans: &ScanTable, number: &str, trace: &Value) -> Result<Scan, String> {
    let at =
        time(&trace["operationTime"]).ok_or_else(|| format!("an event of {number} has no time that can be read"))?;
    let (category, state) = (text(&trace["category"]), text(&trace["state"]));
    let narrow = if state.is_empty() { category.clone() } else { format!("{category}+{state}") };
    // The title says 妥投 where the remark says by whom or where.
    let said = [text(&trace["operationTitle"]), text(&trace["operationRemark"])];
    let said = said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(Scan {
        number: number.to_owned(),
        meaning: scans.meaning([narrow.as_str(), category.as_str()], &said),
        code: narrow,
        at,
        city: String::new(),
        facility: text(&trace["operateSite"]),
        text: without_phones(&said),
    })
}

/// `yyyy-MM-dd HH:mm:ss` in China's time, or milliseconds.
fn time(value: &Value) -> Option<Timestamp> {
    if let Some(milliseconds) = value.as_i64() {
        return Timestamp::from_millisecond(milliseconds).ok();
    }
    let civil = text(value).parse::<DateTime>().ok()?;
    civil.to_zoned(TimeZone::fixed(ZONE)).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::carrier::tracking::Meaning;

    fn table() -> ScanTable {
        super::super::config(super::super::BUILTIN).expect("the built-in file loads").scans
    }

    fn push(body: &Value) -> Result<Vec<Scan>, PushError> {
        let body = body.to_string();
        pushed(&table(), &Push { content_type: "application/json", query: "", body: body.as_bytes() })
    }

    fn event(change: &Value) -> Value {
        let mut event = json!({ "waybillCode": "JDVC01234567890-1-1-", "orderId": "DB1", "category": "430",
            "state": "200076", "operationTitle": "运输", "operationRemark": "call 13800000000",
            "operationTime": "2026-02-18 15:04:05", "operateSite": "深圳南山营业部" });
        for (key, value) in change.as_object().expect("an object") {
            event[key] = value.clone();
        }
        event
    }

    #[test]
    fn a_delivery_at_a_point_is_none() {
        for (change, meaning) in [
            (json!({ "category": 390, "state": 200_034 }), Meaning::Note),
            (json!({ "category": "420" }), Meaning::Collected),
            (json!({}), Meaning::InTransit),
            (json!({ "category": "440" }), Meaning::OutForDelivery),
            (json!({ "category": "510", "operationRemark": "您的快件已签收" }), Meaning::Delivered),
            (json!({ "category": "510", "operationRemark": "由【客户指定地点】代收" }), Meaning::HeldAtPoint),
            (json!({ "category": "510", "operationRemark": "已存放至驿站" }), Meaning::HeldAtPoint),
            (json!({ "category": "510", "operationTitle": "自提柜" }), Meaning::HeldAtPoint),
            (json!({ "category": "620" }), Meaning::Unknown),
            (json!({ "category": null, "state": null }), Meaning::Unknown),
        ] {
            let scans = push(&event(&change)).expect("a push");
            assert_eq!(scans[0].meaning, meaning, "{change}");
            assert_eq!(scans[0].number, "JDVC01234567890");
            assert_eq!(scans[0].at.to_string(), "2026-02-18T07:04:05Z");
        }
        let scans = push(&json!([event(&json!({}))])).expect("a push");
        assert_eq!((scans[0].code.as_str(), scans[0].text.as_str()), ("430+200076", "运输 call …"));
        assert_eq!(scans[0].facility, "深圳南山营业部");
    }

    #[test]
    fn a_push_that_is_none_is_refused_whole() {
        for body in [json!("x"), json!({}), json!([event(&json!({})), event(&json!({ "operationTime": "soon" }))])] {
            assert!(matches!(push(&body), Err(PushError::Unreadable(_))), "{body}");
        }
        let form = Push { content_type: "application/x-www-form-urlencoded", query: "", body: b"a=b" };
        assert!(matches!(pushed(&table(), &form), Err(PushError::Unreadable(_))));
    }

    #[test]
    fn traces_of_another_number_are_not_taken() {
        let of = |wanted: &str, data: &Value| answered(&table(), wanted, data);
        let data = json!([event(&json!({}))]);
        assert!(matches!(of("JDVC01234567890", &data), Outcome::Tracked(scans) if scans.len() == 1));
        let wrapped = json!({ "traceDetails": [event(&json!({ "operationTime": 1_771_398_245_000_i64 }))] });
        assert!(matches!(of("JDVC01234567890", &wrapped), Outcome::Tracked(_)));
        for (data, cause) in [(data, Cause::AnotherParcels), (json!(null), Cause::Unreadable)] {
            let outcome = of("JDVC01234567891", &data);
            assert!(matches!(&outcome, Outcome::Unknown(doubt) if doubt.cause == cause), "{outcome:?}");
        }
    }
}
