//! What benches are heard to say: the files themselves, a daemon that plays them through a player that writes down what it got,
//! and the pages that play them in a browser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use milepost::bench::Sound;
use milepost::sim::printer::Fault;
use milepost::station::serve::Station;
use milepost::station::sounds::{length_s, meanings};
use serde_json::json;

use crate::chromium::Browser;
use crate::process::Starting;
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{Scanner, World, eventually, scanner, screen};

const ORDER: &str = "2026021500012345";
const NUMBER: &str = "SF1539800012345";
/// Longer than any scanner's of these tests.
const WINDOW: Duration = Duration::from_millis(350);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sounds")
}

fn file(language: &str, name: &str) -> Vec<u8> {
    let path = folder().join(language).join(format!("{name}.wav"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names() -> BTreeSet<String> {
    Sound::ALL.iter().map(|sound| sound.as_str().to_owned()).collect()
}

/// The samples of a file as `make` writes it: 8 bits, one channel, behind a head of 44 bytes.
fn samples(wav: &[u8]) -> Vec<f64> {
    assert_eq!((&wav[8..16], &wav[20..24], &wav[34..36]), (&b"WAVEfmt "[..], &[1, 0, 1, 0][..], &[8, 0][..]));
    wav[44..].iter().map(|byte| (f64::from(*byte) - 128.0) / 128.0).collect()
}

#[test]
fn every_sound_is_a_short_file_that_can_be_heard_in_both_languages() {
    let mut bytes = 0;
    for language in ["zh", "en"] {
        let found = std::fs::read_dir(folder().join(language)).expect("a folder of sounds");
        let found: BTreeSet<String> =
            found.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
        assert_eq!(
            found,
            names().into_iter().map(|name| name + ".wav").collect(),
            "{language}: run config/sounds/make"
        );
        let mut same: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        for name in names() {
            let wav = file(language, &name);
            bytes += wav.len();
            let length = length_s(&wav).unwrap_or_else(|| panic!("{language}/{name} is no WAV file"));
            assert!((0.03..=1.2).contains(&length), "{language}/{name} takes {length} s");
            let samples = samples(&wav);
            let peak = samples.iter().fold(0.0_f64, |peak, sample| peak.max(sample.abs()));
            let power = samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64;
            assert!(peak > 0.9 && power.sqrt() > 0.1, "{language}/{name} is too quiet: {peak}, {}", power.sqrt());
            if let Some(other) = same.insert(wav, name.clone()) {
                panic!("{language}: {name} and {other} sound the same");
            }
        }
    }
    // A third of it are the numbers of a wall's slots.
    assert!(bytes <= 1_750_000, "{bytes} bytes are built into the binary: say it in fewer words");
}

#[test]
fn the_table_and_the_readme_list_every_sound() {
    let meanings = meanings();
    let listed: BTreeSet<String> = meanings.iter().map(|meaning| meaning.name.clone()).collect();
    assert_eq!((listed, meanings.len()), (names(), Sound::ALL.len()));
    for meaning in &meanings {
        let tone = Sound::parse(&meaning.name).is_some_and(Sound::is_tone);
        assert_eq!(meaning.is_tone(), tone, "{}: a tone has notes, words have none", meaning.name);
        assert!(!meaning.zh.is_empty() && !meaning.en.is_empty(), "{}", meaning.name);
    }
    let row = |meaning: &milepost::station::sounds::Meaning| {
        format!("| `{}` | {} | {} |", meaning.name, meaning.zh, meaning.en)
    };
    let wanted: Vec<String> = meanings.iter().map(row).collect();
    let text = std::fs::read_to_string(folder().join("README.md")).expect("it has a README");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows, wanted, "config/sounds/README.md");
}

/// A player that keeps what it was given to play, and how that ended, and takes as long as `pause` says.
const PLAYER: &str = r#"at=$(date +%s%N)
cat > "$1/$at.part" && mv "$1/$at.part" "$1/$at.wav"
sleep "$(cat "$1/pause")"
touch "$1/$at.done"
"#;

struct Ears(tempfile::TempDir);

impl Ears {
    fn new() -> Ears {
        let ears = Ears(tempfile::TempDir::new().expect("a folder"));
        std::fs::write(ears.0.path().join("player"), PLAYER).expect("the player is written");
        ears.pause(0);
        ears
    }

    fn pause(&self, seconds: u32) {
        std::fs::write(self.0.path().join("pause"), seconds.to_string()).expect("written");
    }

    fn player(&self) -> String {
        let folder = self.0.path().display();
        format!("player = [\"sh\", \"{folder}/player\", \"{folder}\"]")
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let entries =
            std::fs::read_dir(self.0.path()).expect("the folder").map(|entry| entry.expect("an entry").path());
        let mut files: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
        files.sort();
        files
    }

    /// What was begun to be played, by the names of the Chinese files.
    fn heard(&self) -> Vec<String> {
        let known: BTreeMap<Vec<u8>, String> = names().into_iter().map(|name| (file("zh", &name), name)).collect();
        let name = |path: &PathBuf| known[&std::fs::read(path).expect("what was played")].clone();
        self.files("wav").iter().map(name).collect()
    }

    /// Waits until all of it was played, and forgets it.
    async fn hears(&self, wanted: &[&str]) {
        eventually(&format!("{wanted:?}"), async || self.heard().len() >= wanted.len()).await;
        assert_eq!(self.heard(), wanted);
        eventually("the last of it to end", async || self.files("done").len() == wanted.len()).await;
        self.forget();
    }

    fn forget(&self) {
        for path in self.files("wav").into_iter().chain(self.files("done")) {
            std::fs::remove_file(path).expect("removed");
        }
    }
}

fn line(goods: &str, quantity: u32) -> Line {
    Line { goods: goods.into(), quantity, gift: false, refunded: false }
}

async fn stock(world: &World) {
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let order = shelf::order(ORDER, 1, &[line("红茶", 4), line("绿茶", 1)], Some(NUMBER));
    assert_eq!(world.post("/v1/orders", &json!({ "orders": [order] })).await["accepted"], 1);
}

/// A station with one bench that these ears listen to.
async fn listened(world: &World, ears: &Ears, change: impl Fn(String) -> String) -> Station {
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let text = std::fs::read_to_string(&config).expect("the config is there");
    let heard = text.replace("[sound]\nenabled = false", &format!("[sound]\n{}", ears.player()));
    assert_ne!(heard, text);
    std::fs::write(&config, change(heard)).expect("written");
    world.start_station(&config).await
}

/// Until the people and the order have come down from the hub. What is asked again waits for the duplicate window to pass.
async fn badged_in(world: &World, station: &Station) -> Scanner {
    let mut gun = scanner(station, "bench-1").await;
    stock(world).await;
    for (scanned, said) in [(code("badge 李雷"), "OK 李雷，上岗"), (ORDER.to_owned(), "OK 请扫商品，还差 5 件")]
    {
        eventually("documents to come down", async || {
            let answer = gun.scan(&scanned).await;
            tokio::time::sleep(WINDOW).await;
            answer == said
        })
        .await;
    }
    gun
}

/// Nothing begins for a while, and what began last came to its end; what it ended didn't.
async fn quiet(ears: &Ears) {
    eventually("silence", async || {
        let before = ears.files("wav");
        tokio::time::sleep(Duration::from_millis(500)).await;
        before == ears.files("wav") && before.last().is_none_or(|last| last.with_extension("done").exists())
    })
    .await;
    ears.forget();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bench_is_heard_to_say_what_its_prompts_are() {
    let (world, ears) = (World::start().await, Ears::new());
    let station = listened(&world, &ears, |config| config).await;
    let mut gun = scanner(&station, "bench-1").await;
    assert_eq!(gun.scan(ORDER).await, "STOP 请先刷工牌");
    ears.hears(&["stop", "badge-first"]).await;
    drop(gun);
    let mut gun = badged_in(&world, &station).await;
    quiet(&ears).await;

    gun.scan(ORDER).await;
    quiet(&ears).await;
    gun.scan(&code("红茶")).await;
    ears.hears(&["click"]).await;
    gun.scan(&code("红茶")).await;
    ears.hears(&["click", "left-3"]).await;
    assert_eq!(gun.scan(&code("茶包")).await, "STOP 不是这单的：茶包");
    ears.hears(&["stop", "wrong-item"]).await;
    assert!(gun.garble(b"\xff\xfe\r").await.starts_with("STOP"));
    ears.hears(&["unread", "scan-again"]).await;
    let shown = screen(&station, "bench-1", |screen| screen.key == "unreadable" || screen.key == "broken").await;
    assert_eq!(shown.sounds, ["unread", "scan-again"], "a page that is a speaker says the same");

    world.printer.set_fault(Fault::PaperOutAfter(0));
    for goods in ["红茶", "红茶", "绿茶"] {
        gun.scan(&code(goods)).await;
    }
    screen(&station, "bench-1", |screen| screen.key == "printer_refused").await;
    eventually("the paper to be missed", async || ears.heard().ends_with(&["stop".into(), "paper-out".into()])).await;
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_newer_ends_what_is_being_said_and_a_dropped_scan_doesnt() {
    let (world, ears) = (World::start().await, Ears::new());
    let window = |config: String| config.replace("duplicate_window_ms = 0", "duplicate_window_ms = 300");
    let station = listened(&world, &ears, window).await;
    let mut gun = badged_in(&world, &station).await;
    quiet(&ears).await;

    ears.pause(30);
    gun.scan(&code("茶包")).await;
    eventually("the stop to begin", async || ears.heard() == ["stop"]).await;
    gun.scan(&code("红茶")).await;
    eventually("the click in its place", async || ears.heard() == ["stop", "click"]).await;
    // Both at once: had the first not been ended, neither of these would be heard within the limit.
    gun.scan(&code("绿茶")).await;
    eventually("the next click", async || ears.heard() == ["stop", "click", "click"]).await;
    assert_eq!(ears.files("done"), Vec::<PathBuf>::new(), "none of them came to its end");

    ears.forget();
    ears.pause(1);
    gun.scan(&code("SKIP")).await;
    eventually("the question", async || ears.heard() == ["ask"]).await;
    gun.send(&code("SKIP")).await;
    eventually("the dropped scan, behind all that was to be said", async || {
        ears.heard() == ["ask", "scan-reason", "dropped"]
    })
    .await;
    assert!(ears.files("done").len() >= 2, "what was being said was heard out");
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_player_and_a_missing_card_are_told_once_and_stop_nobody() {
    let world = World::start().await;
    let places = world.place("bench-1", "pack") + &world.place("bench-2", "pack");
    for (station, player, says) in [
        ("SZ-01", "player = [\"no-such-player\"]", "the player `no-such-player` can't be started"),
        (
            "SZ-02",
            "player = [\"sh\", \"-c\", \"echo one >&2; echo no such card >&2; exit 1\"]",
            "plays nothing: no such card",
        ),
    ] {
        let config = world.config(station, &places).await;
        let text = std::fs::read_to_string(&config).expect("the config is there");
        std::fs::write(&config, text.replace("[sound]\nenabled = false", &format!("[sound]\n{player}")))
            .expect("written");
        let process = Starting::station(&config, 2).ready().await;
        for place in ["gun-bench-1", "gun-bench-2"] {
            let mut gun = Scanner::connect(process.scanners[place]).await;
            for _ in 0..5 {
                assert_eq!(gun.scan(NUMBER).await, "STOP 请先刷工牌");
            }
        }
        let log = || std::fs::read_to_string(config.with_extension("log")).expect("a log");
        eventually("the log to tell it", async || log().contains(says)).await;
        process.end().await;
        assert_eq!(log().matches(says).count(), 1, "{}", log());
        assert!(log().contains("set enabled = false"), "{}", log());
    }
}

fn milepost(arguments: &[&str]) -> (Option<i32>, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_milepost")).args(arguments).output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (run.status.code(), text(run.stdout), text(run.stderr))
}

#[test]
fn the_command_line_plays_and_lists_sounds_and_the_doctor_hears_a_click() {
    let ears = Ears::new();
    let config = ears.0.path().join("station.toml");
    let path = config.to_str().expect("text");
    let place = "[[place]]\nname = \"bench-1\"\n[[place]]\nname = \"bench-2\"\nsound = false\n";
    let write = |sound: &str| {
        let data = ears.0.path().join("data");
        let text = format!("data_dir = {data:?}\nlisten = \"127.0.0.1:0\"\n{place}[sound]\n{sound}\n");
        std::fs::write(&config, text).expect("written");
    };
    write(&ears.player());
    let (code, said, _) = milepost(&["sound", "play", "stop", "wrong-item", "--place", "bench-1", "--config", path]);
    assert_eq!((code, said.as_str()), (Some(0), "stop\nwrong-item\n"));
    assert_eq!(ears.heard(), ["stop", "wrong-item"]);
    let (code, _, said) = milepost(&["sound", "play", "clik", "--config", path]);
    assert!(code == Some(1) && said.contains("no sound is called `clik`: `milepost sound list`"), "{said}");
    let (code, _, said) = milepost(&["sound", "test", "--place", "bench-2", "--config", path]);
    assert!(code == Some(1) && said.contains("place `bench-2` is silent by the config"), "{said}");
    let (_, said, _) = milepost(&["sound", "list"]);
    assert_eq!(said.lines().count(), Sound::ALL.len());

    let doctor = || {
        let (_, said, _) = milepost(&["doctor", "--json", "--config", path]);
        let found: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let all = found["findings"].as_array().expect("a list").clone();
        let mut all = all.into_iter().filter(|finding| finding["about"] == "sound");
        (all.next().expect("it looks at sound"), all.next())
    };
    ears.forget();
    let (found, more) = doctor();
    assert_eq!((&found["good"], &found["what"], more), (&json!(true), &json!("a click was played at bench-1"), None));
    assert_eq!(ears.heard(), ["click"]);
    write("player = [\"no-such-player\"]");
    let (found, _) = doctor();
    assert_eq!(found["good"], false);
    assert!(found["cure"].as_str().expect("a cure").contains("alsa-utils"), "{found}");
    write("player = []");
    let (code, _, said) = milepost(&["config", "check", path]);
    assert!(code == Some(1) && said.contains("`player` of [sound] names no program"), "{said}");
    write("enabled = true");
    let wrong = std::fs::read_to_string(&config).expect("there").replace("sound = false", "sound = 3");
    std::fs::write(&config, wrong).expect("written");
    let (_, _, said) = milepost(&["config", "check", path]);
    assert!(said.contains("`sound` of a place is true, false, or the name of its own device"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_plays_every_sound_of_the_page_in_both_languages() {
    let world = World::start().await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut browser = Browser::start(1280, 800).await;
    browser.open(&format!("http://{}/", station.address)).await;
    browser.click("header a[href^='/sounds']").await;
    browser.wait_for_text("h1", "提示音").await;
    let words = Sound::ALL.iter().filter(|sound| !sound.is_tone()).count();
    let buttons = words * 2 + Sound::ALL.len() - words;
    // Decoded by the browser, longer than nothing, and no two words alike in length and loudness at once.
    let decoded = "Promise.all([...document.querySelectorAll('[data-play]')].map(async (button) => {
        const data = await (await fetch(button.dataset.play)).arrayBuffer();
        const sound = await new OfflineAudioContext(1, 1, 11025).decodeAudioData(data);
        const peak = Math.max(...sound.getChannelData(0).map(Math.abs));
        return sound.duration > 0.03 && sound.duration <= 1.21 && peak > 0.5;
    })).then((all) => all.filter((good) => good).length)";
    for language in ["zh", "en"] {
        browser.open(&format!("http://{}/sounds?lang={language}", station.address)).await;
        assert_eq!(browser.texts("[data-sound] b").await.len(), Sound::ALL.len());
        assert_eq!(browser.value(decoded).await, buttons, "{language}");
    }
    assert_eq!(browser.texts("[data-sound='wrong-item'] b").await, ["Not in this order"]);
    assert_eq!(browser.texts("[data-sound='wrong-item'] button").await, ["▶ 中文", "▶ English"]);
    listen(&mut browser).await;
    browser.press("[data-play='/sounds/zh/wrong-item.wav']").await;
    browser.wait("window.started?.length === 1").await;
    for width in [1280, 360] {
        browser.resize(width, 740).await;
        browser.wait(&format!("innerWidth === {width}")).await;
        assert_eq!(browser.value("document.documentElement.scrollWidth").await, width, "nothing sticks out sideways");
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
    let answer = reqwest::get(format!("http://{}/sounds/zh/none.wav", station.address)).await.expect("an answer");
    assert_eq!(answer.status(), 404);
    station.stop().await.expect("the station ends");
}

/// Keeps the length of what the page begins to play.
async fn listen(browser: &mut Browser) {
    let script = "const start = AudioBufferSourceNode.prototype.start; window.started = [];
        AudioBufferSourceNode.prototype.start = function (at) { started.push(this.buffer.duration); start.call(this, at); }; 1";
    assert_eq!(browser.value(script).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_place_is_a_speaker_once_somebody_wants_it_and_says_each_prompt_once() {
    let world = World::start().await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut browser = Browser::start(1280, 800).await;
    let page = format!("http://{}/places/bench-1", station.address);
    browser.open(&page).await;
    browser.wait_for_text("#prompt", "请先刷工牌").await;
    browser.wait_for_text("#sound", "声音：关").await;
    listen(&mut browser).await;
    let mut gun = badged_in(&world, &station).await;
    browser.wait_for_text("#left", "5").await;
    assert_eq!(browser.value("started.length").await, 0, "the bench's own speaker speaks already");

    browser.press("#sound").await;
    browser.wait_for_text("#sound", "声音：开").await;
    gun.scan(&code("茶包")).await;
    browser.wait("started.length === 2").await;
    let lengths: Vec<f64> = serde_json::from_value(browser.value("started").await).expect("numbers");
    let wanted = ["stop", "wrong-item"].map(|name| length_s(&file("zh", name)).expect("a WAV file"));
    assert!(lengths.iter().zip(wanted).all(|(heard, wanted)| (heard - wanted).abs() < 0.01), "{lengths:?} {wanted:?}");
    // Drawn anew for another reason, it says nothing again.
    world.printer.set_fault(Fault::PaperOutAfter(0));
    browser.wait("document.querySelector('.device.bad') !== null").await;
    assert_eq!(browser.value("started.length").await, 2);
    gun.scan(&code("红茶")).await;
    browser.wait("started.length === 3").await;

    browser.open(&page).await;
    browser.wait("['on', 'touch'].includes(document.getElementById('sound').dataset.state)").await;
    browser.press("#sound").await;
    browser.wait_for_text("#sound", "声音：关").await;
    for (width, height) in [(1920, 1080), (360, 740)] {
        browser.resize(width, height).await;
        browser.wait(&format!("innerWidth === {width}")).await;
        let under = "(e => { const s = document.getElementById('sound').getBoundingClientRect(); return [...document.querySelectorAll(\
                     '.bench header > *')].some(o => { const r = o.getBoundingClientRect(); return r.left < s.right && s.left < r.right \
                     && r.top < s.bottom && s.top < r.bottom; }); })()";
        assert_eq!(browser.value(under).await, false, "the switch hides nothing of the head at {width}");
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}
