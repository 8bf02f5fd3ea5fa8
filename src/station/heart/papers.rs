//! Papers on their way: what was queued and isn't settled, and what came of a label.

use super::{Heart, Turn};
use crate::bench::session::Handover;
use crate::bench::{Input, Place, Session, View, Work};
use crate::domain::fact::{Fact, PrintOutcome};
use crate::domain::id::{JobId, ParcelId, PlaceName};
use crate::station::load::Documents;
use crate::station::news::personal;

impl Heart {
    /// Labels that were queued here and never settled: after a start, nobody knows whether they came out.
    pub fn unsettled(&self) -> Vec<(PlaceName, ParcelId, JobId)> {
        let own = format!("/{}/", self.station);
        let of = |(parcel_id, work): (&ParcelId, &Work)| {
            let labels =
                work.labels.iter().filter(|label| label.outcome.is_none() && label.job.as_str().contains(&own));
            labels.map(|label| (label.place.clone(), parcel_id.clone(), label.job.clone())).collect::<Vec<_>>()
        };
        let mut unsettled: Vec<_> = self.works.iter().flat_map(of).collect();
        unsettled.sort();
        unsettled
    }

    /// Sheets of the same kind, each as often as copies of it are in doubt.
    pub fn unsettled_sheets(&self) -> Vec<(PlaceName, String)> {
        let sessions = self.places.values().filter_map(|(place, session)| Some((place, session.closed.as_ref()?)));
        let copies = |(place, closed): (&Place, &Handover)| {
            vec![(place.name.clone(), closed.handover.clone()); closed.printing as usize]
        };
        sessions.flat_map(copies).collect()
    }

    /// Dividers of waves in print.
    pub fn unsettled_dividers(&self) -> Vec<(PlaceName, JobId)> {
        let of = |(place, session): &(Place, Session)| {
            let divider = session.wave.as_ref()?.divider.as_ref().filter(|divider| divider.outcome.is_none())?;
            Some((place.name.clone(), divider.job.clone()))
        };
        self.places.values().filter_map(of).collect()
    }

    #[allow(clippy::too_many_arguments, reason = "an event's fields, taken apart")]
    pub(super) fn printed(
        &mut self,
        turn: &mut Turn,
        documents: &dyn Documents,
        place: &PlaceName,
        parcel: ParcelId,
        job: JobId,
        outcome: PrintOutcome,
        evidence: String,
    ) {
        let before = turn.entries.len();
        // A label's complaint may quote what didn't fit.
        let view = self.view(documents, &parcel);
        if outcome == PrintOutcome::Refused {
            let labels = view.iter().flat_map(|view| &view.work.labels);
            self.down.extend(labels.filter(|label| label.job == job).map(|label| label.printer.clone()));
        }
        let orders = view.as_ref().map(View::carried).unwrap_or_default();
        let evidence = view.map_or(String::new(), |view| personal(&view).out_of(&evidence));
        self.decide(turn, documents, place, Input::Printed { job, outcome, evidence }, None);
        // A job whose parcel left the place is settled without a view: it still belongs to its parcel.
        let mut late = Vec::new();
        for entry in &mut turn.entries[before..] {
            if matches!(entry.fact, Fact::LabelSettled { .. }) && entry.parcel.is_none() {
                entry.parcel = Some(parcel.clone());
                entry.orders.clone_from(&orders);
                late.push(entry.clone());
            }
        }
        for entry in late {
            self.apply(documents, &entry, &mut turn.upserts);
        }
    }
}
