//! Printing over real TCP to simulated printers: one exam for every language, with every fault, and what the outcome says.

use std::sync::Arc;
use std::time::Duration;

use drivers::bitmap::Bitmap;
use drivers::label::{Element, Label, Symbology};
use drivers::printer::profile::{Compression, Profile};
use drivers::printer::status::{Doubt, Evidence, Fault, Outcome, Refusal, Status};
use drivers::printer::{Printer, PrinterConfig, Timeouts};
use milepost::sim::printer::{self as sim, Language, Options, SimPrinter};

const NUMBER: &str = "SF1234567890123";
const LONG: Duration = Duration::from_secs(10);

/// A label of 50 × 40 mm; `noise` dots make it too large for a socket's buffers.
fn label(noise: bool) -> Label {
    let mut dots = Bitmap::new(400, 200);
    if noise {
        let mut seed = 1u32;
        for y in 0..200 {
            for x in 0..400 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if seed >> 30 == 0 {
                    dots.set(x, y);
                }
            }
        }
    }
    let bars = Element::Bars {
        x: 40,
        y: 20,
        module: 2,
        height: 80,
        turned: false,
        symbology: Symbology::Code128,
        data: NUMBER.into(),
    };
    let picture = Element::Picture { x: 0, y: 120, dots: Arc::new(dots), says: "noise".into() };
    Label { width_dots: 400, height_dots: 320, dpi: 203, elements: vec![bars, picture] }
}

fn printer(sim: &SimPrinter, language: Language, timeouts: Timeouts) -> Printer {
    let profile = match language {
        Language::Zpl => Profile::builtin("zpl").unwrap(),
        Language::Tspl => Profile::builtin("gprinter").unwrap(),
    };
    Printer::new(PrinterConfig {
        name: "desk".into(),
        url: format!("tcp://{}", sim.addr).parse().unwrap(),
        profile,
        dpi: 203,
        media: "50x40".to_owned().try_into().unwrap(),
        watch_ms: 1_000,
        timeouts,
        adjust: Default::default(),
    })
    .unwrap()
}

fn quick() -> Timeouts {
    Timeouts { connect_ms: 1_000, stall_ms: 300, answer_ms: 200, confirm_ms: 3_000, total_ms: 5_000 }
}

/// Runs an exam on both languages.
fn exam<F: Future<Output = ()>>(run: impl Fn(Language) -> F) {
    for language in [Language::Zpl, Language::Tspl] {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(language));
    }
}

async fn start(language: Language) -> SimPrinter {
    sim::start(language, Options { print_time: Duration::from_millis(120), ..Options::default() }).await.unwrap()
}

#[test]
fn a_label_comes_out_as_drawn_and_is_confirmed() {
    exam(|language| async move {
        let sim = start(language).await;
        let mut printer = printer(&sim, language, quick());
        assert_eq!(printer.status().await, Status::Ready);
        let evidence = match language {
            Language::Zpl => Evidence::QueueDrained,
            Language::Tspl => Evidence::PrintedThenReady,
        };
        for _ in 0..2 {
            assert_eq!(printer.print(&label(true)).await, Outcome::Confirmed { evidence }, "{language:?}");
        }
        let papers = sim.papers();
        assert_eq!(papers.len(), 2);
        assert_eq!(papers[1].dots, label(true).raster().unwrap(), "{language:?}");
        assert_eq!(papers[1].codes(), [NUMBER]);
        assert_eq!(sim.complaints(), [""; 0]);
    });
}

#[test]
fn without_paper_nothing_is_sent() {
    exam(|language| async move {
        let sim = start(language).await;
        let mut printer = printer(&sim, language, quick());
        for (set, fault) in [(sim::Fault::PaperOutAfter(0), Fault::PaperOut), (sim::Fault::CoverOpen, Fault::CoverOpen)]
        {
            sim.set_fault(set);
            assert_eq!(printer.status().await, Status::Fault { fault });
            assert_eq!(printer.print(&label(false)).await, Outcome::Refused { reason: Refusal::Fault { fault } });
            sim.clear_faults();
        }
        assert_eq!((sim.papers().len(), sim.queued()), (0, 0));
        assert!(matches!(printer.print(&label(false)).await, Outcome::Confirmed { .. }), "loaded again, it prints");
    });
}

#[test]
fn paper_that_ends_with_the_job_leaves_doubt() {
    exam(|language| async move {
        let sim = start(language).await;
        let mut printer = printer(&sim, language, quick());
        sim.set_fault(sim::Fault::PaperOutAfter(1));
        let outcome = printer.print(&label(false)).await;
        let Outcome::Unknown { written, of, doubt } = outcome else { panic!("{language:?}: {outcome:?}") };
        assert_eq!((written, doubt), (of, Doubt::Fault { fault: Fault::PaperOut }));
    });
}

#[test]
fn a_printer_that_never_answers_accepts() {
    exam(|language| async move {
        let sim = start(language).await;
        sim.set_fault(sim::Fault::Silent);
        let mut printer = printer(&sim, language, quick());
        assert_eq!(printer.status().await, Status::Silent);
        assert!(matches!(printer.print(&label(true)).await, Outcome::Accepted { bytes: 1_000.. }), "{language:?}");
        assert!(sim.wait_for(1, LONG).await);
        assert_eq!(sim.papers()[0].codes(), [NUMBER]);
    });
}

#[test]
fn a_printer_that_stops_answering_is_asked_again_before_anything_is_sent() {
    exam(|language| async move {
        let sim = start(language).await;
        let mut printer = printer(&sim, language, quick());
        assert_eq!(printer.status().await, Status::Ready);
        sim.set_fault(sim::Fault::Silent);
        let refused = Outcome::Refused { reason: Refusal::StoppedAnswering };
        assert_eq!(printer.print(&label(false)).await, refused);
        assert!(sim.papers().is_empty());
        assert!(matches!(printer.print(&label(false)).await, Outcome::Accepted { .. }), "then as one without answers");
    });
}

#[test]
fn a_connection_that_breaks_in_the_label_leaves_doubt_and_no_half_label_in_the_next() {
    exam(|language| async move {
        let sim = start(language).await;
        let mut printer = printer(&sim, language, quick());
        sim.set_fault(sim::Fault::CloseAfter { bytes: 2_000 });
        let outcome = printer.print(&label(true)).await;
        let Outcome::Unknown { written, of, doubt: Doubt::ConnectionLost { .. } } = outcome else {
            panic!("{language:?}: {outcome:?}")
        };
        assert!(written > 0 && written <= of);
        assert!(sim.papers().is_empty());
        sim.clear_faults();
        if language == Language::Zpl {
            // TSPL has no command that ends a half-received bitmap; a person has to switch the printer off and on.
            assert!(matches!(printer.print(&label(false)).await, Outcome::Confirmed { .. }));
            assert_eq!(sim.papers()[0].dots, label(false).raster().unwrap());
        }
    });
}

#[test]
fn a_printer_that_hangs_does_not_hang_the_bench() {
    exam(|language| async move {
        let sim = start(language).await;
        sim.set_fault(sim::Fault::Slow { bytes_per_second: 0 });
        let timeouts = Timeouts { total_ms: 1_500, ..quick() };
        let mut printer = printer(&sim, language, timeouts);
        let started = std::time::Instant::now();
        let outcome = printer.print(&label(true)).await;
        assert!(started.elapsed() < Duration::from_secs(4), "{language:?}");
        // The kernel took the bytes; that the printer never read them can't be seen from here.
        assert!(matches!(outcome, Outcome::Accepted { .. } | Outcome::Unknown { .. }), "{outcome:?}");
        assert!(sim.papers().is_empty());
    });
}

#[test]
fn a_slow_printer_is_waited_for() {
    exam(|language| async move {
        let sim = start(language).await;
        sim.set_fault(sim::Fault::Slow { bytes_per_second: 100_000 });
        let timeouts = Timeouts { answer_ms: 2_000, ..quick() };
        let mut printer = printer(&sim, language, timeouts);
        assert!(matches!(printer.print(&label(true)).await, Outcome::Confirmed { .. }), "{language:?}");
    });
}

#[test]
fn nobody_there_means_nothing_sent() {
    exam(|language| async move {
        let sim = start(language).await;
        sim.set_fault(sim::Fault::Refuse);
        let mut printer = printer(&sim, language, quick());
        // The listener goes with the next turn of its task.
        let refused = async {
            while !matches!(printer.status().await, Status::Offline { .. }) {
                tokio::task::yield_now().await;
            }
            printer.print(&label(false)).await
        };
        let outcome = tokio::time::timeout(LONG, refused).await.unwrap();
        assert!(matches!(outcome, Outcome::Refused { reason: Refusal::Offline { .. } }), "{outcome:?}");
        sim.clear_faults();
        let back = async {
            while printer.status().await != Status::Ready {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, back).await.unwrap();
    });
}

#[test]
fn what_does_not_fit_is_refused_and_never_scaled() {
    exam(|language| async move {
        let sim = start(language).await;
        let mut printer = printer(&sim, language, quick());
        for wrong in [
            Label { width_dots: 401, ..label(false) },
            Label { dpi: 300, ..label(false) },
            Label { elements: vec![Element::Fill { x: 0, y: 0, width: 400, height: 320 }], ..label(false) },
        ] {
            let outcome = printer.print(&wrong).await;
            assert!(matches!(outcome, Outcome::Refused { reason: Refusal::Label { .. } }), "{outcome:?}");
        }
        assert_eq!(sim.commands().iter().filter(|name| name.contains("XA") || *name == "PRINT").count(), 0);
    });
}

#[test]
fn every_packing_of_zpl_prints_the_same_dots_within_its_limits() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let sim = start(Language::Zpl).await;
        // 100 × 150 mm is 120 000 bytes of dots: two fields at least.
        let tall = Label { width_dots: 800, height_dots: 1_200, ..label(true) };
        let lowest = Element::Fill { x: 700, y: 1_190, width: 100, height: 10 };
        let tall = Label { elements: [tall.elements, vec![lowest]].concat(), ..tall };
        for (index, compression) in
            [vec![], vec![Compression::Acs], vec![Compression::Z64, Compression::Acs]].into_iter().enumerate()
        {
            let mut printer = printer(&sim, Language::Zpl, quick());
            let config = PrinterConfig {
                profile: Profile { compression, ..Profile::default() },
                media: "100x150".to_owned().try_into().unwrap(),
                ..printer.config().clone()
            };
            printer = Printer::new(config).unwrap();
            assert!(matches!(printer.print(&tall).await, Outcome::Confirmed { .. }));
            assert_eq!(sim.papers()[index].dots, tall.raster().unwrap());
        }
        assert_eq!(sim.complaints(), [""; 0]);
        assert_eq!(sim.commands().iter().filter(|name| *name == "^GF").count(), 6);
        let sizes: Vec<u64> = sim.papers().iter().map(|paper| paper.bytes).collect();
        assert!(sizes.is_sorted_by(|more, less| more > less), "each packing is smaller: {sizes:?}");
    });
}
