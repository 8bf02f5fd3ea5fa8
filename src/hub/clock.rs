//! When did it really happen? From an entry's raw stamps and what is known of its boot. Pure.

use crate::domain::stamp::Stamp;
use crate::wire::Anchor;

/// How far a machine's oscillator may drift, in parts per million, until it was measured.
const DRIFT_PPM: i64 = 100;

/// The best known time of an entry, and the bound of its error where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurred {
    pub at_us: i64,
    pub error_us: Option<i64>,
}

/// One contact with the hub dates every entry of that boot, before it or after it, however wrong the wall clock was.
pub fn occurred(stamp: &Stamp, anchor: Option<&Anchor>) -> Occurred {
    match (anchor, stamp.offset_us) {
        (Some(anchor), _) => {
            let since_us = (stamp.boottime_ns - anchor.boottime_ns) / 1_000;
            let drift_us = since_us.abs() * DRIFT_PPM / 1_000_000;
            Occurred { at_us: anchor.hub_us + since_us, error_us: Some(anchor.error_us + drift_us) }
        }
        (None, Some(offset)) => Occurred { at_us: stamp.wall_us + offset, error_us: stamp.error_us },
        (None, None) => Occurred { at_us: stamp.wall_us, error_us: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::stamp::ClockState;

    fn stamp(wall_us: i64, boottime_s: i64) -> Stamp {
        Stamp {
            wall_us,
            zone: "Asia/Shanghai".into(),
            boot_id: "b".into(),
            boottime_ns: boottime_s * 1_000_000_000,
            clock: ClockState::Unsynced,
            offset_us: None,
            error_us: None,
        }
    }

    #[test]
    fn a_boot_in_1970_is_dated_by_one_later_contact() {
        let hub_us = 1_771_400_000_000_000;
        let anchor = Anchor { boottime_ns: 7_200 * 1_000_000_000, hub_us, error_us: 5_000 };
        let found = occurred(&stamp(60_000_000, 3_600), Some(&anchor));
        assert_eq!(found.at_us, hub_us - 3_600_000_000);
        assert_eq!(found.error_us, Some(5_000 + 360_000));
    }

    #[test]
    fn without_any_contact_the_wall_clock_stands_without_a_bound() {
        assert_eq!(occurred(&stamp(42, 1), None), Occurred { at_us: 42, error_us: None });
    }
}
