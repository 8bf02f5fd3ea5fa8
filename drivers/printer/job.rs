//! One conversation with one printer: ask how it is, send the job, watch what becomes of it.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::language::{Language, Proof};
use super::status::{Doubt, Fault, Outcome, Reading, Refusal, Status};
use super::{Answers, PrinterConfig};
use crate::transport::Link;

/// Between two looks at a printer's queue; a label takes 1–2 s to come out.
const POLL: Duration = Duration::from_millis(50);
/// An idle printer that never showed itself busy may not have looked at the job yet. After this it is left at that.
const SETTLE: Duration = Duration::from_millis(1_500);
/// Small enough that a stalled printer is noticed while most of the job is still here.
const CHUNK: usize = 4_096;
/// A transfer that failed may have arrived all the same. Of so few bytes no printer prints a label, so a job that fails in
/// them has certainly printed nothing.
const FIRST_CHUNK: usize = 64;

pub(super) struct Conversation<'a> {
    pub link: Box<dyn Link>,
    language: &'static dyn Language,
    config: &'a PrinterConfig,
    before: Answers,
    deadline: Instant,
    /// Whether it answered in this conversation; `None` while it wasn't asked.
    pub answered: Option<bool>,
}

enum Answer {
    Said(Reading, Proof),
    Silence,
    Lost(String),
    NotAsked,
}

impl<'a> Conversation<'a> {
    pub fn new(
        link: Box<dyn Link>,
        language: &'static dyn Language,
        config: &'a PrinterConfig,
        before: Answers,
    ) -> Conversation<'a> {
        let deadline = Instant::now() + Duration::from_millis(config.timeouts.total_ms);
        Conversation { link, language, config, before, deadline, answered: None }
    }

    pub async fn status(&mut self) -> Status {
        match self.port_fault().await {
            Err(why) => return Status::Offline { why },
            Ok(Some(fault)) => return Status::Fault { fault },
            Ok(None) => {}
        }
        match self.ask().await {
            Answer::Said(Reading { fault: Some(fault), .. }, _) => Status::Fault { fault },
            Answer::Said(..) => Status::Ready,
            Answer::Silence if self.before == Answers::Yes => Status::StoppedAnswering,
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
        let busy_before = match self.ask().await {
            Answer::Said(Reading { fault: Some(fault), .. }, _) => return refused(Refusal::Fault { fault }),
            Answer::Said(reading, _) => reading.busy,
            Answer::Lost(why) => return refused(Refusal::Offline { why }),
            Answer::Silence if self.before == Answers::Yes => return refused(Refusal::StoppedAnswering),
            Answer::Silence | Answer::NotAsked => false,
        };
        let (of, mut written) = (job.len() as u64, 0);
        let mut sent = self.send(job, &mut written).await;
        if sent == Err(Doubt::Stalled)
            && let Ok(Some(fault)) = self.port_fault().await
        {
            sent = Err(Doubt::Fault { fault });
        }
        let outcome = match sent {
            Err(Doubt::ConnectionLost { why }) if written == 0 => return refused(Refusal::Offline { why }),
            Err(Doubt::Fault { fault }) if written == 0 => return refused(Refusal::Fault { fault }),
            Err(_) if written == 0 => return refused(Refusal::Offline { why: "it takes no bytes".into() }),
            Err(doubt) => Err(doubt),
            Ok(()) if self.answered == Some(true) => self.watch(of, busy_before).await,
            Ok(()) => self.finish(of).await,
        };
        outcome.unwrap_or_else(|doubt| Outcome::Unknown { written, of, doubt })
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

    /// For a printer that answers: until its queue is empty, a fault shows or the time is over.
    async fn watch(&mut self, of: u64, busy_before: bool) -> Result<Outcome, Doubt> {
        let started = Instant::now();
        let until = self.until(self.config.timeouts.confirm_ms);
        let mut was_busy = false;
        loop {
            // Some printers answer no question while they are out of paper; the port still tells.
            self.believe_the_port().await?;
            let (reading, proof) = match self.ask().await {
                Answer::Said(reading, proof) => (reading, proof),
                Answer::Lost(why) => return Err(Doubt::ConnectionLost { why }),
                Answer::Silence | Answer::NotAsked => return Err(Doubt::StoppedAnswering),
            };
            if let Some(fault) = reading.fault {
                return Err(Doubt::Fault { fault });
            }
            was_busy |= reading.busy;
            let idle = !reading.busy;
            match proof {
                Proof::Idle(evidence) if idle => return Ok(Outcome::Confirmed { evidence }),
                Proof::BusyThenIdle(evidence) if idle && was_busy && !busy_before => {
                    return Ok(Outcome::Confirmed { evidence });
                }
                _ if idle && started.elapsed() > SETTLE => return Ok(Outcome::Accepted { bytes: of }),
                _ if Instant::now() >= until => return Ok(Outcome::Accepted { bytes: of }),
                _ => sleep(POLL).await,
            }
        }
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
            Ok(Ok(status)) => Ok(status.and_then(Fault::of_port)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Ok(None),
        }
    }

    async fn ask(&mut self) -> Answer {
        let questions = self.language.questions();
        let silent = matches!(self.before, Answers::NotBefore(instant) if Instant::now() < instant);
        if questions.is_empty() || silent || !self.link.two_way() || !self.config.profile.answers {
            return Answer::NotAsked;
        }
        for question in questions {
            let until = self.until(self.config.timeouts.answer_ms);
            match timeout_at(until, self.ask_one(question.bytes, question.read)).await {
                Ok(Ok(reading)) => {
                    self.answered = Some(true);
                    return Answer::Said(reading, question.proof);
                }
                Ok(Err(why)) => return Answer::Lost(why),
                Err(_) => {}
            }
        }
        self.answered = Some(false);
        Answer::Silence
    }

    async fn ask_one(
        &mut self,
        question: &[u8],
        read: fn(&[u8], &super::profile::Profile) -> Option<Reading>,
    ) -> Result<Reading, String> {
        let mut left = question;
        while !left.is_empty() {
            let taken = self.link.write(left).await.map_err(|error| error.to_string())?;
            left = &left[taken..];
        }
        let (mut answer, mut buffer) = (Vec::new(), [0; 512]);
        loop {
            match self.link.read(&mut buffer).await {
                Ok(0) => return Err("it closed the connection".into()),
                Ok(length) => answer.extend_from_slice(&buffer[..length]),
                Err(error) => return Err(error.to_string()),
            }
            if let Some(reading) = read(&answer, &self.config.profile) {
                return Ok(reading);
            }
        }
    }

    fn until(&self, limit_ms: u64) -> Instant {
        self.deadline.min(Instant::now() + Duration::from_millis(limit_ms))
    }
}
