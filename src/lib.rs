//! Milepost: the warehouse agent that stands at every packing bench.
//!
//! Suggested reading order is the order of the modules: the words first, then what decides, then what remembers,
//! then what touches the world. The arrows between them are guarded by `tests/it/tidy.rs`.

pub mod domain;
pub mod rules;
pub mod bench;
pub mod label;
pub mod carrier;
pub mod intake;
pub mod journal;
pub mod wire;
pub mod sync;
pub mod words;
pub mod page;
pub mod station;
pub mod hub;
pub mod sim;
pub mod config;
pub mod machine;
