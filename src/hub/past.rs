//! The id of a store's history. A store that came back from a backup is behind what it once acknowledged and handed
//! down: it gets another id, and stations send again what it lacks and read its feed from the beginning.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::HubError;

/// How far the note beside the store may lag behind it.
const NOTED_EVERY: Duration = Duration::from_secs(1);

/// What stands beside the store, where a backup of the store doesn't bring it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Beside {
    epoch: String,
    /// How often the store was opened.
    opens: u64,
    /// The store had at least this height.
    height: i64,
}

pub(super) struct Past {
    path: PathBuf,
    beside: Beside,
    noted: Instant,
}

impl Past {
    pub fn enter(connection: &Connection, store: &Path) -> Result<Past, HubError> {
        let path = store.with_extension("epoch");
        let beside: Option<Beside> =
            std::fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str(&text).ok());
        let epoch = meta(connection, "epoch")?;
        let opens = meta(connection, "opens")?.and_then(|text| text.parse().ok()).unwrap_or(0u64);
        let height = height(connection)?;
        let same = |beside: &Beside| {
            // One ahead is a crash between the two writes below.
            epoch.as_deref() == Some(&beside.epoch)
                && (beside.opens == opens || beside.opens == opens + 1)
                && beside.height <= height
        };
        let epoch = beside.filter(same).map_or_else(|| Uuid::now_v7().to_string(), |beside| beside.epoch);
        let past = Past { path, beside: Beside { epoch, opens: opens + 1, height }, noted: Instant::now() };
        past.write().map_err(|source| HubError::Access { path: past.path.clone(), source })?;
        for (key, value) in [("epoch", past.beside.epoch.clone()), ("opens", past.beside.opens.to_string())] {
            connection.execute(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, &value],
            )?;
        }
        Ok(past)
    }

    pub fn epoch(&self) -> &str {
        &self.beside.epoch
    }

    /// Notes how high the store is, at most once a second, so that an older one is recognised.
    pub fn note(&mut self, connection: &Connection) {
        if self.noted.elapsed() >= NOTED_EVERY {
            self.note_now(connection);
        }
    }

    pub fn note_now(&mut self, connection: &Connection) {
        self.noted = Instant::now();
        let noted = height(connection).map_err(std::io::Error::other).and_then(|height| {
            self.beside.height = height;
            self.write()
        });
        if let Err(error) = noted {
            tracing::warn!(path = %self.path.display(), %error, "the store's height could not be noted");
        }
    }

    fn write(&self) -> std::io::Result<()> {
        let new = self.path.with_extension("epoch-new");
        std::fs::write(&new, serde_json::to_string(&self.beside).expect("a note is plain data"))?;
        std::fs::rename(&new, &self.path)
    }
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}

/// Grows with every entry, with everything that goes down, and with every number that is held or lent; never shrinks.
fn height(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(
        "SELECT (SELECT coalesce(max(feed), 0) FROM entries) + (SELECT coalesce(max(cursor), 0) FROM down)
              + (SELECT count(*) + coalesce(max(block), 0) FROM pool_numbers)",
        [],
        |row| row.get(0),
    )
}
