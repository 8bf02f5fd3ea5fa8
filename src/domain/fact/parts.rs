//! What facts are made of: the flow of a parcel, a place's open question, what is known of paper.

use serde::{Deserialize, Serialize};

use crate::domain::id::{OperatorId, ParcelId, Sku, WaveCode};

/// How a parcel is worked; chosen by its first scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// The label was printed before picking; the last item ends the check, nothing prints.
    WaybillFirst,
    /// The last item prints the label; its scan-back packs the parcel.
    OrderFirst,
    /// A piece of goods chose the parcel, of those that need it alone; its label prints at once.
    ItemFirst,
    /// Another parcel of the wave with the same goods was checked; this one's label is enough.
    Batch,
    /// The goods were checked elsewhere: the label's scan only tells when the parcel was packed.
    StampOnly,
}

/// A question the next scan may answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Asking {
    SkipReason,
    ReprintReason,
    /// Print a wave before all its numbers are there?
    MissingNumbers {
        wave: WaveCode,
        count: u32,
    },
    /// All its labels were printed: all of them once more?
    WaveAgain {
        wave: WaveCode,
        count: u32,
    },
    /// The last good label of a wave.
    LastGood {
        wave: WaveCode,
    },
    /// The order changed under the packer's hands: look, then go on.
    Changed,
    /// The parcel lacks what wasn't in its bin: is it there now?
    GoodsMissing {
        parcel: ParcelId,
        /// Of the label that was scanned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// Nobody knows this code, or its return was inspected before: the same code again is another box.
    ReturnUnknown {
        code: String,
    },
    /// The parcel is cancelled: its goods go back into their bins, and each bin's scan says that they did.
    PutBack {
        parcel: ParcelId,
    },
    /// Only a lead may do this.
    LeadBadge {
        to: LeadAct,
    },
    /// The lead says why.
    LeadReason {
        to: LeadAct,
        lead: OperatorId,
    },
    /// Nobody knows this code. Packing goes on; a lead's badge teaches it.
    UnknownCode {
        code: String,
    },
    /// Which goods a code is on: their known code says it, and the unknown one again that it is so.
    TaughtCode {
        code: String,
        lead: OperatorId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sku: Option<Sku>,
    },
}

/// What takes a lead's badge and a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadAct {
    /// Parcels are added to a handover that was closed.
    ReopenHandover,
    /// A parcel is packed though not all of its goods were scanned.
    ForcePass,
    /// One scan counts more pieces than a packer may count alone.
    Count { times: u32 },
    /// One more copy of a label than a packer may print alone.
    Reprint,
    /// More is said of a return that was closed.
    ReopenReturn,
    /// Parcels leave though nothing was heard of refunds since then.
    ShipStale { as_of_us: i64 },
}

/// What is known about a label's paper, and no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintOutcome {
    /// The bytes were taken; this printer can't say more.
    Accepted,
    /// The printer says that it came out.
    Confirmed,
    /// Nothing came out, for sure.
    Refused,
    /// It may or may not have come out: the packer is asked.
    Unknown,
    /// The label itself can't be drawn: nothing came out, and nothing will until somebody corrects its data.
    Unprintable,
}

impl PrintOutcome {
    pub fn came_out(self) -> bool {
        matches!(self, PrintOutcome::Accepted | PrintOutcome::Confirmed)
    }
}
