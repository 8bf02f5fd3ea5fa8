//! Getting numbers from carriers: what to ask next about a parcel, and what an answer means. Pure.

use std::time::Duration;

use crate::bench::View;
use crate::bench::work::Asked;
use crate::carrier::{Cargo, Carrier, CarrierError, Operation, Outcome, ShipmentRequest};
use crate::domain::order::{LineStatus, Party};
use crate::domain::parcel;

use super::news::CarrierNews;

/// The longest pause between two questions about an unanswered parcel.
const LONGEST: Duration = Duration::from_secs(60);

/// The next question: a parcel that may be at the carrier already is asked about before it is asked for.
pub fn operation(view: &View, sender: &Party) -> Option<Operation> {
    match view.work.asked {
        Asked::Never => shipment(view, sender).map(Box::new).map(Operation::Create),
        Asked::Pending | Asked::Unanswered => Some(Operation::Query { waybill_id: view.parcel.waybill_id.clone() }),
        Asked::Rejected { .. } | Asked::Answered => None,
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

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    News(CarrierNews),
    /// Surely not at the carrier: it may be asked for.
    Create,
    /// Ask again later; the news, if any, is told first.
    Later {
        news: Option<CarrierNews>,
        pause: Duration,
    },
}

/// `tries` counts the questions about this parcel so far, this one included.
pub fn judge(operation: &Operation, outcome: Outcome, view: &View, tries: u32) -> Next {
    match outcome {
        Outcome::Confirmed(issued) => {
            Next::News(CarrierNews::Issued { number: issued.number, routing: issued.routing })
        }
        Outcome::Rejected(_) | Outcome::Cancelled if matches!(operation, Operation::Query { .. }) => Next::Create,
        Outcome::Rejected(rejection) => {
            Next::News(CarrierNews::Rejected { code: rejection.code, message: rejection.message })
        }
        Outcome::Cancelled => Next::News(CarrierNews::Rejected { code: "cancelled".into(), message: String::new() }),
        // Answers to other questions than these.
        Outcome::Done | Outcome::Routed(_) | Outcome::Tracked(_) | Outcome::Numbers(_) | Outcome::Balance { .. } => {
            Next::Later { news: None, pause: pause(tries) }
        }
        Outcome::Unknown(doubt) => {
            let told = view.work.asked == Asked::Unanswered;
            let news = (!told).then_some(CarrierNews::Unanswered { why: doubt.why });
            let wanted = doubt.retry_after_s.map(|seconds| Duration::from_secs(u64::from(seconds)));
            Next::Later { news, pause: wanted.unwrap_or_else(|| pause(tries)) }
        }
    }
}

/// 1, 2, 4 … 60 seconds.
fn pause(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.saturating_sub(1).min(6)).min(LONGEST)
}

/// Builds the exact request.
pub fn request(
    carrier: &dyn Carrier,
    operation: &Operation,
    now_us: i64,
) -> Result<crate::carrier::HttpRequest, CarrierError> {
    let now = jiff::Timestamp::from_microsecond(now_us).unwrap_or_default();
    carrier.request(operation, now)
}
