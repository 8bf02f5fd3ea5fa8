//! What is written comes back, and what a later version wrote is never misread.

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
