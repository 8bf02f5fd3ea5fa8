//! Pieces in the order of their scans, so that the last can be taken back.

use serde::{Deserialize, Serialize};

use crate::domain::id::Sku;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub sku: Sku,
    pub quantity: u32,
}

/// Takes back `quantity` pieces, the newest first.
pub(super) fn take_back(from: &mut Vec<Check>, sku: &Sku, mut quantity: u32) {
    for check in from.iter_mut().rev().filter(|check| check.sku == *sku) {
        let taken = check.quantity.min(quantity);
        check.quantity -= taken;
        quantity -= taken;
    }
    from.retain(|check| check.quantity > 0);
}
