//! The loop: one event at a time goes to the heart, what it decided goes to the journal, and its actions leave in their
//! order once the journal has it. The loop never waits for an fsync.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use drivers::printer::Printer;
use drivers::scanner::{self, Feedback, ScannerEvent, ScannerHandle};
use tokio::sync::{mpsc, oneshot, watch};

use super::config::StationConfig;
use super::documents::{self, row};
use super::heart::{CarrierNews, Event, Heart, Turn};
use super::printing::{self, Door, Press};
use super::screen::{self, Device, Said, Screen};
use super::{carriers, label_data};
use crate::bench::{Action, PrintOrder, Prompt, Tone};
use crate::domain::fact::{Fact, NewEntry, PrintOutcome};
use crate::domain::id::{ParcelId, PlaceName};
use crate::journal::{AppendError, Batch, Committed, Journal, Reader, Upsert};
use crate::machine;
use crate::sync::clock::HubClock;
use crate::sync::worker::{Came, Sync, SyncState};
use crate::wire::{AskAnswer, AskRequest, DownDocument, RemoteFact};

/// Events that may wait for the loop before their senders do.
const CHANNEL: usize = 1_024;

/// What a running station shows to its pages, its tests and whoever started it.
#[derive(Clone)]
pub struct Running {
    pub config: Arc<StationConfig>,
    pub screens: BTreeMap<PlaceName, watch::Receiver<Screen>>,
    pub sync: watch::Receiver<SyncState>,
    pub journal: std::path::PathBuf,
    pub epoch: String,
    /// Where TCP scanners are awaited, by scanner.
    pub scanners: BTreeMap<String, std::net::SocketAddr>,
}

/// A turn whose facts are on their way to the disk.
struct Pending {
    durable: Option<oneshot::Receiver<Result<Committed, AppendError>>>,
    turn: Turn,
    /// The scan behind it: the device that is answered, and what it read.
    scan: Option<(PlaceName, Option<String>, String)>,
    then: Then,
}

/// Documents that came down, by the feed or as an answer, and what they were asked for.
struct Arrived {
    documents: Vec<DownDocument>,
    /// Where the feed goes on; answers don't move it.
    cursor: Option<u64>,
    then: Option<Event>,
}

/// What else waits for the commit.
enum Then {
    Nothing,
    SendRequest(Box<carriers::Ask>),
    /// New documents: whoever has one of these parcels in hand looks again.
    Look(Vec<ParcelId>),
    /// The feed goes on behind this cursor, and somebody waited for the documents.
    Arrived(Option<u64>, Option<Event>),
}

pub struct Daemon {
    config: Arc<StationConfig>,
    journal: Journal,
    reader: Reader,
    heart: Heart,
    clock: Arc<Mutex<HubClock>>,
    boot_id: String,
    pending: VecDeque<Pending>,
    events: mpsc::Sender<Event>,
    answers: mpsc::Sender<Arrived>,
    doors: HashMap<String, Door>,
    scanners: HashMap<String, ScannerHandle>,
    places_of: HashMap<String, PlaceName>,
    screens: BTreeMap<PlaceName, watch::Sender<Screen>>,
    link: Option<crate::sync::Link>,
    /// Both loops of the sync; they end with the daemon.
    syncing: tokio::task::JoinSet<()>,
    carriers: carriers::Carriers,
    committed: watch::Sender<u64>,
    kept: watch::Sender<u64>,
    zone: String,
}

/// The channels the loop listens to.
pub struct Ears {
    events: mpsc::Receiver<Event>,
    scans: mpsc::Receiver<ScannerEvent>,
    came: mpsc::Receiver<Came>,
    answers: mpsc::Receiver<Arrived>,
    sync: watch::Receiver<SyncState>,
}

impl Daemon {
    /// Opens the journal, starts devices and sync; nothing is handled before `run`.
    pub fn start(config: StationConfig) -> anyhow::Result<(Daemon, Ears, Running)> {
        config.check()?;
        let code = crate::domain::id::StationCode(config.code.clone());
        let path = config.data_dir.join("journal.db");
        let journal = crate::journal::open::open(&path, &code, &machine::machine_id(), machine::wall_us())
            .with_context(|| format!("open the journal of station {code}"))?;
        let reader = journal.reader().context("read the journal")?;
        let mut heart = Heart::new(code.clone(), config.places());
        let open = documents::open_work(&reader).context("read open work")?;
        heart.restore(open.sessions, open.works);

        let (events, heard) = mpsc::channel(CHANNEL);
        let (scans, scanned) = mpsc::channel(CHANNEL);
        let (came, coming) = mpsc::channel(1);
        let (answers, answered) = mpsc::channel(CHANNEL);
        let clock = Arc::new(Mutex::new(HubClock::default()));
        let boot_id = machine::boot_id();
        let (state, sync) = watch::channel(SyncState::default());
        let (committed, commits) = watch::channel(0);
        let cursor = reader.meta("cursor")?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let (kept, keeps) = watch::channel(cursor);
        let link = link(&config)?;
        let mut syncing = tokio::task::JoinSet::new();
        if let Some(link) = &link {
            let worker = Sync {
                link: link.clone(),
                journal: journal.clone(),
                station: code.clone(),
                boot_id: boot_id.clone(),
                clock: clock.clone(),
                state,
                another_past: Arc::default(),
            };
            syncing.spawn(watched("the way up to the hub", worker.clone().up(commits)));
            syncing.spawn(watched("the way down from the hub", worker.down(came, keeps)));
        }

        let press = Arc::new(press(&config)?);
        let mut doors = HashMap::new();
        for printer in &config.printer {
            let name = printer.name.clone();
            let printer = Printer::new(printer.clone()).with_context(|| format!("set up printer `{name}`"))?;
            doors.insert(name, printing::start(printer, press.clone(), events.clone()));
        }
        let mut scanners = HashMap::new();
        let mut addresses = BTreeMap::new();
        for scanner in &config.scanner {
            let handle = scanner::spawn(scanner.clone(), scans.clone());
            if let Some(address) = handle.address() {
                addresses.insert(scanner.name.clone(), address);
            }
            scanners.insert(scanner.name.clone(), handle);
        }
        let mut places_of = HashMap::new();
        let mut screens = BTreeMap::new();
        let mut shown = BTreeMap::new();
        for place in &config.place {
            let name = PlaceName(place.name.clone());
            for scanner in &place.scanners {
                places_of.insert(scanner.clone(), name.clone());
            }
            let (screen, receiver) = watch::channel(Screen::new(&place.name));
            shown.insert(name.clone(), receiver);
            screens.insert(name, screen);
        }
        let carriers = carriers::Carriers::new(config.sf.as_ref(), config.sender.clone())?;
        let config = Arc::new(config);
        let running = Running {
            config: config.clone(),
            screens: shown,
            sync: sync.clone(),
            journal: path,
            epoch: journal.epoch().to_owned(),
            scanners: addresses,
        };
        let zone = config.zone.clone();
        let daemon = Daemon {
            config,
            journal,
            reader,
            heart,
            clock,
            boot_id,
            pending: VecDeque::new(),
            events,
            answers,
            doors,
            scanners,
            places_of,
            screens,
            link,
            syncing,
            carriers,
            committed,
            kept,
            zone,
        };
        Ok((daemon, Ears { events: heard, scans: scanned, came: coming, answers: answered, sync }, running))
    }

    /// Handles events until `stop` says so; what was handed in is durable when it returns.
    pub async fn run(mut self, mut ears: Ears, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        self.take_up();
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                done = front(&mut self.pending) => self.settled(done),
                Some(event) = ears.events.recv() => self.handle(event),
                Some(scan) = ears.scans.recv() => self.scanned(scan),
                Some(came) = ears.came.recv() => {
                    self.arrived(Arrived { documents: came.documents, cursor: Some(came.cursor), then: None });
                }
                Some(answer) = ears.answers.recv() => self.arrived(answer),
                Ok(()) = ears.sync.changed() => self.show_hub(&ears.sync),
                _ = tick.tick() => self.show_devices(),
                _ = stop.changed() => break,
            }
        }
        while !self.pending.is_empty() {
            let done = front(&mut self.pending).await;
            self.settled(done);
        }
        // They hold the journal as well, and a long poll would hold it for another 20 s.
        self.syncing.shutdown().await;
        Ok(())
    }

    /// After a start: what was on its way to a printer is in doubt, what was asked of a carrier is asked about.
    fn take_up(&mut self) {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.handle(Event::Noted(Box::new(NewEntry {
            fact: Fact::StationStarted { version },
            parcel: None,
            orders: Vec::new(),
            operator: None,
            device: None,
        })));
        for (place, parcel, job) in self.heart.unsettled() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "the station restarted while it printed".to_owned());
            self.handle(Event::Printed { place, parcel, job, outcome, evidence });
        }
        for parcel in self.heart.waiting_for_carrier() {
            self.ask_carrier(&parcel);
        }
        let parcels: Vec<ParcelId> =
            self.reader.documents("parcel").unwrap_or_default().into_iter().map(|(key, _)| ParcelId(key)).collect();
        self.ask_ahead(&parcels);
        for name in self.screens.keys().cloned().collect::<Vec<_>>() {
            self.show(&name, None);
            // How much of its time was left is not known any more: the packer waits once more, and no longer.
            if self.heart.standing(&self.reader, &name) == Some(Prompt::GettingNumber)
                && let Some(parcel) = self.heart.session(&name).and_then(|session| session.in_hand.clone())
            {
                self.get_number(&parcel);
                self.start_budget(name.clone(), parcel);
            }
            let printing = self.heart.session(&name).is_some_and(|session| session.wave.is_some());
            if printing {
                self.handle(Event::ContinueWave { place: name });
            }
        }
        self.show_devices();
    }

    fn handle(&mut self, event: Event) {
        let news = match &event {
            Event::AskCarrier { parcel } => return self.ask_carrier(&parcel.clone()),
            Event::DocumentsArrived { parcels } => parcels.clone(),
            _ => Vec::new(),
        };
        if let Event::BudgetSpent { parcel, .. } = &event
            && self.heart.view(&self.reader, parcel).is_some_and(|view| view.number().is_none())
        {
            self.carriers.budget_spent();
        }
        let scan = match &event {
            Event::Scanned { place, text, device } => Some((place.clone(), device.clone(), text.clone())),
            Event::Unreadable { place, device } => Some((place.clone(), device.clone(), String::new())),
            _ => None,
        };
        let turn = self.heart.handle(event, &self.reader);
        self.queue(turn, scan, Then::Nothing);
        // Numbers are asked for long before their labels are needed.
        self.ask_ahead(&news);
    }

    /// Hands a turn's facts to the journal at once; its actions wait in line.
    fn queue(&mut self, mut turn: Turn, scan: Option<(PlaceName, Option<String>, String)>, then: Then) {
        let entries = std::mem::take(&mut turn.entries);
        let upserts = std::mem::take(&mut turn.upserts);
        let entries: Vec<_> = entries.into_iter().map(|entry| (self.stamp(), entry)).collect();
        let durable = match entries.is_empty() && upserts.is_empty() {
            true => None,
            false => Some(self.journal.append(Batch { entries, upserts })),
        };
        self.pending.push_back(Pending { durable, turn, scan, then });
    }

    fn stamp(&self) -> crate::domain::stamp::Stamp {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.stamp(machine::wall_us(), machine::boottime_ns(), &self.boot_id, &self.zone)
    }

    /// The front of the line is durable, or isn't.
    fn settled(&mut self, (pending, done): (Pending, Result<Option<Committed>, AppendError>)) {
        match done {
            Ok(committed) => {
                if let Some(committed) = committed {
                    self.committed.send_replace(committed.last_seq);
                }
                self.act(pending);
            }
            Err(error) => self.not_saved(pending, &error),
        }
    }

    /// Memory holds what the disk doesn't: it is thrown away, and every packer whose scan was in it hears so.
    fn not_saved(&mut self, first: Pending, error: &AppendError) {
        tracing::error!(%error, "scans were not saved; their packers are told");
        let mut lost: Vec<Pending> = vec![first];
        lost.extend(self.pending.drain(..));
        let mut heart = Heart::new(self.config.code.as_str().into(), self.config.places());
        match documents::open_work(&self.reader) {
            Ok(open) => heart.restore(open.sessions, open.works),
            Err(error) => tracing::error!(%error, "the journal can't be read"),
        }
        self.heart = heart;
        let mut told = HashSet::new();
        for pending in lost {
            if let Some((place, device, code)) = pending.scan {
                self.say(&place, &[Prompt::NotSaved], Some((&device, &code)));
                told.insert(place);
            }
            if let Then::Arrived(Some(_), _) = pending.then {
                // The same documents are asked for again.
                self.kept.send_modify(|_| {});
            }
        }
        for place in told {
            self.show(&place, Some(Said::of(&[Prompt::NotSaved])));
        }
    }

    fn act(&mut self, pending: Pending) {
        let mut said: HashMap<PlaceName, Vec<Prompt>> = HashMap::new();
        for (place, action) in pending.turn.actions {
            match action {
                Action::Say(prompt) => said.entry(place).or_default().push(prompt),
                Action::Print(order) => self.print(place, order),
                Action::AskHub { code } => self.ask_hub(place, code),
                Action::GetNumber { parcel } => self.get_number(&parcel),
                Action::StartBudget { parcel } => self.start_budget(place, parcel),
                Action::ContinueWave { .. } => self.later(Event::ContinueWave { place }, Duration::ZERO),
            }
        }
        match pending.then {
            Then::Nothing => {}
            Then::SendRequest(ask) => self.carriers.send(*ask, self.events.clone()),
            Then::Look(parcels) => self.handle(Event::DocumentsArrived { parcels }),
            Then::Arrived(cursor, then) => {
                if let Some(cursor) = cursor {
                    self.kept.send_replace(cursor);
                }
                if let Some(event) = then {
                    self.handle(event);
                }
            }
        }
        for (place, prompts) in said {
            let scan = pending.scan.as_ref().filter(|(at, ..)| *at == place);
            self.say(&place, &prompts, scan.map(|(_, device, code)| (device, code.as_str())));
        }
        self.heart.forget_finished();
    }

    /// Screen first, then the scanner that asked: whoever hears the beep looks up and must not see what was before it.
    fn say(&mut self, place: &PlaceName, prompts: &[Prompt], scan: Option<(&Option<String>, &str)>) {
        let said = Said::of(prompts);
        if let (Some((_, code)), Some(screen)) = (scan, self.screens.get(place)) {
            screen.send_modify(|screen| screen.add_scan(code, &said));
        }
        self.show(place, Some(said.clone()));
        let feedback = match said.tone {
            Tone::Ok | Tone::Ask => Feedback::Good,
            Tone::Warn => Feedback::Warn,
            Tone::Stop => Feedback::Bad,
        };
        let device = scan.and_then(|(device, _)| device.as_ref());
        if let Some(scanner) = device.and_then(|name| self.scanners.get(name)) {
            scanner.feedback(feedback, &said.zh);
        }
    }

    /// Draws the place's screen anew; without a prompt it says what stands.
    fn show(&self, place: &PlaceName, said: Option<Said>) {
        let Some(screen) = self.screens.get(place) else { return };
        let Some(session) = self.heart.session(place) else { return };
        let said = said.or_else(|| Some(Said::of(&[self.heart.standing(&self.reader, place)?])));
        let hand = session.in_hand.as_ref().and_then(|parcel| self.heart.view(&self.reader, parcel));
        screen.send_modify(|screen| {
            screen.version += 1;
            if let Some(said) = said {
                screen.say(said);
            }
            screen.show(session, hand.as_ref(), |id| documents::operator_name(&self.reader, id));
        });
    }

    fn scanned(&mut self, event: ScannerEvent) {
        match event {
            ScannerEvent::Scan(scan) => {
                let Some(place) = self.places_of.get(&scan.device).cloned() else { return };
                self.handle(Event::Scanned { place, text: scan.data, device: Some(scan.device) });
            }
            ScannerEvent::Refused { device, reason, sample } => {
                tracing::warn!(%device, ?reason, %sample, "a scan could not be believed");
                let Some(place) = self.places_of.get(&device).cloned() else { return };
                self.handle(Event::Unreadable { place, device: Some(device) });
            }
            ScannerEvent::Duplicate { device, .. } => {
                tracing::debug!(%device, "the same code twice within the duplicate window");
            }
            ScannerEvent::Connected { device } => self.show_scanner(&device, true, "connected"),
            ScannerEvent::Lost { device, why } => {
                tracing::warn!(%device, %why, "a scanner is gone; it comes back by itself");
                self.show_scanner(&device, false, "lost");
            }
        }
    }

    fn show_scanner(&self, name: &str, ok: bool, state: &str) {
        let Some(screen) = self.places_of.get(name).and_then(|place| self.screens.get(place)) else { return };
        let device = Device { name: name.to_owned(), ok, state: state.to_owned() };
        screen.send_modify(|screen| {
            screen.scanners.retain(|other| other.name != device.name);
            screen.scanners.push(device);
            screen.scanners.sort_by(|a, b| a.name.cmp(&b.name));
        });
    }

    fn show_devices(&self) {
        for place in self.heart.places() {
            let Some((name, _)) = &place.printer else { continue };
            let (Some(door), Some(screen)) = (self.doors.get(name), self.screens.get(&place.name)) else { continue };
            let device = Some(screen::printer(name, &door.status.borrow()));
            screen.send_if_modified(|screen| {
                let changed = screen.printer != device;
                screen.printer = device;
                changed
            });
        }
    }

    fn show_hub(&self, sync: &watch::Receiver<SyncState>) {
        let state = sync.borrow().clone();
        for screen in self.screens.values() {
            screen.send_modify(|screen| screen.hub = state.clone());
        }
    }

    fn print(&self, place: PlaceName, order: PrintOrder) {
        let Some(door) = self.doors.get(&order.printer) else {
            tracing::error!(printer = %order.printer, "a label was queued for a printer that isn't there");
            return;
        };
        let view = self.heart.view(&self.reader, &order.parcel);
        let session = self.heart.session(&place);
        let operator = session.and_then(|session| session.operator.as_ref()).map(ToString::to_string);
        let sender = self.carriers.sender();
        let data = match view {
            Some(view) => {
                label_data::label_data(&view, &order, sender, &self.config.code, operator, machine::wall_us())
            }
            None => Err(format!("parcel {} is not in the journal", order.parcel)),
        };
        let job = printing::Job { place, order, data: data.map(Box::new) };
        if door.jobs.send(job).is_err() {
            tracing::error!("a printer's task is gone");
        }
    }

    fn ask_hub(&self, place: PlaceName, code: String) {
        let question = AskRequest::Code { code: code.clone() };
        self.ask(question, move |answer| {
            let reached = answer.is_some();
            Some(Event::HubAnswered { place, code, reached })
        });
    }

    /// The holder of the lease asks the carrier; somebody else asks the hub for the lease first.
    fn get_number(&mut self, parcel: &ParcelId) {
        let Some(view) = self.heart.view(&self.reader, parcel) else { return };
        if view.parcel.issuer.is_some() || self.link.is_none() {
            return self.ask_carrier(parcel);
        }
        let parcel = parcel.clone();
        let question = AskRequest::Lease { parcel_id: parcel.to_string() };
        self.ask(question, |answer| answer.filter(|answer| answer.leased).map(|_| Event::AskCarrier { parcel }));
    }

    /// Asks the hub beside the loop; the answer's documents and what follows from it come back through `answers`.
    fn ask(&self, question: AskRequest, then: impl FnOnce(Option<&AskAnswer>) -> Option<Event> + Send + 'static) {
        let (answers, link) = (self.answers.clone(), self.link.clone());
        tokio::spawn(async move {
            let answer = match link {
                Some(link) => link.ask(&question).await.ok(),
                None => None,
            };
            let then = then(answer.as_ref());
            let documents = answer.map(|answer| answer.documents).unwrap_or_default();
            // The loop is gone only when the station stops.
            let _ = answers.send(Arrived { documents, cursor: None, then }).await;
        });
    }

    /// Asks the carrier about a parcel, if this station may and nothing is under way.
    fn ask_carrier(&mut self, parcel: &ParcelId) {
        let Some(view) = self.heart.view(&self.reader, parcel).filter(|view| self.heart.may_ask(view)) else { return };
        let Some(ask) = self.carriers.next(&view, machine::wall_us()) else { return };
        let upserts = vec![Upsert::Request {
            waybill_id: view.parcel.waybill_id.clone(),
            attempt: ask.tries,
            body: serde_json::to_string(&ask.request).expect("a request is plain data"),
        }];
        let mut turn = self.heart.handle(ask.event(CarrierNews::Requested), &self.reader);
        turn.upserts.extend(upserts);
        self.queue(turn, None, Then::SendRequest(Box::new(ask)));
    }

    fn ask_ahead(&mut self, parcels: &[ParcelId]) {
        for parcel in self.heart.to_ask(&self.reader, parcels) {
            self.ask_carrier(&parcel);
        }
    }

    fn start_budget(&self, place: PlaceName, parcel: ParcelId) {
        self.later(Event::BudgetSpent { place, parcel }, self.carriers.budget());
    }

    fn later(&self, event: Event, after: Duration) {
        let events = self.events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let _ = events.send(event).await;
        });
    }

    /// Documents first, so that the heart can read them; then the facts, with the cursor behind which they stood.
    fn arrived(&mut self, came: Arrived) {
        let mut rows = Vec::new();
        let mut parcels = HashSet::new();
        let mut facts = Vec::new();
        for document in &came.documents {
            if document.kind == "fact" {
                facts.extend(serde_json::from_str::<RemoteFact>(document.body.get()).ok());
            }
            match row(document) {
                Some(row) => rows.push(row),
                None => {
                    tracing::error!(kind = %document.kind, key = %document.key, "the hub sent a document of another shape")
                }
            }
            match document.kind.as_str() {
                "parcel" => drop(parcels.insert(ParcelId(document.key.clone()))),
                "order" => {
                    let found = self.reader.matches(&document.key).unwrap_or_default();
                    parcels.extend(
                        found.into_iter().filter(|found| found.kind == "parcel").map(|found| ParcelId(found.key)),
                    );
                }
                _ => {}
            }
        }
        let turn = Turn { upserts: rows, ..Turn::default() };
        self.queue(turn, None, Then::Look(parcels.into_iter().collect()));
        let mut all = Turn::default();
        for fact in facts {
            let Some(known) = Fact::from_parts(&fact.kind, &fact.body.to_string()) else { continue };
            let (parcel, station) = (ParcelId(fact.parcel_id), fact.station.as_str().into());
            let turn = self.heart.handle(Event::RemoteFact { parcel, station, fact: Box::new(known) }, &self.reader);
            all.entries.extend(turn.entries);
            all.upserts.extend(turn.upserts);
            all.actions.extend(turn.actions);
        }
        if let Some(cursor) = came.cursor {
            all.upserts.push(Upsert::Meta { key: "cursor", value: cursor.to_string() });
        }
        self.queue(all, None, Then::Arrived(came.cursor, came.then));
    }
}

/// The journal's door is passed when the front's facts are durable.
async fn front(pending: &mut VecDeque<Pending>) -> (Pending, Result<Option<Committed>, AppendError>) {
    let done = match pending.front_mut() {
        None => std::future::pending().await,
        Some(Pending { durable: None, .. }) => Ok(None),
        Some(Pending { durable: Some(durable), .. }) => match durable.await {
            Ok(done) => done.map(Some),
            Err(_) => Err(AppendError::Closed { path: Default::default(), why: "its thread ended".into() }),
        },
    };
    (pending.pop_front().expect("the front was looked at above"), done)
}

fn link(config: &StationConfig) -> anyhow::Result<Option<crate::sync::Link>> {
    let Some(hub) = &config.hub else { return Ok(None) };
    let key = std::fs::read_to_string(&hub.key_file).with_context(|| {
        format!("read the station's key {}: join the hub with `milepost join`", hub.key_file.display())
    })?;
    Ok(Some(crate::sync::Link::new(&hub.url, &config.code.as_str().into(), &key)?))
}

fn press(config: &StationConfig) -> anyhow::Result<Press> {
    let mut templates = crate::label::Templates::builtin();
    if let Some(folder) = &config.label.templates {
        templates = templates.with_dir(folder).with_context(|| format!("read templates in {}", folder.display()))?;
    }
    let paths = match config.label.fonts.is_empty() {
        true => vec![std::path::PathBuf::from(crate::label::fonts::DEFAULT_PATH)],
        false => config.label.fonts.clone(),
    };
    Ok(Press { templates, fonts: crate::label::Fonts::load(&paths) })
}

/// A loop of the sync that ends takes nothing with it, but somebody must come.
async fn watched(what: &str, work: impl Future<Output = Result<(), crate::sync::worker::SyncError>>) {
    match work.await {
        Ok(()) | Err(crate::sync::worker::SyncError::Stopped) => {}
        Err(error) => tracing::error!(%error, "{what} ended: restart the station once its disk is sound"),
    }
}
