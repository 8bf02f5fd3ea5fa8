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
    /// Waits for the answer, in the way this scanner is told it.
    fn is_told(&mut self, feedback: Feedback, text: &str);
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
    gun.is_told(Feedback::Good, "请扫商品 2 件");
    handle.feedback(Feedback::Bad, "已退款");
    gun.is_told(Feedback::Bad, "已退款");

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
    gun.is_told(Feedback::Warn, "again");
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
            "ssi" => {
                let mut gun = SsiGun::new();
                let handle = spawn(config(&format!("ssi://{}", gun.port.path.display())), events);
                exam(&mut gun, &handle, &mut heard).await;
            }
            "evdev" | "hidpos" => away(kind.scheme, heard, events).await,
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

    fn is_told(&mut self, feedback: Feedback, text: &str) {
        assert_eq!(line(self.stream.as_mut().unwrap()), format!("{} {text}", feedback.word()));
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

    fn is_told(&mut self, feedback: Feedback, text: &str) {
        assert_eq!(line(self.stream.as_mut().unwrap()), format!("{} {text}", feedback.word()));
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

    fn is_told(&mut self, feedback: Feedback, text: &str) {
        assert_eq!(line(self.master.as_mut().unwrap()), format!("{} {text}", feedback.word()));
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

/// Zebra's side of SSI over a pseudo terminal, after Zebra's guides: it sends a packet per code and waits for each to be
/// acknowledged, and does what it is told.
struct SsiGun {
    port: Plugged,
    /// A code whose end hasn't been scanned yet.
    begun: Vec<u8>,
    lit: bool,
}

impl SsiGun {
    fn new() -> Self {
        Self { port: Plugged::new(), begun: Vec::new(), lit: false }
    }

    fn packet(opcode: u8, status: u8, data: &[u8]) -> Vec<u8> {
        let mut packet = vec![4 + data.len() as u8, opcode, 0, status];
        packet.extend_from_slice(data);
        let sum: u32 = packet.iter().map(|byte| u32::from(*byte)).sum();
        packet.extend(((0x1_0000 - sum) as u16).to_be_bytes());
        packet
    }

    fn write(&mut self, packet: &[u8]) {
        self.port.send(packet);
    }

    /// Opcode and data of the host's next packet.
    fn hear(&mut self) -> (u8, Vec<u8>) {
        let master = self.port.master.as_mut().unwrap();
        let mut header = [0; 4];
        master.read_exact(&mut header).unwrap();
        let mut rest = vec![0; usize::from(header[0]) - 4 + 2];
        master.read_exact(&mut rest).unwrap();
        let checksum = rest.split_off(rest.len() - 2);
        let sum: u32 = header.iter().chain(&rest).map(|byte| u32::from(*byte)).sum();
        assert_eq!((sum + u32::from(checksum[0]) * 256 + u32::from(checksum[1])) & 0xffff, 0, "the host's checksum");
        assert_eq!(header[2], 4, "the host is source 4");
        (header[1], rest)
    }

    fn decode(&mut self, status: u8, code: &[u8]) -> u8 {
        self.write(&Self::packet(0xf3, status, &[b"\x03", code].concat()));
        self.hear().0
    }

    /// A command is done and acknowledged.
    fn obeys(&mut self, opcode: u8, data: u8) {
        assert_eq!(self.hear(), (opcode, vec![data]));
        self.write(&Self::packet(0xd0, 0, &[]));
    }
}

impl Gun for SsiGun {
    fn send(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\r' => {
                    let code = std::mem::take(&mut self.begun);
                    assert_eq!(self.decode(0, &code), 0xd0, "acknowledged");
                }
                byte => self.begun.push(byte),
            }
        }
    }

    fn is_told(&mut self, feedback: Feedback, _: &str) {
        let beep = match feedback {
            Feedback::Good => 0x00,
            Feedback::Warn => 0x06,
            Feedback::Bad => 0x10,
        };
        self.obeys(0xe6, beep);
        let light = feedback == Feedback::Bad;
        if light != self.lit {
            self.obeys(if light { 0xe7 } else { 0xe8 }, 0x01);
            self.lit = light;
        }
    }

    fn vanish(&mut self) {
        self.port.vanish();
        self.begun.clear();
        self.lit = false;
    }

    fn come_back(&mut self) {
        self.port.come_back();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ssi_scanner_on_a_bad_line_is_heard_once() {
    let mut gun = SsiGun::new();
    let (events, mut heard) = channel(64);
    let mut config = config(&format!("ssi://{}", gun.port.path.display()));
    config.settings.duplicate_window_ms = 0;
    let _handle = spawn(config, events);
    assert!(matches!(next(&mut heard).await, ScannerEvent::Connected { .. }));

    assert_eq!(gun.decode(0, b"first"), 0xd0);
    // The acknowledgement was lost on its way: the scanner sends the code again, twice.
    assert_eq!(gun.decode(1, b"first"), 0xd0);
    assert_eq!(gun.decode(1, b"first"), 0xd0);

    let mut damaged = SsiGun::packet(0xf3, 0, b"\x03second");
    damaged[6] ^= 0x20;
    gun.write(&damaged);
    assert_eq!(gun.hear(), (0xd1, vec![1]), "refused: send it again");
    assert_eq!(gun.decode(1, b"second"), 0xd0);

    // A packet that stops in its middle.
    gun.write(&SsiGun::packet(0xf3, 0, b"\x03third")[..6]);
    assert_eq!(gun.hear(), (0xd1, vec![1]));
    assert_eq!(gun.decode(1, b"third"), 0xd0);

    // A code of 600 characters in three packets.
    let long: Vec<u8> = (0..600).map(|at| b'a' + (at % 26) as u8).collect();
    for (at, piece) in long.chunks(250).enumerate() {
        assert_eq!(gun.decode(if at < 2 { 2 } else { 0 }, piece), 0xd0);
    }

    for expected in ["first", "second", "third", std::str::from_utf8(&long).unwrap()] {
        let ScannerEvent::Scan(scan) = next(&mut heard).await else { panic!("a scan") };
        assert_eq!((scan.data.as_str(), scan.symbology), (expected, Some(Symbology::Code128)));
    }
    assert!(heard.try_recv().is_err(), "nothing twice");
}

/// What somebody sees who sets a scanner up: first with Caps inverted and no separators, then as it should be.
#[test]
fn a_scanner_is_judged_while_it_is_set_up() {
    use drivers::scanner::selftest::CODES;

    let mut gun = Listening::new();
    let url = format!("tcp-connect://{}", gun.address);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["scanner", "setup", "--url", &url]).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    gun.accept();
    let invert = |c: char| if c.is_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
    let inverted: String = CODES[0].text().chars().map(invert).collect();
    gun.send(format!("{inverted}\r{}\r", CODES[2].text().replace('\u{1d}', "")).as_bytes());
    for code in CODES {
        gun.send(format!("{}\r", code.text()).as_bytes());
    }
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(said.contains("WRONG Letters of both cases: this scanner sends Caps inverted"), "{said}");
    assert!(said.contains("-> switch Caps Lock off on the scanner"), "{said}");
    assert!(said.contains("WRONG Group separators: this scanner leaves group separators out"), "{said}");
    assert_eq!(said.matches("\nok  ").count(), CODES.len(), "{said}");
}
