//! Scales: bytes from a device become weights, and of those only the ones that stand still count. Each scale runs as a
//! task that sends an event when its state changes, and comes back by itself when its device vanishes.

pub mod reading;
pub mod settings;

mod continuous;
mod steady;
mod task;
mod text;
mod toledo;

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use reading::Reading;
pub use settings::{ScaleConfig, Settings};

/// What a scale shows, as far as it may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The weight stands still.
    Stable {
        grams: u32,
    },
    Moving,
    Overload,
    Negative,
    /// It lost its zero: it has to be emptied and zeroed.
    Unzeroed,
    /// It is connected and says nothing.
    Silent,
    /// It talks, but not what its profile says: another speed, or another protocol.
    Garbled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScaleEvent {
    Connected {
        device: String,
    },
    /// Told when it changes.
    State {
        device: String,
        state: State,
    },
    Lost {
        device: String,
        why: String,
    },
}

/// What a scale and we say to each other; moves no bytes itself.
pub trait Protocol: Send {
    /// What is sent to be told the weight; `None` where the scale talks by itself.
    fn question(&self) -> Option<&[u8]> {
        None
    }

    fn push(&mut self, bytes: &[u8]) -> Vec<Heard>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Reading(Reading),
    /// Bytes that are nothing in this protocol, or a part of a message.
    Garbage,
}

impl Heard {
    /// Ten broken bytes in a row are one thing that wasn't understood.
    fn garbage(heard: &mut Vec<Heard>) {
        if heard.last() != Some(&Heard::Garbage) {
            heard.push(Heard::Garbage);
        }
    }
}

pub struct Kind {
    pub name: &'static str,
    pub protocol: fn(&Settings) -> Box<dyn Protocol>,
}

pub const KINDS: &[Kind] = &[
    Kind { name: "toledo-8217", protocol: toledo::protocol },
    Kind { name: "toledo-continuous", protocol: continuous::protocol },
    Kind { name: "text", protocol: text::protocol },
];

pub fn kind_of(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// A running scale; it stops when this is dropped.
pub struct ScaleHandle {
    task: AbortHandle,
    wanted: watch::Sender<Instant>,
    latest: watch::Receiver<Option<Weight>>,
    fresh: Duration,
}

/// What stood still at a moment.
#[derive(Clone, Copy, Debug)]
struct Weight {
    grams: u32,
    read_at: Instant,
}

impl ScaleHandle {
    /// Somebody waits for a weight: a scale that is asked is asked more often for as long.
    pub fn want(&self, within: Duration) {
        self.wanted.send_replace(Instant::now() + within);
    }

    /// The grams that stand still on it now. `None` also where that was true a moment ago: since then somebody may have
    /// put another parcel there.
    pub fn grams(&self) -> Option<u32> {
        let weight = *self.latest.borrow();
        weight.filter(|weight| weight.read_at.elapsed() <= self.fresh).map(|weight| weight.grams)
    }
}

impl Drop for ScaleHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a scale; needs a tokio runtime.
pub fn spawn(config: ScaleConfig, events: mpsc::Sender<ScaleEvent>) -> ScaleHandle {
    let (wanted, wants) = watch::channel(Instant::now());
    let (weighed, latest) = watch::channel(None);
    let fresh = config.settings.fresh();
    let task = tokio::spawn(task::run(config, events, wants, weighed)).abort_handle();
    ScaleHandle { task, wanted, latest, fresh }
}
