//! `milepost doctor`: opens what a station needs and says of each thing whether it works, and the cure if it doesn't.

mod devices;
mod screens;
mod sound;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use milepost::journal::Reader;
use milepost::label::{Fonts, fonts};
use milepost::machine;
use milepost::station::config::StationConfig;
use milepost::sync::Link;
use milepost::sync::clock::{Exchange, HubClock};
use serde::Serialize;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Finding {
    about: String,
    good: bool,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

/// A journal grows by some 400 bytes a fact; a day at a busy bench is a hundred times less than this.
const ROOM_MB: u64 = 1_000;
/// Label printers draw CJK from this file.
const FONT_PACKAGE: &str = "fonts-wqy-microhei";
/// Later than the hub by more than this, and the office's times disagree with the shelf's clock.
const CLOCK_S: f64 = 60.0;

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: StationConfig = super::service::read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    let mut findings = vec![fit(&config)];
    findings.extend(config.warnings().into_iter().map(|warning| noted("config", warning.what, warning.cure)));
    findings.extend([disk(&config), journal(&config), port(&config), glyphs(&config)]);
    findings.extend(screens::findings(&config));
    super::runtime::start("off")?.block_on(async {
        findings.extend(devices::findings(&config).await);
        findings.extend(sound::findings(&config).await);
        findings.extend(hub(&config).await);
    });
    let good = findings.iter().all(|finding| finding.good);
    if args.json {
        println!("{}", serde_json::json!({ "good": good, "findings": findings }));
    } else {
        for finding in &findings {
            println!("{} {:<22} {}", if finding.good { "ok  " } else { "BAD " }, finding.about, finding.what);
            if let Some(cure) = &finding.cure {
                println!("     {:<22} -> {cure}", "");
            }
        }
    }
    Ok(ExitCode::from(u8::from(!good)))
}

fn good(about: impl Into<String>, what: impl Into<String>) -> Finding {
    Finding { about: about.into(), good: true, what: what.into(), cure: None }
}

/// It works; something may still come of it.
fn noted(about: impl Into<String>, what: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding { good: true, ..bad(about, what, cure) }
}

fn bad(about: impl Into<String>, what: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding { about: about.into(), good: false, what: what.into(), cure: Some(cure.into()) }
}

fn fit(config: &StationConfig) -> Finding {
    match config.check() {
        Ok(()) => good("config", format!("station {}, {} places", config.code, config.place.len())),
        Err(mismatch) => {
            bad("config", mismatch.to_string(), "correct station.toml and run `milepost config check` on it")
        }
    }
}

fn disk(config: &StationConfig) -> Finding {
    let folder = &config.data_dir;
    let probe = folder.join(".doctor");
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"probe"));
    // The probe is tiny; what can't be removed now is overwritten next time.
    let _ = std::fs::remove_file(&probe);
    if let Err(error) = written {
        let cure = format!("make {} writable for the user milepost runs as", folder.display());
        return bad("disk", format!("{} can't be written: {error}", folder.display()), cure);
    }
    match machine::free_bytes(folder).map(|bytes| bytes / 1_000_000) {
        Ok(free) if free >= ROOM_MB => good("disk", format!("{free} MB free in {}", folder.display())),
        Ok(free) => bad(
            "disk",
            format!("only {free} MB free in {}", folder.display()),
            "free some space: the journal must never stop",
        ),
        Err(error) => {
            bad("disk", format!("{}: {error}", folder.display()), "set `data_dir` to a folder on a local disk")
        }
    }
}

fn journal(config: &StationConfig) -> Finding {
    let path = config.data_dir.join("journal.db");
    if !path.exists() {
        return good("journal", "none yet; the first start makes it");
    }
    let walked = Reader::open(&path).and_then(|reader| {
        let epoch = reader.epochs()?.pop();
        epoch.map(|epoch| reader.verify(epoch.no)).transpose()
    });
    let cure = format!("start the station: it takes over what can be read and keeps {} beside it", path.display());
    match walked {
        Ok(None) => good("journal", "empty"),
        Ok(Some(walk)) if walk.broken.is_empty() => {
            good("journal", format!("{} entries, the chain holds", walk.entries))
        }
        Ok(Some(walk)) => bad("journal", format!("entry {} {}", walk.broken[0].seq, walk.broken[0].what), cure),
        Err(error) => bad("journal", format!("{}: {error}", path.display()), cure),
    }
}

fn port(config: &StationConfig) -> Finding {
    match TcpListener::bind(&config.listen) {
        Ok(_) => good("port", format!("{} is free", config.listen)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            good("port", format!("{} is taken: the station runs already, or another program holds it", config.listen))
        }
        Err(error) => bad("port", format!("{}: {error}", config.listen), "set `listen` to an address of this machine"),
    }
}

fn glyphs(config: &StationConfig) -> Finding {
    let paths = match config.label.fonts.is_empty() {
        true => vec![PathBuf::from(fonts::DEFAULT_PATH)],
        false => config.label.fonts.clone(),
    };
    let fonts = Fonts::load(&paths);
    match fonts.problems().first() {
        None => good("fonts", paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")),
        Some((path, problem)) => bad(
            "fonts",
            format!("{}: {problem}; labels are drawn in the built-in bitmap font", path.display()),
            format!("install {FONT_PACKAGE}, or name another font in [label] fonts"),
        ),
    }
}

/// The hub's answer, and how far its clock is from ours.
async fn hub(config: &StationConfig) -> Vec<Finding> {
    let Some(hub) = &config.hub else { return vec![good("hub", "none configured; the station works alone")] };
    let key = match std::fs::read_to_string(&hub.key_file) {
        Ok(key) => key,
        Err(error) => {
            let cure = "join the hub with `milepost join`";
            return vec![bad("hub", format!("the key {}: {error}", hub.key_file.display()), cure)];
        }
    };
    let station = config.code.as_str().into();
    let link = match Link::new(&hub.url, &station, &key) {
        Ok(link) => link,
        Err(error) => return vec![bad("hub", error.to_string(), "correct `url` in [hub]")],
    };
    let sent_ns = machine::boottime_ns();
    // Behind the end of the feed there is nothing to fetch, only the hub's time to read.
    let answer = tokio::time::timeout(Duration::from_secs(5), link.down(i64::MAX as u64, 0)).await;
    let answer = match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            return vec![bad("hub", error.to_string(), "start the hub, or correct [hub]; benches go on without it")];
        }
        Err(_) => return vec![bad("hub", format!("{} does not answer", hub.url), "look at the hub and the network")],
    };
    let mut clock = HubClock::default();
    let back_ns = machine::boottime_ns();
    clock.add(&Exchange { sent_ns, back_ns, received_us: answer.as_of_us, answered_us: answer.as_of_us });
    let stamp = clock.stamp(machine::wall_us(), machine::boottime_ns(), "doctor", &config.zone);
    let off = stamp.offset_us.unwrap_or(0) as f64 / 1e6;
    let clock = match off.abs() < CLOCK_S {
        true => good("clock", format!("{off:+.3} s from the hub's")),
        false => bad(
            "clock",
            format!("{off:+.1} s from the hub's"),
            "set up chrony or ntp; entries are dated by the hub until then",
        ),
    };
    vec![good("hub", format!("{} answers", hub.url)), clock]
}
