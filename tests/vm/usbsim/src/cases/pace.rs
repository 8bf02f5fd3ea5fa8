//! How long a packer waits on the real USB stack: a scanner on USB-COM, a printer through usblp, and beside it the same
//! bytes written to a twin of that printer by nobody but us. The journal lies on a disk that
//! this machine flushes when the guest does, and one append with fdatasync on it stands beside as well. An emulated
//! processor makes each figure too long: what counts is one beside the other.

use std::fs::{self, File};
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use usbsim::acm::Acm;
use usbsim::printer::Printer;
use usbsim::vhci::{Plugged, plug, wait_until};

use super::bench::{HUB, TEA, orders};
use super::rig::zebra;
use crate::agent::{Hub, Station};

const PARCELS: u32 = 20;
const FIRST: u32 = 100;

pub fn how_long_a_packer_waits_is_told() {
    let hub = Hub::start(HUB);
    let items = format!(r#"{{"items":[{{"sku":"T01","name":"Tea","barcodes":[{{"code":"{TEA}"}}]}}]}}"#);
    hub.post("/v1/items", &items);
    let numbers: Vec<u32> = (FIRST..FIRST + PARCELS).collect();
    hub.post("/v1/orders", &orders(&numbers));
    hub.join("VM-01", "/tmp/station.key");
    let scanner = plug(2, Acm::scanner("C1")).expect("the kernel takes the device");
    let (printer, twin) = (zebra(0), zebra(1));
    let _ = fs::remove_dir_all("/disk/station");
    let station = Station::start(&format!(
        r#"code = "VM-01"
data_dir = "/disk/station"
listen = "127.0.0.1:0"
[hub]
url = "http://{HUB}"
key_file = "/tmp/station.key"
[[place]]
name = "bench"
role = "pack"
badges = false
scanners = ["gun"]
printer = "desk"
[[scanner]]
name = "gun"
url = "serial://{}"
feedback = true
duplicate_window_ms = 0
[[printer]]
name = "desk"
url = "lp://{}"
profile = "zpl-clone"
media = "76x130"
"#,
        scanner.node("tty").expect("a port").display(),
        printer.node("usbmisc").expect("usblp takes it").display(),
    ));
    wait_until("the scanner's port is opened", || Ok(scanner.port.with(|scanner| scanner.opened))).expect("it opens");
    wait_until("the orders have come down", || {
        let said = scan(&scanner, &format!("10000{}", FIRST + PARCELS - 1));
        thread::sleep(Duration::from_millis(200));
        Ok(said.1.starts_with("OK"))
    })
    .unwrap_or_else(|error| panic!("{error}: {}", station.screen("bench")));

    let mut bare = File::options().write(true).open(twin.node("usbmisc").expect("usblp takes it")).expect("a node");
    let mut log = File::create("/disk/yardstick").expect("the disk takes files");
    let (mut answers, mut labels, mut bytes, mut synced) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in numbers.into_iter().rev() {
        // The last order is in hand already, from asking for it.
        if number < FIRST + PARCELS - 1 {
            let (took, said) = scan(&scanner, &format!("10000{number}"));
            assert!(said.starts_with("OK"), "{number}: {said}");
            answers.push(took);
        }
        received(&printer);
        let began = Instant::now();
        let (took, said) = scan(&scanner, TEA);
        assert!(said.starts_with("OK"), "{number}: {said}");
        answers.push(took);
        wait_until("the label is at the printer", || Ok(printer.port.with(|printer| label_end(printer).is_some())))
            .unwrap_or_else(|error| panic!("{number}: {error}"));
        labels.push(began.elapsed());
        let label = received(&printer);
        let began = Instant::now();
        bare.write_all(&label).expect("the twin takes it");
        wait_until("the bytes are at the twin", || Ok(twin.port.with(|twin| label_end(twin).is_some()))).expect("all");
        bytes.push(began.elapsed());
        let began = Instant::now();
        log.write_all(&[0; 4_096]).expect("the disk has room");
        log.sync_data().expect("the disk is there");
        synced.push(began.elapsed());
        assert_eq!(received(&twin), label);
        // What a printer that is still asked how it is says to a scan comes when it has been heard.
        wait_until("the packer is asked for the label", || {
            Ok(station.screen("bench").contains("\"key\":\"stick_and_scan\""))
        })
        .unwrap_or_else(|error| panic!("{number}: {error}: {}", station.screen("bench")));
        let (_, said) = scan(&scanner, &format!("SF000000000000{number}"));
        assert!(said.starts_with("OK"), "{number}: {said}");
    }
    tell("scan -> answer at the scanner", answers);
    tell("last item's scan -> last byte at the printer", labels);
    tell("the same bytes, written to its twin", bytes);
    tell("4 KiB append + fdatasync, the same disk", synced);
}

/// Until the answer's line is whole at the scanner.
fn scan(scanner: &Plugged<Acm>, code: &str) -> (Duration, String) {
    scanner.port.with(|scanner| scanner.received.clear());
    let began = Instant::now();
    scanner.port.with(|scanner| scanner.send(format!("{code}\r").as_bytes()));
    let until = began + Duration::from_secs(5);
    while !scanner.port.with(|scanner| scanner.received.contains(&b'\n')) && Instant::now() < until {
        thread::sleep(Duration::from_micros(200));
    }
    let said = scanner.port.with(|scanner| std::mem::take(&mut scanner.received));
    (began.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

fn label_end(printer: &Printer) -> Option<usize> {
    printer.received.windows(3).position(|bytes| bytes == b"^XZ")
}

/// The label and what came before it; what is asked afterwards isn't part of it.
fn received(printer: &Plugged<Printer>) -> Vec<u8> {
    printer.port.with(|printer| {
        let end = label_end(printer).map_or(printer.received.len(), |end| end + 3);
        let label = printer.received.drain(..end).collect();
        printer.received.clear();
        label
    })
}

fn tell(what: &str, mut samples: Vec<Duration>) {
    samples.sort();
    let at = |share: usize| samples[(samples.len() - 1) * share / 100].as_secs_f64() * 1e3;
    eprintln!("{what:<46} p50 {:>7.1} ms  p99 {:>7.1} ms", at(50), at(99));
}
