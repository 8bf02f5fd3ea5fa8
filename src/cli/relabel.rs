//! `milepost relabel`: the labels that are to be replaced, as a running station knows them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use jiff::tz::TimeZone;
use milepost::carrier::http;
use milepost::page::{age, shown};
use milepost::station::config::StationConfig;
use milepost::words::{Language, Words};
use serde_json::Value;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config, which says where it listens [default: /etc/milepost/station.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config: StationConfig = super::service::read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    let queue = super::runtime::start("warn")?.block_on(queue(&config.listen))?;
    match args.json {
        true => println!("{queue}"),
        false => print(&queue, &TimeZone::get(&config.zone).unwrap_or(TimeZone::UTC)),
    }
    Ok(ExitCode::SUCCESS)
}

async fn queue(listen: &str) -> anyhow::Result<Value> {
    let client = http::local_client(http::CONNECT, http::READ)?;
    let answer = client.get(format!("http://{listen}/v1/relabel")).send().await;
    let answer = answer.with_context(|| format!("no station answers at {listen}: start it"))?;
    let queue: Value = answer.json().await.with_context(|| format!("what answers at {listen} is no station"))?;
    anyhow::ensure!(queue["labels"].is_array(), "what answers at {listen} is no station, or an older one: update it");
    Ok(queue)
}

fn print(queue: &Value, zone: &TimeZone) {
    let labels = rows(queue, "labels");
    if labels.is_empty() {
        println!("no label is to be replaced");
    }
    for due in rows(queue, "due") {
        let (carrier, count, ready) = (text(due, "carrier"), &due["count"], &due["ready"]);
        let at = due["cutoff_us"].as_i64().map(|at_us| format!(", cut-off {}", shown(at_us, zone, "%m-%d %H:%M")));
        println!("{carrier}: {count} to relabel, {ready} with their number{}", at.unwrap_or_default());
    }
    labels.iter().for_each(print_row);
    let unregistered = rows(queue, "unregistered");
    if !unregistered.is_empty() {
        println!("numbers held for outages that are to be registered: {}", unregistered.len());
        unregistered.iter().for_each(print_row);
    }
}

fn print_row(row: &Value) {
    let words = Words::of(Language::En);
    let orders: Vec<&str> = row["orders"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let age = row["age_min"].as_i64().map_or("age unknown".to_owned(), |minutes| age(words, minutes));
    let state = words.state("label", text(row, "state"));
    let place = [text(row, "station"), text(row, "place")].join(" ");
    println!("  {}  {}  {state}  {age}  {}", orders.join(" "), text(row, "waybill_id"), place.trim());
}

fn rows<'a>(queue: &'a Value, list: &str) -> &'a [Value] {
    queue[list].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}
