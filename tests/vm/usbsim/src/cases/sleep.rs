//! A machine that sleeps: programs frozen, every USB device suspended and woken by its driver, as on a PDA whose lid is
//! shut over lunch. The kernel's own devices and QEMU's adapter are used, for `vhci_hcd` refuses to suspend while one of
//! ours is plugged in.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use usbsim::keyboard::typed;
use usbsim::vhci::wait_until;

use super::Case;
use super::smoke::{KEY_PACE, keyboard_gadget, raw, say_until_heard, station};
use crate::agent::Station;
use crate::gadget::Gadget;
use crate::kernel;

pub const CASES: &[Case] = &[
    ("a_com_scanner_goes_on_after_sleep", a_com_scanner_goes_on_after_sleep),
    ("a_keyboard_scanner_goes_on_after_sleep", a_keyboard_scanner_goes_on_after_sleep),
    ("a_serial_adapter_goes_on_after_sleep", a_serial_adapter_goes_on_after_sleep),
];

fn a_com_scanner_goes_on_after_sleep() {
    let gadget = Gadget::plug("acm.usb0", &[]);
    raw("/dev/ttyGS0");
    let station = station(&format!("serial://{}", gadget.node("tty").display()));
    say_until_heard("/dev/ttyGS0", "SF0000000000011", &station);
    sleep();
    say_until_heard("/dev/ttyGS0", "SF0000000000012", &station);
}

fn a_keyboard_scanner_goes_on_after_sleep() {
    let gadget = keyboard_gadget();
    gadget.node("input");
    let station = station("evdev://0525:a4a8?serial=G1");
    let mut keys = File::options().write(true).open("/dev/hidg0").expect("the gadget's other side");
    type_until_heard(&mut keys, "SF0000000000013", &station);
    sleep();
    type_until_heard(&mut keys, "SF0000000000014", &station);
}

/// It is another number to the kernel when it wakes, as real adapters are that lose their power.
fn a_serial_adapter_goes_on_after_sleep() {
    raw("/dev/ttyS2");
    wait_until("ftdi_sio takes the adapter", || Ok(Path::new("/dev/ttyUSB0").exists())).expect("an adapter");
    let station = station("serial://0403:6001?baud=115200");
    say_until_heard("/dev/ttyS2", "SF0000000000015", &station);
    sleep();
    say_until_heard("/dev/ttyS2", "SF0000000000016", &station);
}

/// Goes all the way down to suspended devices and comes back by itself (Documentation/power/basic-pm-debugging).
fn sleep() {
    let slept = || kernel::log().matches("PM: suspend exit").count();
    let before = slept();
    fs::write("/sys/power/pm_test", "devices").expect("this kernel can stop short of switching itself off");
    fs::write("/sys/module/suspend/parameters/pm_test_delay", "1").expect("the time it stays down");
    fs::write("/sys/power/state", "freeze").expect("it sleeps and wakes");
    assert_eq!(slept(), before + 1, "the kernel says that it slept");
}

/// Again, for only the bench's answer says that it has taken the scanner.
fn type_until_heard(keys: &mut File, code: &str, station: &Station) {
    let mut screen = String::new();
    wait_until(&format!("the screen shows {code}"), || {
        for report in typed(&format!("{code}\n")).expect("a US keyboard has these") {
            keys.write_all(&report)?;
            thread::sleep(KEY_PACE);
        }
        thread::sleep(Duration::from_millis(300));
        screen = station.screen("dock");
        Ok(screen.contains(code))
    })
    .unwrap_or_else(|error| panic!("{error}: {screen}"));
}
