//! Serial and USB-COM scanners: `serial:///dev/serial/by-id/usb-…?baud=9600` or `serial://05e0:1701?serial=…`. The recommended way: it carries every byte
//! unchanged and takes feedback.

use std::fs;
use std::io;
use std::path::Path;

use super::source::Stream;
use super::{Door, Opening};
use crate::seen::identity::Node;
use crate::transport::serial;
use crate::url::{DeviceUrl, UrlError};

/// Links that keep their names, made by udev.
const BY_ID: &str = "/dev/serial/by-id";

struct Port(DeviceUrl);

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    serial::check(url)
}

pub fn door(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Port(url.clone())))
}

/// The serial ports on USB, whatever is behind them.
pub fn devices() -> Vec<Node> {
    let named = |node: Node| Node { path: lasting_name(Path::new(BY_ID), &node.name), ..node };
    serial::plugged_in().into_iter().map(named).collect()
}

fn lasting_name(links: &Path, node: &str) -> Option<String> {
    let mut links = fs::read_dir(links).into_iter().flatten().flatten().map(|link| link.path());
    let leads =
        |link: &Path| fs::canonicalize(link).is_ok_and(|target| target.file_name().is_some_and(|name| name == node));
    links.find(|link| leads(link)).map(|link| link.display().to_string())
}

impl Door for Port {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async { Ok(Stream::open(Box::new(serial::SerialLink::open(&self.0)?))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_named_by_what_stays() {
        let folder = tempfile::tempdir().unwrap();
        let device = folder.path().join("ttyACM3");
        fs::write(&device, "").unwrap();
        let links = folder.path().join("by-id");
        assert_eq!(lasting_name(&links, "ttyACM3"), None, "without udev there are no links");
        fs::create_dir(&links).unwrap();
        std::os::unix::fs::symlink(&device, links.join("usb-Symbol-if00")).unwrap();
        assert_eq!(lasting_name(&links, "ttyACM3"), Some(links.join("usb-Symbol-if00").display().to_string()));
        assert_eq!(lasting_name(&links, "ttyACM4"), None);
    }
}
