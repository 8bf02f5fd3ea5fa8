//! `milepost screen`: lets a tablet or handheld in for a place, lists those that are, and ends one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use milepost::admin::Daemon;
use milepost::station::config::StationConfig;
use milepost::station::pairing::{Listed, Opened};
use qrcodegen::{QrCode, QrCodeEcc};
use reqwest::Method;
use serde_json::Value;

use super::{admin, service};

/// Around a QR code, in modules: scanners need it.
const QUIET: i32 = 4;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Open a link, also as a QR code, that pairs one screen with a place
    Pair {
        /// Name of a [[place]]
        place: String,
        /// Only the link and how long it works, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Which screens are paired
    List {
        #[arg(long)]
        json: bool,
    },
    /// A screen is lost or goes elsewhere: it is let in no more
    End {
        /// As `milepost screen list` names it
        screen: String,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: StationConfig = service::read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    let folder = &config.data_dir;
    match args.act {
        Act::Pair { place, json } => {
            let path = ["v1", "places", &place, "pair"];
            let opened: Opened = admin::ask(Daemon::Station, folder, Method::POST, &path, &Value::Null)?;
            match json {
                true => println!("{}", serde_json::to_string(&opened)?),
                false => {
                    let code = QrCode::encode_text(&opened.url, QrCodeEcc::Low).context("draw the link")?;
                    print!("{}", drawn(&code));
                    println!("{}", opened.url);
                    if let Some(authority) = &opened.authority {
                        eprintln!("the certificate its page offers to trust has the SHA-256 {authority}");
                    }
                    eprintln!("open it on the screen of {place} within {} minutes; it works once", opened.minutes);
                }
            }
        }
        Act::List { json } => {
            let listed: Listed = admin::ask(Daemon::Station, folder, Method::GET, &["v1", "screens"], &Value::Null)?;
            match json {
                true => println!("{}", serde_json::to_string(&listed)?),
                false => {
                    if listed.screens.is_empty() {
                        println!("no screen is paired: `milepost screen pair PLACE` opens a link for one");
                    }
                    let zone = TimeZone::get(&config.zone).unwrap_or(TimeZone::UTC);
                    for paired in listed.screens {
                        let since = Timestamp::from_microsecond(paired.since_us).unwrap_or_default();
                        let since = since.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M");
                        println!("{}  {}  since {since}", paired.screen, paired.place);
                    }
                }
            }
        }
        Act::End { screen } => {
            let path = ["v1", "screens", &screen];
            let _: Value = admin::ask(Daemon::Station, folder, Method::DELETE, &path, &Value::Null)?;
            println!("{screen} is let in no more");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Two rows of modules a line, light on dark terminals as on light ones: the ground is drawn as well.
fn drawn(code: &QrCode) -> String {
    let light = |x: i32, y: i32| !code.get_module(x, y);
    let mut text = String::new();
    for y in (-QUIET..code.size() + QUIET).step_by(2) {
        for x in -QUIET..code.size() + QUIET {
            text.push(match (light(x, y), light(x, y + 1)) {
                (true, true) => '\u{2588}',
                (true, false) => '\u{2580}',
                (false, true) => '\u{2584}',
                (false, false) => ' ',
            });
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_with_its_quiet_zone_and_every_module() {
        let code = QrCode::encode_text("HTTP://A", QrCodeEcc::Low).expect("a short text");
        let text = drawn(&code);
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let side = (code.size() + 2 * QUIET) as usize;
        assert_eq!((lines.len(), lines[0].len()), (side.div_ceil(2), side));
        let upper =
            |x: i32, y: i32| "\u{2588}\u{2580}".contains(lines[((y + QUIET) / 2) as usize][(x + QUIET) as usize]);
        for (x, y) in (0..code.size()).flat_map(|x| (0..code.size()).step_by(2).map(move |y| (x, y))) {
            assert_eq!(upper(x, y), !code.get_module(x, y), "{x} {y}");
        }
        assert!(lines[0].iter().chain(&lines[1]).all(|c| *c == '\u{2588}'), "four rows of ground");
    }
}
