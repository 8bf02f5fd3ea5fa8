//! A device in the words of a person and of the config: what it is, whose it is, what keeps us from it.

use drivers::printer::profile::Profile;
use drivers::scale::ScaleConfig;
use drivers::scanner::{Found, found};
use drivers::seen::{self, UsbPrinter};
use milepost::station::config::StationConfig;
use serde::Serialize;

use super::troubles::{Rules, Told};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    pub kind: Kind,
    /// What maker and device call themselves.
    pub model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Bus and ports on the way to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    pub url: String,
    pub profile: Option<String>,
    /// Why it is taken for that.
    pub because: String,
    /// The name of the device of the config that it is.
    pub taken_by: Option<String>,
    /// The lines that take it, while nothing does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub config: Vec<String>,
    pub troubles: Vec<Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Scanner,
    Printer,
    Scale,
    Serial,
    Keyboard,
}

/// Stands for a name until the free ones are given out.
const NAME: &str = "NAME";

/// Everything on USB.
pub fn devices(config: &StationConfig) -> Vec<Device> {
    let rules = Rules::installed();
    let printers = seen::printers();
    let printers_of = printers.iter().map(|printer| of_printer(printer, &printers, config, &rules));
    let mut devices: Vec<Device> =
        found().iter().map(|found| of_scanner(found, config, &rules)).chain(printers_of).collect();
    devices.sort_by(|a, b| (a.kind, &a.port, &a.url).cmp(&(b.kind, &b.port, &b.url)));
    devices
}

/// Gives each device that nothing takes yet a name that is free.
pub fn name(devices: &mut [Device], config: &StationConfig) {
    let scanners = config.scanner.iter().map(|scanner| scanner.name.as_str());
    let scales = config.scale.iter().map(|scale| scale.name.as_str());
    let taken: Vec<&str> = config.printer.iter().map(|printer| printer.name()).chain(scanners).chain(scales).collect();
    let free = |word: &'static str| {
        let taken = taken.clone();
        (1..).map(move |number| format!("{word}-{number}")).filter(move |name| !taken.contains(&name.as_str()))
    };
    let (mut guns, mut desks, mut scales) = (free("gun"), free("desk"), free("scale"));
    for device in devices.iter_mut().filter(|device| !device.config.is_empty()) {
        for lines in &mut device.config {
            let name = match lines.lines().next() {
                Some("[[printer]]") => desks.next(),
                Some("[[scale]]") => scales.next(),
                _ => guns.next(),
            };
            *lines = lines.replacen(NAME, &name.unwrap_or_default(), 1);
        }
    }
}

/// The first name that no scanner of the config has.
pub fn free_scanner_name(config: &StationConfig) -> String {
    let taken = |name: &String| config.scanner.iter().any(|scanner| scanner.name == *name);
    (1..).map(|number| format!("gun-{number}")).find(|name| !taken(name)).unwrap_or_default()
}

fn of_scanner(found: &Found, config: &StationConfig, rules: &Rules) -> Device {
    let node = &found.node;
    let serial_port = found.scheme == "serial";
    let scanner = config.scanner.iter().find(|scanner| found.is_taken_by(scanner)).map(|scanner| &scanner.name);
    let scale = config.scale.iter().find(|scale| found.is_at(&scale.url)).map(|scale| &scale.name);
    let printer = config.printers().find(|printer| found.is_at(&printer.url)).map(|printer| &printer.name);
    let taken_by = scanner.or(scale).or(printer).cloned();

    let scale_profile = ScaleConfig::profile_of(node.vendor, node.product).filter(|_| serial_port);
    let printer_profile = Profile::of_device(node.vendor, node.product).filter(|_| serial_port);
    let block = |what: &str, profile: Option<&str>, more: &str| {
        let profile = profile.map(|profile| format!("profile = \"{profile}\"\n")).unwrap_or_default();
        format!("[[{what}]]\nname = \"{NAME}\"\nurl = \"{}\"\n{profile}{more}", found.url)
    };
    let (kind, profile, because, lines) = match (found.scheme, found.profile) {
        ("evdev", None) => {
            let because = "a keyboard, or a scanner of a maker that isn't known here: take it only if it is one";
            (Kind::Keyboard, None, because, vec![found.config(NAME)])
        }
        ("evdev", known) => (Kind::Scanner, known, "a scanner that types", vec![found.config(NAME)]),
        ("hidpos", known) => (Kind::Scanner, known, "a scanner set to HID-POS", vec![found.config(NAME)]),
        (_, Some(known)) => (Kind::Scanner, Some(known), "a scanner set to USB-COM", vec![found.config(NAME)]),
        _ if scale_profile.is_some() => {
            (Kind::Scale, scale_profile, "a maker of scales", vec![block("scale", scale_profile, "")])
        }
        _ if printer_profile.is_some() => {
            let lines = block("printer", printer_profile, "media = \"100x150\"\n");
            (Kind::Printer, printer_profile, "a maker of label printers", vec![lines])
        }
        _ => {
            let because = "a serial port: take it as what is behind it, if it is a scanner or a scale";
            (Kind::Serial, None, because, vec![found.config(NAME), block("scale", Some("text"), "")])
        }
    };
    let troubles = seen::troubles_of_scanner(found);
    let shown = node.path.clone().unwrap_or_else(|| found.device().display().to_string());
    Device {
        kind,
        model: node.model.clone(),
        vendor: Some(format!("{:04x}", node.vendor)),
        product: Some(format!("{:04x}", node.product)),
        serial: node.serial.clone(),
        port: Some(node.port.clone()),
        url: found.url.clone(),
        profile: profile.map(str::to_owned),
        because: because.to_owned(),
        config: if taken_by.is_none() { lines } else { Vec::new() },
        troubles: rules.told(&troubles, &shown, node.vendor, taken_by.is_some()),
        node: Some(shown),
        taken_by,
    }
}

fn of_printer(printer: &UsbPrinter, all: &[UsbPrinter], config: &StationConfig, rules: &Rules) -> Device {
    let suggestion = printer.suggest();
    let taken = config.printers().find(|config| printer.is_taken_by(config)).map(|config| config.name.clone());
    let node = printer.node().display().to_string();
    let (because, lines) = match printer.ipp {
        true => ("it speaks IPP over USB and takes no labels".to_owned(), Vec::new()),
        false => (suggestion.because, vec![printer.config(NAME, all)]),
    };
    Device {
        kind: Kind::Printer,
        model: if printer.id.model.is_empty() { printer.name.clone() } else { printer.id.model.clone() },
        vendor: Some(format!("{:04x}", printer.vendor)),
        product: Some(format!("{:04x}", printer.product)),
        serial: printer.serial.clone(),
        port: Some(printer.port.clone()),
        url: printer.url(all),
        profile: suggestion.profile.map(str::to_owned),
        because,
        config: if taken.is_none() { lines } else { Vec::new() },
        troubles: rules.told(&seen::troubles_of_printer(printer), &node, printer.vendor, taken.is_some()),
        node: Some(node),
        taken_by: taken,
    }
}

impl Device {
    /// What stays the same while it is plugged in.
    pub fn key(&self) -> String {
        format!("{} {} {:?}", self.url, self.port.as_deref().unwrap_or_default(), self.kind)
    }

    pub fn line(&self) -> String {
        let kind = match self.kind {
            Kind::Scanner => "scanner",
            Kind::Printer => "printer",
            Kind::Scale => "scale",
            Kind::Serial => "serial port",
            Kind::Keyboard => "keyboard?",
        };
        let ids = match (&self.vendor, &self.product) {
            (Some(vendor), Some(product)) => format!(" {vendor}:{product}"),
            _ => String::new(),
        };
        let port = self.port.as_ref().map(|port| format!(" at port {port}")).unwrap_or_default();
        let serial = self.serial.as_ref().map(|serial| format!(" with serial {serial}")).unwrap_or_default();
        let node = self.node.as_ref().map(|node| format!(" ({node})")).unwrap_or_default();
        let model = if self.model.is_empty() { "nameless" } else { &self.model };
        let what = match &self.taken_by {
            Some(name) => format!("is `{name}`"),
            None => self.because.clone(),
        };
        format!("{kind}{ids}{port}{serial}{node}, {model}: {what}")
    }

    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.line());
        for trouble in &self.troubles {
            let mark = if trouble.warning { "note" } else { "BAD " };
            text += &format!("    {mark} {}\n      -> {}\n", trouble.what, trouble.cure);
        }
        if self.kind == Kind::Printer && self.profile.is_none() && !self.config.is_empty() {
            text += "    put a file of config/printers in place of ? – the wrong one prints pages of signs\n";
        }
        for line in self.config.iter().flat_map(|lines| lines.lines()) {
            text += &format!("    {line}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(lines: &[&str]) -> Device {
        Device {
            kind: Kind::Serial,
            model: "Port".into(),
            vendor: None,
            product: None,
            serial: None,
            port: None,
            node: None,
            url: "serial:///dev/ttyUSB0".into(),
            profile: None,
            because: "a port".into(),
            taken_by: None,
            config: lines.iter().map(|line| (*line).to_owned()).collect(),
            troubles: Vec::new(),
        }
    }

    #[test]
    fn suggested_names_are_free() {
        let config: StationConfig = toml::from_str(
            "[[scanner]]\nname = 'gun-1'\nurl = 'tcp://0.0.0.0:7101'\n[[scanner]]\nname = 'gun-3'\nurl = 'stdin://'\n\
             [[scale]]\nname = 'scale-1'\nurl = 'tcp://10.0.0.9:4001'",
        )
        .unwrap();
        let scanner = "[[scanner]]\nname = \"NAME\"\n";
        let mut devices = [device(&[scanner, "[[scale]]\nname = \"NAME\"\n"]), device(&[scanner]), device(&[scanner])];
        name(&mut devices, &config);
        let names = |device: &Device| device.config.concat().matches('"').count() / 2;
        assert_eq!(devices.each_ref().map(names), [2, 1, 1]);
        let all = devices.iter().flat_map(|device| device.config.clone()).collect::<String>();
        for expected in ["\"gun-2\"", "\"scale-2\"", "\"gun-4\"", "\"gun-5\""] {
            assert!(all.contains(expected), "{all}");
        }
        assert_eq!(free_scanner_name(&config), "gun-2");
    }

    #[test]
    fn troubles_stand_below_the_device_with_their_cures() {
        let trouble = Told { what: "it is held".into(), cure: "let it go".into(), warning: false };
        let text = Device { troubles: vec![trouble], ..device(&[]) }.text();
        assert_eq!(text, "serial port, Port: a port\n    BAD  it is held\n      -> let it go\n");
    }
}
