//! Is the carrier worth waiting for? Opens after failures in a row, closes at the first answer. Pure.

use super::{Cause, Outcome};

/// So many questions in a row without a believable answer are an outage and no bad luck.
const FAILURES: u32 = 3;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
}

impl Breaker {
    /// While it is open no packer waits; questions go on in the background and find out when it is over.
    pub fn is_open(self) -> bool {
        self.failures >= FAILURES
    }

    pub fn record(&mut self, outcome: &Outcome) {
        let outage = match outcome {
            Outcome::Unknown(doubt) => {
                matches!(doubt.cause, Cause::NoAnswer | Cause::Unreadable | Cause::CarrierFailed)
            }
            _ => false,
        };
        self.failures = if outage { self.failures.saturating_add(1) } else { 0 };
    }

    /// A packer waited as long as one may.
    pub fn budget_spent(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_open_it_and_one_answer_closes_it() {
        let mut breaker = Breaker::default();
        let silent = Outcome::no_answer("no answer in time");
        breaker.record(&silent);
        breaker.record(&silent);
        assert!(!breaker.is_open());
        breaker.budget_spent();
        assert!(breaker.is_open());
        breaker.record(&Outcome::Cancelled);
        assert!(!breaker.is_open());
    }
}
