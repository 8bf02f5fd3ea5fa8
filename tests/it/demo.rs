//! The demo as a user runs it, and the README's word on what it prints.

use std::process::Command;

/// Numbers that differ from run to run: how often printers and stations talked, at whose parcel a hand slipped.
const VARIES: &[&str] = &["entries", "caught", "ready"];

/// What the README shows between its marker and the end of the block.
fn shown(readme: &str, marker: &str) -> Vec<String> {
    let (_, after) = readme.split_once(&format!("<!-- {marker} -->\n```\n")).expect("the README has the block");
    let (block, _) = after.split_once("```").expect("the block ends");
    block.lines().map(str::to_owned).collect()
}

fn stable(lines: &[String]) -> Vec<String> {
    lines.iter().filter(|line| !VARIES.iter().any(|word| line.starts_with(word))).cloned().collect()
}

#[test]
fn the_demo_loses_nothing_and_prints_what_the_readme_shows() {
    let demo = Command::new(env!("CARGO_BIN_EXE_milepost")).args(["demo", "--once"]).output().expect("the demo runs");
    let text = String::from_utf8(demo.stdout).expect("text");
    assert!(demo.status.success(), "{text}\n{}", String::from_utf8_lossy(&demo.stderr));
    let printed: Vec<String> =
        text.lines().skip_while(|line| !line.starts_with("orders ")).map(str::to_owned).collect();
    let ready =
        printed.iter().find_map(|line| line.strip_prefix("ready")).expect("how many numbers were there in time");
    let counts: Vec<usize> = ready.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(counts[1] > 200 && counts[0] * 100 >= counts[1] * 95, "{ready}");
    for readme in ["README.md", "README.zh-CN.md"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(readme);
        let readme = std::fs::read_to_string(path).expect("the README is there");
        assert_eq!(stable(&printed), stable(&shown(&readme, "demo")));
    }
}

#[test]
fn an_unknown_failure_is_wrong_use_and_names_the_words_there_are() {
    let demo = Command::new(env!("CARGO_BIN_EXE_milepost")).args(["demo", "--fail", "sf=sulk"]).output();
    let demo = demo.expect("the program runs");
    assert_eq!(demo.status.code(), Some(2));
    let said = String::from_utf8_lossy(&demo.stderr);
    assert!(said.contains("`sulk`") && said.contains("timeout 500 html"), "{said}");
}

/// `cargo run` names no binary in the README: there must be one to choose from.
#[test]
fn cargo_run_knows_which_binary_is_meant() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let asked = Command::new(cargo).args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).output();
    let told: serde_json::Value = serde_json::from_slice(&asked.expect("cargo runs").stdout).expect("JSON");
    let default = told["workspace_default_members"].as_array().expect("a list");
    let packages =
        told["packages"].as_array().expect("a list").iter().filter(|package| default.contains(&package["id"]));
    let targets = packages.flat_map(|package| package["targets"].as_array().expect("a list"));
    let binaries: Vec<_> = targets
        .filter(|target| target["kind"] == serde_json::json!(["bin"]))
        .map(|target| target["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(binaries, ["milepost"]);
}
