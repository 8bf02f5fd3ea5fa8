//! `milepost wave`: a lead releases orders together, and takes back what a station was lent and doesn't pack.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use milepost::hub::loans::{RecallRequest, Recalled};
use milepost::hub::waves::{Released, WaveFlow, WaveRequest};
use reqwest::Method;

use super::{read_text, remote};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Release orders' parcels as a wave
    Release(Release),
    /// Take back parcels that a station was lent and hasn't begun: its places don't work any more, you have seen to that
    Recall(Recall),
}

#[derive(clap::Args)]
struct Release {
    /// The wave's code, as its pick list's barcode has it
    wave: String,
    /// Order numbers
    orders: Vec<String>,
    /// A file with order numbers, one a line
    #[arg(long, value_name = "FILE")]
    orders_file: Option<PathBuf>,
    /// How its parcels are packed
    #[arg(long, value_enum, default_value = "waybill-first")]
    flow: Flow,
    /// The station that prints it and asks carriers for its numbers; an item-first wave needs none
    #[arg(long)]
    station: Option<String>,
    #[command(flatten)]
    hub: remote::Args,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Flow {
    /// Labels are printed before picking
    WaybillFirst,
    /// Parcels of one piece: the goods choose their parcel at the bench
    ItemFirst,
}

#[derive(clap::Args)]
struct Recall {
    wave: String,
    #[arg(long)]
    station: String,
    /// Who has seen that its places don't work
    #[arg(long)]
    by: String,
    #[command(flatten)]
    hub: remote::Args,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Release(release) => run_release(release),
        Command::Recall(recall) => run_recall(recall),
    }
}

fn run_release(args: Release) -> anyhow::Result<ExitCode> {
    let listed = args.orders_file.as_deref().map(read_text).transpose()?.unwrap_or_default();
    let listed = listed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    let orders: Vec<_> = args.orders.into_iter().chain(listed).map(Into::into).collect();
    ensure!(!orders.is_empty(), "which orders? Name them, or a file with `--orders-file`");
    let flow = match args.flow {
        Flow::WaybillFirst => WaveFlow::WaybillFirst,
        Flow::ItemFirst => WaveFlow::ItemFirst,
    };
    let request = WaveRequest { wave: args.wave.into(), flow, station: args.station.map(Into::into), orders };
    let released: Released = args.hub.ask(Method::POST, "/v1/waves", Some(&request))?;
    if args.json {
        println!("{}", serde_json::to_string(&released)?);
    } else {
        println!(
            "{}: {} parcels released, {} orders left out",
            released.wave,
            released.parcels,
            released.left_out.len()
        );
        for (order_no, why) in &released.left_out {
            println!("left out {order_no}: {why}");
        }
    }
    Ok(if released.parcels > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_recall(args: Recall) -> anyhow::Result<ExitCode> {
    let path = format!("/v1/waves/{}/recall", args.wave);
    let request = RecallRequest { station: args.station.into(), by: args.by };
    let recalled: Recalled = args.hub.ask(Method::POST, &path, Some(&request))?;
    if args.json {
        println!("{}", serde_json::to_string(&recalled)?);
    } else {
        println!("{} parcels recalled, {} stay where they were begun", recalled.recalled, recalled.begun);
    }
    Ok(ExitCode::SUCCESS)
}
