//! What keeps us from a device, in words, and the cure. `devices` and `doctor` say the same.

use std::path::Path;

use drivers::seen::trouble::MODEM_MANAGER;
use drivers::seen::{Holder, Trouble};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    pub what: String,
    pub cure: String,
    /// The device works all the same, most of the time.
    pub warning: bool,
}

/// The device rules as this machine has them; `None` where there are none.
pub struct Rules(Option<String>);

const NAME: &str = "60-milepost.rules";
const FOLDERS: [&str; 3] = ["/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d"];
const INSTALL: &str =
    "copy systemd/60-milepost.rules to /etc/udev/rules.d, run `udevadm control --reload`, plug it in again";
/// The station itself.
const OURSELVES: &str = "milepost";
const CUPS: [&str; 4] = ["cupsd", "usb", "cups-browsed", "cups-deviced"];

impl Rules {
    pub fn installed() -> Rules {
        Rules(FOLDERS.iter().find_map(|folder| std::fs::read_to_string(Path::new(folder).join(NAME)).ok()))
    }

    /// `configured`: the config names it, so the station may have it.
    pub fn told(&self, troubles: &[Trouble], node: &str, vendor: u16, configured: bool) -> Vec<Told> {
        troubles.iter().filter_map(|trouble| self.one(trouble, node, vendor, configured)).collect()
    }

    fn one(&self, trouble: &Trouble, node: &str, vendor: u16, configured: bool) -> Option<Told> {
        let warning = trouble.is_a_warning();
        let (what, cure) = match trouble {
            Trouble::Absent => (format!("{node} isn't there"), "plug it in and switch it on".to_owned()),
            Trouble::NotAllowed => (format!("this user may not open {node}"), self.permission(vendor)),
            Trouble::ModemManager => (
                format!("ModemManager takes {node} for a modem and sends it commands when it is plugged in"),
                match &self.0 {
                    None => INSTALL.to_owned(),
                    Some(_) => {
                        format!("add its vendor {vendor:04x} to {NAME}, or `systemctl disable --now ModemManager`")
                    }
                },
            ),
            held if configured && is_the_stations(held) => return None,
            Trouble::Held { by } => (format!("{} has {node}", names(by)), release(by, node)),
            Trouble::Cups => (
                "CUPS runs on this machine; a queue of its own for this printer would print on the same labels"
                    .to_owned(),
                "delete the queue if there is one: `lpstat -v` shows it, `lpadmin -x QUEUE` deletes it".to_owned(),
            ),
        };
        Some(Told { what, cure, warning })
    }

    fn permission(&self, vendor: u16) -> String {
        let vendor = format!("{vendor:04x}");
        match &self.0 {
            None => INSTALL.to_owned(),
            Some(rules) if rules.contains(&vendor) => {
                "run this as the station's user (`sudo -u milepost milepost …`), or plug it in again if the rules are new"
                    .to_owned()
            }
            Some(_) => format!("add a line for its vendor {vendor} to {NAME} like those of its kind, and plug it in again"),
        }
    }
}

/// Whether the station has it, or somebody of whom the kernel doesn't say more.
pub fn is_the_stations(trouble: &Trouble) -> bool {
    let Trouble::Held { by } = trouble else { return false };
    by.is_empty() || by.iter().any(|holder| holder.name == OURSELVES)
}

fn names(holders: &[Holder]) -> String {
    match holders {
        [] => "another program".to_owned(),
        _ => {
            holders.iter().map(|holder| format!("{} (pid {})", holder.name, holder.pid)).collect::<Vec<_>>().join(", ")
        }
    }
}

fn release(holders: &[Holder], node: &str) -> String {
    let has = |names: &[&str]| holders.iter().any(|holder| names.contains(&holder.name.as_str()));
    match () {
        () if holders.is_empty() => format!("stop it: `sudo fuser -v {node}` names it"),
        () if has(&[MODEM_MANAGER]) => INSTALL.to_owned(),
        () if has(&["ipp-usb"]) => "`systemctl mask --now ipp-usb`, then plug it in again".to_owned(),
        () if has(&CUPS) => "delete its queue in CUPS: `lpstat -v` shows it, `lpadmin -x QUEUE` deletes it".to_owned(),
        () if has(&[OURSELVES]) => {
            "the station has it under another address: correct its `url`, or stop the station".to_owned()
        }
        () => format!("stop {}", names(holders)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(name: &str) -> Trouble {
        Trouble::Held { by: vec![Holder { pid: 7, name: name.into() }] }
    }

    fn told(rules: Option<&str>, trouble: Trouble, configured: bool) -> Option<(String, String)> {
        let rules = Rules(rules.map(str::to_owned));
        rules.told(&[trouble], "/dev/ttyACM0", 0x05e0, configured).pop().map(|told| (told.what, told.cure))
    }

    #[test]
    fn each_trouble_has_a_cure_of_its_own() {
        let rules = "ATTRS{idVendor}==\"05e0\"";
        let cure = |rules, trouble| told(rules, trouble, false).unwrap().1;
        assert_eq!(cure(None, Trouble::NotAllowed), INSTALL);
        assert!(cure(Some(rules), Trouble::NotAllowed).contains("sudo -u milepost"));
        assert!(cure(Some("other"), Trouble::NotAllowed).contains("add a line for its vendor 05e0"));
        assert_eq!(cure(None, Trouble::ModemManager), INSTALL);
        assert_eq!(cure(Some(rules), holder(MODEM_MANAGER)), INSTALL);
        assert!(cure(None, holder("cupsd")).contains("lpadmin -x"));
        assert!(cure(None, holder("ipp-usb")).contains("mask --now ipp-usb"));
        assert_eq!(cure(None, holder("screen")), "stop screen (pid 7)");
        assert!(cure(None, Trouble::Held { by: Vec::new() }).contains("fuser -v /dev/ttyACM0"));
    }

    #[test]
    fn a_station_that_has_its_own_device_is_no_trouble() {
        assert_eq!(told(None, holder("milepost"), true), None);
        assert_eq!(told(None, Trouble::Held { by: Vec::new() }, true), None);
        assert!(told(None, holder("milepost"), false).unwrap().1.contains("under another address"));
        assert!(told(None, holder("screen"), true).is_some(), "another program is one");
    }
}
