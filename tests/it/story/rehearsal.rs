//! Plays a story against the heart alone: its actions are answered at once, as the story says the world would.

use std::collections::VecDeque;
use std::sync::Arc;

use milepost::bench::{Action, NotSplit, Place, Prompt, Role, ScanBack, Stale};
use milepost::domain::fact::{Fact, NewEntry, PrintOutcome};
use milepost::domain::hold::Hold;
use milepost::domain::id::{ParcelId, PlaceName, StationCode};
use milepost::domain::order::CarrierCode;
use milepost::domain::parcel::Standing;
use milepost::domain::reason::Reasons;
use milepost::domain::share::Goods;
use milepost::domain::taught::Taught;
use milepost::station::event::Event;
use milepost::station::heart::Heart;
use milepost::station::news::CarrierNews;

use super::elsewhere;
use super::script::{Act, Expected, NewParcel, Verb};
use super::shelf::{PACKER, Shelf, code};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 2, 15);

/// The place beside the story's own.
pub const BESIDE: &str = "bench-2";

pub(super) struct Rehearsal {
    pub(super) heart: Heart,
    pub(super) place: Place,
    /// The story has a second place beside it.
    shares: bool,
    pub(super) shelf: Shelf,
    printer: Printer,
    carrier: String,
    hub_near: bool,
    /// It hears questions, and its answers are lost.
    hub_unheard: bool,
    /// Parcels that it parted meanwhile: their documents come down when it is heard again.
    unheard: Vec<(ParcelId, Goods)>,
    /// What stands still on the scale: it says so again after a restart.
    scale: Option<u32>,
    /// What is known of refunds is too old; and how often that changed.
    is_stale: bool,
    heard: i64,
    /// What the hub tells when it is asked.
    hub_knows: Vec<NewParcel>,
    /// Parcels whose carrier still has time for an answer.
    budgets: Vec<(PlaceName, ParcelId)>,
    /// What is happening, and what is going to.
    events: VecDeque<Event>,
    pub(super) said: Vec<Prompt>,
    pub(super) printed: Vec<(String, String)>,
    pub(super) facts: Vec<NewEntry>,
}

/// What becomes of labels: this of the next few, then that of all others. `None` never answers.
#[derive(Clone, Copy)]
struct Printer {
    first: (u32, Option<PrintOutcome>),
    then: Option<PrintOutcome>,
}

impl Printer {
    const GOOD: Printer = Printer { first: (0, None), then: Some(PrintOutcome::Accepted) };
}

pub fn play(script: &[Act]) -> Result<(), String> {
    run(script, false)
}

pub fn play_restarting(script: &[Act]) -> Result<(), String> {
    run(script, true)
}

fn run(script: &[Act], restarting: bool) -> Result<(), String> {
    let place = Place {
        printer: Some(("desk".into(), "76x130".into())),
        home: Some("desk".into()),
        window: 2,
        reasons: Arc::new(Reasons::builtin()),
        materials: Arc::new(super::shelf::materials()),
        ..Place::new("SZ-01".into(), "bench-1".into(), Role::Pack)
    };
    let mut rehearsal = Rehearsal {
        heart: Heart::new("SZ-01".into(), Vec::new(), TODAY),
        place,
        shares: script.iter().any(|act| matches!(act.verb, Verb::Beside(_))),
        shelf: Shelf::default(),
        printer: Printer::GOOD,
        carrier: "silent".into(),
        hub_near: true,
        hub_unheard: false,
        unheard: Vec::new(),
        scale: None,
        is_stale: false,
        heard: 0,
        hub_knows: Vec::new(),
        budgets: Vec::new(),
        events: VecDeque::new(),
        said: Vec::new(),
        printed: Vec::new(),
        facts: Vec::new(),
    };
    rehearsal.restart();
    rehearsal.scan(&code(&format!("badge {PACKER}")));
    for act in script {
        rehearsal.said.clear();
        rehearsal.printed.clear();
        rehearsal.facts.clear();
        rehearsal.act(&act.verb)?;
        for expected in &act.expected {
            rehearsal.check(expected).map_err(|problem| format!("line {}: {problem}", act.line))?;
        }
        rehearsal.check_nothing_untold(&act.expected).map_err(|problem| format!("line {}: {problem}", act.line))?;
        let silent = !act.expected.iter().any(|expected| matches!(expected, Expected::Say(..) | Expected::Print(..)));
        if let (Verb::Scan(_) | Verb::Beside(_), true) = (&act.verb, silent) {
            return Err(format!("line {}: a scan's answer must be told; it was {}", act.line, rehearsal.last_said()));
        }
        if restarting {
            rehearsal.restart();
        }
    }
    Ok(())
}

impl Rehearsal {
    fn act(&mut self, verb: &Verb) -> Result<(), String> {
        match verb {
            Verb::Place(role) => {
                self.place.role = match role.as_str() {
                    "pack" => Role::Pack,
                    "dock" => Role::Dock,
                    "print-desk" => Role::PrintDesk,
                    "wall" => Role::Wall,
                    "pick" => Role::Pick,
                    "returns" => Role::Returns,
                    _ => return Err(format!("no role is called {role}")),
                };
                self.restart();
            }
            Verb::Setting(key, value) => self.set(key, value)?,
            Verb::Order(new) => self.shelf.add(&new.orders, new.number.as_deref()),
            Verb::Wave(wave, orders) => self.shelf.put_in_wave(wave, orders),
            Verb::Singles(wave, orders) => {
                self.shelf.put_in_wave(wave, orders);
                self.shelf.offer(orders);
            }
            Verb::Expect(record) => drop(self.shelf.returns.insert(record.return_no.clone(), record.clone())),
            Verb::Recall(_) => {
                let parcels = self.shelf.recall();
                self.happen(Event::DocumentsArrived { parcels });
            }
            Verb::Revise(order_no, lines, number) => {
                if let Some(number) = number {
                    self.shelf.renumber(order_no, number);
                }
                let record = self.shelf.record(order_no);
                let number = record.order.waybill.as_ref().map(|waybill| waybill.number.clone());
                let revision = record.order.revision + 1;
                record.order = super::shelf::order(order_no, revision, lines, number.as_deref());
                self.documents_arrived(order_no);
            }
            Verb::Cancel(order_no) => {
                self.shelf.record(order_no).standing = Standing::Cancelled { reason: "refund".into() };
                self.documents_arrived(order_no);
            }
            Verb::Hold(order_no, reason) => {
                self.shelf.record(order_no).standing =
                    Standing::Held { why: vec![Hold::Person { reason: reason.clone(), by: None }] };
                self.documents_arrived(order_no);
            }
            Verb::Resume(order_no) => {
                self.shelf.record(order_no).standing = Standing::Open;
                self.documents_arrived(order_no);
            }
            Verb::Scan(names) => names.split(" then ").for_each(|name| self.scan(&code(name))),
            Verb::Beside(name) => self.happen(Event::Scanned { place: BESIDE.into(), text: code(name), device: None }),
            Verb::Unreadable => {
                self.happen(Event::Unreadable { place: self.place.name.clone(), device: None });
            }
            Verb::Printer(mode) => self.printer(mode)?,
            Verb::Carrier(mode) => self.carrier = mode.clone(),
            Verb::CallBack(order_no, number) => {
                let parcel = self.shelf.parcel_of_order(order_no).parcel_id.clone();
                self.carrier_news(&parcel, issued(number));
            }
            Verb::HubKnows(new) => self.hub_knows.push(new.clone()),
            Verb::Hub(mode) => {
                (self.hub_near, self.hub_unheard) = (mode == "near", mode == "unheard");
                for (parcel, counted) in std::mem::take(&mut self.unheard) {
                    let parcels = self.shelf.split(&parcel, &counted);
                    self.happen(Event::DocumentsArrived { parcels });
                }
            }
            Verb::Elsewhere(station, act, order_no) => self.elsewhere(station, act, order_no)?,
            Verb::Refunds(known) => {
                self.heard += 1;
                self.is_stale = !known;
                self.tell_age();
            }
            Verb::Scale(grams) => {
                (self.place.scale, self.scale) = (true, *grams);
                self.restart();
            }
            Verb::Wait => {
                for (place, parcel) in std::mem::take(&mut self.budgets) {
                    let waybill_id = self.shelf.parcels[&parcel].waybill_id.clone();
                    self.happen(Event::BudgetSpent { place, parcel, waybill_id });
                }
            }
            Verb::Idle => self.happen(Event::PlaceIdle { place: self.place.name.clone() }),
            Verb::Restart => self.restart(),
        }
        Ok(())
    }

    fn tell_age(&mut self) {
        let stale = Stale { as_of_us: self.heard, since: Some("14:02".into()) };
        self.heart.set_stale(self.is_stale.then_some(stale));
    }

    /// As a site's config would have them.
    fn places(&self) -> Vec<Place> {
        if !self.shares {
            return vec![self.place.clone()];
        }
        let place = Place { shared: ["desk".to_owned()].into(), ..self.place.clone() };
        vec![Place { name: BESIDE.into(), ..place.clone() }, place]
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match (key, value) {
            ("scan_back", "after_doubt") => self.place.scan_back = ScanBack::AfterDoubt,
            ("scan_back", "off") => self.place.scan_back = ScanBack::Off,
            ("min_days", days) => {
                let days = days.parse().map_err(|_| format!("{days} is no count"))?;
                self.place.min_days.insert("tmall".into(), days);
            }
            ("strict", "true") => self.place.strict_refunds = true,
            ("slips", "false") => self.place.put_back_slips = false,
            ("handover", "true") => self.place.handover = true,
            ("slots", slots) => self.place.slots = slots.parse().map_err(|_| format!("{slots} is no count"))?,
            ("boxes", "true") => self.place.boxes = true,
            ("stamp_only", "true") => self.place.stamp_only = true,
            ("dividers", "false") => self.place.dividers = false,
            ("printer", "none") => self.place.printer = None,
            ("backup", spare) => self.place.backup = Some((spare.into(), "76x130".into())),
            _ => return Err(format!("no setting {key} {value}")),
        }
        self.restart();
        Ok(())
    }

    fn printer(&mut self, mode: &str) -> Result<(), String> {
        if mode == "ready" {
            self.printer = Printer::GOOD;
            self.happen(Event::PrinterReady { printer: "desk".into() });
            return Ok(());
        }
        let outcome = |word: &str| match word {
            "accepts" => Ok(Some(PrintOutcome::Accepted)),
            "confirms" => Ok(Some(PrintOutcome::Confirmed)),
            "doubts" => Ok(Some(PrintOutcome::Unknown)),
            "refuses" => Ok(Some(PrintOutcome::Refused)),
            "spoils" => Ok(Some(PrintOutcome::Unprintable)),
            "silent" => Ok(None),
            _ => Err(format!("a printer can't {mode}")),
        };
        let (first, then) = match mode.split_once(" then ") {
            Some((first, then)) => {
                let (word, count) = first.split_once(' ').ok_or_else(|| format!("how many, in {mode}?"))?;
                ((count.parse().map_err(|_| format!("{count} is no number of labels"))?, outcome(word)?), then)
            }
            None => ((0, None), mode),
        };
        self.printer = Printer { first, then: outcome(then)? };
        Ok(())
    }

    /// What becomes of the next label. A backup prints, unless its name says otherwise.
    fn outcome(&mut self, printer: &str) -> Option<PrintOutcome> {
        if printer != "desk" {
            let broken = printer.ends_with("broken");
            return Some(if broken { PrintOutcome::Refused } else { PrintOutcome::Accepted });
        }
        let (left, first) = &mut self.printer.first;
        if *left == 0 {
            return self.printer.then;
        }
        *left -= 1;
        *first
    }

    fn elsewhere(&mut self, station: &str, act: &str, order_no: &str) -> Result<(), String> {
        let parcel = self.shelf.parcel_of_order(order_no).clone();
        let orders: Vec<_> =
            parcel.orders.iter().map(|order_no| self.shelf.orders[order_no.as_str()].clone()).collect();
        let fact = elsewhere::fact(act, &parcel, &orders)?;
        if let Some(taught) = Taught::by(&fact, &station.into()) {
            // What comes down of it is the hub's document.
            self.shelf.taught.insert(taught.code.clone(), taught);
            self.happen(Event::DocumentsArrived { parcels: Vec::new() });
            return Ok(());
        }
        self.happen(Event::RemoteFact {
            parcel: parcel.parcel_id,
            station: StationCode::from(station),
            fact: Box::new(fact),
        });
        Ok(())
    }

    fn scan(&mut self, text: &str) {
        self.happen(Event::Scanned { place: self.place.name.clone(), text: text.into(), device: None });
    }

    fn documents_arrived(&mut self, order_no: &str) {
        let parcels = self.shelf.parcels_of_order(order_no);
        self.happen(Event::DocumentsArrived { parcels });
    }

    fn carrier_news(&mut self, parcel: &ParcelId, news: CarrierNews) {
        let waybill_id = self.shelf.parcels[parcel].waybill_id.clone();
        let parcel = parcel.clone();
        self.happen(Event::Carrier { parcel, waybill_id, carrier: CarrierCode::Sf, news });
    }

    /// An event and all that follows from it, in the order in which it would happen: what one event causes comes after
    /// what was caused before it.
    fn happen(&mut self, event: Event) {
        self.events.push_back(event);
        if self.events.len() > 1 {
            return;
        }
        while let Some(event) = self.events.front().cloned() {
            let turn = self.heart.handle(event, &self.shelf);
            self.shelf.keep(&turn.upserts);
            let left = turn.entries.iter().filter(|entry| matches!(entry.fact, Fact::ParcelShipped { .. }));
            left.filter_map(|entry| entry.parcel.as_ref()).for_each(|parcel| self.shelf.left_with(parcel));
            self.facts.extend(turn.entries);
            for (place, action) in turn.actions {
                self.answer(place, action);
            }
            self.events.pop_front();
        }
    }

    fn answer(&mut self, place: PlaceName, action: Action) {
        match action {
            Action::Say(prompt) => self.said.push(prompt),
            Action::Print(order) => {
                self.printed.push((order.template.clone(), order.number.clone()));
                if let Some(outcome) = self.outcome(&order.printer) {
                    let evidence = "the story says so".to_owned();
                    self.happen(Event::Printed { place, parcel: order.parcel, job: order.job, outcome, evidence });
                }
            }
            Action::AskHub { code } => {
                if self.hub_near {
                    for new in std::mem::take(&mut self.hub_knows) {
                        self.shelf.add(&new.orders, new.number.as_deref());
                    }
                }
                self.happen(Event::HubAnswered { place, code, reached: self.hub_near, device: None });
            }
            Action::Borrow { sku, code } => {
                if self.hub_near {
                    let parcels = self.shelf.lend(&self.place.station, &sku);
                    self.happen(Event::DocumentsArrived { parcels });
                }
                if let Some(code) = code {
                    self.happen(Event::HubAnswered { place, code, reached: self.hub_near, device: None });
                }
            }
            Action::Split { parcel, counted, .. } => {
                if self.hub_near {
                    let parcels = self.shelf.split(&parcel, &counted);
                    return self.happen(Event::DocumentsArrived { parcels });
                }
                if self.hub_unheard {
                    self.unheard.push((parcel.clone(), counted));
                }
                self.happen(Event::NotSplit { place, parcel, because: NotSplit::HubAway });
            }
            Action::PrintSheet { printer, template, handover, .. } => {
                self.printed.push((template, handover.handover.clone()));
                if let Some(outcome) = self.outcome(&printer) {
                    let (handover, evidence) = (handover.handover, "the story says so".to_owned());
                    self.happen(Event::SheetPrinted { place, handover, outcome, evidence });
                }
            }
            Action::PrintSlip { template, parcel, .. } => {
                let orders = &self.shelf.parcels[&parcel].orders;
                self.printed.push((template, orders[0].to_string()));
            }
            Action::PrintDivider(order) => {
                self.printed.push((order.template, order.wave.to_string()));
                if let Some(outcome) = self.outcome(&order.printer) {
                    let (job, evidence) = (order.job, "the story says so".to_owned());
                    self.happen(Event::DividerPrinted { place, job, outcome, evidence });
                }
            }
            Action::GetNumber { parcel } => self.ask_carrier(&parcel),
            Action::StartBudget { parcel } => self.budgets.push((place, parcel)),
            // The stories' orders name their carrier.
            Action::Reroute { parcel } => panic!("{parcel} may go with no other carrier"),
            Action::ContinueWave { .. } => self.happen(Event::ContinueWave { place }),
        }
    }

    fn ask_carrier(&mut self, parcel: &ParcelId) {
        self.carrier_news(parcel, CarrierNews::Requested { account: None });
        let mode = self.carrier.clone();
        match mode.split_once(' ') {
            Some(("answers", number)) => self.carrier_news(parcel, issued(number)),
            Some(("rejects", code)) => {
                let (code, message, booked) = (code.into(), "the story says so".into(), false);
                let news = CarrierNews::Rejected { code, message, booked };
                self.carrier_news(parcel, news);
            }
            _ => {}
        }
    }

    /// Only what was kept as rows survives.
    fn restart(&mut self) {
        let mut heart = Heart::new(self.place.station.clone(), self.places(), TODAY);
        let works = self.shelf.works.iter().map(|(id, work)| (id.clone(), work.clone())).collect();
        heart.restore(self.shelf.sessions.clone(), works);
        self.heart = heart;
        self.heart.put_on_scale(&self.place.name, self.scale);
        self.tell_age();
        let parcels = self.heart.parted_in_hand(&self.shelf);
        self.happen(Event::DocumentsArrived { parcels });
        for (place, parcel, job) in self.heart.unsettled() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "restarted".to_owned());
            self.happen(Event::Printed { place, parcel, job, outcome, evidence });
        }
        for (place, handover) in self.heart.unsettled_sheets() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "restarted".to_owned());
            self.happen(Event::SheetPrinted { place, handover, outcome, evidence });
        }
        for (place, job) in self.heart.unsettled_dividers() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "restarted".to_owned());
            self.happen(Event::DividerPrinted { place, job, outcome, evidence });
        }
    }
}

/// A mother number, and its children's.
fn issued(numbers: &str) -> CarrierNews {
    let mut numbers = numbers.split_whitespace().map(str::to_owned);
    let number = numbers.next().expect("a number");
    CarrierNews::Issued { number, children: numbers.collect(), routing: Default::default() }
}
