//! Keeps the hub's pools of numbers full: asks the carrier where it lends numbers, and says who must bring some where it
//! doesn't, or where it gives none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use jiff::{Timestamp, ToSpan};
use tokio::sync::watch;

use super::accounts::Account;
use super::api::blocking;
use super::pools::Level;
use super::{Hub, HubError, poll};
use crate::carrier::breaker::{Breaker, Pass};
use crate::carrier::{CarrierError, Class, Operation, Outcome, http, prefetch};

/// Many stations ask within a second; they are counted together.
const PAUSE: Duration = Duration::from_secs(1);
/// Numbers end while nobody asks.
const IDLE: Duration = Duration::from_secs(60);

/// Looks after one account's pool until the hub ends.
pub struct Refiller {
    hub: Hub,
    account: Arc<Account>,
    now_us: fn() -> i64,
    client: reqwest::Client,
    breaker: Breaker,
    began: Instant,
}

impl Refiller {
    pub fn new(hub: Hub, account: Arc<Account>, now_us: fn() -> i64) -> anyhow::Result<Refiller> {
        let client = http::client(http::CONNECT, http::READ)
            .context("set up HTTPS for the carriers: without CA certificates install them (Debian: ca-certificates)")?;
        // Nobody waits for these answers: only those that never come count.
        let breaker = Breaker::new(http::READ);
        Ok(Refiller { hub, account, now_us, client, breaker, began: Instant::now() })
    }

    pub async fn run(mut self, mut closing: watch::Receiver<bool>) {
        let mut changes = self.hub.changes();
        loop {
            // What comes while a turn looks is looked at by the next one.
            changes.mark_unchanged();
            // A turn isn't cut off: what it does in the store would hold the store after the hub's end.
            let pause = self.turn(&mut closing).await;
            if *closing.borrow() {
                return;
            }
            let waited = async {
                tokio::time::sleep(PAUSE.max(pause)).await;
                if pause.is_zero() {
                    let _ = tokio::time::timeout(IDLE, changes.changed()).await;
                }
            };
            tokio::select! {
                () = waited => {}
                _ = closing.changed() => return,
            }
        }
    }

    /// Zero where there is nothing to do until something changes, else how long to wait.
    async fn turn(&mut self, closing: &mut watch::Receiver<bool>) -> Duration {
        let done = match self.level().await {
            Ok(level) => match level.missing() {
                Some(count) => self.fill(count, closing).await,
                None => self.settle(None).await.map(|()| Duration::ZERO),
            },
            Err(error) => Err(error),
        };
        done.unwrap_or_else(|error| {
            tracing::error!(account = %self.account.name, %error, "the hub can't count its numbers for outages");
            IDLE
        })
    }

    async fn level(&self) -> Result<Level, HubError> {
        let (hub, account, now_us) = (self.hub.clone(), self.account.clone(), (self.now_us)());
        blocking(move || hub.level(&account.name, now_us)).await
    }

    /// Asks for what is missing, a block at a time.
    async fn fill(&mut self, count: u32, closing: &mut watch::Receiver<bool>) -> Result<Duration, HubError> {
        if let Pass::Wait(pause) = self.breaker.pass(self.began.elapsed()) {
            return Ok(pause);
        }
        let operation = Operation::Prefetch { count };
        let sent = Instant::now();
        let asked = poll::send(&self.client, self.account.carrier.as_ref(), &operation, self.now_us);
        let asked = tokio::select! {
            asked = asked => asked,
            _ = closing.changed() => return Ok(Duration::ZERO),
        };
        let outcome = match asked {
            Ok(Some(outcome)) => outcome,
            Ok(None) => Outcome::no_answer("its token ended: the station that keeps it renews it"),
            Err(error) => {
                // The breaker was let pass and hears nothing: this question was never one.
                self.breaker.record(&Outcome::Done, sent.elapsed(), self.began.elapsed());
                return self.settle(Some(cure(&error))).await.map(|()| Duration::ZERO);
            }
        };
        self.breaker.record(&outcome, sent.elapsed(), self.began.elapsed());
        match outcome {
            Outcome::Numbers(numbers) => self.keep(numbers).await,
            Outcome::Rejected(no) => {
                let pause = if no.class == Class::Busy { PAUSE * 5 } else { IDLE };
                self.settle(Some(format!("{}: {}", no.code, no.cure_en))).await.map(|()| pause)
            }
            Outcome::Unknown(doubt) => self.settle(Some(doubt.why)).await.map(|()| PAUSE * 5),
            _ => self.settle(Some("it answered something else".to_owned())).await.map(|()| IDLE),
        }
    }

    async fn keep(&self, numbers: Vec<String>) -> Result<Duration, HubError> {
        let (hub, account, now_us) = (self.hub.clone(), self.account.clone(), (self.now_us)());
        let today = Timestamp::from_microsecond(now_us).unwrap_or_default().to_zoned(hub.policy().zone.clone()).date();
        let expires_on = today.saturating_add(prefetch::LIVE_DAYS.days());
        let new = blocking(move || hub.keep_numbers(&account.name, &numbers, expires_on)).await?;
        match new {
            // Asking on would get the same ones again.
            0 => self.settle(Some("it gave no number that is new".to_owned())).await.map(|()| IDLE),
            // Where a block was not enough the next turn asks for more.
            _ => self.settle(None).await.map(|()| PAUSE),
        }
    }

    /// Makes the exception what it should be.
    async fn settle(&self, why: Option<String>) -> Result<(), HubError> {
        let (hub, account, now_us) = (self.hub.clone(), self.account.clone(), (self.now_us)());
        blocking(move || hub.note_low(&account.name, why, now_us)).await
    }
}

/// What somebody can do where the carrier lends no numbers.
fn cure(error: &CarrierError) -> String {
    match error {
        CarrierError::Unsupported { instead, .. } => (*instead).to_owned(),
        other => other.to_string(),
    }
}
