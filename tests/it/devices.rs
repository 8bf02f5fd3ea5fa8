//! `milepost devices` and `milepost doctor` as a shift lead runs them: what is on the network, what is wrong with a device,
//! and the cure. What is on USB needs a kernel with USB devices: tests/vm.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use drivers::printer::profile::Profile;
use milepost::sim::printer::{self, Language, SimPrinter};
use milepost::sim::scale::{self, Fault, Model, Plug};
use serde_json::Value;

use super::printers::{LONG, NUMBER, label};
use crate::process::milepost;

async fn told(arguments: &[&str]) -> Value {
    let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
    let run = move || milepost(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let (_, said) = tokio::task::spawn_blocking(run).await.unwrap();
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// An address of this machine on which no office printer listens beside the simulated one.
async fn printer(language: Language) -> SimPrinter {
    let listen = SocketAddr::from(([127, 0, 0, 2], 0));
    printer::start(language, printer::Options { listen, ..printer::Options::default() }).await.unwrap()
}

fn on_the_network(devices: &Value) -> Vec<&Value> {
    devices.as_array().unwrap().iter().filter(|device| device["url"].as_str().unwrap().starts_with("tcp://")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn printers_of_a_network_are_told_apart_and_nothing_is_printed() {
    for language in Language::ALL {
        let (sim, profile) = (printer(language).await, profile_of(language));
        let port = sim.addr.port().to_string();
        let devices = told(&["devices", "--json", "--network", "127.0.0.2/31", "--port", &port]).await;
        let found = on_the_network(&devices);
        assert_eq!((found.len(), found[0]["kind"].as_str()), (1, Some("printer")), "{devices}");
        if let Language::Zpl | Language::Tspl = language {
            assert_eq!(found[0]["profile"], profile);
            assert_ne!(found[0]["model"], "", "it said what it is");
            let lines = found[0]["config"][0].as_str().unwrap();
            let config: milepost::station::config::StationConfig = toml::from_str(lines).unwrap();
            assert_eq!(config.printers().next().unwrap().url.to_string(), format!("tcp://{}", sim.addr));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!((sim.papers().len(), sim.queued()), (0, 0));
        // What is left of the questions in its line harms no label after them.
        let profile = Profile::builtin(profile).unwrap();
        super::printers::with_profile(sim.addr, profile, Default::default()).print(&label(false)).await;
        assert!(sim.wait_for(1, LONG).await, "{language:?}");
        assert_eq!(sim.papers()[0].codes(), [NUMBER], "{language:?}");
    }
}

fn profile_of(language: Language) -> &'static str {
    match language {
        Language::Zpl => "zpl",
        Language::Tspl => "tspl",
        Language::Cpcl => "cpcl",
        Language::Epl => "epl",
        Language::EscPos => "escpos",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_announces_itself_is_found() {
    let responder = UdpSocket::bind("127.0.0.1:0").unwrap();
    let whom = responder.local_addr().unwrap().to_string();
    let answering = std::thread::spawn(move || {
        let mut question = [0; 512];
        let (length, from) = responder.recv_from(&mut question).unwrap();
        // The question's own name, then PTR to `Desk` before it; no address, so it is where the answer comes from.
        let name = &question[12..length - 4];
        let mut answer = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        answer.extend_from_slice(name);
        answer.extend([0, 12, 0, 1, 0, 0, 0, 120, 0, 7, 4]);
        answer.extend(b"Desk\xc0\x0c");
        responder.send_to(&answer, from).unwrap();
    });
    let devices = told(&["devices", "--json", "--mdns", &whom]).await;
    answering.join().unwrap();
    let found = on_the_network(&devices);
    assert_eq!(found.len(), 1, "{devices}");
    assert_eq!((found[0]["url"].as_str(), found[0]["model"].as_str()), (Some("tcp://127.0.0.1:9100"), Some("Desk")));
    assert!(found[0]["because"].as_str().unwrap().contains("--network 127.0.0.1 asks what it speaks"));
}

#[test]
fn too_large_a_network_is_refused() {
    let (success, said) = milepost(&["devices", "--network", "10.0.0.0/8"]);
    assert!(!success && said.contains("a /8 is too large to be searched"), "{said}");
}

#[test]
fn more_than_a_sites_network_is_searched_only_when_somebody_says_so() {
    let (success, said) = milepost(&["devices", "--network", "127.0.0.0/22", "--port", "1"]);
    assert!(!success && said.contains("connects to 1022 addresses") && said.contains("say --yes"), "{said}");
    let (success, said) = milepost(&["devices", "--network", "127.0.0.0/22", "--port", "1", "--yes"]);
    assert!(success, "{said}");
}

/// The findings about a thing: good or bad, what, cure.
fn findings(doctor: &Value, about: &str) -> Vec<(bool, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = doctor["findings"].as_array().unwrap().iter().filter(|finding| finding["about"] == about);
    all.map(|finding| (finding["good"].as_bool().unwrap(), text(&finding["what"]), text(&finding["cure"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_of_each_device_what_is_wrong_and_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let scales = [
        ("good", Model::ToledoContinuous, "toledo-continuous"),
        // Its first weights can't be said to stand still yet.
        ("unmarked", Model::TextUnmarked, "text-unmarked"),
        ("moving", Model::Text, "text"),
        ("wrong", Model::TextUnmarked, "toledo-continuous"),
        ("mute", Model::Toledo8217, "text"),
    ];
    let mut sims = Vec::new();
    let mut text = format!("data_dir = '{}'\nlisten = '127.0.0.1:0'\n", folder.path().display());
    for (name, model, profile) in scales {
        let sim = scale::start(model, Plug::Pty(folder.path().join(name))).unwrap();
        sim.put(1_234);
        if name == "moving" {
            sim.fail(Fault::Motion);
        }
        text += &format!("[[place]]\nname = 'at-{name}'\nscale = '{name}'\n");
        text += &format!("[[scale]]\nname = '{name}'\nurl = '{}'\nprofile = '{profile}'\n", sim.url);
        sims.push(sim);
    }
    let away = folder.path().join("away");
    text += "[[place]]\nname = 'bench'\nscale = 'away'\nscanners = ['gun']\nprinter = 'desk'\n";
    text += &format!("[[scale]]\nname = 'away'\nurl = 'serial://{}'\n", away.display());
    text += &format!("[[scanner]]\nname = 'gun'\nurl = 'serial://{}'\n", away.display());
    text += "[[printer]]\nname = 'desk'\nurl = 'usb://0a5f:0166'\nprofile = 'zpl'\nmedia = '100x150'\n";
    let config = folder.path().join("station.toml");
    std::fs::write(&config, text).unwrap();
    let doctor = told(&["doctor", "--json", "--config", path(&config)]).await;

    assert_eq!(doctor["good"], false);
    let one = |about: &str| {
        let mut all = findings(&doctor, about);
        assert_eq!(all.len(), 1, "{about}: {all:?}");
        all.remove(0)
    };
    for about in ["scale good", "scale unmarked"] {
        assert_eq!(one(about), (true, "1.234 kg, and stands still".into(), String::new()), "{about}");
    }
    assert_eq!(one("scale moving"), (true, "reachable; its weight moves".into(), String::new()));
    let (good, what, cure) = one("scale wrong");
    assert!(
        !good && what == "doesn't speak toledo-continuous" && cure.contains("baud, bits, parity"),
        "{what}: {cure}"
    );
    let (good, what, _) = one("scale mute");
    assert!(!good && what == "connected, and says nothing in text", "{what}");
    for about in ["scale away", "scanner gun"] {
        let there = format!("{} isn't there", away.display());
        assert_eq!(one(about), (false, there, "plug it in and switch it on".into()));
    }
    let (good, what, cure) = one("printer desk");
    assert!(!good && what.contains("can't be reached") && cure.contains("`milepost devices`"), "{what}: {cure}");
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
