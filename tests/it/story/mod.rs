//! Stories: what happens at a bench, as text a shift lead can read. `script` reads a story, `shelf` holds its orders and
//! goods, `rehearsal` plays it against the heart alone.

pub mod elsewhere;
mod expectations;
mod outside;
mod performance;
pub mod rehearsal;
pub mod script;
pub mod shelf;
mod site;
mod stage;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// All stories, by name.
pub fn all() -> Vec<(String, String)> {
    let mut stories: Vec<_> = std::fs::read_dir(folder())
        .expect("tests/scenarios is there")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a story is readable"))
        })
        .collect();
    stories.sort();
    assert!(!stories.is_empty(), "no stories in {}", folder().display());
    stories
}

#[test]
fn every_story_plays_against_the_heart() {
    let mut wrong = Vec::new();
    for (name, text) in all() {
        if let Err(problem) = script::parse(&text).and_then(|script| rehearsal::play(&script)) {
            wrong.push(format!("{name}.story: {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The same again, with the heart thrown away and read back from its rows after every line.
#[test]
fn every_story_plays_the_same_with_a_restart_after_every_line() {
    let mut wrong = Vec::new();
    for (name, text) in all() {
        if let Err(problem) = script::parse(&text).and_then(|script| rehearsal::play_restarting(&script)) {
            wrong.push(format!("{name}.story: {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The README is how a lead finds a situation: it must name every story, and no story that is gone.
#[test]
fn every_story_is_listed_in_the_readme() {
    let readme = std::fs::read_to_string(folder().join("README.md")).expect("the stories have a README");
    let listed: BTreeSet<String> =
        readme.split('`').filter_map(|quoted| quoted.strip_suffix(".story")).map(str::to_owned).collect();
    let told: BTreeSet<String> = all().into_iter().map(|(name, _)| name).collect();
    let differing: Vec<_> = listed.symmetric_difference(&told).collect();
    assert!(differing.is_empty(), "listed without a file, or a file that isn't listed: {differing:?}");
}
