//! What a carrier's answer means to the heart, with nobody's name in it.

use std::collections::BTreeMap;

use crate::bench::View;
use crate::domain::personal::Personal;

#[derive(Clone, Debug, PartialEq)]
pub enum CarrierNews {
    Requested {
        /// The shop whose own account it is.
        account: Option<String>,
    },
    /// Asked about, and surely not at the carrier: it may be asked for.
    NotThere,
    /// Nothing left this machine.
    NotSent {
        why: String,
    },
    Issued {
        number: String,
        /// Of the boxes beyond the first.
        children: Vec<String>,
        routing: BTreeMap<String, serde_json::Value>,
    },
    /// The parcel's pooled number is the carrier's under its id.
    Registered {
        number: String,
        routing: BTreeMap<String, serde_json::Value>,
    },
    /// The carrier has another number under the parcel's id.
    Conflicted {
        number: String,
        carriers: String,
    },
    CancelRequested,
    Cancelled,
    CancelRefused {
        code: String,
        message: String,
    },
    Unanswered {
        why: String,
    },
    Rejected {
        code: String,
        message: String,
        /// It is at the carrier under its id all the same.
        booked: bool,
    },
}

/// What is anybody's in the orders of a parcel.
pub(super) fn personal(view: &View) -> Personal {
    Personal::of(view.orders.iter().map(|record| &record.order))
}

/// A carrier's words may repeat the receiver's; entries never do.
pub(super) fn nobodys(view: &View, news: CarrierNews) -> CarrierNews {
    let personal = personal(view);
    let impersonal = |mut routing: BTreeMap<String, serde_json::Value>| {
        routing.retain(|_, value| !value.as_str().is_some_and(|text| personal.names_somebody(text)));
        routing
    };
    match news {
        CarrierNews::Issued { number, children, routing } => {
            CarrierNews::Issued { number, children, routing: impersonal(routing) }
        }
        CarrierNews::Registered { number, routing } => CarrierNews::Registered { number, routing: impersonal(routing) },
        CarrierNews::NotSent { why } => CarrierNews::NotSent { why: personal.out_of(&why) },
        CarrierNews::CancelRefused { code, message } => {
            CarrierNews::CancelRefused { code, message: personal.out_of(&message) }
        }
        CarrierNews::Unanswered { why } => CarrierNews::Unanswered { why: personal.out_of(&why) },
        CarrierNews::Rejected { code, message, booked } => {
            CarrierNews::Rejected { code, message: personal.out_of(&message), booked }
        }
        CarrierNews::Requested { .. }
        | CarrierNews::NotThere
        | CarrierNews::Conflicted { .. }
        | CarrierNews::CancelRequested
        | CarrierNews::Cancelled => news,
    }
}
