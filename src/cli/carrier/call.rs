//! `milepost carrier call`: one real question to a carrier. What it books is booked.

use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;
use milepost::carrier::{Outcome, http};
use milepost::station::event::Answer;
use milepost::station::tokens;

use super::OperationArgs;
use crate::cli::agree::agreed;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    of: OperationArgs,
    /// Don't ask before sending
    #[arg(long)]
    yes: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (carrier, operation) = args.of.opened()?;
    let request = carrier.request(&operation, Timestamp::now())?;
    // Without the query, which may hold a token.
    let place = request.url.split('?').next().unwrap_or_default();
    if !args.yes && !agreed(&format!("This sends `{}` to {place} for real", operation.name()))? {
        return Ok(ExitCode::from(2));
    }
    let client = http::client(http::CONNECT, http::READ).context("set up HTTPS")?;
    let turn = tokens::Turn::default();
    let send = tokens::send(&client, carrier.as_ref(), &turn, &operation, &request);
    match super::super::runtime::start("warn")?.block_on(send) {
        Answer::NotSent(why) => anyhow::bail!("nothing was sent to {place}: {why}"),
        Answer::Is(outcome) => {
            println!("{}", serde_json::to_string_pretty(&outcome).context("print the outcome")?);
            let failed = matches!(outcome, Outcome::Rejected(_) | Outcome::Unknown(_));
            Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}
