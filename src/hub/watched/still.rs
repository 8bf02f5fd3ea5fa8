//! Which files stand still: same size and time of change since a while. Nobody tells us when a copy is complete.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

/// A file as it was listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    pub name: String,
    pub size: u64,
    pub changed: Option<SystemTime>,
}

/// What was seen the last time, and since when it is so.
pub(super) struct Still {
    settle: Duration,
    seen: HashMap<Seen, Instant>,
}

impl Still {
    pub fn new(settle: Duration) -> Still {
        Still { settle, seen: HashMap::new() }
    }

    /// It went away; who puts it back at once begins anew.
    pub fn forget(&mut self, seen: &Seen) {
        self.seen.remove(seen);
    }

    /// The files that didn't change for long enough, oldest first, each with the time since which it stands still.
    pub fn look(&mut self, listed: Vec<Seen>, now: Instant) -> Vec<(Seen, Instant)> {
        let before = std::mem::take(&mut self.seen);
        self.seen = listed.into_iter().map(|seen| (seen.clone(), before.get(&seen).copied().unwrap_or(now))).collect();
        let settled = self
            .seen
            .iter()
            .filter(|(seen, since)| before.contains_key(seen) && now.duration_since(**since) >= self.settle);
        let mut ready: Vec<(Seen, Instant)> = settled.map(|(seen, since)| (seen.clone(), *since)).collect();
        // A later export may hold a newer revision of the same order.
        ready.sort_by(|(a, _), (b, _)| (a.changed, &a.name).cmp(&(b.changed, &b.name)));
        ready
    }
}

/// Names under which programs keep what isn't a file of anybody's: hidden ones, locks of Office, copies under way.
pub(super) fn is_temporary(name: &str) -> bool {
    let lower = name.to_lowercase();
    let endings = [".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", ".bak", "~"];
    name.starts_with(['.', '~'])
        || endings.iter().any(|ending| lower.ends_with(ending))
        || lower == "thumbs.db"
        || lower == "desktop.ini"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, size: u64, at_s: u64) -> Seen {
        Seen { name: name.into(), size, changed: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(at_s)) }
    }

    #[test]
    fn a_file_is_ready_when_it_stood_still_for_long_enough() {
        let (start, mut still) = (Instant::now(), Still::new(Duration::from_secs(2)));
        let mut look = |after_s: u64, files: &[Seen]| -> Vec<String> {
            let ready = still.look(files.to_vec(), start + Duration::from_secs(after_s));
            ready.into_iter().map(|(seen, _)| seen.name).collect()
        };
        assert_eq!(look(0, &[seen("b.csv", 1, 7)]), [""; 0]);
        assert_eq!(look(1, &[seen("b.csv", 5, 8), seen("a.csv", 1, 9)]), [""; 0]);
        assert_eq!(look(2, &[seen("b.csv", 5, 8), seen("a.csv", 1, 9)]), [""; 0], "it grew a second ago");
        assert_eq!(look(3, &[seen("a.csv", 1, 9), seen("b.csv", 5, 8)]), ["b.csv", "a.csv"], "older first");
        assert_eq!(look(4, &[seen("a.csv", 1, 9), seen("b.csv", 5, 10)]), ["a.csv"], "it was written again");
        assert_eq!(look(5, &[]), [""; 0]);
        assert_eq!(look(9, &[seen("a.csv", 1, 9)]), [""; 0], "it was away: who knows what it is now");
    }

    #[test]
    fn what_programs_keep_is_nobodys_file() {
        for name in [
            ".orders.csv",
            "~$orders.xlsx",
            "orders.csv.part",
            "orders.TMP",
            "x.crdownload",
            "Thumbs.db",
            "orders.csv~",
        ] {
            assert!(is_temporary(name), "{name}");
        }
        for name in ["orders.csv", "ExportOrderList202602181422.csv", "part.csv", "订单.xlsx"] {
            assert!(!is_temporary(name), "{name}");
        }
    }
}
