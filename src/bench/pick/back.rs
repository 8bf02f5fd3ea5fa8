//! Goods of cancelled parcels, and of orders that left theirs, that were picked already: they go back into their bins, and a
//! bin's scan says that they did. Asked for wherever somebody meets them: on the round, at the wall, at the bench; and there a
//! box that was packed is opened.

use std::collections::BTreeMap;

use crate::bench::decision::{Action, Decision};
use crate::bench::prompt::Prompt;
use crate::bench::work::Stage;
use crate::bench::{Place, Session, View, label};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Asking, Fact};
use crate::domain::id::Sku;
use crate::domain::order::Line;
use crate::domain::parcel::{Need, Stored};
use crate::domain::picks::Pieces;

/// One kind of goods and where it belongs, as a slip has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belongs {
    pub bin: Option<String>,
    pub name: String,
    pub quantity: u32,
}

/// What must go back, by bin: bins nobody knows come last.
pub(in crate::bench) fn due<'a>(views: impl IntoIterator<Item = &'a View>) -> Vec<(&'a View, Pieces)> {
    let pieces = |view: &'a View| of(view).into_iter().map(move |pieces| (view, pieces));
    let mut due: Vec<_> = views.into_iter().flat_map(pieces).collect();
    in_order(&mut due);
    due
}

fn in_order(due: &mut [(&View, Pieces)]) {
    due.sort_by_key(|(_, pieces)| (pieces.bin.is_none(), pieces.bin.clone(), pieces.sku.clone()));
}

/// The same of one parcel at a bench, where its box may lie packed.
fn due_here(view: &View) -> Vec<(&View, Pieces)> {
    if !view.is_cancelled() || view.work.stage != Stage::Packed {
        return due([view]);
    }
    let mut due: Vec<_> = view.needs.iter().flat_map(|need| in_box(view, need)).map(|pieces| (view, pieces)).collect();
    in_order(&mut due);
    due
}

/// What lies in the box of these goods, whatever its orders want since: from where a picker took it, else where its lines lie.
fn in_box(view: &View, need: &Need) -> Vec<Pieces> {
    let put_back = view.work.put_back.iter().filter(|check| check.sku == need.sku).map(|check| check.quantity);
    let mut left = match view.contents() {
        Some(contents) => contents.get(&need.sku).copied().unwrap_or(0),
        None => need.quantity.saturating_sub(put_back.sum()).max(view.work.picks.taken_of(&need.sku)),
    };
    let picked = view.work.picks.taken.iter().filter(|pieces| pieces.sku == need.sku).cloned();
    let mut pieces = Vec::new();
    for from in picked.chain(stored(view, need)) {
        let quantity = from.quantity.min(left);
        left -= quantity;
        if quantity > 0 {
            pieces.push(Pieces { quantity, ..from });
        }
    }
    pieces
}

/// Where its lines say that it lies, also those that were refunded; for the rest nobody knows.
fn stored(view: &View, need: &Need) -> Vec<Pieces> {
    let lines = view.orders.iter().flat_map(|record| &record.order.lines).filter(|line| line.sku == need.sku);
    let of_line = |line: &Line| Stored {
        bin: line.bin.clone(),
        lot: line.lot.clone(),
        expires_on: line.expires_on,
        quantity: line.quantity,
    };
    let anywhere = Stored { bin: None, lot: None, expires_on: None, quantity: u32::MAX };
    let stored = need.stored.iter().cloned().chain(lines.map(of_line)).chain([anywhere]);
    let pieces =
        |Stored { bin, lot, expires_on, quantity }| Pieces { bin, sku: need.sku.clone(), quantity, lot, expires_on };
    stored.map(pieces).collect()
}

/// All that was picked for a cancelled parcel; of one that wants less than it did, what it doesn't need, the newest first, while
/// nobody has counted any of it.
fn of(view: &View) -> Vec<Pieces> {
    let taken = &view.work.picks.taken;
    match view.work.stage {
        Stage::Packed | Stage::Shipped => Vec::new(),
        _ if view.is_cancelled() => taken.clone(),
        Stage::Untouched => beyond_need(view, taken),
        _ => Vec::new(),
    }
}

fn beyond_need(view: &View, taken: &[Pieces]) -> Vec<Pieces> {
    let mut wanted: BTreeMap<&Sku, u32> = view.needs.iter().map(|need| (&need.sku, need.quantity)).collect();
    let mut back = Vec::new();
    for pieces in taken {
        let wanted = wanted.entry(&pieces.sku).or_default();
        let kept = pieces.quantity.min(*wanted);
        *wanted -= kept;
        if pieces.quantity > kept {
            back.push(Pieces { quantity: pieces.quantity - kept, ..pieces.clone() });
        }
    }
    back
}

/// Says what goes into the first of the bins.
pub(in crate::bench) fn prompt(due: &[(&View, Pieces)]) -> Option<Prompt> {
    let (_, first) = due.first()?;
    let mut goods: Vec<(String, u32)> = Vec::new();
    for (view, pieces) in due.iter().filter(|(_, pieces)| pieces.bin == first.bin) {
        let name = view.need(&pieces.sku).map_or(pieces.sku.to_string(), |need| need.name.clone());
        match goods.iter_mut().find(|(other, _)| *other == name) {
            Some((_, quantity)) => *quantity += pieces.quantity,
            None => goods.push((name, pieces.quantity)),
        }
    }
    let what: Vec<_> = goods.iter().map(|(name, quantity)| format!("{name} × {quantity}")).collect();
    Some(Prompt::PutBack { bin: first.bin.clone(), what: what.join("、") })
}

/// The goods lie in this bin again. Says what is still to be put back; whether anything was.
pub(in crate::bench) fn confirm<'a>(
    decision: &mut Decision,
    place: &Place,
    views: impl IntoIterator<Item = &'a View>,
    bin: Option<&str>,
) -> bool {
    lies_again(decision, place, due(views), bin)
}

fn lies_again(decision: &mut Decision, place: &Place, due: Vec<(&View, Pieces)>, bin: Option<&str>) -> bool {
    let (here, left): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, pieces)| pieces.bin.as_deref() == bin);
    for (view, Pieces { bin, sku, quantity, .. }) in &here {
        let (place, sku, bin) = (place.name.clone(), sku.clone(), bin.clone());
        decision.record_of(view, Fact::GoodsPutBack { place, sku, quantity: *quantity, bin });
    }
    if !here.is_empty() {
        decision.say(prompt(&left).unwrap_or(Prompt::PutBackDone));
    }
    !here.is_empty()
}

/// Stops whoever has a cancelled parcel in hand that was picked, and waits for its bins. Its label, once scanned, is void: it is
/// torn before the goods go back. A parcel that goes on without an order is packed first.
pub(in crate::bench) fn stop(decision: &mut Decision, place: &Place, view: &View, is_label: bool) -> bool {
    if !view.is_cancelled() {
        return false;
    }
    if is_label && view.work.stage < Stage::Shipped {
        label::withdraw(decision, view);
    }
    let due = due_here(view);
    let Some(prompt) = prompt(&due) else { return false };
    let (name, parcel) = (decision.place(), view.parcel.parcel_id.clone());
    decision.record(Fact::PlaceAsked { place: name, asking: Some(Asking::PutBack { parcel }) });
    print_slip(decision, place, view, &due);
    decision.stop(Some(view), prompt);
    true
}

/// What lies with the goods until somebody takes them to their bins: printed whenever the parcel is scanned, so that a lost one
/// is there again.
fn print_slip(decision: &mut Decision, place: &Place, view: &View, due: &[(&View, Pieces)]) {
    let Some((printer, media)) = place.printer.as_ref().filter(|_| place.put_back_slips) else { return };
    let template = format!("putback-{media}");
    let named = |pieces: &Pieces| view.need(&pieces.sku).map_or(pieces.sku.to_string(), |need| need.name.clone());
    let belongs = |(_, pieces): &(&View, Pieces)| Belongs {
        bin: pieces.bin.clone(),
        name: named(pieces),
        quantity: pieces.quantity,
    };
    decision.record_of(view, Fact::SlipQueued { place: place.name.clone(), template: template.clone() });
    decision.actions.push(Action::PrintSlip {
        printer: printer.clone(),
        template,
        parcel: view.parcel.parcel_id.clone(),
        goods: due.iter().map(belongs).collect(),
    });
}

/// A bin that answers the question, or OK where nobody knows the bin.
pub(in crate::bench) fn answered(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    asked: Option<&View>,
    code: &Code,
) -> bool {
    let (Some(Asking::PutBack { .. }), Some(view)) = (&session.asking, asked) else { return false };
    let bin = match code {
        Code::Bin(bin) => Some(bin.as_str()),
        Code::Command(Command::Confirm) => None,
        _ => return false,
    };
    let due = due_here(view);
    // Somebody else put it back meanwhile: the bin is scanned for something else.
    if due.is_empty() {
        decision.record(Fact::PlaceAsked { place: place.name.clone(), asking: None });
        return false;
    }
    if !lies_again(decision, place, due.clone(), bin) {
        let prompt = match due.first().and_then(|(_, pieces)| pieces.bin.clone()) {
            Some(bin) => Prompt::WrongBin { bin },
            None => prompt(&due).unwrap_or(Prompt::PutBackDone),
        };
        decision.stop(Some(view), prompt);
    } else if due.iter().all(|(_, pieces)| pieces.bin.as_deref() == bin) {
        decision.record(Fact::PlaceAsked { place: place.name.clone(), asking: None });
    }
    true
}
