//! `[[place]]`: where one packer stands.

use serde::Deserialize;

use super::PlaceSound;
use crate::bench::{Role, ScanBack};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceConfig {
    pub name: String,
    #[serde(default)]
    pub role: Role,
    #[serde(default)]
    pub scanners: Vec<String>,
    #[serde(default)]
    pub printer: Option<String>,
    /// Prints in place of `printer` while that one takes no labels.
    #[serde(default)]
    pub backup: Option<String>,
    /// Platforms' print components, for labels that only they can open.
    #[serde(default)]
    pub components: Vec<String>,
    #[serde(default)]
    pub scale: Option<String>,
    #[serde(default)]
    pub sound: PlaceSound,
    #[serde(default = "yes")]
    pub badges: bool,
    #[serde(default)]
    pub scan_back: ScanBack,
    #[serde(default = "window")]
    pub window: usize,
    #[serde(default = "yes")]
    pub dividers: bool,
    #[serde(default)]
    pub boxes: bool,
    #[serde(default)]
    pub stamp_only: bool,
    #[serde(default)]
    pub handover: bool,
    #[serde(default = "yes")]
    pub put_back_slips: bool,
    #[serde(default = "slots")]
    pub slots: u32,
    #[serde(default = "times_limit")]
    pub times_limit: u32,
    #[serde(default = "reprints_alone")]
    pub reprints_alone: u32,
    /// Minutes without a scan; 0 is never.
    #[serde(default)]
    pub idle_lock_min: f64,
}

impl PlaceConfig {
    /// What can't be meant, and what to do.
    pub fn problem(&self) -> Option<&'static str> {
        if self.idle_lock_min.is_nan() || self.idle_lock_min < 0.0 {
            Some("has an idle_lock_min below 0: write minutes, or 0 for never")
        } else if self.boxes && self.role != Role::Pack {
            Some("has `boxes`, which is for a packing place: remove it")
        } else if self.stamp_only && self.role != Role::Pack {
            Some("has `stamp_only`, which is for a packing place: remove it")
        } else if self.handover && self.role != Role::Dock {
            Some("has `handover`, which is for a dock: remove it")
        } else if self.slots == 0 && self.role == Role::Wall {
            Some("has slots = 0, and nothing can be sorted into a wall without any: write how many it has")
        } else if self.window == 0 && self.role == Role::PrintDesk {
            Some("has window = 0, and prints nothing so: write how many labels may be under way, e.g. 4")
        } else {
            None
        }
    }
}

fn yes() -> bool {
    true
}

fn slots() -> u32 {
    24
}

fn window() -> usize {
    4
}

fn times_limit() -> u32 {
    10
}

fn reprints_alone() -> u32 {
    2
}
