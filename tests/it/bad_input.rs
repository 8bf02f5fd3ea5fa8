//! What people and devices get wrong: the message names the thing and the cure, and nothing is lost.

use std::path::Path;
use std::process::Command;

use milepost::journal::Reader;
use milepost::sim::carrier::sf;
use serde_json::json;

use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World, eventually, scanner, screen};

/// What the program says when it can't start, without the folder's name.
fn refusal(folder: &Path, config: &str) -> String {
    let path = folder.join("station.toml");
    std::fs::write(&path, config).expect("a config");
    let run = Command::new(env!("CARGO_BIN_EXE_milepost")).args(["station", "--config"]).arg(&path).output();
    let run = run.expect("the program runs");
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8(run.stderr).expect("text");
    said.replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn a_misspelt_option_is_named_with_the_one_that_was_meant() {
    let folder = tempfile::TempDir::new().expect("a folder");
    insta::assert_snapshot!(refusal(folder.path(), "code = \"SZ-01\"\nlisten_on = \"127.0.0.1:0\"\nlisen = \"x\"\n"));
    insta::assert_snapshot!(refusal(folder.path(), "[[place]]\nname = \"bench-1\"\nprintr = \"desk\"\n"));
}

#[test]
fn a_place_whose_printer_is_not_there_is_named() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let config = format!(
        "data_dir = {:?}\nlisten = \"127.0.0.1:0\"\n[[place]]\nname = \"bench-1\"\nprinter = \"desk\"\n",
        folder.path()
    );
    insta::assert_snapshot!(refusal(folder.path(), &config));
}

#[test]
fn what_no_printer_or_address_can_be_is_named_before_anything_starts() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let printer =
        |more: &str| format!("[[printer]]\nname = \"desk\"\nurl = \"tcp://10.0.0.7\"\nmedia = \"76x130\"\n{more}\n");
    for (config, says) in [
        (printer("profile = \"zpl\"\ndpi = 60000"), "printer `desk`: dpi = 60000 is outside 100 to 1200"),
        (printer("profile = \"zpl\"\nwatch_ms = 1"), "printer `desk`: watch_ms = 1 is outside 100 to 3600000, or 0"),
        (printer("profile = { language = \"zpk\" }"), "printer `desk`: unknown language \"zpk\"; known are zpl"),
        ("listen = \"7081\"\n".to_owned(), "listen = \"7081\" is no address: write it like 127.0.0.1:7081"),
        ("listen = \"0.0.0.0:7081\"\n".to_owned(), "is open to others: it is for this machine's own screen"),
        ("[screens]\nlisten = \"10.0.0.7:7443\"\n".to_owned(), "[screens] has no certificate: name `cert` and `key`"),
    ] {
        // A key behind a table would be the table's.
        let said = refusal(folder.path(), &format!("data_dir = {:?}\n{config}", folder.path().join("data")));
        assert!(said.contains(says), "{said}");
        assert!(!folder.path().join("data").exists(), "{says}");
    }
}

/// A reader who has read enough is no error, and a full disk is one line.
#[test]
fn a_closed_output_is_quiet_and_a_full_one_is_told() {
    let list = |output: std::process::Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
        command.args(["label", "list"]).stdout(output).stderr(std::process::Stdio::piped());
        let child = command.spawn().expect("the program starts");
        let run = child.wait_with_output().expect("it ends");
        (run.status.code(), String::from_utf8(run.stderr).expect("text"))
    };
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    assert_eq!(list(writer.into()), (Some(0), String::new()));
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let (code, said) = list(full.into());
    assert_eq!(code, Some(1));
    assert!(said.starts_with("milepost: the standard output takes no more: No space left"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_journal_is_refused() {
    let world = World::start().await;
    let config = world.config("SZ-01", "").await;
    let station = world.start_station(&config).await;
    let text = std::fs::read_to_string(&config).expect("the config");
    let said = refusal(world.folder.path(), &text);
    insta::assert_snapshot!(said);
    station.stop().await.expect("the first one went on");
}

fn order(order_no: &str) -> serde_json::Value {
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    serde_json::to_value(shelf::order(order_no, 1, &[line], None)).expect("plain data")
}

/// A bench with two orders whose numbers are SF's to give, and its packer.
async fn bench(world: &World) -> milepost::station::serve::Station {
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    world.post("/v1/orders", &json!({ "orders": [order("1001"), order("1002")] })).await;
    station
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_scan_is_stopped_and_counts_for_nothing() {
    let world = World::start().await;
    let station = bench(&world).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("the order to come down", async || gun.scan("1001").await == "OK 请扫商品，还差 1 件").await;
    let garbage = "x".repeat(5_000);
    let wrong = [garbage.as_str(), "69012\u{1}34567892", "6901234567893", "@@C:UNDOX", "不是条码"];
    let mut heard = Vec::new();
    for code in wrong {
        heard.push(gun.scan(code).await);
    }
    insta::assert_snapshot!(heard.join("\n"));
    let shown = screen(&station, "bench-1", |_| true).await.parcel.expect("the parcel is still in hand");
    assert_eq!((shown.left, shown.lines[0].counted), (1, 0));
    assert!(gun.scan(&code("红茶")).await.starts_with("OK"), "the right goods still count");
    station.stop().await.expect("the station ends");
}

/// SF gives every parcel the first one's number: the second gets a temporary label, and a person hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_sf_gives_twice_is_on_one_parcel() {
    let world = World::start().await;
    world.sf.set_fault(Some(sf::Fault::SameNumber));
    let station = bench(&world).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    let mut numbers = Vec::new();
    for order_no in ["1001", "1002"] {
        eventually("the order to come down", async || gun.scan(order_no).await == "OK 请扫商品，还差 1 件").await;
        gun.scan(&code("红茶")).await;
        let wanted = ["stick_and_scan", "stick_temporary"];
        let shown = screen(&station, "bench-1", |screen| wanted.contains(&screen.key.as_str())).await;
        let number = shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
        assert!(gun.scan(&number).await.contains("完成"), "{number}");
        numbers.push(number);
    }
    let real = numbers.iter().filter(|number| number.starts_with("SF")).count();
    assert_eq!(real, 1, "{numbers:?}");
    let reader = Reader::open(&station.running.journal).expect("a reader");
    let entries = reader.entries(1, 0, 1_000).expect("entries");
    let refused: Vec<_> = entries.iter().filter(|entry| entry.kind == "waybill_rejected").collect();
    assert!(refused.iter().any(|entry| entry.body.contains("number_taken")), "{refused:?}");
    station.stop().await.expect("the station ends");
}
