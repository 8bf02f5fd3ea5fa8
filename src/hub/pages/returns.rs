//! The pages of returns: what is expected, what arrived and how long ago, and one return with its findings and photos.

use std::collections::BTreeMap;

use askama::Template;
use jiff::tz::TimeZone;

use super::Frame;
use crate::domain::id::Sku;
use crate::domain::reason::Reasons;
use crate::domain::returned::{Finding, Found};
use crate::hub::returns::ReturnRow;
use crate::page::{age, shown};

#[derive(Template)]
#[template(path = "hub/pages/returns.html")]
pub(super) struct ReturnsPage {
    frame: Frame,
    returns: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "hub/pages/return.html")]
pub(super) struct ReturnPage {
    frame: Frame,
    found: Shown,
    /// What was announced, or what its order had: names and how many.
    lines: Vec<(String, u32)>,
    findings: Vec<Line>,
    photos: Vec<String>,
}

struct Shown {
    return_no: String,
    orders: Vec<String>,
    number: String,
    state: String,
    colour: &'static str,
    reason: String,
    claimed: String,
    announced: String,
    arrived: String,
    inspected: String,
    settled: String,
    station: String,
    pieces: u32,
    bad: u32,
    age: String,
}

struct Line {
    name: String,
    quantity: u32,
    finding: &'static str,
    expires_on: String,
}

impl ReturnsPage {
    pub fn new(frame: Frame, rows: Vec<ReturnRow>, reasons: &Reasons, zone: &TimeZone) -> Self {
        let returns = rows.iter().map(|row| one(&frame, row, reasons, zone)).collect();
        ReturnsPage { frame, returns }
    }
}

impl ReturnPage {
    /// `names` of its goods, where the hub knows them.
    pub fn new(
        frame: Frame,
        row: ReturnRow,
        names: &BTreeMap<Sku, String>,
        reasons: &Reasons,
        zone: &TimeZone,
    ) -> Self {
        let called = |sku: &Sku| names.get(sku).cloned().unwrap_or_else(|| sku.to_string());
        let found = one(&frame, &row, reasons, zone);
        let line = |found: &Found| Line {
            name: called(&found.sku),
            quantity: found.quantity,
            finding: frame.page.say(found.finding.zh(), found.finding.en()),
            expires_on: found.expires_on.map(|day| day.to_string()).unwrap_or_default(),
        };
        let findings = row.found.iter().map(line).collect();
        let photos = row.photos.into_iter().map(|photo| photo.hash).collect();
        let lines = row.lines.iter().map(|line| (called(&line.sku), line.quantity)).collect();
        ReturnPage { frame, found, lines, findings, photos }
    }
}

fn one(frame: &Frame, row: &ReturnRow, reasons: &Reasons, zone: &TimeZone) -> Shown {
    let w = frame.page.w;
    let at = |at_us: Option<i64>| at_us.map(|at_us| shown(at_us, zone, "%m-%d %H:%M")).unwrap_or_default();
    let claimed = row.claimed.as_deref().unwrap_or_default();
    let count = |wanted: fn(Finding) -> bool| -> u32 {
        row.found.iter().filter(|found| wanted(found.finding)).map(|found| found.quantity).sum()
    };
    Shown {
        return_no: row.return_no.clone(),
        orders: row.orders.iter().map(ToString::to_string).collect(),
        number: row.number.clone().unwrap_or_default(),
        state: w.state("return_state", &row.state).to_owned(),
        colour: if row.state == "inspected" { "open" } else { "held" },
        reason: row.reason.clone().unwrap_or_default(),
        claimed: reasons.find(claimed).map_or(claimed, |reason| frame.page.say(&reason.zh, &reason.en)).to_owned(),
        announced: if row.announced { at(row.announced_us) } else { w.return_unannounced.to_owned() },
        arrived: at(row.arrived_us),
        inspected: at(row.inspected_us),
        settled: at(row.settled_us),
        station: row.station.clone().unwrap_or_default(),
        pieces: count(Finding::is_there),
        bad: count(|finding| finding != Finding::Good),
        age: age(w, row.age_s / 60),
    }
}
