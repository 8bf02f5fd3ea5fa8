//! The printer behind the port: its language, its queue, its paper and its faults.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use drivers::bitmap::Bitmap;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::sleep;

use super::{Fault, Language, Options, Paper, cpcl, epl, escpos, tspl, zpl};

/// What a printer makes of the bytes it gets.
pub(super) enum Heard {
    Label {
        dots: Bitmap,
        copies: u32,
    },
    Question(Question),
    /// A question that waits in line behind the labels before it; asked again until there is an answer.
    InLine(InLine),
    /// The count of labels, as this answer tells it.
    Count(fn(u64) -> Vec<u8>),
    /// Each label's end is to be reported.
    ReportLabels,
    /// A command's name.
    Command(String),
    Complaint(String),
    /// Everything queued is to be forgotten.
    CancelAll,
}

/// An answer, or none yet.
pub(super) type InLine = fn(&Condition) -> Option<Vec<u8>>;

pub(super) struct Question {
    /// The one that is usually asked.
    pub first: bool,
    pub answer: fn(&Condition) -> Vec<u8>,
}

pub(super) trait Interpreter: Send {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>);
}

/// A printer's condition, as its answers tell it.
#[derive(Clone, Copy, Default)]
pub(super) struct Condition {
    pub paper_out: bool,
    pub cover_open: bool,
    pub ribbon_out: bool,
    pub jam: bool,
    pub near_end: bool,
    pub queued: usize,
    pub height_dots: u32,
}

impl Condition {
    pub fn stands(&self) -> bool {
        self.paper_out || self.cover_open || self.ribbon_out || self.jam
    }
}

pub(super) struct Machine {
    options: Options,
    state: Mutex<State>,
    /// A label was queued or a fault changed.
    work: Notify,
    out: Notify,
    faults: Arc<Notify>,
    /// Something is to be said.
    answer: Arc<Notify>,
}

struct State {
    language: Language,
    auto_return: bool,
    interpreter: Box<dyn Interpreter>,
    queue: VecDeque<Paper>,
    papers: Vec<Paper>,
    said: Vec<u8>,
    /// Questions in line, each with the papers that must be out before it.
    in_line: VecDeque<(usize, InLine)>,
    reports_labels: bool,
    faults: Vec<Fault>,
    paper_left: Option<u32>,
    /// Bytes since the last label.
    bytes: u64,
    commands: Vec<String>,
    complaints: Vec<String>,
    height_dots: u32,
}

impl Machine {
    pub fn new(language: Language, options: Options) -> Self {
        let interpreter: Box<dyn Interpreter> = match language {
            Language::Zpl => Box::new(zpl::Zpl::default()),
            Language::Tspl => Box::new(tspl::Tspl::new(options.dots_per_mm)),
            Language::Cpcl => Box::new(cpcl::Cpcl::default()),
            Language::Epl => Box::new(epl::Epl::default()),
            Language::EscPos => Box::new(escpos::EscPos::default()),
        };
        let state = State {
            language,
            auto_return: options.auto_return,
            interpreter,
            queue: VecDeque::new(),
            papers: Vec::new(),
            said: Vec::new(),
            in_line: VecDeque::new(),
            reports_labels: false,
            faults: Vec::new(),
            paper_left: None,
            bytes: 0,
            commands: Vec::new(),
            complaints: Vec::new(),
            height_dots: 0,
        };
        Self {
            options,
            state: Mutex::new(state),
            work: Notify::new(),
            out: Notify::new(),
            faults: Arc::new(Notify::new()),
            answer: Arc::new(Notify::new()),
        }
    }

    /// A panic elsewhere leaves the state as it was after its last whole change.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn feed(&self, bytes: &[u8]) {
        let mut state = self.state();
        for &byte in bytes {
            let mut heard = Vec::new();
            state.bytes += 1;
            state.interpreter.feed(byte, &mut heard);
            heard.into_iter().for_each(|heard| state.hear(heard));
        }
        drop(state);
        self.work.notify_one();
    }

    /// A new connection hears nothing of what was asked in the one before.
    pub fn connected(&self) {
        let mut state = self.state();
        state.said.clear();
        state.in_line.clear();
    }

    /// What is to be sent now, mostly nothing.
    pub fn take_said(&self) -> Vec<u8> {
        let mut state = self.state();
        state.answer_in_line();
        std::mem::take(&mut state.said)
    }

    pub fn more_to_say(&self) -> impl Future<Output = ()> + use<> {
        notified(&self.answer)
    }

    /// How many bytes may be read now, at most `wanted`; 0 closes the connection.
    pub async fn take_allowance(&self, wanted: usize, received: u64) -> usize {
        loop {
            let changed = self.faults_changed();
            let faults = self.state().faults.clone();
            let mut allowed = wanted;
            let mut pause = None;
            for fault in faults {
                match fault {
                    Fault::CloseAfter { bytes } => allowed = allowed.min(bytes.saturating_sub(received) as usize),
                    Fault::Slow { bytes_per_second } => {
                        // A hundredth of a second at a time, at least a byte.
                        allowed = allowed.min((bytes_per_second / 100).max(1) as usize);
                        pause = Some(bytes_per_second);
                    }
                    _ => {}
                }
            }
            match pause {
                Some(0) => changed.await,
                Some(rate) if allowed > 0 => {
                    sleep(Duration::from_secs_f64(allowed as f64 / f64::from(rate))).await;
                    return allowed;
                }
                _ => return allowed,
            }
        }
    }

    pub fn has(&self, wanted: impl Fn(&Fault) -> bool) -> bool {
        self.state().faults.iter().any(wanted)
    }

    pub fn faults_changed(&self) -> impl Future<Output = ()> + use<> {
        notified(&self.faults)
    }

    pub fn set_fault(&self, fault: Fault) {
        let mut state = self.state();
        if let Fault::PaperOutAfter(labels) = fault {
            state.paper_left = Some(labels);
        } else {
            state.faults.push(fault);
        }
        drop(state);
        self.faults.notify_waiters();
        self.answer.notify_waiters();
    }

    pub fn clear_faults(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.paper_left = None;
        drop(state);
        self.faults.notify_waiters();
        self.answer.notify_waiters();
        self.work.notify_one();
    }

    pub fn papers(&self) -> Vec<Paper> {
        self.state().papers.clone()
    }

    pub fn papers_after(&self, known: usize) -> Vec<Paper> {
        self.state().papers.get(known..).unwrap_or_default().to_vec()
    }

    pub fn queued(&self) -> usize {
        self.state().queue.len()
    }

    pub fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    pub fn complaints(&self) -> Vec<String> {
        self.state().complaints.clone()
    }

    pub async fn printed(&self, papers: usize) {
        loop {
            let out = self.out.notified();
            tokio::pin!(out);
            out.as_mut().enable();
            if self.state().papers.len() >= papers {
                return;
            }
            out.await;
        }
    }
}

/// From now on, not from the first poll on: a change between the two would be lost.
fn notified(notify: &Arc<Notify>) -> impl Future<Output = ()> + use<> {
    let mut notified: std::pin::Pin<Box<OwnedNotified>> = Box::pin(Arc::clone(notify).notified_owned());
    notified.as_mut().enable();
    notified
}

/// The print head: one label after the other, when there is paper and the cover is closed.
pub(super) async fn print(machine: Arc<Machine>) {
    let mut number = 0;
    loop {
        if !machine.state().can_print() {
            machine.work.notified().await;
            continue;
        }
        sleep(machine.options.print_time).await;
        let mut state = machine.state();
        if !state.can_print() {
            continue;
        }
        let Some(mut paper) = state.queue.pop_front() else { continue };
        number += 1;
        paper.at = Timestamp::now();
        if let Some(left) = &mut state.paper_left {
            *left -= 1;
        }
        if let Some(folder) = &machine.options.folder {
            let dpi = (f64::from(machine.options.dots_per_mm) * 25.4).round() as u32;
            let file = folder.join(format!("{number:06}.png"));
            if let Err(error) = std::fs::write(&file, paper.dots.to_png(dpi)) {
                state.complaints.push(format!("{}: {error}", file.display()));
            }
        }
        state.papers.push(paper);
        state.report_label();
        drop(state);
        machine.out.notify_waiters();
        machine.answer.notify_waiters();
    }
}

impl State {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn can_print(&self) -> bool {
        !self.queue.is_empty() && !self.condition().stands()
    }

    fn condition(&self) -> Condition {
        Condition {
            paper_out: self.paper_left == Some(0),
            cover_open: self.has(Fault::CoverOpen),
            // A receipt printer has none.
            ribbon_out: self.has(Fault::RibbonOut) && self.language != Language::EscPos,
            jam: self.has(Fault::Jam),
            near_end: self.has(Fault::NearEnd),
            queued: self.queue.len(),
            height_dots: self.height_dots,
        }
    }

    /// What it says of itself: the truth, or what it always says.
    fn told(&self) -> Condition {
        let height_dots = self.height_dots;
        if self.has(Fault::AlwaysReady) { Condition { height_dots, ..Condition::default() } } else { self.condition() }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Label { dots, copies } => self.queue_label(dots, copies),
            Heard::Question(question) => {
                if !(question.first && self.has(Fault::FirstUnanswered)) {
                    let answer = (question.answer)(&self.told());
                    self.say(answer);
                }
            }
            Heard::InLine(answer) => {
                let before = self.papers.len() + self.queue.len();
                self.in_line.push_back((before, answer));
            }
            Heard::Count(answer) => {
                if !self.has(Fault::NoCount) {
                    self.say(answer(self.papers.len() as u64));
                }
            }
            Heard::ReportLabels => self.reports_labels = true,
            Heard::Command(name) => self.commands.push(name),
            Heard::Complaint(complaint) => self.complaints.push(complaint),
            Heard::CancelAll => self.queue.clear(),
        }
    }

    fn queue_label(&mut self, mut dots: Bitmap, copies: u32) {
        if self.has(Fault::WrongPolarity) {
            dots.invert(0, 0, dots.width(), dots.height());
        }
        let area = u64::from(dots.width()) * u64::from(dots.height());
        if dots.black_dots() * 2 > area {
            self.complaints.push(format!("{} of {area} dots are black: the head gets hot", dots.black_dots()));
        }
        self.height_dots = dots.height();
        let bytes = std::mem::take(&mut self.bytes);
        for _ in 0..copies {
            self.queue.push_back(Paper { dots: dots.clone(), at: Timestamp::now(), bytes });
        }
    }

    fn say(&mut self, answer: Vec<u8>) {
        if self.has(Fault::Silent) {
            return;
        }
        if self.has(Fault::Garbage) && !answer.is_empty() {
            self.said.extend(GARBAGE);
        } else {
            self.said.extend(answer);
        }
    }

    fn answer_in_line(&mut self) {
        while let Some((papers, answer)) = self.in_line.front().copied() {
            let ahead = papers.saturating_sub(self.papers.len());
            let truth = Condition { queued: ahead, ..self.condition() };
            // CPCL's answer tells a state, which can be a lie. That to `GS r` is a place in the buffer, which can't.
            let lies = self.has(Fault::AlwaysReady) && self.language == Language::Cpcl;
            let told = if lies { Condition::default() } else { truth };
            let Some(answer) = answer(&told) else { return };
            self.in_line.pop_front();
            self.say(answer);
        }
    }

    fn report_label(&mut self) {
        if self.auto_return {
            let count = self.papers.len() as u32;
            self.say(tspl::auto_return(count));
        }
        if self.reports_labels {
            self.say(tspl::RESPONSE.to_vec());
        }
    }
}

/// Neither an answer in any language nor text.
const GARBAGE: &[u8] = b"\xf7\xff?\x81\xfe\xa0#\xee";
