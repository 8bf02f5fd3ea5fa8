//! Simulators of what stands around a bench: part of the product, for the demo and for anybody's integration tests. Each
//! is written from its maker's documentation and never calls the code that talks to it.

pub mod carrier;
