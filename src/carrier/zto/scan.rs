//! ZTO's scans: the answer to zto.merchant.waybill.track.query, and the pushes of `Traces`, which say the same in other
//! words. Pushes come in any order; what holds is the time in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use super::sign;
use crate::carrier::tracking::{Push, PushError, Scan, ScanTable};
use crate::carrier::{Cause, Outcome, text, without_phones};

/// ZTO writes times without a zone, in China's.
const ZONE: Offset = jiff::tz::offset(8);
/// Larger numbers are milliseconds: as seconds they would be in the year 5138.
const LARGEST_SECOND: i64 = 99_999_999_999;

/// The scans of one number; an answer about others is another parcel's.
pub(super) fn answered(scans: &ScanTable, number: &str, result: &Value) -> Outcome {
    let Some(list) = result.as_array() else {
        return Outcome::unknown(Cause::Unreadable, format!("ZTO's answer holds no list of scans of {number}"));
    };
    if list.iter().any(|entry| text(&entry["billCode"]) != number) {
        return Outcome::unknown(Cause::AnotherParcels, format!("ZTO's answer holds scans of others than {number}"));
    }
    match list.iter().map(|entry| scan(scans, number, entry)).collect() {
        Ok(scans) => Outcome::Tracked(scans),
        Err(why) => Outcome::unknown(Cause::Unreadable, why),
    }
}

/// A form with `data`, its digest, whose it is and what it is.
pub(super) fn pushed(scans: &ScanTable, push: &Push<'_>, app_secret: &str) -> Result<Vec<Scan>, PushError> {
    let unreadable = |why: &str| PushError::Unreadable(why.to_owned());
    let form: BTreeMap<String, String> = form_urlencoded::parse(push.body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str);
    let (Some(data), Some(digest)) = (field("data"), field("data_digest")) else {
        return Err(unreadable("the form has no data or no data_digest"));
    };
    // A sender that doesn't encode the base64's `+` means a `+`, and a form reads a blank.
    if digest.replace(' ', "+") != sign::of_push(data, app_secret) {
        return Err(PushError::Signature);
    }
    if field("msg_type") != Some("Traces") {
        return Err(unreadable("its msg_type isn't Traces: subscribe to nothing else"));
    }
    let data: Value = serde_json::from_str(data).map_err(|_| unreadable("its data is no JSON"))?;
    let events = data.as_array().cloned().unwrap_or_else(|| vec![data]);
    let scan = |event: &Value| {
        let number = first(event, &["billCode", "mailNo"]);
        if number.is_empty() { Err("an event names no billCode".to_owned()) } else { scan(scans, &number, event) }
    };
    events.iter().map(scan).collect::<Result<_, _>>().map_err(PushError::Unreadable)
}

fn scan(scans: &ScanTable, number: &str, event: &Value) -> Result<Scan, String> {
    let (action, answered) = (text(&event["action"]), text(&event["scanType"]));
    let kind = if action.is_empty() { &answered } else { &action };
    if kind.is_empty() {
        return Err(format!("a scan of {number} doesn't say what it is"));
    }
    let at = first(event, &["actionTime", "scanDate"]);
    let at = time(&at).ok_or_else(|| format!("a scan of {number} has the time `{at}`, which is none"))?;
    let problem = text(&event["problemCode"]);
    let narrowed = (!problem.is_empty()).then(|| format!("{kind}+{problem}"));
    // ARRIVAL means one thing in a push and another in an answer.
    let codes: Vec<String> =
        narrowed.clone().into_iter().chain([format!("scanType {answered}"), kind.clone()]).collect();
    let desc = text(&event["desc"]);
    let site = &event["scanSite"];
    Ok(Scan {
        number: number.to_owned(),
        meaning: scans.meaning(codes.iter().map(String::as_str), &desc),
        code: narrowed.unwrap_or_else(|| kind.clone()),
        at,
        city: [text(&event["city"]), text(&site["city"])].concat(),
        facility: [text(&event["facilityName"]), text(&site["name"])].concat(),
        text: without_phones(&desc),
    })
}

/// The first of these that says something: the query's and the push's names for one thing.
fn first(event: &Value, names: &[&str]) -> String {
    names.iter().map(|name| text(&event[*name])).find(|text| !text.is_empty()).unwrap_or_default()
}

/// Text in China's time, or a count of milliseconds or seconds: ZTO has written all three.
fn time(at: &str) -> Option<Timestamp> {
    if let Ok(count) = at.parse::<i64>() {
        let read = if count > LARGEST_SECOND { Timestamp::from_millisecond } else { Timestamp::from_second };
        return read(count).ok();
    }
    let time: DateTime = at.parse().ok()?;
    Some(time.to_zoned(TimeZone::fixed(ZONE)).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_all_their_ways() {
        for at in ["2026-02-18 15:04:05", "2026-02-18T15:04:05", "1771398245000", "1771398245"] {
            assert_eq!(time(at).expect(at).to_string(), "2026-02-18T07:04:05Z", "{at}");
        }
        assert_eq!(time("yesterday"), None);
    }
}
