//! Tells carriers whose ways to push, and asks about parcels that nothing was heard of: one question at a time and carrier,
//! slowly, each number rarely, and none while the carrier fails. What pushes bring in time is never asked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use jiff::Timestamp;
use tokio::sync::watch;

use super::accounts::Account;
use super::api::blocking;
use super::{Hub, HubError};
use crate::carrier::breaker::{Breaker, Pass};
use crate::carrier::http::{self, Sent};
use crate::carrier::token::Grant;
use crate::carrier::{Carrier, CarrierError, Class, Operation, Outcome, Secret};

/// With nothing to ask about the store is looked at again after so many times the pace.
const IDLE_PACES: u32 = 5;

/// Asks a carrier about one account's parcels until the hub ends.
pub struct Poller {
    pub hub: Hub,
    pub account: Arc<Account>,
    pub now_us: fn() -> i64,
    client: reqwest::Client,
    breaker: Breaker,
    began: Instant,
}

impl Poller {
    pub fn new(hub: Hub, account: Arc<Account>, now_us: fn() -> i64) -> anyhow::Result<Poller> {
        let client = http::client(http::CONNECT, http::READ)
            .context("set up HTTPS for the carriers: without CA certificates install them (Debian: ca-certificates)")?;
        // Nobody waits for these answers: only those that never come count.
        let breaker = Breaker::new(http::READ);
        Ok(Poller { hub, account, now_us, client, breaker, began: Instant::now() })
    }

    /// Only the carrier is let down when the hub ends: what is under way with the store would hold it.
    pub async fn run(mut self, mut closing: watch::Receiver<bool>) {
        while !*closing.borrow() {
            let pause = self.turn(&mut closing).await;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = closing.changed() => return,
            }
        }
    }

    /// At most one question; how long to wait for the next turn.
    async fn turn(&mut self, closing: &mut watch::Receiver<bool>) -> Duration {
        let pace = Duration::from_millis(self.hub.policy().tracking.pace_ms.max(1));
        if let Pass::Wait(pause) = self.breaker.pass(self.began.elapsed()) {
            return pause.max(pace);
        }
        match self.next().await {
            Ok(Some(operation)) => {
                self.ask(operation, closing).await;
                pace
            }
            Ok(None) => pace * IDLE_PACES,
            Err(error) => {
                tracing::error!(carrier = self.name(), %error, "the hub can't look for parcels without news");
                pace * IDLE_PACES
            }
        }
    }

    /// What is pushed needn't be asked for, so that comes first.
    async fn next(&self) -> Result<Option<Operation>, HubError> {
        let (hub, account, now_us) = (self.hub.clone(), self.account.clone(), (self.now_us)());
        blocking(move || {
            if account.subscribe
                && let Some(tracked) = hub.next_unsubscribed(&account.name, now_us)?
            {
                return Ok(Some(Operation::Subscribe(tracked)));
            }
            let quiet = if account.poll { hub.next_quiet(&account.name, now_us)? } else { None };
            Ok(quiet.map(Operation::Track))
        })
        .await
    }

    async fn ask(&mut self, operation: Operation, closing: &mut watch::Receiver<bool>) {
        let (Operation::Track(tracked) | Operation::Subscribe(tracked)) = &operation else { return };
        let waybill_id = &tracked.waybill_id;
        let sent = Instant::now();
        let outcome = tokio::select! {
            outcome = self.send(&operation) => outcome,
            _ = closing.wait_for(|closing| *closing) => None,
        };
        let Some(outcome) = outcome else { return };
        let shut = matches!(&outcome, Outcome::Rejected(no) if matches!(no.class, Class::Account | Class::Config));
        // What the contract doesn't allow for one parcel it allows for none of these questions.
        let counted = if shut { &Outcome::no_answer("not let in") } else { &outcome };
        self.breaker.record(counted, sent.elapsed(), self.began.elapsed());
        match outcome {
            Outcome::Tracked(scans) => {
                let (hub, code, now_us) = (self.hub.clone(), self.account.name.carrier, (self.now_us)());
                if let Err(error) = blocking(move || hub.keep_scans(code, &scans, now_us)).await {
                    tracing::error!(carrier = self.name(), %error, "a carrier's answer could not be kept: it is asked again");
                }
            }
            Outcome::Done => self.subscribed(&tracked.number).await,
            // Its message may repeat what was asked.
            Outcome::Rejected(no) if shut => {
                tracing::warn!(
                    carrier = self.name(),
                    code = no.code,
                    cure = no.cure_en,
                    "a carrier tells this account nothing"
                );
            }
            Outcome::Rejected(no) => {
                tracing::debug!(carrier = self.name(), %waybill_id, code = no.code, "a carrier tells nothing of a parcel");
                if matches!(operation, Operation::Subscribe(_)) && no.class != Class::Busy {
                    self.subscribed(&tracked.number).await;
                }
            }
            Outcome::Unknown(doubt) => {
                tracing::debug!(carrier = self.name(), %waybill_id, cause = ?doubt.cause, "a carrier's answer about a parcel is in doubt");
            }
            _ => tracing::warn!(carrier = self.name(), %waybill_id, "a carrier answered something else"),
        }
    }

    async fn subscribed(&self, number: &str) {
        let (hub, code, number) = (self.hub.clone(), self.account.name.carrier, number.to_owned());
        if let Err(error) = blocking(move || hub.subscribed(code, &number)).await {
            tracing::error!(carrier = self.name(), %error, "a subscription could not be noted: it is made again");
        }
    }

    async fn send(&self, operation: &Operation) -> Option<Outcome> {
        match send(&self.client, self.account.carrier.as_ref(), operation, self.now_us).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(carrier = self.name(), %error, "a parcel can't be asked about");
                None
            }
        }
    }

    fn name(&self) -> &'static str {
        self.account.name.carrier.as_str()
    }
}

/// Once; again where another holder of the token renewed it meanwhile. The hub renews none: a refresh token is good for
/// one, and a station's. `None` where the token ended.
pub(super) async fn send(
    client: &reqwest::Client,
    carrier: &dyn Carrier,
    operation: &Operation,
    now_us: fn() -> i64,
) -> Result<Option<Outcome>, CarrierError> {
    for _ in 0..2 {
        let now = Timestamp::from_microsecond(now_us()).unwrap_or_default();
        let request = carrier.request(operation, now)?;
        let (status, body) = match http::send(client, &request).await {
            Sent::Answer { status, body } => (status, body),
            Sent::NothingSent(why) | Sent::Unknown(why) => return Ok(Some(Outcome::no_answer(why))),
        };
        if !carrier.token_ended(status, &body) || !other_token(carrier) {
            return Ok(Some(carrier.reply(operation, status, &body)));
        }
    }
    Ok(None)
}

/// Takes the token that stands in the account's file now, if it is another one.
fn other_token(carrier: &dyn Carrier) -> bool {
    let Some(tokens) = carrier.tokens() else { return false };
    let text = tokens.file().and_then(|path| std::fs::read_to_string(path).ok());
    let grant = text.and_then(|text| Grant::parse(Secret::new(&text).expose()).ok());
    let Some(grant) = grant.filter(|grant| grant.access != tokens.access()) else { return false };
    tokens.take(grant);
    true
}
