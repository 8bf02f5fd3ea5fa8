//! What only the machine knows: its clocks, its boot, its id. The one place of the crate that may be Linux's own.

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
pub fn free_bytes(path: &std::path::Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail * stat.f_frsize)
}

fn read(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
