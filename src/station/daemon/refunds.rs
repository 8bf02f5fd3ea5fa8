//! How old what this station knows of refunds is, told to the bench and shown on every screen.

use std::sync::PoisonError;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Daemon;
use crate::bench::Stale;
use crate::machine;

impl Daemon {
    /// Looked at before each scan, and once a second for the screens.
    pub(super) fn look_at_refunds(&mut self) {
        if self.config.hub.is_none() {
            return;
        }
        let as_of_us = self.sync.borrow().as_of_us;
        let now_us = {
            let clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
            clock.believed_us(machine::wall_us(), machine::boottime_ns(), as_of_us)
        };
        let is_stale = self.config.refunds.is_stale(as_of_us, now_us);
        let stale = is_stale.then(|| Stale {
            as_of_us: as_of_us.unwrap_or(0),
            since: as_of_us.and_then(|as_of_us| as_read(as_of_us, now_us, &self.config.zone)),
        });
        self.heart.set_stale(stale);
        for screen in self.screens.values() {
            screen.send_if_modified(|screen| std::mem::replace(&mut screen.refunds_stale, is_stale) != is_stale);
        }
    }
}

/// A time of today as a clock shows it; of another day with the day.
fn as_read(as_of_us: i64, now_us: Option<i64>, zone: &str) -> Option<String> {
    let zone = TimeZone::get(zone).ok()?;
    let local = |us: i64| Some(Timestamp::from_microsecond(us).ok()?.to_zoned(zone.clone()));
    let at = local(as_of_us)?;
    let is_today = now_us.and_then(local).is_some_and(|now| now.date() == at.date());
    Some(at.strftime(if is_today { "%H:%M" } else { "%m-%d %H:%M" }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_where_it_is_not_today() {
        // 2026-02-18 14:02 in Shanghai.
        let at_us = 1_771_394_520_000_000;
        let hours = |hours: i64| Some(at_us + hours * 3_600_000_000);
        assert_eq!(as_read(at_us, hours(1), "Asia/Shanghai").as_deref(), Some("14:02"));
        assert_eq!(as_read(at_us, hours(12), "Asia/Shanghai").as_deref(), Some("02-18 14:02"));
        assert_eq!(as_read(at_us, None, "Asia/Shanghai").as_deref(), Some("02-18 14:02"));
    }
}
