//! The heart's view of what leaves in bags and boxes: what lies in a bag that is scanned, whether another place fills it, and which
//! boxes a driver still waits for.

use super::Heart;
use crate::bench::work::Aboard;
use crate::bench::{Input, Session, View, Work};
use crate::domain::code::{Code, Command};
use crate::domain::fact::Fact;
use crate::domain::id::{ParcelId, PlaceName};
use crate::journal::Upsert;
use crate::station::load::Documents;
use crate::station::rows;

impl Heart {
    pub(super) fn bag_open_at(&self, session: &Session, input: &Input) -> Option<PlaceName> {
        let Input::Scanned(Code::Bag(bag)) = input else { return None };
        let fills = |at: &&Session| at.place != session.place && at.bag.as_ref().is_some_and(|open| open.bag == *bag);
        self.places.values().map(|(_, at)| at).find(fills).map(|at| at.place.clone())
    }

    /// Parcels in the bag that a scan is about.
    pub(super) fn bagged(&self, documents: &dyn Documents, session: &Session, input: &Input) -> Vec<View> {
        let bag = match (input, &session.bag) {
            (Input::Scanned(Code::Bag(bag)), None) => bag,
            (Input::Scanned(Code::Command(Command::Undo)), Some(open)) => &open.bag,
            _ => return Vec::new(),
        };
        let is_in = |work: &&Work| work.bag.as_ref().is_some_and(|bagged| bagged.bag == *bag);
        let parcels = self.works.iter().filter(|(_, work)| is_in(work)).map(|(parcel_id, _)| parcel_id);
        let mut views: Vec<View> = parcels.filter_map(|parcel_id| self.view(documents, parcel_id)).collect();
        views.sort_by(|a, b| a.parcel.parcel_id.cmp(&b.parcel.parcel_id));
        views
    }

    /// Whoever loads other boxes of a parcel that left waits for none of it any more; of one that was opened again, or whose boxes
    /// came off, with these aboard before, for all of them.
    pub(super) fn look_at_drivers(
        &mut self,
        parcel_id: &ParcelId,
        fact: &Fact,
        before: &Aboard,
        upserts: &mut Vec<Upsert>,
    ) {
        for (_, session) in self.places.values_mut() {
            let Some(open) = &mut session.handover else { continue };
            let own = before.iter().filter(|(_, (at, with))| *at == self.station && *with == open.handover);
            let is_other = match fact {
                Fact::ParcelShipped { .. } => open.left(parcel_id),
                Fact::ParcelReopened { .. } => open.came_back(parcel_id, own.count() as u32, 0),
                // At its own place the session has heard of it.
                Fact::PiecesUnloaded { place, numbers, .. } if *place != session.place => {
                    let (off, stay): (Vec<_>, Vec<_>) = own.partition(|(number, _)| numbers.contains(number));
                    open.came_back(parcel_id, off.len() as u32, stay.len() as u32)
                }
                _ => false,
            };
            if is_other {
                rows::put(upserts, rows::place(session));
            }
        }
    }
}
