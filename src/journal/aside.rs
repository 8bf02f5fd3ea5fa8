//! Changing names around a salvage: the damaged file goes aside with its WAL, the finished one takes its place. A power
//! cut anywhere between is completed at the next start. What lies aside is deleted when personal data is.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::domain::stamp::BUILT_US;

const DAMAGED: &str = "journal-damaged-";
/// What bears this name is complete, and the file at the journal's own name is the damaged one.
const READY: &str = "journal-salvaged-";

/// Where the new file is written, with nothing left of an earlier attempt.
pub(super) fn unfinished(path: &Path) -> std::io::Result<PathBuf> {
    let new = path.with_extension("salvaging");
    for leftover in [new.clone(), with(&new, "-journal")] {
        match std::fs::remove_file(leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(new)
}

/// A name for the damaged file that no other bears, and the second in it.
pub(super) fn damaged(path: &Path, now_us: i64) -> (PathBuf, i64) {
    let name = |seconds: i64| path.with_file_name(format!("{DAMAGED}{seconds}.db"));
    let mut seconds = now_us / 1_000_000;
    while name(seconds).exists() {
        seconds += 1;
    }
    (name(seconds), seconds)
}

/// From here on the new file counts.
pub(super) fn ready(new: &Path, path: &Path, seconds: i64) -> std::io::Result<()> {
    rename(new, &path.with_file_name(format!("{READY}{seconds}.db")))
}

/// Puts a complete new file in place, if there is one.
pub(super) fn finish(path: &Path) -> std::io::Result<()> {
    for (name, file) in beside(path)? {
        let seconds = name.strip_prefix(READY).and_then(|rest| rest.strip_suffix(".db"));
        if let Some(seconds) = seconds.and_then(|seconds| seconds.parse().ok()) {
            let _ = std::fs::remove_file(with(path, "-shm"));
            for (from, to) in moves(path, &file, seconds) {
                if from.exists() {
                    rename(&from, &to)?;
                    date(&to, seconds * 1_000_000)?;
                }
            }
        }
    }
    Ok(())
}

/// Deletes what was put aside at least `keep_us` ago. What a wrong clock dated is kept from now on.
pub(super) fn purge(path: &Path, now_us: i64, keep_us: i64) -> std::io::Result<()> {
    for (name, file) in beside(path)? {
        if !name.starts_with(DAMAGED) {
            continue;
        }
        let since = std::fs::metadata(&file)?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let aside_us = since.as_micros() as i64;
        if aside_us > now_us || aside_us < BUILT_US {
            date(&file, now_us)?;
        } else if now_us - aside_us >= keep_us {
            std::fs::remove_file(&file)?;
            tracing::info!(file = %file.display(), "a damaged journal that was kept aside is deleted");
        }
    }
    Ok(())
}

/// The WAL goes first: beside a new file it would be taken for that one's.
fn moves(path: &Path, ready: &Path, seconds: i64) -> [(PathBuf, PathBuf); 3] {
    let damaged = path.with_file_name(format!("{DAMAGED}{seconds}.db"));
    [(with(path, "-wal"), with(&damaged, "-wal")), (path.to_owned(), damaged), (ready.to_owned(), path.to_owned())]
}

/// Durable before the next one.
fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::rename(from, to)?;
    File::open(folder(to))?.sync_all()
}

fn date(file: &Path, at_us: i64) -> std::io::Result<()> {
    let at = UNIX_EPOCH + Duration::from_micros(at_us.max(0) as u64);
    File::options().append(true).open(file)?.set_modified(at)
}

fn beside(path: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let names = std::fs::read_dir(folder(path))?;
    names.map(|entry| entry.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))).collect()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = BUILT_US / 1_000_000;

    fn file(path: &Path, text: &str) {
        std::fs::write(path, text).expect("a file");
    }

    fn text(path: &Path) -> String {
        std::fs::read_to_string(path).expect("a file")
    }

    #[test]
    fn a_power_cut_between_any_two_names_is_completed() {
        for cut in 0..=3 {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("journal.db");
            let new = unfinished(&path).expect("a name");
            file(&path, "damaged");
            file(&with(&path, "-wal"), "its WAL");
            file(&new, "complete");
            ready(&new, &path, SECOND).expect("it counts");
            let ready = path.with_file_name(format!("{READY}{SECOND}.db"));
            for (from, to) in &moves(&path, &ready, SECOND)[..cut] {
                std::fs::rename(from, to).expect("a step");
            }
            finish(&path).expect("the rest");
            finish(&path).expect("nothing is left to do");
            let damaged = path.with_file_name(format!("{DAMAGED}{SECOND}.db"));
            assert_eq!(text(&path), "complete", "cut {cut}");
            assert_eq!(text(&damaged), "damaged", "cut {cut}");
            assert_eq!(text(&with(&damaged, "-wal")), "its WAL", "cut {cut}");
            assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 3, "cut {cut}");
        }
    }

    #[test]
    fn what_is_not_complete_is_not_put_in_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        file(&path, "damaged");
        file(&unfinished(&path).expect("a name"), "half of it");
        finish(&path).expect("nothing to do");
        assert_eq!(text(&path), "damaged");
        assert!(!unfinished(&path).expect("a name").exists());
    }

    #[test]
    fn no_damaged_file_is_overwritten_by_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        let (first, second) = damaged(&path, BUILT_US);
        file(&first, "evidence");
        assert_eq!(damaged(&path, BUILT_US).1, second + 1);
    }

    #[test]
    fn what_lies_aside_goes_with_personal_data_whatever_the_clock_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        let (aside, second) = damaged(&path, BUILT_US);
        for file_at in [aside.clone(), with(&aside, "-wal")] {
            file(&file_at, "evidence");
            date(&file_at, second * 1_000_000).expect("a date");
        }
        purge(&path, BUILT_US + 9, 10).expect("a purge");
        assert!(aside.exists(), "not yet");
        purge(&path, BUILT_US + 10, 10).expect("a purge");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);

        for wrong_us in [60_000_000, BUILT_US * 2] {
            file(&aside, "evidence");
            date(&aside, wrong_us).expect("a date");
            purge(&path, BUILT_US + 100, 10).expect("a purge");
            assert!(aside.exists(), "it counts from now");
            purge(&path, BUILT_US + 111, 10).expect("a purge");
            assert!(!aside.exists());
        }
    }
}
