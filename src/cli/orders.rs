//! `milepost orders import`: channel files into a hub or a station, or only looked at with `--dry-run`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use milepost::domain::hold::said_en;
use milepost::domain::order::Order;
use milepost::intake::{Gifts, Import, Noted, Summary, read_orders};
use milepost::rules::IntakeRules;

use super::import::{self, Destination};
use super::read_text;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read a channel's order files and hand the orders to a hub or station
    Import(ImportArgs),
}

#[derive(clap::Args)]
struct ImportArgs {
    /// The channel's files; where orders and lines are two files, both
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The channel that wrote them [default: what the header says]
    #[arg(long)]
    channel: Option<String>,
    /// The intake rules to judge with in a dry run [default: the built-in ones]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The gifts of the house [default: the built-in ones]
    #[arg(long, value_name = "FILE")]
    gifts: Option<PathBuf>,
    #[command(flatten)]
    import: import::Args,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Import(args) = args.command;
    let Some(destination) = args.import.destination()? else {
        return Ok(import::wrong_use());
    };
    let gifts = match &args.gifts {
        Some(path) => Gifts::from_toml(&read_text(path)?)?,
        None => Gifts::builtin(),
    };
    let rules = match &args.rules {
        Some(path) => IntakeRules::from_toml(&read_text(path)?)
            .with_context(|| format!("read the rules in {}", path.display()))?,
        None => IntakeRules::builtin(),
    };
    let files = import::read_files(&args.files)?;
    let read = read_orders(&files, &args.import.mappings()?, &gifts, args.channel.as_deref())?;
    let summary = match destination {
        Destination::Nowhere => judged(read, &rules),
        Destination::Hub(hub) => hub.send(read, "orders", |order: &Order| order.order_no.as_str())?,
    };
    import::report(&summary, args.import.json)
}

/// What a hub with these rules and no earlier orders would answer.
fn judged(read: Import<Order>, rules: &IntakeRules) -> Summary {
    let mut summary = Summary { skipped: read.skipped, refused: read.refused, ..Summary::default() };
    for received in read.received {
        let holds = rules.judge(&received.document);
        if holds.is_empty() {
            summary.accepted += 1;
            continue;
        }
        summary.held.push(Noted {
            file: received.file,
            line: received.line,
            order_no: Some(received.document.order_no),
            sku: None,
            reason: said_en(&holds),
        });
    }
    summary
}
