//! How long goods that expire must still be good for when they are picked, by their orders' channel.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinDays {
    /// As its orders name it.
    pub channel: String,
    pub days: u32,
}

/// A channel that stands there twice.
pub(super) fn twice(all: &[MinDays]) -> Option<&str> {
    let channels: Vec<&str> = all.iter().map(|min| min.channel.as_str()).collect();
    super::twice(&channels)
}
