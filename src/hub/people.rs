//! Leads who are logged in at the hub's pages, and what they did there. A lead's badge is the key: whoever takes it away from
//! them ends their sessions as well.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Hub, HubError, Refusal, accept, auth, lead_acts, operators, parsed, taught};
use crate::domain::code::Code;
use crate::domain::id::{OperatorId, OrderNo};
use crate::domain::parcel::{Operator, Standing};

/// A shift; nobody is still logged in the next morning.
const LIFE_US: i64 = 12 * 3_600 * 1_000_000;

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub operator: String,
    pub name: String,
    /// What each form of their pages sends along.
    pub token: String,
}

/// What one of them did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PageAct {
    pub at_us: i64,
    pub operator: String,
    pub what: String,
    pub subject: String,
}

/// What a lead may do at a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// What another lead did is seen to.
    CloseException { kind: String, subject: String },
    /// A code that was taught wrongly.
    RemoveTaught { code: String },
    /// A held order goes on.
    Resume { order_no: String },
    /// A packer's badge opens nothing any more.
    RevokeBadge { operator: String },
}

impl Act {
    fn parts(&self) -> (&str, &str) {
        match self {
            Act::CloseException { kind, subject } => (kind, subject),
            Act::RemoveTaught { code } => ("remove_taught", code),
            Act::Resume { order_no } => ("resume", order_no),
            Act::RevokeBadge { operator } => ("revoke_badge", operator),
        }
    }
}

impl Hub {
    /// By what a lead's badge holds; `secret` is fresh randomness, and its browser's from now on.
    pub fn log_in(&self, badge: &str, secret: &str, now_us: i64) -> Result<(), HubError> {
        self.write(|transaction| {
            let held = match Code::parse(badge) {
                Code::Badge(held) => held,
                _ => String::new(),
            };
            if lead(transaction, &held)?.is_none() {
                let detail = "this is no lead's badge, or one that was revoked: scan a lead's badge";
                return Err(Refusal::new(403, "No lead's badge", detail).into());
            }
            transaction.execute("DELETE FROM people WHERE begun_us < ?1", [now_us - LIFE_US])?;
            transaction.execute(
                "INSERT INTO people (secret_hash, badge, begun_us) VALUES (?1, ?2, ?3)",
                params![auth::digest(secret), held, now_us],
            )?;
            Ok(())
        })
    }

    /// Whose browser this is, if it is still anybody's.
    pub fn person(&self, secret: &str, now_us: i64) -> Result<Option<Person>, HubError> {
        self.read(|connection| {
            let mut session = connection.prepare_cached(
                "SELECT o.badge, o.body FROM people p JOIN operators o ON o.badge = p.badge
                 WHERE p.secret_hash = ?1 AND p.begun_us >= ?2",
            )?;
            let found = session.query_row(params![auth::digest(secret), now_us - LIFE_US], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            });
            let Some((badge, body)) = found.optional()? else { return Ok(None) };
            let operator: Operator = parsed("operator", &badge, &body)?;
            Ok((operator.lead && !operator.revoked).then(|| Person {
                operator: operator.operator_id.to_string(),
                name: operator.name,
                token: auth::digest(&format!("page {secret}")),
            }))
        })
    }

    pub fn log_out(&self, secret: &str) -> Result<(), HubError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM people WHERE secret_hash = ?1", [auth::digest(secret)])?;
            Ok(())
        })
    }

    /// Does it and keeps who did, or neither.
    pub fn act(&self, person: &Person, act: &Act, now_us: i64) -> Result<(), HubError> {
        self.write(|transaction| {
            match act {
                Act::CloseException { kind, subject } => lead_acts::closed(transaction, kind, subject)?,
                Act::RemoveTaught { code } => taught::unteach(transaction, code)?,
                Act::Resume { order_no } => {
                    let order_no = OrderNo(order_no.clone());
                    if !matches!(accept::stored(transaction, &order_no)?, Some((.., Standing::Held { .. }))) {
                        let detail = format!("order {order_no} isn't held any more");
                        return Err(Refusal::new(409, "Not held", detail).into());
                    }
                    self.stands(transaction, &order_no, Standing::Open, None, now_us)?;
                }
                Act::RevokeBadge { operator } => revoke_badges(transaction, &operator.as_str().into())?,
            }
            let (what, subject) = act.parts();
            keep(transaction, person, what, subject, now_us)
        })
    }

    /// A packer's, by a lead's hand: what its barcode holds. The ones they had are revoked.
    pub fn issue_packers_badge(
        &self,
        person: &Person,
        operator: &OperatorId,
        name: &str,
        secret: [u8; 16],
        now_us: i64,
    ) -> Result<String, HubError> {
        let is_id = (1..=32).contains(&operator.as_str().chars().count())
            && operator.as_str().chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !is_id {
            let detail = "an operator's number is up to 32 letters and digits, e.g. a personnel number";
            return Err(Refusal::new(422, "Unusable number", detail).into());
        }
        self.write(|transaction| {
            no_lead(transaction, operator)?;
            let code = operators::issue(transaction, operator, name, false, secret)?;
            keep(transaction, person, "issue_badge", operator.as_str(), now_us)?;
            Ok(code)
        })
    }

    /// Who has or had a badge, by number: number, name, is a lead, every badge is revoked.
    pub fn people(&self) -> Result<Vec<(String, String, bool, bool)>, HubError> {
        let mut people: BTreeMap<String, (String, bool, bool)> = BTreeMap::new();
        for operator in self.operators()? {
            let at = people.entry(operator.operator_id.to_string()).or_insert((String::new(), false, true));
            // What a badge in force says counts.
            if at.2 {
                *at = (operator.name, operator.lead, operator.revoked);
            }
        }
        Ok(people.into_iter().map(|(id, (name, lead, revoked))| (id, name, lead, revoked)).collect())
    }

    /// What leads did at pages, the newest first.
    pub fn page_acts(&self) -> Result<Vec<PageAct>, HubError> {
        self.read(|connection| {
            let mut acts = connection
                .prepare("SELECT at_us, operator, what, subject FROM page_acts ORDER BY rowid DESC LIMIT 200")?;
            let row = |row: &rusqlite::Row<'_>| {
                Ok(PageAct { at_us: row.get(0)?, operator: row.get(1)?, what: row.get(2)?, subject: row.get(3)? })
            };
            let rows = acts.query_map([], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn lead(transaction: &Transaction<'_>, badge: &str) -> Result<Option<Operator>, HubError> {
    let mut found = transaction.prepare_cached("SELECT body FROM operators WHERE badge = ?1")?;
    let body: Option<String> = found.query_row([badge], |row| row.get(0)).optional()?;
    let operator: Option<Operator> = body.map(|body| parsed("operator", badge, &body)).transpose()?;
    Ok(operator.filter(|operator| operator.lead && !operator.revoked))
}

/// Nobody makes or unmakes leads from a page.
fn no_lead(transaction: &Transaction<'_>, operator: &OperatorId) -> Result<(), HubError> {
    let badges = operators::stored(transaction)?;
    if badges.iter().any(|badge| badge.operator_id == *operator && badge.lead && !badge.revoked) {
        let detail = format!("{operator} is a lead: `milepost sheet badge` on the hub's machine issues that badge");
        return Err(Refusal::new(403, "A lead's badge", detail).into());
    }
    Ok(())
}

/// Everybody's badge ends, but no lead's.
fn revoke_badges(transaction: &Transaction<'_>, operator: &OperatorId) -> Result<(), HubError> {
    no_lead(transaction, operator)?;
    if operators::revoke(transaction, operator)? == 0 {
        let detail = format!("{operator} has no badge: look at the list of people");
        return Err(Refusal::new(404, "No badge", detail).into());
    }
    Ok(())
}

fn keep(
    transaction: &Transaction<'_>,
    person: &Person,
    what: &str,
    subject: &str,
    now_us: i64,
) -> Result<(), HubError> {
    tracing::info!(operator = %person.operator, what, subject, "a lead acted at a page");
    transaction.execute(
        "INSERT INTO page_acts (at_us, operator, what, subject) VALUES (?1, ?2, ?3, ?4)",
        params![now_us, person.operator, what, subject],
    )?;
    Ok(())
}
