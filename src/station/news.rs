//! What a carrier's answer means to the heart, with nobody's name in it.

use std::collections::BTreeMap;

use crate::bench::View;
use crate::domain::personal::Personal;

#[derive(Clone, Debug, PartialEq)]
pub enum CarrierNews {
    Requested,
    /// Asked about, and surely not at the carrier: it may be asked for.
    NotThere,
    Issued {
        number: String,
        routing: BTreeMap<String, serde_json::Value>,
    },
    Unanswered {
        why: String,
    },
    Rejected {
        code: String,
        message: String,
    },
}

/// What is anybody's in the orders of a parcel.
pub(super) fn personal(view: &View) -> Personal {
    Personal::of(view.orders.iter().map(|record| &record.order))
}

/// A carrier's words may repeat the receiver's; entries never do.
pub(super) fn nobodys(view: &View, news: CarrierNews) -> CarrierNews {
    let personal = personal(view);
    match news {
        CarrierNews::Issued { number, mut routing } => {
            routing.retain(|_, value| !value.as_str().is_some_and(|text| personal.names_somebody(text)));
            CarrierNews::Issued { number, routing }
        }
        CarrierNews::Unanswered { why } => CarrierNews::Unanswered { why: personal.out_of(&why) },
        CarrierNews::Rejected { code, message } => CarrierNews::Rejected { code, message: personal.out_of(&message) },
        CarrierNews::Requested | CarrierNews::NotThere => news,
    }
}
