//! Places at which nobody scans: after the time that their config allows they want a badge again. Time that the machine slept
//! counts, for nobody stood there either.

use super::Daemon;
use crate::domain::id::PlaceName;
use crate::machine;
use crate::station::event::Event;

const MINUTE_NS: f64 = 60e9;

impl Daemon {
    /// A start is as good as a scan: whoever was there is asked anew no sooner than after the whole time.
    pub(super) fn lock_idle(&mut self) {
        let now_ns = machine::boottime_ns();
        let limits = self.config.place.iter().filter(|place| place.idle_lock_min > 0.0);
        let limits: Vec<(PlaceName, f64)> =
            limits.map(|place| (PlaceName(place.name.clone()), place.idle_lock_min * MINUTE_NS)).collect();
        for (place, limit_ns) in limits {
            let scanned_ns = *self.scanned_ns.entry(place.clone()).or_insert(now_ns);
            let works = self.heart.session(&place).is_some_and(|session| session.operator.is_some() && !session.locked);
            if works && (now_ns - scanned_ns) as f64 >= limit_ns {
                self.handle(Event::PlaceIdle { place });
            }
        }
    }
}
