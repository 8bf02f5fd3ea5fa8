//! Ways to move bytes to a device and back. A transport knows no language and never retries: what became of the bytes
//! is the caller's question, so every write tells how many it took.

pub mod file;
pub mod lp;
pub mod serial;
pub mod tcp;
pub mod usb;

use std::future::Future;
use std::io;
use std::pin::Pin;

use crate::url::{DeviceUrl, UrlError};

/// What an asynchronous call of a driver returns.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What becomes an open link.
pub type Opening<'a> = Pending<'a, io::Result<Box<dyn Link>>>;

/// An open way to a device. A call that is dropped half-way has taken either nothing or what the device took.
pub trait Link: Send + Sync {
    /// How many bytes were taken, at least one.
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>>;

    /// 0 when the other side has closed.
    fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Pending<'a, io::Result<usize>>;

    /// Everything is written: returns when the bytes have left this machine as far as it can tell.
    fn finish(&mut self) -> Pending<'_, io::Result<()>>;

    /// Whether a device behind it could ever answer.
    fn two_way(&self) -> bool;

    /// The status byte of a printer's port (IEEE 1284, USB printer class), where there is one. Answered beside the bytes:
    /// also by a printer that takes none.
    fn port_status(&mut self) -> Pending<'_, io::Result<Option<u8>>> {
        Box::pin(async { Ok(None) })
    }
}

/// A transport: a scheme of addresses and how to open one.
pub struct Kind {
    pub scheme: &'static str,
    /// Are place and options sound? Called when a config is read, long before the device is needed.
    pub check: fn(&DeviceUrl) -> Result<(), UrlError>,
    pub open: fn(&DeviceUrl) -> Opening<'_>,
    pub idle: Idle,
}

/// What a look at an idle device means for its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Opening costs more than looking, and the printer is ours: the link is kept from look to look.
    Keep,
    /// Others may use the device meanwhile: each look has its own link.
    Reopen,
    /// There is no device to look at.
    Leave,
}

pub const KINDS: &[Kind] = &[
    Kind { scheme: "tcp", check: tcp::check, open: tcp::open, idle: Idle::Reopen },
    Kind { scheme: "serial", check: serial::check, open: serial::open, idle: Idle::Keep },
    Kind { scheme: "usb", check: usb::check, open: usb::open, idle: Idle::Keep },
    Kind { scheme: "lp", check: lp::check, open: lp::open, idle: Idle::Keep },
    Kind { scheme: "file", check: file::check, open: file::open, idle: Idle::Leave },
];

/// The transport of an address, its options checked.
pub fn kind_of(url: &DeviceUrl) -> Result<&'static Kind, UrlError> {
    let kind = KINDS.iter().find(|kind| kind.scheme == url.scheme).ok_or_else(|| UrlError::UnknownScheme {
        scheme: url.scheme.clone(),
        known: KINDS.iter().map(|kind| kind.scheme).collect::<Vec<_>>().join(", "),
    })?;
    (kind.check)(url)?;
    Ok(kind)
}

fn bad_option(error: UrlError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

/// `status=ignore`: for a printer whose port status is an invention.
fn port_status_wanted(url: &DeviceUrl) -> Result<bool, UrlError> {
    match url.options.get("status").map(String::as_str) {
        None | Some("use") => Ok(true),
        Some("ignore") => Ok(false),
        Some(other) => Err(UrlError::BadOption { scheme: url.scheme.clone(), key: "status", value: other.into() }),
    }
}
