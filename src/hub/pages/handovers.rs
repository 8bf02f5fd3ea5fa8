//! The pages of handovers: which driver took how many parcels along, and which; for the office to look up and to print.

use askama::Template;
use jiff::tz::TimeZone;

use super::Frame;
use crate::hub::handovers::{HandoverRow, Loaded};
use crate::page::{filled, shown};

#[derive(Template)]
#[template(path = "hub/pages/handovers.html")]
pub(super) struct HandoversPage {
    frame: Frame,
    handovers: Vec<Handover>,
}

#[derive(Template)]
#[template(path = "hub/pages/handover.html")]
pub(super) struct HandoverPage {
    frame: Frame,
    handover: Handover,
    numbers: Vec<String>,
}

struct Handover {
    id: String,
    station: String,
    handover: String,
    carrier: String,
    plate: String,
    opened: String,
    /// Empty while it is open.
    closed: String,
    parcels: String,
    /// The dock counted more or fewer than the hub has heard of.
    differs: bool,
}

impl HandoversPage {
    pub fn new(frame: Frame, rows: Vec<HandoverRow>, zone: &TimeZone) -> Self {
        let handovers = rows.into_iter().map(|row| handover(&frame, row, zone)).collect();
        HandoversPage { frame, handovers }
    }
}

impl HandoverPage {
    pub fn new(frame: Frame, loaded: Loaded, zone: &TimeZone) -> Self {
        let handover = handover(&frame, loaded.handover, zone);
        HandoverPage { frame, handover, numbers: loaded.numbers }
    }
}

fn handover(frame: &Frame, row: HandoverRow, zone: &TimeZone) -> Handover {
    let at = |at_us: Option<i64>| at_us.map(|at_us| shown(at_us, zone, "%m-%d %H:%M")).unwrap_or_default();
    let w = frame.page.w;
    let differs = row.counted.is_some_and(|counted| counted != row.parcels);
    Handover {
        carrier: row.carrier.map_or("", |carrier| w.state("carrier", carrier.as_str())).to_owned(),
        opened: at(row.opened_us),
        closed: at(row.closed_us),
        parcels: match row.counted.filter(|_| differs) {
            Some(counted) => {
                filled(w.parcels_of, &[("heard", &row.parcels.to_string()), ("counted", &counted.to_string())])
            }
            None => row.parcels.to_string(),
        },
        differs,
        id: row.id,
        station: row.station,
        handover: row.handover,
        plate: row.plate.unwrap_or_default(),
    }
}
