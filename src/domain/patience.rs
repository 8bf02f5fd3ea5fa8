//! How long a parcel may stay where it is without a word of its carrier before it counts as stale. Stale is no phase: it
//! says that what is known is old.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::journey::{Journey, Phase};

/// In hours, by phase. Nobody publishes such limits; these are ours, and a site's own win.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// Handed over, and not collected.
    pub awaited_hours: u32,
    pub collected_hours: u32,
    pub in_transit_hours: u32,
    pub out_for_delivery_hours: u32,
    pub held_at_point_hours: u32,
    pub delivery_failed_hours: u32,
    pub returning_hours: u32,
    pub problem_hours: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            awaited_hours: 24,
            collected_hours: 24,
            // The longest domestic ways without a scan take three days.
            in_transit_hours: 72,
            out_for_delivery_hours: 24,
            // Lockers and stations send back what nobody took for about a week.
            held_at_point_hours: 168,
            delivery_failed_hours: 48,
            returning_hours: 168,
            problem_hours: 48,
        }
    }
}

impl Patience {
    /// `None` where nothing more is to come.
    pub fn with(&self, phase: Phase) -> Option<SignedDuration> {
        let hours = match phase {
            Phase::Awaited => self.awaited_hours,
            Phase::Collected => self.collected_hours,
            Phase::InTransit => self.in_transit_hours,
            Phase::OutForDelivery => self.out_for_delivery_hours,
            Phase::HeldAtPoint => self.held_at_point_hours,
            Phase::DeliveryFailed => self.delivery_failed_hours,
            Phase::Returning => self.returning_hours,
            Phase::Problem => self.problem_hours,
            Phase::Delivered | Phase::Returned => return None,
        };
        Some(SignedDuration::from_hours(hours.into()))
    }

    /// Since when a parcel is stale, if it is.
    pub fn ended(&self, journey: &Journey, now: Timestamp) -> Option<Timestamp> {
        let end = journey.last_news()?.checked_add(self.with(journey.phase)?).ok()?;
        (now >= end).then_some(end)
    }
}
