//! What is plugged into this machine or on its network, seen without opening it or printing on it, and what stands between
//! a device and whoever wants to open it.

pub mod device_id;
pub mod identity;
pub mod mdns;
pub mod network;
pub mod printers;
pub mod trouble;

mod kernel;

use std::path::Path;

pub use printers::UsbPrinter;
pub use trouble::{Holder, Trouble};

use crate::scanner::found::Found;
use crate::transport::usb;

/// What a device calls itself, as it may stand on a terminal and in a config: without control characters, marks that turn
/// the direction of writing or can't be seen, and what would end or change a string of TOML.
pub fn plain(name: &str) -> String {
    let invisible =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    name.chars().filter(|c| !c.is_control() && !invisible(*c) && !matches!(c, '"' | '\\')).collect()
}

/// The printers on USB, whoever drives them at the moment.
pub fn printers() -> Vec<UsbPrinter> {
    let mut printers = printers::plugged_in(Path::new(kernel::USB_DEVICES));
    for printer in printers.iter_mut().filter(|printer| printer.driver.is_none()) {
        // The kernel's driver would have told it; without one the printer itself is asked.
        printer.id = usb::device_id(&printer.port).map(|id| device_id::DeviceId::parse(&id)).unwrap_or_default();
    }
    printers
}

/// What keeps this user from a node such as `/dev/ttyACM0`.
pub fn troubles(node: &Path) -> Vec<Trouble> {
    trouble::of(&kernel::state(node))
}

/// The same of a printer, whose node depends on who drives it.
pub fn troubles_of_printer(printer: &UsbPrinter) -> Vec<Trouble> {
    match printer.driver.as_deref() {
        // Somebody's libusb has it; what holds the bus's node is who.
        Some("usbfs") => vec![Trouble::Held { by: kernel::state(&printer.bus_node).holders }],
        _ => {
            let mut troubles = troubles(&printer.node());
            let holds = |trouble: &Trouble| matches!(trouble, Trouble::Held { .. });
            if kernel::cups_runs() && !troubles.iter().any(holds) {
                troubles.push(Trouble::Cups);
            }
            troubles
        }
    }
}

/// The same of a scanner. An input device that isn't known to be a scanner is never touched, not even for a look.
pub fn troubles_of_scanner(found: &Found) -> Vec<Trouble> {
    let node = found.device();
    let mut troubles = troubles(&node);
    if troubles.is_empty() && found.profile.is_some() && (found.is_taken)(&node) {
        troubles.push(Trouble::Held { by: Vec::new() });
    }
    troubles
}
