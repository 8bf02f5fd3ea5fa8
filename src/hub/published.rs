//! Routing rules that somebody published: kept with who, when and what, in force from the next order on, before the
//! config's file. Nothing is published that wasn't previewed over exactly what it replaces, and nothing is forgotten.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Hub, HubError, Policy, Refusal, json, parsed};
use crate::domain::order::CarrierCode;
use crate::rules::{RoutingRules, RuleFile, RuleText};

/// A preview is of yesterday's orders: a day later it is of others.
const PREVIEW_LIFE_US: i64 = 24 * 60 * 60 * 1_000_000;

/// What a preview was of: a file, over the rules that were in force. Both are hashes, the latter empty where there were none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub hash: String,
    pub over: String,
}

/// `PUT /v1/routing`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    pub rules: RuleFile,
    pub token: Token,
}

/// `POST /v1/routing/revert`: go back from this version.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevertRequest {
    pub version: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Published,
    /// `routing_rules` of the hub's config, read at its start.
    Config,
    /// No rules: orders that name no carrier go with the config's.
    None,
}

/// Who published what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub version: u64,
    /// None where it goes back to the config's.
    pub file: Option<String>,
    pub hash: String,
    /// The key it was published with.
    pub by: String,
    pub at: Timestamp,
    /// The version whose rules hold again by it; 0 is the config's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<u64>,
}

/// `GET /v1/routing`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    pub origin: Origin,
    /// 0 while nothing was published.
    pub version: u64,
    pub file: Option<String>,
    pub hash: String,
    pub by: Option<String>,
    /// None for the config's, which hold since the hub's start.
    pub since: Option<Timestamp>,
    pub carriers: Vec<CarrierCode>,
    pub rules: Vec<RuleText>,
    /// The newest first.
    pub versions: Vec<Version>,
}

/// The rules that decide now.
pub(super) struct InForce {
    published: Option<Version>,
    pub rules: Option<Arc<RoutingRules>>,
}

/// A row of the store.
struct Stored {
    told: Version,
    before: u64,
    body: Option<String>,
}

impl InForce {
    /// What the store says, else what the config does.
    pub fn read(connection: &Connection, policy: &Policy) -> Result<InForce, HubError> {
        let Some(newest) = newest(connection)? else {
            return Ok(InForce { published: None, rules: policy.routing.clone() });
        };
        let rules = match &newest.body {
            None => policy.routing.clone(),
            Some(body) => {
                let version = newest.told.version;
                let file: RuleFile = parsed("routing rules", &version.to_string(), body)?;
                let rules = file.rules().map_err(|source| HubError::Published { version, source: Box::new(source) })?;
                Some(Arc::new(rules))
            }
        };
        Ok(InForce { published: Some(newest.told), rules })
    }

    pub fn hash(&self) -> &str {
        self.rules.as_ref().map_or("", |rules| rules.hash())
    }

    fn version(&self) -> u64 {
        self.published.as_ref().map_or(0, |published| published.version)
    }

    /// Somebody's, and no revert to the config's.
    fn is_published(&self) -> bool {
        self.published.as_ref().is_some_and(|published| published.file.is_some())
    }

    pub fn origin(&self) -> Origin {
        match (self.is_published(), &self.rules) {
            (true, _) => Origin::Published,
            (false, Some(_)) => Origin::Config,
            (false, None) => Origin::None,
        }
    }

    /// For a refusal: which rules these are, and whose.
    fn said(&self) -> String {
        match &self.published {
            Some(Version { version, by, at, .. }) => format!("version {version}, published by {by} at {at}"),
            None => "the config's".to_owned(),
        }
    }
}

impl Hub {
    /// What is in force, and everything that was published.
    pub fn routing(&self) -> Result<Routing, HubError> {
        let in_force = self.in_force();
        let versions = self.read(versions)?;
        let rules = in_force.rules.as_deref();
        let published = in_force.published.as_ref();
        Ok(Routing {
            origin: in_force.origin(),
            version: in_force.version(),
            file: rules.map(|rules| rules.file().to_owned()),
            hash: in_force.hash().to_owned(),
            by: published.map(|published| published.by.clone()),
            since: published.map(|published| published.at),
            carriers: rules.map(|rules| rules.carriers().collect()).unwrap_or_default(),
            rules: rules.map(|rules| rules.texts().collect()).unwrap_or_default(),
            versions,
        })
    }

    /// The texts of a published version.
    pub fn published(&self, version: u64) -> Result<RuleFile, HubError> {
        let found = self.read(|connection| stored(connection, version))?.and_then(|stored| stored.body);
        match found {
            Some(body) => parsed("routing rules", &version.to_string(), &body),
            None => {
                let detail = format!("no rule file was published as version {version}: GET /v1/routing lists them");
                Err(Refusal::new(404, "Unknown version", detail).into())
            }
        }
    }

    /// Puts a file in force that was previewed over what is in force now.
    pub fn publish_routing(&self, request: &PublishRequest, by: &str, now_us: i64) -> Result<Routing, HubError> {
        let PublishRequest { rules: file, token } = request;
        let rules = readable(file)?;
        self.write(|transaction| {
            let now = InForce::read(transaction, self.policy())?;
            if rules.hash() == now.hash() {
                let detail = format!("{} is in force already: there is nothing to publish", file.file);
                return Err(Refusal::new(409, "In force already", detail).into());
            }
            if token.over != now.hash() {
                return Err(changed(&now, "run `milepost rules preview` again, and look at what differs from it"));
            }
            if token.hash != rules.hash() || !is_previewed(transaction, token, now_us)? {
                let detail = format!(
                    "{} was not previewed as it is, within a day and over the rules in force: run `milepost rules preview` first",
                    file.file
                );
                return Err(Refusal::new(409, "Not previewed", detail).into());
            }
            let (version, hash) = (now.version() + 1, rules.hash().to_owned());
            let told = Version { version, file: Some(file.file.clone()), hash, by: by.to_owned(), at: at(now_us), back_to: None };
            put(transaction, &Stored { told, before: now.version(), body: Some(json(file)) })
        })?;
        self.take_up()
    }

    /// Goes back to what was in force before `version`, which must be in force.
    pub fn revert_routing(&self, version: u64, by: &str, now_us: i64) -> Result<Routing, HubError> {
        self.write(|transaction| {
            let now = InForce::read(transaction, self.policy())?;
            if now.version() != version {
                return Err(changed(&now, "look whether it is that one that you want to take back"));
            }
            let Some(gone) = newest(transaction)?.filter(|gone| gone.body.is_some()) else {
                let detail = "no published rules are in force: there is nothing to go back from";
                return Err(Refusal::new(409, "Nothing published", detail).into());
            };
            let (file, hash, before, body) = match stored(transaction, gone.before)? {
                Some(Stored { told, before, body }) => (told.file, told.hash, before, body),
                None => (None, String::new(), 0, None),
            };
            let (by, back_to) = (by.to_owned(), Some(gone.before));
            let told = Version { version: version + 1, file, hash, by, at: at(now_us), back_to };
            put(transaction, &Stored { told, before, body })
        })?;
        self.take_up()
    }

    /// Remembers what was previewed over what.
    pub(super) fn note_preview(&self, token: &Token, by: &str, now_us: i64) -> Result<(), HubError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM routing_previews WHERE at_us < ?1", [now_us - PREVIEW_LIFE_US])?;
            transaction.execute(
                "INSERT INTO routing_previews (hash, over, by, at_us) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (hash, over) DO UPDATE SET by = excluded.by, at_us = excluded.at_us",
                params![token.hash, token.over, by, now_us],
            )?;
            Ok(())
        })
    }

    /// From here on the store's rules decide. Of two at once the later version stays.
    fn take_up(&self) -> Result<Routing, HubError> {
        let found = self.read(|connection| InForce::read(connection, self.policy()))?;
        let mut held = self.inner.routing.write().unwrap_or_else(PoisonError::into_inner);
        if found.version() > held.version() {
            tracing::info!(rules = found.said(), "other routing rules are in force");
            *held = Arc::new(found);
        }
        drop(held);
        self.routing()
    }

    /// The rules that decide now. A panic can't leave half of them: they are put there whole.
    pub(super) fn in_force(&self) -> Arc<InForce> {
        self.inner.routing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads a file that came in a request.
pub(super) fn readable(file: &RuleFile) -> Result<RoutingRules, HubError> {
    file.rules().map_err(|error| Refusal::new(422, "Unusable rules", error.to_string()).into())
}

fn changed(now: &InForce, cure: &str) -> HubError {
    let detail = format!("other rules are in force by now ({}): {cure}", now.said());
    Refusal::new(409, "Rules changed", detail).into()
}

fn is_previewed(connection: &Connection, token: &Token, now_us: i64) -> Result<bool, HubError> {
    let mut found =
        connection.prepare_cached("SELECT 1 FROM routing_previews WHERE hash = ?1 AND over = ?2 AND at_us >= ?3")?;
    Ok(found.exists(params![token.hash, token.over, now_us - PREVIEW_LIFE_US])?)
}

fn at(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or_default()
}

const COLUMNS: &str = "version, before, hash, body, body ->> 'file', by, at_us, back_to";

fn row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let count = |index: usize| row.get::<_, i64>(index).map(|count| count as u64);
    let back_to: Option<i64> = row.get(7)?;
    let told = Version {
        version: count(0)?,
        file: row.get(4)?,
        hash: row.get(2)?,
        by: row.get(5)?,
        at: at(row.get(6)?),
        back_to: back_to.map(|version| version as u64),
    };
    Ok(Stored { told, before: count(1)?, body: row.get(3)? })
}

fn newest(connection: &Connection) -> Result<Option<Stored>, HubError> {
    let last = format!("SELECT {COLUMNS} FROM routing_versions ORDER BY version DESC LIMIT 1");
    Ok(connection.prepare_cached(&last)?.query_row([], row).optional()?)
}

fn stored(connection: &Connection, version: u64) -> Result<Option<Stored>, HubError> {
    let one = format!("SELECT {COLUMNS} FROM routing_versions WHERE version = ?1");
    Ok(connection.prepare_cached(&one)?.query_row([version as i64], row).optional()?)
}

fn versions(connection: &Connection) -> Result<Vec<Version>, HubError> {
    let all = format!("SELECT {COLUMNS} FROM routing_versions ORDER BY version DESC");
    let mut statement = connection.prepare(&all)?;
    let rows = statement.query_map([], |found| Ok(row(found)?.told))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn put(transaction: &Transaction<'_>, row: &Stored) -> Result<(), HubError> {
    let Stored { told: Version { version, hash, by, at, back_to, .. }, before, body } = row;
    transaction.execute(
        "INSERT INTO routing_versions (version, before, hash, body, by, at_us, back_to) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            *version as i64,
            *before as i64,
            hash,
            body,
            by,
            at.as_microsecond(),
            back_to.map(|version| version as i64)
        ],
    )?;
    Ok(())
}
