//! Printing over real TCP to simulated printers: one exam for every kind of printer, with every fault, and what the outcome
//! says. `printers_lying.rs` has those that don't tell the truth.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use drivers::bitmap::Bitmap;
use drivers::label::{Element, Label, Symbology};
use drivers::printer::language::{self, KINDS};
use drivers::printer::profile::{Compression, Profile};
use drivers::printer::status::{Doubt, Evidence, Fault, Outcome, Refusal, Status};
use drivers::printer::{Printer, PrinterConfig, Timeouts};
use milepost::sim::printer::{self as sim, Language, Options, SimPrinter};
use tokio::io::AsyncWriteExt as _;

/// A kind of printer: its profile here, its simulator there, and what it can prove of a label.
pub struct Model {
    pub profile: &'static str,
    pub language: Language,
    auto_return: bool,
    /// `None`: it can't.
    pub proof: Option<Evidence>,
}

#[rustfmt::skip]
pub const MODELS: &[Model] = &[
    Model { profile: "zpl", language: Language::Zpl, auto_return: false, proof: Some(Evidence::Counted) },
    Model { profile: "zpl-clone", language: Language::Zpl, auto_return: false, proof: Some(Evidence::QueueDrained) },
    Model { profile: "tspl", language: Language::Tspl, auto_return: false, proof: Some(Evidence::PrintedThenReady) },
    Model { profile: "gprinter", language: Language::Tspl, auto_return: false, proof: Some(Evidence::PrintedThenReady) },
    Model { profile: "tspl-hprt", language: Language::Tspl, auto_return: true, proof: Some(Evidence::Reported) },
    Model { profile: "cpcl", language: Language::Cpcl, auto_return: false, proof: Some(Evidence::Processed) },
    Model { profile: "hprt-cpcl", language: Language::Cpcl, auto_return: false, proof: Some(Evidence::Processed) },
    Model { profile: "epl", language: Language::Epl, auto_return: false, proof: None },
    Model { profile: "escpos", language: Language::EscPos, auto_return: false, proof: Some(Evidence::Processed) },
];

impl Model {
    pub async fn start(&self) -> SimPrinter {
        let print_time = Duration::from_millis(250);
        let options = Options { print_time, auto_return: self.auto_return, ..Options::default() };
        sim::start(self.language, options).await.unwrap()
    }

    pub fn printer(&self, sim: &SimPrinter, timeouts: Timeouts) -> Printer {
        with_profile(sim.addr, Profile::builtin(self.profile).unwrap(), timeouts)
    }

    /// Whether this is what it says of a label that came out.
    pub fn is_done(&self, outcome: &Outcome) -> bool {
        match (outcome, self.proof) {
            (Outcome::Confirmed { evidence }, Some(proof)) => *evidence == proof,
            (Outcome::Accepted { .. }, None) => true,
            _ => false,
        }
    }

    /// What its questions say of a fault; `None` where it has no such thing and prints on.
    pub fn names(&self, fault: sim::Fault) -> Option<Fault> {
        match (self.language, fault) {
            (Language::EscPos, sim::Fault::RibbonOut) => None,
            // One code for paper and ribbon, and none known for a jam.
            (Language::Epl, sim::Fault::RibbonOut) => Some(Fault::PaperOut),
            (Language::Epl | Language::EscPos, sim::Fault::Jam) => Some(Fault::Other),
            (_, sim::Fault::RibbonOut) => Some(Fault::RibbonOut),
            (_, sim::Fault::Jam) => Some(Fault::Jam),
            (_, sim::Fault::CoverOpen) => Some(Fault::CoverOpen),
            (_, sim::Fault::PaperOutAfter(_)) => Some(Fault::PaperOut),
            _ => None,
        }
    }
}

pub const NUMBER: &str = "SF1234567890123";
pub const LONG: Duration = Duration::from_secs(10);

/// A label of 50 × 40 mm; `noise` dots make it too large for a socket's buffers.
pub fn label(noise: bool) -> Label {
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

pub fn with_profile(addr: SocketAddr, profile: Profile, timeouts: Timeouts) -> Printer {
    Printer::new(PrinterConfig {
        name: "desk".into(),
        url: format!("tcp://{addr}").parse().unwrap(),
        profile,
        dpi: 203,
        media: "50x40".to_owned().try_into().unwrap(),
        watch_ms: 1_000,
        timeouts,
        adjust: Default::default(),
    })
    .unwrap()
}

pub fn quick() -> Timeouts {
    Timeouts { connect_ms: 1_000, stall_ms: 300, answer_ms: 200, confirm_ms: 3_000, total_ms: 5_000 }
}

/// Runs an exam on all models, side by side, for most of it is waiting.
pub fn exam<F: Future<Output = ()>>(run: impl Fn(&'static Model) -> F + Sync) {
    std::thread::scope(|scope| {
        for model in MODELS {
            let named = std::thread::Builder::new().name(model.profile.into());
            named.spawn_scoped(scope, || block_on(run(model))).unwrap();
        }
    });
}

pub fn block_on(run: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run);
}

/// The same dots; ESC/POS may draw a stroke of one dot two dots wide, where it would have been a command.
pub fn assert_as_drawn(model: &Model, paper: &Bitmap, label: &Label) {
    let drawn = label.raster().unwrap();
    if model.language != Language::EscPos {
        assert_eq!(*paper, drawn, "{}", model.profile);
        return;
    }
    assert_eq!((paper.width(), paper.height()), (drawn.width(), drawn.height()));
    let mut wider = 0;
    for y in 0..drawn.height() {
        for x in 0..drawn.width() {
            match (drawn.get(x, y), paper.get(x, y)) {
                (true, false) => panic!("a dot at {x}, {y} is missing"),
                (false, true) => {
                    assert!(x % 8 == 4 && drawn.get(x - 1, y), "a dot at {x}, {y} is nobody's");
                    wider += 1;
                }
                _ => {}
            }
        }
    }
    assert!(wider < 40, "{wider} strokes are wider");
}

#[test]
fn every_language_is_examined() {
    for kind in KINDS {
        let examined = |model: &Model| Profile::builtin(model.profile).unwrap().language == kind.name;
        assert!(kind.name == "png" || MODELS.iter().any(examined), "{}", kind.name);
    }
    for language in Language::ALL {
        assert!(MODELS.iter().any(|model| model.language == language), "{language:?}");
    }
}

#[test]
fn a_label_comes_out_as_drawn_and_no_more_is_claimed_than_was_proved() {
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
        assert_eq!(printer.status().await, Status::Ready);
        for _ in 0..2 {
            let outcome = printer.print(&label(true)).await;
            assert!(model.is_done(&outcome), "{}: {outcome:?}", model.profile);
        }
        let papers = sim.papers();
        assert_eq!(papers.len(), 2);
        assert_as_drawn(model, &papers[1].dots, &label(true));
        assert_eq!(papers[1].codes(), [NUMBER]);
        assert_eq!(sim.complaints(), [""; 0], "{}", model.profile);
    });
}

#[test]
fn without_paper_nothing_is_sent() {
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
        for set in [sim::Fault::PaperOutAfter(0), sim::Fault::CoverOpen] {
            let fault = model.names(set).unwrap();
            sim.set_fault(set);
            assert_eq!(printer.status().await, Status::Fault { fault });
            assert_eq!(printer.print(&label(false)).await, Outcome::Refused { reason: Refusal::Fault { fault } });
            sim.clear_faults();
        }
        assert_eq!((sim.papers().len(), sim.queued()), (0, 0));
        let outcome = printer.print(&label(false)).await;
        assert!(model.is_done(&outcome), "loaded again, it prints");
    });
}

#[test]
fn a_ribbon_or_a_jam_is_told_where_the_printer_can() {
    exam(|model| async move {
        for set in [sim::Fault::RibbonOut, sim::Fault::Jam] {
            let sim = model.start().await;
            sim.set_fault(set);
            let outcome = model.printer(&sim, quick()).print(&label(false)).await;
            match (model.names(set), outcome) {
                (None, outcome) => assert!(model.is_done(&outcome), "{outcome:?}"),
                // The answer that tells these is given only once the other one is kept back.
                (Some(fault), Outcome::Unknown { written, of, doubt }) if model.language == Language::Cpcl => {
                    assert_eq!((written, doubt), (of, Doubt::Fault { fault }));
                }
                (Some(fault), outcome) => {
                    let refused = Outcome::Refused { reason: Refusal::Fault { fault } };
                    assert_eq!(outcome, refused, "{}", model.profile);
                }
            }
        }
    });
}

#[test]
fn little_paper_is_no_fault() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::NearEnd);
        let mut printer = model.printer(&sim, quick());
        assert_eq!(printer.status().await, Status::Ready);
        let outcome = printer.print(&label(false)).await;
        assert!(model.is_done(&outcome), "{}: {outcome:?}", model.profile);
    });
}

#[test]
fn paper_that_ends_with_the_job_leaves_doubt_where_nothing_proves_this_very_label() {
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
        sim.set_fault(sim::Fault::PaperOutAfter(1));
        let outcome = printer.print(&label(false)).await;
        assert_eq!(sim.papers().len(), 1);
        if let Some(Evidence::Counted | Evidence::Reported) = model.proof {
            assert!(model.is_done(&outcome), "{}: {outcome:?}", model.profile);
        } else {
            let Outcome::Unknown { written, of, doubt } = outcome else { panic!("{}: {outcome:?}", model.profile) };
            assert_eq!((written, doubt), (of, Doubt::Fault { fault: Fault::PaperOut }), "{}", model.profile);
        }
        // With new paper the first label is finished, and so may its answer be that is still owed: it is none about the next.
        sim.clear_faults();
        let next = printer.print(&label(false)).await;
        let out = sim.papers().len();
        assert!(!matches!(next, Outcome::Confirmed { .. }) || out == 2, "{}: {next:?}, {out} are out", model.profile);
    });
}

#[test]
fn anothers_label_in_front_proves_nothing_of_this_one() {
    exam(|model| async move {
        let sim = model.start().await;
        // Paper for the other one alone.
        sim.set_fault(sim::Fault::PaperOutAfter(1));
        let profile = Profile::builtin(model.profile).unwrap();
        let anothers = language::kind_of(&profile.language).unwrap().language.job(&label(false), &profile).unwrap();
        let mut stream = tokio::net::TcpStream::connect(sim.addr).await.unwrap();
        stream.write_all(&anothers).await.unwrap();
        drop(stream);
        let outcome = model.printer(&sim, quick()).print(&label(true)).await;
        let fault = Fault::PaperOut;
        match outcome {
            Outcome::Unknown { doubt, .. } => assert_eq!(doubt, Doubt::Fault { fault }, "{}", model.profile),
            Outcome::Refused { reason } => assert_eq!(reason, Refusal::Fault { fault }, "{}", model.profile),
            outcome => panic!("{}: {outcome:?}", model.profile),
        }
        assert_eq!(sim.papers().len(), 1);
    });
}

#[test]
fn a_printer_that_never_answers_accepts() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::Silent);
        let mut printer = model.printer(&sim, quick());
        assert_eq!(printer.status().await, Status::Silent);
        assert!(matches!(printer.print(&label(true)).await, Outcome::Accepted { bytes: 1_000.. }), "{}", model.profile);
        assert!(sim.wait_for(1, LONG).await);
        assert_eq!(sim.papers()[0].codes(), [NUMBER]);
    });
}

#[test]
fn a_printer_that_stops_answering_is_asked_again_before_anything_is_sent() {
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
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
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
        sim.set_fault(sim::Fault::CloseAfter { bytes: 2_000 });
        let outcome = printer.print(&label(true)).await;
        let Outcome::Unknown { written, of, doubt: Doubt::ConnectionLost { .. } } = outcome else {
            panic!("{}: {outcome:?}", model.profile)
        };
        assert!(written > 0 && written <= of);
        assert!(sim.papers().is_empty());
        sim.clear_faults();
        if model.language == Language::Zpl {
            // No other language ends a half-received picture; a person has to switch the printer off and on.
            let outcome = printer.print(&label(false)).await;
            assert!(model.is_done(&outcome), "{outcome:?}");
            assert_eq!(sim.papers()[0].dots, label(false).raster().unwrap());
        }
    });
}

#[test]
fn a_printer_that_hangs_does_not_hang_the_bench() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::Slow { bytes_per_second: 0 });
        let timeouts = Timeouts { total_ms: 1_500, ..quick() };
        let mut printer = model.printer(&sim, timeouts);
        let started = std::time::Instant::now();
        let outcome = printer.print(&label(true)).await;
        assert!(started.elapsed() < Duration::from_secs(4), "{}", model.profile);
        // The kernel took the bytes; that the printer never read them can't be seen from here.
        assert!(matches!(outcome, Outcome::Accepted { .. } | Outcome::Unknown { .. }), "{outcome:?}");
        assert!(sim.papers().is_empty());
    });
}

#[test]
fn a_slow_printer_is_waited_for() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::Slow { bytes_per_second: 100_000 });
        let timeouts = Timeouts { answer_ms: 2_000, ..quick() };
        let mut printer = model.printer(&sim, timeouts);
        let outcome = printer.print(&label(true)).await;
        assert!(model.is_done(&outcome), "{}: {outcome:?}", model.profile);
    });
}

#[test]
fn nobody_there_means_nothing_sent() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::Refuse);
        let mut printer = model.printer(&sim, quick());
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
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
        for wrong in [
            Label { width_dots: 401, ..label(false) },
            Label { dpi: 300, ..label(false) },
            Label { elements: vec![Element::Fill { x: 0, y: 0, width: 400, height: 320 }], ..label(false) },
        ] {
            let outcome = printer.print(&wrong).await;
            assert!(matches!(outcome, Outcome::Refused { reason: Refusal::Label { .. } }), "{outcome:?}");
        }
        assert_eq!((sim.papers().len(), sim.queued()), (0, 0));
        let drawing = ["^XA", "SIZE", "!", "N", "ESC @"];
        assert!(!sim.commands().iter().any(|name| drawing.contains(&name.as_str())), "{:?}", sim.commands());
    });
}

#[test]
fn every_packing_of_zpl_prints_the_same_dots_within_its_limits() {
    block_on(async {
        let model = &MODELS[0];
        let sim = model.start().await;
        // 100 × 150 mm is 120 000 bytes of dots: two fields at least.
        let tall = Label { width_dots: 800, height_dots: 1_200, ..label(true) };
        let lowest = Element::Fill { x: 700, y: 1_190, width: 100, height: 10 };
        let tall = Label { elements: [tall.elements, vec![lowest]].concat(), ..tall };
        for (index, compression) in
            [vec![], vec![Compression::Acs], vec![Compression::Z64, Compression::Acs]].into_iter().enumerate()
        {
            let config = PrinterConfig {
                profile: Profile { compression, ..Profile::default() },
                media: "100x150".to_owned().try_into().unwrap(),
                ..model.printer(&sim, quick()).config().clone()
            };
            let mut printer = Printer::new(config).unwrap();
            assert!(matches!(printer.print(&tall).await, Outcome::Confirmed { .. }));
            assert_eq!(sim.papers()[index].dots, tall.raster().unwrap());
        }
        assert_eq!(sim.complaints(), [""; 0]);
        assert_eq!(sim.commands().iter().filter(|name| *name == "^GF").count(), 6);
        let sizes: Vec<u64> = sim.papers().iter().map(|paper| paper.bytes).collect();
        assert!(sizes.is_sorted_by(|more, less| more > less), "each packing is smaller: {sizes:?}");
    });
}
