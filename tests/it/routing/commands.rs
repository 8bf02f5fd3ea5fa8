//! `milepost rules test` and `example`: what they show of real orders, and what they say is wrong.

use std::path::Path;
use std::process::{Command, Output};

use milepost::domain::order::Order;

use super::with;

fn milepost(args: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_milepost")).current_dir(root).args(args).output().expect("the program runs")
}

#[test]
fn the_command_line_shows_which_rule_chose_what() {
    let orders = ["tests/data/tmall-orders.csv", "tests/data/tmall-lines.csv", "tests/data/douyin.csv"];
    let test = ["rules", "test", "built-in", "--at", "2026-02-18T13:00", "--orders"];
    let run = milepost(&[&test[..], &orders].concat());
    assert_eq!(run.status.code(), Some(0));
    insta::assert_snapshot!(String::from_utf8(run.stdout).expect("text"));
    let run = milepost(&[&test[..], &orders, &["--json"]].concat());
    let said: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!((said["orders"].as_array().map(Vec::len), &said["nobody"]), (Some(15), &serde_json::json!(1)));
    assert_eq!(said["carriers"][0]["name"], "SF");
    assert!(said["warnings"][0].as_str().is_some_and(|warning| warning.contains("--items")), "{}", said["warnings"]);
}

#[test]
fn one_rule_that_decides_nearly_everything_is_warned_of() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("orders.json");
    // Six of ten are urgent, then seven.
    for (urgent, warned) in [(6, false), (7, true)] {
        let order = |number: usize| {
            let mut order = with(|order| order.order_no = format!("10{number}").into());
            order.tags.extend((number < urgent).then(|| "急".to_owned()));
            order
        };
        let orders: Vec<Order> = (0..10).map(order).collect();
        std::fs::write(&path, serde_json::to_string(&orders).expect("plain data")).expect("a file");
        let at = ["rules", "test", "built-in", "--at", "2026-02-20T10:00", "--orders", path.to_str().expect("text")];
        let said = String::from_utf8(milepost(&at).stdout).expect("text");
        assert_eq!(
            said.contains("warning: rule `urgent` decides 7 of 10 orders (70.0 %, more than 60 %)"),
            warned,
            "{said}"
        );
    }
}

#[test]
fn the_command_line_says_what_is_wrong_and_who_may_have_written_it() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let text = folder.path().to_str().expect("text");
    let run = milepost(&["rules", "example", text]);
    assert_eq!(run.status.code(), Some(0));
    let rules = folder.path().join("routing.toml");
    let rules = rules.to_str().expect("text");
    let test = |args: &[&str]| {
        let run = milepost(&[&["rules", "test", rules, "--orders", "tests/data/douyin.csv"], args].concat());
        (run.status.code(), String::from_utf8(run.stderr).expect("text"))
    };
    assert_eq!(test(&["--at", "2026-02-18T10:00"]), (Some(0), String::new()));
    let (code, said) = test(&["--at", "noon"]);
    assert_eq!((code, said.contains("`noon` is no time: write")), (Some(2), true), "{said}");
    assert_eq!(milepost(&["rules", "test", rules]).status.code(), Some(2), "no orders");
    std::fs::remove_file(folder.path().join("freight/jd.csv")).expect("it was written");
    let (code, said) = test(&[]);
    assert_eq!((code, said.contains("the freight table freight/jd.csv cannot be read")), (Some(1), true), "{said}");
    let hub = folder.path().join("hub.toml");
    std::fs::write(&hub, format!("routing_rules = {rules:?}\n")).expect("a config");
    let check = milepost(&["config", "check", hub.to_str().expect("text")]);
    let said = String::from_utf8(check.stderr).expect("text");
    assert!(said.contains("routing_rules can't be used") && said.contains("freight/jd.csv"), "{said}");
    let again = milepost(&["rules", "example", text]);
    let said = String::from_utf8(again.stdout).expect("text");
    assert!(said.contains("left ") && said.matches("wrote ").count() == 1, "a site's own figures are kept: {said}");
    let orders = folder.path().join("orders.json");
    std::fs::write(&orders, r#"[{"order_no":"1","carrier":"13800138000"}]"#).expect("a file");
    let run = milepost(&["rules", "test", "built-in", "--orders", orders.to_str().expect("text")]);
    let said = String::from_utf8(run.stderr).expect("text");
    assert_eq!((run.status.code(), said.contains("13800138000")), (Some(1), false), "{said}");
}
