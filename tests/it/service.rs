//! The files in `systemd/`: units that systemd itself accepts, and users, folders and device rules that fit them.

use std::fs;
use std::path::Path;
use std::process::Command;

const UNITS: [&str; 2] = ["milepost-station.service", "milepost-hub.service"];

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What `systemd-analyze verify` objects to in a unit; nothing, if it would start it as it stands.
fn objections(name: &str, unit: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The program isn't installed where the tests run; the one just built stands in its place.
    let here = unit.replace("/usr/bin/milepost", env!("CARGO_BIN_EXE_milepost"));
    let path = folder.path().join(name);
    fs::write(&path, here).expect("the unit's copy is written");
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&path)
        .output()
        .expect("systemd-analyze is installed by tests/run, in Debian's package systemd");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.success() {
        true => said,
        false => format!("exit {:?}: {said}", output.status.code()),
    }
}

#[test]
fn systemd_accepts_the_units() {
    for name in UNITS {
        assert_eq!(objections(name, &text(name)), "", "{name}");
    }
}

/// The judge must be able to say no, or its silence means nothing.
#[test]
fn systemd_refuses_broken_units() {
    let good = text(UNITS[0]);
    for (broken, why) in [
        (good.replace("WatchdogSec=", "WatchdogSecs="), "Unknown key"),
        (good.replace("ExecStart=/usr/bin/milepost", "ExecStart=/usr/bin/no-milepost"), "not executable"),
        (good.replace("Type=notify", "Type=notifies"), "notifies"),
    ] {
        assert_ne!(broken, good);
        let said = objections(UNITS[0], &broken);
        assert!(said.contains(why), "expected {why:?}, systemd said: {said}");
    }
}

#[test]
fn the_units_check_the_config_and_are_watched() {
    for (name, service) in UNITS.into_iter().zip(["station", "hub"]) {
        let unit = text(name);
        let has = |line: &str| assert!(unit.lines().any(|found| found == line), "{name} has no line {line}");
        has(&format!("ExecStartPre=/usr/bin/milepost config check /etc/milepost/{service}.toml"));
        has(&format!("ExecStart=/usr/bin/milepost {service} --config /etc/milepost/{service}.toml"));
        has("Type=notify");
        has("Restart=always");
        has("NoNewPrivileges=yes");
        has("ProtectSystem=strict");
        has("StateDirectory=milepost");
        assert!(unit.contains("\nWatchdogSec="), "{name} isn't watched");
    }
}

#[test]
fn the_units_user_and_folders_are_made() {
    let (users, folders) = (text("milepost.sysusers"), text("milepost.tmpfiles"));
    for name in UNITS {
        let unit = text(name);
        let value = |key: &str| unit.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
        assert!(users.lines().any(|line| line.starts_with(&format!("u {} ", value("User=")))), "{name}");
        for group in value("SupplementaryGroups=").split_whitespace() {
            assert!(users.contains(&format!("m milepost {group}")), "{name}: nobody joins {group}");
        }
        let made = |path: &str| folders.lines().any(|line| line.split_whitespace().nth(1) == Some(path));
        assert!(made(&format!("/var/lib/{}", value("StateDirectory="))), "{name}");
        assert!(made(&format!("/etc/{}", value("ConfigurationDirectory="))), "{name}");
    }
}

/// A service has no seat, so a card is its own only by the group; and the unit closes every device that it doesn't name.
#[test]
fn the_station_may_play_sounds() {
    let unit = text("milepost-station.service");
    let groups = unit.lines().find_map(|line| line.strip_prefix("SupplementaryGroups=")).unwrap_or_default();
    assert!(groups.split_whitespace().any(|group| group == "audio"), "{groups}");
    assert!(unit.lines().any(|line| line == "DeviceAllow=char-alsa rw"));
}

/// A serial scanner that ModemManager talks to takes its commands for settings.
#[test]
fn no_serial_device_is_left_to_the_modem_manager() {
    let rules = text("60-milepost.rules");
    let rules: Vec<&str> = rules.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let serial: Vec<_> = rules.iter().filter(|rule| rule.starts_with(r#"SUBSYSTEM=="tty""#)).collect();
    assert!(!serial.is_empty());
    for rule in serial {
        assert!(rule.contains(r#"ENV{ID_MM_DEVICE_IGNORE}="1""#), "{rule}");
    }
    for rule in rules.iter().filter(|rule| rule.starts_with("SUBSYSTEM==")) {
        assert!(rule.contains(r#"GROUP="milepost""#), "nobody may open what this matches: {rule}");
        // A rule for any input device would hand the office's keyboards over.
        assert!(!rule.contains(r#"SUBSYSTEM=="input""#) || rule.contains("ATTRS{idVendor}=="), "{rule}");
    }
}

/// A device that a profile recognises, and that only root may open, would be found and never work.
#[test]
fn every_maker_that_a_profile_names_has_its_rule() {
    let rules = text("60-milepost.rules");
    let mut makers = 0;
    for folder in ["config/scanners", "config/scales"] {
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder of profiles") {
            let path = file.expect("a profile").path();
            let profile: toml::Table = fs::read_to_string(&path).expect("it is text").parse().expect("it is TOML");
            for device in profile.get("devices").and_then(|devices| devices.as_array()).into_iter().flatten() {
                let vendor = &device.as_str().expect("numbers are texts")[..4];
                assert!(rules.contains(&format!("ATTRS{{idVendor}}==\"{vendor}\"")), "{}: {vendor}", path.display());
                makers += 1;
            }
        }
    }
    assert!(makers > 8, "only {makers} were looked at");
}

/// A bench's machine has what every Linux has, and nobody installs anything on it.
#[test]
fn the_binary_needs_no_library_that_a_machine_may_lack() {
    let read = Command::new("readelf").args(["--dynamic", env!("CARGO_BIN_EXE_milepost")]).output();
    let read = read.expect("readelf comes with the C compiler");
    let listed = String::from_utf8_lossy(&read.stdout).into_owned();
    let needed: Vec<&str> = listed
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split_once('[')?.1.strip_suffix(']'))
        .collect();
    assert!(needed.iter().any(|name| name.starts_with("libc.")), "{listed}");
    let usual = ["libc.so", "libm.so", "libgcc_s.so", "ld-linux", "libdl.so", "libpthread.so", "librt.so"];
    let others: Vec<_> = needed.iter().filter(|name| !usual.iter().any(|usual| name.starts_with(usual))).collect();
    assert!(others.is_empty(), "not every machine has {others:?}: build it in, or do without");
}
