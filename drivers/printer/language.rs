//! The table of printer languages. A language turns a label into bytes and reads a printer's answers; it moves nothing.

use super::profile::Profile;
use super::raster::JobError;
use super::status::{Evidence, Reading};
use super::{png, tspl, zpl};
use crate::label::Label;

pub trait Language: Send + Sync {
    /// All bytes of one label.
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError>;

    /// In the order they are asked; the next one when a question stays unanswered. None: the language has no way to ask.
    fn questions(&self) -> &'static [Question] {
        &[]
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
    /// It tells faults only.
    Nothing,
}

pub struct Kind {
    pub name: &'static str,
    pub language: &'static dyn Language,
}

pub const KINDS: &[Kind] = &[
    Kind { name: "zpl", language: &zpl::Zpl },
    Kind { name: "tspl", language: &tspl::Tspl },
    Kind { name: "png", language: &png::Png },
];

pub fn kind_of(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
