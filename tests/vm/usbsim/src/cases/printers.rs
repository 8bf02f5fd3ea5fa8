//! A label on its way to a USB printer, through the kernel's driver and past it.

use std::fs::File;
use std::io::Read;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use usbsim::port::Faults;
use usbsim::printer::{self, Printer};
use usbsim::vhci::plug;

use super::Case;
use super::rig::{FINE, QUESTION, assert_same, label_in, received, ways, zebra};
use crate::agent::{print, rendered};
use crate::gadget::Gadget;

pub const CASES: &[Case] = &[
    ("a_label_arrives_byte_for_byte", a_label_arrives_byte_for_byte),
    ("without_paper_nothing_is_sent", without_paper_nothing_is_sent),
    ("a_slow_printer_is_waited_for", a_slow_printer_is_waited_for),
    ("twins_are_told_apart_by_their_place", twins_are_told_apart_by_their_place),
    ("a_printer_of_the_kernels_own_gets_the_same_bytes", a_printer_of_the_kernels_own_gets_the_same_bytes),
    ("an_answer_owed_to_somebody_before_is_not_believed", an_answer_owed_to_somebody_before_is_not_believed),
];

fn a_label_arrives_byte_for_byte() {
    let label = rendered();
    let zebra = zebra(0);
    for (way, url) in ways(&zebra) {
        let printed = print(&url);
        // It always says that it has nothing to do, which proves nothing of a clone.
        assert!(printed.success && printed.says(&["\"outcome\":\"accepted\""]), "{way}: {printed:?}");
        assert_same(way, &label_in(&received(&zebra)), label);
    }
}

fn without_paper_nothing_is_sent() {
    let zebra = zebra(0);
    for (way, url) in ways(&zebra) {
        let by_lp = (printer::PAPER_OUT, "paper_out");
        let (status, fault) = if way == "lp" { by_lp } else { (printer::OFFLINE, "paused") };
        zebra.port.with(|printer| printer.port_status = status);
        let printed = print(&url);
        assert!(!printed.success && printed.says(&["\"outcome\":\"refused\"", fault]), "{way}: {printed:?}");
        assert_eq!(received(&zebra), b"", "{way}");
        zebra.port.with(|printer| printer.port_status = printer::READY);
        let printed = print(&url);
        assert!(printed.success, "{way}: {printed:?}");
        assert!(!label_in(&received(&zebra)).is_empty());
    }
}

fn a_slow_printer_is_waited_for() {
    let label = rendered();
    let zebra = zebra(0);
    for (way, url) in ways(&zebra) {
        // Each transfer takes longer than a slice of libusb's waiting.
        zebra.port.fail(Faults { bytes_per_second: Some(20_000), ..Faults::default() });
        let printed = print(&url);
        assert!(printed.success, "{way}: {printed:?}");
        assert_same(way, &label_in(&received(&zebra)), label);
    }
}

fn twins_are_told_apart_by_their_place() {
    let label = rendered();
    let twins = [zebra(3), zebra(4)];
    let paths = [&twins[0].path, &twins[1].path];
    assert_ne!(paths[0], paths[1]);
    for alike in ["lp://ZD611?serial=D1", "usb://0a5f:0166?serial=D1"] {
        let printed = print(alike);
        assert!(!printed.success && printed.says(&["refused", "several printers", paths[0], paths[1]]), "{printed:?}");
    }
    // The one that is listed second, then the one that is listed first.
    for (way, index) in [("lp://ZD611", 1), ("usb://0a5f:0166", 0), ("usb://0a5f:0166", 1)] {
        let printed = print(&format!("{way}?port={}", paths[index]));
        assert!(printed.success, "{way}: {printed:?}");
        assert_same(way, &label_in(&received(&twins[index])), label);
        assert_eq!(received(&twins[1 - index]), b"", "{way}: the other one got nothing");
    }
}

/// The kernel's gadget in place of ours.
fn a_printer_of_the_kernels_own_gets_the_same_bytes() {
    let label = rendered();
    // This kernel's gadget cuts the last two bytes off.
    let gadget = Gadget::plug("printer.usb0", &[("pnp_string", b"MFG:Linux;CMD:ZPL;MDL:Gadget;SN:G1;XY")]);
    gadget.node("usbmisc");
    let paper = File::open("/dev/g_printer0").expect("the gadget's other side");
    let (tell, bytes) = channel();
    let reader = thread::spawn(move || {
        let (mut paper, mut buffer) = (paper, [0; 8_192]);
        // Unplugged, it ends or fails.
        while let Ok(length @ 1..) = paper.read(&mut buffer) {
            tell.send(buffer[..length].to_vec()).expect("the case waits for the end");
        }
    });
    for url in ["lp://Gadget?serial=G1", "usb://0525:a4a8?serial=G1"] {
        let printed = print(url);
        // It answers nothing, so it can't confirm.
        assert!(printed.success && printed.says(&["accepted"]), "{url}: {printed:?}");
        let mut got = Vec::new();
        while let Ok(more) = bytes.recv_timeout(Duration::from_secs(1)) {
            got.extend(more);
        }
        // It was asked both questions first, for it answers none.
        let asked = b"~HS\n~HQES\n";
        let without = got.strip_prefix(asked).unwrap_or_else(|| panic!("{url}: {:?}", &got[..got.len().min(80)]));
        assert_same(url, without, label);
    }
    drop(gadget);
    drop(reader);
}

/// What the printer says of itself, and hasn't said yet, is older than the job.
fn an_answer_owed_to_somebody_before_is_not_believed() {
    const NO_PAPER: &[u8] =
        b"\x02030,1,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
    for way in 0..2 {
        // On a busy machine even the true answer may come too late, and the printer counts as one that has none. What is owed
        // would be believed each time.
        let refused = (0..3).any(|_| {
            let printer = Printer::zebra("D1").answering(QUESTION, NO_PAPER);
            let zebra = plug(0, printer).expect("the kernel takes the device");
            let (way, url) = ways(&zebra).into_iter().nth(way).expect("there are two ways");
            zebra.port.with(|printer| printer.owes(FINE));
            let printed = print(&url);
            if printed.says(&["accepted"]) {
                return false;
            }
            assert!(!printed.success && printed.says(&["refused", "paper_out"]), "{way}: {printed:?}");
            assert!(!received(&zebra).windows(3).any(|bytes| bytes == b"^XA"), "{way}: nothing of the label was sent");
            true
        });
        assert!(refused, "way {way}: what was owed is believed, or the printer was never heard in time");
    }
}
