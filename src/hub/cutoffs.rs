//! Tells stations when the site's carriers cut off: documents like all others, put into the feed when a start finds that
//! the config says something else than before.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction};

use super::{HubError, down, json, parsed};
use crate::domain::cutoff::{CutoffRecord, Timetable};

const KIND: &str = "cutoff";

pub(super) fn tell(connection: &mut Connection, cutoffs: &Timetable) -> Result<(), HubError> {
    let transaction = connection.transaction()?;
    let mut told = told(&transaction)?;
    for record in cutoffs.records() {
        if told.remove(&record.cutoff.key()).as_ref() != Some(&record) {
            put(&transaction, &record)?;
        }
    }
    // A document can't be taken back: one without times says that there is none any more.
    for mut record in told.into_values().filter(|record| !record.cutoff.at.is_empty()) {
        record.cutoff.at.clear();
        put(&transaction, &record)?;
    }
    Ok(transaction.commit()?)
}

fn told(transaction: &Transaction<'_>) -> Result<BTreeMap<String, CutoffRecord>, HubError> {
    let mut statement = transaction.prepare("SELECT key, body FROM down WHERE kind = ?1")?;
    let mut rows = statement.query([KIND])?;
    let mut told = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (key, body): (String, String) = (row.get(0)?, row.get(1)?);
        let record = parsed("cut-off", &key, &body)?;
        told.insert(key, record);
    }
    Ok(told)
}

fn put(transaction: &Transaction<'_>, record: &CutoffRecord) -> Result<(), HubError> {
    let warehouse = record.cutoff.warehouse.as_deref().unwrap_or_default();
    down::put(transaction, warehouse, "", KIND, &record.cutoff.key(), 0, &json(record))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::cutoff::{Cutoff, Cutoffs};
    use crate::domain::order::CarrierCode;
    use crate::hub::schema;

    fn table(cutoffs: &[(Option<&str>, &str)]) -> Timetable {
        let cutoff = |(warehouse, at): &(Option<&str>, &str)| Cutoff {
            carrier: CarrierCode::Sf,
            warehouse: warehouse.map(str::to_owned),
            at: vec![at.parse().expect("a good one")],
            pickup: Vec::new(),
        };
        let cutoffs = Cutoffs::try_from(cutoffs.iter().map(cutoff).collect::<Vec<_>>()).expect("good ones");
        cutoffs.timetable(TimeZone::get("Asia/Shanghai").expect("a zone"))
    }

    /// The feed: cursor, warehouse, key, and the times it tells.
    fn feed(connection: &Connection) -> Vec<(i64, String, String, usize)> {
        let mut statement =
            connection.prepare("SELECT cursor, warehouse, key, body FROM down ORDER BY cursor").expect("a question");
        let row = |row: &rusqlite::Row<'_>| -> rusqlite::Result<_> {
            let record: CutoffRecord = serde_json::from_str(&row.get::<_, String>(3)?).expect("a record");
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, record.cutoff.at.len()))
        };
        statement.query_map([], row).expect("rows").collect::<Result<_, _>>().expect("rows")
    }

    #[test]
    fn stations_hear_of_what_changed_and_of_nothing_else() {
        let mut connection = Connection::open_in_memory().expect("a store");
        schema::migrate(&mut connection).expect("its tables");
        let mut told = |cutoffs: &[(Option<&str>, &str)]| {
            tell(&mut connection, &table(cutoffs)).expect("told");
            feed(&connection)
        };
        let all = (None, "daily 17:00");
        let first = told(&[all, (Some("HZ"), "daily 16:00")]);
        assert_eq!(first, [(1, "".into(), "sf".into(), 1), (2, "HZ".into(), "sf@HZ".into(), 1)]);
        assert_eq!(told(&[all, (Some("HZ"), "daily 16:00")]), first, "the same config says nothing new");
        assert_eq!(told(&[all, (Some("HZ"), "daily 15:00")]).last(), Some(&(3, "HZ".into(), "sf@HZ".into(), 1)));
        let gone = told(&[all]);
        assert_eq!(gone.last(), Some(&(4, "HZ".into(), "sf@HZ".into(), 0)), "it has no times any more");
        assert_eq!(told(&[all]), gone, "and is told once");
        assert_eq!(told(&[all, (Some("HZ"), "daily 15:00")]).last(), Some(&(5, "HZ".into(), "sf@HZ".into(), 1)));
    }
}
