//! Screens: browsers of tablets and handhelds, each let in for one place by a link that works once. Of what a screen is known
//! by, only the hash is kept; a link's code stays in memory until it is used, for the page that shows it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::domain::id::{OperatorId, PlaceName};

/// A link works this long, and survives this many wrong tries: then all that are open end.
pub const LINK_LIFE: Duration = Duration::from_secs(10 * 60);
const TRIES: u32 = 5;

/// A browser that belongs to a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paired {
    /// Its name in entries and on the command line.
    pub screen: String,
    pub place: PlaceName,
    pub since_us: i64,
}

/// Paired screens by the hash of their secret.
pub type Screens = BTreeMap<String, Paired>;

/// Links that nobody used yet.
#[derive(Debug, Default)]
pub struct Links {
    open: Vec<Link>,
    wrong: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub code: String,
    pub place: PlaceName,
    /// The lead who opened it at a page; a command on the station's machine says nobody.
    pub by: Option<OperatorId>,
    pub until: Instant,
}

impl Links {
    /// A new one for a place takes the place of its earlier one.
    pub fn open(&mut self, code: &str, place: PlaceName, by: Option<OperatorId>, now: Instant) {
        self.open.retain(|link| link.place != place);
        self.open.push(Link { code: code.to_owned(), place, by, until: now + LINK_LIFE });
        self.wrong = 0;
    }

    /// The one that is open for a place.
    pub fn of(&self, place: &PlaceName, now: Instant) -> Option<&Link> {
        self.open.iter().find(|link| link.place == *place && now < link.until)
    }

    /// The link with this code; a wrong one counts.
    pub fn find(&mut self, code: &str, now: Instant) -> Option<Link> {
        self.open.retain(|link| now < link.until);
        // By their hashes, so that the time it takes says nothing of a code.
        let hash = digest(code);
        let found = self.open.iter().find(|link| digest(&link.code) == hash).cloned();
        if found.is_none() {
            self.wrong += 1;
            if self.wrong >= TRIES {
                self.open.clear();
            }
        }
        found
    }

    /// As `find`, and nobody uses it again.
    pub fn take(&mut self, code: &str, now: Instant) -> Option<Link> {
        let found = self.find(code, now)?;
        self.open.retain(|link| link.place != found.place);
        Some(found)
    }
}

/// What is kept in place of a secret: those have 122 random bits, so a plain fast hash is enough.
pub fn digest(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}

/// What a screen's own pages send with every change, so that no other page can make its browser change anything.
pub fn page_token(secret: &str) -> String {
    blake3::derive_key("milepost 2026-11-30 a screen's page", secret.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// A screen's name from randomness: short enough to be read aloud, without letters that look alike.
pub fn name(random: [u8; 6]) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    random.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(link: Option<Link>) -> Option<PlaceName> {
        link.map(|link| link.place)
    }

    #[test]
    fn a_link_works_once_and_ten_minutes() {
        let (mut links, start) = (Links::default(), Instant::now());
        links.open("one", "PDA-1".into(), Some("E007".into()), start);
        links.open("two", "PDA-2".into(), None, start);
        assert_eq!(place(links.find("one", start)), Some("PDA-1".into()), "to look isn't to use");
        assert_eq!(links.of(&"PDA-1".into(), start).map(|link| link.code.as_str()), Some("one"));
        assert_eq!(
            links.take("one", start).and_then(|link| link.by),
            Some("E007".into()),
            "and who opened it is known"
        );
        assert_eq!((links.take("one", start), links.of(&"PDA-1".into(), start)), (None, None), "used");
        assert_eq!(links.of(&"PDA-2".into(), start + LINK_LIFE), None, "too late");
        assert_eq!(links.take("two", start + LINK_LIFE), None, "too late");
    }

    #[test]
    fn guesses_end_all_links_and_a_newer_one_its_places_older_one() {
        let (mut links, now) = (Links::default(), Instant::now());
        links.open("old", "PDA-1".into(), None, now);
        links.open("new", "PDA-1".into(), None, now);
        assert_eq!(links.take("old", now), None);
        for guess in 0..3 {
            assert_eq!(links.find(&format!("guess {guess}"), now), None);
        }
        assert_eq!(place(links.find("new", now)), Some("PDA-1".into()), "four wrong ones are borne");
        assert_eq!(links.find("guess", now), None);
        assert_eq!(links.take("new", now), None, "the fifth ends it");
    }

    #[test]
    fn secrets_are_told_apart_and_never_shown() {
        assert_ne!(digest("a"), digest("b"));
        assert_ne!(digest("a"), page_token("a"), "who sees a page's token doesn't know what the station keeps");
        assert_eq!(name([0, 1, 31, 32, 255, 7]), "23Z2Z9");
    }
}
