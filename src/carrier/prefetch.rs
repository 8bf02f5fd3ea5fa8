//! Numbers that a carrier lends in advance: how many at once, how long they live, and when more are asked for. Pure.

/// In one call, by JD's documents of `pregetwaybillcodes`.
pub const MOST: u32 = 500;
/// JD's live three months; a label of the last day is registered in time.
pub const LIVE_DAYS: i32 = 85;

/// How many to ask for, where any: half of them used is early enough, and rarely enough.
pub fn missing(wanted: u32, held: u32) -> Option<u32> {
    let missing = wanted.saturating_sub(held);
    (missing > 0 && missing >= wanted.div_ceil(2)).then(|| missing.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_are_asked_for_when_half_are_used_and_never_more_than_a_call_gives() {
        for (wanted, held, expected) in [
            (0, 0, None),
            (1, 1, None),
            (1, 0, Some(1)),
            (4, 3, None),
            (4, 2, Some(2)),
            (5, 3, None),
            (5, 2, Some(3)),
            (4, 9, None),
            (2_000, 0, Some(500)),
        ] {
            assert_eq!(missing(wanted, held), expected, "{held} of {wanted}");
        }
    }
}
