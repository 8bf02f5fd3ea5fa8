//! The station's carrier accounts and what is under way with them: at most one question a parcel, a few at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{Semaphore, mpsc};

use super::config::SfConfig;
use super::event::Event;
use super::issuing::{self, Next};
use super::news::CarrierNews;
use crate::bench::View;
use crate::carrier::breaker::Breaker;
use crate::carrier::{Carrier, HttpRequest, Operation, http, sf};
use crate::domain::id::ParcelId;
use crate::domain::order::{CarrierCode, Party};

/// One question, built and numbered.
pub struct Ask {
    pub parcel: ParcelId,
    pub operation: Operation,
    pub request: HttpRequest,
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

pub struct Carriers {
    sf: Option<Arc<dyn Carrier>>,
    sender: Party,
    client: reqwest::Client,
    budget: Duration,
    at_once: Arc<Semaphore>,
    /// Questions asked so far, by parcel; `true` while one is under way.
    asked: Arc<Mutex<HashMap<ParcelId, (u32, bool)>>>,
    breaker: Arc<Mutex<Breaker>>,
}

impl Carriers {
    pub fn new(sf: Option<&SfConfig>, sender: Option<Party>) -> anyhow::Result<Carriers> {
        let defaults = SfConfig::default();
        let at_once = sf.unwrap_or(&defaults).at_once;
        Ok(Carriers {
            sf: sf.map(account).transpose()?,
            sender: sender.unwrap_or_default(),
            client: http::client(http::CONNECT, http::READ).context(
                "set up HTTPS for the carriers: without CA certificates install them (Debian: ca-certificates)",
            )?,
            budget: Duration::from_millis(sf.unwrap_or(&defaults).budget_ms),
            at_once: Arc::new(Semaphore::new(at_once)),
            asked: Arc::default(),
            breaker: Arc::default(),
        })
    }

    pub fn sender(&self) -> &Party {
        &self.sender
    }

    /// How long a packer waits for a number; nothing where there is no account, or the carrier is known not to answer.
    pub fn budget(&self) -> Duration {
        let open = self.breaker.lock().unwrap_or_else(PoisonError::into_inner).is_open();
        if self.sf.is_some() && !open { self.budget } else { Duration::ZERO }
    }

    pub fn budget_spent(&self) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).budget_spent();
    }

    /// The next question about a parcel, unless one is under way or there is no account to ask.
    pub fn next(&self, view: &View, now_us: i64) -> Option<Ask> {
        let carrier = self.of(view.parcel.carrier)?;
        let operation = issuing::operation(view, &self.sender)?;
        let request = match issuing::request(carrier.as_ref(), &operation, now_us) {
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
        Some(Ask { parcel: view.parcel.parcel_id.clone(), operation, request, tries: *tries, view: view.clone() })
    }

    /// Sends a question whose fact is durable; its answer comes back as an event, and the next question by itself.
    pub fn send(&self, ask: Ask, events: mpsc::Sender<Event>) {
        let Some(carrier) = self.of(ask.view.parcel.carrier) else { return };
        let (client, at_once) = (self.client.clone(), self.at_once.clone());
        let (asked, breaker) = (self.asked.clone(), self.breaker.clone());
        tokio::spawn(async move {
            let outcome = {
                // The semaphore is never closed.
                let _turn = at_once.acquire().await;
                issuing::send(&client, carrier.as_ref(), &ask.operation, &ask.request).await
            };
            breaker.lock().unwrap_or_else(PoisonError::into_inner).record(&outcome);
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

    fn of(&self, carrier: CarrierCode) -> Option<Arc<dyn Carrier>> {
        match carrier {
            CarrierCode::Sf => self.sf.clone(),
            CarrierCode::Zto | CarrierCode::Jd => None,
        }
    }
}

fn account(config: &SfConfig) -> anyhow::Result<Arc<dyn Carrier>> {
    let text = match &config.account {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("read SF's account {}", path.display()))?,
        None => sf::BUILTIN.to_owned(),
    };
    let (mut account, codes) = sf::config(&text)?;
    if let Some(endpoint) = &config.endpoint {
        account.endpoint.clone_from(endpoint);
    }
    let word = account.check_word.read(|path| std::fs::read_to_string(path), |name| std::env::var(name).ok())?;
    Ok(Arc::new(sf::Sf::new(account, word, codes)))
}
