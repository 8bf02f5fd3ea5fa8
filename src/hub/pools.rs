//! Numbers for outages, kept for stations: each is lent to one station and never comes back, whether it was used or not.
//! Nothing here knows whether a number is the carrier's own; it only never gives one twice.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::exceptions::{self, Exception};
use super::{Hub, HubError, Policy, Refusal};
use crate::carrier::prefetch;
use crate::domain::account::AccountName;
use crate::domain::id::StationCode;
use crate::domain::number::is_from;
use crate::domain::order::CarrierCode;
use crate::wire::{PoolBlock, PoolNumber};

/// A number that is lent lives so long at least: what is stuck on its last day is registered when the outage ends.
const MARGIN_DAYS: i32 = 3;
/// Numbers that end so soon are somebody's business while they can still be used.
const ENDING_DAYS: i32 = 7;
/// Source of numbers that a station got by itself; they are known here and lent to nobody else.
const OF_A_STATION: &str = "station";
/// Source of numbers that the hub got of the carrier itself.
const OF_THE_CARRIER: &str = "carrier";

/// What a station asks for.
pub(super) struct Wish<'w> {
    pub carrier: CarrierCode,
    pub shop: Option<&'w str>,
    pub count: u32,
    /// The journal's, for a file that was lost may have used what it was lent.
    pub epoch: &'w str,
    /// The last block that this journal keeps.
    pub last: Option<&'w str>,
}

/// `POST /v1/pools`: numbers that somebody brings, e.g. from a carrier's outlet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolImport {
    pub carrier: CarrierCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// The file they stand in.
    pub source: String,
    pub numbers: Vec<PoolNumber>,
    /// Only say what would be refused.
    #[serde(default)]
    pub dry_run: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolImported {
    pub account: String,
    pub accepted: usize,
    pub refused: Vec<RefusedNumber>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedNumber {
    pub number: String,
    pub reason: String,
}

/// An account's numbers as the office counts them; each is counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRow {
    pub account: String,
    /// How many the config wants to be free.
    pub wanted: u32,
    pub free: u32,
    /// At stations, and on no parcel that the hub has heard of.
    pub leased: u32,
    pub used: u32,
    pub expired: u32,
    /// From before the hub came back from a backup: a station may have one of them, so none is lent.
    pub doubtful: u32,
    /// The first day after which a free one ends.
    pub next_expiry: Option<Date>,
}

/// How many numbers are free, and how many should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    free: u32,
    wanted: u32,
}

impl Level {
    /// How many to ask the carrier for, where they are too few.
    pub(super) fn missing(self) -> Option<u32> {
        prefetch::missing(self.wanted, self.free)
    }
}

impl Hub {
    /// Numbers that are the station's alone from now on; `None` where no pool is kept for the account.
    pub(super) fn lend_numbers(
        &self,
        station: &StationCode,
        wish: &Wish<'_>,
        now_us: i64,
    ) -> Result<Option<PoolBlock>, HubError> {
        self.write(|transaction| {
            let warehouse = super::down::warehouse_of(transaction, station)?;
            let accounts = accounts_of(wish, warehouse);
            let past = self.epoch();
            for account in &accounts {
                let Some(block) = unkept(transaction, account, station, wish.epoch)? else { continue };
                if wish.last != Some(block_name(past, block).as_str()) {
                    let numbers = numbers_of(transaction, block)?;
                    return Ok(Some(PoolBlock { block: block_name(past, block), numbers }));
                }
                transaction.execute("UPDATE pool_blocks SET kept = 1 WHERE block = ?1", [block])?;
            }
            let from = lendable_from(day(self.policy(), now_us));
            for account in &accounts {
                let numbers = free(transaction, account, past, from, wish.count.min(prefetch::MOST))?;
                if !numbers.is_empty() {
                    let block = lend(transaction, account, station, wish.epoch, &numbers, now_us)?;
                    return Ok(Some(PoolBlock { block: block_name(past, block), numbers }));
                }
            }
            for account in &accounts {
                if self.policy().pools.contains_key(account) || is_known(transaction, account)? {
                    return Ok(Some(PoolBlock { block: String::new(), numbers: Vec::new() }));
                }
            }
            Ok(None)
        })
    }

    /// Takes numbers in, each once and for ever; those that can't be used are named with the reason.
    pub fn import_numbers(&self, import: &PoolImport, now_us: i64) -> Result<PoolImported, HubError> {
        if import.numbers.is_empty() {
            return Err(Refusal::new(422, "No numbers", "there are no numbers in it: give one a line").into());
        }
        let PoolImport { carrier, shop, warehouse, source, .. } = import;
        if [OF_A_STATION, OF_THE_CARRIER].contains(&source.as_str()) {
            let detail = format!("`{source}` can't be a file's name here: give the file another name");
            return Err(Refusal::new(422, "Unusable source", detail).into());
        }
        let account = AccountName { carrier: *carrier, shop: shop.clone(), warehouse: warehouse.clone() };
        let today = day(self.policy(), now_us);
        let refused = match import.dry_run {
            true => self.read(|connection| refused(connection, import, today, |_| Ok(())))?,
            false => self.write(|transaction| {
                refused(transaction, import, today, |one| {
                    put(transaction, &account, one, source, self.epoch()).map(drop)
                })
            })?,
        };
        let accepted = import.numbers.len() - refused.len();
        Ok(PoolImported { account: account.to_string(), accepted, refused })
    }

    /// Numbers the carrier lent; how many of them are new.
    pub(super) fn keep_numbers(
        &self,
        account: &AccountName,
        numbers: &[String],
        expires_on: Date,
    ) -> Result<usize, HubError> {
        self.write(|transaction| {
            let mut new = 0;
            for number in numbers.iter().filter(|number| is_from(account.carrier, number)) {
                let one = PoolNumber { number: number.clone(), expires_on };
                new += put(transaction, account, &one, OF_THE_CARRIER, self.epoch())?;
            }
            Ok(new)
        })
    }

    /// Every account that has numbers or should have.
    pub fn pools(&self, now_us: i64) -> Result<Vec<PoolRow>, HubError> {
        self.read(|connection| rows(connection, self, now_us))
    }

    /// What is missing of an account that the config wants numbers of.
    pub(super) fn level(&self, account: &AccountName, now_us: i64) -> Result<Level, HubError> {
        let from = lendable_from(day(self.policy(), now_us));
        let most = self.policy().pools.get(account).copied().unwrap_or_default();
        let free = self.read(|connection| free(connection, account, self.epoch(), from, most))?;
        Ok(Level { free: free.len() as u32, wanted: most })
    }

    /// Notes that there are too few, and why nothing is done about it, or that there are enough again; writes nothing where
    /// that is known.
    pub(super) fn note_low(&self, account: &AccountName, why: Option<String>, now_us: i64) -> Result<(), HubError> {
        let (level, subject) = (self.level(account, now_us)?, account.to_string());
        let Level { free, wanted } = level;
        let low = why.filter(|_| level.missing().is_some()).map(|why| Exception::PoolLow { free, wanted, why });
        if self.read(|connection| exceptions::noted_as(connection, &subject, "pool_low"))? == low {
            return Ok(());
        }
        self.write(|transaction| match &low {
            Some(low) => exceptions::note(transaction, &subject, low, now_us),
            None => exceptions::mended(transaction, &subject, "pool_low"),
        })
    }
}

/// Of an account whose numbers nobody wants any more nobody is left to say that there are enough.
pub(super) fn want_only(connection: &Connection, policy: &Policy) -> rusqlite::Result<()> {
    let names: Vec<String> = policy.pools.keys().map(ToString::to_string).collect();
    let names = serde_json::to_string(&names).expect("texts are plain data");
    let gone = "DELETE FROM exceptions WHERE kind = 'pool_low' AND subject NOT IN (SELECT value FROM json_each(?1))";
    connection.execute(gone, [names])?;
    Ok(())
}

/// The warehouse's day.
fn day(policy: &Policy, now_us: i64) -> Date {
    Timestamp::from_microsecond(now_us).unwrap_or_default().to_zoned(policy.zone.clone()).date()
}

fn lendable_from(today: Date) -> Date {
    today.saturating_add(MARGIN_DAYS.days())
}

/// Blocks of another past are none of this one's, though they may bear the same count.
fn block_name(past: &str, block: i64) -> String {
    format!("{past}/{block}")
}

/// The account with the station's own warehouse before the one for all; never one of another shop or of everybody's, for
/// the station asks for the numbers of exactly that contract.
fn accounts_of(wish: &Wish<'_>, warehouse: String) -> [AccountName; 2] {
    let shop = wish.shop.map(str::to_owned);
    [Some(warehouse), None].map(|warehouse| AccountName { carrier: wish.carrier, shop: shop.clone(), warehouse })
}

/// The hub has or had numbers of it that no station fetched itself.
fn is_known(connection: &Connection, account: &AccountName) -> Result<bool, HubError> {
    let mut known =
        connection.prepare_cached("SELECT 1 FROM pool_numbers WHERE account = ?1 AND source <> ?2 LIMIT 1")?;
    Ok(known.exists(params![account.to_string(), OF_A_STATION])?)
}

/// The block that this journal was lent and hasn't named since; there is one at most.
fn unkept(
    connection: &Connection,
    account: &AccountName,
    station: &StationCode,
    epoch: &str,
) -> Result<Option<i64>, HubError> {
    let mut found = connection.prepare_cached(
        "SELECT block FROM pool_blocks WHERE account = ?1 AND station = ?2 AND epoch = ?3 AND kept = 0",
    )?;
    Ok(found.query_row(params![account.to_string(), station.as_str(), epoch], |row| row.get(0)).optional()?)
}

fn numbers_of(connection: &Connection, block: i64) -> Result<Vec<PoolNumber>, HubError> {
    let mut found = connection
        .prepare_cached("SELECT number, expires_on FROM pool_numbers WHERE block = ?1 ORDER BY expires_on, number")?;
    let numbers = found.query_map([block], number)?.collect::<Result<_, _>>()?;
    Ok(numbers)
}

/// Those that end first; one that is on a parcel all the same is nobody's to lend.
fn free(
    connection: &Connection,
    account: &AccountName,
    past: &str,
    from: Date,
    count: u32,
) -> Result<Vec<PoolNumber>, HubError> {
    let mut found = connection.prepare_cached(
        "SELECT number, expires_on FROM pool_numbers p
         WHERE account = ?1 AND station IS NULL AND past = ?2 AND expires_on >= ?3
           AND NOT EXISTS (SELECT 1 FROM numbers n WHERE n.number = p.number)
           AND NOT EXISTS (SELECT 1 FROM aliases a WHERE a.alias = p.number AND a.kind = 'waybill')
         ORDER BY expires_on, number LIMIT ?4",
    )?;
    let found = found.query_map(params![account.to_string(), past, from.to_string(), count], number)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn number(row: &rusqlite::Row<'_>) -> rusqlite::Result<PoolNumber> {
    let expires_on: String = row.get(1)?;
    // Only days were ever written; one that can't be read is long over.
    Ok(PoolNumber { number: row.get(0)?, expires_on: expires_on.parse().unwrap_or_default() })
}

fn lend(
    transaction: &Transaction<'_>,
    account: &AccountName,
    station: &StationCode,
    epoch: &str,
    numbers: &[PoolNumber],
    now_us: i64,
) -> Result<i64, HubError> {
    transaction
        .prepare_cached("INSERT INTO pool_blocks (account, station, epoch, at_us) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account.to_string(), station.as_str(), epoch, now_us])?;
    let block = transaction.last_insert_rowid();
    let mut take = transaction.prepare_cached("UPDATE pool_numbers SET station = ?2, block = ?3 WHERE number = ?1")?;
    for one in numbers {
        take.execute(params![one.number, station.as_str(), block])?;
    }
    Ok(block)
}

/// The numbers of an import that can't be used; `keep` takes each of the others before the next is looked at, so that one
/// that stands twice is refused the second time.
fn refused(
    connection: &Connection,
    import: &PoolImport,
    today: Date,
    keep: impl Fn(&PoolNumber) -> Result<(), HubError>,
) -> Result<Vec<RefusedNumber>, HubError> {
    let mut refused = Vec::new();
    for one in &import.numbers {
        match unusable(connection, import.carrier, one, today)? {
            Some(reason) => refused.push(RefusedNumber { number: one.number.clone(), reason }),
            None => keep(one)?,
        }
    }
    Ok(refused)
}

/// Why a number that somebody brings can't be used.
fn unusable(
    connection: &Connection,
    carrier: CarrierCode,
    one: &PoolNumber,
    today: Date,
) -> Result<Option<String>, HubError> {
    let PoolNumber { number, expires_on } = one;
    if !is_from(carrier, number) {
        return Ok(Some(format!("it is no number of {}'s: give its own carrier", carrier.as_str().to_uppercase())));
    }
    if *expires_on < lendable_from(today) {
        return Ok(Some(format!("it ends on {expires_on}, too soon to be lent: ask the outlet for others")));
    }
    let mut on_parcel = connection.prepare_cached(
        "SELECT 1 FROM numbers WHERE number = ?1 UNION SELECT 1 FROM aliases WHERE alias = ?1 AND kind = 'waybill'",
    )?;
    if on_parcel.exists([number])? {
        return Ok(Some("it is on a parcel: a number is used once, so ask the outlet for others".to_owned()));
    }
    let mut here = connection.prepare_cached("SELECT 1 FROM pool_numbers WHERE number = ?1")?;
    let here = here.exists([number])?;
    Ok(here.then(|| "it is here already: a number is lent once, so take the line out".to_owned()))
}

/// How many are new: one or none.
fn put(
    transaction: &Transaction<'_>,
    account: &AccountName,
    one: &PoolNumber,
    source: &str,
    past: &str,
) -> Result<usize, HubError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO pool_numbers (number, account, expires_on, source, past) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    Ok(insert.execute(params![one.number, account.to_string(), one.expires_on.to_string(), source, past])?)
}

/// A station told which numbers it holds: whatever this hub knew of them, they are that station's. Where another holds one as
/// well, which only a hub that forgot or a carrier can bring about, somebody must know.
pub(super) fn told(
    transaction: &Transaction<'_>,
    station: &StationCode,
    account: &AccountName,
    numbers: &[String],
    expires_on: Date,
    past: &str,
    at_us: i64,
) -> Result<(), HubError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO pool_numbers (number, account, expires_on, source, past, station) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (number) DO UPDATE SET station = coalesce(station, excluded.station) RETURNING station",
    )?;
    for number in numbers {
        let row = params![number, account.to_string(), expires_on.to_string(), OF_A_STATION, past, station.as_str()];
        let holder: String = insert.query_row(row, |row| row.get(0))?;
        if holder != station.as_str() {
            let stations = [holder, station.to_string()];
            exceptions::note(transaction, number, &Exception::NumberAtTwoStations { stations }, at_us)?;
        }
    }
    Ok(())
}

fn rows(connection: &Connection, hub: &Hub, now_us: i64) -> Result<Vec<PoolRow>, HubError> {
    let today = day(hub.policy(), now_us);
    let mut counted = connection.prepare_cached(
        "WITH p AS (SELECT account, expires_on, station IS NOT NULL AS lent, past = ?1 AS ours,
                    EXISTS (SELECT 1 FROM numbers n WHERE n.number = pool_numbers.number)
                    OR EXISTS (SELECT 1 FROM aliases a WHERE a.alias = pool_numbers.number AND a.kind = 'waybill') AS used
                    FROM pool_numbers)
         SELECT account,
                count(*) FILTER (WHERE NOT used AND NOT lent AND ours AND expires_on >= ?2),
                count(*) FILTER (WHERE NOT used AND lent AND expires_on >= ?3),
                count(*) FILTER (WHERE used),
                count(*) FILTER (WHERE NOT used AND expires_on < iif(lent, ?3, ?2)),
                count(*) FILTER (WHERE NOT used AND NOT lent AND NOT ours AND expires_on >= ?2),
                min(expires_on) FILTER (WHERE NOT used AND NOT lent AND ours AND expires_on >= ?2)
         FROM p GROUP BY account",
    )?;
    let wanted = |account: &str| {
        let pools = &hub.policy().pools;
        pools.iter().find(|(name, _)| name.to_string() == account).map_or(0, |(_, wanted)| *wanted)
    };
    let days = params![hub.epoch(), lendable_from(today).to_string(), today.to_string()];
    let found = counted.query_map(days, |row| {
        let account: String = row.get(0)?;
        let expiry: Option<String> = row.get(6)?;
        Ok(PoolRow {
            wanted: wanted(&account),
            account,
            free: row.get(1)?,
            leased: row.get(2)?,
            used: row.get(3)?,
            expired: row.get(4)?,
            doubtful: row.get(5)?,
            next_expiry: expiry.and_then(|day| day.parse().ok()),
        })
    })?;
    let mut rows: Vec<PoolRow> = found.collect::<Result<_, _>>()?;
    for (name, wanted) in &hub.policy().pools {
        if !rows.iter().any(|row| row.account == name.to_string()) {
            rows.push(PoolRow { account: name.to_string(), wanted: *wanted, ..PoolRow::default() });
        }
    }
    rows.sort_by(|a, b| a.account.cmp(&b.account));
    Ok(rows)
}

/// Free numbers that end soon: account, how many, the first day, and since when that is so.
pub(super) fn ending(
    connection: &Connection,
    hub: &Hub,
    now_us: i64,
) -> Result<Vec<(String, Exception, i64)>, HubError> {
    let today = day(hub.policy(), now_us);
    let mut found = connection.prepare_cached(
        "SELECT account, count(*), min(expires_on) FROM pool_numbers p
         WHERE station IS NULL AND past = ?1 AND expires_on BETWEEN ?2 AND ?3
           AND NOT EXISTS (SELECT 1 FROM numbers n WHERE n.number = p.number)
           AND NOT EXISTS (SELECT 1 FROM aliases a WHERE a.alias = p.number AND a.kind = 'waybill') GROUP BY account",
    )?;
    let until = today.saturating_add(ENDING_DAYS.days());
    let rows = found.query_map(params![hub.epoch(), today.to_string(), until.to_string()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut ending = Vec::new();
    for row in rows {
        let (account, count, first) = row?;
        let first: Date = first.parse().unwrap_or(today);
        let since = first.saturating_sub(ENDING_DAYS.days()).to_zoned(hub.policy().zone.clone());
        let since_us = since.map_or(now_us, |since| since.timestamp().as_microsecond());
        ending.push((account, Exception::PoolEnding { count, first }, since_us));
    }
    Ok(ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::schema;

    #[test]
    fn a_number_that_two_stations_hold_is_somebodys_to_look_at() {
        let mut connection = Connection::open_in_memory().expect("a store");
        schema::migrate(&mut connection).expect("its tables");
        let transaction = connection.transaction().expect("a transaction");
        let (jd, last) = (CarrierCode::Jd.into(), jiff::civil::date(2026, 12, 31));
        let tells = |station: &str, numbers: &[&str]| {
            let numbers: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
            told(&transaction, &station.into(), &jd, &numbers, last, "past", 0).expect("it is taken");
            let mut noted = transaction.prepare("SELECT subject, detail FROM exceptions").expect("a question");
            let rows = noted.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
            rows.collect::<Result<Vec<(String, String)>, _>>().expect("rows")
        };
        assert_eq!(tells("SZ-01", &["JDVA1", "JDVA2"]), []);
        assert_eq!(tells("SZ-01", &["JDVA1"]), [], "told again");
        let noted = tells("SZ-02", &["JDVA2", "JDVA3"]);
        assert_eq!(noted.len(), 1);
        assert_eq!(noted[0].0, "JDVA2");
        assert!(noted[0].1.contains(r#"["SZ-01","SZ-02"]"#), "{noted:?}");
    }
}
