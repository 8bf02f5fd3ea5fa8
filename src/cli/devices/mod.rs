//! `milepost devices`: the scanners, keyboards and serial ports on this machine's USB, and the config lines for those that
//! no `[[scanner]]` takes yet.

use std::path::PathBuf;
use std::process::ExitCode;

use drivers::scanner::{Found, found};
use milepost::station::config::StationConfig;

#[derive(clap::Args)]
pub struct Args {
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config: StationConfig = super::service::read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    let devices: Vec<Device> = found().into_iter().map(|found| Device::of(found, &config)).collect();
    if args.json {
        println!("{}", serde_json::Value::from_iter(devices.iter().map(Device::json)));
        return Ok(ExitCode::SUCCESS);
    }
    if devices.is_empty() {
        println!("no scanner, keyboard or serial port is on USB here");
    }
    let mut free = free_names(&config);
    for device in &devices {
        println!("{}", device.line());
        if device.taken_by.is_none() {
            let name = free.next().unwrap_or_default();
            device.found.config(&name).lines().for_each(|line| println!("    {line}"));
        }
    }
    println!("Scanners on a network, on Bluetooth or on a serial port of the board, and printers, are not looked for.");
    Ok(ExitCode::SUCCESS)
}

struct Device {
    found: Found,
    /// The scanner of the config that is this device.
    taken_by: Option<String>,
}

impl Device {
    fn of(found: Found, config: &StationConfig) -> Self {
        let taken_by = config.scanner.iter().find(|scanner| found.is_taken_by(scanner));
        Self { taken_by: taken_by.map(|scanner| scanner.name.clone()), found }
    }

    fn line(&self) -> String {
        let what = match &self.taken_by {
            Some(name) => format!("is `{name}`"),
            None => self.guess().to_owned(),
        };
        let model = if self.found.node.model.is_empty() { "nameless" } else { &self.found.node.model };
        format!("{}, {model}: {what}", self.found.node)
    }

    fn guess(&self) -> &'static str {
        match (self.found.scheme, self.found.profile) {
            ("evdev", Some(_)) => "a scanner that types",
            ("evdev", None) => "a keyboard, or a scanner of a maker that isn't known here: take it only if it is one",
            ("hidpos", _) => "a scanner set to HID-POS",
            (_, Some(_)) => "a scanner set to USB-COM",
            (_, None) => "a serial port: take it if a scanner is behind it",
        }
    }

    fn json(&self) -> serde_json::Value {
        let node = &self.found.node;
        serde_json::json!({
            "vendor": format!("{:04x}", node.vendor),
            "product": format!("{:04x}", node.product),
            "serial": node.serial,
            "port": node.port,
            "model": node.model,
            "url": self.found.url,
            "profile": self.found.profile,
            "scanner": self.taken_by,
        })
    }
}

/// `gun-1`, `gun-2` … without those that are taken.
fn free_names(config: &StationConfig) -> impl Iterator<Item = String> {
    let taken: Vec<String> = config.scanner.iter().map(|scanner| scanner.name.clone()).collect();
    (1..).map(|number| format!("gun-{number}")).filter(move |name| !taken.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggested_names_are_free() {
        let config: StationConfig = toml::from_str(
            "[[scanner]]\nname = 'gun-1'\nurl = 'tcp://0.0.0.0:7101'\n[[scanner]]\nname = 'gun-3'\nurl = 'stdin://'",
        )
        .unwrap();
        assert_eq!(free_names(&config).take(3).collect::<Vec<_>>(), ["gun-2", "gun-4", "gun-5"]);
    }
}
