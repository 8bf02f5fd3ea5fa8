//! Which carrier a parcel goes with: one that is named wins; else limits say who may take it, freight tables what it costs,
//! and the site's rules, in their order, who does. Where nobody may, the answer says why; it never guesses.

use std::collections::BTreeMap;

use jiff::Zoned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::expression::{Document, Expression, ExpressionError, Field, document};
use super::freight::{Row, Tariff, volume_weight_g};
use super::intake::ORDER;
use super::routing_file::{self, RoutingError};
use super::rule_file::RuleFile;
use crate::domain::address;
use crate::domain::id::Sku;
use crate::domain::order::{CarrierCode, Item, LineStatus, Order};
use crate::domain::parcel::{self, Need, needs_of};
use crate::domain::routing::{Answer, By, Choice, Nobody, Offer, Out};

/// A rule file and its freight tables, read and checked.
pub struct RoutingRules {
    pub(super) carriers: Vec<Contract>,
    pub(super) limits: Vec<Limit>,
    pub(super) rules: Vec<Rule>,
    pub(super) packaging_g: u32,
    pub(super) unknown_weight_g: u32,
    pub(super) file: String,
    pub(super) hash: String,
}

/// A rule in the words of its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    pub name: String,
    pub when: String,
    pub then: String,
}

impl std::fmt::Debug for RoutingRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// What a carrier takes, where, and for how much.
pub(super) struct Contract {
    pub carrier: CarrierCode,
    pub tariff: Tariff,
    pub volume_divisor: Option<u32>,
    pub max_weight_g: Option<u32>,
    pub max_volume_cm3: Option<u32>,
    pub no_deliver: Vec<Area>,
    pub remote: Vec<Area>,
}

/// A province, a city in it, or a district of that.
pub(super) struct Area(pub Vec<String>);

pub(super) struct Limit {
    pub name: String,
    pub carriers: Vec<CarrierCode>,
    pub when: Expression,
    pub why: String,
}

pub(super) struct Rule {
    pub name: String,
    pub when: Expression,
    /// As it stands in the file.
    pub text: String,
    pub then: Then,
}

/// What `then` says where it names no carrier.
pub(super) const CHEAPEST: &str = "cheapest";

pub(super) enum Then {
    Cheapest,
    /// The first that may.
    FirstOf(Vec<CarrierCode>),
}

/// A parcel before it has a carrier: the orders that travel together, and what is known of their goods.
pub struct Shipment<'a> {
    pub orders: &'a [Order],
    pub items: &'a BTreeMap<Sku, Item>,
    /// Whom it can't go with, whatever the rules say.
    pub away_from: &'a [CarrierCode],
}

impl RoutingRules {
    /// The shipped example and its tables.
    pub const BUILTIN: &str = include_str!("../../config/rules/routing.toml");
    pub const BUILTIN_TABLES: [(&str, &str); 3] = [
        ("freight/sf.csv", include_str!("../../config/rules/freight/sf.csv")),
        ("freight/zto.csv", include_str!("../../config/rules/freight/zto.csv")),
        ("freight/jd.csv", include_str!("../../config/rules/freight/jd.csv")),
    ];

    pub fn builtin() -> Self {
        RuleFile::builtin().rules().expect("the built-in rule file is read by a test")
    }

    /// Reads a rule file; `table` gets the text of a freight table by the name the file gives it, or says what failed.
    pub fn from_toml(
        file: &str,
        text: &str,
        table: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, RoutingError> {
        routing_file::read(file, text, table)
    }

    /// What the file is called.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Of the file's text and its tables': the same hash is the same rules, wherever they stand.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The names of the rules, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// The rules as somebody wrote them, in their order.
    pub fn texts(&self) -> impl Iterator<Item = RuleText> {
        self.rules.iter().map(|rule| RuleText {
            name: rule.name.clone(),
            when: rule.text.clone(),
            then: match &rule.then {
                Then::Cheapest => CHEAPEST.to_owned(),
                Then::FirstOf(carriers) => carriers.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", "),
            },
        })
    }

    pub fn carriers(&self) -> impl Iterator<Item = CarrierCode> {
        self.carriers.iter().map(|contract| contract.carrier)
    }

    /// Decides for a parcel released at `now`, on the warehouse's clock.
    pub fn decide(&self, shipment: &Shipment<'_>, now: &Zoned) -> Result<Choice, Nobody> {
        let load = Load::of(shipment, self.packaging_g);
        let away = |contract: &Contract| shipment.away_from.contains(&contract.carrier);
        let offer = |contract: &Contract| match away(contract) {
            true => Offer { carrier: contract.carrier, answer: Answer::Out { why: Out::Unreachable } },
            false => self.offer(contract, &load),
        };
        let mut offers: Vec<Offer> = self.carriers.iter().map(offer).collect();
        if let Some((carrier, by)) = named(shipment.orders) {
            return Ok(Choice { carrier, by, offers, passed: Vec::new() });
        }
        if let Err((rule, error)) = self.limit(shipment, &load, now, &mut offers) {
            return Err(Nobody { passed: Vec::new(), offers, failed: Some((rule, error.to_string())) });
        }
        let documents = documents(shipment, &load, now, &offers);
        let mut passed = Vec::new();
        for rule in &self.rules {
            match any(&rule.when, &documents) {
                Ok(false) => {}
                Ok(true) => match rule.then.pick(&offers) {
                    Some(carrier) => {
                        let name = rule.name.clone();
                        let by = match rule.then {
                            Then::Cheapest => By::Cheapest { name },
                            Then::FirstOf(_) => By::Rule { name },
                        };
                        return Ok(Choice { carrier, by, offers, passed });
                    }
                    None => passed.push(rule.name.clone()),
                },
                // A rule that can't look at the parcel might have been its rule: nobody decides in its place.
                Err(error) => {
                    return Err(Nobody { passed, offers, failed: Some((rule.name.clone(), error.to_string())) });
                }
            }
        }
        Err(Nobody { passed, offers, failed: None })
    }

    fn offer(&self, contract: &Contract, load: &Load) -> Offer {
        let answer = match contract.takes(load) {
            Err(why) => Answer::Out { why },
            Ok(row) => {
                let weight_g = load.weight_g.unwrap_or(self.unknown_weight_g);
                let charged_g = contract.charged_g(weight_g, load.volume_cm3);
                let assumed = load.weight_g.is_none();
                Answer::Freight { freight_fen: contract.freight_fen(row, load, charged_g), charged_g, assumed }
            }
        };
        Offer { carrier: contract.carrier, answer }
    }

    /// Takes out what the site's own limits forbid.
    fn limit(
        &self,
        shipment: &Shipment<'_>,
        load: &Load,
        now: &Zoned,
        offers: &mut [Offer],
    ) -> Result<(), (String, ExpressionError)> {
        if self.limits.is_empty() {
            return Ok(());
        }
        let documents = documents(shipment, load, now, offers);
        for limit in &self.limits {
            if !any(&limit.when, &documents).map_err(|error| (limit.name.clone(), error))? {
                continue;
            }
            let of = |offer: &&mut Offer| limit.carriers.contains(&offer.carrier) && offer.freight_fen().is_some();
            for offer in offers.iter_mut().filter(of) {
                let why = Out::Limit { name: limit.name.clone(), why: limit.why.clone() };
                offer.answer = Answer::Out { why };
            }
        }
        Ok(())
    }
}

impl Contract {
    fn takes(&self, load: &Load) -> Result<&Row, Out> {
        if load.province.is_empty() {
            return Err(Out::NoProvince);
        }
        let row = self.tariff.row(&load.province).ok_or(Out::NoRow)?;
        if self.no_deliver.iter().any(|area| area.holds(load)) {
            return Err(Out::NoDeliver);
        }
        if let (Some(max_g), Some(weight_g)) = (self.max_weight_g, load.weight_g)
            && weight_g > max_g
        {
            return Err(Out::TooHeavy { max_g });
        }
        if let (Some(max_cm3), Some(volume_cm3)) = (self.max_volume_cm3, load.volume_cm3)
            && volume_cm3 > max_cm3
        {
            return Err(Out::TooLarge { max_cm3 });
        }
        if load.cod_fen.is_some() && row.cod.is_none() {
            return Err(Out::NoCod);
        }
        Ok(row)
    }

    fn charged_g(&self, weight_g: u32, volume_cm3: Option<u32>) -> u64 {
        let by_volume = self.volume_divisor.zip(volume_cm3).map_or(0, |(divisor, cm3)| volume_weight_g(cm3, divisor));
        by_volume.max(u64::from(weight_g))
    }

    fn freight_fen(&self, row: &Row, load: &Load, charged_g: u64) -> u64 {
        let remote = self.remote.iter().any(|area| area.holds(load));
        let remote_fen = if remote { u64::from(row.remote_fen) } else { 0 };
        let cod_fen = row.cod.zip(load.cod_fen).map_or(0, |(cod, collected)| cod.fee_fen(collected));
        row.by_weight_fen(charged_g).saturating_add(remote_fen).saturating_add(cod_fen)
    }
}

impl Area {
    /// Platforms write a city with or without its last word; within its province either is it.
    fn holds(&self, load: &Load) -> bool {
        let same = |a: &str, b: &str| !b.is_empty() && (a.starts_with(b) || b.starts_with(a));
        let levels = [&load.province, &load.city, &load.district];
        self.0.iter().zip(levels).all(|(area, level)| same(area, level))
    }
}

impl Then {
    fn pick(&self, offers: &[Offer]) -> Option<CarrierCode> {
        let candidates = offers.iter().filter_map(|offer| Some((offer.freight_fen()?, offer.carrier)));
        match self {
            // Of equal ones the first stays: the rule file's order.
            Then::Cheapest => candidates.min_by_key(|(freight_fen, _)| *freight_fen).map(|(_, carrier)| carrier),
            Then::FirstOf(carriers) => {
                let candidates: Vec<CarrierCode> = candidates.map(|(_, carrier)| carrier).collect();
                carriers.iter().copied().find(|carrier| candidates.contains(carrier))
            }
        }
    }
}

/// What limits and tables look at.
struct Load {
    province: String,
    city: String,
    district: String,
    weight_g: Option<u32>,
    volume_cm3: Option<u32>,
    /// What is collected at the door.
    cod_fen: Option<u64>,
    needs: Vec<Need>,
}

impl Load {
    fn of(shipment: &Shipment<'_>, packaging_g: u32) -> Load {
        let party = shipment
            .orders
            .iter()
            .find_map(|order| order.receiver.as_ref().or(order.receiver_sealed.as_ref().map(|sealed| &sealed.masked)));
        let needs = needs_of(shipment.orders, shipment.items);
        let collected = shipment.orders.iter().filter(|order| is_cod(order));
        Load {
            province: party.map_or_else(String::new, |party| {
                address::province(&party.province).map_or_else(|| party.province.clone(), str::to_owned)
            }),
            city: party.map_or_else(String::new, |party| party.city.clone()),
            district: party.map_or_else(String::new, |party| party.district.clone()),
            weight_g: parcel::weight_g(&needs).map(|goods_g| goods_g.saturating_add(packaging_g)),
            volume_cm3: parcel::volume_cm3(shipment.orders, shipment.items),
            cod_fen: collected.map(|order| u64::try_from(order.amount_fen).unwrap_or(0)).reduce(u64::saturating_add),
            needs,
        }
    }
}

/// Cash on delivery is a service of the order's; its amount is what is collected.
fn is_cod(order: &Order) -> bool {
    order.services.iter().any(|service| service.eq_ignore_ascii_case("cod"))
}

/// A number that came along, then a carrier by name, of the first order that has one.
fn named(orders: &[Order]) -> Option<(CarrierCode, By)> {
    let supplied = orders.iter().find_map(|order| order.waybill.as_ref());
    let supplied = supplied.map(|waybill| (waybill.carrier, By::Waybill));
    supplied.or_else(|| orders.iter().find_map(|order| order.carrier).map(|carrier| (carrier, By::Order)))
}

/// A document for each order: what is the parcel's is in all of them.
fn documents(shipment: &Shipment<'_>, load: &Load, now: &Zoned, offers: &[Offer]) -> Vec<Document> {
    let open = |line: &&crate::domain::order::Line| line.status == LineStatus::Open;
    let lines: Vec<_> = shipment.orders.iter().flat_map(|order| order.lines.iter().filter(open)).collect();
    let pieces: u64 = load.needs.iter().map(|need| u64::from(need.quantity)).sum();
    let parcel = json!({
        "province": load.province, "city": load.city, "district": load.district, "weight_g": load.weight_g,
        "volume_cm3": load.volume_cm3, "pieces": pieces, "orders": shipment.orders.len(),
        "cod": load.cod_fen.is_some(), "cod_fen": load.cod_fen, "lines": lines,
    });
    let freight: BTreeMap<&str, Option<u64>> =
        offers.iter().map(|offer| (offer.carrier.as_str(), offer.freight_fen())).collect();
    let time = json!({
        "date": now.date().to_string(), "hour": now.hour(), "minute": now.minute(),
        "weekday": now.weekday().to_monday_one_offset(),
    });
    let one = |order: &Order| {
        let paid = now.timestamp().as_second().saturating_sub(order.paid_at.as_second());
        let whole = json!({
            "order": order, "parcel": parcel, "now": time, "paid_minutes": paid.div_euclid(60), "freight": freight,
        });
        document(&whole, SCOPE)
    };
    shipment.orders.iter().map(one).collect()
}

fn any(when: &Expression, documents: &[Document]) -> Result<bool, ExpressionError> {
    let mut found = false;
    for document in documents {
        found |= when.is_true(document)?;
    }
    Ok(found)
}

/// What a rule may name.
pub(super) const SCOPE: &[Field] = &[
    Field::object("order", ORDER),
    Field::object("parcel", PARCEL),
    Field::object(
        "now",
        &[Field::value("date"), Field::value("hour"), Field::value("minute"), Field::value("weekday")],
    ),
    Field::value("paid_minutes"),
    Field::object("freight", &[Field::value("sf"), Field::value("zto"), Field::value("jd")]),
];

const PARCEL: &[Field] = &[
    Field::value("province"),
    Field::value("city"),
    Field::value("district"),
    Field::value("weight_g"),
    Field::value("volume_cm3"),
    Field::value("pieces"),
    Field::value("orders"),
    Field::value("cod"),
    Field::value("cod_fen"),
    Field::list("lines", LINE),
];

const LINE: &[Field] = &[
    Field::value("sku"),
    Field::value("name"),
    Field::value("quantity"),
    Field::value("price_fen"),
    Field::value("gift"),
];
