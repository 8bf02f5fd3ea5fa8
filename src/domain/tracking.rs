//! What carriers tell of a parcel's way, in one form for all of them. It is an observation: theirs, at their clocks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One event of a parcel's way, as the carrier tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scan {
    pub number: String,
    /// The carrier's own code, e.g. `80`, `SIGNED`, `510`; with what narrows it down behind a `+`: `99+2`.
    pub code: String,
    pub meaning: Meaning,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// The carrier's own place: an outlet, a sorting centre.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facility: String,
    /// In the carrier's words, without the numbers of people.
    pub text: String,
}

/// What a scan says of the parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    Collected,
    InTransit,
    OutForDelivery,
    /// In a locker or at a station: not delivered.
    HeldAtPoint,
    /// Tried, and tried again later.
    DeliveryFailed,
    /// Handed to the receiver.
    Delivered,
    Returning,
    /// Back with the sender.
    Returned,
    /// Lost, destroyed, cancelled, damaged: somebody must look.
    Problem,
    /// Says nothing about where the parcel is.
    Note,
    /// A code that isn't in the table: shown, and changes nothing.
    Unknown,
}
