//! The machine as it is installed: systemd's udevd makes names and gives rights, by Debian's rules and by ours, and the
//! daemon runs as the user that our service has, who owns nothing.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use usbsim::acm::Acm;
use usbsim::hidpos::HidPos;
use usbsim::keyboard::{Keyboard, typed};
use usbsim::vhci::{Plugged, plug, wait_until};

use super::Case;
use super::rig::{label_in, received, zebra};
use crate::agent::{SERVICE, Watcher, print_as, rendered};

pub const CASES: &[Case] = &[
    ("a_port_is_found_by_the_name_that_udevd_gives_it", a_port_is_found_by_the_name_that_udevd_gives_it),
    ("the_services_user_gets_every_device_by_our_rules", the_services_user_gets_every_device_by_our_rules),
    ("without_our_rules_the_services_user_gets_none", without_our_rules_the_services_user_gets_none),
];

const RULES: &str = "/etc/udev/rules.d/60-milepost.rules";
const BY_ID: &str = "/dev/serial/by-id";

/// Runs until it goes out of scope.
struct Udevd(Child);

impl Udevd {
    fn start(ours: bool) -> Udevd {
        let _ = fs::remove_file(RULES);
        fs::create_dir_all("/etc/udev/rules.d").expect("a folder");
        if ours {
            fs::copy("/vm/60-milepost.rules", RULES).expect("our rules are in the image");
        }
        let child = Command::new("/vm/udevd").stdout(Stdio::null()).spawn().expect("udevd starts");
        wait_until("udevd listens", || Ok(Path::new("/run/udev/control").exists())).expect("a socket");
        Udevd(child)
    }
}

impl Drop for Udevd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_file("/run/udev/control");
    }
}

fn a_port_is_found_by_the_name_that_udevd_gives_it() {
    let _udevd = Udevd::start(true);
    let other = plug(3, Acm::scanner("C8")).expect("the kernel takes the device");
    let scanner = plug(0, Acm::scanner("C7")).expect("the kernel takes the device");
    let name = link_to("C7");
    let watcher = Watcher::start_as(SERVICE, &block("gun", &format!("serial://{name}")));
    watcher.connected(1);
    say_until_read(&scanner, "SF0000000000021", &watcher);
    // The number that becomes free goes to the next that comes.
    other.unplug().expect("it goes");
    scanner.unplug().expect("it goes");
    let scanner = plug(4, Acm::scanner("C7")).expect("the kernel takes it at another port");
    assert_eq!(link_to("C7"), name);
    watcher.connected(2);
    say_until_read(&scanner, "SF0000000000022", &watcher);
}

fn the_services_user_gets_every_device_by_our_rules() {
    let _udevd = Udevd::start(true);
    let keyboard = plug(0, Keyboard::scanner("K1")).expect("the kernel takes the device");
    let pos = plug(1, HidPos::scanner("P1")).expect("the kernel takes the device");
    let com = plug(2, Acm::scanner("C1")).expect("the kernel takes the device");
    let port = link_to("C1");
    let blocks = [
        block("keys", "evdev://0c2e:0b61?serial=K1"),
        block("pos", "hidpos://0c2e:0b87?serial=P1"),
        block("com", &format!("serial://{port}")),
    ];
    let watcher = Watcher::start_as(SERVICE, &blocks.concat());
    watcher.connected(3);
    say_until_read(&com, "COM1", &watcher);
    wait_until("both others are read", || {
        for report in typed("KEYS1\n").expect("a US keyboard has these") {
            keyboard.port.with(|keyboard| keyboard.reports.push_back(report));
        }
        pos.port.with(|scanner| scanner.scan(b"C0", b"POS1"));
        thread::sleep(Duration::from_millis(300));
        let scans = watcher.scans();
        let read =
            |scanner: &str, code: &str| scans.get(scanner).is_some_and(|codes| codes.iter().any(|read| read == code));
        Ok(read("keys", "KEYS1") && read("pos", "POS1"))
    })
    .unwrap_or_else(|error| panic!("{error}: {:?} {:?}", watcher.scans(), watcher.refused()));

    let printer = zebra(3);
    wait_until("usblp's node has its group", || {
        let printed = print_as(SERVICE, "lp://ZD611?serial=D1");
        Ok(printed.success && label_in(&received(&printer)) == rendered())
    })
    .expect("the label is printed");
    let printed = print_as(SERVICE, "usb://0a5f:0166?serial=D1");
    assert!(printed.success, "{printed:?}");
    assert!(label_in(&received(&printer)) == rendered(), "the same label by libusb");
}

fn without_our_rules_the_services_user_gets_none() {
    let _udevd = Udevd::start(false);
    let printer = zebra(0);
    let printed = print_as(SERVICE, "usb://0a5f:0166?serial=D1");
    assert!(!printed.success && printed.says(&["refused"]), "{printed:?}");
    assert_eq!(received(&printer), b"");
}

fn block(name: &str, url: &str) -> String {
    format!("[[scanner]]\nname = \"{name}\"\nurl = \"{url}\"\n")
}

/// The lasting name of the port of the device with this serial number.
fn link_to(serial: &str) -> String {
    let mut link = None;
    wait_until(&format!("udevd names the port of {serial}"), || {
        let links = fs::read_dir(BY_ID).into_iter().flatten().flatten().map(|link| link.path());
        link = links.into_iter().find(|link| link.to_string_lossy().contains(&format!("_{serial}-")) && link.exists());
        Ok(link.is_some())
    })
    .expect("60-serial.rules does");
    link.expect("it was waited for").display().to_string()
}

/// Again, for nobody says when the port is open.
fn say_until_read(scanner: &Plugged<Acm>, code: &str, watcher: &Watcher) {
    wait_until(&format!("{code} is read"), || {
        scanner.port.with(|scanner| scanner.send(format!("{code}\r").as_bytes()));
        thread::sleep(Duration::from_millis(300));
        Ok(watcher.scans().values().flatten().any(|read| read == code))
    })
    .unwrap_or_else(|error| panic!("{error}: {:?}", watcher.scans()));
}
