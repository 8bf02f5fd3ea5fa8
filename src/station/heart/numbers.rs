//! The heart's dealings with carriers: whose numbers are asked for, what an answer makes of a parcel, and the numbers held
//! for outages.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;

use super::{Heart, Turn};
use crate::bench::work::{Asked, Work};
use crate::bench::{Fallback, Spare, View};
use crate::carrier::{Operation, number};
use crate::domain::account::AccountName;
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::{ParcelId, WaybillId};
use crate::domain::order::CarrierCode;
use crate::domain::waybill::Origin;
use crate::journal::Upsert;
use crate::station::config::Fallback as Step;
use crate::station::event::{Answer, Source};
use crate::station::issuing;
use crate::station::load::{self, Documents, Memory};
use crate::station::news::{CarrierNews, nobodys};
use crate::station::pools::Pools;
use crate::station::rows;
use crate::wire::PoolNumber;

/// ZTO's numbers are paid for and can't be given back: none is asked for before its wave is released or somebody packs it.
fn is_too_early(view: &View) -> bool {
    view.parcel.carrier == CarrierCode::Zto && view.parcel.wave.is_none() && view.work.asked == Asked::Never
}

/// The carrier gave a number that is on another parcel.
const NUMBER_TAKEN: &str = "number_taken";

impl Heart {
    /// Numbers for outages, as the journal and the site's tables have them.
    pub fn stock(&mut self, pools: Pools) {
        self.pools = pools;
    }

    pub fn set_today(&mut self, today: Date) {
        self.today = today;
    }

    /// Numbers that may still be used today.
    pub fn spares(&self, account: &AccountName) -> usize {
        self.pools.left(account, self.today)
    }

    /// The last block of numbers that the hub lent and this station keeps.
    pub fn pool_block(&self, account: &AccountName) -> Option<&str> {
        self.pools.block(account)
    }

    pub fn set_hub(&mut self, has_hub: bool) {
        self.has_hub = has_hub;
    }

    /// The first of the site's fallbacks that the parcel may take now.
    pub(super) fn with_fallback(&self, mut view: View) -> View {
        // No pool and no other carrier has numbers for several boxes.
        if view.number().is_none() && view.work.pieces() == 1 && self.holds_lease(&view) {
            let possible = |step: &Step| match step {
                Step::Pool => self.spare(&view).map(Fallback::Pool),
                Step::Reroute => self.may_reroute(&view).then_some(Fallback::Reroute),
            };
            let steps = self.pools.fallbacks(view.parcel.carrier, view.shop());
            view.fallback = steps.iter().find_map(possible).unwrap_or_default();
        }
        view
    }

    /// A pooled number, where nothing can be at the carrier and the carrier can't be asked.
    fn spare(&self, view: &View) -> Option<Spare> {
        let receiver = view.orders.iter().find_map(|record| record.order.receiver.as_ref());
        let spare = || self.pools.spare(view.parcel.carrier, view.shop(), receiver, self.today);
        (view.work.asked == Asked::NotSent).then(spare)?
    }

    /// Another carrier may be asked for a parcel that surely isn't at its own, whose carrier nobody named, once.
    fn may_reroute(&self, view: &View) -> bool {
        let nothing_there = matches!(view.work.asked, Asked::NotSent | Asked::Rejected { booked: false, .. });
        let others = || self.pools.carriers(view.shop()).any(|carrier| carrier != view.parcel.carrier);
        let unnamed = || view.orders.iter().all(|record| record.order.carrier.is_none());
        self.has_hub
            && nothing_there
            && !view.work.doubted
            && !view.work.stays
            && view.stop().is_none()
            && unnamed()
            && others()
    }

    /// The hub's answer: the parcel came down with another carrier.
    pub(super) fn rerouted(&mut self, turn: &mut Turn, documents: &dyn Documents, parcels: &[ParcelId]) {
        for parcel in parcels {
            let Some(view) = self.view(documents, parcel) else { continue };
            let Asked::Rerouting { waybill_id, .. } = &view.work.asked else { continue };
            if *waybill_id == view.parcel.waybill_id {
                continue;
            }
            let (to, carrier) = (view.parcel.waybill_id.clone(), view.parcel.carrier);
            let fact = Fact::WaybillRerouted { waybill_id: waybill_id.clone(), to, carrier };
            self.note(turn, documents, &view, fact);
            self.wake(turn, documents, parcel);
            turn.again.push((parcel.clone(), Duration::ZERO));
        }
    }

    pub(super) fn stays(&mut self, turn: &mut Turn, documents: &dyn Documents, parcel: &ParcelId, why: String) {
        let Some(view) = self.view(documents, parcel) else { return };
        if !matches!(view.work.asked, Asked::Rerouting { .. }) {
            return;
        }
        let waybill_id = view.parcel.waybill_id.clone();
        self.note(turn, documents, &view, Fact::RerouteRefused { waybill_id, why });
        self.wake(turn, documents, parcel);
        turn.again.push((parcel.clone(), Duration::ZERO));
    }

    fn note(&mut self, turn: &mut Turn, documents: &dyn Documents, view: &View, fact: Fact) {
        let (parcel, orders) = (Some(view.parcel.parcel_id.clone()), view.carried());
        let entry = NewEntry { fact, parcel, orders, operator: None, device: None };
        self.remember(turn, documents, vec![entry]);
    }

    fn holds_lease(&self, view: &View) -> bool {
        view.parcel.issuer.as_ref() == Some(&self.station) && view.parcel.supplied.is_none()
    }

    /// Parcels in memory whose number this station should ask the carrier for before anybody needs it.
    pub fn to_ask(&self, documents: &dyn Documents, parcels: &[ParcelId]) -> Vec<ParcelId> {
        let wants = |parcel_id: &&ParcelId| {
            self.view(documents, parcel_id).is_some_and(|view| self.may_ask(&view) && !is_too_early(&view))
        };
        parcels.iter().filter(wants).cloned().collect()
    }

    /// The holder of the lease asks, for a parcel that wants something and whose receiver it can read.
    pub fn may_ask(&self, view: &View) -> bool {
        self.holds_lease(view)
            && issuing::wanted(view).is_some()
            && view.orders.iter().all(|record| record.order.receiver.is_some())
    }

    /// Everything in memory that may still want something of its carrier.
    pub fn waiting_for_carrier(&self) -> Vec<ParcelId> {
        let waiting = |work: &Work| match work.asked {
            Asked::NotSent | Asked::Pending | Asked::Unanswered | Asked::Cancelling | Asked::Rerouting { .. } => true,
            Asked::Never | Asked::Rejected { .. } | Asked::Answered | Asked::Conflicted => false,
            Asked::Cancelled | Asked::CancelRefused => false,
        };
        self.works.iter().filter(|(_, work)| waiting(work)).map(|(parcel_id, _)| parcel_id.clone()).collect()
    }

    /// What an answer means for the parcel as it is now, whatever has happened to it since it was asked about.
    pub(super) fn answered(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        parcel: ParcelId,
        operation: &Operation,
        answer: Answer,
        tries: u32,
    ) {
        let Some(view) = self.view(documents, &parcel) else { return };
        // Of an id that is closed nothing was ever sent.
        if operation.waybill_id().is_some_and(|asked| *asked != view.parcel.waybill_id) {
            tracing::error!(%parcel, ?operation, "an answer about another id than the parcel's is left aside");
            return;
        }
        let next = match answer {
            Answer::Is(outcome) => issuing::judge(operation, outcome, &view, tries),
            Answer::NotSent(why) => issuing::not_sent(operation, why, tries),
        };
        if let Some(news) = next.news {
            let (waybill_id, carrier) = (view.parcel.waybill_id.clone(), view.parcel.carrier);
            self.carrier(turn, documents, parcel.clone(), waybill_id, carrier, news);
        }
        let wants = || self.view(documents, &parcel).is_some_and(|view| self.may_ask(&view));
        let again = next.again.or_else(|| wants().then_some(Duration::ZERO));
        turn.again.extend(again.map(|pause| (parcel, pause)));
    }

    /// Only numbers that are the carrier's, and that nobody has or had. The block they came in is kept in the same commit.
    pub(super) fn fill(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        account: &AccountName,
        numbers: Vec<PoolNumber>,
        source: Source,
    ) {
        let carrier = account.carrier;
        let known = |number: &str| self.parcel_of(number).is_some() || documents.parcel_of(number).is_some();
        let held = |number: &str| self.pools.holder(carrier, number).is_some();
        let mut by_day: BTreeMap<Date, BTreeSet<String>> = BTreeMap::new();
        for PoolNumber { number, expires_on } in numbers {
            if number::is_from(carrier, &number) && !held(&number) && !known(&number) {
                by_day.entry(expires_on).or_default().insert(number);
            }
        }
        for (expires_on, numbers) in by_day {
            let (numbers, account) = (numbers.into_iter().collect(), account.shop.clone());
            let fact = Fact::PoolFilled { carrier, numbers, expires_on, source: source.word().into(), account };
            let entry = NewEntry { fact, parcel: None, orders: Vec::new(), operator: None, device: None };
            self.remember(turn, documents, vec![entry]);
        }
        if let Source::Hub { block } = source {
            rows::put(&mut turn.upserts, rows::pool_block(account, &block));
            self.pools.keep_block(account.clone(), block);
        }
    }

    pub(super) fn carrier(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        parcel: ParcelId,
        waybill_id: WaybillId,
        carrier: CarrierCode,
        news: CarrierNews,
    ) {
        let Some(view) = self.view(documents, &parcel) else { return };
        let news = self.one_number_one_parcel(documents, &parcel, nobodys(&view, news));
        let settled =
            !matches!(news, CarrierNews::Requested { .. } | CarrierNews::NotThere | CarrierNews::CancelRequested);
        let mut numbered = None;
        let fact = match news {
            CarrierNews::Requested { account } => Fact::WaybillRequested { waybill_id, carrier, account },
            CarrierNews::NotThere => Fact::WaybillNotThere { waybill_id },
            CarrierNews::NotSent { why } => Fact::WaybillNotSent { waybill_id, why },
            CarrierNews::Registered { number, routing } => Fact::WaybillRegistered { waybill_id, number, routing },
            CarrierNews::Conflicted { number, carriers } => Fact::WaybillConflicted { waybill_id, number, carriers },
            CarrierNews::CancelRequested => Fact::WaybillCancelRequested { waybill_id },
            CarrierNews::Cancelled => {
                let known = view.work.at_carrier(&waybill_id);
                Fact::WaybillCancelled { number: known.map(|waybill| waybill.number.clone()), waybill_id }
            }
            CarrierNews::CancelRefused { code, message } => Fact::WaybillCancelRefused { waybill_id, code, message },
            CarrierNews::Issued { number, children, routing } => {
                let (id, mother) = (waybill_id.clone(), number.clone());
                numbered = Some(Fact::PiecesNumbered { waybill_id: id, number: mother, children });
                Fact::WaybillIssued { waybill_id, carrier, number, origin: Origin::Direct, routing }
            }
            CarrierNews::Unanswered { why } => Fact::WaybillUnanswered { waybill_id, why },
            CarrierNews::Rejected { code, message, booked } => {
                Fact::WaybillRejected { waybill_id, code, message, booked }
            }
        };
        self.note(turn, documents, &view, fact);
        // In the same commit: no scan finds the one without the others.
        let has_children = |fact: &Fact| matches!(fact, Fact::PiecesNumbered { children, .. } if !children.is_empty());
        numbered.filter(has_children).into_iter().for_each(|fact| self.note(turn, documents, &view, fact));
        if settled {
            self.wake(turn, documents, &parcel);
        }
    }

    /// A number that stands on another parcel is no number for this one, whatever the carrier says.
    fn one_number_one_parcel(&self, documents: &dyn Documents, parcel: &ParcelId, news: CarrierNews) -> CarrierNews {
        let CarrierNews::Issued { number, children, .. } = &news else { return news };
        let supplied = |number: &str| {
            let mut matches = documents.matches(number).into_iter();
            matches.find(|(kind, ..)| kind == "waybill").map(|(_, key, _)| ParcelId(key))
        };
        let holder = |number: &String| {
            let known = self.parcel_of(number).cloned().or_else(|| documents.parcel_of(number));
            let holder = known.or_else(|| supplied(number)).filter(|holder| holder != parcel);
            holder.map(|holder| (number.clone(), holder))
        };
        let taken = [number].into_iter().chain(children).find_map(holder);
        match taken {
            Some((number, holder)) => {
                let message = format!("the carrier gave {number}, which is on parcel {holder}");
                CarrierNews::Rejected { code: NUMBER_TAKEN.into(), message, booked: true }
            }
            None => news,
        }
    }

    /// Where the carrier itself sends a parcel, for others to the same district.
    pub(super) fn learn(
        &mut self,
        documents: &dyn Documents,
        parcel: &ParcelId,
        fact: &Fact,
        upserts: &mut Vec<Upsert>,
    ) {
        let routing = match fact {
            Fact::WaybillIssued { origin: Origin::Direct, routing, .. } | Fact::WaybillRegistered { routing, .. } => {
                routing
            }
            _ => return,
        };
        let Some(view) = load::view(documents, self, parcel) else { return };
        let Some(receiver) = view.orders.iter().find_map(|record| record.order.receiver.as_ref()) else { return };
        let account = AccountName { shop: view.work.account.clone(), ..view.parcel.carrier.into() };
        if let Some((district, codes)) = self.pools.learn(&account, receiver, routing, self.today) {
            rows::put(upserts, rows::learned(&account, &district, codes));
        }
    }

    pub(super) fn stocked(&mut self, fact: &Fact, upserts: &mut Vec<Upsert>) {
        let account = match fact {
            Fact::PoolFilled { carrier, numbers, expires_on, account, .. } => {
                let account = AccountName { shop: account.clone(), ..(*carrier).into() };
                self.pools.fill(&account, numbers, *expires_on);
                account
            }
            Fact::WaybillIssued { carrier, number, .. } => {
                let Some(account) = self.pools.holder(*carrier, number).cloned() else { return };
                self.pools.take(&account, number);
                account
            }
            _ => return,
        };
        rows::put(upserts, rows::pool(&account, &self.pools.pool(&account)));
    }
}
