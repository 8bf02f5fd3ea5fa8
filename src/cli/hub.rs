//! `milepost hub`: serves, or invites a station.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use milepost::hub::config::HubConfig;

use super::service;

#[derive(clap::Args)]
pub struct Args {
    /// The hub's config; without it /etc/milepost/hub.toml, else the defaults
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Subcommand)]
enum Act {
    /// Make a one-time code with which a station joins (the hub must not be running on the same store)
    Invite {
        station: String,
        #[arg(long)]
        warehouse: Option<String>,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: HubConfig = service::read(args.config.as_deref(), "/etc/milepost/hub.toml")?;
    match args.act {
        None => service::serve_hub(&config),
        Some(Act::Invite { station, warehouse }) => {
            let hub = milepost::hub::serve::open(&config)?;
            let secret: [u8; 10] = uuid::Uuid::new_v4().into_bytes()[..10].try_into().expect("a uuid has 16 bytes");
            let warehouse = warehouse.unwrap_or_else(|| config.warehouse.clone());
            let code = hub.invite(&station.as_str().into(), &warehouse, secret, milepost::machine::wall_us())?;
            println!("{code}");
            eprintln!(
                "station {station} joins within 10 minutes: milepost join --hub URL --station {station} --code {code} --key-file FILE"
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}
