//! What is in the box, and what should be: an order that changed, or left its parcel, while the parcel was in hand or after it
//! was packed. What must come out is named, and nothing goes on until the packer says that it is out.

use std::collections::BTreeMap;

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Place, View, label, pack};
use crate::domain::fact::{Asking, Fact};
use crate::domain::id::{OrderNo, Sku};
use crate::domain::parcel::{Need, carried};

/// Deals with a packed parcel in whose box is more than it carries now. Only the label in somebody's hand says that the box is there to be opened.
pub(super) fn taken(decision: &mut Decision, place: &Place, view: &View, number: Option<&String>) -> bool {
    if view.leaving.is_empty() {
        return false;
    }
    match number {
        Some(number) => {
            let left = left(view).into_iter().cloned().collect();
            let (place, revised, number) = (place.name.clone(), revised(view), number.clone());
            decision.record_of(view, Fact::ParcelReopened { place, left, revised, number });
            stop(decision, view);
        }
        None => decision.stop(Some(view), elsewhere(view)),
    }
    true
}

/// Stops a checked parcel with more in its box than it carries now, and asks for what must come out.
pub(super) fn stop(decision: &mut Decision, view: &View) -> bool {
    if view.leaving.is_empty() {
        return false;
    }
    let place = decision.place();
    decision.record_of(view, Fact::PlaceAsked { place, asking: Some(Asking::Changed) });
    decision.stop(Some(view), taken_out(view));
    true
}

/// Where the box isn't opened: what must come out of it first.
pub(super) fn elsewhere(view: &View) -> Prompt {
    Prompt::OrderLeft { what: listed(&view.leaving, |need| need.quantity) }
}

/// The question that CONFIRM answers.
pub(super) fn changed(view: &View) -> Prompt {
    match view.work.stage {
        Stage::Untouched | Stage::Checking => Prompt::Changed { what: listed(&view.needs, |need| need.quantity) },
        Stage::Checked | Stage::Packed | Stage::Shipped => taken_out(view),
    }
}

fn taken_out(view: &View) -> Prompt {
    Prompt::TakeOutFirst { what: listed(&view.leaving, |need| need.quantity) }
}

fn listed(needs: &[Need], quantity: impl Fn(&Need) -> u32) -> String {
    let some = needs.iter().map(|need| (&need.name, quantity(need))).filter(|(_, quantity)| *quantity > 0);
    some.map(|(name, quantity)| format!("{name} × {quantity}")).collect::<Vec<_>>().join("、")
}

fn left(view: &View) -> Vec<&OrderNo> {
    carried(&view.orders).1.into_iter().map(|record| &record.order.order_no).collect()
}

/// What it carries that was something else when it was packed.
fn revised(view: &View) -> BTreeMap<OrderNo, u32> {
    let then = |order_no: &OrderNo| view.work.revisions.get(order_no).copied();
    revisions(view).into_iter().filter(|(order_no, now)| then(order_no).is_some_and(|then| then < *now)).collect()
}

/// What the parcel carries now.
pub(super) fn revisions(view: &View) -> BTreeMap<OrderNo, u32> {
    let (carried, _) = carried(&view.orders);
    carried.into_iter().map(|record| (record.order.order_no.clone(), record.order.revision)).collect()
}

/// The packer has looked: what is in the box beyond what it carries now comes out, or is out. One CONFIRM does where a scan
/// of each piece might, for nobody can scan loose goods and leaflets, and mid-check it is the same.
pub(super) fn accept(decision: &mut Decision, place: &Place, view: &View) {
    let name = || place.name.clone();
    decision.record_of(view, Fact::RevisionAccepted { place: name(), revisions: revisions(view) });
    decision.record_of(view, Fact::PlaceAsked { place: name(), asking: None });
    let mut after = view.clone();
    let mut out = Vec::new();
    for (sku, surplus) in surplus(view) {
        let fact = Fact::ItemUnchecked { place: name(), sku: sku.clone(), quantity: surplus };
        after.work.remember(&fact, &place.station);
        decision.record_of(view, fact);
        let called = view.need(&sku).map_or(sku.as_str(), |need| &need.name);
        out.push(format!("{called} × {surplus}"));
    }
    if view.work.stage > Stage::Checking {
        after.leaving.clear();
        return match after.unlabelled() {
            Some(_) => label::finish(decision, place, &after),
            None => decision.say(label::standing(place, &after)),
        };
    }
    match after.left().is_empty() {
        true => pack::complete(decision, place, &after),
        false => decision.say(pack::remaining(&after)),
    }
    // Said last, so that it is what the screen shows while the label prints.
    if !out.is_empty() {
        decision.say(Prompt::TakeOut { what: out.join("、") });
    }
}

/// What was counted beyond what is needed.
fn surplus(view: &View) -> Vec<(Sku, u32)> {
    let mut counted: BTreeMap<Sku, u32> = BTreeMap::new();
    for check in &view.work.checks {
        *counted.entry(check.sku.clone()).or_default() += check.quantity;
    }
    let beyond = |sku: &Sku, counted: u32| counted.saturating_sub(view.need(sku).map_or(0, |need| need.quantity));
    counted.into_iter().map(|(sku, counted)| (sku.clone(), beyond(&sku, counted))).filter(|(_, n)| *n > 0).collect()
}
