//! `milepost items`: the item file (skus, barcodes, weights, parts) into a hub or station, and what scales say of its weights.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use milepost::domain::order::Item;
use milepost::hub::weights::{Weighed, Weights};
use milepost::intake::{Summary, read_items};
use reqwest::Method;
use serde_json::{Value, json};

use super::import::{self, Destination};
use super::remote;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read item files and hand the items to a hub or station
    Import(ImportArgs),
    /// What a piece of goods weighs by the scales, from 20 parcels of 3 days on: shown, and applied to the items that you name
    Weights(WeightsArgs),
}

#[derive(clap::Args)]
struct ImportArgs {
    /// CSV files or .xlsx workbooks, a row an item
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    import: import::Args,
}

#[derive(clap::Args)]
struct WeightsArgs {
    /// Write the median as this item's weight; may be given several times
    #[arg(long, value_name = "SKU")]
    apply: Vec<String>,
    #[command(flatten)]
    hub: remote::Args,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

const ENOUGH: &str = "it takes 20 parcels of one item alone, of 3 days, with their packing material noted";

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Import(args) => import(args),
        Command::Weights(args) => weights(&args),
    }
}

fn import(args: ImportArgs) -> anyhow::Result<ExitCode> {
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

fn weights(args: &WeightsArgs) -> anyhow::Result<ExitCode> {
    let told: Weights = args.hub.ask(Method::GET, "/v1/items/weights", None::<&Value>)?;
    let chosen = args.apply.iter().map(|sku| applied(&told, sku)).collect::<anyhow::Result<Vec<Item>>>()?;
    if args.json {
        println!("{}", serde_json::to_string(&told)?);
    } else {
        told.items.iter().for_each(|weighed| println!("{}", line(weighed)));
        if told.items.is_empty() {
            eprintln!("nothing is learnt yet: {ENOUGH}");
        }
    }
    if !chosen.is_empty() {
        let _: Value = args.hub.hand_over("/v1/items", &json!({ "items": chosen }))?;
        eprintln!("{} items have their median as their weight now", chosen.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// The item with what the scales say of it.
fn applied(told: &Weights, sku: &str) -> anyhow::Result<Item> {
    let weighed = told.items.iter().find(|weighed| weighed.item.sku.as_str() == sku);
    let weighed = weighed
        .with_context(|| format!("of {sku} there is no item at the hub, or too little was weighed: {ENOUGH}"))?;
    Ok(Item { weight_g: Some(weighed.learnt.median_g), ..weighed.item.clone() })
}

fn line(Weighed { item, learnt }: &Weighed) -> String {
    let said = item.weight_g.map_or_else(|| "no weight".to_owned(), |grams| format!("{grams} g"));
    format!(
        "{}  {}: said {said}, weighed {} g ± {} g a piece, {} parcels of {} days",
        item.sku,
        item.called(),
        learnt.median_g,
        learnt.spread_g.div_ceil(2),
        learnt.parcels,
        learnt.days
    )
}
