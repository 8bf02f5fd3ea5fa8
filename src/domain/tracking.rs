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

/// How carriers write that the receiver signed, and that somebody else did; a station or locker, and what only sounds so.
const THE_RECEIVER: &str = "本人";
const NOT_THE_RECEIVER: &[&str] = &["非本人", "不是本人"];
const POINTS: &[&str] = &["代收", "自提", "驿站", "柜"];
const NO_POINTS: &[&str] = &["代收货款", "代收款", "专柜", "柜台"];

impl Scan {
    /// Does it say that the receiver in person signed?
    pub fn is_the_receivers(&self) -> bool {
        without(&self.text, NOT_THE_RECEIVER).contains(THE_RECEIVER)
    }

    /// Does it speak of a station or a locker, by its place or in its words?
    pub fn is_at_a_point(&self) -> bool {
        let said = |text: &String| {
            let text = without(text, NO_POINTS);
            POINTS.iter().any(|word| text.contains(word))
        };
        said(&self.facility) || said(&self.text)
    }
}

fn without(text: &str, words: &[&str]) -> String {
    words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""))
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
