//! The central store: takes orders in, sends documents down, takes entries up, and tells each order's timeline. One
//! SQLite file, one writing connection; each request that changes something is one transaction.

pub mod serve;
pub mod config;
pub mod api;
pub mod accept;
pub mod routing;
pub mod published;
pub mod preview;
mod rule_calls;
mod wave_calls;
pub mod warehouse;
pub mod waves;
pub mod select;
pub mod releases;
pub mod progress;
pub mod loans;
pub mod handovers;
pub mod shift;
pub mod returns;
pub mod ingest;
pub mod taught;
mod lead_acts;
mod publish;
mod audit;
pub mod down;
pub mod ask;
mod split;
pub mod shares;
mod together;
pub mod watched;
mod folder;
mod files;
mod file_calls;
pub mod report;
mod told;
pub mod qimen;
pub mod pools;
mod pool_calls;
pub mod refill;
pub mod timeline;
pub mod lists;
pub mod weights;
pub mod exceptions;
mod cutoffs;
pub mod temporary;
pub mod accounts;
pub mod journeys;
pub mod push;
mod asking;
pub mod poll;
pub mod order;
pub mod pages;
pub mod auth;
pub mod authority;
mod certificates;
mod operators;
mod materials;
pub mod people;
pub mod clock;
pub mod schema;
mod past;
mod reconcile;
mod short_picks;
mod left_orders;
mod left_cancelled;
pub mod unshipped;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::watch;

use crate::domain::account::AccountName;
use crate::domain::cutoff::Timetable;
use crate::domain::order::CarrierCode;
use crate::domain::reason::Reasons;
use crate::rules::{IntakeRules, RoutingError, RoutingRules};
use accounts::Tracking;
use config::{Login, ReturnsConfig};
use past::Past;
use published::InForce;
use warehouse::WarehouseRules;

/// What a site decides for its hub.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The warehouse of orders that name none.
    pub warehouse: String,
    /// The carrier of orders that name none, where there are no routing rules.
    pub carrier: CarrierCode,
    /// The config's; published ones come before them.
    pub routing: Option<Arc<RoutingRules>>,
    /// Prefix of waybill ids.
    pub prefix: String,
    pub zone: jiff::tz::TimeZone,
    pub cutoffs: Timetable,
    pub warehouse_rules: WarehouseRules,
    /// The station that asks carriers for parcels that are in no wave.
    pub issuer: Option<String>,
    pub tracking: Tracking,
    /// Whose parcels are followed: what a carrier with an account doesn't say is missed.
    pub accounts: Vec<AccountName>,
    pub returns: ReturnsConfig,
    /// Where leads may log in.
    pub login: Login,
    pub reasons: Arc<Reasons>,
    /// How many numbers for outages shall be free at the hub.
    pub pools: BTreeMap<AccountName, u32>,
}

impl Policy {
    /// Whether anything of the carrier's parcels is told to this hub.
    fn follows(&self, carrier: CarrierCode) -> bool {
        self.accounts.iter().any(|account| account.carrier == carrier)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum HubError {
    #[error("the hub's store answered: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the hub's store holds a document it can't read ({kind} {key}): {}", crate::wire::unusable(source))]
    Document { kind: &'static str, key: String, source: serde_json::Error },
    #[error("the hub's store {path} can't be opened: {source}; make its folder writable for the user milepost runs as")]
    Access { path: PathBuf, source: std::io::Error },
    #[error("the hub's store {0} is in use by another hub: stop that one, or give this hub another `data_dir`")]
    InUse(PathBuf),
    #[error(
        "the routing rules published as version {version} can't be used by this milepost: {source}; start the one they were published with"
    )]
    Published { version: u64, source: Box<RoutingError> },
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A request that can't be done as asked; the text names the thing and the cure.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    pub status: u16,
    pub title: &'static str,
    pub detail: String,
}

impl Refusal {
    pub fn new(status: u16, title: &'static str, detail: impl Into<String>) -> Self {
        Refusal { status, title, detail: detail.into() }
    }
}

/// The hub's door. Clones share the store.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Mutex<(Connection, Past)>,
    epoch: String,
    policy: Policy,
    rules: IntakeRules,
    routing: RwLock<Arc<InForce>>,
    /// Moves whenever something went into the down feed: long polls wait on it.
    changed: watch::Sender<u64>,
    _lock: std::fs::File,
}

impl Hub {
    pub fn open(path: &Path, policy: Policy, rules: IntakeRules) -> Result<Hub, HubError> {
        let lock = lock(path)?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(128);
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // The station lets go of an entry's place in the queue on this commit's word: it must reach the disk.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 10_000)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        schema::migrate(&mut connection)?;
        journeys::keep_accounts(&connection, &policy)?;
        pools::want_only(&connection, &policy)?;
        releases::want_only(&connection, &policy)?;
        // What is written before would make a store that was put back look as new as it was.
        let past = Past::enter(&connection, path)?;
        cutoffs::tell(&mut connection, &policy.cutoffs)?;
        let routing = RwLock::new(Arc::new(InForce::read(&connection, &policy)?));
        let (epoch, writer) = (past.epoch().to_owned(), Mutex::new((connection, past)));
        let (changed, _) = watch::channel(0);
        let inner = Inner { path: path.to_owned(), writer, epoch, policy, rules, routing, changed, _lock: lock };
        Ok(Hub { inner: Arc::new(inner) })
    }

    pub fn epoch(&self) -> &str {
        &self.inner.epoch
    }

    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    pub fn rules(&self) -> &IntakeRules {
        &self.inner.rules
    }

    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs `work` in one durable transaction; nothing of it stays if it fails.
    pub fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, HubError>) -> Result<T, HubError> {
        // A panic inside a transaction rolled it back; the connection behind the poisoned lock is sound.
        let mut writer = self.inner.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (connection, past) = &mut *writer;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        past.note(connection);
        drop(writer);
        self.inner.changed.send_modify(|count| *count += 1);
        Ok(done)
    }

    /// Runs `work` in a transaction of which nothing stays, for whoever asks what would be.
    pub fn rehearse<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, HubError>) -> Result<T, HubError> {
        let mut writer = self.inner.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let transaction = writer.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.rollback()?;
        Ok(done)
    }

    /// Runs `work` on a connection that only reads.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, HubError>) -> Result<T, HubError> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.inner.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        work(&connection)
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let (connection, past) = self.writer.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        past.note_now(connection);
    }
}

/// A program that is being started by the process which had the store holds it for a moment longer.
const LETTING_GO: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

fn lock(path: &Path) -> Result<std::fs::File, HubError> {
    let access = |source| HubError::Access { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(access)?;
    }
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))
        .map_err(access)?;
    let since = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) if since.elapsed() < LETTING_GO => std::thread::sleep(LOOK_AGAIN),
            Err(std::fs::TryLockError::WouldBlock) => return Err(HubError::InUse(path.to_owned())),
            Err(std::fs::TryLockError::Error(source)) => return Err(access(source)),
        }
    }
}

/// Reads a stored document.
fn parsed<T: serde::de::DeserializeOwned>(kind: &'static str, key: &str, text: &str) -> Result<T, HubError> {
    serde_json::from_str(text).map_err(|source| HubError::Document { kind, key: key.to_owned(), source })
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("documents are plain data with text keys")
}
