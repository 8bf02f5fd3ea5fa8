//! The command line: one file per command, each with its `Args` and `run`. Exit 0 done, 1 failed, 2 wrong use.

mod carrier;
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
        Command::Orders(args) => orders::run(args),
        Command::Items(args) => items::run(args),
        Command::Label(args) => label::run(*args),
        Command::Sim(args) => sim::run(args),
        Command::Carrier(args) => carrier::run(args),
        Command::Version(args) => version::run(args),
    }
}
