//! USB scanners set to HID point of sale: `hidpos://1eab:0110?serial=…&port=1-1.4&form=newland|aim`. It carries every byte
//! like USB-COM, needs no driver, and tells the kind of code.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, fstat, major, minor, open};
use rustix::io::{read, write};
use rustix::ioctl::{Setter, ioctl, opcode};
use tokio::io::unix::AsyncFd;
use tokio::time::timeout_at;

use super::hid_reports::{Form, Reports};
use super::{Door, Feedback, Input, Opening, Source};
use crate::seen::identity::{self, Node, Wanted};
use crate::transport::Pending;
use crate::url::{DeviceUrl, UrlError};

/// Where the kernel describes HID devices, and where it puts their nodes.
const CLASS: &str = "/sys/class/hidraw";
pub const NODES: &str = "/dev";

/// How a bar code scanner's description begins: usage page 0x8c, usage 2.
const SCANNER: [u8; 4] = [0x05, 0x8c, 0x09, 0x02];

const NEWLAND: u16 = 0x1eab;
const HONEYWELL: u16 = 0x0c2e;
/// Bought by Honeywell; its scanners speak as Honeywell's do.
const METROLOGIC: u16 = 0x23d0;

/// Honeywell's command to beep, in its output report.
const HONEYWELL_BEEP: [u8; 5] = [0xfd, 0x03, 0x16, 0x07, 0x0d];
/// Between two beeps, so that they are two.
const BEEP_PAUSE: Duration = Duration::from_millis(150);

struct Scanner(DeviceUrl);

struct HidSource {
    device: AsyncFd<OwnedFd>,
    reports: Reports,
    beeps: bool,
    ready: VecDeque<Input>,
}

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    options(url).map(drop)
}

pub fn door(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Scanner(url.clone())))
}

/// Only Honeywell's command to beep is known.
pub fn answers(url: &DeviceUrl) -> bool {
    options(url).is_ok_and(|(wanted, _)| is_honeywell(wanted.vendor))
}

/// The HID point-of-sale scanners that are plugged in.
pub fn devices() -> Vec<Node> {
    identity::nodes(Path::new(CLASS), |entry| {
        fs::read(entry.join("device/report_descriptor")).is_ok_and(|description| is_scanner(&description))
    })
}

fn is_scanner(description: &[u8]) -> bool {
    description.windows(SCANNER.len()).any(|window| window == SCANNER)
}

fn is_honeywell(vendor: u16) -> bool {
    matches!(vendor, HONEYWELL | METROLOGIC)
}

fn options(url: &DeviceUrl) -> Result<(Wanted, Form), UrlError> {
    url.refuse_options_but(&[&Wanted::OPTIONS[..], &["form"]].concat())?;
    let wanted = Wanted::of(url)?;
    let usual = if wanted.vendor == NEWLAND { "newland" } else { "aim" };
    let form = match url.option("form", usual.to_owned())?.as_str() {
        "newland" => Form::Newland,
        "aim" => Form::Aim,
        other => return Err(UrlError::BadOption { scheme: url.scheme.clone(), key: "form", value: other.into() }),
    };
    Ok((wanted, form))
}

/// Whether another program of ours reads it.
pub fn is_locked(path: &Path) -> bool {
    open_alone(path).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl Door for Scanner {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async { Ok(Box::new(HidSource::open(&self.0)?) as Box<dyn Source>) })
    }
}

impl HidSource {
    fn open(url: &DeviceUrl) -> io::Result<Self> {
        let (wanted, form) = options(url).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let node = wanted.choose(devices()).map_err(|absent| io::Error::new(io::ErrorKind::NotFound, absent))?;
        let path = Path::new(NODES).join(&node.name);
        let device = open_alone(&path).map_err(|error| identity::refused(error, &node, &path))?;
        let number = fstat(device.as_fd())?.st_rdev;
        if !node.is_still(Path::new(CLASS), (major(number), minor(number))) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("{node} went away while it was opened")));
        }
        let beeps = is_honeywell(node.vendor);
        if beeps {
            start_honeywell(&device)
                .map_err(|error| io::Error::new(error.kind(), format!("{node} refuses to be started: {error}")))?;
        }
        Self::over(device, form, beeps)
    }

    fn over(device: OwnedFd, form: Form, beeps: bool) -> io::Result<Self> {
        // SAFETY: an `OwnedFd` is open until it is dropped, and `AsyncFd` deregisters it first.
        let device = unsafe { AsyncFd::register(device) }?;
        Ok(Self { device, reports: Reports::new(form), beeps, ready: VecDeque::new() })
    }

    async fn beep(&self) -> io::Result<()> {
        let beep = |device: &OwnedFd| Ok(write(device, &HONEYWELL_BEEP)?);
        self.device.async_io(tokio::io::Interest::WRITABLE, beep).await.map(drop)
    }
}

/// The kernel lets several programs read the same scanner; a lock keeps ours, and those that ask for it, apart.
fn open_alone(path: &Path) -> io::Result<OwnedFd> {
    let device = open(path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    flock(&device, FlockOperation::NonBlockingLockExclusive)?;
    Ok(device)
}

/// Feature report 0xfe with 1: before it, these scanners are in no mode at all.
fn start_honeywell(device: &OwnedFd) -> io::Result<()> {
    const HIDIOCSFEATURE: rustix::ioctl::Opcode = opcode::read_write::<[u8; 2]>(b'H', 0x06);
    // SAFETY: the kernel reads as many bytes as the operation's number says, and these are as many.
    Ok(unsafe { ioctl(device, Setter::<HIDIOCSFEATURE, [u8; 2]>::new([0xfe, 0x01])) }?)
}

impl Source for HidSource {
    fn read(&mut self) -> Pending<'_, io::Result<Input>> {
        Box::pin(async {
            // One report at most; the kernel cuts longer ones off.
            let mut report = [0; 256];
            loop {
                if let Some(input) = self.ready.pop_front() {
                    return Ok(input);
                }
                let arrives =
                    self.device.async_io(tokio::io::Interest::READABLE, |device| Ok(read(device, &mut report)?));
                let length = match self.reports.deadline() {
                    Some(deadline) => timeout_at(deadline.into(), arrives).await.ok(),
                    None => Some(arrives.await),
                };
                match length.transpose().map_err(identity::gone)? {
                    Some(0) => return Ok(Input::Closed),
                    Some(length) => self.ready.extend(self.reports.push(&report[..length], Instant::now())),
                    None => self.ready.extend(self.reports.tick(Instant::now())),
                }
            }
        })
    }

    fn answer<'a>(&'a mut self, feedback: Feedback, _: &'a str) -> Pending<'a, io::Result<()>> {
        Box::pin(async move {
            let beeps = match feedback {
                _ if !self.beeps => 0,
                Feedback::Good => 1,
                Feedback::Warn => 2,
                Feedback::Bad => 3,
            };
            for count in 0..beeps {
                if count > 0 {
                    tokio::time::sleep(BEEP_PAUSE).await;
                }
                self.beep().await?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use super::*;
    use crate::scan::Symbology;

    /// Our end of a device whose reports arrive whole, as from hidraw, and the device's end.
    fn device(form: Form) -> (HidSource, UnixDatagram) {
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        theirs.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        (HidSource::over(ours.into(), form, true).unwrap(), theirs)
    }

    fn report(text: &[u8], last: u8) -> [u8; 64] {
        let mut report = [0; 64];
        (report[0], report[1], report[63]) = (2, text.len() as u8, last);
        report[2..2 + text.len()].copy_from_slice(text);
        report
    }

    #[tokio::test]
    async fn reports_become_reads_even_when_the_reader_looks_away_in_between() {
        let (mut source, device) = device(Form::Newland);
        device.send(&report(&[b'a'; 56], 1)).unwrap();
        let unfinished = tokio::time::timeout(Duration::from_millis(50), source.read()).await;
        assert!(unfinished.is_err(), "half a code is none: {unfinished:?}");
        device.send(&report(b"end", 0)).unwrap();
        device.send(&report(b"second", 0)).unwrap();
        let first = [&[b'a'; 56][..], b"end"].concat();
        assert_eq!(source.read().await.unwrap(), Input::Read { data: first, symbology: None });
        assert_eq!(source.read().await.unwrap(), Input::Read { data: b"second".to_vec(), symbology: None });
        device.send(&report(&[b'a'; 56], 1)).unwrap();
        let lost = tokio::time::timeout(Duration::from_secs(5), source.read()).await.unwrap().unwrap();
        assert!(matches!(lost, Input::Refused { .. }), "{lost:?}");
    }

    #[tokio::test]
    async fn an_aim_report_tells_its_kind_of_code() {
        let (mut source, device) = device(Form::Aim);
        let mut bytes = report(b"]d20109", 0);
        bytes[1] = 4;
        device.send(&bytes).unwrap();
        let symbology = Some(Symbology::Gs1DataMatrix);
        assert_eq!(source.read().await.unwrap(), Input::Read { data: b"0109".to_vec(), symbology });
    }

    #[tokio::test]
    async fn a_honeywell_beeps_once_for_good_and_thrice_for_bad() {
        let (mut source, device) = device(Form::Aim);
        source.answer(Feedback::Good, "").await.unwrap();
        source.answer(Feedback::Bad, "").await.unwrap();
        let mut buffer = [0; 64];
        for _ in 0..4 {
            let length = device.recv(&mut buffer).unwrap();
            assert_eq!(buffer[..length], [0xfd, 0x03, 0x16, 0x07, 0x0d]);
        }
        device.set_nonblocking(true).unwrap();
        assert!(device.recv(&mut buffer).is_err(), "no fifth");
    }

    #[test]
    fn a_scanner_is_known_by_its_description() {
        assert!(is_scanner(&[0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01]));
        assert!(!is_scanner(&[0x05, 0x01, 0x09, 0x06, 0xa1, 0x01]), "a keyboard");
        assert!(!is_scanner(&[]));
    }

    #[test]
    fn the_form_follows_from_the_maker_and_may_be_given() {
        let form = |url: &str| options(&url.parse().unwrap()).map(|(_, form)| form).map_err(|error| error.to_string());
        assert_eq!(form("hidpos://1eab:0110"), Ok(Form::Newland));
        assert_eq!(form("hidpos://05e0:1300"), Ok(Form::Aim));
        assert_eq!(form("hidpos://27dd:0002?form=newland"), Ok(Form::Newland));
        assert_eq!(form("hidpos://27dd:0002?form=usb").unwrap_err(), "hidpos: option form can't be \"usb\"");
    }

    #[test]
    fn only_honeywells_are_known_to_beep() {
        assert!(answers(&"hidpos://0c2e:0b6a".parse().unwrap()));
        assert!(!answers(&"hidpos://05e0:1300".parse().unwrap()));
    }

    #[test]
    fn the_operation_has_the_number_of_the_kernels_header() {
        // HIDIOCSFEATURE(2) of include/uapi/linux/hidraw.h on every machine we build for.
        assert_eq!(opcode::read_write::<[u8; 2]>(b'H', 0x06), 0xc002_4806);
    }

    #[test]
    fn two_readers_of_one_node_are_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let first = open_alone(file.path()).unwrap();
        let second = open_alone(file.path()).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::WouldBlock);
        drop(first);
        open_alone(file.path()).unwrap();
    }
}
