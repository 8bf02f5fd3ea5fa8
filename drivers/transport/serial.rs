//! Serial ports and USB-COM: `serial:///dev/serial/by-id/usb-…?baud=115200&flow=none|rts|xon`. 8 data bits, no parity, one
//! stop bit, unless `bits=7`, `parity=even|odd` or `stop=2` says otherwise, as scales do. On USB a port may also be named by
//! what it is, `serial://0403:6001?serial=…&port=2-5`: the number in `ttyUSB0` changes when the machine wakes from sleep.
//!
//! The port is opened by `serialport` and then driven without blocking by tokio, because a blocking read can't be
//! cancelled when the daemon lets go of a device.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl, fstat, major, minor};
use serialport::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort, StopBits, TTYPort};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::{Link, Opening, Pending, bad_option};
use crate::seen::identity::{self, Absent, Node, Wanted};
use crate::url::{DeviceUrl, UrlError};

/// What RS-232 scanners are delivered with; USB-COM devices ignore it.
const DEFAULT_BAUD: u32 = 9600;
/// Where the kernel describes serial ports, and where it puts their nodes.
const CLASS: &str = "/sys/class/tty";
const NODES: &str = "/dev";
/// How often the driver's output queue is looked at while it drains: two bytes at 9600 baud.
const DRAIN_STEP: Duration = Duration::from_millis(2);

/// An open port, exclusive to this process.
pub struct SerialLink {
    port: AsyncFd<TTYPort>,
    finished: bool,
}

struct Options {
    baud: u32,
    flow: FlowControl,
    bits: DataBits,
    parity: Parity,
    stop: StopBits,
}

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    options(url).map(drop)
}

fn options(url: &DeviceUrl) -> Result<Options, UrlError> {
    const LINE: [&str; 5] = ["baud", "flow", "bits", "parity", "stop"];
    match is_path(url) {
        true => url.refuse_options_but(&LINE)?,
        false => {
            let right = "a path like /dev/ttyUSB0, or what the port is on USB, like 0403:6001";
            let place = || UrlError::BadPlace { scheme: url.scheme.clone(), place: url.place.clone(), right };
            url.refuse_options_but(&[&LINE[..], &Wanted::OPTIONS].concat())?;
            Wanted::of(url).map_err(|_| place())?;
        }
    }
    Ok(Options {
        baud: url.option("baud", DEFAULT_BAUD)?,
        flow: one_of(
            url,
            "flow",
            &[("none", FlowControl::None), ("rts", FlowControl::Hardware), ("xon", FlowControl::Software)],
        )?,
        bits: one_of(url, "bits", &[("8", DataBits::Eight), ("7", DataBits::Seven)])?,
        parity: one_of(url, "parity", &[("none", Parity::None), ("even", Parity::Even), ("odd", Parity::Odd)])?,
        stop: one_of(url, "stop", &[("1", StopBits::One), ("2", StopBits::Two)])?,
    })
}

/// The option's meaning; the first one stands where the address says nothing.
fn one_of<T: Copy>(url: &DeviceUrl, key: &'static str, meanings: &[(&str, T)]) -> Result<T, UrlError> {
    let value = url.option(key, meanings[0].0.to_owned())?;
    let meaning = meanings.iter().find(|(word, _)| *word == value);
    let bad = || UrlError::BadOption { scheme: url.scheme.clone(), key, value: value.clone() };
    meaning.map(|(_, meaning)| *meaning).ok_or_else(bad)
}

fn is_path(url: &DeviceUrl) -> bool {
    url.place.starts_with('/')
}

/// Where the port's node is now; an error where no such port is plugged in.
pub fn node(url: &DeviceUrl) -> io::Result<PathBuf> {
    match is_path(url) {
        true => Ok(PathBuf::from(&url.place)),
        false => meant(url).map(|node| Path::new(NODES).join(node.name)),
    }
}

fn meant(url: &DeviceUrl) -> io::Result<Node> {
    let absent = |absent: Absent| io::Error::new(io::ErrorKind::NotFound, absent);
    Wanted::of(url).map_err(bad_option)?.choose(plugged_in()).map_err(absent)
}

/// The serial ports on USB, whatever is behind them.
pub fn plugged_in() -> Vec<Node> {
    identity::nodes(Path::new(CLASS), |entry| entry.join("device").exists())
}

pub fn open(url: &DeviceUrl) -> Opening<'_> {
    Box::pin(async move { Ok(Box::new(SerialLink::open(url)?) as Box<dyn Link>) })
}

/// Whether the port can be opened; a port that another program has for itself is busy. Waits for nothing, and moves the
/// port's control lines as every opening does.
pub fn probe(path: &Path) -> io::Result<()> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, rustix::fs::Mode::empty()).map(drop)?)
}

impl SerialLink {
    /// Needs a tokio runtime; opening a port doesn't wait for anything.
    pub fn open(url: &DeviceUrl) -> io::Result<Self> {
        let options = options(url).map_err(bad_option)?;
        let node = node(url)?;
        let port = serialport::new(node.to_string_lossy(), options.baud)
            .flow_control(options.flow)
            .data_bits(options.bits)
            .parity(options.parity)
            .stop_bits(options.stop)
            .open_native()
            .map_err(|error| plain_words(error, &node))?;
        // SAFETY: `port` owns the descriptor and outlives this borrow.
        let descriptor = unsafe { BorrowedFd::borrow_raw(port.as_raw_fd()) };
        if !is_path(url) {
            let number = fstat(descriptor)?.st_rdev;
            if !meant(url)?.is_still(Path::new(CLASS), (major(number), minor(number))) {
                return Err(io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("{url} was unplugged while it was opened"),
                ));
            }
        }
        fcntl_setfl(descriptor, fcntl_getfl(descriptor)? | OFlags::NONBLOCK)?;
        // SAFETY: the port keeps its descriptor open until it is dropped, and `AsyncFd` deregisters it first.
        let port = unsafe { AsyncFd::register(port) }?;
        Ok(Self { port, finished: false })
    }
}

/// `serialport` says "no device" of a port that is there but in use.
fn plain_words(error: serialport::Error, node: &Path) -> io::Error {
    match error.kind {
        serialport::ErrorKind::NoDevice if node.exists() => {
            io::Error::new(io::ErrorKind::ResourceBusy, format!("{} is in use by another program", node.display()))
        }
        _ => error.into(),
    }
}

impl Link for SerialLink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>> {
        self.finished = false;
        Box::pin(self.port.async_io_mut(Interest::WRITABLE, |port| not_yet(port.write(bytes))))
    }

    fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(self.port.async_io_mut(Interest::READABLE, |port| not_yet(port.read(buffer))))
    }

    fn finish(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(async move {
            while self.port.get_ref().bytes_to_write()? > 0 {
                tokio::time::sleep(DRAIN_STEP).await;
            }
            self.finished = true;
            Ok(())
        })
    }

    fn two_way(&self) -> bool {
        true
    }
}

/// `serialport` waits with `poll` first and calls a wait of nothing a time-out.
fn not_yet(result: io::Result<usize>) -> io::Result<usize> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => io::ErrorKind::WouldBlock.into(),
        _ => error,
    })
}

impl Drop for SerialLink {
    /// Closing a port waits up to 30 s for its output queue; bytes nobody takes are thrown away instead.
    fn drop(&mut self) {
        if !self.finished {
            let _ = self.port.get_ref().clear(ClearBuffer::Output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(query: &str) -> Option<String> {
        check(&format!("serial:///dev/ttyUSB0?{query}").parse().unwrap()).err().map(|error| error.to_string())
    }

    #[test]
    fn a_line_is_eight_bits_without_parity_unless_it_is_told_otherwise() {
        let line = |query: &str| options(&format!("serial:///dev/ttyUSB0?{query}").parse().unwrap()).unwrap();
        let usual = line("");
        assert_eq!((usual.bits, usual.parity, usual.stop), (DataBits::Eight, Parity::None, StopBits::One));
        let scale = line("baud=4800&bits=7&parity=even&stop=2&flow=xon");
        assert_eq!((scale.bits, scale.parity, scale.stop), (DataBits::Seven, Parity::Even, StopBits::Two));
        assert_eq!((scale.baud, scale.flow), (4800, FlowControl::Software));
    }

    #[test]
    fn options_are_checked_when_the_config_is_read() {
        assert_eq!(problem("parity=mark").unwrap(), "serial: option parity can't be \"mark\"");
        assert_eq!(problem("bits=9").unwrap(), "serial: option bits can't be \"9\"");
        assert!(problem("bit=7").unwrap().contains("known are baud, flow, bits, parity, stop"));
    }

    #[test]
    fn a_port_is_named_by_its_path_or_by_what_it_is() {
        let problem = |url: &str| check(&url.parse().unwrap()).err().map(|error| error.to_string());
        assert_eq!(problem("serial://0403:6001?serial=A1B2&port=2-5&baud=115200"), None);
        assert!(problem("serial:///dev/ttyUSB0?serial=A1B2").unwrap().contains("unknown option \"serial\""));
        assert!(problem("serial://COM3").unwrap().contains("like /dev/ttyUSB0, or what the port is on USB"));
        let absent = node(&"serial://dead:beef?serial=A1B2".parse().unwrap()).unwrap_err();
        assert_eq!(absent.kind(), io::ErrorKind::NotFound);
        assert!(absent.to_string().contains("dead:beef with serial A1B2 is not plugged in"), "{absent}");
    }

    /// That a held port is busy can't be shown to root, who may open it.
    #[test]
    fn a_port_is_there_or_not() {
        let (_master, slave) = TTYPort::pair().unwrap();
        probe(Path::new(&slave.name().unwrap())).unwrap();
        assert_eq!(probe(Path::new("/nowhere/ttyUSB0")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
