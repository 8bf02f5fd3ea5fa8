//! `milepost carrier call`, `explain`, `pool` and `breaker`, as somebody at a terminal uses them.

use std::process::{Command, Output, Stdio};

use milepost::sim::carrier::Fault;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::world::{World, eventually};

fn milepost(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.arg("carrier").args(args).stdin(Stdio::null()).output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn codes_are_explained() {
    for (carrier, code, expected) in [
        ("sf", "A1006", "nothing was done, somebody mends the account's settings"),
        ("sf", "8016", "in doubt, the carrier has this order id already"),
        ("sf", "125", "scan 125: held at a point, not delivered"),
        ("zto", "S212", "nothing was done"),
        ("zto", "SIGNED", "scan SIGNED: delivered"),
        ("jd", "510", "scan 510: delivered"),
    ] {
        let output = milepost(&["explain", carrier, code]);
        assert!(output.status.success() && said(&output).contains(expected), "{carrier} {code}: {}", said(&output));
    }
    let unknown = milepost(&["explain", "sf", "4711"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said(&unknown).contains("it is in doubt"), "{}", said(&unknown));
    let json: Value = serde_json::from_slice(&milepost(&["explain", "sf", "A1005", "--json"]).stdout).expect("JSON");
    assert_eq!(json["error"]["class"], "busy");
}

/// Sent only when somebody agrees; what is booked is at the carrier, and the exit code says whether it said yes.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_made_for_real_and_not_by_accident() {
    let world = World::start().await;
    let account = world.folder.path().join("sf.toml");
    let text = format!("[account]\nendpoint = {:?}\n", world.sf.url());
    std::fs::write(&account, text).expect("the folder takes a file");
    let data = world.folder.path().join("shipment.json");
    std::fs::write(&data, crate::carrier::shipment().to_string()).expect("the folder takes a file");
    let call = |more: &[&str]| {
        let paths = [&account, &data].map(|path| path.to_str().expect("a path is text").to_owned());
        let mut args = vec!["call", "sf", "create", "--config", &paths[0], "--data", &paths[1]];
        args.extend(more);
        milepost(&args)
    };
    let asked = call(&[]);
    assert_eq!(asked.status.code(), Some(2));
    assert!(said(&asked).contains("say --yes"), "{}", said(&asked));
    assert!(world.sf.book().is_empty(), "nothing was sent");

    let output = call(&["--yes"]);
    assert!(output.status.success(), "{}", said(&output));
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let booked = world.sf.book().values().next().expect("a booking").number.clone();
    assert_eq!((outcome["outcome"].as_str(), outcome["number"].as_str()), (Some("confirmed"), Some(&*booked)));

    world.sf.set_fault(Some(Fault::Business("8114".to_owned())));
    let refused = call(&["--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("\"class\": \"account\""), "{}", said(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_station_tells_how_its_carriers_do() {
    let world = World::start().await;
    let place = world.place("bench-1", "pack");
    let station = world.station("SZ-01", &place).await;
    let config = world.folder.path().join("where.toml");
    let text = format!("listen = {:?}\n", station.address.to_string());
    std::fs::write(&config, text).expect("the folder takes a file");
    let config = config.to_str().expect("a path is text").to_owned();
    let told = |what: &str| milepost(&[what, "--config", &config, "--json"]);
    eventually("the account", async || {
        let output = told("breaker");
        let carriers: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let expected = json!([{ "carrier": "sf", "ok": true, "state": "answers", "waiting": 0, "spares": 0 }]);
        carriers == expected
    })
    .await;
    let pool = milepost(&["pool", "--config", &config]);
    assert!(said(&pool).contains("sf       0"), "{}", said(&pool));
    station.stop().await.expect("the station ends");
    let gone = told("breaker");
    assert_eq!(gone.status.code(), Some(1));
    assert!(said(&gone).contains("start it"), "{}", said(&gone));
}

/// The simulated carriers as a person tries things out with them: what is typed makes one fail, and mends it.
#[tokio::test(flavor = "multi_thread")]
async fn the_carriers_can_be_played_at_home() {
    let mut carriers = tokio::process::Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["sim", "carriers", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program runs");
    let mut typed = carriers.stdin.take().expect("it was piped");
    let mut lines = BufReader::new(carriers.stdout.take().expect("it was piped")).lines();
    let mut config = String::new();
    loop {
        let line = lines.next_line().await.expect("text").expect("it goes on");
        if line.starts_with("# type") {
            break;
        }
        config += &format!("{line}\n");
    }
    let station: milepost::station::config::StationConfig =
        milepost::config::parse(&config, std::path::Path::new("station.toml")).expect("what it says is a config");
    let folder = tempfile::TempDir::new().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the folder takes a file");
        path.to_str().expect("a path is text").to_owned()
    };
    let url = |config: Option<milepost::station::config::CarrierConfig>| config.and_then(|config| config.endpoint);
    let sf = put("sf.toml", &format!("[account]\nendpoint = {:?}\n", url(station.sf).expect("SF's address")));
    let jd = config.lines().skip_while(|line| *line != "# [account]").map(|line| line.trim_start_matches("# "));
    let jd = put("jd.toml", &jd.collect::<Vec<_>>().join("\n"));
    let mut shipment = crate::carrier::shipment();
    // Whose name JD takes as well.
    shipment["receiver"]["name"] = json!("王小明");
    let data = put("shipment.json", &shipment.to_string());
    let create = |carrier: &str, account: &str| {
        milepost(&["call", carrier, "create", "--config", account, "--data", &data, "--yes"])
    };
    for (carrier, account) in [("sf", &sf), ("jd", &jd)] {
        let output = create(carrier, account);
        assert!(output.status.success(), "{carrier}: {}", said(&output));
    }
    for (line, heard, works) in [
        ("sf 500", "sf 500", false),
        ("sf ok", "sf ok", true),
        ("sf sulk", "`sulk` is nothing a carrier does: ok, timeout, down, 500, html, reset or wrong-number", true),
        ("ems ok", "`ems` is no carrier here: sf, zto or jd", true),
    ] {
        typed.write_all(format!("{line}\n").as_bytes()).await.expect("it listens");
        assert_eq!(lines.next_line().await.expect("text").as_deref(), Some(heard));
        assert_eq!(create("sf", &sf).status.success(), works, "{line}");
    }
}
