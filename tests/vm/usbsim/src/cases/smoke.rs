//! Scanners on the real kernel: that the devices are what they claim to be, and that the daemon reads those it has a
//! driver for. Each kind also as a device of somebody else's making.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use usbsim::acm::Acm;
use usbsim::hidpos::HidPos;
use usbsim::keyboard::{Keyboard, typed};
use usbsim::vhci::{Plugged, plug, wait_until};

use super::Case;
use crate::agent::Station;
use crate::gadget::Gadget;

pub const CASES: &[Case] = &[
    ("a_keyboard_scanner_types_its_code", a_keyboard_scanner_types_its_code),
    ("a_hid_gadget_types_the_same", a_hid_gadget_types_the_same),
    ("a_pos_scanner_delivers_its_reports", a_pos_scanner_delivers_its_reports),
    ("a_keyboard_scanner_reaches_the_bench_and_nobody_else", a_keyboard_scanner_reaches_the_bench_and_nobody_else),
    ("equal_keyboard_scanners_are_told_apart_by_their_place", equal_keyboard_scanners_are_told_apart_by_their_place),
    ("a_pos_scanner_reaches_the_bench_and_comes_back", a_pos_scanner_reaches_the_bench_and_comes_back),
    ("a_com_scanner_reaches_the_bench_and_comes_back", a_com_scanner_reaches_the_bench_and_comes_back),
    ("an_acm_gadget_reaches_the_bench", an_acm_gadget_reaches_the_bench),
    ("a_serial_adapter_reaches_the_bench", a_serial_adapter_reaches_the_bench),
];

const LONG: Duration = Duration::from_secs(20);
/// What a wired scanner needs for a key.
pub(super) const KEY_PACE: Duration = Duration::from_millis(2);
/// Key codes of linux/input-event-codes.h for `SF10-a` and Enter.
const TYPED: &str = "SF10-a\n";
const PRESSED: [u16; 9] = [42, 31, 42, 33, 2, 11, 12, 30, 28];

/// The key codes pressed at an input device, as they come.
fn pressed(node: &Path) -> Receiver<u16> {
    let mut events = File::open(node).expect("the node can be read");
    let (tell, heard) = channel();
    thread::spawn(move || {
        // Two words of time, type, code, value.
        let mut event = [0; 24];
        while events.read_exact(&mut event).is_ok() {
            let half = |at: usize| u16::from_ne_bytes([event[at], event[at + 1]]);
            let is_press = half(16) == 1 && event[20] == 1;
            if is_press && tell.send(half(18)).is_err() {
                return;
            }
        }
    });
    heard
}

fn assert_typed(heard: &Receiver<u16>) {
    let codes: Vec<u16> = PRESSED.iter().map_while(|_| heard.recv_timeout(LONG).ok()).collect();
    assert_eq!(codes, PRESSED);
}

fn a_keyboard_scanner_types_its_code() {
    let keyboard = plug(0, Keyboard::scanner("K1")).expect("the kernel takes the device");
    let heard = pressed(&keyboard.node("input").expect("evdev takes it"));
    for report in typed(TYPED).expect("a US keyboard has these") {
        keyboard.port.with(|keyboard| keyboard.reports.push_back(report));
        thread::sleep(KEY_PACE);
    }
    assert_typed(&heard);
    keyboard.unplug().expect("it goes");
    assert!(heard.recv_timeout(LONG).is_err(), "the node ends with the device");
}

pub(super) fn keyboard_gadget() -> Gadget {
    // A boot keyboard's descriptor without LEDs (HID 1.11, appendix B.1).
    let descriptor = [
        0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01,
        0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65,
        0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
    ];
    Gadget::plug(
        "hid.usb0",
        &[("protocol", b"1"), ("subclass", b"1"), ("report_length", b"8"), ("report_desc", &descriptor)],
    )
}

fn a_hid_gadget_types_the_same() {
    let gadget = keyboard_gadget();
    let heard = pressed(&gadget.node("input"));
    let mut keys = File::options().write(true).open("/dev/hidg0").expect("the gadget's other side");
    for report in typed(TYPED).expect("a US keyboard has these") {
        keys.write_all(&report).expect("the host fetches it");
        thread::sleep(KEY_PACE);
    }
    assert_typed(&heard);
}

fn a_pos_scanner_delivers_its_reports() {
    let scanner = plug(0, HidPos::scanner("P1")).expect("the kernel takes the device");
    let mut reports = File::open(scanner.node("hidraw").expect("hidraw takes it")).expect("the node can be read");
    let described = fs::read(scanner.sysfs().join(format!("{}:1.0/bInterfaceClass", scanner.path))).expect("a class");
    assert_eq!(described, b"03\n");
    scanner.port.with(|scanner| scanner.scan(b"C0", b"SF1234567890123"));
    let mut report = [0; 64];
    reports.read_exact(&mut report).expect("a report");
    assert_eq!(&report[..5], b"\x02\x0f]C0");
    assert_eq!(&report[5..20], b"SF1234567890123");
}

fn type_at(keyboard: &Plugged<Keyboard>, code: &str) {
    for report in typed(&format!("{code}\n")).expect("a US keyboard has these") {
        keyboard.port.with(|keyboard| keyboard.reports.push_back(report));
        thread::sleep(KEY_PACE);
    }
}

/// Again, for only the bench's answer says that it has taken the scanner.
fn type_until_heard(keyboard: &Plugged<Keyboard>, code: &str, station: &Station, place: &str) {
    let mut screen = String::new();
    wait_until(&format!("the screen of {place} shows {code}"), || {
        type_at(keyboard, code);
        thread::sleep(Duration::from_millis(300));
        screen = station.screen(place);
        Ok(screen.contains(code))
    })
    .unwrap_or_else(|error| panic!("{error}: {screen}"));
}

fn a_keyboard_scanner_reaches_the_bench_and_nobody_else() {
    let keyboard = plug(0, Keyboard::scanner("K7")).expect("the kernel takes the device");
    let station = station("evdev://0c2e:0b61?serial=K7");
    type_until_heard(&keyboard, "SF0000000000011", &station, "dock");
    let others = pressed(&keyboard.node("input").expect("evdev takes it"));
    type_at(&keyboard, "SF0000000000012");
    assert_scanned(&station, "SF0000000000012");
    assert!(others.try_recv().is_err(), "no other program hears its keys");
    keyboard.unplug().expect("it goes");
    let keyboard = plug(1, Keyboard::scanner("K7")).expect("the kernel takes it at another port");
    type_until_heard(&keyboard, "SF0000000000013", &station, "dock");
}

fn equal_keyboard_scanners_are_told_apart_by_their_place() {
    let here = plug(0, Keyboard::scanner("0000")).expect("the kernel takes the device");
    let there = plug(1, Keyboard::scanner("0000")).expect("the kernel takes its twin");
    let at = |name: &str, port: &str| {
        format!(
            "[[place]]\nname = \"{name}\"\nrole = \"dock\"\nbadges = false\nscanners = [\"gun-{name}\"]\n\
             [[scanner]]\nname = \"gun-{name}\"\nurl = \"evdev://0c2e:0b61?port={port}\"\n"
        )
    };
    let station = start(&format!("{}{}", at("here", &here.path), at("there", &there.path)));
    type_until_heard(&here, "SF0000000000021", &station, "here");
    type_until_heard(&there, "SF0000000000022", &station, "there");
    assert!(!station.screen("here").contains("SF0000000000022"));
    assert!(!station.screen("there").contains("SF0000000000021"));
}

fn a_pos_scanner_reaches_the_bench_and_comes_back() {
    let mut scanner = plug(0, HidPos::scanner("P7")).expect("the kernel takes the device");
    let station = station("hidpos://0c2e:0b87?serial=P7");
    for code in ["SF0000000000031", "SF0000000000032"] {
        let mut screen = String::new();
        wait_until(&format!("the screen shows {code}"), || {
            scanner.port.with(|scanner| scanner.scan(b"C0", code.as_bytes()));
            thread::sleep(Duration::from_millis(300));
            screen = station.screen("dock");
            Ok(screen.contains(code))
        })
        .unwrap_or_else(|error| panic!("{error}: {screen}"));
        scanner.unplug().expect("it goes");
        scanner = plug(1, HidPos::scanner("P7")).expect("the kernel takes it at another port");
    }
}

/// A dock with one scanner and no hub.
pub(super) fn station(scanner: &str) -> Station {
    start(&format!(
        r#"[[place]]
name = "dock"
role = "dock"
badges = false
scanners = ["gun"]
[[scanner]]
name = "gun"
url = "{scanner}"
"#
    ))
}

fn start(places: &str) -> Station {
    let _ = fs::remove_dir_all("/tmp/station");
    let head = "code = \"VM-01\"\ndata_dir = \"/tmp/station\"\nlisten = \"127.0.0.1:0\"\n";
    Station::start(&format!("{head}{places}"))
}

fn assert_scanned(station: &Station, code: &str) {
    let mut screen = String::new();
    wait_until(&format!("the screen shows {code}"), || {
        screen = station.screen("dock");
        Ok(screen.contains(code))
    })
    .unwrap_or_else(|error| panic!("{error}: {screen}"));
}

fn a_com_scanner_reaches_the_bench_and_comes_back() {
    let mut acm = plug(0, Acm::scanner("C1")).expect("the kernel takes the device");
    let node = acm.node("tty").expect("cdc-acm takes it");
    let station = station(&format!("serial://{}", node.display()));
    for code in ["SF0000000000001", "SF0000000000002"] {
        let opened = |acm: &usbsim::vhci::Plugged<Acm>| acm.port.with(|acm| acm.opened);
        wait_until("the daemon opens the port", || Ok(opened(&acm))).expect("it does");
        // A line may come in two packets.
        acm.port.with(|acm| {
            acm.send(&code.as_bytes()[..4]);
            acm.send(format!("{}\r\n", &code[4..]).as_bytes());
        });
        assert_scanned(&station, code);
        acm.unplug().expect("it goes");
        acm = plug(0, Acm::scanner("C1")).expect("the kernel takes it again");
    }
}

fn an_acm_gadget_reaches_the_bench() {
    let gadget = Gadget::plug("acm.usb0", &[]);
    let node = gadget.node("tty");
    raw("/dev/ttyGS0");
    let station = station(&format!("serial://{}", node.display()));
    say_until_heard("/dev/ttyGS0", "SF0000000000003", &station);
}

/// QEMU's USB serial adapter; its far end is this guest's third serial port.
fn a_serial_adapter_reaches_the_bench() {
    raw("/dev/ttyS2");
    wait_until("ftdi_sio takes the adapter", || Ok(Path::new("/dev/ttyUSB0").exists())).expect("an adapter");
    let station = station("serial:///dev/ttyUSB0?baud=115200");
    say_until_heard("/dev/ttyS2", "SF0000000000004", &station);
}

/// Again, for nobody says when the other end of a plain serial line is open.
pub(super) fn say_until_heard(port: &str, code: &str, station: &Station) {
    let mut scanner = File::options().write(true).open(port).expect("the scanner's side");
    let mut screen = String::new();
    wait_until(&format!("the screen shows {code}"), || {
        write!(scanner, "{code}\r\n")?;
        thread::sleep(Duration::from_millis(300));
        screen = station.screen("dock");
        Ok(screen.contains(code))
    })
    .unwrap_or_else(|error| panic!("{error}: {screen}"));
}

/// Nothing echoes, nothing is changed on the way.
pub(super) fn raw(port: &str) {
    let done = Command::new("stty").args(["-F", port, "raw", "-echo"]).status().expect("busybox has stty");
    assert!(done.success(), "{port}");
}
