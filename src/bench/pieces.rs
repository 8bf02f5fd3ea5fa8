//! A parcel in several boxes: under one waybill each box has a number and a label of its own, printed, stuck on and scanned one
//! after the other, so that no two papers lie about at once. It is packed when all are on.

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::{Stage, Waybill};
use super::{Place, View};
use crate::domain::fact::Fact;
use crate::domain::waybill::temporary_piece;

/// A mother number and 306 children are the most that the carrier which has them knows.
const MOST: u32 = 307;

/// BOX: the parcel in hand gets one more.
pub(super) fn wanted(decision: &mut Decision, place: &Place, hand: Option<&View>) {
    let Some(view) = hand else { return decision.stop(None, Prompt::ParcelFirst) };
    if let Some(refusal) = refused(place, view) {
        return decision.stop(Some(view), refusal);
    }
    let count = view.work.pieces() + 1;
    decision.record_of(view, Fact::PiecesCounted { place: place.name.clone(), count });
    number_temporary(decision, view, count);
    decision.say(Prompt::Boxes { count });
}

/// Takes back the last box, if nothing was scanned since.
pub(super) fn undone(decision: &mut Decision, view: &View) -> bool {
    if view.work.further.last() != Some(&view.work.checks.len()) || !view.work.is_unasked() {
        return false;
    }
    let (place, count) = (decision.place(), view.work.pieces() - 1);
    decision.record_of(view, Fact::PiecesCounted { place, count });
    number_temporary(decision, view, count);
    decision.say(Prompt::Boxes { count });
    true
}

/// Under a temporary number the boxes go on with more of the same.
fn number_temporary(decision: &mut Decision, view: &View, count: u32) {
    if let Some((number, _)) = view.number() {
        let waybill_id = view.parcel.waybill_id.clone();
        let children = temporary_children(view, count);
        decision.record_of(view, Fact::PiecesNumbered { waybill_id, number, children });
    }
}

/// Whether the number waits for the last item, for until then a box more may come.
pub(super) fn may_come(place: &Place, view: &View) -> bool {
    place.boxes && view.parcel.carrier.numbers_pieces()
}

/// Temporary numbers of the boxes beyond the first.
pub(super) fn temporary_children(view: &View, count: u32) -> Vec<String> {
    (2..=count).map(|piece| temporary_piece(&view.parcel.waybill_id, piece)).collect()
}

/// Why it gets no more boxes. What was asked for, or came along, is a number for as many as there were.
fn refused(place: &Place, view: &View) -> Option<Prompt> {
    let carrier = view.parcel.carrier;
    // Another station may be asking for one box at this moment.
    let is_ours = view.parcel.issuer.as_ref().is_none_or(|issuer| *issuer == place.station);
    let open = view.work.stage <= Stage::Checked && view.parcel.supplied.is_none() && view.work.is_unasked() && is_ours;
    if !carrier.numbers_pieces() {
        return Some(Prompt::NoBoxOf { carrier });
    }
    (!open || view.work.pieces() >= MOST).then_some(Prompt::NoBoxNow)
}

impl View {
    /// The numbers of its boxes, as their labels must bear them now.
    pub fn pieces(&self) -> Vec<String> {
        let Some((number, _)) = self.number() else { return Vec::new() };
        let of = |waybill: &&Waybill| waybill.number == number;
        let children = self.work.waybills.iter().find(of).map(|waybill| waybill.children.clone());
        [vec![number], children.unwrap_or_default()].concat()
    }

    /// The first of them that isn't known to be on its box.
    pub fn unlabelled(&self) -> Option<String> {
        self.pieces().into_iter().find(|number| !self.work.is_labelled(number))
    }
}
