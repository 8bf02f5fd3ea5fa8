//! One task a printer, or a platform's component: a label at a time, and what became of it as an event. In between it looks
//! at the printer and says when it takes labels and when not.

use std::sync::Arc;
use std::time::Duration;

use drivers::label::Label;
use drivers::printer::status::Status;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::domain::fact::PrintOutcome;
use crate::domain::id::{JobId, ParcelId, PlaceName};
use crate::label::{Filling, Fonts, Templates};

use super::event::Event;
use super::outlet::Outlet;

/// Between two looks while a packer waits there: paper that runs out is on the screen within a second.
const ATTENTIVE: Duration = Duration::from_millis(400);
/// The longest pause for a printer that looks ready and refuses whatever it gets.
const LONGEST: Duration = Duration::from_secs(30);
/// Between two looks at what is no device, or isn't to be watched, after it refused a label.
const PATIENT: Duration = Duration::from_secs(1);

/// Templates and fonts, shared by all printers.
pub struct Press {
    pub templates: Templates,
    pub fonts: Fonts,
}

impl Press {
    /// A label in dots, or why it can't be drawn.
    pub fn draw(&self, template: &str, filling: &Filling, dpi: u32) -> Result<Label, String> {
        let template = self.templates.get(template).map_err(|error| error.to_string())?;
        crate::label::render(template, filling, &self.fonts, dpi).map_err(|error| error.to_string())
    }
}

/// What is to be on the paper.
pub enum Matter {
    Drawing(Filling),
    /// The platform's, for its component's eyes only.
    Sealed(Value),
}

/// One paper to print.
pub struct Job {
    pub place: PlaceName,
    pub paper: Paper,
    pub template: String,
    /// `Err` where the label's data could not be put together; it says why.
    pub matter: Result<Matter, String>,
}

/// Of what something becomes known when it is printed.
pub enum Paper {
    Label {
        parcel: ParcelId,
        job: JobId,
        number: String,
    },
    /// A handover's.
    Sheet {
        handover: String,
    },
    /// Whoever needs it and hasn't got it scans again.
    Slip,
    /// A wave's.
    Divider {
        job: JobId,
    },
}

/// The way to a printer's task.
#[derive(Clone)]
pub struct Door {
    pub jobs: mpsc::UnboundedSender<Job>,
    pub status: watch::Receiver<Status>,
    /// Is somebody at work who needs this printer next?
    pub needed: watch::Sender<bool>,
}

pub fn start(outlet: Outlet, press: Arc<Press>, events: mpsc::Sender<Event>) -> Door {
    let (jobs, queue) = mpsc::unbounded_channel();
    let (report, status) = watch::channel(Status::Offline { why: "not asked yet".into() });
    let (needed, need) = watch::channel(false);
    let answers = outlet.answers();
    let watcher = Watcher { outlet, press, events, report, need, answers, ready: None, vain: 0 };
    tokio::spawn(watcher.run(queue));
    Door { jobs, status, needed }
}

struct Watcher {
    outlet: Outlet,
    press: Arc<Press>,
    events: mpsc::Sender<Event>,
    report: watch::Sender<Status>,
    need: watch::Receiver<bool>,
    /// What the loop was told: whether the printer answers questions, and whether it takes labels. A label may have been
    /// refused before the station went down, so the first readiness is told as well.
    answers: Option<bool>,
    ready: Option<bool>,
    /// How often in a row it refused a label right after it had looked ready.
    vain: u32,
}

/// The loop is gone: the station stops.
struct Gone;

impl Watcher {
    async fn run(mut self, mut queue: mpsc::UnboundedReceiver<Job>) {
        let mut looked = None;
        loop {
            // At once after a start; and one that refused is asked again, whatever it is.
            let watches = self.outlet.is_watched() || self.ready != Some(true);
            let next = looked.map_or_else(Instant::now, |looked| looked + self.pace());
            let done = tokio::select! {
                biased;
                job = queue.recv() => match job {
                    Some(job) => {
                        let done = self.work(job).await;
                        // What refused a label is given the time of a look before it is called ready again.
                        if self.ready != Some(true) {
                            looked = Some(Instant::now());
                        }
                        done
                    }
                    None => return,
                },
                // From now on at another pace.
                Ok(()) = self.need.changed() => continue,
                () = sleep_until(next), if watches => {
                    let done = self.look().await;
                    looked = Some(Instant::now());
                    done
                }
            };
            if done.is_err() {
                return;
            }
        }
    }

    fn pace(&self) -> Duration {
        let own = match self.outlet.is_watched() {
            true => Duration::from_millis(self.outlet.watch_ms()),
            false => PATIENT,
        };
        pause(if *self.need.borrow() { own.min(ATTENTIVE) } else { own }, self.vain)
    }

    async fn work(&mut self, job: Job) -> Result<(), Gone> {
        let (outcome, evidence) = self.outlet.print(&self.press, &job).await;
        self.vain = match outcome {
            PrintOutcome::Refused if self.ready == Some(true) => self.vain + 1,
            PrintOutcome::Refused => self.vain,
            _ => 0,
        };
        if outcome == PrintOutcome::Refused {
            self.ready = Some(false);
        }
        let place = job.place;
        match job.paper {
            Paper::Label { parcel, job, .. } => {
                self.tell(Event::Printed { place, parcel, job, outcome, evidence }).await?;
            }
            Paper::Sheet { handover } => {
                self.tell(Event::SheetPrinted { place, handover, outcome, evidence }).await?;
            }
            Paper::Divider { job } => {
                self.tell(Event::DividerPrinted { place, job, outcome, evidence }).await?;
            }
            Paper::Slip if !outcome.came_out() => tracing::warn!(%place, %evidence, "a slip did not come out"),
            Paper::Slip => {}
        }
        match outcome {
            PrintOutcome::Confirmed | PrintOutcome::Unprintable | PrintOutcome::Refused => self.probed().await,
            _ => self.look().await,
        }
    }

    async fn look(&mut self) -> Result<(), Gone> {
        let status = self.outlet.status().await;
        self.probed().await?;
        let ready = matches!(status, Status::Ready | Status::Silent);
        let changed = self.report.send_if_modified(|last| {
            let changed = *last != status;
            last.clone_from(&status);
            changed
        });
        if !changed && self.ready == Some(ready) {
            return Ok(());
        }
        let printer = self.outlet.name().to_owned();
        match self.ready {
            _ if !ready => tracing::warn!(%printer, ?status, "a printer takes no labels"),
            Some(false) => tracing::info!(%printer, "a printer takes labels again"),
            _ => {}
        }
        self.ready = Some(ready);
        self.tell(if ready { Event::PrinterReady { printer } } else { Event::PrinterDown { printer } }).await
    }

    async fn probed(&mut self) -> Result<(), Gone> {
        let found = self.outlet.answers().filter(|found| self.answers != Some(*found));
        let Some(answers) = found else { return Ok(()) };
        self.answers = Some(answers);
        let (printer, url) = (self.outlet.name().to_owned(), self.outlet.url());
        self.tell(Event::PrinterProbed { printer, url, answers }).await
    }

    async fn tell(&self, event: Event) -> Result<(), Gone> {
        self.events.send(event).await.map_err(|_| Gone)
    }
}

/// Twice as long after each label that a printer refused although it had looked ready.
fn pause(own: Duration, vain: u32) -> Duration {
    (own * 2u32.saturating_pow(vain.saturating_sub(1).min(16))).min(LONGEST.max(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_that_refuses_again_and_again_is_left_alone_for_longer() {
        let pauses: Vec<u128> = [0, 1, 2, 3, 20].map(|vain| pause(ATTENTIVE, vain).as_millis()).to_vec();
        assert_eq!(pauses, [400, 400, 800, 1_600, 30_000]);
        let rarely = Duration::from_secs(60);
        assert_eq!(pause(rarely, 5), rarely, "never more often than the config says");
    }
}
