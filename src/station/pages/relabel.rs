//! The page of labels to be replaced, and the strip of it that stands on every place's screen: the queue in the reader's
//! words.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use jiff::tz::TimeZone;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::alive;
use crate::bench::prompt::{carrier_en, carrier_zh};
use crate::domain::cutoff::Urgency;
use crate::domain::id::OrderNo;
use crate::domain::order::CarrierCode;
use crate::page::{self, Asked, Page, filled, shown, shown_next};
use crate::station::api::Site;
use crate::station::relabel::{Due, Queue, Waiting};
use crate::station::screen::ToRelabel;

/// Nobody looks a whole order number up by eye: its end tells boxes apart.
const TAIL: usize = 6;

/// One line for whoever looks up.
pub struct Strip {
    pub urgency: &'static str,
    pub text: String,
    /// The whole queue, where the text tells of one carrier's.
    pub all: Option<String>,
}

#[derive(Template)]
#[template(path = "station/pages/relabel.html")]
struct RelabelPage {
    page: Page,
    station: String,
    list: List,
}

/// The part of the page that changes.
#[derive(Template)]
#[template(path = "station/pages/relabel_list.html")]
struct ListPart {
    page: Page,
    list: List,
}

struct List {
    count: usize,
    ready: usize,
    due: Vec<Strip>,
    labels: Vec<Row>,
    unregistered: Vec<Row>,
}

struct Row {
    orders: String,
    waybill_id: String,
    carrier: &'static str,
    place: String,
    age: String,
    ready: bool,
    state: &'static str,
    urgency: &'static str,
}

pub async fn relabel(State(site): State<Site>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    let list = list(&site, &page, &site.running.relabel.borrow());
    page::html(&RelabelPage { page, station: site.running.config.code.clone(), list })
}

pub async fn live(State(site): State<Site>, Query(asked): Query<Asked>) -> Response {
    let page = site.page(&asked);
    let queue = WatchStream::new(site.running.relabel.clone());
    let drawn = queue.map(move |queue| {
        let part = ListPart { page, list: list(&site, &page, &queue) };
        let text = part.render().inspect_err(|error| tracing::error!(%error, "the queue could not be drawn"));
        Ok::<_, std::convert::Infallible>(Event::default().event("screen").data(text.unwrap_or_default()))
    });
    Sse::new(drawn).keep_alive(alive()).into_response()
}

/// What every place's screen says of the queue; `None` while it is empty.
pub fn strip(page: &Page, relabel: &ToRelabel, zone: &TimeZone) -> Option<Strip> {
    let (count, ready) = (relabel.count.to_string(), relabel.ready.to_string());
    let all = filled(page.w.relabel_waits, &[("count", &count), ("ready", &ready)]);
    let (text, all) = match (relabel.carrier, relabel.cutoff_us) {
        (Some(carrier), Some(cutoff_us)) => {
            (due_at(page, carrier, relabel.due, &shown(cutoff_us, zone, "%H:%M")), Some(all))
        }
        _ => (all, None),
    };
    (relabel.count > 0).then_some(Strip { urgency: relabel.urgency.as_str(), text, all })
}

fn due_at(page: &Page, carrier: CarrierCode, count: usize, at: &str) -> String {
    let name = page.say(carrier_zh(carrier), carrier_en(carrier));
    filled(page.w.relabel_due, &[("carrier", name), ("at", at), ("count", &count.to_string())])
}

fn list(site: &Site, page: &Page, queue: &Queue) -> List {
    let config = &site.running.config;
    let zone = TimeZone::get(&config.zone).unwrap_or(TimeZone::UTC);
    let row = |waiting: &Waiting| row(page, waiting, &config.code);
    List {
        count: queue.labels.len(),
        ready: queue.ready(),
        due: queue.due.iter().map(|due| due_line(page, due, &zone)).collect(),
        labels: queue.labels.iter().map(row).collect(),
        unregistered: queue.unregistered.iter().map(row).collect(),
    }
}

fn due_line(page: &Page, due: &Due, zone: &TimeZone) -> Strip {
    let text = match due.cutoff_us.zip(due.left_min) {
        Some((cutoff_us, left_min)) => due_at(page, due.carrier, due.count, &shown_next(cutoff_us, left_min, zone)),
        None => {
            let name = page.say(carrier_zh(due.carrier), carrier_en(due.carrier));
            filled(page.w.relabel_undated, &[("carrier", name), ("count", &due.count.to_string())])
        }
    };
    Strip { urgency: due.urgency.as_str(), text, all: None }
}

fn row(page: &Page, waiting: &Waiting, own: &str) -> Row {
    let place = waiting.place.as_deref().unwrap_or_default();
    Row {
        orders: waiting.orders.iter().map(tail).collect::<Vec<_>>().join(" "),
        waybill_id: waiting.waybill_id.to_string(),
        carrier: page.say(carrier_zh(waiting.carrier), carrier_en(waiting.carrier)),
        place: match waiting.station.as_deref().filter(|station| *station != own) {
            Some(station) => format!("{station} {place}"),
            None => place.to_owned(),
        },
        age: waiting.age_min.map(|minutes| page::age(page.w, minutes)).unwrap_or_default(),
        ready: waiting.number.is_some(),
        state: page.w.get(&format!("label_{}", waiting.state.as_str())).unwrap_or_default(),
        urgency: waiting.urgency.as_str(),
    }
}

fn tail(order_no: &OrderNo) -> String {
    let length = order_no.as_str().chars().count();
    match length > TAIL {
        true => format!("…{}", order_no.as_str().chars().skip(length - TAIL).collect::<String>()),
        false => order_no.to_string(),
    }
}

impl List {
    /// The gravest of them colours the count.
    fn urgency(&self) -> &'static str {
        self.due.first().map_or(Urgency::Later.as_str(), |due| due.urgency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn page(language: Language) -> Page {
        Page::new(&Asked::default(), language)
    }

    #[test]
    fn a_strip_says_how_many_and_from_an_hour_before_by_when() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let said = |relabel: &ToRelabel| {
            [Language::Zh, Language::En].map(|language| strip(&page(language), relabel, &zone).map(|strip| strip.text))
        };
        assert_eq!(said(&ToRelabel::default()), [None, None], "an empty queue is nobody's business");
        let calm = ToRelabel { count: 5, ready: 2, ..ToRelabel::default() };
        assert_eq!(
            said(&calm),
            [Some("待换单 5 件，2 件号已到".into()), Some("5 to relabel, 2 with their number".into())]
        );
        // 17:00 in Shanghai.
        let (carrier, cutoff_us) = (Some(CarrierCode::Sf), Some(1_796_029_200_000_000));
        let soon = ToRelabel { urgency: Urgency::Soon, carrier, due: 3, cutoff_us, ..calm };
        assert_eq!(
            said(&soon),
            [Some("顺丰 17:00 截单，还有 3 件待换单".into()), Some("SF cut-off 17:00: 3 to relabel".into())]
        );
        let all = strip(&page(Language::En), &soon, &zone).and_then(|strip| strip.all);
        assert_eq!(all.as_deref(), Some("5 to relabel, 2 with their number"));
    }

    #[test]
    fn every_state_of_a_label_has_a_word_and_orders_are_told_by_their_end() {
        use crate::station::relabel::State::*;
        for state in [Ready, Waiting, NotSent, Asked, Unanswered, Failing, Rerouting, Refused, Conflicted] {
            let word = page(Language::Zh).w.get(&format!("label_{}", state.as_str()));
            assert!(word.is_some(), "{state:?} has no word");
        }
        assert_eq!(["2026021500012345", "123456", "12"].map(|text| tail(&text.into())), ["…012345", "123456", "12"]);
    }
}
