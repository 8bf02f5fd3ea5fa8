//! Does the hub still hold what it acknowledged? A station says up to where it believes itself received, and with which
//! hash; what is gone is asked for again, what is another is said to a person.

use rusqlite::{OptionalExtension, Transaction, params};

use super::HubError;
use super::exceptions::{self, Exception};
use super::ingest::Chain;
use crate::domain::entry::Hash;
use crate::domain::id::StationCode;
use crate::wire::{Audited, Head};

/// Compares the rows themselves, not what was once noted of them, and takes the chain's end back to before a gap.
pub(super) fn audit(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    theirs: Head,
    chain: &mut Chain,
    now_us: i64,
) -> Result<Audited, HubError> {
    let count: i64 = transaction
        .prepare_cached("SELECT count(*) FROM entries WHERE station = ?1 AND epoch = ?2 AND seq <= ?3")?
        .query_row(params![station.as_str(), epoch, theirs.seq as i64], |row| row.get(0))?;
    let (count, hash) = (count as u64, hash_at(transaction, station, epoch, theirs.seq)?);
    if count < theirs.seq {
        let first = first_missing(transaction, station, epoch)?;
        let missing = Exception::EntriesMissing { epoch: epoch.to_owned(), first, count: theirs.seq - count };
        exceptions::note(transaction, station.as_str(), &missing, now_us)?;
        chain.ack = first - 1;
        chain.hash = hash_at(transaction, station, epoch, chain.ack)?.unwrap_or(Hash::start(station, epoch));
    } else if hash != Some(theirs.hash) {
        let differs = Exception::HeadDiffers { epoch: epoch.to_owned(), seq: theirs.seq };
        exceptions::note(transaction, station.as_str(), &differs, now_us)?;
    }
    Ok(Audited { count, hash })
}

fn hash_at(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    seq: u64,
) -> Result<Option<Hash>, HubError> {
    let hash: Option<Vec<u8>> = transaction
        .prepare_cached("SELECT hash FROM entries WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?
        .query_row(params![station.as_str(), epoch, seq as i64], |row| row.get(0))
        .optional()?;
    Ok(hash.and_then(|hash| Hash::from_slice(&hash)))
}

fn first_missing(transaction: &Transaction<'_>, station: &StationCode, epoch: &str) -> Result<u64, HubError> {
    let mut there = transaction
        .prepare_cached("SELECT seq FROM entries WHERE station = ?1 AND epoch = ?2 AND seq >= 1 ORDER BY seq")?;
    let mut rows = there.query(params![station.as_str(), epoch])?;
    let mut expected = 1;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(0)? as u64 != expected {
            break;
        }
        expected += 1;
    }
    Ok(expected)
}
