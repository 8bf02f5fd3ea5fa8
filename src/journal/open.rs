//! Opening a journal: the SQLite version, the lock, the schema, the epoch, the chain's tail. A file that was restored,
//! copied or replaced starts a new epoch, so that no number is ever given twice.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::salvage::{Known, Salvaged};
use super::writer::{Tail, Writer};
use super::{Journal, aside, chain, salvage, schema};
use crate::domain::entry::Hash;
use crate::domain::id::StationCode;

/// Before 3.51.3 SQLite could corrupt a WAL database that one connection writes while another checkpoints.
const SQLITE_AT_LEAST: i32 = 3_051_003;
/// The WAL is grown to this once, so that commits overwrite and never extend it: 4 MB.
pub(super) const WAL_PAGES: i64 = 1_024;
/// How long a statement waits for another connection.
pub(super) const BUSY: std::time::Duration = std::time::Duration::from_secs(5);
/// How much of the chain is verified before the first scan; the rest is verified in the background.
const TAIL: u64 = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("SQLite {0} has a bug that corrupts journals: build with the bundled SQLite (3.51.3 or later)")]
    OldSqlite(&'static str),
    #[error("the journal {0} is in use by another milepost: stop that one, or give this station another `data_dir`")]
    InUse(PathBuf),
    #[error("the journal {path} belongs to station `{found}`, not `{wanted}`: set `code` or `data_dir` right")]
    OtherStation { path: PathBuf, found: String, wanted: StationCode },
    #[error("the journal {path} can't be opened: make its folder writable for the user milepost runs as")]
    Access { path: PathBuf, source: std::io::Error },
    #[error("the disk is full, and the journal {path} can't be written: make room (10 MB at least) and start again")]
    Full { path: PathBuf, source: rusqlite::ffi::Error },
    #[error(
        "the journal {path} is damaged ({what}), and what could be read of it could not be taken over: move it aside and \
         start again (a new epoch begins); `milepost journal export --file` on the old file shows what can be read"
    )]
    Damaged { path: PathBuf, what: String },
    #[error("the journal can't be brought to this version: {0}")]
    Schema(#[from] schema::MigrateError),
    #[error("the journal answered: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// Opens or makes the journal at `path` and starts its writing thread. `now_us` dates a new epoch.
pub fn open(path: &Path, station: &StationCode, machine_id: &str, now_us: i64) -> Result<Journal, OpenError> {
    if rusqlite::version_number() < SQLITE_AT_LEAST {
        return Err(OpenError::OldSqlite(rusqlite::version()));
    }
    let lock = lock(path)?;
    aside::finish(path).map_err(|source| OpenError::Access { path: path.to_owned(), source })?;
    let opening = || open_locked(path, station, machine_id, now_us).map_err(|error| name_the_cure(path, error));
    let Opened { connection, tail, sidecar, salvaged } = match opening() {
        Err(OpenError::Damaged { what, .. }) => {
            tracing::error!(path = %path.display(), what, "the journal is damaged: what can be read is taken over");
            salvage::salvage(path, station, now_us).map_err(|error| name_the_cure(path, error))?;
            opening()?
        }
        other => other?,
    };
    if let Some(Salvaged { damaged, taken, lost }) = &salvaged {
        tracing::warn!(damaged = %damaged.display(), taken, ?lost, "a salvaged journal goes on in a new epoch");
    }
    let salvaged = salvaged.map(Arc::new);
    let opened = Writer {
        path: path.to_owned(),
        connection,
        tail,
        sidecar,
        wal_pages: Default::default(),
        doubtful: false,
        _lock: lock,
    };
    let (sender, orders) = std::sync::mpsc::channel();
    let journal = Journal { path: path.to_owned(), epoch: Arc::from(opened.sidecar.epoch.as_str()), salvaged, sender };
    std::thread::Builder::new()
        .name("journal".into())
        .spawn(move || opened.run(orders))
        .map_err(|source| OpenError::Access { path: path.to_owned(), source })?;
    Ok(journal)
}

struct Opened {
    connection: Connection,
    tail: Tail,
    sidecar: Sidecar,
    salvaged: Option<Salvaged>,
}

fn open_locked(path: &Path, station: &StationCode, machine_id: &str, now_us: i64) -> Result<Opened, OpenError> {
    let mut connection = connect(path)?;
    schema::migrate(&mut connection)?;
    claim(&connection, path, station)?;
    if meta(&connection, salvage::DAMAGED)?.is_some() {
        return Err(OpenError::Damaged { path: path.to_owned(), what: "found while the station worked".into() });
    }
    verify_tail(&connection, path, station)?;
    read_open_work(&connection)?;
    let salvaged = meta(&connection, salvage::SALVAGED)?.and_then(|text| serde_json::from_str(&text).ok());
    let sidecar = enter_epoch(&mut connection, path, station, machine_id, now_us)?;
    let tail = tail(&connection)?;
    grow_wal(&mut connection, path)?;
    Ok(Opened { connection, tail, sidecar, salvaged })
}

/// Before anything is written: a damaged file stays as it was found.
fn verify_tail(connection: &Connection, path: &Path, station: &StationCode) -> Result<(), OpenError> {
    let epochs: i64 = connection.query_row("SELECT count(*) FROM epochs", [], |row| row.get(0))?;
    // A salvaged file has gaps, and no epoch of its own yet.
    if epochs == 0 || meta(connection, salvage::SALVAGED)?.is_some() {
        return Ok(());
    }
    let tail = tail(connection)?;
    let first = tail.seq.saturating_sub(TAIL - 1).max(1);
    match chain::verify(connection, station, tail.epoch_no, first, &Known::default())?.broken.first() {
        None => Ok(()),
        Some(broken) => {
            let what = format!("entry {} {}", broken.seq, broken.what);
            Err(OpenError::Damaged { path: path.to_owned(), what })
        }
    }
}

/// What a start takes up must be readable, or it would fail before the walk that finds damage begins.
fn read_open_work(connection: &Connection) -> rusqlite::Result<()> {
    for sql in ["SELECT parcel_id, body FROM parcels WHERE open = 1", "SELECT place, body FROM places"] {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let _: (String, String) = (row.get(0)?, row.get(1)?);
        }
    }
    Ok(())
}

/// A connection set up for durable writing.
pub(super) fn connect(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(connection)
}

/// Where the newest epoch's chain ends.
pub(super) fn tail(connection: &Connection) -> Result<Tail, OpenError> {
    let (epoch_no, epoch): (i64, String) =
        connection.query_row("SELECT no, epoch FROM epochs ORDER BY no DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let last = connection
        .query_row("SELECT seq, hash FROM entries WHERE epoch_no = ?1 ORDER BY seq DESC LIMIT 1", [epoch_no], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    if let Some((seq, _)) = last
        && seq < 1
    {
        return Err(rusqlite::Error::IntegralValueOutOfRange(0, seq).into());
    }
    let station: String = connection.query_row("SELECT value FROM meta WHERE key = 'station'", [], |row| row.get(0))?;
    Ok(match last.and_then(|(seq, hash)| Some((seq as u64, Hash::from_slice(&hash)?))) {
        Some((seq, hash)) => Tail { epoch_no, seq, hash },
        None => Tail { epoch_no, seq: 0, hash: Hash::start(&StationCode(station), &epoch) },
    })
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let access = |source| OpenError::Access { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(access)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))
        .map_err(access)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(access(source)),
    }
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}

fn claim(connection: &Connection, path: &Path, station: &StationCode) -> Result<(), OpenError> {
    match meta(connection, "station")? {
        Some(found) if found != station.as_str() => {
            Err(OpenError::OtherStation { path: path.to_owned(), found, wanted: station.clone() })
        }
        Some(_) => Ok(()),
        None => {
            connection.execute("INSERT INTO meta (key, value) VALUES ('station', ?1)", [station.as_str()])?;
            Ok(())
        }
    }
}

/// What stands beside the file. It can't be restored together with the file by accident of a database backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sidecar {
    pub epoch: String,
    pub machine_id: String,
    /// How often the journal was opened.
    pub opens: u64,
    /// The journal had at least this many entries of the epoch.
    pub last_seq: u64,
}

impl Sidecar {
    fn path(journal: &Path) -> PathBuf {
        journal.with_extension("epoch")
    }

    pub(super) fn read(journal: &Path) -> Option<Sidecar> {
        serde_json::from_slice(&std::fs::read(Self::path(journal)).ok()?).ok()
    }

    /// Replaces the file whole. `durable` waits for the disk: needed where an epoch is entered, not for the lower bound
    /// of `last_seq`, which may lag.
    pub(super) fn write(&self, journal: &Path, durable: bool) -> std::io::Result<()> {
        let path = Self::path(journal);
        let new = path.with_extension("epoch-new");
        let text = serde_json::to_string(self).expect("a sidecar is plain data");
        std::fs::write(&new, text)?;
        if durable {
            File::open(&new)?.sync_all()?;
        }
        std::fs::rename(&new, &path)
    }
}

fn enter_epoch(
    connection: &mut Connection,
    path: &Path,
    station: &StationCode,
    machine_id: &str,
    now_us: i64,
) -> Result<Sidecar, OpenError> {
    let opens: u64 = meta(connection, "opens")?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let salvaged = meta(connection, salvage::SALVAGED)?.is_some();
    let current: Option<(i64, String)> = connection
        .query_row("SELECT no, epoch FROM epochs ORDER BY no DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let beside = Sidecar::read(path);
    let last_seq = match current {
        Some(_) => tail(connection)?.seq,
        None => 0,
    };
    let reason = match (&current, &beside) {
        _ if salvaged => Some("the journal was damaged: what could be read was taken over"),
        (None, None) => Some("a new journal"),
        (None, Some(_)) => Some("the journal was replaced by an empty one"),
        (Some(_), None) => Some("the epoch file is missing: the journal was copied without it"),
        (Some((_, epoch)), Some(beside)) if *epoch != beside.epoch => Some("the journal is another epoch's copy"),
        (Some(_), Some(beside)) if beside.machine_id != machine_id => Some("the journal was moved to another machine"),
        // One ahead is a crash between the two writes below.
        (Some(_), Some(beside)) if beside.opens != opens && beside.opens != opens + 1 => {
            Some("the journal was restored from an older copy")
        }
        (Some(_), Some(beside)) if last_seq < beside.last_seq => Some("the journal was restored from an older copy"),
        _ => None,
    };
    let mut sidecar = Sidecar { epoch: String::new(), machine_id: machine_id.to_owned(), opens: opens + 1, last_seq };
    sidecar.epoch = match (reason, &current) {
        (None, Some((_, epoch))) => epoch.clone(),
        (reason, _) => {
            let why = reason.unwrap_or("a new journal");
            tracing::info!(%station, why, "a new epoch begins");
            sidecar.last_seq = 0;
            begin_epoch(connection, now_us, why)?
        }
    };
    sidecar.write(path, true).map_err(|source| OpenError::Access { path: path.to_owned(), source })?;
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('opens', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [sidecar.opens.to_string()],
    )?;
    if salvaged {
        connection.execute("DELETE FROM meta WHERE key = ?1", [salvage::SALVAGED])?;
    }
    Ok(sidecar)
}

fn begin_epoch(connection: &Connection, now_us: i64, why: &str) -> Result<String, OpenError> {
    let epoch = Uuid::now_v7().to_string();
    connection.execute("INSERT INTO epochs (epoch, begun_us, why) VALUES (?1, ?2, ?3)", params![epoch, now_us, why])?;
    // Numbers held for outages may be on parcels that only the other file, or what was lost of this one, knows of.
    connection.execute("DELETE FROM meta WHERE key GLOB 'pool:*' OR key GLOB 'pool_block:*'", [])?;
    Ok(epoch)
}

/// SQLite's own default: 2 MB.
const SQLITE_CACHE: i64 = -2_000;

/// Writes and takes back one large row, so that the WAL has its working size before the first scan.
pub(super) fn grow_wal(connection: &mut Connection, path: &Path) -> rusqlite::Result<()> {
    keep_wal(connection)?;
    let mut wal = path.to_owned().into_os_string();
    wal.push("-wal");
    if std::fs::metadata(wal).is_ok_and(|meta| meta.len() as i64 >= WAL_PAGES * 4096) {
        return Ok(());
    }
    // Spilled from a small cache and rolled back, it fills the WAL and leaves nothing in the file.
    let ballast = (WAL_PAGES + 64) * 4096;
    connection.pragma_update(None, "cache_size", 16)?;
    let transaction = connection.transaction()?;
    transaction.execute("INSERT INTO meta (key, value) VALUES ('ballast', hex(zeroblob(?1)))", [ballast / 2])?;
    transaction.rollback()?;
    connection.pragma_update(None, "cache_size", SQLITE_CACHE)?;
    Ok(())
}

/// The last connection to close would delete the WAL, and the next start would have to grow it again.
pub(super) fn keep_wal(connection: &Connection) -> rusqlite::Result<()> {
    let mut on: std::ffi::c_int = 1;
    // SAFETY: the handle is open for as long as `connection` lives, the name is NUL-terminated, and SQLite reads and
    // writes exactly one int for this opcode.
    let code = unsafe {
        rusqlite::ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            rusqlite::ffi::SQLITE_FCNTL_PERSIST_WAL,
            (&raw mut on).cast(),
        )
    };
    if code == rusqlite::ffi::SQLITE_OK {
        return Ok(());
    }
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None))
}

/// A value of another type, shape or encoding than the one that was written.
fn of_another_type(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    matches!(error, FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..))
}

/// SQLite's own words name neither the file nor what to do about it.
fn name_the_cure(path: &Path, error: OpenError) -> OpenError {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
    if let OpenError::Sqlite(cause) = &error
        && of_another_type(cause)
    {
        return OpenError::Damaged { path: path.to_owned(), what: cause.to_string() };
    }
    let (OpenError::Sqlite(rusqlite::Error::SqliteFailure(failure, _))
    | OpenError::Schema(schema::MigrateError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)))) = &error
    else {
        return error;
    };
    let path = path.to_owned();
    match failure.code {
        DatabaseCorrupt | NotADatabase => OpenError::Damaged { path, what: failure.to_string() },
        ReadOnly | CannotOpen => {
            OpenError::Access { path, source: std::io::Error::new(std::io::ErrorKind::PermissionDenied, *failure) }
        }
        DiskFull => OpenError::Full { path, source: *failure },
        _ => error,
    }
}
