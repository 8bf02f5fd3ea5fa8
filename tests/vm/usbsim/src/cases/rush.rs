//! Eight scanners at once, as fast as nobody scans: every read arrives once, and each scanner's in their order. None of
//! them types: a keyboard of six hundred keys a second fills the kernel's buffer before an emulated processor empties it;
//! that such a loss is told is a case of `upheaval`.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use usbsim::acm::Acm;
use usbsim::hidpos::HidPos;
use usbsim::vhci::{Plugged, plug, wait_until};

use super::Case;
use crate::agent::Watcher;

pub const CASES: &[Case] =
    &[("eight_scanners_at_once_lose_and_double_nothing", eight_scanners_at_once_lose_and_double_nothing)];

/// Of each scanner: fifty a second for a minute.
const SCANS: u32 = 3_000;
const EVERY: Duration = Duration::from_millis(20);

enum Scanner {
    Pos(Plugged<HidPos>),
    Com(Plugged<Acm>),
}

impl Scanner {
    fn scan(&self, code: &str) {
        match self {
            Scanner::Pos(scanner) => scanner.port.with(|scanner| scanner.scan(b"C0", code.as_bytes())),
            Scanner::Com(scanner) => scanner.port.with(|scanner| scanner.send(format!("{code}\r").as_bytes())),
        }
    }

    fn url(&self) -> String {
        match self {
            Scanner::Pos(scanner) => format!("hidpos://0c2e:0b87?port={}", scanner.path),
            Scanner::Com(scanner) => format!("serial://{}", scanner.node("tty").expect("a port").display()),
        }
    }
}

fn eight_scanners_at_once_lose_and_double_nothing() {
    let mut scanners = BTreeMap::new();
    for number in 0..8 {
        let serial = format!("R{number}");
        let scanner = match number {
            0..4 => Scanner::Pos(plug(number, HidPos::scanner(&serial)).expect("the kernel takes the device")),
            _ => Scanner::Com(plug(number, Acm::scanner(&serial)).expect("the kernel takes the device")),
        };
        scanners.insert(format!("gun-{number}"), scanner);
    }
    let config: String = scanners
        .iter()
        .map(|(name, scanner)| format!("[[scanner]]\nname = \"{name}\"\nurl = \"{}\"\n", scanner.url()))
        .collect();
    let watcher = Watcher::start(&config);
    watcher.connected(scanners.len());

    let began = Instant::now();
    for scan in 0..SCANS {
        for scanner in scanners.values() {
            scanner.scan(&format!("{scan:04}"));
        }
        thread::sleep((EVERY * (scan + 1)).saturating_sub(began.elapsed()));
    }
    let all = SCANS as usize * scanners.len();
    wait_until("every scan has arrived", || Ok(watcher.scans().values().map(Vec::len).sum::<usize>() >= all))
        .unwrap_or_else(|error| panic!("{error}: {:?}, refused {:?}", watcher.counts(), watcher.refused()));
    eprintln!("{all} scans of {} scanners in {:.1} s", scanners.len(), began.elapsed().as_secs_f64());
    // Whatever is doubled comes right behind.
    thread::sleep(Duration::from_millis(500));
    let expected: Vec<String> = (0..SCANS).map(|scan| format!("{scan:04}")).collect();
    for (name, read) in watcher.scans() {
        assert!(read == expected, "{name} read {} codes, and not each once in its order", read.len());
    }
    assert_eq!(watcher.counts().get("refused"), None, "nothing was refused");
}
