//! The station's carrier accounts and what is under way with them: at most one question a parcel, a few at once, and while
//! a carrier doesn't answer only one that finds out whether it does again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::sync::{Semaphore, mpsc};

use super::config::{CarrierConfig, StationConfig};
use super::event::{Answer, Event};
use super::issuing;
use super::news::CarrierNews;
use super::pools::{Pools, Terms};
use super::tokens;
use crate::bench::View;
use crate::bench::work::Asked;
use crate::carrier::breaker::{Breaker, Pass, Why};
use crate::carrier::routes::Routes;
use crate::carrier::{Carrier, HttpRequest, Operation, Outcome, SecretSource, account, http};
use crate::domain::account::AccountName;
use crate::domain::id::{ParcelId, WaybillId};
use crate::domain::order::{CarrierCode, Party};

/// For a pooled number, while nobody asks the carrier.
const FALL_BACK: Duration = Duration::from_millis(50);
/// The same where the hub is asked for the parcel's lease first.
const LEASE: Duration = Duration::from_millis(300);
/// After a request that the disk didn't take.
const UNKEPT_PAUSE: Duration = Duration::from_secs(5);

/// One question, built and numbered.
pub struct Ask {
    pub parcel: ParcelId,
    pub operation: Operation,
    pub request: HttpRequest,
    /// The request for the journal, which outlives the token in it.
    pub kept: HttpRequest,
    pub tries: u32,
    view: View,
    account: AccountName,
}

impl Ask {
    /// What is told before it is sent.
    pub fn event(&self) -> Event {
        let news = match self.operation {
            Operation::Cancel { .. } => CarrierNews::CancelRequested,
            _ => CarrierNews::Requested { account: self.account.shop.clone() },
        };
        told(&self.view, news)
    }
}

/// What is known about a parcel's carrier, as an event.
pub fn told(view: &View, news: CarrierNews) -> Event {
    Event::Carrier {
        parcel: view.parcel.parcel_id.clone(),
        waybill_id: view.parcel.waybill_id.clone(),
        carrier: view.parcel.carrier,
        news,
    }
}

/// What comes of the wish to ask.
pub enum Turnout {
    Ask(Box<Ask>),
    /// The carrier isn't asked now; the parcel's turn comes by itself.
    Closed(Why),
    /// This station has no account for it: nothing will be sent.
    NoAccount,
    /// Something is under way, or the parcel wants nothing.
    Nothing,
}

/// A carrier's account, and whether it is worth waiting for.
pub(super) struct Account {
    pub(super) carrier: Box<dyn Carrier>,
    budget: Duration,
    at_once: Semaphore,
    renewal: Arc<tokens::Turn>,
    breaker: Mutex<Breaker>,
    waiting: Mutex<Waiting>,
    /// How many numbers are held for outages.
    pub(super) pool: u32,
    /// When the pool may be filled again.
    pub(super) refill: Mutex<Instant>,
}

/// Parcels that are asked about when the carrier answers again.
#[derive(Default)]
struct Waiting {
    parcels: BTreeSet<ParcelId>,
    /// One of them after the other is sent to find out, each at its time.
    armed: bool,
}

impl Account {
    pub(super) fn breaker(&self) -> MutexGuard<'_, Breaker> {
        locked(&self.breaker)
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How an account does, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    pub open: Option<Why>,
    pub waiting: usize,
}

pub struct Carriers {
    pub(super) accounts: BTreeMap<AccountName, Arc<Account>>,
    pub(super) client: reqwest::Client,
    /// The breakers' clock.
    pub(super) began: Instant,
    /// Questions asked so far, by parcel; `true` while one is under way.
    asked: Mutex<HashMap<ParcelId, (u32, bool)>>,
}

impl Carriers {
    pub fn new(config: &StationConfig) -> anyhow::Result<Carriers> {
        let (mut accounts, mut turns) = (BTreeMap::new(), HashMap::new());
        for (name, config) in config.accounts() {
            let account = Arc::new(account(&name, config, &mut turns)?);
            accounts.insert(name, account);
        }
        Ok(Carriers {
            accounts,
            client: http::client(http::CONNECT, http::READ).context(
                "set up HTTPS for the carriers: without CA certificates install them (Debian: ca-certificates)",
            )?,
            began: Instant::now(),
            asked: Mutex::default(),
        })
    }

    /// The account of a parcel: the one it was asked for with, else its shop's own, else everybody's.
    fn account_of(&self, view: &View) -> Option<(&AccountName, &Arc<Account>)> {
        let carrier = view.parcel.carrier;
        match &view.work.asked {
            Asked::Never | Asked::NotSent => {
                let name = AccountName::nearest(self.accounts.keys(), carrier, view.shop(), None)?;
                self.accounts.get_key_value(name)
            }
            _ => self.accounts.get_key_value(&AccountName { shop: view.work.account.clone(), ..carrier.into() }),
        }
    }

    /// How long a packer waits for a number; no longer than a fallback needs where there is no account, or the carrier is
    /// known not to answer.
    pub fn budget(&self, view: &View) -> Duration {
        match self.account_of(view) {
            Some((_, account)) if !account.breaker().is_open() => account.budget,
            _ if view.parcel.issuer.is_some() => FALL_BACK,
            _ => LEASE,
        }
    }

    pub fn has_account(&self, carrier: CarrierCode, shop: Option<&str>) -> bool {
        AccountName::nearest(self.accounts.keys(), carrier, shop, None).is_some()
    }

    /// Carriers that would be asked now for a shop's parcel.
    pub fn that_answer(&self, shop: Option<&str>) -> Vec<CarrierCode> {
        let answers = |carrier: &CarrierCode| {
            let name = AccountName::nearest(self.accounts.keys(), *carrier, shop, None);
            name.is_some_and(|name| !self.accounts[name].breaker().is_open())
        };
        CarrierCode::ALL.into_iter().filter(answers).collect()
    }

    /// A packer waited as long as one may for a number under this id; with another one the parcel is another carrier's by now.
    pub fn budget_spent(&self, view: &View, waybill_id: &WaybillId) {
        if let Some((_, account)) = self.account_of(view).filter(|_| view.parcel.waybill_id == *waybill_id) {
            account.breaker().budget_spent(self.began.elapsed());
        }
    }

    pub fn health(&self) -> impl Iterator<Item = (&AccountName, Health)> {
        self.accounts.iter().map(|(name, account)| {
            let health = Health { open: account.breaker().why_open(), waiting: locked(&account.waiting).parcels.len() };
            (name, health)
        })
    }

    /// The next question about a parcel.
    pub fn next(&self, view: &View, sender: &Party, now_us: i64, events: &mpsc::Sender<Event>) -> Turnout {
        let parcel = &view.parcel.parcel_id;
        let Some((name, account)) = self.account_of(view) else { return nobody(view) };
        let Some(operation) = issuing::operation(view, sender) else { return Turnout::Nothing };
        let request = match issuing::request(account.carrier.as_ref(), &operation, now_us) {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(%parcel, %error, "a carrier's request can't be built");
                return Turnout::Nothing;
            }
        };
        let mut asked = locked(&self.asked);
        let (tries, under_way) = asked.entry(parcel.clone()).or_default();
        if *under_way {
            return Turnout::Nothing;
        }
        let mut breaker = account.breaker();
        if let Pass::Wait(pause) = breaker.pass(self.began.elapsed()) {
            let why = breaker.why_open().unwrap_or(Why::Failing);
            drop(breaker);
            wait(account.clone(), parcel.clone(), pause, events.clone());
            return Turnout::Closed(why);
        }
        (*tries, *under_way) = (*tries + 1, true);
        let kept = account.carrier.tokens().map_or_else(|| request.clone(), |tokens| tokens.hidden(&request));
        let (parcel, view, name) = (parcel.clone(), view.clone(), name.clone());
        Turnout::Ask(Box::new(Ask { parcel, operation, request, kept, tries: *tries, view, account: name }))
    }

    /// Sends a question whose fact is durable; its answer comes back as an event.
    pub fn send(&self, ask: Ask, events: mpsc::Sender<Event>) {
        let Some(account) = self.accounts.get(&ask.account).cloned() else { return };
        let (client, began) = (self.client.clone(), self.began);
        tokio::spawn(async move {
            let answer = send(&client, &account, &ask.operation, &ask.request, began).await;
            let Ask { parcel, operation, tries, .. } = ask;
            // The loop is gone only when the station stops; then the journal says that it was asked.
            let _ = events.send(Event::CarrierAnswered { parcel, operation: Box::new(operation), answer, tries }).await;
            release(&account, &events).await;
        });
    }

    /// The answer to a parcel's question is being handled: what it wants next may be asked.
    pub fn answered(&self, parcel: &ParcelId) {
        if let Some((_, under_way)) = locked(&self.asked).get_mut(parcel) {
            *under_way = false;
        }
    }

    /// A question whose fact couldn't be kept: it isn't sent, and its parcel's turn comes again.
    pub fn unsent(&self, ask: &Ask, events: &mpsc::Sender<Event>) {
        self.answered(&ask.parcel);
        if let Some(account) = self.accounts.get(&ask.account) {
            wait(account.clone(), ask.parcel.clone(), UNKEPT_PAUSE, events.clone());
        }
    }
}

/// A parcel that was asked for with an account that is no longer there stays as it is: with another one it would be asked
/// for twice.
fn nobody(view: &View) -> Turnout {
    if matches!(view.work.asked, Asked::Never | Asked::NotSent) {
        return Turnout::NoAccount;
    }
    let (parcel, carrier) = (&view.parcel.parcel_id, view.parcel.carrier.as_str());
    let shop = view.work.account.as_deref().unwrap_or_default();
    tracing::error!(%parcel, carrier, shop, "it was asked for with an account that is gone: put it back into the config");
    Turnout::Nothing
}

/// Where parcels go by the site's tables, with no numbers held yet.
pub fn tables(config: &StationConfig) -> anyhow::Result<Pools> {
    let mut pools = Pools::default();
    for (name, config) in config.accounts() {
        let routes = match &config.routes {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
                Routes::read(&text).map_err(anyhow::Error::msg).with_context(|| format!("read {}", path.display()))?
            }
            None => Routes::default(),
        };
        let (learn, unrouted) = (config.learn_routes, config.unrouted_labels);
        pools.set(name, Terms { routes, learn, unrouted, fallbacks: config.fallbacks.clone() });
    }
    Ok(pools)
}

pub(super) async fn send(
    client: &reqwest::Client,
    account: &Account,
    operation: &Operation,
    request: &HttpRequest,
    began: Instant,
) -> Answer {
    // The semaphore is never closed.
    let _turn = account.at_once.acquire().await;
    let sent = Instant::now();
    let answer = tokens::send(client, account.carrier.as_ref(), &account.renewal, operation, request).await;
    let outcome = match &answer {
        Answer::Is(outcome) => outcome,
        Answer::NotSent(why) => &Outcome::no_answer(why),
    };
    account.breaker().record(outcome, sent.elapsed(), began.elapsed());
    answer
}

/// The parcel is asked about when the carrier answers again; one of all that wait finds out whether it does.
fn wait(account: Arc<Account>, parcel: ParcelId, pause: Duration, events: mpsc::Sender<Event>) {
    let mut waiting = locked(&account.waiting);
    waiting.parcels.insert(parcel);
    if std::mem::replace(&mut waiting.armed, true) {
        return;
    }
    drop(waiting);
    tokio::spawn(async move {
        // One that wants nothing any more finds nothing out: the next one does.
        loop {
            tokio::time::sleep(pause).await;
            let parcel = {
                let mut waiting = locked(&account.waiting);
                let first = waiting.parcels.pop_first();
                waiting.armed = first.is_some();
                first
            };
            let Some(parcel) = parcel else { return };
            if events.send(Event::AskCarrier { parcel }).await.is_err() {
                return;
            }
        }
    });
}

/// Everybody's turn, once the carrier answers.
async fn release(account: &Account, events: &mpsc::Sender<Event>) {
    if account.breaker().is_open() {
        return;
    }
    let parcels = std::mem::take(&mut locked(&account.waiting).parcels);
    for parcel in parcels {
        let _ = events.send(Event::AskCarrier { parcel }).await;
    }
}

/// Accounts with the same token file take turns in renewing what is in it.
fn account(
    name: &AccountName,
    config: &CarrierConfig,
    turns: &mut HashMap<PathBuf, Arc<tokens::Turn>>,
) -> anyhow::Result<Account> {
    let code = name.carrier;
    let text = match &config.account {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("read the account at {name}, {}", path.display()))?
        }
        None => account::builtin(code).unwrap_or_default().to_owned(),
    };
    let secret =
        |source: &SecretSource| source.read(|path| std::fs::read_to_string(path), |name| std::env::var(name).ok());
    let carrier = account::open(code, &text, config.endpoint.as_deref(), &secret)?;
    let carrier =
        carrier.with_context(|| format!("account {name} of the config: this version has no client for it"))?;
    let file = carrier.tokens().and_then(|tokens| tokens.file()).map(PathBuf::from);
    let renewal = file.map_or_else(Arc::default, |file| turns.entry(file).or_default().clone());
    Ok(Account {
        carrier,
        budget: Duration::from_millis(config.budget_ms),
        at_once: Semaphore::new(config.at_once),
        renewal,
        breaker: Mutex::new(Breaker::new(Duration::from_millis(config.budget_ms))),
        waiting: Mutex::default(),
        pool: config.pool,
        refill: Mutex::new(Instant::now()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::issuing::tests::view;

    use crate::station::config::ShopConfig;

    fn sf() -> Option<CarrierConfig> {
        Some(CarrierConfig { endpoint: Some("http://127.0.0.1:9".into()), ..CarrierConfig::default() })
    }

    fn carriers() -> Carriers {
        Carriers::new(&StationConfig { sf: sf(), ..StationConfig::default() }).expect("accounts")
    }

    fn next(carriers: &Carriers, view: &View, events: &mpsc::Sender<Event>) -> Turnout {
        let sender: Party = view.orders[0].order.receiver.clone().expect("somebody");
        carriers.next(view, &sender, 0, events)
    }

    #[tokio::test]
    async fn a_shops_parcels_travel_on_its_own_account_and_stay_on_the_one_they_were_asked_for_with() {
        let (events, _heard) = mpsc::channel(4);
        let shop = ShopConfig { name: "S".into(), sender: None, sf: sf(), zto: None, jd: None };
        let both = StationConfig { sf: sf(), shop: vec![shop], ..StationConfig::default() };
        let both = Carriers::new(&both).expect("accounts");
        let account = |carriers: &Carriers, view: &View| match next(carriers, view, &events) {
            Turnout::Ask(ask) => {
                carriers.unsent(&ask, &events);
                Some(ask.account.to_string())
            }
            _ => None,
        };
        let own = view();
        assert_eq!(account(&both, &own).as_deref(), Some("sf:S"));
        let mut another = view();
        another.orders[0].order.shop = "T".into();
        assert_eq!(account(&both, &another).as_deref(), Some("sf"));
        // Asked for before the shop had an account of its own.
        let mut before = view();
        before.work.asked = Asked::Unanswered;
        assert_eq!(account(&both, &before).as_deref(), Some("sf"));
        let mut gone = before;
        gone.work.account = Some("S".into());
        assert_eq!(account(&both, &gone).as_deref(), Some("sf:S"));
        assert_eq!(account(&carriers(), &gone), None, "the account it was asked for with is not there any more");
    }

    /// Three benches whose parcels went to another carrier meanwhile say nothing about that one.
    #[tokio::test]
    async fn a_wait_counts_against_the_carrier_that_was_waited_for() {
        let carriers = carriers();
        let open = || carriers.health().next().and_then(|(_, health)| health.open);
        (0..3).for_each(|_| carriers.budget_spent(&view(), &"DB-of-another-carrier".into()));
        assert_eq!(open(), None);
        (0..3).for_each(|_| carriers.budget_spent(&view(), &"DB1".into()));
        assert_eq!(open(), Some(Why::Slow));
    }

    #[tokio::test]
    async fn without_an_account_a_packer_waits_for_the_lease_alone() {
        let carriers = carriers();
        let mut of_jd = view();
        of_jd.parcel.carrier = CarrierCode::Jd;
        assert_eq!(carriers.budget(&of_jd), FALL_BACK);
        of_jd.parcel.issuer = None;
        assert_eq!(carriers.budget(&of_jd), LEASE);
        assert_eq!(carriers.budget(&view()), Duration::from_millis(CarrierConfig::default().budget_ms));
    }

    /// An answer that waits in line behind another wish to ask.
    #[tokio::test]
    async fn no_second_question_before_the_first_answer_is_handled() {
        let (events, mut heard) = mpsc::channel(4);
        let carriers = carriers();
        let Turnout::Ask(ask) = next(&carriers, &view(), &events) else { panic!("it may be asked") };
        carriers.send(*ask, events.clone());
        let answered = heard.recv().await;
        assert!(matches!(answered, Some(Event::CarrierAnswered { answer: Answer::NotSent(_), .. })), "{answered:?}");
        assert!(matches!(next(&carriers, &view(), &events), Turnout::Nothing), "nobody has looked at the answer yet");
        carriers.answered(&"P1".into());
        assert!(matches!(next(&carriers, &view(), &events), Turnout::Ask(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn one_question_a_parcel_and_one_that_was_never_sent_is_none() {
        let (events, mut heard) = mpsc::channel(4);
        let carriers = carriers();
        let Turnout::Ask(ask) = next(&carriers, &view(), &events) else { panic!("it may be asked") };
        assert!(matches!(next(&carriers, &view(), &events), Turnout::Nothing), "one is under way");
        carriers.unsent(&ask, &events);
        assert_eq!(heard.recv().await, Some(Event::AskCarrier { parcel: "P1".into() }), "its turn comes again");
        assert!(matches!(next(&carriers, &view(), &events), Turnout::Ask(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn while_a_carrier_is_given_up_parcels_wait_and_all_are_let_go_when_it_answers() {
        let (events, mut heard) = mpsc::channel(16);
        let carriers = carriers();
        (0..3).for_each(|_| carriers.budget_spent(&view(), &"DB1".into()));
        let asked = |name: &str| {
            let mut view = view();
            view.parcel.parcel_id = name.into();
            next(&carriers, &view, &events)
        };
        let names = ["P1", "P2", "P3", "P4"];
        for name in names {
            assert!(matches!(asked(name), Turnout::Closed(Why::Slow)), "{name}");
        }
        let (_, health) = carriers.health().next().expect("an account");
        assert_eq!(health, Health { open: Some(Why::Slow), waiting: 4 });
        assert_eq!(heard.recv().await, Some(Event::AskCarrier { parcel: "P1".into() }), "one finds out");
        // It wants nothing any more and asks nothing; the next one does in its stead.
        assert_eq!(heard.recv().await, Some(Event::AskCarrier { parcel: "P2".into() }));
        let account = carriers.accounts[&CarrierCode::Sf.into()].clone();
        account.breaker().record(&Outcome::Cancelled, Duration::ZERO, Duration::ZERO);
        let answered = tokio::time::Instant::now();
        release(&account, &events).await;
        for name in ["P3", "P4"] {
            assert_eq!(heard.recv().await, Some(Event::AskCarrier { parcel: name.into() }));
        }
        assert_eq!(answered.elapsed(), Duration::ZERO, "at once, by the paused clock");
        let (_, health) = carriers.health().next().expect("an account");
        assert_eq!(health, Health { open: None, waiting: 0 });
    }
}
