//! One order's page: its timeline as a line, a drawing and a table; its parcels, goods and masked receiver.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::stages::Stages;
use super::{Frame, Shown, standing};
use crate::domain::journey::Suspicion;
use crate::domain::order::LineStatus;
use crate::domain::routing::{Choice, Offer};
use crate::domain::timeline::Step;
use crate::hub::journeys::Way;
use crate::hub::order::{Number, OrderView, ParcelView, Receiver};
use crate::page::shown;
use crate::words::Language;

#[derive(Template)]
#[template(path = "hub/pages/order.html")]
pub(super) struct OrderPage {
    frame: Frame,
    order_no: String,
    channel: String,
    shop: String,
    warehouse: String,
    ship_by: Option<String>,
    standing: Shown,
    line: String,
    stages: Stages,
    steps: Vec<StepRow>,
    parcels: Vec<ParcelRow>,
    receiver: Option<Receiver>,
    goods: Vec<Goods>,
}

struct StepRow {
    word: &'static str,
    stage: bool,
    at: String,
    /// How far the time may be off.
    error: Option<String>,
    source: String,
    operator: String,
    implied: bool,
    /// The carrier says so.
    observed: bool,
}

struct ParcelRow {
    carrier: String,
    waybill_id: String,
    wave: Option<String>,
    /// The rule that chose the carrier, and what each would have cost.
    chosen: Option<(String, String)>,
    numbers: Vec<NumberRow>,
    ways: Vec<WayRow>,
    /// The other orders in the same box.
    with: Vec<String>,
}

struct NumberRow {
    number: String,
    /// `temporary` or `void`, in words.
    mark: Option<&'static str>,
}

/// What the carrier says of one number.
struct WayRow {
    /// The number, where the parcel has several ways.
    number: Option<String>,
    phase: &'static str,
    word: String,
    since: Option<String>,
    heard: Option<String>,
    stale: bool,
    doubts: Vec<(String, String)>,
}

struct Goods {
    name: String,
    sku: String,
    quantity: u32,
    gift: bool,
    mark: Option<&'static str>,
}

impl OrderPage {
    pub fn new(frame: Frame, found: OrderView, zone: &TimeZone) -> OrderPage {
        let (page, w) = (frame.page, frame.page.w);
        let OrderView { order, warehouse, standing: stands, receiver, parcels, timeline, people, ways } = found;
        let step = |step: &Step| StepRow {
            word: frame.milestone(step.milestone),
            stage: step.milestone.is_stage(),
            at: shown(step.at.as_microsecond(), zone, "%m-%d %H:%M:%S"),
            error: step.error_ms.map(error),
            source: match step.source.as_str() {
                "hub" => w.source_hub.to_owned(),
                source if step.milestone.is_carriers() => w.state("carrier", source).to_owned(),
                source => w.state("channel", source).to_owned(),
            },
            operator: step.operator.as_ref().map(|id| people.get(id).unwrap_or(id).clone()).unwrap_or_default(),
            implied: step.implied,
            observed: step.milestone.is_carriers(),
        };
        let goods = |line: &crate::domain::order::Line| Goods {
            name: line.name.clone(),
            sku: line.sku.to_string(),
            quantity: line.quantity,
            gift: line.gift,
            mark: match line.status {
                LineStatus::Open => None,
                LineStatus::Refunded => Some(w.line_refunded),
                LineStatus::Cancelled => Some(w.line_cancelled),
            },
        };
        OrderPage {
            channel: w.state("channel", &order.channel).to_owned(),
            shop: order.shop.clone(),
            ship_by: order.ship_by.map(|at| shown(at.as_microsecond(), zone, "%m-%d %H:%M")),
            standing: standing(&page, stands),
            line: timeline.one_line_in(zone, |milestone| frame.milestone(milestone)),
            stages: Stages::new(&timeline, zone, |milestone| frame.milestone(milestone)),
            steps: timeline.steps.iter().map(step).collect(),
            parcels: parcels
                .iter()
                .map(|parcel| parcel_row(&frame, parcel, order.order_no.as_str(), &ways, zone))
                .collect(),
            goods: order.lines.iter().map(goods).collect(),
            order_no: order.order_no.0,
            receiver,
            warehouse,
            frame,
        }
    }
}

fn parcel_row(frame: &Frame, view: &ParcelView, order_no: &str, ways: &[Way], zone: &TimeZone) -> ParcelRow {
    let (w, parcel) = (frame.page.w, &view.parcel);
    let mark = |number: &Number| match (number.void, number.number.starts_with("TMP-")) {
        (true, _) => Some(w.number_void),
        (false, true) => Some(w.number_temporary),
        (false, false) => None,
    };
    let numbers = view.numbers.iter().flat_map(|number| {
        let child = mark(number).or(Some(w.number_child));
        let children = number.children.iter().map(move |on_box| NumberRow { number: on_box.clone(), mark: child });
        [NumberRow { number: number.number.clone(), mark: mark(number) }].into_iter().chain(children)
    });
    let of_this = |way: &&Way| view.numbers.iter().flat_map(Number::boxes).any(|number| *number == way.number);
    let ways: Vec<&Way> = ways.iter().filter(of_this).collect();
    let several = ways.len() > 1;
    ParcelRow {
        ways: ways.into_iter().map(|way| way_row(frame, way, several, zone)).collect(),
        carrier: w.state("carrier", parcel.carrier.as_str()).to_owned(),
        waybill_id: parcel.waybill_id.to_string(),
        wave: parcel.wave.as_ref().map(|wave| format!("{} · {}/{}", wave.code, wave.position, wave.count)),
        chosen: view.choice.as_ref().map(|choice| chosen(frame.page.language, choice)),
        numbers: numbers.collect(),
        with: parcel.orders.iter().map(ToString::to_string).filter(|other| other != order_no).collect(),
    }
}

fn chosen(language: Language, choice: &Choice) -> (String, String) {
    let offers = |said: fn(&Offer) -> String| choice.offers.iter().map(said).collect::<Vec<_>>().join(" · ");
    match language {
        Language::Zh => (choice.zh(), offers(Offer::zh)),
        Language::En => (choice.en(), offers(Offer::en)),
    }
}

fn way_row(frame: &Frame, way: &Way, several: bool, zone: &TimeZone) -> WayRow {
    let w = frame.page.w;
    let at = |at: Timestamp| shown(at.as_microsecond(), zone, "%m-%d %H:%M");
    let doubt = |s: &Suspicion| (w.state("doubt", s.doubt.as_str()).to_owned(), at(s.at));
    WayRow {
        number: several.then(|| way.number.clone()),
        phase: way.journey.phase.as_str(),
        word: w.state("phase", way.journey.phase.as_str()).to_owned(),
        since: way.journey.since.map(at),
        heard: way.journey.heard.map(at),
        stale: way.stale.is_some(),
        doubts: way.journey.suspicions.iter().map(doubt).collect(),
    }
}

/// `±0.2 s`; below a tenth of a second nobody asks.
fn error(error_ms: i64) -> String {
    match error_ms {
        ..100 => "±0.1 s".to_owned(),
        100..60_000 => format!("±{}.{} s", (error_ms + 99) / 1_000, (error_ms + 99) / 100 % 10),
        _ => format!("±{} min", error_ms.div_euclid(60_000) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::error;

    #[test]
    fn an_error_is_never_shown_smaller_than_it_is() {
        assert_eq!(
            [0, 99, 100, 1_250, 59_900, 60_000].map(error),
            ["±0.1 s", "±0.1 s", "±0.1 s", "±1.3 s", "±59.9 s", "±2 min"]
        );
    }
}
