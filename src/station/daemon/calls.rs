//! What paired screens, and whoever pairs them, ask of the loop: a scan that a browser read, a new screen, the end of one.

use std::sync::Arc;

use drivers::scanner::Settings;
use drivers::scanner::framing::Framer;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::start::of_the_station;
use super::{Daemon, Then};
use crate::bench::{Action, Prompt, Tone};
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::{OperatorId, PlaceName};
use crate::domain::returned::Photo;
use crate::journal::Upsert;
use crate::machine;
use crate::station::documents;
use crate::station::event::Event;
use crate::station::heart::Turn;
use crate::station::paired::Paired;
use crate::station::rows;
use crate::station::screen::Said;

pub enum Call {
    Scan(ScreenScan, oneshot::Sender<Answered>),
    Photo(ScreenPhoto, oneshot::Sender<Answered>),
    /// `by` is the lead who did it at a page.
    Pair {
        hash: String,
        paired: Paired,
        by: Option<OperatorId>,
        done: oneshot::Sender<()>,
    },
    Unpair {
        screen: String,
        by: Option<OperatorId>,
        done: oneshot::Sender<bool>,
    },
    /// Which lead is badged in at one of this station's places.
    Lead(oneshot::Sender<Option<OperatorId>>),
}

/// A scan that a browser read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenScan {
    pub screen: String,
    pub place: PlaceName,
    /// The browser's own, by which it is taken once however often it comes.
    pub id: String,
    pub text: String,
}

/// A photo of a return that a browser took; its file is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenPhoto {
    pub screen: String,
    pub place: PlaceName,
    pub return_no: String,
    pub photo: Photo,
}

/// What the scan came to, once that is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub id: String,
    pub tone: Tone,
    pub zh: String,
    pub en: String,
}

impl Daemon {
    /// Who asked hears nothing where nothing became durable, and asks again.
    pub(super) fn called(&mut self, call: Call) {
        match call {
            Call::Scan(scan, reply) => self.sent(scan, reply),
            Call::Photo(photo, reply) => self.photographed(photo, reply),
            Call::Pair { hash, paired, by, done } => {
                let (place, screen) = (paired.place.clone(), paired.screen.clone());
                let entry = NewEntry { operator: by, ..of_the_station(Fact::ScreenPaired { place, screen }) };
                let turn =
                    Turn { entries: vec![entry], upserts: vec![rows::screen(&hash, &paired)], ..Turn::default() };
                self.queue(turn, None, Then::Paired(hash, Some(paired), done));
            }
            Call::Unpair { screen, by, done } => {
                let known = self.paired.borrow().iter().find(|(_, paired)| paired.screen == screen).map(own);
                let Some((hash, paired)) = known else {
                    // Who asked is told, if still there.
                    let _ = done.send(false);
                    return;
                };
                let fact = Fact::ScreenUnpaired { place: paired.place, screen };
                let entry = NewEntry { operator: by, ..of_the_station(fact) };
                let upserts = vec![Upsert::Forget { prefix: rows::screen_key(&hash) }];
                let turn = Turn { entries: vec![entry], upserts, ..Turn::default() };
                let (told, ended) = oneshot::channel();
                self.queue(turn, None, Then::Paired(hash, None, told));
                tokio::spawn(async move {
                    if ended.await.is_ok() {
                        // Whoever asked may be gone by now.
                        let _ = done.send(true);
                    }
                });
            }
            // Who asked may be gone.
            Call::Lead(reply) => drop(reply.send(self.lead())),
        }
    }

    /// Of several the one at the first place; at a place that locked itself nobody is.
    fn lead(&self) -> Option<OperatorId> {
        let at = |name: &PlaceName| self.heart.session(name).filter(|session| !session.locked)?.operator.clone();
        let here = self.heart.places().filter_map(|place| at(&place.name));
        here.into_iter().find(|id| documents::is_lead(&self.reader, id))
    }

    /// The same photo again changes nothing, so nothing need be remembered of who asked.
    fn photographed(&mut self, sent: ScreenPhoto, reply: oneshot::Sender<Answered>) {
        let ScreenPhoto { screen, place, return_no, photo } = sent;
        let (id, device) = (photo.hash.clone(), Some(format!("screen:{screen}")));
        let event = Event::Photographed { place: place.clone(), return_no, photo, device: device.clone() };
        let turn = self.heart.handle(event, &self.reader);
        let answered = answer(&id, &place, &turn);
        self.queue(turn, None, Then::Answer((screen, id), answered, reply));
    }

    fn sent(&mut self, scan: ScreenScan, reply: oneshot::Sender<Answered>) {
        let key = (scan.screen.clone(), scan.id.clone());
        // It comes again, and finds its answer then.
        if self.sending.contains(&key) {
            return;
        }
        match self.reader.screen_scan(&scan.screen, &scan.id) {
            Ok(None) => {}
            Ok(Some(answer)) => {
                if let Ok(answered) = serde_json::from_str(&answer) {
                    // A screen that left again asks again.
                    let _ = reply.send(answered);
                }
                return;
            }
            Err(error) => return tracing::error!(%error, "the journal can't be read"),
        }
        let (place, device) = (scan.place.clone(), Some(format!("screen:{}", scan.screen)));
        self.look_at_scale(&place);
        let (event, code) = match read(&scan.text) {
            Some(text) => (Event::Scanned { place: place.clone(), text: text.clone(), device: device.clone() }, text),
            None => (Event::Unreadable { place: place.clone(), device: device.clone() }, String::new()),
        };
        let mut turn = self.heart.handle(event, &self.reader);
        let answered = answer(&scan.id, &scan.place, &turn);
        let (screen, id, at_us) = (scan.screen, scan.id, machine::wall_us());
        let answer = serde_json::to_string(&answered).expect("an answer is plain data");
        turn.upserts.push(Upsert::ScreenScan { screen, id, at_us, answer });
        self.sending.insert(key.clone());
        self.queue(turn, Some((place, device, code)), Then::Answer(key, answered, reply));
    }
}

impl Daemon {
    /// The screens as they are from now on.
    pub(super) fn paired_is(&self, hash: String, paired: Option<Paired>, done: oneshot::Sender<()>) {
        self.paired.send_modify(|screens| {
            let screens = Arc::make_mut(screens);
            match paired {
                Some(paired) => drop(screens.insert(hash, paired)),
                None => drop(screens.remove(&hash)),
            }
        });
        // Who asked may be gone; it is so all the same.
        let _ = done.send(());
    }
}

fn own((hash, paired): (&String, &Paired)) -> (String, Paired) {
    (hash.clone(), paired.clone())
}

/// As any scanner's bytes are read; `None` for what can't be believed.
fn read(text: &str) -> Option<String> {
    let read = Framer::new(Settings::default()).whole(text.as_bytes(), None)?;
    read.ok().map(|frame| frame.data)
}

/// What the place says because of this scan.
fn answer(id: &str, at: &PlaceName, turn: &Turn) -> Answered {
    let said = turn.actions.iter().filter_map(|(place, action)| match action {
        Action::Say(prompt) if place == at => Some(prompt.clone()),
        _ => None,
    });
    let said = Said::of(&said.collect::<Vec<Prompt>>());
    Answered { id: id.to_owned(), tone: said.tone, zh: said.zh, en: said.en }
}
