//! Milepost: the warehouse agent that stands at every packing bench.
//!
//! Suggested reading order is the order of the modules: the words first, then what decides, then what remembers,
//! then what touches the world. The arrows between them are guarded by `tests/it/tidy.rs`.

pub mod domain;
#[cfg(feature = "hub")]
pub mod rules;
#[cfg(feature = "station")]
pub mod bench;
pub mod label;
pub mod carrier;
#[cfg(feature = "hub")]
pub mod intake;
#[cfg(feature = "station")]
pub mod journal;
pub mod wire;
#[cfg(feature = "station")]
pub mod sync;
#[cfg(any(feature = "station", feature = "hub"))]
pub mod words;
#[cfg(any(feature = "station", feature = "hub"))]
pub mod page;
#[cfg(any(feature = "station", feature = "hub"))]
pub mod admin;
#[cfg(any(feature = "station", feature = "hub"))]
pub mod problem;
#[cfg(feature = "station")]
pub mod station;
#[cfg(feature = "hub")]
pub mod hub;
#[cfg(feature = "sim")]
pub mod sim;
pub mod config;
pub mod machine;
