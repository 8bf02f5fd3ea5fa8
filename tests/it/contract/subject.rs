//! What the exam must know of a carrier that it can't ask it: how to start its simulator, how to build its client, and
//! what its documents say.

use std::collections::BTreeMap;
use std::ops::Range;
use std::pin::Pin;

use milepost::carrier::{Carrier, Cause, Class, CodeTable, HttpRequest};
use milepost::domain::order::CarrierCode;
use milepost::sim::carrier::{Fault, Request};
use serde_json::Value;

/// How an application at a carrier is set up.
#[derive(Clone, Debug)]
pub struct Manner {
    /// One of the subject's signatures.
    pub signature: &'static str,
    pub duplicates: Duplicates,
    /// One of the subject's envelopes.
    pub envelope: &'static str,
}

/// What a carrier does with an order id it has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The first order's number again.
    Replay,
    /// A code for it.
    Refuse,
}

/// What not every carrier has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// An order of several pieces gets a mother number and children; without it such an order isn't even sent.
    Children,
    /// The routing names the number it belongs to.
    NumberInRouting,
    /// Says in a good answer that it doesn't deliver there.
    Undeliverable,
    /// Says that its people look first.
    ManualCheck,
    /// Says that it doesn't know yet.
    Undetermined,
    /// Refuses a request whose timestamp is too old.
    Clock,
    /// Takes rare ideographs and emoji; without it a name with them isn't sent, and goods are told without them.
    RareCharacters,
    /// Has a code for a machine's address that it doesn't know.
    Addresses,
}

/// Who in the carrier's house says a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Gateway,
    /// Inside a gateway's yes.
    Service,
    /// Nobody: our name for something in a good answer.
    Answer,
}

pub type Codes = &'static [(By, Class, &'static [&'static str])];

/// A parcel in the carrier's book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    pub number: String,
    pub cancelled: bool,
}

/// A carrier's simulator, started.
pub trait Simulator: Send + Sync {
    fn url(&self) -> String;
    fn set_fault(&self, fault: Option<Fault>);
    /// By order id.
    fn book(&self) -> BTreeMap<String, Booked>;
    /// Whatever arrived, in order.
    fn received(&self) -> Vec<Request>;
}

pub type Starting = Pin<Box<dyn Future<Output = Box<dyn Simulator>> + Send>>;

/// What a client presents itself with.
#[derive(Clone, Debug)]
pub struct Account {
    pub url: String,
    pub signature: &'static str,
    /// `None`: the right one.
    pub secret: Option<&'static str>,
    /// `None`: the right customer code or application key.
    pub customer: Option<&'static str>,
}

/// A carrier that sits the exam.
pub trait Subject: Sync {
    fn carrier(&self) -> CarrierCode;
    /// How its applications sign, by names of the exam's own; the usual one first.
    fn signatures(&self) -> &'static [&'static str];
    /// In what shapes it writes the same answer; the usual one first.
    fn envelopes(&self) -> &'static [&'static str];
    fn start(&self, manner: Manner) -> Starting;
    fn client(&self, account: &Account) -> Box<dyn Carrier>;
    /// The right secret, to be written badly.
    fn secret(&self) -> &'static str;
    /// The signed part of a request's body.
    fn signed(&self, request: &HttpRequest) -> Range<usize>;
    fn is_creation(&self, request: &Request) -> bool;
    /// The first cargo's name as the carrier read it in a creation.
    fn cargo(&self, request: &Request) -> String;

    /// What it doesn't have, and why we say so.
    fn lacks(&self) -> &'static [(Feature, &'static str)];
    /// The names of the operations it has; all others must be `Unsupported`.
    fn operations(&self) -> &'static [&'static str];
    /// The table of codes as the client has it.
    fn table(&self) -> CodeTable;
    /// The table of codes as the carrier's documents have it.
    fn codes(&self) -> Codes;
    /// Its flow control, what it says of a machine's address it doesn't know, and of a receiver it refuses.
    fn busy(&self) -> &'static str;
    fn address_refused(&self) -> &'static str;
    fn bad_receiver(&self) -> &'static str;
    /// What it says of a parcel too far on its way to be cancelled; `None` where it documents nothing.
    fn too_late(&self) -> Option<&'static str>;
    /// What its refusal of an order id that it has already means; `UnknownCode` where it documents no code for it.
    fn repeated(&self) -> Cause;
    /// Whether it documents what it says to the cancellation of an order it doesn't have.
    fn knows_nothing_to_cancel(&self) -> bool;
    /// Whether a cancellation must name the number; else the order id is enough.
    fn cancels_by_number(&self) -> bool;
    /// The routing's field that a label can't be sorted without.
    fn sorted_by(&self) -> &'static str;
    /// A number of the carrier's form, and of another.
    fn held(&self) -> [&'static str; 2];
    /// An answer of the carrier's own shape that confirms nothing, and one that says yes and nothing else.
    fn empty_answers(&self) -> [Value; 2];

    fn has(&self, feature: Feature) -> bool {
        !self.lacks().iter().any(|(lacking, _)| *lacking == feature)
    }

    /// The signature of an application whose timestamps are looked at: whose simulator must think it is `world::now`.
    fn with_clock(&self) -> Option<&'static str> {
        None
    }

    fn usual(&self) -> Manner {
        Manner { signature: self.signatures()[0], duplicates: Duplicates::Replay, envelope: self.envelopes()[0] }
    }

    /// As the simulator must be told to say a code.
    fn saying(&self, by: By, code: &str) -> Fault {
        match by {
            By::Gateway => Fault::Gateway(code.to_owned()),
            By::Service | By::Answer => Fault::Business(code.to_owned()),
        }
    }

    /// Who says a code of the table.
    fn by(&self, code: &str) -> (By, Class) {
        let found = self.codes().iter().find(|(_, _, codes)| codes.contains(&code));
        found.map(|(by, class, _)| (*by, *class)).expect("a code of the table")
    }
}
