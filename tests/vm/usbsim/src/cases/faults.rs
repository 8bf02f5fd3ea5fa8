//! What goes wrong amid a label: the outcome must be doubt exactly where paper may have come out.

use std::thread;
use std::time::Duration;

use usbsim::port::Faults;
use usbsim::printer;
use usbsim::vhci::wait_until;

use super::Case;
use super::rig::{QUESTION, assert_same, label_in, received, ways, zebra};
use crate::agent::{Printed, print, rendered, start_printing};

pub const CASES: &[Case] = &[
    ("a_refusal_amid_the_label_leaves_doubt", a_refusal_amid_the_label_leaves_doubt),
    ("a_printer_that_takes_no_more_leaves_doubt", a_printer_that_takes_no_more_leaves_doubt),
    ("a_cable_pulled_amid_the_label_leaves_doubt", a_cable_pulled_amid_the_label_leaves_doubt),
    ("a_cable_pulled_at_the_first_bytes_leaves_none", a_cable_pulled_at_the_first_bytes_leaves_none),
];

fn a_refusal_amid_the_label_leaves_doubt() {
    let label = rendered();
    let zebra = zebra(0);
    let [(lp, by_lp), (usb, by_usb)] = ways(&zebra);
    let stall = || zebra.port.fail(Faults { stall_after: Some(3_000), ..Faults::default() });
    stall();
    assert_unknown(lp, &print(&by_lp), label, &["connection_lost", "switch it off and on"]);
    received(&zebra);
    // usblp clears no stall: nothing more goes out until somebody does what the message says.
    let printed = print(&by_lp);
    assert!(!printed.success && printed.says(&["refused", "switch it off and on"]), "{lp}: {printed:?}");
    assert_eq!(received(&zebra), b"", "{lp}");

    stall();
    assert_unknown(usb, &print(&by_usb), label, &["connection_lost", "refuses the data"]);
    received(&zebra);
    // libusb clears it at once, so the next label needs nobody's hand.
    let printed = print(&by_usb);
    assert!(printed.success, "{usb}: {printed:?}");
    assert_same(usb, &label_in(&received(&zebra)), label);
}

fn a_printer_that_takes_no_more_leaves_doubt() {
    let label = rendered();
    let zebras = [zebra(0), zebra(1), zebra(2)];
    for zebra in &zebras {
        zebra.port.fail(Faults { nak_after: Some(3_000), ..Faults::default() });
    }
    // At once, for each waits ten seconds before it gives up.
    let [(_, by_lp), _] = ways(&zebras[0]);
    let [_, (_, by_usb)] = ways(&zebras[1]);
    let [_, (_, without_paper)] = ways(&zebras[2]);
    let jobs = [by_lp, by_usb, without_paper].map(|url| start_printing(&url));
    wait_until("the third printer is full", || Ok(zebras[2].port.with(|printer| printer.received.len() >= 3_000)))
        .expect("bytes arrive");
    zebras[2].port.with(|printer| printer.port_status = printer::PAPER_OUT);
    let outcomes = jobs.map(|job| job.join().expect("printing doesn't panic"));
    for (outcome, (way, doubt)) in
        outcomes.iter().zip([("lp", "stalled"), ("usb", "stalled"), ("no paper", "paper_out")])
    {
        assert_unknown(way, outcome, label, &[doubt]);
    }
    for (zebra, way) in zebras.iter().zip(["lp", "usb", "no paper"]) {
        assert!(zebra.port.unlinks() > 0, "{way}: the transfer was taken back");
        let before = zebra.port.with(|printer| printer.received.len());
        zebra.port.fail(Faults::default());
        thread::sleep(Duration::from_millis(300));
        let after = zebra.port.with(|printer| printer.received.len());
        assert_eq!(before, after, "{way}: what was given up must not arrive later");
    }
}

fn a_cable_pulled_amid_the_label_leaves_doubt() {
    let label = rendered();
    for index in [0, 1] {
        let zebra = zebra(index);
        let (way, url) = ways(&zebra)[index as usize].clone();
        zebra.port.fail(Faults { cut_after: Some(3_000), ..Faults::default() });
        assert_unknown(way, &print(&url), label, &["connection_lost", "unplugged"]);
        assert_eq!(received(&zebra).len(), 3_000, "{way}");
        let printed = print(&url);
        assert!(!printed.success && printed.says(&["refused", "offline"]), "{way}: {printed:?}");
        zebra.unplug().expect("it goes");
        // In the same place again, and nobody restarts or configures anything.
        let zebra = super::rig::zebra(index);
        let printed = print(&url);
        assert!(printed.success, "{way}: {printed:?}");
        assert_same(way, &label_in(&received(&zebra)), label);
    }
}

/// An answer that got lost doesn't make a label of these few bytes: this job may go out again without asking anybody.
fn a_cable_pulled_at_the_first_bytes_leaves_none() {
    for index in [0, 1] {
        let zebra = zebra(index);
        let (way, url) = ways(&zebra)[index as usize].clone();
        let most = QUESTION.len() as u64 + 64;
        zebra.port.fail(Faults { cut_after: Some(most), ..Faults::default() });
        let printed = print(&url);
        assert!(!printed.success && printed.says(&["\"outcome\":\"refused\"", "offline"]), "{way}: {printed:?}");
        assert_eq!(received(&zebra).len() as u64, most, "{way}");
    }
}

fn assert_unknown(way: &str, printed: &Printed, label: &[u8], doubt: &[&str]) {
    assert!(
        !printed.success && printed.says(&["\"outcome\":\"unknown\""]) && printed.says(doubt),
        "{way}: {printed:?}"
    );
    assert!(printed.written() >= 64 && printed.written() < label.len() as u64, "{way}: {printed:?}");
}
