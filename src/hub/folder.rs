//! What may go wrong with a folder of somebody's, and how a file appears in it: whole, or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::HubError;

/// Why a folder can't be worked with now; it is tried again.
#[derive(Debug, thiserror::Error)]
pub(super) enum FolderError {
    #[error("{what} {}: {source}", path.display())]
    Io { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("the name of {} is not UTF-8: rename it", .0.display())]
    Name(PathBuf),
    #[error(transparent)]
    Hub(#[from] HubError),
}

/// What was tried, for an error that comes of it.
pub(super) fn io<'p>(what: &'static str, path: &'p Path) -> impl FnOnce(std::io::Error) -> FolderError + 'p {
    move |source| FolderError::Io { what, path: path.to_owned(), source }
}

/// Writes a file under a hidden name and renames it once it is on the disk, for the store forgets what was told.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.part"));
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(io("write", &part))?;
    std::fs::rename(&part, path).map_err(io("write", path))
}
