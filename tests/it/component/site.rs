//! What a site writes of a component, what `config check` and `doctor` say of it, and the simulator as one starts it by hand.

use std::process::Stdio;

use drivers::component::message::Task;
use drivers::printer::status::Outcome;
use milepost::domain::order::WaybillSource;
use milepost::sim::component::{Build, Fault};
use milepost::station::config::StationConfig;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{driver, sim};
use crate::process::milepost;

const PRINTER: &str = "[[printer]]\nname = 'desk'\nurl = 'tcp://10.0.0.7'\nprofile = 'zpl'\nmedia = '76x130'\n";

fn component(name: &str, url: &str) -> String {
    format!("[[printer]]\nname = '{name}'\nurl = '{url}'\n")
}

#[test]
fn what_doesnt_fit_is_refused_with_the_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("station.toml");
    let place = |lines: &str| format!("[[place]]\nname = 'bench-1'\n{lines}\n{PRINTER}");
    let cainiao = component("cainiao-1", "component://127.0.0.1?dialect=cainiao");
    for (config, says) in [
        (
            place("printer = 'cainiao-1'") + &cainiao,
            "place `bench-1` names `cainiao-1` as its printer, and that is a platform's component",
        ),
        (
            place("printer = 'desk'\nbackup = 'cainiao-1'") + &cainiao,
            "name it in `components`, and a printer of labels",
        ),
        (
            place("components = ['desk']") + &cainiao,
            "which no [[printer]] with a component:// url has: known are cainiao-1",
        ),
        (
            place("components = ['cainiao-1', 'cainiao-2']")
                + &cainiao
                + &component("cainiao-2", "component://127.0.0.1:9?dialect=cainiao"),
            "two components of cainiao",
        ),
        (
            component("x", "component://127.0.0.1?dialect=taobao"),
            "printer `x`: component: unknown dialect \"taobao\"; known are cainiao",
        ),
        (component("x", "component://127.0.0.1"), "add dialect= as one of cainiao"),
        (component("x", "component://10.0.0.9?dialect=jd"), "10.0.0.9 is another machine"),
        (cainiao.clone() + "media = '76x130'\n", "unknown field `media`"),
        (cainiao.clone() + "watch_ms = 1\n", "printer `cainiao-1`: watch_ms = 1 is outside 100 to 3600000, or 0"),
        ("[[printer]]\nname = 'desk'\nurl = 'tcp://10.0.0.7'\nmedai = '1x1'\n".to_owned(), "did you mean `media`?"),
    ] {
        std::fs::write(&path, &config).expect("the folder takes a file");
        let (good, said) = milepost(&["config", "check", path.to_str().expect("text")]);
        assert!(!good && said.contains(says), "{config}\n{said}");
    }
    let good = place("printer = 'desk'\ncomponents = ['cainiao-1']") + &cainiao;
    std::fs::write(&path, good + &component("far", "component://10.0.0.9?dialect=jd&remote=yes")).expect("a file");
    let (good, said) = milepost(&["config", "check", path.to_str().expect("text")]);
    assert!(good, "{said}");
}

#[test]
fn each_dialect_belongs_to_a_platform_that_orders_name() {
    let names: Vec<&str> = drivers::component::dialect::ALL.iter().map(|dialect| dialect.name).collect();
    let printers = names.iter().map(|name| component(name, &format!("component://127.0.0.1?dialect={name}")));
    let text = format!("[[place]]\nname = 'bench-1'\ncomponents = {names:?}\n{}", printers.collect::<String>());
    let config: StationConfig = toml::from_str(&text).expect("a config");
    config.check().expect("it fits together");
    let platforms: Vec<String> = config.places()[0]
        .components
        .iter()
        .map(|component| serde_json::to_value(component.platform).expect("a word").as_str().expect("text").to_owned())
        .collect();
    assert_eq!(platforms, names);
}

#[test]
fn a_label_goes_to_its_platforms_component_or_to_the_only_one_where_nobody_says_whose_it_is() {
    use WaybillSource::{Cainiao, Douyin, Erp};
    for (components, source, expected) in [
        (&["cainiao", "douyin"][..], Douyin, Some("douyin")),
        (&["cainiao", "douyin"], Erp, None),
        (&["cainiao"], Erp, Some("cainiao")),
        (&["cainiao"], Cainiao, Some("cainiao")),
        (&["cainiao"], Douyin, None),
        (&[], Erp, None),
    ] {
        let printers = components.iter().map(|name| component(name, &format!("component://127.0.0.1?dialect={name}")));
        let text =
            format!("[[place]]\nname = 'bench-1'\ncomponents = {components:?}\n{}", printers.collect::<String>());
        let config: StationConfig = toml::from_str(&text).expect("a config");
        let place = &config.places()[0];
        let chosen = place.component(source).map(|component| component.name.as_str());
        assert_eq!(chosen, expected, "{components:?} {source:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_how_a_component_is_and_prints_nothing() {
    let (cainiao, disabled) = (sim(Build::CainiaoWindows).await, sim(Build::CainiaoMac).await);
    disabled.set_fault(Some(Fault::Disabled));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("station.toml");
    let config = format!("data_dir = '{}'\nlisten = '127.0.0.1:0'\n", folder.path().display())
        + &component("good", &cainiao.url())
        + &component("other", &format!("{}&printer=GK999", cainiao.url()))
        + &component("disabled", &disabled.url());
    std::fs::write(&path, config).expect("the folder takes a file");
    let arguments = ["doctor", "--json", "--config", path.to_str().expect("text")].map(str::to_owned);
    let run = move || milepost(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let (good, said) = tokio::task::spawn_blocking(run).await.expect("it ends");
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert!(!good, "{told}");
    let finding = |about: &str| {
        let all = told["findings"].as_array().expect("a list");
        let found = all.iter().find(|finding| finding["about"] == about).expect("it is looked at");
        (found["good"] == true, found["what"].as_str().expect("text").to_owned())
    };
    assert_eq!(
        finding("component good"),
        (true, "ready; what it prints counts as accepted, never as confirmed".into())
    );
    for (about, says) in [("component other", "as one of \"GK888\", \"PDF\""), ("component disabled", "is disabled")] {
        let (good, what) = finding(about);
        assert!(!good && what.contains(says), "{about}: {what}");
    }
    assert!(cainiao.printed().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_runs_by_itself() {
    let mut sim = tokio::process::Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["sim", "component", "--dialect", "kuaishou", "--port", "0", "--printer", "K1", "--print-ms", "1"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(sim.stdout.take().expect("a pipe")).lines();
    let mut line = async || lines.next_line().await.expect("text").expect("a line");
    let first = line().await;
    let url = first.strip_prefix("url = \"").and_then(|rest| rest.strip_suffix('"')).expect("a line for the config");
    let contents = super::sealed();
    let outcome = driver(url).print(Task { id: "job/1", document: "KS1", contents: &contents }).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    let told = line().await;
    assert!(told.contains("label 1: KS1 on K1, task job/1"), "{told}");
}
