//! The heart's view of parcels that the hub lent to this station, for goods that choose their parcel: put in order once for
//! each goods, and from then on as loans come and go.

use std::collections::HashMap;

use super::{Heart, Turn};
use crate::bench::work::Stage;
use crate::bench::{Found, Input, Loaded, View};
use crate::domain::alias::{loan_key, loans_key};
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::{ParcelId, Sku};
use crate::domain::parcel::due_us;
use crate::station::load::Documents;

/// With no more left than this, others are borrowed before a packer has to wait for them.
const FEW: usize = 4;

/// Parcels by the goods they need, the most urgent first.
pub(super) type Loans = HashMap<Sku, Vec<(i64, ParcelId)>>;

impl Heart {
    /// Goods that are scanned with no parcel in hand may choose one.
    pub(super) fn look_at_loans(&mut self, documents: &dyn Documents, input: &Input, loaded: &mut Loaded) {
        let Found::Item { sku, .. } = &loaded.found else { return };
        if loaded.hand.is_some() || !matches!(input, Input::Scanned(_) | Input::HubAnswered { .. }) {
            return;
        }
        let mut loans = match self.loans.remove(sku) {
            Some(loans) => loans,
            None => self.sorted_loans(documents, sku),
        };
        let (mut next, mut skipped) = (None, None);
        loans.retain(|(_, parcel_id)| {
            let view = if next.is_some() { return true } else { self.view(documents, parcel_id) };
            let Some(view) = view.filter(|view| self.is_lent(view) && view.work.stage < Stage::Packed) else {
                return false;
            };
            // A revision may want other goods by now.
            let wanted = view.need(sku).is_some_and(|need| need.quantity > 0);
            if wanted && view.work.stage == Stage::Untouched && view.stop().is_none() {
                // Somebody put it aside for a reason: the others come first.
                match view.work.set_aside {
                    Some(_) => skipped = skipped.take().or(Some(view)),
                    None => next = Some(view),
                }
            }
            true
        });
        loaded.lent = next.or(skipped).map(Box::new);
        loaded.lent_are_few = loans.len() <= FEW;
        self.loans.insert(sku.clone(), loans);
    }

    /// Parcels that came down may have been lent to this station.
    pub(super) fn know_loans(&mut self, documents: &dyn Documents, parcels: &[ParcelId]) {
        for parcel_id in parcels {
            let Some(sku) = documents.parcel(parcel_id).and_then(|parcel| parcel.lent).map(|loan| loan.sku) else {
                continue;
            };
            let due = self.view(documents, parcel_id).map(|view| due_us(&view.orders));
            if let Some((due, loans)) = due.zip(self.loans.get_mut(&sku)) {
                loans.retain(|(_, other)| other != parcel_id);
                loans.push((due, parcel_id.clone()));
                loans.sort();
            }
        }
    }

    /// Nobody works here any more: what nobody touched goes back, for another station to pack.
    pub(super) fn return_loans(&mut self, turn: &mut Turn, documents: &dyn Documents) {
        if self.places.values().any(|(_, session)| session.operator.is_some()) {
            return;
        }
        self.loans.clear();
        let lent = documents.matches(&loans_key(&self.station)).into_iter();
        let views = lent.filter_map(|(_, key, _)| self.view(documents, &ParcelId(key)));
        let returned: Vec<_> = views
            .filter(|view| self.is_lent(view) && view.work.stage == Stage::Untouched)
            .filter_map(|view| {
                let lent_us = view.parcel.lent.as_ref()?.lent_us;
                Some(NewEntry {
                    fact: Fact::LoanReturned { lent_us },
                    orders: view.carried(),
                    parcel: Some(view.parcel.parcel_id),
                    operator: None,
                    device: None,
                })
            })
            .collect();
        self.remember(turn, documents, returned);
    }

    fn sorted_loans(&self, documents: &dyn Documents, sku: &Sku) -> Vec<(i64, ParcelId)> {
        let lent = documents.matches(&loan_key(&self.station, sku)).into_iter();
        let views = lent.filter_map(|(_, key, _)| self.view(documents, &ParcelId(key)));
        let mut loans: Vec<_> = views.map(|view| (due_us(&view.orders), view.parcel.parcel_id)).collect();
        loans.sort();
        loans
    }

    /// Lent to this station, and not given back since.
    fn is_lent(&self, view: &View) -> bool {
        let loan = view.parcel.lent.as_ref().filter(|loan| loan.station == self.station);
        loan.is_some_and(|loan| view.work.returned != Some(loan.lent_us))
    }
}
