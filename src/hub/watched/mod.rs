//! A folder that people and ERPs put order files into: each file that stands still is imported once and goes to `done`, or
//! to `error` where it can't be read; what was refused lies in `error` to be corrected. The folder may go away and come
//! back; no file is ever lost, overwritten or taken while somebody writes it.

mod folder;
mod still;
mod pairs;
mod import;
mod reading;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::watch;

use super::Hub;
use super::api::blocking;
use super::config::HubConfig;
use super::folder::FolderError;
use crate::intake::{Holds, SourceFile};
use folder::Folder;
use pairs::{Group, State};
use reading::Reading;
pub use reading::mappings_in;
use still::{Seen, Still};

/// Network shares tell nobody of new files, so they are looked for.
const PAUSE: Duration = Duration::from_secs(1);

/// A `[[watch]]` of hub.toml.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchConfig {
    pub folder: PathBuf,
    /// Whose files these are; without it the header says so.
    #[serde(default)]
    pub channel: Option<String>,
    #[serde(default = "settle_s")]
    pub settle_s: u64,
    /// How long an order file waits for its lines file.
    #[serde(default = "pair_s")]
    pub pair_s: u64,
}

fn settle_s() -> u64 {
    2
}

fn pair_s() -> u64 {
    600
}

/// Looks after one folder until the hub ends.
pub struct Watcher {
    hub: Hub,
    config: WatchConfig,
    reading: Arc<Reading>,
    now_us: fn() -> i64,
    folder: Folder,
    still: Still,
    /// What files that stand still hold, so that one that waits for its other half is read once.
    known: HashMap<Seen, Holds>,
    /// What kept us from the folder the last time, if anything; unknown at first, for the store remembers an earlier run's.
    trouble: Option<Option<String>>,
}

impl Watcher {
    pub fn all(hub: &Hub, config: &HubConfig, now_us: fn() -> i64) -> anyhow::Result<Vec<Watcher>> {
        let reading = Arc::new(Reading::open(config)?);
        let watcher = |config: &WatchConfig| {
            reading.check(config)?;
            let folder = Folder::new(config.folder.clone());
            let still = Still::new(Duration::from_secs(config.settle_s));
            let (hub, config, reading) = (hub.clone(), config.clone(), reading.clone());
            Ok(Watcher { hub, config, reading, now_us, folder, still, known: HashMap::new(), trouble: None })
        };
        config.watch.iter().map(watcher).collect()
    }

    pub async fn run(mut self, mut closing: watch::Receiver<bool>) {
        loop {
            // A turn isn't cut off: what it does in the store would hold the store after the hub's end.
            let turn = blocking(move || {
                self.turn(Instant::now());
                Ok(self)
            });
            match turn.await {
                Ok(watcher) => self = watcher,
                Err(error) => return tracing::error!(%error, "a watched folder is looked at no more: restart the hub"),
            }
            // What just failed is read whole again.
            let pause = if matches!(self.trouble, Some(Some(_))) { PAUSE * 3 } else { PAUSE };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = closing.changed() => return,
            }
        }
    }

    /// Takes what is ready, and tells once when the folder goes away and when it is back.
    fn turn(&mut self, now: Instant) {
        let trouble = self.look(now).err().map(|error| error.to_string());
        if self.trouble.as_ref() == Some(&trouble) {
            return;
        }
        let folder = self.config.folder.display().to_string();
        match &trouble {
            Some(why) => {
                tracing::warn!(%folder, %why, "a watched folder can't be used: mount it, or let the hub's user write there")
            }
            None => tracing::info!(%folder, "the folder is watched"),
        }
        match self.hub.note_folder(&folder, trouble.clone(), (self.now_us)()) {
            Ok(()) => self.trouble = Some(trouble),
            Err(error) => tracing::error!(%folder, %error, "the hub can't note the state of a watched folder"),
        }
    }

    fn look(&mut self, now: Instant) -> Result<(), FolderError> {
        self.folder.prepare()?;
        let mut first = self.finish_moves();
        let done = self.hub.file_moves(&self.key())?;
        let mut listed = self.folder.list()?;
        listed.retain(|seen| done.iter().all(|one| one.name != seen.name));
        let ready = self.still.look(listed, now);
        if ready.is_empty() {
            self.known.clear();
            return first;
        }
        let mut held = Vec::new();
        for (seen, since) in ready {
            match self.holds(&seen) {
                Ok(Some(holds)) => held.push((seen, since, holds)),
                Ok(None) => self.still.forget(&seen),
                // One file that can't be opened keeps no other from being taken.
                Err(error) => first = first.and(Err(error)),
            }
        }
        self.known = held.iter().map(|(seen, _, holds)| (seen.clone(), holds.clone())).collect();
        for group in pairs::groups(held) {
            let Some(done) = self.act(&group, now) else { continue };
            group.files.iter().for_each(|seen| self.still.forget(seen));
            first = first.and(done);
        }
        first
    }

    /// Nothing while the group's other half is waited for.
    fn act(&self, group: &Group, now: Instant) -> Option<Result<(), FolderError>> {
        let late = now.duration_since(group.since) >= Duration::from_secs(self.config.pair_s);
        match group.state {
            State::Complete => Some(self.import(&group.files)),
            // Its other orders are refused, and come back.
            State::Short if late => Some(self.import(&group.files)),
            State::Without(part) if late => Some(self.give_up(&group.files, part)),
            State::Short | State::Without(_) => None,
        }
    }

    /// What orders the file holds; a file that can't be read is put aside at once.
    fn holds(&self, seen: &Seen) -> Result<Option<Holds>, FolderError> {
        if let Some(known) = self.known.get(seen) {
            return Ok(Some(known.clone()));
        }
        let Some(file) = self.folder.read(seen)? else { return Ok(None) };
        match crate::intake::holds(&file, &self.reading.mappings, &self.reading.gifts, self.config.channel.as_deref()) {
            Ok(holds) => Ok(Some(holds)),
            Err(error) => self.put_aside(&[file], &error.to_string()).map(|()| None),
        }
    }

    /// Reads the files once more, as they may have changed; then the next turn looks at them.
    fn read(&self, files: &[Seen]) -> Result<Option<Vec<SourceFile>>, FolderError> {
        files.iter().map(|seen| self.folder.read(seen)).collect()
    }
}
