//! What a shift lead looks at: who packs how fast, what lies on the problem rack, what was printed again and why, and how the
//! benches' devices are. Of one warehouse, or of all.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::api::{Site, blocking};
use super::{Hub, HubError, parsed};
use crate::domain::parcel::Operator;
use crate::wire::DeviceState;

/// No shift is longer; one that began yesterday evening is seen whole.
const SHIFT_US: i64 = 12 * HOUR_US;
const HOUR_US: i64 = 3_600 * 1_000_000;
/// A parcel that was set aside longer ago is nobody's of this rack any more.
const RACK_US: i64 = 14 * 24 * HOUR_US;
/// Reprints that are shown, the newest.
const REPRINTS: i64 = 50;
/// The kinds of the index `entries_shift`, word for word: SQLite takes it only for the same list.
const KINDS: &str = "kind IN ('parcel_packed', 'parcel_shipped', 'scan_stopped', 'label_queued', 'parcel_set_aside')";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// The busiest of the last hour first.
    pub packers: Vec<Packer>,
    /// The oldest first.
    pub rack: Vec<SetAside>,
    /// The newest first.
    pub reprints: Vec<Reprint>,
    /// Those that need somebody first.
    pub devices: Vec<Device>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packer {
    pub operator: String,
    pub name: String,
    pub station: String,
    /// Parcels packed or shipped in the last hour, and since the shift began.
    pub last_hour: u32,
    pub parcels: u32,
    /// Scans that were stopped: wrong goods, cancelled orders and the like.
    pub stops: u32,
    pub first_us: i64,
    pub last_us: i64,
}

/// A parcel on the problem rack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    pub parcel_id: String,
    pub orders: Vec<String>,
    pub reason: String,
    pub station: String,
    pub operator: String,
    pub since_us: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reprint {
    pub number: String,
    pub copy: u32,
    pub reason: Option<String>,
    pub station: String,
    pub operator: String,
    pub at_us: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub station: String,
    #[serde(flatten)]
    pub device: DeviceState,
}

/// `?warehouse=SZ`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Of {
    #[serde(default)]
    pub warehouse: String,
}

pub(super) fn router() -> Router<Site> {
    Router::new().route("/v1/shift", routing::get(call))
}

async fn call(State(site): State<Site>, Query(of): Query<Of>) -> Result<Response, HubError> {
    let now_us = (site.now_us)();
    let shift = blocking(move || site.hub.shift(&of.warehouse, now_us)).await?;
    Ok(Json(shift).into_response())
}

impl Hub {
    /// `warehouse` empty: of all.
    pub fn shift(&self, warehouse: &str, now_us: i64) -> Result<Shift, HubError> {
        self.read(|connection| {
            let names = names(connection)?;
            let called = |operator: String| names.get(&operator).cloned().unwrap_or(operator);
            Ok(Shift {
                packers: packers(connection, warehouse, now_us, &called)?,
                rack: rack(connection, warehouse, now_us, &called)?,
                reprints: reprints(connection, warehouse, now_us, &called)?,
                devices: devices(connection, warehouse)?,
            })
        })
    }

    /// For whoever chooses one.
    pub fn warehouses(&self) -> Result<BTreeSet<String>, HubError> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT DISTINCT warehouse FROM stations WHERE warehouse <> ''")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }
}

fn names(connection: &Connection) -> Result<BTreeMap<String, String>, HubError> {
    let mut statement = connection.prepare("SELECT badge, body FROM operators")?;
    let mut rows = statement.query([])?;
    let mut names = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (badge, body): (String, String) = (row.get(0)?, row.get(1)?);
        let operator: Operator = parsed("operator", &badge, &body)?;
        names.insert(operator.operator_id.to_string(), operator.name);
    }
    Ok(names)
}

fn packers(
    connection: &Connection,
    warehouse: &str,
    now_us: i64,
    called: &impl Fn(String) -> String,
) -> Result<Vec<Packer>, HubError> {
    let mut statement = connection.prepare(&format!(
        "SELECT operator, max(station),
                count(*) FILTER (WHERE kind IN ('parcel_packed', 'parcel_shipped') AND occurred_us > ?2),
                count(*) FILTER (WHERE kind IN ('parcel_packed', 'parcel_shipped')),
                count(*) FILTER (WHERE kind = 'scan_stopped'), min(occurred_us), max(occurred_us)
         FROM entries INDEXED BY entries_shift
         WHERE {KINDS} AND occurred_us > ?1 AND occurred_us <= ?3 AND operator IS NOT NULL AND problem IS NULL
           AND (?4 = '' OR station IN (SELECT code FROM stations WHERE warehouse = ?4))
         GROUP BY operator ORDER BY 3 DESC, 4 DESC, operator"
    ))?;
    let since = [now_us - SHIFT_US, now_us - HOUR_US];
    let rows = statement.query_map(params![since[0], since[1], now_us, warehouse], |row| {
        let operator: String = row.get(0)?;
        Ok(Packer {
            name: called(operator.clone()),
            operator,
            station: row.get(1)?,
            last_hour: row.get(2)?,
            parcels: row.get(3)?,
            stops: row.get(4)?,
            first_us: row.get(5)?,
            last_us: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Set aside, and since then neither taken up again nor gone.
fn rack(
    connection: &Connection,
    warehouse: &str,
    now_us: i64,
    called: &impl Fn(String) -> String,
) -> Result<Vec<SetAside>, HubError> {
    let mut statement = connection.prepare(&format!(
        "SELECT e.parcel_id, e.body ->> 'reason', e.station, coalesce(e.operator, ''), max(e.occurred_us),
                (SELECT group_concat(order_no, ' ') FROM parcel_orders o WHERE o.parcel_id = e.parcel_id)
         FROM entries e INDEXED BY entries_shift
         WHERE {KINDS} AND kind = 'parcel_set_aside' AND occurred_us > ?1 AND occurred_us <= ?2 AND problem IS NULL
           AND e.parcel_id IS NOT NULL AND (?3 = '' OR station IN (SELECT code FROM stations WHERE warehouse = ?3))
           AND NOT EXISTS (SELECT 1 FROM entries l WHERE l.parcel_id = e.parcel_id AND l.occurred_us > e.occurred_us
                AND l.kind IN ('parcel_opened', 'parcel_packed', 'parcel_shipped'))
         GROUP BY e.parcel_id ORDER BY 5, e.parcel_id"
    ))?;
    let rows = statement.query_map(params![now_us - RACK_US, now_us, warehouse], |row| {
        let orders: Option<String> = row.get(5)?;
        Ok(SetAside {
            parcel_id: row.get(0)?,
            orders: orders.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            reason: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            station: row.get(2)?,
            operator: called(row.get(3)?),
            since_us: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn reprints(
    connection: &Connection,
    warehouse: &str,
    now_us: i64,
    called: &impl Fn(String) -> String,
) -> Result<Vec<Reprint>, HubError> {
    let mut statement = connection.prepare(&format!(
        "SELECT body ->> 'number', body ->> 'copy', body ->> 'reason', station, coalesce(operator, ''), occurred_us
         FROM entries INDEXED BY entries_shift
         WHERE {KINDS} AND kind = 'label_queued' AND occurred_us > ?1 AND occurred_us <= ?2 AND problem IS NULL
           AND body ->> 'copy' > 1 AND (?3 = '' OR station IN (SELECT code FROM stations WHERE warehouse = ?3))
         ORDER BY occurred_us DESC LIMIT ?4"
    ))?;
    let rows = statement.query_map(params![now_us - SHIFT_US, now_us, warehouse, REPRINTS], |row| {
        Ok(Reprint {
            number: row.get(0)?,
            copy: row.get(1)?,
            reason: row.get(2)?,
            station: row.get(3)?,
            operator: called(row.get(4)?),
            at_us: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn devices(connection: &Connection, warehouse: &str) -> Result<Vec<Device>, HubError> {
    let mut statement =
        connection.prepare("SELECT code, devices FROM stations WHERE ?1 = '' OR warehouse = ?1 ORDER BY code")?;
    let mut rows = statement.query([warehouse])?;
    let mut devices = Vec::new();
    while let Some(row) = rows.next()? {
        let (station, body): (String, String) = (row.get(0)?, row.get(1)?);
        let states: Vec<DeviceState> = parsed("devices of station", &station, &body)?;
        devices.extend(states.into_iter().map(|device| Device { station: station.clone(), device }));
    }
    devices.sort_by_key(|device| device.device.ok);
    Ok(devices)
}
