//! Scanners: bytes from a device become scans. Each runs as a task that sends events, and comes back by itself when its
//! device vanishes.

pub mod framing;
pub mod gs1;
pub mod keymap;
pub mod profile;
pub mod selftest;
pub mod settings;

mod duplicates;
mod evdev;
pub mod found;
mod hid_reports;
mod hidpos;
mod serial;
mod source;
mod ssi;
mod stdin;
mod task;
mod tcp;

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::scan::Scan;
use crate::seen::identity::Node;
use crate::url::{DeviceUrl, UrlError};
pub use found::{Found, found};
use framing::Reason;
pub use settings::{ScannerConfig, Settings};
pub use source::{Input, Opening, Source};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerEvent {
    Scan(Scan),
    /// Bytes that were no scan; the packer has to scan again.
    Refused {
        device: String,
        reason: Reason,
        /// The first bytes in hex.
        sample: String,
    },
    /// The same code again within the duplicate window; it has a sound of its own.
    Duplicate {
        device: String,
        data: String,
    },
    Connected {
        device: String,
    },
    Lost {
        device: String,
        why: String,
    },
}

/// What the packer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feedback {
    Good,
    Warn,
    Bad,
}

impl Feedback {
    /// The word that begins a feedback line.
    pub fn word(self) -> &'static str {
        match self {
            Feedback::Good => "OK",
            Feedback::Warn => "WARN",
            Feedback::Bad => "STOP",
        }
    }
}

/// A way scanners are attached.
pub struct Kind {
    pub scheme: &'static str,
    pub check: fn(&DeviceUrl) -> Result<(), UrlError>,
    pub door: fn(&DeviceUrl) -> io::Result<Box<dyn Door>>,
    /// Whether such a scanner can tell the packer anything.
    pub answers: fn(&DeviceUrl) -> bool,
    /// What is plugged in that could be one.
    pub devices: fn() -> Vec<Node>,
    /// Where its nodes are.
    pub nodes: &'static str,
    /// Whether another program has taken such a node for itself; looks by trying, for as short as it can.
    pub is_taken: fn(&Path) -> bool,
}

/// Where a scanner comes in: a port that is opened, a socket that listens.
pub trait Door: Send {
    /// Waits for the device. Called again while the link before is in use: the newer one takes its place.
    fn next(&mut self) -> Opening<'_>;

    /// Whether a second device may come in while one is served.
    fn takes_over(&self) -> bool {
        false
    }

    fn address(&self) -> Option<SocketAddr> {
        None
    }
}

pub const KINDS: &[Kind] = &[
    Kind {
        scheme: "serial",
        check: serial::check,
        door: serial::door,
        answers: |_| true,
        devices: serial::devices,
        nodes: "/dev",
        is_taken: |_| false,
    },
    Kind { scheme: "ssi", check: ssi::check, door: ssi::door, answers: |_| true, ..ELSEWHERE },
    Kind {
        scheme: "evdev",
        check: evdev::check,
        door: evdev::door,
        answers: |_| false,
        devices: evdev::devices,
        nodes: evdev::NODES,
        is_taken: evdev::is_grabbed,
    },
    Kind {
        scheme: "hidpos",
        check: hidpos::check,
        door: hidpos::door,
        answers: hidpos::answers,
        devices: hidpos::devices,
        nodes: hidpos::NODES,
        is_taken: hidpos::is_locked,
    },
    Kind { scheme: "tcp", check: tcp::check, door: tcp::listen, answers: |_| true, ..ELSEWHERE },
    Kind { scheme: "tcp-connect", check: tcp::check, door: tcp::connect, answers: |_| true, ..ELSEWHERE },
    Kind { scheme: "stdin", check: stdin::check, door: stdin::door, answers: |_| true, ..ELSEWHERE },
];

/// Of kinds that nothing on USB is.
const ELSEWHERE: Kind = Kind {
    scheme: "",
    check: tcp::check,
    door: tcp::connect,
    answers: |_| false,
    devices: Vec::new,
    nodes: "",
    is_taken: |_| false,
};

pub fn kind_of(url: &DeviceUrl) -> Result<&'static Kind, UrlError> {
    let kind = KINDS.iter().find(|kind| kind.scheme == url.scheme).ok_or_else(|| UrlError::UnknownScheme {
        scheme: url.scheme.clone(),
        known: KINDS.iter().map(|kind| kind.scheme).collect::<Vec<_>>().join(", "),
    })?;
    (kind.check)(url)?;
    Ok(kind)
}

/// A running scanner; it stops when this is dropped.
pub struct ScannerHandle {
    task: AbortHandle,
    feedback: mpsc::Sender<(Feedback, String)>,
    address: Option<SocketAddr>,
}

impl ScannerHandle {
    /// Tells the packer through the scanner, where the config says `feedback = true`. Never waits: a device that takes no
    /// feedback must not hold up the bench.
    pub fn feedback(&self, feedback: Feedback, text: &str) {
        let _ = self.feedback.try_send((feedback, text.to_owned()));
    }

    /// Where a `tcp://` scanner is awaited, once its port is bound.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }
}

impl Drop for ScannerHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a scanner; needs a tokio runtime. A listening port is bound when this returns, unless it is taken: then the
/// task says so and keeps trying.
pub fn spawn(config: ScannerConfig, events: mpsc::Sender<ScannerEvent>) -> ScannerHandle {
    // More answers than a packer makes scans while the device stalls; beyond that they are dropped.
    let (feedback, answers) = mpsc::channel(16);
    let door = task::open_door(&config);
    let address = door.as_ref().ok().and_then(|door| door.address());
    let task = tokio::spawn(task::run(config, door, events, answers)).abort_handle();
    ScannerHandle { task, feedback, address }
}
