//! `milepost carrier pool`: what a station or a hub holds for outages, and bringing numbers in that a carrier's outlet gave.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::civil::Date;
use milepost::hub::pools::{PoolImport, PoolImported, PoolRow};
use milepost::intake::{Listed, RefusedLine, SourceFile, read_numbers};
use milepost::wire::PoolNumber;
use reqwest::Method;
use serde::Deserialize;

use super::super::remote;
use super::Account;

#[derive(Subcommand)]
pub enum Act {
    /// Bring a carrier's numbers to a hub, which lends each to one station
    Import(ImportArgs),
}

#[derive(clap::Args)]
pub struct ImportArgs {
    carrier: Account,
    /// CSV in UTF-8 or GBK, with the first line `number` or `number,expires_on`
    file: PathBuf,
    /// The last day of numbers whose line names none
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,
    /// The shop on whose own account they are
    #[arg(long)]
    shop: Option<String>,
    /// The warehouse whose stations alone may use them
    #[arg(long)]
    warehouse: Option<String>,
    /// Only say what would happen; without --to by the file alone
    #[arg(long)]
    dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// The hub, e.g. http://127.0.0.1:7080
    #[arg(long, value_name = "URL", required_unless_present = "dry_run")]
    to: Option<String>,
    /// File with the bearer key of the hub [default: $MILEPOST_KEY]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Numbers in one request: a refused one is named within seconds.
const BATCH: usize = 2_000;

pub fn import(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("read {}", args.file.display()))?;
    let source = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy().into_owned();
    let file = SourceFile { name: source.clone(), bytes };
    let (listed, mut refused) = read_numbers(&file, args.carrier.code(), args.expires)?;
    let mut accepted = listed.len();
    if let Some(url) = &args.to {
        let hub = remote::Args::new(url.clone(), args.key_file.clone());
        let known = hand_over(args, &hub, &source, &listed)?;
        accepted -= known.len();
        refused.extend(known);
        refused.sort_by_key(|one| one.line);
    }
    report(args, &source, accepted, &refused);
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The lines that the hub refuses.
fn hand_over(
    args: &ImportArgs,
    hub: &remote::Args,
    source: &str,
    listed: &[Listed],
) -> anyhow::Result<Vec<RefusedLine>> {
    let mut refused = Vec::new();
    for batch in listed.chunks(BATCH) {
        let number = |one: &Listed| PoolNumber { number: one.number.clone(), expires_on: one.expires_on };
        let body = PoolImport {
            carrier: args.carrier.code(),
            shop: args.shop.clone(),
            warehouse: args.warehouse.clone(),
            source: source.to_owned(),
            numbers: batch.iter().map(number).collect(),
            dry_run: args.dry_run,
        };
        let answer: PoolImported = hub.hand_over("/v1/pools", &body)?;
        for one in answer.refused {
            let line = batch.iter().find(|listed| listed.number == one.number).map_or(0, |listed| listed.line);
            refused.push(RefusedLine { line, number: one.number, reason: one.reason });
        }
    }
    Ok(refused)
}

fn report(args: &ImportArgs, source: &str, accepted: usize, refused: &[RefusedLine]) {
    if args.json {
        let refused: Vec<_> = refused
            .iter()
            .map(|one| serde_json::json!({ "line": one.line, "number": one.number, "reason": one.reason }))
            .collect();
        println!("{}", serde_json::json!({ "accepted": accepted, "refused": refused, "dry_run": args.dry_run }));
        return;
    }
    let would = if args.dry_run { "would be " } else { "" };
    println!("{would}accepted {accepted}, {would}refused {}", refused.len());
    for RefusedLine { line, number, reason } in refused {
        println!("refused  {source}:{line} {number}: {reason}");
    }
}

/// What a hub holds.
#[derive(Deserialize)]
struct Pools {
    pools: Vec<PoolRow>,
}

pub fn of_hub(url: &str, json: bool) -> anyhow::Result<ExitCode> {
    let hub = remote::Args::new(url.to_owned(), None);
    let answer: serde_json::Value = hub.ask(Method::GET, "/v1/pools", None::<&()>)?;
    if json {
        println!("{}", answer["pools"]);
        return Ok(ExitCode::SUCCESS);
    }
    let Pools { pools } = serde_json::from_value(answer).context("read what the hub holds")?;
    if pools.is_empty() {
        bail!("this hub keeps no numbers: set `pool` of a carrier in hub.toml, or run `milepost carrier pool import`");
    }
    println!(
        "{:<20} {:>6} {:>6} {:>6} {:>6} {:>7} {:>8}  next end",
        "account", "wanted", "free", "lent", "used", "ended", "doubtful"
    );
    for row in &pools {
        let end = row.next_expiry.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let PoolRow { account, wanted, free, leased, used, expired, doubtful, .. } = row;
        println!("{account:<20} {wanted:>6} {free:>6} {leased:>6} {used:>6} {expired:>7} {doubtful:>8}  {end}");
    }
    Ok(ExitCode::SUCCESS)
}
