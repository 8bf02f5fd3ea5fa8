//! The table of printer languages. A language turns a label into bytes and reads a printer's answers; it moves nothing.

use super::profile::Profile;
use super::raster::JobError;
use super::status::{Evidence, Fault, Reading};
use super::{cpcl, epl, escpos, png, tspl, zpl};
use crate::label::Label;

pub trait Language: Send + Sync {
    /// All bytes of one label.
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError>;

    /// In the order they are asked; the next one when a question stays unanswered. None: the language has no way to ask.
    fn questions(&self) -> &'static [Question] {
        &[]
    }

    /// Where such a printer counts its labels: asked before a job and after it.
    fn counter(&self, _: &Profile) -> Option<&'static Counter> {
        None
    }

    /// What such a printer says of itself about finished jobs, between its answers; each job asks for it.
    fn reports(&self, _: &Profile) -> Option<ReadReports> {
        None
    }
}

/// A status question.
pub struct Question {
    pub bytes: &'static [u8],
    /// Reads what has come in so far; `None` until the answer is whole.
    pub read: fn(&[u8], &Profile) -> Option<Reading>,
    /// What an idle printer proves about the job before.
    pub proof: Proof,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The answer counts the queue, so idle means done.
    Idle(Evidence),
    /// The answer may be given before the job is looked at: only busy and then idle means done.
    BusyThenIdle(Evidence),
    /// The answer is kept back until the job is done, so silence isn't idle. A slow line keeps answers back as well, so only
    /// one that was seen busy is believed.
    HeldThenIdle(Evidence),
    /// It tells faults only.
    Nothing,
}

/// The labels a printer has printed in its life.
pub struct Counter {
    pub bytes: &'static [u8],
    /// Reads what has come in so far; `None` until the answer is whole.
    pub read: fn(&[u8]) -> Option<u64>,
}

/// Reads everything heard: each job's end, or the fault that was reported in place of it, in the order they came.
pub type ReadReports = fn(&[u8], &Profile) -> Vec<Result<Evidence, Fault>>;

pub struct Kind {
    pub name: &'static str,
    pub language: &'static dyn Language,
}

pub const KINDS: &[Kind] = &[
    Kind { name: "zpl", language: &zpl::Zpl },
    Kind { name: "tspl", language: &tspl::Tspl },
    Kind { name: "cpcl", language: &cpcl::Cpcl },
    Kind { name: "epl", language: &epl::Epl },
    Kind { name: "escpos", language: &escpos::EscPos },
    Kind { name: "png", language: &png::Png },
];

pub fn kind_of(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
