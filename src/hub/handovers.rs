//! Handovers: what which driver took along, as the docks tell it. They may be told out of order.

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::api::{Site, blocking};
use super::{Hub, HubError, Refusal, parsed};
use crate::domain::entry::Entry;
use crate::domain::fact::Fact;
use crate::domain::id::StationCode;
use crate::domain::order::CarrierCode;

/// The newest are shown.
const MOST: i64 = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverRow {
    /// Which it is: its station, that station's journal, and its number at its place.
    pub id: String,
    pub station: String,
    pub handover: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_us: Option<i64>,
    /// `None` while parcels are loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_us: Option<i64>,
    /// Parcels the hub has heard of.
    pub parcels: u32,
    /// What the dock counted when it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    pub handover: HandoverRow,
    /// In the order of their scans.
    pub numbers: Vec<String>,
}

impl Hub {
    /// The newest first; those that are open before all.
    pub fn handovers(&self) -> Result<Vec<HandoverRow>, HubError> {
        self.read(|connection| rows(connection, "", MOST))
    }

    pub fn handover(&self, id: &str) -> Result<Loaded, HubError> {
        self.read(|connection| {
            let Some(handover) = rows(connection, id, 1)?.into_iter().next() else {
                let detail = format!("there is no handover {id}: look at the list of them");
                return Err(Refusal::new(404, "Unknown handover", detail).into());
            };
            let mut numbers =
                connection.prepare("SELECT number FROM handed_over WHERE id = ?1 ORDER BY at_us, number")?;
            let numbers = numbers.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(Loaded { handover, numbers })
        })
    }
}

/// What an entry tells of one.
pub(super) fn told(
    transaction: &Transaction<'_>,
    station: &StationCode,
    epoch: &str,
    entry: &Entry,
    fact: &Fact,
) -> Result<(), HubError> {
    let at_us = entry.stamp.best_us();
    let set = |handover: &str, column: &str, value: &dyn rusqlite::ToSql| -> Result<(), HubError> {
        let id = id(station, epoch, handover);
        transaction
            .prepare_cached("INSERT OR IGNORE INTO handovers (id, station, handover, at_us) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, station.as_str(), handover, at_us])?;
        transaction
            .prepare_cached(&format!("UPDATE handovers SET {column} = ?2 WHERE id = ?1"))?
            .execute(params![id, value])?;
        Ok(())
    };
    match fact {
        Fact::HandoverOpened { handover, carrier, .. } => {
            set(handover, "carrier", &carrier.as_str())?;
            set(handover, "opened_us", &at_us)
        }
        Fact::VehicleNoted { handover, plate, .. } => set(handover, "plate", plate),
        Fact::HandoverClosed { handover, count, .. } => {
            set(handover, "counted", count)?;
            set(handover, "closed_us", &at_us)
        }
        Fact::HandoverReopened { handover, .. } => set(handover, "closed_us", &rusqlite::types::Null),
        Fact::ParcelShipped { handover: Some(handover), number: Some(number), .. }
        | Fact::PieceLoaded { handover: Some(handover), number, .. } => {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO handed_over (id, number, at_us) VALUES (?1, ?2, ?3)")?
                .execute(params![id(station, epoch, handover), number, at_us])?;
            Ok(())
        }
        Fact::PiecesUnloaded { handover: Some(handover), numbers, .. } => {
            let mut off = transaction.prepare_cached("DELETE FROM handed_over WHERE id = ?1 AND number = ?2")?;
            for number in numbers {
                off.execute(params![id(station, epoch, handover), number])?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn id(station: &StationCode, epoch: &str, handover: &str) -> String {
    // An epoch begins with its time; what tells it from others stands at its end.
    let tail = epoch.char_indices().rev().nth(11).map_or(epoch, |(at, _)| &epoch[at..]);
    format!("{station}.{tail}.{handover}")
}

fn rows(connection: &Connection, id: &str, limit: i64) -> Result<Vec<HandoverRow>, HubError> {
    let mut statement = connection.prepare(
        "SELECT id, station, handover, carrier, plate, opened_us, closed_us, counted,
                (SELECT count(*) FROM handed_over p WHERE p.id = h.id)
         FROM handovers h WHERE ?1 = '' OR id = ?1
         ORDER BY closed_us IS NOT NULL, at_us DESC LIMIT ?2",
    )?;
    let mut found = Vec::new();
    let mut rows = statement.query(params![id, limit])?;
    while let Some(row) = rows.next()? {
        let (id, carrier): (String, Option<String>) = (row.get(0)?, row.get(3)?);
        found.push(HandoverRow {
            carrier: carrier.map(|carrier| parsed("carrier", &id, &format!("\"{carrier}\""))).transpose()?,
            id,
            station: row.get(1)?,
            handover: row.get(2)?,
            plate: row.get(4)?,
            opened_us: row.get(5)?,
            closed_us: row.get(6)?,
            counted: row.get(7)?,
            parcels: row.get(8)?,
        });
    }
    Ok(found)
}

pub(super) fn router() -> Router<Site> {
    Router::new().route("/v1/handovers", get(list)).route("/v1/handovers/{id}", get(one))
}

async fn list(State(site): State<Site>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    Ok(Json(serde_json::json!({ "handovers": blocking(move || hub.handovers()).await? })).into_response())
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Result<Response, HubError> {
    let hub = site.hub.clone();
    Ok(Json(blocking(move || hub.handover(&id)).await?).into_response())
}
