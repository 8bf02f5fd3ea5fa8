//! `milepost wave`: a lead releases orders together, and takes back what a station was lent and doesn't pack.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use jiff::Timestamp;
use milepost::domain::cutoff::NamedTime;
use milepost::domain::order::CarrierCode;
use milepost::hub::loans::{RecallRequest, Recalled};
use milepost::hub::select::Selection;
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
    /// Release parcels as a wave: those of the orders you name, or those that the options select
    Release(Release),
    /// Take back parcels that a station was lent and hasn't begun: its places don't work any more, you have seen to that
    Recall(Recall),
}

#[derive(clap::Args)]
struct Release {
    /// The wave's code, as its pick list's barcode has it
    wave: String,
    /// Order numbers; without any, the options below select
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
    select: Select,
    /// Only say what would be released
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: remote::Args,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Of what is open and in no wave; what isn't said takes any.
#[derive(clap::Args)]
#[group(id = "select", multiple = true, conflicts_with_all = ["orders", "orders_file"])]
struct Select {
    /// For this cut-off: the next 20:00, or a whole time like 2026-11-30T20:00:00+08:00
    #[arg(long, value_name = "TIME")]
    cutoff: Option<NamedTime>,
    #[arg(long)]
    carrier: Option<Carrier>,
    /// A [[zone]] of warehouse.toml, or `mixed`
    #[arg(long)]
    zone: Option<String>,
    #[arg(long)]
    channel: Option<String>,
    /// Only what must be shipped before
    #[arg(long, value_name = "TIME")]
    due_before: Option<Timestamp>,
    /// [default: the station's, or the hub's own]
    #[arg(long)]
    warehouse: Option<String>,
    /// The most urgent so many parcels
    #[arg(long, value_name = "PARCELS")]
    at_most: Option<u32>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Carrier {
    Sf,
    Zto,
    Jd,
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
    let select = args.select.selection();
    ensure!(
        select.is_some() || !orders.is_empty(),
        "which orders? Name them, or a file with `--orders-file`, or select by `--carrier`, `--cutoff` or another option"
    );
    let flow = match args.flow {
        Flow::WaybillFirst => WaveFlow::WaybillFirst,
        Flow::ItemFirst => WaveFlow::ItemFirst,
    };
    let station = args.station.map(Into::into);
    let request = WaveRequest { wave: args.wave.into(), flow, station, orders, select, dry_run: args.dry_run };
    let released: Released = args.hub.ask(Method::POST, "/v1/waves", Some(&request))?;
    if args.json {
        println!("{}", serde_json::to_string(&released)?);
    } else {
        let done = if args.dry_run { "parcels would be released" } else { "parcels released" };
        println!("{}: {} {done}, {} orders left out", released.wave, released.parcels, released.left_out.len());
        for (order_no, position) in released.would_take.iter().zip(1..) {
            println!("{position:>4} {order_no}");
        }
        for (order_no, why) in &released.left_out {
            println!("left out {order_no}: {why}");
        }
    }
    Ok(if released.parcels > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Select {
    /// None where nothing is selected by.
    fn selection(self) -> Option<Selection> {
        let selection = Selection {
            cutoff: self.cutoff,
            carrier: self.carrier.map(|carrier| match carrier {
                Carrier::Sf => CarrierCode::Sf,
                Carrier::Zto => CarrierCode::Zto,
                Carrier::Jd => CarrierCode::Jd,
            }),
            zone: self.zone,
            channel: self.channel,
            due_before: self.due_before,
            warehouse: self.warehouse,
            at_most: self.at_most,
        };
        (selection != Selection::default()).then_some(selection)
    }
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
