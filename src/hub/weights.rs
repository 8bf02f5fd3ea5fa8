//! What weighed parcels say of their items' weights: those that held one kind of goods, in material of known weight. It is shown and
//! never applied: whoever wants it sends the item anew.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::api::{Site, blocking};
use super::{Hub, HubError, accept, routing as carriers};
use crate::domain::fact::Fact;
use crate::domain::id::Sku;
use crate::domain::learnt::{Learnt, Sample};
use crate::domain::material::{self, Used};
use crate::domain::order::{Item, Order};
use crate::domain::parcel::{carried, needs_of};

const DAY_US: i64 = 24 * 3_600 * 1_000_000;
/// Goods and their packaging change; what a scale saw in spring says nothing of autumn.
const SINCE_DAYS: i64 = 60;

/// An item whose parcels were weighed often enough.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    pub item: Item,
    #[serde(flatten)]
    pub learnt: Learnt,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    pub items: Vec<Weighed>,
}

pub(super) fn router() -> Router<Site> {
    Router::new().route("/v1/items/weights", routing::get(call))
}

async fn call(State(site): State<Site>) -> Result<Response, HubError> {
    let (hub, now_us) = (site.hub.clone(), (site.now_us)());
    Ok(Json(blocking(move || hub.weights(now_us)).await?).into_response())
}

impl Hub {
    pub fn weights(&self, now_us: i64) -> Result<Weights, HubError> {
        self.read(|connection| weights(connection, now_us - SINCE_DAYS * DAY_US))
    }
}

fn weights(connection: &Connection, since_us: i64) -> Result<Weights, HubError> {
    let mut samples: BTreeMap<Sku, (Item, Vec<Sample>)> = BTreeMap::new();
    for (parcel_id, grams, at_us) in weighed(connection, since_us)? {
        let Some((item, pieces)) = only_goods(connection, &parcel_id)? else { continue };
        let packaging_g = material::weight_g(&used(connection, &parcel_id)?);
        // Whose box nobody noted weighs more than its goods, by nobody knows how much.
        let Some(goods_g) = grams.checked_sub(packaging_g).filter(|_| packaging_g > 0) else { continue };
        let sample = Sample { goods_g, pieces, day: at_us.div_euclid(DAY_US) };
        samples.entry(item.sku.clone()).or_insert_with(|| (item, Vec::new())).1.push(sample);
    }
    let learnt = |(item, samples): (Item, Vec<Sample>)| Some(Weighed { item, learnt: Learnt::of(&samples)? });
    Ok(Weights { items: samples.into_values().filter_map(learnt).collect() })
}

/// Each parcel with its last weight.
fn weighed(connection: &Connection, since_us: i64) -> Result<Vec<(String, u32, i64)>, HubError> {
    let mut statement = connection.prepare(
        "SELECT parcel_id, body ->> 'grams', max(occurred_us) FROM entries INDEXED BY entries_weighed
         WHERE kind = 'parcel_weighed' AND occurred_us > ?1 AND problem IS NULL AND parcel_id IS NOT NULL
         GROUP BY parcel_id ORDER BY parcel_id",
    )?;
    let rows = statement.query_map([since_us], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The goods of a parcel that needs one kind alone, and how many. Orders that left it travelled with none of theirs.
fn only_goods(connection: &Connection, parcel_id: &str) -> Result<Option<(Item, u32)>, HubError> {
    let records = accept::records_of(connection, &accept::parcel(connection, parcel_id)?)?;
    let orders: Vec<Order> = carried(&records).0.into_iter().map(|record| record.order.clone()).collect();
    let mut items = carriers::items(connection, &orders)?;
    let needs = needs_of(&orders, &items);
    let mut open = needs.iter().filter(|need| need.quantity > 0);
    Ok(match (open.next(), open.next()) {
        (Some(only), None) => items.remove(&only.sku).map(|item| (item, only.quantity)),
        _ => None,
    })
}

/// The packing material that is on the parcel, as its benches told.
fn used(connection: &Connection, parcel_id: &str) -> Result<Vec<Used>, HubError> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
             AND kind IN ('material_used', 'material_taken_back', 'parcel_set_aside')
         ORDER BY occurred_us, station, epoch, seq",
    )?;
    let mut rows = statement.query(params![parcel_id])?;
    let mut all: Vec<Used> = Vec::new();
    while let Some(row) = rows.next()? {
        match Fact::from_parts(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?) {
            Some(Fact::MaterialUsed { code, quantity, weight_g, .. }) => {
                all.push(Used { code, quantity, weight_g, after: 0 });
            }
            Some(Fact::MaterialTakenBack { code, .. }) => drop(all.pop_if(|last| last.code == code)),
            Some(Fact::ParcelSetAside { .. }) => all.clear(),
            _ => {}
        }
    }
    Ok(all)
}
