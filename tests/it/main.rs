//! The one integration-test binary: a module per subject.

mod address;
mod carrier;
mod intake;
mod journal;
mod printers;
mod sf_simulator;
mod sites;
mod story;
mod world;
mod labels;
mod languages;
mod transports;
mod scanners;
mod judges;
mod kill;
mod process;
mod wire;
