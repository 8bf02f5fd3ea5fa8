//! A returns desk: what comes back is scanned, its claimed reason noted, each piece looked at and its finding said, and the box closed.
//! An unknown box is never refused: it is received without an order, and the office hears of it.

mod arrival;
mod closing;
mod goods;

use jiff::civil::Date;

use super::decision::Decision;
use super::prompt::Prompt;
use super::{Input, Loaded, Place, Session};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Asking, Fact, LeadAct, NewEntry};
use crate::domain::returned::{MOST_PHOTOS, Photo, Returned};

pub(super) fn step(decision: &mut Decision, place: &Place, session: &Session, input: &Input, loaded: &Loaded) {
    match (input, &session.returned) {
        (Input::Scanned(Code::Command(command)), returned) => {
            commanded(decision, place, session, returned.as_ref(), loaded, command);
        }
        (Input::Scanned(Code::Bare(code)), None) => arrival::scanned(decision, place, session, loaded, code, false),
        (Input::HubAnswered { code, .. }, None) => arrival::scanned(decision, place, session, loaded, code, true),
        (Input::Scanned(Code::Bare(code)), Some(returned)) if returned.answers_to(code) => {
            closing::close(decision, returned);
        }
        (Input::Scanned(Code::Bare(code)), Some(returned)) => match day(code).filter(|_| returned.taken.is_some()) {
            Some(expires_on) => goods::expires(decision, returned, expires_on),
            None => goods::scanned(decision, session, returned, loaded, code),
        },
        (Input::Scanned(_), _) => decision.say(Prompt::NotHere),
        (Input::Photographed { return_no, photo }, returned) => {
            photographed(decision, returned.as_ref().filter(|returned| returned.return_no == *return_no), photo);
        }
        _ => {}
    }
}

pub(super) fn standing(session: &Session) -> Prompt {
    match (&session.asking, &session.returned) {
        (Some(Asking::LeadBadge { .. }), _) => Prompt::LeadWanted,
        (Some(Asking::LeadReason { .. }), _) => Prompt::WhyReopenReturn,
        (Some(Asking::ReturnUnknown { code }), None) => Prompt::ReturnAgain { code: super::pack::shown(code) },
        (_, None) => Prompt::ScanReturn,
        (_, Some(returned)) => next(returned),
    }
}

/// What is to be done with the return in hand.
fn next(returned: &Returned) -> Prompt {
    match (&returned.taken, &returned.claimed) {
        (Some(taken), _) => goods::question(taken),
        (None, None) => Prompt::ScanClaim,
        (None, Some(_)) => Prompt::ScanReturned { left: returned.missing().iter().map(|goods| goods.quantity).sum() },
    }
}

fn commanded(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    returned: Option<&Returned>,
    loaded: &Loaded,
    command: &Command,
) {
    match (command, &session.asking, returned) {
        (Command::Undo, Some(_), _) => {
            decision.record(Fact::PlaceAsked { place: place.name.clone(), asking: None });
            let answered = Session { asking: None, ..session.clone() };
            decision.say(standing(&answered));
        }
        (Command::Reason(reason), Some(Asking::LeadReason { to: LeadAct::ReopenReturn, lead }), _) => {
            closing::reopen(decision, session, reason, lead);
        }
        (Command::ReopenHandover, _, None) if session.inspected.is_some() => {
            let asking = Some(Asking::LeadBadge { to: LeadAct::ReopenReturn });
            decision.record(Fact::PlaceAsked { place: place.name.clone(), asking });
            decision.say(Prompt::LeadWanted);
        }
        (Command::ReopenHandover, ..) => decision.say(Prompt::NoReturnToReopen),
        (Command::NoNumber, _, None) => arrival::without_number(decision, place, session, loaded),
        (_, _, None) => decision.stop(None, Prompt::ReturnFirst),
        (Command::NoNumber, _, Some(returned)) => decision.stop(None, open(returned)),
        (Command::Undo, None, Some(returned)) => goods::undo(decision, session, returned),
        (Command::Times(times), _, Some(_)) => super::pack::multiply(decision, *times),
        (Command::Finding(finding), _, Some(returned)) => goods::found(decision, returned, *finding),
        (Command::Reason(code), _, Some(returned)) => claim(decision, place, returned, code),
        (Command::CloseHandover, _, Some(returned)) => closing::close(decision, returned),
        (_, _, Some(returned)) => decision.say(next(returned)),
    }
}

/// What its buyer says; the last word counts.
fn claim(decision: &mut Decision, place: &Place, returned: &Returned, code: &str) {
    let Some(reason) = place.reasons.find(code) else {
        return decision.stop(None, Prompt::UnknownReason);
    };
    let (place, return_no, claimed) = (place.name.clone(), returned.return_no.clone(), reason.code.clone());
    record(decision, returned, Fact::ReturnClaimed { place, return_no, claimed });
    decision.say(Prompt::Claimed { zh: reason.zh.clone(), en: reason.en.clone() });
    decision.say(next(&afterwards(decision, returned)));
}

/// A picture from the place's screen; the same one again is there already.
fn photographed(decision: &mut Decision, returned: Option<&Returned>, photo: &Photo) {
    let Some(returned) = returned else {
        return decision.stop(None, Prompt::PhotoOfNone);
    };
    let known = returned.photos.iter().any(|known| known.hash == photo.hash);
    if !known && returned.photos.len() >= MOST_PHOTOS {
        return decision.stop(None, Prompt::PhotosFull);
    }
    if !known {
        let (place, return_no) = (decision.place(), returned.return_no.clone());
        let Photo { hash, bytes, kind } = photo.clone();
        record(decision, returned, Fact::ReturnPhotographed { place, return_no, hash, bytes, kind });
    }
    let count = afterwards(decision, returned).photos.len() as u32;
    decision.say(Prompt::PhotoKept { count });
}

fn open(returned: &Returned) -> Prompt {
    Prompt::ReturnOpen { return_no: returned.return_no.clone() }
}

fn record(decision: &mut Decision, returned: &Returned, fact: Fact) {
    decision.record_about(&returned.orders, fact);
}

/// The return as it is after the facts of this turn.
fn afterwards(decision: &Decision, returned: &Returned) -> Returned {
    let mut returned = returned.clone();
    decision.facts.iter().for_each(|entry| returned.remember(&entry.fact));
    returned
}

/// A day as a screen's field sends it.
fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok())?
}

impl Session {
    /// Remembers what is about returns.
    pub(super) fn remember_return(&mut self, entry: &NewEntry) {
        match &entry.fact {
            Fact::ReturnArrived { return_no, .. } => {
                self.asking = None;
                self.returns += u32::from(arrival::is_own(return_no));
                self.returned = Returned::begun(&entry.fact, &entry.orders);
            }
            Fact::ReturnReopened { .. } => {
                self.asking = None;
                self.returned = self.inspected.take();
            }
            Fact::ReturnWithdrawn { .. } => self.returned = None,
            Fact::ReturnItemTaken { .. } | Fact::ReturnInspected { .. } => self.times = None,
            _ => {}
        }
        self.returned.iter_mut().for_each(|returned| returned.remember(&entry.fact));
        if let Fact::ReturnClosed { .. } = entry.fact {
            // A multiplier is never carried into the next box.
            (self.inspected, self.times) = (self.returned.take(), None);
            self.done += 1;
        }
    }
}
