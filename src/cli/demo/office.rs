//! The office of the demo: imports the day's files, releases waves, refunds and revises, all over the hub's API.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, bail};
use milepost::domain::order::{CarrierCode, Order, SuppliedWaybill, WaybillSource};
use milepost::domain::parcel::Operator;
use milepost::intake::{Gifts, Mappings, SourceFile, read_items, read_orders};
use serde_json::{Value, json};

use super::PEOPLE;
use super::day::{Day, Fate};
use super::site::{PATIENCE, Site};

/// Parcels in a wave.
const WAVE: usize = 60;

pub struct Office {
    client: reqwest::Client,
    url: String,
    key: String,
}

/// What came in, and how it is to be worked.
pub struct Plan {
    pub orders: usize,
    pub held: usize,
    pub merged: usize,
    /// Orders whose labels are printed before picking.
    pub wave_orders: Vec<String>,
    /// Orders whose labels are printed at the bench.
    pub bench_orders: Vec<String>,
    /// Orders that goods choose, each with the barcode of its piece.
    pub singles: Vec<(String, String)>,
    pub supplied: BTreeSet<String>,
}

impl Office {
    pub fn new(site: &Site) -> anyhow::Result<Office> {
        let client = milepost::carrier::http::client(PATIENCE, PATIENCE)?;
        Ok(Office { client, url: site.hub_url(), key: site.key.clone() })
    }

    /// Items, people and the day's orders, from files as channels export them.
    pub async fn open_the_day(&self, day: &Day, files: &[PathBuf]) -> anyhow::Result<Plan> {
        let mappings = Mappings::builtin();
        let items = read_items(&[day.items_csv()], &mappings.items).context("read the items")?;
        let items: Vec<_> = items.received.into_iter().map(|one| one.document).collect();
        self.post("/v1/items", &json!({ "items": items })).await?;
        let operators: Vec<Operator> = PEOPLE
            .iter()
            .map(|(id, name, badge)| Operator {
                operator_id: (*id).into(),
                name: (*name).into(),
                badge: (*badge).into(),
                lead: *id == "han",
                revoked: false,
            })
            .collect();
        self.post("/v1/operators", &json!({ "operators": operators })).await?;
        let mut orders = self.read(match files {
            [] => day.exports(false),
            files => files.iter().map(source).collect::<anyhow::Result<_>>()?,
        })?;
        supply(day, &mut orders);
        let (mut held, mut parcels) = (BTreeSet::new(), BTreeSet::new());
        let mut plan = Plan {
            orders: orders.len(),
            held: 0,
            merged: 0,
            wave_orders: vec![],
            bench_orders: vec![],
            singles: vec![],
            supplied: BTreeSet::new(),
        };
        for batch in orders.chunks(500) {
            let answer = self.post("/v1/orders", &json!({ "orders": batch })).await?;
            if answer["refused"].as_array().is_some_and(|refused| !refused.is_empty()) {
                bail!("the hub refused orders: {}", answer["refused"]);
            }
            let names = answer["held"].as_array().cloned().unwrap_or_default();
            held.extend(names.iter().filter_map(|held| held["order_no"].as_str().map(str::to_owned)));
        }
        for order in &orders {
            let key = match (&order.waybill, &order.merge_key) {
                (Some(waybill), _) => waybill.number.clone(),
                (None, Some(key)) => key.clone(),
                (None, None) => order.order_no.to_string(),
            };
            let alone = parcels.insert(key);
            let wave = day.orders.iter().any(|of| of.wave && of.order_no == order.order_no.as_str());
            match (alone, wave) {
                (false, _) => plan.merged += 1,
                (true, true) => plan.wave_orders.push(order.order_no.to_string()),
                (true, false) => match day.single_goods(order.order_no.as_str()) {
                    Some(goods) => plan.singles.push((order.order_no.to_string(), goods.to_owned())),
                    None => plan.bench_orders.push(order.order_no.to_string()),
                },
            }
        }
        plan.held = held.len();
        plan.supplied = orders.iter().filter_map(|order| Some(order.waybill.as_ref()?.number.clone())).collect();
        Ok(plan)
    }

    /// Waves for the print desk, which asks SF for the numbers that the ERP didn't supply.
    pub async fn release_waves(&self, orders: &[String]) -> anyhow::Result<Vec<String>> {
        let mut waves = Vec::new();
        for (index, batch) in orders.chunks(WAVE).enumerate() {
            let wave = format!("W{}", index + 1);
            self.post("/v1/waves", &json!({ "wave": wave, "station": "SZ-01", "orders": batch })).await?;
            waves.push(wave);
        }
        Ok(waves)
    }

    /// Parcels of one piece, for the benches' goods to choose; their station asks SF for the numbers.
    pub async fn release_singles(&self, singles: &[(String, String)]) -> anyhow::Result<()> {
        if singles.is_empty() {
            return Ok(());
        }
        let orders: Vec<&String> = singles.iter().map(|(order_no, _)| order_no).collect();
        let wave = json!({ "wave": "S1", "flow": "item_first", "station": "SZ-02", "orders": orders });
        self.post("/v1/waves", &wave).await?;
        Ok(())
    }

    pub async fn refund(&self, day: &Day, fate: Fate) -> anyhow::Result<()> {
        for order in day.orders.iter().filter(|order| order.fate == fate) {
            self.post(&format!("/v1/orders/{}/cancel", order.order_no), &json!({ "reason": "退款" })).await?;
        }
        Ok(())
    }

    /// The second export of the day: some orders have a line more.
    pub async fn revise(&self, day: &Day) -> anyhow::Result<()> {
        let mut orders = self.read(day.exports(true))?;
        supply(day, &mut orders);
        self.post("/v1/orders", &json!({ "orders": orders })).await?;
        Ok(())
    }

    fn read(&self, files: Vec<SourceFile>) -> anyhow::Result<Vec<Order>> {
        let import = read_orders(&files, &Mappings::builtin(), &Gifts::builtin(), None).context("read the orders")?;
        if let Some(refused) = import.refused.first() {
            bail!("{}:{}: {}", refused.file, refused.line, refused.reason);
        }
        Ok(import.received.into_iter().map(|one| one.document).collect())
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.url);
        let answer = self.client.post(&url).bearer_auth(&self.key).json(body).send().await.context("call the hub")?;
        let status = answer.status();
        let text = answer.text().await.context("read the hub's answer")?;
        if !status.is_success() {
            bail!("{path}: {status} {text}");
        }
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }
}

/// The ERP sends some orders' numbers along, with the routing their labels need.
fn supply(day: &Day, orders: &mut [Order]) {
    for order in orders {
        let supplied =
            day.orders.iter().find(|of| of.order_no == order.order_no.as_str()).and_then(|of| of.number.clone());
        if let Some(number) = supplied {
            let routing = [("dest_route_label", "571W-AB-012"), ("pro_code", "T6"), ("coding_mapping", "S10")];
            let routing = routing.map(|(key, value)| (key.to_owned(), json!(value)));
            order.waybill = Some(SuppliedWaybill {
                carrier: CarrierCode::Sf,
                number,
                source: WaybillSource::Erp,
                routing: Some(routing.into()),
                print: None,
            });
        }
    }
}

fn source(path: &PathBuf) -> anyhow::Result<SourceFile> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    Ok(SourceFile { name: path.display().to_string(), bytes })
}
