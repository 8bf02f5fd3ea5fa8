//! Picking: a wave's goods are fetched from their bins, bin by bin. A tote scanned after the list gives each parcel its own,
//! a bin takes them all together for a wall. What isn't there is short, and what was cancelled meanwhile goes back.

pub(super) mod back;
mod list;
mod lots;
pub(super) mod missing;
mod round;
mod take;
mod walk;

pub use back::Belongs;
pub use lots::Marks;
pub use round::{Round, Way};
pub use walk::{Ahead, Walk};

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Found, Input, Loaded, Place, Session, View};
use crate::domain::code::{self, Code, Command};
use crate::domain::fact::Fact;
use list::Stop;

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    // On a round all that it has to put back is known.
    if let (Input::Scanned(code), None) = (input, &session.pick)
        && back::answered(decision, place, session, loaded.asked.as_deref(), code)
    {
        return;
    }
    match (input, &session.pick) {
        (Input::Scanned(Code::PickList(_)), None) => start(decision, loaded),
        (Input::Scanned(Code::Tote(_)), None) => tote_without_list(decision, place, session, loaded),
        (Input::Scanned(_), None) => decision.say(standing(session, &loaded.wave)),
        (Input::Scanned(code), Some(round)) => {
            scanned(decision, place, session, round, loaded, code);
            // Others may have fetched or packed the rest.
            if decision.facts.is_empty() && is_exhausted(round, &loaded.wave) {
                end(decision, place, round, &loaded.wave);
            }
        }
        (Input::DocumentsChanged | Input::OpenedElsewhere { .. }, Some(round)) => {
            match back::prompt(&back::due(&loaded.wave)) {
                Some(prompt) => decision.stop(None, prompt),
                None => go_on(decision, place, round, &loaded.wave),
            }
        }
        _ => {}
    }
}

pub(super) fn standing(session: &Session, wave: &[View]) -> Prompt {
    let Some(round) = &session.pick else { return Prompt::ScanPickListToPick };
    let stops = list::stops(round, wave);
    match (stops.first(), back::prompt(&back::due(wave))) {
        _ if round.way.is_none() => choice(round, wave),
        (Some(stop), _) => where_to(round, stop),
        (None, Some(prompt)) => prompt,
        (None, None) => match without_tote(round, wave).len() as u32 {
            left if round.way == Some(Way::Totes) && left > 0 => Prompt::NextTote { left },
            _ => Prompt::ListDone,
        },
    }
}

/// Nothing of it is left for this round, to be fetched or to be put back.
fn is_exhausted(round: &Round, wave: &[View]) -> bool {
    list::stops(round, wave).is_empty()
        && back::due(wave).is_empty()
        && (round.way == Some(Way::Together) || without_tote(round, wave).is_empty())
}

fn scanned(decision: &mut Decision, place: &Place, session: &Session, round: &Round, loaded: &Loaded, code: &Code) {
    match (code, &loaded.found) {
        (Code::PickList(wave), _) if *wave == round.wave => close(decision, place, round, &loaded.wave),
        (Code::PickList(_), _) => decision.stop(None, Prompt::ListOpen { wave: round.wave.to_string() }),
        (Code::Bin(bin), _) => reach(decision, place, round, loaded, bin),
        (Code::Tote(tote), found) => lend(decision, place, round, loaded, tote, found),
        (Code::Bare(_), Found::Item { sku, name, quantity }) => {
            let piece = take::Piece { sku, name, quantity: *quantity };
            take::take(decision, place, session, round, piece, loaded);
        }
        (Code::Bare(code), _) if code::is_article_number(code) => {
            decision.stop(None, Prompt::UnknownItem { code: code.clone() });
        }
        (Code::Bare(code), _) => decision.stop(None, Prompt::UnknownCode { code: super::pack::shown(code) }),
        (Code::Command(command), _) => commanded(decision, place, session, round, loaded, command),
        _ => decision.say(Prompt::NotHere),
    }
}

fn start(decision: &mut Decision, loaded: &Loaded) {
    let Found::Wave { code, count, .. } = &loaded.found else {
        return decision.stop(None, Prompt::WaveUnknown);
    };
    let round = Round::new(code.clone(), *count);
    let first = choice(&round, &loaded.wave);
    if first == Prompt::NothingToPick {
        return decision.say(first);
    }
    decision.record(Fact::PickStarted { place: decision.place(), wave: code.clone(), count: *count });
    decision.say(first);
}

/// What the scan after the list decides, with the first stop.
fn choice(round: &Round, wave: &[View]) -> Prompt {
    let stops = list::stops(round, wave);
    match (stops.first(), back::prompt(&back::due(wave))) {
        (Some(stop), _) => {
            let (bin, name, quantity) = (stop.bin.clone(), stop.name.clone(), stop.left);
            let count = list::open(wave).iter().filter(|view| list::is_left(round, view)).count() as u32;
            Prompt::ChooseWay { count, bin, name, quantity }
        }
        (None, Some(prompt)) => prompt,
        (None, None) => match list::tote_elsewhere(round, wave) {
            Some(tote) => Prompt::ScanItsTote { tote },
            None => Prompt::NothingToPick,
        },
    }
}

fn where_to(round: &Round, stop: &Stop<'_>) -> Prompt {
    let (name, quantity, tote) = (stop.name.clone(), stop.left, stop.tote.clone());
    let lot = stop.first().map(lots::shown).filter(|lot| !lot.is_empty());
    match stop.is_at(&round.at) {
        true => Prompt::PickHere { name, quantity, lot, tote },
        false => Prompt::GoToBin { bin: stop.bin.clone().unwrap_or_default(), name, quantity, lot, tote },
    }
}

/// Goods of cancelled parcels may go back here, whatever else the bin is for.
fn reach(decision: &mut Decision, place: &Place, round: &Round, loaded: &Loaded, bin: &str) {
    let went_back = back::confirm(decision, place, &loaded.wave, Some(bin));
    let stops = list::stops(round, &loaded.wave);
    match stops.first() {
        Some(stop) if stop.bin.as_deref() == Some(bin) => {
            decision.record(Fact::BinReached { place: place.name.clone(), bin: bin.to_owned() });
            go_on(decision, place, round, &loaded.wave);
        }
        _ if went_back => go_on(decision, place, round, &loaded.wave),
        Some(Stop { bin: Some(right), .. }) => decision.stop(None, Prompt::WrongBin { bin: right.clone() }),
        Some(_) => decision.stop(None, Prompt::NotHere),
        None => decision.stop(None, back::prompt(&back::due(&loaded.wave)).unwrap_or(Prompt::NotHere)),
    }
}

/// A free tote is lent to the most urgent parcel that has none; one of an earlier round goes on with its parcel.
fn lend(decision: &mut Decision, place: &Place, round: &Round, loaded: &Loaded, tote: &str, found: &Found) {
    let lies_in = parcel_in(found);
    if let Some(view) = lies_in.filter(|view| !is_empty_of_cancelled(view)) {
        return begun(decision, place, round, loaded, tote, view);
    }
    lies_in.into_iter().for_each(|view| free(decision, place, view));
    match (round.way, without_tote(round, &loaded.wave).first()) {
        (Some(Way::Together), _) => decision.stop(None, Prompt::NoToteNow),
        (_, Some(view)) => {
            decision.record_of(view, Fact::ToteLent { tote: tote.to_owned(), place: place.name.clone() });
            go_on(decision, place, round, &loaded.wave);
        }
        (_, None) => decision.say(Prompt::NoToteWanted),
    }
}

/// Something lies in the tote, or is to.
fn begun(decision: &mut Decision, place: &Place, round: &Round, loaded: &Loaded, tote: &str, view: &View) {
    let same = |other: &&View| other.parcel.parcel_id == view.parcel.parcel_id;
    let goes_on = list::open(&loaded.wave).iter().any(|other| same(other) && list::is_left(round, other));
    let of_list = loaded.wave.iter().find(same);
    match back::prompt(&back::due(of_list)) {
        Some(prompt) => decision.stop(Some(view), prompt),
        None if list::is_lent(round, view) && view.stop().is_none() => {
            go_on(decision, place, round, &loaded.wave);
        }
        None if goes_on => {
            decision.record_of(view, Fact::ToteLent { tote: tote.to_owned(), place: place.name.clone() });
            go_on(decision, place, round, &loaded.wave);
        }
        None => decision.stop(Some(view), Prompt::ToteTaken { tote: tote.to_owned() }),
    }
}

fn parcel_in(found: &Found) -> Option<&View> {
    match found {
        Found::Order(views) => views.first(),
        _ => None,
    }
}

/// Its parcel was cancelled before anything came into its tote.
fn is_empty_of_cancelled(view: &View) -> bool {
    let empty = view.work.picks.taken.is_empty() && view.work.sorted.is_empty();
    empty && view.is_cancelled() && view.work.stage == Stage::Untouched
}

fn free(decision: &mut Decision, place: &Place, view: &View) {
    if let Some(tote) = view.work.tote.clone() {
        decision.record_of(view, Fact::ToteFreed { tote, place: place.name.clone() });
    }
}

fn tote_without_list(decision: &mut Decision, place: &Place, session: &Session, loaded: &Loaded) {
    if !parcel_in(&loaded.found).is_some_and(|view| back::stop(decision, place, view, false)) {
        decision.say(standing(session, &loaded.wave));
    }
}

/// Parcels that wait for a tote: nobody else's, and with goods that this round can still fetch.
fn without_tote<'a>(round: &Round, wave: &'a [View]) -> Vec<&'a View> {
    let waits = |view: &&View| view.work.tote.is_none() && list::is_left(round, view);
    let waiting = list::open(wave).into_iter().filter(waits);
    waiting.filter(|view| !round.lent.contains(&view.parcel.parcel_id)).collect()
}

fn commanded(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    round: &Round,
    loaded: &Loaded,
    command: &Command,
) {
    let stops = list::stops(round, &loaded.wave);
    match (command, stops.first()) {
        (Command::Undo, _) => take::undo(decision, place, session, round, &loaded.wave),
        (Command::Times(times), Some(_)) => super::pack::multiply(decision, *times),
        (Command::Skip, Some(Stop { bin, sku, .. })) => {
            let (place_name, sku, bin) = (place.name.clone(), sku.clone(), bin.clone());
            decision.record(Fact::PickStopLeft { place: place_name, sku, bin });
            go_on(decision, place, round, &loaded.wave);
        }
        (Command::Reason(reason), Some(stop)) if reason == SHORT => short(decision, place, round, loaded, stop),
        (Command::Confirm, None) if back::confirm(decision, place, &loaded.wave, None) => {
            go_on(decision, place, round, &loaded.wave);
        }
        (Command::CloseHandover, _) => close(decision, place, round, &loaded.wave),
        _ => decision.say(standing(session, &loaded.wave)),
    }
}

/// What the command sheet calls goods that aren't there.
const SHORT: &str = "short";

/// The rest of the stop isn't there: whoever still lacks it of those that are fetched now goes without.
fn short(decision: &mut Decision, place: &Place, round: &Round, loaded: &Loaded, stop: &Stop<'_>) {
    let stops = list::stops(round, &loaded.wave);
    let same = stops.iter().filter(|other| other.bin == stop.bin && other.sku == stop.sku);
    let mut missing = 0;
    for (view, left) in same.flat_map(|stop| &stop.shares) {
        missing += left;
        let (place, sku, bin) = (place.name.clone(), stop.sku.clone(), stop.bin.clone());
        decision.record_of(view, Fact::PickShort { place, sku, quantity: *left, bin });
    }
    decision.say(Prompt::PickShort { name: stop.name.clone(), quantity: missing });
    go_on(decision, place, round, &loaded.wave);
}

/// What comes next, once what this turn decided has happened.
fn go_on(decision: &mut Decision, place: &Place, round: &Round, wave: &[View]) {
    let (round, wave) = afterwards(decision, place, round, wave);
    for view in wave.iter().filter(|view| round.lent.contains(&view.parcel.parcel_id)) {
        match is_empty_of_cancelled(view) {
            true => free(decision, place, view),
            false => picked(decision, place, view),
        }
    }
    if let Some(stop) = list::stops(&round, &wave).first() {
        return decision.say(match round.way {
            Some(_) => where_to(&round, stop),
            None => choice(&round, &wave),
        });
    }
    let waiting = without_tote(&round, &wave).len() as u32;
    match back::prompt(&back::due(&wave)) {
        _ if round.way == Some(Way::Totes) && waiting > 0 => decision.say(Prompt::NextTote { left: waiting }),
        Some(prompt) => decision.say(prompt),
        None => end(decision, place, &round, &wave),
    }
}

/// The list is closed before its end: what nobody fetched stays to be fetched.
fn close(decision: &mut Decision, place: &Place, round: &Round, wave: &[View]) {
    end(decision, place, round, wave);
    if let Some(prompt) = back::prompt(&back::due(wave)) {
        decision.say(prompt);
    }
}

fn end(decision: &mut Decision, place: &Place, round: &Round, wave: &[View]) {
    let open = list::open(wave);
    open.iter().for_each(|view| picked(decision, place, view));
    decision.record(Fact::PickEnded { place: place.name.clone(), wave: round.wave.clone() });
    let (complete, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|view| list::is_complete(view));
    let short = others.iter().filter(|view| !list::is_left(round, view)).count() as u32;
    let (count, left) = (complete.len() as u32, others.len() as u32 - short);
    decision.say(match (left, short) {
        (0, 0) => Prompt::PickDone { count },
        (0, short) => Prompt::PickDoneShort { count, short },
        (left, _) => Prompt::PickClosed { left },
    });
}

/// Nothing is left to be picked for it: told once.
fn picked(decision: &mut Decision, place: &Place, view: &View) {
    let told = |entry: &crate::domain::fact::NewEntry| {
        matches!(entry.fact, Fact::ParcelPicked { .. }) && entry.parcel.as_ref() == Some(&view.parcel.parcel_id)
    };
    if !view.work.picks.done && list::is_complete(view) && !decision.facts.iter().any(told) {
        decision.record_of(view, Fact::ParcelPicked { place: place.name.clone() });
    }
}

/// The round and the wave as they are after the facts of this turn.
fn afterwards(decision: &Decision, place: &Place, round: &Round, wave: &[View]) -> (Round, Vec<View>) {
    let (mut round, mut wave) = (round.clone(), wave.to_vec());
    for entry in &decision.facts {
        round.remember(&entry.fact, entry.parcel.as_ref());
        for view in wave.iter_mut().filter(|view| entry.parcel.as_ref() == Some(&view.parcel.parcel_id)) {
            view.work.remember(&entry.fact, &place.station);
        }
    }
    (round, wave)
}
