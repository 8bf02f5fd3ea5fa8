//! Keeps the queue of labels to be replaced, and shows it: at every place's screen, and to whoever asks for the list.

use std::sync::PoisonError;

use super::Daemon;
use crate::domain::account::AccountName;
use crate::domain::cutoff::CutoffRecord;
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::order::CarrierCode;
use crate::domain::stamp::Stamp;
use crate::domain::waybill::Origin;
use crate::journal::{Reader, Upsert};
use crate::machine;
use crate::station::heart::Heart;
use crate::station::load::Memory;
use crate::station::relabel::Known;
use crate::station::rows;
use crate::station::screen::ToRelabel;
use crate::wire::DownDocument;

/// What a start reads back: since when open labels are as they are, and the cut-offs that came down before.
pub(super) fn recall(reader: &Reader, heart: &Heart) -> rusqlite::Result<Known> {
    let mut known = Known::default();
    let waybills = heart.works().flat_map(|(_, work)| &work.waybills);
    for waybill in waybills.filter(|waybill| waybill.live && is_kept(waybill.origin)) {
        if let Some(since_us) = reader.meta(&rows::since_key(&waybill.number))?.and_then(|text| text.parse().ok()) {
            known.note(&waybill.number, since_us);
        }
    }
    for (key, body) in reader.documents("cutoff")? {
        if let Ok(record) = serde_json::from_str(&body) {
            known.cutoff(&key, record);
        }
    }
    Ok(known)
}

/// Labels that are to be replaced, and numbers that are to be registered, are shown with their age.
fn is_kept(origin: Origin) -> bool {
    matches!(origin, Origin::Temporary | Origin::Pool)
}

impl Daemon {
    pub(super) fn show_relabel(&mut self) {
        let health: Vec<_> = self.carriers.health().collect();
        let failing = |carrier: CarrierCode, shop: Option<&str>| {
            let account = AccountName::nearest(health.iter().map(|(name, _)| *name), carrier, shop, None);
            health.iter().any(|(name, health)| Some(*name) == account && health.open.is_some())
        };
        let now_us = self.believed_us();
        self.known.keep(|number| self.heart.parcel_of(number).is_some());
        let queue = self.known.queue(self.heart.works(), &self.reader, failing, now_us);
        let strip = ToRelabel::of(&queue);
        for screen in self.screens.values() {
            screen.send_if_modified(|screen| {
                let changed = screen.relabel != strip;
                screen.relabel.clone_from(&strip);
                changed
            });
        }
        self.relabel.send_if_modified(|shown| {
            let changed = *shown != queue;
            *shown = queue;
            changed
        });
    }

    /// A clock that is surely wrong makes nobody hurry.
    fn believed_us(&self) -> Option<i64> {
        let clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.believed_us(machine::wall_us(), machine::boottime_ns(), None)
    }

    /// Since when numbers of these entries are on their parcels, as rows.
    pub(super) fn since(&mut self, entries: &[(Stamp, NewEntry)]) -> Vec<Upsert> {
        entries.iter().filter_map(|(stamp, entry)| self.issued(&entry.fact, stamp.best_us())).collect()
    }

    pub(super) fn issued(&mut self, fact: &Fact, at_us: i64) -> Option<Upsert> {
        let Fact::WaybillIssued { number, origin, .. } = fact else { return None };
        is_kept(*origin).then(|| {
            self.known.note(number, at_us);
            rows::since(number, at_us)
        })
    }

    pub(super) fn learn_cutoffs(&mut self, documents: &[DownDocument]) {
        for document in documents.iter().filter(|document| document.kind == "cutoff") {
            if let Ok(record) = serde_json::from_str::<CutoffRecord>(document.body.get()) {
                self.known.cutoff(&document.key, record);
            }
        }
    }
}
