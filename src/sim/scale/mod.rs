//! A scale on a TCP port or a pseudo terminal: it talks as its makers' manuals say, knows what lies on it, and fails on
//! demand.

mod talk;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use talk::Model;

/// Where it is plugged in.
#[derive(Clone, Debug)]
pub enum Plug {
    /// Port 0 finds a free one.
    Tcp(SocketAddr),
    /// A name for the terminal that stays the same, as those in /dev/serial/by-id do.
    Pty(PathBuf),
}

/// What goes wrong, until it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Somebody leans on it: the weight never stands still.
    Motion,
    Overload,
    Negative,
    /// Zero was never taken.
    Unzeroed,
    /// Another speed on the line: bytes, but no words.
    Garbage,
    Silence,
    /// The cable comes off in the middle of the next message, and stays off.
    Unplugged,
}

/// What lies on it and what is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
struct Condition {
    grams: u32,
    fault: Option<Fault>,
    /// How many times it was asked.
    asked: u32,
    ended: bool,
}

/// A running scale; it stops when this is dropped.
pub struct SimScale {
    /// As a config has it.
    pub url: String,
    condition: Arc<Mutex<Condition>>,
    thread: Option<JoinHandle<()>>,
}

/// How often a scale that talks by itself does.
pub const EVERY: Duration = Duration::from_millis(100);

/// The port is bound, or the terminal there, when this returns.
pub fn start(model: Model, plug: Plug) -> io::Result<SimScale> {
    let condition = Arc::new(Mutex::new(Condition::default()));
    let mut socket = wire::Socket::plug(&plug)?;
    let url = socket.url();
    let shared = condition.clone();
    let thread = std::thread::Builder::new().name("scale".into()).spawn(move || {
        let now = || *locked(&shared);
        while !now().ended {
            // Whatever a connection's end was, the next one is served.
            let _ = talk::serve(model, &shared, &mut socket);
            if now().fault == Some(Fault::Unplugged) {
                socket.unplug();
                while now().fault == Some(Fault::Unplugged) && !now().ended {
                    std::thread::sleep(wire::STEP);
                }
                // Somebody else may have the port for a moment.
                while !now().ended && socket.plug_again().is_err() {
                    std::thread::sleep(wire::STEP);
                }
            }
        }
    })?;
    Ok(SimScale { url, condition, thread: Some(thread) })
}

fn locked(condition: &Mutex<Condition>) -> MutexGuard<'_, Condition> {
    condition.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SimScale {
    pub fn put(&self, grams: u32) {
        locked(&self.condition).grams = grams;
    }

    pub fn fail(&self, fault: Fault) {
        locked(&self.condition).fault = Some(fault);
    }

    pub fn mend(&self) {
        locked(&self.condition).fault = None;
    }

    /// How many times its weight was asked for.
    pub fn asked(&self) -> u32 {
        locked(&self.condition).asked
    }
}

impl Drop for SimScale {
    fn drop(&mut self) {
        locked(&self.condition).ended = true;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
