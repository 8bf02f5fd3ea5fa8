//! One task a printer: a label at a time, drawn and sent, and what became of it as an event. After a refusal it watches
//! the printer and says when it is ready again.

use std::sync::Arc;
use std::time::Duration;

use drivers::printer::Printer;
use drivers::printer::status::{Outcome, Refusal, Status};
use tokio::sync::{mpsc, watch};

use crate::bench::PrintOrder;
use crate::domain::fact::PrintOutcome;
use crate::domain::id::PlaceName;
use crate::label::{Fonts, LabelData, Templates};

use super::heart::Event;

/// How often a printer that refused a label is asked whether it is ready.
const WATCH: Duration = Duration::from_secs(1);

/// Templates and fonts, shared by all printers.
pub struct Press {
    pub templates: Templates,
    pub fonts: Fonts,
}

/// One label to print.
pub struct Job {
    pub place: PlaceName,
    pub order: PrintOrder,
    /// `Err` where the label's data could not be put together; it says why.
    pub data: Result<Box<LabelData>, String>,
}

/// The way to a printer's task.
#[derive(Clone)]
pub struct Door {
    pub jobs: mpsc::UnboundedSender<Job>,
    pub status: watch::Receiver<Status>,
}

pub fn start(printer: Printer, press: Arc<Press>, events: mpsc::Sender<Event>) -> Door {
    let (jobs, queue) = mpsc::unbounded_channel();
    let (report, status) = watch::channel(Status::Offline { why: "not asked yet".into() });
    tokio::spawn(run(printer, press, queue, events, report));
    Door { jobs, status }
}

async fn run(
    mut printer: Printer,
    press: Arc<Press>,
    mut queue: mpsc::UnboundedReceiver<Job>,
    events: mpsc::Sender<Event>,
    report: watch::Sender<Status>,
) {
    let name = printer.config().name.clone();
    // A label may have been refused before the station went down: the first readiness is told as well.
    let mut refused = true;
    let mut wait = Duration::ZERO;
    loop {
        let job = match refused {
            true => tokio::time::timeout(wait, queue.recv()).await.ok(),
            false => Some(queue.recv().await),
        };
        wait = WATCH;
        let event = match job {
            Some(None) => return,
            Some(Some(job)) => {
                let outcome = print(&mut printer, &press, &job).await;
                refused = outcome.0 == PrintOutcome::Refused;
                report.send_replace(printer.status().await);
                Event::Printed {
                    place: job.place,
                    parcel: job.order.parcel,
                    job: job.order.job,
                    outcome: outcome.0,
                    evidence: outcome.1,
                }
            }
            None => {
                let status = printer.status().await;
                let ready = matches!(status, Status::Ready | Status::Silent);
                report.send_replace(status);
                if !ready {
                    continue;
                }
                refused = false;
                Event::PrinterReady { printer: name.clone() }
            }
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}

/// Draws and sends; the evidence is what the journal keeps of how it is known.
async fn print(printer: &mut Printer, press: &Press, job: &Job) -> (PrintOutcome, String) {
    let unprintable = |why: String| (PrintOutcome::Unprintable, why);
    let data = match &job.data {
        Ok(data) => data,
        Err(why) => return unprintable(why.clone()),
    };
    let template = match press.templates.get(&job.order.template) {
        Ok(template) => template,
        Err(error) => return unprintable(error.to_string()),
    };
    let label = match crate::label::render(template, data, &press.fonts, printer.config().dpi) {
        Ok(label) => label,
        Err(error) => return unprintable(error.to_string()),
    };
    let outcome = printer.print(&label).await;
    let evidence = serde_json::to_string(&outcome).expect("an outcome is plain data");
    (in_short(&outcome), evidence)
}

fn in_short(outcome: &Outcome) -> PrintOutcome {
    match outcome {
        Outcome::Accepted { .. } => PrintOutcome::Accepted,
        Outcome::Confirmed { .. } => PrintOutcome::Confirmed,
        Outcome::Refused { reason: Refusal::Label { .. } } => PrintOutcome::Unprintable,
        Outcome::Refused { .. } => PrintOutcome::Refused,
        Outcome::Unknown { .. } => PrintOutcome::Unknown,
    }
}
