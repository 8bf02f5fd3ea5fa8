//! A code that nobody knows, scanned with a parcel in hand: a lead's badge teaches which of its goods it is on. The goods'
//! known code says which, the unknown one again that it is so; it counts from its next scan on.

use super::decision::Decision;
use super::pack::{self, shown};
use super::prompt::Prompt;
use super::{Found, View};
use crate::domain::code::is_article_number;
use crate::domain::fact::{Asking, Fact};
use crate::domain::id::{OperatorId, Sku};
use crate::domain::parcel::Operator;
use crate::domain::taught::{Unteachable, teachable};

/// The packer goes on with other goods, or calls a lead.
pub(super) fn unknown(decision: &mut Decision, view: &View, code: &str) {
    let prompt = match is_article_number(code) {
        true => Prompt::UnknownItem { code: code.to_owned() },
        false => Prompt::UnknownCode { code: shown(code) },
    };
    decision.stop(Some(view), prompt);
    match teachable(code) {
        Ok(()) => {
            ask(decision, view, Some(Asking::UnknownCode { code: code.to_owned() }));
            decision.say(Prompt::LeadMayTeach);
        }
        Err(because @ Unteachable::Waybill) => decision.say(Prompt::NotTeachable { because }),
        // A text or a link: nobody takes it for goods.
        Err(_) => {}
    }
}

pub(super) fn badge(decision: &mut Decision, operator: &Operator, view: &View, code: &str) {
    if !operator.lead {
        ask(decision, view, None);
        return decision.stop(Some(view), Prompt::NoLead);
    }
    let only = match view.left().as_slice() {
        [(need, _)] => Some(need.sku.clone()),
        _ => None,
    };
    choose(decision, view, code, &operator.operator_id, only);
}

/// A scan while a code is taught.
pub(super) fn scanned(decision: &mut Decision, view: &View, asking: &Asking, scanned: &str, found: &Found) {
    let Asking::TaughtCode { code, lead, sku } = asking else { return };
    match (found, sku) {
        (_, None) if scanned == code => decision.say(wanted(view, code, None)),
        (found, Some(sku)) if scanned == code => confirmed(decision, view, code, lead, sku, found),
        (Found::Item { sku, .. }, _) if view.need(sku).is_some() => {
            choose(decision, view, code, lead, Some(sku.clone()));
        }
        (Found::Item { name, .. }, _) => decision.stop(Some(view), Prompt::WrongItem { name: name.clone() }),
        _ => decision.stop(Some(view), Prompt::UnknownCode { code: shown(scanned) }),
    }
}

/// What the screen says while a code is taught.
pub(super) fn wanted(view: &View, code: &str, sku: Option<&Sku>) -> Prompt {
    let code = code.to_owned();
    match sku {
        Some(sku) => Prompt::TeachAgain { code, name: name(view, sku) },
        None => Prompt::TeachWhich { code },
    }
}

fn choose(decision: &mut Decision, view: &View, code: &str, lead: &OperatorId, sku: Option<Sku>) {
    decision.say(wanted(view, code, sku.as_ref()));
    ask(decision, view, Some(Asking::TaughtCode { code: code.to_owned(), lead: lead.clone(), sku }));
}

fn confirmed(decision: &mut Decision, view: &View, code: &str, lead: &OperatorId, sku: &Sku, found: &Found) {
    ask(decision, view, None);
    match named(found, sku) {
        Err(because) => decision.say(Prompt::NotTeachable { because }),
        // Taught elsewhere meanwhile, or told by the items' owner.
        Ok(true) => decision.say(pack::remaining(view)),
        Ok(false) => {
            let (place, lead, code, sku) = (decision.place(), lead.clone(), code.to_owned(), sku.clone());
            decision.say(Prompt::Taught { name: name(view, &sku) });
            decision.record_of(view, Fact::BarcodeTaught { place, lead, code, sku, quantity: 1 });
        }
    }
}

/// Whether the code is known to be these goods', or why it can't be: what it names may have come down since.
fn named(found: &Found, sku: &Sku) -> Result<bool, Unteachable> {
    match found {
        Found::Nothing => Ok(false),
        Found::Item { sku: known, .. } if known == sku => Ok(true),
        Found::Label { .. } => Err(Unteachable::Waybill),
        Found::Order(_) => Err(Unteachable::Order),
        _ => Err(Unteachable::OtherGoods),
    }
}

fn ask(decision: &mut Decision, view: &View, asking: Option<Asking>) {
    let place = decision.place();
    decision.record_of(view, Fact::PlaceAsked { place, asking });
}

fn name(view: &View, sku: &Sku) -> String {
    view.need(sku).map_or(sku.to_string(), |need| need.name.clone())
}
