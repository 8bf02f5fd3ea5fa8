//! Papers that count no more, and numbers that are on nothing.

use super::super::decision::Decision;
use super::super::{View, bag};
use crate::domain::fact::Fact;

/// Why papers that nobody wants any more don't count.
const WITHDRAWN: &str = "cancelled";

/// Nobody wants the parcel any more: its papers are torn, and its numbers are on nothing.
pub(in crate::bench) fn withdraw(decision: &mut Decision, view: &View) {
    bag::take_out(decision, view);
    for label in view.work.labels.iter().filter(|label| label.live()) {
        let fact = Fact::LabelDiscarded { job: label.job.clone(), reason: WITHDRAWN.to_owned() };
        decision.record_of(view, fact);
    }
    for waybill in view.work.waybills.iter().filter(|waybill| waybill.live) {
        void(decision, view, &waybill.number, WITHDRAWN);
    }
}

pub(super) fn void(decision: &mut Decision, view: &View, number: &str, reason: &str) {
    let fact = Fact::WaybillVoided {
        waybill_id: view.parcel.waybill_id.clone(),
        number: number.to_owned(),
        reason: reason.to_owned(),
    };
    decision.record_of(view, fact);
}

/// None of its papers is to be on a parcel from here on.
pub(in crate::bench) fn discard(decision: &mut Decision, view: &View, reason: &str) {
    for label in view.work.labels.iter().filter(|label| !label.discarded) {
        decision.record_of(view, Fact::LabelDiscarded { job: label.job.clone(), reason: reason.to_owned() });
    }
}
