//! What can go wrong at a carrier or on the way to it; each simulator takes those that its carrier can have.

use std::time::Duration;

use super::wire::{Answer, How};

/// What goes wrong, until another is set. The order is in the carrier's book before anything goes wrong, unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Never answers.
    Timeout,
    /// Never answers, and nothing is booked.
    Lost,
    /// The right answer, late.
    Slow(Duration),
    /// A captive portal's page with status 200; nothing is booked.
    Html,
    /// Status 500 from the gateway; nothing is booked.
    Status500,
    /// The connection is reset without an answer.
    Reset,
    /// The answer ends in the middle.
    Truncated,
    /// The right answer, a byte at a time.
    Drip,
    /// Status 200 and not a byte.
    Empty,
    /// JSON of another shape; nothing is booked.
    WrongJson,
    /// Success, without a waybill number.
    NoNumber,
    /// Success, with a number that is none of the carrier's.
    OddNumber,
    /// The answer of another order: its order id, number and routing.
    AnotherParcels,
    /// This order's id and number with the routing code of another parcel.
    ForeignRouting,
    /// This order's id with another number of the carrier's form.
    SwappedNumber,
    /// Every new order gets the first one's number.
    SameNumber,
    /// Accepted, but not deliverable (SF: filterResult 3).
    Undeliverable,
    /// Accepted, people decide (SF: filterResult 1; JD: needRetry).
    ManualCheck,
    /// Accepted, not determined (SF: filterResult 4).
    Undetermined,
    /// Collected already: a cancellation becomes an interception (JD).
    Collected,
    /// Accepted, without routing data.
    NoRouting,
    /// A code of the gateway, e.g. SF's A1005; nothing is booked.
    Gateway(String),
    /// A code of the service behind the gateway, e.g. 4001 inside SF's A1000; nothing is booked.
    Business(String),
    /// The same, with a message that repeats the receiver's name, phone and address.
    Echo(String),
}

/// What comes back where `right` is the carrier's own answer.
pub(super) fn answered(fault: Option<Fault>, right: impl FnOnce() -> Answer) -> Answer {
    match fault {
        Some(fault) => fault.instead().unwrap_or_else(|| fault.on_its_way(right())),
        None => right(),
    }
}

impl Fault {
    /// The answer that comes without the carrier's having booked anything.
    fn instead(&self) -> Option<Answer> {
        let mut answer = Answer::json(String::new());
        match self {
            Fault::Html => {
                answer.content_type = "text/html";
                answer.body = "<!DOCTYPE html><html><body>Please sign in to the network</body></html>".to_owned();
            }
            Fault::Status500 => {
                answer.status = 500;
                answer.body = "Internal Server Error".to_owned();
            }
            Fault::WrongJson => answer.body = r#"{"ok":{"data":true}}"#.to_owned(),
            Fault::Lost => answer.how = How::Silence,
            _ => return None,
        }
        Some(answer)
    }

    /// The carrier's right answer, as it arrives.
    fn on_its_way(&self, mut answer: Answer) -> Answer {
        match self {
            Fault::Timeout => answer.how = How::Silence,
            Fault::Reset => answer.how = How::Reset,
            Fault::Truncated => answer.how = How::CutOff,
            Fault::Drip => answer.how = How::Drip,
            Fault::Empty => answer.body.clear(),
            Fault::Slow(late) => answer.after = *late,
            _ => {}
        }
        answer
    }
}
