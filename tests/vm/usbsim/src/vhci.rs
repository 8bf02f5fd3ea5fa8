//! Plugging a device into this kernel's virtual host controller: no network, a socket pair and a line in sysfs.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::device::Device;
use crate::port::Port;

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";
/// The kernel's name for a port nobody is at (VDEV_ST_NULL).
const FREE: &str = "004";
/// USB_SPEED_HIGH.
const HIGH_SPEED: u32 = 3;
const LONG: Duration = Duration::from_secs(60);

/// A device in a port of this machine.
pub struct Plugged<D: Device> {
    pub port: Port<D>,
    pub number: u32,
    /// As the kernel names the place, e.g. `2-5`: stays the same whatever is plugged in there.
    pub path: String,
}

/// Into the port of this number; waits until the one before has gone from it.
pub fn plug<D: Device>(number: u32, device: D) -> io::Result<Plugged<D>> {
    wait_until("the port is free", || Ok(is_free(&fs::read_to_string(format!("{CONTROLLER}/status"))?, number)))?;
    let (ours, kernels) = UnixStream::pair()?;
    let port = Port::serve(device, ours);
    let devid = number + 1;
    let line = format!("{number} {} {devid} {HIGH_SPEED}", kernels.as_raw_fd());
    fs::write(format!("{CONTROLLER}/attach"), line)?;
    // The controller's high-speed ports count from 1 in its first bus.
    let path = format!("{}-{}", high_speed_bus()?, number + 1);
    let plugged = Plugged { port, number, path };
    wait_until("the device is configured", || Ok(plugged.sysfs().join("bConfigurationValue").exists()))?;
    Ok(plugged)
}

impl<D: Device> Plugged<D> {
    /// The device's folder in sysfs.
    pub fn sysfs(&self) -> PathBuf {
        Path::new("/sys/bus/usb/devices").join(&self.path)
    }

    /// Pulls the cable and waits until the kernel has noticed.
    pub fn unplug(self) -> io::Result<()> {
        self.port.unplug();
        let folder = self.sysfs();
        wait_until("the device is gone", || Ok(!folder.exists()))
    }

    /// A device node its drivers made below it, e.g. of the class `usbmisc`; waits for it.
    pub fn node(&self, class: &str) -> io::Result<PathBuf> {
        node_below(&self.path, class)
    }
}

/// The node of a class that belongs to the device at this place; waits for it.
pub fn node_below(path: &str, class: &str) -> io::Result<PathBuf> {
    let mut found = None;
    wait_until(&format!("{path} has a node of the class {class}"), || {
        found = nodes(class)?.into_iter().find(|(place, _)| place.contains(&format!("/{path}/")));
        Ok(found.is_some())
    })?;
    Ok(found.expect("it was waited for").1)
}

/// The nodes of a class: where each is in sysfs, and its file.
fn nodes(class: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let folder = Path::new("/sys/class").join(class);
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut nodes = Vec::new();
    for entry in entries {
        // Whatever goes away while we look isn't what we look for.
        let Ok(path) = fs::canonicalize(entry?.path()) else { continue };
        let Ok(text) = fs::read_to_string(path.join("uevent")) else { continue };
        let Some(name) = text.lines().find_map(|line| line.strip_prefix("DEVNAME=")) else { continue };
        let file = Path::new("/dev").join(name);
        if file.exists() {
            nodes.push((path.to_string_lossy().into_owned(), file));
        }
    }
    nodes.sort();
    Ok(nodes)
}

/// `hub port sta spd dev sockfd local_busid`, one line a port.
fn is_free(status: &str, number: u32) -> bool {
    status
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .any(|columns| matches!(columns[..], ["hs", port, FREE, ..] if port.parse() == Ok(number)))
}

fn high_speed_bus() -> io::Result<u32> {
    for entry in fs::read_dir(CONTROLLER)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some(number) = name.strip_prefix("usb").and_then(|number| number.parse().ok()) else { continue };
        if fs::read_to_string(format!("{CONTROLLER}/{name}/speed"))?.trim() == "480" {
            return Ok(number);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "vhci_hcd has no high-speed bus: is the module loaded?"))
}

/// Polls, for sysfs tells nobody.
pub fn wait_until(what: &str, mut reached: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let until = Instant::now() + LONG;
    while !reached()? {
        if Instant::now() > until {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("waited {LONG:?} in vain until {what}")));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_free_when_its_line_says_so() {
        let status = "hub port sta spd dev      sockfd local_busid\n\
                      hs  0000 006 003 00010001 000003 2-1\n\
                      hs  0001 004 000 00000000 000000 0-0\n\
                      ss  0002 004 000 00000000 000000 0-0\n";
        assert_eq!([0, 1, 2, 7].map(|number| is_free(status, number)), [false, true, false, false]);
    }

    #[test]
    fn waiting_ends() {
        let mut left = 3;
        wait_until("nought", || {
            left -= 1;
            Ok(left == 0)
        })
        .unwrap();
        assert!(wait_until("never", || Err(io::ErrorKind::Other.into())).is_err());
    }
}
