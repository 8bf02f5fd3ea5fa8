//! `milepost scanner adopt`: the config lines of a scanner that is plugged in, printed or added to a config. Of several the
//! one that is meant is the one somebody scans with. A keyboard, and a port that anything may be behind, is listened to only
//! when its address is given: nobody's typing is taken by accident.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use drivers::scanner::{Found, ScannerConfig, ScannerEvent, found, spawn};
use milepost::config;
use milepost::station::config::StationConfig;
use serde::Deserialize;
use tokio::sync::mpsc::channel;
use toml::Spanned;

use crate::cli::devices::seen;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config, of which the names are; without it /etc/milepost/station.toml, else the defaults
    #[arg(long, conflicts_with = "write")]
    config: Option<PathBuf>,
    /// Add the lines to this config; its comments stay
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// The scanner's name [default: the next free of gun-1, gun-2 …]
    #[arg(long)]
    name: Option<String>,
    /// The place it is for; not needed where the config has only one
    #[arg(long)]
    place: Option<String>,
    /// The scanner's address as `milepost devices` shows it; needed for a keyboard and a port that isn't known
    #[arg(long)]
    url: Option<String>,
}

pub fn run(args: Args) -> anyhow::Result<()> {
    let text = match &args.write {
        Some(path) if path.exists() => crate::cli::read_text(path)?,
        _ => String::new(),
    };
    let station: StationConfig = match &args.write {
        Some(path) => config::parse(&text, path)?,
        None => crate::cli::service::read(args.config.as_deref(), "/etc/milepost/station.toml")?,
    };
    let name = args.name.unwrap_or_else(|| seen::free_scanner_name(&station));
    ensure!(station.scanner.iter().all(|scanner| scanner.name != name), "there is a scanner `{name}` already");
    let candidates = candidates(found(), &station, args.url.as_deref())?;
    let chosen = match <[Found; 1]>::try_from(candidates) {
        Ok([only]) => only,
        Err(several) => crate::cli::runtime::start("off")?.block_on(scanned_with(several))?,
    };
    let lines = chosen.config(&name);
    let Some(path) = args.write else {
        print!("{lines}");
        eprintln!("Add these lines to station.toml, and \"{name}\" to `scanners` of its [[place]].");
        return Ok(());
    };
    let place = place(&station, args.place)?;
    let new = adopted(&text, &lines, &name, place.as_deref())?;
    // In place: a new file would lose the owner and group by which the station may read it.
    std::fs::write(&path, new).with_context(|| format!("write {}", path.display()))?;
    let whose = place.map(|place| format!(" of place `{place}`")).unwrap_or_default();
    println!("{} has the scanner `{name}`{whose} now: {}", path.display(), chosen.url);
    if station.place.is_empty() {
        println!("It has no [[place]] yet: add one with scanners = [\"{name}\"].");
    }
    println!("Restart the station; `milepost scanner setup {name}` judges how the scanner is set.");
    Ok(())
}

/// What may be adopted without a person naming it, or the one that was named.
fn candidates(found: Vec<Found>, station: &StationConfig, url: Option<&str>) -> anyhow::Result<Vec<Found>> {
    let taken = |found: &Found| station.scanner.iter().find(|scanner| found.is_taken_by(scanner));
    let urls = found.iter().map(|found| found.url.clone()).collect::<Vec<_>>().join(", ");
    let urls = if urls.is_empty() { "nothing".to_owned() } else { urls };
    if let Some(url) = url {
        let named = found.into_iter().find(|found| found.url == url);
        let named = named.with_context(|| format!("{url} isn't plugged in; there is {urls}"))?;
        if let Some(scanner) = taken(&named) {
            bail!("{url} is the scanner `{}` already", scanner.name);
        }
        return Ok(vec![named]);
    }
    let free: Vec<Found> =
        found.into_iter().filter(|found| found.profile.is_some() && taken(found).is_none()).collect();
    ensure!(
        !free.is_empty(),
        "no scanner that is known as one is plugged in and free; there is {urls}. A keyboard, or a port that anything may be behind, is adopted by naming it with --url"
    );
    Ok(free)
}

/// Listens to all of them until somebody scans with one. A code that can't be read tells the scanner as well.
async fn scanned_with(candidates: Vec<Found>) -> anyhow::Result<Found> {
    println!("Scan anything with the scanner that is to be adopted; Ctrl+C ends.");
    for found in &candidates {
        println!("  {}: {}", found.url, found.node.model);
    }
    let (events, mut heard) = channel(16);
    let mut listening = Vec::new();
    for (index, found) in candidates.iter().enumerate() {
        let lines = found.config(&index.to_string()).replace("[[scanner]]\n", "");
        let config: ScannerConfig = toml::from_str(&lines).context("listen to a scanner")?;
        listening.push(spawn(config, events.clone()));
    }
    loop {
        match heard.recv().await.context("every scanner ended")? {
            ScannerEvent::Scan(scan) => return chosen(candidates, &scan.device),
            ScannerEvent::Refused { device, .. } => return chosen(candidates, &device),
            ScannerEvent::Lost { device, why } => {
                let url = device.parse().ok().and_then(|index: usize| candidates.get(index)).map(|found| &found.url);
                println!("  {} can't be listened to: {why}", url.map_or("a scanner", String::as_str));
            }
            ScannerEvent::Connected { .. } | ScannerEvent::Duplicate { .. } => {}
        }
    }
}

fn chosen(candidates: Vec<Found>, index: &str) -> anyhow::Result<Found> {
    let index: usize = index.parse().context("a scanner that nobody listens to")?;
    candidates.into_iter().nth(index).context("a scanner that nobody listens to")
}

fn place(station: &StationConfig, named: Option<String>) -> anyhow::Result<Option<String>> {
    let names = station.place.iter().map(|place| place.name.clone()).collect::<Vec<_>>();
    match (named, &names[..]) {
        (Some(name), _) if names.contains(&name) => Ok(Some(name)),
        (Some(name), _) => bail!("no [[place]] is called `{name}`; known are {}", names.join(", ")),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only.clone())),
        (None, _) => bail!("which place is it for? Say --place with one of {}", names.join(", ")),
    }
}

/// Where a place's name and scanners stand in the text.
#[derive(Deserialize)]
struct Places {
    #[serde(default)]
    place: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    name: Spanned<String>,
    scanners: Option<Spanned<Vec<String>>>,
}

/// The config with the scanner in it; everything else of it stays as it was, or it is an error.
fn adopted(text: &str, lines: &str, name: &str, place: Option<&str>) -> anyhow::Result<String> {
    let before: StationConfig = toml::from_str(text)?;
    let mut new = text.to_owned();
    let places: Places = toml::from_str(text)?;
    if let Some(place) = places.place.iter().find(|found| Some(found.name.as_ref().as_str()) == place) {
        match &place.scanners {
            // First in the list: behind its last there may be a comma, a comment or nothing.
            Some(scanners) => {
                let comma = if scanners.as_ref().is_empty() { "" } else { ", " };
                new.insert_str(scanners.span().start + 1, &format!("\"{name}\"{comma}"));
            }
            None => {
                let end = place.name.span().end;
                let line_end = text[end..].find('\n').map_or(text.len(), |length| end + length);
                new.insert_str(line_end, &format!("\nscanners = [\"{name}\"]"));
            }
        }
    }
    if !new.is_empty() && !new.ends_with('\n') {
        new.push('\n');
    }
    if !new.is_empty() {
        new.push('\n');
    }
    new.push_str(lines);

    let mut expected = before;
    expected.scanner.push(toml::from_str(&lines.replace("[[scanner]]\n", ""))?);
    if let Some(place) = expected.place.iter_mut().find(|found| Some(found.name.as_str()) == place) {
        place.scanners.insert(0, name.to_owned());
    }
    let cure = "add them by hand";
    let after: StationConfig = toml::from_str(&new).with_context(|| format!("the lines don't fit in; {cure}"))?;
    ensure!(format!("{after:?}") == format!("{expected:?}"), "the lines would change more than they should; {cure}");
    Ok(new)
}

#[cfg(test)]
mod tests {
    use drivers::scanner::found::described;
    use drivers::seen::identity::Node;

    use super::*;

    const LINES: &str =
        "[[scanner]]\nname = \"gun-2\"\nurl = \"hidpos://1eab:0110?port=1-1\"\nprofile = \"newland-hidpos\"\n";

    fn plugged_in(scheme: &str, vendor: u16, product: u16) -> Found {
        let kind = drivers::scanner::KINDS.iter().find(|kind| kind.scheme == scheme).unwrap();
        let node = Node {
            name: "event3".into(),
            vendor,
            product,
            serial: None,
            port: format!("1-{product}"),
            interface: 0,
            model: "Device".into(),
            path: (scheme == "serial").then(|| "/dev/ttyUSB0".into()),
        };
        described(kind, vec![node]).remove(0)
    }

    #[test]
    fn a_keyboard_is_adopted_by_its_name_alone() {
        let all = || {
            let scanners = [plugged_in("hidpos", 0x1eab, 0x0110), plugged_in("evdev", 0x05e0, 0x1200)];
            let others = [plugged_in("evdev", 0x413c, 0x2113), plugged_in("serial", 0x1a86, 0x7523)];
            scanners.into_iter().chain(others).collect::<Vec<_>>()
        };
        let urls =
            |found: anyhow::Result<Vec<Found>>| found.unwrap().into_iter().map(|found| found.url).collect::<Vec<_>>();
        let nobody = StationConfig::default();
        assert_eq!(urls(candidates(all(), &nobody, None)), ["hidpos://1eab:0110", "evdev://05e0:1200"]);
        let taken = toml::from_str("[[scanner]]\nname = 'gun-1'\nurl = 'evdev://05e0:1200'").unwrap();
        assert_eq!(urls(candidates(all(), &taken, None)), ["hidpos://1eab:0110"]);
        assert_eq!(urls(candidates(all(), &nobody, Some("evdev://413c:2113"))), ["evdev://413c:2113"]);
        let error = |found: anyhow::Result<Vec<Found>>| found.unwrap_err().to_string();
        let already = error(candidates(all(), &taken, Some("evdev://05e0:1200")));
        assert_eq!(already, "evdev://05e0:1200 is the scanner `gun-1` already");
        let away = error(candidates(all(), &nobody, Some("evdev://05e0:1201")));
        assert!(away.contains("isn't plugged in; there is hidpos://1eab:0110, evdev://05e0:1200, evdev://413c:2113"));
        let keyboards = error(candidates(all().split_off(2), &nobody, None));
        assert!(keyboards.contains("adopted by naming it with --url"), "{keyboards}");
    }

    #[test]
    fn comments_and_everything_else_stay() {
        let text = "# Bench by the door.\ncode = \"SZ-02\" # ours\n\n[[place]]\nname = \"bench-1\" # left\nscanners = [\n  \"gun-1\", # the old one\n]\n\n\
                    [[scanner]]\nname = \"gun-1\"\nurl = \"tcp://127.0.0.1:7101\" # for now";
        let new = adopted(text, LINES, "gun-2", Some("bench-1")).unwrap();
        let expected = text.replace("scanners = [\n", "scanners = [\"gun-2\", \n") + "\n\n" + LINES;
        assert_eq!(new, expected);
    }

    #[test]
    fn a_place_without_scanners_gets_its_first() {
        let text =
            "[[place]]\nname = \"bench-1\"   # left\nbadges = false\n[[place]]\nname = \"bench-2\"\nscanners = []\n";
        let first = adopted(text, LINES, "gun-2", Some("bench-1")).unwrap();
        assert!(first.starts_with("[[place]]\nname = \"bench-1\"   # left\nscanners = [\"gun-2\"]\nbadges"), "{first}");
        let second = adopted(text, LINES, "gun-2", Some("bench-2")).unwrap();
        assert!(second.contains("name = \"bench-2\"\nscanners = [\"gun-2\"]\n"), "{second}");
        assert_eq!(adopted("", LINES, "gun-2", None).unwrap(), LINES);
    }

    #[test]
    fn a_config_they_do_not_fit_into_is_left_alone() {
        let inline = "scanner = []\n";
        assert!(adopted(inline, LINES, "gun-2", None).unwrap_err().to_string().contains("add them by hand"));
        let inline = "place = [{ name = \"bench-1\" }]\n";
        assert!(adopted(inline, LINES, "gun-2", Some("bench-1")).is_err());
    }

    #[test]
    fn the_place_is_asked_for_only_where_there_are_several() {
        let station = |text: &str| toml::from_str::<StationConfig>(text).unwrap();
        let two = station("[[place]]\nname = 'a'\n[[place]]\nname = 'b'\n");
        assert!(place(&two, None).unwrap_err().to_string().contains("one of a, b"));
        assert_eq!(place(&two, Some("b".into())).unwrap().as_deref(), Some("b"));
        assert!(place(&two, Some("c".into())).is_err());
        assert_eq!(place(&station("[[place]]\nname = 'a'\n"), None).unwrap().as_deref(), Some("a"));
        assert_eq!(place(&station(""), None).unwrap(), None);
    }
}
