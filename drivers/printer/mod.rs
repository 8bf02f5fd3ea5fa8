//! Label printers: a label goes in, an honest outcome comes out.
//!
//! A printer is a language (bytes) over a transport (moving them). Every job has its own connection, so a status answer
//! never belongs to an older job, and nothing is ever sent twice: whether to print again is not a driver's decision.

pub mod adjust;
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
use crate::transport::{self, Idle, Link};
use crate::url::{DeviceUrl, UrlError};
use adjust::Adjust;
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
    /// How often it is looked at while nothing prints, in ms; 0: never. A packer who waits has it looked at more often.
    #[serde(default = "default_watch_ms")]
    pub watch_ms: u64,
    #[serde(default)]
    pub timeouts: Timeouts,
    #[serde(default)]
    pub adjust: Adjust,
}

fn default_dpi() -> u32 {
    203
}

fn default_watch_ms() -> u64 {
    1_000
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

/// One printer. What it remembers is whether this very printer answers questions.
pub struct Printer {
    config: PrinterConfig,
    transport: &'static transport::Kind,
    language: &'static language::Kind,
    memory: Memory,
    /// Of the last look, where the transport keeps it; no job is ever sent through it.
    kept: Option<Box<dyn Link>>,
}

/// What earlier jobs found out about this very printer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Memory {
    answers: Answers,
    /// Whether its count or its reports came: how long they are waited for.
    proofs: Answers,
    /// Reports that never came, and may still come in place of another label's. Time settles no debt.
    owed: usize,
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
    pub fn new(mut config: PrinterConfig) -> Result<Self, PrinterError> {
        config.profile = config.adjust.applied_to(config.profile);
        let transport = transport::kind_of(&config.url)
            .map_err(|source| PrinterError::Url { printer: config.name.clone(), source })?;
        let language = language::kind_of(&config.profile.language).ok_or_else(|| PrinterError::Language {
            printer: config.name.clone(),
            language: config.profile.language.clone(),
            known: language::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", "),
        })?;
        let memory = Memory { answers: Answers::Untried, proofs: Answers::Untried, owed: 0 };
        Ok(Self { config, transport, language, memory, kept: None })
    }

    pub fn config(&self) -> &PrinterConfig {
        &self.config
    }

    /// Is there a device that could be looked at while nothing prints?
    pub fn is_watched(&self) -> bool {
        self.config.watch_ms > 0 && self.transport.idle != Idle::Leave
    }

    /// Whether this very printer answers questions, once that was found out.
    pub fn answers(&self) -> Option<bool> {
        match self.memory.answers {
            Answers::Untried => None,
            Answers::Yes => Some(true),
            Answers::NotBefore(_) => Some(false),
        }
    }

    /// It answered in an earlier life: silence now is a fault. One that didn't is simply asked again. The last label of that
    /// life may have ended without its report.
    pub fn recall_that_it_answers(&mut self) {
        self.memory.answers = Answers::Yes;
        self.memory.owed = 1;
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
        // A late answer to the last look must not be taken for one about this job.
        self.kept = None;
        let mut conversation = match self.connect().await {
            Ok(link) => self.converse(link),
            Err(why) => return Outcome::Refused { reason: Refusal::Offline { why } },
        };
        let outcome = conversation.print(&bytes).await;
        let (answered, proved, owed) = (conversation.answered, conversation.proved, conversation.owed);
        self.memory.answers.learn(answered);
        self.memory.proofs.learn(proved);
        self.memory.owed = owed;
        outcome
    }

    /// How the printer is, without printing anything.
    pub async fn status(&mut self) -> Status {
        let link = match self.kept.take() {
            Some(kept) => kept,
            None => match self.connect().await {
                Ok(link) => link,
                Err(why) => return Status::Offline { why },
            },
        };
        let mut conversation = self.converse(link);
        let status = conversation.status().await;
        let (link, answered, late) = (conversation.link, conversation.answered, conversation.late);
        // One that used to answer is asked again by every look, until a job goes on without it.
        if answered != Some(false) || self.memory.answers != Answers::Yes {
            self.memory.answers.learn(answered);
        }
        // Whoever was asked in vain may still answer; that link is not read again.
        if self.transport.idle == Idle::Keep && !late && !matches!(status, Status::Offline { .. }) {
            self.kept = Some(link);
        }
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

    async fn connect(&self) -> Result<Box<dyn Link>, String> {
        let limit = Duration::from_millis(self.config.timeouts.connect_ms);
        match tokio::time::timeout(limit, (self.transport.open)(&self.config.url)).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(error)) => Err(format!("{}: {error}", self.config.url)),
            Err(_) => Err(format!("{}: no connection within {} ms", self.config.url, limit.as_millis())),
        }
    }

    fn converse(&self, link: Box<dyn Link>) -> Conversation<'_> {
        Conversation::new(link, self.language.language, &self.config, self.memory)
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
