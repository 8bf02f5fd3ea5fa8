//! Is the carrier worth waiting for? Opens after failures in a row, when answers come too late, and while the carrier says
//! that it is busy; then lets one question through now and then, and closes at the first good answer. Pure: the caller
//! says what time it is, as the time since some moment of its own.

use std::collections::VecDeque;
use std::time::Duration;

use super::codes::Class;
use super::{Cause, Outcome};

/// So many questions in a row without a believable answer are an outage and no bad luck.
const FAILURES: u32 = 3;
/// Answers that are looked at to know how late they come, and how few of them are too few to say.
const WINDOW: usize = 20;
const ENOUGH: usize = 10;
/// How long it stays open before the first question that tries again, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A carrier that says busy without saying how long.
const BUSY: Duration = Duration::from_secs(1);

/// What a question may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Go,
    /// Open, and this question finds out whether it still has to be.
    Probe,
    /// Open: ask again after this time.
    Wait(Duration),
}

/// Why it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Failing,
    Slow,
    Busy,
}

impl Why {
    pub fn word(self) -> &'static str {
        match self {
            Why::Failing => "failing",
            Why::Slow => "slow",
            Why::Busy => "busy",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Breaker {
    /// Answers later than this help no packer.
    budget: Duration,
    failures: u32,
    took: VecDeque<Duration>,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    why: Why,
    /// When the next question may try.
    until: Duration,
    pause: Duration,
    /// It is trying, since then.
    probing: Option<Duration>,
}

impl Breaker {
    pub fn new(budget: Duration) -> Self {
        Self { budget, failures: 0, took: VecDeque::new(), open: None }
    }

    /// While it is open no packer waits.
    pub fn why_open(&self) -> Option<Why> {
        self.open.map(|open| open.why)
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Asked before each question is sent; a `Probe` must be recorded.
    pub fn pass(&mut self, now: Duration) -> Pass {
        let Some(open) = &mut self.open else { return Pass::Go };
        // A probe whose end nobody told is over after the longest time one may take.
        let probing = open.probing.is_some_and(|since| now < since + LONGEST_PAUSE);
        if !probing && now >= open.until {
            open.probing = Some(now);
            return Pass::Probe;
        }
        Pass::Wait(open.until.saturating_sub(now).max(FIRST_PAUSE))
    }

    /// What came of a question, and how long it took.
    pub fn record(&mut self, outcome: &Outcome, took: Duration, now: Duration) {
        if let Some(pause) = busy(outcome) {
            // Flow control is no outage: nothing is counted, and nobody asks until it is over.
            self.open = Some(Open { why: Why::Busy, until: now + pause, pause, probing: None });
            return;
        }
        if failed(outcome) {
            self.failures = self.failures.saturating_add(1);
            if self.open.is_some() || self.failures >= FAILURES {
                self.reopen(Why::Failing, now);
            }
            return;
        }
        self.failures = 0;
        if self.took.len() == WINDOW {
            self.took.pop_front();
        }
        self.took.push_back(took);
        match self.open {
            // One answer in time is enough to try all others; what was slow before is forgotten.
            Some(_) if took <= self.budget => {
                self.open = None;
                self.took.clear();
            }
            Some(_) => self.reopen(Why::Slow, now),
            None if self.is_slow() => self.reopen(Why::Slow, now),
            None => {}
        }
    }

    /// A packer waited as long as one may, and the question is still under way.
    pub fn budget_spent(&mut self, now: Duration) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES && self.open.is_none() {
            self.reopen(Why::Slow, now);
        }
    }

    fn is_slow(&self) -> bool {
        let mut took: Vec<_> = self.took.iter().copied().collect();
        took.sort();
        // The nineteenth of twenty: more than one in twenty is later than this.
        took.len() >= ENOUGH && took[(took.len() * 95).div_ceil(100) - 1] > self.budget
    }

    fn reopen(&mut self, why: Why, now: Duration) {
        let pause = self.open.map_or(FIRST_PAUSE, |open| match open.probing {
            Some(_) => (open.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE),
            None => open.pause.max(FIRST_PAUSE),
        });
        self.open = Some(Open { why, until: now + pause, pause, probing: None });
    }
}

fn failed(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Unknown(doubt) => matches!(doubt.cause, Cause::NoAnswer | Cause::Unreadable | Cause::CarrierFailed),
        // Who isn't let in needs no faster no for the next parcel.
        Outcome::Rejected(rejection) => rejection.class == Class::Config,
        _ => false,
    }
}

fn busy(outcome: &Outcome) -> Option<Duration> {
    match outcome {
        Outcome::Rejected(rejection) if rejection.class == Class::Busy => Some(BUSY),
        Outcome::Unknown(doubt) if doubt.cause == Cause::QueryRefused => {
            doubt.retry_after_s.map(|seconds| Duration::from_secs(u64::from(seconds)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::{Doubt, Rejection};

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn silent() -> Outcome {
        Outcome::no_answer("no answer in time")
    }

    fn rejected(class: Class) -> Outcome {
        Outcome::Rejected(Rejection::of(class))
    }

    fn breaker() -> Breaker {
        Breaker::new(seconds(3))
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let mut breaker = breaker();
        for outcome in [silent(), silent(), Outcome::Cancelled, silent(), silent()] {
            breaker.record(&outcome, seconds(1), seconds(1));
            assert_eq!(breaker.why_open(), None);
        }
        breaker.record(&silent(), seconds(1), seconds(1));
        assert_eq!(breaker.why_open(), Some(Why::Failing));
    }

    #[test]
    fn whoever_is_not_let_in_does_not_go_on_knocking() {
        let mut breaker = breaker();
        (0..3).for_each(|_| breaker.record(&rejected(Class::Config), seconds(1), seconds(0)));
        assert_eq!(breaker.why_open(), Some(Why::Failing));
        let mut breaker = Breaker::new(seconds(3));
        (0..9).for_each(|_| breaker.record(&rejected(Class::Order), seconds(1), seconds(0)));
        assert_eq!(breaker.why_open(), None, "a parcel's own fault is nobody else's");
    }

    #[test]
    fn open_it_lets_one_question_through_at_a_time_and_ever_more_rarely() {
        let mut breaker = breaker();
        (0..3).for_each(|_| breaker.record(&silent(), seconds(1), seconds(0)));
        assert_eq!(breaker.pass(seconds(1)), Pass::Wait(FIRST_PAUSE));
        let mut now = seconds(2);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            assert_eq!(breaker.pass(now), Pass::Probe);
            assert!(matches!(breaker.pass(now), Pass::Wait(_)), "one at a time");
            breaker.record(&silent(), seconds(1), now);
            let next = (1..).map(|after| now + seconds(after)).find(|then| breaker.clone().pass(*then) == Pass::Probe);
            let next = next.expect("it tries again");
            pauses.push((next - now).as_secs());
            now = next;
        }
        assert_eq!(pauses, [4, 8, 16, 32, 60, 60, 60, 60]);
        assert_eq!(breaker.pass(now), Pass::Probe);
        breaker.record(&Outcome::Cancelled, seconds(1), now);
        assert_eq!(breaker.pass(now), Pass::Go);
    }

    #[test]
    fn a_probe_that_never_comes_back_is_not_the_last() {
        let mut breaker = breaker();
        (0..3).for_each(|_| breaker.record(&silent(), seconds(1), seconds(0)));
        assert_eq!(breaker.pass(seconds(5)), Pass::Probe);
        assert!(matches!(breaker.pass(seconds(60)), Pass::Wait(_)));
        assert_eq!(breaker.pass(seconds(65)), Pass::Probe);
    }

    #[test]
    fn one_late_answer_in_twenty_is_luck_and_two_are_slow() {
        let mut breaker = breaker();
        for late in [false, false, false, false, false, true, false, false, false, false] {
            breaker.record(&Outcome::Cancelled, seconds(if late { 4 } else { 1 }), seconds(1));
        }
        // The tenth is the last of ten: one late one among so few is more than one in twenty.
        assert_eq!(breaker.why_open(), Some(Why::Slow));
        let mut breaker = Breaker::new(seconds(3));
        (0..19).for_each(|_| breaker.record(&Outcome::Cancelled, seconds(1), seconds(1)));
        breaker.record(&Outcome::Cancelled, seconds(4), seconds(1));
        assert_eq!(breaker.why_open(), None);
        breaker.record(&Outcome::Cancelled, seconds(4), seconds(1));
        assert_eq!(breaker.why_open(), Some(Why::Slow));
        assert_eq!(breaker.pass(seconds(3)), Pass::Probe);
        breaker.record(&Outcome::Cancelled, seconds(4), seconds(7));
        assert_eq!(breaker.why_open(), Some(Why::Slow), "a late answer to a probe keeps it open");
    }

    #[test]
    fn packers_who_waited_in_vain_open_it_before_any_answer() {
        let mut breaker = breaker();
        (0..3).for_each(|_| breaker.budget_spent(seconds(1)));
        assert!(breaker.is_open());
    }

    #[test]
    fn flow_control_opens_it_for_as_long_as_the_carrier_says() {
        let mut breaker = breaker();
        breaker.record(&rejected(Class::Busy), seconds(1), seconds(1));
        assert_eq!(breaker.why_open(), Some(Why::Busy));
        assert_eq!(breaker.pass(seconds(2)), Pass::Probe);
        breaker.record(&Outcome::Cancelled, seconds(1), seconds(2));
        assert_eq!(breaker.pass(seconds(2)), Pass::Go);
        let later =
            Doubt { cause: Cause::QueryRefused, why: String::new(), query_first: true, retry_after_s: Some(30) };
        breaker.record(&Outcome::Unknown(later), seconds(1), seconds(2));
        assert!(matches!(breaker.pass(seconds(31)), Pass::Wait(_)));
        assert_eq!(breaker.pass(seconds(32)), Pass::Probe);
    }
}
