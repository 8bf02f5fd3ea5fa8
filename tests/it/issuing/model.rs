//! A carrier, a disk and packers, as simple as they can be and still go wrong in every way that counts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use milepost::bench::work::{Asked, Stage};
use milepost::bench::{Place, Role, ScanBack, Session, Work};
use milepost::carrier::{Class, Issued, Operation, Outcome, Rejection};
use milepost::domain::fact::{Fact, PrintOutcome};
use milepost::domain::id::{ParcelId, WaybillId};
use milepost::domain::order::Party;
use milepost::domain::parcel::Standing;
use milepost::domain::waybill::Origin;
use milepost::station::config::Fallback;
use milepost::station::event::{Answer, Event, Source};
use milepost::station::heart::{Heart, Turn};
use milepost::station::issuing;
use milepost::station::news::CarrierNews;
use milepost::station::pools::{Pools, Terms};
use milepost::wire::PoolNumber;

mod ends;

pub use ends::ENDS;

use super::disk::{Disk, JD, OTHER, order_no, parcel_id, read};

pub const PARCELS: usize = 2;
const DOCK: &str = "dock";
const TODAY: Date = date(2026, 2, 18);

#[derive(Clone, Debug)]
pub enum Step {
    /// The station asks whatever a parcel wants.
    Ask(usize),
    /// The carrier deals with a request that is on its way, perhaps long after everybody gave it up.
    Served(usize),
    Answered(usize),
    /// The answer never comes; the request may still be served.
    TimedOut(usize),
    NeverSent(usize),
    Crash,
    /// The power goes before the request's fact is on the disk.
    CrashInAsking(usize),
    /// A packer does the next thing with a parcel.
    Pack(usize),
    GiveUpWaiting(usize),
    Cancel(usize),
    /// The carrier is known not to answer.
    Break,
    Mend,
    FillPool(u8),
    RefuseNext(usize),
    /// The carrier takes it into its book, and says that it can't be delivered.
    KeepAndRefuseNext(usize),
    /// To a station that asked whether a parcel may go with another carrier.
    HubSays(usize, Hub),
    SomebodyElsesNumberNext(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Hub {
    Grants,
    /// Its answer is lost, and comes when it is asked again.
    GrantsUnheard,
    Refuses,
    IsAway,
}

/// A request on its way.
struct Flight {
    parcel: usize,
    operation: Operation,
    tries: u32,
    /// What the carrier said, once it has dealt with it.
    said: Option<Outcome>,
    /// The station still listens.
    heard: bool,
}

struct Booking {
    number: String,
    cancelled: bool,
    /// It is in the book, and can't be delivered.
    refused: bool,
}

pub struct Model {
    heart: Heart,
    disk: Disk,
    /// The site's, for every account.
    fallbacks: Vec<Fallback>,
    flights: Vec<Flight>,
    /// The carriers' books, by order id.
    book: BTreeMap<String, Booking>,
    issued: u32,
    lent: u32,
    broken: bool,
    refuse: BTreeSet<usize>,
    keep_refused: BTreeSet<usize>,
    mistake: BTreeSet<usize>,
    /// Parcels that the carrier answered with another's number, whatever stands in its book.
    mistaken: BTreeSet<usize>,
    /// Parcels a request for which may have been served after the carrier said that it has none.
    late: BTreeSet<usize>,
    /// Parcels that the hub let go with another carrier, with the id they have there.
    granted: BTreeMap<usize, WaybillId>,
    facts: Vec<(Option<ParcelId>, Fact)>,
    tries: u32,
}

fn place_name(parcel: usize) -> String {
    format!("bench-{parcel}")
}

impl Model {
    pub fn new() -> Self {
        Model::with(&[Fallback::Pool, Fallback::Reroute])
    }

    pub fn with(fallbacks: &[Fallback]) -> Self {
        let disk = Disk::with_parcels();
        let mut model = Model {
            heart: Heart::new("S-1".into(), Vec::new(), TODAY),
            disk,
            fallbacks: fallbacks.to_vec(),
            flights: Vec::new(),
            book: BTreeMap::new(),
            issued: 0,
            lent: 0,
            broken: false,
            refuse: BTreeSet::new(),
            keep_refused: BTreeSet::new(),
            mistake: BTreeSet::new(),
            mistaken: BTreeSet::new(),
            late: BTreeSet::new(),
            granted: BTreeMap::new(),
            facts: Vec::new(),
            tries: 0,
        };
        model.start();
        model
    }

    /// Memory as the disk has it.
    fn start(&mut self) {
        let place = |name: &str, role| Place {
            station: "S-1".into(),
            name: name.into(),
            role,
            badges: false,
            scan_back: ScanBack::Always,
            printer: Some(("desk".into(), "100x150".into())),
            backup: None,
            components: Vec::new(),
            home: Some("desk".into()),
            is_down: false,
            window: 4,
            scale: false,
            stamp_only: false,
            slots: 24,
            handover: false,
            min_days: Default::default(),
            reasons: Default::default(),
        };
        let mut pools = Pools::default();
        let fallbacks = self.fallbacks.clone();
        pools.set(JD.into(), Terms { unrouted: true, fallbacks: fallbacks.clone(), ..Terms::default() });
        pools.set(OTHER.into(), Terms { fallbacks, ..Terms::default() });
        if let Some(pool) = &self.disk.pool {
            pools.restore(JD.into(), read(pool));
        }
        let benches = (0..PARCELS).map(|parcel| place(&place_name(parcel), Role::Pack));
        self.heart = Heart::new("S-1".into(), benches.chain([place(DOCK, Role::Dock)]).collect(), TODAY);
        let sessions = self.disk.sessions.values().map(|body| read::<Session>(body)).collect();
        let works = self.disk.works.iter().map(|(id, body)| (id.clone(), read::<Work>(body))).collect();
        self.heart.restore(sessions, works);
        self.heart.stock(pools);
        self.heart.set_hub(true);
        // Nobody listens to what was asked before.
        self.flights.iter_mut().for_each(|flight| flight.heard = false);
    }

    fn handle(&mut self, event: Event) {
        let turn = self.heart.handle(event, &self.disk);
        self.keep(turn);
    }

    fn keep(&mut self, turn: Turn) {
        self.disk.keep(turn.upserts);
        self.facts.extend(turn.entries.into_iter().map(|entry| (entry.parcel, entry.fact)));
    }

    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Ask(parcel) => self.ask(*parcel, true),
            Step::CrashInAsking(parcel) => {
                self.ask(*parcel, false);
                self.start();
            }
            Step::Served(index) => {
                if let Some(at) = self.pick(*index, |flight| flight.said.is_none()) {
                    self.serve(at);
                }
            }
            Step::Answered(index) => {
                if let Some(at) = self.pick(*index, |flight| flight.heard && flight.said.is_some()) {
                    let flight = self.flights.remove(at);
                    let said = flight.said.clone().expect("it was picked for that");
                    self.answered(flight, Answer::Is(said));
                }
            }
            Step::TimedOut(index) => {
                if let Some(at) = self.pick(*index, |flight| flight.heard) {
                    self.flights[at].heard = false;
                    let flight = &self.flights[at];
                    let gone = Flight { operation: flight.operation.clone(), said: None, ..*flight };
                    self.answered(gone, Answer::Is(Outcome::no_answer("too late")));
                }
            }
            Step::NeverSent(index) => {
                if let Some(at) = self.pick(*index, |flight| flight.heard && flight.said.is_none()) {
                    let flight = self.flights.remove(at);
                    self.answered(flight, Answer::NotSent("no connection".into()));
                }
            }
            Step::Crash => self.start(),
            Step::Pack(parcel) => self.pack(*parcel),
            Step::GiveUpWaiting(parcel) => {
                let (place, parcel) = (place_name(*parcel).into(), parcel_id(*parcel));
                let waybill_id = self.disk.parcels[&parcel].waybill_id.clone();
                self.handle(Event::BudgetSpent { place, parcel, waybill_id });
            }
            Step::Cancel(parcel) => {
                let record = self.disk.orders.get_mut(&order_no(*parcel)).expect("it is there");
                record.standing = Standing::Cancelled { reason: "by the buyer".into() };
                self.handle(Event::DocumentsArrived { parcels: vec![parcel_id(*parcel)] });
            }
            Step::Break => self.broken = true,
            Step::Mend => self.broken = false,
            Step::FillPool(kind) => self.fill_pool(*kind),
            Step::RefuseNext(parcel) => drop(self.refuse.insert(*parcel)),
            Step::KeepAndRefuseNext(parcel) => drop(self.keep_refused.insert(*parcel)),
            Step::HubSays(parcel, hub) => self.hub_says(*parcel, *hub),
            Step::SomebodyElsesNumberNext(parcel) => drop(self.mistake.insert(*parcel)),
        }
    }

    fn pick(&self, index: usize, fits: impl Fn(&Flight) -> bool) -> Option<usize> {
        let fitting: Vec<usize> =
            self.flights.iter().enumerate().filter(|(_, flight)| fits(flight)).map(|(at, _)| at).collect();
        (!fitting.is_empty()).then(|| fitting[index % fitting.len()])
    }

    /// As the daemon does: nothing is sent before its fact is on the disk.
    fn ask(&mut self, parcel: usize, kept: bool) {
        let under_way = self.flights.iter().any(|flight| flight.heard && flight.parcel == parcel);
        let Some(view) = self.heart.view(&self.disk, &parcel_id(parcel)).filter(|view| self.heart.may_ask(view)) else {
            return;
        };
        let Some(operation) = issuing::operation(&view, &Party::default()).filter(|_| !under_way) else { return };
        let (carrier, broken) = (view.parcel.carrier, self.broken && view.parcel.carrier == JD);
        let news = match &operation {
            _ if broken && view.work.asked != Asked::Never => return,
            _ if broken => CarrierNews::NotSent { why: "the carrier is failing".into() },
            Operation::Cancel { .. } => CarrierNews::CancelRequested,
            _ => CarrierNews::Requested { account: None },
        };
        let event =
            Event::Carrier { parcel: parcel_id(parcel), waybill_id: view.parcel.waybill_id.clone(), carrier, news };
        let turn = self.heart.handle(event, &self.disk);
        if !kept {
            return;
        }
        self.keep(turn);
        if broken {
            return;
        }
        assert_eq!(operation.waybill_id(), Some(&view.parcel.waybill_id), "only under the parcel's id");
        if matches!(operation, Operation::Create(_)) {
            assert!(!self.in_doubt(parcel), "parcel {parcel} is asked for again while it may be at the carrier");
        }
        self.tries += 1;
        self.flights.push(Flight { parcel, operation, tries: self.tries.min(10), said: None, heard: true });
    }

    /// A request for it left, and neither an answer nor a question about it has said since what came of it.
    fn in_doubt(&self, parcel: usize) -> bool {
        let of = |(id, _): &&(Option<ParcelId>, Fact)| id.as_ref() == Some(&parcel_id(parcel));
        let mut doubt = false;
        for (_, fact) in self.facts.iter().filter(of) {
            match fact {
                Fact::WaybillUnanswered { .. } => doubt = true,
                Fact::WaybillNotThere { .. } | Fact::WaybillIssued { origin: Origin::Direct, .. } => doubt = false,
                Fact::WaybillRejected { .. } | Fact::WaybillRegistered { .. } => doubt = false,
                _ => {}
            }
        }
        doubt
    }

    fn serve(&mut self, at: usize) {
        let Flight { parcel, operation, .. } = &self.flights[at];
        let parcel = *parcel;
        let id = operation.waybill_id().expect("about a parcel").to_string();
        let confirmed = |number: &str| {
            Outcome::Confirmed(Issued {
                number: number.to_owned(),
                child_numbers: Vec::new(),
                routing: BTreeMap::new(),
                attention: Vec::new(),
            })
        };
        let said = match operation {
            Operation::Create(shipment) => match self.book.get(&id) {
                Some(booking) if booking.cancelled => rejected(Class::Order),
                Some(booking) if booking.refused => kept_and_refused(),
                Some(booking) => confirmed(&booking.number),
                None if self.refuse.remove(&parcel) => rejected(Class::Order),
                None => {
                    let number = shipment.number.clone().unwrap_or_else(|| {
                        self.issued += 1;
                        match id.contains("-SF-") {
                            true => format!("SF{:013}", self.issued),
                            false => format!("JDX{:012}", self.issued),
                        }
                    });
                    // The station gave it up: it can't know of this.
                    if !self.flights[at].heard {
                        self.late.insert(parcel);
                    }
                    let refused = self.keep_refused.remove(&parcel);
                    self.book.insert(id, Booking { number: number.clone(), cancelled: false, refused });
                    if refused {
                        self.flights[at].said = Some(kept_and_refused());
                        return;
                    }
                    match self.mistake.remove(&parcel).then(|| self.somebody_elses(parcel)).flatten() {
                        Some(other) => {
                            self.mistaken.insert(parcel);
                            confirmed(&other)
                        }
                        None => confirmed(&number),
                    }
                }
            },
            Operation::Cancel { .. } => match self.book.get_mut(&id) {
                None => rejected(Class::NotFound),
                Some(_) if self.refuse.remove(&parcel) => rejected(Class::Order),
                Some(booking) => {
                    booking.cancelled = true;
                    Outcome::Cancelled
                }
            },
            _ => match self.book.get(&id) {
                None => rejected(Class::NotFound),
                Some(booking) if booking.cancelled => Outcome::Cancelled,
                Some(booking) if booking.refused => kept_and_refused(),
                Some(booking) => confirmed(&booking.number),
            },
        };
        self.flights[at].said = Some(said);
    }

    /// As the hub does: once granted it stays so.
    fn hub_says(&mut self, parcel: usize, hub: Hub) {
        let Asked::Rerouting { waybill_id, .. } = self.work(parcel).asked else { return };
        let id = parcel_id(parcel);
        let granted = self.granted.get(&parcel);
        // There are two carriers: who comes from the second has nowhere to go.
        let nobody_left = granted == Some(&waybill_id);
        if nobody_left || (granted.is_none() && matches!(hub, Hub::Refuses)) {
            return self.handle(Event::RerouteRefused { parcel: id, why: "nobody else takes it".into() });
        }
        if matches!(hub, Hub::IsAway) {
            return self.handle(Event::RerouteUnanswered { parcel: id });
        }
        let granted = self.granted.entry(parcel);
        let to = granted.or_insert_with(|| format!("DB20260218-SF-02000{parcel}").into()).clone();
        if matches!(hub, Hub::GrantsUnheard) {
            return;
        }
        let document = self.disk.parcels.get_mut(&id).expect("it is there");
        document.carrier = OTHER;
        document.former.push(std::mem::replace(&mut document.waybill_id, to));
        self.handle(Event::DocumentsArrived { parcels: vec![id] });
    }

    fn somebody_elses(&self, parcel: usize) -> Option<String> {
        let of = |id: &&ParcelId| **id != parcel_id(parcel);
        let mut numbers = self.disk.numbers.iter().filter(|(number, id)| !number.starts_with("TMP-") && of(id));
        numbers.next().map(|(number, _)| number.clone())
    }

    fn answered(&mut self, flight: Flight, answer: Answer) {
        let Flight { parcel, operation, tries, .. } = flight;
        let parcel = parcel_id(parcel);
        self.handle(Event::CarrierAnswered { parcel, operation: Box::new(operation), answer, tries });
    }

    /// New numbers, numbers that are held already, numbers that are on parcels, or rubbish.
    fn fill_pool(&mut self, kind: u8) {
        let known = || {
            self.facts.iter().rev().find_map(|(_, fact)| match fact {
                Fact::PoolFilled { numbers, .. } => Some(numbers.clone()),
                _ => None,
            })
        };
        let numbers = match kind {
            0 | 1 => {
                self.lent += 2;
                (self.lent - 1..=self.lent).map(|number| format!("JDVA{number:011}")).collect()
            }
            2 => known().unwrap_or_default(),
            _ => vec!["SF1234567890123".to_owned(), String::new()],
        };
        let expires_on = date(2026, 5, 1);
        let numbers = numbers.into_iter().map(|number| PoolNumber { number, expires_on }).collect();
        self.handle(Event::PoolFilled { account: JD.into(), numbers, source: Source::Carrier });
    }

    /// What a parcel got, or waits for, in place of its carrier's number.
    pub fn fallback_of(&self, parcel: usize) -> &'static str {
        let work = self.work(parcel);
        match work.waybills.last() {
            Some(waybill) if waybill.origin == Origin::Pool => "pool",
            Some(_) => "temporary",
            None if matches!(work.asked, Asked::Rerouting { .. }) => "reroute",
            None => "nothing",
        }
    }

    /// Another station put a number on a parcel.
    pub fn hear_that_it_is_on(&mut self, parcel: usize, number: &str) {
        let id = parcel_id(parcel);
        let waybill_id = self.disk.parcels[&id].waybill_id.clone();
        let (carrier, number, routing) = (JD, number.to_owned(), BTreeMap::new());
        let fact = Fact::WaybillIssued { waybill_id, carrier, number, origin: Origin::Pool, routing };
        self.handle(Event::RemoteFact { parcel: id, station: "S-2".into(), fact: Box::new(fact) });
    }

    pub fn spares(&self) -> usize {
        self.heart.spares(&JD.into())
    }

    /// How often numbers were taken in.
    pub fn fills(&self) -> usize {
        self.facts.iter().filter(|(_, fact)| matches!(fact, Fact::PoolFilled { .. })).count()
    }

    fn work(&self, parcel: usize) -> Work {
        self.heart.view(&self.disk, &parcel_id(parcel)).expect("it is there").work
    }

    /// The next thing: scan the order, its goods, wait for the printer, scan the label.
    fn pack(&mut self, parcel: usize) {
        let place: milepost::domain::id::PlaceName = place_name(parcel).into();
        let work = self.work(parcel);
        if let Some(label) = work.labels.iter().find(|label| label.outcome.is_none()) {
            let job = label.job.clone();
            let (outcome, evidence) = (PrintOutcome::Confirmed, String::new());
            return self.handle(Event::Printed { place, parcel: parcel_id(parcel), job, outcome, evidence });
        }
        let in_hand = self.heart.session(&place).and_then(|session| session.in_hand.clone());
        let text = match (in_hand, work.stage) {
            (None, Stage::Untouched | Stage::Checking | Stage::Checked) => order_no(parcel),
            (Some(_), Stage::Untouched | Stage::Checking) => "6901234567892".to_owned(),
            // Whoever holds a packed box with a temporary label scans it, to get the real one.
            _ => match work.labels.iter().rev().find(|label| !label.discarded) {
                Some(label) => label.number.clone(),
                None => order_no(parcel),
            },
        };
        self.handle(Event::Scanned { place, text, device: None });
    }
}

fn kept_and_refused() -> Outcome {
    match rejected(Class::Undeliverable) {
        Outcome::Rejected(rejection) => Outcome::Rejected(Rejection { booked: true, ..rejection }),
        other => other,
    }
}

fn rejected(class: Class) -> Outcome {
    Outcome::Rejected(Rejection {
        code: "1".into(),
        message: String::new(),
        class,
        booked: false,
        cure_zh: String::new(),
        cure_en: String::new(),
    })
}
