//! `milepost items import`: the item file (skus, barcodes, weights, parts) into a hub or station.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use milepost::domain::order::Item;
use milepost::intake::{Summary, read_items};

use super::import::{self, Destination};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read item files and hand the items to a hub or station
    Import(ImportArgs),
}

#[derive(clap::Args)]
struct ImportArgs {
    /// CSV files or .xlsx workbooks, a row an item
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    import: import::Args,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Import(args) = args.command;
    let Some(destination) = args.import.destination()? else {
        return Ok(import::wrong_use());
    };
    let read = read_items(&import::read_files(&args.files)?, &args.import.mappings()?.items)?;
    let summary = match destination {
        Destination::Nowhere => Summary { accepted: read.received.len(), refused: read.refused, ..Summary::default() },
        Destination::Hub(hub) => hub.send(read, "items", |item: &Item| item.sku.as_str())?,
    };
    import::report(&summary, args.import.json)
}
