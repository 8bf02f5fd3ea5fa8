//! What rules made of many orders: shares and freight by carrier and by rule, and what to look at before one relies on
//! them. It counts and never decides; words for people stand where they are shown.

use serde::{Deserialize, Serialize};

use super::RoutingRules;
use crate::domain::id::OrderNo;
use crate::domain::order::CarrierCode;
use crate::domain::routing::{Answer, Choice, Nobody};

/// A rule that decides more than this share makes the others idle: most often its condition is wider than was meant.
pub const WIDE_PERCENT: usize = 60;

/// Orders that travel together, and what was decided of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed {
    pub orders: Vec<OrderNo>,
    pub decision: Result<Choice, Nobody>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub orders: usize,
    pub carriers: Vec<Share>,
    pub rules: Vec<Share>,
    /// Orders whose carrier was named, and no rule asked.
    pub named: Option<Share>,
    /// Orders that get no carrier and would wait.
    pub nobody: usize,
    pub freight_fen: u64,
    pub warnings: Vec<Warning>,
}

/// How much of everything one carrier or one rule has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub name: String,
    pub orders: usize,
    pub permille: usize,
    /// Of several orders in one parcel once.
    pub freight_fen: u64,
    /// Orders whose freight isn't known, for their carrier was named and could not have been chosen.
    pub unpriced: usize,
}

/// What somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// One rule decides nearly everything.
    Wide { rule: String, orders: usize, total: usize },
    /// Rules that decide nothing.
    Idle { rules: Vec<String> },
    /// Goods whose weight nobody knows are charged for the file's `unknown_weight_g`.
    Assumed { orders: usize },
}

impl Report {
    pub fn new(routed: &[Routed], rules: &RoutingRules) -> Report {
        let names: Vec<String> = rules.names().map(str::to_owned).collect();
        Report::of(routed, &names, &rules.carriers().collect::<Vec<_>>())
    }

    /// Of decisions of rules of these names, among these carriers.
    pub fn of(routed: &[Routed], names: &[String], ours: &[CarrierCode]) -> Report {
        let total = counted(routed);
        let share = |of: &dyn Fn(&Choice) -> bool, name: &str| share(routed, total, of, name);
        let carriers = CarrierCode::ALL.into_iter().filter_map(|carrier| {
            let share = share(&|choice| choice.carrier == carrier, carrier.as_str());
            (share.orders > 0 || ours.contains(&carrier)).then_some(share)
        });
        let rules: Vec<Share> = names.iter().map(|name| share(&|choice| choice.rule() == Some(name), name)).collect();
        let named = share(&|choice| choice.rule().is_none(), "");
        let everything = share(&|_| true, "");
        Report {
            orders: total,
            carriers: carriers.collect(),
            warnings: warnings(routed, &rules, total),
            rules,
            nobody: total - everything.orders,
            freight_fen: everything.freight_fen,
            named: (named.orders > 0).then_some(named),
        }
    }
}

impl Share {
    /// What one order of them costs, rounded; none where no freight is known.
    pub fn each_fen(&self) -> Option<u64> {
        let priced = (self.orders - self.unpriced) as u64;
        (self.freight_fen + priced / 2).checked_div(priced)
    }
}

fn counted<'r>(routed: impl IntoIterator<Item = &'r Routed>) -> usize {
    routed.into_iter().map(|one| one.orders.len()).sum()
}

fn share(routed: &[Routed], total: usize, of: &dyn Fn(&Choice) -> bool, name: &str) -> Share {
    let mut share = Share { name: name.to_owned(), ..Share::default() };
    for one in routed {
        let Some(choice) = one.decision.as_ref().ok().filter(|choice| of(choice)) else { continue };
        let freight_fen = choice.freight_fen();
        share.orders += one.orders.len();
        share.freight_fen = share.freight_fen.saturating_add(freight_fen.unwrap_or(0));
        share.unpriced += if freight_fen.is_none() { one.orders.len() } else { 0 };
    }
    share.permille = (share.orders * 1_000 + total / 2).checked_div(total).unwrap_or(0);
    share
}

fn warnings(routed: &[Routed], rules: &[Share], total: usize) -> Vec<Warning> {
    let wide = rules.iter().filter(|rule| rule.orders * 100 > total * WIDE_PERCENT);
    let wide = wide.map(|rule| Warning::Wide { rule: rule.name.clone(), orders: rule.orders, total });
    let mut warnings: Vec<Warning> = wide.collect();
    let idle: Vec<String> = rules.iter().filter(|rule| rule.orders == 0).map(|rule| rule.name.clone()).collect();
    if total > 0 && !idle.is_empty() {
        warnings.push(Warning::Idle { rules: idle });
    }
    match counted(routed.iter().filter(|one| is_assumed(one))) {
        0 => {}
        orders => warnings.push(Warning::Assumed { orders }),
    }
    warnings
}

fn is_assumed(one: &Routed) -> bool {
    let offers = one.decision.as_ref().map_or_else(|nobody| &nobody.offers, |choice| &choice.offers);
    offers.iter().any(|offer| matches!(offer.answer, Answer::Freight { assumed: true, .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::routing::{By, Offer};

    fn routed(orders: &[&str], rule: Option<&str>, freight_fen: u64) -> Routed {
        let carrier = CarrierCode::Zto;
        let by = rule.map_or(By::Order, |name| By::Rule { name: name.to_owned() });
        let answer = Answer::Freight { freight_fen, charged_g: 1_000, assumed: false };
        let choice = Choice { carrier, by, offers: vec![Offer { carrier, answer }], passed: Vec::new() };
        Routed { orders: orders.iter().map(|no| (*no).into()).collect(), decision: Ok(choice) }
    }

    #[test]
    fn orders_count_each_and_their_parcel_is_paid_once() {
        let nobody = Nobody { passed: Vec::new(), offers: Vec::new(), failed: None };
        let mut all = vec![routed(&["1", "2"], Some("a"), 500), routed(&["3"], None, 700)];
        all.push(Routed { orders: vec!["4".into()], decision: Err(nobody) });
        let report = Report::of(&all, &["a".into(), "b".into()], &[CarrierCode::Sf]);
        let told = |share: &Share| (share.name.clone(), share.orders, share.permille, share.freight_fen);
        let carriers: Vec<_> = report.carriers.iter().map(told).collect();
        assert_eq!(carriers, [("sf".into(), 0, 0, 0), ("zto".into(), 3, 750, 1_200)]);
        assert_eq!(report.rules.iter().map(told).next(), Some(("a".into(), 2, 500, 500)));
        assert_eq!((report.orders, report.nobody, report.freight_fen), (4, 1, 1_200));
        assert_eq!(report.named.as_ref().map(|named| named.orders), Some(1));
        assert_eq!(report.rules.iter().map(Share::each_fen).collect::<Vec<_>>(), [Some(250), None]);
        assert_eq!(report.warnings, [Warning::Idle { rules: vec!["b".into()] }]);
    }
}
