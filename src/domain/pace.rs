//! How fast parcels get done, and whether that is fast enough for the next cut-off. Counted over the last half hour of work:
//! nobody is slower for having been at lunch.

use serde::{Deserialize, Serialize};

use super::cutoff::Urgency;

/// The stretch of work that counts.
pub const WORK_MIN: i64 = 30;
/// Nothing done for longer than this was a break.
pub const BREAK_MIN: i64 = 10;
/// Work before this is another shift's.
pub const LOOK_BACK_MIN: i64 = 3 * 60;
/// One parcel in one minute isn't sixty an hour yet.
const LEAST_MIN: i64 = 5;
/// A plan that misses its cut-off by more than this isn't saved by hurrying: hands must come, or parcels go later.
const FAR_US: i64 = 30 * MINUTE_US;

const MINUTE_US: i64 = 60_000_000;

/// So many parcels in so many minutes of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    pub parcels: u32,
    pub minutes: u32,
}

/// How it looks for a cut-off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlook {
    #[default]
    Good,
    Late,
    FarLate,
}

impl Pace {
    /// Of the minutes since 1970 in which parcels were done, with how many, in any order.
    pub fn of(done: &[(i64, u32)], now_us: i64) -> Option<Pace> {
        let now = now_us.div_euclid(MINUTE_US);
        let mut done: Vec<_> =
            done.iter().filter(|(minute, count)| (now - LOOK_BACK_MIN..=now).contains(minute) && *count > 0).collect();
        done.sort_by_key(|(minute, _)| -minute);
        let (mut after, mut parcels, mut minutes) = (now + 1, 0, 0);
        for (minute, count) in done {
            let since = after - minute;
            // Behind a break only its own minute was work.
            let worked = if since > BREAK_MIN { 1 } else { since };
            if minutes + worked > WORK_MIN {
                break;
            }
            minutes += worked;
            parcels += count;
            after = *minute;
        }
        (parcels > 0).then_some(Pace { parcels, minutes: minutes.max(LEAST_MIN) as u32 })
    }

    pub fn per_hour(self) -> u32 {
        self.parcels * 60 / self.minutes
    }

    /// When so many more are done, if work goes on like this from now.
    pub fn done_us(self, to_go: u32, now_us: i64) -> i64 {
        now_us + i64::from(to_go) * i64::from(self.minutes) * MINUTE_US / i64::from(self.parcels.max(1))
    }
}

impl Outlook {
    /// Without a pace the time that is left speaks for itself.
    pub fn of(to_go: u32, done_us: Option<i64>, cutoff_us: Option<i64>, now_us: i64) -> Outlook {
        let Some(cutoff_us) = cutoff_us.filter(|_| to_go > 0) else { return Outlook::Good };
        match done_us {
            Some(done_us) if done_us > cutoff_us + FAR_US => Outlook::FarLate,
            Some(done_us) if done_us > cutoff_us => Outlook::Late,
            Some(_) => Outlook::Good,
            None => match Urgency::of(Some(cutoff_us - now_us)) {
                Urgency::Later => Outlook::Good,
                Urgency::Soon => Outlook::Late,
                Urgency::Last => Outlook::FarLate,
            },
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Outlook::Good => "good",
            Outlook::Late => "late",
            Outlook::FarLate => "far_late",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MIN: i64 = 30_000_000;
    const NOW_US: i64 = NOW_MIN * MINUTE_US;

    fn pace(ago: &[(i64, u32)]) -> Option<(u32, u32)> {
        let done: Vec<_> = ago.iter().map(|(minutes, count)| (NOW_MIN - minutes, *count)).collect();
        Pace::of(&done, NOW_US).map(|pace| (pace.parcels, pace.minutes))
    }

    fn steady(from: i64, to: i64) -> Vec<(i64, u32)> {
        (from..=to).map(|ago| (ago, 4)).collect()
    }

    #[test]
    fn nothing_done_yet_is_no_pace() {
        assert_eq!(pace(&[]), None);
        assert_eq!(pace(&[(3, 0)]), None);
        assert_eq!(pace(&[(LOOK_BACK_MIN + 1, 50)]), None, "yesterday's says nothing of today");
        assert_eq!(pace(&[(-5, 50)]), None, "nor does a clock that is ahead");
    }

    #[test]
    fn the_last_half_hour_counts_and_no_more() {
        assert_eq!(pace(&steady(0, 100)), Some((120, 30)));
        assert_eq!(pace(&[(0, 1)]), Some((1, 5)), "a first parcel isn't sixty an hour");
        assert_eq!(pace(&steady(0, 11)), Some((48, 12)));
    }

    #[test]
    fn a_break_is_no_slow_work() {
        let lunch: Vec<_> = steady(0, 9).into_iter().chain(steady(70, 120)).collect();
        assert_eq!(pace(&lunch), Some((120, 30)));
        assert_eq!(pace(&steady(40, 100)), Some((120, 30)), "the same while it lasts");
        assert_eq!(pace(&[(0, 1), (9, 1), (18, 1)]), Some((3, 19)), "but slow work is");
    }

    #[test]
    fn when_it_is_done_follows_from_the_pace() {
        let pace = Pace { parcels: 120, minutes: 30 };
        assert_eq!(pace.per_hour(), 240);
        assert_eq!(pace.done_us(312, NOW_US), NOW_US + 78 * MINUTE_US);
        assert_eq!(pace.done_us(0, NOW_US), NOW_US);
    }

    #[test]
    fn late_is_amber_and_far_late_red() {
        let of = |to_go, done_min: Option<i64>, cutoff_min: Option<i64>| {
            let at = |minutes: i64| NOW_US + minutes * MINUTE_US;
            Outlook::of(to_go, done_min.map(at), cutoff_min.map(at), NOW_US)
        };
        assert_eq!(of(312, Some(52), Some(60)), Outlook::Good);
        assert_eq!(of(312, Some(61), Some(60)), Outlook::Late);
        assert_eq!(of(312, Some(91), Some(60)), Outlook::FarLate);
        assert_eq!(of(0, Some(0), Some(-5)), Outlook::Good, "nothing is left to do");
        assert_eq!(of(5, Some(3), Some(-5)), Outlook::Late, "past the cut-off");
        assert_eq!(of(500, Some(300), Some(-5)), Outlook::FarLate);
        assert_eq!(of(5, None, Some(300)), Outlook::Good, "nobody has begun, and there is time");
        assert_eq!(of(5, None, Some(45)), Outlook::Late);
        assert_eq!(of(5, None, Some(5)), Outlook::FarLate);
        assert_eq!(of(5, Some(500), None), Outlook::Good, "nobody said by when");
    }
}
