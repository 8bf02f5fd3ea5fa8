//! `milepost hub`: serves, asks the running hub for a station's invitation or a badge, or shows its authority's certificate.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use reqwest::Method;

use milepost::admin::Daemon;
use milepost::hub::authority::Authority;
use milepost::hub::config::HubConfig;
use milepost::wire::certificate::fingerprint;
use milepost::wire::{BadgeAnswer, BadgeRequest, InviteAnswer, InviteRequest};

use super::{admin, service};

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
    /// Make a one-time code with which a station joins; run it where the hub runs, as its user
    Invite {
        /// The station's code, e.g. SZ-01
        station: String,
        /// The warehouse it stands in [default: the hub's own]
        #[arg(long)]
        warehouse: Option<String>,
    },
    /// The certificate of the hub's own authority, which tablets are made to trust where stations say `tls = "hub"`
    Ca,
    /// Issue a badge: prints what its barcode must hold; the badges the operator had are revoked
    Badge {
        /// Who it is in the journal, e.g. a personnel number
        operator: String,
        /// What screens call them
        name: String,
        /// May force, reopen and reprint
        #[arg(long)]
        lead: bool,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: HubConfig = service::read(args.config.as_deref(), "/etc/milepost/hub.toml")?;
    match args.act {
        None => service::serve_hub(&config),
        Some(Act::Invite { station, warehouse }) => {
            let path = ["v1", "stations", &station, "invite"];
            let InviteAnswer { code } =
                admin::ask(Daemon::Hub, &config.data_dir, Method::POST, &path, &InviteRequest { warehouse })?;
            println!("{code}");
            eprintln!(
                "station {station} joins within 10 minutes: milepost join --hub URL --station {station} --code {code} --key-file FILE"
            );
            Ok(ExitCode::SUCCESS)
        }
        Some(Act::Ca) => {
            let Some((path, certificate)) = Authority::public(&config.data_dir) else {
                anyhow::bail!(
                    "{} has no certificate authority yet: the first station with `tls = \"hub\"` in its [screens] makes it",
                    config.data_dir.display()
                );
            };
            println!("{}\nSHA-256 {}", path.display(), fingerprint(&certificate));
            Ok(ExitCode::SUCCESS)
        }
        Some(Act::Badge { operator, name, lead }) => {
            println!("{}", issue(&config, &operator, name, lead)?);
            eprintln!("print it with `milepost sheet badge`; {operator} badges in by scanning it");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A new badge from the running hub; those the operator had are revoked by it.
pub fn issue(config: &HubConfig, operator: &str, name: String, lead: bool) -> anyhow::Result<String> {
    let path = ["v1", "operators", operator, "badge"];
    let BadgeAnswer { code } =
        admin::ask(Daemon::Hub, &config.data_dir, Method::POST, &path, &BadgeRequest { name, lead })?;
    Ok(code)
}
