//! The printer behind the port: its language, its queue, its paper and its faults.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use drivers::bitmap::Bitmap;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::sleep;

use super::{Fault, Language, Options, Paper, tspl, zpl};

/// What a printer makes of the bytes it gets.
pub(super) enum Heard {
    Label {
        dots: Bitmap,
        copies: u32,
    },
    Question(Question),
    /// A command's name.
    Command(String),
    Complaint(String),
    /// Everything queued is to be forgotten.
    CancelAll,
}

#[derive(Clone, Copy)]
pub(super) enum Question {
    ZplHostStatus,
    ZplErrors,
    ZplIdentity,
    TsplStatusByte,
    TsplModel,
}

pub(super) trait Interpreter: Send {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>);
}

/// A printer's condition, as its answers tell it.
#[derive(Clone, Copy)]
pub(super) struct Condition {
    pub paper_out: bool,
    pub cover_open: bool,
    pub queued: usize,
    pub height_dots: u32,
}

pub(super) struct Machine {
    options: Options,
    state: Mutex<State>,
    /// A label was queued or a fault changed.
    work: Notify,
    out: Notify,
    faults: Arc<Notify>,
}

struct State {
    interpreter: Box<dyn Interpreter>,
    queue: VecDeque<Paper>,
    papers: Vec<Paper>,
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
        };
        let state = State {
            interpreter,
            queue: VecDeque::new(),
            papers: Vec::new(),
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
        }
    }

    /// A panic elsewhere leaves the state as it was after its last whole change.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to send back, mostly nothing.
    pub fn feed(&self, bytes: &[u8]) -> Vec<u8> {
        let mut state = self.state();
        let mut answer = Vec::new();
        for &byte in bytes {
            let mut heard = Vec::new();
            state.bytes += 1;
            state.interpreter.feed(byte, &mut heard);
            for heard in heard {
                state.hear(heard, &mut answer);
            }
        }
        drop(state);
        self.work.notify_one();
        answer
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
        let mut changed: std::pin::Pin<Box<OwnedNotified>> = Box::pin(Arc::clone(&self.faults).notified_owned());
        // From now on, not from the first poll on: a change between the two would be lost.
        changed.as_mut().enable();
        changed
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
    }

    pub fn clear_faults(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.paper_left = None;
        drop(state);
        self.faults.notify_waiters();
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
        drop(state);
        machine.out.notify_waiters();
    }
}

impl State {
    fn can_print(&self) -> bool {
        !self.queue.is_empty() && self.paper_left != Some(0) && !self.faults.contains(&Fault::CoverOpen)
    }

    fn hear(&mut self, heard: Heard, answer: &mut Vec<u8>) {
        match heard {
            Heard::Label { dots, copies } => {
                self.height_dots = dots.height();
                let bytes = std::mem::take(&mut self.bytes);
                for _ in 0..copies {
                    self.queue.push_back(Paper { dots: dots.clone(), at: Timestamp::now(), bytes });
                }
            }
            Heard::Question(question) => {
                if !self.faults.contains(&Fault::Silent) {
                    answer.extend(self.answer(question));
                }
            }
            Heard::Command(name) => self.commands.push(name),
            Heard::Complaint(complaint) => self.complaints.push(complaint),
            Heard::CancelAll => self.queue.clear(),
        }
    }

    fn answer(&self, question: Question) -> Vec<u8> {
        let condition = Condition {
            paper_out: self.paper_left == Some(0),
            cover_open: self.faults.contains(&Fault::CoverOpen),
            queued: self.queue.len(),
            height_dots: self.height_dots,
        };
        match question {
            Question::ZplHostStatus => zpl::host_status(condition),
            Question::ZplErrors => zpl::errors(condition),
            Question::ZplIdentity => b"\x02ZSIM-203dpi,V1.0,8,8176KB\x03\r\n".to_vec(),
            Question::TsplStatusByte => vec![tspl::status_byte(condition)],
            Question::TsplModel => b"TSIM-203\r\n".to_vec(),
        }
    }
}
