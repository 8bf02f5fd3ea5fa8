//! The heart: events in, facts and actions out. It holds open work in memory, newer than the disk by what isn't durable
//! yet; after a failed commit it is thrown away and read anew. No clock, no I/O.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::civil::Date;

use super::event::{Answer, Event};
use super::issuing;
use super::load::{self, Documents, Memory};
use super::news::{CarrierNews, nobodys, personal};
use super::pools::Pools;
use super::rows;
use crate::bench::work::Asked;
use crate::bench::{self, Action, Found, Input, Loaded, Place, Prompt, Session, View, Work};
use crate::carrier::{Operation, number};
use crate::domain::alias::wave_key;
use crate::domain::code::{Code, Command};
use crate::domain::fact::{Fact, NewEntry, PrintOutcome};
use crate::domain::id::{JobId, ParcelId, PlaceName, StationCode, WaybillId};
use crate::domain::order::CarrierCode;
use crate::domain::waybill::Origin;
use crate::journal::Upsert;

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
    /// Printers that take no labels now. After a start each is tried.
    down: HashSet<String>,
    pools: Pools,
    /// The warehouse's day, as the shell tells it.
    today: Date,
    /// What stands still on the places' scales; the shell tells it before a scan is handled.
    weights: HashMap<PlaceName, u32>,
}

impl Memory for Heart {
    fn work(&self, parcel_id: &ParcelId) -> Option<&Work> {
        self.works.get(parcel_id)
    }

    fn parcel_of(&self, number: &str) -> Option<&ParcelId> {
        self.numbers.get(number)
    }
}

impl Heart {
    pub fn new(station: StationCode, places: Vec<Place>) -> Self {
        let places = places.into_iter().map(|place| (place.name.clone(), (place.clone(), Session::new(place.name))));
        Heart {
            station,
            places: places.collect(),
            works: HashMap::new(),
            numbers: HashMap::new(),
            down: HashSet::new(),
            pools: Pools::default(),
            today: Date::default(),
            weights: HashMap::new(),
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
            self.works.insert(parcel_id, work);
        }
    }

    /// Numbers for outages, as the journal and the site's tables have them.
    pub fn stock(&mut self, pools: Pools) {
        self.pools = pools;
    }

    pub fn set_today(&mut self, today: Date) {
        self.today = today;
    }

    /// Numbers that may still be used today.
    pub fn spares(&self, carrier: CarrierCode) -> usize {
        self.pools.left(carrier, self.today)
    }

    /// `None` while nothing stands still.
    pub fn put_on_scale(&mut self, place: &PlaceName, grams: Option<u32>) {
        match grams {
            Some(grams) => self.weights.insert(place.clone(), grams),
            None => self.weights.remove(place),
        };
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
        load::view(documents, self, parcel_id).map(|view| self.with_spare(view))
    }

    /// A pooled number is offered where nothing can be at the carrier and the carrier can't be asked.
    fn with_spare(&self, mut view: View) -> View {
        if view.work.asked == Asked::NotSent && view.number().is_none() && self.holds_lease(&view) {
            let receiver = view.orders.iter().find_map(|record| record.order.receiver.as_ref());
            view.spare = self.pools.spare(view.parcel.carrier, receiver, self.today);
        }
        view
    }

    fn holds_lease(&self, view: &View) -> bool {
        view.parcel.issuer.as_ref() == Some(&self.station) && view.parcel.supplied.is_none()
    }

    /// What the place's screen says while nothing happens.
    pub fn standing(&self, documents: &dyn Documents, name: &PlaceName) -> Option<Prompt> {
        let (place, session) = self.places.get(name)?;
        let hand = session.in_hand.as_ref().and_then(|parcel_id| self.view(documents, parcel_id));
        Some(bench::standing_prompt(&self.as_it_is(place), session, hand.as_ref()))
    }

    /// The place with the printers that take labels now.
    fn as_it_is(&self, place: &Place) -> Place {
        place.without(|printer| self.down.contains(printer))
    }

    /// Labels that were queued here and never settled: after a start, nobody knows whether they came out.
    pub fn unsettled(&self) -> Vec<(PlaceName, ParcelId, JobId)> {
        let own = format!("/{}/", self.station);
        let of = |(parcel_id, work): (&ParcelId, &Work)| {
            let labels =
                work.labels.iter().filter(|label| label.outcome.is_none() && label.job.as_str().contains(&own));
            labels.map(|label| (label.place.clone(), parcel_id.clone(), label.job.clone())).collect::<Vec<_>>()
        };
        let mut unsettled: Vec<_> = self.works.iter().flat_map(of).collect();
        unsettled.sort();
        unsettled
    }

    /// Parcels in memory whose number this station should ask the carrier for now.
    pub fn to_ask(&self, documents: &dyn Documents, parcels: &[ParcelId]) -> Vec<ParcelId> {
        let wants = |parcel_id: &&ParcelId| self.view(documents, parcel_id).is_some_and(|view| self.may_ask(&view));
        parcels.iter().filter(wants).cloned().collect()
    }

    /// The holder of the lease asks, for a parcel that wants something and whose receiver it can read.
    pub fn may_ask(&self, view: &View) -> bool {
        self.holds_lease(view)
            && issuing::wanted(view).is_some()
            && view.orders.iter().all(|record| record.order.receiver.is_some())
    }

    /// Everything in memory that may still want something of its carrier.
    pub fn waiting_for_carrier(&self) -> Vec<ParcelId> {
        let waiting =
            |work: &Work| matches!(work.asked, Asked::NotSent | Asked::Pending | Asked::Unanswered | Asked::Cancelling);
        self.works.iter().filter(|(_, work)| waiting(work)).map(|(parcel_id, _)| parcel_id.clone()).collect()
    }

    pub fn handle(&mut self, event: Event, documents: &dyn Documents) -> Turn {
        let mut turn = Turn::default();
        match event {
            Event::Scanned { place, text, device } => {
                let input = Input::Scanned(Code::parse(&text));
                self.decide(&mut turn, documents, &place, input, device);
            }
            Event::Unreadable { place, device } => self.decide(&mut turn, documents, &place, Input::Unreadable, device),
            Event::HubAnswered { place, code, reached, device } => {
                self.decide(&mut turn, documents, &place, Input::HubAnswered { code, reached }, device);
            }
            Event::Printed { place, parcel, job, outcome, evidence } => {
                self.printed(&mut turn, documents, &place, parcel, job, outcome, evidence);
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
            Event::BudgetSpent { place, parcel } => {
                self.decide(&mut turn, documents, &place, Input::BudgetSpent { parcel }, None);
            }
            Event::ContinueWave { place } => self.decide(&mut turn, documents, &place, Input::DocumentsChanged, None),
            Event::CarrierAnswered { parcel, operation, answer, tries } => {
                self.answered(&mut turn, documents, parcel, &operation, answer, tries);
            }
            Event::PoolFilled { carrier, numbers, expires_on, source } => {
                self.fill(&mut turn, documents, carrier, numbers, expires_on, source);
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
        let Some((place, session)) = self.places.get(name) else { return };
        let place = &self.as_it_is(place);
        let loaded = self.load(documents, session, &input, place.window);
        let mut decision = bench::step(place, session, &input, &loaded);
        for entry in &mut decision.facts {
            entry.device.clone_from(&device);
        }
        self.remember(turn, documents, decision.facts);
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
            Found::Order(views) => Found::Order(views.into_iter().map(|view| self.with_spare(view)).collect()),
            Found::Label { number, view } => Found::Label { number, view: Box::new(self.with_spare(*view)) },
            other => other,
        };
        let wants_last = matches!(
            input,
            Input::Scanned(Code::Command(Command::Reprint | Command::Reason(_))) | Input::Printed { .. }
        );
        Loaded {
            hand: of(&session.in_hand),
            last: if wants_last { of(&session.last) } else { None },
            found,
            weight_g: self.weights.get(&session.place).copied(),
            wave: session.wave.as_ref().map_or_else(Vec::new, |wave| {
                let first = wave.next.saturating_sub(window as u32 + 1).max(1);
                let last = (wave.next + window as u32).min(wave.count);
                (first..=last).filter_map(|position| self.wave_view(documents, &wave.code, position)).collect()
            }),
        }
    }

    fn wave_view(&self, documents: &dyn Documents, wave: &crate::domain::id::WaveCode, position: u32) -> Option<View> {
        let matches = documents.matches(&wave_key(wave, position));
        let (_, key, _) = matches.into_iter().find(|(kind, _, _)| kind == "parcel")?;
        self.view(documents, &ParcelId(key))
    }

    #[allow(clippy::too_many_arguments, reason = "an event's fields, taken apart")]
    fn printed(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        place: &PlaceName,
        parcel: ParcelId,
        job: JobId,
        outcome: PrintOutcome,
        evidence: String,
    ) {
        let before = turn.entries.len();
        // A label's complaint may quote what didn't fit.
        let view = self.view(documents, &parcel);
        if outcome == PrintOutcome::Refused {
            let labels = view.iter().flat_map(|view| &view.work.labels);
            self.down.extend(labels.filter(|label| label.job == job).map(|label| label.printer.clone()));
        }
        let evidence = view.map_or(String::new(), |view| personal(&view).out_of(&evidence));
        self.decide(turn, documents, place, Input::Printed { job, outcome, evidence }, None);
        // A job whose parcel left the place is settled without a view: it still belongs to its parcel.
        let orders = documents.parcel(&parcel).map(|parcel| parcel.orders).unwrap_or_default();
        let mut late = Vec::new();
        for entry in &mut turn.entries[before..] {
            if matches!(entry.fact, Fact::LabelSettled { .. }) && entry.parcel.is_none() {
                entry.parcel = Some(parcel.clone());
                entry.orders.clone_from(&orders);
                late.push(entry.clone());
            }
        }
        for entry in late {
            self.apply(documents, &entry, &mut turn.upserts);
        }
    }

    /// What an answer means for the parcel as it is now, whatever has happened to it since it was asked about.
    fn answered(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        parcel: ParcelId,
        operation: &Operation,
        answer: Answer,
        tries: u32,
    ) {
        let Some(view) = self.view(documents, &parcel) else { return };
        let next = match answer {
            Answer::Is(outcome) => issuing::judge(operation, outcome, &view, tries),
            Answer::NotSent(why) => issuing::not_sent(operation, why, tries),
        };
        if let Some(news) = next.news {
            let (waybill_id, carrier) = (view.parcel.waybill_id.clone(), view.parcel.carrier);
            self.carrier(turn, documents, parcel.clone(), waybill_id, carrier, news);
        }
        let wants = || self.view(documents, &parcel).is_some_and(|view| self.may_ask(&view));
        let again = next.again.or_else(|| wants().then_some(Duration::ZERO));
        turn.again.extend(again.map(|pause| (parcel, pause)));
    }

    /// Only numbers that are the carrier's, and that nobody has or had.
    fn fill(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        carrier: CarrierCode,
        mut numbers: Vec<String>,
        expires_on: Date,
        source: String,
    ) {
        let known = |number: &str| self.parcel_of(number).is_some() || documents.parcel_of(number).is_some();
        numbers
            .retain(|number| number::is_from(carrier, number) && !self.pools.holds(carrier, number) && !known(number));
        numbers.sort();
        numbers.dedup();
        if numbers.is_empty() {
            return;
        }
        let fact = Fact::PoolFilled { carrier, numbers, expires_on, source };
        let entry = NewEntry { fact, parcel: None, orders: Vec::new(), operator: None, device: None };
        self.remember(turn, documents, vec![entry]);
    }

    fn carrier(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        parcel: ParcelId,
        waybill_id: WaybillId,
        carrier: CarrierCode,
        news: CarrierNews,
    ) {
        let Some(view) = self.view(documents, &parcel) else { return };
        let news = self.one_number_one_parcel(documents, &parcel, nobodys(&view, news));
        let settled = !matches!(news, CarrierNews::Requested | CarrierNews::NotThere | CarrierNews::CancelRequested);
        let fact = match news {
            CarrierNews::Requested => Fact::WaybillRequested { waybill_id, carrier },
            CarrierNews::NotThere => Fact::WaybillNotThere { waybill_id },
            CarrierNews::NotSent { why } => Fact::WaybillNotSent { waybill_id, why },
            CarrierNews::Registered { number, routing } => Fact::WaybillRegistered { waybill_id, number, routing },
            CarrierNews::Conflicted { number, carriers } => Fact::WaybillConflicted { waybill_id, number, carriers },
            CarrierNews::CancelRequested => Fact::WaybillCancelRequested { waybill_id },
            CarrierNews::Cancelled => {
                let live =
                    view.work.waybills.iter().find(|waybill| waybill.live && waybill.origin != Origin::Temporary);
                Fact::WaybillCancelled { waybill_id, number: live.map(|waybill| waybill.number.clone()) }
            }
            CarrierNews::CancelRefused { code, message } => Fact::WaybillCancelRefused { waybill_id, code, message },
            CarrierNews::Issued { number, routing } => {
                Fact::WaybillIssued { waybill_id, carrier, number, origin: Origin::Direct, routing }
            }
            CarrierNews::Unanswered { why } => Fact::WaybillUnanswered { waybill_id, why },
            CarrierNews::Rejected { code, message } => Fact::WaybillRejected { waybill_id, code, message },
        };
        let entry = NewEntry {
            fact,
            parcel: Some(parcel.clone()),
            orders: view.parcel.orders.clone(),
            operator: None,
            device: None,
        };
        self.remember(turn, documents, vec![entry]);
        if settled {
            self.wake(turn, documents, &parcel);
        }
    }

    /// A number that stands on another parcel is no number for this one, whatever the carrier says.
    fn one_number_one_parcel(&self, documents: &dyn Documents, parcel: &ParcelId, news: CarrierNews) -> CarrierNews {
        let CarrierNews::Issued { number, .. } = &news else { return news };
        let supplied = |number: &str| {
            let mut matches = documents.matches(number).into_iter();
            matches.find(|(kind, ..)| kind == "waybill").map(|(_, key, _)| ParcelId(key))
        };
        let holder = self.parcel_of(number).cloned();
        let holder = holder.or_else(|| documents.parcel_of(number)).or_else(|| supplied(number));
        match holder.filter(|holder| holder != parcel) {
            Some(holder) => {
                let message = format!("the carrier gave {number}, which is on parcel {holder}");
                CarrierNews::Rejected { code: "number_taken".into(), message }
            }
            None => news,
        }
    }

    /// Tells the places that wait for a parcel's number that it is there, or won't come.
    fn wake(&mut self, turn: &mut Turn, documents: &dyn Documents, parcel: &ParcelId) {
        let waits = |session: &Session| session.in_hand.as_ref() == Some(parcel) || session.wave.is_some();
        let names: Vec<_> =
            self.places.iter().filter(|(_, (_, session))| waits(session)).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.decide(turn, documents, &name, Input::NumberSettled { parcel: parcel.clone() }, None);
        }
    }

    fn arrived(&mut self, turn: &mut Turn, documents: &dyn Documents, parcels: &[ParcelId]) {
        self.tell_holders(turn, documents, parcels, &Input::DocumentsChanged);
    }

    /// Every place that has one of the parcels in hand.
    fn tell_holders(&mut self, turn: &mut Turn, documents: &dyn Documents, parcels: &[ParcelId], news: &Input) {
        let touched = |session: &Session| session.in_hand.as_ref().is_some_and(|parcel| parcels.contains(parcel));
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
        work.remember(fact, station);
        let row = rows::parcel(&parcel, work);
        let numbers = rows::number(&parcel, fact);
        self.numbers_of(&parcel, fact);
        turn.upserts.push(row);
        turn.upserts.extend(numbers);
        if matches!(fact, Fact::WaybillIssued { .. } | Fact::WaybillRejected { .. }) {
            self.wake(turn, documents, &parcel);
        }
        match fact {
            Fact::ParcelPacked { .. } | Fact::ParcelShipped { .. } => self.arrived(turn, documents, &[parcel]),
            Fact::ParcelOpened { place, .. } => {
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
        if let Some(parcel_id) = &entry.parcel {
            let station = self.station.clone();
            let work = self.work_mut(documents, parcel_id);
            work.remember(&entry.fact, &station);
            rows::put(upserts, rows::parcel(parcel_id, work));
            after = Some(work.clone());
            upserts.extend(rows::number(parcel_id, &entry.fact));
            upserts.extend(rows::job(parcel_id, &entry.fact));
            self.numbers_of(parcel_id, &entry.fact);
        }
        if let Some((_, session)) = entry.fact.place().and_then(|name| self.places.get_mut(name)) {
            session.remember(entry, after.as_ref());
            rows::put(upserts, rows::place(session));
        }
    }

    fn stocked(&mut self, fact: &Fact, upserts: &mut Vec<Upsert>) {
        let carrier = match fact {
            Fact::PoolFilled { carrier, numbers, expires_on, .. } => {
                self.pools.fill(*carrier, numbers, *expires_on);
                *carrier
            }
            Fact::WaybillIssued { carrier, number, .. } if self.pools.holds(*carrier, number) => {
                self.pools.take(*carrier, number);
                *carrier
            }
            _ => return,
        };
        rows::put(upserts, rows::pool(carrier, &self.pools.pool(carrier)));
    }

    fn work_mut(&mut self, documents: &dyn Documents, parcel_id: &ParcelId) -> &mut Work {
        if !self.works.contains_key(parcel_id) {
            let work = documents.work(parcel_id).unwrap_or_default();
            self.works.insert(parcel_id.clone(), work);
        }
        self.works.get_mut(parcel_id).expect("it was inserted above")
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
            self.numbers.insert(waybill.number.clone(), parcel_id.clone());
        }
    }

    fn numbers_of(&mut self, parcel_id: &ParcelId, fact: &Fact) {
        if let Fact::WaybillIssued { number, .. } = fact {
            self.numbers.insert(number.clone(), parcel_id.clone());
        }
    }
}
