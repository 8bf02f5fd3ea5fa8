//! A station's SQLite file: the append-only journal, which is at once audit trail, source of every projection and queue
//! to the hub. One writing connection on a thread of its own commits in groups; readers open their own connections.
//! It knows rows, not what they mean: facts come in ready, projections come in as rows.

mod aside;
pub mod audit;
pub mod chain;
pub mod open;
mod purge;
pub mod salvage;
pub mod read;
mod schema;
pub mod upsert;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::domain::fact::NewEntry;
use crate::domain::stamp::Stamp;

pub use open::OpenError;
pub use read::Reader;
pub use upsert::Upsert;

/// One durable transaction: facts in their order, and the rows they change.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub entries: Vec<(Stamp, NewEntry)>,
    pub upserts: Vec<Upsert>,
}

/// What a batch became once it was durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The last entry's number after the batch.
    pub last_seq: u64,
}

/// Why a batch isn't durable. The journal has re-opened itself from disk or says that it can't.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    #[error("the journal at {path} did not take a write: {cause}; nothing of it was kept, scan again")]
    NotWritten { path: PathBuf, cause: Arc<rusqlite::Error> },
    #[error("the journal at {path} is closed: {why}")]
    Closed { path: PathBuf, why: String },
}

const CLEAR_TRIES: u32 = 20;
const CLEAR_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// The door to the writing thread. Dropping the last one ends the thread after what was handed in is durable.
#[derive(Clone)]
pub struct Journal {
    path: PathBuf,
    epoch: Arc<str>,
    salvaged: Option<Arc<salvage::Salvaged>>,
    sender: std::sync::mpsc::Sender<writer::Task>,
}

impl Journal {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The id under which this file's entries are numbered now.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// What opening it took over from a damaged file, if it was one.
    pub fn salvaged(&self) -> Option<&salvage::Salvaged> {
        self.salvaged.as_deref()
    }

    /// Has the next opening salvage the file.
    pub fn note_damage(&self) -> Upsert {
        Upsert::Meta { key: salvage::DAMAGED.into(), value: "1".into() }
    }

    /// Says that the rows a salvage left out are there again.
    pub fn note_replayed(&self) -> Upsert {
        Upsert::Meta { key: salvage::REPLAY.into(), value: "0".into() }
    }

    /// Waits for the commit, for whoever has no loop yet.
    pub fn append_now(&self, batch: Batch) -> Result<Committed, AppendError> {
        let receiver = self.append(batch);
        // A thread of its own: a runtime's own may not wait.
        let answer = std::thread::spawn(|| receiver.blocking_recv()).join().ok().and_then(Result::ok);
        answer.unwrap_or_else(|| Err(AppendError::Closed { path: self.path.clone(), why: "its thread ended".into() }))
    }

    /// Hands a batch over at once; the receiver yields after the commit that holds it. Batches become durable in the
    /// order in which they were handed in.
    pub fn append(&self, batch: Batch) -> oneshot::Receiver<Result<Committed, AppendError>> {
        let (reply, receiver) = oneshot::channel();
        // A closed thread drops the reply, which the receiver reports; there is nothing else to do here.
        let _ = self.sender.send(writer::Task::Write(writer::Order { batch, reply }));
        receiver
    }

    /// Empties what is about people in everything that ended at least `keep_us` before `now_us`, in steps between which
    /// scans are written, and clears the file and its WAL of it; how many orders it emptied. Damaged files that were put
    /// aside as long ago go too.
    pub async fn purge(&self, now_us: i64, keep_us: i64) -> Result<usize, AppendError> {
        let (mut emptied, mut after) = (0, String::new());
        loop {
            let step = purge::Step { now_us, keep_us, after };
            let done = self.asked(|reply| writer::Task::Purge(step, reply)).await?;
            emptied += done.emptied;
            match done.next {
                Some(next) => after = next,
                None => break,
            }
        }
        if let Err(error) = aside::purge(&self.path, now_us, keep_us) {
            tracing::error!(path = %self.path.display(), %error, "a damaged copy beside the journal could not be deleted: delete `journal-damaged-*` by hand");
        }
        // A reader is in the WAL for milliseconds; where one stays, the next purge tries again.
        for _ in 0..CLEAR_TRIES {
            if self.asked(writer::Task::ClearWal).await? {
                break;
            }
            tokio::time::sleep(CLEAR_PAUSE).await;
        }
        Ok(emptied)
    }

    async fn asked<T>(
        &self,
        task: impl FnOnce(oneshot::Sender<rusqlite::Result<T>>) -> writer::Task,
    ) -> Result<T, AppendError> {
        let (reply, receiver) = oneshot::channel();
        // A closed thread drops the reply.
        let _ = self.sender.send(task(reply));
        let done = receiver
            .await
            .map_err(|_| AppendError::Closed { path: self.path.clone(), why: "its thread ended".into() })?;
        done.map_err(|cause| AppendError::NotWritten { path: self.path.clone(), cause: Arc::new(cause) })
    }

    pub fn reader(&self) -> Result<Reader, rusqlite::Error> {
        Reader::open(&self.path)
    }
}
