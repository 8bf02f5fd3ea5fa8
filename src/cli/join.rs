//! `milepost join`: trades a one-time code for the station's own key, and keeps the key in a file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use milepost::sync::Link;
use milepost::wire::JoinRequest;

#[derive(clap::Args)]
pub struct Args {
    /// The hub's URL, e.g. http://hub.example:7080
    #[arg(long)]
    hub: String,
    #[arg(long)]
    station: String,
    /// The code from `milepost hub invite`
    #[arg(long)]
    code: String,
    /// Where the key is kept; named as `key_file` in station.toml
    #[arg(long)]
    key_file: PathBuf,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let link = Link::new(&args.hub, &args.station.as_str().into(), "")?;
    let request = JoinRequest { station: args.station, code: args.code };
    let unwritable = || format!("write {}", args.key_file.display());
    // The code works once: a key that can't be kept would be lost with it.
    let file = milepost::machine::GroupSecret::begin(&args.key_file).with_context(unwritable)?;
    let answer = super::runtime::start("info")?.block_on(link.join(&request))?;
    file.keep(&answer.key).with_context(unwritable)?;
    println!("joined; the key is in {}", args.key_file.display());
    Ok(ExitCode::SUCCESS)
}
