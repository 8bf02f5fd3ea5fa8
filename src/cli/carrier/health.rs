//! `milepost carrier pool` and `breaker`: how the carriers of a running station do.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use milepost::carrier::http;
use milepost::station::config::StationConfig;
use serde_json::Value;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config, which says where it listens [default: /etc/milepost/station.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

pub fn pool(args: &Args) -> anyhow::Result<ExitCode> {
    print(args, "numbers held", |carrier| carrier["spares"].to_string())
}

pub fn breaker(args: &Args) -> anyhow::Result<ExitCode> {
    print(args, "state", |carrier| {
        let waiting = carrier["waiting"].as_u64().unwrap_or_default();
        let state = carrier["state"].as_str().unwrap_or_default();
        if waiting > 0 { format!("{state}, {waiting} parcels wait") } else { state.to_owned() }
    })
}

fn print(args: &Args, column: &str, cell: impl Fn(&Value) -> String) -> anyhow::Result<ExitCode> {
    let carriers = super::super::runtime::start("warn")?.block_on(carriers(args))?;
    if args.json {
        println!("{}", Value::Array(carriers));
        return Ok(ExitCode::SUCCESS);
    }
    if carriers.is_empty() {
        println!("this station has no account at any carrier: see [sf], [zto] and [jd] of its config");
        return Ok(ExitCode::SUCCESS);
    }
    println!("carrier  {column}");
    for carrier in &carriers {
        let shop = carrier["shop"].as_str().map_or(String::new(), |shop| format!("  (account of {shop})"));
        println!("{:<7}  {}{shop}", carrier["carrier"].as_str().unwrap_or_default(), cell(carrier));
    }
    Ok(ExitCode::SUCCESS)
}

async fn carriers(args: &Args) -> anyhow::Result<Vec<Value>> {
    let config: StationConfig = super::super::service::read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    let place = format!("http://{}/v1/status", config.listen);
    let client = http::local_client(http::CONNECT, http::READ)?;
    let answer = client.get(&place).send().await;
    let answer = answer.with_context(|| format!("no station answers at {}: start it", config.listen))?;
    let status: Value =
        answer.json().await.with_context(|| format!("what answers at {} is no station", config.listen))?;
    // Every place shows the same of them.
    let places = status["places"].as_object().with_context(|| format!("{place} names no places"))?;
    Ok(places.values().find_map(|place| place["carriers"].as_array()).cloned().unwrap_or_default())
}
