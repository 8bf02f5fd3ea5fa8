//! The walk that a picker has before them, for a screen: without a network the next bins must be there already.

use serde::Serialize;

use super::super::{Session, View};
use super::{list, lots};

/// Stops that are shown; nobody looks further ahead.
const SHOWN: usize = 60;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Walk {
    pub stops: Vec<Ahead>,
    /// All that are left, also those that aren't shown.
    pub left: usize,
}

/// Goods to take from a bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ahead {
    pub bin: Option<String>,
    pub name: String,
    pub quantity: u32,
    /// The lot or day that goes first.
    pub lot: Option<String>,
    pub tote: Option<String>,
    /// The picker stands there.
    pub here: bool,
}

impl Walk {
    /// `wave` is that of the session's list; a session without one has nothing ahead.
    pub fn of(session: &Session, wave: &[View]) -> Option<Walk> {
        let round = session.pick.as_ref()?;
        let stops = list::stops(round, wave);
        let ahead = |stop: &list::Stop<'_>| Ahead {
            bin: stop.bin.clone(),
            name: stop.name.clone(),
            quantity: stop.left,
            lot: stop.first().map(lots::shown).filter(|lot| !lot.is_empty()),
            tote: stop.tote.clone(),
            here: stop.bin.is_some() && stop.is_at(&round.at),
        };
        Some(Walk { stops: stops.iter().take(SHOWN).map(ahead).collect(), left: stops.len() })
    }
}
