//! One conversation with one printer: ask how it is, send the job, watch what becomes of it.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::language::{Language, Proof};
use super::status::{Doubt, Evidence, Fault, Outcome, Reading, Refusal, Status};
use super::{Answers, Memory, PrinterConfig};
use crate::transport::Link;

/// Between two looks at a printer's queue; a label takes 1–2 s to come out.
const POLL: Duration = Duration::from_millis(50);
/// An idle printer that never showed itself busy may not have looked at the job yet. After this it is left at that.
const SETTLE: Duration = Duration::from_millis(1_500);
/// Small enough that a stalled printer is noticed while most of the job is still here.
const CHUNK: usize = 4_096;
/// A printer that says nothing for so long owes no answer to an earlier link; one that chatters on is cut off.
const QUIET: Duration = Duration::from_millis(200);
const CHATTER: usize = 64;
/// A transfer that failed may have arrived all the same. Of so few bytes no printer prints a label, so a job that fails in
/// them has certainly printed nothing.
const FIRST_CHUNK: usize = 64;
/// An answer has a hundred bytes and a report fewer. A printer that sends more is broken or none, and what it says is read
/// again with each piece of it.
const MOST_HEARD: usize = 64 * 1_024;

pub(super) struct Conversation<'a> {
    pub link: Box<dyn Link>,
    language: &'static dyn Language,
    config: &'a PrinterConfig,
    memory: Memory,
    deadline: Instant,
    /// Everything it said since the job was sent.
    heard: Vec<u8>,
    /// The question it answers, of those that prove anything: the ones before it cost a wait each time.
    known: usize,
    /// An answer is missing; it may still come, in place of a later one.
    pub late: bool,
    /// Its port tells how it is.
    has_port: bool,
    /// Whether it answered in this conversation; `None` while it wasn't asked.
    pub answered: Option<bool>,
    /// Whether it gave its count, or its report of the job; `None` while neither was wanted.
    pub proved: Option<bool>,
    /// The reports it owes: of this job, and before it of those that ended without theirs.
    pub owed: usize,
}

/// How the printer was just before the job.
struct Before {
    busy: bool,
    count: Option<u64>,
}

enum Answer {
    Said(Said),
    Silence,
    Lost(String),
    NotAsked,
}

struct Said {
    reading: Reading,
    proof: Proof,
    /// The answer to a question before this one is kept back: by a label, or by a slow line.
    kept_back: bool,
}

impl Said {
    fn idle(&self) -> bool {
        !self.reading.busy && !self.kept_back
    }
}

impl<'a> Conversation<'a> {
    pub fn new(
        link: Box<dyn Link>,
        language: &'static dyn Language,
        config: &'a PrinterConfig,
        memory: Memory,
    ) -> Conversation<'a> {
        let deadline = Instant::now() + Duration::from_millis(config.timeouts.total_ms);
        Conversation {
            link,
            language,
            config,
            memory,
            deadline,
            heard: Vec::new(),
            known: 0,
            late: false,
            has_port: false,
            answered: None,
            proved: None,
            owed: memory.owed,
        }
    }

    /// Reads away what the printer still says to whoever had it before.
    pub async fn hear_out(&mut self) {
        let mut buffer = [0; 512];
        for _ in 0..CHATTER {
            if !self.may_ask()
                || !matches!(timeout_at(Instant::now() + QUIET, self.link.read(&mut buffer)).await, Ok(Ok(1..)))
            {
                return;
            }
        }
    }

    /// Would a pulled cable be noticed on this link?
    pub fn is_alive(&self) -> bool {
        self.answered == Some(true) || self.has_port
    }

    pub async fn status(&mut self) -> Status {
        match self.port_fault().await {
            Err(why) => return Status::Offline { why },
            Ok(Some(fault)) => return Status::Fault { fault },
            Ok(None) => {}
        }
        match self.ask(self.known).await {
            Answer::Said(Said { reading: Reading { fault: Some(fault), .. }, .. }) => Status::Fault { fault },
            Answer::Said(_) => Status::Ready,
            Answer::Silence if self.memory.answers == Answers::Yes => Status::StoppedAnswering,
            Answer::Silence | Answer::NotAsked => Status::Silent,
            Answer::Lost(why) => Status::Offline { why },
        }
    }

    pub async fn print(&mut self, job: &[u8]) -> Outcome {
        let refused = |reason| Outcome::Refused { reason };
        match self.port_fault().await {
            Err(why) => return refused(Refusal::Offline { why }),
            Ok(Some(fault)) => return refused(Refusal::Fault { fault }),
            Ok(None) => {}
        }
        let busy = match self.ask(self.known).await {
            Answer::Said(Said { reading: Reading { fault: Some(fault), .. }, .. }) => {
                return refused(Refusal::Fault { fault });
            }
            Answer::Said(said) => !said.idle(),
            Answer::Lost(why) => return refused(Refusal::Offline { why }),
            Answer::Silence if self.memory.answers == Answers::Yes => return refused(Refusal::StoppedAnswering),
            Answer::Silence | Answer::NotAsked => false,
        };
        // Behind another label a count would go up for that one.
        let count = if busy { None } else { self.count().await };
        let before = Before { busy, count };
        // What was owed and has come by now.
        self.owed = self.owed.saturating_sub(self.ends());
        self.heard.clear();
        let (of, mut written) = (job.len() as u64, 0);
        let mut sent = self.send(job, &mut written).await;
        if sent == Err(Doubt::Stalled)
            && let Ok(Some(fault)) = self.port_fault().await
        {
            sent = Err(Doubt::Fault { fault });
        }
        if written > 0 && self.language.reports(&self.config.profile).is_some() {
            self.owed += 1;
        }
        let busy = before.busy;
        let outcome = match sent {
            Err(Doubt::ConnectionLost { why }) if written == 0 => return refused(Refusal::Offline { why }),
            Err(Doubt::Fault { fault }) if written == 0 => return refused(Refusal::Fault { fault }),
            Err(_) if written == 0 => return refused(Refusal::Offline { why: "it takes no bytes".into() }),
            Err(doubt) => Err(doubt),
            Ok(()) if self.answered == Some(true) => self.watch(of, before).await,
            Ok(()) => self.finish(of).await,
        };
        // Behind another's label a report may be of that one.
        if !busy {
            self.owed = self.owed.saturating_sub(self.ends());
        }
        outcome.unwrap_or_else(|doubt| Outcome::Unknown { written, of, doubt })
    }

    /// The ends of labels it reported.
    fn ends(&self) -> usize {
        let profile = &self.config.profile;
        let told = self.language.reports(profile).map(|read| read(&self.heard, profile)).unwrap_or_default();
        told.iter().filter(|told| told.is_ok()).count()
    }

    async fn send(&mut self, job: &[u8], written: &mut u64) -> Result<(), Doubt> {
        while (*written as usize) < job.len() {
            let rest = &job[*written as usize..];
            let most = if *written == 0 { FIRST_CHUNK.min(job.len().div_ceil(2)) } else { CHUNK };
            let until = self.until(self.config.timeouts.stall_ms);
            match timeout_at(until, self.link.write(&rest[..rest.len().min(most)])).await {
                Err(_) => return Err(Doubt::Stalled),
                Ok(Ok(0)) => return Err(Doubt::ConnectionLost { why: "it takes no more bytes".into() }),
                Ok(Ok(taken)) => *written += taken as u64,
                Ok(Err(error)) => return Err(Doubt::ConnectionLost { why: error.to_string() }),
            }
        }
        Ok(())
    }

    /// For a printer that answers: until it is proved to be done, a fault shows or the time is over.
    async fn watch(&mut self, of: u64, before: Before) -> Result<Outcome, Doubt> {
        let started = Instant::now();
        let until = self.until(self.config.timeouts.confirm_ms);
        let reports = self.language.reports(&self.config.profile).is_some();
        let report_will_come = reports && !before.busy && !self.memory.proofs.are_in_vain();
        let mut was_busy = false;
        // Right behind the job the printer is at it, and what answers at once then can say so.
        let mut first = self.known + usize::from(self.holds_back());
        loop {
            // Some printers answer no question while they are out of paper; the port still tells.
            self.believe_the_port().await?;
            let asked = Instant::now();
            let answer = self.ask(first).await;
            first = self.known;
            let said = match answer {
                Answer::Said(said) => said,
                Answer::Lost(why) => return Err(Doubt::ConnectionLost { why }),
                // It may be at the label and not at its questions, or the line still at the job: no proof of work.
                Answer::Silence if asked < until && (report_will_come || self.holds_back()) => {
                    if let Some(evidence) = self.evidence(&before, false).await? {
                        return Ok(Outcome::Confirmed { evidence });
                    }
                    continue;
                }
                Answer::Silence | Answer::NotAsked => return Err(Doubt::StoppedAnswering),
            };
            let idle = said.idle();
            // What is proved of this very label counts more than how the printer is after it.
            if let Some(evidence) = self.evidence(&before, idle).await? {
                return Ok(Outcome::Confirmed { evidence });
            }
            if let Some(fault) = said.reading.fault {
                return Err(Doubt::Fault { fault });
            }
            was_busy |= said.reading.busy;
            match said.proof {
                Proof::Idle(evidence) if idle && before.count.is_none() && (was_busy || self.believes_idle()) => {
                    return Ok(Outcome::Confirmed { evidence });
                }
                Proof::BusyThenIdle(evidence) | Proof::HeldThenIdle(evidence) if idle && was_busy && !before.busy => {
                    return Ok(Outcome::Confirmed { evidence });
                }
                _ if idle && started.elapsed() > SETTLE && !report_will_come => {
                    return Ok(Outcome::Accepted { bytes: of });
                }
                _ if Instant::now() >= until => {
                    if report_will_come {
                        // One that came, with time for more, was this label's: what was owed before never will.
                        let came = self.ends() > 0;
                        self.owed = if came { 0 } else { self.owed };
                        self.proved = Some(came);
                    }
                    return Ok(Outcome::Accepted { bytes: of });
                }
                _ => sleep(POLL).await,
            }
        }
    }

    /// What says that this very label is done: the printer's own report, or its count. The count is asked for only once the
    /// printer has nothing more to do.
    async fn evidence(&mut self, before: &Before, idle: bool) -> Result<Option<Evidence>, Doubt> {
        let profile = &self.config.profile;
        let told = self.language.reports(profile).map(|read| read(&self.heard, profile)).unwrap_or_default();
        // The reports that are owed for labels before this one come before its own.
        for (end, told) in (1..).zip(told) {
            let evidence = told.map_err(|fault| Doubt::Fault { fault })?;
            if end == self.owed && !before.busy {
                (self.owed, self.proved) = (0, Some(true));
                return Ok(Some(evidence));
            }
        }
        let Some(count) = before.count.filter(|_| idle) else { return Ok(None) };
        Ok(self.count().await.filter(|now| *now > count).map(|_| Evidence::Counted))
    }

    /// Without having seen it busy with the job: not where "idle" may be what it always says, or was before the job.
    fn believes_idle(&self) -> bool {
        !self.config.profile.seen_busy && !self.late
    }

    fn holds_back(&self) -> bool {
        self.language.questions().iter().any(|question| matches!(question.proof, Proof::HeldThenIdle(_)))
    }

    /// For a printer that answers nothing: until the bytes have left this machine. A printer that keeps the connection
    /// open has still taken them.
    async fn finish(&mut self, of: u64) -> Result<Outcome, Doubt> {
        let patience = if self.link.two_way() { self.config.timeouts.answer_ms } else { self.config.timeouts.stall_ms };
        match timeout_at(self.until(patience), self.link.finish()).await {
            Ok(Err(error)) => Err(Doubt::ConnectionLost { why: error.to_string() }),
            Ok(Ok(())) | Err(_) => self.believe_the_port().await.map(|()| Outcome::Accepted { bytes: of }),
        }
    }

    async fn believe_the_port(&mut self) -> Result<(), Doubt> {
        match self.port_fault().await {
            Err(why) => Err(Doubt::ConnectionLost { why }),
            Ok(Some(fault)) => Err(Doubt::Fault { fault }),
            Ok(None) => Ok(()),
        }
    }

    /// The trouble the port itself tells; `Err` where nobody is there any more.
    async fn port_fault(&mut self) -> Result<Option<Fault>, String> {
        match timeout_at(self.until(self.config.timeouts.answer_ms), self.link.port_status()).await {
            Ok(Ok(status)) => {
                self.has_port |= status.is_some();
                Ok(status.and_then(Fault::of_port))
            }
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Ok(None),
        }
    }

    /// From the `first` of the language's questions on, and round, until one is answered.
    async fn ask(&mut self, first: usize) -> Answer {
        let questions = self.language.questions();
        if questions.is_empty() || self.memory.answers.are_in_vain() || !self.may_ask() {
            return Answer::NotAsked;
        }
        let mut kept_back = false;
        for (index, question) in questions.iter().enumerate().cycle().skip(first).take(questions.len()) {
            let until = self.until(self.config.timeouts.answer_ms);
            let profile = &self.config.profile;
            match timeout_at(until, self.exchange(question.bytes, |answer| (question.read)(answer, profile))).await {
                Ok(Ok(reading)) => {
                    self.answered = Some(true);
                    if question.proof != Proof::Nothing {
                        self.known = index;
                    }
                    return Answer::Said(Said { reading, proof: question.proof, kept_back });
                }
                Ok(Err(why)) => return Answer::Lost(why),
                Err(_) => self.late = true,
            }
            kept_back |= matches!(question.proof, Proof::HeldThenIdle(_));
        }
        self.answered = Some(false);
        Answer::Silence
    }

    /// How many labels it has printed, if it says so.
    async fn count(&mut self) -> Option<u64> {
        let counter = self.language.counter(&self.config.profile)?;
        if self.answered != Some(true) || self.memory.proofs.are_in_vain() || !self.may_ask() {
            return None;
        }
        let until = self.until(self.config.timeouts.answer_ms);
        let count = timeout_at(until, self.exchange(counter.bytes, counter.read)).await;
        self.late |= count.is_err();
        let count = count.ok().and_then(Result::ok);
        self.proved = Some(count.is_some());
        count
    }

    fn may_ask(&self) -> bool {
        self.link.two_way() && self.config.profile.answers
    }

    async fn exchange<T>(&mut self, question: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Result<T, String> {
        let mut left = question;
        while !left.is_empty() {
            let taken = self.link.write(left).await.map_err(|error| error.to_string())?;
            left = &left[taken..];
        }
        let (mut answer, mut buffer) = (Vec::new(), [0; 512]);
        loop {
            match self.link.read(&mut buffer).await {
                Ok(0) => return Err("it closed the connection".into()),
                Ok(length) => {
                    answer.extend_from_slice(&buffer[..length]);
                    // Only reports are looked for in it; the answers of a long wait would fill it up.
                    if self.language.reports(&self.config.profile).is_some() {
                        self.heard.extend_from_slice(&buffer[..length]);
                    }
                }
                Err(error) => return Err(error.to_string()),
            }
            if answer.len().max(self.heard.len()) > MOST_HEARD {
                return Err("it talks without end".into());
            }
            if let Some(reading) = read(&answer) {
                return Ok(reading);
            }
        }
    }

    fn until(&self, limit_ms: u64) -> Instant {
        self.deadline.min(Instant::now() + Duration::from_millis(limit_ms))
    }
}
