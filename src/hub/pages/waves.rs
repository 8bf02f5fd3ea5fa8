//! The page of waves, a lead's: what is still to go by each carrier's next cut-off and whether the pace is enough, and below
//! it how far each wave is.

use askama::Template;
use jiff::tz::TimeZone;

use super::Frame;
use crate::domain::milestone::Milestone;
use crate::hub::progress::{Progress, ToGo, WaveRow, Waves};
use crate::page::{filled, shown, shown_next};

const MINUTE_US: i64 = 60_000_000;

#[derive(Template)]
#[template(path = "hub/pages/waves.html")]
pub(super) struct WavesPage {
    frame: Frame,
    to_go: Vec<Line>,
    /// The steps' names, over their columns.
    steps: [&'static str; 5],
    cancelled: &'static str,
    waves: Vec<Wave>,
}

/// `ZTO 20:00: 312 to go, 41 not picked, at this pace 19:52`
pub(super) struct Line {
    pub outlook: &'static str,
    pub left: String,
    pub pace: String,
    /// The driver's time, the pace, what is in no wave.
    pub more: String,
}

struct Wave {
    code: String,
    about: String,
    station: String,
    cutoff: String,
    released: String,
    parcels: u32,
    shares: [Share; 5],
    cancelled: u32,
}

/// Of the parcels that weren't cancelled.
struct Share {
    count: u32,
    permille: u32,
    /// Checked, and not packed yet.
    half: u32,
    full: bool,
}

impl WavesPage {
    pub fn new(frame: Frame, found: Waves, now_us: i64, zone: &TimeZone) -> WavesPage {
        let milestones = [Milestone::Printed, Milestone::Picked, Milestone::Packed, Milestone::Shipped];
        let [printed, picked, packed, shipped] = milestones.map(|milestone| frame.milestone(milestone));
        WavesPage {
            to_go: found.to_go.iter().map(|row| line(&frame, row, now_us, zone)).collect(),
            steps: [frame.page.w.wave_numbers, printed, picked, packed, shipped],
            cancelled: frame.milestone(Milestone::Cancelled),
            waves: found.waves.into_iter().map(|row| wave(&frame, row, now_us, zone)).collect(),
            frame,
        }
    }
}

pub(super) fn line(frame: &Frame, row: &ToGo, now_us: i64, zone: &TimeZone) -> Line {
    let w = frame.page.w;
    let at = |at_us: i64| shown_next(at_us, (at_us - now_us) / MINUTE_US, zone);
    let (cutoff, to_go, not_picked) =
        (row.cutoff_us.map(at).unwrap_or_default(), row.to_go.to_string(), row.not_picked.to_string());
    let sentence = if row.cutoff_us.is_some() { w.to_go_by } else { w.to_go };
    let values = [
        ("carrier", w.state("carrier", row.carrier.as_str())),
        ("warehouse", &row.warehouse),
        ("at", &cutoff),
        ("left", &to_go),
        ("unpicked", &not_picked),
    ];
    let counted = |sentence: &str, count: u32| filled(sentence, &[("count", &count.to_string())]);
    let more = [
        row.pickup_us.map(|at_us| filled(w.pickup_at, &[("at", &at(at_us))])),
        row.pace.map(|pace| counted(w.pace_per_hour, pace.per_hour())),
        Some(row.waiting).filter(|waiting| *waiting > 0).map(|waiting| counted(w.in_no_wave, waiting)),
    ];
    Line {
        outlook: row.outlook.as_str(),
        left: filled(sentence, &values),
        pace: match row.done_us {
            Some(done_us) => filled(w.pace_done, &[("at", &at(done_us))]),
            None if row.to_go > 0 => w.pace_none.to_owned(),
            None => String::new(),
        },
        more: more.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

fn wave(frame: &Frame, row: WaveRow, now_us: i64, zone: &TimeZone) -> Wave {
    let w = frame.page.w;
    let progress = row.progress;
    let about = [
        row.carrier.as_deref().map(|carrier| w.state("carrier", carrier).to_owned()),
        Some(w.state("flow", &row.flow).to_owned()),
        row.zone.as_deref().map(|zone| format!("{} {}", w.zone, if zone == "mixed" { w.zone_mixed } else { zone })),
    ];
    let at = |at_us: i64| shown_next(at_us, (at_us - now_us).abs() / MINUTE_US, zone);
    Wave {
        about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        station: row.station,
        cutoff: row.cutoff_us.map(at).unwrap_or_default(),
        released: shown(row.released_us, zone, "%m-%d %H:%M"),
        parcels: progress.parcels,
        shares: shares(&progress),
        cancelled: progress.cancelled,
        code: row.wave.0,
    }
}

fn shares(progress: &Progress) -> [Share; 5] {
    let all = progress.parcels - progress.cancelled;
    let permille = |count: u32| (count * 1_000).checked_div(all).unwrap_or(0);
    let share = |count: u32, half: u32| Share {
        count,
        permille: permille(count),
        half: permille(half),
        full: all > 0 && count == all,
    };
    [
        share(progress.numbered, 0),
        share(progress.printed, 0),
        share(progress.picked, 0),
        share(progress.packed, progress.checked),
        share(progress.shipped, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::CarrierCode;
    use crate::domain::pace::{Outlook, Pace};
    use crate::hub::pages::people::Visitor;
    use crate::page::Asked;

    fn frame(lang: &str) -> Frame {
        let asked: Asked = serde_json::from_value(serde_json::json!({ "lang": lang })).expect("a question");
        Frame::new(&Visitor { asked, person: None }, "waves", "/waves", "")
    }

    fn at_us(at: &str) -> i64 {
        at.parse::<jiff::Timestamp>().expect("a time").as_microsecond()
    }

    #[test]
    fn a_lead_reads_what_is_to_go_and_when_it_is_done() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let now_us = at_us("2026-11-30T10:34:00Z");
        let pace = Pace { parcels: 120, minutes: 30 };
        let row = ToGo {
            carrier: CarrierCode::Zto,
            warehouse: "SZ".into(),
            cutoff_us: Some(at_us("2026-11-30T12:00:00Z")),
            pickup_us: Some(at_us("2026-11-30T12:30:00Z")),
            to_go: 312,
            not_picked: 41,
            waiting: 58,
            pace: Some(pace),
            done_us: Some(pace.done_us(312, now_us)),
            outlook: Outlook::Good,
        };
        let shown = line(&frame("en"), &row, now_us, &zone);
        assert_eq!(shown.left, "ZTO Express SZ 20:00: 312 to go, 41 not picked");
        assert_eq!(shown.pace, "at this pace 19:52");
        assert_eq!(shown.more, "driver 20:30 · 240 an hour · 58 in no wave");
        let bare = ToGo { cutoff_us: None, pickup_us: None, waiting: 0, pace: None, done_us: None, ..row };
        let shown = line(&frame("zh"), &bare, now_us, &zone);
        assert_eq!(shown.left, "中通快递 SZ，没设截单时间：还剩 312 件，41 件没拣");
        assert_eq!((shown.pace.as_str(), shown.more.as_str()), ("近 3 小时没有打包", ""));
    }

    #[test]
    fn bars_are_shares_of_what_wasnt_cancelled() {
        let progress =
            Progress { parcels: 10, cancelled: 2, numbered: 8, checked: 4, packed: 2, ..Progress::default() };
        let bars = shares(&progress).map(|share| (share.count, share.permille, share.half, share.full));
        assert_eq!(bars[0], (8, 1_000, 0, true));
        assert_eq!(bars[3], (2, 250, 500, false));
        let nothing = Progress { parcels: 3, cancelled: 3, ..Progress::default() };
        assert!(shares(&nothing).iter().all(|share| share.permille == 0 && !share.full));
    }
}
