//! `milepost config`: shows the documented config files, and says what is wrong with one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use milepost::config;

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
    /// The warehouse's day: cut-offs, limits, zones, waves
    Warehouse,
    /// The form of Qimen's messages
    Qimen,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.act {
        Act::Example { of } => print!("{}", example(of)?),
        Act::Check { file, of } => {
            check(&file, of.unwrap_or_else(|| named(&file)))?;
            println!("{} is good", file.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whose config a file is by its name.
fn named(file: &Path) -> Of {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    match () {
        () if name.contains("hub") => Of::Hub,
        () if name.contains("warehouse") => Of::Warehouse,
        () if name.contains("qimen") => Of::Qimen,
        () => Of::Station,
    }
}

fn example(of: Of) -> anyhow::Result<&'static str> {
    match of {
        #[cfg(feature = "station")]
        Of::Station => Ok(milepost::station::config::EXAMPLE),
        #[cfg(feature = "hub")]
        Of::Hub => Ok(milepost::hub::config::EXAMPLE),
        #[cfg(feature = "hub")]
        Of::Warehouse => Ok(milepost::hub::warehouse::EXAMPLE),
        #[cfg(feature = "hub")]
        Of::Qimen => Ok(milepost::intake::qimen::Form::BUILTIN),
        #[cfg(not(all(feature = "station", feature = "hub")))]
        _ => anyhow::bail!(NOT_HERE),
    }
}

fn check(file: &Path, of: Of) -> anyhow::Result<()> {
    match of {
        #[cfg(feature = "hub")]
        Of::Hub => {
            let hub: milepost::hub::config::HubConfig = config::load(file)?;
            hub.policy().with_context(|| format!("{}: zone `{}` is not known", file.display(), hub.zone))?;
            hub.read_warehouse_rules().with_context(|| format!("{}: warehouse_rules can't be used", file.display()))?;
            if let Some(rules) = &hub.routing_rules {
                milepost::hub::routing::read(rules)
                    .with_context(|| format!("{}: routing_rules can't be used", file.display()))?;
            }
        }
        #[cfg(feature = "hub")]
        Of::Warehouse => drop(milepost::hub::warehouse::read(file)?),
        #[cfg(feature = "hub")]
        Of::Qimen => {
            let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
            milepost::intake::qimen::Form::over(&text)
                .with_context(|| format!("the form in {} can't be used", file.display()))?;
        }
        #[cfg(feature = "station")]
        Of::Station => {
            let station: milepost::station::config::StationConfig = config::load(file)?;
            station.check().with_context(|| format!("{} does not fit together", file.display()))?;
            for warning in station.warnings() {
                eprintln!("warning: {}: {}", warning.what, warning.cure);
            }
        }
        #[cfg(not(all(feature = "station", feature = "hub")))]
        _ => anyhow::bail!(NOT_HERE),
    }
    Ok(())
}

#[cfg(not(all(feature = "station", feature = "hub")))]
const NOT_HERE: &str = "this build carries the other part only: ask the machine that runs the one whose config it is";
