//! How far the hub's clock is from this machine's: four stamps on every call, the best of the last eight kept. Pure.

use crate::domain::stamp::{BUILT_US, ClockState, Stamp};
use crate::wire::Anchor;

/// How far an oscillator may drift, in parts per million, until it was measured.
const DRIFT_PPM: i64 = 100;
const KEPT: usize = 8;
/// A comparison older than this is a holdover.
const FRESH_NS: i64 = 10 * 60 * 1_000_000_000;
/// The wall clock moved by more than this against the boot clock: somebody set it.
const STEP_US: i64 = 500_000;

/// The comparisons of this boot, and where the wall clock stood last.
#[derive(Clone, Debug, Default)]
pub struct HubClock {
    samples: Vec<Anchor>,
    /// Wall minus boot time at the last reading.
    before_us: Option<i64>,
}

/// One exchange: boot time when sent and when answered, the hub's clock when it received and when it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub sent_ns: i64,
    pub back_ns: i64,
    pub received_us: i64,
    pub answered_us: i64,
}

impl HubClock {
    /// Keeps an exchange, unless its stamps contradict each other.
    pub fn add(&mut self, exchange: &Exchange) {
        let trip_us = (exchange.back_ns - exchange.sent_ns) / 1_000 - (exchange.answered_us - exchange.received_us);
        if trip_us < 0 || exchange.answered_us < exchange.received_us {
            return;
        }
        if self.samples.len() == KEPT {
            self.samples.remove(0);
        }
        self.samples.push(Anchor {
            boottime_ns: exchange.sent_ns + (exchange.back_ns - exchange.sent_ns) / 2,
            hub_us: exchange.received_us + (exchange.answered_us - exchange.received_us) / 2,
            error_us: trip_us / 2,
        });
    }

    /// The comparison that is best now, its age counted.
    pub fn best(&self, now_ns: i64) -> Option<Anchor> {
        self.samples.iter().copied().min_by_key(|anchor| error_at(anchor, now_ns))
    }

    /// The time now as far as it can be believed: the hub's, else the wall clock's unless it is surely slow. `dated_us` is
    /// a time that has passed already by the hub's clock.
    pub fn believed_us(&self, wall_us: i64, boottime_ns: i64, dated_us: Option<i64>) -> Option<i64> {
        let hubs = |anchor: Anchor| anchor.hub_us + (boottime_ns - anchor.boottime_ns) / 1_000;
        let passed_us = dated_us.unwrap_or(BUILT_US).max(BUILT_US);
        self.best(boottime_ns).map(hubs).or((wall_us >= passed_us).then_some(wall_us))
    }

    /// A stamp of now, with what is known of the hub's clock.
    pub fn stamp(&mut self, wall_us: i64, boottime_ns: i64, boot_id: &str, zone: &str) -> Stamp {
        let best = self.best(boottime_ns);
        let distance_us = wall_us - boottime_ns / 1_000;
        let stepped = self.before_us.is_some_and(|before| (distance_us - before).abs() > STEP_US);
        self.before_us = Some(distance_us);
        let clock = match best {
            _ if stepped => ClockState::Stepped,
            None => ClockState::Unsynced,
            Some(anchor) if boottime_ns - anchor.boottime_ns > FRESH_NS => ClockState::Holdover,
            Some(_) => ClockState::Synced,
        };
        Stamp {
            wall_us,
            zone: zone.to_owned(),
            boot_id: boot_id.to_owned(),
            boottime_ns,
            clock,
            offset_us: best.map(|anchor| anchor.hub_us + (boottime_ns - anchor.boottime_ns) / 1_000 - wall_us),
            error_us: best.map(|anchor| error_at(&anchor, boottime_ns)),
        }
    }
}

fn error_at(anchor: &Anchor, now_ns: i64) -> i64 {
    anchor.error_us + (now_ns - anchor.boottime_ns).abs() / 1_000 * DRIFT_PPM / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn exchange(sent_s: i64, trip_ms: i64, hub_us: i64) -> Exchange {
        let back_ns = sent_s * SECOND + trip_ms * 1_000_000;
        Exchange { sent_ns: sent_s * SECOND, back_ns, received_us: hub_us, answered_us: hub_us }
    }

    #[test]
    fn a_wrong_wall_clock_is_corrected_within_the_trips_error() {
        let mut clock = HubClock::default();
        // The hub's clock says 1 000 000 s at boot time 10.005 s; the wall clock says 60 s.
        clock.add(&exchange(10, 10, 1_000_000_000_000));
        let stamp = clock.stamp(60_000_000, 10_005_000_000, "b", "UTC");
        assert_eq!(stamp.best_us(), 1_000_000_000_000);
        assert_eq!(stamp.error_us, Some(5_000));
        assert_eq!(stamp.clock, ClockState::Synced);
    }

    #[test]
    fn the_shortest_trip_counts_until_it_is_old() {
        let mut clock = HubClock::default();
        clock.add(&exchange(0, 2, 5_000_000));
        clock.add(&exchange(10, 400, 15_000_000));
        assert_eq!(clock.best(20 * SECOND).map(|anchor| anchor.error_us), Some(1_000));
        // After an hour drift has eaten the advantage of the first.
        clock.add(&exchange(3_600, 20, 3_605_000_000));
        assert_eq!(clock.best(3_600 * SECOND).map(|anchor| anchor.error_us), Some(10_000));
    }

    #[test]
    fn a_step_of_the_wall_clock_shows() {
        let mut clock = HubClock::default();
        clock.add(&exchange(0, 2, 5_000_000));
        assert_eq!(clock.stamp(1_000_000, SECOND, "b", "UTC").clock, ClockState::Synced);
        let stepped = clock.stamp(3_602_000_000, 2 * SECOND, "b", "UTC");
        assert_eq!(stepped.clock, ClockState::Stepped);
        assert_eq!(stepped.best_us(), 5_000_000 + 2_000_000 - 1_000, "the hub's clock still dates it");
        assert_eq!(clock.stamp(3_603_000_000, 3 * SECOND, "b", "UTC").clock, ClockState::Synced);
    }

    #[test]
    fn a_slow_wall_clock_is_not_believed_without_the_hub() {
        let mut clock = HubClock::default();
        assert_eq!(clock.believed_us(60_000_000, SECOND, None), None, "1970");
        assert_eq!(clock.believed_us(BUILT_US + 5, SECOND, None), Some(BUILT_US + 5));
        assert_eq!(clock.believed_us(BUILT_US + 5, SECOND, Some(BUILT_US + 6)), None, "that has passed already");
        clock.add(&exchange(10, 0, BUILT_US));
        assert_eq!(clock.believed_us(60_000_000, 12 * SECOND, Some(BUILT_US + 6)), Some(BUILT_US + 2_000_000));
    }

    #[test]
    fn contradicting_stamps_are_not_kept() {
        let mut clock = HubClock::default();
        clock.add(&Exchange { sent_ns: 0, back_ns: SECOND, received_us: 0, answered_us: 2_000_000 });
        assert_eq!(clock.best(SECOND), None);
    }
}
