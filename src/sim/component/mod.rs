//! A platform's print component: it takes tasks over a WebSocket, keeps what would be on paper as it got it, and tells of it in
//! the words and in the order of its build.
//!
//! What is sealed it can't open either: nothing is drawn. A task is printed whether or not somebody still listens.

mod talk;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Whose component, and which build of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    CainiaoWindows,
    CainiaoMac,
    /// 1.x, which tells of documents and tasks and no more in the old way.
    CainiaoNew,
    Pinduoduo,
    Douyin,
    Kuaishou,
    Jd,
}

impl Build {
    pub const ALL: [Build; 7] = [
        Build::CainiaoWindows,
        Build::CainiaoMac,
        Build::CainiaoNew,
        Build::Pinduoduo,
        Build::Douyin,
        Build::Kuaishou,
        Build::Jd,
    ];

    /// As an address names it.
    pub fn dialect(self) -> &'static str {
        match self {
            Build::CainiaoWindows | Build::CainiaoMac | Build::CainiaoNew => "cainiao",
            Build::Pinduoduo => "pinduoduo",
            Build::Douyin => "douyin",
            Build::Kuaishou => "kuaishou",
            Build::Jd => "jd",
        }
    }

    /// Where its maker has it listen.
    pub fn port(self) -> u16 {
        match self {
            Build::CainiaoWindows | Build::CainiaoMac | Build::CainiaoNew => 13528,
            Build::Pinduoduo => 5000,
            Build::Douyin => 13888,
            Build::Kuaishou => 16888,
            Build::Jd => 9113,
        }
    }

    fn path(self) -> &'static str {
        if self == Build::Kuaishou { "/ks/printer" } else { "/" }
    }
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Port 0 finds a free one.
    pub listen: SocketAddr,
    /// The first one is the default.
    pub printers: Vec<String>,
    /// How long it takes to draw a label, and again to print it.
    pub step: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            printers: vec!["GK888".into(), "PDF".into()],
            step: Duration::from_millis(5),
        }
    }
}

/// What goes wrong, until it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Prints, and never says so.
    NoNotice,
    /// Turns every task down.
    TurnsDown,
    /// Can't open what it gets; its complaint quotes what it read.
    Unreadable,
    /// Somebody cancels the task before it is drawn.
    Cancelled,
    /// The printer's driver gives up after the label was drawn.
    FailsLate,
    /// Says both that the task is printed and that its document isn't.
    Contradicts,
    /// All its printers are disabled.
    Disabled,
    /// Closes the connection once it took a task, and prints all the same.
    Closes,
    /// Drawing and printing take so long.
    Slow(Duration),
    /// Tells of somebody else's tasks before it tells of ours, and says things that are no message.
    Chatters,
    /// Takes connections and answers nothing.
    Mute,
    /// Isn't running.
    Stopped,
}

/// One label that came out.
#[derive(Clone, Debug)]
pub struct Printed {
    pub at: Timestamp,
    pub printer: String,
    pub task: String,
    /// The number it was said to bear; JD's tasks say none.
    pub document: String,
    pub contents: Value,
    /// The whole message as it came.
    pub message: String,
}

/// A running component; it stops when this is dropped.
pub struct SimComponent {
    pub addr: SocketAddr,
    machine: Arc<Machine>,
    door: AbortHandle,
}

struct Machine {
    build: Build,
    options: Options,
    fault: watch::Sender<Option<Fault>>,
    printed: watch::Sender<Vec<Printed>>,
    desk: Mutex<Desk>,
}

#[derive(Default)]
struct Desk {
    messages: Vec<String>,
    /// A task is under way: Kuaishou's takes no other one meanwhile.
    busy: bool,
}

impl Machine {
    /// A panic elsewhere leaves it as it was after its last whole change.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self) -> Option<Fault> {
        *self.fault.borrow()
    }

    fn step(&self) -> Duration {
        match self.fault() {
            Some(Fault::Slow(step)) => step,
            _ => self.options.step,
        }
    }
}

/// Needs a tokio runtime; the port is bound when this returns.
pub async fn start(build: Build, options: Options) -> io::Result<SimComponent> {
    let listener = TcpListener::bind(options.listen).await?;
    let addr = listener.local_addr()?;
    let (fault, printed) = (watch::Sender::new(None), watch::Sender::new(Vec::new()));
    let machine = Arc::new(Machine { build, options, fault, printed, desk: Mutex::default() });
    let door = tokio::spawn(wire::receive(machine.clone(), listener, addr)).abort_handle();
    Ok(SimComponent { addr, machine, door })
}

impl SimComponent {
    /// As a `[[printer]]` has it.
    pub fn url(&self) -> String {
        format!("component://{}?dialect={}", self.addr, self.machine.build.dialect())
    }

    /// Everything that came out so far, in order.
    pub fn printed(&self) -> Vec<Printed> {
        self.machine.printed.borrow().clone()
    }

    /// Waits until so many labels have come out; false when `limit` is over first.
    pub async fn wait_for(&self, labels: usize, limit: Duration) -> bool {
        let mut printed = self.machine.printed.subscribe();
        let out = printed.wait_for(|printed| printed.len() >= labels);
        tokio::time::timeout(limit, out).await.is_ok()
    }

    /// Every message as it came, in order.
    pub fn messages(&self) -> Vec<String> {
        self.machine.desk().messages.clone()
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.machine.fault.send_replace(fault);
    }
}

impl Drop for SimComponent {
    fn drop(&mut self) {
        self.door.abort();
    }
}
