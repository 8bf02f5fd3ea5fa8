//! The warehouse's words as types. Pure: no clock, no I/O, no async; everything else in the crate may use it.

pub mod address;
pub mod check;
pub mod code;
pub mod entry;
pub mod fact;
pub mod id;
pub mod mask;
pub mod milestone;
pub mod order;
pub mod parcel;
pub mod phone;
pub mod stamp;
pub mod timeline;
pub mod waybill;
