//! The warehouse's words as types. Pure: no clock, no I/O, no async; everything else in the crate may use it.

pub mod id;
pub mod number;
pub mod order;
pub mod account;
pub mod hold;
pub mod check;
pub mod address;
pub mod phone;
pub mod mask;
pub mod personal;
pub mod parcel;
pub mod routing;
pub mod waybill;
pub mod weight;
pub mod code;
pub mod alias;
pub mod stamp;
pub mod fact;
pub mod entry;
pub mod cutoff;
pub mod tracking;
pub mod journey;
pub mod patience;
pub mod milestone;
pub mod timeline;
