//! What became of a job and how a printer is, as plain data.
//!
//! "The bytes were taken" is never "it is on paper", and silence is never "it failed": each outcome says only what this
//! printer could tell, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What became of one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The printer itself says it is done.
    Confirmed { evidence: Evidence },
    /// Every byte was taken and nothing speaks against the label; the printer can't say more.
    Accepted { bytes: u64 },
    /// Certainly nothing on paper: no byte of the job was sent.
    Refused { reason: Refusal },
    /// The label may be on paper, in part or not at all. Somebody has to look.
    Unknown { written: u64, of: u64, doubt: Doubt },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Its queue is empty and it reports no fault (ZPL `~HS`).
    QueueDrained,
    /// It was seen printing, then ready again (TSPL `ESC !?`).
    PrintedThenReady,
    /// It has worked off everything it was sent, this label last (ESC/POS `GS r`, CPCL `ESC h`).
    Processed,
    /// Its own count of labels went up by this one (ZPL `odometer.total_label_count`).
    Counted,
    /// It reported this label's end by itself (HPRT's automatic return, Gprinter's `SET RESPONSE`).
    Reported,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    Offline {
        why: String,
    },
    Fault {
        fault: Fault,
    },
    /// It used to answer and doesn't now. The next job is sent without asking.
    StoppedAnswering,
    /// The label itself can't be printed here.
    Label {
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// The connection broke.
    ConnectionLost { why: String },
    /// It took no more bytes.
    Stalled,
    /// Everything was sent; then it reported a fault.
    Fault { fault: Fault },
    /// It answered before the job and not after it.
    StoppedAnswering,
    /// A component took the task and said nothing of it in time.
    NoNotice,
    /// A component drew the label, and then it reports that something went wrong.
    Component { why: String },
}

/// A printer's trouble, in the packer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    PaperOut,
    CoverOpen,
    RibbonOut,
    Jam,
    Overheated,
    Paused,
    Cutter,
    /// It reports a fault this driver has no word for.
    Other,
}

/// How a printer is right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    Ready,
    Fault {
        fault: Fault,
    },
    /// Reachable; it answers no questions.
    Silent,
    /// Reachable, and it used to answer.
    StoppedAnswering,
    Offline {
        why: String,
    },
}

/// What one answer of a printer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The one to deal with first.
    pub fault: Option<Fault>,
    /// Labels are being printed or wait to be.
    pub busy: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('_', " "))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Offline { why } => write!(f, "it can't be reached, {why}"),
            Refusal::Fault { fault } => write!(f, "it reports {fault}"),
            Refusal::StoppedAnswering => f.write_str("it used to answer and doesn't now: switch it off and on"),
            Refusal::Label { why } => write!(f, "this label can't be printed here, {why}"),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::ConnectionLost { why } => write!(f, "the connection broke, {why}"),
            Doubt::Stalled => f.write_str("it took no more"),
            Doubt::Fault { fault } => write!(f, "then it reported {fault}"),
            Doubt::StoppedAnswering => f.write_str("it answered before and not afterwards"),
            Doubt::NoNotice => f.write_str("its component took the label and doesn't say what became of it"),
            Doubt::Component { why } => write!(f, "its component drew the label, then it said: {why}"),
        }
    }
}

impl Reading {
    /// The byte that an answer of one byte is. Before it may stand some that came too late; more than those are no answer.
    pub fn only_byte(answer: &[u8]) -> Option<u8> {
        const LATE: usize = 3;
        answer.last().copied().filter(|_| answer.len() <= LATE + 1)
    }
}

impl Fault {
    /// What the port's status byte says (USB printer class 1.1, 4.2.2). Clones that leave it at nought or use reserved bits
    /// say nothing.
    pub fn of_port(status: u8) -> Option<Fault> {
        const NOT_ERROR: u8 = 0x08;
        const SELECTED: u8 = 0x10;
        const PAPER_EMPTY: u8 = 0x20;
        match status {
            0 => None,
            _ if status & !(NOT_ERROR | SELECTED | PAPER_EMPTY) != 0 => None,
            _ if status & PAPER_EMPTY != 0 => Some(Fault::PaperOut),
            _ if status & NOT_ERROR == 0 => Some(Fault::Other),
            _ if status & SELECTED == 0 => Some(Fault::Paused),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Fault::PaperOut => "paper_out",
            Fault::CoverOpen => "cover_open",
            Fault::RibbonOut => "ribbon_out",
            Fault::Jam => "jam",
            Fault::Overheated => "overheated",
            Fault::Paused => "paused",
            Fault::Cutter => "cutter",
            Fault::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_tells_paper_error_and_pause_and_nothing_by_reserved_bits() {
        let told = [0x18, 0x28, 0x38, 0x10, 0x08, 0x00, 0xff, 0x58].map(Fault::of_port);
        let [paper, other, paused] = [Fault::PaperOut, Fault::Other, Fault::Paused].map(Some);
        assert_eq!(told, [None, paper, paper, other, paused, None, None, None]);
    }

    #[test]
    fn an_outcome_is_plain_json() {
        let outcome = Outcome::Unknown { written: 12, of: 40, doubt: Doubt::Fault { fault: Fault::PaperOut } };
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(json, r#"{"outcome":"unknown","written":12,"of":40,"doubt":{"doubt":"fault","fault":"paper_out"}}"#);
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
    }
}
