//! The heart's view of waves: their positions, and the numbers that one waits for before it is printed. They are counted
//! once, and from then on as each comes: a wave has hundreds.

use std::collections::BTreeSet;

use super::Heart;
use crate::bench::work::Stage;
use crate::bench::{Found, Input, Role, Session, View, slot_of};
use crate::domain::alias::wave_key;
use crate::domain::code::Code;
use crate::domain::fact::Asking;
use crate::domain::id::{ParcelId, PlaceName, WaveCode};
use crate::domain::order::CarrierCode;
use crate::station::load::Documents;

/// The wave that a print desk prints once its numbers are there.
pub(super) fn asked(session: &Session) -> Option<&WaveCode> {
    match &session.asking {
        Some(Asking::MissingNumbers { wave, .. }) => Some(wave),
        _ => None,
    }
}

/// The waves of these parcels.
pub(super) fn of(documents: &dyn Documents, parcels: &[ParcelId]) -> BTreeSet<WaveCode> {
    let wave = |parcel: &ParcelId| documents.parcel(parcel)?.wave;
    parcels.iter().filter_map(wave).map(|position| position.code).collect()
}

impl Heart {
    pub(super) fn wave_view(&self, documents: &dyn Documents, wave: &WaveCode, position: u32) -> Option<View> {
        let matches = documents.matches(&wave_key(wave, position));
        let (_, key, _) = matches.into_iter().find(|(kind, _, _)| kind == "parcel")?;
        self.view(documents, &ParcelId(key))
    }

    /// What a print desk may print next, or all that a wall sorts or a picker fetches.
    pub(super) fn wave_in_work(
        &self,
        documents: &dyn Documents,
        session: &Session,
        window: usize,
        found: &Found,
    ) -> Vec<View> {
        let picks = self.place(&session.place).is_some_and(|place| place.role == Role::Pick);
        if let (true, None, Found::Wave { code, count, .. }) = (picks, &session.pick, found) {
            return self.whole(documents, code, *count);
        }
        if picks {
            return self.wave_in_pick(documents, session);
        }
        let (wave, positions) = match (&session.wave, &session.wall) {
            (Some(wave), _) => {
                let first = wave.next.saturating_sub(window as u32 + 1).max(1);
                (&wave.code, first..=(wave.next + window as u32).min(wave.count))
            }
            (None, Some(wall)) => (&wall.wave, 1..=wall.count),
            (None, None) => return Vec::new(),
        };
        positions.filter_map(|position| self.wave_view(documents, wave, position)).collect()
    }

    pub(super) fn wave_in_pick(&self, documents: &dyn Documents, session: &Session) -> Vec<View> {
        let round = session.pick.as_ref();
        round.map_or_else(Vec::new, |round| self.whole(documents, &round.wave, round.count))
    }

    fn whole(&self, documents: &dyn Documents, wave: &WaveCode, count: u32) -> Vec<View> {
        (1..=count).filter_map(|position| self.wave_view(documents, wave, position)).collect()
    }

    /// How many of a wave's parcels go with each carrier, the most first.
    pub fn carriers(&self, documents: &dyn Documents, wave: &WaveCode, count: u32) -> Vec<(CarrierCode, u32)> {
        let mut carriers: Vec<_> = CarrierCode::ALL.into_iter().map(|carrier| (carrier, 0)).collect();
        for position in 1..=count {
            let matches = documents.matches(&wave_key(wave, position));
            let parcel = matches.into_iter().find(|(kind, _, _)| kind == "parcel");
            let parcel = parcel.and_then(|(_, key, _)| documents.parcel(&ParcelId(key)));
            let of = |(carrier, _): &&mut (CarrierCode, u32)| parcel.as_ref().is_some_and(|of| of.carrier == *carrier);
            carriers.iter_mut().filter(of).for_each(|(_, count)| *count += 1);
        }
        carriers.retain(|(_, count)| *count > 0);
        carriers.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        carriers
    }

    /// The parcel that the place's question is about, or of which a driver lacks boxes.
    pub(super) fn asked_about(&self, documents: &dyn Documents, session: &Session) -> Option<Box<View>> {
        let parcel = match &session.asking {
            Some(Asking::GoodsMissing { parcel, .. } | Asking::PutBack { parcel }) => parcel,
            Some(_) => return None,
            None => {
                let open = session.handover.as_ref()?;
                let last = open.last.as_ref().filter(|last| open.partly.contains_key(*last));
                last.or(open.partly.keys().next())?
            }
        };
        self.view(documents, parcel).map(Box::new)
    }

    pub(super) fn slots_in_use(&self, session: &Session) -> BTreeSet<u32> {
        let wall = self.place(&session.place).filter(|_| session.wall.is_some());
        wall.map_or_else(BTreeSet::new, |wall| self.totes.keys().filter_map(|tote| slot_of(tote, wall)).collect())
    }

    /// Counts the numbers that are still to come, for a wave that is scanned, and after a start for one that waits.
    pub(super) fn look_at_wave(&mut self, documents: &dyn Documents, name: &PlaceName, input: &Input) {
        let Some((_, session)) = self.places.get(name) else { return };
        let wave = match input {
            Input::Scanned(Code::PickList(wave)) => Some(wave),
            _ => asked(session).filter(|wave| !self.awaited.contains_key(*wave)),
        };
        if let Some(wave) = wave.cloned() {
            let awaited = self.count(documents, &wave);
            self.awaited.insert(wave, awaited);
        }
    }

    /// A parcel's number came, or it needs none any more, or one again.
    pub(super) fn look_at_awaited(&mut self, documents: &dyn Documents, parcel: &ParcelId) {
        if self.awaited.is_empty() {
            return;
        }
        let Some(view) = self.view(documents, parcel) else { return };
        let Some(awaited) = view.parcel.wave.as_ref().and_then(|wave| self.awaited.get_mut(&wave.code)) else { return };
        awaited.retain(|waiting| waiting != parcel);
        if is_awaited(&view) {
            awaited.push(parcel.clone());
        }
    }

    pub(super) fn awaited_for(&self, input: &Input, session: &Session) -> Vec<ParcelId> {
        let wave = match input {
            Input::Scanned(Code::PickList(wave)) => Some(wave),
            _ => asked(session),
        };
        wave.and_then(|wave| self.awaited.get(wave)).cloned().unwrap_or_default()
    }

    pub(super) fn awaited_at(&self, documents: &dyn Documents, session: &Session) -> usize {
        let Some(wave) = asked(session) else { return 0 };
        self.awaited.get(wave).map_or_else(|| self.count(documents, wave).len(), Vec::len)
    }

    fn count(&self, documents: &dyn Documents, wave: &WaveCode) -> Vec<ParcelId> {
        let first = self.wave_view(documents, wave, 1);
        let count = first.and_then(|view| view.parcel.wave).map_or(0, |wave| wave.count);
        let views = (1..=count).filter_map(|position| self.wave_view(documents, wave, position));
        views.filter(is_awaited).map(|view| view.parcel.parcel_id).collect()
    }
}

/// A label of it would be printed with its wave, once its number is there.
fn is_awaited(view: &View) -> bool {
    view.awaits_number() && view.work.stage == Stage::Untouched
}
