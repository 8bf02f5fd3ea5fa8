//! What is in the box, piece by piece: scanned, then its finding. Goods that aren't among what was to come are wrong by themselves.

use jiff::civil::Date;

use super::super::decision::Decision;
use super::super::pack::shown;
use super::super::prompt::Prompt;
use super::super::{Found, Loaded, Session};
use super::{afterwards, next, open, record};
use crate::domain::code::is_article_number;
use crate::domain::fact::Fact;
use crate::domain::id::Sku;
use crate::domain::returned::{Finding, Found as Finds, Returned, Taken};

pub(super) fn scanned(decision: &mut Decision, session: &Session, returned: &Returned, loaded: &Loaded, code: &str) {
    if let Some(taken) = &returned.taken {
        return decision.stop(None, Prompt::FindingFirst { name: taken.name.clone() });
    }
    let times = session.times.unwrap_or(1);
    match &loaded.found {
        Found::Item { sku, name, quantity } => {
            let (sku, name, expires_on) = (sku.clone(), name.clone(), loaded.marks.expires_on);
            take(decision, returned, Taken { sku, name, quantity: quantity.saturating_mul(times), expires_on });
        }
        Found::Nothing if is_article_number(code) => {
            let (sku, expires_on) = (Sku::from(code), loaded.marks.expires_on);
            wrong(decision, returned, Taken { sku, name: code.to_owned(), quantity: times, expires_on });
        }
        Found::Label { .. } | Found::Order(_) => decision.stop(None, open(returned)),
        Found::Several(what) => decision.say(Prompt::Several { what: what.join(" / ") }),
        _ if !loaded.returns.is_empty() => decision.stop(None, open(returned)),
        _ => decision.stop(None, Prompt::UnknownCode { code: shown(code) }),
    }
}

/// Goods beyond what was to come are somebody else's; a carton that is too many is opened and scanned piece by piece.
fn take(decision: &mut Decision, returned: &Returned, taken: Taken) {
    match returned.room(&taken.sku) {
        Some(0) => wrong(decision, returned, taken),
        Some(left) if left < taken.quantity => decision.stop(None, Prompt::TooManyBack { name: taken.name, left }),
        _ => {
            let (place, return_no) = (decision.place(), returned.return_no.clone());
            let question = question(&taken);
            let Taken { sku, name, quantity, expires_on } = taken;
            let fact = Fact::ReturnItemTaken { place, return_no, sku, name, quantity, expires_on };
            record(decision, returned, fact);
            decision.say(question);
        }
    }
}

fn wrong(decision: &mut Decision, returned: &Returned, taken: Taken) {
    inspect(decision, returned, &taken, Finding::Wrong);
    decision.say(Prompt::WrongGoods { name: taken.name });
}

pub(super) fn question(taken: &Taken) -> Prompt {
    let Taken { name, quantity, expires_on, .. } = taken.clone();
    Prompt::WhatFinding { name, quantity, expires_on: expires_on.map(|day| day.to_string()) }
}

pub(super) fn expires(decision: &mut Decision, returned: &Returned, expires_on: Date) {
    let (place, return_no) = (decision.place(), returned.return_no.clone());
    record(decision, returned, Fact::ReturnExpiryNoted { place, return_no, expires_on });
    decision.say(next(&afterwards(decision, returned)));
}

/// The finding of the pieces in hand.
pub(super) fn found(decision: &mut Decision, returned: &Returned, finding: Finding) {
    let Some(taken) = &returned.taken else {
        return decision.stop(None, Prompt::ItemFirst);
    };
    inspect(decision, returned, taken, finding);
    let (name, quantity) = (taken.name.clone(), taken.quantity);
    decision.say(Prompt::Found { name, quantity, finding });
    decision.say(next(&afterwards(decision, returned)));
}

fn inspect(decision: &mut Decision, returned: &Returned, taken: &Taken, finding: Finding) {
    let (place, return_no) = (decision.place(), returned.return_no.clone());
    let Taken { sku, quantity, expires_on, .. } = taken.clone();
    record(decision, returned, Fact::ReturnInspected { place, return_no, sku, quantity, finding, expires_on });
}

/// Takes back a multiplier, what is in hand, the last finding, or with none of these the arrival.
pub(super) fn undo(decision: &mut Decision, session: &Session, returned: &Returned) {
    let (place, return_no) = (decision.place(), returned.return_no.clone());
    if session.times.is_some() {
        return super::super::pack::multiply(decision, 1);
    }
    let name = match (&returned.taken, returned.found.last()) {
        (Some(taken), _) => {
            record(decision, returned, Fact::ReturnItemPutBack { place, return_no });
            taken.name.clone()
        }
        (None, Some(Finds { sku, quantity, finding, .. })) => {
            let (sku, quantity, finding) = (sku.clone(), *quantity, *finding);
            let name = sku.to_string();
            record(decision, returned, Fact::ReturnUninspected { place, return_no, sku, quantity, finding });
            name
        }
        (None, None) if returned.is_untouched() => {
            record(decision, returned, Fact::ReturnWithdrawn { place, return_no: return_no.clone() });
            decision.say(Prompt::ReturnWithdrawn { return_no });
            return decision.say(Prompt::ScanReturn);
        }
        (None, None) => return decision.say(Prompt::NothingToUndo),
    };
    decision.say(Prompt::FindingUndone { name });
    decision.say(next(&afterwards(decision, returned)));
}
