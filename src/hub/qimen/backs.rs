//! Returns that were inspected become returnorder.confirm: what was announced, and of it what is there in which state. Wrong goods
//! were never the ERP's to expect; the office hears of them.

use rusqlite::{OptionalExtension, Transaction, params};

use super::book::queue;
use super::message::{self, About, Back, BackLine};
use crate::domain::fact::Fact;
use crate::domain::returned::{Finding, Returned};
use crate::hub::{HubError, parsed, returns};
use crate::intake::qimen::{ExpectedReturn, Form};

const METHOD: &str = "returnorder.confirm";

/// Queues what a stretch of the feed tells of announced returns.
pub(super) fn confirm(
    transaction: &Transaction<'_>,
    form: &Form,
    told: i64,
    upto: i64,
    now_us: i64,
) -> Result<(), HubError> {
    let mut closed = transaction.prepare_cached(
        "SELECT feed, kind, body FROM entries WHERE feed > ?1 AND feed <= ?2 AND kind = 'return_closed' AND problem IS NULL
         ORDER BY feed",
    )?;
    let rows: Vec<(i64, String, String)> = closed
        .query_map(params![told, upto], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (feed, kind, body) in rows {
        if let Some(Fact::ReturnClosed { return_no, .. }) = Fact::from_parts(&kind, &body) {
            one(transaction, form, &return_no, feed, now_us)?;
        }
    }
    Ok(())
}

fn one(transaction: &Transaction<'_>, form: &Form, return_no: &str, feed: i64, now_us: i64) -> Result<(), HubError> {
    let announced: Option<(String, String)> = transaction
        .prepare_cached("SELECT customer, body FROM returns_expected WHERE return_no = ?1")?
        .query_row([return_no], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (Some((customer, body)), Some(added)) = (announced, returns::added(transaction, return_no, feed)?) else {
        return Ok(());
    };
    let expected: ExpectedReturn = parsed("return", return_no, &body)?;
    let id = format!("{return_no}-{feed}");
    let back = Back {
        return_no,
        order_type: expected.return_type.as_deref().unwrap_or(&form.returns.order_type),
        warehouse: &expected.warehouse,
        order_no: expected.order_no.as_str(),
        carrier: expected.carrier.as_deref(),
        number: expected.number.as_deref(),
        reason: expected.reason.as_deref(),
        operator: added.operator.as_deref(),
        at_us: added.inspected_us.unwrap_or(now_us),
        id: &id,
        lines: lines(form, &expected, &added.returned),
    };
    let about = About {
        order_no: return_no.to_owned(),
        customer,
        order_type: back.order_type.to_owned(),
        warehouse: expected.warehouse.clone(),
        owner: None,
    };
    let key = if form.returns.again { format!("return:{feed}") } else { "return".to_owned() };
    queue(transaction, &about, METHOD, &key, &message::returned(form, &back), now_us)
}

/// A line for each state of what was announced; the plan stands on the first, and what isn't there is a line that found nothing.
fn lines<'a>(form: &'a Form, expected: &'a ExpectedReturn, returned: &Returned) -> Vec<BackLine<'a>> {
    let states = [
        (Finding::Good, &form.returns.good),
        (Finding::Faulty, &form.returns.faulty),
        (Finding::Damaged, &form.returns.damaged),
    ];
    let mut lines = Vec::new();
    for (at, line) in expected.lines.iter().enumerate() {
        let sku = &line.sku;
        // Goods that stand there twice are told once.
        if expected.lines[..at].iter().any(|other| other.sku == *sku) {
            continue;
        }
        let mut planned: u32 = expected.lines.iter().filter(|line| line.sku == *sku).map(|line| line.quantity).sum();
        let of = |finding: Finding| -> u32 {
            let found = returned.found.iter().filter(|found| found.sku == *sku && found.finding == finding);
            found.map(|found| found.quantity).sum()
        };
        let mut told: Vec<(&str, u32)> = states
            .iter()
            .map(|(finding, state)| (state.as_str(), of(*finding)))
            .filter(|(_, found)| *found > 0)
            .collect();
        if told.is_empty() {
            told.push((&form.returns.good, 0));
        }
        for (inventory_type, found) in told {
            lines.push(BackLine { sku, inventory_type, planned: std::mem::take(&mut planned), found });
        }
    }
    lines
}
