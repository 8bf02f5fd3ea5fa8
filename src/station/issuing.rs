//! Getting numbers from carriers: what a parcel wants, what to ask next, and what an answer means for it. Pure.

use std::time::Duration;

use crate::bench::View;
use crate::bench::work::{Asked, Stage};
use crate::carrier::{
    Cargo, Carrier, CarrierError, Class, HttpRequest, Issued, Operation, Outcome, Rejection, ShipmentRequest,
};
use crate::domain::order::{LineStatus, Party};
use crate::domain::parcel;
use crate::domain::waybill::Origin;

use super::news::CarrierNews;

/// The longest pause between two questions about an unanswered parcel.
const LONGEST: Duration = Duration::from_secs(60);

/// What a parcel wants of its carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    Number,
    /// Its pooled number is to become the carrier's.
    Registration {
        number: String,
    },
    /// It may be at the carrier already, and is asked about before it is asked for.
    Certainty,
    /// Nobody wants it any more.
    Cancellation {
        number: Option<String>,
    },
}

/// The one thing a parcel wants now; most want nothing.
pub fn wanted(view: &View) -> Option<Want> {
    let held = || view.work.waybills.iter().find(|waybill| waybill.live && waybill.origin == Origin::Pool);
    let known = || view.work.at_carrier(&view.parcel.waybill_id);
    let asked = &view.work.asked;
    if view.parcel.supplied.is_some() {
        return None;
    }
    if view.is_cancelled() && view.work.stage < Stage::Shipped {
        return match asked {
            Asked::Pending | Asked::Unanswered => Some(Want::Certainty),
            Asked::Answered | Asked::Cancelling => {
                Some(Want::Cancellation { number: known().map(|waybill| waybill.number.clone()) })
            }
            _ => None,
        };
    }
    match asked {
        Asked::Pending | Asked::Unanswered => Some(Want::Certainty),
        // Whoever has a pooled number on the box has gone too far to be held up.
        Asked::Never | Asked::NotSent => match held() {
            Some(waybill) => Some(Want::Registration { number: waybill.number.clone() }),
            None => view.stop().is_none().then_some(Want::Number),
        },
        Asked::Rerouting { .. } => None,
        // Asked to forget a parcel that somebody wants again: what came of it is still to be found out.
        Asked::Cancelling => Some(Want::Cancellation { number: known().map(|waybill| waybill.number.clone()) }),
        Asked::Rejected { .. } | Asked::Answered | Asked::Conflicted | Asked::Cancelled | Asked::CancelRefused => None,
    }
}

/// The question that gets it.
pub fn operation(view: &View, sender: &Party) -> Option<Operation> {
    let waybill_id = view.parcel.waybill_id.clone();
    let create = |number| {
        let shipment = shipment(view, sender)?;
        Some(Operation::Create(Box::new(ShipmentRequest { number, ..shipment })))
    };
    match wanted(view)? {
        Want::Number => create(None),
        Want::Registration { number } => create(Some(number)),
        Want::Certainty => Some(Operation::Query { waybill_id }),
        Want::Cancellation { number } => Some(Operation::Cancel { waybill_id, number }),
    }
}

/// What a parcel is announced with whose goods' weight isn't known: carriers weigh again.
const ANNOUNCED_G: u32 = 1_000;

/// The parcel as the carrier needs it; `None` where no order of it has a receiver that can be read.
pub fn shipment(view: &View, sender: &Party) -> Option<ShipmentRequest> {
    let receiver = view.orders.iter().find_map(|record| record.order.receiver.clone())?;
    Some(ShipmentRequest {
        waybill_id: view.parcel.waybill_id.clone(),
        sender: sender.clone(),
        receiver,
        cargo: cargo(view),
        weight_g: parcel::weight_g(&view.needs).unwrap_or(ANNOUNCED_G * view.work.pieces()),
        pieces: view.work.pieces(),
        product: view.parcel.service.clone(),
        remark: None,
        reference: view.carried().first().map(ToString::to_string),
        number: None,
    })
}

/// Of several parcels of its orders each is announced with its own goods.
fn cargo(view: &View) -> Vec<Cargo> {
    if view.parcel.share.is_some() {
        let own = view.needs.iter().filter(|need| need.quantity > 0);
        return own.map(|need| Cargo { name: need.name.clone(), quantity: need.quantity }).collect();
    }
    let (carried, _) = parcel::carried(&view.orders);
    let lines = carried.into_iter().flat_map(|record| &record.order.lines);
    let open = lines.filter(|line| line.status == LineStatus::Open);
    open.map(|line| Cargo { name: line.name.clone(), quantity: line.quantity }).collect()
}

/// What follows from an answer: what is told, and when the carrier is asked again.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    pub news: Option<CarrierNews>,
    pub again: Option<Duration>,
}

impl Next {
    fn told(news: CarrierNews) -> Self {
        Self { news: Some(news), again: None }
    }
}

/// `tries` counts the questions about this parcel so far, this one included. The parcel is as it is now, which may be
/// another than when it was asked about.
pub fn judge(operation: &Operation, outcome: Outcome, view: &View, tries: u32) -> Next {
    let is_query = matches!(operation, Operation::Query { .. });
    let is_cancel = matches!(operation, Operation::Cancel { .. });
    match outcome {
        Outcome::Confirmed(issued) => Next::told(confirmed(issued, view)),
        Outcome::Cancelled if is_cancel || view.is_cancelled() => Next::told(CarrierNews::Cancelled),
        Outcome::Cancelled => {
            Next::told(CarrierNews::Rejected { code: "cancelled".into(), message: String::new(), booked: true })
        }
        Outcome::Rejected(rejection) if rejection.class == Class::AlreadyCancelled && view.is_cancelled() => {
            Next::told(CarrierNews::Cancelled)
        }
        Outcome::Rejected(rejection) if rejection.class == Class::NotFound && is_cancel => {
            Next::told(CarrierNews::Cancelled)
        }
        // Surely not at the carrier: it may be asked for.
        Outcome::Rejected(rejection) if rejection.class == Class::NotFound && is_query => {
            Next { news: Some(CarrierNews::NotThere), again: Some(Duration::ZERO) }
        }
        // Nothing was done, and not for the parcel's sake: somebody mends the account, or the carrier has time again.
        Outcome::Rejected(rejection) if matches!(rejection.class, Class::Busy | Class::Config) => Next {
            news: (!is_cancel)
                .then(|| CarrierNews::NotSent { why: format!("{}: {}", rejection.code, rejection.cure_en) }),
            again: Some(pause(tries)),
        },
        Outcome::Rejected(Rejection { code, message, .. }) if is_cancel => {
            Next::told(CarrierNews::CancelRefused { code, message })
        }
        Outcome::Rejected(Rejection { code, message, booked, .. }) => {
            Next::told(CarrierNews::Rejected { code, message, booked })
        }
        Outcome::Unknown(doubt) => {
            let told = is_cancel || view.work.asked == Asked::Unanswered;
            let news = (!told).then_some(CarrierNews::Unanswered { why: doubt.why });
            let wanted = doubt.retry_after_s.map(|seconds| Duration::from_secs(u64::from(seconds)));
            Next { news, again: Some(wanted.unwrap_or_else(|| pause(tries))) }
        }
        // Answers to other questions than these.
        Outcome::Done | Outcome::Routed(_) | Outcome::Tracked(_) | Outcome::Numbers(_) | Outcome::Balance { .. } => {
            Next { news: None, again: Some(pause(tries)) }
        }
    }
}

/// The request never left this machine. Of a parcel that was asked for before, that says nothing.
pub fn not_sent(operation: &Operation, why: String, tries: u32) -> Next {
    let is_create = matches!(operation, Operation::Create(_));
    Next { news: is_create.then_some(CarrierNews::NotSent { why }), again: Some(pause(tries)) }
}

/// A parcel with a number keeps it: another one is a conflict, never a second live number.
fn confirmed(issued: Issued, view: &View) -> CarrierNews {
    let Issued { number, child_numbers: children, routing, .. } = issued;
    let mut live = view.work.waybills.iter().filter(|waybill| waybill.live && waybill.origin != Origin::Temporary);
    match live.next() {
        Some(held) if held.number == number => CarrierNews::Registered { number, routing },
        Some(held) => CarrierNews::Conflicted { number: held.number.clone(), carriers: number },
        // A box without a number would be lost, and a number without a box waited for.
        None if children.len() + 1 != view.work.pieces() as usize => {
            let (given, boxes) = (children.len() + 1, view.work.pieces());
            let message = format!("the carrier gave {given} numbers for {boxes} boxes");
            CarrierNews::Rejected { code: "pieces".into(), message, booked: true }
        }
        None => CarrierNews::Issued { number, children, routing },
    }
}

/// 1, 2, 4 … 60 seconds.
fn pause(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.saturating_sub(1).min(6)).min(LONGEST)
}

/// Builds the exact request.
pub fn request(carrier: &dyn Carrier, operation: &Operation, now_us: i64) -> Result<HttpRequest, CarrierError> {
    let now = jiff::Timestamp::from_microsecond(now_us).unwrap_or_default();
    carrier.request(operation, now)
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::bench::Work;
    use crate::carrier::{Cause, Doubt};
    use crate::domain::parcel::{OrderRecord, Standing};

    /// SF's parcel P1 of one order, which this station may ask about.
    pub fn view() -> View {
        let order = json!({
            "order_no": "1", "channel": "tmall", "shop": "S", "paid_at": "2026-02-15T06:22:00Z", "amount_fen": 1, "tags": [],
            "receiver": { "name": "N", "phone": "13800001234", "province": "P", "city": "C", "district": "D", "detail": "X" },
            "lines": [{ "sku": "T", "name": "T", "quantity": 1, "price_fen": 0, "gift": false }]
        });
        let parcel = json!({
            "parcel_id": "P1", "orders": ["1"], "warehouse": "W", "carrier": "sf", "waybill_id": "DB1", "issuer": "S-1"
        });
        let order = serde_json::from_value(order).expect("an order");
        View {
            parcel: serde_json::from_value(parcel).expect("a parcel"),
            orders: vec![OrderRecord { order, standing: Standing::Open }],
            needs: Vec::new(),
            leaving: Vec::new(),
            lacking: Vec::new(),
            waiting: 0,
            work: Work::default(),
            fallback: Default::default(),
        }
    }

    fn rejected(class: Class) -> Outcome {
        Outcome::Rejected(Rejection::of(class))
    }

    fn unknown(retry_after_s: Option<u32>) -> Outcome {
        let why = "?".to_owned();
        Outcome::Unknown(Doubt { cause: Cause::NoAnswer, why, query_first: true, retry_after_s })
    }

    /// What the answer means, in a word, and when the carrier is asked again.
    fn said(operation: &Operation, outcome: Outcome, view: &View) -> (&'static str, Option<u64>) {
        let next = judge(operation, outcome, view, 1);
        let word = next.news.map_or("nothing", |news| match news {
            CarrierNews::Requested { .. } | CarrierNews::CancelRequested => "asked",
            CarrierNews::NotThere => "not there",
            CarrierNews::NotSent { .. } => "not sent",
            CarrierNews::Issued { .. } => "issued",
            CarrierNews::Registered { .. } => "registered",
            CarrierNews::Conflicted { .. } => "conflicted",
            CarrierNews::Cancelled => "cancelled",
            CarrierNews::CancelRefused { .. } => "cancel refused",
            CarrierNews::Unanswered { .. } => "unanswered",
            CarrierNews::Rejected { .. } => "rejected",
        });
        (word, next.again.map(|pause| pause.as_secs()))
    }

    #[test]
    fn what_an_answer_means_depends_on_what_was_asked() {
        let view = view();
        let create = operation(&view, &Party::default()).expect("it wants a number");
        let query = Operation::Query { waybill_id: "DB1".into() };
        let cancel = Operation::Cancel { waybill_id: "DB1".into(), number: None };
        for (operation, outcome, expected) in [
            (&create, rejected(Class::Order), ("rejected", None)),
            (&create, rejected(Class::Undeliverable), ("rejected", None)),
            // Nobody's fault but the account's, or the hour's: the parcel gets its number later.
            (&create, rejected(Class::Config), ("not sent", Some(1))),
            (&create, rejected(Class::Busy), ("not sent", Some(1))),
            (&create, unknown(None), ("unanswered", Some(1))),
            (&create, unknown(Some(30)), ("unanswered", Some(30))),
            (&query, rejected(Class::NotFound), ("not there", Some(0))),
            // It is there, and it won't be carried.
            (&query, rejected(Class::Undeliverable), ("rejected", None)),
            (&query, rejected(Class::AlreadyCancelled), ("rejected", None)),
            (&query, Outcome::Cancelled, ("rejected", None)),
            (&query, unknown(None), ("unanswered", Some(1))),
            (&cancel, Outcome::Cancelled, ("cancelled", None)),
            (&cancel, rejected(Class::NotFound), ("cancelled", None)),
            (&cancel, rejected(Class::Order), ("cancel refused", None)),
            (&cancel, rejected(Class::Busy), ("nothing", Some(1))),
            (&cancel, unknown(None), ("nothing", Some(1))),
        ] {
            assert_eq!(said(operation, outcome.clone(), &view), expected, "{}: {outcome:?}", operation.name());
        }
    }

    #[test]
    fn every_box_has_its_number_or_none_has() {
        let mut view = view();
        view.work.further = vec![0, 0];
        let create = operation(&view, &Party::default()).expect("it wants a number");
        let Operation::Create(asked) = &create else { panic!("{create:?}") };
        assert_eq!((asked.pieces, asked.weight_g), (3, 3 * ANNOUNCED_G));
        let given = |children: usize| {
            let child_numbers = (0..children).map(|child| format!("SF{child}")).collect();
            let number = "SF9".to_owned();
            Outcome::Confirmed(Issued { number, child_numbers, routing: Default::default(), attention: Vec::new() })
        };
        for (children, expected) in [(0, "rejected"), (1, "rejected"), (2, "issued"), (3, "rejected")] {
            assert_eq!(said(&create, given(children), &view).0, expected, "{children} children");
        }
        view.work.further.clear();
        assert_eq!(said(&create, given(1), &view).0, "rejected", "a box that nobody packed");
    }

    #[test]
    fn what_is_known_already_is_not_told_again() {
        let mut view = view();
        view.work.asked = Asked::Unanswered;
        let query = operation(&view, &Party::default()).expect("it wants certainty");
        assert_eq!(said(&query, unknown(None), &view), ("nothing", Some(1)));
        // Cancelled at the carrier by somebody, and here as well: that is how it should be.
        view.orders[0].standing = Standing::Cancelled { reason: "x".into() };
        for outcome in [Outcome::Cancelled, rejected(Class::AlreadyCancelled)] {
            assert_eq!(said(&query, outcome, &view), ("cancelled", None));
        }
    }

    #[test]
    fn a_request_that_never_left_clears_no_doubt() {
        let view = view();
        let create = operation(&view, &Party::default()).expect("it wants a number");
        let query = Operation::Query { waybill_id: "DB1".into() };
        let told = |operation| not_sent(operation, "no line".into(), 1).news.is_some();
        assert!(told(&create) && !told(&query));
    }
}
