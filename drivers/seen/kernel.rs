//! What Linux shows of its devices in /sys, /proc and udev's notes. Everything else here takes a folder or plain data.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, major, minor, stat};

use super::trouble::{Holder, MODEM_MANAGER, NodeState};

pub const USB_DEVICES: &str = "/sys/bus/usb/devices";
const PROCESSES: &str = "/proc";
/// What udev's rules said of a device, by its number.
const UDEV: &str = "/run/udev/data";

/// Opens nothing: opening a serial port moves its control lines.
pub fn state(node: &Path) -> NodeState {
    let Ok(real) = fs::canonicalize(node) else { return NodeState::default() };
    let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    NodeState {
        there: true,
        allowed: access(&real, Access::READ_OK | Access::WRITE_OK).is_ok(),
        holders: holders(Path::new(PROCESSES), &real),
        usb_serial: name.starts_with("ttyACM") || name.starts_with("ttyUSB"),
        modem_manager_runs: runs(Path::new(PROCESSES), MODEM_MANAGER),
        modem_manager_kept_away: udev_says(&real, "ID_MM_DEVICE_IGNORE=1"),
    }
}

pub fn cups_runs() -> bool {
    runs(Path::new(PROCESSES), "cupsd")
}

fn udev_says(node: &Path, property: &str) -> bool {
    let Ok(stat) = stat(node) else { return false };
    let notes = format!("{UDEV}/c{}:{}", major(stat.st_rdev), minor(stat.st_rdev));
    fs::read_to_string(notes).is_ok_and(|notes| notes.lines().any(|line| line.strip_prefix("E:") == Some(property)))
}

fn processes(folder: &Path) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path)))
}

fn name_of(process: &Path) -> String {
    fs::read_to_string(process.join("comm")).unwrap_or_default().trim().to_owned()
}

fn runs(folder: &Path, name: &str) -> bool {
    processes(folder).any(|(_, process)| name_of(&process) == name)
}

/// Only root sees into everybody's processes; others see their own.
fn holders(folder: &Path, node: &Path) -> Vec<Holder> {
    let has = |process: &Path| {
        let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == node))
    };
    let ours = std::process::id();
    let others = processes(folder).filter(|(pid, process)| *pid != ours && has(process));
    others.map(|(pid, process)| Holder { pid, name: name_of(&process) }).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn who_has_a_node_open_is_found() {
        let root = tempfile::tempdir().unwrap();
        let node = root.path().join("ttyACM0");
        fs::write(&node, "").unwrap();
        for (pid, name, open) in [("12", "screen\n", &node), ("13", "cat\n", &root.path().join("ttyACM1"))] {
            fs::create_dir_all(root.path().join(pid).join("fd")).unwrap();
            fs::write(root.path().join(pid).join("comm"), name).unwrap();
            symlink(open, root.path().join(pid).join("fd/3")).unwrap();
        }
        fs::create_dir(root.path().join("sys")).unwrap();
        assert_eq!(holders(root.path(), &node), [Holder { pid: 12, name: "screen".into() }]);
        assert!(runs(root.path(), "cat") && !runs(root.path(), "ca"));
    }

    #[test]
    fn a_node_is_there_or_not() {
        let root = tempfile::tempdir().unwrap();
        let node = root.path().join("ttyUSB0");
        assert_eq!(state(&node), NodeState::default());
        fs::write(&node, "").unwrap();
        let state = state(&node);
        assert!(state.there && state.allowed && state.usb_serial && !state.modem_manager_kept_away);
    }
}
