//! A scan of goods at a stop: whose they are, how many of them, and whether they may be taken at all.

use super::list::{self, Stop};
use super::lots;
use super::round::Round;
use super::{afterwards, go_on};
use crate::bench::decision::Decision;
use crate::bench::prompt::Prompt;
use crate::bench::{Loaded, Place, Session, View, pack};
use crate::domain::fact::Fact;
use crate::domain::id::Sku;
use crate::domain::order::ItemCheck;

/// What was scanned.
pub(super) struct Piece<'a> {
    pub sku: &'a Sku,
    pub name: &'a str,
    pub quantity: u32,
}

pub(super) fn take(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    round: &Round,
    piece: Piece<'_>,
    loaded: &Loaded,
) {
    let stops = list::stops(round, &loaded.wave);
    let Some(stop) = here(round, &stops, piece.sku, loaded) else {
        return decision.stop(None, unwanted(round, &stops, &piece, &loaded.wave));
    };
    let counted = match stop.check {
        ItemCheck::OnceAndCount => stop.left,
        _ => piece.quantity.saturating_mul(session.times.unwrap_or(1)),
    };
    if counted > stop.left {
        return decision.stop(None, Prompt::TooMany { name: stop.name.clone(), left: stop.left });
    }
    let shares = match shares(place, stop, loaded, counted) {
        Ok(shares) => shares,
        Err(refused) => return decision.stop(None, refused),
    };
    let other = lots::goes_first(&list::open(&loaded.wave), stop, &loaded.marks).map(lots::shown);
    for (index, (view, quantity)) in shares.iter().enumerate() {
        let (place, sku, bin) = (place.name.clone(), stop.sku.clone(), stop.bin.clone());
        let (lot, expires_on, shared) = (loaded.marks.lot.clone(), loaded.marks.expires_on, index > 0);
        let fact = Fact::ItemPicked { place, sku, quantity: *quantity, bin, lot, expires_on, shared };
        decision.record_of(view, fact);
    }
    if let Some(lot) = other {
        decision.say(Prompt::OtherLotFirst { name: stop.name.clone(), lot });
    }
    told(decision, place, round, stop, counted, &loaded.wave);
}

/// The stop at this bin that the goods are for: of several totes the one whose line names their lot, else the most urgent.
fn here<'a, 'v>(round: &Round, stops: &'a [Stop<'v>], sku: &Sku, loaded: &Loaded) -> Option<&'a Stop<'v>> {
    let at_bin = || stops.iter().filter(|stop| stop.sku == *sku && stop.is_at(&round.at));
    let named = |stop: &&Stop<'_>| stop.shares.iter().any(|(view, _)| lots::fits(view, stop, &loaded.marks));
    at_bin().find(named).or_else(|| at_bin().next())
}

/// Why goods are not wanted where the picker stands.
fn unwanted(round: &Round, stops: &[Stop<'_>], piece: &Piece<'_>, wave: &[View]) -> Prompt {
    let name = piece.name.to_owned();
    let from_here = |view: &&View| view.work.picks.taken_from(&round.at, piece.sku) > 0;
    match stops.first() {
        _ if wave.iter().filter(|view| !view.is_cancelled()).any(|view| from_here(&view)) => Prompt::Surplus { name },
        Some(Stop { bin: Some(bin), .. }) if round.at.as_ref() != Some(bin) => Prompt::BinFirst { bin: bin.clone() },
        _ => Prompt::NotAtStop { name },
    }
}

/// How many go to whom: first to those whose lines name the lot, then to the most urgent; to nobody whose channel wants
/// fresher ones.
fn shares<'v>(place: &Place, stop: &Stop<'v>, loaded: &Loaded, counted: u32) -> Result<Vec<(&'v View, u32)>, Prompt> {
    let mut wanting: Vec<&(&View, u32)> = stop.shares.iter().collect();
    wanting.sort_by_key(|(view, _)| !lots::fits(view, stop, &loaded.marks));
    let (mut rest, mut shares, mut refused) = (counted, Vec::new(), None);
    for (view, left) in wanting {
        match lots::too_old(view, stop, &loaded.marks, &place.min_days, loaded.today) {
            Some(too_old) => refused = refused.or(Some(too_old)),
            None if rest > 0 => {
                let share = rest.min(*left);
                shares.push((*view, share));
                rest -= share;
            }
            None => {}
        }
    }
    match refused {
        Some(too_old) if rest > 0 => Err(lots::refusal(&stop.name, too_old)),
        _ => Ok(shares),
    }
}

/// What is left at the stop; behind its last piece, where the next ones are.
fn told(decision: &mut Decision, place: &Place, round: &Round, stop: &Stop<'_>, counted: u32, wave: &[View]) {
    let (name, left) = (stop.name.clone(), stop.left - counted);
    if stop.check == ItemCheck::OnceAndCount && counted > 1 {
        decision.say(Prompt::CountThem { name: name.clone(), quantity: counted, left });
    }
    match &stop.tote {
        Some(tote) => decision.say(Prompt::IntoTote { tote: tote.clone(), name, left }),
        None if left > 0 => decision.say(Prompt::Item { name, left }),
        None => {}
    }
    if left == 0 {
        go_on(decision, place, round, wave);
    }
}

/// Takes back a multiplier first, else the pieces of the last scan, once.
pub(super) fn undo(decision: &mut Decision, place: &Place, session: &Session, round: &Round, wave: &[View]) {
    if session.times.is_some() {
        return pack::multiply(decision, 1);
    }
    let mut taken = None;
    for (parcel, bin, sku, quantity) in &round.last {
        let Some(view) = wave.iter().find(|view| view.parcel.parcel_id == *parcel) else { continue };
        let (place, bin, quantity) = (place.name.clone(), bin.clone(), *quantity);
        decision.record_of(view, Fact::ItemUnpicked { place, sku: sku.clone(), quantity, bin: bin.clone() });
        taken = Some((view, bin, sku));
    }
    let Some((view, bin, sku)) = taken else {
        return decision.say(Prompt::NothingToUndo);
    };
    let (round_then, wave_then) = afterwards(decision, place, round, wave);
    let stops = list::stops(&round_then, &wave_then);
    let own = |stop: &&Stop<'_>| stop.tote.is_none() || stop.shares[0].0.parcel == view.parcel;
    let stop = stops.iter().filter(own).find(|stop| stop.bin == bin && stop.sku == *sku);
    let name = view.need(sku).map_or(sku.to_string(), |need| need.name.clone());
    decision.say(Prompt::Undone { name, left: stop.map_or(0, |stop| stop.left) });
    // Of a cancelled parcel, it went back so: nothing may be left of the list.
    if stops.is_empty() {
        go_on(decision, place, round, wave);
    }
}
