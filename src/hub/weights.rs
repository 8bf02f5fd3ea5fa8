//! What weighed parcels say of their items' weights: those that held one kind of goods, in material of known weight. It is shown and
//! never applied: whoever wants it sends the item anew.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::api::{Site, blocking};
use super::{Hub, HubError, accept, materials, routing as carriers};
use crate::domain::id::Sku;
use crate::domain::learnt::{Learnt, Sample};
use crate::domain::material;
use crate::domain::order::{Item, Order};
use crate::domain::parcel::own_needs;

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
        let packaging_g = material::weight_g(&materials::used(connection, &parcel_id)?);
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

/// The goods of a parcel that carries one kind alone, and how many.
fn only_goods(connection: &Connection, parcel_id: &str) -> Result<Option<(Item, u32)>, HubError> {
    let parcel = accept::parcel(connection, parcel_id)?;
    let records = accept::records_of(connection, &parcel)?;
    let orders: Vec<Order> = records.iter().map(|record| record.order.clone()).collect();
    let mut items = carriers::items(connection, &orders)?;
    let needs = own_needs(&parcel, &records, &items);
    let mut open = needs.iter().filter(|need| need.quantity > 0);
    Ok(match (open.next(), open.next()) {
        (Some(only), None) => items.remove(&only.sku).map(|item| (item, only.quantity)),
        _ => None,
    })
}
