//! The box is done: what was announced and isn't there is missing, and the office can give the money back. A lead opens it again.

use super::super::Session;
use super::super::decision::Decision;
use super::super::prompt::Prompt;
use super::{afterwards, next, record};
use crate::domain::fact::Fact;
use crate::domain::id::OperatorId;
use crate::domain::returned::{Finding, Goods, Returned};

pub(super) fn close(decision: &mut Decision, returned: &Returned) {
    if let Some(taken) = &returned.taken {
        return decision.stop(None, Prompt::FindingFirst { name: taken.name.clone() });
    }
    if returned.claimed.is_none() {
        return decision.stop(None, Prompt::ClaimFirst);
    }
    for Goods { sku, quantity } in returned.missing() {
        let (place, return_no, finding) = (decision.place(), returned.return_no.clone(), Finding::Missing);
        let fact = Fact::ReturnInspected { place, return_no, sku, quantity, finding, expires_on: None };
        record(decision, returned, fact);
    }
    let (place, return_no) = (decision.place(), returned.return_no.clone());
    record(decision, returned, Fact::ReturnClosed { place, return_no });
    let closed = afterwards(decision, returned);
    let (missing, wrong) = (closed.count(Finding::Missing), closed.count(Finding::Wrong));
    decision.say(match (missing, wrong) {
        (0, 0) if closed.found.is_empty() => Prompt::ReturnEmpty,
        (0, 0) => Prompt::ReturnDone { count: closed.found.iter().map(|found| found.quantity).sum() },
        _ => Prompt::ReturnDiffers { missing, wrong },
    });
}

pub(super) fn reopen(decision: &mut Decision, session: &Session, reason: &str, lead: &OperatorId) {
    let Some(inspected) = &session.inspected else {
        return decision.say(Prompt::NoReturnToReopen);
    };
    let (place, return_no) = (decision.place(), inspected.return_no.clone());
    let (reason, lead) = (reason.to_owned(), lead.clone());
    decision.record(Fact::PlaceAsked { place: place.clone(), asking: None });
    record(decision, inspected, Fact::ReturnReopened { place, return_no: return_no.clone(), reason, lead });
    decision.say(Prompt::ReturnArrived { return_no });
    decision.say(next(&afterwards(decision, inspected)));
}
