//! What the loop asks of carriers, and when.

use std::time::{Duration, Instant};

use super::start::{of_the_station, today};
use super::{Arrived, Daemon, Then};
use crate::bench::work::Asked;
use crate::bench::{NotSplit, View};
use crate::domain::id::{ParcelId, PlaceName, Sku, WaybillId};
use crate::domain::share::Goods;
use crate::journal::Upsert;
use crate::machine;
use crate::station::carriers::{self, Turnout};
use crate::station::event::Event;
use crate::station::heart::REROUTE_PAUSE;
use crate::station::news::CarrierNews;
use crate::station::refill::Stock;
use crate::sync::link::LinkError;
use crate::wire::AskRequest;

impl Daemon {
    /// The holder of the lease asks the carrier; somebody else asks the hub for the lease first.
    pub(super) fn get_number(&mut self, parcel: &ParcelId) {
        let Some(view) = self.heart.view(&self.reader, parcel) else { return };
        if view.parcel.issuer.is_some() || self.link.is_none() {
            return self.ask_carrier(parcel);
        }
        let parcel = parcel.clone();
        let question = AskRequest::Lease { parcel_id: parcel.to_string() };
        self.ask(question, |answer| answer.filter(|answer| answer.leased).map(|_| Event::AskCarrier { parcel }));
    }

    /// Asks the hub for parcels that need these goods; with a code, a packer waits.
    pub(super) fn borrow(&self, place: PlaceName, sku: Sku, code: Option<String>, device: Option<String>) {
        self.ask(AskRequest::Borrow { sku }, move |answer| {
            let reached = answer.is_some();
            code.map(|code| Event::HubAnswered { place, code, reached, device })
        });
    }

    /// Asks the carrier about a parcel, if this station may and nothing is under way.
    pub(super) fn ask_carrier(&mut self, parcel: &ParcelId) {
        let Some(view) = self.heart.view(&self.reader, parcel) else { return };
        if let Asked::Rerouting { waybill_id, .. } = &view.work.asked {
            return self.reroute(&view, waybill_id);
        }
        if !self.heart.may_ask(&view) {
            return;
        }
        let sender = self.config.sender(view.shop());
        let ask = match self.carriers.next(&view, &sender, machine::wall_us(), &self.events) {
            Turnout::Ask(ask) => ask,
            Turnout::Closed(why) => {
                return self.not_asked(&view, format!("not asked, for the carrier is {}", why.word()));
            }
            Turnout::NoAccount => return self.no_account(&view),
            Turnout::Nothing => return,
        };
        let upserts = vec![Upsert::Request {
            waybill_id: view.parcel.waybill_id.clone(),
            attempt: ask.tries,
            body: serde_json::to_string(&ask.kept).expect("a request is plain data"),
        }];
        let mut turn = self.heart.handle(ask.event(), &self.reader);
        turn.upserts.extend(upserts);
        self.queue(turn, None, Then::SendRequest(ask));
    }

    /// Asks the hub, until it answers, whether the parcel may go with another carrier than the one it has under this id.
    fn reroute(&mut self, view: &View, waybill_id: &WaybillId) {
        let parcel = view.parcel.parcel_id.clone();
        // A carrier that answers again lets its parcels ask as well: one question is enough.
        let now = Instant::now();
        self.rerouting.retain(|_, asked| now.duration_since(*asked) < REROUTE_PAUSE);
        if self.rerouting.insert(waybill_id.clone(), now).is_some() {
            return;
        }
        let Some(link) = self.link.clone() else {
            return self.later(Event::RerouteRefused { parcel, why: "there is no hub".to_owned() }, Duration::ZERO);
        };
        let can = self.carriers.that_answer(view.shop());
        let (parcel_id, waybill_id) = (parcel.to_string(), waybill_id.to_string());
        let answers = self.answers.clone();
        tokio::spawn(async move {
            let question = AskRequest::Reroute { parcel_id, waybill_id, can };
            let (documents, then) = match link.ask(&question).await {
                Ok(answer) => (answer.documents, answer.refused.map(|why| Event::RerouteRefused { parcel, why })),
                // A hub that doesn't know the question has no other answer tomorrow.
                Err(LinkError::Refused { problem, .. }) if problem.status < 500 => {
                    (Vec::new(), Some(Event::RerouteRefused { parcel, why: problem.title }))
                }
                Err(_) => (Vec::new(), Some(Event::RerouteUnanswered { parcel })),
            };
            // The loop is gone only when the station stops.
            let _ = answers.send(Arrived { documents, cursor: None, then }).await;
        });
    }

    /// Asks the hub to part a parcel. What comes of it is in the parcel's document; a number that came along is for one box, so
    /// the rest needs somebody who may ask for another.
    pub(super) fn split(&self, place: PlaceName, parcel: ParcelId, number: u32, counted: Goods) {
        let Some(view) = self.heart.view(&self.reader, &parcel) else { return };
        let is_ours = view.parcel.issuer.as_ref().is_none_or(|issuer| issuer.as_str() == self.config.code);
        if view.parcel.supplied.is_some() && is_ours && !self.carriers.has_account(view.carrier(), view.shop()) {
            let because = NotSplit::NoAccount;
            return self.later(Event::NotSplit { place, parcel, because }, Duration::ZERO);
        }
        let question = AskRequest::Split { parcel_id: parcel.to_string(), number, counted };
        self.ask(question, move |answer| {
            let because = match answer {
                None => NotSplit::HubAway,
                Some(answer) => {
                    let why = answer.refused.as_ref()?;
                    tracing::info!(%parcel, %why, "the hub keeps a parcel whole");
                    NotSplit::Refused
                }
            };
            Some(Event::NotSplit { place, parcel, because })
        });
    }

    /// The carrier is known not to answer: whoever waits for a first answer need not.
    fn not_asked(&mut self, view: &View, why: String) {
        if view.work.asked == Asked::Never {
            self.handle(carriers::told(view, CarrierNews::NotSent { why }));
        }
    }

    /// Said once a carrier, here and to the office.
    fn no_account(&mut self, view: &View) {
        let carrier = view.parcel.carrier;
        let name = carrier.as_str();
        self.not_asked(view, format!("this station has no account for {name}"));
        if let Some(fact) = self.outages.no_account(carrier) {
            tracing::warn!(
                "parcels go with {name}, and this station has no account for it: add [{name}] to its config"
            );
            self.handle(Event::Noted(Box::new(of_the_station(fact))));
        }
    }

    /// Numbers for outages come while there is none.
    pub(super) fn fill_pools(&mut self) {
        let today = today(&self.config);
        self.heart.set_today(today);
        let stock = Stock {
            hub: self.link.as_ref(),
            epoch: self.journal.epoch(),
            left: &|account| self.heart.spares(account),
            block: &|account| self.heart.pool_block(account).map(str::to_owned),
            today,
            now_us: machine::wall_us(),
        };
        self.carriers.refill(&stock, &self.events);
    }

    /// The office hears of carriers that are given up, and that they answer again.
    pub(super) fn tell_outages(&mut self) {
        let now = Duration::from_nanos(machine::boottime_ns().unsigned_abs());
        let news: Vec<_> =
            self.carriers.health().filter_map(|(name, health)| self.outages.look(name, health.open, now)).collect();
        for fact in news {
            self.handle(Event::Noted(Box::new(of_the_station(fact))));
        }
    }

    pub(super) fn ask_ahead(&mut self, parcels: &[ParcelId]) {
        for parcel in self.heart.to_ask(&self.reader, parcels) {
            self.ask_carrier(&parcel);
        }
    }

    pub(super) fn start_budget(&self, place: PlaceName, parcel: ParcelId) {
        let view = self.heart.view(&self.reader, &parcel);
        let Some(view) = view else { return };
        let (budget, waybill_id) = (self.carriers.budget(&view), view.parcel.waybill_id);
        self.later(Event::BudgetSpent { place, parcel, waybill_id }, budget);
    }
}
