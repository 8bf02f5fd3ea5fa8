//! The page of stations and of exceptions: who is there, whose clock is believed, what is missing, what needs a person.

use askama::Template;
use jiff::tz::TimeZone;

use super::Frame;
use crate::hub::exceptions::ExceptionRow;
use crate::hub::lists::StationRow;
use crate::page::shown;
use crate::words::Words;

/// A station that greets every minute and was silent for this long is away.
const AWAY_US: i64 = 3 * 60 * 1_000_000;

/// Exceptions about a waybill's number.
const NUMBERS: &[&str] = &["number_twice", "sign_doubted", "never_handed_over", "carrier_problem", "stale"];

#[derive(Template)]
#[template(path = "hub/pages/stations.html")]
pub(super) struct StationsPage {
    frame: Frame,
    stations: Vec<Station>,
    exceptions: Vec<Exception>,
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

struct Exception {
    kind: String,
    subject: String,
    /// The subject is an order, which has a page.
    order: bool,
    /// It is a waybill's number, by which the order is found.
    number: bool,
    detail: String,
    owner: String,
    age: String,
    since: String,
}

impl StationsPage {
    pub fn new(
        frame: Frame,
        stations: Vec<StationRow>,
        exceptions: Vec<ExceptionRow>,
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
        let exception = |row: ExceptionRow| Exception {
            kind: w.state("exception", &row.kind).to_owned(),
            order: row.kind == "held",
            number: NUMBERS.contains(&row.kind.as_str()),
            subject: row.subject,
            detail: frame.page.say(&row.zh, &row.en).to_owned(),
            owner: w.state("owner", &row.owner).to_owned(),
            age: age(w, now_us - row.since_us),
            since: shown(row.since_us, zone, "%m-%d %H:%M"),
        };
        StationsPage {
            stations: stations.into_iter().map(station).collect(),
            exceptions: exceptions.into_iter().map(exception).collect(),
            frame,
        }
    }
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

fn age(w: &Words, us: i64) -> String {
    match us / 60_000_000 {
        minutes @ ..60 => format!("{} {}", minutes.max(0), w.minutes),
        minutes @ 60..1_440 => format!("{} {}", minutes / 60, w.hours),
        minutes => format!("{} {}", minutes / 1_440, w.days),
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
        assert_eq!([0, 90, 3_000].map(|minutes| age(w, minutes * 60_000_000)), ["0 min", "1 h", "2 days"]);
        assert_eq!([90, 1_001, 2_000_001].map(milliseconds), ["±1 ms", "±2 ms", "±3 s"]);
        assert_eq!([7, 1_234, 1_234_567].map(grouped), ["7", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
    }
}
