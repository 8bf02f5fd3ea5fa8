//! `milepost scanner watch`: what the config's scanners read, line by line as it comes. For whoever sets a bench up, and
//! for programs (`--json`).

use anyhow::bail;
use drivers::scanner::{ScannerConfig, ScannerEvent, spawn};
use serde::Serialize;
use tokio::sync::mpsc::channel;

/// Reads that may wait for the terminal before their scanners do.
const WAITING: usize = 1_024;

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum Seen {
    Scan { scanner: String, data: String, symbology: Option<drivers::scan::Symbology> },
    Refused { scanner: String, why: String },
    Duplicate { scanner: String, data: String },
    Connected { scanner: String },
    Lost { scanner: String, why: String },
}

/// Watches until it is interrupted; `names` are those of the config, none means all.
pub async fn watch(mut scanners: Vec<ScannerConfig>, names: &[String], json: bool) -> anyhow::Result<()> {
    if let Some(unknown) = names.iter().find(|name| scanners.iter().all(|scanner| scanner.name != **name)) {
        let known: Vec<&str> = scanners.iter().map(|scanner| scanner.name.as_str()).collect();
        bail!("no [[scanner]] is called `{unknown}`; known are {}", known.join(", "));
    }
    scanners.retain(|scanner| names.is_empty() || names.contains(&scanner.name));
    if scanners.is_empty() {
        bail!("the config has no [[scanner]]: `milepost devices` shows what is plugged in");
    }
    let (events, mut heard) = channel(WAITING);
    let _tasks: Vec<_> = scanners.into_iter().map(|scanner| spawn(scanner, events.clone())).collect();
    while let Some(event) = heard.recv().await {
        let seen = Seen::of(event);
        match json {
            true => println!("{}", serde_json::to_string(&seen)?),
            false => println!("{}", seen.in_words()),
        }
    }
    Ok(())
}

impl Seen {
    fn of(event: ScannerEvent) -> Seen {
        match event {
            ScannerEvent::Scan(scan) => Seen::Scan { scanner: scan.device, data: scan.data, symbology: scan.symbology },
            ScannerEvent::Refused { device, reason, .. } => Seen::Refused { scanner: device, why: reason.to_string() },
            ScannerEvent::Duplicate { device, data } => Seen::Duplicate { scanner: device, data },
            ScannerEvent::Connected { device } => Seen::Connected { scanner: device },
            ScannerEvent::Lost { device, why } => Seen::Lost { scanner: device, why },
        }
    }

    fn in_words(&self) -> String {
        match self {
            // A control character would act on the terminal.
            Seen::Scan { scanner, data, symbology } => {
                let symbology = symbology.map(|symbology| format!(" ({symbology:?})")).unwrap_or_default();
                format!("{scanner}: {}{symbology}", data.escape_debug())
            }
            Seen::Refused { scanner, why } => format!("{scanner}: refused, {why}"),
            Seen::Duplicate { scanner, data } => format!("{scanner}: again {}", data.escape_debug()),
            Seen::Connected { scanner } => format!("{scanner}: connected"),
            Seen::Lost { scanner, why } => format!("{scanner}: away, {why}"),
        }
    }
}
