//! Serial and USB-COM scanners: `serial:///dev/serial/by-id/usb-…?baud=9600`. The recommended way: it carries every byte
//! unchanged and takes feedback.

use std::io;

use super::source::Stream;
use super::{Door, Opening};
use crate::transport::serial;
use crate::url::{DeviceUrl, UrlError};

struct Port(DeviceUrl);

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    serial::check(url)
}

pub fn door(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Port(url.clone())))
}

impl Door for Port {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async { Ok(Stream::open(Box::new(serial::SerialLink::open(&self.0)?))) })
    }
}
