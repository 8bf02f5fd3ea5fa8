//! A folder in place of a device: each link becomes one file, `000001.bin`, `000002.bin`, … (`file:///dir?extension=zpl`).
//! A file gets its name only when it is complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Link, Opening, Pending};
use crate::url::{DeviceUrl, UrlError};

struct FileLink {
    unfinished: PathBuf,
    file: File,
    folder: PathBuf,
    extension: String,
}

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    url.refuse_options_but(&["extension"])
}

pub fn open(url: &DeviceUrl) -> Opening<'_> {
    Box::pin(async move {
        let folder = PathBuf::from(&url.place);
        let extension = url.options.get("extension").cloned().unwrap_or_else(|| "bin".into());
        let (unfinished, file) = create_new(|number| folder.join(format!(".{number:06}.part")))?;
        Ok(Box::new(FileLink { unfinished, file, folder, extension }) as Box<dyn Link>)
    })
}

fn create_new(name: impl Fn(u32) -> PathBuf) -> io::Result<(PathBuf, File)> {
    for number in 1.. {
        let path = name(number);
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::StorageFull.into())
}

/// A hard link fails where a rename would overwrite, so two writers never share a name.
fn publish(from: &Path, folder: &Path, extension: &str) -> io::Result<()> {
    for number in 1..=u32::MAX {
        match fs::hard_link(from, folder.join(format!("{number:06}.{extension}"))) {
            Ok(()) => return fs::remove_file(from),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::StorageFull.into())
}

impl Link for FileLink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(async move { self.file.write(bytes) })
    }

    fn read<'a>(&'a mut self, _: &'a mut [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(async { Ok(0) })
    }

    fn finish(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(async move {
            self.file.sync_all()?;
            publish(&self.unfinished, &self.folder, &self.extension)
        })
    }

    fn two_way(&self) -> bool {
        false
    }
}

impl Drop for FileLink {
    fn drop(&mut self) {
        // Gone already when the file was finished.
        let _ = fs::remove_file(&self.unfinished);
    }
}
