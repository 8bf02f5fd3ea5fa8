//! Serial ports and USB-COM: `serial:///dev/serial/by-id/usb-…?baud=115200&flow=none|rts|xon`. 8 data bits, no parity, one
//! stop bit, unless `bits=7`, `parity=even|odd` or `stop=2` says otherwise, as scales do.
//!
//! The port is opened by `serialport` and then driven without blocking by tokio, because a blocking read can't be
//! cancelled when the daemon lets go of a device.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use serialport::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort, StopBits, TTYPort};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::{Link, Opening, Pending, bad_option};
use crate::url::{DeviceUrl, UrlError};

/// What RS-232 scanners are delivered with; USB-COM devices ignore it.
const DEFAULT_BAUD: u32 = 9600;
/// Where the kernel describes serial ports.
pub const CLASS: &str = "/sys/class/tty";
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
    url.refuse_options_but(&["baud", "flow", "bits", "parity", "stop"])?;
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

pub fn open(url: &DeviceUrl) -> Opening<'_> {
    Box::pin(async move { Ok(Box::new(SerialLink::open(url)?) as Box<dyn Link>) })
}

/// Whether the port can be opened; a port that another program has for itself is busy. Waits for nothing, and moves the
/// port's control lines as every opening does.
pub fn probe(path: &str) -> io::Result<()> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, rustix::fs::Mode::empty()).map(drop)?)
}

impl SerialLink {
    /// Needs a tokio runtime; opening a port doesn't wait for anything.
    pub fn open(url: &DeviceUrl) -> io::Result<Self> {
        let options = options(url).map_err(bad_option)?;
        let port = serialport::new(&url.place, options.baud)
            .flow_control(options.flow)
            .data_bits(options.bits)
            .parity(options.parity)
            .stop_bits(options.stop)
            .open_native()
            .map_err(|error| plain_words(error, &url.place))?;
        // SAFETY: `port` owns the descriptor and outlives this borrow.
        let descriptor = unsafe { BorrowedFd::borrow_raw(port.as_raw_fd()) };
        fcntl_setfl(descriptor, fcntl_getfl(descriptor)? | OFlags::NONBLOCK)?;
        // SAFETY: the port keeps its descriptor open until it is dropped, and `AsyncFd` deregisters it first.
        let port = unsafe { AsyncFd::register(port) }?;
        Ok(Self { port, finished: false })
    }
}

/// `serialport` says "no device" of a port that is there but in use.
fn plain_words(error: serialport::Error, place: &str) -> io::Error {
    match error.kind {
        serialport::ErrorKind::NoDevice if Path::new(place).exists() => {
            io::Error::new(io::ErrorKind::ResourceBusy, format!("{place} is in use by another program"))
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

    /// That a held port is busy can't be shown to root, who may open it.
    #[test]
    fn a_port_is_there_or_not() {
        let (_master, slave) = TTYPort::pair().unwrap();
        probe(&slave.name().unwrap()).unwrap();
        assert_eq!(probe("/nowhere/ttyUSB0").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
