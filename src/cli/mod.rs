//! The command line: one file per command, each with its `Args` and `run`. Exit 0 done, 1 failed, 2 wrong use. A build
//! without a part has no command for it.

#[cfg(any(feature = "station", feature = "hub"))]
mod admin;
#[cfg(any(feature = "station", feature = "hub"))]
mod agree;
mod carrier;
#[cfg(any(feature = "station", feature = "hub"))]
mod config;
#[cfg(feature = "station")]
mod doctor;
#[cfg(feature = "station")]
mod devices;
#[cfg(feature = "station")]
mod printer;
#[cfg(feature = "station")]
mod scanner;
#[cfg(feature = "station")]
mod scanner_watch;
#[cfg(feature = "station")]
mod screen;
#[cfg(feature = "station")]
mod sound;
#[cfg(all(feature = "station", feature = "hub", feature = "sim"))]
mod demo;
#[cfg(feature = "hub")]
mod hub;
#[cfg(any(feature = "station", feature = "hub"))]
mod service;
#[cfg(feature = "station")]
mod join;
#[cfg(feature = "station")]
mod journal;
#[cfg(feature = "station")]
mod relabel;
#[cfg(feature = "hub")]
mod wave;
mod track;
#[cfg(feature = "hub")]
mod import;
#[cfg(feature = "hub")]
mod items;
#[cfg(feature = "hub")]
mod orders;
#[cfg(feature = "hub")]
mod rules;
#[cfg(feature = "hub")]
mod rules_report;
#[cfg(feature = "hub")]
mod rules_publish;
#[cfg(feature = "hub")]
mod remote;
mod label;
mod paper;
mod sheet;
#[cfg(feature = "sim")]
mod sim;
#[cfg(feature = "sim")]
mod sim_carriers;
mod version;
mod runtime;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
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
    #[cfg(all(feature = "station", feature = "hub", feature = "sim"))]
    Demo(demo::Args),
    /// Run the daemon of a bench's machine
    #[cfg(feature = "station")]
    Station(service::StationArgs),
    /// Run the central store, or invite a station to it
    #[cfg(feature = "hub")]
    Hub(hub::Args),
    /// Join a hub with a one-time code
    #[cfg(feature = "station")]
    Join(join::Args),
    /// Say what works, what doesn't, and the cure
    #[cfg(feature = "station")]
    Doctor(doctor::Args),
    /// Show scanners, printers, scales and serial ports, the config that takes them, and what keeps us from them
    #[cfg(feature = "station")]
    Devices(devices::Args),
    /// Print a label with rulers, and say what its measures mean for the config
    #[cfg(feature = "station")]
    Printer(printer::Args),
    /// Set a scanner up: a sheet of test codes, and what its scans say
    #[cfg(feature = "station")]
    Scanner(scanner::Args),
    /// Pair a tablet or a handheld with a place
    #[cfg(feature = "station")]
    Screen(screen::Args),
    /// Hear what benches say, and whether this machine's speaker says it
    #[cfg(feature = "station")]
    Sound(sound::Args),
    /// Check a config file, or show it documented
    #[cfg(any(feature = "station", feature = "hub"))]
    Config(config::Args),
    /// Show an order's timeline
    Track(track::Args),
    /// Verify, show and export a station's journal
    #[cfg(feature = "station")]
    Journal(journal::Args),
    /// Show which temporary labels are to be replaced, and by when
    #[cfg(feature = "station")]
    Relabel(relabel::Args),
    /// Release orders together, and recall what a station doesn't pack
    #[cfg(feature = "hub")]
    Wave(wave::Args),
    /// Bring channel orders in
    #[cfg(feature = "hub")]
    Orders(orders::Args),
    /// Bring items in: skus, barcodes, weights; and what scales say of their weights
    #[cfg(feature = "hub")]
    Items(items::Args),
    /// Try routing rules on real orders, and put them in force at a hub
    #[cfg(feature = "hub")]
    Rules(rules::Args),
    /// Render, print and check labels
    Label(Box<label::Args>),
    /// Print codes to scan: sheets of commands, badges, labels for bins, totes, slots and vehicles
    Sheet(Box<sheet::Args>),
    /// Virtual devices
    #[cfg(feature = "sim")]
    Sim(sim::Args),
    /// Show what carriers would be asked, and how it is signed
    Carrier(carrier::Args),
    /// Print the versions of the program and of the SQLite it carries
    Version(version::Args),
}

pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        #[cfg(all(feature = "station", feature = "hub", feature = "sim"))]
        Command::Demo(args) => demo::run(args),
        #[cfg(feature = "station")]
        Command::Station(args) => service::station(args),
        #[cfg(feature = "hub")]
        Command::Hub(args) => hub::run(args),
        #[cfg(feature = "station")]
        Command::Join(args) => join::run(args),
        #[cfg(feature = "station")]
        Command::Doctor(args) => doctor::run(args),
        #[cfg(feature = "station")]
        Command::Devices(args) => devices::run(args),
        #[cfg(feature = "station")]
        Command::Printer(args) => printer::run(args),
        #[cfg(feature = "station")]
        Command::Scanner(args) => scanner::run(args),
        #[cfg(feature = "station")]
        Command::Screen(args) => screen::run(args),
        #[cfg(feature = "station")]
        Command::Sound(args) => sound::run(args),
        #[cfg(any(feature = "station", feature = "hub"))]
        Command::Config(args) => config::run(args),
        Command::Track(args) => track::run(args),
        #[cfg(feature = "station")]
        Command::Journal(args) => journal::run(args),
        #[cfg(feature = "station")]
        Command::Relabel(args) => relabel::run(&args),
        #[cfg(feature = "hub")]
        Command::Wave(args) => wave::run(args),
        #[cfg(feature = "hub")]
        Command::Orders(args) => orders::run(args),
        #[cfg(feature = "hub")]
        Command::Items(args) => items::run(args),
        #[cfg(feature = "hub")]
        Command::Rules(args) => rules::run(args),
        Command::Label(args) => label::run(*args),
        Command::Sheet(args) => sheet::run(*args),
        #[cfg(feature = "sim")]
        Command::Sim(args) => sim::run(args),
        Command::Carrier(args) => carrier::run(args),
        Command::Version(args) => version::run(args),
    }
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}
