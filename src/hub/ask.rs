//! Questions a packer waits for: what a code names, and who may ask the carrier for a parcel's number.

use rusqlite::{Connection, params};

use super::{Hub, HubError, accept, down};
use crate::domain::id::StationCode;
use crate::domain::parcel::Parcel;
use crate::wire::{AskAnswer, AskRequest, DownDocument};

impl Hub {
    pub fn ask(&self, station: &StationCode, request: &AskRequest) -> Result<AskAnswer, HubError> {
        match request {
            AskRequest::Code { code } => self.read(|connection| {
                let documents = named(connection, station, code)?;
                Ok(AskAnswer { documents, leased: false })
            }),
            AskRequest::Lease { parcel_id } => self.lease(station, parcel_id),
        }
    }

    /// A lease nobody holds goes to the asker; one that is held stays with its holder.
    fn lease(&self, station: &StationCode, parcel_id: &str) -> Result<AskAnswer, HubError> {
        self.write(|transaction| {
            let mut parcel = accept::parcel(transaction, parcel_id)?;
            let leased = match &parcel.issuer {
                Some(holder) => holder == station,
                None => {
                    parcel.issuer = Some(station.clone());
                    accept::put_parcel(transaction, &parcel, None)?;
                    true
                }
            };
            let documents = vec![down::document("parcel".into(), parcel_id.to_owned(), 0, super::json(&parcel))?];
            Ok(AskAnswer { documents, leased })
        })
    }
}

/// The documents behind a code: its parcels with their orders and what happened to them, or its item.
fn named(connection: &Connection, asker: &StationCode, code: &str) -> Result<Vec<DownDocument>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, key FROM aliases WHERE alias = ?1 UNION SELECT 'waybill', parcel_id FROM numbers WHERE number = ?1",
    )?;
    let found: Vec<(String, String)> =
        statement.query_map([code], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut documents = Vec::new();
    for (kind, key) in found {
        match kind.as_str() {
            "item" => documents.extend(stored(connection, "item", &key)?),
            _ => documents.extend(parcel_documents(connection, asker, &accept::parcel(connection, &key)?)?),
        }
    }
    Ok(documents)
}

fn parcel_documents(
    connection: &Connection,
    asker: &StationCode,
    parcel: &Parcel,
) -> Result<Vec<DownDocument>, HubError> {
    let mut documents = Vec::new();
    for order_no in &parcel.orders {
        documents.extend(stored(connection, "order", order_no.as_str())?);
    }
    documents.extend(stored(connection, "parcel", parcel.parcel_id.as_str())?);
    let mut facts = connection.prepare_cached(
        "SELECT d.kind, d.key, d.version, d.body FROM entries e JOIN down d ON d.kind = 'fact' AND d.key = e.event_id
         WHERE e.parcel_id = ?1 AND e.station <> ?2 ORDER BY e.feed",
    )?;
    let rows: Vec<(String, String, i64, String)> = facts
        .query_map(params![parcel.parcel_id.as_str(), asker.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    for (kind, key, version, body) in rows {
        documents.push(down::document(kind, key, version, body)?);
    }
    Ok(documents)
}

fn stored(connection: &Connection, kind: &str, key: &str) -> Result<Vec<DownDocument>, HubError> {
    let mut statement =
        connection.prepare_cached("SELECT kind, key, version, body FROM down WHERE kind = ?1 AND key = ?2")?;
    let rows: Vec<(String, String, i64, String)> = statement
        .query_map(params![kind, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<Result<_, _>>()?;
    rows.into_iter().map(|(kind, key, version, body)| down::document(kind, key, version, body)).collect()
}
