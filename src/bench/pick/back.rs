//! Goods of cancelled parcels, and of orders that left theirs, that were picked already: they go back into their bins, and a
//! bin's scan says that they did. Asked for wherever somebody meets them: on the round, at the wall, at the bench.

use std::collections::BTreeMap;

use super::picks::Pieces;
use crate::bench::decision::Decision;
use crate::bench::prompt::Prompt;
use crate::bench::work::Stage;
use crate::bench::{Place, Session, View};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Asking, Fact};
use crate::domain::id::Sku;

/// What must go back, by bin: bins nobody knows come last.
pub(in crate::bench) fn due<'a>(views: impl IntoIterator<Item = &'a View>) -> Vec<(&'a View, Pieces)> {
    let pieces = |view: &'a View| of(view).into_iter().map(move |pieces| (view, pieces));
    let mut due: Vec<_> = views.into_iter().flat_map(pieces).collect();
    due.sort_by_key(|(_, pieces)| (pieces.bin.is_none(), pieces.bin.clone(), pieces.sku.clone()));
    due
}

/// All that was picked for a cancelled parcel; of one that an order left, what it doesn't need, the newest first, while nobody
/// has counted any of it.
fn of(view: &View) -> Vec<Pieces> {
    let taken = &view.work.picks.taken;
    match view.work.stage {
        Stage::Packed | Stage::Shipped => Vec::new(),
        _ if view.is_cancelled() => taken.clone(),
        Stage::Untouched if view.carried().len() < view.parcel.orders.len() => beyond_need(view, taken),
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
    let (here, left): (Vec<_>, Vec<_>) = due(views).into_iter().partition(|(_, pieces)| pieces.bin.as_deref() == bin);
    for (view, Pieces { bin, sku, quantity, .. }) in &here {
        let (place, sku, bin) = (place.name.clone(), sku.clone(), bin.clone());
        decision.record_of(view, Fact::GoodsPutBack { place, sku, quantity: *quantity, bin });
    }
    if !here.is_empty() {
        decision.say(prompt(&left).unwrap_or(Prompt::PutBackDone));
    }
    !here.is_empty()
}

/// Stops whoever has a cancelled parcel in hand that was picked, and waits for its bins. One that goes on without an order is
/// packed first.
pub(in crate::bench) fn stop(decision: &mut Decision, view: &View) -> bool {
    if !view.is_cancelled() {
        return false;
    }
    let Some(prompt) = prompt(&due([view])) else { return false };
    let (place, parcel) = (decision.place(), view.parcel.parcel_id.clone());
    decision.record(Fact::PlaceAsked { place, asking: Some(Asking::PutBack { parcel }) });
    decision.stop(Some(view), prompt);
    true
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
    let left = due([view]);
    if !confirm(decision, place, [view], bin) {
        let prompt = match left.first().and_then(|(_, pieces)| pieces.bin.clone()) {
            Some(bin) => Prompt::WrongBin { bin },
            None => prompt(&left).unwrap_or(Prompt::PutBackDone),
        };
        decision.stop(Some(view), prompt);
    } else if left.iter().all(|(_, pieces)| pieces.bin.as_deref() == bin) {
        decision.record(Fact::PlaceAsked { place: place.name.clone(), asking: None });
    }
    true
}
