//! What `milepost rules` prints: a line an order, then shares and freight by carrier and by rule, and what to look at.

use std::fmt::{self, Display};

use milepost::domain::id::OrderNo;
use milepost::domain::order::CarrierCode;
use milepost::domain::routing::{By, Choice, Offer, yuan};
use milepost::intake::Noted;
use milepost::rules::{Report, Routed, Share, WIDE_PERCENT, Warning};
use serde_json::{Value, json};

/// What stands in place of a rule's name where none was asked.
const NAMED: &str = "(named)";
/// Where unknown weights show in `rules test`, and what makes them known.
const WEIGHTS: &str = " (marked ?): give the item file with --items";

/// Decisions and what they come to, as people and scripts read them.
pub struct Told<'r> {
    pub routed: &'r [Routed],
    pub report: &'r Report,
}

impl Told<'_> {
    pub fn json(&self, refused: &[Noted]) -> Value {
        let share = |share: &Share| {
            json!({
                "name": share.name, "orders": share.orders, "permille": share.permille,
                "freight_fen": share.freight_fen, "unpriced": share.unpriced,
            })
        };
        let report = self.report;
        json!({
            "orders": self.routed.iter().map(order_json).collect::<Vec<_>>(),
            "carriers": carriers(report).iter().map(share).collect::<Vec<_>>(),
            "rules": rules(report).iter().map(share).collect::<Vec<_>>(),
            "nobody": report.nobody,
            "warnings": report.warnings.iter().map(|one| warning(one, WEIGHTS)).collect::<Vec<_>>(),
            "refused": refused,
        })
    }
}

/// By carrier and by rule, and what to look at.
pub struct Shares<'r> {
    pub report: &'r Report,
    /// What to do about unknown weights.
    pub weights: &'r str,
}

/// The carriers under the names of the screen.
fn carriers(report: &Report) -> Vec<Share> {
    report.carriers.iter().map(|share| Share { name: share.name.to_uppercase(), ..share.clone() }).collect()
}

/// The rules, and behind them what none of them decided.
fn rules(report: &Report) -> Vec<Share> {
    let named = report.named.iter().map(|share| Share { name: NAMED.to_owned(), ..share.clone() });
    report.rules.iter().cloned().chain(named).collect()
}

fn order_json(one: &Routed) -> Value {
    let order_no = joined(&one.orders);
    match &one.decision {
        Ok(choice) => json!({
            "order_no": order_no, "carrier": choice.carrier, "rule": choice.rule(), "why": choice.en(),
            "freight_fen": choice.freight_fen(), "offers": choice.offers,
        }),
        Err(nobody) => json!({
            "order_no": order_no, "carrier": null, "rule": null, "why": nobody.en(), "freight_fen": null,
            "offers": nobody.offers,
        }),
    }
}

/// Orders that travel together, in one cell.
pub fn joined(orders: &[OrderNo]) -> String {
    orders.iter().map(OrderNo::as_str).collect::<Vec<_>>().join("+")
}

fn share_rows(word: &str, shares: &[Share]) -> Vec<Vec<String>> {
    let head = [word, "orders", "share", "freight", "each"].map(str::to_owned);
    let row = |share: &Share| {
        vec![
            share.name.clone(),
            share.orders.to_string(),
            percent(share.permille),
            yuan(share.freight_fen),
            share.each_fen().map_or("-".to_owned(), yuan),
        ]
    };
    std::iter::once(head.to_vec()).chain(shares.iter().map(row)).collect()
}

fn warning(warning: &Warning, weights: &str) -> String {
    match warning {
        Warning::Wide { rule, orders, total } => format!(
            "rule `{rule}` decides {orders} of {total} orders ({}, more than {WIDE_PERCENT} %): check that its `when` isn't wider than you mean",
            percent(orders * 1_000 / total)
        ),
        Warning::Idle { rules } => {
            let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
            format!("none of these orders is decided by {}", rules.join(", "))
        }
        Warning::Assumed { orders } => {
            format!("{orders} orders hold goods of unknown weight, and are charged for `unknown_weight_g`{weights}")
        }
    }
}

impl Display for Shares<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shares { report, weights } = self;
        for (word, shares) in [("carrier", carriers(report)), ("rule", rules(report))] {
            table(f, &share_rows(word, &shares), &[1, 2, 3, 4])?;
            writeln!(f)?;
        }
        match report.nobody {
            0 => {}
            count => writeln!(f, "{count} of {} orders get no carrier and would wait", report.orders)?,
        }
        report.warnings.iter().try_for_each(|one| writeln!(f, "warning: {}", warning(one, weights)))
    }
}

impl Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["order", "carrier", "freight", "rule", "why"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(self.routed.iter().map(row)).collect();
        table(f, &rows, &[2])?;
        writeln!(f)?;
        Shares { report: self.report, weights: WEIGHTS }.fmt(f)
    }
}

pub fn row(one: &Routed) -> Vec<String> {
    let (carrier, freight, rule, why) = match &one.decision {
        Ok(choice) => {
            let freight = choice.freight_fen().map_or("-".to_owned(), yuan);
            (name(choice.carrier), freight, choice.rule().unwrap_or(NAMED).to_owned(), why(choice))
        }
        Err(nobody) => ("-".to_owned(), "-".to_owned(), "-".to_owned(), nobody.en()),
    };
    vec![joined(&one.orders), carrier, freight, rule, why]
}

/// The rule's name stands in its own column.
fn why(choice: &Choice) -> String {
    let offers = choice.offers.iter().map(Offer::en).collect::<Vec<_>>().join(", ");
    let why = match &choice.by {
        By::Waybill | By::Order => choice.en(),
        By::Rule { .. } => format!("of {offers}"),
        By::Cheapest { .. } => format!("the cheapest of {offers}"),
    };
    match choice.passed.as_slice() {
        [] => why,
        passed => format!("{why}; before it {} found none that may", passed.join(", ")),
    }
}

pub fn name(carrier: CarrierCode) -> String {
    carrier.as_str().to_uppercase()
}

pub fn percent(permille: usize) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// Columns as wide as their widest cell on a terminal, those in `right` to the right.
pub fn table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>], right: &[usize]) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let blank = " ".repeat(widths[column] - width(cell));
            match right.contains(&column) {
                true => line.extend([&blank, cell.as_str(), "  "]),
                false => line.extend([cell.as_str(), &blank, "  "]),
            }
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Cells of a terminal: Chinese characters and full-width forms take two.
fn width(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    text.chars().map(|c| 1 + usize::from(wide(c))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_cells() {
        for (text, cells) in [("abc", 3), ("急件", 4), ("SF 急（ok）", 11), ("𠮷", 2), ("±0.1 s", 6)] {
            assert_eq!(width(text), cells, "{text}");
        }
    }
}
