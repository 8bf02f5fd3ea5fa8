//! The one integration-test binary: a module per subject.

mod world;
mod address;
mod intake;
mod carrier;
mod sf_simulator;
mod labels;
mod languages;
mod transports;
mod printers;
mod scanners;
mod journal;
mod story;
mod sites;
mod chromium;
mod pages;
mod bad_input;
mod config;
mod demo;
mod service;
mod judges;
mod tidy;
mod process;
mod wire;
mod kill;
mod sync_faults;
