//! `milepost scanner …`: adopting one that is plugged in, a sheet of test codes, and the judgement of a scanner that reads them. Makers' own set-up codes are
//! not on the sheet: a wrong one would set a scanner to something else.

mod adopt;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use drivers::scanner::selftest::{self, CODES, Verdict};
use drivers::scanner::{ScannerConfig, ScannerEvent, spawn};
use milepost::station::config::StationConfig;
use tokio::sync::mpsc::{Receiver, channel};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Take a scanner that is plugged in into the config; of several the one that is scanned with
    Adopt(adopt::Args),
    /// Write the test codes as a page for a browser, to be printed or shown on a screen
    Sheet {
        #[arg(short, long, default_value = "scanner-sheet.html")]
        output: PathBuf,
    },
    /// Read the sheet with a scanner until every code of it is good, and say what to change; the station must not be running
    Setup {
        /// The scanner's name in the config
        #[arg(required_unless_present = "url")]
        scanner: Option<String>,
        /// The station's config; without it /etc/milepost/station.toml, else the defaults
        #[arg(long)]
        config: Option<PathBuf>,
        /// A scanner that isn't in the config yet, as `milepost devices` shows it
        #[arg(long, conflicts_with = "scanner")]
        url: Option<String>,
        #[arg(long, requires = "url", default_value = "generic")]
        profile: String,
    },
    /// Show what the config's scanners read, as it comes; the station must not be running
    Watch {
        /// Names of scanners; without them all of the config
        scanners: Vec<String>,
        /// The station's config; without it /etc/milepost/station.toml, else the defaults
        #[arg(long)]
        config: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
}

/// What no program can see: it's for the maker's manual.
const SETTINGS: &str = "\
Set it up with the codes of its manual: USB-COM or HID-POS; suffix CR; AIM identifiers on; GS (FNC1) as 0x1D; no conversion
of characters, or UTF-8; the same code again after half a second at the soonest. As a keyboard also: US layout, no delay
between keys, Caps Lock override off.";

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.act {
        Act::Adopt(args) => adopt::run(args)?,
        Act::Sheet { output } => {
            std::fs::write(&output, selftest::sheet()?).with_context(|| format!("write {}", output.display()))?;
            println!("{} holds {} codes", output.display(), CODES.len());
        }
        Act::Setup { scanner, config, url, profile } => {
            let scanner = match url {
                Some(url) => beside_the_config(&url, &profile)?,
                None => named(&scanner.unwrap_or_default(), config.as_deref())?,
            };
            super::runtime::start("off")?.block_on(set_up(scanner));
        }
        Act::Watch { scanners, config, json } => {
            let config: StationConfig = super::service::read(config.as_deref(), "/etc/milepost/station.toml")?;
            let watching = super::scanner_watch::watch(config.scanner, &scanners, json);
            super::runtime::start("off")?.block_on(watching)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn beside_the_config(url: &str, profile: &str) -> anyhow::Result<ScannerConfig> {
    let table = [("name", "scanner"), ("url", url), ("profile", profile)];
    let table = table.map(|(key, value)| (key.to_owned(), toml::Value::String(value.to_owned())));
    Ok(ScannerConfig::try_from(toml::Table::from_iter(table))?)
}

fn named(name: &str, config: Option<&std::path::Path>) -> anyhow::Result<ScannerConfig> {
    let config: StationConfig = super::service::read(config, "/etc/milepost/station.toml")?;
    let names = config.scanner.iter().map(|scanner| scanner.name.clone()).collect::<Vec<_>>().join(", ");
    let found = config.scanner.into_iter().find(|scanner| scanner.name == name);
    found.with_context(|| {
        let known = if names.is_empty() { "none".to_owned() } else { names };
        format!(
            "no [[scanner]] is called `{name}`; known are {known}. With --url one is tried that isn't in the config"
        )
    })
}

async fn set_up(config: ScannerConfig) {
    println!("{SETTINGS}\nThen scan the codes of `milepost scanner sheet`, one after the other; Ctrl+C ends.\n");
    let (events, mut heard) = channel(16);
    let _scanner = spawn(config, events);
    until_good(&mut heard).await;
    println!("\nEvery code was read as it stands: the scanner is set up well.");
}

async fn until_good(heard: &mut Receiver<ScannerEvent>) {
    let mut missing: BTreeSet<&str> = CODES.iter().map(|code| code.title).collect();
    while !missing.is_empty() {
        let Some(event) = heard.recv().await else { return };
        let (title, verdict) = match event {
            ScannerEvent::Connected { device } => {
                println!("      {device} is connected");
                continue;
            }
            ScannerEvent::Lost { device, why } => {
                println!("      {device} is away: {why}");
                continue;
            }
            ScannerEvent::Duplicate { .. } => continue,
            ScannerEvent::Scan(scan) => {
                let (code, verdict) = selftest::judge(&scan.data);
                (code.map_or("another code", |code| code.title), verdict)
            }
            ScannerEvent::Refused { reason, sample, .. } => {
                println!("      refused: {reason} ({sample})");
                ("a code", selftest::judge_refused(reason))
            }
        };
        match verdict {
            Verdict::Good => {
                missing.remove(title);
                println!("ok    {title}");
            }
            Verdict::Wrong { what, cure } => println!("WRONG {title}: this scanner {what}\n      -> {cure}"),
            Verdict::Stranger => println!("      a code that isn't on the sheet"),
        }
    }
}
