//! `milepost carrier explain`: what a code means to Milepost, and who does what about it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use milepost::carrier::account;
use serde_json::json;

use super::{Account, config_text};

#[derive(clap::Args)]
pub struct Args {
    carrier: Account,
    /// An error code (A1005, S200, 8016 …) or the code of a scan (80/4, SIGNED, 510 …)
    code: String,
    /// The carrier's account, which may have a table of its own
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let carrier = args.carrier.code();
    let (text, path) = config_text(carrier, args.config.as_deref())?;
    let tables = account::tables(carrier, &text);
    let tables = match path {
        Some(path) => tables.with_context(|| format!("read {}", path.display()))?,
        None => tables?,
    };
    let name = carrier.as_str();
    let error = tables.codes.get(&args.code);
    let scan = tables.scans.get(&args.code);
    if args.json {
        let error = error.map(|code| json!({ "class": code.class, "zh": code.zh, "en": code.en }));
        println!("{}", json!({ "carrier": carrier, "code": args.code, "error": error, "scan": scan }));
    } else {
        if let Some(code) = error {
            println!("{name} {}: {}\n  {}\n  {}", args.code, code.class.meaning(), code.zh, code.en);
        }
        if let Some(meaning) = scan {
            println!("{name} scan {}: {}", args.code, meaning.as_str());
        }
    }
    if error.is_none() && scan.is_none() {
        let what =
            "isn't in the table: as an answer it is in doubt and asked about by id, as a scan it changes nothing";
        eprintln!("milepost: {name} {} {what}", args.code);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
