//! Label printers: a label goes in, an honest outcome comes out.
//!
//! A printer is a language (bytes) over a transport (moving them). Every job has its own connection, so a status answer
//! never belongs to an older job, and nothing is ever sent twice: whether to print again is not a driver's decision.

pub mod cpcl;
pub mod epl;
pub mod escpos;
pub mod language;
pub mod png;
pub mod profile;
pub mod raster;
pub mod status;
pub mod tspl;
pub mod zpl;

mod job;

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::label::Label;
use crate::transport;
use crate::url::{DeviceUrl, UrlError};
use job::Conversation;
use profile::Profile;
use status::{Outcome, Refusal, Status};

/// As long as a printer that answers nothing is left unasked.
const SILENCE: Duration = Duration::from_secs(300);

/// A `[[printer]]` of the station's config.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterConfig {
    pub name: String,
    pub url: DeviceUrl,
    /// A built-in profile's name, or a table with its fields.
    pub profile: Profile,
    #[serde(default = "default_dpi")]
    pub dpi: u32,
    /// Width × height of the loaded labels in mm, e.g. `100x150`. A larger label is refused, never scaled.
    pub media: Media,
    #[serde(default)]
    pub timeouts: Timeouts,
}

fn default_dpi() -> u32 {
    203
}

/// Milliseconds a job may wait for its printer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    pub connect_ms: u64,
    /// No byte taken for as long.
    pub stall_ms: u64,
    /// For the answer to one status question.
    pub answer_ms: u64,
    /// For the queue to drain once everything is sent.
    pub confirm_ms: u64,
    /// For all of a job.
    pub total_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 3_000, stall_ms: 10_000, answer_ms: 700, confirm_ms: 8_000, total_ms: 60_000 }
    }
}

/// Paper in mm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Media {
    pub width_mm: f64,
    pub height_mm: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("media {0:?} is no size: write width x height in mm, e.g. 100x150")]
pub struct MediaError(String);

impl TryFrom<String> for Media {
    type Error = MediaError;

    fn try_from(text: String) -> Result<Self, MediaError> {
        let side = |text: &str| text.trim().parse::<f64>().ok().filter(|mm| (1.0..=2000.0).contains(mm));
        text.split_once(['x', '×'])
            .and_then(|(width, height)| Some(Self { width_mm: side(width)?, height_mm: side(height)? }))
            .ok_or(MediaError(text))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    #[error("printer `{printer}`")]
    Url { printer: String, source: UrlError },
    #[error("printer `{printer}`: unknown language {language:?}; known are {known}")]
    Language { printer: String, language: String, known: String },
}

/// One printer. It holds no connection between jobs; what it remembers is whether this very printer answers questions.
pub struct Printer {
    config: PrinterConfig,
    transport: &'static transport::Kind,
    language: &'static language::Kind,
    memory: Memory,
}

/// What earlier jobs found out about this very printer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Memory {
    answers: Answers,
    /// Whether its count or its reports came.
    proofs: Answers,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Answers {
    Untried,
    Yes,
    /// Asked in vain; not asked again before.
    NotBefore(Instant),
}

impl Answers {
    fn are_in_vain(self) -> bool {
        matches!(self, Answers::NotBefore(instant) if Instant::now() < instant)
    }

    fn learn(&mut self, answered: Option<bool>) {
        *self = match answered {
            Some(true) => Answers::Yes,
            Some(false) => Answers::NotBefore(Instant::now() + SILENCE),
            None => *self,
        };
    }
}

impl Printer {
    pub fn new(config: PrinterConfig) -> Result<Self, PrinterError> {
        let transport = transport::kind_of(&config.url)
            .map_err(|source| PrinterError::Url { printer: config.name.clone(), source })?;
        let language = language::kind_of(&config.profile.language).ok_or_else(|| PrinterError::Language {
            printer: config.name.clone(),
            language: config.profile.language.clone(),
            known: language::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", "),
        })?;
        let memory = Memory { answers: Answers::Untried, proofs: Answers::Untried };
        Ok(Self { config, transport, language, memory })
    }

    pub fn config(&self) -> &PrinterConfig {
        &self.config
    }

    /// Prints one label; returns within the config's `total_ms`. Dropping the call half-way leaves the job unknown.
    pub async fn print(&mut self, label: &Label) -> Outcome {
        if let Some(refusal) = self.misfit(label) {
            return Outcome::Refused { reason: refusal };
        }
        let bytes = match self.language.language.job(label, &self.config.profile) {
            Ok(bytes) => bytes,
            Err(error) => return Outcome::Refused { reason: Refusal::Label { why: error.to_string() } },
        };
        let mut conversation = match self.connect().await {
            Ok(conversation) => conversation,
            Err(why) => return Outcome::Refused { reason: Refusal::Offline { why } },
        };
        let outcome = conversation.print(&bytes).await;
        let (answered, proved) = (conversation.answered, conversation.proved);
        self.memory.answers.learn(answered);
        self.memory.proofs.learn(proved);
        outcome
    }

    /// How the printer is, without printing anything.
    pub async fn status(&mut self) -> Status {
        let mut conversation = match self.connect().await {
            Ok(conversation) => conversation,
            Err(why) => return Status::Offline { why },
        };
        let status = conversation.status().await;
        let answered = conversation.answered;
        self.memory.answers.learn(answered);
        status
    }

    fn misfit(&self, label: &Label) -> Option<Refusal> {
        let Media { width_mm, height_mm } = self.config.media;
        let dots = |mm: f64| (mm * dots_per_mm(self.config.dpi)).round() as u32;
        let fits = label.width_dots <= dots(width_mm) && label.height_dots <= dots(height_mm);
        if label.dpi != self.config.dpi {
            let why = format!("it was drawn for {} dpi and the printer has {}", label.dpi, self.config.dpi);
            return Some(Refusal::Label { why });
        }
        (!fits).then(|| Refusal::Label {
            why: format!(
                "it is {} × {} dots and the loaded labels of {width_mm} × {height_mm} mm hold {} × {}",
                label.width_dots,
                label.height_dots,
                dots(width_mm),
                dots(height_mm)
            ),
        })
    }

    async fn connect(&self) -> Result<Conversation<'_>, String> {
        let limit = Duration::from_millis(self.config.timeouts.connect_ms);
        let link = match tokio::time::timeout(limit, (self.transport.open)(&self.config.url)).await {
            Ok(Ok(link)) => link,
            Ok(Err(error)) => return Err(format!("{}: {error}", self.config.url)),
            Err(_) => return Err(format!("{}: no connection within {} ms", self.config.url, limit.as_millis())),
        };
        Ok(Conversation::new(link, self.language.language, &self.config, self.memory))
    }
}

/// 203 dpi heads have 8 dots a mm exactly, 300 dpi heads 12 and 600 dpi heads 24; the names are rounded.
pub fn dots_per_mm(dpi: u32) -> f64 {
    match dpi {
        203 => 8.0,
        300 => 12.0,
        600 => 24.0,
        other => f64::from(other) / 25.4,
    }
}
