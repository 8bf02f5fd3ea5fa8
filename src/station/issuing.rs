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
    let known = || view.work.waybills.iter().find(|waybill| waybill.live && waybill.origin != Origin::Temporary);
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
    let lines = view.orders.iter().flat_map(|record| &record.order.lines);
    let cargo = lines.filter(|line| line.status == LineStatus::Open);
    let cargo: Vec<Cargo> = cargo.map(|line| Cargo { name: line.name.clone(), quantity: line.quantity }).collect();
    Some(ShipmentRequest {
        waybill_id: view.parcel.waybill_id.clone(),
        sender: sender.clone(),
        receiver,
        cargo,
        weight_g: parcel::weight_g(&view.needs).unwrap_or(ANNOUNCED_G),
        pieces: 1,
        product: view.parcel.service.clone(),
        remark: None,
        reference: view.parcel.orders.first().map(ToString::to_string),
        number: None,
    })
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
        Outcome::Cancelled => Next::told(CarrierNews::Rejected { code: "cancelled".into(), message: String::new() }),
        // Surely not at the carrier: it may be asked for.
        Outcome::Rejected(_) if is_query => Next { news: Some(CarrierNews::NotThere), again: Some(Duration::ZERO) },
        // It has nothing to forget.
        Outcome::Rejected(rejection) if is_cancel && rejection.class == Class::NotFound => {
            Next::told(CarrierNews::Cancelled)
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
        Outcome::Rejected(Rejection { code, message, .. }) => Next::told(CarrierNews::Rejected { code, message }),
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
    let Issued { number, routing, .. } = issued;
    let mut live = view.work.waybills.iter().filter(|waybill| waybill.live && waybill.origin != Origin::Temporary);
    match live.next() {
        Some(held) if held.number == number => CarrierNews::Registered { number, routing },
        Some(held) => CarrierNews::Conflicted { number: held.number.clone(), carriers: number },
        None => CarrierNews::Issued { number, routing },
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
