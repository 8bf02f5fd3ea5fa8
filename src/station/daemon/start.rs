//! How a station starts: the journal is opened, devices and sync are set going, and what a stop left half done is taken
//! up. Nothing is handled before the loop runs.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use drivers::scale::ScaleConfig;
use drivers::{scale, scanner};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};

use super::{Call, Daemon, Ears, relabelling};
use crate::bench::{Prompt, Session};
use crate::domain::fact::{Asking, Fact, NewEntry, PrintOutcome};
use crate::domain::id::{ParcelId, PlaceName, StationCode};
use crate::journal::audit::{Audit, Damage, Step};
use crate::journal::salvage::Salvaged;
use crate::journal::{Batch, Journal, Reader};
use crate::machine;
use crate::station::config::StationConfig;
use crate::station::event::Event;
use crate::station::heart::Heart;
use crate::station::outlet::Outlet;
use crate::station::paired::Screens;
use crate::station::pools::Pools;
use crate::station::printing::{self, Press};
use crate::station::relabel::Queue;
use crate::station::screen::Screen;
use crate::station::sounds::Sounds;
use crate::station::speaker::Speakers;
use crate::station::{carriers, documents, photos, replay, rows};
use crate::sync::clock::HubClock;
use crate::sync::worker::{AS_OF, Sync, SyncState};

/// Events that may wait for the loop before their senders do.
const CHANNEL: usize = 1_024;
/// Not while a start has better things to do.
const AUDIT_FIRST: Duration = Duration::from_secs(5);
const AUDIT_EVERY: Duration = Duration::from_secs(86_400);
/// Between two steps, so that a million entries take a minute and no scan notices.
const AUDIT_PAUSE: Duration = Duration::from_millis(20);
const PURGE_FIRST: Duration = Duration::from_secs(60);
const PURGE_EVERY: Duration = Duration::from_secs(3_600);

/// What a running station shows to its pages, its tests and whoever started it.
#[derive(Clone)]
pub struct Running {
    pub config: Arc<StationConfig>,
    /// Also for pages that are speakers.
    pub sounds: Arc<Sounds>,
    /// Also for pictures of what can be printed here.
    pub press: Arc<Press>,
    pub screens: BTreeMap<PlaceName, watch::Receiver<Screen>>,
    /// Labels to be replaced, in all of the warehouse as far as this station knows.
    pub relabel: watch::Receiver<Queue>,
    pub sync: watch::Receiver<SyncState>,
    pub journal: std::path::PathBuf,
    pub epoch: String,
    /// Browsers that belong to a place.
    pub paired: watch::Receiver<Arc<Screens>>,
    pub calls: mpsc::Sender<Call>,
    /// Where TCP scanners are awaited, by scanner.
    pub scanners: BTreeMap<String, std::net::SocketAddr>,
}

impl Daemon {
    /// Opens the journal, starts devices and sync; nothing is handled before `run`.
    pub fn start(config: StationConfig) -> anyhow::Result<(Daemon, Ears, Running)> {
        let code = StationCode(config.code.clone());
        let path = config.data_dir.join("journal.db");
        let journal = crate::journal::open::open(&path, &code, &machine::machine_id(), machine::wall_us())
            .with_context(|| format!("open the journal of station {code}"))?;
        let reader = journal.reader().context("read the journal")?;
        if reader.wants_replay().context("read the journal")? {
            let mut upserts = replay::missing(&reader).context("replay the journal")?;
            tracing::warn!(rows = upserts.len(), "what the damage took is put together again from the entries");
            upserts.push(journal.note_replayed());
            journal.append_now(Batch { entries: Vec::new(), upserts }).context("write what was replayed")?;
        }
        let tables = carriers::tables(&config)?;
        let heart = remembered(&config, &reader, &tables).context("read open work")?;
        let known = relabelling::recall(&reader, &heart).context("read the labels to be replaced")?;

        let (events, heard) = mpsc::channel(CHANNEL);
        let (scans, scanned) = mpsc::channel(CHANNEL);
        let (weights, weighed) = mpsc::channel(CHANNEL);
        let (came, coming) = mpsc::channel(1);
        let (answers, answered) = mpsc::channel(CHANNEL);
        let (calls, called) = mpsc::channel(CHANNEL);
        let screens_of = reader.metas(&rows::screen_key("")).context("read which screens are paired")?;
        let read = |(hash, body): (String, String)| Some((hash, serde_json::from_str(&body).ok()?));
        let (paired, paired_now) = watch::channel(Arc::new(screens_of.into_iter().filter_map(read).collect()));
        let clock = Arc::new(Mutex::new(HubClock::default()));
        let boot_id = machine::boot_id();
        let as_of_us = reader.meta(AS_OF)?.and_then(|text| text.parse().ok());
        let (state, sync) = watch::channel(SyncState { as_of_us, ..SyncState::default() });
        let (committed, commits) = watch::channel(0);
        let cursor = reader.meta("cursor")?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let (kept, keeps) = watch::channel(cursor);
        let (devices, devices_now) = watch::channel(Vec::new());
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
                devices: devices_now,
            };
            syncing.spawn(watched("the way up to the hub", worker.clone().up(commits)));
            syncing.spawn(watched("the way down from the hub", worker.down(came, keeps)));
        }

        let photos = photos::folder(&config.data_dir);
        if let Some(link) = &link {
            syncing.spawn(photos::send(link.clone(), journal.clone(), photos.clone(), committed.subscribe()));
        }
        let purged = Purged { keep_days: config.keep_personal_days, photos, has_hub: config.hub.is_some() };
        syncing.spawn(purging(journal.clone(), clock.clone(), purged));

        syncing.spawn(auditing(journal.clone(), code.clone(), events.clone()));

        let press = Arc::new(press(&config)?);
        let mut doors = HashMap::new();
        for printer in &config.printer {
            let name = printer.name().to_owned();
            let probed = reader.meta(&rows::probed_key(&name))?;
            let answered = |url: &str| probed.and_then(|value| rows::recalled(&value, url)) == Some(true);
            let outlet = Outlet::new(printer, answered).with_context(|| format!("set up printer `{name}`"))?;
            doors.insert(name, printing::start(outlet, press.clone(), events.clone()));
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
        let spawn = |config: &ScaleConfig| (config.name.clone(), scale::spawn(config.clone(), weights.clone()));
        let scales = config.scale.iter().map(spawn).collect();
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
        let carriers = carriers::Carriers::new(&config)?;
        let (relabel, to_relabel) = watch::channel(Queue::default());
        let sounds = Arc::new(sounds(&config));
        let speakers = Speakers::start(&config, &sounds);
        let config = Arc::new(config);
        let running = Running {
            config: config.clone(),
            sounds,
            press,
            screens: shown,
            relabel: to_relabel,
            sync: sync.clone(),
            journal: path,
            epoch: journal.epoch().to_owned(),
            paired: paired_now,
            calls,
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
            scales,
            places_of,
            scanned_ns: HashMap::new(),
            screens,
            speakers,
            known,
            relabel,
            link,
            sync: sync.clone(),
            syncing,
            carriers,
            outages: Default::default(),
            rerouting: HashMap::new(),
            tables,
            committed,
            kept,
            zone,
            devices,
            paired,
            sending: HashSet::new(),
        };
        Ok((
            daemon,
            Ears {
                events: heard,
                scans: scanned,
                weights: weighed,
                came: coming,
                answers: answered,
                calls: called,
                sync,
            },
            running,
        ))
    }

    /// After a start: what was on its way to a printer is in doubt, what was asked of a carrier is asked about.
    pub(super) fn take_up(&mut self) {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.handle(Event::Noted(Box::new(of_the_station(Fact::StationStarted { version }))));
        if let Some(Salvaged { damaged, taken, lost }) = self.journal.salvaged() {
            let name = damaged.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let lost = lost.iter().map(|lost| (lost.epoch_no, lost.first, lost.last)).collect();
            let fact = Fact::JournalSalvaged { taken: *taken, lost, kept_as: name };
            self.handle(Event::Noted(Box::new(of_the_station(fact))));
        }
        for (place, parcel, job) in self.heart.unsettled() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "the station restarted while it printed".to_owned());
            self.handle(Event::Printed { place, parcel, job, outcome, evidence });
        }
        for (place, handover) in self.heart.unsettled_sheets() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "the station restarted while it printed".to_owned());
            self.handle(Event::SheetPrinted { place, handover, outcome, evidence });
        }
        for (place, job) in self.heart.unsettled_dividers() {
            let (outcome, evidence) = (PrintOutcome::Unknown, "the station restarted while it printed".to_owned());
            self.handle(Event::DividerPrinted { place, job, outcome, evidence });
        }
        // What came down at the last moment may not have been looked at.
        let parcels = self.heart.parted_in_hand(&self.reader);
        self.handle(Event::DocumentsArrived { parcels });
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
            // One that waits for numbers may have got the last of them.
            let waits = |session: &Session| matches!(session.asking, Some(Asking::MissingNumbers { .. }));
            let printing = |session: &Session| session.wave.is_some() || waits(session);
            if self.heart.session(&name).is_some_and(printing) {
                self.handle(Event::ContinueWave { place: name });
            }
        }
        self.show_devices();
    }
}

/// Memory as the disk has it.
pub(super) fn remembered(config: &StationConfig, reader: &Reader, tables: &Pools) -> rusqlite::Result<Heart> {
    let mut heart = Heart::new(config.code.as_str().into(), config.places(), today(config));
    let open = documents::open_work(reader)?;
    heart.restore(open.sessions, open.works);
    heart.stock(documents::stocked(reader, tables));
    heart.set_hub(config.hub.is_some());
    heart.set_mark(mark(reader)?);
    Ok(heart)
}

/// The end of the epoch's id: what tells this file from the one before it.
fn mark(reader: &Reader) -> rusqlite::Result<String> {
    let epoch = reader.epochs()?.pop().map(|epoch| epoch.epoch).unwrap_or_default();
    let end = epoch.char_indices().rev().nth(3).map_or(epoch.as_str(), |(at, _)| &epoch[at..]);
    Ok(format!("-{}", end.to_ascii_uppercase()))
}

/// The warehouse's day.
pub(super) fn today(config: &StationConfig) -> Date {
    let now = Timestamp::from_microsecond(machine::wall_us()).unwrap_or_default();
    now.to_zoned(TimeZone::get(&config.zone).unwrap_or(TimeZone::UTC)).date()
}

pub(in crate::station) fn link(config: &StationConfig) -> anyhow::Result<Option<crate::sync::Link>> {
    let Some(hub) = &config.hub else { return Ok(None) };
    let key = std::fs::read_to_string(&hub.key_file).with_context(|| {
        format!("read the station's key {}: join the hub with `milepost join`", hub.key_file.display())
    })?;
    Ok(Some(crate::sync::Link::new(&hub.url, &config.code.as_str().into(), &key)?))
}

/// A site's own that can't be used cost nobody a shift.
fn sounds(config: &StationConfig) -> Sounds {
    let (sounds, problems) = Sounds::of(config.sound.folder.as_deref());
    problems.iter().for_each(|problem| tracing::warn!("{problem}"));
    sounds
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

/// What is about people on this machine, and how long it stays.
struct Purged {
    keep_days: u32,
    photos: std::path::PathBuf,
    /// Photos wait for it.
    has_hub: bool,
}

/// Empties what is about people, soon after a start and then every hour, by the best time that is known: an end that a
/// wrong clock noted would let them go at once, or never.
async fn purging(journal: Journal, clock: Arc<Mutex<HubClock>>, purged: Purged) {
    let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + PURGE_FIRST, PURGE_EVERY);
    let keep_us = i64::from(purged.keep_days) * 86_400_000_000;
    loop {
        tick.tick().await;
        let dated_us = journal.reader().and_then(|reader| reader.dated_us()).unwrap_or(None);
        let (wall_us, boottime_ns) = (machine::wall_us(), machine::boottime_ns());
        let believed_us =
            clock.lock().unwrap_or_else(PoisonError::into_inner).believed_us(wall_us, boottime_ns, dated_us);
        let Some(now_us) = believed_us else {
            tracing::warn!(
                "names and addresses stay until the time is known: set the clock, or let the station reach its hub"
            );
            continue;
        };
        let keep = Duration::from_secs(u64::from(purged.keep_days) * 86_400);
        if let Err(error) = photos::purge(&journal, &purged.photos, keep, purged.has_hub) {
            tracing::error!(%error, "photos of returns could not be deleted; it is tried again in an hour");
        }
        match journal.purge(now_us, keep_us).await {
            Ok(0) => {}
            Ok(orders) => tracing::info!(orders, "names and addresses of orders that ended were emptied"),
            Err(error) => {
                tracing::error!(%error, "names and addresses could not be emptied; it is tried again in an hour")
            }
        }
    }
}

/// Walks the whole file, soon after a start and then every day. What it finds is said once; the next start mends it.
async fn auditing(journal: Journal, station: StationCode, events: mpsc::Sender<Event>) {
    tokio::time::sleep(AUDIT_FIRST).await;
    loop {
        match audited(&journal, &station).await {
            Ok(None) => tokio::time::sleep(AUDIT_EVERY).await,
            Ok(Some(Damage { epoch, range, what })) => {
                tracing::error!(%epoch, ?range, what, "the journal is damaged: restart the station, it takes over what can be read");
                let noted = journal.append(Batch { entries: Vec::new(), upserts: vec![journal.note_damage()] });
                // A file that doesn't take this either is salvaged when it can't be opened.
                let _ = noted.await;
                let fact = Fact::JournalDamaged { epoch, range, what };
                let _ = events.send(Event::Noted(Box::new(of_the_station(fact)))).await;
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "the journal could not be walked; it is tried again tomorrow");
                tokio::time::sleep(AUDIT_EVERY).await;
            }
        }
    }
}

async fn audited(journal: &Journal, station: &StationCode) -> anyhow::Result<Option<Damage>> {
    let mut audit = Audit::new(journal.path(), station).context("open the journal")?;
    loop {
        let (kept, step) = tokio::task::spawn_blocking(move || {
            let step = audit.step();
            (audit, step)
        })
        .await?;
        match step {
            Step::More => tokio::time::sleep(AUDIT_PAUSE).await,
            Step::Whole => return Ok(None),
            Step::Damaged(damage) => return Ok(Some(damage)),
        }
        audit = kept;
    }
}

pub(super) fn of_the_station(fact: Fact) -> NewEntry {
    NewEntry { fact, parcel: None, orders: Vec::new(), operator: None, device: None }
}

/// A loop of the sync that ends takes nothing with it, but somebody must come.
async fn watched(what: &str, work: impl Future<Output = Result<(), crate::sync::worker::SyncError>>) {
    match work.await {
        Ok(()) | Err(crate::sync::worker::SyncError::Stopped) => {}
        Err(error) => tracing::error!(%error, "{what} ended: restart the station once its disk is sound"),
    }
}
