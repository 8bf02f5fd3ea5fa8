//! The life of one scanner: wait for the device, read it, say when it is lost, wait again.

use std::io;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::duplicates::Duplicates;
use super::framing::{Frame, Framer, Garbage};
use super::{Door, Feedback, Input, ScannerConfig, ScannerEvent, Source, kind_of};
use crate::scan::Scan;

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
                Ok(source) => {
                    (retry, told) = (FIRST_RETRY, None);
                    reader.serve(open.as_mut(), source).await
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
    Input(io::Result<Input>),
    Newer(io::Result<Box<dyn Source>>),
    Answer(Option<(Feedback, String)>),
    Quiet,
}

impl Reader {
    /// Reads a device until it is lost; says why.
    async fn serve(&mut self, door: &mut dyn Door, mut source: Box<dyn Source>) -> String {
        self.tell(ScannerEvent::Connected { device: self.config.name.clone() }).await;
        // Answers meant for a device that is gone are not this one's.
        while self.answers.try_recv().is_ok() {}
        let mut framer = Framer::new(self.config.settings.clone());
        loop {
            let wake = tokio::select! {
                input = source.read() => Wake::Input(input),
                newer = door.next(), if door.takes_over() => Wake::Newer(newer),
                answer = self.answers.recv() => Wake::Answer(answer),
                () = sleep(self.config.settings.pause()), if framer.is_waiting() => Wake::Quiet,
            };
            match wake {
                Wake::Input(Ok(Input::Closed)) => return "the device closed the connection".into(),
                Wake::Input(Err(error)) => return error.to_string(),
                Wake::Input(Ok(Input::Bytes(bytes))) => {
                    for read in framer.push(&bytes) {
                        self.deliver(read).await;
                    }
                }
                Wake::Input(Ok(Input::Read { data, symbology })) => {
                    if let Some(read) = framer.whole(&data, symbology) {
                        self.deliver(read).await;
                    }
                }
                Wake::Input(Ok(Input::Refused { reason, data })) => {
                    self.deliver(Err(Garbage::of(reason, &data))).await;
                }
                Wake::Input(Ok(Input::Spoiled(reason))) => framer.spoil(reason),
                Wake::Quiet => {
                    if let Some(read) = framer.pause() {
                        self.deliver(read).await;
                    }
                }
                Wake::Newer(Ok(newer)) => {
                    source = newer;
                    framer = Framer::new(self.config.settings.clone());
                    self.tell(ScannerEvent::Connected { device: self.config.name.clone() }).await;
                }
                Wake::Newer(Err(_)) => sleep(FIRST_RETRY).await,
                Wake::Answer(Some((feedback, text))) if self.config.settings.feedback => {
                    if let Ok(Err(error)) = tokio::time::timeout(FEEDBACK_LIMIT, source.answer(feedback, &text)).await {
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
