//! The folder itself: listing, reading what still is as it was seen, and putting files where they overwrite none.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::still::{Seen, is_temporary};
use crate::hub::folder::{FolderError, io, write_whole};
use crate::intake::{LARGEST_FILE, SourceFile};

pub(super) const DONE: &str = "done";
pub(super) const ERROR: &str = "error";

pub(super) struct Folder {
    pub path: PathBuf,
}

impl Folder {
    pub fn new(path: PathBuf) -> Folder {
        Folder { path }
    }

    /// Makes `done` and `error`. The folder itself is never made: a share that is away would come back over it.
    pub fn prepare(&self) -> Result<(), FolderError> {
        for name in [DONE, ERROR] {
            let path = self.path.join(name);
            match std::fs::create_dir(&path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(io("make the folder", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Moving a file out takes the right to write here and in both folders.
    pub fn check_writable(&self) -> Result<(), FolderError> {
        for folder in [self.path.clone(), self.path.join(DONE), self.path.join(ERROR)] {
            let path = folder.join(".milepost-may-write");
            std::fs::write(&path, b"").map_err(io("write to", &path))?;
            std::fs::remove_file(&path).map_err(io("remove", &path))?;
        }
        Ok(())
    }

    pub fn list(&self) -> Result<Vec<Seen>, FolderError> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.path).map_err(io("list the folder", &self.path))? {
            let path = entry.map_err(io("list the folder", &self.path))?.path();
            let name = path.file_name().unwrap_or_default().to_str().ok_or_else(|| FolderError::Name(path.clone()))?;
            // Whoever moves it away meanwhile is welcome to.
            let Ok(about) = path.metadata() else { continue };
            if about.is_file() && !is_temporary(name) {
                files.push(Seen { name: name.to_owned(), size: about.len(), changed: about.modified().ok() });
            }
        }
        Ok(files)
    }

    /// The file's bytes, or nothing where it isn't any more what was seen. One that is too large is read as far as shows it.
    pub fn read(&self, seen: &Seen) -> Result<Option<SourceFile>, FolderError> {
        let path = self.path.join(&seen.name);
        let file = match std::fs::File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(io("open", &path))?,
        };
        let limit = LARGEST_FILE as u64 + 1;
        let mut bytes = Vec::new();
        (&file).take(limit).read_to_end(&mut bytes).map_err(io("read", &path))?;
        let about = file.metadata().map_err(io("read", &path))?;
        let is_same = about.len() == seen.size && about.modified().ok() == seen.changed;
        let is_whole = bytes.len() as u64 == seen.size.min(limit);
        Ok((is_same && is_whole).then(|| SourceFile { name: seen.name.clone(), bytes }))
    }

    /// Writes a file under a name that is free, whole or not at all; one that lies there already with this content is it.
    pub fn put(&self, inside: &str, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let folder = self.path.join(inside);
        let mut names = (1..).map(|count| numbered(name, count));
        let path = loop {
            let path = folder.join(names.next().expect("numbers don't end"));
            match std::fs::read(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => break path,
                Ok(there) if there == bytes => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(io("read", &path)(error)),
            }
        };
        write_whole(&path, bytes)
    }

    /// Moves a file into a folder under a name that is free. What `is_it` doesn't know again was written over it in the last
    /// instant: that is another file, and comes back to be looked at.
    pub fn move_to(
        &self,
        name: &str,
        inside: &str,
        target: &str,
        is_it: impl Fn(&[u8]) -> bool,
    ) -> Result<(), FolderError> {
        let (from, to) = (self.path.join(name), free(&self.path.join(inside), target));
        std::fs::rename(&from, &to).map_err(io("move", &from))?;
        if is_it(&std::fs::read(&to).map_err(io("read", &to))?) {
            return Ok(());
        }
        std::fs::rename(&to, free(&self.path, name)).map_err(io("move", &to))
    }
}

fn free(folder: &Path, name: &str) -> PathBuf {
    let mut paths = (1..).map(|count| folder.join(numbered(name, count)));
    paths.find(|path| !path.exists()).expect("numbers don't end")
}

/// `orders.csv`, then `orders-2.csv`.
fn numbered(name: &str, count: u32) -> String {
    match (count, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) => format!("{stem}-{count}.{ending}"),
        (_, None) => format!("{name}-{count}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_written_over_in_the_last_instant_comes_back() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(temporary.path().to_owned());
        folder.prepare().expect("both are made");
        std::fs::write(folder.path.join("a.csv"), "old").expect("a file");
        folder.move_to("a.csv", DONE, "a.csv", |bytes| bytes == b"old").expect("it moves");
        std::fs::write(folder.path.join("a.csv"), "new").expect("a file");
        folder.move_to("a.csv", DONE, "a.csv", |bytes| bytes == b"old").expect("it is moved back");
        let read = |name: &str| std::fs::read_to_string(folder.path.join(name)).ok();
        assert_eq!((read("a.csv").as_deref(), read("done/a.csv").as_deref()), (Some("new"), Some("old")));
        assert_eq!(read("done/a-2.csv"), None);
    }
}
