//! The tables, as forward-only migrations by `PRAGMA user_version`, one transaction each.

use rusqlite::Connection;

/// Migration n brings a file from version n to n + 1. Never edited once released, only added to.
const MIGRATIONS: &[&str] = &[
    // 0: the journal, what comes down, the projections.
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE epochs (no INTEGER PRIMARY KEY, epoch TEXT NOT NULL UNIQUE, begun_us INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
     CREATE TABLE entries (
         epoch_no INTEGER NOT NULL, seq INTEGER NOT NULL, event_id BLOB NOT NULL, kind TEXT NOT NULL, parcel_id TEXT,
         wall_us INTEGER NOT NULL, zone TEXT NOT NULL, boot_id TEXT NOT NULL, boottime_ns INTEGER NOT NULL,
         clock_state TEXT NOT NULL, offset_us INTEGER, error_us INTEGER, operator TEXT, device TEXT, body TEXT NOT NULL,
         prev_hash BLOB NOT NULL, hash BLOB NOT NULL,
         PRIMARY KEY (epoch_no, seq)) STRICT, WITHOUT ROWID;
     CREATE TABLE entry_orders (
         epoch_no INTEGER NOT NULL, seq INTEGER NOT NULL, position INTEGER NOT NULL, order_no TEXT NOT NULL,
         PRIMARY KEY (epoch_no, seq, position)) STRICT, WITHOUT ROWID;
     CREATE TABLE documents (
         kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
         after_epoch INTEGER NOT NULL, after_seq INTEGER NOT NULL, arrival INTEGER NOT NULL,
         PRIMARY KEY (kind, key)) STRICT;
     CREATE TABLE aliases (
         alias TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, quantity INTEGER NOT NULL, source TEXT NOT NULL,
         PRIMARY KEY (alias, kind, key)) STRICT, WITHOUT ROWID;
     CREATE INDEX aliases_of ON aliases (source, key);
     CREATE TABLE parcels (parcel_id TEXT PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
     CREATE INDEX parcels_open ON parcels (open) WHERE open = 1;
     CREATE TABLE waybills (number TEXT PRIMARY KEY, waybill_id TEXT NOT NULL, parcel_id TEXT NOT NULL, live INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE jobs (job_id TEXT PRIMARY KEY, parcel_id TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL) STRICT;
     CREATE INDEX jobs_unsettled ON jobs (state) WHERE state = 'queued';
     CREATE TABLE places (place TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
     CREATE TABLE requests (waybill_id TEXT NOT NULL, attempt INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (waybill_id, attempt)) STRICT;",
    // 1: texts about people lie in a table of their own, which only grows at its end and is overwritten in place, so that
    // the purge leaves no copy behind; the views stand where the tables were.
    "CREATE TABLE bodies (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
     CREATE TABLE documents_kept (
         kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, body_id INTEGER NOT NULL,
         after_epoch INTEGER NOT NULL, after_seq INTEGER NOT NULL, arrival INTEGER NOT NULL,
         personal INTEGER NOT NULL DEFAULT 1, ended_us INTEGER,
         PRIMARY KEY (kind, key)) STRICT;
     CREATE INDEX documents_personal ON documents_kept (key) WHERE kind = 'order' AND personal = 1;
     CREATE TABLE requests_kept (waybill_id TEXT NOT NULL, attempt INTEGER NOT NULL, body_id INTEGER NOT NULL, PRIMARY KEY (waybill_id, attempt)) STRICT;
     INSERT INTO bodies (id, body) SELECT rowid, body FROM documents;
     INSERT INTO documents_kept (rowid, kind, key, version, body_id, after_epoch, after_seq, arrival)
         SELECT rowid, kind, key, version, rowid, after_epoch, after_seq, arrival FROM documents;
     CREATE TEMP TABLE past (docs INTEGER);
     INSERT INTO past SELECT coalesce(max(id), 0) FROM bodies;
     INSERT INTO bodies (id, body) SELECT (SELECT docs FROM past) + rowid, body FROM requests;
     INSERT INTO requests_kept (waybill_id, attempt, body_id)
         SELECT waybill_id, attempt, (SELECT docs FROM past) + rowid FROM requests;
     DROP TABLE past;
     DROP TABLE documents;
     DROP TABLE requests;
     CREATE VIEW documents AS SELECT kind, key, version, rtrim(body) AS body, body_id, after_epoch, after_seq, arrival, personal, ended_us
         FROM documents_kept JOIN bodies ON bodies.id = body_id;
     CREATE VIEW requests AS SELECT waybill_id, attempt, rtrim(body) AS body FROM requests_kept JOIN bodies ON bodies.id = body_id;",
    // 2: what screens sent and how it was answered: a screen that didn't hear the answer sends it again.
    "CREATE TABLE screen_scans (
         screen TEXT NOT NULL, id TEXT NOT NULL, at_us INTEGER NOT NULL, answer TEXT NOT NULL,
         PRIMARY KEY (screen, id)) STRICT, WITHOUT ROWID;
     CREATE INDEX screen_scans_at ON screen_scans (at_us);",
];

/// Brings the file to this program's version. A file from a later version is refused, unchanged.
pub fn migrate(connection: &mut Connection) -> Result<(), MigrateError> {
    let found: usize = connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))? as usize;
    if found > MIGRATIONS.len() {
        return Err(MigrateError::Later { found, known: MIGRATIONS.len() });
    }
    for (version, migration) in MIGRATIONS.iter().enumerate().skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", (version + 1) as i64)?;
        transaction.commit()?;
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(
        "the file has schema version {found}, this program knows up to {known}: run the newer program that wrote it"
    )]
    Later { found: usize, known: usize },
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}
