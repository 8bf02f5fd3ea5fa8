//! What only the machine knows: its clocks, its boot, its id. The one place of the crate that may be Linux's own.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since boot, suspend included: a laptop that slept all night still dates its scans right.
pub fn boottime_ns() -> i64 {
    let time = clock_gettime(ClockId::Boottime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Microseconds since 1970 by the wall clock, which may be wrong.
pub fn wall_us() -> i64 {
    let time = clock_gettime(ClockId::Realtime);
    time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}

/// Tells one boot from another.
pub fn boot_id() -> String {
    read("/proc/sys/kernel/random/boot_id").unwrap_or_else(|| "unknown".into())
}

/// Tells one machine from another, also when its disk is copied to a new one that was set up properly.
pub fn machine_id() -> String {
    read("/etc/machine-id").unwrap_or_else(|| "unknown".into())
}

/// Free bytes on the file system that holds `path`.
pub fn free_bytes(path: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail * stat.f_frsize)
}

/// Files of this process from now on are its user's alone: they hold names and addresses.
pub fn keep_files_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// A second name for a file or device.
pub fn symlink(to: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, name)
}

/// Writes a file that only its owner reads, whole or not at all.
pub fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let (new, mut file) = begun(path, 0o600)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(new, path)
}

/// The same for what the group of its folder reads too: root lets a station join, the station's user reads the key.
/// Begun before the secret is there, so that one that can't be written is never asked for.
pub struct GroupSecret {
    path: PathBuf,
    new: PathBuf,
    file: File,
}

impl GroupSecret {
    pub fn begin(path: &Path) -> std::io::Result<GroupSecret> {
        if path.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        let (new, file) = begun(path, 0o640)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Who may not give it away is no root, and keeps it for the own group.
        let _ = std::os::unix::fs::chown(&new, None, Some(std::fs::metadata(folder)?.gid()));
        Ok(GroupSecret { path: path.to_owned(), new, file })
    }

    pub fn keep(mut self, text: &str) -> std::io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        self.file.sync_all()?;
        std::fs::rename(&self.new, &self.path)
    }
}

impl Drop for GroupSecret {
    fn drop(&mut self) {
        // It is gone already where the secret was kept.
        let _ = std::fs::remove_file(&self.new);
    }
}

/// Made with its mode: between a write and a later chmod anybody could open it.
fn begun(path: &Path, mode: u32) -> std::io::Result<(PathBuf, File)> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&new)?;
    Ok((new.into(), file))
}

fn read(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
