//! The documented config files are the defaults, and what is wrong with a config is said.

use std::path::Path;
use std::process::Command;

use milepost::config::parse;
use milepost::hub::config::{self as hub, HubConfig};
use milepost::hub::warehouse::{self, WarehouseRules};
use milepost::station::config::{self as station, StationConfig};

#[test]
fn the_documented_station_config_is_the_default() {
    let read: StationConfig = parse(station::EXAMPLE, Path::new("station.toml")).expect("the example is good");
    assert_eq!(format!("{read:?}"), format!("{:?}", StationConfig::default()));
}

#[test]
fn the_documented_hub_config_is_the_default() {
    let read: HubConfig = parse(hub::EXAMPLE, Path::new("hub.toml")).expect("the example is good");
    assert_eq!(format!("{read:?}"), format!("{:?}", HubConfig::default()));
}

/// Folders stand commented out whole, so what they are without an option is compared with what is said of it.
#[test]
fn the_documented_folders_stand_at_their_defaults() {
    let uncommented: Vec<&str> = hub::EXAMPLE.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    let block = |name: &str| {
        let from = uncommented.iter().position(|line| *line == name).expect("an example of it");
        let options = uncommented[from..].iter().skip(1).take_while(|line| line.contains(" = "));
        [name].into_iter().chain(options.copied()).collect::<Vec<_>>().join("\n")
    };
    let (watch, report) = (block("[[watch]]"), block("[[report]]"));
    let shown: HubConfig = parse(&format!("{watch}\n{report}"), Path::new("hub.toml")).expect("they are good");
    assert!(watch.lines().count() == 5 && report.lines().count() == 7, "{watch}\n{report}");
    let bare = "[[watch]]\nfolder = \"/srv/milepost/orders\"\nchannel = \"tmall\"\n[[report]]\nfolder = \"/srv/milepost/shipped\"";
    let bare: HubConfig = parse(bare, Path::new("hub.toml")).expect("they are good");
    assert_eq!((shown.watch, shown.report), (bare.watch, bare.report));
}

/// A place stands commented out whole as well; what nobody names is as its comment says.
#[test]
fn what_a_packer_may_do_alone_stands_at_its_default() {
    let place = |options: &str| -> String {
        let text = format!("[[place]]\nname = \"bench-1\"\n{options}");
        let read: StationConfig = parse(&text, Path::new("station.toml")).expect("a good place");
        format!("{:?}", read.place)
    };
    let shown: Vec<&str> = station::EXAMPLE
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| {
            ["times_limit", "reprints_alone", "idle_lock_min", "dividers"].iter().any(|key| line.starts_with(key))
        })
        .collect();
    assert_eq!((shown.len(), place(&shown.join("\n"))), (4, place("")));
    assert_ne!(place("idle_lock_min = 15"), place(""));
    assert_ne!(place("dividers = false"), place(""));
    let wrong = "[[place]]\nname = \"bench-1\"\nidle_lock_min = -1";
    let wrong: StationConfig = parse(wrong, Path::new("station.toml")).expect("it can be read");
    let said = wrong.check().expect_err("no time").to_string();
    assert_eq!(said, "place `bench-1` has an idle_lock_min below 0: write minutes, or 0 for never");
}

#[test]
fn what_a_place_has_no_use_for_is_refused() {
    for (place, named) in [
        ("role = \"dock\"\nboxes = true", "`boxes`"),
        ("role = \"pick\"\nstamp_only = true", "`stamp_only`"),
        ("handover = true", "`handover`"),
        ("role = \"wall\"\nslots = 0", "slots = 0"),
        ("role = \"print-desk\"\nwindow = 0", "window = 0"),
    ] {
        let text = format!("[[place]]\nname = \"there\"\n{place}");
        let config: StationConfig = parse(&text, Path::new("station.toml")).expect("it can be read");
        let said = config.check().expect_err("it can't be meant").to_string();
        assert!(said.starts_with("place `there` has ") && said.contains(named), "{said}");
    }
    let text = "[[place]]\nname = \"there\"\nboxes = true\nslots = 0";
    let config: StationConfig = parse(text, Path::new("station.toml")).expect("it can be read");
    assert_eq!(config.check(), Ok(()), "slots say nothing of a packing place");
}

/// The comments are options as well: taken out of their comments they must be a config that fits together.
#[test]
fn every_commented_option_is_a_real_one() {
    for (name, example, optional) in [
        (
            "station",
            station::EXAMPLE,
            "place = []|printer = []|scanner = []|scale = []|shop = []|min_days = []|reason = []|material = []",
        ),
        ("hub", hub::EXAMPLE, ""),
    ] {
        let options: Vec<&str> = example
            .lines()
            .filter_map(|line| line.strip_prefix("# ").or((!line.starts_with('#')).then_some(line)))
            .filter(|line| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| is_key(key)))
            .filter(|line| !optional.split('|').any(|shown| !shown.is_empty() && line.starts_with(shown)))
            .collect();
        let text = options.join("\n");
        let path = Path::new(name);
        match name {
            "hub" => drop(parse::<HubConfig>(&text, path).unwrap_or_else(|error| panic!("{error}"))),
            _ => {
                let config: StationConfig = parse(&text, path).unwrap_or_else(|error| panic!("{error}"));
                config.check().expect("the example's places, scanners and printers fit together");
                assert_eq!(config.place.len(), 1);
                let component = config.components().next().expect("an example of a component");
                let bare = format!("name = {:?}\nurl = \"{}\"", component.name, component.url);
                assert_eq!(toml::from_str(&bare).as_ref(), Ok(component), "its options stand at their defaults");
            }
        }
    }
}

/// As `milepost config check` says it: before a hub is stopped to be started with it.
#[test]
fn a_cutoff_that_cant_be_understood_is_named_with_its_cure() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let checked = |text: &str| checked(folder.path(), "warehouse.toml", text);
    let sf = |at: &str| format!("[[cutoff]]\ncarrier = \"sf\"\nat = [{at}]\n");
    for (text, says) in [
        (sf("\"mon-sat 17:00\", \"sunday 12:00\""), "cut-off `sunday 12:00`: `sunday` is no day: use mon, tue"),
        (sf("\"daily 25:00\""), "cut-off `daily 25:00`: `25:00` is no time: write hours and minutes"),
        (sf(""), "the cut-off of sf has no time: write at ="),
        (sf("\"daily 17:00\"").repeat(2), "there are two [[cutoff]] of sf: write all its times into one `at`"),
        (sf("\"daily 17:00\"").replace("carrier", "carier"), "did you mean `carrier`?"),
        (sf("\"daily 17:00\"").replace("sf", "sfx"), "unknown variant `sfx`, expected one of `sf`, `zto`, `jd`"),
    ] {
        let (good, said) = checked(&text);
        assert!(!good && said.contains(says), "{text}: {said}");
    }
    assert_eq!(checked(&sf("\"mon-sat 17:00\", \"sun 12:00\"")), (true, String::new()));
}

/// As `milepost config check` says it.
fn checked(folder: &Path, name: &str, text: &str) -> (bool, String) {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a config");
    let run = Command::new(env!("CARGO_BIN_EXE_milepost")).args(["config", "check"]).arg(&file).output();
    let run = run.expect("the program runs");
    (run.status.success(), String::from_utf8(run.stderr).expect("text"))
}

#[test]
fn a_cutoff_in_the_hubs_config_is_told_where_it_belongs_now() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let old = "[[cutoff]]\ncarrier = \"sf\"\nat = [\"daily 17:00\"]\n";
    let (good, said) = checked(folder.path(), "hub.toml", old);
    assert!(!good && said.contains("[[cutoff]] stands in warehouse.toml now: move it there as it is"), "{said}");
    let rules = folder.path().join("warehouse.toml");
    assert_eq!(checked(folder.path(), "warehouse.toml", old), (true, String::new()));
    let hub = format!("warehouse_rules = {rules:?}\n");
    assert_eq!(checked(folder.path(), "hub.toml", &hub), (true, String::new()));
    std::fs::write(&rules, old.repeat(2)).expect("written");
    let (good, said) = checked(folder.path(), "hub.toml", &hub);
    assert!(!good && said.contains("warehouse_rules can't be used"), "{said}");
}

#[test]
fn the_documented_warehouse_rules_are_the_default() {
    let read: WarehouseRules = parse(warehouse::EXAMPLE, Path::new("warehouse.toml")).expect("the example is good");
    assert_eq!(read, WarehouseRules::default());
    let options = warehouse::EXAMPLE.lines().filter_map(|line| line.strip_prefix("# "));
    let options =
        options.filter(|line| line.starts_with("[[") || line.split_once(" = ").is_some_and(|(key, _)| is_key(key)));
    let text = options.collect::<Vec<_>>().join("\n");
    let shown: WarehouseRules = parse(&text, Path::new("warehouse.toml")).expect("its comments are options");
    shown.check().expect("they fit together");
    assert_eq!((shown.ship_within_h, shown.plans.len()), (WarehouseRules::default().ship_within_h, 1));
    let cutoff = "[[cutoff]]\ncarrier = \"sf\"\nat = [\"daily 17:00\"]\n";
    let plan = "[[release]]\nflow = \"waybill_first\"\nstation = \"SZ-01\"\n";
    let bare: WarehouseRules = parse(&format!("{cutoff}{plan}"), Path::new("warehouse.toml")).expect("a plan");
    let defaults = |rules: &WarehouseRules| (rules.plans[0].before_min, rules.plans[0].at_most);
    assert_eq!(defaults(&shown), defaults(&bare), "its options stand at their defaults");
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
