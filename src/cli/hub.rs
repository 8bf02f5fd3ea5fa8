//! `milepost hub`: serves, or asks the running hub for a station's invitation.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Subcommand;

use milepost::hub::admin::Admin;
use milepost::hub::config::HubConfig;
use milepost::wire::{InviteAnswer, InviteRequest, Problem};

use super::service;

/// The hub is on this machine: an answer takes no longer unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

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
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: HubConfig = service::read(args.config.as_deref(), "/etc/milepost/hub.toml")?;
    match args.act {
        None => service::serve_hub(&config),
        Some(Act::Invite { station, warehouse }) => {
            let admin = Admin::read(&config.data_dir)?;
            let code =
                super::runtime::start("info")?.block_on(invite(&admin, &station, InviteRequest { warehouse }))?;
            println!("{code}");
            eprintln!(
                "station {station} joins within 10 minutes: milepost join --hub URL --station {station} --code {code} --key-file FILE"
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn invite(admin: &Admin, station: &str, request: InviteRequest) -> anyhow::Result<String> {
    let client = milepost::carrier::http::local_client(PATIENCE, PATIENCE)?;
    let mut url = reqwest::Url::parse(&admin.url).context("use the hub's address")?;
    url.path_segments_mut().expect("http has paths").extend(["v1", "stations", station, "invite"]);
    let asked = client.post(url).bearer_auth(&admin.key).json(&request).send().await;
    let answer =
        asked.with_context(|| format!("reach the hub at {}: it ended without a word, start it again", admin.url))?;
    if !answer.status().is_success() {
        let problem: Problem = answer.json().await.context("read the hub's refusal")?;
        bail!("the hub refused: {}", problem.detail);
    }
    let InviteAnswer { code } = answer.json().await.context("read the hub's answer")?;
    Ok(code)
}
