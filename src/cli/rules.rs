//! `milepost rules`: what routing rules make of real orders, the shipped example to start from, and a hub's rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use milepost::domain::order::Order;
use milepost::domain::routing::{Choice, Nobody};
use milepost::intake::{Gifts, Mappings, Noted, SourceFile, read_items, read_orders};
use milepost::rules::{Report, Routed, RoutingRules, Shipment};

use super::import::read_files;
use super::rules_publish::{self, PreviewArgs, PublishArgs, StatusArgs};
use super::rules_report::Told;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show which rule chooses which carrier for real orders, and what that costs
    Test(TestArgs),
    /// Show what a rule file would have done to yesterday's orders of a running hub, beside what is in force
    Preview(PreviewArgs),
    /// Put a previewed rule file in force at a running hub, from the next order on
    Publish(PublishArgs),
    /// Show which rules are in force at a running hub, since when and by whom
    Status(StatusArgs),
    /// Write the shipped routing rules and freight tables into a folder, as a start for your own
    Example {
        /// A folder; what stands in it already is left as it is
        folder: PathBuf,
    },
}

#[derive(clap::Args)]
struct TestArgs {
    /// The rule file, its freight tables beside it; `built-in` is the shipped example
    rules: PathBuf,
    /// Orders: export files as `orders import` reads them, or JSON as POST /v1/orders takes it
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    orders: Vec<PathBuf>,
    /// Item files, for weights and volumes
    #[arg(long, num_args = 1.., value_name = "FILE")]
    items: Vec<PathBuf>,
    /// When they are released, e.g. 2026-02-18T10:30 [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The warehouse's time zone
    #[arg(long, default_value = "Asia/Shanghai")]
    zone: String,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Test(args) => test(&args),
        Command::Preview(args) => rules_publish::preview(&args),
        Command::Publish(args) => rules_publish::publish(&args),
        Command::Status(args) => rules_publish::status(&args),
        Command::Example { folder } => example(&folder),
    }
}

fn test(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let zone = TimeZone::get(&args.zone).with_context(|| format!("use the zone `{}`", args.zone))?;
    let Some(now) = moment(args.at.as_deref(), &zone) else {
        let at = args.at.as_deref().unwrap_or_default();
        eprintln!("milepost: --at `{at}` is no time: write 2026-02-18T10:30 or 2026-02-18T02:30:00Z");
        return Ok(ExitCode::from(2));
    };
    let rules = milepost::hub::routing::read(&args.rules)?;
    let (orders, refused) = orders(&args.orders)?;
    let mappings = Mappings::builtin();
    let read = read_items(&read_files(&args.items)?, &mappings.items)?;
    let items: BTreeMap<_, _> = read.received.into_iter().map(|one| (one.document.sku.clone(), one.document)).collect();
    let refused: Vec<Noted> = refused.into_iter().chain(read.refused).collect();
    let decide = |order: &Order| -> Result<Choice, Nobody> {
        rules.decide(&Shipment { orders: std::slice::from_ref(order), items: &items, away_from: &[] }, &now)
    };
    let routed = orders.iter().map(|order| Routed { orders: vec![order.order_no.clone()], decision: decide(order) });
    let routed: Vec<Routed> = routed.collect();
    let told = Told { routed: &routed, report: &Report::new(&routed, &rules) };
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&told.json(&refused))?),
        false => {
            print!("{told}");
            for Noted { file, line, order_no, reason, .. } in &refused {
                println!("refused  {file}:{line} {}: {reason}", order_no.as_ref().map_or("-", |no| no.as_str()));
            }
        }
    }
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The moment on the warehouse's clock; a time without an offset is the warehouse's.
fn moment(at: Option<&str>, zone: &TimeZone) -> Option<Zoned> {
    let Some(text) = at else { return Some(Timestamp::now().to_zoned(zone.clone())) };
    let instant = text.parse::<Timestamp>().map(|instant| instant.to_zoned(zone.clone()));
    instant.or_else(|_| text.parse::<DateTime>().and_then(|local| local.to_zoned(zone.clone()))).ok()
}

/// JSON files are orders as they are; all others go through their channel's mapping together, for some need two files.
fn orders(paths: &[PathBuf]) -> anyhow::Result<(Vec<Order>, Vec<Noted>)> {
    let is_json = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let (json, exports): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(is_json);
    let mut orders = Vec::new();
    for path in json {
        orders.extend(documents(path)?);
    }
    let exports: Vec<PathBuf> = exports.into_iter().cloned().collect();
    let files: Vec<SourceFile> = read_files(&exports)?;
    let read = read_orders(&files, &Mappings::builtin(), &Gifts::builtin(), None)?;
    orders.extend(read.received.into_iter().map(|one| one.document));
    Ok((orders, read.refused))
}

/// A list, an object with the list, or a single order.
fn documents(path: &Path) -> anyhow::Result<Vec<Order>> {
    let text = super::read_text(path)?;
    // serde's own words would quote the order, and with it a person.
    let unusable =
        |error: serde_json::Error| anyhow::anyhow!("{}: {}", path.display(), milepost::wire::unusable(&error));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(unusable)?;
    let list = match value {
        serde_json::Value::Array(list) => list,
        serde_json::Value::Object(mut map) => match map.remove("orders") {
            Some(serde_json::Value::Array(list)) => list,
            _ => vec![serde_json::from_str(&text).map_err(unusable)?],
        },
        _ => bail!("{}: write an order, a list of orders, or {{\"orders\": […]}}", path.display()),
    };
    list.into_iter().map(|one| serde_json::from_value(one).map_err(unusable)).collect()
}

fn example(folder: &Path) -> anyhow::Result<ExitCode> {
    let files = RoutingRules::BUILTIN_TABLES.into_iter().chain([("routing.toml", RoutingRules::BUILTIN)]);
    for (name, text) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("make the folder {}", parent.display()))?;
        let file = std::fs::File::create_new(&path);
        match file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())) {
            Ok(()) => println!("wrote {}", path.display()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                println!("left {} as it is", path.display());
            }
            Err(error) => return Err(error).with_context(|| format!("write {}", path.display())),
        }
    }
    println!(
        "put your contracts' figures in, then: milepost rules test {} --orders FILE…",
        folder.join("routing.toml").display()
    );
    Ok(ExitCode::SUCCESS)
}
