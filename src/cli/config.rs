//! `milepost config`: shows the documented config files, and says what is wrong with one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use milepost::config;
use milepost::hub::config::HubConfig;
use milepost::station::config::StationConfig;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Say what is wrong with a config file, if anything
    Check {
        file: PathBuf,
        /// Whose config it is [default: what the file's name says]
        #[arg(long)]
        of: Option<Of>,
    },
    /// Print the documented config with every option at its default
    Example { of: Of },
}

#[derive(Clone, Copy, ValueEnum)]
enum Of {
    Station,
    Hub,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.act {
        Act::Example { of: Of::Station } => print!("{}", milepost::station::config::EXAMPLE),
        Act::Example { of: Of::Hub } => print!("{}", milepost::hub::config::EXAMPLE),
        Act::Check { file, of } => {
            let named_hub = file.file_stem().is_some_and(|name| name.to_string_lossy().contains("hub"));
            match of.unwrap_or(if named_hub { Of::Hub } else { Of::Station }) {
                Of::Hub => {
                    let hub: HubConfig = config::load(&file)?;
                    hub.policy().with_context(|| format!("{}: zone `{}` is not known", file.display(), hub.zone))?;
                }
                Of::Station => {
                    let station: StationConfig = config::load(&file)?;
                    station.check().with_context(|| format!("{} does not fit together", file.display()))?;
                }
            }
            println!("{} is good", file.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}
