//! The life of one scale: reach it, listen to it or ask it, say when it is lost, reach it again.

use std::io;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::steady::Steady;
use super::{Protocol, ScaleConfig, ScaleEvent, State, Weight, kind_of};
use crate::transport::{self, Link};

/// A scale that was unplugged is back within a second of being plugged in; one that stays away costs little.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LAST_RETRY: Duration = Duration::from_secs(1);
/// A converter on the network that is switched off answers nothing at all.
const CONNECT: Duration = Duration::from_secs(3);
/// A question is one byte; a line that doesn't take it leads nowhere.
const ASK: Duration = Duration::from_millis(500);

pub(super) async fn run(
    config: ScaleConfig,
    events: mpsc::Sender<ScaleEvent>,
    mut wanted: watch::Receiver<std::time::Instant>,
    latest: watch::Sender<Option<Weight>>,
) {
    let mut retry = FIRST_RETRY;
    let mut told = None;
    // Ends with the daemon's end of the channel; the handle aborts it sooner.
    while !events.is_closed() {
        let why = match open(&config).await {
            Err(error) => error.to_string(),
            Ok(link) => {
                let mut talk = Talk { config: &config, events: &events, latest: &latest, shown: None };
                let why = talk.until_lost(link, &mut wanted).await;
                latest.send_replace(None);
                // A converter takes the call for a scale that is switched off and hangs up; only what was shown makes
                // a loss of it.
                if talk.shown.is_some() {
                    (retry, told) = (FIRST_RETRY, None);
                }
                why
            }
        };
        // Said once, not with every vain try.
        if told.as_ref() != Some(&why) {
            let _ = events.send(ScaleEvent::Lost { device: config.name.clone(), why: why.clone() }).await;
            told = Some(why);
        }
        sleep(retry).await;
        retry = (retry * 2).min(LAST_RETRY);
    }
}

async fn open(config: &ScaleConfig) -> io::Result<Box<dyn Link>> {
    let kind = transport::kind_of(&config.url).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    timeout(CONNECT, (kind.open)(&config.url)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

struct Talk<'a> {
    config: &'a ScaleConfig,
    events: &'a mpsc::Sender<ScaleEvent>,
    latest: &'a watch::Sender<Option<Weight>>,
    shown: Option<State>,
}

/// What woke us.
enum Wake {
    Read(io::Result<usize>),
    Ask,
    Silence,
    Wanted,
}

impl Talk<'_> {
    /// Says why it is lost.
    async fn until_lost(
        &mut self,
        mut link: Box<dyn Link>,
        wanted: &mut watch::Receiver<std::time::Instant>,
    ) -> String {
        let settings = &self.config.settings;
        let _ = self.events.send(ScaleEvent::Connected { device: self.config.name.clone() }).await;
        let mut protocol: Box<dyn Protocol> = match kind_of(&settings.protocol) {
            Some(kind) => (kind.protocol)(settings),
            None => return format!("there is no protocol {}", settings.protocol),
        };
        let question = protocol.question().map(<[u8]>::to_vec);
        let mut steady = Steady::new(settings.equal);
        let mut buffer = [0; 256];
        let mut ask_at = Instant::now();
        let mut silent_at = Instant::now() + settings.silence();
        loop {
            let wake = tokio::select! {
                read = link.read(&mut buffer) => Wake::Read(read),
                () = sleep_until(ask_at), if question.is_some() => Wake::Ask,
                () = sleep_until(silent_at), if self.shown != Some(State::Silent) => Wake::Silence,
                Ok(()) = wanted.changed() => Wake::Wanted,
            };
            match wake {
                Wake::Read(Ok(0)) => return "the scale closed the connection".into(),
                Wake::Read(Err(error)) => return gone(error),
                Wake::Read(Ok(length)) => {
                    silent_at = Instant::now() + settings.silence();
                    // What came in one piece is one moment: only its end is still true.
                    let heard = protocol.push(&buffer[..length]);
                    if let Some(state) = heard.iter().filter_map(|heard| steady.take(heard)).last() {
                        self.show(state).await;
                    }
                }
                Wake::Ask => {
                    let pause =
                        if *wanted.borrow() > std::time::Instant::now() { settings.wanted() } else { settings.idle() };
                    ask_at = Instant::now() + pause;
                    match timeout(ASK, write_all(&mut *link, question.as_deref().unwrap_or_default())).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => return gone(error),
                        Err(_) => return "it takes no bytes".into(),
                    }
                }
                Wake::Silence => {
                    // What it said before the silence is no part of what it says after it.
                    steady = Steady::new(settings.equal);
                    self.show(State::Silent).await;
                }
                Wake::Wanted => ask_at = ask_at.min(Instant::now() + settings.wanted()),
            }
        }
    }

    /// The weight is renewed with every reading, the state told when it changes.
    async fn show(&mut self, state: State) {
        self.latest.send_replace(match state {
            State::Stable { grams } => Some(Weight { grams, read_at: std::time::Instant::now() }),
            _ => None,
        });
        if self.shown != Some(state) {
            self.shown = Some(state);
            let _ = self.events.send(ScaleEvent::State { device: self.config.name.clone(), state }).await;
        }
    }
}

async fn write_all(link: &mut dyn Link, bytes: &[u8]) -> io::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        left = &left[link.write(left).await?..];
    }
    Ok(())
}

/// An unplugged converter is told as one of several errors, depending on the moment.
fn gone(error: io::Error) -> String {
    crate::seen::identity::gone(error).to_string()
}
