//! The real binary as a child process: started, listened to, ended or killed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;

use crate::world::LIMIT;

/// Whether it was done, and all it said.
pub fn milepost(arguments: &[&str]) -> (bool, String) {
    let binary = std::process::Command::new(env!("CARGO_BIN_EXE_milepost")).args(arguments).output();
    let output = binary.expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

/// A station that was started and may not be ready yet.
pub struct Starting {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    scanners: usize,
    log: PathBuf,
}

/// A station that serves.
pub struct Process {
    child: Child,
    pub url: String,
    pub scanners: BTreeMap<String, SocketAddr>,
    log: PathBuf,
}

impl Starting {
    /// Starts a station from its config; `scanners` is how many it has.
    pub fn station(config: &Path, scanners: usize) -> Starting {
        Starting::logging(config, scanners, "warn")
    }

    /// As `station`, with a log of that level beside the config.
    pub fn logging(config: &Path, scanners: usize, level: &str) -> Starting {
        let log = config.with_extension("log");
        let errors = std::fs::File::options().create(true).append(true).open(&log).expect("a log can be written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_milepost"))
            .args(["station", "--config"])
            .arg(config)
            .env("MILEPOST_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        Starting { child, lines, scanners, log }
    }

    pub async fn ready(mut self) -> Process {
        let (mut url, mut scanners) = (String::new(), BTreeMap::new());
        while url.is_empty() || scanners.len() < self.scanners {
            let line = tokio::time::timeout(LIMIT, self.lines.next_line()).await;
            let Ok(Ok(Some(line))) = line else { panic!("the station did not start: {}", last_words(&self.log)) };
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["ready", address] => url = address.to_owned(),
                ["scanner", name, address] => {
                    scanners.insert(name.to_owned(), address.parse().expect("an address"));
                }
                _ => panic!("an unknown line {line:?}"),
            }
        }
        Process { child: self.child, url, scanners, log: self.log }
    }

    /// SIGKILL, and waits until nothing of it is left.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// Waits for a station that can't start; what it said.
    pub async fn failed(mut self) -> String {
        let ended = tokio::time::timeout(LIMIT, self.child.wait()).await.expect("it ends in time");
        assert!(!ended.expect("a status").success(), "the station should not have started");
        last_words(&self.log)
    }
}

impl Process {
    pub async fn start(config: &Path, scanners: usize) -> Process {
        Starting::station(config, scanners).ready().await
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// SIGKILL, and waits until nothing of it is left.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// SIGTERM, as a service manager ends it.
    pub async fn end(mut self) {
        let pid = Pid::from_raw(self.pid() as i32).expect("a pid");
        kill_process(pid, Signal::TERM).expect("a child can be told to end");
        let ended = tokio::time::timeout(LIMIT, self.child.wait()).await.expect("it ends in time");
        assert!(ended.expect("a status").success(), "a station ends well: {}", last_words(&self.log));
    }

    /// A place's screen as its page gets it. The stream ends with the station.
    pub fn screen(&self, place: &str) -> watch::Receiver<Value> {
        let (sender, receiver) = watch::channel(Value::Null);
        let url = format!("{}/v1/places/{place}/events", self.url);
        // A live stream has no end that a time-out could wait for.
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        tokio::spawn(async move {
            let Ok(mut answer) = client.get(url).send().await else { return };
            let mut text = Vec::new();
            while let Ok(Some(chunk)) = answer.chunk().await {
                text.extend_from_slice(&chunk);
                while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
                    let event: Vec<u8> = text.drain(..end + 2).collect();
                    let event = String::from_utf8_lossy(&event).into_owned();
                    if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                        sender.send_replace(serde_json::from_str(data).expect("a screen is JSON"));
                    }
                }
            }
        });
        receiver
    }

    /// What a place's screen shows now.
    pub async fn shown(&self, place: &str) -> Value {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answer = client.get(format!("{}/v1/places/{place}", self.url)).send().await.expect("the station answers");
        answer.json().await.expect("a screen is JSON")
    }
}

fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let from = text.char_indices().rev().nth(2_000).map_or(0, |(index, _)| index);
    text[from..].to_owned()
}
