//! Which of the plugged-in USB devices is meant. A device is known by vendor and product, its serial number and the port it
//! is plugged into, never by the number of its node: the kernel gives that to the next device that comes.
//!
//! Reads the kernel's description of devices from a folder that the drivers name.

use std::fs;
use std::io;
use std::path::Path;

use crate::seen::plain;
use crate::url::{DeviceUrl, UrlError};

/// What an address says of the device: `05e0:1200?serial=…&port=1-1.4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub vendor: u16,
    pub product: u16,
    /// With it alone, the device is found at whatever port it is plugged into.
    pub serial: Option<String>,
    /// With it, only a device at this port is taken.
    pub port: Option<String>,
}

/// An interface of a USB device and the kernel's name for its node, e.g. `event3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub vendor: u16,
    pub product: u16,
    /// What the device says; many say nothing, or all the same.
    pub serial: Option<String>,
    /// Bus and ports on the way to the device, e.g. `1-1.4`.
    pub port: String,
    pub interface: u8,
    /// What the maker calls it.
    pub model: String,
    /// A name of the node that stays the same, where the system makes one.
    pub path: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Absent {
    #[error("{wanted} is not plugged in, or not set to this kind of connection; seen are {seen}")]
    Nowhere { wanted: String, seen: String },
    #[error("{count} devices fit {wanted}, at the ports {ports}: add port=… or serial=… to the url")]
    Several { wanted: String, count: usize, ports: String },
}

impl Wanted {
    pub const OPTIONS: [&str; 2] = ["serial", "port"];

    pub fn of(url: &DeviceUrl) -> Result<Self, UrlError> {
        let text = |key| url.options.get(key).cloned();
        let (vendor, product) =
            ids(&url.place).ok_or_else(|| UrlError::Usb { scheme: url.scheme.clone(), place: url.place.clone() })?;
        Ok(Self { vendor, product, serial: text("serial"), port: text("port") })
    }

    /// The one node that is meant.
    pub fn choose(&self, mut nodes: Vec<Node>) -> Result<Node, Absent> {
        let seen = || nodes.iter().map(Node::to_string).collect::<Vec<_>>();
        let seen = if nodes.is_empty() { "none".to_owned() } else { seen().join(", ") };
        nodes.retain(|node| {
            (node.vendor, node.product) == (self.vendor, self.product)
                && self.serial.as_ref().is_none_or(|serial| node.serial.as_ref() == Some(serial))
                && self.port.as_ref().is_none_or(|port| node.port == *port)
        });
        // A device with several fitting interfaces is still one device; its first one is what it types on.
        nodes.sort_by(|a, b| (&a.port, a.interface, &a.name).cmp(&(&b.port, b.interface, &b.name)));
        nodes.dedup_by(|next, first| next.port == first.port);
        match nodes.len() {
            0 => Err(Absent::Nowhere { wanted: self.to_string(), seen }),
            1 => Ok(nodes.remove(0)),
            count => {
                let ports = nodes.iter().map(|node| node.port.clone()).collect::<Vec<_>>().join(", ");
                Err(Absent::Several { wanted: self.to_string(), count, ports })
            }
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)?;
        self.serial.as_ref().map_or(Ok(()), |serial| write!(f, " with serial {serial}"))?;
        self.port.as_ref().map_or(Ok(()), |port| write!(f, " at port {port}"))
    }
}

impl Node {
    /// The USB device behind an entry of a class folder; `None` for what isn't on USB.
    pub fn of(entry: &Path) -> Option<Self> {
        let name = entry.file_name()?.to_str()?.to_owned();
        let place = fs::canonicalize(entry).ok()?;
        let interface = place.ancestors().find(|folder| folder.join("bInterfaceNumber").exists())?;
        let device = interface.ancestors().find(|folder| folder.join("idVendor").exists())?;
        let text = |folder: &Path, file: &str| {
            fs::read_to_string(folder.join(file))
                .ok()
                .map(|text| plain(&text).trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let hex = |folder: &Path, file: &str| u16::from_str_radix(&text(folder, file)?, 16).ok();
        let model = [text(device, "manufacturer"), text(device, "product")].into_iter().flatten().collect::<Vec<_>>();
        Some(Self {
            name,
            vendor: hex(device, "idVendor")?,
            product: hex(device, "idProduct")?,
            serial: text(device, "serial"),
            port: device.file_name()?.to_str()?.to_owned(),
            interface: u8::try_from(hex(interface, "bInterfaceNumber")?).ok()?,
            model: model.join(" "),
            path: None,
        })
    }

    /// Whether the number a node was opened by is still this device's: between finding and opening, it may have been given
    /// to another one. `number` is major and minor.
    pub fn is_still(&self, class: &Path, number: (u32, u32)) -> bool {
        let entry = class.join(&self.name);
        let told = fs::read_to_string(entry.join("dev")).unwrap_or_default();
        told.trim() == format!("{}:{}", number.0, number.1) && Self::of(&entry).as_ref() == Some(self)
    }

    /// Serial numbers that no two devices of a model share, as far as one can tell by looking.
    pub fn sane_serial(&self) -> Option<&str> {
        self.serial.as_deref().filter(|serial| sane(serial))
    }
}

impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04x}:{:04x} at port {}", self.vendor, self.product, self.port)?;
        self.serial.as_ref().map_or(Ok(()), |serial| write!(f, " with serial {serial}"))
    }
}

/// Whether a serial number may tell two devices apart.
pub fn sane(serial: &str) -> bool {
    let telling = serial.chars().any(|c| c.is_ascii_alphanumeric() && c != '0');
    let plain = serial.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
    telling && plain && serial.len() >= 4
}

/// The USB devices of a class folder that `fits` accepts.
pub fn nodes(class: &Path, fits: impl Fn(&Path) -> bool) -> Vec<Node> {
    // No such folder: this kernel has no such devices.
    let entries = fs::read_dir(class).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|entry| fits(entry)).filter_map(|entry| Node::of(&entry)).collect()
}

/// A failed read in plain words. An unplugged device is told as one of these two, depending on the moment.
pub fn gone(error: io::Error) -> io::Error {
    const EIO: i32 = 5;
    const ENODEV: i32 = 19;
    match error.raw_os_error() {
        Some(EIO | ENODEV) => io::Error::new(io::ErrorKind::NotConnected, "it was unplugged or lost its power"),
        _ => error,
    }
}

/// A failed opening with its cure.
pub fn refused(error: io::Error, node: &Node, path: &Path) -> io::Error {
    let why = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "may not be opened: install the udev rules that come with this program into /etc/udev/rules.d and plug it in again"
                .to_owned()
        }
        io::ErrorKind::ResourceBusy | io::ErrorKind::WouldBlock => "is in use by another program".to_owned(),
        _ => format!("can't be opened: {error}"),
    };
    io::Error::new(error.kind(), format!("{node}: {} {why}", path.display()))
}

fn ids(place: &str) -> Option<(u16, u16)> {
    let (vendor, product) = place.split_once(':')?;
    let hex = |text: &str| (text.len() == 4).then(|| u16::from_str_radix(text, 16).ok()).flatten();
    Some((hex(vendor)?, hex(product)?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    /// A folder like the kernel's, with devices somebody plugs in.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            fs::create_dir_all(machine.class()).unwrap();
            machine
        }

        fn class(&self) -> PathBuf {
            self.0.path().join("class/input")
        }

        fn plug(&self, port: &str, ids: &str, serial: &str, nodes: &[(u8, &str)]) {
            let device = self.0.path().join("devices/pci0/usb1").join(port);
            fs::create_dir_all(&device).unwrap();
            let (vendor, product) = ids.split_once(':').unwrap();
            for (file, text) in [("idVendor", vendor), ("idProduct", product), ("serial", serial), ("product", "Gun")] {
                fs::write(device.join(file), format!("{text}\n")).unwrap();
            }
            for (interface, node) in nodes {
                let place = device.join(format!("{port}:1.{interface}"));
                let deep = place.join("0003:X.0001/input/input5").join(node);
                fs::create_dir_all(&deep).unwrap();
                fs::write(place.join("bInterfaceNumber"), format!("{interface:02x}\n")).unwrap();
                fs::write(deep.join("dev"), "13:66\n").unwrap();
                symlink(deep, self.class().join(node)).unwrap();
            }
        }

        fn unplug(&self, port: &str, nodes: &[&str]) {
            fs::remove_dir_all(self.0.path().join("devices/pci0/usb1").join(port)).unwrap();
            nodes.iter().for_each(|node| fs::remove_file(self.class().join(node)).unwrap());
        }

        fn find(&self, url: &str) -> Result<Node, Absent> {
            Wanted::of(&url.parse().unwrap()).unwrap().choose(nodes(&self.class(), |_| true))
        }
    }

    #[test]
    fn two_equal_scanners_are_two() {
        let machine = Machine::new();
        machine.plug("1-1.2", "05e0:1200", "", &[(0, "event3")]);
        machine.plug("1-1.3", "05e0:1200", "", &[(0, "event4")]);
        assert_eq!(machine.find("evdev://05e0:1200?port=1-1.2").unwrap().name, "event3");
        assert_eq!(machine.find("evdev://05e0:1200?port=1-1.3").unwrap().name, "event4");
        let several = machine.find("evdev://05e0:1200").unwrap_err();
        assert_eq!(
            several.to_string(),
            "2 devices fit 05e0:1200, at the ports 1-1.2, 1-1.3: add port=… or serial=… to the url"
        );
    }

    #[test]
    fn a_serial_number_is_found_at_another_port_and_under_another_node() {
        let machine = Machine::new();
        machine.plug("1-1", "1eab:0100", "NL7", &[(0, "event3")]);
        machine.plug("1-2", "1eab:0100", "NL8", &[(0, "event4")]);
        let url = "evdev://1eab:0100?serial=NL7";
        assert_eq!(machine.find(url).unwrap().name, "event3");
        machine.unplug("1-1", &["event3"]);
        let away = machine.find(url).unwrap_err().to_string();
        assert!(away.contains("1eab:0100 with serial NL7 is not plugged in"), "{away}");
        assert!(away.ends_with("seen are 1eab:0100 at port 1-2 with serial NL8"), "{away}");
        machine.plug("2-4.1", "1eab:0100", "NL7", &[(0, "event9")]);
        assert_eq!(machine.find(url).unwrap().port, "2-4.1");
        let both = machine.find("evdev://1eab:0100?serial=NL7&port=1-1").unwrap_err();
        assert!(matches!(both, Absent::Nowhere { .. }), "a port, where one is given, is demanded");
    }

    #[test]
    fn several_interfaces_are_one_device_and_the_first_of_them_types() {
        let machine = Machine::new();
        machine.plug("1-1", "05e0:1200", "S1", &[(1, "event2"), (0, "event12")]);
        assert_eq!(machine.find("evdev://05e0:1200").unwrap().name, "event12");
        assert_eq!(machine.find("evdev://05e0:1300").unwrap_err().to_string().matches("05e0:1200").count(), 2);
    }

    #[test]
    fn a_reused_number_is_noticed() {
        let machine = Machine::new();
        machine.plug("1-1", "05e0:1200", "S1", &[(0, "event3")]);
        let node = machine.find("evdev://05e0:1200").unwrap();
        assert!(node.is_still(&machine.class(), (13, 66)));
        assert!(!node.is_still(&machine.class(), (13, 67)));
        machine.unplug("1-1", &["event3"]);
        assert!(!node.is_still(&machine.class(), (13, 66)));
        machine.plug("1-2", "413c:2113", "", &[(0, "event3")]);
        assert!(!node.is_still(&machine.class(), (13, 66)), "an office keyboard has got the number");
    }

    #[test]
    fn an_unplugged_device_is_told_in_plain_words() {
        for number in [5, 19] {
            assert!(gone(io::Error::from_raw_os_error(number)).to_string().contains("unplugged"));
        }
        assert_eq!(gone(io::Error::from_raw_os_error(11)).raw_os_error(), Some(11), "others keep their own");
    }

    #[test]
    fn what_is_not_on_usb_is_left_alone() {
        let machine = Machine::new();
        let lid = machine.0.path().join("devices/platform/lid/input/input0/event0");
        fs::create_dir_all(&lid).unwrap();
        symlink(lid, machine.class().join("event0")).unwrap();
        assert_eq!(nodes(&machine.class(), |_| true), []);
        assert_eq!(nodes(Path::new("/nowhere/at/all"), |_| true), []);
    }

    #[test]
    fn an_address_is_vendor_and_product() {
        for url in ["evdev://05e0", "evdev://5e0:1200", "evdev:///dev/input/event3", "evdev://05e0:12000"] {
            let error = Wanted::of(&url.parse().unwrap()).unwrap_err().to_string();
            assert!(error.contains("vendor and product"), "{error}");
        }
    }

    #[test]
    fn a_serial_number_that_says_nothing_is_no_identity() {
        let node = |serial: &str| Node {
            name: "event3".into(),
            vendor: 0x0483,
            product: 0x0011,
            serial: Some(serial.into()),
            port: "1-1".into(),
            interface: 0,
            model: String::new(),
            path: None,
        };
        for serial in ["0000000000", "00", "A1", "\u{1}\u{2}abcd", "has space"] {
            assert_eq!(node(serial).sane_serial(), None, "{serial:?}");
        }
        assert_eq!(node("S/N:20104").sane_serial(), None);
        assert_eq!(node("20104010551234").sane_serial(), Some("20104010551234"));
    }
}
