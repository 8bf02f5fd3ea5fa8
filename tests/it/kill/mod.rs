//! SIGKILL of the real daemon, again and again, while four packers scan: what was answered is there afterwards, the
//! chain holds, a parcel has one number and one label, and where the paper is in doubt the packer is asked.

mod aim;
mod death;
mod ledger;
mod packer;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use milepost::domain::id::JobId;
use milepost::sim::printer::{self, Language, SimPrinter};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::process::{Process, Starting};
use crate::story::script::Line;
use crate::story::shelf;
use crate::wire::{HTTP, Hold, Wire, ZPL};
use crate::world::{World, eventually};
use aim::{Aim, Dice};
use death::{Death, Thread, Writing, histogram};
use ledger::Ledger;
use packer::{Packer, Task, seat};

/// Of each of the two stations.
const KILLS: usize = 101;
const PLACES: [&str; 4] = ["bench-1", "bench-2", "bench-3", "bench-4"];
/// More parcels than anybody can pack before the last kill.
const PARCELS: u32 = 90;
/// An aim that isn't met in this time is given up, and the kill comes anyway.
const AIM: Duration = Duration::from_millis(400);

struct Bench {
    world: World,
    config: PathBuf,
    journal: PathBuf,
    /// One before each printer.
    wires: Vec<Arc<Wire>>,
    printers: Vec<Arc<SimPrinter>>,
    carrier: Arc<Wire>,
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let seed = match std::env::var("MILEPOST_SEED") {
        Ok(seed) => seed.parse().expect("MILEPOST_SEED is a number"),
        Err(_) => 1_771_400_000,
    };
    println!("seed {seed}: repeat with MILEPOST_SEED={seed}");
    let begun = Instant::now();
    // Two stations, so that one starts while the other works.
    let (mut deaths, others) = tokio::join!(die_often(seed), die_often(seed + 1));
    for (death, count) in others {
        *deaths.entry(death).or_default() += count;
    }
    let table = histogram(&deaths);
    println!("{} kills in {:.0?}\n{table}", 2 * KILLS, begun.elapsed());
    for wanted in [Death::InsideCommit, Death::CommitToPrint, Death::MidLabel, Death::CarrierCall] {
        assert!(deaths.get(&wanted).copied().unwrap_or_default() >= 5, "too few kills {wanted:?}\n{table}");
    }
}

/// One station's many deaths, and the count of what it left behind.
async fn die_often(seed: u64) -> BTreeMap<Death, u32> {
    let mut dice = Dice(seed);
    let bench = Bench::set_up().await;
    let mut packers = bench.packers();
    let mut ledger = Ledger::default();
    let mut deaths: BTreeMap<Death, u32> = BTreeMap::new();
    for round in 0..KILLS {
        let death = bench.live_and_die(dice.aim(), &mut packers, &mut ledger).await;
        *deaths.entry(death).or_default() += 1;
        if round % 20 == 19 {
            ledger::whole(&bench.journal);
        }
    }
    bench.finish(&mut packers, &mut ledger).await;
    deaths
}

impl Bench {
    async fn set_up() -> Bench {
        let world = World::start().await;
        world.post("/v1/items", &json!({ "items": shelf::items() })).await;
        world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
        let orders: Vec<_> = (0..PLACES.len())
            .flat_map(tasks)
            .map(|(task, number)| {
                let line = |goods: &&str| Line { goods: (*goods).into(), quantity: 1, gift: false, refunded: false };
                let lines: Vec<Line> = task.goods.iter().map(line).collect();
                shelf::order(&task.order, 1, &lines, number.as_deref())
            })
            .collect();
        for some in orders.chunks(100) {
            world.post("/v1/orders", &json!({ "orders": some })).await;
        }
        let (mut wires, mut printers, mut places) = (Vec::new(), Vec::new(), String::new());
        for name in PLACES {
            let options = printer::Options { print_time: Duration::from_millis(2), ..printer::Options::default() };
            let printer = Arc::new(printer::start(Language::Zpl, options).await.expect("a printer starts"));
            let wire = Arc::new(Wire::to(printer.addr, ZPL).await);
            // Whose paper a kill took three times needs no lead here.
            let text = world.place(name, "pack").replace("scanners = [", "reprints_alone = 99\nscanners = [");
            let text = text.replace(&world.printer.addr.to_string(), &wire.address.to_string());
            // A printer held in the middle must not pass for one that never answers, however busy this machine is.
            places += &text.replace("answer_ms = 200", "answer_ms = 2000");
            wires.push(wire);
            printers.push(printer);
        }
        let carrier = Arc::new(Wire::to(world.sf.addr(), HTTP).await);
        let config = world.config("SZ-01", &places).await;
        let text = std::fs::read_to_string(&config).expect("the config");
        let text = text.replace(&world.sf.addr().to_string(), &carrier.address.to_string());
        std::fs::write(&config, text).expect("the config is written");
        let journal = world.folder.path().join("SZ-01/journal.db");
        let bench = Bench { world, config, journal, wires, printers, carrier };
        let process = Process::start(&bench.config, PLACES.len()).await;
        eventually("the orders to come down", async || bench.documents() == PLACES.len() * PARCELS as usize).await;
        process.end().await;
        bench
    }

    fn documents(&self) -> usize {
        let reader = milepost::journal::Reader::open(&self.journal).expect("a reader");
        reader.documents("parcel").expect("documents").len()
    }

    fn packers(&self) -> Vec<Packer> {
        let packer = |(index, printer): (usize, &Arc<SimPrinter>)| {
            let todo: VecDeque<Task> = tasks(index).into_iter().map(|(task, _)| task).collect();
            let mut packer = Packer::new(PLACES[index], printer.clone(), todo);
            packer.eager = index % 2 == 1;
            packer
        };
        self.printers.iter().enumerate().map(packer).collect()
    }

    /// Starts the daemon, lets the packers work until the aim is met, kills it and checks what is left.
    async fn live_and_die(&self, aim: Aim, packers: &mut Vec<Packer>, ledger: &mut Ledger) -> Death {
        let before = ledger.unsettled();
        let (whole, settled) = (self.whole(), ledger.came_out());
        let starting = Starting::station(&self.config, PLACES.len());
        let (mut death, passed) = if let Aim::Starting(after) = aim {
            tokio::time::sleep(after).await;
            starting.kill().await;
            (Some(Death::Starting), BTreeMap::new())
        } else {
            let process = starting.ready().await;
            self.asks_about(&process, &before).await;
            let working: Vec<_> = packers
                .drain(..)
                .map(|mut packer| {
                    let (address, screen) = seat(&process, &packer.place);
                    tokio::spawn(async move {
                        // The daemon's end is the end of a round, not of the work.
                        let _ = packer.work(address, screen).await;
                        packer
                    })
                })
                .collect();
            let thread = Thread::of_journal(process.pid()).expect("the journal has a thread");
            self.wait_for(aim).await;
            let writing = strike(&process, thread, matches!(aim, Aim::InsideCommit)).await;
            let passed = self.under_way();
            process.kill().await;
            for packer in working {
                packers.push(packer.await.expect("a packer's work holds"));
            }
            let death = writing.map(|writing| match writing {
                Writing::Wal => Death::InsideCommit,
                Writing::Database => Death::InsideCheckpoint,
            });
            (death, passed)
        };
        for wire in self.wires.iter().chain([&self.carrier]) {
            wire.hold(Hold::Nothing);
            wire.until(|seen| seen.open == 0).await;
        }
        if death::torn_tail(&self.journal) {
            death = Some(Death::InsideCommit);
        }
        ledger.read(&self.journal);
        for packer in packers.iter() {
            ledger.agrees_with(packer);
        }
        // Labels that passed whole in this life, but for those whose outcome it remembered.
        let (whole_now, settled_now) = (self.whole(), ledger.came_out());
        let count = |counts: &BTreeMap<String, u32>, place: &str| counts.get(place).copied().unwrap_or_default();
        let sent = |place: &str| {
            count(&whole_now, place) - count(&whole, place) > count(&settled_now, place) - count(&settled, place)
        };
        place_of_death(aim, death, ledger, packers, &passed, sent)
    }

    /// A label in doubt on a parcel in hand is what the screen asks about, before anything else.
    async fn asks_about(&self, process: &Process, before: &BTreeMap<JobId, (String, String)>) {
        for (job, (place, order)) in before {
            let mut screen = process.screen(place);
            let drawn = screen.wait_for(|shown| shown["version"].as_u64().is_some_and(|version| version > 0));
            let drawn = tokio::time::timeout(crate::world::LIMIT, drawn).await;
            let drawn = drawn.expect("the screen is drawn").expect("the station runs").clone();
            if drawn["parcel"]["orders"][0] == order.as_str() {
                assert_eq!(drawn["key"], "label_unknown", "{job} at {place}");
            }
        }
        eventually(&format!("the jobs {:?} to be settled", before.keys()), async || {
            ledger::settled_unknown(&self.journal, before.keys())
        })
        .await;
    }

    async fn wait_for(&self, aim: Aim) {
        let wires = || self.wires.iter().cloned();
        let met = async {
            match aim {
                Aim::Starting(_) | Aim::InsideCommit => {}
                Aim::Anytime(after) => tokio::time::sleep(after).await,
                Aim::CommitToPrint => {
                    wires().for_each(|wire| wire.hold(Hold::After(0)));
                    first(wires(), |seen| seen.held).await;
                }
                Aim::MidLabel(bytes) => {
                    wires().for_each(|wire| wire.hold(Hold::After(bytes)));
                    first(wires(), |seen| seen.held).await;
                }
                Aim::LabelSent => {
                    let waits = wires().map(|wire| {
                        let before = wire.seen().whole;
                        Box::pin(async move { wire.until(|seen| seen.whole > before).await })
                    });
                    any(waits.collect()).await;
                }
                Aim::CarrierCall => {
                    self.carrier.hold(Hold::Answers);
                    first([self.carrier.clone()].into_iter(), |seen| seen.held).await;
                }
            }
        };
        // An aim that isn't met ends as a kill at any time.
        let patience = if matches!(aim, Aim::CarrierCall) { 2 * AIM } else { AIM };
        let _ = tokio::time::timeout(patience, met).await;
    }

    /// Bytes of a label that passed and were not all, by place.
    fn under_way(&self) -> BTreeMap<&'static str, usize> {
        PLACES.into_iter().zip(&self.wires).filter_map(|(place, wire)| Some((place, wire.seen().passed?))).collect()
    }

    /// Labels that passed whole so far, by place.
    fn whole(&self) -> BTreeMap<String, u32> {
        PLACES.iter().zip(&self.wires).map(|(place, wire)| ((*place).to_owned(), wire.seen().whole)).collect()
    }

    /// No more kills: what is in hand is packed, and everything is counted.
    async fn finish(&self, packers: &mut [Packer], ledger: &mut Ledger) {
        let process = Process::start(&self.config, PLACES.len()).await;
        for packer in packers.iter_mut() {
            packer.last_round = true;
            let (address, screen) = seat(&process, &packer.place);
            packer.work(address, screen).await.expect("nobody kills it now");
        }
        let journal = self.journal.clone();
        eventually("the hub to have every entry", async || {
            let reader = milepost::journal::Reader::open(&journal).expect("a reader");
            let own = reader.epochs().expect("epochs")[0].last_seq;
            self.world.get("/v1/health").await["counts"]["entries"] == own
        })
        .await;
        process.end().await;
        ledger.read(&self.journal);
        packers.iter().for_each(|packer| ledger.agrees_with(packer));
        ledger::whole(&self.journal);
        assert_eq!(ledger.unsettled(), BTreeMap::new(), "every job is settled, or in doubt and asked about");
        let finished: usize = packers.iter().map(|packer| packer.finished).sum();
        assert_eq!(ledger.packed(), finished, "parcels packed");
        for packer in packers.iter() {
            papers_are_single(packer);
        }
        ledger.confirmed_is_on_paper(packers);
        verify_by_command(&self.journal);
        let log = std::fs::read_to_string(self.config.with_extension("log")).expect("the log");
        assert!(!log.contains("another history"), "there is one history, and nobody is called for another: {log}");
        let answers: usize = packers.iter().map(|packer| packer.answers).sum();
        let vanished: usize = packers.iter().map(|packer| packer.vanished).sum();
        println!("{} labels were confirmed by their printers", ledger.confirmed());
        println!("{vanished} labels were accepted and never came out; their packers asked for another");
        println!("{answers} answers heard, {} entries, {finished} parcels packed", ledger.entries());
    }
}

/// What the daemon left undone. Several places leave several things; what was aimed at counts before the rest.
fn place_of_death(
    aim: Aim,
    seen: Option<Death>,
    ledger: &Ledger,
    packers: &[Packer],
    passed: &BTreeMap<&str, usize>,
    sent: impl Fn(&str) -> bool,
) -> Death {
    let mut undone = Vec::new();
    for (place, _) in ledger.unsettled().values() {
        undone.push(match passed.get(place.as_str()) {
            Some(bytes) if *bytes > 0 => Death::MidLabel,
            None if sent(place) => Death::LabelSent,
            _ => Death::CommitToPrint,
        });
    }
    if ledger.waits_for_carrier() {
        undone.push(Death::CarrierCall);
    }
    if packers.iter().any(|packer| packer.unanswered.is_some()) {
        undone.push(Death::ScanUnanswered);
    }
    let aimed = match aim {
        Aim::CarrierCall => Some(Death::CarrierCall),
        Aim::LabelSent => Some(Death::LabelSent),
        Aim::CommitToPrint => Some(Death::CommitToPrint),
        Aim::MidLabel(_) => Some(Death::MidLabel),
        Aim::Starting(_) | Aim::Anytime(_) | Aim::InsideCommit => None,
    };
    let met = aimed.filter(|aimed| undone.contains(aimed));
    met.or(seen).or(undone.into_iter().min()).unwrap_or(Death::Idle)
}

/// No number is on two papers, unless the packer was in doubt and asked for another.
fn papers_are_single(packer: &Packer) {
    let mut papers: BTreeMap<String, usize> = BTreeMap::new();
    for paper in packer.printer.papers() {
        for code in paper.codes() {
            *papers.entry(code).or_default() += 1;
        }
    }
    for (code, count) in papers {
        let asked = packer.reprints.get(&code).copied().unwrap_or_default();
        assert!(count <= 1 + asked, "{code} is on {count} papers, a reprint was asked for {asked} times");
    }
}

fn verify_by_command(journal: &Path) {
    let verified = std::process::Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["journal", "verify", "--file"])
        .arg(journal)
        .output()
        .expect("the command runs");
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success() && said.contains("whole: the chain holds"), "{said}");
}

/// Kills at once, or as soon as the journal's thread writes to the WAL; what it was writing at that moment.
async fn strike(process: &Process, thread: Thread, in_commit: bool) -> Option<Writing> {
    let pid = Pid::from_raw(process.pid() as i32).expect("a pid");
    let watching = move || {
        let begun = Instant::now();
        loop {
            let writing = thread.writing();
            if !in_commit || writing == Some(Writing::Wal) || begun.elapsed() > AIM {
                kill_process(pid, Signal::KILL).expect("a child can be killed");
                return writing;
            }
        }
    };
    tokio::task::spawn_blocking(watching).await.expect("watching ends")
}

async fn first(wires: impl Iterator<Item = Arc<Wire>>, so: fn(&crate::wire::Seen) -> bool) {
    any(wires.map(|wire| Box::pin(async move { wire.until(so).await })).collect()).await;
}

/// Waits for whichever ends first.
async fn any<T>(mut waits: Vec<std::pin::Pin<Box<impl Future<Output = T>>>>) -> T {
    std::future::poll_fn(|context| {
        for wait in &mut waits {
            if let std::task::Poll::Ready(value) = wait.as_mut().poll(context) {
                return std::task::Poll::Ready(value);
            }
        }
        std::task::Poll::Pending
    })
    .await
}

/// A place's parcels with their supplied numbers: labelled before, label at the end, number from SF, in turn.
fn tasks(place: usize) -> Vec<(Task, Option<String>)> {
    let goods: [&[&str]; 3] = [&["红茶", "绿茶"], &["红茶", "红茶", "白茶"], &["小勺", "绿茶"]];
    (0..PARCELS)
        .map(|n| {
            let order = format!("{}{:05}", place + 1, n);
            let number = (n % 3 != 2).then(|| format!("SF{}{n:012}", place + 1));
            let stuck = number.clone().filter(|_| n % 3 == 0);
            (Task { order, stuck, goods: goods[n as usize % 3].to_vec() }, number)
        })
        .collect()
}
