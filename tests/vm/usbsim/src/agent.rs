//! The milepost binary as its users run it: a process with a command line.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};

const BINARY: &str = "/vm/milepost";
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
    start_printing(url).join().expect("printing doesn't panic")
}

/// Prints while the case does something else.
pub fn start_printing(url: &str) -> JoinHandle<Printed> {
    let url = url.to_owned();
    thread::spawn(move || {
        let output = Command::new(BINARY)
            .args(["label", "print", TEMPLATE, "--profile", PROFILE, "--json", "--printer", &url])
            .output()
            .expect("the binary starts");
        let outcome = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Printed { success: output.status.success(), outcome }
    })
}

/// A daemon; killed when it goes out of scope.
pub struct Station {
    child: Child,
    address: String,
}

impl Station {
    /// Starts it with this config and waits until it serves.
    pub fn start(config: &str) -> Station {
        let file = "/tmp/station.toml";
        std::fs::write(file, config).expect("a config can be written");
        let mut child = Command::new(BINARY)
            .args(["station", "--config", file])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let mut said = lines.map(|line| line.expect("the station's output is text"));
        let ready = said.find_map(|line| line.strip_prefix("ready http://").map(str::to_owned));
        let address = ready.expect("a station says when it is ready");
        Station { child, address }
    }

    /// What a place's screen shows, as JSON.
    pub fn screen(&self, place: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the station listens");
        let request = format!("GET /v1/places/{place} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).expect("the station reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the station answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
