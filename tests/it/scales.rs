//! One exam for every kind of scale, over TCP and over a terminal: what stands still counts and nothing else does, each
//! fault is told, and whoever pulls the cable amid a message gets the scale back and no wrong weight.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use drivers::scale::{KINDS, ScaleConfig, ScaleEvent, State, spawn};
use milepost::bench::{self, Found, Input, Loaded, Place, Prompt, Role, Session, View, Work};
use milepost::domain::code::Code;
use milepost::domain::fact::Fact;
use milepost::journal::Reader;
use milepost::sim::scale::{self as sim, Fault, Model, Plug, SimScale};
use milepost::station::config::StationConfig;
use milepost::station::screen::Screen;
use milepost::station::serve::Station;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{Receiver, channel};

use crate::story::shelf::{self, Shelf};
use crate::world::{World, eventually, scanner};

const LONG: Duration = Duration::from_secs(10);

/// A profile, the model that speaks it, and the faults it can tell.
struct Examined {
    profile: &'static str,
    model: Model,
    faults: &'static [(Fault, State)],
}

const MODELS: [Examined; 4] = [
    Examined { profile: "toledo-8217", model: Model::Toledo8217, faults: ALL },
    Examined { profile: "toledo-continuous", model: Model::ToledoContinuous, faults: ALL },
    Examined { profile: "text", model: Model::Text, faults: LINES },
    Examined { profile: "text-unmarked", model: Model::TextUnmarked, faults: LINES },
];
const ALL: &[(Fault, State)] = &[
    (Fault::Motion, State::Moving),
    (Fault::Overload, State::Overload),
    (Fault::Negative, State::Negative),
    (Fault::Unzeroed, State::Unzeroed),
];
/// Lines of text have no word for a lost zero.
const LINES: &[(Fault, State)] =
    &[(Fault::Motion, State::Moving), (Fault::Overload, State::Overload), (Fault::Negative, State::Negative)];

fn config(url: &str, profile: &str) -> ScaleConfig {
    // Quick, so that the exam is: a scale that is asked is asked every 100 ms, one second of silence is silence.
    let text = format!(
        "name = 'scale'\nurl = '{url}'\nprofile = '{profile}'\nidle_ms = 100\nwanted_ms = 50\nsilence_ms = 1000"
    );
    toml::from_str(&text).unwrap()
}

async fn next(events: &mut Receiver<ScaleEvent>) -> ScaleEvent {
    tokio::time::timeout(LONG, events.recv()).await.expect("an event comes").expect("the scale lives")
}

/// Waits for a state; on the way no weight may be told but those of `allowed`.
async fn until(events: &mut Receiver<ScaleEvent>, wanted: State, allowed: &[u32]) {
    loop {
        match next(events).await {
            ScaleEvent::State { state, .. } if state == wanted => return,
            ScaleEvent::State { state: State::Stable { grams }, .. } => {
                assert!(allowed.contains(&grams), "{grams} g while waiting for {wanted:?}")
            }
            ScaleEvent::State { .. } | ScaleEvent::Connected { .. } => {}
            ScaleEvent::Lost { why, .. } => panic!("lost while waiting for {wanted:?}: {why}"),
        }
    }
}

async fn exam(sim: &SimScale, profile: &str, faults: &[(Fault, State)], events: &mut Receiver<ScaleEvent>) {
    assert_eq!(next(events).await, ScaleEvent::Connected { device: "scale".into() }, "{profile}");
    until(events, State::Stable { grams: 0 }, &[]).await;
    sim.put(1_234);
    until(events, State::Stable { grams: 1_234 }, &[0]).await;
    for (fault, state) in faults {
        sim.fail(*fault);
        until(events, *state, &[1_234]).await;
        sim.mend();
        until(events, State::Stable { grams: 1_234 }, &[]).await;
    }
    sim.fail(Fault::Garbage);
    until(events, State::Garbled, &[1_234]).await;
    sim.mend();
    until(events, State::Stable { grams: 1_234 }, &[]).await;
    sim.fail(Fault::Silence);
    until(events, State::Silent, &[1_234]).await;
    sim.put(800);
    sim.mend();
    until(events, State::Stable { grams: 800 }, &[]).await;

    sim.fail(Fault::Unplugged);
    loop {
        match next(events).await {
            ScaleEvent::Lost { .. } => break,
            ScaleEvent::State { state: State::Stable { grams }, .. } => assert_eq!(grams, 800, "half a message"),
            _ => {}
        }
    }
    sim.put(2_500);
    sim.mend();
    loop {
        match next(events).await {
            // Why it is away may change while it is.
            ScaleEvent::Lost { .. } => {}
            event => {
                assert_eq!(event, ScaleEvent::Connected { device: "scale".into() }, "{profile}");
                break;
            }
        }
    }
    until(events, State::Stable { grams: 2_500 }, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_scale_passes_the_exam() {
    for kind in KINDS {
        let examined = |profile: &str| config("tcp://127.0.0.1:1", profile).settings.protocol == kind.name;
        assert!(MODELS.iter().any(|model| examined(model.profile)), "{} has no exam here: add one", kind.name);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut exams = tokio::task::JoinSet::new();
    for Examined { profile, model, faults } in MODELS {
        let plugs = [Plug::Tcp(([127, 0, 0, 1], 0).into()), Plug::Pty(folder.path().join(profile))];
        for plug in plugs {
            exams.spawn(async move {
                let sim = sim::start(model, plug).unwrap();
                let (events, mut heard) = channel(64);
                let _scale = spawn(config(&sim.url, profile), events);
                exam(&sim, profile, faults, &mut heard).await;
            });
        }
    }
    while let Some(done) = exams.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scale_is_asked_once_a_second_and_more_often_while_somebody_waits() {
    let sim = sim::start(Model::Toledo8217, Plug::Tcp(([127, 0, 0, 1], 0).into())).unwrap();
    let (events, mut heard) = channel(64);
    let text = format!("name = 'scale'\nurl = '{}'\nprofile = 'toledo-8217'", sim.url);
    let scale = spawn(toml::from_str(&text).unwrap(), events);
    until(&mut heard, State::Stable { grams: 0 }, &[]).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let idle = sim.asked();
    assert!((2..=4).contains(&idle), "asked {idle} times in 2.5 s of idling");
    scale.want(Duration::from_secs(2));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let wanted = sim.asked() - idle;
    assert!((6..=11).contains(&wanted), "asked {wanted} times in 2 s of waiting");
    let before = sim.asked();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let idle = sim.asked() - before;
    assert!(idle <= 4, "asked {idle} times in 2.5 s when nobody waits any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weight_is_believed_as_long_as_it_is_said_again() {
    let sim = sim::start(Model::ToledoContinuous, Plug::Tcp(([127, 0, 0, 1], 0).into())).unwrap();
    sim.put(1_234);
    let (events, mut heard) = channel(64);
    let text = format!("name = 'scale'\nurl = '{}'\nprofile = 'toledo-continuous'\nsilence_ms = 60000", sim.url);
    let scale = spawn(toml::from_str(&text).unwrap(), events);
    until(&mut heard, State::Stable { grams: 1_234 }, &[]).await;
    // Said ten times a second, and told once.
    eventually("the weight to be said again", async || scale.grams() == Some(1_234)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    eventually("the weight to be said again", async || scale.grams() == Some(1_234)).await;
    sim.fail(Fault::Silence);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(scale.grams(), None, "long before it is called silent");
    sim.mend();
    eventually("the weight to be said again", async || scale.grams() == Some(1_234)).await;
    sim.fail(Fault::Unplugged);
    eventually("the scale to be lost", async || scale.grams().is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_told_once() {
    let (events, mut heard) = channel(64);
    let _scale = spawn(config("serial:///nowhere/scale?bits=8&parity=none", "text"), events);
    let ScaleEvent::Lost { device, why } = next(&mut heard).await else { panic!("lost") };
    assert_eq!(device, "scale");
    assert!(!why.is_empty());
    let again = tokio::time::timeout(Duration::from_millis(1_500), heard.recv()).await;
    assert!(again.is_err(), "said once, and still waiting: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_converter_that_accepts_and_hangs_up_is_told_once_and_asked_less_and_less() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let accepted = Arc::new(Mutex::new(0));
    let count = accepted.clone();
    let converter = tokio::spawn(async move {
        // The scale behind it was just switched off: the rest of a word, and no more.
        while let Ok((mut stream, _)) = listener.accept().await {
            *count.lock().unwrap() += 1;
            let _ = stream.write_all(b"4kg").await;
        }
    });
    let (events, mut heard) = channel(64);
    let _scale = spawn(config(&url, "text"), events);
    let (begun, mut lost) = (Instant::now(), 0);
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(3), heard.recv()).await {
        lost += usize::from(matches!(event, ScaleEvent::Lost { .. }));
        if begun.elapsed() > Duration::from_secs(3) {
            break;
        }
    }
    converter.abort();
    let accepted = *accepted.lock().unwrap();
    assert_eq!(lost, 1, "told {lost} times in {accepted} connections");
    assert!((2..=8).contains(&accepted), "{accepted} connections in 3 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_shows_the_weight_and_never_an_old_one() {
    let sim = sim::start(Model::ToledoContinuous, Plug::Tcp(([127, 0, 0, 1], 0).into())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "data_dir = '{}'\nlisten = '127.0.0.1:0'\n\
         [[place]]\nname = 'bench-1'\nscale = 'scale-1'\n[[place]]\nname = 'bench-2'\nscale = 'scale-1'\n\
         [[scale]]\nname = 'scale-1'\nurl = '{}'\nprofile = 'toledo-continuous'\nsilence_ms = 1200",
        folder.path().display(),
        sim.url
    );
    let config: StationConfig = milepost::config::parse(&text, std::path::Path::new("station.toml")).unwrap();
    let station = Station::start(config).await.unwrap();
    let shows = |place, state: &'static str, grams| {
        let wanted = move |screen: &Screen| {
            screen
                .scale
                .as_ref()
                .is_some_and(|scale| scale.state == state && scale.grams == grams && scale.name == "scale-1")
        };
        super::world::screen(&station, place, wanted)
    };
    let screens = Arc::new(Mutex::new(Vec::new()));
    let (list, mut drawn) = (screens.clone(), station.running.screens[&"bench-1".into()].clone());
    tokio::spawn(async move {
        while drawn.changed().await.is_ok() {
            list.lock().unwrap().push(drawn.borrow_and_update().scale.clone());
        }
    });
    // What was drawn since the last time somebody asked.
    let drawn = || screens.lock().unwrap().drain(..).flatten().collect::<Vec<_>>();
    sim.put(1_234);
    let screen = shows("bench-1", "stable", Some(1_234)).await;
    assert!(screen.scale.is_some_and(|scale| scale.ok));
    shows("bench-2", "stable", Some(1_234)).await;
    for (fault, state) in [(Fault::Motion, "moving"), (Fault::Overload, "overload")] {
        sim.fail(fault);
        let screen = shows("bench-1", state, None).await;
        assert_eq!(screen.scale.is_some_and(|scale| scale.ok), fault == Fault::Motion, "{fault:?}");
        sim.mend();
        shows("bench-1", "stable", Some(1_234)).await;
    }
    // What lies on it is another thing each time that it comes back: no screen may show the one before.
    let (mut before, bench_2) = (1_234, "bench-2");
    for (fault, state, grams) in [(Fault::Silence, "silent", 800), (Fault::Unplugged, "lost", 500)] {
        sim.fail(fault);
        let screen = shows("bench-1", state, None).await;
        assert!(!screen.scale.is_some_and(|scale| scale.ok), "{fault:?}");
        shows(bench_2, state, None).await;
        sim.put(grams);
        sim.mend();
        shows("bench-1", "stable", Some(grams)).await;
        shows(bench_2, "stable", Some(grams)).await;
        let drawn = drawn();
        let away = drawn.iter().position(|scale| scale.state == state).expect("it was shown");
        let shown: Vec<_> = drawn[away..].iter().map(|scale| (scale.state.as_str(), scale.grams)).collect();
        assert!(shown.iter().all(|(_, shown)| *shown != Some(before)), "{fault:?}: {before} g once more: {shown:?}");
        let with_grams = shown.iter().find(|(state, grams)| grams.is_some() && *state != "stable");
        assert_eq!(with_grams, None, "{fault:?}: a weight that doesn't stand still");
        before = grams;
    }
    station.stop().await.unwrap();
}

#[test]
fn a_scale_and_its_place_belong_together() {
    let mismatch = |text: &str| {
        let config: StationConfig = milepost::config::parse(text, std::path::Path::new("station.toml")).unwrap();
        config.check().unwrap_err().to_string()
    };
    let scale = "[[scale]]\nname = 'scale-1'\nurl = 'tcp://10.0.0.9:4001'\n";
    let nobodys = mismatch(scale);
    assert_eq!(nobodys, "scale `scale-1` belongs to no place: name it as `scale` of a [[place]]");
    let unknown = mismatch("[[place]]\nname = 'bench-1'\nscale = 'scale-2'\n");
    assert_eq!(unknown, "place `bench-1` names scale `scale-2`, which no [[scale]] has: known are none");
    let twice = mismatch(&format!("{scale}{scale}[[place]]\nname = 'bench-1'\nscale = 'scale-1'\n"));
    assert_eq!(twice, "there are two scales `scale-1`: give each its own name");
    let typo = milepost::config::parse::<StationConfig>(&format!("{scale}equl = 3"), std::path::Path::new("s.toml"));
    let typo = typo.unwrap_err().to_string();
    assert!(
        typo.contains("scale `scale-1`: unknown field `equl`") && typo.ends_with("did you mean `equal`?"),
        "{typo}"
    );
}

/// Nobody has scanned for long, so the scale is asked only now and then; its last word is about the parcel before.
#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_was_swapped_right_before_the_scan_is_not_recorded_with_the_weight_before() {
    let sim = sim::start(Model::Toledo8217, Plug::Tcp(([127, 0, 0, 1], 0).into())).unwrap();
    let world = World::start().await;
    let place = world.place("bench-1", "pack").replace("role =", "scale = \"scale-1\"\nrole =");
    let scale = format!(
        "[[scale]]\nname = 'scale-1'\nurl = '{}'\nprofile = 'toledo-8217'\nidle_ms = 2000\nsilence_ms = 6000\n",
        sim.url
    );
    let config = world.config("SZ-01", &format!("{place}{scale}")).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let number = "SF1000000000011";
    let order = shelf::order("1001", 1, &[shelf::one("红茶")], Some(number));
    world.post("/v1/orders", &json!({ "orders": [order] })).await;
    let station = world.start_station(&config).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&shelf::code("badge 李雷")).await.starts_with("OK")).await;
    eventually("the order to come down", async || gun.scan(number).await == "OK 请扫商品，还差 1 件").await;
    assert_eq!(gun.scan(&shelf::code("红茶")).await, "OK 完成，顺丰");
    station.stop().await.expect("the station ends");

    sim.put(1_234);
    let station = world.restart_station(&config).await;
    let shows = |screen: &Screen| screen.scale.as_ref().is_some_and(|scale| scale.grams == Some(1_234));
    super::world::screen(&station, "bench-1", shows).await;
    let mut gun = scanner(&station, "bench-1").await;
    // Long after one answer and long before the next.
    let asked = sim.asked();
    eventually("the scale to be asked", async || sim.asked() > asked).await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    sim.put(500);
    let first = gun.scan(number).await;
    assert!(!first.contains("1.234"), "{first}");
    let weighed = "WARN 重量不符：秤上 0.500 kg，应为 0.100 kg，打开看看";
    if first != weighed {
        assert_eq!(first, "OK 已打包：放到秤上，稳定后再扫面单");
        eventually("the new load to be weighed", async || gun.scan(number).await == weighed).await;
    }
    let entries = Reader::open(&station.running.journal).expect("a reader").entries(1, 0, 10_000).expect("entries");
    let grams = |fact| match fact {
        Fact::ParcelWeighed { grams, .. } => Some(grams),
        _ => None,
    };
    let recorded: Vec<u32> = entries.iter().filter_map(|entry| grams(entry.fact()?)).collect();
    assert_eq!(recorded, [500]);
    station.stop().await.expect("the station ends");
}

/// Only a label says which of an order's boxes lies there.
#[test]
fn an_order_number_weighs_where_it_can_mean_one_parcel_only() {
    let place =
        Place { badges: false, window: 2, scale: true, ..Place::new("SZ-01".into(), "bench-1".into(), Role::Pack) };
    let mut shelf = Shelf::default();
    shelf.add(&[("1001".into(), vec![shelf::one("红茶")])], Some("SF1000000000011"));
    let mut work = Work::default();
    work.remember(&Fact::ParcelPacked { place: place.name.clone() }, &place.station);
    let parcel = shelf.parcel_of_order("1001").clone();
    let first = View {
        parcel,
        orders: vec![shelf.orders["1001"].clone()],
        needs: Vec::new(),
        leaving: Vec::new(),
        lacking: Vec::new(),
        waiting: 0,
        work,
        fallback: Default::default(),
    };
    let mut second = first.clone();
    second.parcel.parcel_id = "tmall-1001-2".into();
    let scanned = |found| {
        let loaded = Loaded { found, weight_g: Some(345), ..Loaded::default() };
        let input = Input::Scanned(Code::Bare("1001".into()));
        bench::step(&place, &Session::new(place.name.clone()), &input, &loaded)
    };
    let weighs = |decision: &bench::Decision| {
        decision.facts.iter().any(|entry| matches!(entry.fact, Fact::ParcelWeighed { grams: 345, .. }))
    };
    assert!(weighs(&scanned(Found::Order(vec![first.clone()]))), "its only parcel");
    assert!(weighs(&scanned(Found::Label { number: "SF1000000000011".into(), view: Box::new(first.clone()) })));
    let decision = scanned(Found::Order(vec![first, second]));
    assert!(decision.facts.is_empty(), "{:?}", decision.facts);
    assert_eq!(decision.actions, [bench::Action::Say(Prompt::PutOnScale)], "which scanning its label mends");
}
