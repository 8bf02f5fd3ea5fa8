//! The speakers of the places: a click is played on each, and the site's own files are looked at.

use std::collections::BTreeMap;

use milepost::bench::Sound;
use milepost::station::config::StationConfig;
use milepost::station::sounds::Sounds;
use milepost::station::speaker::{self, NotHeard};

use super::{Finding, bad, good};

pub async fn findings(config: &StationConfig) -> Vec<Finding> {
    let (sounds, problems) = Sounds::of(config.sound.folder.as_deref());
    let mut findings: Vec<Finding> = problems
        .iter()
        .map(|problem| bad("sound", problem.to_string(), "mend it, or take it out of `folder`"))
        .collect();
    let mut places: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for place in &config.place {
        if let Some(player) = config.player_at(place) {
            places.entry(player).or_default().push(&place.name);
        }
    }
    if places.is_empty() {
        findings.push(good("sound", "no place is to be heard, by the config"));
    }
    for (player, names) in places {
        let at = names.join(", ");
        let played = speaker::play(&player, sounds.get(config.language, Sound::Click)).await;
        findings.push(match played {
            Ok(()) => good("sound", format!("a click was played at {at}")),
            Err(error) => silent(&at, &error),
        });
    }
    findings
}

fn silent(at: &str, error: &NotHeard) -> Finding {
    bad("sound", format!("nothing is heard at {at}: {error}"), error.cure())
}
