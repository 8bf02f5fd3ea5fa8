//! The life of one scanner: wait for the device, read it, say when it is lost, wait again.

use std::io;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::duplicates::Duplicates;
use super::framing::{Frame, Framer, Garbage};
use super::{Door, Feedback, ScannerConfig, ScannerEvent, kind_of};
use crate::scan::Scan;
use crate::transport::Link;

/// A scanner that was unplugged is back within a second of being plugged in; one that stays away costs little.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LAST_RETRY: Duration = Duration::from_secs(1);
/// A device that takes no feedback for as long is left without it.
const FEEDBACK_LIMIT: Duration = Duration::from_millis(500);

pub(super) fn open_door(config: &ScannerConfig) -> io::Result<Box<dyn Door>> {
    let kind = kind_of(&config.url).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    (kind.door)(&config.url)
}

pub(super) async fn run(
    config: ScannerConfig,
    mut door: io::Result<Box<dyn Door>>,
    events: mpsc::Sender<ScannerEvent>,
    answers: mpsc::Receiver<(Feedback, String)>,
) {
    let duplicates = Duplicates::new(config.settings.duplicate_window());
    let mut reader = Reader { config, events, answers, duplicates };
    let mut retry = FIRST_RETRY;
    let mut told = None;
    // Ends with the daemon's end of the channel; the handle aborts it sooner.
    while !reader.events.is_closed() {
        let why = match &mut door {
            Err(error) => error.to_string(),
            Ok(open) => match open.next().await {
                Err(error) => error.to_string(),
                Ok(link) => {
                    (retry, told) = (FIRST_RETRY, None);
                    reader.serve(open.as_mut(), link).await
                }
            },
        };
        // Said once, not with every vain try.
        if told.as_ref() != Some(&why) {
            reader.tell(ScannerEvent::Lost { device: reader.config.name.clone(), why: why.clone() }).await;
            told = Some(why);
        }
        sleep(retry).await;
        retry = (retry * 2).min(LAST_RETRY);
        if door.is_err() {
            door = open_door(&reader.config);
        }
    }
}

struct Reader {
    config: ScannerConfig,
    events: mpsc::Sender<ScannerEvent>,
    answers: mpsc::Receiver<(Feedback, String)>,
    duplicates: Duplicates,
}

/// What woke the reader.
enum Wake {
    Bytes(io::Result<usize>),
    Newer(io::Result<Box<dyn Link>>),
    Answer(Option<(Feedback, String)>),
    Quiet,
}

impl Reader {
    /// Reads a device until it is lost; says why.
    async fn serve(&mut self, door: &mut dyn Door, mut link: Box<dyn Link>) -> String {
        self.tell(ScannerEvent::Connected { device: self.config.name.clone() }).await;
        // Answers meant for a device that is gone are not this one's.
        while self.answers.try_recv().is_ok() {}
        let mut framer = Framer::new(self.config.settings.clone());
        let mut buffer = [0; 1024];
        loop {
            let wake = tokio::select! {
                read = link.read(&mut buffer) => Wake::Bytes(read),
                newer = door.next(), if door.takes_over() => Wake::Newer(newer),
                answer = self.answers.recv() => Wake::Answer(answer),
                () = sleep(self.config.settings.pause()), if framer.is_waiting() => Wake::Quiet,
            };
            match wake {
                Wake::Bytes(Ok(0)) => return "the device closed the connection".into(),
                Wake::Bytes(Err(error)) => return error.to_string(),
                Wake::Bytes(Ok(length)) => {
                    for read in framer.push(&buffer[..length]) {
                        self.deliver(read).await;
                    }
                }
                Wake::Quiet => {
                    if let Some(read) = framer.pause() {
                        self.deliver(read).await;
                    }
                }
                Wake::Newer(Ok(newer)) => {
                    link = newer;
                    framer = Framer::new(self.config.settings.clone());
                    self.tell(ScannerEvent::Connected { device: self.config.name.clone() }).await;
                }
                Wake::Newer(Err(_)) => sleep(FIRST_RETRY).await,
                Wake::Answer(Some((feedback, text))) if self.config.settings.feedback => {
                    let line = format!("{} {}\n", feedback.word(), text.replace(['\r', '\n'], " "));
                    if let Ok(Err(error)) = tokio::time::timeout(FEEDBACK_LIMIT, write_all(&mut *link, &line)).await {
                        return error.to_string();
                    }
                }
                Wake::Answer(_) => {}
            }
        }
    }

    async fn deliver(&mut self, read: Result<Frame, Garbage>) {
        let device = self.config.name.clone();
        let event = match read {
            Err(Garbage { reason, sample, .. }) => ScannerEvent::Refused { device, reason, sample },
            Ok(Frame { data, symbology }) => {
                let at = Instant::now();
                match self.duplicates.is_repeat(&data, at) {
                    true => ScannerEvent::Duplicate { device, data },
                    false => ScannerEvent::Scan(Scan { data, symbology, device, at }),
                }
            }
        };
        self.tell(event).await;
    }

    async fn tell(&self, event: ScannerEvent) {
        // Nobody listens any more: `run` sees it and ends.
        let _ = self.events.send(event).await;
    }
}

async fn write_all(link: &mut dyn Link, text: &str) -> io::Result<()> {
    let mut left = text.as_bytes();
    while !left.is_empty() {
        let taken = link.write(left).await?;
        left = &left[taken..];
    }
    Ok(())
}
