//! Devices that come and go, and a program that is held up: a scan is whole or refused, never patched together, nobody
//! else's device is taken for ours, and fifty pulled plugs leave nothing behind in the daemon.

use std::fs;
use std::thread;
use std::time::Duration;

use usbsim::hidpos::HidPos;
use usbsim::keyboard::{Keyboard, typed};
use usbsim::printer;
use usbsim::vhci::{Plugged, plug, wait_until};

use super::Case;
use super::rig::zebra;
use crate::agent::{Station, Watcher};

pub const CASES: &[Case] = &[
    (
        "keys_the_kernel_dropped_spoil_the_scan_and_not_the_next",
        keys_the_kernel_dropped_spoil_the_scan_and_not_the_next,
    ),
    ("a_scanner_pulled_amid_a_scan_leaves_no_half_of_it", a_scanner_pulled_amid_a_scan_leaves_no_half_of_it),
    ("a_reused_number_is_another_scanner", a_reused_number_is_another_scanner),
    ("paper_and_cable_are_on_the_screen_by_themselves", paper_and_cable_are_on_the_screen_by_themselves),
    ("fifty_pulled_plugs_leave_nothing_behind", fifty_pulled_plugs_leave_nothing_behind),
];

const KEYS: &str = "[[scanner]]\nname = \"gun\"\nurl = \"evdev://0c2e:0b61?serial=K1\"\n";
/// More than the kernel keeps for a reader that doesn't read.
const FLOOD: &str = "0123456789012345678901234567890123456789012345678901234567890123456789";

fn keys_the_kernel_dropped_spoil_the_scan_and_not_the_next() {
    let keyboard = plug(0, Keyboard::scanner("K1")).expect("the kernel takes the device");
    let watcher = Watcher::start(KEYS);
    watcher.connected(1);
    let scan = |code: &str| {
        let keys = typed(&format!("{code}\n")).expect("a US keyboard has these");
        keyboard.port.with(|keyboard| keyboard.reports.extend(keys));
        wait_until("the host has fetched all keys", || Ok(keyboard.port.with(|keyboard| keyboard.reports.is_empty())))
            .expect("the kernel polls");
    };
    watcher.hold();
    for _ in 0..4 {
        scan(FLOOD);
    }
    watcher.go_on();
    wait_until("the loss is told", || Ok(watcher.counts().contains_key("refused"))).expect("keys were lost");
    type_until_read(&keyboard, &watcher, "AFTER1");
    for read in &watcher.scans()["gun"] {
        assert!(read == FLOOD || read == "AFTER1", "{read:?} is what no code said");
    }
}

fn a_scanner_pulled_amid_a_scan_leaves_no_half_of_it() {
    let keyboard = plug(0, Keyboard::scanner("K1")).expect("the kernel takes the device");
    let watcher = Watcher::start(KEYS);
    watcher.connected(1);
    let keys = typed("SF000000").expect("a US keyboard has these");
    keyboard.port.with(|keyboard| keyboard.reports.extend(keys));
    wait_until("half a code is typed", || Ok(keyboard.port.with(|keyboard| keyboard.reports.is_empty())))
        .expect("the kernel polls");
    keyboard.unplug().expect("it goes");
    let keyboard = plug(1, Keyboard::scanner("K1")).expect("the kernel takes it at another port");
    watcher.connected(2);
    type_until_read(&keyboard, &watcher, "SF0000000000099");
    let read = &watcher.scans()["gun"];
    assert!(read.iter().all(|read| read == "SF0000000000099"), "whole, and without the half before it: {read:?}");
}

/// Again, for on a machine that is too busy keys are lost, and told as lost.
fn type_until_read(keyboard: &Plugged<Keyboard>, watcher: &Watcher, code: &str) {
    wait_until(&format!("{code} arrives"), || {
        for report in typed(&format!("{code}\n")).expect("a US keyboard has these") {
            keyboard.port.with(|keyboard| keyboard.reports.push_back(report));
            thread::sleep(Duration::from_millis(2));
        }
        thread::sleep(Duration::from_millis(500));
        Ok(watcher.scans()["gun"].iter().any(|read| read == code))
    })
    .unwrap_or_else(|error| panic!("{error}: {:?}, refused {:?}", watcher.scans(), watcher.refused()));
}

fn a_reused_number_is_another_scanner() {
    let ours = plug(0, HidPos::scanner("P1")).expect("the kernel takes the device");
    let node = ours.node("hidraw").expect("a node");
    let watcher = Watcher::start("[[scanner]]\nname = \"gun\"\nurl = \"hidpos://0c2e:0b87?serial=P1\"\n");
    watcher.connected(1);
    ours.unplug().expect("it goes");
    let other = plug(0, HidPos::scanner("P2")).expect("the kernel takes another");
    assert_eq!(other.node("hidraw").expect("a node"), node, "the kernel gives its number to the next");
    other.port.with(|scanner| scanner.scan(b"C0", b"NOBODYS"));
    let ours = plug(1, HidPos::scanner("P1")).expect("the kernel takes it again");
    watcher.connected(2);
    ours.port.with(|scanner| scanner.scan(b"C0", b"OURS"));
    wait_until("our scan arrives", || Ok(!watcher.scans()["gun"].is_empty())).expect("it is read");
    assert_eq!(watcher.scans()["gun"], ["OURS"]);
}

fn config(printer: &str) -> String {
    format!(
        r#"code = "VM-01"
data_dir = "/tmp/station"
listen = "127.0.0.1:0"
[[place]]
name = "bench"
badges = false
scanners = ["gun"]
printer = "desk"
[[scanner]]
name = "gun"
url = "hidpos://0c2e:0b87?serial=P1"
[[printer]]
name = "desk"
url = "{printer}"
profile = "zpl-clone"
media = "76x130"
"#
    )
}

fn station(printer: &str) -> Station {
    let _ = fs::remove_dir_all("/tmp/station");
    Station::start(&config(printer))
}

fn shows(station: &Station, piece: &str) {
    let mut screen = String::new();
    wait_until(&format!("the screen shows {piece}"), || {
        screen = station.screen("bench");
        Ok(screen.contains(piece))
    })
    .unwrap_or_else(|error| panic!("{error}: {screen}"));
}

/// Nothing is printed here: the printer is looked at while it is idle.
fn paper_and_cable_are_on_the_screen_by_themselves() {
    let printer = zebra(0);
    let station = station("usb://0a5f:0166?serial=D1");
    shows(&station, r#""name":"desk","ok":true"#);
    printer.port.with(|printer| printer.port_status = printer::PAPER_OUT);
    shows(&station, r#""state":"paper_out""#);
    printer.port.with(|printer| printer.port_status = printer::READY);
    shows(&station, r#""name":"desk","ok":true"#);
    printer.unplug().expect("it goes");
    shows(&station, r#""name":"desk","ok":false,"state":"offline""#);
    let _printer = zebra(1);
    shows(&station, r#""name":"desk","ok":true"#);
}

fn fifty_pulled_plugs_leave_nothing_behind() {
    let station = station("usb://0a5f:0166?serial=D1");
    let both = |_: u32| {
        let scanner = plug(0, HidPos::scanner("P1")).expect("the kernel takes the device");
        let printer = zebra(1);
        // A plug that is pulled before the daemon has the device leaves nothing behind whatever the daemon does.
        shows(&station, r#""name":"desk","ok":true"#);
        shows(&station, r#""name":"gun","ok":true"#);
        scanner.unplug().expect("it goes");
        printer.unplug().expect("it goes");
    };
    let settled = || {
        shows(&station, r#""name":"desk","ok":false"#);
        shows(&station, r#""name":"gun","ok":false"#);
        // Amid a look at the missing printer it holds libusb's own descriptors and thread.
        let samples = (0..30).map(|_| {
            thread::sleep(Duration::from_millis(100));
            station.footprint()
        });
        samples.min_by_key(|sample| sample.descriptors).expect("thirty samples")
    };
    // The first ones fill caches and pools.
    (0..5).for_each(both);
    let before = settled();
    // Two plugs a round.
    (0..25).for_each(both);
    let after = settled();
    eprintln!("before {before:?}, after fifty {after:?}");
    assert!(after.descriptors <= before.descriptors, "descriptors are left: {before:?}, {after:?}");
    assert!(after.threads <= before.threads + 1, "threads are left: {before:?}, {after:?}");
    assert!(after.anonymous_kb <= before.anonymous_kb + 512, "memory is left: {before:?}, {after:?}");
}
