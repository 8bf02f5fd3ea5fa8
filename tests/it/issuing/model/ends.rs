//! What must be true after every step, and of every parcel once the storm is over.

use std::collections::{BTreeMap, BTreeSet};

use milepost::bench::work::{Asked, Stage};
use milepost::domain::fact::Fact;
use milepost::domain::id::ParcelId;
use milepost::domain::waybill::Origin;
use milepost::station::event::{Answer, Event};

use super::{DOCK, Hub, Model, PARCELS};
use crate::issuing::disk::parcel_id;

/// What can become of a parcel.
pub const ENDS: [&str; 12] = [
    "direct number on the box",
    "pooled number on the box",
    "pooled number replaced nothing",
    "relabelled after a temporary label",
    "temporary label and a refusal to look at",
    "conflict to look at",
    "cancelled at the carrier",
    "cancelled and never at the carrier",
    "somebody else's number refused",
    "with another carrier on the box",
    "with another carrier after a temporary label",
    "stays with its carrier",
];

impl Model {
    /// What must be true after every step.
    pub fn check(&self) {
        let mut owner = BTreeMap::new();
        for parcel in 0..PARCELS {
            let work = self.work(parcel);
            let live: Vec<_> =
                work.waybills.iter().filter(|waybill| waybill.live && waybill.origin != Origin::Temporary).collect();
            assert!(live.len() <= 1, "parcel {parcel} has two live numbers: {live:?}");
            for waybill in &work.waybills {
                let other = owner.insert(waybill.number.clone(), parcel);
                assert_eq!(other, None, "{} is on two parcels", waybill.number);
            }
            let document = &self.disk.parcels[&parcel_id(parcel)];
            let ids = document.former.iter().chain([&document.waybill_id]);
            let booked = ids.filter_map(|id| self.book.get(id.as_str())).filter(|booking| !booking.cancelled);
            assert!(booked.count() <= 1, "parcel {parcel} is at two carriers");
            let labels: BTreeSet<_> =
                work.labels.iter().filter(|label| label.live()).map(|label| &label.number).collect();
            let real = labels.iter().filter(|number| !number.starts_with("TMP-")).count();
            assert!(real <= 1, "parcel {parcel} has labels with several numbers: {labels:?}");
        }
    }

    /// The storm is over: the carrier answers, packers do their work, and nothing may be left that nobody sees.
    pub fn come_to_rest(&mut self) {
        self.broken = false;
        self.refuse.clear();
        self.keep_refused.clear();
        self.mistake.clear();
        let mut rounds = 0;
        loop {
            let before = self.facts.len();
            for at in 0..self.flights.len() {
                if self.flights[at].said.is_none() {
                    self.serve(at);
                }
            }
            for flight in std::mem::take(&mut self.flights).into_iter().filter(|flight| flight.heard) {
                let said = flight.said.clone().expect("all were served");
                self.answered(flight, Answer::Is(said));
            }
            for parcel in 0..PARCELS {
                self.hub_says(parcel, Hub::Grants);
                self.ask(parcel, true);
                self.pack(parcel);
            }
            self.check();
            // A packed box is scanned again and again, and a cancelled one tells each time what goes back: that alone is no news.
            let news = |(_, fact): &(Option<ParcelId>, Fact)| {
                use Fact::{LabelSeen, PlaceAsked, ScanStopped, SlipQueued};
                !matches!(fact, ScanStopped { .. } | LabelSeen { .. } | PlaceAsked { .. } | SlipQueued { .. })
            };
            if self.flights.is_empty() && !self.facts[before..].iter().any(news) {
                break;
            }
            rounds += 1;
            assert!(rounds < 100, "it never comes to rest: {:?}", &self.facts[before..]);
        }
        (0..PARCELS).for_each(|parcel| self.settled(parcel));
        (0..PARCELS).for_each(|parcel| self.leave(parcel));
    }

    /// At the dock: what leaves bears the number under which the carrier has it, and what has one leaves.
    fn leave(&mut self, parcel: usize) {
        let view = self.heart.view(&self.disk, &parcel_id(parcel)).expect("it is there");
        let Some((number, _)) = view.number() else { return };
        self.handle(Event::Scanned { place: DOCK.into(), text: number.clone(), device: None });
        let left = self.work(parcel).stage == Stage::Shipped;
        let booking = self.book.get(view.parcel.waybill_id.as_str());
        let is_the_carriers =
            booking.is_some_and(|booking| booking.number == number && !booking.cancelled && !booking.refused);
        // Only the carrier's book could tell that its answer was the mistake.
        let looks_wrong = view.work.asked == Asked::Conflicted && self.mistaken.contains(&parcel);
        let may_leave = is_the_carriers && !looks_wrong && !view.is_cancelled() && view.work.stage == Stage::Packed;
        assert_eq!(left, may_leave, "parcel {parcel} with {number} at the dock: {:?}", view.work.asked);
    }

    fn settled(&self, parcel: usize) {
        let view = self.heart.view(&self.disk, &parcel_id(parcel)).expect("it is there");
        let work = &view.work;
        assert!(!self.heart.may_ask(&view), "parcel {parcel} still wants something: {:?}", work.asked);
        let booked = self.book.get(view.parcel.waybill_id.as_str());
        let number = view.number();
        let to_look_at = matches!(work.asked, Asked::Rejected { .. } | Asked::Conflicted | Asked::CancelRefused);
        if view.is_cancelled() && work.stage < Stage::Shipped {
            let forgotten = booked.is_none_or(|booking| booking.cancelled);
            assert!(
                forgotten || to_look_at || self.late.contains(&parcel),
                "parcel {parcel} is cancelled, the carrier keeps it and nobody sees it: {:?}",
                work.asked
            );
            return;
        }
        assert!(work.stage >= Stage::Packed, "parcel {parcel} isn't packed: {:?} {:?}", work.stage, work.asked);
        let (number, origin) = number.expect("a packed parcel has a number");
        if origin == Origin::Temporary {
            assert!(
                to_look_at || work.asked == Asked::Cancelled,
                "parcel {parcel} keeps its temporary label: {:?}",
                work.asked
            );
        } else if !to_look_at {
            let booking = booked.unwrap_or_else(|| panic!("{number} on parcel {parcel} is in nobody's book"));
            assert_eq!(booking.number, number, "the box bears what the carrier has");
        }
    }

    /// Which ends were come to.
    pub fn ends(&self) -> Vec<&'static str> {
        let mut ends = Vec::new();
        for parcel in 0..PARCELS {
            let view = self.heart.view(&self.disk, &parcel_id(parcel)).expect("it is there");
            let work = &view.work;
            let booked = self.book.contains_key(view.parcel.waybill_id.as_str());
            let origin = view.number().map(|(_, origin)| origin);
            let was_temporary = work.waybills.iter().any(|waybill| waybill.origin == Origin::Temporary);
            let rerouted = !view.parcel.former.is_empty();
            let packed = work.stage >= Stage::Packed;
            let seen = [
                packed && origin == Some(Origin::Direct),
                packed && origin == Some(Origin::Pool),
                packed && origin == Some(Origin::Pool) && !was_temporary,
                packed && was_temporary && origin == Some(Origin::Direct),
                packed && origin == Some(Origin::Temporary) && matches!(work.asked, Asked::Rejected { .. }),
                work.asked == Asked::Conflicted,
                work.asked == Asked::Cancelled && booked,
                view.is_cancelled() && !booked,
                matches!(&work.asked, Asked::Rejected { code, .. } if code == "number_taken"),
                packed && rerouted && origin == Some(Origin::Direct) && !was_temporary,
                packed && rerouted && origin == Some(Origin::Direct) && was_temporary,
                packed && work.stays && origin.is_some(),
            ];
            ends.extend(ENDS.iter().zip(seen).filter(|(_, seen)| *seen).map(|(end, _)| *end));
        }
        ends
    }
}
