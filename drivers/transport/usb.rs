//! Printers without the kernel's driver, by libusb: `usb://0a5f:0166?serial=…&port=2-5` (vendor and product, then the
//! serial number or where it is plugged in, where two are alike). It tells what a write really moved and clears stalls.
//!
//! The kernel's own driver is put aside and stays so until the printer is plugged in again: `/dev/usb/lp*` is gone then.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusb::{Context, Device, DeviceHandle, Direction, Error, TransferType, UsbContext};

use super::{Link, Opening, Pending, bad_option, port_status_wanted};
use crate::url::{DeviceUrl, UrlError};

/// Printers (USB's class codes), and of them the protocols that take plain bytes; 4 is IPP over USB.
const PRINTER: u8 = 7;
const PLAIN_PROTOCOLS: [u8; 2] = [2, 1];
/// How soon a transfer that nobody waits for any more is taken back. A slow printer must get a block of a job within a
/// slice, where its controller can't say how much of it was taken.
const WRITE_SLICE: Duration = Duration::from_secs(1);
const READ_SLICE: Duration = Duration::from_millis(100);
/// Between two tries to claim what a dropped link still holds.
const RETRY: Duration = Duration::from_millis(25);
/// A control request is answered within this or not at all.
const CONTROL: Duration = Duration::from_millis(500);
/// A link that was just dropped may need a slice to let go.
const LET_GO: Duration = Duration::from_secs(2);
/// Room for whole packets, or the controller calls it an overflow.
const READ_ROOM: usize = 4_096;
/// Between two reads of a printer that says nothing and says so at once.
const EMPTY_PAUSE: Duration = Duration::from_millis(10);

/// No printer says more of itself.
const ID_ROOM: usize = 1_024;

type Handle = DeviceHandle<Context>;

struct Options {
    vendor: u16,
    product: u16,
    serial: Option<String>,
    port: Option<String>,
    status: bool,
}

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    options(url).map(drop)
}

fn options(url: &DeviceUrl) -> Result<Options, UrlError> {
    url.refuse_options_but(&["serial", "port", "status"])?;
    let hex = |text: &str| u16::from_str_radix(text, 16).ok().filter(|_| text.len() == 4);
    let ids = url.place.split_once(':').and_then(|(vendor, product)| Some((hex(vendor)?, hex(product)?)));
    let (vendor, product) = ids.ok_or_else(|| UrlError::BadPlace {
        scheme: "usb".into(),
        place: url.place.clone(),
        right: "vendor and product in hex, as lsusb shows them: usb://0a5f:0166",
    })?;
    let option = |key: &str| url.options.get(key).cloned();
    Ok(Options { vendor, product, serial: option("serial"), port: option("port"), status: port_status_wanted(url)? })
}

pub fn open(url: &DeviceUrl) -> Opening<'_> {
    Box::pin(async move {
        let options = options(url).map_err(bad_option)?;
        let link = tokio::task::spawn_blocking(move || UsbLink::open(&options)).await.map_err(io::Error::other)??;
        Ok(Box::new(link) as Box<dyn Link>)
    })
}

struct UsbLink {
    handle: Arc<Handle>,
    interface: Interface,
    status: bool,
    /// One transfer a direction: what was given up ends before the next begins.
    writing: Arc<Mutex<()>>,
    said: Arc<Mutex<VecDeque<u8>>>,
}

/// The printer's part of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interface {
    number: u8,
    setting: u8,
    output: u8,
    input: Option<u8>,
}

impl UsbLink {
    fn open(options: &Options) -> io::Result<UsbLink> {
        let context = Context::new().map_err(|error| in_words(error, "there is no USB on this machine"))?;
        let (device, interface) = find(&context, options)?;
        let handle = device.open().map_err(|error| in_words(error, "the printer can't be opened"))?;
        claim(&handle, interface)?;
        Ok(UsbLink {
            handle: Arc::new(handle),
            interface,
            status: options.status,
            writing: Arc::default(),
            said: Arc::default(),
        })
    }
}

/// The IEEE-1284 id of the printer at a port, as the printer itself tells it. Only for one that nobody drives: asking
/// takes the interface for a moment.
pub fn device_id(port: &str) -> Option<String> {
    let context = Context::new().ok()?;
    let device = context.devices().ok()?.iter().find(|device| port_path(device) == port)?;
    let interface = printer_interface(&device)?;
    let handle = device.open().ok()?;
    let mut id = [0; ID_ROOM];
    // USB printer class 1.1, 4.2.1: the interface in the high byte, its alternate setting in the low one.
    let index = u16::from(interface.number) << 8 | u16::from(interface.setting);
    let length = handle.read_control(0xa1, 0, 0, index, &mut id, CONTROL).ok()?;
    Some(crate::seen::device_id::text(&id[..length]))
}

fn claim(handle: &Handle, interface: Interface) -> io::Result<()> {
    let until = Instant::now() + LET_GO;
    loop {
        // Where there is no driver to put aside, claiming says what is wrong.
        if handle.kernel_driver_active(interface.number) == Ok(true) {
            let _ = handle.detach_kernel_driver(interface.number);
        }
        match handle.claim_interface(interface.number) {
            Ok(()) => break,
            Err(Error::Busy) if Instant::now() < until => thread::sleep(RETRY),
            Err(error) => return Err(in_words(error, "the printer can't be claimed")),
        }
    }
    if interface.setting > 0 {
        let set = handle.set_alternate_setting(interface.number, interface.setting);
        set.map_err(|error| in_words(error, "the printer's setting can't be chosen"))?;
    }
    // Whoever had it before, usblp among them, may have left it stalled.
    let ends = [Some(interface.output), interface.input];
    ends.into_iter().flatten().filter(|end| is_halted(handle, *end)).try_for_each(|end| {
        handle.clear_halt(end).map_err(|error| in_words(error, "the printer's stall can't be cleared"))
    })
}

/// GET_STATUS of an endpoint (USB 2.0, 9.4.5).
fn is_halted(handle: &Handle, endpoint: u8) -> bool {
    let mut status = [0; 2];
    handle.read_control(0x82, 0, 0, u16::from(endpoint), &mut status, CONTROL) == Ok(2) && status[0] & 1 == 1
}

fn find(context: &Context, wanted: &Options) -> io::Result<(Device<Context>, Interface)> {
    let devices = context.devices().map_err(|error| in_words(error, "USB devices can't be listed"))?;
    let printers: Vec<_> = devices.iter().filter_map(|device| Some((printer_interface(&device)?, device))).collect();
    let fits = |device: &Device<Context>| {
        let Ok(descriptor) = device.device_descriptor() else { return false };
        (descriptor.vendor_id(), descriptor.product_id()) == (wanted.vendor, wanted.product)
            && wanted.port.as_ref().is_none_or(|port| port_path(device) == *port)
            && wanted.serial.as_ref().is_none_or(|serial| serial_of(device).as_ref() == Some(serial))
    };
    let listed = || match printers.is_empty() {
        true => "there is none".to_owned(),
        false => {
            format!("there are {}", printers.iter().map(|(_, device)| described(device)).collect::<Vec<_>>().join(", "))
        }
    };
    let mut found = printers.iter().filter(|(_, device)| fits(device));
    match (found.next(), found.next()) {
        (Some((interface, device)), None) => Ok((device.clone(), *interface)),
        (None, _) => {
            Err(io::Error::new(io::ErrorKind::NotFound, format!("no such printer is plugged in; {}", listed())))
        }
        (Some(_), Some(_)) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("several printers are that: add ?port=…; {}", listed()),
        )),
    }
}

fn printer_interface(device: &Device<Context>) -> Option<Interface> {
    let configuration = device.active_config_descriptor().ok()?;
    let settings: Vec<_> = configuration.interfaces().flat_map(|interface| interface.descriptors()).collect();
    PLAIN_PROTOCOLS.iter().find_map(|protocol| {
        let found =
            settings.iter().find(|found| found.class_code() == PRINTER && found.protocol_code() == *protocol)?;
        let bulk = |direction| {
            let mut endpoints = found.endpoint_descriptors();
            endpoints
                .find(|one| one.transfer_type() == TransferType::Bulk && one.direction() == direction)
                .map(|one| one.address())
        };
        Some(Interface {
            number: found.interface_number(),
            setting: found.setting_number(),
            output: bulk(Direction::Out)?,
            input: bulk(Direction::In),
        })
    })
}

/// As the kernel writes it: bus, then the ports of the hubs on the way.
fn port_path(device: &Device<Context>) -> String {
    let ports = device.port_numbers().unwrap_or_default();
    let ports: Vec<String> = ports.iter().map(u8::to_string).collect();
    format!("{}-{}", device.bus_number(), ports.join("."))
}

fn serial_of(device: &Device<Context>) -> Option<String> {
    let descriptor = device.device_descriptor().ok()?;
    device.open().ok()?.read_serial_number_string_ascii(&descriptor).ok().map(|serial| crate::seen::plain(&serial))
}

fn described(device: &Device<Context>) -> String {
    let ids = device.device_descriptor().map(|found| format!("{:04x}:{:04x}", found.vendor_id(), found.product_id()));
    let serial = serial_of(device).unwrap_or_else(|| "none".into());
    format!("{} at port {} (serial {serial})", ids.unwrap_or_default(), port_path(device))
}

impl Link for UsbLink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>> {
        let (handle, writing, bytes) = (self.handle.clone(), self.writing.clone(), bytes.to_vec());
        let endpoint = self.interface.output;
        Box::pin(until_given_up(move |given_up| {
            let _one = writing.lock().unwrap_or_else(PoisonError::into_inner);
            while !given_up.load(Ordering::Relaxed) {
                match handle.write_bulk(endpoint, &bytes, WRITE_SLICE) {
                    Ok(0) | Err(Error::Timeout | Error::Interrupted) => {}
                    Ok(taken) => return Ok(taken),
                    Err(error) => return Err(gone(&handle, endpoint, error)),
                }
            }
            Err(io::ErrorKind::TimedOut.into())
        }))
    }

    fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(async move {
            // Without a way back nothing ever comes.
            let Some(endpoint) = self.interface.input else { return std::future::pending().await };
            let (handle, said) = (self.handle.clone(), self.said.clone());
            until_given_up(move |given_up| fill(&handle, endpoint, &said, given_up)).await?;
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let length = said.len().min(buffer.len());
            for (place, byte) in buffer.iter_mut().zip(said.drain(..length)) {
                *place = byte;
            }
            Ok(length)
        })
    }

    /// A write has returned only when the printer had taken it.
    fn finish(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn two_way(&self) -> bool {
        self.interface.input.is_some()
    }

    fn port_status(&mut self) -> Pending<'_, io::Result<Option<u8>>> {
        let (handle, interface, wanted) = (self.handle.clone(), self.interface, self.status);
        Box::pin(until_given_up(move |_| {
            let mut status = [0];
            // GET_PORT_STATUS (USB printer class 1.1, 4.2.2).
            match handle.read_control(0xa1, 1, 0, u16::from(interface.number), &mut status, CONTROL) {
                _ if !wanted => Ok(None),
                Ok(1) => Ok(Some(status[0])),
                Err(error @ Error::NoDevice) => Err(in_words(error, "")),
                // It doesn't know the request, or has no time for it.
                Ok(_) | Err(_) => Ok(None),
            }
        }))
    }
}

/// Waits for something to be said that nobody has read.
fn fill(handle: &Handle, endpoint: u8, said: &Mutex<VecDeque<u8>>, given_up: &AtomicBool) -> io::Result<()> {
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    let mut buffer = [0; READ_ROOM];
    while said.is_empty() && !given_up.load(Ordering::Relaxed) {
        match handle.read_bulk(endpoint, &mut buffer, READ_SLICE) {
            Ok(0) => thread::sleep(EMPTY_PAUSE),
            Ok(length) => said.extend(&buffer[..length]),
            Err(Error::Timeout | Error::Interrupted) => {}
            Err(error) => return Err(gone(handle, endpoint, error)),
        }
    }
    Ok(())
}

/// Runs a blocking call that looks at its flag; the flag is set when nobody waits for it any more.
async fn until_given_up<T: Send + 'static>(
    call: impl FnOnce(&AtomicBool) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    struct GivenUp(Arc<AtomicBool>);
    impl Drop for GivenUp {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let flag = Arc::new(AtomicBool::new(false));
    let _given_up = GivenUp(flag.clone());
    tokio::task::spawn_blocking(move || call(&flag)).await.map_err(io::Error::other)?
}

/// A stall is cleared at once, so that the next job finds an endpoint that works.
fn gone(handle: &Handle, endpoint: u8, error: Error) -> io::Error {
    if error == Error::Pipe {
        // Fails where a printer that was unplugged looks like one that stalls.
        let _ = handle.clear_halt(endpoint);
    }
    in_words(error, "the transfer failed")
}

fn in_words(error: Error, what: &str) -> io::Error {
    let (kind, why) = match error {
        Error::NoDevice | Error::Io | Error::NotFound => {
            (io::ErrorKind::NotConnected, "the printer was unplugged or switched off: look at its cable".to_owned())
        }
        Error::Pipe => (io::ErrorKind::ConnectionAborted, "the printer refuses the data: switch it off and on".into()),
        Error::Busy => (io::ErrorKind::ResourceBusy, format!("{what}: another program has it (CUPS, ipp-usb?)")),
        Error::Access => {
            (io::ErrorKind::PermissionDenied, format!("{what}: the service's user lacks the right; add a udev rule"))
        }
        other => (io::ErrorKind::Other, format!("{what}: {other}")),
    };
    io::Error::new(kind, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_two_numbers_of_four_digits() {
        let check = |url: &str| check(&url.parse().unwrap()).map_err(|error| error.to_string());
        assert_eq!(check("usb://0a5f:0166?serial=D1&port=2-5.1&status=ignore"), Ok(()));
        for wrong in ["usb://zebra", "usb://a5f:0166", "usb://0a5f:0166x", "usb://0a5f"] {
            let error = check(wrong).unwrap_err();
            assert!(error.contains("as lsusb shows them: usb://0a5f:0166"), "{error}");
        }
        assert!(check("usb://0a5f:0166?status=no").unwrap_err().contains("option status can't be \"no\""));
    }
}
