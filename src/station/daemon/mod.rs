//! The loop: one event at a time goes to the heart, what it decided goes to the journal, and its actions leave in their
//! order once the journal has it. The loop never waits for an fsync.

mod asking;
mod calls;
mod idle;
mod refunds;
mod relabelling;
mod sheets;
mod show;
mod start;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drivers::scale::{ScaleEvent, ScaleHandle};
use drivers::scanner::{ScannerEvent, ScannerHandle};
use tokio::sync::{mpsc, oneshot, watch};

pub use calls::{Answered, Call, ScreenPhoto, ScreenScan};
pub use start::Running;
pub(super) use start::link;

use crate::bench::{Action, Prompt};
use crate::domain::fact::Fact;
use crate::domain::id::{ParcelId, PlaceName, WaybillId};
use crate::journal::{AppendError, Batch, Committed, Journal, Reader, Upsert};
use crate::machine;
use crate::station::config::StationConfig;
use crate::station::documents::row;
use crate::station::event::Event;
use crate::station::heart::{Heart, Turn};
use crate::station::outages::Outages;
use crate::station::paired::{Paired, Screens};
use crate::station::pools::Pools;
use crate::station::printing::Door;
use crate::station::relabel::{Known, Queue};
use crate::station::screen::{Said, Screen};
use crate::station::speaker::Speakers;
use crate::station::{carriers, marks};
use crate::sync::clock::HubClock;
use crate::sync::worker::{Came, SyncState};
use crate::wire::{AskAnswer, AskRequest, DeviceState, DownDocument, RemoteFact};

/// A scale that is asked shows what lies on it within a blink for as long as this after a scan.
const WEIGHING: Duration = Duration::from_secs(30);

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
    /// The screen that sent a scan waits for what it came to.
    Answer((String, String), Answered, oneshot::Sender<Answered>),
    /// A screen belongs to a place now, or to none any more.
    Paired(String, Option<Paired>, oneshot::Sender<()>),
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
    scales: HashMap<String, ScaleHandle>,
    places_of: HashMap<String, PlaceName>,
    /// When somebody scanned last, by the time since boot.
    scanned_ns: HashMap<PlaceName, i64>,
    screens: BTreeMap<PlaceName, watch::Sender<Screen>>,
    speakers: Speakers,
    /// What the queue of labels to be replaced is added up from, and where it is shown.
    known: Known,
    relabel: watch::Sender<Queue>,
    link: Option<crate::sync::Link>,
    sync: watch::Receiver<SyncState>,
    /// Both loops of the sync; they end with the daemon.
    syncing: tokio::task::JoinSet<()>,
    carriers: carriers::Carriers,
    outages: Outages,
    /// When the hub was asked last to let the parcel of an id go with another carrier.
    rerouting: HashMap<WaybillId, Instant>,
    /// Where parcels go, by the site's tables.
    tables: Pools,
    committed: watch::Sender<u64>,
    kept: watch::Sender<u64>,
    zone: String,
    /// For the hub's page of the shift.
    devices: watch::Sender<Vec<DeviceState>>,
    paired: watch::Sender<Arc<Screens>>,
    /// Scans of screens that are on their way to the disk.
    sending: HashSet<(String, String)>,
}

/// The channels the loop listens to.
pub struct Ears {
    events: mpsc::Receiver<Event>,
    scans: mpsc::Receiver<ScannerEvent>,
    weights: mpsc::Receiver<ScaleEvent>,
    came: mpsc::Receiver<Came>,
    answers: mpsc::Receiver<Arrived>,
    calls: mpsc::Receiver<Call>,
    sync: watch::Receiver<SyncState>,
}

impl Daemon {
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
                Some(call) = ears.calls.recv() => self.called(call),
                Some(weight) = ears.weights.recv() => self.weighed(weight),
                Some(came) = ears.came.recv() => {
                    self.arrived(Arrived { documents: came.documents, cursor: Some(came.cursor), then: None });
                }
                Some(answer) = ears.answers.recv() => self.arrived(answer),
                Ok(()) = ears.sync.changed() => self.show_hub(&ears.sync),
                _ = tick.tick() => {
                    self.look_at_refunds();
                    self.show_devices();
                    self.tell_devices();
                    self.show_carriers();
                    self.tell_outages();
                    self.show_relabel();
                    self.fill_pools();
                    self.lock_idle();
                }
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

    fn handle(&mut self, event: Event) {
        if matches!(&event, Event::Noted(entry) if matches!(entry.fact, Fact::JournalDamaged { .. })) {
            self.show_damage();
        }
        if let Event::DocumentsArrived { parcels } = &event {
            self.known.forget(parcels);
        }
        if matches!(event, Event::PrinterReady { .. } | Event::PrinterDown { .. }) {
            self.show_devices();
        }
        if let Event::Printed { place, evidence, .. } = &event {
            self.speakers.printed(place, evidence);
        }
        let news = match &event {
            Event::AskCarrier { parcel } => return self.ask_carrier(&parcel.clone()),
            Event::DocumentsArrived { parcels } => parcels.clone(),
            _ => Vec::new(),
        };
        if let Event::Scanned { place, .. } | Event::Unreadable { place, .. } = &event {
            self.scanned_ns.insert(place.clone(), machine::boottime_ns());
        }
        if let Event::Scanned { place, .. } | Event::HubAnswered { place, .. } = &event {
            self.look_at_scale(&place.clone());
            self.look_at_refunds();
        }
        if let Event::BudgetSpent { parcel, waybill_id, .. } = &event
            && let Some(view) = self.heart.view(&self.reader, parcel).filter(|view| view.number().is_none())
        {
            self.carriers.budget_spent(&view, waybill_id);
        }
        if let Event::CarrierAnswered { parcel, .. } = &event {
            self.carriers.answered(parcel);
        }
        let scan = match &event {
            Event::Scanned { place, text, device } => Some((place.clone(), device.clone(), text.clone())),
            Event::HubAnswered { place, code, device, .. } => Some((place.clone(), device.clone(), code.clone())),
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
        let mut upserts = std::mem::take(&mut turn.upserts);
        let entries: Vec<_> = entries.into_iter().map(|entry| (self.stamp(), entry)).collect();
        upserts.extend(self.since(&entries));
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
        self.heart = start::remembered(&self.config, &self.reader, &self.tables).unwrap_or_else(|error| {
            tracing::error!(%error, "the journal can't be read");
            Heart::new(self.config.code.as_str().into(), self.config.places(), start::today(&self.config))
        });
        let mut told = HashSet::new();
        for pending in lost {
            if let Some((place, device, code)) = pending.scan {
                self.say(&place, &[Prompt::NotSaved], Some((&device, &code)));
                told.insert(place);
            }
            match pending.then {
                // The same documents are asked for again.
                Then::Arrived(Some(_), _) => self.kept.send_modify(|_| {}),
                // Nothing of it left: it may be asked again.
                Then::SendRequest(ask) => self.carriers.unsent(&ask, &self.events),
                Then::Answer(scan, ..) => drop(self.sending.remove(&scan)),
                _ => {}
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
                Action::AskHub { code } => {
                    let device = pending.scan.as_ref().and_then(|(_, device, _)| device.clone());
                    self.ask_hub(place, code, device);
                }
                Action::Borrow { sku, code } => {
                    let device = pending.scan.as_ref().and_then(|(_, device, _)| device.clone());
                    self.borrow(place, sku, code, device);
                }
                Action::PrintSheet { printer, template, handover, copy } => {
                    self.print_sheet(place, &printer, template, &handover, copy);
                }
                Action::PrintSlip { printer, template, parcel, goods } => {
                    self.print_slip(place, &printer, template, &parcel, goods);
                }
                Action::PrintDivider(order) => self.print_divider(place, order),
                Action::GetNumber { parcel } => self.get_number(&parcel),
                Action::StartBudget { parcel } => self.start_budget(place, parcel),
                Action::Reroute { parcel } => self.ask_carrier(&parcel),
                Action::Split { parcel, number, counted } => self.split(place, parcel, number, counted),
                Action::ContinueWave { .. } => self.later(Event::ContinueWave { place }, Duration::ZERO),
            }
        }
        for (parcel, pause) in pending.turn.again {
            self.later(Event::AskCarrier { parcel }, pause);
        }
        let mut answer = None;
        match pending.then {
            Then::Nothing => {}
            Then::SendRequest(ask) => self.carriers.send(*ask, self.events.clone()),
            Then::Look(parcels) => self.handle(Event::DocumentsArrived { parcels }),
            Then::Answer(scan, answered, reply) => {
                self.sending.remove(&scan);
                answer = Some((answered, reply));
            }
            Then::Paired(hash, paired, done) => self.paired_is(hash, paired, done),
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
        if let Some((answered, reply)) = answer {
            // A screen that left asks again, and is answered from the journal.
            let _ = reply.send(answered);
        }
        self.heart.forget_finished();
        if self.pending.is_empty() {
            self.heart.forget_taught();
        }
    }

    fn scanned(&mut self, event: ScannerEvent) {
        match event {
            ScannerEvent::Scan(scan) => {
                let Some(place) = self.places_of.get(&scan.device).cloned() else { return };
                self.handle(Event::Scanned { place, text: marks::text(&scan), device: Some(scan.device) });
            }
            // What it read may be somebody's phone number.
            ScannerEvent::Refused { device, reason, .. } => {
                tracing::warn!(%device, ?reason, "a scan could not be believed");
                let Some(place) = self.places_of.get(&device).cloned() else { return };
                self.handle(Event::Unreadable { place, device: Some(device) });
            }
            ScannerEvent::Duplicate { device, .. } => {
                tracing::debug!(%device, "the same code twice within the duplicate window");
                if let Some(place) = self.places_of.get(&device) {
                    self.speakers.dropped(place);
                }
            }
            ScannerEvent::Connected { device } => self.show_scanner(&device, true, "connected"),
            ScannerEvent::Lost { device, why } => {
                tracing::warn!(%device, %why, "a scanner is gone; it comes back by itself");
                self.show_scanner(&device, false, "lost");
            }
        }
    }

    /// The heart hears what stands on the scale at this moment, and nothing older: not what the screen shows, which may
    /// be the parcel before. Whoever scans may weigh next.
    fn look_at_scale(&mut self, place: &PlaceName) {
        let config = self.config.place.iter().find(|config| config.name == place.as_str());
        let name = config.and_then(|config| config.scale.as_ref());
        let Some(scale) = name.and_then(|name| self.scales.get(name)) else { return };
        self.heart.put_on_scale(place, scale.grams());
        scale.want(WEIGHING);
    }

    fn weighed(&mut self, event: ScaleEvent) {
        match event {
            // It says how it is in a moment.
            ScaleEvent::Connected { device } => tracing::debug!(%device, "a scale is connected"),
            ScaleEvent::State { device, state } => self.show_scale(&device, Some(state)),
            ScaleEvent::Lost { device, why } => {
                tracing::warn!(%device, %why, "a scale is gone; it comes back by itself");
                self.show_scale(&device, None);
            }
        }
    }

    fn ask_hub(&self, place: PlaceName, code: String, device: Option<String>) {
        let question = AskRequest::Code { code: code.clone() };
        self.ask(question, move |answer| {
            let reached = answer.is_some();
            Some(Event::HubAnswered { place, code, reached, device })
        });
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
        self.learn_cutoffs(&came.documents);
        let turn = Turn { upserts: rows, ..Turn::default() };
        self.queue(turn, None, Then::Look(parcels.into_iter().collect()));
        let mut all = Turn::default();
        for fact in facts {
            let Some(known) = Fact::from_parts(&fact.kind, &fact.body.to_string()) else { continue };
            all.upserts.extend(fact.at_us.and_then(|at_us| self.issued(&known, at_us)));
            let (parcel, station) = (ParcelId(fact.parcel_id), fact.station.as_str().into());
            let turn = self.heart.handle(Event::RemoteFact { parcel, station, fact: Box::new(known) }, &self.reader);
            all.entries.extend(turn.entries);
            all.upserts.extend(turn.upserts);
            all.actions.extend(turn.actions);
        }
        if let Some(cursor) = came.cursor {
            all.upserts.push(Upsert::Meta { key: "cursor".into(), value: cursor.to_string() });
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
