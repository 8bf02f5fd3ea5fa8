//! Which parcel an order goes into, and which carrier that parcel goes with: by the site's rules where it has any, decided
//! when the parcel is born and again whenever it changes or is released, until somebody has it in hand.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use jiff::{Timestamp, Zoned};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::accept::{parcel, records_of};
use super::together::merge_key;
use super::{Hub, HubError, json, parsed};
use crate::domain::hold::Hold;
use crate::domain::id::{ParcelId, Sku, WaybillId};
use crate::domain::order::{CarrierCode, Item, Order};
use crate::domain::parcel::{Parcel, Standing, carried};
use crate::domain::routing::{Choice, Nobody};
use crate::domain::waybill::{Mint, carrier_of};
use crate::rules::{RoutingRules, RuleFile, Shipment};

/// What `routing_rules` says instead of a path.
const BUILTIN: &str = "built-in";

/// Reads a rule file with the freight tables beside it.
pub fn read(path: &Path) -> anyhow::Result<RoutingRules> {
    Ok(read_file(path)?.1)
}

/// The rules with the texts they were read from.
pub fn read_file(path: &Path) -> anyhow::Result<(RuleFile, RoutingRules)> {
    if path == Path::new(BUILTIN) {
        return Ok((RuleFile::builtin(), RoutingRules::builtin()));
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let tables = RefCell::new(BTreeMap::new());
    let table = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())?;
        tables.borrow_mut().insert(name.to_owned(), text.clone());
        Ok(text)
    };
    let rules = RoutingRules::from_toml(&path.display().to_string(), &text, &table)?;
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((RuleFile { file, text, tables: tables.into_inner() }, rules))
}

/// An order's parcel, not yet written, and who decided its carrier if anybody did now.
pub(super) struct Berth {
    pub parcel: Parcel,
    pub choice: Option<Choice>,
}

impl Hub {
    /// The order's parcel: the one it is in, one that waits for its merge key or number, or a new one. Where no carrier may
    /// take it, what the order waits for.
    pub(super) fn berth(
        &self,
        transaction: &Transaction<'_>,
        order: &Order,
        warehouse: &str,
        now_us: i64,
    ) -> Result<Result<Berth, Hold>, HubError> {
        let Some(mut parcel) = fitting_parcel(transaction, order, warehouse)? else {
            return self.new_parcel(transaction, order, warehouse, now_us);
        };
        if !parcel.orders.contains(&order.order_no) {
            parcel.orders.push(order.order_no.clone());
        }
        if let Some(waybill) = &order.waybill {
            parcel.carrier = waybill.carrier;
            let before = parcel.supplied.replace(waybill.clone()).map(|supplied| supplied.number);
            let replaced = before.filter(|number| *number != waybill.number && !parcel.replaced.contains(number));
            parcel.replaced.extend(replaced);
            parcel.replaced.retain(|number| *number != waybill.number);
        }
        match self.reroute(transaction, &mut parcel, Some(order), now_us)? {
            Ok(choice) => Ok(Ok(Berth { parcel, choice })),
            Err(nobody) => Ok(Err(Hold::NoCarrier { nobody })),
        }
    }

    /// Decides again for a parcel that nobody has in hand; another carrier's is another waybill id. `newest` is the order
    /// that isn't stored yet.
    pub(super) fn reroute(
        &self,
        transaction: &Transaction<'_>,
        parcel: &mut Parcel,
        newest: Option<&Order>,
        now_us: i64,
    ) -> Result<Result<Option<Choice>, Nobody>, HubError> {
        // Of a number that came along it is only noted that it decides.
        let supplied = parcel.supplied.is_some();
        if self.in_force().rules.is_none() || !(supplied || is_free(transaction, parcel)?) {
            return Ok(Ok(None));
        }
        let records = records_of(transaction, parcel)?;
        let (carried, left) = carried(&records);
        let is_newest = |order: &Order| newest.is_some_and(|newest| newest.order_no == order.order_no);
        let known = carried.into_iter().map(|record| record.order.clone()).filter(|order| !is_newest(order));
        // One that was cancelled stays so, whatever its channel sends.
        let newest = newest.filter(|newest| left.iter().all(|record| record.order.order_no != newest.order_no));
        let orders: Vec<Order> = known.chain(newest.cloned()).collect();
        let choice = match self.route(transaction, &orders, &[], now_us)? {
            Some(Ok(choice)) => choice,
            Some(Err(nobody)) => return Ok(Err(nobody)),
            None => return Ok(Ok(None)),
        };
        if choice.carrier != parcel.carrier {
            if supplied {
                return Ok(Ok(None));
            }
            parcel.carrier = choice.carrier;
            parcel.waybill_id = self.mint(transaction, choice.carrier, now_us)?;
        }
        Ok(Ok(Some(choice)))
    }

    fn new_parcel(
        &self,
        transaction: &Transaction<'_>,
        order: &Order,
        warehouse: &str,
        now_us: i64,
    ) -> Result<Result<Berth, Hold>, HubError> {
        let choice = match self.route(transaction, std::slice::from_ref(order), &[], now_us)? {
            Some(Ok(choice)) => Some(choice),
            Some(Err(nobody)) => return Ok(Err(Hold::NoCarrier { nobody })),
            None => None,
        };
        let supplied = order.waybill.as_ref().map(|waybill| waybill.carrier);
        let carrier = supplied.or(choice.as_ref().map(|choice| choice.carrier)).or(order.carrier);
        let carrier = carrier.unwrap_or(self.policy().carrier);
        let waybill_id = self.mint(transaction, carrier, now_us)?;
        let parcel = Parcel {
            parcel_id: ParcelId(format!("{}-{}-1", order.channel, order.order_no)),
            orders: vec![order.order_no.clone()],
            warehouse: warehouse.to_owned(),
            carrier,
            service: order.service.clone(),
            waybill_id,
            former: Vec::new(),
            supplied: order.waybill.clone(),
            replaced: Vec::new(),
            wave: None,
            lent: None,
            issuer: self.policy().issuer.as_deref().map(Into::into),
            share: None,
        };
        Ok(Ok(Berth { parcel, choice }))
    }

    /// Another carrier for a parcel that its own gives no number for: one of `can` that the rules would take, and that it
    /// wasn't with before. `Err` says why it stays.
    pub(super) fn elsewhere(
        &self,
        transaction: &Transaction<'_>,
        parcel: &Parcel,
        can: &[CarrierCode],
        now_us: i64,
    ) -> Result<Result<Berth, String>, HubError> {
        let records = records_of(transaction, parcel)?;
        let (carried, _) = carried(&records);
        if let Some(closed) = carried.iter().find(|record| record.standing != Standing::Open) {
            return Ok(Err(format!("order {} is held or cancelled", closed.order.order_no)));
        }
        let orders: Vec<Order> = carried.into_iter().map(|record| record.order.clone()).collect();
        let named = orders.iter().find(|order| order.carrier.is_some() || order.waybill.is_some());
        if let Some(order) = named {
            return Ok(Err(format!("order {} names its carrier", order.order_no)));
        }
        let before: Vec<CarrierCode> = parcel.former.iter().filter_map(carrier_of).collect();
        let stays =
            |carrier: &CarrierCode| *carrier == parcel.carrier || before.contains(carrier) || !can.contains(carrier);
        let away_from: Vec<CarrierCode> = CarrierCode::ALL.into_iter().filter(stays).collect();
        match self.route(transaction, &orders, &away_from, now_us)? {
            None => Ok(Err("no routing rules say which carrier may take it".to_owned())),
            Some(Err(nobody)) => Ok(Err(nobody.en())),
            Some(Ok(choice)) => {
                let waybill_id = self.mint(transaction, choice.carrier, now_us)?;
                let mut parcel = Parcel { carrier: choice.carrier, ..parcel.clone() };
                parcel.former.push(std::mem::replace(&mut parcel.waybill_id, waybill_id));
                Ok(Ok(Berth { parcel, choice: Some(choice) }))
            }
        }
    }

    /// Why an order that isn't here yet would wait.
    pub(super) fn without_carrier(&self, order: &Order, now_us: i64) -> Result<Option<Hold>, HubError> {
        let routed = self.read(|connection| self.route(connection, std::slice::from_ref(order), &[], now_us))?;
        Ok(routed.and_then(Result::err).map(|nobody| Hold::NoCarrier { nobody }))
    }

    /// What the rules say of orders that travel together; none where the site has no rules.
    fn route(
        &self,
        connection: &Connection,
        orders: &[Order],
        away_from: &[CarrierCode],
        now_us: i64,
    ) -> Result<Option<Result<Choice, Nobody>>, HubError> {
        let in_force = self.in_force();
        let Some(rules) = &in_force.rules else { return Ok(None) };
        let items = items(connection, orders)?;
        let now = self.local(now_us);
        Ok(Some(rules.decide(&Shipment { orders, items: &items, away_from }, &now)))
    }

    pub(super) fn mint(
        &self,
        transaction: &Transaction<'_>,
        carrier: CarrierCode,
        now_us: i64,
    ) -> Result<WaybillId, HubError> {
        let today = self.local(now_us).date();
        let stored: Option<String> =
            transaction.query_row("SELECT value FROM meta WHERE key = 'mint'", [], |row| row.get(0)).optional()?;
        let mut mint = match stored {
            Some(text) => parsed("mint", "mint", &text)?,
            None => Mint::new(&self.policy().prefix, 0, today),
        };
        let id = mint.next(carrier, today);
        transaction.execute(
            "INSERT INTO meta (key, value) VALUES ('mint', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [json(&mint)],
        )?;
        Ok(id)
    }

    pub(super) fn local(&self, now_us: i64) -> Zoned {
        Timestamp::from_microsecond(now_us).unwrap_or_default().to_zoned(self.policy().zone.clone())
    }
}

/// Keeps beside the parcel who decided its carrier.
pub(super) fn put_choice(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    choice: Option<&Choice>,
) -> Result<(), HubError> {
    let Some(choice) = choice else { return Ok(()) };
    transaction
        .prepare_cached("UPDATE parcels SET choice = ?2 WHERE parcel_id = ?1")?
        .execute(params![parcel_id.as_str(), json(choice)])?;
    Ok(())
}

/// No station asks for its number yet, and none touched it.
fn is_free(transaction: &Transaction<'_>, parcel: &Parcel) -> Result<bool, HubError> {
    let touched: bool = transaction
        .prepare_cached("SELECT touched <> 0 FROM parcels WHERE parcel_id = ?1")?
        .query_row([parcel.parcel_id.as_str()], |row| row.get(0))?;
    Ok(!touched && parcel.issuer.is_none() && parcel.wave.is_none())
}

fn fitting_parcel(transaction: &Transaction<'_>, order: &Order, warehouse: &str) -> Result<Option<Parcel>, HubError> {
    let own: Option<String> = transaction
        .prepare_cached(
            "SELECT parcel_id FROM parcel_orders WHERE order_no = ?1 ORDER BY length(parcel_id), parcel_id LIMIT 1",
        )?
        .query_row([order.order_no.as_str()], |row| row.get(0))
        .optional()?;
    // Of several the first: a number that came along is its own.
    let found = match (own, merge_key(order, warehouse)) {
        (Some(own), _) => Some(own),
        // A parcel in a wave or in somebody's hands takes no further order.
        (None, Some(key)) => transaction
            .prepare_cached(
                "SELECT parcel_id FROM parcels WHERE merge_key = ?1 AND wave IS NULL AND touched = 0 LIMIT 1",
            )?
            .query_row([key], |row| row.get(0))
            .optional()?,
        (None, None) => None,
    };
    found.map(|parcel_id: String| parcel(transaction, &parcel_id)).transpose()
}

/// The items of the orders' lines, and the parts of bundles among them.
pub(super) fn items(connection: &Connection, orders: &[Order]) -> Result<BTreeMap<Sku, Item>, HubError> {
    let mut statement = connection.prepare_cached("SELECT body FROM items WHERE sku = ?1")?;
    let mut wanted: Vec<Sku> = orders.iter().flat_map(|order| &order.lines).map(|line| line.sku.clone()).collect();
    let mut items = BTreeMap::new();
    while let Some(sku) = wanted.pop() {
        if items.contains_key(&sku) {
            continue;
        }
        let body: Option<String> = statement.query_row([sku.as_str()], |row| row.get(0)).optional()?;
        if let Some(body) = body {
            let item: Item = parsed("item", sku.as_str(), &body)?;
            wanted.extend(item.parts.iter().flatten().map(|part| part.sku.clone()));
            items.insert(sku, item);
        }
    }
    Ok(items)
}
