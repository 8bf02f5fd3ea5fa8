//! A wall: the goods of a wave, picked together, are sorted into slots, one parcel each. A scan says which slot; the parcel
//! is packed from there by its slot's code.

use super::decision::Decision;
use super::pick::back;
use super::prompt::Prompt;
use super::session::Wall;
use super::work::{Check, Stage};
use super::{Found, Input, Loaded, Place, Session, View};
use crate::domain::code::{self, Code, Command};
use crate::domain::fact::Fact;
use crate::domain::id::Sku;
use crate::domain::order::ItemCheck;

/// What the code of a slot of this wall holds.
pub fn slot_code(place: &Place, slot: u32) -> String {
    code::slot(place.station.as_str(), place.name.as_str(), slot)
}

/// The number of a slot of this wall.
pub fn slot_of(tote: &str, place: &Place) -> Option<u32> {
    let of_station = tote.strip_prefix(place.station.as_str())?.strip_prefix('-')?;
    of_station.strip_prefix(place.name.as_str())?.strip_prefix('-')?.parse().ok()
}

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    let Input::Scanned(code) = input else { return };
    match (code, &session.wall, &loaded.found) {
        (Code::PickList(_), None, Found::Wave { code, count, .. }) => {
            decision.record(Fact::WallStarted { place: place.name.clone(), wave: code.clone(), count: *count });
            decision.say(Prompt::ScanGoodsToSort);
        }
        (Code::PickList(wave), Some(wall), _) if *wave == wall.wave => end(decision, place, wall, &loaded.wave),
        (Code::PickList(_), Some(_), _) => decision.stop(None, Prompt::WrongWave),
        (Code::PickList(_), None, _) => decision.stop(None, Prompt::WaveUnknown),
        (Code::Bare(_), Some(_), Found::Item { sku, name, quantity }) => {
            sort(decision, place, loaded, sku, name, *quantity);
        }
        (Code::Bin(bin), Some(_), _) if back::confirm(decision, place, &loaded.wave, Some(bin)) => {}
        (Code::Command(Command::Undo), Some(wall), _) => undo(decision, place, wall, &loaded.wave),
        (Code::Bare(code), Some(_), _) => decision.stop(None, Prompt::UnknownCode { code: super::pack::shown(code) }),
        _ => decision.say(standing(session)),
    }
}

pub(super) fn standing(session: &Session) -> Prompt {
    match session.wall {
        Some(_) => Prompt::ScanGoodsToSort,
        None => Prompt::ScanPickListToSort,
    }
}

/// The first parcel of the wave that still lacks it.
fn sort(decision: &mut Decision, place: &Place, loaded: &Loaded, sku: &Sku, name: &str, quantity: u32) {
    let name = name.to_owned();
    let lacks = |view: &&View| lacking(view).iter().any(|(of, left)| of == sku && *left >= quantity);
    let mut sorted = loaded.wave.iter().filter(|view| is_sorted(view) && lacks(view));
    let Some(view) = sorted.clone().find(|view| lies_elsewhere(view, place).is_none()) else {
        if let Some(tote) = sorted.find_map(|view| lies_elsewhere(view, place)) {
            return decision.stop(None, Prompt::GoodsElsewhere { name, tote });
        }
        // Picked before its order was cancelled, perhaps: then a bin waits for it.
        let mut due = back::due(&loaded.wave);
        due.retain(|(_, pieces)| pieces.sku == *sku);
        return decision.stop(None, back::prompt(&due).unwrap_or(Prompt::NotOfWave { name }));
    };
    let own = view.work.tote.as_ref().and_then(|tote| slot_of(tote, place));
    let Some(slot) = own.or_else(|| (1..=place.slots).find(|slot| !loaded.slots.contains(slot))) else {
        return decision.stop(Some(view), Prompt::NoSlotFree);
    };
    let at = || place.name.clone();
    if own.is_none() {
        decision.record_of(view, Fact::ToteLent { tote: slot_code(place, slot), place: at() });
    }
    decision.record_of(view, Fact::ItemSorted { place: at(), sku: sku.clone(), quantity });
    let left: u32 = lacking(view).iter().map(|(_, left)| left).sum();
    decision.say(match left == quantity {
        true => Prompt::SlotFull { slot, name },
        false => Prompt::PutInSlot { slot, name },
    });
}

/// Takes back the last piece, once.
fn undo(decision: &mut Decision, place: &Place, wall: &Wall, wave: &[View]) {
    let last = wave.iter().find(|view| wall.last.as_ref() == Some(&view.parcel.parcel_id));
    let of_slot = |view: &View| view.work.tote.as_ref().and_then(|tote| slot_of(tote, place));
    let found = last.and_then(|view| Some((view, view.work.sorted.last()?, of_slot(view)?)));
    let Some((view, Check { sku, quantity }, slot)) = found else {
        return decision.say(Prompt::NothingToUndo);
    };
    let name = view.need(sku).map_or(sku.to_string(), |need| need.name.clone());
    let place = place.name.clone();
    let is_last = view.is_cancelled() && view.work.sorted.iter().map(|check| check.quantity).sum::<u32>() == *quantity;
    let freed = view.work.tote.clone().filter(|_| is_last).map(|tote| Fact::ToteFreed { tote, place: place.clone() });
    decision.record_of(view, Fact::ItemUnsorted { place, sku: sku.clone(), quantity: *quantity });
    freed.into_iter().for_each(|fact| decision.record_of(view, fact));
    decision.say(Prompt::TakeFromSlot { slot, name });
}

fn end(decision: &mut Decision, place: &Place, wall: &Wall, wave: &[View]) {
    decision.record(Fact::WallEnded { place: place.name.clone(), wave: wall.wave.clone() });
    let is_here = |view: &&View| is_sorted(view) && lies_elsewhere(view, place).is_none();
    let short: Vec<&View> = wave.iter().filter(|view| is_here(view) && !lacking(view).is_empty()).collect();
    let slot = |view: &&View| view.work.tote.as_ref().and_then(|tote| slot_of(tote, place));
    let slots: Vec<u32> = short.iter().filter_map(slot).collect();
    decision.say(match short.len() {
        0 => Prompt::WallDone { count: wall.count },
        all => Prompt::WallShort { untouched: (all - slots.len()) as u32, slots },
    });
}

/// Goods go to parcels that nobody packs yet, and that may go on.
fn is_sorted(view: &View) -> bool {
    view.work.stage == Stage::Untouched && view.work.set_aside.is_none() && view.stop().is_none()
}

/// The tote or another wall's slot that has its goods.
fn lies_elsewhere(view: &View, place: &Place) -> Option<String> {
    view.work.tote.clone().filter(|tote| slot_of(tote, place).is_none())
}

/// What a parcel's slot still lacks. What nobody scans nobody sorts.
fn lacking(view: &View) -> Vec<(Sku, u32)> {
    let scanned = view.needs.iter().filter(|need| need.check != ItemCheck::NoScan);
    let left = |sku: &Sku, wanted: u32| {
        let sorted = view.work.sorted.iter().filter(|check| check.sku == *sku).map(|check| check.quantity).sum();
        wanted.saturating_sub(sorted)
    };
    scanned.map(|need| (need.sku.clone(), left(&need.sku, need.quantity))).filter(|(_, left)| *left > 0).collect()
}
