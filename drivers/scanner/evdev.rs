//! Scanners that type, on USB: `evdev://05e0:1200?serial=…&port=1-1.4&caps=follow|ignore|inverted`. The device is grabbed,
//! so that its keys reach no window and no other program; nothing but what the config names is ever opened.
//!
//! A scanner that types takes no feedback and carries no Chinese: USB-COM or HID-POS is better where the model has it.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use evdev::{EventType, KeyCode, SynchronizationCode, raw_stream::RawDevice};
use rustix::fs::{Mode, OFlags, fstat, major, minor, open};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::framing::Reason;
use super::keymap::{Caps, Keyboard, Typed};
use super::{Door, Feedback, Input, Opening, Source};
use crate::seen::identity::{self, Node, Wanted};
use crate::transport::Pending;
use crate::url::{DeviceUrl, UrlError};

/// Where the kernel describes input devices, and where it puts their nodes.
const CLASS: &str = "/sys/class/input";
pub const NODES: &str = "/dev/input";

struct Keys(DeviceUrl);

struct KeySource {
    device: AsyncFd<RawDevice>,
    events: Events,
    ready: VecDeque<Input>,
}

/// What the kernel's events mean.
#[derive(Default)]
struct Events {
    keyboard: Keyboard,
    /// Between the kernel's word that events are lost and the end of the incomplete rest.
    lost: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Input(Input),
    /// The keys that are down must be asked for.
    Resync,
}

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    options(url).map(drop)
}

pub fn door(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Keys(url.clone())))
}

/// The keyboards on USB, scanners or not.
pub fn devices() -> Vec<Node> {
    identity::nodes(Path::new(CLASS), types)
}

fn options(url: &DeviceUrl) -> Result<(Wanted, Caps), UrlError> {
    url.refuse_options_but(&[&Wanted::OPTIONS[..], &["caps"]].concat())?;
    let caps = match url.option("caps", "follow".to_owned())?.as_str() {
        "follow" => Caps::Follow,
        "ignore" => Caps::Ignore,
        "inverted" => Caps::Inverted,
        other => return Err(UrlError::BadOption { scheme: url.scheme.clone(), key: "caps", value: other.into() }),
    };
    Ok((Wanted::of(url)?, caps))
}

/// Whether a node types text: it has the digits, the letters and Enter. Volume and power keys have nodes of their own.
fn types(entry: &Path) -> bool {
    let keys = fs::read_to_string(entry.join("device/capabilities/key")).unwrap_or_default();
    can_type(&keys)
}

/// The kernel writes the bits of all keys as hexadecimal words, the lowest last; all keys asked for are in that one.
fn can_type(keys: &str) -> bool {
    let needed = (2..=11).chain(16..=25).chain([28, 30]).fold(0u64, |bits, key| bits | 1 << key);
    let lowest = keys.split_whitespace().last().and_then(|word| u64::from_str_radix(word, 16).ok());
    lowest.is_some_and(|bits| bits & needed == needed)
}

/// Whether another program has grabbed it. A grab of our own tells, and ends when this returns.
pub fn is_grabbed(path: &Path) -> bool {
    let Ok(mut device) = open_node(path).and_then(RawDevice::from_fd) else { return false };
    device.grab().is_err_and(|error| error.kind() == io::ErrorKind::ResourceBusy)
}

impl Door for Keys {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async { Ok(Box::new(KeySource::open(&self.0)?) as Box<dyn Source>) })
    }
}

impl KeySource {
    fn open(url: &DeviceUrl) -> io::Result<Self> {
        let (wanted, caps) = options(url).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let node = wanted.choose(devices()).map_err(|absent| io::Error::new(io::ErrorKind::NotFound, absent))?;
        let path = Path::new(NODES).join(&node.name);
        let descriptor = open_node(&path).map_err(|error| identity::refused(error, &node, &path))?;
        let number = fstat(descriptor.as_fd())?.st_rdev;
        if !node.is_still(Path::new(CLASS), (major(number), minor(number))) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("{node} went away while it was opened")));
        }
        let mut device = RawDevice::from_fd(descriptor)?;
        device.grab().map_err(|error| identity::refused(error, &node, &path))?;
        // SAFETY: the device keeps its descriptor open until it is dropped, and `AsyncFd` deregisters it first.
        let device = unsafe { AsyncFd::register_with_interest(device, Interest::READABLE) }?;
        let events = Events { keyboard: Keyboard::new(caps), lost: false };
        Ok(Self { device, events, ready: VecDeque::new() })
    }
}

fn open_node(path: &Path) -> io::Result<OwnedFd> {
    Ok(open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?)
}

impl Source for KeySource {
    fn read(&mut self) -> Pending<'_, io::Result<Input>> {
        Box::pin(async {
            loop {
                if let Some(input) = self.ready.pop_front() {
                    return Ok(input);
                }
                // Nothing waits between taking events and keeping what they mean, so none is lost with this call.
                let read = |device: &mut RawDevice| Ok(device.fetch_events()?.collect::<Vec<_>>());
                let events = self.device.async_io_mut(Interest::READABLE, read).await.map_err(identity::gone)?;
                for event in events {
                    match self.events.event(event.event_type(), event.code(), event.value()) {
                        Step::Nothing => {}
                        Step::Input(input) => self.ready.push_back(input),
                        Step::Resync => {
                            let held = self.device.get_ref().get_key_state()?;
                            self.events.keyboard.resync(held.iter().map(KeyCode::code));
                            // What else was read is older than that state, and belongs to the spoiled read.
                            break;
                        }
                    }
                }
            }
        })
    }

    /// A keyboard takes no answers; a config that asks for them is refused.
    fn answer<'a>(&'a mut self, _: Feedback, _: &'a str) -> Pending<'a, io::Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

impl Events {
    fn event(&mut self, kind: EventType, code: u16, value: i32) -> Step {
        match kind {
            EventType::SYNCHRONIZATION if code == SynchronizationCode::SYN_DROPPED.0 => {
                self.lost = true;
                Step::Input(Input::Spoiled(Reason::KeysLost))
            }
            EventType::SYNCHRONIZATION if self.lost && code == SynchronizationCode::SYN_REPORT.0 => {
                self.lost = false;
                Step::Resync
            }
            EventType::KEY if !self.lost => match self.keyboard.key(code, value) {
                Typed::Nothing => Step::Nothing,
                Typed::Bytes(bytes) => Step::Input(Input::Bytes(bytes)),
                Typed::Spoiled(reason) => Step::Input(Input::Spoiled(reason)),
            },
            _ => Step::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYN: EventType = EventType::SYNCHRONIZATION;
    const KEY: EventType = EventType::KEY;

    #[test]
    fn lost_events_spoil_the_scan_and_the_incomplete_rest_is_passed_over() {
        let mut events = Events::default();
        assert_eq!(events.event(KEY, 42, 1), Step::Nothing, "Shift is pressed, and its release gets lost");
        assert_eq!(events.event(KEY, 30, 1), Step::Input(Input::Bytes(b"A".to_vec())));
        assert_eq!(events.event(SYN, 0, 0), Step::Nothing);
        assert_eq!(events.event(SYN, 3, 0), Step::Input(Input::Spoiled(Reason::KeysLost)));
        assert_eq!(events.event(KEY, 31, 1), Step::Nothing, "before the report ends, events are incomplete");
        assert_eq!(events.event(SYN, 0, 0), Step::Resync);
        events.keyboard.resync([]);
        assert_eq!(events.event(KEY, 31, 1), Step::Input(Input::Bytes(b"s".to_vec())));
    }

    #[test]
    fn other_kinds_of_events_mean_nothing() {
        let mut events = Events::default();
        assert_eq!(events.event(EventType::MISC, 4, 0x70004), Step::Nothing, "the scan code of each key");
        assert_eq!(events.event(EventType::LED, 1, 1), Step::Nothing);
    }

    #[test]
    fn volume_keys_are_no_scanner() {
        assert!(can_type("1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"));
        assert!(can_type("7 ff9f207a c14057ff febeffdf ffefffff ffffffff fffffffe"), "in words of 32 bits");
        assert!(!can_type("3e000b00000000 0 0 0"), "volume");
        assert!(!can_type("10000000000000 0"), "a power button");
        assert!(!can_type(""));
    }

    #[test]
    fn options_are_checked_when_the_config_is_read() {
        let problem = |url: &str| check(&url.parse().unwrap()).err().map(|error| error.to_string());
        assert_eq!(problem("evdev://05e0:1200?serial=S1&port=1-1.4&caps=inverted"), None);
        assert_eq!(problem("evdev://05e0:1200?caps=loud").unwrap(), "evdev: option caps can't be \"loud\"");
        assert_eq!(
            problem("evdev://05e0:1200?grab=no").unwrap(),
            "evdev: unknown option \"grab\"; known are serial, port, caps"
        );
    }

    #[tokio::test]
    async fn a_scanner_that_is_away_is_named() {
        let mut door = door(&"evdev://05e0:ffff?serial=S1".parse().unwrap()).unwrap();
        let Err(error) = door.next().await else { panic!("no such device exists") };
        assert!(error.to_string().starts_with("05e0:ffff with serial S1 is not plugged in"), "{error}");
    }
}
