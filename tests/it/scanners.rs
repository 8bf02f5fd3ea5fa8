//! One exam for every way a scanner is attached: it is there, reads, repeats itself, talks nonsense, is answered, vanishes
//! and comes back. `stdin` has no exam here: a test's own standard input belongs to whoever runs it. Kinds that need a
//! kernel with USB devices show here only that they name what is away; what they read is examined beside each of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use drivers::scan::Symbology;
use drivers::scanner::framing::Reason;
use drivers::scanner::{Feedback, KINDS, ScannerConfig, ScannerEvent, ScannerHandle, spawn};
use serialport::{SerialPort, TTYPort};
use tokio::sync::mpsc::{Receiver, Sender, channel};

const LONG: Duration = Duration::from_secs(10);

/// A scanner somebody can unplug.
trait Gun {
    fn send(&mut self, bytes: &[u8]);
    fn answer(&mut self) -> String;
    fn vanish(&mut self);
    fn come_back(&mut self);
}

fn config(url: &str) -> ScannerConfig {
    toml::from_str(&format!("name = 'gun'\nurl = '{url}'\nprofile = 'line-feedback'\nduplicate_window_ms = 60000"))
        .unwrap()
}

async fn next(events: &mut Receiver<ScannerEvent>) -> ScannerEvent {
    tokio::time::timeout(LONG, events.recv()).await.expect("an event comes").expect("the scanner lives")
}

async fn exam(gun: &mut dyn Gun, handle: &ScannerHandle, events: &mut Receiver<ScannerEvent>) {
    let device = || "gun".to_owned();
    assert_eq!(next(events).await, ScannerEvent::Connected { device: device() });

    gun.send(b"]C0SF1234567890123\r");
    let ScannerEvent::Scan(scan) = next(events).await else { panic!("a scan") };
    assert_eq!((scan.data.as_str(), scan.symbology), ("SF1234567890123", Some(Symbology::Code128)));
    assert_eq!(scan.device, "gun");

    handle.feedback(Feedback::Good, "请扫商品\n2 件");
    assert_eq!(gun.answer(), "OK 请扫商品 2 件");
    handle.feedback(Feedback::Bad, "已退款");
    assert_eq!(gun.answer(), "STOP 已退款");

    gun.send(b"]C0SF1234567890123\r]E0690123");
    assert_eq!(next(events).await, ScannerEvent::Duplicate { device: device(), data: "SF1234567890123".into() });
    gun.send(b"4567892\r");
    let ScannerEvent::Scan(scan) = next(events).await else { panic!("a scan") };
    assert_eq!((scan.data.as_str(), scan.symbology), ("6901234567892", Some(Symbology::Ean13)));

    gun.send(b"]C0AB\x01\r");
    let refused = next(events).await;
    let sample = "5d 43 30 41 42 01".to_owned();
    assert_eq!(refused, ScannerEvent::Refused { device: device(), reason: Reason::ControlCharacter, sample });

    gun.vanish();
    let lost = next(events).await;
    assert!(matches!(lost, ScannerEvent::Lost { .. }), "{lost:?}");
    gun.come_back();
    loop {
        match next(events).await {
            // Why it is away may change while it is.
            ScannerEvent::Lost { .. } => {}
            event => {
                assert_eq!(event, ScannerEvent::Connected { device: device() });
                break;
            }
        }
    }
    gun.send(b"]Q1back\r");
    let ScannerEvent::Scan(scan) = next(events).await else { panic!("a scan") };
    assert_eq!(scan.data, "back");
    handle.feedback(Feedback::Warn, "again");
    assert_eq!(gun.answer(), "WARN again");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_scanner_passes_the_exam() {
    for kind in KINDS.iter().filter(|kind| kind.scheme != "stdin") {
        let (events, mut heard) = channel(64);
        match kind.scheme {
            "tcp" => {
                let handle = spawn(config("tcp://127.0.0.1:0"), events);
                let mut gun = Connecting::new(handle.address().expect("a free port was bound"));
                exam(&mut gun, &handle, &mut heard).await;
            }
            "tcp-connect" => {
                let mut gun = Listening::new();
                let handle = spawn(config(&format!("tcp-connect://{}", gun.address)), events);
                gun.accept();
                exam(&mut gun, &handle, &mut heard).await;
            }
            "serial" => {
                let mut gun = Plugged::new();
                let handle = spawn(config(&format!("serial://{}", gun.path.display())), events);
                exam(&mut gun, &handle, &mut heard).await;
            }
            "evdev" => away(kind.scheme, heard, events).await,
            other => panic!("scanners on {other} have no exam here: add one"),
        }
    }
}

/// A USB scanner that isn't there is told once, with what would name it, and the task goes on waiting for it.
async fn away(scheme: &str, mut heard: Receiver<ScannerEvent>, events: Sender<ScannerEvent>) {
    let config = toml::from_str(&format!("name = 'gun'\nurl = '{scheme}://05e0:ffff?serial=S1'")).unwrap();
    let handle = spawn(config, events);
    let ScannerEvent::Lost { why, .. } = next(&mut heard).await else { panic!("lost") };
    assert!(why.starts_with("05e0:ffff with serial S1 is not plugged in"), "{why}");
    handle.feedback(Feedback::Bad, "nobody hears it");
    let again = tokio::time::timeout(Duration::from_millis(500), heard.recv()).await;
    assert!(again.is_err(), "said once, and still waiting: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_connection_is_the_scanner() {
    let (events, mut heard) = channel(64);
    let handle = spawn(config("tcp://127.0.0.1:0"), events);
    let address = handle.address().unwrap();
    let mut before_the_power_cut = Connecting::new(address);
    assert!(matches!(next(&mut heard).await, ScannerEvent::Connected { .. }));
    before_the_power_cut.send(b"]C0half a co");
    let mut after = Connecting::new(address);
    assert!(matches!(next(&mut heard).await, ScannerEvent::Connected { .. }));
    after.send(b"]C0whole\r");
    let ScannerEvent::Scan(scan) = next(&mut heard).await else { panic!("a scan") };
    assert_eq!(scan.data, "whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_told_and_taken_once_it_is_free() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    let (events, mut heard) = channel(64);
    let handle = spawn(config(&format!("tcp://{address}")), events);
    assert_eq!(handle.address(), None);
    let ScannerEvent::Lost { why, .. } = next(&mut heard).await else { panic!("lost") };
    assert!(why.contains("in use"), "{why}");
    drop(other);
    let mut gun = tokio::task::spawn_blocking(move || Connecting::new(address)).await.unwrap();
    assert!(matches!(next(&mut heard).await, ScannerEvent::Connected { .. }));
    gun.send(b"A1\r");
    assert!(matches!(next(&mut heard).await, ScannerEvent::Scan(_)));
}

#[tokio::test]
async fn a_dropped_handle_frees_its_port() {
    let (events, mut heard) = channel(1);
    let handle = spawn(config("tcp://127.0.0.1:0"), events);
    let address = handle.address().unwrap();
    drop(handle);
    assert_eq!(heard.recv().await, None, "the task is gone");
    TcpListener::bind(address).unwrap();
}

fn line(stream: impl Read) -> String {
    let mut line = String::new();
    BufReader::with_capacity(1, stream).read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// A scanner that connects to us.
struct Connecting {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Connecting {
    fn new(address: SocketAddr) -> Self {
        let mut gun = Self { address, stream: None };
        gun.come_back();
        gun
    }
}

impl Gun for Connecting {
    fn send(&mut self, bytes: &[u8]) {
        self.stream.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn answer(&mut self) -> String {
        line(self.stream.as_mut().unwrap())
    }

    fn vanish(&mut self) {
        self.stream = None;
    }

    fn come_back(&mut self) {
        let until = std::time::Instant::now() + LONG;
        while self.stream.is_none() && std::time::Instant::now() < until {
            self.stream = TcpStream::connect(self.address).ok();
            std::thread::yield_now();
        }
        self.stream.as_ref().unwrap().set_read_timeout(Some(LONG)).unwrap();
    }
}

/// A scanner we connect to.
struct Listening {
    address: SocketAddr,
    listener: Option<TcpListener>,
    stream: Option<TcpStream>,
}

impl Listening {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self { address: listener.local_addr().unwrap(), listener: Some(listener), stream: None }
    }

    fn accept(&mut self) {
        let (stream, _) = self.listener.as_ref().unwrap().accept().unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        self.stream = Some(stream);
    }
}

impl Gun for Listening {
    fn send(&mut self, bytes: &[u8]) {
        self.stream.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn answer(&mut self) -> String {
        line(self.stream.as_mut().unwrap())
    }

    fn vanish(&mut self) {
        self.listener = None;
        self.stream = None;
    }

    fn come_back(&mut self) {
        self.listener = Some(TcpListener::bind(self.address).unwrap());
        self.accept();
    }
}

/// A serial scanner: a pseudo terminal behind a name that stays the same, as /dev/serial/by-id does.
struct Plugged {
    folder: tempfile::TempDir,
    path: PathBuf,
    master: Option<TTYPort>,
}

impl Plugged {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gun");
        let mut gun = Self { folder, path, master: None };
        gun.come_back();
        gun
    }
}

impl Gun for Plugged {
    fn send(&mut self, bytes: &[u8]) {
        self.master.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn answer(&mut self) -> String {
        line(self.master.as_mut().unwrap())
    }

    fn vanish(&mut self) {
        std::fs::remove_file(&self.path).unwrap();
        self.master = None;
    }

    fn come_back(&mut self) {
        let (mut master, slave) = TTYPort::pair().unwrap();
        master.set_timeout(LONG).unwrap();
        // The new name appears whole.
        let fresh = self.folder.path().join("fresh");
        symlink(slave.name().unwrap(), &fresh).unwrap();
        drop(slave);
        std::fs::rename(fresh, &self.path).unwrap();
        self.master = Some(master);
    }
}
