//! The milepost binary as its users run it: a process with a command line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};

pub const BINARY: &str = "/vm/milepost";
const ROOT: u32 = 0;
/// The user and group of our service in the guest.
pub const SERVICE: u32 = 990;
const OFFICE: &str = "an-integrators-key-of-the-guest";
const TEMPLATE: &str = "sf-76x130";
/// Run lengths need no floating point and no zlib: what TCG emulates fastest.
const PROFILE: &str = "zpl-clone";

/// What `label print --json` said.
#[derive(Clone, Debug)]
pub struct Printed {
    pub success: bool,
    pub outcome: String,
}

impl Printed {
    /// Looks for pieces of JSON.
    pub fn says(&self, pieces: &[&str]) -> bool {
        pieces.iter().all(|piece| self.outcome.contains(piece))
    }

    pub fn written(&self) -> u64 {
        let digits = self.outcome.split_once("\"written\":").map_or("", |(_, rest)| rest);
        let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("an outcome without bytes: {}", self.outcome))
    }
}

/// The label's bytes, as the binary draws them without a printer.
pub fn rendered() -> &'static [u8] {
    static LABEL: OnceLock<Vec<u8>> = OnceLock::new();
    LABEL.get_or_init(render)
}

fn render() -> Vec<u8> {
    let output = Command::new(BINARY)
        .args(["label", "render", TEMPLATE, "--profile", PROFILE, "-o", "-"])
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.len() > 5_000, "a label has more than {} bytes", output.stdout.len());
    output.stdout
}

/// Prints one label and waits for the outcome.
pub fn print(url: &str) -> Printed {
    print_as(ROOT, url)
}

pub fn print_as(user: u32, url: &str) -> Printed {
    printing(user, url).join().expect("printing doesn't panic")
}

/// Prints while the case does something else.
pub fn start_printing(url: &str) -> JoinHandle<Printed> {
    printing(ROOT, url)
}

fn printing(user: u32, url: &str) -> JoinHandle<Printed> {
    let url = url.to_owned();
    thread::spawn(move || {
        let output = Command::new(BINARY)
            .args(["label", "print", TEMPLATE, "--profile", PROFILE, "--json", "--printer", &url])
            .uid(user)
            .gid(user)
            .output()
            .expect("the binary starts");
        let outcome = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Printed { success: output.status.success(), outcome }
    })
}

/// The central store; killed when it goes out of scope.
pub struct Hub {
    child: Child,
    address: String,
}

impl Hub {
    pub fn start(address: &str) -> Hub {
        let _ = std::fs::remove_dir_all("/tmp/hub");
        std::fs::write("/tmp/office.key", OFFICE).expect("a key can be written");
        let config = format!("data_dir = \"/tmp/hub\"\nlisten = \"{address}\"\nkey_files = [\"/tmp/office.key\"]\n");
        std::fs::write("/tmp/hub.toml", config).expect("a config can be written");
        let (child, address) = daemon(&["hub", "--config", "/tmp/hub.toml"]);
        Hub { child, address }
    }

    /// As an integrator.
    pub fn post(&self, path: &str, body: &str) {
        let answer = call(
            &self.address,
            &format!(
                "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {OFFICE}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                self.address,
                body.len()
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 20"), "{path}: {answer}");
    }

    /// Lets a station in, by the commands its people would use.
    pub fn join(&self, station: &str, key_file: &str) {
        let code = said(&["hub", "--config", "/tmp/hub.toml", "invite", station]);
        let hub = format!("http://{}", self.address);
        said(&["join", "--hub", &hub, "--station", station, "--code", code.trim(), "--key-file", key_file]);
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command that must succeed says.
pub fn said(arguments: &[&str]) -> String {
    let output = Command::new(BINARY).args(arguments).output().expect("the binary starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Starts a daemon and waits until it serves; where.
fn daemon(arguments: &[&str]) -> (Child, String) {
    let mut command = Command::new(BINARY);
    let command = command.args(arguments).env("MILEPOST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let mut said = lines.map(|line| line.expect("a daemon's output is text"));
    let ready = said.find_map(|line| line.strip_prefix("ready http://").map(str::to_owned));
    let address = ready.expect("a daemon says when it is ready");
    // It goes on talking; nobody may close its output.
    thread::spawn(move || said.for_each(drop));
    (child, address)
}

fn call(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// A bench's daemon; killed when it goes out of scope.
pub struct Station {
    child: Child,
    address: String,
}

impl Station {
    /// Starts it with this config and waits until it serves.
    pub fn start(config: &str) -> Station {
        let file = "/tmp/station.toml";
        std::fs::write(file, config).expect("a config can be written");
        let (child, address) = daemon(&["station", "--config", file]);
        Station { child, address }
    }

    /// What a place's screen shows, as JSON.
    pub fn screen(&self, place: &str) -> String {
        let host = &self.address;
        let request = format!("GET /v1/places/{place} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = call(host, &request);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}

/// What a process holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    pub descriptors: usize,
    pub threads: usize,
    pub anonymous_kb: u64,
}

impl Station {
    pub fn footprint(&self) -> Footprint {
        let folder = format!("/proc/{}", self.child.id());
        let count = |what: &str| std::fs::read_dir(format!("{folder}/{what}")).expect("it runs").count();
        let status = std::fs::read_to_string(format!("{folder}/status")).expect("it runs");
        let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let anonymous_kb = anonymous.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        Footprint {
            descriptors: count("fd"),
            threads: count("task"),
            anonymous_kb: anonymous_kb.expect("the kernel tells RssAnon"),
        }
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `milepost scanner watch`: what each scanner reads. Ends when it goes out of scope.
pub struct Watcher {
    child: Child,
    lines: Arc<Mutex<Vec<Line>>>,
}

struct Line {
    what: String,
    scanner: String,
    data: String,
    why: String,
}

impl Watcher {
    /// `scanners` are the config's `[[scanner]]` blocks.
    pub fn start(scanners: &str) -> Watcher {
        Watcher::start_as(ROOT, scanners)
    }

    pub fn start_as(user: u32, scanners: &str) -> Watcher {
        let file = "/tmp/scanners.toml";
        // A watched scanner needs a place as every other.
        let names = scanners.lines().filter_map(|line| line.strip_prefix("name = ")).collect::<Vec<_>>().join(", ");
        let config = format!("[[place]]\nname = \"p\"\nscanners = [{names}]\n{scanners}");
        std::fs::write(file, config).expect("a config can be written");
        let mut child = Command::new(BINARY)
            .args(["scanner", "watch", "--json", "--config", file])
            .uid(user)
            .gid(user)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let list = lines.clone();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let of = |key: &str| {
                    let rest = line.split_once(&format!("\"{key}\":\"")).map_or("", |(_, rest)| rest);
                    rest.split('"').next().unwrap_or_default().to_owned()
                };
                let line = Line { what: of("what"), scanner: of("scanner"), data: of("data"), why: of("why") };
                list.lock().expect("nobody panics with it").push(line);
            }
        });
        Watcher { child, lines }
    }

    /// Waits until scanners were connected so often.
    pub fn connected(&self, times: usize) {
        usbsim::vhci::wait_until("the scanners are connected", || {
            Ok(self.counts().get("connected").is_some_and(|count| *count >= times))
        })
        .unwrap_or_else(|error| panic!("{error}: {:?}", self.counts()));
    }

    /// What each scanner read so far, in order.
    pub fn scans(&self) -> BTreeMap<String, Vec<String>> {
        let mut scans: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in self.lines.lock().expect("nobody panics with it").iter() {
            let read = scans.entry(line.scanner.clone()).or_default();
            if line.what == "scan" {
                read.push(line.data.clone());
            }
        }
        scans
    }

    /// How many lines of each kind came.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in self.lines.lock().expect("nobody panics with it").iter() {
            *counts.entry(line.what.clone()).or_default() += 1;
        }
        counts
    }

    /// Which scanners had reads refused, and why.
    pub fn refused(&self) -> Vec<(String, String)> {
        let lines = self.lines.lock().expect("nobody panics with it");
        let refused = lines.iter().filter(|line| line.what == "refused");
        refused.map(|line| (line.scanner.clone(), line.why.clone())).collect()
    }

    /// It gets no time until `go_on`.
    pub fn hold(&self) {
        self.signal("STOP");
    }

    pub fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let done =
            Command::new("/bin/busybox").args(["kill", &format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(done.expect("busybox runs").success());
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
