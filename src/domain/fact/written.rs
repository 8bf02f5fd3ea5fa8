//! A fact as the journal and the wire hold it, and back.

use super::Fact;
use crate::domain::id::{OperatorId, OrderNo, ParcelId};

/// A fact that is about to be written, with what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    pub fact: Fact,
    pub parcel: Option<ParcelId>,
    pub orders: Vec<OrderNo>,
    pub operator: Option<OperatorId>,
    pub device: Option<String>,
}

impl Fact {
    /// The fact as the journal and the wire hold it: its kind, and its body as JSON text.
    pub fn to_parts(&self) -> (String, String) {
        let value = serde_json::to_value(self).expect("facts are plain data with text keys");
        let kind = value["kind"].as_str().expect("the tag is a string").to_owned();
        (kind, value["body"].to_string())
    }

    /// Back from kind and body. `None` for a kind or shape that this version doesn't know: such entries are kept
    /// verbatim and take no part in any state.
    pub fn from_parts(kind: &str, body: &str) -> Option<Fact> {
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        serde_json::from_value(serde_json::json!({ "kind": kind, "body": body })).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_survives_the_journal() {
        let fact = Fact::ItemChecked { place: "bench-1".into(), sku: "A01".into(), quantity: 2 };
        let (kind, body) = fact.to_parts();
        assert_eq!(kind, "item_checked");
        assert_eq!(Fact::from_parts(&kind, &body), Some(fact));
    }

    #[test]
    fn a_later_versions_fact_is_not_misread() {
        assert_eq!(Fact::from_parts("parcel_teleported", "{}"), None);
        assert_eq!(Fact::from_parts("item_checked", r#"{"place":"bench-1"}"#), None);
    }
}
