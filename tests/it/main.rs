//! The one integration-test binary: a module per subject.

mod address;
mod carrier;
mod config;
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
mod tidy;
mod service;
mod chromium;
mod pages;
mod chromium;
mod pages;
mod tidy;
mod service;
