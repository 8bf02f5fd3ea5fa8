//! A screen in the reader's words: what the templates print, nothing left to decide.

use jiff::tz::TimeZone;

use super::relabel::{Strip, strip};
use crate::bench::prompt::{carrier_en, carrier_zh, kilograms};
use crate::bench::{Role, Tone, Walk};
use crate::domain::id::Sku;
use crate::domain::reason::Reasons;
use crate::domain::returned;
use crate::machine;
use crate::page::{Page, shown};
use crate::station::config::StationConfig;
use crate::station::screen::{self, Device, Line, Parcel, Screen};

pub struct View {
    pub station: String,
    pub place: String,
    pub role: &'static str,
    pub key: String,
    pub tone: &'static str,
    pub prompt: String,
    /// As the page's speaker finds them: names with spaces between, and the turn they belong to.
    pub sounds: String,
    pub heard: u64,
    /// 1 for a few words, 4 for a long sentence: the type gets smaller.
    pub size: u8,
    pub who: Option<String>,
    pub done: u32,
    pub parcel: Option<Parcel>,
    pub walk: Option<Walk>,
    pub lines: Vec<Line>,
    pub is_returns: bool,
    pub returned: Option<Returned>,
    pub scans: Vec<Scan>,
    pub devices: Vec<Shown>,
    pub relabel: Option<Strip>,
    pub hub: Hub,
    pub journal_damaged: bool,
}

/// What came back, as far as it was looked at.
pub struct Returned {
    pub return_no: String,
    pub claimed: String,
    pub photos: usize,
    pub lines: Vec<Announced>,
    pub found: Vec<Found>,
}

/// What was to come, and what is there of it.
pub struct Announced {
    pub name: String,
    pub said: u32,
    pub there: u32,
}

pub struct Found {
    pub name: String,
    pub quantity: u32,
    pub finding: &'static str,
}

pub struct Scan {
    pub code: String,
    pub tone: &'static str,
    pub answer: String,
}

pub struct Shown {
    pub kind: &'static str,
    pub name: String,
    pub ok: bool,
    pub state: String,
}

pub struct Hub {
    pub ok: bool,
    pub state: &'static str,
    pub pending: u64,
    /// Of refunds nothing was heard for too long.
    pub stale: bool,
    /// `None` without a hub: then nobody tells of refunds.
    pub refunds: Option<String>,
}

impl View {
    pub fn new(page: &Page, screen: &Screen, config: &StationConfig, role: Role) -> View {
        let w = page.w;
        let zone = TimeZone::get(&config.zone).unwrap_or(TimeZone::UTC);
        let prompt = page.say(&screen.zh, &screen.en).to_owned();
        let device = |kind, word, device: &Device| Shown {
            kind: word,
            name: device.name.clone(),
            ok: device.ok,
            state: w.state(kind, &device.state).to_owned(),
        };
        let printer = screen.printers.iter().map(|printer| device("printer", w.printer, printer));
        let scanners = screen.scanners.iter().map(|scanner| device("scanner", w.scanner, scanner));
        let scale = screen.scale.iter().map(|scale| Shown {
            kind: w.scale,
            name: scale.name.clone(),
            ok: scale.ok,
            state: scale.grams.map_or_else(|| w.state("scale", &scale.state).to_owned(), kilograms),
        });
        // One that answers needs nobody's look.
        let carriers = screen.carriers.iter().filter(|carrier| !carrier.ok).map(|carrier| Shown {
            kind: w.carrier,
            name: {
                let name = page.say(carrier_zh(carrier.carrier), carrier_en(carrier.carrier));
                carrier.shop.as_ref().map_or(name.to_owned(), |shop| format!("{name} {shop}"))
            },
            ok: false,
            state: w.state("carrier", &carrier.state).to_owned(),
        });
        let scan = |scan: &screen::Scan| Scan {
            code: if scan.code == screen::BADGE { w.a_badge.to_owned() } else { scan.code.clone() },
            tone: tone(scan.tone),
            answer: page.say(&scan.zh, &scan.en).to_owned(),
        };
        View {
            station: config.code.clone(),
            place: screen.place.clone(),
            role: match role {
                Role::Pack => w.role_pack,
                Role::Dock => w.role_dock,
                Role::PrintDesk => w.role_print_desk,
                Role::Wall => w.role_wall,
                Role::Pick => w.role_pick,
                Role::Returns => w.role_returns,
            },
            key: screen.key.clone(),
            tone: tone(screen.tone),
            size: size(&prompt),
            prompt,
            sounds: screen.sounds.join(" "),
            heard: screen.heard,
            who: screen.operator_name.clone().or_else(|| screen.operator.clone()),
            done: screen.done,
            lines: screen.parcel.as_ref().map(lines).unwrap_or_default(),
            is_returns: role == Role::Returns,
            returned: screen.returned.as_ref().map(|found| returned(page, found, screen, &config.reasons())),
            parcel: screen.parcel.clone(),
            walk: screen.walk.clone(),
            scans: screen.scans.iter().map(scan).collect(),
            devices: printer.chain(scanners).chain(scale).chain(carriers).collect(),
            relabel: strip(page, &screen.relabel, &zone),
            hub: hub(page, screen, config, &zone),
            journal_damaged: screen.journal_damaged,
        }
    }
}

fn returned(page: &Page, found: &returned::Returned, screen: &Screen, reasons: &Reasons) -> Returned {
    let name = |sku: &Sku| screen.goods.get(sku).cloned().unwrap_or_else(|| sku.to_string());
    let claimed = found.claimed.as_deref().unwrap_or_default();
    let line = |line: &returned::Goods| {
        let there = found.there(&line.sku);
        Announced { name: name(&line.sku), said: line.quantity, there: there.min(line.quantity) }
    };
    let finding = |one: &returned::Found| Found {
        name: name(&one.sku),
        quantity: one.quantity,
        finding: page.say(one.finding.zh(), one.finding.en()),
    };
    Returned {
        return_no: found.return_no.clone(),
        claimed: reasons.find(claimed).map_or(claimed, |reason| page.say(&reason.zh, &reason.en)).to_owned(),
        photos: found.photos.len(),
        lines: found.lines.iter().map(line).collect(),
        found: found.found.iter().map(finding).collect(),
    }
}

fn hub(page: &Page, screen: &Screen, config: &StationConfig, zone: &TimeZone) -> Hub {
    let (w, state) = (page.w, &screen.hub);
    if config.hub.is_none() {
        return Hub { ok: true, state: w.no_hub, pending: 0, stale: false, refunds: None };
    }
    let refunds = match state.as_of_us {
        Some(at_us) => {
            let day = |us| shown(us, zone, "%F");
            let format = if day(at_us) == day(machine::wall_us()) { "%H:%M" } else { "%m-%d %H:%M" };
            format!("{} {}", w.refunds_as_of, shown(at_us, zone, format))
        }
        None => w.refunds_never.to_owned(),
    };
    Hub {
        ok: state.connected && state.as_of_us.is_some(),
        state: if state.connected { w.hub_connected } else { w.hub_away },
        pending: state.pending,
        stale: screen.refunds_stale,
        refunds: Some(refunds),
    }
}

/// What is still missing stands on top; a parcel has more lines than a screen has room.
fn lines(parcel: &Parcel) -> Vec<Line> {
    let mut lines = parcel.lines.clone();
    lines.sort_by_key(|line| line.counted >= line.needed);
    lines
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "ok",
        Tone::Ask => "ask",
        Tone::Warn => "warn",
        Tone::Stop => "stop",
    }
}

/// By how wide the text runs; a Han character is twice as wide as a letter.
fn size(text: &str) -> u8 {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    match width {
        0..=18 => 1,
        19..=28 => 2,
        29..=48 => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_prompts_get_smaller_type() {
        assert_eq!(size("请先刷工牌"), 1);
        assert_eq!(size("请扫商品，还差 2 件"), 2);
        assert_eq!(size("打印机 desk-1 没打：看纸和盖子，好了扫“补打”"), 3);
        assert_eq!(size("In doubt from 12 on: scan the last good label, or REPRINT if there is none"), 4);
    }

    #[test]
    fn a_weight_is_shown_as_the_scale_shows_it() {
        assert_eq!([0, 45, 12_030].map(kilograms), ["0.000 kg", "0.045 kg", "12.030 kg"]);
    }

    #[test]
    fn what_is_missing_stands_on_top_and_keeps_its_order() {
        let line = |name: &str, counted| Line { name: name.into(), needed: 2, counted, gift: false };
        let parcel = Parcel {
            orders: vec![],
            number: None,
            stage: Default::default(),
            left: 3,
            lines: vec![line("a", 2), line("b", 1), line("c", 0)],
        };
        let names: Vec<String> = lines(&parcel).into_iter().map(|line| line.name).collect();
        assert_eq!(names, ["b", "c", "a"]);
    }
}
