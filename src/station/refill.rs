//! Keeps the station's numbers for outages at what its config wants: a share of the hub's, else a block of the carrier's own.
//! The hub's come first, for whoever asks the carrier beside it may draw on the same contract twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::ToSpan;
use jiff::civil::Date;
use tokio::sync::mpsc;

use super::carriers::{Account, Carriers, locked, send};
use super::event::{Answer, Event, Source};
use super::issuing;
use crate::carrier::{Operation, Outcome, prefetch};
use crate::domain::account::AccountName;
use crate::sync::Link;
use crate::sync::link::LinkError;
use crate::wire::{AskAnswer, AskRequest, PoolBlock, PoolNumber};

/// Between two tries to fill a pool.
const PAUSE: Duration = Duration::from_secs(60);

/// Whom numbers are asked of, and what the asker holds.
pub struct Stock<'s> {
    pub hub: Option<&'s Link>,
    /// The journal's: what the hub lends is this file's, and no copy's.
    pub epoch: &'s str,
    /// Numbers of an account that may still be used.
    pub left: &'s dyn Fn(&AccountName) -> usize,
    /// The last block of the hub's that is kept.
    pub block: &'s dyn Fn(&AccountName) -> Option<String>,
    pub today: Date,
    pub now_us: i64,
}

/// What the hub says of an account's numbers.
enum Lent {
    Block(PoolBlock),
    /// It has no pool of this account: the carrier is asked.
    KeepsNone,
    /// Its answer comes another time.
    Away,
}

/// One account's wish.
struct Wish {
    name: AccountName,
    account: Arc<Account>,
    count: u32,
    client: reqwest::Client,
    began: Instant,
}

impl Carriers {
    /// Asks for more numbers for outages where too few are left.
    pub fn refill(&self, stock: &Stock<'_>, events: &mpsc::Sender<Event>) {
        for (name, account) in &self.accounts {
            let left = u32::try_from((stock.left)(name)).unwrap_or(u32::MAX);
            let Some(count) = prefetch::missing(account.pool, left) else { continue };
            let mut next = locked(&account.refill);
            if Instant::now() < *next {
                continue;
            }
            *next = Instant::now() + PAUSE;
            drop(next);
            let (client, began) = (self.client.clone(), self.began);
            let wish = Wish { name: name.clone(), account: account.clone(), count, client, began };
            let question = question(name, count, stock);
            let (hub, today, now_us, events) = (stock.hub.cloned(), stock.today, stock.now_us, events.clone());
            tokio::spawn(async move {
                let lent = match hub {
                    Some(hub) => judged(hub.ask(&question).await),
                    None => Lent::KeepsNone,
                };
                let filled = match lent {
                    Lent::Block(block) => of_hub(&wish, block),
                    Lent::KeepsNone => wish.ask_carrier(today, now_us).await,
                    Lent::Away => None,
                };
                if let Some(filled) = filled {
                    // The loop is gone only when the station stops; then the hub lends the same again.
                    let _ = events.send(filled).await;
                }
            });
        }
    }
}

fn question(name: &AccountName, count: u32, stock: &Stock<'_>) -> AskRequest {
    let (shop, epoch, last) = (name.shop.clone(), stock.epoch.to_owned(), (stock.block)(name));
    AskRequest::Pool { carrier: name.carrier, shop, count, epoch, last }
}

fn judged(answer: Result<AskAnswer, LinkError>) -> Lent {
    match answer {
        Ok(AskAnswer { pool: Some(block), .. }) => Lent::Block(block),
        Ok(_) => Lent::KeepsNone,
        // A hub that doesn't know the question keeps no pool.
        Err(LinkError::Refused { problem, .. }) if problem.status == 422 => Lent::KeepsNone,
        Err(error) => {
            tracing::warn!(%error, "the hub lends no numbers for outages now; it is asked again in a minute");
            Lent::Away
        }
    }
}

fn of_hub(wish: &Wish, block: PoolBlock) -> Option<Event> {
    let PoolBlock { block, numbers } = block;
    if numbers.is_empty() {
        tracing::debug!(account = %wish.name, "the hub has lent all its numbers for outages");
        return None;
    }
    Some(Event::PoolFilled { account: wish.name.clone(), numbers, source: Source::Hub { block } })
}

impl Wish {
    async fn ask_carrier(&self, today: Date, now_us: i64) -> Option<Event> {
        if self.account.breaker().is_open() {
            return None;
        }
        let operation = Operation::Prefetch { count: self.count };
        let request = match issuing::request(self.account.carrier.as_ref(), &operation, now_us) {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(account = %self.name, %error, "this carrier lends no numbers: import some at the hub, or remove `pool` from its config");
                return None;
            }
        };
        match send(&self.client, &self.account, &operation, &request, self.began).await {
            Answer::Is(Outcome::Numbers(numbers)) => {
                let expires_on = today.saturating_add(prefetch::LIVE_DAYS.days());
                let numbers = numbers.into_iter().map(|number| PoolNumber { number, expires_on }).collect();
                Some(Event::PoolFilled { account: self.name.clone(), numbers, source: Source::Carrier })
            }
            answer => {
                tracing::warn!(account = %self.name, ?answer, "no numbers for outages were given");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Problem;

    #[test]
    fn only_a_hub_that_surely_keeps_none_sends_the_station_to_the_carrier() {
        let word = |answer| match judged(answer) {
            Lent::Block(block) => block.block,
            Lent::KeepsNone => "keeps none".to_owned(),
            Lent::Away => "away".to_owned(),
        };
        let refused = |status| LinkError::Refused { url: String::new(), problem: Problem::new(status, "No", "no") };
        let empty = PoolBlock { block: "b".into(), numbers: Vec::new() };
        assert_eq!(word(Ok(AskAnswer { pool: Some(empty), ..AskAnswer::default() })), "b");
        assert_eq!(word(Ok(AskAnswer::default())), "keeps none");
        assert_eq!(word(Err(refused(422))), "keeps none", "an older hub");
        assert_eq!(word(Err(refused(401))), "away", "a key can be put right");
        assert_eq!(word(Err(refused(500))), "away");
        assert_eq!(word(Err(LinkError::NotAHub { url: String::new(), why: String::new() })), "away");
    }
}
