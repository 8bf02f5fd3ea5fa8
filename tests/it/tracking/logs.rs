//! The hub as a process, at the level that logs the most: nothing of pushes, questions and their people is in its log.

use std::process::Stdio;

use jiff::Timestamp;
use milepost::sim::carrier::zto;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::desk::{Case, Desk, Event, SECRET, ZTO, ZTO_SECRET, ago, path, pushed, written};
use crate::world::{LIMIT, eventually};
use crate::zto::push_of;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_and_no_secret_is_in_the_hubs_log() {
    let sim = zto::start(zto::Options::default()).await.expect("ZTO's simulator");
    let silent = Case { order: "2004", number: "73100000000002", ..ZTO };
    let at = written(ago(30));
    let signer = "欧阳不二签收，电话13912345678";
    sim.tell(ZTO.number, vec![json!({ "billCode": ZTO.number, "scanType": "派件", "scanDate": at, "desc": signer })]);
    sim.tell(silent.number, vec![json!({ "billCode": silent.number, "scanType": "派件", "scanDate": "欧阳不二" })]);
    let mut desk = Desk::start().await;
    [ZTO, silent].iter().for_each(|case| desk.order(*case));
    desk.ship(&[ZTO, silent], 700);
    desk.stop().await;
    let folder = desk.folder.path().display().to_string();
    let config = desk.folder.path().join("hub.toml");
    let text = format!(
        "data_dir = \"{folder}/hub\"\nlisten = \"127.0.0.1:0\"\npush_listen = \"127.0.0.1:0\"\n[carriers.zto]\n\
         account = \"{folder}/zto.toml\"\npush_secret = \"{folder}/push.key\"\nendpoint = \"{}\"\nsubscribe = false\n[tracking]\npace_ms = 20\n",
        sim.url()
    );
    std::fs::write(&config, text).expect("the config is written");
    let log = desk.folder.path().join("hub.log");
    let mut hub = tokio::process::Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["hub", "--config"])
        .arg(&config)
        .env("MILEPOST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).expect("a log can be written"))
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(hub.stdout.take().expect("piped")).lines();
    let mut line = async || {
        let line = tokio::time::timeout(LIMIT, lines.next_line()).await.expect("in time");
        line.expect("a line").expect("it runs")
    };
    assert!(line().await.starts_with("ready http://"));
    let base = line().await.strip_prefix("pushes ").expect("its other door").to_owned();

    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    let post = async |path: &str, body: String| {
        let call = client.post(format!("{base}{path}")).header("content-type", "application/x-www-form-urlencoded");
        call.body(body).send().await.expect("an answer").status().as_u16()
    };
    let told = |at: &str, secret| {
        push_of(&json!({ "billCode": ZTO.number, "action": "SIGNED", "actionTime": at, "desc": signer }), secret)
    };
    let zto = path(ZTO.carrier);
    assert_eq!(post(&zto, told(&written(Timestamp::now()), ZTO_SECRET)).await, 200);
    assert_eq!(post(&zto, told(&written(Timestamp::now()), "another")).await, 401);
    assert_eq!(post(&zto, told("欧阳不二", ZTO_SECRET)).await, 422);
    assert_eq!(post(&zto.replace(SECRET, "aWrongSecretThatSomebodyTried"), told(&at, ZTO_SECRET)).await, 404);
    assert_eq!(post(&zto, pushed(ZTO, Event::Collected, ago(5), "上海市").1).await, 200);
    eventually("both to be asked about", async || sim.received().len() == 2).await;
    // The answer to the last question is on its way into the log.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    hub.kill().await.expect("the hub ends");

    let log = String::from_utf8_lossy(&std::fs::read(&log).expect("a log")).into_owned();
    assert!(log.contains("TRACE") && log.contains("it isn't signed with this account's secret"), "it tells all it can");
    let seeds = [
        "欧阳不二",
        "13912345678",
        "王小明",
        "13800001234",
        "\"1234\"",
        SECRET,
        "aWrongSecretThatSomebodyTried",
        ZTO_SECRET,
    ];
    for seed in seeds {
        let urled: String = form_urlencoded::byte_serialize(seed.as_bytes()).collect();
        let found: Vec<_> = log.lines().filter(|line| line.contains(seed) || line.contains(&urled)).collect();
        assert_eq!(found, Vec::<&str>::new(), "{seed}");
    }
}
