//! A place with two printers: what the first surely didn't print the second does, by itself, and where paper is in doubt
//! the packer is asked first. One parcel ends with one label on paper.

use std::time::{Duration, Instant};

use milepost::domain::fact::{Fact, PrintOutcome};
use milepost::sim::printer::{self, Language, Options, SimPrinter};
use milepost::station::serve::Station;

use crate::bad_days::{Bench, NUMBER};
use crate::story::shelf::code;
use crate::world::{LIMIT, World, eventually, screen};

/// The bench and its backup. A printer that isn't watched is known to be down only by what it refused.
async fn two_printers(watch_ms: u64) -> (Bench, SimPrinter) {
    let world = World::start().await;
    let spare = printer::start(Language::Zpl, Options::default()).await.expect("a printer starts");
    let place = world
        .place("bench-1", "pack")
        .replace("printer = \"printer-bench-1\"", "printer = \"printer-bench-1\"\nbackup = \"spare\"");
    let place = place.replace("media =", &format!("watch_ms = {watch_ms}\nmedia ="));
    let printers = format!(
        "{place}\n[[printer]]\nname = \"spare\"\nurl = \"tcp://{}\"\nprofile = \"zpl\"\nmedia = \"76x130\"\n",
        spare.addr
    );
    (Bench::at(world, &printers, Some(NUMBER)).await, spare)
}

fn on(printer: &SimPrinter) -> usize {
    printer.papers().iter().filter(|paper| paper.codes().iter().any(|code| code == NUMBER)).count()
}

/// Printer and outcome of each label, in order.
fn labels(bench: &Bench) -> Vec<(String, Option<PrintOutcome>)> {
    let facts = bench.facts();
    let settled = |wanted: &str| {
        facts.iter().find_map(|fact| match fact {
            Fact::LabelSettled { job, outcome, .. } if job.as_str() == wanted => Some(*outcome),
            _ => None,
        })
    };
    let of = |fact: &Fact| match fact {
        Fact::LabelQueued { printer, job, .. } => Some((printer.clone(), settled(job.as_str()))),
        _ => None,
    };
    facts.iter().filter_map(of).collect()
}

/// The label lies at the other printer, and the screen says so.
async fn pack(bench: &mut Bench) {
    assert_eq!(bench.number("stick_from").await, NUMBER);
    assert_eq!(bench.gun.scan(NUMBER).await, "OK 完成，顺丰");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_printer_refuses_the_other_prints() {
    let (mut bench, spare) = two_printers(0).await;
    bench.world.printer.set_fault(printer::Fault::CoverOpen);
    bench.check("1001").await;
    pack(&mut bench).await;
    assert_eq!((bench.papers(NUMBER), on(&spare)), (0, 1), "one parcel, one label");
    let told: Vec<_> = labels(&bench);
    assert_eq!(told[0], ("printer-bench-1".into(), Some(PrintOutcome::Refused)));
    assert_eq!(told[1].0, "spare");
    assert_eq!(told.len(), 2);
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_known_to_be_down_is_not_tried_and_comes_back() {
    let (mut bench, spare) = two_printers(1_000).await;
    bench.world.printer.set_fault(printer::Fault::PaperOutAfter(0));
    let begun = Instant::now();
    let shown = screen(&bench.station, "bench-1", |screen| screen.printers[0].state == "paper_out").await;
    assert!(begun.elapsed() < Duration::from_secs(10), "nobody had to print for it");
    assert_eq!(shown.printers[1].state, "ready");
    bench.check("1001").await;
    pack(&mut bench).await;
    assert_eq!(labels(&bench).iter().map(|(printer, _)| printer.as_str()).collect::<Vec<_>>(), ["spare"]);
    assert_eq!((bench.papers(NUMBER), on(&spare)), (0, 1));
    bench.world.printer.clear_faults();
    screen(&bench.station, "bench-1", |screen| screen.printers[0].ok).await;
    assert_eq!(bench.gun.scan(&code("REPRINT")).await, "OK 为什么补打？扫原因");
    assert_eq!(bench.gun.scan(&code("why torn")).await, "OK 正在打印面单");
    assert!(bench.world.printer.wait_for(1, LIMIT).await, "loaded again, the place's own printer prints");
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_in_doubt_is_asked_about_before_the_other_prints() {
    let (mut bench, spare) = two_printers(1_000).await;
    bench.world.printer.set_fault(printer::Fault::CloseAfter { bytes: 1_500 });
    bench.check("1001").await;
    bench.number("label_unknown").await;
    assert_eq!(on(&spare), 0, "nobody knows yet");
    bench.world.printer.set_fault(printer::Fault::Refuse);
    screen(&bench.station, "bench-1", |screen| !screen.printers[0].ok).await;
    assert_eq!(bench.gun.scan(&code("REPRINT")).await, "OK 换打印机：到 spare 取面单");
    pack(&mut bench).await;
    assert_eq!((bench.papers(NUMBER), on(&spare)), (0, 1));
    bench.station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_station_remembers_that_a_printer_answers() {
    let world = World::start().await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let shows = async |station: &Station, state: &str| {
        screen(station, "bench-1", |screen| screen.printers.iter().any(|printer| printer.state == state)).await;
    };
    let station = world.start_station(&config).await;
    shows(&station, "ready").await;
    let journal = station.running.journal.clone();
    let kept = || milepost::journal::Reader::open(&journal).expect("a reader").meta("printer:printer-bench-1");
    eventually("what was found out to be kept", async || {
        kept().expect("a row").is_some_and(|kept| kept.contains("\"answers\":true"))
    })
    .await;
    station.stop().await.expect("the station ends");
    world.printer.set_fault(printer::Fault::Silent);
    let station = world.restart_station(&config).await;
    shows(&station, "stopped_answering").await;
    world.printer.clear_faults();
    shows(&station, "ready").await;
    station.stop().await.expect("the station ends");
}
