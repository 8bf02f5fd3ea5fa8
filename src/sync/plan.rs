//! Which entries go up next, and when to try again. Pure.

use crate::wire::{Audited, Head, SyncAnswer};

/// Entries in one request.
pub const BATCH: usize = 1_000;
/// A backlog beyond this lets the newest entries overtake it.
const BACKLOG: u64 = 2 * BATCH as u64;
/// How many of the newest go ahead at a time.
const LIVE: u64 = 200;

/// What the station has and what the hub is known to hold of one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub epoch_no: i64,
    pub last_seq: u64,
    pub ack: u64,
    /// The newest entry that went ahead of a backlog.
    pub ahead: u64,
    pub holes: Vec<(u64, u64)>,
}

/// Entries to be sent: those after `after`, at most `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Send {
    pub epoch_no: i64,
    pub after: u64,
    pub limit: usize,
    pub live: bool,
}

/// Older epochs first; within the newest, every second request carries the newest entries while there is a backlog.
pub fn next(lanes: &[Lane], round: u64) -> Option<Send> {
    let lane = lanes.iter().find(|lane| lane.ack < lane.last_seq)?;
    let newest = lanes.last().is_some_and(|last| last.epoch_no == lane.epoch_no);
    let behind = lane.last_seq - lane.ack;
    if newest && behind > BACKLOG && round % 2 == 1 && lane.ahead < lane.last_seq {
        let after = (lane.last_seq - LIVE).max(lane.ahead).max(lane.ack);
        return Some(Send { epoch_no: lane.epoch_no, after, limit: LIVE as usize, live: true });
    }
    // Only the gap is sent again, not what the hub already has behind it.
    let first_gap = lane.holes.first().filter(|(first, _)| *first == lane.ack + 1);
    let limit = first_gap.map_or(BATCH, |(first, last)| (last - first + 1).min(BATCH as u64) as usize);
    Some(Send { epoch_no: lane.epoch_no, after: lane.ack, limit, live: false })
}

/// What an answer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub ack: u64,
    /// The hub is another history's than the one that acknowledged before.
    pub hub_changed: bool,
    pub progressed: bool,
    /// The hub claims entries this station never wrote: it must have been another copy of this station.
    pub beyond_us: bool,
}

/// Only the contiguous acknowledgement moves the mark, back as well as on; a fork moves nothing.
pub fn judge(lane: &Lane, answer: &SyncAnswer, known_hub: Option<&str>) -> Moved {
    let hub_changed = known_hub.is_some_and(|known| known != answer.hub_epoch);
    let beyond_us = answer.ack > lane.last_seq;
    let ack = match () {
        () if beyond_us || !answer.forked.is_empty() => lane.ack,
        // Also where it is less than before: one request is under way at a time, so an answer is never an older one's,
        // and a hub that lacks what it once acknowledged must get it again.
        () => answer.ack,
    };
    Moved { ack, hub_changed, progressed: ack > lane.ack, beyond_us }
}

/// The hub holds what it acknowledged: as many entries, and the same at their end.
pub fn agrees(own: &Head, audited: &Audited) -> bool {
    audited.count == own.seq && audited.hash == Some(own.hash)
}

/// Milliseconds until the next try after `failures` in a row: doubling from half a second to 30, full jitter.
/// `random` is uniform in 0..=u32::MAX.
pub fn pause_ms(failures: u32, random: u32) -> u64 {
    let ceiling = 500u64.saturating_mul(1 << failures.min(6)).min(30_000);
    100 + (ceiling * u64::from(random)) / u64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(last_seq: u64, ack: u64) -> Lane {
        Lane { epoch_no: 1, last_seq, ack, ahead: 0, holes: vec![] }
    }

    fn answer(ack: u64) -> SyncAnswer {
        SyncAnswer {
            hub_epoch: "h1".into(),
            ack,
            holes: vec![],
            quarantined: vec![],
            forked: vec![],
            received_us: 0,
            answered_us: 0,
            retry_after_ms: None,
            audited: None,
        }
    }

    #[test]
    fn an_old_epoch_is_finished_before_the_new_one_begins() {
        let old = lane(10, 4);
        let new = Lane { epoch_no: 2, ..lane(5, 0) };
        assert_eq!(next(&[old.clone(), new.clone()], 0).map(|send| (send.epoch_no, send.after)), Some((1, 4)));
        assert_eq!(next(&[Lane { ack: 10, ..old }, new], 0).map(|send| (send.epoch_no, send.after)), Some((2, 0)));
    }

    #[test]
    fn the_newest_overtake_a_backlog_every_second_time() {
        let lanes = [lane(100_000, 500)];
        assert_eq!(next(&lanes, 0), Some(Send { epoch_no: 1, after: 500, limit: BATCH, live: false }));
        assert_eq!(next(&lanes, 1), Some(Send { epoch_no: 1, after: 99_800, limit: 200, live: true }));
        let sent = [Lane { ahead: 100_000, ..lane(100_000, 500) }];
        assert!(!next(&sent, 1).expect("a backlog").live, "nothing newer: the backlog goes on");
        assert_eq!(next(&[lane(700, 700)], 1), None);
    }

    #[test]
    fn a_hole_is_filled_and_no_more() {
        let lanes = [Lane { holes: vec![(501, 503)], ..lane(9_000, 500) }];
        assert_eq!(next(&lanes, 0).map(|send| (send.after, send.limit)), Some((500, 3)));
    }

    #[test]
    fn only_the_contiguous_mark_counts_and_a_fork_counts_nothing() {
        assert_eq!(judge(&lane(10, 4), &answer(7), Some("h1")).ack, 7);
        assert_eq!(judge(&lane(10, 4), &answer(2), Some("h1")).ack, 2, "what the hub lacks is sent again");
        let forked = SyncAnswer { forked: vec![5], ..answer(7) };
        assert_eq!(judge(&lane(10, 4), &forked, Some("h1")).ack, 4);
        assert!(judge(&lane(10, 4), &answer(11), Some("h1")).beyond_us);
    }

    #[test]
    fn a_restored_hub_moves_the_mark_back() {
        let moved = judge(&lane(10, 9), &answer(3), Some("h0"));
        assert_eq!((moved.ack, moved.hub_changed), (3, true));
    }

    #[test]
    fn pauses_grow_to_half_a_minute_and_are_spread() {
        assert_eq!(pause_ms(0, u32::MAX), 600);
        assert_eq!(pause_ms(20, u32::MAX), 30_100);
        assert_eq!(pause_ms(20, 0), 100);
    }
}
