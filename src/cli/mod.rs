//! The command line: one file per command, each with its `Args` and `run`. Exit 0 done, 1 failed, 2 wrong use.

mod carrier;
mod config;
mod doctor;
mod demo;
mod hub;
mod service;
mod join;
mod journal;
mod track;
mod import;
mod items;
mod orders;
mod label;
mod sim;
mod version;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The warehouse agent at every packing bench.
#[derive(Parser)]
#[command(name = "milepost", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Work through a whole day on virtual devices
    Demo(demo::Args),
    /// Run the daemon of a bench's machine
    Station(service::StationArgs),
    /// Run the central store, or invite a station to it
    Hub(hub::Args),
    /// Join a hub with a one-time code
    Join(join::Args),
    /// Say what works, what doesn't, and the cure
    Doctor(doctor::Args),
    /// Check a config file, or show it documented
    Config(config::Args),
    /// Show an order's timeline
    Track(track::Args),
    /// Verify, show and export a station's journal
    Journal(journal::Args),
    /// Bring channel orders in
    Orders(orders::Args),
    /// Bring items in: skus, barcodes, weights
    Items(items::Args),
    /// Render, print and check labels
    Label(Box<label::Args>),
    /// Virtual devices
    Sim(sim::Args),
    /// Show what carriers would be asked, and how it is signed
    Carrier(carrier::Args),
    /// Print the versions of the program and of the SQLite it carries
    Version(version::Args),
}

pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Demo(args) => demo::run(args),
        Command::Station(args) => service::station(args),
        Command::Hub(args) => hub::run(args),
        Command::Join(args) => join::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Config(args) => config::run(args),
        Command::Track(args) => track::run(args),
        Command::Journal(args) => journal::run(args),
        Command::Orders(args) => orders::run(args),
        Command::Items(args) => items::run(args),
        Command::Label(args) => label::run(*args),
        Command::Sim(args) => sim::run(args),
        Command::Carrier(args) => carrier::run(args),
        Command::Version(args) => version::run(args),
    }
}
