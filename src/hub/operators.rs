//! Who may badge in. A badge's characters are the hub's to issue and to revoke.

use rusqlite::{Connection, Transaction, params};

use super::{Hub, HubError, Refusal, auth, down, json, parsed};
use crate::domain::code;
use crate::domain::id::OperatorId;
use crate::domain::parcel::Operator;

/// Characters of a badge: nobody guesses one.
const CHARACTERS: usize = 16;

impl Hub {
    pub fn put_operators(&self, operators: &[Operator]) -> Result<(), HubError> {
        for operator in operators {
            let sound = operator.badge.len() == CHARACTERS
                && operator.badge.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            if !sound {
                let detail = format!(
                    "the badge of {} must be {CHARACTERS} capital letters and digits: let the hub issue one, `milepost hub badge`",
                    operator.operator_id
                );
                return Err(Refusal::new(422, "Unusable badge", detail).into());
            }
        }
        self.write(|transaction| operators.iter().try_for_each(|operator| put(transaction, operator)))
    }

    /// All badges that there ever were.
    pub fn operators(&self) -> Result<Vec<Operator>, HubError> {
        self.read(stored)
    }

    /// A new badge for somebody; the ones they had are revoked. Returns what its barcode holds.
    pub fn issue_badge(
        &self,
        operator_id: &OperatorId,
        name: &str,
        lead: bool,
        secret: [u8; CHARACTERS],
    ) -> Result<String, HubError> {
        self.write(|transaction| issue(transaction, operator_id, name, lead, secret))
    }
}

pub(super) fn issue(
    transaction: &Transaction<'_>,
    operator_id: &OperatorId,
    name: &str,
    lead: bool,
    secret: [u8; CHARACTERS],
) -> Result<String, HubError> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Refusal::new(422, "Unusable name", "a badge needs its operator's name").into());
    }
    let badge = auth::letters(&secret);
    revoke(transaction, operator_id)?;
    let name = name.trim().to_owned();
    let operator = Operator { operator_id: operator_id.clone(), name, badge: badge.clone(), lead, revoked: false };
    put(transaction, &operator)?;
    Ok(code::own('B', &badge))
}

/// Ends every badge of somebody's; how many there were.
pub(super) fn revoke(transaction: &Transaction<'_>, operator_id: &OperatorId) -> Result<usize, HubError> {
    let theirs = stored(transaction)?.into_iter().filter(|old| old.operator_id == *operator_id && !old.revoked);
    let mut revoked = 0;
    for mut old in theirs {
        old.revoked = true;
        put(transaction, &old)?;
        revoked += 1;
    }
    Ok(revoked)
}

pub(super) fn stored(transaction: &Connection) -> Result<Vec<Operator>, HubError> {
    let mut all = transaction.prepare_cached("SELECT badge, body FROM operators")?;
    let rows: Vec<(String, String)> =
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    rows.into_iter().map(|(badge, body)| parsed("operator", &badge, &body)).collect()
}

fn put(transaction: &Transaction<'_>, operator: &Operator) -> Result<(), HubError> {
    let body = json(operator);
    transaction.execute(
        "INSERT INTO operators (badge, body) VALUES (?1, ?2) ON CONFLICT (badge) DO UPDATE SET body = excluded.body",
        params![operator.badge, body],
    )?;
    down::put(transaction, "", "", "operator", &operator.badge, 0, &body)
}
