//! The warehouse's words as types. Pure: no clock, no I/O, no async; everything else in the crate may use it.

pub mod code;
pub mod entry;
pub mod fact;
pub mod address;
pub mod alias;
pub mod check;
pub mod id;
pub mod milestone;
pub mod order;
pub mod parcel;
pub mod stamp;
pub mod timeline;
pub mod waybill;
pub mod phone;
