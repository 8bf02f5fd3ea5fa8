//! How a command on a daemon's own machine reaches the running daemon: a file beside its store that only its user reads,
//! with the address and a key that lives as long as the run.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    pub url: String,
    pub key: String,
}

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemon {
    Station,
    Hub,
}

impl Daemon {
    pub fn word(self) -> &'static str {
        match self {
            Daemon::Station => "station",
            Daemon::Hub => "hub",
        }
    }

    fn file(self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.admin", self.word()))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("no {daemon} runs on {}: start it with `milepost {daemon}`, or name its config with --config", folder.display())]
    NotRunning { daemon: &'static str, folder: PathBuf },
    #[error("{} may not be read by you: run this as the {daemon}'s user, e.g. with `sudo -u milepost`", path.display())]
    NotYours { daemon: &'static str, path: PathBuf },
    #[error("{} can't be read: {source}; start the {daemon} anew, it writes the file", path.display())]
    Unreadable { daemon: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{} can't be written: {source}; make its folder writable for the user milepost runs as", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
}

impl Admin {
    pub fn write(&self, daemon: Daemon, folder: &Path) -> Result<(), AdminError> {
        let path = daemon.file(folder);
        let text = serde_json::to_string(self).expect("two texts are plain data");
        crate::machine::write_secret(&path, &text).map_err(|source| AdminError::Unwritable { path, source })
    }

    pub fn read(daemon: Daemon, folder: &Path) -> Result<Admin, AdminError> {
        let path = daemon.file(folder);
        let text = std::fs::read_to_string(&path).map_err(|source| unreadable(daemon, folder, source))?;
        serde_json::from_str(&text).map_err(|error| unreadable(daemon, folder, error.into()))
    }

    /// The run is over: its key opens nothing any more.
    pub fn remove(daemon: Daemon, folder: &Path) {
        let path = daemon.file(folder);
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(%error, path = %path.display(), "the file of the admin's key stays behind");
        }
    }
}

fn unreadable(daemon: Daemon, folder: &Path, source: std::io::Error) -> AdminError {
    let (word, path) = (daemon.word(), daemon.file(folder));
    match source.kind() {
        std::io::ErrorKind::NotFound => AdminError::NotRunning { daemon: word, folder: folder.to_owned() },
        std::io::ErrorKind::PermissionDenied => AdminError::NotYours { daemon: word, path },
        _ => AdminError::Unreadable { daemon: word, path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_the_file_from_being_read_is_said_with_its_cure() {
        let said = |daemon, kind: std::io::ErrorKind| {
            unreadable(daemon, Path::new("/var/lib/milepost"), kind.into()).to_string()
        };
        let away = said(Daemon::Hub, std::io::ErrorKind::NotFound);
        assert!(away.starts_with("no hub runs on /var/lib/milepost: start it with `milepost hub`"), "{away}");
        let not_yours = said(Daemon::Station, std::io::ErrorKind::PermissionDenied);
        assert!(
            not_yours.contains("/station.admin may not be read by you: run this as the station's user"),
            "{not_yours}"
        );
    }
}
