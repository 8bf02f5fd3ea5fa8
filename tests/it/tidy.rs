//! Guards what a reviewer would have to remember: which module may name which, what pure modules never touch, where
//! Linux and Chinese may stand, how long a file may get, and that ARCHITECTURE.md names what exists. Each rule is a
//! function of a path and a text, so that each is also shown a file that breaks it.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may name whom. What a module names of the others decides how much must be understood to change it.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("rules", &["domain"]),
    ("bench", &["domain", "rules"]),
    ("label", &["domain", "drivers::label", "drivers::bitmap", "drivers::barcode", "drivers::printer::dots_per_mm"]),
    ("carrier", &["domain"]),
    ("intake", &["domain", "rules"]),
    ("journal", &["domain"]),
    ("wire", &["domain"]),
    // The one HTTP client with the one way to set TLS up.
    ("sync", &["domain", "journal", "wire", "machine", "carrier::http"]),
    (
        "station",
        &[
            "domain", "rules", "bench", "label", "carrier", "intake", "journal", "wire", "sync", "config", "machine",
            "page", "problem", "admin", "words", "drivers",
        ],
    ),
    (
        "hub",
        &[
            "domain", "rules", "label", "carrier", "intake", "wire", "config", "machine", "page", "problem", "admin",
            "words",
        ],
    ),
    // Written from the facts: a simulator that called our own client would repeat its mistakes.
    ("sim", &["domain", "wire", "machine", "drivers::bitmap", "drivers::barcode", "drivers::label"]),
    // What the pages of station and hub share.
    ("page", &["words"]),
    ("problem", &["wire"]),
    ("admin", &["machine"]),
    ("words", &[]),
    ("config", &[]),
    ("machine", &[]),
];

/// Everything they are told comes in as an argument, so that a story or a test can tell them anything.
const PURE: &[&str] = &["domain", "rules", "bench", "label", "carrier", "intake", "wire"];
const IMPURITIES: &[&str] =
    &["SystemTime", "Instant::now", "Timestamp::now", "Zoned::now", "std::fs", "std::net", "tokio", "reqwest"];
const IMPURE_BY_NATURE: &[(&str, &str)] = &[
    ("src/carrier/http.rs", "sends what the pure part of a carrier says"),
    ("src/label/fonts.rs", "maps a font's file into memory"),
    ("src/label/templates.rs", "reads a site's own templates at start"),
];

/// Windows comes later: whatever knows Linux stands where it can be replaced.
const LINUX: &[&str] = &["std::os::unix", "std::os::fd", "std::os::linux", "rustix", "/proc/", "/sys/"];
/// The last one looks at who holds which device; Windows shows that in quite other ways.
const LINUX_FILES: &[&str] = &["src/machine.rs", "drivers/transport/serial.rs", "drivers/seen/kernel.rs"];
const LINUX_NAMES: &[&str] = &["evdev.rs", "hidpos.rs", "lp.rs"];

/// Chinese that people read stands in word tables.
const HAN_FILES: &[(&str, &str)] = &[
    ("src/bench/prompt/zh.rs", "the prompts' words"),
    ("src/bench/names.rs", "carriers' and platforms' names in them"),
    ("src/words.rs", "the pages' words"),
    ("src/domain/milestone.rs", "the milestones' names"),
    ("src/domain/hold.rs", "why an order waits"),
    ("src/domain/returned.rs", "the findings' names"),
    ("src/domain/routing.rs", "why a carrier was chosen, or was out"),
    ("src/domain/tracking.rs", "how carriers write who signed, and where"),
    ("src/hub/exceptions/said.rs", "what exceptions say"),
    ("src/hub/exceptions/leads.rs", "what leads took upon themselves"),
    ("src/hub/exceptions/returned.rs", "what doesn't fit about a return"),
    ("src/cli/demo/", "a sample day's people, goods and addresses, as a channel exports them"),
    ("src/domain/mask.rs", "the extension's mark and the address units that decide what is masked"),
];

/// Past this a second subject has moved in.
const MOST_LINES: usize = 500;
/// Longer than that today, with the length they must not exceed while they wait to be cut.
const LONG: &[(&str, usize)] = &[("src/domain/fact.rs", 760), ("src/bench/prompt.rs", 620)];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of the tree with its text, by its path from the root.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["src", "drivers", "tests", "benches"] {
        collect(&root().join(folder), "rs", &mut files);
    }
    assert!(files.len() > 100, "only {} sources were found", files.len());
    files
}

fn collect(folder: &Path, ending: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a source folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, ending, files);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path).expect("a source is text")));
        }
    }
}

/// What the compiler builds into the product: no comments, no test module at a file's end.
fn product(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| match line.find("//") {
        // `https://` is no comment.
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The module of the main crate a file belongs to.
fn module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first))
}

/// The paths that code names below `start`, e.g. `crate::`: `carrier::http::client`, groups taken apart.
fn named(code: &str, start: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(start) {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before == ':' || before == '_' || before.is_alphanumeric() {
            continue;
        }
        let rest = &code[at + start.len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let inside = group.split('}').next().unwrap_or_default();
                names.extend(inside.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()));
            }
            None => names.push(rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect()),
        }
    }
    names
}

fn wrong_arrows(path: &str, text: &str) -> Vec<String> {
    let code = product(text);
    let Some(from) = module(path).filter(|module| !matches!(*module, "main" | "lib" | "cli")) else {
        return Vec::new();
    };
    let Some((_, allowed)) = ARROWS.iter().find(|(module, _)| *module == from) else {
        return vec![format!("{path}: `{from}` is no module of the design: say in ARROWS what it may name")];
    };
    let within = |name: &str, target: &str| name == target || name.starts_with(&format!("{target}::"));
    let inside = named(&code, "crate::").into_iter().filter(|name| !within(name, from));
    let drivers = named(&code, "drivers::").into_iter().map(|name| format!("drivers::{name}"));
    inside
        .chain(drivers)
        .filter(|name| !allowed.iter().any(|target| within(name, target)))
        .map(|name| format!("{path}: `{from}` names `{name}`; it may name only {allowed:?}, so that it can be understood and tested without the rest"))
        .collect()
}

fn impurities(path: &str, text: &str) -> Vec<String> {
    let by_nature = IMPURE_BY_NATURE.iter().any(|(file, _)| *file == path);
    if by_nature || !module(path).is_some_and(|module| PURE.contains(&module)) {
        return Vec::new();
    }
    let code = product(text);
    let found = IMPURITIES.iter().filter(|word| code.contains(**word));
    found.map(|word| format!("{path}: `{word}` in a pure module: take it as an argument")).collect()
}

fn linux(path: &str, text: &str) -> Vec<String> {
    let allowed = LINUX_FILES.contains(&path)
        || (path.starts_with("drivers/") && LINUX_NAMES.iter().any(|name| path.ends_with(&format!("/{name}"))));
    // Tests and benches run where we build.
    if allowed || path.starts_with("tests/") || path.starts_with("benches/") {
        return Vec::new();
    }
    let code = product(text);
    let found = LINUX.iter().filter(|word| code.contains(**word));
    found.map(|word| format!("{path}: `{word}` belongs into {LINUX_FILES:?} or a driver's {LINUX_NAMES:?}")).collect()
}

/// The compiler keeps `drivers` from using the main crate; this keeps it from knowing the main crate's words.
fn warehouse_in_drivers(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("drivers/") {
        return Vec::new();
    }
    let code = product(text).to_lowercase();
    let found = ["milepost", "waybill", "parcel", "order_no"].into_iter().filter(|word| code.contains(word));
    found.map(|word| format!("{path}: `{word}`: a device knows nothing of orders")).collect()
}

fn han(path: &str, text: &str) -> Vec<String> {
    let allowed = !path.starts_with("src/") || HAN_FILES.iter().any(|(file, _)| path.starts_with(file));
    if allowed || path.ends_with("/tests.rs") {
        return Vec::new();
    }
    // The ideographs of the basic plane and of plane 2.
    let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    let code = product(text);
    let lines = code.lines().filter(|line| line.contains(is_han)).take(3);
    lines
        .map(|line| format!("{path}: words for people belong into a word table, in two languages: {}", line.trim()))
        .collect()
}

fn unfinished(path: &str, text: &str) -> Vec<String> {
    let words = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("#[ig", "nore"), concat!("TO", "DO")];
    let found = words.into_iter().filter(|word| text.contains(word));
    found.map(|word| format!("{path}: `{word}`: what isn't done isn't there")).collect()
}

fn too_long(path: &str, text: &str) -> Vec<String> {
    let most = LONG.iter().find(|(file, _)| *file == path).map_or(MOST_LINES, |(_, lines)| *lines);
    match text.lines().count() {
        lines if lines > most => vec![format!("{path}: {lines} lines, at most {most}: look for the second subject")],
        _ => Vec::new(),
    }
}

/// Test files that `main.rs` doesn't name are compiled by nobody.
fn forgotten(main: &str, files: &[String]) -> Vec<String> {
    let stem = |file: &String| file.strip_suffix(".rs").unwrap_or(file).to_owned();
    let listed = |module: &String| main.lines().any(|line| line.trim() == format!("mod {module};"));
    let modules = files.iter().map(stem).filter(|module| module != "main");
    modules.filter(|module| !listed(module)).map(|module| format!("tests/it/main.rs forgets `mod {module};`")).collect()
}

/// Paths in backticks that look like ours and don't exist.
fn missing_paths(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let ours = ["src/", "drivers/", "config/", "systemd/", "tests/", "benches/", ".ci/"];
    let quoted = text.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|quoted| ours.iter().any(|start| quoted.starts_with(start)));
    paths.filter(|path| !exists(path)).map(|path| format!("ARCHITECTURE.md names {path}, which isn't there")).collect()
}

/// A file that is excused must exist and need it, or the next reader trusts a rule that isn't kept.
fn stale_excuses(files: &[&str], sources: &[(String, String)], breaks: impl Fn(&str) -> bool) -> Vec<String> {
    let needed = |file: &str| sources.iter().any(|(path, text)| path.starts_with(file) && breaks(text));
    let stale = files.iter().filter(|file| !needed(file));
    stale.map(|file| format!("{file} needs no exception any more: take it off its list")).collect()
}

fn everywhere(rule: impl Fn(&str, &str) -> Vec<String>) {
    let wrong: Vec<String> = sources().iter().flat_map(|(path, text)| rule(path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_name_only_what_the_design_allows() {
    everywhere(wrong_arrows);
    assert!(!wrong_arrows("src/bench/pack.rs", "use crate::station::heart::Heart;").is_empty());
    assert!(!wrong_arrows("src/hub/api.rs", "use crate::{domain, station};").is_empty());
    assert!(!wrong_arrows("src/sim/sf.rs", "let sign = crate::carrier::sf::sign;").is_empty());
    assert!(!wrong_arrows("src/label/render.rs", "use drivers::transport::open;").is_empty());
    assert!(!wrong_arrows("src/sync/link.rs", "use crate::carrier::sf::Sf;").is_empty());
    assert!(!wrong_arrows("src/newcomer.rs", "").is_empty(), "a new module must be argued");
    assert!(wrong_arrows("src/sync/link.rs", "use crate::carrier::http::client; // crate::hub").is_empty());
}

#[test]
fn pure_modules_touch_no_clock_and_no_world() {
    everywhere(impurities);
    assert!(!impurities("src/bench/pack.rs", "let now = Instant::now();").is_empty());
    assert!(!impurities("src/domain/order.rs", "use std::fs;").is_empty());
    assert!(impurities("src/station/daemon/mod.rs", "use tokio::sync;").is_empty());
    assert!(impurities("src/wire/mod.rs", "// tokio\n#[cfg(test)]\nmod tests { use std::fs; }").is_empty());
}

#[test]
fn linux_stands_where_it_can_be_replaced() {
    everywhere(linux);
    assert!(!linux("src/journal/open.rs", "use std::os::unix::fs::FileExt;").is_empty());
    assert!(!linux("drivers/transport/tcp.rs", "use rustix::net;").is_empty());
    assert!(!linux("src/station/screen.rs", r#"read("/proc/uptime")"#).is_empty());
    assert!(linux("drivers/scanner/evdev.rs", "use std::os::unix::fs::FileExt;").is_empty());
}

#[test]
fn devices_know_nothing_of_orders() {
    everywhere(warehouse_in_drivers);
    assert!(!warehouse_in_drivers("drivers/scan.rs", "pub struct ParcelScan;").is_empty());
    assert!(warehouse_in_drivers("drivers/scan.rs", "// a waybill's barcode").is_empty());
}

#[test]
fn words_for_people_stand_in_word_tables() {
    everywhere(han);
    assert!(!han("src/bench/pack.rs", r#"say("请扫商品")"#).is_empty());
    assert!(han("src/bench/pack.rs", "// 先打单后验货").is_empty());
}

/// Templates and scripts get their words from the table too, or a page would be half in the other language.
#[test]
fn pages_hold_no_words_of_their_own() {
    let mut files = Vec::new();
    for ending in ["html", "js"] {
        collect(&root().join("src"), ending, &mut files);
    }
    assert!(!files.is_empty());
    let wrong: Vec<String> = files.iter().flat_map(|(path, text)| han(path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!han("src/station/pages/place.html", "<h1>打包</h1>").is_empty());
}

#[test]
fn nothing_is_left_unfinished_and_no_test_is_skipped() {
    everywhere(unfinished);
    assert!(!unfinished("src/lib.rs", concat!("fn f() { to", "do!() }")).is_empty());
    assert!(!unfinished("tests/it/main.rs", concat!("#[ig", "nore = \"slow\"]")).is_empty());
}

#[test]
fn a_file_is_about_one_noun() {
    everywhere(too_long);
    assert!(!too_long("src/lib.rs", &"x\n".repeat(MOST_LINES + 1)).is_empty());
    assert!(too_long("src/lib.rs", &"x\n".repeat(MOST_LINES)).is_empty());
}

#[test]
fn no_exception_outlives_its_reason() {
    let sources = sources();
    let names = |list: &[(&'static str, &str)]| list.iter().map(|(file, _)| *file).collect::<Vec<_>>();
    let mut stale = stale_excuses(&names(HAN_FILES), &sources, |text| !han("src/other.rs", text).is_empty());
    let impure = |text: &str| !impurities("src/bench/other.rs", text).is_empty();
    stale.extend(stale_excuses(&names(IMPURE_BY_NATURE), &sources, impure));
    stale.extend(stale_excuses(LINUX_FILES, &sources, |text| !linux("src/other.rs", text).is_empty()));
    let long: Vec<_> = LONG.iter().map(|(file, _)| *file).collect();
    stale.extend(stale_excuses(&long, &sources, |text| text.lines().count() > MOST_LINES));
    assert!(stale.is_empty(), "{}", stale.join("\n"));
    let short = [("src/a.rs".to_owned(), "fn a() {}".to_owned())];
    assert_eq!(stale_excuses(&["src/a.rs", "src/gone.rs"], &short, |text| text.contains("tokio")).len(), 2);
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = root().join("tests/it");
    let names = fs::read_dir(&folder).expect("tests/it").map(|entry| entry.expect("an entry").path());
    let files: Vec<String> = names
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs") || path.join("mod.rs").exists())
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    let main = fs::read_to_string(folder.join("main.rs")).expect("main.rs");
    assert_eq!(forgotten(&main, &files), Vec::<String>::new());
    assert_eq!(forgotten("mod journal;", &["journal.rs".into(), "tidy.rs".into()]).len(), 1);
}

#[test]
fn the_architecture_names_what_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let wrong = missing_paths(&text, |path| root().join(path).exists());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(text.matches("`src/").count() > 10, "ARCHITECTURE.md shows where things are");
    assert_eq!(missing_paths("see `src/gone.rs` and `cargo test`", |_| false).len(), 1);
}
