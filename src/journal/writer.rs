//! The one writing thread. It collects whatever waits while the last fsync runs and commits it as one transaction, so
//! sixty-four writers cost little more than one. It also checkpoints; nobody else does.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::hooks::Wal;
use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::upsert::{self, Position};
use super::{AppendError, Batch, Committed, open, purge};
use crate::domain::entry::{Entry, Hash};
use crate::domain::fact::NewEntry;
use crate::domain::stamp::Stamp;

pub(super) struct Order {
    pub batch: Batch,
    pub reply: oneshot::Sender<Result<Committed, AppendError>>,
}

/// What the thread is asked to do.
pub(super) enum Task {
    Write(Order),
    /// A step of the purge, between groups.
    Purge(purge::Step, oneshot::Sender<rusqlite::Result<purge::Stepped>>),
    /// Clears the WAL of what was purged, if anything was; false while a reader is in its way.
    ClearWal(oneshot::Sender<rusqlite::Result<bool>>),
}

/// Where the chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    pub epoch_no: i64,
    pub seq: u64,
    pub hash: Hash,
}

pub(super) struct Writer {
    pub path: PathBuf,
    pub connection: Connection,
    pub tail: Tail,
    pub sidecar: open::Sidecar,
    /// Pages in the WAL that no checkpoint has moved yet, as of the last commit.
    pub wal_pages: Arc<AtomicI32>,
    /// Where the file ends is not known: a write failed, and opening it again did too.
    pub doubtful: bool,
    /// Held until the thread is done with the file, which is later than when the last `Journal` is dropped.
    pub _lock: std::fs::File,
}

/// A group beyond this waits for the next fsync; it bounds how long the first of it waits.
const GROUP: usize = 512;
/// Pages in the WAL after which a checkpoint no longer waits for an idle moment; a group still fits behind them.
const CHECKPOINT_PAGES: i32 = open::WAL_PAGES as i32 * 7 / 8;
const IDLE: Duration = Duration::from_millis(500);

impl Writer {
    /// Runs until every `Journal` is dropped.
    pub(super) fn run(mut self, tasks: Receiver<Task>) {
        let mut dirty = false;
        let mut enough = CHECKPOINT_PAGES;
        self.watch_wal();
        loop {
            let first = match tasks.recv_timeout(IDLE) {
                Ok(task) => task,
                Err(RecvTimeoutError::Timeout) => {
                    dirty = dirty && !self.checkpoint();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let (mut group, mut chore) = (Vec::new(), None);
            for task in std::iter::once(first).chain(tasks.try_iter()) {
                match task {
                    Task::Write(order) => group.push(order),
                    other => chore = Some(other),
                }
                if group.len() == GROUP || chore.is_some() {
                    break;
                }
            }
            if !group.is_empty() {
                self.commit_group(group);
            }
            match chore {
                // Whoever asked may be gone; what was done stays done.
                Some(Task::Purge(step, reply)) => {
                    let done = purge::step(&mut self.connection, &step);
                    drop(reply.send(self.believed(done)));
                }
                Some(Task::ClearWal(reply)) => {
                    let done = self.clear_wal();
                    drop(reply.send(self.believed(done)));
                }
                Some(Task::Write(_)) | None => {}
            }
            dirty = true;
            let pages = self.wal_pages.load(Ordering::Relaxed);
            if pages > enough {
                dirty = !self.checkpoint();
                enough = if dirty { pages + CHECKPOINT_PAGES } else { CHECKPOINT_PAGES };
            }
        }
        self.checkpoint();
    }

    /// A failed chore, as a failed write, leaves nothing in memory that is believed.
    fn believed<T>(&mut self, done: rusqlite::Result<T>) -> rusqlite::Result<T> {
        if done.is_err()
            && let Err(error) = self.reopen()
        {
            tracing::error!(path = %self.path.display(), %error, "the journal could not be opened again");
        }
        done
    }

    fn clear_wal(&mut self) -> rusqlite::Result<bool> {
        if !purge::wal_to_clear(&self.connection)? {
            return Ok(true);
        }
        let cleared = purge::clear_wal(&self.connection)?;
        if cleared {
            open::grow_wal(&mut self.connection, &self.path)?;
        }
        Ok(cleared)
    }

    fn commit_group(&mut self, group: Vec<Order>) {
        if self.doubtful
            && let Err(error) = self.reopen()
        {
            return self.refuse(group, AppendError::Closed { path: self.path.clone(), why: format!("{error:#}") });
        }
        let written = write_group(&mut self.connection, self.tail, &group);
        match written {
            Ok(tails) => {
                self.tail = *tails.last().expect("a group holds at least its first order");
                for (order, tail) in group.into_iter().zip(tails) {
                    // A caller that went away misses the answer, not the durability.
                    let _ = order.reply.send(Ok(Committed { last_seq: tail.seq }));
                }
            }
            Err(cause) => {
                tracing::error!(path = %self.path.display(), %cause, "the journal did not take a write");
                let failure = AppendError::NotWritten { path: self.path.clone(), cause: Arc::new(cause) };
                let failure = match self.reopen() {
                    Ok(()) => failure,
                    Err(error) => AppendError::Closed { path: self.path.clone(), why: format!("{error:#}") },
                };
                self.refuse(group, failure);
            }
        }
    }

    fn refuse(&self, group: Vec<Order>, failure: AppendError) {
        for order in group {
            let _ = order.reply.send(Err(failure.clone()));
        }
    }

    /// After a failed write nothing in memory is believed. What a fresh connection sees may still be only in the page
    /// cache (a failed fsync leaves it there, marked clean), so it counts only after a checkpoint has moved it.
    fn reopen(&mut self) -> Result<(), open::OpenError> {
        self.doubtful = true;
        let connection = open::connect(&self.path)?;
        self.connection = connection;
        self.watch_wal();
        open::keep_wal(&self.connection)?;
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        if busy.map_err(open::OpenError::from)? {
            let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
            return Err(rusqlite::Error::SqliteFailure(busy, None).into());
        }
        self.tail = open::tail(&self.connection)?;
        self.doubtful = false;
        Ok(())
    }

    /// SQLite tells after each commit how many pages wait in the WAL. The file's length doesn't: it is recycled and never
    /// shrinks.
    fn watch_wal(&mut self) {
        let pages = self.wal_pages.clone();
        let count = move |_: &mut Wal, waiting| {
            pages.store(waiting, Ordering::Relaxed);
            Ok(())
        };
        self.connection.wal_hook(Some(count)).expect("the handle is owned and open");
    }

    /// Whether everything was moved. RESTART lets the next write begin at the head of the same file: a WAL that neither
    /// grows nor shrinks makes an fsync a plain overwrite. A reader in the way is not waited for: scans would wait too.
    fn checkpoint(&mut self) -> bool {
        let moved = restart_wal(&self.connection);
        match &moved {
            Ok(true) => {}
            Ok(false) => {
                tracing::debug!(path = %self.path.display(), "somebody reads the journal; it is checkpointed later")
            }
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "the journal could not be checkpointed; it tries again");
            }
        }
        self.sidecar.last_seq = self.tail.seq;
        if let Err(error) = self.sidecar.write(&self.path, false) {
            tracing::warn!(path = %self.path.display(), %error, "the epoch file could not be updated");
        }
        moved.unwrap_or(false)
    }
}

fn restart_wal(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(open::BUSY)?;
    Ok(!busy?)
}

/// Writes all orders in one durable transaction; returns where the chain ended after each.
fn write_group(connection: &mut Connection, mut tail: Tail, group: &[Order]) -> rusqlite::Result<Vec<Tail>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut tails = Vec::with_capacity(group.len());
    for order in group {
        for (stamp, new) in &order.batch.entries {
            let entry = link(tail, stamp, new);
            insert(&transaction, tail.epoch_no, &entry)?;
            tail = Tail { seq: entry.seq, hash: entry.hash, ..tail };
        }
        let at = Position { epoch_no: tail.epoch_no, seq: tail.seq as i64 };
        for row in &order.batch.upserts {
            upsert::write(&transaction, row, &at)?;
        }
        tails.push(tail);
    }
    transaction.commit()?;
    Ok(tails)
}

/// The next entry of the chain.
fn link(tail: Tail, stamp: &Stamp, new: &NewEntry) -> Entry {
    let (kind, body) = new.fact.to_parts();
    let mut entry = Entry {
        seq: tail.seq + 1,
        event_id: Uuid::now_v7(),
        kind,
        parcel_id: new.parcel.clone(),
        orders: new.orders.clone(),
        stamp: stamp.clone(),
        operator: new.operator.as_ref().map(|operator| operator.to_string()),
        device: new.device.clone(),
        body,
        prev_hash: tail.hash,
        hash: tail.hash,
    };
    entry.hash = entry.expected_hash();
    entry
}

pub(super) fn insert(transaction: &rusqlite::Transaction<'_>, epoch_no: i64, entry: &Entry) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO entries (epoch_no, seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns,
                 clock_state, offset_us, error_us, operator, device, body, prev_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            epoch_no,
            entry.seq as i64,
            &entry.event_id.as_bytes()[..],
            entry.kind,
            entry.parcel_id.as_ref().map(|id| id.as_str()),
            entry.stamp.wall_us,
            entry.stamp.zone,
            entry.stamp.boot_id,
            entry.stamp.boottime_ns,
            entry.stamp.clock.as_str(),
            entry.stamp.offset_us,
            entry.stamp.error_us,
            entry.operator,
            entry.device,
            entry.body,
            &entry.prev_hash.0[..],
            &entry.hash.0[..],
        ])?;
    let mut statement = transaction
        .prepare_cached("INSERT INTO entry_orders (epoch_no, seq, position, order_no) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, order) in entry.orders.iter().enumerate() {
        statement.execute(params![epoch_no, entry.seq as i64, position as i64, order.as_str()])?;
    }
    Ok(())
}
