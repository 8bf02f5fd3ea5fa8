//! `milepost carrier call`: one real question to a carrier. What it books is booked.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;
use milepost::carrier::{Outcome, http};
use milepost::station::event::Answer;
use milepost::station::tokens;

use super::OperationArgs;

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
    if !args.yes && !agreed(operation.name(), place)? {
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

fn agreed(operation: &str, place: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        eprintln!("milepost: this sends `{operation}` to {place} for real: say --yes where nobody can be asked");
        return Ok(false);
    }
    eprint!("Send `{operation}` to {place} for real? [y/N] ");
    std::io::stderr().flush().context("ask")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("read the answer")?;
    let agreed = matches!(answer.trim(), "y" | "Y" | "yes");
    if !agreed {
        eprintln!("milepost: nothing was sent");
    }
    Ok(agreed)
}
