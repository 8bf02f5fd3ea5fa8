//! Milepost: the warehouse agent that stands at every packing bench.
//!
//! Suggested reading order is the order of the modules: the words first, then what decides, then what remembers,
//! then what touches the world. The arrows between them are guarded by `tests/it/tidy.rs`.

pub mod carrier;
pub mod domain;
pub mod intake;
pub mod rules;
pub mod sim;
