//! The speaker of each place: a task that has a player program play one WAV file after another, and stops in the middle of a
//! word when there is something newer to say. Whoever speaks never waits; what can't be heard is told once and stops nobody.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use drivers::printer::status::{Fault, Outcome, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::config::StationConfig;
use super::sounds::Sounds;
use crate::bench::{Prompt, Sound, heard};
use crate::domain::id::PlaceName;
use crate::words::Language;

/// No sound takes this long: a player that does hangs.
const HANGS: Duration = Duration::from_secs(10);
/// Of what a player complains of, which is a line or ten; the last one says it.
const COMPLAINT_BYTES: u64 = 4_000;
/// A card that comes and goes is told of as often as that.
const TOLD_AGAIN: Duration = Duration::from_secs(3_600);

/// Why nothing was heard.
#[derive(Debug, thiserror::Error)]
pub enum NotHeard {
    #[error("the player `{program}` can't be started")]
    NoPlayer { program: String, source: std::io::Error },
    #[error("`{command}` plays nothing: {why}")]
    Failed { command: String, why: String },
}

impl NotHeard {
    pub fn cure(&self) -> &'static str {
        match self {
            NotHeard::NoPlayer { .. } => {
                "install Debian's alsa-utils, name another `player` in [sound], or set enabled = false there"
            }
            NotHeard::Failed { .. } => {
                "plug a speaker in, name its `device` (`aplay -L` lists them), let the station's user into the group audio, or \
                 set enabled = false in [sound]"
            }
        }
    }
}

/// The places' speakers. A place without one is silent.
#[derive(Default)]
pub struct Speakers {
    places: BTreeMap<PlaceName, watch::Sender<Wanted>>,
    /// Where the last label came to nothing for want of paper.
    out_of_paper: HashSet<PlaceName>,
}

/// What is to be heard at a place. The newest is all that counts, so that nothing can pile up.
#[derive(Clone, Debug, Default)]
struct Wanted {
    turn: u64,
    sounds: Vec<Sound>,
    /// Scans that were not counted since the turn: heard behind it, or the scan that was counted would have lost its click.
    dropped: u64,
}

impl Speakers {
    /// Needs a runtime.
    pub fn start(config: &StationConfig, sounds: &Arc<Sounds>) -> Speakers {
        let told = Arc::default();
        let mut places = BTreeMap::new();
        for place in &config.place {
            let Some(command) = config.player_at(place) else { continue };
            let (sender, wanted) = watch::channel(Wanted::default());
            let name = PlaceName(place.name.clone());
            let (sounds, told) = (Arc::clone(sounds), Arc::clone(&told));
            let speaker = Speaker { place: name.clone(), command, sounds, language: config.language, told };
            tokio::spawn(speaker.run(wanted));
            places.insert(name, sender);
        }
        Speakers { places, out_of_paper: HashSet::new() }
    }

    /// What is to be heard of a turn's prompts at a place, by its speaker and by its page.
    pub fn heard(&self, place: &PlaceName, prompts: &[Prompt]) -> Vec<Sound> {
        heard(prompts, self.out_of_paper.contains(place))
    }

    /// In place of what is being said there. Nothing new leaves the old to be heard out.
    pub fn play(&self, place: &PlaceName, sounds: Vec<Sound>) {
        if let Some(wanted) = self.places.get(place).filter(|_| !sounds.is_empty()) {
            wanted.send_modify(|wanted| *wanted = Wanted { turn: wanted.turn + 1, sounds, dropped: 0 });
        }
    }

    /// A scan within the duplicate window: nobody says anything to it, and whoever counts by ear must know.
    pub fn dropped(&self, place: &PlaceName) {
        if let Some(wanted) = self.places.get(place) {
            wanted.send_modify(|wanted| wanted.dropped += 1);
        }
    }

    /// A label's end; `evidence` as the journal keeps it.
    pub fn printed(&mut self, place: &PlaceName, evidence: &str) {
        let out = Outcome::Refused { reason: Refusal::Fault { fault: Fault::PaperOut } };
        match serde_json::from_str::<Outcome>(evidence).is_ok_and(|outcome| outcome == out) {
            true => self.out_of_paper.insert(place.clone()),
            false => self.out_of_paper.remove(place),
        };
    }
}

struct Speaker {
    place: PlaceName,
    command: Vec<String>,
    sounds: Arc<Sounds>,
    language: Language,
    /// Shared, so that one missing player is one line for all places.
    told: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Speaker {
    /// Until the loop is gone.
    async fn run(self, mut wanted: watch::Receiver<Wanted>) {
        let mut queue = VecDeque::new();
        let mut known = Wanted::default();
        loop {
            match queue.pop_front() {
                None => drop(wanted.changed().await),
                Some(sound) => match self.play(sound, &known, &mut wanted).await {
                    Ok(()) => {}
                    // Its next word would fail as well.
                    Err(error) => {
                        self.tell(&error);
                        queue.clear();
                    }
                },
            }
            let now = wanted.borrow_and_update().clone();
            if wanted.has_changed().is_err() {
                return;
            }
            if now.turn != known.turn {
                queue = now.sounds.iter().copied().collect();
            }
            if now.dropped != known.dropped && now.dropped > 0 {
                queue.push_back(Sound::Dropped);
            }
            known = now;
        }
    }

    /// Returns when the sound ended, or a newer turn ended it.
    async fn play(&self, sound: Sound, known: &Wanted, wanted: &mut watch::Receiver<Wanted>) -> Result<(), NotHeard> {
        let mut child = start(&self.command)?;
        let played = finish(&mut child, &self.command, self.sounds.get(self.language, sound));
        tokio::select! {
            biased;
            _ = wanted.wait_for(|now| now.turn != known.turn) => {}
            played = tokio::time::timeout(HANGS, played) => match played {
                Ok(played) => return played,
                Err(_) => self.tell(&failed(&self.command, "it never ends")),
            },
        }
        // It may have ended by itself meanwhile; what counts is that the card is free.
        let _ = child.kill().await;
        Ok(())
    }

    fn tell(&self, error: &NotHeard) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let message = format!("prompts are not heard: {error}: {}", error.cure());
        if told.get(&message).is_none_or(|at| at.elapsed() > TOLD_AGAIN) {
            tracing::warn!(place = %self.place, "{message}");
            told.insert(message, Instant::now());
        }
    }
}

/// Plays a WAV file to its end.
pub async fn play(command: &[String], data: Bytes) -> Result<(), NotHeard> {
    let mut child = start(command)?;
    match tokio::time::timeout(HANGS, finish(&mut child, command, data)).await {
        Ok(played) => played,
        Err(_) => Err(failed(command, "it never ends")),
    }
}

fn start(command: &[String]) -> Result<Child, NotHeard> {
    let (program, arguments) = command.split_first().expect("the config's check refuses a player without a program");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn().map_err(|source| NotHeard::NoPlayer { program: program.clone(), source })
}

/// Hands the file over and waits for the end; both sides at once, or a player that complains at length would wait for us.
async fn finish(child: &mut Child, command: &[String], data: Bytes) -> Result<(), NotHeard> {
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let hand_over = async {
        if let Some(mut stdin) = stdin {
            // One that wants no more says why by its status.
            let _ = stdin.write_all(&data).await;
        }
    };
    let complaint = async {
        let mut text = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = (&mut stderr).take(COMPLAINT_BYTES).read_to_end(&mut text).await;
            let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        }
        String::from_utf8_lossy(&text).lines().next_back().unwrap_or_default().trim().to_owned()
    };
    let ((), complaint) = tokio::join!(hand_over, complaint);
    match child.wait().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let why = if complaint.is_empty() { status.to_string() } else { complaint };
            Err(failed(command, &why))
        }
        Err(error) => Err(failed(command, &error.to_string())),
    }
}

fn failed(command: &[String], why: &str) -> NotHeard {
    NotHeard::Failed { command: command.join(" "), why: why.to_owned() }
}
