//! Believable time: what every entry carries about when it happened, raw and never rewritten. The wall clock may be
//! wrong; boot id and boot time let one later contact with the hub date every entry of that boot.

use serde::{Deserialize, Serialize};

/// A reading of all clocks of one machine at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Microseconds since 1970 by the machine's wall clock.
    pub wall_us: i64,
    /// The warehouse's zone, e.g. `Asia/Shanghai`; kept apart since times are UTC.
    pub zone: String,
    pub boot_id: String,
    /// Nanoseconds since boot, suspend included.
    pub boottime_ns: i64,
    pub clock: ClockState,
    /// Hub time minus wall time as far as known.
    pub offset_us: Option<i64>,
    /// The bound of `offset_us`'s error.
    pub error_us: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// The hub's clock was compared in this boot, lately.
    Synced,
    /// Compared in this boot, but long ago.
    Holdover,
    /// The wall clock jumped since the last entry.
    Stepped,
    /// Never compared in this boot.
    Unsynced,
}

impl ClockState {
    pub fn as_str(self) -> &'static str {
        match self {
            ClockState::Synced => "synced",
            ClockState::Holdover => "holdover",
            ClockState::Stepped => "stepped",
            ClockState::Unsynced => "unsynced",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Synced, Self::Holdover, Self::Stepped, Self::Unsynced].into_iter().find(|state| state.as_str() == text)
    }
}

/// The start of 2026: this program is younger, so a clock that shows an earlier time is wrong.
pub const BUILT_US: i64 = 1_767_225_600_000_000;

impl Stamp {
    /// The best known time, in microseconds since 1970.
    pub fn best_us(&self) -> i64 {
        self.wall_us + self.offset_us.unwrap_or(0)
    }
}
