//! A routing rule file as it stands on disk, and everything that can be wrong with one: each error names the file, the rule
//! or table, and the cure.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::expression::{Expression, ExpressionError};
use super::freight::{Tariff, TariffError};
use super::routing::{Area, CHEAPEST, Contract, Limit, RoutingRules, Rule, SCOPE, Then};
use crate::domain::address;
use crate::domain::order::CarrierCode;

#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    /// The cause's text is the message itself: as a source it would be said twice.
    #[error("{file} cannot be read: {cause}")]
    Toml { file: String, cause: toml::de::Error },
    #[error("{file}: carrier `{found}` is not known: write sf, zto or jd")]
    UnknownCarrier { file: String, found: String },
    #[error("{file}: `carriers` is empty: name those you have accounts of")]
    NoCarrier { file: String },
    #[error("{file}: `carriers` names {carrier} twice: keep one")]
    CarrierTwice { file: String, carrier: &'static str },
    #[error("{file}: `carriers` names {carrier}, but there is no [carrier.{carrier}]: add it with its freight table")]
    NoContract { file: String, carrier: &'static str },
    #[error("{file}, {place}: {carrier} is not in `carriers`: add it there, or take it out here")]
    NotOurs { file: String, place: String, carrier: &'static str },
    #[error(
        "{file}, [carrier.{carrier}]: the freight table {table} cannot be read: {problem}; it stands beside the rule file"
    )]
    NoTable { file: String, carrier: &'static str, table: String, problem: String },
    #[error("{file}, [carrier.{carrier}]: {source}")]
    Table { file: String, carrier: &'static str, source: TariffError },
    #[error("{file}, [carrier.{carrier}]: volume_divisor is 0: write the cm³ of a charged kilogram, e.g. 6000")]
    Divisor { file: String, carrier: &'static str },
    #[error(
        "{file}, [carrier.{carrier}]: `{area}` is no known place: write `province`, `province/city` or `province/city/district`, each in full"
    )]
    Area { file: String, carrier: &'static str, area: String },
    #[error("{file}, {place}: {source}")]
    Expression { file: String, place: String, source: ExpressionError },
    #[error("{file}: two rules or limits are named `{name}`: nobody could tell which one decided; rename one")]
    Twice { file: String, name: String },
    #[error("{file}, {place} names no carrier: write one, several, or \"cheapest\"")]
    NoThen { file: String, place: String },
    #[error("{file}, limit `{name}` has an empty `why`: write what the office should read")]
    NoReason { file: String, name: String },
    #[error(
        "{file} has no [[rule]]: every order would wait; the last one is usually `when = \"true\"`, `then = \"cheapest\"`"
    )]
    NoRule { file: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoutingFile {
    carriers: Vec<String>,
    #[serde(default)]
    packaging_g: u32,
    unknown_weight_g: u32,
    #[serde(default)]
    carrier: BTreeMap<String, ContractEntry>,
    #[serde(default)]
    limit: Vec<LimitEntry>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractEntry {
    freight: String,
    volume_divisor: Option<u32>,
    max_weight_g: Option<u32>,
    max_volume_cm3: Option<u32>,
    #[serde(default)]
    no_deliver: Vec<String>,
    #[serde(default)]
    remote: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitEntry {
    name: String,
    carriers: Vec<String>,
    when: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    name: String,
    when: String,
    then: ThenEntry,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "write a carrier, a list of carriers, or \"cheapest\"")]
enum ThenEntry {
    One(String),
    Several(Vec<String>),
}

type Tables<'a> = &'a dyn Fn(&str) -> Result<String, String>;

pub(super) fn read(file: &str, text: &str, table: Tables<'_>) -> Result<RoutingRules, RoutingError> {
    let entries: RoutingFile =
        toml::from_str(text).map_err(|cause| RoutingError::Toml { file: file.to_owned(), cause })?;
    let hash = RefCell::new(Hash::of(text));
    let hashed = |name: &str| table(name).inspect(|text| hash.borrow_mut().add(text));
    let reader = Reader { file, names: Vec::new(), carriers: Vec::new() };
    let rules = reader.rules(entries, &hashed)?;
    Ok(RoutingRules { hash: hash.into_inner().told(), ..rules })
}

/// Over texts, each behind its length: none can pass for the end of another.
struct Hash(blake3::Hasher);

impl Hash {
    fn of(text: &str) -> Hash {
        let mut hash = Hash(blake3::Hasher::new());
        hash.add(text);
        hash
    }

    fn add(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }

    fn told(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// What has been read of one file so far.
struct Reader<'f> {
    file: &'f str,
    names: Vec<String>,
    carriers: Vec<CarrierCode>,
}

impl Reader<'_> {
    fn rules(mut self, entries: RoutingFile, table: Tables<'_>) -> Result<RoutingRules, RoutingError> {
        let RoutingFile { carriers, packaging_g, unknown_weight_g, carrier, limit, rule } = entries;
        for name in &carriers {
            let code = self.carrier(name)?;
            if self.carriers.contains(&code) {
                return Err(RoutingError::CarrierTwice { file: self.file(), carrier: code.as_str() });
            }
            self.carriers.push(code);
        }
        if self.carriers.is_empty() {
            return Err(RoutingError::NoCarrier { file: self.file() });
        }
        for name in carrier.keys() {
            let code = self.carrier(name)?;
            self.ours(&format!("[carrier.{name}]"), code)?;
        }
        let contracts = self.carriers.clone().into_iter().map(|code| match carrier.get(code.as_str()) {
            Some(entry) => self.contract(code, entry, table),
            None => Err(RoutingError::NoContract { file: self.file(), carrier: code.as_str() }),
        });
        let contracts = contracts.collect::<Result<_, _>>()?;
        let limits = limit.into_iter().map(|entry| self.limit(entry)).collect::<Result<_, _>>()?;
        let rules: Vec<Rule> = rule.into_iter().map(|entry| self.rule(entry)).collect::<Result<_, _>>()?;
        if rules.is_empty() {
            return Err(RoutingError::NoRule { file: self.file() });
        }
        let (file, hash) = (self.file(), String::new());
        Ok(RoutingRules { carriers: contracts, limits, rules, packaging_g, unknown_weight_g, file, hash })
    }

    fn contract(&self, code: CarrierCode, entry: &ContractEntry, table: Tables<'_>) -> Result<Contract, RoutingError> {
        let (file, carrier) = (self.file(), code.as_str());
        let text = table(&entry.freight).map_err(|problem| RoutingError::NoTable {
            file: file.clone(),
            carrier,
            table: entry.freight.clone(),
            problem,
        })?;
        let tariff = Tariff::from_csv(&entry.freight, &text).map_err(|source| RoutingError::Table {
            file: file.clone(),
            carrier,
            source,
        })?;
        if entry.volume_divisor == Some(0) {
            return Err(RoutingError::Divisor { file, carrier });
        }
        let area = |text: &String| {
            let levels: Vec<&str> = text.split('/').map(str::trim).collect();
            match address::has_place(&levels) {
                true => Ok(Area(levels.into_iter().map(str::to_owned).collect())),
                false => Err(RoutingError::Area { file: file.clone(), carrier, area: text.clone() }),
            }
        };
        Ok(Contract {
            carrier: code,
            tariff,
            volume_divisor: entry.volume_divisor,
            max_weight_g: entry.max_weight_g,
            max_volume_cm3: entry.max_volume_cm3,
            no_deliver: entry.no_deliver.iter().map(area).collect::<Result<_, _>>()?,
            remote: entry.remote.iter().map(area).collect::<Result<_, _>>()?,
        })
    }

    fn limit(&mut self, entry: LimitEntry) -> Result<Limit, RoutingError> {
        let LimitEntry { name, carriers, when, why } = entry;
        let place = format!("limit `{name}`");
        let carriers = self.listed(&place, &carriers)?;
        if why.trim().is_empty() {
            return Err(RoutingError::NoReason { file: self.file(), name });
        }
        let when = self.expression(&place, &when)?;
        Ok(Limit { name: self.name(name)?, carriers, when, why })
    }

    fn rule(&mut self, entry: RuleEntry) -> Result<Rule, RoutingError> {
        let RuleEntry { name, when, then } = entry;
        let place = format!("rule `{name}`");
        let then = match then {
            ThenEntry::One(word) if word == CHEAPEST => Then::Cheapest,
            ThenEntry::One(word) => Then::FirstOf(self.listed(&place, &[word])?),
            ThenEntry::Several(words) => Then::FirstOf(self.listed(&place, &words)?),
        };
        let expression = self.expression(&place, &when)?;
        Ok(Rule { name: self.name(name)?, when: expression, text: when, then })
    }

    fn listed(&self, place: &str, names: &[String]) -> Result<Vec<CarrierCode>, RoutingError> {
        if names.is_empty() {
            return Err(RoutingError::NoThen { file: self.file(), place: place.to_owned() });
        }
        let one = |name: &String| {
            let code = self.carrier(name)?;
            self.ours(place, code)?;
            Ok(code)
        };
        names.iter().map(one).collect()
    }

    fn expression(&self, place: &str, text: &str) -> Result<Expression, RoutingError> {
        let place = place.to_owned();
        Expression::over(text, SCOPE).map_err(|source| RoutingError::Expression { file: self.file(), place, source })
    }

    fn name(&mut self, name: String) -> Result<String, RoutingError> {
        if self.names.contains(&name) {
            return Err(RoutingError::Twice { file: self.file(), name });
        }
        self.names.push(name.clone());
        Ok(name)
    }

    fn carrier(&self, name: &str) -> Result<CarrierCode, RoutingError> {
        let found = CarrierCode::ALL.into_iter().find(|code| code.as_str() == name);
        found.ok_or_else(|| RoutingError::UnknownCarrier { file: self.file(), found: name.to_owned() })
    }

    fn ours(&self, place: &str, code: CarrierCode) -> Result<(), RoutingError> {
        match self.carriers.contains(&code) {
            true => Ok(()),
            false => {
                let (file, place) = (self.file(), place.to_owned());
                Err(RoutingError::NotOurs { file, place, carrier: code.as_str() })
            }
        }
    }

    fn file(&self) -> String {
        self.file.to_owned()
    }
}
