//! How old what a station knows of refunds may be.

use std::time::Duration;

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefundsConfig {
    pub stale_after_min: f64,
    /// Nothing leaves a dock while it is older.
    pub strict: bool,
}

impl Default for RefundsConfig {
    fn default() -> Self {
        RefundsConfig { stale_after_min: 30.0, strict: false }
    }
}

impl RefundsConfig {
    /// `None` where it can't be meant: nothing is that fresh, and nobody waits for longer than a month.
    pub fn stale_after(&self) -> Option<Duration> {
        let is_meant = (0.001..=44_640.0).contains(&self.stale_after_min);
        Duration::try_from_secs_f64(self.stale_after_min * 60.0).ok().filter(|_| is_meant)
    }

    /// Is what was heard up to then too old? Of a time that nobody knows it can't be said that it is not.
    pub fn is_stale(&self, as_of_us: Option<i64>, now_us: Option<i64>) -> bool {
        let limit_us = self.stale_after().map_or(0, |limit| limit.as_micros() as i64);
        as_of_us.zip(now_us).is_none_or(|(as_of_us, now_us)| now_us - as_of_us > limit_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_US: i64 = 60_000_000;

    #[test]
    fn what_is_known_gets_too_old_after_the_sites_time() {
        let refunds = RefundsConfig::default();
        let heard = 1_000 * MINUTE_US;
        assert!(!refunds.is_stale(Some(heard), Some(heard + 30 * MINUTE_US)));
        assert!(refunds.is_stale(Some(heard), Some(heard + 30 * MINUTE_US + 1)));
        assert!(refunds.is_stale(None, Some(heard)), "nothing was ever heard");
        assert!(refunds.is_stale(Some(heard), None), "nobody knows how late it is");
    }

    #[test]
    fn a_time_that_is_none_is_told() {
        for minutes in [-1.0, 0.0, 0.0001, 1e12, f64::NAN, f64::INFINITY] {
            assert_eq!(RefundsConfig { stale_after_min: minutes, strict: true }.stale_after(), None);
        }
    }
}
