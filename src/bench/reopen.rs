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
use crate::domain::share::Goods;

/// Deals with a packed parcel whose box isn't what its orders want now. Only the label in somebody's hand says that the box is
/// there to be opened.
pub(super) fn taken(decision: &mut Decision, place: &Place, view: &View, number: Option<&String>) -> bool {
    if !view.differs() {
        return false;
    }
    match number {
        Some(number) => {
            reopened(decision, place, view, Some(number), false);
            ask(decision, view);
        }
        None => decision.stop(Some(view), elsewhere(view)),
    }
    true
}

fn reopened(decision: &mut Decision, place: &Place, view: &View, number: Option<&String>, lacking: bool) -> Fact {
    let (left, revised) = (left(view).into_iter().cloned().collect(), revised(view));
    let (place, number) = (place.name.clone(), number.cloned());
    let fact = Fact::ParcelReopened { place, left, revised, number, lacking };
    decision.record_of(view, fact.clone());
    fact
}

/// Stops a checked parcel whose box isn't what it carries now, and asks for what must come out or in.
pub(super) fn stop(decision: &mut Decision, view: &View) -> bool {
    if !view.differs() {
        return false;
    }
    ask(decision, view);
    true
}

fn ask(decision: &mut Decision, view: &View) {
    let place = decision.place();
    decision.record_of(view, Fact::PlaceAsked { place, asking: Some(Asking::Changed) });
    decision.stop(Some(view), changed(view));
}

/// Where the box isn't opened: what is wrong with it.
pub(super) fn elsewhere(view: &View) -> Prompt {
    Prompt::BoxDiffers { out: listed(&view.leaving), more: listed(&view.lacking) }
}

/// The question that CONFIRM answers.
pub(super) fn changed(view: &View) -> Prompt {
    match view.leaving.is_empty() {
        true => Prompt::Changed { what: listed(&view.needs) },
        false => Prompt::TakeOutFirst { what: listed(&view.leaving) },
    }
}

fn listed(needs: &[Need]) -> String {
    let some = needs.iter().filter(|need| need.quantity > 0);
    some.map(|need| format!("{} × {}", need.name, need.quantity)).collect::<Vec<_>>().join("、")
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

/// What was refunded of its lines, whenever that was.
pub(super) fn withdrawn(view: &View) -> Option<String> {
    let withdrawn: Vec<Need> =
        view.needs.iter().map(|need| Need { quantity: need.withdrawn, ..need.clone() }).collect();
    Some(listed(&withdrawn)).filter(|what| !what.is_empty())
}

/// What goes into its box.
pub(super) fn wanted(view: &View) -> Goods {
    let wanted = view.needs.iter().filter(|need| need.quantity > 0);
    wanted.map(|need| (need.sku.clone(), need.quantity)).collect()
}

/// The packer has looked: what is in the box beyond what it carries now comes out, or is out. One CONFIRM does where a scan
/// of each piece might, for nobody can scan loose goods and leaflets, and mid-check it is the same.
pub(super) fn accept(decision: &mut Decision, place: &Place, view: &View) {
    if label::stopped(decision, view) {
        return;
    }
    let name = || place.name.clone();
    let mut after = view.clone();
    if view.work.stage > Stage::Checking && !view.lacking.is_empty() {
        after.work.remember(&reopened(decision, place, view, view.work.scanned.as_ref(), true), &place.station);
    }
    let (revisions, goods) = (revisions(view), wanted(view));
    decision.record_of(view, Fact::RevisionAccepted { place: name(), revisions, goods });
    decision.record_of(view, Fact::PlaceAsked { place: name(), asking: None });
    let mut out = Vec::new();
    for (sku, surplus) in surplus(view) {
        let fact = Fact::ItemUnchecked { place: name(), sku: sku.clone(), quantity: surplus };
        after.work.remember(&fact, &place.station);
        decision.record_of(view, fact);
        let called = view.need(&sku).map_or(sku.as_str(), |need| &need.name);
        out.push(format!("{called} × {surplus}"));
    }
    if after.work.stage > Stage::Checking {
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
