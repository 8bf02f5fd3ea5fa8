//! The shift lead's page: what is to go by when, who packs how fast, what lies on the problem rack, which devices want
//! somebody, what was printed again, and what else needs a person. The oldest and the worst stand on top.

use std::collections::BTreeSet;

use askama::Template;
use jiff::tz::TimeZone;

use super::Frame;
use super::stations::{self, Cutoff, Exception};
use super::waves::{self, Line};
use crate::hub::exceptions::ExceptionRow;
use crate::hub::progress::ToGo;
use crate::hub::shift::{Reprint, SetAside, Shift};
use crate::hub::temporary::Group;
use crate::page::{age, filled, shown};

const MINUTE_US: i64 = 60_000_000;

/// All that the page is drawn from.
pub(super) struct Found {
    pub shift: Shift,
    pub warehouses: BTreeSet<String>,
    pub to_go: Vec<ToGo>,
    pub temporary: Vec<Group>,
    pub exceptions: Vec<ExceptionRow>,
}

#[derive(Template)]
#[template(path = "hub/pages/shift.html")]
pub(super) struct ShiftPage {
    frame: Frame,
    warehouses: Vec<Choice>,
    to_go: Vec<Line>,
    cutoffs: Vec<Cutoff>,
    /// Those that want somebody.
    devices: Vec<Device>,
    fine: usize,
    fine_said: String,
    packers: Vec<Packer>,
    rack: Vec<Parcel>,
    reprints: Vec<Label>,
    exceptions: Vec<Exception>,
}

struct Choice {
    name: String,
    link: String,
    chosen: bool,
}

struct Device {
    name: String,
    state: String,
    at: String,
    ok: bool,
}

struct Packer {
    operator: String,
    name: String,
    station: String,
    last_hour: u32,
    parcels: u32,
    stops: u32,
    /// Of the fastest.
    permille: u32,
    last: String,
    since: String,
}

struct Parcel {
    orders: Vec<String>,
    reason: String,
    station: String,
    operator: String,
    age: String,
    since: String,
}

struct Label {
    number: String,
    copy: u32,
    reason: String,
    station: String,
    operator: String,
    at: String,
}

impl ShiftPage {
    /// `warehouse` empty: of all.
    pub fn new(frame: Frame, found: Found, warehouse: &str, now_us: i64, zone: &TimeZone) -> ShiftPage {
        let here = |of: &str| warehouse.is_empty() || of == warehouse;
        let shift = found.shift;
        let fastest = shift.packers.iter().map(|packer| packer.last_hour).max().unwrap_or(0);
        let (bad, fine): (Vec<_>, Vec<_>) = shift.devices.into_iter().partition(|device| !device.device.ok);
        let w = frame.page.w;
        let packer = |packer: crate::hub::shift::Packer| Packer {
            permille: (packer.last_hour * 1_000).checked_div(fastest).unwrap_or(0),
            last: age(w, (now_us - packer.last_us) / MINUTE_US),
            since: shown(packer.first_us, zone, "%H:%M"),
            operator: packer.operator,
            name: packer.name,
            station: packer.station,
            last_hour: packer.last_hour,
            parcels: packer.parcels,
            stops: packer.stops,
        };
        let device = |found: crate::hub::shift::Device| Device {
            state: w.state(&found.device.kind, &found.device.state).to_owned(),
            at: format!("{} · {}", found.station, found.device.place),
            name: found.device.name,
            ok: found.device.ok,
        };
        ShiftPage {
            warehouses: choices(&frame, &found.warehouses, warehouse),
            to_go: found
                .to_go
                .iter()
                .filter(|row| here(&row.warehouse))
                .map(|row| waves::line(&frame, row, now_us, zone))
                .collect(),
            cutoffs: found
                .temporary
                .iter()
                .filter(|group| here(&group.warehouse))
                .map(|group| stations::cutoff(&frame, group, zone))
                .collect(),
            fine: fine.len(),
            fine_said: filled(w.devices_fine, &[("count", &fine.len().to_string())]),
            devices: bad.into_iter().map(device).collect(),
            packers: shift.packers.into_iter().map(packer).collect(),
            rack: shift.rack.into_iter().map(|row| parcel(&frame, row, now_us, zone)).collect(),
            reprints: shift.reprints.into_iter().map(|row| label(&frame, row, zone)).collect(),
            exceptions: found
                .exceptions
                .into_iter()
                .filter(|row| row.is_for(warehouse))
                .map(|row| stations::exception(&frame, row, now_us, zone))
                .collect(),
            frame,
        }
    }
}

/// Nothing to choose from where there is one warehouse.
fn choices(frame: &Frame, warehouses: &BTreeSet<String>, chosen: &str) -> Vec<Choice> {
    if warehouses.len() < 2 {
        return Vec::new();
    }
    let link = |of: &str| {
        let of: String = form_urlencoded::byte_serialize(of.as_bytes()).collect();
        format!("/shift?warehouse={of}&lang={}", frame.page.language.as_str())
    };
    let all = Choice { name: frame.page.w.all_warehouses.to_owned(), link: link(""), chosen: chosen.is_empty() };
    let one = |name: &String| Choice { name: name.clone(), link: link(name), chosen: name == chosen };
    std::iter::once(all).chain(warehouses.iter().map(one)).collect()
}

fn parcel(frame: &Frame, row: SetAside, now_us: i64, zone: &TimeZone) -> Parcel {
    let w = frame.page.w;
    Parcel {
        reason: w.state("why", &row.reason).to_owned(),
        age: age(w, (now_us - row.since_us) / MINUTE_US),
        since: shown(row.since_us, zone, "%m-%d %H:%M"),
        orders: row.orders,
        station: row.station,
        operator: row.operator,
    }
}

fn label(frame: &Frame, row: Reprint, zone: &TimeZone) -> Label {
    let reason = row.reason.unwrap_or_default();
    Label {
        reason: frame.page.w.state("why", &reason).to_owned(),
        at: shown(row.at_us, zone, "%H:%M"),
        number: row.number,
        copy: row.copy,
        station: row.station,
        operator: row.operator,
    }
}
