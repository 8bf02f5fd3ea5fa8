//! What the store remembers of order files: which were imported, where each goes next, and which a person must correct.

use rusqlite::{OptionalExtension, params};

use super::exceptions::{self, Exception};
use super::{Hub, HubError, Refusal};

/// A file on its way out of a watched folder, with what is written beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileMove {
    pub name: String,
    /// Of its content: another file of this name stays.
    pub hash: String,
    pub inside: String,
    pub target: String,
    pub beside: String,
    pub text: String,
}

/// What an import came to; kept in one transaction, before any file is moved.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub moves: Vec<FileMove>,
    /// The hash of all its files, of which nothing was refused, and how many orders they hold.
    pub imported: Option<(String, usize)>,
    /// Files that came in, corrected or as they are.
    pub mended: Vec<String>,
    /// Files that a person must look at, with how many rows, or none where the whole file can't be used, and why.
    pub refused: Vec<(String, usize, String)>,
}

impl Hub {
    /// How many orders the files with this hash had, where they were imported before.
    pub(super) fn imported_before(&self, hash: &str) -> Result<Option<usize>, HubError> {
        self.read(|connection| {
            let mut found = connection.prepare("SELECT orders FROM files WHERE hash = ?1")?;
            Ok(found.query_row([hash], |row| row.get::<_, i64>(0)).optional()?.map(|orders| orders as usize))
        })
    }

    pub(super) fn settle_files(&self, folder: &str, settled: &Settled, now_us: i64) -> Result<(), HubError> {
        self.write(|transaction| {
            if let Some((hash, orders)) = &settled.imported {
                let mut insert = transaction
                    .prepare_cached("INSERT OR REPLACE INTO files (hash, orders, at_us) VALUES (?1, ?2, ?3)")?;
                insert.execute(params![hash, *orders as i64, now_us])?;
            }
            for one in &settled.moves {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO file_moves (folder, name, hash, inside, target, beside, text)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![folder, one.name, one.hash, one.inside, one.target, one.beside, one.text])?;
            }
            // One that is refused again stays as old as it is.
            let again = |subject: &str| settled.refused.iter().any(|(refused, ..)| refused == subject);
            for (subject, ..) in exceptions::noticed_as(transaction, "file_refused")? {
                let is_of = |file: &String| {
                    subject.strip_prefix(file.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
                };
                if settled.mended.iter().any(is_of) && !again(&subject) {
                    exceptions::mended(transaction, &subject, "file_refused")?;
                }
            }
            for (subject, rows, why) in &settled.refused {
                let refused = Exception::FileRefused { rows: *rows, why: why.clone() };
                exceptions::note(transaction, subject, &refused, now_us)?;
            }
            Ok(())
        })
    }

    /// Files that are dealt with and may still lie where they came in.
    pub(super) fn file_moves(&self, folder: &str) -> Result<Vec<FileMove>, HubError> {
        self.read(|connection| {
            let mut moves = connection.prepare(
                "SELECT name, hash, inside, target, beside, text FROM file_moves WHERE folder = ?1 ORDER BY name",
            )?;
            let rows = moves.query_map([folder], |row| {
                Ok(FileMove {
                    name: row.get(0)?,
                    hash: row.get(1)?,
                    inside: row.get(2)?,
                    target: row.get(3)?,
                    beside: row.get(4)?,
                    text: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn file_moved(&self, folder: &str, name: &str) -> Result<(), HubError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM file_moves WHERE folder = ?1 AND name = ?2", params![folder, name])?;
            Ok(())
        })
    }

    /// A folder that orders or reports go through can't be used, or can again.
    pub(super) fn note_folder(&self, folder: &str, why: Option<String>, now_us: i64) -> Result<(), HubError> {
        self.write(|transaction| match why {
            Some(why) => exceptions::note(transaction, folder, &Exception::FolderAway { why }, now_us),
            None => exceptions::mended(transaction, folder, "folder_away"),
        })
    }

    /// Of a folder that the config names no more nobody can see to anything.
    pub(super) fn keep_folders(&self, folders: &[String]) -> Result<(), HubError> {
        self.write(|transaction| {
            for (subject, ..) in exceptions::noticed_as(transaction, "folder_away")? {
                if !folders.contains(&subject) {
                    exceptions::mended(transaction, &subject, "folder_away")?;
                }
            }
            Ok(())
        })
    }

    /// Somebody saw to a file that was refused, in another way than by correcting it.
    pub fn close_file(&self, file: &str) -> Result<(), HubError> {
        self.write(|transaction| {
            if !exceptions::is_noted(transaction, file, "file_refused")? {
                let detail = format!("no file {file} waits for anybody: name it as GET /v1/exceptions does");
                return Err(Refusal::new(404, "Unknown file", detail).into());
            }
            exceptions::mended(transaction, file, "file_refused")
        })
    }
}
