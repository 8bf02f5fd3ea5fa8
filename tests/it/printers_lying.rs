//! Printers that don't tell the truth, each in a way that was seen on real ones. What is said of a label may then be less than
//! what became of it, and never more.

use std::time::{Duration, Instant};

use drivers::printer::Timeouts;
use drivers::printer::profile::Profile;
use drivers::printer::status::{Doubt, Evidence, Fault, Outcome, Refusal, Status};
use milepost::sim::printer::{self as sim, Language};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::printers::{LONG, MODELS, Model, NUMBER, assert_as_drawn, block_on, exam, label, quick, with_profile};

fn model(profile: &str) -> &'static Model {
    MODELS.iter().find(|model| model.profile == profile).unwrap()
}

#[test]
fn one_that_always_says_ready_never_confirms_what_isnt_on_paper() {
    exam(|model| async move {
        for trouble in [sim::Fault::PaperOutAfter(0), sim::Fault::CoverOpen, sim::Fault::Jam] {
            let sim = model.start().await;
            sim.set_fault(sim::Fault::AlwaysReady);
            sim.set_fault(trouble);
            let mut printer = model.printer(&sim, quick());
            assert_eq!(printer.status().await, Status::Ready, "it says so");
            for _ in 0..2 {
                let outcome = printer.print(&label(false)).await;
                assert!(matches!(outcome, Outcome::Accepted { .. }), "{}: {outcome:?}", model.profile);
            }
            assert!(sim.papers().is_empty());
        }
    });
}

#[test]
fn one_that_never_stops_talking_is_left() {
    exam(|model| async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let talking = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            while stream.write_all(&[b'U'; 4_096]).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        let mut printer = with_profile(addr, Profile::builtin(model.profile).unwrap(), LONG_ANSWER);
        let (outcome, ()) = tokio::join!(async { printer.print(&label(false)).await }, talking);
        let Outcome::Refused { reason: Refusal::Offline { why } } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("without end"), "{}: {why}", model.profile);
    });
}

const LONG_ANSWER: Timeouts =
    Timeouts { connect_ms: 1_000, stall_ms: 300, answer_ms: 4_000, confirm_ms: 3_000, total_ms: 9_000 };

/// A slow line keeps an answer back as an honest printer does that is at work.
#[test]
fn one_that_always_says_ready_is_not_believed_for_being_slow() {
    exam(|model| async move {
        // The first question after the job is answered late, or not in time at all.
        for answer_ms in [2_500, 200] {
            let sim = model.start().await;
            let mut printer = model.printer(&sim, Timeouts { answer_ms, ..quick() });
            assert_eq!(printer.status().await, Status::Ready);
            for fault in [sim::Fault::AlwaysReady, sim::Fault::Jam, sim::Fault::Slow { bytes_per_second: 25_000 }] {
                sim.set_fault(fault);
            }
            let outcome = printer.print(&label(true)).await;
            assert!(!matches!(outcome, Outcome::Confirmed { .. }), "{}: {outcome:?}", model.profile);
            assert!(sim.papers().is_empty());
        }
    });
}

/// What a receipt printer says of itself behind a job, and what it answers from then on.
type Words = (&'static [u8], &'static [u8]);

const READY: &[u8] = b"\x12\x12\x12\x12";
const NO_PAPER: &[u8] = b"\x1a\x32\x12\x7e";

/// A receipt printer on a line that outlives connections: a mark that is owed comes in the next one.
async fn receipt_printer(listener: TcpListener, conversations: &'static [Words]) {
    for (unasked, then) in conversations {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut heard, mut buffer, mut answer) = (Vec::new(), [0; 4_096], READY);
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            heard.extend_from_slice(&buffer[..length]);
            if heard.windows(3).any(|window| window == b"\x1dr\x01") {
                heard.retain(|byte| *byte != b'r');
                answer = then;
                stream.write_all(unasked).await.unwrap();
            }
            if heard.ends_with(b"\x10\x04\x04") {
                heard.clear();
                stream.write_all(answer).await.unwrap();
            }
        }
    }
}

async fn outcomes_of_receipts(conversations: &'static [Words], restarts: bool) -> Vec<Outcome> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let new = || with_profile(addr, Profile::builtin("escpos").unwrap(), Timeouts { confirm_ms: 1_000, ..quick() });
    let print = async {
        let (mut printer, mut outcomes) = (new(), Vec::new());
        for _ in conversations {
            outcomes.push(printer.print(&label(false)).await);
            if restarts {
                printer = new();
                printer.recall_that_it_answers();
            }
        }
        outcomes
    };
    tokio::join!(print, receipt_printer(listener, conversations)).0
}

const PROCESSED: Outcome = Outcome::Confirmed { evidence: Evidence::Processed };

#[test]
fn a_mark_that_was_owed_for_a_label_before_proves_nothing_after_a_restart_either() {
    block_on(async {
        // The paper ends at the first; its mark comes behind the second, whose own comes never or at once.
        for restarts in [false, true] {
            let outcomes = outcomes_of_receipts(&[(b"", NO_PAPER), (b"\0", READY), (b"\0", READY)], restarts).await;
            assert!(matches!(outcomes[1], Outcome::Accepted { .. }), "{restarts}: {outcomes:?}");
            // What was owed has come, and the time for more is over.
            assert_eq!(outcomes[2] == PROCESSED, !restarts, "{outcomes:?}");
            let outcomes = outcomes_of_receipts(&[(b"", NO_PAPER), (b"\0\0", READY)], restarts).await;
            assert_eq!(outcomes[1], PROCESSED, "{restarts}: one mark more than were owed");
            let outcomes = outcomes_of_receipts(&[(b"", NO_PAPER), (b"", NO_PAPER), (b"\0\0", READY)], false).await;
            assert!(matches!(outcomes[2], Outcome::Accepted { .. }), "two are owed: {outcomes:?}");
        }
    });
}

#[test]
fn a_dead_lines_noughts_are_no_marks() {
    block_on(async {
        let outcomes = outcomes_of_receipts(&[(b"\0\0\0", b"\0")], false).await;
        assert!(!matches!(outcomes[0], Outcome::Confirmed { .. }), "{outcomes:?}");
    });
}

#[test]
fn one_that_answers_nonsense_is_one_that_answers_nothing() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::Garbage);
        let mut printer = model.printer(&sim, quick());
        assert_eq!(printer.status().await, Status::Silent, "{}", model.profile);
        let outcome = printer.print(&label(true)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{}: {outcome:?}", model.profile);
        assert!(sim.wait_for(1, LONG).await);
        assert_eq!(sim.papers()[0].codes(), [NUMBER]);
    });
}

#[test]
fn one_that_begins_to_answer_nonsense_is_not_believed() {
    exam(|model| async move {
        let sim = model.start().await;
        let mut printer = model.printer(&sim, quick());
        assert_eq!(printer.status().await, Status::Ready);
        sim.set_fault(sim::Fault::Garbage);
        let outcome = printer.print(&label(false)).await;
        assert_eq!(outcome, Outcome::Refused { reason: Refusal::StoppedAnswering }, "{}", model.profile);
        assert!(sim.papers().is_empty());
    });
}

#[test]
fn one_that_falls_silent_behind_a_label_leaves_doubt() {
    exam(|model| async move {
        let sim = model.start().await;
        // Slow enough to be still at the label when it falls silent.
        sim.set_fault(sim::Fault::Slow { bytes_per_second: 40_000 });
        let timeouts = Timeouts { answer_ms: 1_000, ..quick() };
        let mut printer = model.printer(&sim, timeouts);
        let silence = async {
            while !sim
                .commands()
                .iter()
                .any(|name| ["^GF", "BITMAP", "EG", "CG", "GW", "ESC @"].contains(&name.as_str()))
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            sim.set_fault(sim::Fault::Silent);
        };
        let tall = label(true);
        let (outcome, ()) = tokio::join!(printer.print(&tall), silence);
        let Outcome::Unknown { doubt, .. } = outcome else { panic!("{}: {outcome:?}", model.profile) };
        assert_eq!(doubt, Doubt::StoppedAnswering, "{}", model.profile);
    });
}

#[test]
fn one_that_answers_nothing_while_it_reads_is_waited_for_where_its_word_will_come() {
    exam(|model| async move {
        if !matches!(model.proof, Some(Evidence::Processed | Evidence::Reported)) {
            return;
        }
        let sim = model.start().await;
        sim.set_fault(sim::Fault::Slow { bytes_per_second: 25_000 });
        let outcome = model.printer(&sim, quick()).print(&label(true)).await;
        assert!(model.is_done(&outcome), "{}: {outcome:?}", model.profile);
        assert_eq!(sim.papers().len(), 1);
    });
}

/// What it answers after the job is what it was asked before.
#[test]
fn one_that_answers_late_is_not_taken_for_idle() {
    const IDLE: &[u8] =
        b"\x02030,0,0,320,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let late = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut heard, mut buffer, mut due) = (Vec::new(), [0; 4096], None);
            let mut owed = Some(IDLE);
            loop {
                match tokio::time::timeout(Duration::from_millis(10), stream.read(&mut buffer)).await {
                    Ok(Ok(0) | Err(_)) => return,
                    Ok(Ok(length)) => heard.extend_from_slice(&buffer[..length]),
                    Err(_) => {}
                }
                if heard.ends_with(b"~HQES\n") {
                    heard.clear();
                    stream.write_all(b"ERRORS: 0 00000000 00000000\r\n").await.unwrap();
                } else if heard.ends_with(b"~HS\n") {
                    due.get_or_insert(Instant::now() + Duration::from_millis(300));
                }
                if due.is_some_and(|due| Instant::now() > due)
                    && let Some(idle) = owed.take()
                {
                    stream.write_all(idle).await.unwrap();
                }
            }
        };
        let profile = Profile { counts: false, ..Profile::builtin("zpl").unwrap() };
        let mut printer = with_profile(addr, profile, quick());
        let label = label(false);
        tokio::select! {
            outcome = printer.print(&label) => assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}"),
            () = late => panic!("it closed"),
        }
    });
}

#[test]
fn one_that_knows_only_the_other_question_is_asked_that() {
    block_on(async {
        for (model, done) in [
            (model("zpl"), Some(Evidence::Counted)),
            // ~HQES tells faults and no queue.
            (model("zpl-clone"), None),
            (model("tspl"), Some(Evidence::PrintedThenReady)),
            (model("tspl-hprt"), Some(Evidence::Reported)),
        ] {
            let sim = model.start().await;
            sim.set_fault(sim::Fault::FirstUnanswered);
            let mut printer = model.printer(&sim, quick());
            assert_eq!(printer.status().await, Status::Ready, "{}", model.profile);
            match (printer.print(&label(false)).await, done) {
                (Outcome::Confirmed { evidence }, Some(proof)) => assert_eq!(evidence, proof),
                (Outcome::Accepted { .. }, None) => {}
                (outcome, _) => panic!("{}: {outcome:?}", model.profile),
            }
            for set in [sim::Fault::PaperOutAfter(0), sim::Fault::CoverOpen, sim::Fault::RibbonOut, sim::Fault::Jam] {
                sim.set_fault(set);
                let fault = model.names(set).unwrap();
                assert_eq!(printer.status().await, Status::Fault { fault }, "{}", model.profile);
                sim.clear_faults();
                sim.set_fault(sim::Fault::FirstUnanswered);
            }
        }
    });
}

#[test]
fn one_without_a_count_is_believed_by_its_queue_and_not_asked_again() {
    block_on(async {
        let model = model("zpl");
        let sim = model.start().await;
        sim.set_fault(sim::Fault::NoCount);
        let mut printer = model.printer(&sim, quick());
        let drained = Outcome::Confirmed { evidence: Evidence::QueueDrained };
        assert_eq!(printer.print(&label(false)).await, drained);
        sim.clear_faults();
        assert_eq!(printer.print(&label(false)).await, drained, "it wasn't asked");
    });
}

#[test]
fn one_with_the_other_polarity_prints_right_by_its_profile() {
    exam(|model| async move {
        let sim = model.start().await;
        sim.set_fault(sim::Fault::WrongPolarity);
        model.printer(&sim, quick()).print(&label(false)).await;
        assert!(sim.wait_for(1, LONG).await);
        let mut negative = label(false).raster().unwrap();
        negative.invert(0, 0, negative.width(), negative.height());
        assert_eq!(sim.papers()[0].dots, negative, "{}", model.profile);
        assert!(sim.complaints()[0].contains("the head gets hot"), "{:?}", sim.complaints());

        // It turns the whole paper over; dots in two corners make the label's pictures as large as that.
        let profile = Profile { inverted: true, ..Profile::builtin(model.profile).unwrap() };
        let mut noisy = label(true);
        noisy.elements.push(corner(0, 0));
        noisy.elements.push(corner(399, 319));
        with_profile(sim.addr, profile, quick()).print(&noisy).await;
        assert!(sim.wait_for(2, LONG).await);
        if model.language != Language::EscPos {
            assert_as_drawn(model, &sim.papers()[1].dots, &noisy);
        }
    });
}

fn corner(x: i32, y: i32) -> drivers::label::Element {
    drivers::label::Element::Fill { x, y, width: 1, height: 1 }
}

/// Gprinter's `SET RESPONSE ON`, with the words of this model.
#[test]
fn one_that_reports_in_words_is_believed_by_its_own_words_only() {
    block_on(async {
        let model = model("tspl");
        let sim = model.start().await;
        let speaks = |words: &str| Profile { response: Some(words.into()), ..Profile::builtin("tspl").unwrap() };
        let mut printer = with_profile(sim.addr, speaks("PRINTED"), quick());
        assert_eq!(printer.print(&label(false)).await, Outcome::Confirmed { evidence: Evidence::Reported });
        let mut printer = with_profile(sim.addr, speaks("DONE"), quick());
        let outcome = printer.print(&label(false)).await;
        assert!(!matches!(outcome, Outcome::Confirmed { evidence: Evidence::Reported }), "{outcome:?}");
    });
}

#[test]
fn a_models_own_meaning_of_a_byte_goes_first_in_every_language_of_bytes() {
    block_on(async {
        for profile in ["tspl", "cpcl"] {
            let sim = model(profile).start().await;
            sim.set_fault(sim::Fault::CoverOpen);
            let byte = if profile == "tspl" { "0x01" } else { "0x04" };
            let faults = [(byte.to_owned(), Fault::Overheated)].into();
            let mut printer = with_profile(sim.addr, Profile { faults, ..Profile::builtin(profile).unwrap() }, quick());
            assert_eq!(printer.status().await, Status::Fault { fault: Fault::Overheated });
        }
    });
}
