//! Exceptions in the store: noted once, as old as the first time, and gone when somebody did what they asked for.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Exception;
use crate::domain::id::StationCode;
use crate::hub::{HubError, json, parsed};

/// What was noticed of a kind, or of all with the empty one: subject, what it is, since when.
pub(in crate::hub) fn noticed_as(
    connection: &Connection,
    kind: &str,
) -> Result<Vec<(String, Exception, i64)>, HubError> {
    let mut statement =
        connection.prepare("SELECT subject, detail, since_us FROM exceptions WHERE ?1 IN ('', kind)")?;
    let mut rows = statement.query([kind])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, detail): (String, String) = (row.get(0)?, row.get(1)?);
        let exception = parsed("exception", &subject, &detail)?;
        found.push((subject, exception, row.get(2)?));
    }
    Ok(found)
}

/// Somebody did what it asked for.
pub(in crate::hub) fn mended(transaction: &Transaction<'_>, subject: &str, kind: &str) -> Result<(), HubError> {
    transaction
        .prepare_cached("DELETE FROM exceptions WHERE kind = ?1 AND subject = ?2")?
        .execute(params![kind, subject])?;
    Ok(())
}

/// The same thing under another name, as old as it is.
pub(in crate::hub) fn renamed(transaction: &Transaction<'_>, from: &str, to: &str, kind: &str) -> Result<(), HubError> {
    transaction
        .prepare_cached("UPDATE OR REPLACE exceptions SET subject = ?2 WHERE subject = ?1 AND kind = ?3")?
        .execute(params![from, to, kind])?;
    Ok(())
}

/// Everything of a kind that a station told.
pub(in crate::hub) fn mended_all(
    transaction: &Transaction<'_>,
    station: &StationCode,
    kind: &str,
) -> Result<(), HubError> {
    transaction
        .prepare_cached("DELETE FROM exceptions WHERE kind = ?1 AND substr(subject, 1, length(?2) + 1) = ?2 || ' '")?
        .execute(params![kind, station.as_str()])?;
    Ok(())
}

/// What is noted of it now.
pub(in crate::hub) fn noted_as(
    connection: &Connection,
    subject: &str,
    kind: &str,
) -> Result<Option<Exception>, HubError> {
    let mut found = connection.prepare_cached("SELECT detail FROM exceptions WHERE kind = ?1 AND subject = ?2")?;
    let detail: Option<String> = found.query_row(params![kind, subject], |row| row.get(0)).optional()?;
    detail.map(|detail| parsed("exception", subject, &detail)).transpose()
}

pub(in crate::hub) fn is_noted(connection: &Connection, subject: &str, kind: &str) -> Result<bool, HubError> {
    let mut found = connection.prepare_cached("SELECT 1 FROM exceptions WHERE kind = ?1 AND subject = ?2")?;
    Ok(found.exists(params![kind, subject])?)
}

/// Notes what a person must look at; the first time counts as its age.
pub(in crate::hub) fn note(
    transaction: &Transaction<'_>,
    subject: &str,
    exception: &Exception,
    now_us: i64,
) -> Result<(), HubError> {
    transaction
        .prepare_cached(
            "INSERT INTO exceptions (kind, subject, detail, since_us) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (kind, subject) DO UPDATE SET detail = excluded.detail",
        )?
        .execute(params![exception.kind(), subject, json(exception), now_us])?;
    Ok(())
}
