//! `[sound]`, and a place's word in it.

use std::path::PathBuf;

use serde::Deserialize;

/// How prompts are heard; a place has a word in it as well.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SoundConfig {
    pub enabled: bool,
    /// A program that plays a WAV file from its standard input, with its arguments.
    pub player: Vec<String>,
    /// Stands in the player's arguments for `{device}`.
    pub device: String,
    /// The site's own files, below `zh` and `en`; they win over the built-in ones.
    pub folder: Option<PathBuf>,
}

/// A place that is heard or isn't, or has a speaker of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "`sound` of a place is true, false, or the name of its own device")]
pub enum PlaceSound {
    Heard(bool),
    Device(String),
}

impl Default for PlaceSound {
    fn default() -> Self {
        PlaceSound::Heard(true)
    }
}

impl Default for SoundConfig {
    fn default() -> Self {
        SoundConfig {
            enabled: true,
            player: ["aplay", "-q", "-D", "{device}"].map(str::to_owned).to_vec(),
            device: "default".into(),
            folder: None,
        }
    }
}
