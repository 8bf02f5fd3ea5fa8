//! How a station comes to a running hub: an invitation asked for on the hub's machine, a code that is good once, soon and
//! for one station, and a key that the next enrolment ends.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use milepost::hub::Hub;
use milepost::hub::config::HubConfig;
use milepost::hub::serve;
use milepost::sync::{Link, LinkError};
use milepost::wire::{AskRequest, JoinRequest};
use serde_json::json;

use crate::world::{KEY, LIMIT, World, eventually, scanner};

const SECRET: [u8; 10] = *b"0123456789";
const MINUTE_US: i64 = 60_000_000;

async fn milepost(args: &[&str]) -> Output {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let run = || Command::new(env!("CARGO_BIN_EXE_milepost")).args(args).output().expect("the program runs");
    tokio::task::spawn_blocking(run).await.expect("the command ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The config by which a command finds the world's hub.
fn config(world: &World) -> String {
    let path = world.folder.path().join("hub.toml");
    std::fs::write(&path, format!("data_dir = {:?}\n", world.folder.path().join("hub"))).expect("written");
    path.display().to_string()
}

async fn invite(config: &str, station: &str) -> Output {
    milepost(&["hub", "invite", station, "--warehouse", "GZ", "--config", config]).await
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("the file is there").permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_is_invited_by_the_running_hub_and_joins() {
    let mut world = World::start().await;
    let config = config(&world);
    assert_eq!(mode(&world.folder.path().join("hub/hub.admin")), 0o600);
    let invited = invite(&config, "SZ-01").await;
    assert_eq!(invited.status.code(), Some(0), "{}", text(&invited.stderr));
    let code = text(&invited.stdout).trim().to_owned();
    let key_file: PathBuf = world.folder.path().join("station.key");
    let key_path = key_file.display().to_string();
    let join = ["join", "--hub", &world.hub_url, "--station", "SZ-01", "--code", &code, "--key-file", &key_path];
    let joined = milepost(&join).await;
    assert_eq!(joined.status.code(), Some(0), "{}", text(&joined.stderr));
    assert_eq!(mode(&key_file) & 0o037, 0, "a station's key is for its user and the group of its folder");
    let key = std::fs::read_to_string(&key_file).expect("the key");
    assert!(answers(&world, &key).await);
    let proxied = Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["hub", "invite", "SZ-01", "--config", &config])
        .env("http_proxy", "http://127.0.0.1:9")
        .output();
    assert!(proxied.expect("it runs").status.success(), "the admin key goes through no proxy");
    let stations = world.get("/v1/stations").await;
    assert_eq!(stations["stations"][0]["warehouse"], "GZ", "an invitation that names no warehouse moves nobody");
    let again = milepost(&join).await;
    assert_eq!(again.status.code(), Some(1));
    let fresh = text(&invite(&config, "SZ-01").await.stdout).trim().to_owned();
    let folder = world.folder.path().display().to_string();
    let nowhere = ["join", "--hub", &world.hub_url, "--station", "SZ-01", "--code", &fresh, "--key-file", &folder];
    let nowhere = milepost(&nowhere).await;
    assert!(text(&nowhere.stderr).contains(&format!("write {folder}")), "{}", text(&nowhere.stderr));
    assert!(answers(&world, &key).await, "a key that can't be kept replaces none");
    assert!(text(&again.stderr).contains("wrong, used or older than 10 minutes: make a new one"));

    let odd = invite(&config, "SZ 01/x").await;
    assert!(text(&odd.stderr).contains("`SZ 01/x` can't be a station's code: use letters"), "{}", text(&odd.stderr));
    world.stop_hub().await;
    let stopped = invite(&config, "SZ-02").await;
    assert_eq!((stopped.status.code(), text(&stopped.stdout).as_str()), (Some(1), ""));
    assert!(text(&stopped.stderr).contains("no hub runs on"), "{}", text(&stopped.stderr));
    assert!(text(&stopped.stderr).contains("start it with `milepost hub`"));
}

/// The file of a hub that was killed: its port is nobody's, or its key is another run's.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_left_behind_by_a_killed_hub_opens_nothing() {
    let mut world = World::start().await;
    let config = config(&world);
    let file = world.folder.path().join("hub/hub.admin");
    let old = std::fs::read_to_string(&file).expect("the file");
    world.stop_hub().await;
    std::fs::write(&file, &old).expect("left behind");
    let said = text(&invite(&config, "SZ-01").await.stderr);
    assert!(said.contains("it ended without a word, start it again"), "{said}");
    world.start_hub().await;
    std::fs::write(&file, &old).expect("an old file");
    let said = text(&invite(&config, "SZ-01").await.stderr);
    assert!(said.contains("once more if the hub was just started anew"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integrators_key_invites_nobody() {
    let world = World::start().await;
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    let url = format!("{}/v1/stations/SZ-01/invite", world.hub_url);
    for key in [KEY, ""] {
        let answer = client.post(&url).bearer_auth(key).json(&json!({})).send().await.expect("an answer");
        assert_eq!(answer.status(), 401);
    }
    assert_eq!(world.get("/v1/stations").await["stations"], json!([]));
}

async fn answers(world: &World, key: &str) -> bool {
    let link = Link::new(&world.hub_url, &"SZ-01".into(), key).expect("a link");
    match link.ask(&AskRequest::Code { code: "nothing".into() }).await {
        Ok(_) => true,
        Err(LinkError::Refused { problem, .. }) if problem.status == 401 => false,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolling_again_ends_the_old_key() {
    let world = World::start().await;
    let hub = &world.hub().hub;
    let now_us = milepost::machine::wall_us();
    let enrol = |key: &str| {
        let code = hub.invite(&"SZ-01".into(), Some("SZ"), SECRET, now_us).expect("a code");
        hub.join(&JoinRequest { station: "SZ-01".into(), code }, key, now_us).expect("it joins");
    };
    enrol("the-first-key");
    assert!(answers(&world, "the-first-key").await);
    let unused = hub.invite(&"SZ-01".into(), Some("SZ"), SECRET, now_us).expect("a code");
    assert!(answers(&world, "the-first-key").await, "an invitation alone ends nothing: {unused}");
    enrol("the-second-key");
    assert!(!answers(&world, "the-first-key").await);
    assert!(answers(&world, "the-second-key").await);
}

fn hub(folder: &Path) -> Hub {
    serve::open(&HubConfig { data_dir: folder.to_owned(), ..HubConfig::default() }).expect("a hub")
}

#[test]
fn a_code_is_good_once_for_ten_minutes_five_tries_and_one_station() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = hub(folder.path());
    let join = |station: &str, code: &str, now_us: i64| {
        hub.join(&JoinRequest { station: station.into(), code: code.into() }, "key", now_us).is_ok()
    };
    let invite = |station: &str| hub.invite(&station.into(), Some("SZ"), SECRET, 0).expect("a code");

    let code = invite("SZ-01");
    assert!(join("SZ-01", &code.to_lowercase(), 10 * MINUTE_US - 1), "it is read aloud, and good to the last moment");
    assert!(!join("SZ-01", &code, 1), "used");
    let code = invite("SZ-01");
    assert!(!join("SZ-01", &code, 10 * MINUTE_US), "too old");

    let code = invite("SZ-01");
    for _ in 0..4 {
        assert!(!join("SZ-01", "WRONG", 1));
    }
    assert!(join("SZ-01", &code, 1), "the fifth try is the last good one");
    let code = invite("SZ-01");
    for _ in 0..5 {
        assert!(!join("SZ-01", "WRONG", 1));
    }
    assert!(!join("SZ-01", &code, 1), "guessed at too often");

    let code = hub.invite(&"SZ-01".into(), Some("SZ"), *b"abcdefghij", 0).expect("a code");
    invite("SZ-02");
    assert!(!join("SZ-02", &code, 1), "another station's");
    assert!(!join("SZ-03", &code, 1), "nobody invited it");
    assert!(join("SZ-01", &code, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_is_issued_scanned_and_revoked_by_the_next() {
    let world = World::start().await;
    let config = config(&world);
    let badge = async |name: &str| {
        let issued = milepost(&["hub", "badge", "li", name, "--config", &config]).await;
        assert_eq!(issued.status.code(), Some(0), "{}", text(&issued.stderr));
        text(&issued.stdout).trim().to_owned()
    };
    let first = badge("李雷").await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the badge to come down", async || gun.scan(&first).await == "OK 李雷，上岗").await;
    let second = badge("李雷").await;
    assert_ne!(first, second);
    eventually("the second badge to come down", async || gun.scan(&second).await == "OK 李雷，上岗").await;
    assert_eq!(gun.scan(&first).await, "STOP 工牌无效：找组长补发");
    station.stop().await.expect("the station ends");

    let nameless = milepost(&["hub", "badge", "li", " ", "--config", &config]).await;
    assert!(text(&nameless.stderr).contains("a badge needs its operator's name"), "{}", text(&nameless.stderr));
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    let short = json!({ "operators": [{ "operator_id": "han", "name": "韩梅梅", "badge": "B001" }] });
    let call = client.post(format!("{}/v1/operators", world.hub_url)).bearer_auth(KEY).json(&short);
    let answer = call.send().await.expect("the hub answers");
    assert_eq!(answer.status(), 422);
    assert!(
        answer.text().await.expect("a body").contains("must be 16 capital letters and digits: let the hub issue one")
    );
}

/// The sheet's badge is the hub's newest one; when it can't be drawn, nobody loses the badge they have.
#[tokio::test(flavor = "multi_thread")]
async fn a_printed_badge_is_the_new_one_and_a_badge_that_cant_be_printed_revokes_none() {
    let world = World::start().await;
    let config = config(&world);
    let folder = world.folder.path().join("badges");
    let print = async |name: &str, file: &str| {
        let file = folder.join(file).display().to_string();
        milepost(&["sheet", "badge", "li", "--name", name, "--config", &config, "-o", &file]).await
    };
    std::fs::create_dir(&folder).expect("a folder");
    let issued = print("李雷", "li.png").await;
    assert_eq!(issued.status.code(), Some(0), "{}", text(&issued.stderr));
    assert!(text(&issued.stderr).contains("the badges that li had are revoked"), "{}", text(&issued.stderr));
    let badge = text(&issued.stdout).trim().to_owned();
    let read = crate::judges::zxing(&[folder.join("li.png")]).remove(0);
    assert_eq!(read.iter().map(|read| read.text.as_str()).collect::<Vec<_>>(), [badge.as_str()]);

    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the badge to come down", async || gun.scan(&badge).await == "OK 李雷，上岗").await;
    for (name, file, says) in [
        ("李\u{e123}雷", "li.png", "no font has the character"),
        ("李雷", "li.docx", "docx"),
        (" ", "li.png", "code-100x150 needs title, which is missing"),
    ] {
        let refused = print(name, file).await;
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(1), String::new()), "{name:?} {file}");
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
    let second = print("李雷", "again.png").await;
    let second = text(&second.stdout).trim().to_owned();
    eventually("the second badge to come down", async || gun.scan(&second).await == "OK 李雷，上岗").await;
    assert_eq!(gun.scan(&badge).await, "STOP 工牌无效：找组长补发");
    station.stop().await.expect("the station ends");

    let before = hub_badges(&world);
    let file = folder.join("once-more.png").display().to_string();
    let again = milepost(&["sheet", "badge", "li", "--name", "李雷", "--code", &second, "-o", &file]).await;
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    assert_eq!(hub_badges(&world), before, "a badge that is there is only printed");
}

/// How many badges the hub ever issued.
fn hub_badges(world: &World) -> i64 {
    let store = rusqlite::Connection::open(world.folder.path().join("hub/hub.db")).expect("the hub's store");
    store.query_row("SELECT count(*) FROM operators", [], |row| row.get(0)).expect("a count")
}
