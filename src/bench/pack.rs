//! A packing place: a parcel's first scan chooses its flow, its items are checked, its label is stuck on and scanned.

mod command;

pub(super) use command::multiply;

use super::decision::{Action, Decision};
use super::pick::{back, missing};
use super::prompt::Prompt;
use super::single::{self, Piece};
use super::work::{Asked, Stage};
use super::{
    Found, Input, Loaded, Place, Session, View, handover, label, lead, material, pieces, reopen, split, stamp, taught,
    weigh,
};
use crate::domain::code::{self, Code};
use crate::domain::fact::{Asking, Fact, Flow};
use crate::domain::id::Sku;
use crate::domain::number::looks_like;
use crate::domain::order::ItemCheck;
use crate::domain::waybill::Origin;

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    if let Input::Scanned(code) = input
        && (back::answered(decision, place, session, loaded.asked.as_deref(), code)
            || material::taken(decision, place, session, code, loaded))
    {
        return;
    }
    match input {
        Input::Scanned(Code::Command(command)) => command::commanded(decision, place, session, command, loaded),
        Input::Scanned(Code::Bare(code)) => scanned(decision, place, session, code, loaded, None),
        Input::HubAnswered { code, reached } => scanned(decision, place, session, code, loaded, Some(*reached)),
        Input::Scanned(Code::PickList(_)) => {
            stamp::pick_list(decision, session, loaded.hand.as_ref(), &loaded.found);
        }
        Input::Scanned(Code::Tote(_)) if loaded.hand.is_none() && loaded.found == Found::Nothing => {
            decision.stop(None, Prompt::EmptyTote);
        }
        Input::Scanned(Code::Tote(tote)) => scanned(decision, place, session, tote, loaded, None),
        Input::Scanned(_) | Input::Unreadable => decision.say(Prompt::NotHere),
        Input::DocumentsChanged => match &loaded.hand {
            // Whoever is asked why it is put aside is about to do that.
            Some(view)
                if view.work.stage == Stage::Checking
                    && session.asking == Some(Asking::SkipReason)
                    && view.stop().is_none() => {}
            Some(view) if view.work.stage == Stage::Checking => {
                let _ = interrupted(decision, session, view) || split::parted(decision, place, view);
            }
            Some(view) if view.work.stage >= Stage::Checked && view.stop().is_some() => {
                label::stopped(decision, view);
            }
            // CONFIRM is about what was shown: what changes meanwhile is shown anew.
            Some(view) if view.work.stage == Stage::Checked && session.asking == Some(Asking::Changed) => {
                decision.stop(Some(view), reopen::changed(view));
            }
            Some(view) if view.work.stage >= Stage::Packed && view.work.at.is_none() => {
                finished_elsewhere(decision, view)
            }
            _ => {}
        },
        Input::OpenedElsewhere { place } => {
            decision.stop(loaded.hand.as_ref(), Prompt::InHandElsewhere { place: place.clone() });
        }
        Input::NotSplit { parcel, because } => {
            let hand = loaded.hand.as_ref().filter(|view| view.parcel.parcel_id == *parcel);
            hand.into_iter().for_each(|view| split::not_parted(decision, view, *because));
        }
        Input::SheetPrinted { .. } | Input::DividerPrinted { .. } | Input::Idle | Input::Photographed { .. } => {}
        Input::Printed { .. }
        | Input::NumberSettled { .. }
        | Input::BudgetSpent { .. }
        | Input::RerouteUnanswered { .. }
        | Input::PrinterReady => {
            label::step(decision, place, session, input, loaded);
        }
    }
}

/// What the screen says between scans.
pub(super) fn standing(place: &Place, session: &Session, hand: Option<&View>) -> Prompt {
    match (&session.asking, hand) {
        (Some(Asking::SkipReason), _) => Prompt::WhySkip,
        (Some(Asking::ReprintReason), _) => Prompt::WhyReprint,
        (Some(Asking::Changed), Some(view)) => reopen::changed(view),
        (Some(Asking::TaughtCode { code, sku, .. }), Some(view)) => taught::wanted(view, code, sku.as_ref()),
        (Some(asking), hand) => lead::standing(asking, hand).unwrap_or_else(|| unasked(place, session, hand)),
        (None, hand) => unasked(place, session, hand),
    }
}

/// The same, with no question open.
pub(super) fn unasked(place: &Place, session: &Session, hand: Option<&View>) -> Prompt {
    hand.map_or_else(|| idling(session), |view| working(place, view))
}

fn idling(session: &Session) -> Prompt {
    session.batch.as_ref().map_or(Prompt::ScanParcel, stamp::standing)
}

fn working(place: &Place, view: &View) -> Prompt {
    match view.work.stage {
        Stage::Untouched | Stage::Checking => remaining(view),
        Stage::Checked | Stage::Packed | Stage::Shipped => label::standing(place, view),
    }
}

/// `asked` is whether the hub was reached, once it was asked about the code.
fn scanned(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    code: &str,
    loaded: &Loaded,
    asked: Option<bool>,
) {
    if session.asking.as_ref().is_some_and(waits) {
        return decision.say(standing(place, session, loaded.hand.as_ref()));
    }
    // Whoever scans something else has put that parcel away.
    if matches!(session.asking, Some(Asking::GoodsMissing { .. } | Asking::PutBack { .. })) {
        let place = decision.place();
        decision.record(Fact::PlaceAsked { place, asking: None });
    }
    if let (Some(asking @ Asking::TaughtCode { .. }), Some(view)) = (&session.asking, &loaded.hand) {
        return taught::scanned(decision, view, asking, code, &loaded.found);
    }
    if let Found::Several(what) = &loaded.found {
        return decision.say(Prompt::Several { what: what.join(" / ") });
    }
    match &loaded.hand {
        None => idle(decision, place, session, code, loaded, asked),
        Some(view) if view.work.stage <= Stage::Checking => {
            if !interrupted(decision, session, view) && !split::parted(decision, place, view) {
                checking(decision, place, session, view, code, &loaded.found);
            }
        }
        Some(view) => label::scanned_back(decision, place, view, &loaded.found),
    }
}

fn idle(decision: &mut Decision, place: &Place, session: &Session, code: &str, loaded: &Loaded, asked: Option<bool>) {
    match &loaded.found {
        Found::Label { number, view } => {
            let label = Some(number).filter(|number| **number != view.parcel.waybill_id.as_str());
            begin(decision, place, session, view, label, loaded.weight_g, true);
        }
        Found::Order(views) => {
            let open = open_one(place, views).or(views.first());
            if let Some(view) = open.filter(|view| view.is_cancelled() && lies_sorted_in(view, code)) {
                let place = decision.place();
                decision.record_of(view, Fact::ToteFreed { tote: code.to_owned(), place });
            }
            match open {
                // Of several boxes only its label says which one lies there.
                Some(view) => {
                    let weight_g = loaded.weight_g.filter(|_| views.len() == 1);
                    begin(decision, place, session, view, None, weight_g, true);
                }
                None => decision.say(Prompt::UnknownCode { code: code.to_owned() }),
            }
        }
        // Where a label's scan is all, and among parcels whose labels lie on the table, goods choose none.
        Found::Item { .. } if place.stamp_only => decision.stop(None, Prompt::ScanItsLabel),
        Found::Item { .. } if session.batch.is_some() => decision.stop(None, Prompt::ParcelFirst),
        Found::Item { sku, name, quantity } => {
            let piece = Piece { sku, name, quantity: *quantity, code };
            single::claim(decision, place, session, piece, loaded, asked);
        }
        _ if code::is_article_number(code) => decision.stop(None, Prompt::UnknownItem { code: code.to_owned() }),
        _ if !code::may_name_a_parcel(code) => decision.stop(None, Prompt::UnknownCode { code: shown(code) }),
        _ if asked.is_none() => {
            decision.say(Prompt::AskingHub);
            decision.actions.push(Action::AskHub { code: code.to_owned() });
        }
        _ => {
            let place = decision.place();
            decision.record(Fact::UnverifiedScanned { place, code: code.to_owned() });
            decision.say(Prompt::Unverified { code: code.to_owned(), looks: looks_like(code) });
        }
    }
}

/// Goods of a wall's slot that nobody picked by scan go nowhere by scan: whoever is told that the parcel is cancelled takes them out.
fn lies_sorted_in(view: &View, slot: &str) -> bool {
    view.work.tote.as_deref() == Some(slot) && view.work.picks.taken.is_empty()
}

/// The parcel of an order that is to be packed: of several rather one that nobody else has in hand.
fn open_one<'v>(place: &Place, views: &'v [View]) -> Option<&'v View> {
    let open = || views.iter().filter(|view| view.work.stage < Stage::Packed && !view.is_cancelled());
    let is_here = |(station, at): &(_, _)| *station == place.station && *at == place.name;
    open().find(|view| view.work.at.as_ref().is_none_or(is_here)).or_else(|| open().next())
}

/// A question that no goods answer: nothing is counted until it is answered or taken back.
pub(super) fn waits(asking: &Asking) -> bool {
    matches!(asking, Asking::SkipReason | Asking::ReprintReason | Asking::LeadBadge { .. } | Asking::LeadReason { .. })
}

/// A stranger's text goes to a screen: what can't be a code is cut short.
pub(super) fn shown(code: &str) -> String {
    code.chars().filter(|c| !c.is_control()).take(24).collect()
}

/// Takes a parcel in hand. `number` is what its label said, if its label was scanned; `waits`, whether for goods that its picker
/// didn't find.
fn begin(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    view: &View,
    number: Option<&String>,
    weight_g: Option<u32>,
    waits: bool,
) {
    if let Some(aboard) = handover::boxes_aboard(decision, view, number.map(String::as_str)) {
        return decision.stop(Some(view), aboard);
    }
    if back::stop(decision, place, view, number.is_some()) {
        return;
    }
    if let Some(stop) = view.stop() {
        return decision.stop(Some(view), stop);
    }
    let is_replaced = number.is_some_and(|number| view.is_replaced(number));
    if number.is_some_and(|number| is_void_here(view, number)) {
        return decision.stop(Some(view), Prompt::VoidLabel);
    }
    let real = view.number().filter(|(_, origin)| *origin != Origin::Temporary);
    let temporary = number.is_some_and(|number| number.starts_with("TMP-"));
    match view.work.stage {
        Stage::Shipped => return decision.stop(Some(view), Prompt::AlreadyShipped),
        Stage::Packed if reopen::taken(decision, place, view, number) => return,
        Stage::Packed if is_replaced => return label::relabel(decision, place, view),
        Stage::Packed if temporary => {
            return match real {
                Some(_) => label::relabel(decision, place, view),
                None => decision.say(Prompt::NoRealNumberYet),
            };
        }
        Stage::Packed if place.scale && !view.work.weighed => {
            return weigh::weigh(decision, view, number, weight_g);
        }
        Stage::Packed => return decision.stop(Some(view), Prompt::AlreadyPacked),
        Stage::Checking | Stage::Checked => {
            if let Some((station, at)) = &view.work.at
                && (*station != place.station || *at != place.name)
            {
                let place = if *station == place.station { at.to_string() } else { format!("{station} {at}") };
                return decision.stop(Some(view), Prompt::InHandElsewhere { place });
            }
        }
        Stage::Untouched if waits && missing::stop(decision, view, number) => return,
        Stage::Untouched => {}
    }
    if !stamp::taken(decision, place, session, view, number) {
        open(decision, place, view, number);
    }
}

/// A replaced number says no less which box lies there, as long as that waits for its new label, or has to be opened.
fn is_void_here(view: &View, number: &str) -> bool {
    let is_void = view.work.is_void(number);
    match (view.is_replaced(number), view.work.stage) {
        (false, _) => is_void,
        (true, Stage::Shipped) => false,
        (true, Stage::Packed) => is_void || !(view.differs() || view.unlabelled().is_some()),
        (true, _) => true,
    }
}

/// Records that a parcel is taken in hand; the parcel as it is then.
pub(super) fn opened(decision: &mut Decision, place: &Place, view: &View, number: Option<&str>, flow: Flow) -> View {
    let number = number.map(str::to_owned);
    let label = number.as_ref().and_then(|number| view.work.label(number)).filter(|label| !label.seen);
    let seen = label.map(|label| Fact::LabelSeen { place: place.name.clone(), job: label.job.clone() });
    let (revisions, goods) = (reopen::revisions(view), reopen::wanted(view));
    let fact = Fact::ParcelOpened { place: place.name.clone(), flow, revisions, number, goods };
    let mut opened = view.clone();
    for fact in [Some(fact), seen].into_iter().flatten() {
        opened.work.remember(&fact, &place.station);
        decision.record_of(view, fact);
    }
    opened
}

fn open(decision: &mut Decision, place: &Place, view: &View, number: Option<&String>) {
    let flow = if number.is_some() { Flow::WaybillFirst } else { Flow::OrderFirst };
    let opened = opened(decision, place, view, number.map(String::as_str), flow);
    match opened.left().is_empty() {
        true => complete(decision, place, &opened),
        false => {
            // By the last item it is there.
            if opened.awaits_number() && opened.work.asked == Asked::Never && !pieces::may_come(place, &opened) {
                decision.actions.push(Action::GetNumber { parcel: view.parcel.parcel_id.clone() });
            }
            decision.say(remaining(&opened));
        }
    }
}

fn checking(decision: &mut Decision, place: &Place, session: &Session, view: &View, code: &str, found: &Found) {
    match found {
        Found::Item { sku, name, quantity } => item(decision, place, session, view, sku, name, *quantity),
        Found::Label { view: other, .. } if other.parcel.parcel_id == view.parcel.parcel_id => {
            decision.say(remaining(view));
        }
        Found::Order(views) if views.iter().any(|other| other.parcel.parcel_id == view.parcel.parcel_id) => {
            decision.say(remaining(view));
        }
        Found::Label { .. } => decision.stop(Some(view), Prompt::OtherLabel),
        Found::Order(_) => decision.stop(Some(view), Prompt::FinishFirst),
        _ => taught::unknown(decision, view, code),
    }
}

pub(super) fn item(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    view: &View,
    sku: &Sku,
    name: &str,
    quantity: u32,
) {
    if let Some(prompt) = not_wanted(view, sku, name) {
        return decision.stop(Some(view), prompt);
    }
    let need = view.need(sku).expect("what isn't needed isn't wanted");
    let name = need.name.clone();
    let left = need.quantity.saturating_sub(view.counted(sku));
    let counted = match need.check {
        ItemCheck::OnceAndCount => left,
        _ => quantity.saturating_mul(session.times.unwrap_or(1)),
    };
    if counted > left {
        return decision.stop(Some(view), Prompt::TooMany { name, left });
    }
    decision.record_of(view, Fact::ItemChecked { place: place.name.clone(), sku: sku.clone(), quantity: counted });
    let mut after = view.clone();
    after.work.checks.push(super::work::Check { sku: sku.clone(), quantity: counted });
    let left: u32 = after.left().iter().map(|(_, left)| left).sum();
    if left == 0 {
        complete(decision, place, &after);
        // Said last, so that it is what the screen shows while the label prints.
        if need.check == ItemCheck::OnceAndCount && counted > 1 {
            decision.say(Prompt::CountThem { name, quantity: counted, left });
        }
        return;
    }
    let gifts = after.left().iter().all(|(need, _)| need.gift);
    decision.say(match need.check {
        ItemCheck::OnceAndCount if counted > 1 => Prompt::CountThem { name, quantity: counted, left },
        _ if gifts => Prompt::GiftLeft { name: after.left()[0].0.name.clone(), left },
        _ => Prompt::Item { name, left },
    });
}

/// Why a piece of these goods must not go into the box, if it must not.
pub(super) fn not_wanted(view: &View, sku: &Sku, name: &str) -> Option<Prompt> {
    let Some(need) = view.need(sku) else {
        return Some(Prompt::WrongItem { name: name.to_owned() });
    };
    let name = need.name.clone();
    match need.quantity.saturating_sub(view.counted(sku)) {
        0 if need.withdrawn > 0 => Some(Prompt::Withdrawn { name }),
        0 => Some(Prompt::Surplus { name }),
        _ => None,
    }
}

/// Everything is there: the check ends, and the label comes next.
pub(super) fn complete(decision: &mut Decision, place: &Place, view: &View) {
    decision.record_of(view, Fact::CheckCompleted { place: place.name.clone() });
    label::finish(decision, place, view);
}

pub(super) fn remaining(view: &View) -> Prompt {
    let left = view.left();
    let total = left.iter().map(|(_, left)| left).sum();
    match left.first() {
        Some((need, _)) if left.iter().all(|(need, _)| need.gift) => {
            Prompt::GiftLeft { name: need.name.clone(), left: total }
        }
        _ => Prompt::ScanItems { left: total },
    }
}

/// Stops the packer where an order of the parcel was cancelled, held or changed since the check began.
pub(super) fn interrupted(decision: &mut Decision, session: &Session, view: &View) -> bool {
    if label::stopped(decision, view) {
        return true;
    }
    if view.work.revisions == reopen::revisions(view) && !split::is_overfull(view) {
        return false;
    }
    if session.asking != Some(Asking::Changed) {
        let place = decision.place();
        decision.record_of(view, Fact::PlaceAsked { place, asking: Some(Asking::Changed) });
    }
    decision.stop(Some(view), reopen::changed(view));
    true
}

/// Another station packed or shipped the parcel in hand: a second box of it must not get a label.
fn finished_elsewhere(decision: &mut Decision, view: &View) {
    let prompt = match view.work.stage {
        Stage::Shipped => Prompt::AlreadyShipped,
        _ => Prompt::AlreadyPacked,
    };
    let place = decision.place();
    decision.record_of(view, Fact::ParcelSetAside { place, reason: prompt.key() });
    decision.stop(Some(view), prompt);
}
