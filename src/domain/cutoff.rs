//! Cut-offs: when a carrier's driver takes the last parcels of a day, as a site writes it, and which one comes next after a
//! moment. What carries a temporary label by then stays behind.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::order::CarrierCode;

/// From here on whoever can relabel should: printing and sticking a few labels takes minutes, finding the boxes more.
pub const SOON_US: i64 = 60 * 60 * 1_000_000;
/// The driver is about to load.
pub const LAST_US: i64 = 15 * 60 * 1_000_000;

/// `[[cutoff]]` of a site: one carrier's times, in all warehouses or in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cutoff {
    pub carrier: CarrierCode,
    /// Its own times there take the place of those for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    pub at: Vec<WeeklyTime>,
    /// When the driver comes, where that is later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pickup: Vec<WeeklyTime>,
}

/// A cut-off as stations know it. Without times it is one no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutoffRecord {
    #[serde(flatten)]
    pub cutoff: Cutoff,
    /// What its times are in.
    pub zone: String,
}

/// All of a site's, none twice and none without a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Cutoff>")]
pub struct Cutoffs(Vec<Cutoff>);

/// A site's cut-offs with the zone they are meant in.
#[derive(Clone, Debug, PartialEq)]
pub struct Timetable {
    cutoffs: Vec<Cutoff>,
    zone: TimeZone,
}

/// Some days of the week at one time, written like `mon-sat 17:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct WeeklyTime {
    /// From Monday on.
    days: [bool; 7],
    at: Time,
}

/// A moment as somebody names a cut-off: `20:00` for the next time the clock shows that, or a whole RFC 3339 time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum NamedTime {
    NextAt(Time),
    At(Timestamp),
}

/// How near a cut-off is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Nobody need hurry, or nobody said when.
    #[default]
    Later,
    Soon,
    Last,
}

/// What of a site's cut-offs can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutoffError {
    #[error("cut-off `{0}` is no days and time: write it like `mon-sat 17:00`, `mon,wed 17:00` or `daily 17:00`")]
    Shape(String),
    #[error(
        "cut-off `{text}`: `{day}` is no day: use mon, tue, wed, thu, fri, sat and sun, a range like mon-sat, a list like mon,wed, or daily"
    )]
    Day { text: String, day: String },
    #[error("cut-off `{text}`: `{time}` is no time: write hours and minutes from 00:00 to 23:59, like 17:00")]
    Time { text: String, time: String },
    #[error("the cut-off of {0} has no time: write at = [\"mon-sat 17:00\"], or remove its [[cutoff]]")]
    Empty(String),
    #[error("there are two [[cutoff]] of {0}: write all its times into one `at`")]
    Twice(String),
    #[error(
        "`{0}` is no time of a cut-off: write hours and minutes like 20:00, or a whole time like 2026-11-30T20:00:00+08:00"
    )]
    Named(String),
}

impl Cutoff {
    /// `sf`, or `sf@SZ` in one warehouse.
    pub fn key(&self) -> String {
        match &self.warehouse {
            Some(warehouse) => format!("{}@{warehouse}", self.carrier.as_str()),
            None => self.carrier.as_str().to_owned(),
        }
    }
}

impl Cutoffs {
    /// Whether a carrier has any, wherever.
    pub fn names(&self, carrier: CarrierCode) -> bool {
        self.0.iter().any(|cutoff| cutoff.carrier == carrier)
    }

    pub fn timetable(&self, zone: TimeZone) -> Timetable {
        Timetable { cutoffs: self.0.clone(), zone }
    }
}

impl TryFrom<Vec<Cutoff>> for Cutoffs {
    type Error = CutoffError;

    fn try_from(cutoffs: Vec<Cutoff>) -> Result<Self, CutoffError> {
        for (index, cutoff) in cutoffs.iter().enumerate() {
            if cutoff.at.is_empty() {
                return Err(CutoffError::Empty(cutoff.key()));
            }
            if cutoffs[..index].iter().any(|earlier| earlier.key() == cutoff.key()) {
                return Err(CutoffError::Twice(cutoff.key()));
            }
        }
        Ok(Cutoffs(cutoffs))
    }
}

impl Default for Timetable {
    fn default() -> Self {
        Timetable { cutoffs: Vec::new(), zone: TimeZone::UTC }
    }
}

impl Timetable {
    /// Of what a hub sent down. All of it is in the hub's one zone; where that isn't known nothing is promised.
    pub fn of_records(records: Vec<CutoffRecord>) -> Timetable {
        // One that was taken out stays as it last was, and so does its zone.
        let held: Vec<CutoffRecord> = records.into_iter().filter(|record| !record.cutoff.at.is_empty()).collect();
        let zone = held.last().and_then(|record| TimeZone::get(&record.zone).ok());
        let cutoffs = held.into_iter().map(|record| record.cutoff);
        zone.map_or_else(Timetable::default, |zone| Timetable { cutoffs: cutoffs.collect(), zone })
    }

    /// The first cut-off of a carrier in a warehouse that is still to come, in microseconds since 1970.
    pub fn next_us(&self, carrier: CarrierCode, warehouse: &str, now_us: i64) -> Option<i64> {
        let now = Timestamp::from_microsecond(now_us).ok()?;
        let next = self.of(carrier, warehouse)?.at.iter().filter_map(|time| time.next(now, &self.zone)).min();
        next.map(Timestamp::as_microsecond)
    }

    /// The first time the carrier's driver comes from `after_us` on, where a site says so.
    pub fn pickup_us(&self, carrier: CarrierCode, warehouse: &str, after_us: i64) -> Option<i64> {
        let before = Timestamp::from_microsecond(after_us - 1).ok()?;
        let next = self.of(carrier, warehouse)?.pickup.iter().filter_map(|time| time.next(before, &self.zone)).min();
        next.map(Timestamp::as_microsecond)
    }

    /// Whether the carrier cuts off there at this very moment.
    pub fn is_cutoff(&self, carrier: CarrierCode, warehouse: &str, at_us: i64) -> bool {
        self.next_us(carrier, warehouse, at_us - 1) == Some(at_us)
    }

    /// Carriers with cut-offs in a warehouse.
    pub fn carriers(&self, warehouse: &str) -> impl Iterator<Item = CarrierCode> {
        CarrierCode::ALL.into_iter().filter(move |carrier| self.of(*carrier, warehouse).is_some())
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// What stations are told.
    pub fn records(&self) -> impl Iterator<Item = CutoffRecord> {
        let zone = self.zone.iana_name().unwrap_or("UTC");
        self.cutoffs.iter().map(|cutoff| CutoffRecord { cutoff: cutoff.clone(), zone: zone.to_owned() })
    }

    /// The warehouse's own before that of all.
    fn of(&self, carrier: CarrierCode, warehouse: &str) -> Option<&Cutoff> {
        let fits = |cutoff: &&Cutoff| {
            cutoff.carrier == carrier && cutoff.warehouse.as_ref().is_none_or(|named| named == warehouse)
        };
        self.cutoffs.iter().filter(fits).max_by_key(|cutoff| cutoff.warehouse.is_some())
    }
}

impl WeeklyTime {
    /// At most a week away: a time that passed today comes again on the same day of the next week.
    fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = after.to_zoned(zone.clone()).date();
        (0..=7).find_map(|days| {
            let date = today.checked_add(days.days()).ok()?;
            let on = self.days[date.weekday().to_monday_zero_offset() as usize];
            let at = on.then(|| date.to_datetime(self.at).to_zoned(zone.clone()).ok())??.timestamp();
            (at > after).then_some(at)
        })
    }
}

impl FromStr for WeeklyTime {
    type Err = CutoffError;

    fn from_str(text: &str) -> Result<Self, CutoffError> {
        let mut parts = text.split_whitespace();
        let (Some(days), Some(time), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CutoffError::Shape(text.to_owned()));
        };
        let wrong_day = |day: &str| CutoffError::Day { text: text.to_owned(), day: day.to_owned() };
        let wrong_time = || CutoffError::Time { text: text.to_owned(), time: time.to_owned() };
        let mut on = [false; 7];
        for span in days.split(',') {
            mark(&mut on, span).ok_or_else(|| wrong_day(span))?;
        }
        Ok(WeeklyTime { days: on, at: time_of_day(time).ok_or_else(wrong_time)? })
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Marks a day, a range of days, which may go over the end of a week, or all of them.
fn mark(on: &mut [bool; 7], span: &str) -> Option<()> {
    let day = |name: &str| DAYS.iter().position(|day| *day == name);
    let (first, last) = match span.split_once('-') {
        None if span == "daily" => (0, 6),
        None => (day(span)?, day(span)?),
        Some((first, last)) => (day(first)?, day(last)?),
    };
    let count = (last + 7 - first) % 7 + 1;
    (first..first + count).for_each(|day| on[day % 7] = true);
    Some(())
}

/// `17:00`, and nothing that a reader could take for another time.
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number =
        |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

impl fmt::Display for WeeklyTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |day: &Weekday| self.days[day.to_monday_zero_offset() as usize];
        let named = |day: Weekday| DAYS[day.to_monday_zero_offset() as usize];
        let days: Vec<&str> = Weekday::Monday.cycle_forward().take(7).filter(on).map(named).collect();
        let days = if days.len() == 7 { "daily".to_owned() } else { days.join(",") };
        write!(f, "{days} {:02}:{:02}", self.at.hour(), self.at.minute())
    }
}

impl From<WeeklyTime> for String {
    fn from(time: WeeklyTime) -> String {
        time.to_string()
    }
}

impl TryFrom<String> for WeeklyTime {
    type Error = CutoffError;

    fn try_from(text: String) -> Result<Self, CutoffError> {
        text.parse()
    }
}

impl NamedTime {
    pub fn at_us(self, now_us: i64, zone: &TimeZone) -> Option<i64> {
        let at = match self {
            NamedTime::At(at) => at,
            NamedTime::NextAt(at) => {
                WeeklyTime { days: [true; 7], at }.next(Timestamp::from_microsecond(now_us).ok()?, zone)?
            }
        };
        Some(at.as_microsecond())
    }
}

impl FromStr for NamedTime {
    type Err = CutoffError;

    fn from_str(text: &str) -> Result<Self, CutoffError> {
        let named = time_of_day(text).map(NamedTime::NextAt).or_else(|| text.parse().ok().map(NamedTime::At));
        named.ok_or_else(|| CutoffError::Named(text.to_owned()))
    }
}

impl TryFrom<String> for NamedTime {
    type Error = CutoffError;

    fn try_from(text: String) -> Result<Self, CutoffError> {
        text.parse()
    }
}

impl From<NamedTime> for String {
    fn from(time: NamedTime) -> String {
        match time {
            NamedTime::NextAt(at) => format!("{:02}:{:02}", at.hour(), at.minute()),
            NamedTime::At(at) => at.to_string(),
        }
    }
}

impl Urgency {
    /// `None` where nobody said when.
    pub fn of(left_us: Option<i64>) -> Urgency {
        match left_us {
            Some(..=LAST_US) => Urgency::Last,
            Some(..=SOON_US) => Urgency::Soon,
            _ => Urgency::Later,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Urgency::Later => "later",
            Urgency::Soon => "soon",
            Urgency::Last => "last",
        }
    }
}

#[cfg(test)]
mod tests;
