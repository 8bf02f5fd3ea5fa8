//! What the office looks through: orders and stations.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Hub, HubError, parsed};
use crate::domain::id::{OrderNo, Sku};
use crate::domain::milestone::Milestone;
use crate::domain::order::Item;
use crate::domain::parcel::Standing;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderRow {
    pub order_no: OrderNo,
    pub channel: String,
    pub warehouse: String,
    pub standing: Standing,
    pub milestone: Milestone,
    pub at_us: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationRow {
    pub station: String,
    pub warehouse: String,
    pub joined: bool,
    pub seen_us: Option<i64>,
    /// Bound of the error of its clock, where it was compared.
    pub clock_error_us: Option<i64>,
    pub entries: u64,
    /// Entries that are known to be missing.
    pub missing: u64,
}

/// How much the hub holds, for whoever counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub orders: u64,
    pub entries: u64,
    pub parcels: u64,
}

impl Hub {
    /// The newest orders, or those whose number or parcel's number begins with `search`.
    pub fn orders(&self, search: &str, limit: u32) -> Result<Vec<OrderRow>, HubError> {
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT order_no, channel, warehouse, standing, milestone, milestone_us FROM orders
                 WHERE ?1 = '' OR order_no >= ?1 AND order_no < ?1 || char(1114111)
                    OR order_no IN (SELECT po.order_no FROM parcel_orders po
                        WHERE po.parcel_id IN (SELECT key FROM aliases WHERE alias = ?1 AND kind = 'waybill'
                            UNION SELECT parcel_id FROM numbers WHERE number = ?1))
                 ORDER BY milestone_us DESC, order_no LIMIT ?2",
            )?;
            let mut rows = statement.query(params![search, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let order_no: String = row.get(0)?;
                let (standing, milestone): (String, String) = (row.get(3)?, row.get(4)?);
                found.push(OrderRow {
                    standing: parsed("standing", &order_no, &standing)?,
                    milestone: parsed("milestone", &order_no, &format!("\"{milestone}\""))?,
                    order_no: OrderNo(order_no),
                    channel: row.get(1)?,
                    warehouse: row.get(2)?,
                    at_us: row.get(5)?,
                });
            }
            Ok(found)
        })
    }

    pub fn stations(&self) -> Result<Vec<StationRow>, HubError> {
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT s.code, s.warehouse, s.key_hash IS NOT NULL, s.seen_us, s.clock_error_us,
                        (SELECT count(*) FROM entries e WHERE e.station = s.code),
                        (SELECT coalesce(sum(h.highest), 0) FROM heads h WHERE h.station = s.code)
                 FROM stations s ORDER BY s.code",
            )?;
            let rows = statement.query_map([], |row| {
                let (entries, highest): (i64, i64) = (row.get(5)?, row.get(6)?);
                Ok(StationRow {
                    station: row.get(0)?,
                    warehouse: row.get(1)?,
                    joined: row.get(2)?,
                    seen_us: row.get(3)?,
                    clock_error_us: row.get(4)?,
                    entries: entries as u64,
                    missing: (highest - entries).max(0) as u64,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What goods are called at a bench; those nobody told of are left out.
    pub fn names_of<'a>(&self, skus: impl Iterator<Item = &'a Sku>) -> Result<BTreeMap<Sku, String>, HubError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT body FROM items WHERE sku = ?1")?;
            let mut names = BTreeMap::new();
            for sku in skus {
                let found: Option<String> = statement.query_row([sku.as_str()], |row| row.get(0)).optional()?;
                if let Some(body) = found {
                    let item: Item = parsed("item", sku.as_str(), &body)?;
                    names.insert(sku.clone(), item.called());
                }
            }
            Ok(names)
        })
    }

    pub fn counts(&self) -> Result<Counts, HubError> {
        self.read(|connection| {
            let count = |table: &str| -> rusqlite::Result<u64> {
                connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                    row.get::<_, i64>(0).map(|n| n as u64)
                })
            };
            Ok(Counts { orders: count("orders")?, entries: count("entries")?, parcels: count("parcels")? })
        })
    }
}
