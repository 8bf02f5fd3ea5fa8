//! The station's carrier accounts and what is under way with them: at most one question a parcel, a few at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{Semaphore, mpsc};

use super::config::{CarrierConfig, StationConfig};
use super::event::Event;
use super::issuing::{self, Next};
use super::news::CarrierNews;
use super::tokens;
use crate::bench::View;
use crate::carrier::breaker::Breaker;
use crate::carrier::{Carrier, HttpRequest, Operation, SecretSource, account, http};
use crate::domain::id::ParcelId;
use crate::domain::order::{CarrierCode, Party};

/// One question, built and numbered.
pub struct Ask {
    pub parcel: ParcelId,
    pub operation: Operation,
    pub request: HttpRequest,
    /// The request for the journal, which outlives the token in it.
    pub kept: HttpRequest,
    pub tries: u32,
    view: View,
}

impl Ask {
    pub fn event(&self, news: CarrierNews) -> Event {
        Event::Carrier {
            parcel: self.parcel.clone(),
            waybill_id: self.view.parcel.waybill_id.clone(),
            carrier: self.view.parcel.carrier,
            news,
        }
    }
}

/// A carrier's account, and whether it is worth waiting for.
struct Account {
    carrier: Box<dyn Carrier>,
    budget: Duration,
    at_once: Semaphore,
    renewal: tokens::Turn,
    breaker: Mutex<Breaker>,
}

impl Account {
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Carriers {
    accounts: HashMap<CarrierCode, Arc<Account>>,
    sender: Party,
    client: reqwest::Client,
    /// Questions asked so far, by parcel; `true` while one is under way.
    asked: Arc<Mutex<HashMap<ParcelId, (u32, bool)>>>,
}

impl Carriers {
    pub fn new(config: &StationConfig) -> anyhow::Result<Carriers> {
        let configured =
            [(CarrierCode::Sf, &config.sf), (CarrierCode::Zto, &config.zto), (CarrierCode::Jd, &config.jd)];
        let mut accounts = HashMap::new();
        for (code, config) in configured {
            let Some(config) = config else { continue };
            accounts.insert(code, Arc::new(account(code, config)?));
        }
        Ok(Carriers {
            accounts,
            sender: config.sender.clone().unwrap_or_default(),
            client: http::client(http::CONNECT, http::READ).context(
                "set up HTTPS for the carriers: without CA certificates install them (Debian: ca-certificates)",
            )?,
            asked: Arc::default(),
        })
    }

    pub fn sender(&self) -> &Party {
        &self.sender
    }

    /// How long a packer waits for a number; nothing where there is no account, or the carrier is known not to answer.
    pub fn budget(&self, carrier: CarrierCode) -> Duration {
        let account = self.accounts.get(&carrier).filter(|account| !account.breaker().is_open());
        account.map_or(Duration::ZERO, |account| account.budget)
    }

    pub fn budget_spent(&self, carrier: CarrierCode) {
        if let Some(account) = self.accounts.get(&carrier) {
            account.breaker().budget_spent();
        }
    }

    /// The next question about a parcel, unless one is under way or there is no account to ask.
    pub fn next(&self, view: &View, now_us: i64) -> Option<Ask> {
        let account = self.accounts.get(&view.parcel.carrier)?;
        let operation = issuing::operation(view, &self.sender)?;
        let request = match issuing::request(account.carrier.as_ref(), &operation, now_us) {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(parcel = %view.parcel.parcel_id, %error, "a carrier's request can't be built");
                return None;
            }
        };
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (tries, under_way) = asked.entry(view.parcel.parcel_id.clone()).or_default();
        if *under_way {
            return None;
        }
        (*tries, *under_way) = (*tries + 1, true);
        let kept = account.carrier.tokens().map_or_else(|| request.clone(), |tokens| tokens.hidden(&request));
        let (parcel, view) = (view.parcel.parcel_id.clone(), view.clone());
        Some(Ask { parcel, operation, request, kept, tries: *tries, view })
    }

    /// Sends a question whose fact is durable; its answer comes back as an event, and the next question by itself.
    pub fn send(&self, ask: Ask, events: mpsc::Sender<Event>) {
        let Some(account) = self.accounts.get(&ask.view.parcel.carrier).cloned() else { return };
        let (client, asked) = (self.client.clone(), self.asked.clone());
        tokio::spawn(async move {
            let outcome = {
                // The semaphore is never closed.
                let _turn = account.at_once.acquire().await;
                let carrier = account.carrier.as_ref();
                tokens::send(&client, carrier, &account.renewal, &ask.operation, &ask.request).await
            };
            account.breaker().record(&outcome);
            if let Some((_, under_way)) = asked.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&ask.parcel) {
                *under_way = false;
            }
            let next = issuing::judge(&ask.operation, outcome, &ask.view, ask.tries);
            let (news, again) = match next {
                Next::News(news) => (Some(news), None),
                Next::Create => (Some(CarrierNews::NotThere), Some(Duration::ZERO)),
                Next::Later { news, pause } => (news, Some(pause)),
            };
            if let Some(news) = news {
                // The loop is gone only when the station stops; then the journal says that it was asked.
                let _ = events.send(ask.event(news)).await;
            }
            if let Some(pause) = again {
                tokio::time::sleep(pause).await;
                let _ = events.send(Event::AskCarrier { parcel: ask.parcel }).await;
            }
        });
    }
}

fn account(code: CarrierCode, config: &CarrierConfig) -> anyhow::Result<Account> {
    let name = code.as_str();
    let text = match &config.account {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("read the account at {name}, {}", path.display()))?
        }
        None => account::builtin(code).unwrap_or_default().to_owned(),
    };
    let secret =
        |source: &SecretSource| source.read(|path| std::fs::read_to_string(path), |name| std::env::var(name).ok());
    let carrier = account::open(code, &text, config.endpoint.as_deref(), &secret)?;
    Ok(Account {
        carrier: carrier.with_context(|| format!("[{name}] of the config: this version has no client for it"))?,
        budget: Duration::from_millis(config.budget_ms),
        at_once: Semaphore::new(config.at_once),
        renewal: tokens::Turn::default(),
        breaker: Mutex::default(),
    })
}
