//! The heart: events in, facts and actions out. It holds open work in memory, newer than the disk by what isn't durable
//! yet; after a failed commit it is thrown away and read anew. No clock, no I/O.

mod bags;
mod loans;
mod numbers;
mod papers;
mod returns;
mod waves;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::civil::Date;

use super::event::Event;
use super::load::{self, Documents, Memory};
use super::marks;
use super::memo::Memo;
use super::pools::Pools;
use super::rows;
use crate::bench::work::Asked;
use crate::bench::{self, Action, Found, Input, Loaded, Marks, Place, Prompt, Session, Stale, View, Walk, Work};
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::{ParcelId, PlaceName, StationCode, WaveCode};
use crate::domain::taught::Taught;
use crate::journal::Upsert;

/// Before a hub that didn't answer is asked for another carrier again.
pub const REROUTE_PAUSE: Duration = Duration::from_secs(10);

/// What follows from an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    pub entries: Vec<NewEntry>,
    pub upserts: Vec<Upsert>,
    /// To be done after the commit, in this order.
    pub actions: Vec<(PlaceName, Action)>,
    /// Parcels whose carrier is asked again, after so long.
    pub again: Vec<(ParcelId, Duration)>,
}

pub struct Heart {
    station: StationCode,
    places: BTreeMap<PlaceName, (Place, Session)>,
    works: HashMap<ParcelId, Work>,
    numbers: HashMap<String, ParcelId>,
    /// Parcels by the tote or slot that their goods lie in.
    totes: HashMap<String, ParcelId>,
    /// Printers that take no labels now. After a start each is tried.
    down: HashSet<String>,
    pools: Pools,
    /// There is a hub, which may let a parcel go with another carrier.
    has_hub: bool,
    /// The warehouse's day, as the shell tells it.
    today: Date,
    /// Parcels whose numbers are still to come, of the waves that wait for them.
    awaited: HashMap<WaveCode, Vec<ParcelId>>,
    loans: loans::Loans,
    /// Codes taught here that may not be durable yet.
    taught: HashMap<String, Taught>,
    /// What stands still on the places' scales; the shell tells it before a scan is handled.
    weights: HashMap<PlaceName, u32>,
    /// What is known of refunds is too old; the shell tells it before a scan is handled.
    stale: Option<Stale>,
    /// What the code that is being handled says of its goods.
    marks: Marks,
    /// What tells this journal's own numbers from those of one that was lost.
    mark: String,
}

impl Memory for Heart {
    fn work(&self, parcel_id: &ParcelId) -> Option<&Work> {
        self.works.get(parcel_id)
    }

    fn parcel_of(&self, number: &str) -> Option<&ParcelId> {
        self.numbers.get(number)
    }

    fn in_tote(&self, tote: &str) -> Option<&ParcelId> {
        self.totes.get(tote)
    }

    fn taught(&self, code: &str) -> Option<&Taught> {
        self.taught.get(code)
    }
}

impl Heart {
    pub fn new(station: StationCode, places: Vec<Place>, today: Date) -> Self {
        let places = places.into_iter().map(|place| (place.name.clone(), (place.clone(), Session::new(place.name))));
        Heart {
            station,
            places: places.collect(),
            works: HashMap::new(),
            numbers: HashMap::new(),
            totes: HashMap::new(),
            down: HashSet::new(),
            pools: Pools::default(),
            has_hub: false,
            awaited: HashMap::new(),
            loans: HashMap::new(),
            today,
            taught: HashMap::new(),
            weights: HashMap::new(),
            stale: None,
            marks: Marks::default(),
            mark: String::new(),
        }
    }

    /// Takes up what the journal's projections say: sessions and open work.
    pub fn restore(&mut self, sessions: Vec<Session>, works: Vec<(ParcelId, Work)>) {
        for session in sessions {
            if let Some((_, current)) = self.places.get_mut(&session.place) {
                *current = session;
            }
        }
        for (parcel_id, work) in works {
            self.know_numbers(&parcel_id, &work);
            self.totes.extend(work.tote.clone().map(|tote| (tote, parcel_id.clone())));
            self.works.insert(parcel_id, work);
        }
    }

    /// `None` while nothing stands still.
    pub fn put_on_scale(&mut self, place: &PlaceName, grams: Option<u32>) {
        match grams {
            Some(grams) => self.weights.insert(place.clone(), grams),
            None => self.weights.remove(place),
        };
    }

    pub fn set_stale(&mut self, stale: Option<Stale>) {
        self.stale = stale;
    }

    pub fn place(&self, name: &PlaceName) -> Option<&Place> {
        self.places.get(name).map(|(place, _)| place)
    }

    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values().map(|(place, _)| place)
    }

    pub fn session(&self, name: &PlaceName) -> Option<&Session> {
        self.places.get(name).map(|(_, session)| session)
    }

    pub fn view(&self, documents: &dyn Documents, parcel_id: &ParcelId) -> Option<View> {
        load::view(documents, self, parcel_id).map(|view| self.with_fallback(view))
    }

    /// All that memory holds: open work, and finished work that isn't let go of yet.
    pub fn works(&self) -> impl Iterator<Item = (&ParcelId, &Work)> {
        self.works.iter()
    }

    /// Parcels in hand of which another was parted off.
    pub fn parted_in_hand(&self, documents: &dyn Documents) -> Vec<ParcelId> {
        let in_hand = self.places.values().filter_map(|(_, session)| session.in_hand.as_ref());
        let parted = |parcel_id: &&ParcelId| documents.parcel(parcel_id).is_some_and(|parcel| parcel.share.is_some());
        in_hand.filter(parted).cloned().collect()
    }

    /// What the place's screen says while nothing happens.
    pub fn standing(&self, documents: &dyn Documents, name: &PlaceName) -> Option<Prompt> {
        let (place, session) = self.places.get(name)?;
        let hand = session.in_hand.as_ref().and_then(|parcel_id| self.view(documents, parcel_id));
        let awaited = self.awaited_at(documents, session);
        let wave = self.wave_in_pick(documents, session);
        Some(bench::standing_prompt(&self.as_it_is(place), session, hand.as_ref(), awaited, &wave))
    }

    /// What a picker has to walk.
    pub fn walk(&self, documents: &dyn Documents, name: &PlaceName) -> Option<Walk> {
        let (_, session) = self.places.get(name)?;
        Walk::of(session, &self.wave_in_pick(documents, session))
    }

    /// The place with the printers that take labels now.
    fn as_it_is(&self, place: &Place) -> Place {
        place.without(|printer| self.down.contains(printer))
    }

    pub fn handle(&mut self, event: Event, documents: &dyn Documents) -> Turn {
        let documents = &Memo::of(documents);
        let mut turn = Turn::default();
        match event {
            Event::Scanned { place, text, device } => {
                let (text, marks) = marks::read(documents, &text, self.today);
                self.marks = marks;
                self.decide(&mut turn, documents, &place, Input::Scanned(Code::parse(&text)), device);
                self.marks = Marks::default();
            }
            Event::Unreadable { place, device } => self.decide(&mut turn, documents, &place, Input::Unreadable, device),
            Event::HubAnswered { place, code, reached, device } => {
                self.decide(&mut turn, documents, &place, Input::HubAnswered { code, reached }, device);
            }
            Event::Printed { place, parcel, job, outcome, evidence } => {
                self.printed(&mut turn, documents, &place, parcel, job, outcome, evidence);
            }
            Event::SheetPrinted { place, handover, outcome, evidence } => {
                self.decide(&mut turn, documents, &place, Input::SheetPrinted { handover, outcome, evidence }, None);
            }
            Event::DividerPrinted { place, job, outcome, evidence } => {
                self.decide(&mut turn, documents, &place, Input::DividerPrinted { job, outcome, evidence }, None);
            }
            Event::PlaceIdle { place } => self.decide(&mut turn, documents, &place, Input::Idle, None),
            Event::Photographed { place, return_no, photo, device } => {
                self.decide(&mut turn, documents, &place, Input::Photographed { return_no, photo }, device);
            }
            Event::PrinterDown { printer } => drop(self.down.insert(printer)),
            Event::PrinterProbed { printer, url, answers } => {
                turn.upserts.push(rows::probed(&printer, &url, answers));
            }
            Event::PrinterReady { printer } => {
                self.down.remove(&printer);
                let at = self.places().filter(|place| place.uses(&printer));
                let places: Vec<_> = at.map(|place| place.name.clone()).collect();
                for place in places {
                    self.decide(&mut turn, documents, &place, Input::PrinterReady, None);
                }
            }
            Event::BudgetSpent { place, parcel, waybill_id } => {
                self.decide(&mut turn, documents, &place, Input::BudgetSpent { parcel, waybill_id }, None);
            }
            Event::RerouteRefused { parcel, why } => self.stays(&mut turn, documents, &parcel, why),
            Event::RerouteUnanswered { parcel } => {
                let news = Input::RerouteUnanswered { parcel: parcel.clone() };
                self.tell_waiting(&mut turn, documents, &parcel, &news);
                turn.again.push((parcel, REROUTE_PAUSE));
            }
            Event::NotSplit { place, parcel, because } => {
                self.decide(&mut turn, documents, &place, Input::NotSplit { parcel, because }, None);
            }
            Event::ContinueWave { place } => self.decide(&mut turn, documents, &place, Input::DocumentsChanged, None),
            Event::CarrierAnswered { parcel, operation, answer, tries } => {
                self.answered(&mut turn, documents, parcel, &operation, answer, tries);
            }
            Event::PoolFilled { account, numbers, source } => {
                self.fill(&mut turn, documents, &account, numbers, source);
            }
            Event::Carrier { parcel, waybill_id, carrier, news } => {
                self.carrier(&mut turn, documents, parcel, waybill_id, carrier, news);
            }
            // The shell's own; nothing follows here.
            Event::AskCarrier { .. } => {}
            Event::DocumentsArrived { parcels } => self.arrived(&mut turn, documents, &parcels),
            Event::RemoteFact { parcel, station, fact } => self.remote(&mut turn, documents, parcel, &station, &fact),
            Event::Noted(entry) => self.remember(&mut turn, documents, vec![*entry]),
        }
        turn
    }

    /// Lets the bench decide, remembers what it decided, and passes its actions on.
    fn decide(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        name: &PlaceName,
        input: Input,
        device: Option<String>,
    ) {
        self.look_at_wave(documents, name, &input);
        let Some((place, session)) = self.places.get(name).cloned() else { return };
        let place = self.as_it_is(&place);
        let mut loaded = self.load(documents, &session, &input, place.window);
        self.look_at_loans(documents, &input, &mut loaded);
        let mut decision = bench::step(&place, &session, &input, &loaded);
        for entry in &mut decision.facts {
            entry.device.clone_from(&device);
        }
        let badged_out = decision.facts.iter().any(|entry| matches!(entry.fact, Fact::OperatorBadgedOut { .. }));
        self.remember(turn, documents, decision.facts);
        if badged_out {
            self.return_loans(turn, documents);
        }
        turn.actions.extend(decision.actions.into_iter().map(|action| (name.clone(), action)));
    }

    fn load(&self, documents: &dyn Documents, session: &Session, input: &Input, window: usize) -> Loaded {
        let of = |parcel: &Option<ParcelId>| parcel.as_ref().and_then(|parcel| self.view(documents, parcel));
        let found = match input {
            Input::Scanned(code) => load::find(documents, self, code),
            Input::HubAnswered { code, .. } => load::find(documents, self, &Code::Bare(code.clone())),
            _ => Found::Nothing,
        };
        let found = match found {
            Found::Order(views) => Found::Order(views.into_iter().map(|view| self.with_fallback(view)).collect()),
            Found::Label { number, view } => Found::Label { number, view: Box::new(self.with_fallback(*view)) },
            other => other,
        };
        let returns = self.returns_for(documents, session, input, &found);
        let wants_last = match input {
            Input::Scanned(Code::Command(Command::Reprint | Command::Reason(_) | Command::Undo)) => true,
            Input::Scanned(Code::Bare(_)) => found == Found::Nothing,
            Input::Scanned(Code::Material(_)) | Input::Printed { .. } => true,
            _ => false,
        };
        Loaded {
            hand: of(&session.in_hand),
            last: if wants_last {
                of(if session.named.is_some() { &session.named } else { &session.last })
            } else {
                None
            },
            stale: self.stale.clone(),
            bagged: self.bagged(documents, session, input),
            bag_open_at: self.bag_open_at(session, input),
            weight_g: self.weights.get(&session.place).copied(),
            awaited: self.awaited_for(input, session),
            wave: self.wave_in_work(documents, session, window, &found),
            asked: self.asked_about(documents, session),
            marks: self.marks.clone(),
            today: self.today,
            found,
            lent: None,
            lent_are_few: false,
            slots: self.slots_in_use(session),
            returns,
            mark: self.mark.clone(),
        }
    }

    /// Tells the places that wait for a parcel's number that it is there, or won't come.
    fn wake(&mut self, turn: &mut Turn, documents: &dyn Documents, parcel: &ParcelId) {
        self.tell_waiting(turn, documents, parcel, &Input::NumberSettled { parcel: parcel.clone() });
    }

    fn tell_waiting(&mut self, turn: &mut Turn, documents: &dyn Documents, parcel: &ParcelId, news: &Input) {
        self.look_at_awaited(documents, parcel);
        let waits = |session: &Session| {
            session.in_hand.as_ref() == Some(parcel) || session.wave.is_some() || waves::asked(session).is_some()
        };
        let names: Vec<_> =
            self.places.iter().filter(|(_, (_, session))| waits(session)).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.decide(turn, documents, &name, news.clone(), None);
        }
    }

    fn arrived(&mut self, turn: &mut Turn, documents: &dyn Documents, parcels: &[ParcelId]) {
        self.rerouted(turn, documents, parcels);
        self.know_loans(documents, parcels);
        parcels.iter().for_each(|parcel| self.look_at_awaited(documents, parcel));
        self.tell_holders(turn, documents, parcels, &Input::DocumentsChanged);
    }

    /// Every place that has one of the parcels in hand, or picks its wave.
    fn tell_holders(&mut self, turn: &mut Turn, documents: &dyn Documents, parcels: &[ParcelId], news: &Input) {
        let in_waves = waves::of(documents, parcels);
        let touched = |session: &Session| {
            let picked = session.pick.as_ref().is_some_and(|round| in_waves.contains(&round.wave));
            let in_hand = session.in_hand.as_ref().is_some_and(|parcel| parcels.contains(parcel));
            in_hand || picked || waves::asked(session).is_some()
        };
        let names: Vec<_> =
            self.places.iter().filter(|(_, (_, session))| touched(session)).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.decide(turn, documents, &name, news.clone(), None);
        }
    }

    fn remote(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        parcel: ParcelId,
        station: &StationCode,
        fact: &Fact,
    ) {
        let work = self.work_mut(documents, &parcel);
        let (before, aboard) = (work.tote.clone(), work.aboard.clone());
        work.remember(fact, station);
        let (row, tote) = (rows::parcel(&parcel, work), work.tote.clone());
        let numbers = rows::numbers(&parcel, fact);
        self.numbers_of(&parcel, fact);
        self.moved(&parcel, before, tote);
        turn.upserts.push(row);
        turn.upserts.extend(numbers);
        if matches!(fact, Fact::WaybillIssued { .. }) {
            // Whoever's number it is, it is on a parcel.
            self.stocked(fact, &mut turn.upserts);
        }
        if matches!(fact, Fact::WaybillIssued { .. } | Fact::WaybillRejected { .. }) {
            self.wake(turn, documents, &parcel);
        }
        self.look_at_drivers(&parcel, fact, &aboard, &mut turn.upserts);
        match fact {
            Fact::ParcelPacked { .. } | Fact::ParcelShipped { .. } => self.arrived(turn, documents, &[parcel]),
            Fact::ParcelOpened { place, .. } => {
                self.look_at_awaited(documents, &parcel);
                let place = format!("{station} {place}");
                self.tell_holders(turn, documents, &[parcel], &Input::OpenedElsewhere { place });
            }
            _ => {}
        }
    }

    /// Applies facts to memory and adds them, with the rows they change, to the turn.
    fn remember(&mut self, turn: &mut Turn, documents: &dyn Documents, entries: Vec<NewEntry>) {
        for entry in entries {
            self.apply(documents, &entry, &mut turn.upserts);
            turn.entries.push(entry);
        }
    }

    fn apply(&mut self, documents: &dyn Documents, entry: &NewEntry, upserts: &mut Vec<Upsert>) {
        let mut after = None;
        self.stocked(&entry.fact, upserts);
        upserts.extend(rows::handed_over(&entry.fact));
        if let Some(taught) = Taught::by(&entry.fact, &self.station) {
            upserts.push(rows::taught(&taught));
            self.taught.insert(taught.code.clone(), taught);
        }
        self.keep_return(documents, entry, upserts);
        if let Some(parcel_id) = &entry.parcel {
            let station = self.station.clone();
            let work = self.work_mut(documents, parcel_id);
            let (was_answered, tote) = (work.asked == Asked::Answered, work.tote.clone());
            let aboard = work.aboard.clone();
            work.remember(&entry.fact, &station);
            rows::put(upserts, rows::parcel(parcel_id, work));
            after = Some(work.clone());
            upserts.extend(rows::numbers(parcel_id, &entry.fact));
            upserts.extend(rows::job(parcel_id, &entry.fact));
            self.numbers_of(parcel_id, &entry.fact);
            self.moved(parcel_id, tote, after.as_ref().and_then(|work| work.tote.clone()));
            self.look_at_drivers(parcel_id, &entry.fact, &aboard, upserts);
            // Each parcel teaches once.
            if !was_answered {
                self.learn(documents, parcel_id, &entry.fact, upserts);
            }
        }
        if let Some((_, session)) = entry.fact.place().and_then(|name| self.places.get_mut(name)) {
            session.remember(entry, after.as_ref());
            rows::put(upserts, rows::place(session));
        }
    }

    fn work_mut(&mut self, documents: &dyn Documents, parcel_id: &ParcelId) -> &mut Work {
        if !self.works.contains_key(parcel_id) {
            let work = documents.work(parcel_id).unwrap_or_default();
            self.works.insert(parcel_id.clone(), work);
        }
        self.works.get_mut(parcel_id).expect("it was inserted above")
    }

    /// Everything is durable: the documents have what was taught, and the hub may have taken it back.
    pub fn forget_taught(&mut self) {
        self.taught.clear();
    }

    /// Lets go of finished work that is durable; it is read from disk if it is scanned again.
    pub fn forget_finished(&mut self) {
        let in_hand: HashSet<_> = self.places.values().filter_map(|(_, session)| session.last.clone()).collect();
        let gone: Vec<_> = self
            .works
            .iter()
            .filter(|(parcel_id, work)| work.finished() && !in_hand.contains(*parcel_id))
            .map(|(parcel_id, _)| parcel_id.clone())
            .collect();
        for parcel_id in gone {
            self.works.remove(&parcel_id);
            self.numbers.retain(|_, of| *of != parcel_id);
        }
    }

    fn know_numbers(&mut self, parcel_id: &ParcelId, work: &Work) {
        for waybill in &work.waybills {
            let numbers = [&waybill.number].into_iter().chain(&waybill.children);
            self.numbers.extend(numbers.map(|number| (number.clone(), parcel_id.clone())));
        }
    }

    /// Its goods lie in another tote or slot, or in none any more.
    fn moved(&mut self, parcel_id: &ParcelId, from: Option<String>, to: Option<String>) {
        if from == to {
            return;
        }
        if let Some(from) = from.filter(|from| self.totes.get(from) == Some(parcel_id)) {
            self.totes.remove(&from);
        }
        self.totes.extend(to.map(|to| (to, parcel_id.clone())));
    }

    fn numbers_of(&mut self, parcel_id: &ParcelId, fact: &Fact) {
        match fact {
            Fact::WaybillIssued { number, .. } => drop(self.numbers.insert(number.clone(), parcel_id.clone())),
            Fact::PiecesNumbered { children, .. } => {
                self.numbers.extend(children.iter().map(|child| (child.clone(), parcel_id.clone())));
            }
            _ => {}
        }
    }
}
