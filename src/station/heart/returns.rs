//! Returns, as the heart knows them: by their documents, by what is in hand here, and by what it just decided.

use super::Heart;
use crate::bench::{Found, Input, Role, Session};
use crate::domain::code::Code;
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::PlaceName;
use crate::domain::returned::{ReturnRecord, ReturnStanding, Returned};
use crate::journal::Upsert;
use crate::station::load::{self, Documents};
use crate::station::rows;

impl Heart {
    /// Own numbers of returns end in this.
    pub fn set_mark(&mut self, mark: String) {
        self.mark = mark;
    }

    /// Returns that a scan at a returns desk names, with where they are now.
    pub(super) fn returns_for(
        &self,
        documents: &dyn Documents,
        session: &Session,
        input: &Input,
        found: &Found,
    ) -> Vec<ReturnRecord> {
        let code = match input {
            Input::Scanned(Code::Bare(code)) | Input::HubAnswered { code, .. } => code,
            _ => return Vec::new(),
        };
        if self.place(&session.place).is_none_or(|place| place.role != Role::Returns) {
            return Vec::new();
        }
        let mut records = load::returns(documents, code, found);
        records.iter_mut().for_each(|record| self.look_at_desks(session, record));
        records
    }

    /// Memory knows better than the document which desk of this station has it, or had it.
    fn look_at_desks(&self, session: &Session, record: &mut ReturnRecord) {
        let is = |returned: &Option<Returned>| {
            returned.as_ref().is_some_and(|returned| returned.return_no == record.return_no)
        };
        let sessions = || self.places.values().map(|(_, session)| session);
        if let Some(other) = sessions().find(|other| is(&other.returned)).filter(|other| other.place != session.place) {
            record.standing = ReturnStanding::Arrived { at: self.called(&other.place) };
        } else if sessions().any(|other| is(&other.inspected)) {
            record.standing = ReturnStanding::Inspected;
        } else if matches!(&record.standing, ReturnStanding::Arrived { at } if self.is_here(at)) {
            // No desk has it, whatever was noted before: it is looked at anew.
            record.standing = ReturnStanding::Expected;
        }
    }

    fn called(&self, place: &PlaceName) -> String {
        format!("{} {place}", self.station)
    }

    fn is_here(&self, at: &str) -> bool {
        self.places.keys().any(|place| self.called(place) == at)
    }

    /// The return in hand there still comes, whatever was scanned.
    fn was_announced(&self, place: &PlaceName) -> bool {
        let in_hand = self.places.get(place).and_then(|(_, session)| session.returned.as_ref());
        in_hand.is_some_and(|returned| returned.announced)
    }

    /// The document of a return that a fact changes: another scan of its code finds it as it is now.
    pub(super) fn keep_return(&self, documents: &dyn Documents, entry: &NewEntry, upserts: &mut Vec<Upsert>) {
        let (Some(return_no), Some(place)) = (entry.fact.return_no(), entry.fact.place()) else { return };
        let at = self.called(place);
        let known = documents.return_record(return_no);
        let record = match &entry.fact {
            Fact::ReturnArrived { .. } => {
                let arrived = Returned::begun(&entry.fact, &entry.orders);
                known.or_else(|| arrived.map(|returned| ReturnRecord::arrived(&returned, &at)))
            }
            // One that began in this turn isn't on file yet; what is in hand is.
            Fact::ReturnClosed { .. } | Fact::ReturnReopened { .. } | Fact::ReturnWithdrawn { .. } => {
                known.or_else(|| {
                    let (_, session) = self.places.get(place)?;
                    let returned = session.returned.as_ref().or(session.inspected.as_ref())?;
                    (returned.return_no == return_no).then(|| ReturnRecord::arrived(returned, &at))
                })
            }
            _ => None,
        };
        let standing = match &entry.fact {
            Fact::ReturnClosed { .. } => ReturnStanding::Inspected,
            Fact::ReturnWithdrawn { .. } if self.was_announced(place) => ReturnStanding::Expected,
            Fact::ReturnWithdrawn { .. } => ReturnStanding::Cancelled,
            _ => ReturnStanding::Arrived { at },
        };
        upserts.extend(record.map(|record| rows::returned(&ReturnRecord { standing, ..record })));
        upserts.extend(rows::photo(&entry.fact));
    }
}
