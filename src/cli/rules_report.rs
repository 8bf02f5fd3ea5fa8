//! What `milepost rules test` prints: a line an order, then shares and freight by carrier and by rule, and what to look at.

use std::fmt::{self, Display};

use milepost::domain::id::OrderNo;
use milepost::domain::order::CarrierCode;
use milepost::domain::routing::{Answer, By, Choice, Nobody, Offer, yuan};
use milepost::intake::Noted;
use milepost::rules::RoutingRules;
use serde_json::{Value, json};

/// A rule that decides more than this share makes the others idle: most often its condition is wider than was meant.
const WIDE_PERCENT: usize = 60;

pub struct Routed {
    pub order_no: OrderNo,
    pub decision: Result<Choice, Nobody>,
}

pub struct Report {
    routed: Vec<Routed>,
    carriers: Vec<Share>,
    rules: Vec<Share>,
    warnings: Vec<String>,
}

/// How much of everything one carrier or one rule has.
struct Share {
    name: String,
    orders: usize,
    freight_fen: u64,
    /// Orders whose freight isn't known, for their carrier was named and could not have been chosen.
    unpriced: usize,
}

impl Report {
    pub fn new(routed: Vec<Routed>, rules: &RoutingRules) -> Report {
        let chosen = |of: &dyn Fn(&Choice) -> bool, name: String| {
            let mut share = Share { name, orders: 0, freight_fen: 0, unpriced: 0 };
            for choice in routed.iter().filter_map(|one| one.decision.as_ref().ok()).filter(|choice| of(choice)) {
                share.orders += 1;
                share.freight_fen = share.freight_fen.saturating_add(choice.freight_fen().unwrap_or(0));
                share.unpriced += usize::from(choice.freight_fen().is_none());
            }
            share
        };
        let is = |carrier| move |choice: &Choice| choice.carrier == carrier;
        let known = |carrier: &CarrierCode| {
            rules.carriers().any(|ours| ours == *carrier)
                || routed.iter().any(|one| one.decision.as_ref().is_ok_and(is(*carrier)))
        };
        let carriers = CarrierCode::ALL.into_iter().filter(known);
        let carriers = carriers.map(|carrier| chosen(&is(carrier), name(carrier))).collect();
        let named = chosen(&|choice| choice.rule().is_none(), "(named)".to_owned());
        let of_rules = rules.names().map(|rule| chosen(&|choice| choice.rule() == Some(rule), rule.to_owned()));
        let mut rules: Vec<Share> = of_rules.collect();
        let warnings = warnings(&routed, &rules);
        rules.extend((named.orders > 0).then_some(named));
        Report { routed, carriers, rules, warnings }
    }

    pub fn json(&self, refused: &[Noted]) -> Value {
        let order = |one: &Routed| match &one.decision {
            Ok(choice) => json!({
                "order_no": one.order_no, "carrier": choice.carrier, "rule": choice.rule(), "why": choice.en(),
                "freight_fen": choice.freight_fen(), "offers": choice.offers,
            }),
            Err(nobody) => json!({
                "order_no": one.order_no, "carrier": null, "rule": null, "why": nobody.en(), "freight_fen": null,
                "offers": nobody.offers,
            }),
        };
        let share = |share: &Share| {
            json!({
                "name": share.name, "orders": share.orders, "permille": self.permille(share.orders),
                "freight_fen": share.freight_fen, "unpriced": share.unpriced,
            })
        };
        json!({
            "orders": self.routed.iter().map(order).collect::<Vec<_>>(),
            "carriers": self.carriers.iter().map(share).collect::<Vec<_>>(),
            "rules": self.rules.iter().map(share).collect::<Vec<_>>(),
            "nobody": self.nobody(), "warnings": self.warnings, "refused": refused,
        })
    }

    fn nobody(&self) -> usize {
        self.routed.iter().filter(|one| one.decision.is_err()).count()
    }

    fn permille(&self, orders: usize) -> usize {
        (orders * 1_000 + self.routed.len() / 2).checked_div(self.routed.len()).unwrap_or(0)
    }

    fn share_rows(&self, word: &str, shares: &[Share]) -> Vec<Vec<String>> {
        let head = [word, "orders", "share", "freight", "each"].map(str::to_owned);
        let row = |share: &Share| {
            let priced = (share.orders - share.unpriced) as u64;
            let each = (share.freight_fen + priced / 2).checked_div(priced).map_or("-".to_owned(), yuan);
            vec![
                share.name.clone(),
                share.orders.to_string(),
                percent(self.permille(share.orders)),
                yuan(share.freight_fen),
                each,
            ]
        };
        std::iter::once(head.to_vec()).chain(shares.iter().map(row)).collect()
    }
}

fn warnings(routed: &[Routed], rules: &[Share]) -> Vec<String> {
    let mut warnings = Vec::new();
    let total = routed.len();
    for Share { name, orders, .. } in rules.iter().filter(|rule| rule.orders * 100 > total * WIDE_PERCENT) {
        let share = percent(orders * 1_000 / total);
        warnings.push(format!(
            "rule `{name}` decides {orders} of {total} orders ({share}, more than {WIDE_PERCENT} %): check that its `when` isn't wider than you mean"
        ));
    }
    let idle: Vec<String> =
        rules.iter().filter(|rule| rule.orders == 0).map(|rule| format!("`{}`", rule.name)).collect();
    if total > 0 && !idle.is_empty() {
        warnings.push(format!("none of these orders is decided by {}", idle.join(", ")));
    }
    let assumed = |one: &&Routed| {
        let offers = one.decision.as_ref().map_or_else(|nobody| &nobody.offers, |choice| &choice.offers);
        offers.iter().any(|offer| matches!(offer.answer, Answer::Freight { assumed: true, .. }))
    };
    match routed.iter().filter(assumed).count() {
        0 => {}
        count => warnings.push(format!(
            "{count} orders hold goods of unknown weight, and are charged for `unknown_weight_g` (marked ?): give the item file with --items"
        )),
    }
    warnings
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["order", "carrier", "freight", "rule", "why"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(self.routed.iter().map(row)).collect();
        table(f, &rows, &[2])?;
        for (word, shares) in [("carrier", &self.carriers), ("rule", &self.rules)] {
            writeln!(f)?;
            table(f, &self.share_rows(word, shares), &[1, 2, 3, 4])?;
        }
        writeln!(f)?;
        match self.nobody() {
            0 => {}
            count => writeln!(f, "{count} of {} orders get no carrier and would wait", self.routed.len())?,
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
    }
}

fn row(one: &Routed) -> Vec<String> {
    let (carrier, freight, rule, why) = match &one.decision {
        Ok(choice) => {
            let freight = choice.freight_fen().map_or("-".to_owned(), yuan);
            (name(choice.carrier), freight, choice.rule().unwrap_or("(named)").to_owned(), why(choice))
        }
        Err(nobody) => ("-".to_owned(), "-".to_owned(), "-".to_owned(), nobody.en()),
    };
    vec![one.order_no.to_string(), carrier, freight, rule, why]
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

fn name(carrier: CarrierCode) -> String {
    carrier.as_str().to_uppercase()
}

fn percent(permille: usize) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// Columns as wide as their widest cell on a terminal, those in `right` to the right.
fn table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>], right: &[usize]) -> fmt::Result {
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
