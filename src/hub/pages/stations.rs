//! The page of stations and of exceptions: who is there, whose clock is believed, what is missing, what needs a person.

use askama::Template;
use jiff::tz::TimeZone;

use super::Frame;
use crate::domain::cutoff::Urgency;
use crate::hub::exceptions::{CLOSABLE, ExceptionRow};
use crate::hub::lists::StationRow;
use crate::hub::temporary::{Group, NextCutoff};
use crate::page::{age, filled, shown, shown_next};
use crate::words::Words;

/// A station that greets every minute and was silent for this long is away.
const AWAY_US: i64 = 3 * 60 * 1_000_000;

const MINUTE_US: i64 = 60_000_000;

/// Exceptions about a waybill's number.
const NUMBERS: &[&str] = &["number_twice", "sign_doubted", "never_handed_over", "carrier_problem", "stale"];

#[derive(Template)]
#[template(path = "hub/pages/stations.html")]
pub(super) struct StationsPage {
    frame: Frame,
    stations: Vec<Station>,
    cutoffs: Vec<Cutoff>,
    exceptions: Vec<Exception>,
}

/// Temporary labels by what they must be replaced for.
pub(super) struct Cutoff {
    pub urgency: &'static str,
    pub next: String,
    pub labels: String,
}

struct Station {
    code: String,
    warehouse: String,
    joined: bool,
    away: bool,
    /// How long ago, and when.
    seen: Option<(String, String)>,
    clock_error: Option<String>,
    entries: String,
    missing: u64,
}

pub(super) struct Exception {
    pub kind: String,
    pub subject: String,
    /// The subject is an order, which has a page.
    pub order: bool,
    /// It is a waybill's number, by which the order is found.
    pub number: bool,
    pub detail: String,
    pub owner: String,
    pub age: String,
    pub since: String,
    pub urgency: &'static str,
    /// What it must be settled for, while that is near.
    pub cutoff: Option<String>,
    /// Its kind as calls name it.
    pub raw: String,
    /// What a lead may do about it here, in words.
    pub acts: Vec<(&'static str, &'static str)>,
}

impl StationsPage {
    pub fn new(
        frame: Frame,
        stations: Vec<StationRow>,
        exceptions: Vec<ExceptionRow>,
        temporary: Vec<Group>,
        now_us: i64,
        zone: &TimeZone,
    ) -> StationsPage {
        let w = frame.page.w;
        let station = |row: StationRow| Station {
            code: row.station,
            warehouse: row.warehouse,
            joined: row.joined,
            away: row.seen_us.is_none_or(|seen| now_us - seen > AWAY_US),
            seen: row.seen_us.map(|seen| (ago(w, now_us - seen), shown(seen, zone, "%m-%d %H:%M:%S"))),
            clock_error: row.clock_error_us.map(milliseconds),
            entries: grouped(row.entries),
            missing: row.missing,
        };
        StationsPage {
            stations: stations.into_iter().map(station).collect(),
            exceptions: exceptions.into_iter().map(|row| exception(&frame, row, now_us, zone)).collect(),
            cutoffs: temporary.iter().map(|group| cutoff(&frame, group, zone)).collect(),
            frame,
        }
    }
}

pub(super) fn exception(frame: &Frame, row: ExceptionRow, now_us: i64, zone: &TimeZone) -> Exception {
    let w = frame.page.w;
    Exception {
        acts: acts(w, &row.kind),
        kind: w.state("exception", &row.kind).to_owned(),
        order: row.kind == "held",
        number: NUMBERS.contains(&row.kind.as_str()),
        subject: row.subject,
        detail: frame.page.say(&row.zh, &row.en).to_owned(),
        owner: w.state("owner", &row.owner).to_owned(),
        age: age(w, (now_us - row.since_us) / MINUTE_US),
        since: shown(row.since_us, zone, "%m-%d %H:%M"),
        urgency: row.cutoff.as_ref().map_or(Urgency::Later, |cutoff| cutoff.urgency).as_str(),
        cutoff: row
            .cutoff
            .filter(|cutoff| cutoff.urgency > Urgency::Later)
            .map(|cutoff| next(frame, "", &cutoff, zone)),
        raw: row.kind,
    }
}

fn acts(w: &Words, kind: &str) -> Vec<(&'static str, &'static str)> {
    match kind {
        "held" => vec![("resume", w.act_resume)],
        "barcode_taught" => vec![("close", w.act_close), ("unteach", w.act_unteach)],
        kind if CLOSABLE.contains(&kind) => vec![("close", w.act_close)],
        _ => Vec::new(),
    }
}

pub(super) fn cutoff(frame: &Frame, group: &Group, zone: &TimeZone) -> Cutoff {
    let w = frame.page.w;
    let carrier = w.state("carrier", group.carrier.as_str());
    let (count, ready) = (group.labels.len().to_string(), group.ready.to_string());
    Cutoff {
        urgency: group.cutoff.as_ref().map_or(Urgency::Later, |cutoff| cutoff.urgency).as_str(),
        next: match &group.cutoff {
            Some(cutoff) => next(frame, &group.warehouse, cutoff, zone),
            None => filled(w.cutoff_none, &[("carrier", carrier), ("warehouse", &group.warehouse)]),
        },
        labels: filled(w.cutoff_labels, &[("count", &count), ("ready", &ready)]),
    }
}

fn next(frame: &Frame, warehouse: &str, cutoff: &NextCutoff, zone: &TimeZone) -> String {
    let w = frame.page.w;
    let left_min = cutoff.left_s / 60;
    let (at, left) = (shown_next(cutoff.at_us, left_min, zone), age(w, left_min));
    let carrier = w.state("carrier", cutoff.carrier.as_str());
    let text = filled(w.cutoff_next, &[("carrier", carrier), ("warehouse", warehouse), ("at", &at), ("left", &left)]);
    text.replace("  ", " ")
}

fn ago(w: &Words, us: i64) -> String {
    match us / 1_000_000 {
        ..5 => w.just_now.to_owned(),
        seconds @ 5..60 => format!("{seconds} {}", w.seconds_ago),
        seconds @ 60..3_600 => format!("{} {}", seconds / 60, w.minutes_ago),
        seconds @ 3_600..86_400 => format!("{} {}", seconds / 3_600, w.hours_ago),
        seconds => format!("{} {}", seconds / 86_400, w.days_ago),
    }
}

/// Rounded up: a bound may not look tighter than it is.
fn milliseconds(error_us: i64) -> String {
    match error_us {
        ..1_000 => "±1 ms".to_owned(),
        1_000..1_000_000 => format!("±{} ms", (error_us + 999) / 1_000),
        _ => format!("±{} s", (error_us + 999_999) / 1_000_000),
    }
}

/// `12 345`
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn ages_and_errors_are_told_in_the_unit_one_thinks_in() {
        let w = Words::of(Language::En);
        let told = [2, 40, 600, 7_200, 200_000].map(|seconds| ago(w, seconds * 1_000_000));
        assert_eq!(told, ["just now", "40 s ago", "10 min ago", "2 h ago", "2 days ago"]);
        assert_eq!([0, 90, 3_000].map(|minutes| age(w, minutes)), ["0 min", "1 h", "2 days"]);
        assert_eq!([90, 1_001, 2_000_001].map(milliseconds), ["±1 ms", "±2 ms", "±3 s"]);
        assert_eq!([7, 1_234, 1_234_567].map(grouped), ["7", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
    }
}
