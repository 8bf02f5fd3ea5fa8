//! The one integration-test binary: a module per subject.

mod address;
mod carrier;
mod intake;
mod sf_simulator;
