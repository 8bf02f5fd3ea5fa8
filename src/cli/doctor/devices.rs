//! The devices of the config, one by one: is it there, may we have it, does it answer. What keeps us from it is said in the
//! words of `milepost devices`.

use std::io;
use std::time::Duration;

use drivers::component::{Component, ComponentConfig};
use drivers::printer::status::Status;
use drivers::printer::{Printer, PrinterConfig};
use drivers::scale::{self, ScaleConfig, ScaleEvent, State};
use drivers::scanner::{Found, ScannerConfig, found};
use drivers::seen::{self, Trouble, UsbPrinter};
use drivers::transport::serial;
use drivers::url::DeviceUrl;
use milepost::bench::prompt::kilograms;
use milepost::station::config::StationConfig;
use milepost::station::outlet::OutletConfig;
use tokio::sync::mpsc;

use super::{Finding, bad, good, noted};
use crate::cli::devices::troubles::{Rules, Told, is_the_stations};

/// Longer than a scale takes to be called silent.
const WEIGHT: Duration = Duration::from_secs(5);
/// A scale that doesn't say whether it stands still is believed after some equal weights, of which the first come as moving.
const SETTLING: Duration = Duration::from_secs(2);

pub async fn findings(config: &StationConfig) -> Vec<Finding> {
    let here = Here { rules: Rules::installed(), found: found(), printers: seen::printers() };
    let mut findings = Vec::new();
    for outlet in &config.printer {
        match outlet {
            OutletConfig::Printer(printer) => findings.extend(here.printer(printer).await),
            OutletConfig::Component(config) => findings.push(component(config).await),
        }
    }
    for scanner in &config.scanner {
        findings.extend(here.scanner(scanner));
    }
    for scale in &config.scale {
        findings.extend(here.scale(scale).await);
    }
    findings
}

/// What is plugged in.
struct Here {
    rules: Rules,
    found: Vec<Found>,
    printers: Vec<UsbPrinter>,
}

/// A device may be asked only where nothing stands in the way.
enum Way {
    Open(Vec<Finding>),
    Barred(Vec<Finding>),
    /// Another program has it, most likely the station.
    InUse(Vec<Finding>),
}

impl Here {
    async fn printer(&self, config: &PrinterConfig) -> Vec<Finding> {
        let about = format!("printer {}", config.name);
        let barred = match config.url.scheme.as_str() {
            "serial" => self.port(&about, &config.url),
            "usb" | "lp" => match self.printers.iter().find(|printer| printer.is_taken_by(config)) {
                Some(printer) => self.usb_printer(&about, config, printer),
                // Opening it tells what is plugged in instead.
                None => Way::Open(Vec::new()),
            },
            _ => Way::Open(Vec::new()),
        };
        let mut findings = match barred {
            Way::Open(notes) => notes,
            Way::Barred(findings) | Way::InUse(findings) => return findings,
        };
        let mut printer = match Printer::new(config.clone()) {
            Ok(printer) => printer,
            Err(error) => return vec![bad(about, error.to_string(), "correct its [[printer]] in station.toml")],
        };
        findings.push(match printer.status().await {
            Status::Ready => good(about, "ready"),
            Status::StoppedAnswering => {
                bad(about, "it used to answer and doesn't now", "switch it off and on; look at its display")
            }
            Status::Silent => {
                good(about, "reachable; it answers no questions, so labels count as accepted, never as confirmed")
            }
            Status::Fault { fault } => {
                bad(about, format!("reports {}", fault.as_str()), "look at paper, ribbon and cover")
            }
            Status::Offline { why } => {
                let cure = "switch it on, check cable and `url`; `milepost devices` shows what is there";
                bad(about, format!("can't be reached: {why}"), cure)
            }
        });
        findings
    }

    fn usb_printer(&self, about: &str, config: &PrinterConfig, printer: &UsbPrinter) -> Way {
        if config.url.scheme == "lp" && printer.lp.is_none() {
            let what = format!("the kernel's driver doesn't have {} at port {}", config.url.place, printer.port);
            let cure =
                format!("`modprobe usblp` and plug it in again, or write url = \"{}\"", printer.url(&self.printers));
            return Way::Barred(vec![bad(about, what, cure)]);
        }
        let node = printer.node().display().to_string();
        self.way(about, &seen::troubles_of_printer(printer), &node, printer.vendor, || Ok(()))
    }

    fn scanner(&self, config: &ScannerConfig) -> Vec<Finding> {
        let about = format!("scanner {}", config.name);
        match config.url.scheme.as_str() {
            "serial" | "ssi" => match self.port(&about, &config.url) {
                Way::Open(mut findings) => {
                    findings.push(good(about, format!("{} can be opened", config.url.place)));
                    findings
                }
                Way::Barred(findings) | Way::InUse(findings) => findings,
            },
            "evdev" | "hidpos" => self.usb_scanner(about, config),
            _ => vec![good(about, format!("{} needs no device here", config.url))],
        }
    }

    fn usb_scanner(&self, about: String, config: &ScannerConfig) -> Vec<Finding> {
        let Some(found) = self.found.iter().find(|found| found.is_taken_by(config)) else {
            let cure = "plug it in; `milepost devices` shows what is there, and how each scanner is set";
            return vec![bad(about, format!("{} is not plugged in", config.url), cure)];
        };
        let node = found.device().display().to_string();
        match self.way(&about, &seen::troubles_of_scanner(found), &node, found.node.vendor, || Ok(())) {
            Way::Open(mut findings) => {
                findings.push(good(about, format!("{} is plugged in", found.node)));
                findings
            }
            Way::Barred(findings) | Way::InUse(findings) => findings,
        }
    }

    async fn scale(&self, config: &ScaleConfig) -> Vec<Finding> {
        let about = format!("scale {}", config.name);
        let mut findings = match config.url.scheme.as_str() {
            "serial" => match self.port(&about, &config.url) {
                Way::Open(notes) => notes,
                Way::Barred(findings) | Way::InUse(findings) => return findings,
            },
            _ => Vec::new(),
        };
        findings.push(weight(about, config).await);
        findings
    }

    /// A serial port: what keeps us from it, and whether it can be opened.
    fn port(&self, about: &str, url: &DeviceUrl) -> Way {
        let node = match serial::node(url) {
            Ok(node) => node,
            Err(error) => {
                let cure = "plug it in; `milepost devices` shows what is there";
                return Way::Barred(vec![bad(about, error.to_string(), cure)]);
            }
        };
        let vendor = self.found.iter().find(|found| found.is_at(url)).map_or(0, |found| found.node.vendor);
        let probe = || serial::probe(&node);
        self.way(about, &seen::troubles(&node), &node.display().to_string(), vendor, probe)
    }

    /// `probe` opens it, once nothing speaks against that.
    fn way(
        &self,
        about: &str,
        troubles: &[Trouble],
        node: &str,
        vendor: u16,
        probe: impl FnOnce() -> io::Result<()>,
    ) -> Way {
        let told = self.rules.told(troubles, node, vendor, true);
        let (warnings, bars): (Vec<Told>, Vec<Told>) = told.into_iter().partition(|told| told.warning);
        let mut findings: Vec<Finding> = warnings.into_iter().map(|told| noted(about, told.what, told.cure)).collect();
        if !bars.is_empty() {
            findings.extend(bars.into_iter().map(|told| bad(about, told.what, told.cure)));
            return Way::Barred(findings);
        }
        let opened = match troubles.iter().any(is_the_stations) {
            true => Err(io::ErrorKind::ResourceBusy.into()),
            false => probe(),
        };
        match opened {
            Ok(()) => Way::Open(findings),
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                findings.push(good(about, "in use, by the station if it runs"));
                Way::InUse(findings)
            }
            Err(error) => {
                findings.push(bad(
                    about,
                    format!("can't be opened: {error}"),
                    "plug it in again, or correct its `url`",
                ));
                Way::Barred(findings)
            }
        }
    }
}

/// Nothing is printed: it only says which printers it has.
async fn component(config: &ComponentConfig) -> Finding {
    let about = format!("component {}", config.name);
    let mut component = match Component::new(config.clone()) {
        Ok(component) => component,
        Err(error) => {
            let what = format!("{:#}", anyhow::Error::new(error));
            return bad(about, what, "correct its [[printer]] in station.toml");
        }
    };
    match component.status().await {
        Status::Ready => good(about, "ready; what it prints counts as accepted, never as confirmed"),
        Status::Offline { why } => bad(about, why, "start it, switch its printer on, or correct its `url`"),
        Status::Silent | Status::StoppedAnswering | Status::Fault { .. } => {
            bad(about, "it answers nothing", "restart it")
        }
    }
}

/// What it shows, once it shows something; while that moves, what it shows next.
async fn weight(about: String, config: &ScaleConfig) -> Finding {
    let (events, mut heard) = mpsc::channel(16);
    let _scale = scale::spawn(config.clone(), events);
    let limit = WEIGHT.max(config.settings.silence() + WEIGHT / 2);
    let mut shown = tokio::time::timeout(limit, next(&mut heard)).await.ok().flatten();
    let settled = tokio::time::Instant::now() + SETTLING;
    while shown == Some(Ok(State::Moving)) {
        match tokio::time::timeout_at(settled, next(&mut heard)).await {
            Ok(later) => shown = later,
            Err(_) => break,
        }
    }
    let zero = "empty it and press its zero key";
    let set = "compare profile and line (baud, bits, parity) with its manual";
    match shown {
        Some(Ok(State::Stable { grams })) => good(about, format!("{}, and stands still", kilograms(grams))),
        Some(Ok(State::Moving)) => good(about, "reachable; its weight moves"),
        Some(Ok(State::Overload)) => bad(about, "overloaded", "take something off it"),
        Some(Ok(State::Negative)) => bad(about, "shows less than nothing", zero),
        Some(Ok(State::Unzeroed)) => bad(about, "has lost its zero", zero),
        Some(Ok(State::Garbled)) => bad(about, format!("doesn't speak {}", config.settings.protocol), set),
        Some(Err(why)) => bad(about, format!("can't be reached: {why}"), "plug it in, or correct its `url`"),
        Some(Ok(State::Silent)) | None => {
            bad(about, format!("connected, and says nothing in {}", config.settings.protocol), set)
        }
    }
}

async fn next(heard: &mut mpsc::Receiver<ScaleEvent>) -> Option<Result<State, String>> {
    loop {
        match heard.recv().await? {
            ScaleEvent::Connected { .. } => {}
            ScaleEvent::State { state, .. } => return Some(Ok(state)),
            ScaleEvent::Lost { why, .. } => return Some(Err(why)),
        }
    }
}
