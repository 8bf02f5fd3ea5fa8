//! One pull of the trigger may deliver a code twice. Pure: time comes in.

use std::time::{Duration, Instant};

/// The last code of one device.
pub struct Duplicates {
    window: Duration,
    last: Option<(String, Instant)>,
}

impl Duplicates {
    pub fn new(window: Duration) -> Self {
        Self { window, last: None }
    }

    /// Whether `data` repeats the scan before it. A trigger that is kept pressed prolongs the window with every repeat.
    pub fn is_repeat(&mut self, data: &str, at: Instant) -> bool {
        let repeat = self
            .last
            .as_ref()
            .is_some_and(|(last, then)| last == data && at.saturating_duration_since(*then) < self.window);
        self.last = Some((data.to_owned(), at));
        repeat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_codes_in_the_window_are_one_scan() {
        let start = Instant::now();
        let mut duplicates = Duplicates::new(Duration::from_millis(150));
        let mut repeat = |data, ms| duplicates.is_repeat(data, start + Duration::from_millis(ms));
        assert!(!repeat("A", 0));
        assert!(repeat("A", 149));
        assert!(repeat("A", 250), "a kept trigger stays one scan");
        assert!(!repeat("A", 400), "equal bottles may be scanned fast");
        assert!(!repeat("B", 410));
        assert!(!repeat("A", 420), "another code between them makes two scans");
    }
}
