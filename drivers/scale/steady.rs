//! Which weight counts: one of which the scale says that it stands still, or where it says nothing so many equal ones in a
//! row. Anything else between them starts the count anew.

use super::reading::Reading;
use super::{Heard, State};

/// A broken message now and then is the line's; so many in a row are another language.
const GARBLED: u32 = 5;

pub struct Steady {
    /// How many equal weights make one that stands still.
    equal: u32,
    last: Option<u32>,
    seen: u32,
    garbage: u32,
}

impl Steady {
    pub fn new(equal: u32) -> Self {
        Self { equal, last: None, seen: 0, garbage: 0 }
    }

    /// The state now; `None` where this says nothing about it.
    pub fn take(&mut self, heard: &Heard) -> Option<State> {
        let Heard::Reading(reading) = heard else {
            self.last = None;
            self.garbage = (self.garbage + 1).min(GARBLED);
            return (self.garbage == GARBLED).then_some(State::Garbled);
        };
        self.garbage = 0;
        let Reading::Weight { grams, stable } = *reading else {
            self.last = None;
            return Some(other(*reading));
        };
        self.seen = if self.last == Some(grams) { self.seen.saturating_add(1) } else { 1 };
        self.last = Some(grams);
        Some(match stable.unwrap_or(self.seen >= self.equal) {
            true => State::Stable { grams },
            false => State::Moving,
        })
    }
}

fn other(reading: Reading) -> State {
    match reading {
        Reading::Overload => State::Overload,
        Reading::Negative => State::Negative,
        Reading::Unzeroed => State::Unzeroed,
        Reading::Moving | Reading::Weight { .. } => State::Moving,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(grams: u32, stable: Option<bool>) -> Heard {
        Heard::Reading(Reading::Weight { grams, stable })
    }

    #[test]
    fn the_scales_word_counts_at_once() {
        let mut steady = Steady::new(4);
        assert_eq!(steady.take(&weight(900, Some(false))), Some(State::Moving));
        assert_eq!(steady.take(&weight(900, Some(true))), Some(State::Stable { grams: 900 }));
        assert_eq!(steady.take(&Heard::Reading(Reading::Moving)), Some(State::Moving));
    }

    #[test]
    fn without_a_word_so_many_equal_ones_in_a_row_count() {
        let mut steady = Steady::new(3);
        let mut take = |heard| steady.take(&heard);
        let (a, b) = (weight(900, None), weight(901, None));
        assert_eq!(take(a.clone()), Some(State::Moving));
        assert_eq!(take(a.clone()), Some(State::Moving));
        assert_eq!(take(b.clone()), Some(State::Moving));
        assert_eq!(take(b.clone()), Some(State::Moving));
        assert_eq!(take(Heard::Garbage), None, "and the count starts anew");
        assert_eq!(take(b.clone()), Some(State::Moving));
        assert_eq!(take(b.clone()), Some(State::Moving));
        assert_eq!(take(b), Some(State::Stable { grams: 901 }));
    }

    #[test]
    fn nothing_but_garbage_is_told() {
        let mut steady = Steady::new(3);
        let told = (0..6).map(|_| steady.take(&Heard::Garbage)).collect::<Vec<_>>();
        assert_eq!(told[..4], [None; 4]);
        assert_eq!(told[4..], [Some(State::Garbled); 2]);
        assert_eq!(steady.take(&weight(1, Some(true))), Some(State::Stable { grams: 1 }));
        assert_eq!(steady.take(&Heard::Garbage), None);
    }
}
