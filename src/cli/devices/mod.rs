//! `milepost devices`: what is plugged in here or listens on the network, the config lines that take it, and what keeps this
//! user from it, with the cure. It opens nothing that could be somebody's keyboard and prints on nothing.

mod network;
pub mod seen;
pub mod troubles;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use drivers::seen::network::{Network, RAW_PORT};
use milepost::station::config::StationConfig;

use crate::cli::agree::agreed;
use seen::Device;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    json: bool,
    /// Stay, and tell what is plugged in and out
    #[arg(long, conflicts_with_all = ["network", "mdns"])]
    watch: bool,
    /// Look for label printers on a network too, e.g. 10.0.0.0/24; nothing is printed
    #[arg(long, value_name = "NETWORK")]
    network: Option<Network>,
    /// Don't ask before a network of more than 256 addresses is searched
    #[arg(long, requires = "network")]
    yes: bool,
    /// The port printers of the network listen on
    #[arg(long, default_value_t = RAW_PORT, requires = "network")]
    port: u16,
    /// Ask printers that announce themselves (mDNS); an address asks only that one
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "224.0.0.251:5353")]
    mdns: Option<SocketAddr>,
}

/// How often the kernel's folders are looked at: a person who plugs something in waits that long for an answer.
const LOOK: Duration = Duration::from_secs(1);
/// More addresses than a site's own network usually has are searched only when somebody says so.
const ASKED: usize = 256;

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: StationConfig = super::service::read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    if args.watch {
        return watch(&config, args.json);
    }
    let mut devices = seen::devices(&config);
    let many = args.network.map_or(0, |network| network.hosts().count());
    if many > ASKED && !args.yes && !agreed(&format!("This connects to {many} addresses one after the other"))? {
        return Ok(ExitCode::from(2));
    }
    if args.network.is_some() || args.mdns.is_some() {
        let search = network::search(&config, args.network, args.port, args.mdns);
        devices.extend(super::runtime::start("off")?.block_on(search)?);
    }
    seen::name(&mut devices, &config);
    if args.json {
        println!("{}", serde_json::to_value(&devices)?);
        return Ok(ExitCode::SUCCESS);
    }
    if devices.is_empty() {
        println!("no scanner, printer, scale, keyboard or serial port is on USB here");
    }
    for device in &devices {
        print!("{}", device.text());
    }
    if args.network.is_none() && args.mdns.is_none() {
        println!("Printers on a network are looked for with --network 10.0.0.0/24 or --mdns.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Until somebody ends it. What is there already is told first.
fn watch(config: &StationConfig, json: bool) -> anyhow::Result<ExitCode> {
    let mut known: BTreeMap<String, Device> = BTreeMap::new();
    loop {
        let mut devices = seen::devices(config);
        seen::name(&mut devices, config);
        let now: BTreeMap<String, Device> = devices.into_iter().map(|device| (device.key(), device)).collect();
        for (key, device) in &now {
            // A trouble that comes or goes is news of the same device.
            if known.get(key) != Some(device) {
                tell("plugged", device, json);
            }
        }
        for (_, device) in known.iter().filter(|(key, _)| !now.contains_key(*key)) {
            tell("unplugged", device, json);
        }
        known = now;
        std::thread::sleep(LOOK);
    }
}

fn tell(event: &str, device: &Device, json: bool) {
    match (json, event) {
        (true, _) => println!("{}", serde_json::json!({ "event": event, "device": device })),
        (false, "plugged") => print!("+ {}", device.text()),
        (false, _) => println!("- {}", device.line()),
    }
}
