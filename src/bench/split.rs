//! SPLIT: what was counted so far is a parcel, and what is left another one of the same orders. The hub owns parcels, so it is
//! asked; only the parcel's document says what came of it, whenever it comes, and until then nothing changes.

use std::collections::BTreeMap;

use super::decision::{Action, Decision};
use super::pack;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Place, Session, View};
use crate::domain::parcel::carried;
use crate::domain::share::Goods;

/// Why a parcel isn't parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSplit {
    /// The hub didn't answer, or there is none.
    HubAway,
    Refused,
    /// The rest needs a number of its own, and nobody here may ask for one.
    NoAccount,
}

/// SPLIT at the parcel in hand.
pub(super) fn wanted(decision: &mut Decision, place: &Place, session: &Session, hand: Option<&View>) {
    let Some(view) = hand else { return decision.stop(None, Prompt::ParcelFirst) };
    if view.work.stage > Stage::Checking {
        return decision.stop(Some(view), Prompt::NothingToSplit);
    }
    if pack::interrupted(decision, session, view) || parted(decision, place, view) {
        return;
    }
    if let Some(refusal) = refused(view) {
        return decision.stop(Some(view), refusal);
    }
    let number = 1 + view.parcel.share.as_ref().map_or(0, |share| share.into.len() as u32);
    let (parcel, counted) = (view.parcel.parcel_id.clone(), counted(view));
    decision.say(Prompt::Splitting);
    decision.actions.push(Action::Split { parcel, number, counted });
}

fn refused(view: &View) -> Option<Prompt> {
    let (carried, _) = carried(&view.orders);
    if carried.iter().any(|record| record.order.receiver.is_none()) {
        return Some(Prompt::NoSplitSealed);
    }
    view.work.checks.is_empty().then_some(Prompt::CountBeforeSplit)
}

/// Completes the check of a parcel that carries just what was counted.
pub(super) fn parted(decision: &mut Decision, place: &Place, view: &View) -> bool {
    let is_parted = view.parcel.share.as_ref().is_some_and(|share| share.goods.is_some());
    let is_done = is_parted && view.left().is_empty() && !view.work.checks.is_empty();
    if is_done {
        pack::complete(decision, place, view);
    }
    is_done
}

/// The hub parted it after its packer had gone on: something is in the box that the other parcel carries.
pub(super) fn is_overfull(view: &View) -> bool {
    let fits = |(sku, counted): (_, u32)| view.need(&sku).is_some_and(|need| counted <= need.quantity);
    view.parcel.share.is_some() && !counted(view).into_iter().all(fits)
}

/// It stays whole, and its check goes on.
pub(super) fn not_parted(decision: &mut Decision, view: &View, because: NotSplit) {
    if view.work.stage == Stage::Checking {
        decision.stop(
            Some(view),
            match because {
                NotSplit::HubAway => Prompt::SplitHubAway,
                NotSplit::Refused => Prompt::SplitRefused,
                NotSplit::NoAccount => Prompt::NoSplitAccount { carrier: view.parcel.carrier },
            },
        );
    }
}

fn counted(view: &View) -> Goods {
    let mut counted = BTreeMap::new();
    for check in &view.work.checks {
        *counted.entry(check.sku.clone()).or_default() += check.quantity;
    }
    counted
}
