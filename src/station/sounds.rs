//! The files behind the sounds: built into the binary in both languages, so that a bench needs none; a site's own folder takes
//! the place of any of them. Nothing is played here.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use serde::Deserialize;

use crate::bench::Sound;
use crate::bench::prompt::sound::each_sound;
use crate::words::Language;

/// What each sound says, or means; the file that `config/sounds/make` makes them from.
const WORDS: &str = include_str!("../../config/sounds/words.csv");

/// While a longer one is said the packer has scanned twice.
const LONGEST_S: f64 = 3.0;

macro_rules! files {
    ($($sound:ident $name:literal,)+) => {
        fn built_in(language: Language, sound: Sound) -> &'static [u8] {
            match (language, sound) {
                $(
                    (Language::Zh, Sound::$sound) => include_bytes!(concat!("../../config/sounds/zh/", $name, ".wav")),
                    (Language::En, Sound::$sound) => include_bytes!(concat!("../../config/sounds/en/", $name, ".wav")),
                )+
            }
        }
    };
}
each_sound!(files);

/// Why a site's own file isn't heard.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("the sounds in {path} can't be read: make the folder readable, or correct `folder` in [sound]")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the sound {path} can't be read: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} has no sound's name, so it is never heard: `milepost sound list` shows the names")]
    Name { path: PathBuf },
    #[error(
        "{path} {why}; the built-in one is heard in its place: make it a WAV file of plain PCM, of at most {LONGEST_S} s"
    )]
    Content { path: PathBuf, why: &'static str },
}

#[derive(Default)]
pub struct Sounds {
    own: HashMap<(Language, Sound), Bytes>,
}

impl Sounds {
    /// With the files of a site's `zh` and `en` below `folder`. What can't be used is told, and costs no bench its work.
    pub fn of(folder: Option<&Path>) -> (Sounds, Vec<Unusable>) {
        let (mut sounds, mut problems) = (Sounds::default(), Vec::new());
        let Some(folder) = folder else { return (sounds, problems) };
        if let Err(source) = std::fs::read_dir(folder) {
            problems.push(Unusable::Folder { path: folder.to_owned(), source });
        }
        for language in [Language::Zh, Language::En] {
            // A site that speaks one language has one folder.
            let Ok(entries) = std::fs::read_dir(folder.join(language.as_str())) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                match own(&path) {
                    Ok((sound, data)) => drop(sounds.own.insert((language, sound), data)),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        (sounds, problems)
    }

    /// A WAV file.
    pub fn get(&self, language: Language, sound: Sound) -> Bytes {
        match self.own.get(&(language, sound)) {
            Some(own) => own.clone(),
            None => Bytes::from_static(built_in(language, sound)),
        }
    }
}

fn own(path: &Path) -> Result<(Sound, Bytes), Unusable> {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".wav"));
    let sound = name.and_then(Sound::parse).ok_or_else(|| Unusable::Name { path: path.to_owned() })?;
    let data = std::fs::read(path).map_err(|source| Unusable::File { path: path.to_owned(), source })?;
    match length_s(&data) {
        Some(length) if length <= LONGEST_S => Ok((sound, data.into())),
        Some(_) => Err(Unusable::Content { path: path.to_owned(), why: "is too long" }),
        None => Err(Unusable::Content { path: path.to_owned(), why: "is no WAV file that every player plays" }),
    }
}

/// How long a WAV file of plain PCM is; `None` if it is none. Chunks: a name, a length (little-endian), the data; the format
/// has its kind at 0 (1 is PCM) and its bytes a second at 8.
pub fn length_s(data: &[u8]) -> Option<f64> {
    let number = |at: usize| Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?) as usize);
    if data.get(..4)? != b"RIFF" || data.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut rate) = (12, None);
    loop {
        let (name, length) = (data.get(at..at + 4)?, number(at + 4)?);
        let body = data.get(at + 8..at.checked_add(8)?.checked_add(length)?)?;
        match name {
            b"fmt " if body.get(..2)? == [1, 0] => rate = Some(number(at + 16)?).filter(|rate| *rate > 0),
            b"data" => return Some(length as f64 / rate? as f64),
            _ => {}
        }
        // Chunks begin at even places.
        at += 8 + length + length % 2;
    }
}

/// A row of the table: what a tone means, or what is spoken.
#[derive(Debug, Deserialize)]
pub struct Meaning {
    pub name: String,
    /// Of a tone.
    pub notes: String,
    pub zh: String,
    pub en: String,
}

impl Meaning {
    pub fn is_tone(&self) -> bool {
        !self.notes.is_empty()
    }
}

/// Of every sound, in the table's order.
pub fn meanings() -> Vec<Meaning> {
    let mut reader = csv::Reader::from_reader(WORDS.as_bytes());
    reader.deserialize().map(|row| row.expect("the table is built in, and a test reads it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(seconds: usize) -> Vec<u8> {
        let mut data =
            b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0LIST\x03\0\0\0abc\0data"
                .to_vec();
        data.extend((seconds as u32 * 8_000).to_le_bytes());
        data.extend(std::iter::repeat_n(200, seconds * 8_000));
        data
    }

    #[test]
    fn a_wav_file_is_measured_and_nothing_else_is_one() {
        assert_eq!(length_s(&wav(2)), Some(2.0));
        let whole = wav(1);
        for cut in [0, 3, 11, 20, 40, whole.len() - 1] {
            assert_eq!(length_s(&whole[..cut]), None, "{cut} bytes of it");
        }
        let mut packed = whole.clone();
        packed[20] = 17;
        assert_eq!(length_s(&packed), None, "players differ in what they unpack");
        let mut endless = whole;
        endless[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(length_s(&endless), None);
    }

    #[test]
    fn a_sites_own_file_takes_the_place_of_one_and_what_cant_is_told() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let zh = folder.path().join("zh");
        std::fs::create_dir(&zh).expect("made");
        let put = |name: &str, data: &[u8]| std::fs::write(zh.join(name), data).expect("written");
        put("click.wav", &wav(1));
        put("stop.wav", b"ID3 an mp3");
        put("clik.wav", &wav(1));
        put("ask.wav", &wav(4));
        let (sounds, problems) = Sounds::of(Some(folder.path()));
        assert_eq!(sounds.get(Language::Zh, Sound::Click), wav(1));
        assert_eq!(sounds.get(Language::En, Sound::Click), built_in(Language::En, Sound::Click));
        assert_eq!(sounds.get(Language::Zh, Sound::Stop), built_in(Language::Zh, Sound::Stop));
        let mut told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        told.sort();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("ask.wav is too long"), "{told:?}");
        assert!(told[1].contains("clik.wav has no sound's name"), "{told:?}");
        assert!(told[2].contains("stop.wav is no WAV file"), "{told:?}");
        let (_, problems) = Sounds::of(Some(&folder.path().join("gone")));
        assert!(matches!(problems[..], [Unusable::Folder { .. }]), "{problems:?}");
    }
}
