//! A parcel's numbers, its labels on paper, and how far its carrier was asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::fact::PrintOutcome;
use crate::domain::id::{JobId, PlaceName, WaybillId};
use crate::domain::waybill::Origin;

/// A number the parcel has or had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waybill {
    pub waybill_id: WaybillId,
    pub number: String,
    pub origin: Origin,
    pub live: bool,
    /// Of the boxes beyond the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routing: BTreeMap<String, serde_json::Value>,
}

/// What is known of the question to the carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Asked {
    #[default]
    Never,
    /// Not asked, because nothing could be sent.
    NotSent,
    /// The request may have left; after a restart that is as good as unanswered.
    Pending,
    Unanswered,
    Rejected {
        code: String,
        /// The carrier has it under its id all the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        booked: bool,
    },
    /// Nothing is at the carrier, and the hub was asked whether another may have the parcel: nobody is asked for a number
    /// until it answers. With the carrier's refusal, if there was one.
    Rerouting {
        /// The id that is closed if another may.
        waybill_id: WaybillId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rejected: Option<String>,
    },
    Answered,
    /// The carrier has another number than the parcel: a person decides.
    Conflicted,
    /// Asked to forget the parcel; not known yet whether it did.
    Cancelling,
    Cancelled,
    CancelRefused,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelWork {
    pub job: JobId,
    /// Where it was queued, which is where its outcome is told, wherever the parcel is by then.
    pub place: PlaceName,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub printer: String,
    pub number: String,
    pub origin: Origin,
    pub copy: u32,
    /// Printed with its wave, or again as one of its positions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_wave: bool,
    /// `None` until the printer's answer is known; after a restart that means unknown.
    pub outcome: Option<PrintOutcome>,
    /// Its barcode was scanned.
    pub seen: bool,
    pub discarded: bool,
    /// Why it can't be drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl LabelWork {
    /// The paper may exist and count.
    pub fn live(&self) -> bool {
        !self.discarded && self.may_exist()
    }

    /// The station that queued it, which is part of its job's name.
    pub fn station(&self) -> Option<&str> {
        self.job.as_str().split('/').nth(1)
    }

    /// Paper may have come out, whether it still counts or not.
    pub fn may_exist(&self) -> bool {
        !matches!(self.outcome, Some(PrintOutcome::Refused | PrintOutcome::Unprintable))
    }
}
