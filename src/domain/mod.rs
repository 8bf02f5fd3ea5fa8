//! The warehouse's words as types. Pure: no clock, no I/O, no async; everything else in the crate may use it.

pub mod address;
pub mod check;
pub mod id;
pub mod order;
pub mod phone;
