//! Photos of returns: files by their hash beside the store, taken from stations alone, looked at by content, and gone after their time.

use std::io::Write;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::domain::photo::{self, Kind};
use crate::domain::returned::MOST_PHOTOS;
use crate::hub::auth::digest;
use crate::hub::{Hub, HubError, Refusal};

const DAY_US: i64 = 86_400 * 1_000_000;

/// A photo as the return lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub hash: String,
    pub media_type: String,
    pub bytes: u64,
}

impl Hub {
    /// Whose key it is, if a station's.
    pub(super) fn station_of(&self, key: &str) -> Result<Option<String>, HubError> {
        self.read(|connection| {
            let known = connection
                .query_row("SELECT code FROM stations WHERE key_hash = ?1", [digest(key)], |row| row.get(0))
                .optional()?;
            Ok(known)
        })
    }

    /// Keeps a photo; the same one again changes nothing.
    pub fn keep_photo(&self, return_no: &str, hash: &str, bytes: &[u8], now_us: i64) -> Result<(), HubError> {
        let refuse = |detail: String| HubError::from(Refusal::new(422, "Unusable photo", detail));
        if blake3::hash(bytes).to_hex().as_str() != hash {
            return Err(refuse(format!("the photo's bytes are not those of {hash}: send it again")));
        }
        let kind = photo::look(bytes).map_err(|error| refuse(error.to_string()))?;
        self.put_file(hash, bytes)?;
        self.write(|transaction| {
            let others: i64 = transaction.query_row(
                "SELECT count(*) FROM return_photos WHERE return_no = ?1 AND hash <> ?2",
                params![return_no, hash],
                |row| row.get(0),
            )?;
            if others >= MOST_PHOTOS as i64 {
                return Err(refuse(format!("return {return_no} has {MOST_PHOTOS} photos, which are the most")));
            }
            transaction.execute(
                "INSERT OR IGNORE INTO return_photos (return_no, hash, kind, bytes, at_us) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![return_no, hash, kind.media_type(), bytes.len() as i64, now_us],
            )?;
            Ok(())
        })
    }

    /// On the disk before the row says that it is.
    fn put_file(&self, hash: &str, bytes: &[u8]) -> Result<(), HubError> {
        let (folder, path) = (self.photos(), self.photos().join(hash));
        let access = |source| HubError::Access { path: path.clone(), source };
        std::fs::create_dir_all(&folder).map_err(access)?;
        let mut file = tempfile_in(&folder).map_err(access)?;
        file.1.write_all(bytes).and_then(|()| file.1.sync_all()).map_err(access)?;
        std::fs::rename(&file.0, &path).map_err(access)?;
        std::fs::File::open(&folder).and_then(|folder| folder.sync_all()).map_err(access)
    }

    pub fn photo(&self, return_no: &str, hash: &str) -> Result<(&'static str, Vec<u8>), HubError> {
        let known: Option<i64> = self.read(|connection| {
            let mut found = connection.prepare("SELECT 1 FROM return_photos WHERE return_no = ?1 AND hash = ?2")?;
            Ok(found.query_row(params![return_no, hash], |row| row.get(0)).optional()?)
        })?;
        let gone = || {
            let detail = format!("return {return_no} has no such photo, or its time is over");
            HubError::from(Refusal::new(404, "No such photo", detail))
        };
        known.ok_or_else(gone)?;
        let bytes = std::fs::read(self.photos().join(hash)).map_err(|_| gone())?;
        let kind = photo::look(&bytes).map(Kind::media_type).map_err(|_| gone())?;
        Ok((kind, bytes))
    }

    fn photos(&self) -> PathBuf {
        self.path().with_file_name("photos")
    }

    /// Photos whose time is over; how many went.
    pub fn purge_photos(&self, now_us: i64) -> Result<usize, HubError> {
        let before_us = now_us - i64::from(self.policy().returns.photo_days) * DAY_US;
        let gone: Vec<String> = self.write(|transaction| {
            transaction.execute("DELETE FROM return_photos WHERE at_us < ?1", [before_us])?;
            let mut kept = transaction.prepare("SELECT DISTINCT hash FROM return_photos")?;
            let kept: Vec<String> = kept.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let names = std::fs::read_dir(self.photos()).into_iter().flatten().flatten();
            let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
            Ok(names.filter(|name| !name.ends_with(".new") && !kept.contains(name)).collect())
        })?;
        for name in &gone {
            let path = self.photos().join(name);
            std::fs::remove_file(&path).map_err(|source| HubError::Access { path, source })?;
        }
        Ok(gone.len())
    }
}

/// A new file that nobody else writes.
fn tempfile_in(folder: &std::path::Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    let path = folder.join(format!("{}.new", uuid::Uuid::new_v4()));
    Ok((path.clone(), std::fs::File::create_new(&path)?))
}

pub(super) fn of(connection: &Connection, return_no: &str) -> Result<Vec<Kept>, HubError> {
    let mut photos = connection
        .prepare_cached("SELECT hash, kind, bytes FROM return_photos WHERE return_no = ?1 ORDER BY at_us, hash")?;
    let rows = photos.query_map([return_no], |row| {
        Ok(Kept { hash: row.get(0)?, media_type: row.get(1)?, bytes: row.get::<_, i64>(2)? as u64 })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
