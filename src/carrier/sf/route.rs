//! SF's routes: the answer to EXP_RECE_SEARCH_ROUTES, and RoutePushService, which pushes the same under other names, as
//! JSON or as XML.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::xml;
use crate::carrier::tracking::{Push, PushError, Scan, ScanTable};
use crate::carrier::{Cause, Outcome, text, without_phones};

/// SF writes times without a zone, in China's.
const ZONE: Offset = jiff::tz::offset(8);

/// The routes of one number; an answer about others is another parcel's.
pub(super) fn answered(scans: &ScanTable, number: &str, data: &Value) -> Outcome {
    let answers = data["routeResps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(routes) = answers.iter().find(|answer| text(&answer["mailNo"]) == number) else {
        return Outcome::unknown(Cause::AnotherParcels, format!("SF's answer holds no routes of {number}"));
    };
    let routes = routes["routes"].as_array().map(Vec::as_slice).unwrap_or_default();
    match routes.iter().map(|route| scan(scans, number, route)).collect() {
        Ok(scans) => Outcome::Tracked(scans),
        Err(why) => Outcome::unknown(Cause::Unreadable, why),
    }
}

/// SF pushes JSON, or a form with XML in it, as its console is set.
pub(super) fn is_form(push: &Push<'_>) -> bool {
    let is_form = push.content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
    // Some senders call everything a form.
    is_form && !push.body.trim_ascii_start().starts_with(b"{")
}

/// At most ten routes a push, of several parcels.
pub(super) fn pushed(scans: &ScanTable, push: &Push<'_>) -> Result<Vec<Scan>, PushError> {
    let unreadable = |why: &str| PushError::Unreadable(why.to_owned());
    let body = match is_form(push) {
        true => of_form(push.body),
        false => serde_json::from_slice(push.body).ok(),
    };
    let body: Value = body.ok_or_else(|| unreadable("it is neither JSON nor a form with XML in `content`"))?;
    let routes = [&body["Body"]["WaybillRoute"], &body["WaybillRoute"]].into_iter().find_map(Value::as_array);
    let routes = routes.ok_or_else(|| unreadable("it holds no WaybillRoute"))?;
    let scan = |route: &Value| {
        let number = text(&route["mailno"]);
        if number.is_empty() { Err("a route names no mailno".to_owned()) } else { scan(scans, &number, route) }
    };
    routes.iter().map(scan).collect::<Result<_, _>>().map_err(PushError::Unreadable)
}

/// The routes of a form, as JSON has them: there each is an element, here the same names are its attributes.
fn of_form(body: &[u8]) -> Option<Value> {
    let (_, content) = form_urlencoded::parse(body).find(|(key, _)| key == "content")?;
    let routes = xml::elements(&content, &["Request", "Body", "WaybillRoute"])?;
    (!routes.is_empty()).then(|| json!({ "WaybillRoute": routes }))
}

fn scan(scans: &ScanTable, number: &str, route: &Value) -> Result<Scan, String> {
    let code = text(&route["opCode"]);
    let at = text(&route["acceptTime"]);
    let time = at.parse::<DateTime>().ok().and_then(|time| time.to_zoned(TimeZone::fixed(ZONE)).ok());
    let time = time.ok_or_else(|| format!("a route of {number} has the time `{at}`, which is none"))?;
    let narrower = |mark: char, key: &str| {
        let detail = text(&route[key]);
        (!detail.is_empty()).then(|| format!("{code}{mark}{detail}"))
    };
    let (reason, state) = (narrower('+', "reasonCode"), narrower('/', "firstStatusCode"));
    // A reason says the most, then the state of the whole parcel, then the scan alone.
    let codes = [reason.as_deref(), state.as_deref(), Some(code.as_str())].into_iter().flatten();
    let remark = text(&route["remark"]);
    Ok(Scan {
        number: number.to_owned(),
        meaning: scans.meaning(codes, &remark),
        code: reason.unwrap_or(code),
        at: time.timestamp(),
        city: text(&route["acceptAddress"]),
        facility: String::new(),
        text: without_phones(&remark),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::tracking::Meaning;

    fn table() -> ScanTable {
        super::super::config(super::super::BUILTIN).expect("the built-in file loads").scans
    }

    fn push(routes: &Value) -> Result<Vec<Scan>, PushError> {
        let body = json!({ "Body": { "WaybillRoute": routes } }).to_string();
        pushed(&table(), &Push { content_type: "application/json", query: "", body: body.as_bytes() })
    }

    #[test]
    fn only_a_sign_with_its_state_is_a_delivery() {
        let route = |change: Value| {
            let mut route = json!({ "mailno": "SF7444000000001", "acceptAddress": "上海市", "remark": "13800000000",
                "opCode": "80", "acceptTime": "2026-02-18 15:04:05" });
            for (key, value) in change.as_object().expect("an object") {
                route[key] = value.clone();
            }
            route
        };
        for (change, meaning) in [
            (json!({ "firstStatusCode": "4" }), Meaning::Delivered),
            (json!({}), Meaning::Note),
            (json!({ "opCode": "125" }), Meaning::HeldAtPoint),
            (json!({ "opCode": "33", "reasonCode": "83" }), Meaning::HeldAtPoint),
            (json!({ "opCode": "99", "reasonCode": "2" }), Meaning::Returning),
            (json!({ "opCode": 50 }), Meaning::Collected),
            (json!({ "opCode": "4711" }), Meaning::Unknown),
        ] {
            let scans = push(&json!([route(change.clone())])).expect("a push");
            assert_eq!(scans[0].meaning, meaning, "{change}");
            assert_eq!(scans[0].at.to_string(), "2026-02-18T07:04:05Z");
            assert_eq!(scans[0].text, "…");
        }
    }

    #[test]
    fn a_push_that_is_none_is_refused_whole() {
        for routes in [
            json!("x"),
            json!([{ "mailno": "", "opCode": "50" }]),
            json!([{ "mailno": "SF1", "acceptTime": "yesterday" }]),
        ] {
            assert!(matches!(push(&routes), Err(PushError::Unreadable(_))), "{routes}");
        }
        for body in ["content=%3CRequest%3E", "content=%3CRequest%2F%3E", "xml=1", "plain words"] {
            let form = Push { content_type: "application/x-www-form-urlencoded", query: "", body: body.as_bytes() };
            let error = pushed(&table(), &form).expect_err("no push").to_string();
            assert!(error.contains("neither JSON nor a form with XML in `content`"), "{body}: {error}");
        }
    }
}
