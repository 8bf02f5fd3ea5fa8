//! Label printers: a label goes in, an honest outcome comes out.
//!
//! A printer is a language (bytes) over a transport (moving them). A link on which an answer is owed is never used again,
//! and what a printer still has to say of an earlier one is read away first, so a status answer never belongs to an older
//! job. Nothing is ever sent twice: whether to print again is not a driver's decision.

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

impl PrinterConfig {
    /// Can it be, as far as that is known without the printer?
    pub fn check(&self) -> Result<(), PrinterError> {
        self.kinds().map(drop)
    }

    fn kinds(&self) -> Result<(&'static transport::Kind, &'static language::Kind), PrinterError> {
        let range = |ok: bool, key, value, range| {
            if ok { Ok(()) } else { Err(PrinterError::Range { printer: self.name.clone(), key, value, range }) }
        };
        range((100..=1_200).contains(&self.dpi), "dpi", self.dpi.into(), "100 to 1200")?;
        check_pace(&self.name, self.watch_ms)?;
        let transport =
            transport::kind_of(&self.url).map_err(|source| PrinterError::Url { printer: self.name.clone(), source })?;
        let language = language::kind_of(&self.profile.language).ok_or_else(|| PrinterError::Language {
            printer: self.name.clone(),
            language: self.profile.language.clone(),
            known: language::KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", "),
        })?;
        Ok((transport, language))
    }
}

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

pub(crate) fn default_watch_ms() -> u64 {
    1_000
}

/// How often something is looked at: so often that nobody is hindered, or never.
pub(crate) fn check_pace(printer: &str, watch_ms: u64) -> Result<(), PrinterError> {
    if watch_ms == 0 || (100..=3_600_000).contains(&watch_ms) {
        return Ok(());
    }
    let range = "100 to 3600000, or 0";
    Err(PrinterError::Range { printer: printer.to_owned(), key: "watch_ms", value: watch_ms, range })
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
    #[error("printer `{printer}`: {key} = {value} is outside {range}")]
    Range { printer: String, key: &'static str, value: u64, range: &'static str },
    #[error("printer `{printer}`: unknown language {language:?}; known are {known}")]
    Language { printer: String, language: String, known: String },
}

/// One printer. What it remembers is whether this very printer answers questions.
pub struct Printer {
    config: PrinterConfig,
    transport: &'static transport::Kind,
    language: &'static language::Kind,
    memory: Memory,
    /// Of the last look, where the transport keeps it.
    kept: Option<Box<dyn Link>>,
    /// Since when one that used to answer doesn't.
    silent_since: Option<Instant>,
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
        let (transport, language) = config.kinds()?;
        let memory = Memory { answers: Answers::Untried, proofs: Answers::Untried, owed: 0 };
        Ok(Self { config, transport, language, memory, kept: None, silent_since: None })
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
        let kept = self.kept.take();
        let was_kept = kept.is_some();
        match self.send(kept, &bytes).await {
            // It may have been plugged in anew since the last look; nothing was sent through the old link.
            Outcome::Refused { reason: Refusal::Offline { .. } } if was_kept => self.send(None, &bytes).await,
            outcome => outcome,
        }
    }

    async fn send(&mut self, kept: Option<Box<dyn Link>>, job: &[u8]) -> Outcome {
        let mut conversation = match self.converse(kept).await {
            Ok(conversation) => conversation,
            Err(why) => return Outcome::Refused { reason: Refusal::Offline { why } },
        };
        let outcome = conversation.print(job).await;
        let (answered, proved, owed) = (conversation.answered, conversation.proved, conversation.owed);
        self.memory.answers.learn(answered);
        self.memory.proofs.learn(proved);
        self.memory.owed = owed;
        outcome
    }

    /// How the printer is, without printing anything.
    pub async fn status(&mut self) -> Status {
        let kept = self.kept.take();
        let mut conversation = match self.converse(kept).await {
            Ok(conversation) => conversation,
            Err(why) => return Status::Offline { why },
        };
        let status = conversation.status().await;
        let is_in_order = !conversation.late && conversation.is_alive();
        let (link, answered) = (conversation.link, conversation.answered);
        self.learn(answered);
        if self.transport.idle == Idle::Keep && is_in_order && !matches!(status, Status::Offline { .. }) {
            self.kept = Some(link);
        }
        status
    }

    /// One that used to answer is asked again by every look, but not for ever: its settings may have been changed.
    fn learn(&mut self, answered: Option<bool>) {
        let stopped = answered == Some(false) && self.memory.answers == Answers::Yes;
        self.silent_since = stopped.then(|| self.silent_since.unwrap_or_else(Instant::now));
        if !stopped || self.silent_since.is_some_and(|since| since.elapsed() > SILENCE) {
            self.memory.answers.learn(answered);
        }
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

    /// Over the link of the last look, or a new one.
    async fn converse(&self, kept: Option<Box<dyn Link>>) -> Result<Conversation<'_>, String> {
        let open = |link| Conversation::new(link, self.language.language, &self.config, self.memory);
        if let Some(kept) = kept {
            return Ok(open(kept));
        }
        let mut conversation = open(self.connect().await?);
        // A device remembers what it owes; a connection to a printer on the network begins with nothing.
        if self.transport.idle == Idle::Keep {
            conversation.hear_out().await;
        }
        Ok(conversation)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_that_stopped_answering_is_believed_to_be_broken_for_a_while_and_not_for_ever() {
        let config = "name = 'desk'\nurl = 'tcp://127.0.0.1:1'\nmedia = '76x130'\nprofile = 'zpl'";
        let mut printer = Printer::new(toml::from_str(config).unwrap()).unwrap();
        let learns = |printer: &mut Printer, answered| {
            printer.learn(Some(answered));
            printer.answers()
        };
        assert_eq!(learns(&mut printer, true), Some(true));
        assert_eq!(learns(&mut printer, false), Some(true), "its silence is a fault");
        tokio::time::advance(SILENCE / 2).await;
        assert_eq!(learns(&mut printer, true), Some(true));
        assert_eq!(learns(&mut printer, false), Some(true), "counted anew");
        tokio::time::advance(SILENCE * 2).await;
        assert_eq!(learns(&mut printer, false), Some(false), "somebody may have set it up anew");
    }
}
