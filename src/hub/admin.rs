//! How a command on the hub's own machine reaches the running hub: a file beside the store that only its user reads, with
//! the address and a key that lives as long as the run.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    pub url: String,
    pub key: String,
}

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("no hub runs on {}: start it with `milepost hub`, or name its config with --config", folder.display())]
    NotRunning { folder: PathBuf },
    #[error("{} may not be read by you: run this as the hub's user, e.g. with `sudo -u milepost`", path.display())]
    NotYours { path: PathBuf },
    #[error("{} can't be read: {source}; start the hub anew, it writes the file", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{} can't be written: {source}; make its folder writable for the user milepost runs as", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
}

impl Admin {
    pub fn write(&self, folder: &Path) -> Result<(), AdminError> {
        let path = file(folder);
        crate::machine::write_secret(&path, &super::json(self))
            .map_err(|source| AdminError::Unwritable { path, source })
    }

    pub fn read(folder: &Path) -> Result<Admin, AdminError> {
        let path = file(folder);
        let text = std::fs::read_to_string(&path).map_err(|source| unreadable(folder, source))?;
        serde_json::from_str(&text).map_err(|error| AdminError::Unreadable { path, source: error.into() })
    }

    /// The run is over: its key opens nothing any more.
    pub fn remove(folder: &Path) {
        if let Err(error) = std::fs::remove_file(file(folder)) {
            tracing::warn!(%error, folder = %folder.display(), "the file of the hub's admin key stays behind");
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("hub.admin")
}

fn unreadable(folder: &Path, source: std::io::Error) -> AdminError {
    let path = file(folder);
    match source.kind() {
        std::io::ErrorKind::NotFound => AdminError::NotRunning { folder: folder.to_owned() },
        std::io::ErrorKind::PermissionDenied => AdminError::NotYours { path },
        _ => AdminError::Unreadable { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_the_file_from_being_read_is_said_with_its_cure() {
        let said = |kind: std::io::ErrorKind| unreadable(Path::new("/var/lib/milepost"), kind.into()).to_string();
        assert!(said(std::io::ErrorKind::NotFound).starts_with("no hub runs on /var/lib/milepost: start it"));
        let not_yours = said(std::io::ErrorKind::PermissionDenied);
        assert!(not_yours.contains("/hub.admin may not be read by you: run this as the hub's user"), "{not_yours}");
    }
}
