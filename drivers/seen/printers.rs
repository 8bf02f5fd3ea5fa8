//! The printers on USB, from the kernel's description of the bus: also those that no driver has, or another program.

use std::fs;
use std::path::{Path, PathBuf};

use super::device_id::{DeviceId, Suggestion};
use super::plain;
use crate::printer::PrinterConfig;
use crate::seen::identity::sane;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbPrinter {
    pub vendor: u16,
    pub product: u16,
    /// Bus and ports on the way to the device, e.g. `1-1.4`.
    pub port: String,
    pub serial: Option<String>,
    /// What maker and device call themselves.
    pub name: String,
    pub id: DeviceId,
    /// Who drives it: `usblp`, `usbfs` for another program's libusb, nobody.
    pub driver: Option<String>,
    /// Such as `/dev/usb/lp0`, where the kernel drives it.
    pub lp: Option<PathBuf>,
    pub bus_node: PathBuf,
    /// It speaks IPP over USB and takes no plain bytes.
    pub ipp: bool,
}

impl UsbPrinter {
    /// What is opened to print on it.
    pub fn node(&self) -> PathBuf {
        self.lp.clone().unwrap_or_else(|| self.bus_node.clone())
    }

    pub fn suggest(&self) -> Suggestion {
        self.id.suggest(self.vendor, self.product)
    }

    /// The address for the config, which says as much as tells it from `others`.
    pub fn url(&self, others: &[UsbPrinter]) -> String {
        let place = match (&self.lp, self.id.model.as_str()) {
            (None, _) => format!("usb://{:04x}:{:04x}", self.vendor, self.product),
            (Some(_), "") => "lp://*".to_owned(),
            (Some(_), model) => format!("lp://{model}"),
        };
        let others: Vec<&UsbPrinter> = others.iter().filter(|other| other.port != self.port).collect();
        match self.serial.as_deref().filter(|serial| sane(serial)) {
            Some(serial) if others.iter().all(|other| other.serial.as_deref() != Some(serial)) => {
                format!("{place}?serial={serial}")
            }
            _ => format!("{place}?port={}", self.port),
        }
    }

    /// The lines that make it a printer of this station.
    pub fn config(&self, name: &str, others: &[UsbPrinter]) -> String {
        let profile = self.suggest().profile.unwrap_or("?");
        let dpi = self.id.dpi().filter(|dpi| *dpi != 203).map(|dpi| format!("dpi = {dpi}\n")).unwrap_or_default();
        let url = self.url(others);
        format!("[[printer]]\nname = \"{name}\"\nurl = \"{url}\"\nprofile = \"{profile}\"\n{dpi}media = \"100x150\"\n")
    }

    /// Whether this config means this printer.
    pub fn is_taken_by(&self, config: &PrinterConfig) -> bool {
        let option = |key: &str| config.url.options.get(key);
        let place = match config.url.scheme.as_str() {
            "usb" => config.url.place.eq_ignore_ascii_case(&format!("{:04x}:{:04x}", self.vendor, self.product)),
            "lp" => {
                let place = &config.url.place;
                place == "*"
                    || place.eq_ignore_ascii_case(&self.id.model)
                    || self.lp.as_ref().is_some_and(|node| node == Path::new(place))
            }
            _ => false,
        };
        place
            && option("serial").is_none_or(|serial| self.serial.as_ref() == Some(serial) || self.id.serial == *serial)
            && option("port").is_none_or(|port| self.port == *port)
    }
}

/// `devices` is the kernel's folder of what is on the bus.
pub fn plugged_in(devices: &Path) -> Vec<UsbPrinter> {
    let entries = fs::read_dir(devices).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut printers: Vec<UsbPrinter> = entries.filter_map(|entry| one(&entry)).collect();
    // One device, one printer: the interface that takes plain bytes before the one that speaks IPP.
    printers.sort_by(|a, b| (&a.port, a.ipp).cmp(&(&b.port, b.ipp)));
    printers.dedup_by(|next, first| next.port == first.port);
    printers
}

fn one(entry: &Path) -> Option<UsbPrinter> {
    let text = |path: PathBuf| fs::read_to_string(path).ok().map(|text| plain(&text).trim().to_owned());
    // USB printer class 1.1, 4.1: class 7, protocol 1 and 2 are plain bytes, 4 is IPP.
    let interface = fs::canonicalize(entry).ok()?;
    text(interface.join("bInterfaceClass")).filter(|class| class == "07")?;
    let device = interface.parent()?;
    let known = |file: &str| text(device.join(file)).filter(|text| !text.is_empty());
    let hex = |file: &str| u16::from_str_radix(&known(file)?, 16).ok();
    let link = |name: &str| fs::read_link(interface.join(name)).ok();
    let driver = link("driver").and_then(|target| target.file_name()?.to_str().map(str::to_owned));
    let nodes = fs::read_dir(interface.join("usbmisc")).into_iter().flatten().flatten();
    let lp = nodes.map(|node| Path::new("/dev/usb").join(node.file_name())).next();
    let id = DeviceId::parse(&text(interface.join("ieee1284_id")).unwrap_or_default());
    let number = |file: &str| known(file)?.parse::<u32>().ok();
    let name = [known("manufacturer"), known("product")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(UsbPrinter {
        vendor: hex("idVendor")?,
        product: hex("idProduct")?,
        port: device.file_name()?.to_str()?.to_owned(),
        serial: known("serial"),
        name,
        id,
        driver,
        lp,
        bus_node: format!("/dev/bus/usb/{:03}/{:03}", number("busnum")?, number("devnum")?).into(),
        ipp: text(interface.join("bInterfaceProtocol")).is_some_and(|protocol| protocol == "04"),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A bus as the kernel lays it out. Each device: port, ids, serial; its interfaces: class and protocol, driver, lp, id.
    struct Bus(tempfile::TempDir);

    impl Bus {
        fn new() -> Bus {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("class")).unwrap();
            fs::create_dir_all(root.path().join("drivers/usblp")).unwrap();
            fs::create_dir_all(root.path().join("drivers/usbfs")).unwrap();
            Bus(root)
        }

        fn plug(&self, port: &str, ids: &str, serial: &str, interfaces: &[(&str, &str, &str)]) {
            let device = self.0.path().join("devices").join(port);
            fs::create_dir_all(&device).unwrap();
            let (vendor, product) = ids.split_once(':').unwrap();
            let files = [("idVendor", vendor), ("idProduct", product), ("serial", serial), ("busnum", "1")];
            for (file, text) in files.into_iter().chain([("devnum", "4"), ("manufacturer", "Maker")]) {
                fs::write(device.join(file), format!("{text}\n")).unwrap();
            }
            for (number, (class, driver, id)) in interfaces.iter().enumerate() {
                let name = format!("{port}:1.{number}");
                let interface = device.join(&name);
                fs::create_dir_all(&interface).unwrap();
                let (class, protocol) = class.split_once(':').unwrap();
                fs::write(interface.join("bInterfaceClass"), format!("{class}\n")).unwrap();
                fs::write(interface.join("bInterfaceProtocol"), format!("{protocol}\n")).unwrap();
                if !driver.is_empty() {
                    symlink(self.0.path().join("drivers").join(driver), interface.join("driver")).unwrap();
                }
                if *driver == "usblp" {
                    fs::create_dir_all(interface.join("usbmisc/lp0")).unwrap();
                    fs::write(interface.join("ieee1284_id"), format!("{id}\n")).unwrap();
                }
                symlink(interface, self.0.path().join("class").join(name)).unwrap();
            }
        }

        fn printers(&self) -> Vec<UsbPrinter> {
            plugged_in(&self.0.path().join("class"))
        }
    }

    fn config(lines: &str) -> PrinterConfig {
        toml::from_str(&lines.replace("[[printer]]\n", "")).unwrap_or_else(|error| panic!("{error}"))
    }

    const ZEBRA: &str = "MFG:Zebra;CMD:ZPL;MDL:ZD611;SN:A1234;";

    #[test]
    fn printers_are_seen_whoever_drives_them() {
        let bus = Bus::new();
        bus.plug("1-1", "0a5f:0166", "A1234", &[("07:02", "usblp", ZEBRA)]);
        bus.plug("1-2", "6868:0500", "", &[("08:50", "", ""), ("07:02", "", "")]);
        bus.plug("1-3", "1203:0230", "T9999", &[("07:04", "", ""), ("07:02", "usbfs", "")]);
        bus.plug("1-4", "05e0:1200", "S1", &[("03:01", "", "")]);
        let printers = bus.printers();
        assert_eq!(printers.len(), 3, "a scanner is none");
        assert_eq!(printers[0].node(), Path::new("/dev/usb/lp0"));
        assert_eq!(printers[0].url(&printers), "lp://ZD611?serial=A1234");
        assert_eq!(printers[1].node(), Path::new("/dev/bus/usb/001/004"));
        assert_eq!(printers[1].url(&printers), "usb://6868:0500?port=1-2");
        assert_eq!((printers[2].driver.as_deref(), printers[2].ipp), (Some("usbfs"), false));
        assert_eq!(plugged_in(Path::new("/nowhere/at/all")), []);
    }

    #[test]
    fn names_end_no_line_of_the_config() {
        let bus = Bus::new();
        bus.plug("1-1", "0a5f:0166", "A\"1234\x1b[2J", &[("07:02", "usblp", "MFG:Zebra;CMD:ZPL;MDL:ZD\"\x1b[2J611;")]);
        let printers = bus.printers();
        assert_eq!((printers[0].serial.as_deref(), &*printers[0].id.model), (Some("A1234[2J"), "ZD[2J611"));
        assert!(printers[0].is_taken_by(&config(&printers[0].config("desk-1", &printers))));
    }

    #[test]
    fn the_config_lines_take_the_printer_and_not_its_twin() {
        let bus = Bus::new();
        bus.plug("1-1", "0a5f:0166", "A1234", &[("07:02", "usblp", ZEBRA)]);
        bus.plug("1-2", "0a5f:0166", "A1234", &[("07:02", "usblp", ZEBRA)]);
        let twins = bus.printers();
        let lines = twins[0].config("desk-1", &twins);
        let written =
            "[[printer]]\nname = \"desk-1\"\nurl = \"lp://ZD611?port=1-1\"\nprofile = \"zpl\"\nmedia = \"100x150\"\n";
        assert_eq!(lines, written);
        assert!(twins[0].is_taken_by(&config(&lines)) && !twins[1].is_taken_by(&config(&lines)));
        for (url, taken) in [
            ("usb://0A5F:0166?port=1-2", [false, true]),
            ("lp://zd611", [true, true]),
            ("lp:///dev/usb/lp0?port=1-1", [true, false]),
            ("lp://*?serial=A9999", [false, false]),
            ("tcp://10.0.0.7", [false, false]),
        ] {
            let config = config(&format!("name = 'desk-1'\nurl = '{url}'\nprofile = 'zpl'\nmedia = '100x150'"));
            assert_eq!([0, 1].map(|index| twins[index].is_taken_by(&config)), taken, "{url}");
        }
    }
}
