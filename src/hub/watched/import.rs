//! One import of a watched folder: its orders go the way of every batch, what was refused is laid out to be corrected, and
//! where the files go is noted before they are moved. Done twice it does nothing the second time.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Watcher;
use super::folder::{DONE, ERROR};
use super::still::Seen;
use crate::domain::id::OrderNo;
use crate::domain::order::Order;
use crate::hub::accept::Reason;
use crate::hub::files::{FileMove, Settled};
use crate::hub::folder::FolderError;
use crate::intake::{Import, Noted, Part, Received, SourceFile, Summary, read_orders, refused_rows};
use crate::words::{Language, Words};

/// So many orders are written at once; stations' entries wait for no more.
const BATCH: usize = 500;

impl Watcher {
    pub(super) fn import(&self, files: &[Seen]) -> Result<(), FolderError> {
        // A file that can't be moved would be imported again and again.
        self.folder.check_writable()?;
        let Some(files) = self.read(files)? else { return Ok(()) };
        let hash = hash_of(&files);
        if let Some(orders) = self.hub.imported_before(&hash)? {
            let summary = Summary { unchanged: orders, ..Summary::default() };
            return self.settle(&files, None, &summary, Vec::new());
        }
        let (reading, channel) = (&self.reading, self.config.channel.as_deref());
        let read = match read_orders(&files, &reading.mappings, &reading.gifts, channel) {
            Ok(read) => read,
            Err(error) => return self.put_aside(&files, &error.to_string()),
        };
        let summary = self.accept(read)?;
        let heading = format!("{} / {}", Words::of(Language::Zh).error_column, Words::of(Language::En).error_column);
        let back = match summary.refused.is_empty() {
            true => Vec::new(),
            // They were read a moment ago, so they can be read again.
            false => refused_rows(&files, &reading.mappings, channel, &summary.refused, &heading).unwrap_or_default(),
        };
        let mut refused = Vec::new();
        for rows in back {
            let origin = origin(&rows.file).to_owned();
            self.folder.put(ERROR, &format!("{origin}{ERRORS}"), &rows.csv)?;
            refused.push(origin);
        }
        self.settle(&files, Some(hash), &summary, refused)
    }

    /// The other half never came.
    pub(super) fn give_up(&self, files: &[Seen], missing: Part) -> Result<(), FolderError> {
        let Some(files) = self.read(files)? else { return Ok(()) };
        let (has, lacks) = match missing {
            Part::Lines => ("orders", "lines"),
            Part::Orders => ("lines", "orders"),
        };
        let names = files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
        let why = format!(
            "{names} has {has} whose {lacks} file did not come within {} s: put both files into the folder together",
            self.config.pair_s
        );
        self.put_aside(&files, &why)
    }

    /// Whole files that can't be used, each with what to do.
    pub(super) fn put_aside(&self, files: &[SourceFile], why: &str) -> Result<(), FolderError> {
        let moves = files.iter().map(|file| FileMove {
            name: file.name.clone(),
            hash: hash_of(std::slice::from_ref(file)),
            inside: ERROR.into(),
            target: file.name.clone(),
            beside: format!("{}.error.txt", file.name),
            text: format!("{why}\n"),
        });
        tracing::warn!(folder = %self.config.folder.display(), %why, "a file of orders can't be used");
        let settled = Settled {
            moves: moves.collect(),
            refused: files.iter().map(|file| (self.subject(origin(&file.name)), 0, why.to_owned())).collect(),
            ..Settled::default()
        };
        self.hub.settle_files(&self.key(), &settled, (self.now_us)())?;
        self.finish_moves()
    }

    /// The path of every batch into the store, and each remark's place in the files.
    fn accept(&self, read: Import<Order>) -> Result<Summary, FolderError> {
        let places: HashMap<&OrderNo, &Received<Order>> =
            read.received.iter().map(|one| (&one.document.order_no, one)).collect();
        let noted = |remark: Reason| {
            let place = remark.order_no.as_ref().and_then(|order_no| places.get(order_no));
            let (file, line) = place.map_or((String::new(), 0), |place| (place.file.clone(), place.line));
            Noted { file, line, order_no: remark.order_no, sku: None, reason: remark.reason }
        };
        let mut summary = Summary { skipped: read.skipped, refused: read.refused, ..Summary::default() };
        for batch in read.received.chunks(BATCH) {
            let orders: Vec<Order> = batch.iter().map(|one| one.document.clone()).collect();
            let done = self.hub.accept_orders(&orders, (self.now_us)())?;
            summary.accepted += done.accepted;
            summary.unchanged += done.unchanged;
            summary.held.extend(done.held.into_iter().map(noted));
            summary.refused.extend(done.refused.into_iter().map(noted));
        }
        for batch in read.gone.chunks(BATCH) {
            let orders: Vec<Order> = batch.iter().map(|one| one.document.clone()).collect();
            summary.cancelled(self.hub.accept_orders(&orders, (self.now_us)())?.accepted);
        }
        Ok(summary)
    }

    /// Notes what is done and where the files go, then moves them.
    fn settle(
        &self,
        files: &[SourceFile],
        hash: Option<String>,
        summary: &Summary,
        refused: Vec<String>,
    ) -> Result<(), FolderError> {
        let now_us = (self.now_us)();
        let at = Timestamp::from_microsecond(now_us).unwrap_or_default().to_zoned(self.hub.policy().zone.clone());
        let stamp = at.strftime("%Y%m%d-%H%M%S");
        let text = serde_json::to_string_pretty(summary).expect("a summary is plain data");
        let moves = files.iter().map(|file| FileMove {
            name: file.name.clone(),
            hash: hash_of(std::slice::from_ref(file)),
            inside: DONE.into(),
            target: format!("{stamp}-{}", file.name),
            beside: format!("{stamp}-{}.json", file.name),
            text: text.clone(),
        });
        let rows = |origin: &String| summary.refused.iter().filter(|noted| self::origin(&noted.file) == origin).count();
        let first = summary.refused.first().map_or(String::new(), |noted| noted.reason.clone());
        let settled = Settled {
            moves: moves.collect(),
            // What was refused may be good the next time, when somebody changed a mapping.
            imported: hash
                .filter(|_| summary.refused.is_empty())
                .map(|hash| (hash, summary.accepted + summary.held.len() + summary.unchanged)),
            mended: files.iter().map(|file| self.subject(origin(&file.name))).collect(),
            refused: refused.iter().map(|origin| (self.subject(origin), rows(origin), first.clone())).collect(),
        };
        self.hub.settle_files(&self.key(), &settled, now_us)?;
        let Summary { accepted, unchanged, skipped, held, refused } = summary;
        tracing::info!(folder = %self.key(), file = %files[0].name, accepted, unchanged, skipped, held = held.len(), refused = refused.len(), "a file of orders was imported");
        self.finish_moves()
    }

    /// Moves what is noted; a crash or a share that went away left it where it was. A file that somebody has open keeps no
    /// other from being moved.
    pub(super) fn finish_moves(&self) -> Result<(), FolderError> {
        let moves = self.hub.file_moves(&self.key())?;
        moves.into_iter().map(|one| self.finish_move(one)).fold(Ok(()), Result::and)
    }

    fn finish_move(&self, one: FileMove) -> Result<(), FolderError> {
        let FileMove { name, hash, inside, target, beside, text } = one;
        let seen = self.folder.list()?.into_iter().find(|seen| seen.name == name);
        let file = seen.map(|seen| self.folder.read(&seen)).transpose()?.flatten();
        // Somebody may have put another file in its place: that one is looked at as any other.
        if file.is_some_and(|file| hash_of(&[file]) == hash) {
            self.folder.put(&inside, &beside, text.as_bytes())?;
            let is_it = |bytes: &[u8]| hash_of(&[SourceFile { name: name.clone(), bytes: bytes.to_vec() }]) == hash;
            self.folder.move_to(&name, &inside, &target, is_it)?;
        }
        Ok(self.hub.file_moved(&self.key(), &name)?)
    }

    pub(super) fn key(&self) -> String {
        self.config.folder.display().to_string()
    }

    /// What an exception about a file of this folder is about.
    fn subject(&self, name: &str) -> String {
        self.config.folder.join(name).display().to_string()
    }
}

/// What a file of refused rows is called after the file they stood in.
const ERRORS: &str = "-errors.csv";

/// The file that refused rows first stood in, however often they come back: `a.csv` of `a.csv-errors-2.csv`.
fn origin(name: &str) -> &str {
    let Some((before, number)) = name.strip_suffix(".csv").and_then(|stem| stem.rsplit_once("-errors")) else {
        return name;
    };
    let number = number.strip_prefix('-').unwrap_or(if number.is_empty() { "2" } else { "" });
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { origin(before) } else { name }
}

/// Of all files together, whatever they are called.
fn hash_of(files: &[SourceFile]) -> String {
    let mut hashes: Vec<_> = files.iter().map(|file| blake3::hash(&file.bytes)).collect();
    hashes.sort_by_key(|hash| *hash.as_bytes());
    let mut all = blake3::Hasher::new();
    for hash in &hashes {
        all.update(hash.as_bytes());
    }
    all.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_rows_are_called_after_their_file_however_often_they_come_back() {
        for (name, expected) in [
            ("a.csv", "a.csv"),
            ("a.xlsx-errors.csv", "a.xlsx"),
            ("a.csv-errors-2.csv", "a.csv"),
            ("b.xlsx[x]-errors.csv", "b.xlsx[x]"),
            ("my-errors-of-today.csv", "my-errors-of-today.csv"),
            ("a.csv-errors.csv[x]", "a.csv-errors.csv[x]"),
        ] {
            assert_eq!(origin(name), expected);
        }
    }
}
