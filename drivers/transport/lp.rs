//! Printers behind the kernel's own driver: `lp:///dev/usb/lp0`, or by what they are, `lp://ZD611?serial=…&port=2-5`, where
//! the place is the model of the IEEE-1284 id or `*` for any. The number in `lp0` changes with the order of plugging in.
//!
//! Writes block, on a thread that a signal calls back: without blocking, usblp says a block was written before it was,
//! and never tells that it was not.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::thread::JoinHandleExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Link, Opening, Pending, port_status_wanted};
use crate::seen::{self, device_id::DeviceId};
use crate::url::{DeviceUrl, UrlError};

/// `lp.h`: the port's status byte into an int.
const LPGETSTATUS: libc::c_ulong = 0x060b;
/// Ignored by everybody who doesn't ask for it, and nobody here sends urgent data.
const CALL_BACK: libc::c_int = libc::SIGURG;
/// How soon a reader that nobody waits for any more notices.
const READ_SLICE_MS: libc::c_int = 50;
/// Between two reads of a printer that says nothing and says so at once.
const LET_GO: Duration = Duration::from_millis(300);
const EMPTY_PAUSE: Duration = Duration::from_millis(10);
const CLASS: &str = "/sys/class/usbmisc";

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    url.refuse_options_but(&["serial", "port", "status"])?;
    port_status_wanted(url).map(drop)
}

pub fn open(url: &DeviceUrl) -> Opening<'_> {
    Box::pin(async move {
        let status = port_status_wanted(url).map_err(super::bad_option)?;
        let found = find(url, Path::new(CLASS))?;
        let file = open_node(&found.node).await.map_err(|error| plain(error, &found.node))?;
        let stop = Arc::new(AtomicBool::new(false));
        Ok(Box::new(LpLink { file: Arc::new(file), stop, two_way: found.two_way, status }) as Box<dyn Link>)
    })
}

/// A reader of a link that was just dropped may hold the device for another slice.
async fn open_node(node: &Path) -> io::Result<File> {
    let until = Instant::now() + LET_GO;
    loop {
        match File::options().read(true).write(true).open(node) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy && Instant::now() < until => {
                tokio::time::sleep(EMPTY_PAUSE).await;
            }
            opened => return opened,
        }
    }
}

fn plain(error: io::Error, node: &Path) -> io::Error {
    let node = node.display();
    match error.kind() {
        io::ErrorKind::ResourceBusy => io::Error::new(error.kind(), format!("{node} is in use by another program")),
        io::ErrorKind::PermissionDenied => {
            io::Error::new(error.kind(), format!("{node} may not be opened: add the service's user to the group lp"))
        }
        kind => io::Error::new(kind, format!("{node}: {error}")),
    }
}

struct LpLink {
    file: Arc<File>,
    /// Tells a reader that it reads for nobody.
    stop: Arc<AtomicBool>,
    two_way: bool,
    status: bool,
}

impl Link for LpLink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(async move {
            let (file, bytes) = (self.file.clone(), bytes.to_vec());
            let mut writing = Writing::start(move || (&*file).write(&bytes))?;
            writing.result().await.map_err(gone)
        })
    }

    fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(async move {
            let (file, room) = (self.file.clone(), buffer.len());
            self.stop = Arc::new(AtomicBool::new(false));
            let given_up = GivenUp(self.stop.clone());
            let stop = self.stop.clone();
            let read = tokio::task::spawn_blocking(move || read_some(&file, room, &stop)).await;
            drop(given_up);
            let data = read.map_err(io::Error::other)?.map_err(gone)?;
            buffer[..data.len()].copy_from_slice(&data);
            Ok(data.len())
        })
    }

    /// A write has returned only when the printer had taken it.
    fn finish(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn two_way(&self) -> bool {
        self.two_way
    }

    fn port_status(&mut self) -> Pending<'_, io::Result<Option<u8>>> {
        Box::pin(async move {
            if !self.status {
                return Ok(None);
            }
            let file = self.file.clone();
            tokio::task::spawn_blocking(move || get_status(&file)).await.map_err(io::Error::other)?
        })
    }
}

/// usblp says EIO or ENODEV of a printer that was unplugged, as it happens.
fn gone(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(libc::ENODEV | libc::EIO) => io::Error::new(
            io::ErrorKind::NotConnected,
            "the printer was unplugged, switched off, or refuses the data: look at its cable, switch it off and on",
        ),
        _ => error,
    }
}

/// Sets its flag when the call that waits is over or dropped.
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn read_some(file: &File, room: usize, stop: &AtomicBool) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; room];
    while !stop.load(Ordering::Relaxed) {
        let mut wanted = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one valid pollfd, whose descriptor `file` keeps open.
        let ready = unsafe { libc::poll(&mut wanted, 1, READ_SLICE_MS) };
        if ready == 0 {
            continue;
        }
        // A device that hangs up says why when it is read.
        let reader: &mut &File = &mut &*file;
        match reader.read(&mut buffer) {
            // An empty packet; a printer never says that it is done talking.
            Ok(0) => thread::sleep(EMPTY_PAUSE),
            Ok(length) => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

/// `None` where the device has no such status.
fn get_status(file: &File) -> io::Result<Option<u8>> {
    let mut status: libc::c_int = 0;
    // SAFETY: LPGETSTATUS writes one int; the descriptor is open.
    let done = unsafe { libc::ioctl(file.as_raw_fd(), LPGETSTATUS, &mut status) };
    match io::Error::last_os_error() {
        _ if done == 0 => Ok(Some(status as u8)),
        error if error.raw_os_error() == Some(libc::ENODEV) => Err(gone(error)),
        // Also a printer that doesn't know the request.
        _ => Ok(None),
    }
}

/// A write on its own thread. Dropped half-way, the thread is called back; the kernel then takes the transfer back from
/// the printer when the file is closed.
struct Writing {
    thread: Option<JoinHandle<()>>,
    done: Arc<AtomicBool>,
    result: oneshot::Receiver<io::Result<usize>>,
}

impl Writing {
    fn start(write: impl FnOnce() -> io::Result<usize> + Send + 'static) -> io::Result<Writing> {
        listen_for_the_call();
        let done = Arc::new(AtomicBool::new(false));
        let (tell, result) = oneshot::channel();
        let finished = done.clone();
        let thread = thread::Builder::new().name("lp".into()).spawn(move || {
            // Nobody may be waiting any more.
            let _ = tell.send(write());
            finished.store(true, Ordering::Release);
        })?;
        Ok(Writing { thread: Some(thread), done, result })
    }

    async fn result(&mut self) -> io::Result<usize> {
        (&mut self.result).await.map_err(io::Error::other)?
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        // Again and again: a signal before the thread is inside `write` changes nothing.
        while !self.done.load(Ordering::Acquire) {
            // SAFETY: the thread isn't joined yet, so its id is its own.
            unsafe { libc::pthread_kill(thread.as_pthread_t(), CALL_BACK) };
            thread::sleep(Duration::from_millis(1));
        }
        let _ = thread.join();
    }
}

/// A signal interrupts a call only where somebody handles it.
fn listen_for_the_call() {
    extern "C" fn nothing(_: libc::c_int) {}
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a zeroed sigaction is valid; the handler does nothing at all, which is safe at any moment.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
            libc::sigaction(CALL_BACK, &action, std::ptr::null_mut());
        }
    });
}

/// A printer the kernel's driver has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    node: PathBuf,
    model: String,
    serials: Vec<String>,
    /// Where it is plugged in.
    port: String,
    two_way: bool,
}

fn find(url: &DeviceUrl, class: &Path) -> io::Result<Found> {
    let option = |key: &str| url.options.get(key);
    let by_path = url.place.starts_with('/');
    if by_path && option("serial").or(option("port")).is_none() {
        let known = plugged_in(class).into_iter().find(|found| found.node == Path::new(&url.place));
        let unknown = Found {
            node: url.place.clone().into(),
            model: String::new(),
            serials: Vec::new(),
            port: String::new(),
            two_way: true,
        };
        return Ok(known.unwrap_or(unknown));
    }
    let all = plugged_in(class);
    let fits = |found: &&Found| {
        let place = match by_path {
            true => found.node == Path::new(&url.place),
            false => url.place == "*" || found.model.eq_ignore_ascii_case(&url.place),
        };
        place
            && option("serial").is_none_or(|serial| found.serials.contains(serial))
            && option("port").is_none_or(|port| found.port == *port)
    };
    match all.iter().filter(fits).collect::<Vec<_>>()[..] {
        [one] => Ok(one.clone()),
        [] => Err(io::Error::new(io::ErrorKind::NotFound, format!("no such printer is plugged in; {}", listed(&all)))),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("several printers are that: add ?port=…; {}", listed(&all)),
        )),
    }
}

fn listed(all: &[Found]) -> String {
    let one = |found: &Found| {
        format!(
            "{} at port {} (serial {})",
            found.model,
            found.port,
            found.serials.first().map_or("none", String::as_str)
        )
    };
    match all.is_empty() {
        true => "there is none".into(),
        false => format!("there are {}", all.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}

/// From sysfs, so that nobody's printer has to be opened.
fn plugged_in(class: &Path) -> Vec<Found> {
    let Ok(entries) = fs::read_dir(class) else { return Vec::new() };
    let mut found: Vec<Found> = entries.filter_map(|entry| one(&entry.ok()?.path())).collect();
    found.sort_by(|one, other| one.node.cmp(&other.node));
    found
}

fn one(entry: &Path) -> Option<Found> {
    let name = entry.file_name()?.to_str()?.to_owned();
    let interface = fs::canonicalize(entry.join("device")).ok().filter(|_| name.starts_with("lp"))?;
    let device = interface.parent()?;
    let text =
        |path: PathBuf| fs::read_to_string(path).map(|text| seen::plain(&text).trim().to_owned()).unwrap_or_default();
    let id = DeviceId::parse(&text(interface.join("ieee1284_id")));
    let serials = [id.serial, text(device.join("serial"))];
    Some(Found {
        node: Path::new("/dev/usb").join(name),
        model: id.model,
        serials: serials.into_iter().filter(|serial| !serial.is_empty()).collect(),
        port: device.file_name()?.to_str()?.to_owned(),
        // 1 is "unidirectional" (USB printer class 1.1, 4.1).
        two_way: text(interface.join("bInterfaceProtocol")) != "01",
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A sysfs as the kernel lays it out, with these printers: name, port, id, serial.
    fn sysfs(printers: &[[&str; 4]]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for [name, port, id, serial] in printers {
            let interface = root.path().join(format!("devices/{port}/{port}:1.0"));
            let entry = root.path().join("class").join(name);
            fs::create_dir_all(&interface).unwrap();
            fs::create_dir_all(&entry).unwrap();
            fs::write(interface.join("ieee1284_id"), format!("{id}\n")).unwrap();
            fs::write(interface.join("bInterfaceProtocol"), "02\n").unwrap();
            fs::write(interface.parent().unwrap().join("serial"), format!("{serial}\n")).unwrap();
            symlink(&interface, entry.join("device")).unwrap();
        }
        root
    }

    fn look(root: &tempfile::TempDir, url: &str) -> Result<String, String> {
        let found = find(&url.parse().unwrap(), &root.path().join("class"));
        found.map(|found| found.node.display().to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_printer_is_found_by_what_it_is() {
        let root = sysfs(&[
            ["lp0", "2-5", "MFG:Zebra;CMD:ZPL;MDL:ZD611;SN:A1;", "A1"],
            ["lp1", "2-6.1", "MANUFACTURER:Xprinter;MODEL:XP-350B;", "77"],
            ["hiddev0", "2-7", "", ""],
        ]);
        assert_eq!(look(&root, "lp://zd611"), Ok("/dev/usb/lp0".into()));
        assert_eq!(look(&root, "lp://*?serial=77"), Ok("/dev/usb/lp1".into()));
        assert_eq!(look(&root, "lp://*?port=2-6.1"), Ok("/dev/usb/lp1".into()));
        assert_eq!(look(&root, "lp:///dev/usb/lp1?serial=77"), Ok("/dev/usb/lp1".into()));
        assert_eq!(look(&root, "lp:///dev/usb/lp9"), Ok("/dev/usb/lp9".into()), "opening it tells the rest");
        let error = look(&root, "lp:///dev/usb/lp0?serial=77").unwrap_err();
        assert!(
            error.contains("no such printer is plugged in; there are ZD611 at port 2-5 (serial A1), XP-350B"),
            "{error}"
        );
        assert!(look(&root, "lp://*").unwrap_err().contains("several printers are that: add ?port="));
    }

    #[test]
    fn twins_are_told_apart_by_their_place_alone() {
        let id = "MFG:X;MDL:Y;SN:1;";
        let root = sysfs(&[["lp0", "1-1", id, "1"], ["lp1", "1-2", id, "1"]]);
        assert!(look(&root, "lp://Y?serial=1").unwrap_err().contains("at port 1-1 (serial 1), Y at port 1-2"));
        assert_eq!(look(&root, "lp://Y?port=1-2"), Ok("/dev/usb/lp1".into()));
        assert_eq!(look(&sysfs(&[]), "lp://Y"), Err("no such printer is plugged in; there is none".into()));
    }
}
