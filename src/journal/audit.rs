//! Walks the whole file while the station works: every entry's place in the chain, then every other table and its
//! indexes. A step holds no transaction afterwards. Over entries it is short; a table is looked at in one, which may take
//! seconds where it is large: checkpoints wait for that, scans don't.

use std::path::Path;

use super::Reader;
use super::read::Epoch;
use crate::domain::entry::Hash;
use crate::domain::id::StationCode;

/// Entries a step looks at.
const STEP: usize = 500;
/// The tables that are looked at whole, one a step; entries have the chain.
const TABLES: &[&str] = &[
    "meta",
    "epochs",
    "entry_orders",
    "bodies",
    "documents_kept",
    "requests_kept",
    "aliases",
    "parcels",
    "waybills",
    "jobs",
    "places",
];

/// What is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub epoch: String,
    /// The entries in doubt, first and last; none where another table is damaged.
    pub range: Option<(u64, u64)>,
    pub what: String,
}

pub enum Step {
    More,
    Whole,
    Damaged(Damage),
}

pub struct Audit {
    reader: Reader,
    station: StationCode,
    epochs: Vec<Epoch>,
    epoch: usize,
    /// The next entry and the hash it must follow; `None` behind a loss that is known.
    next: (u64, Option<Hash>),
    table: usize,
}

impl Audit {
    pub fn new(journal: &Path, station: &StationCode) -> rusqlite::Result<Audit> {
        let reader = Reader::open(journal)?;
        let epochs = reader.epochs()?;
        let mut audit = Audit { reader, station: station.clone(), epochs, epoch: 0, next: (1, None), table: 0 };
        audit.enter(0);
        Ok(audit)
    }

    fn enter(&mut self, epoch: usize) {
        self.epoch = epoch;
        self.next = (1, self.epochs.get(epoch).map(|epoch| Hash::start(&self.station, &epoch.epoch)));
    }

    pub fn step(&mut self) -> Step {
        if let Some(epoch) = self.epochs.get(self.epoch).cloned() {
            return match self.entries(&epoch) {
                Ok(None) => Step::More,
                Ok(Some(damage)) => Step::Damaged(damage),
                Err(error) => Step::Damaged(self.unreadable(&epoch, &error)),
            };
        }
        let Some(table) = TABLES.get(self.table) else { return Step::Whole };
        self.table += 1;
        let found = self.reader.sound(table).unwrap_or_else(|error| Some(error.to_string()));
        match found {
            None => Step::More,
            Some(why) => {
                let epoch = self.epochs.last().map_or(String::new(), |epoch| epoch.epoch.clone());
                Step::Damaged(Damage { epoch, range: None, what: format!("table {table} is damaged ({why})") })
            }
        }
    }

    fn entries(&mut self, epoch: &Epoch) -> rusqlite::Result<Option<Damage>> {
        let known = self.reader.known()?;
        let damaged = |first, last, what: &str| {
            Ok(Some(Damage { epoch: epoch.epoch.clone(), range: Some((first, last)), what: what.to_owned() }))
        };
        let entries = self.reader.entries(epoch.no, self.next.0 - 1, STEP)?;
        for entry in &entries {
            let (expected, follows) = self.next;
            if entry.seq != expected && !known.missing(epoch.no, expected, entry.seq - 1) {
                return damaged(expected, entry.seq - 1, "entries are missing");
            }
            let linked = entry.seq != expected || follows.is_none_or(|hash| hash == entry.prev_hash);
            if !linked && !known.breaks(epoch.no, entry.seq) {
                return damaged(entry.seq, entry.seq, "an entry does not follow the one before it");
            }
            if entry.expected_hash() != entry.hash {
                return damaged(entry.seq, entry.seq, "an entry was changed after it was written");
            }
            self.next = (entry.seq + 1, Some(entry.hash));
        }
        if entries.len() < STEP {
            self.enter(self.epoch + 1);
        }
        Ok(None)
    }

    /// Which entries of the step can't be read.
    fn unreadable(&self, epoch: &Epoch, error: &rusqlite::Error) -> Damage {
        // The epoch has grown since the walk began.
        let grown = self.reader.latest(epoch.no, 1).ok().and_then(|mut found| found.pop()).map_or(0, |last| last.seq);
        let last = epoch.last_seq.max(grown).min(self.next.0 + STEP as u64 - 1).max(self.next.0);
        let bad = |seq: &u64| !matches!(self.reader.entries(epoch.no, seq - 1, 1), Ok(found) if !found.is_empty());
        let first = (self.next.0..=last).find(bad).unwrap_or(self.next.0);
        let last = (first..=last).rev().find(bad).unwrap_or(last);
        Damage {
            epoch: epoch.epoch.clone(),
            range: Some((first, last)),
            what: format!("entries {first} to {last} can't be read ({error})"),
        }
    }
}
