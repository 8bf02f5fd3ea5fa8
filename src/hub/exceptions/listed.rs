//! Several things in one sentence: what doubts a signature, which goods, which orders.

use crate::domain::id::{OrderNo, Sku};
use crate::domain::journey::Doubt;
use crate::words::{Language, Words};

/// Doubts in words.
pub(super) fn said(doubts: &[Doubt], language: Language, between: &str) -> String {
    let words = Words::of(language);
    let word = |doubt: &Doubt| words.get(&format!("doubt_{}", doubt.as_str())).unwrap_or_default();
    doubts.iter().map(word).collect::<Vec<_>>().join(between)
}

pub(super) fn listed(goods: &[(Sku, u32)], between: &str) -> String {
    goods.iter().map(|(sku, quantity)| format!("{sku} × {quantity}")).collect::<Vec<_>>().join(between)
}

pub(super) fn numbers(orders: &[OrderNo]) -> String {
    orders.iter().map(OrderNo::as_str).collect::<Vec<_>>().join(" ")
}
