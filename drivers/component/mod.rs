//! A platform's own print component: what the platform sealed goes in as it is, and an honest outcome comes out.
//!
//! The component renders and prints through its own system's driver, so it takes neither a drawing nor bytes. Only it can open
//! what it gets; nothing here looks inside. Its "printed" means that its system's queue took the label, never that it is on
//! paper. Nothing is ever sent twice: whether to print again is not a driver's decision.

pub mod address;
mod cainiao;
pub mod dialect;
mod discreet;
mod jd;
mod line;
pub mod message;
mod progress;

use std::future::Future;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::printer::status::{Doubt, Outcome, Refusal, Status};
use crate::printer::{PrinterError, check_pace, default_watch_ms};
use crate::url::DeviceUrl;
use address::{Address, AddressError};
use dialect::Dialect;
use line::Line;
use message::{Mark, Printers, Said, Task};
use progress::{Progress, Verdict};

/// A `[[printer]]` whose url begins with `component://`: neither paper nor a language of printers is ours to know.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentConfig {
    pub name: String,
    pub url: DeviceUrl,
    /// As a printer's.
    #[serde(default = "default_watch_ms")]
    pub watch_ms: u64,
    #[serde(default)]
    pub timeouts: Timeouts,
}

/// Milliseconds a job may wait for its component.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    pub connect_ms: u64,
    /// For saying which printers there are: its system may ask each of them.
    pub answer_ms: u64,
    /// For taking the task's bytes.
    pub stall_ms: u64,
    /// For saying what became of a task: the first one of a template waits for its download.
    pub confirm_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 3_000, answer_ms: 3_000, stall_ms: 10_000, confirm_ms: 15_000 }
    }
}

impl ComponentConfig {
    /// Can it be, as far as that is known without the component?
    pub fn check(&self) -> Result<(), ComponentError> {
        self.address().map(drop)
    }

    fn address(&self) -> Result<Address, ComponentError> {
        check_pace(&self.name, self.watch_ms)?;
        Address::of(&self.url).map_err(|source| ComponentError::Address { component: self.name.clone(), source })
    }

    /// Whose component it is, where its url says so.
    pub fn dialect(&self) -> Option<&'static Dialect> {
        dialect::of(&self.url)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    #[error("printer `{component}`")]
    Address { component: String, source: AddressError },
    #[error(transparent)]
    Pace(#[from] PrinterError),
}

/// One component, and the printer it prints on.
pub struct Component {
    config: ComponentConfig,
    address: Address,
    /// Questions so far: each has its own id, and an answer to another one is nobody's.
    asked: u64,
}

impl Component {
    pub fn new(config: ComponentConfig) -> Result<Self, ComponentError> {
        let address = config.address()?;
        Ok(Self { config, address, asked: 0 })
    }

    pub fn config(&self) -> &ComponentConfig {
        &self.config
    }

    /// Is it looked at while nothing prints?
    pub fn is_watched(&self) -> bool {
        self.config.watch_ms > 0
    }

    /// How it and its printer are, without printing anything.
    pub async fn status(&mut self) -> Status {
        match self.ready().await {
            Ok(line) => {
                line.hang_up().await;
                Status::Ready
            }
            Err(why) => Status::Offline { why },
        }
    }

    /// Hands over one document, sealed as it came. `id` names the task at the component: the same id is the same task.
    pub async fn print(&mut self, task: Task<'_>) -> Outcome {
        let mut line = match self.ready().await {
            Ok(line) => line,
            Err(why) => return Outcome::Refused { reason: Refusal::Offline { why } },
        };
        let message = (self.address.dialect.print)(&task, &self.address.printer).to_string();
        let of = message.len() as u64;
        let unknown = |written, doubt| Outcome::Unknown { written, of, doubt };
        // Half a message may be read as a whole one by whoever wrote the component.
        match within(self.config.timeouts.stall_ms, line.say(message)).await {
            Some(Ok(())) => {}
            Some(Err(why)) => return unknown(0, Doubt::ConnectionLost { why }),
            None => return unknown(0, Doubt::Stalled),
        }
        let mark = Mark { id: task.id, document: task.document };
        let followed = within(self.config.timeouts.confirm_ms, follow(&mut line, self.address.dialect, mark)).await;
        line.hang_up().await;
        let plain = |why: String| discreet::without(&why, task.contents);
        match followed {
            Some(Ok(Verdict::Printed)) => Outcome::Accepted { bytes: of },
            Some(Ok(Verdict::NotPrinted { why })) => Outcome::Refused { reason: Refusal::Label { why: plain(why) } },
            Some(Ok(Verdict::Doubtful { why })) => unknown(of, Doubt::Component { why: plain(why) }),
            Some(Err(why)) => unknown(of, Doubt::ConnectionLost { why }),
            None => unknown(of, Doubt::NoNotice),
        }
    }

    /// A line to a component whose printer takes labels, or why there is none.
    async fn ready(&mut self) -> Result<Line, String> {
        let Timeouts { connect_ms, answer_ms, .. } = self.config.timeouts;
        let address = &self.address;
        let url = &self.config.url;
        let opened = within(connect_ms, Line::open(address)).await;
        let opened = opened.unwrap_or_else(|| Err(format!("no connection within {connect_ms} ms")));
        let mut line = opened.map_err(|why| format!("{url}: {why}: start the component"))?;
        self.asked += 1;
        let id = format!("look-{}", self.asked);
        let asking = async {
            line.say((address.dialect.ask)(&id).to_string()).await?;
            printers(&mut line, address.dialect, &id).await
        };
        let said = within(answer_ms, asking).await;
        let said = said.unwrap_or_else(|| {
            let name = address.dialect.name;
            Err(format!("it doesn't say within {answer_ms} ms which printers it has: is it {name}'s component?"))
        });
        said.and_then(|printers| printers.check(&address.printer)).map_err(|why| format!("{url}: {why}"))?;
        Ok(line)
    }
}

async fn within<T>(limit_ms: u64, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_millis(limit_ms), work).await.ok()
}

/// Until it says which printers it has; what it has to say of others is passed over.
async fn printers(line: &mut Line, dialect: &Dialect, id: &str) -> Result<Printers, String> {
    loop {
        match hear(line, dialect, Mark { id, document: "" }).await? {
            Said::Printers(printers) => return Ok(printers),
            Said::NoPrinters { why } => return Err(format!("it names no printers: {why}")),
            _ => {}
        }
    }
}

/// Until it is known what became of the task.
async fn follow(line: &mut Line, dialect: &Dialect, mark: Mark<'_>) -> Result<Verdict, String> {
    let mut progress = Progress::default();
    loop {
        let said = hear(line, dialect, mark).await?;
        if let Some(verdict) = progress.hear(said, dialect.tells) {
            return Ok(verdict);
        }
    }
}

async fn hear(line: &mut Line, dialect: &Dialect, mark: Mark<'_>) -> Result<Said, String> {
    let message = line.hear().await?;
    // What isn't JSON is no word of the protocol.
    let message: Value = serde_json::from_str(&message).unwrap_or_default();
    Ok((dialect.read)(&message, mark))
}
