//! Intake rules: what keeps a paid order `held` until somebody in the office has looked at it.

use serde::Deserialize;

use super::expression::{Expression, ExpressionError, Field, document};
use crate::domain::hold::Hold;
use crate::domain::order::Order;

/// The rules of `config/rules/intake.toml`, compiled.
pub struct IntakeRules {
    rules: Vec<Rule>,
}

struct Rule {
    name: String,
    when: Expression,
    hold: String,
}

#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("the rule file cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("rule `{rule}`: {source}")]
    Expression { rule: String, source: ExpressionError },
    #[error("two rules are named `{0}`: findings would not tell them apart; rename one")]
    Twice(String),
    #[error("rule `{0}` has an empty `hold`: write what the office should read")]
    NoReason(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    name: String,
    when: String,
    hold: String,
}

impl IntakeRules {
    pub const BUILTIN: &str = include_str!("../../config/rules/intake.toml");

    pub fn builtin() -> Self {
        Self::from_toml(Self::BUILTIN).expect("the built-in rule file is compiled by a test")
    }

    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        let file: RuleFile = toml::from_str(text)?;
        let mut rules: Vec<Rule> = Vec::new();
        for RuleEntry { name, when, hold } in file.rule {
            if rules.iter().any(|rule| rule.name == name) {
                return Err(RulesError::Twice(name));
            }
            if hold.trim().is_empty() {
                return Err(RulesError::NoReason(name));
            }
            let when = Expression::compile(&when, "order", ORDER)
                .map_err(|source| RulesError::Expression { rule: name.clone(), source })?;
            rules.push(Rule { name, when, hold });
        }
        Ok(Self { rules })
    }

    /// Everything that holds the order: what is doubtful about it, then the rules in the file's order. A rule that fails
    /// on this very order holds it too: an order must not slip by because a rule could not look at it.
    pub fn judge(&self, order: &Order) -> Vec<Hold> {
        let document = document(order, ORDER);
        let finding = |rule: &Rule| {
            let reason = match rule.when.is_true(&document) {
                Ok(false) => return None,
                Ok(true) => rule.hold.clone(),
                Err(error) => format!("rule `{}` could not judge the order: {error}", rule.name),
            };
            Some(Hold::Rule { rule: rule.name.clone(), reason })
        };
        let mut holds = order.all_doubts();
        holds.extend(self.rules.iter().filter_map(finding));
        holds
    }
}

const PARTY: &[Field] = &[
    Field::value("name"),
    Field::value("phone"),
    Field::value("phone_extension"),
    Field::value("company"),
    Field::value("province"),
    Field::value("city"),
    Field::value("district"),
    Field::value("town"),
    Field::value("detail"),
    Field::value("postcode"),
];

const LINE: &[Field] = &[
    Field::value("line_no"),
    Field::value("sku"),
    Field::value("name"),
    Field::value("quantity"),
    Field::value("price_fen"),
    Field::value("gift"),
    Field::value("status"),
    Field::value("bin"),
    Field::value("lot"),
    Field::value("expires_on"),
];

/// The fields of an order document, so that a misspelt one is found when the rule is loaded; a test holds it equal to
/// what `Order` serialises to.
pub(super) const ORDER: &[Field] = &[
    Field::value("order_no"),
    Field::value("revision"),
    Field::value("channel"),
    Field::value("shop"),
    Field::value("paid_at"),
    Field::value("ship_by"),
    Field::value("buyer"),
    Field::object("receiver", PARTY),
    Field::object(
        "receiver_sealed",
        &[Field::value("platform"), Field::value("token"), Field::object("masked", PARTY)],
    ),
    Field::list("lines", LINE),
    Field::value("gift_set"),
    Field::value("amount_fen"),
    Field::texts("tags"),
    Field::value("buyer_note"),
    Field::value("seller_note"),
    Field::value("warehouse"),
    Field::value("carrier"),
    Field::value("service"),
    Field::texts("services"),
    Field::value("merge_key"),
    Field::object(
        "waybill",
        &[
            Field::value("carrier"),
            Field::value("number"),
            Field::value("source"),
            Field::free("routing"),
            Field::free("print"),
        ],
    ),
    Field::free("doubts"),
];

#[cfg(test)]
mod tests {
    use super::super::expression::unknown_key;
    use super::*;

    #[test]
    fn every_field_an_order_can_have_is_known_to_rules() {
        let full = serde_json::json!({
            "order_no": "1", "revision": 2, "channel": "tmall", "shop": "s", "paid_at": "2026-02-18T01:00:00Z",
            "ship_by": "2026-02-19T01:00:00Z", "buyer": "b",
            "receiver": { "name": "n", "phone": "p", "phone_extension": "1", "company": "c", "province": "p", "city": "c",
                "district": "d", "town": "t", "detail": "d", "postcode": "1" },
            "receiver_sealed": { "platform": "p", "token": "t", "masked": { "name": "n", "phone": "p", "province": "p",
                "city": "c", "district": "d", "detail": "d" } },
            "lines": [{ "line_no": "1", "sku": "s", "name": "n", "quantity": 1, "price_fen": 1, "gift": true, "status": "open",
                "bin": "b", "lot": "l", "expires_on": "2027-01-01" }],
            "gift_set": "g", "amount_fen": 1, "tags": ["t"], "buyer_note": "b", "seller_note": "s", "warehouse": "w",
            "carrier": "sf", "service": "s", "services": ["s"], "merge_key": "m",
            "waybill": { "carrier": "sf", "number": "1", "source": "erp", "routing": { "a": 1 }, "print": { "kind": "fields", "data": {} } },
            "doubts": [{ "hold": "gift", "code": "Z99" }]
        });
        let order: Order = serde_json::from_value(full).expect("the document lists the fields of Order");
        let written = serde_json::to_value(&order).expect("an order serialises");
        assert_eq!(unknown_key(&written, ORDER), None);
        let known: Vec<&str> = ORDER.iter().map(|field| field.name()).collect();
        let keys = written.as_object().expect("an order is an object");
        assert_eq!(keys.len(), known.len(), "{known:?}");
    }
}
