//! Platforms' print components: the driver against simulated ones of every build, good and bad; a bench with one, and what a
//! site's config says of it.

mod bench;
mod site;

use std::time::Duration;

use drivers::component::message::Task;
use drivers::component::{Component, ComponentConfig};
use drivers::printer::status::{Doubt, Outcome, Refusal, Status};
use milepost::sim::component::{self, Build, Fault, Options, SimComponent};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const LONG: Duration = Duration::from_secs(10);
const NUMBER: &str = "SF2000000000011";
const NAME: &str = "欧阳小明";
const PHONE: &str = "13800005678";

/// As a platform seals it, and what its shop adds in plain.
fn sealed() -> Value {
    json!([
        { "encryptedData": "AES:q83v/+8=", "signature": "MD:7f==", "templateURL": "https://t.example/1", "ver": "1" },
        { "data": { "name": NAME, "phone": PHONE, "weight": 1.25, "none": null }, "templateURL": "https://t.example/2" },
    ])
}

async fn sim(build: Build) -> SimComponent {
    component::start(build, Options::default()).await.expect("a component starts")
}

fn driver(url: &str) -> Component {
    let timeouts = "{ connect_ms = 500, answer_ms = 300, stall_ms = 500, confirm_ms = 600 }";
    let config: ComponentConfig =
        toml::from_str(&format!("name = \"c\"\nurl = {url:?}\ntimeouts = {timeouts}")).expect("a config");
    Component::new(config).expect("it can be")
}

async fn print(sim: &SimComponent, contents: &Value) -> Outcome {
    driver(&sim.url()).print(Task { id: "job/1", document: NUMBER, contents }).await
}

/// The tasks among what it got.
fn tasks(sim: &SimComponent) -> Vec<Value> {
    let messages = sim.messages();
    let read = messages.iter().map(|message| serde_json::from_str::<Value>(message).expect("JSON"));
    read.filter(|message| message["cmd"] == "print" || message["orderType"] == "PRINT").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_build_prints_what_was_sealed_as_it_came_and_it_counts_as_accepted() {
    for build in Build::ALL {
        for (contents, expected) in [(sealed(), sealed()), (sealed()[0].clone(), json!([sealed()[0]]))] {
            let sim = sim(build).await;
            let outcome = print(&sim, &contents).await;
            assert!(matches!(outcome, Outcome::Accepted { bytes } if bytes > 100), "{build:?}: {outcome:?}");
            assert!(sim.wait_for(1, LONG).await, "{build:?}");
            let printed = sim.printed();
            assert_eq!((printed.len(), &printed[0].contents), (1, &expected), "{build:?}");
            assert_eq!((printed[0].task.as_str(), printed[0].printer.as_str()), ("job/1", "GK888"), "{build:?}");
            if build != Build::Jd {
                assert_eq!(printed[0].document, NUMBER, "{build:?}");
                assert_eq!(tasks(&sim)[0]["task"]["documents"].as_array().map(Vec::len), Some(1), "{build:?}");
                assert_eq!(tasks(&sim)[0]["requestID"], "job/1", "{build:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_prints_on_the_printer_that_is_named() {
    let sim = sim(Build::CainiaoWindows).await;
    let mut component = driver(&format!("{}&printer=PDF", sim.url()));
    assert_eq!(component.status().await, Status::Ready);
    let outcome = component.print(Task { id: "job/1", document: NUMBER, contents: &sealed() }).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(sim.printed()[0].printer, "PDF");
}

/// What is known of a label after a fault, in a word, and how many come out, where so many are awaited.
async fn after(build: Build, fault: Fault, awaited: usize) -> (&'static str, usize, String) {
    let sim = sim(build).await;
    sim.set_fault(Some(fault));
    let outcome = print(&sim, &sealed()).await;
    let (word, why) = match &outcome {
        Outcome::Accepted { .. } => ("accepted", String::new()),
        Outcome::Confirmed { .. } => ("confirmed", String::new()),
        Outcome::Refused { reason: Refusal::Label { why } } => ("not printed", why.clone()),
        Outcome::Refused { reason: Refusal::Offline { why } } => ("offline", why.clone()),
        Outcome::Refused { .. } => ("refused", String::new()),
        Outcome::Unknown { doubt: Doubt::NoNotice, .. } => ("no notice", String::new()),
        Outcome::Unknown { doubt: Doubt::ConnectionLost { why }, .. } => ("lost", why.clone()),
        Outcome::Unknown { doubt: Doubt::Component { why }, .. } => ("in doubt", why.clone()),
        Outcome::Unknown { .. } => ("unknown", String::new()),
    };
    let sent = tasks(&sim).len();
    assert_eq!(sent, usize::from(word != "offline"), "{build:?} {fault:?}: nothing is sent twice");
    // JD says nothing after its reply: its label is still on its way.
    assert!(sim.wait_for(awaited, LONG).await, "{build:?} {fault:?}");
    (word, sim.printed().len(), why)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_told_as_far_as_it_is_known() {
    use Build::{CainiaoMac, CainiaoNew, CainiaoWindows, Douyin, Jd, Kuaishou, Pinduoduo};
    let mut exams = JoinSet::new();
    let telling = [CainiaoWindows, CainiaoMac, CainiaoNew, Pinduoduo, Douyin, Kuaishou];
    for (fault, builds, word, on_paper) in [
        (Fault::TurnsDown, &Build::ALL[..], "not printed", 0),
        (Fault::Unreadable, &telling, "not printed", 0),
        (Fault::Cancelled, &telling, "not printed", 0),
        (Fault::FailsLate, &[CainiaoWindows, CainiaoMac, CainiaoNew, Douyin], "in doubt", 0),
        (Fault::Contradicts, &telling, "in doubt", 1),
        (Fault::NoNotice, &telling, "no notice", 1),
        (Fault::Slow(Duration::from_secs(5)), &telling, "no notice", 0),
        (Fault::Closes, &telling, "lost", 1),
        (Fault::Chatters, &Build::ALL[..], "accepted", 1),
        (Fault::Disabled, &[CainiaoWindows, CainiaoMac, CainiaoNew], "offline", 0),
        (Fault::Mute, &Build::ALL[..], "offline", 0),
        (Fault::Stopped, &[CainiaoWindows, Jd], "offline", 0),
    ] {
        for build in builds.iter().copied() {
            exams.spawn(async move {
                let (told, printed, why) = after(build, fault, on_paper).await;
                assert_eq!((told, printed), (word, on_paper), "{build:?} {fault:?}: {why}");
                for secret in [NAME, PHONE, "AES:", "t.example"] {
                    assert!(!why.contains(secret), "{build:?} {fault:?}: {why}");
                }
            });
        }
    }
    exams.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_a_component_from_printing_is_said_with_the_cure() {
    let cainiao = sim(Build::CainiaoWindows).await;
    let said = async |url: String| match driver(&url).status().await {
        Status::Offline { why } => why,
        other => panic!("{url}: {other:?}"),
    };
    let unknown = said(format!("{}&printer=GK999", cainiao.url())).await;
    assert!(
        unknown.ends_with("it has no printer \"GK999\": write `printer=` as one of \"GK888\", \"PDF\""),
        "{unknown}"
    );
    cainiao.set_fault(Some(Fault::Disabled));
    let disabled = said(cainiao.url()).await;
    assert!(disabled.ends_with("its printer \"GK888\" is disabled: switch it on and resume its queue"), "{disabled}");
    cainiao.set_fault(Some(Fault::Mute));
    assert!(said(cainiao.url()).await.contains("is it cainiao's component?"));
    let kuaishou = sim(Build::Kuaishou).await;
    let wrong = said(kuaishou.url().replace("kuaishou", "cainiao")).await;
    assert!(wrong.contains("404") && wrong.ends_with("start the component"), "{wrong}");
    let jd = sim(Build::Jd).await;
    let wrong = said(jd.url().replace("jd", "douyin")).await;
    assert!(wrong.contains("is it douyin's component?"), "{wrong}");
    let none = component::start(Build::Douyin, Options { printers: Vec::new(), ..Options::default() }).await.unwrap();
    assert!(said(none.url()).await.contains("its system has no printer"));
}
