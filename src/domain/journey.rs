//! A parcel's way with its carrier, concluded from the set of the carrier's scans: whatever order they came in, and
//! however often, the same. A sign that doesn't fit what surrounds it is a suspicion and no delivery.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::tracking::{Meaning, Scan};

/// Where the carrier has the parcel, as far as its scans are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing believable was heard of it yet.
    Awaited,
    Collected,
    InTransit,
    OutForDelivery,
    /// In a locker or at a station.
    HeldAtPoint,
    DeliveryFailed,
    Delivered,
    Returning,
    Returned,
    Problem,
}

/// What doesn't fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Nobody set out to bring it, and it lay at no point.
    SignedWithoutDispatch,
    SignedBeforeCollection,
    /// Collected in one city and signed in another, sooner than anybody drives.
    SignedTooSoon,
    /// It went on afterwards.
    ScannedAfterSign,
    /// Whoever signed wasn't the receiver, or it isn't on its way back.
    SignedOnTheWayBack,
    /// By the receiver in person, they say, at a station or locker where nobody had left it to be fetched.
    SignedAtPoint,
    /// Another number of the same parcel was signed for too: one of the two is a stranger's.
    SignedTwice,
    /// The carrier has it, and no bench or dock gave it away.
    NeverHandedOver,
}

/// A doubt, and the time of the scan that gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Suspicion {
    pub doubt: Doubt,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    pub phase: Phase,
    /// Since when; without a scan since it was handed over, if it was.
    pub since: Option<Timestamp>,
    /// The time of the last scan, whatever it says.
    pub heard: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_transit: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at_point: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspicions: Vec<Suspicion>,
}

/// What is known of a parcel besides the scans of one number.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    /// When we gave it away, if we did.
    pub handed_over: Option<Timestamp>,
    /// A sign in another city sooner than this after the collection is none.
    pub too_soon: SignedDuration,
    /// Another of its numbers was signed for.
    pub signed_elsewhere: bool,
}

impl Doubt {
    pub const ALL: [Doubt; 8] = [
        Doubt::SignedWithoutDispatch,
        Doubt::SignedBeforeCollection,
        Doubt::SignedTooSoon,
        Doubt::ScannedAfterSign,
        Doubt::SignedOnTheWayBack,
        Doubt::SignedAtPoint,
        Doubt::SignedTwice,
        Doubt::NeverHandedOver,
    ];

    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Doubt::SignedWithoutDispatch => "signed_without_dispatch",
            Doubt::SignedBeforeCollection => "signed_before_collection",
            Doubt::SignedTooSoon => "signed_too_soon",
            Doubt::ScannedAfterSign => "scanned_after_sign",
            Doubt::SignedOnTheWayBack => "signed_on_the_way_back",
            Doubt::SignedAtPoint => "signed_at_point",
            Doubt::SignedTwice => "signed_twice",
            Doubt::NeverHandedOver => "never_handed_over",
        }
    }
}

impl Phase {
    pub const ALL: [Phase; 10] = [
        Phase::Awaited,
        Phase::Collected,
        Phase::InTransit,
        Phase::OutForDelivery,
        Phase::HeldAtPoint,
        Phase::DeliveryFailed,
        Phase::Delivered,
        Phase::Returning,
        Phase::Returned,
        Phase::Problem,
    ];

    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Awaited => "awaited",
            Phase::Collected => "collected",
            Phase::InTransit => "in_transit",
            Phase::OutForDelivery => "out_for_delivery",
            Phase::HeldAtPoint => "held_at_point",
            Phase::DeliveryFailed => "delivery_failed",
            Phase::Delivered => "delivered",
            Phase::Returning => "returning",
            Phase::Returned => "returned",
            Phase::Problem => "problem",
        }
    }

    /// Nothing more is to come.
    pub fn is_end(self) -> bool {
        matches!(self, Phase::Delivered | Phase::Returned)
    }
}

impl Journey {
    pub fn of<'s>(scans: impl IntoIterator<Item = &'s Scan>, around: &Around) -> Journey {
        let mut scans: Vec<&Scan> = scans.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        // Of the same moment a sign comes behind what leads to it, as `Meaning` has them.
        scans.sort_by(|a, b| (a.at, a.meaning).cmp(&(b.at, b.meaning)).then_with(|| a.cmp(b)));
        let first = |meaning| scans.iter().find(|scan| scan.meaning == meaning).map(|scan| scan.at);
        let mut journey = Journey {
            phase: Phase::Awaited,
            since: around.handed_over,
            heard: scans.last().map(|scan| scan.at),
            collected: first(Meaning::Collected),
            in_transit: first(Meaning::InTransit),
            held_at_point: first(Meaning::HeldAtPoint),
            delivered: None,
            returned: first(Meaning::Returned),
            suspicions: Vec::new(),
        };
        if let (None, Some(at)) = (around.handed_over, journey.collected) {
            journey.suspicions.push(Suspicion { doubt: Doubt::NeverHandedOver, at });
        }
        for (index, scan) in scans.iter().enumerate() {
            let doubts = match scan.meaning {
                Meaning::Delivered => doubts(&scans, index, around),
                _ => Vec::new(),
            };
            match phase(&scans, index, journey.phase).filter(|_| doubts.is_empty()) {
                Some(phase) if phase != journey.phase => (journey.phase, journey.since) = (phase, Some(scan.at)),
                _ => {}
            }
            if scan.meaning == Meaning::Delivered && doubts.is_empty() {
                journey.delivered = journey.delivered.or(Some(scan.at));
            }
            journey.suspicions.extend(doubts.into_iter().map(|doubt| Suspicion { doubt, at: scan.at }));
        }
        journey.suspicions.sort();
        journey.suspicions.dedup();
        journey
    }

    /// What somebody must still ask the carrier about: a sign that was mended by a good one is over.
    pub fn open_doubts(&self) -> impl Iterator<Item = &Suspicion> {
        let ended = self.phase.is_end();
        self.suspicions.iter().filter(move |suspicion| !ended || suspicion.doubt == Doubt::NeverHandedOver)
    }

    /// The last that was heard of it: a scan, or else our own hands.
    pub fn last_news(&self) -> Option<Timestamp> {
        self.heard.max(if self.phase == Phase::Awaited { self.since } else { None })
    }
}

/// Where a scan puts the parcel that was in `now`; `None` where it puts it nowhere.
fn phase(scans: &[&Scan], index: usize, now: Phase) -> Option<Phase> {
    let phase = match scans[index].meaning {
        // A second collection, and a late one, tells nothing new.
        Meaning::Collected if now > Phase::Collected => return None,
        Meaning::Collected => Phase::Collected,
        Meaning::InTransit => Phase::InTransit,
        Meaning::OutForDelivery => Phase::OutForDelivery,
        Meaning::HeldAtPoint => Phase::HeldAtPoint,
        Meaning::DeliveryFailed => Phase::DeliveryFailed,
        Meaning::Delivered => Phase::Delivered,
        Meaning::Returning => Phase::Returning,
        Meaning::Returned => Phase::Returned,
        Meaning::Problem => Phase::Problem,
        Meaning::Note | Meaning::Unknown => return None,
    };
    if matches!(phase, Phase::Returned | Phase::Problem) {
        return Some(phase);
    }
    // The way back has the same stations as the way there.
    let before = &scans[..index];
    match (was(before, Meaning::Returned), was(before, Meaning::Returning)) {
        (true, _) => None,
        (false, true) => Some(Phase::Returning),
        (false, false) => Some(phase),
    }
}

/// Why the sign at `index` isn't believed.
fn doubts(scans: &[&Scan], index: usize, around: &Around) -> Vec<Doubt> {
    let (sign, before) = (scans[index], &scans[..index]);
    let collected = scans.iter().find(|scan| scan.meaning == Meaning::Collected);
    let at_the_door = [Meaning::OutForDelivery, Meaning::HeldAtPoint, Meaning::DeliveryFailed];
    let moves = |scan: &&&Scan| !matches!(scan.meaning, Meaning::Delivered | Meaning::Note | Meaning::Unknown);
    let mut doubts = Vec::new();
    let mut doubt_if = |is: bool, doubt| doubts.extend(is.then_some(doubt));
    doubt_if(!at_the_door.iter().any(|meaning| was(before, *meaning)), Doubt::SignedWithoutDispatch);
    doubt_if(collected.is_some_and(|collected| sign.at < collected.at), Doubt::SignedBeforeCollection);
    let flew = |collected: &&Scan| {
        collected.at <= sign.at
            && sign.at.duration_since(collected.at) < around.too_soon
            && other_city(&collected.city, &sign.city)
    };
    doubt_if(collected.is_some_and(flew), Doubt::SignedTooSoon);
    doubt_if(scans[index..].iter().filter(moves).any(|scan| scan.at > sign.at), Doubt::ScannedAfterSign);
    let back = was(before, Meaning::Returning) || was(before, Meaning::Returned);
    doubt_if(back, Doubt::SignedOnTheWayBack);
    // Who fetches it where it lay signs there too.
    let in_person = sign.is_the_receivers() && sign.is_at_a_point();
    doubt_if(in_person && !was(before, Meaning::HeldAtPoint), Doubt::SignedAtPoint);
    doubt_if(around.signed_elsewhere, Doubt::SignedTwice);
    doubts
}

fn was(scans: &[&Scan], meaning: Meaning) -> bool {
    scans.iter().any(|scan| scan.meaning == meaning)
}

/// Cities are written with and without the word for city behind them; where one isn't told, nothing is known.
fn other_city(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && !one.starts_with(other) && !other.starts_with(one)
}

#[cfg(test)]
mod tests;
