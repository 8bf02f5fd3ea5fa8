//! The projections built anew from what is never changed: entries, and other stations' facts where they came between
//! them. Equal to what is stored, or the journal says where not.

use std::collections::BTreeMap;

use crate::bench::{Session, Work};
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::{OperatorId, ParcelId, PlaceName, StationCode};
use crate::journal::{Reader, Upsert};
use crate::station::rows;
use crate::wire::RemoteFact;

/// What a replay adds up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replayed {
    pub works: BTreeMap<ParcelId, Work>,
    pub sessions: BTreeMap<PlaceName, Session>,
    /// Numbers and prints, as they were written.
    pub rows: Vec<Upsert>,
}

pub fn replay(reader: &Reader) -> rusqlite::Result<Replayed> {
    let station = StationCode(reader.meta("station")?.unwrap_or_default());
    let mut replayed = Replayed::default();
    let mut facts = reader.remote_facts()?.into_iter().peekable();
    for epoch in reader.epochs()? {
        let mut after = 0;
        loop {
            let entries = reader.entries(epoch.no, after, 1_000)?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                while let Some((_, body)) = facts.next_if(|((no, seq), _)| (*no, *seq) < (epoch.no, entry.seq)) {
                    replayed.remote(&body);
                }
                let Some(fact) = entry.fact() else { continue };
                replayed.own(
                    &NewEntry {
                        fact,
                        parcel: entry.parcel_id.clone(),
                        orders: entry.orders.clone(),
                        operator: entry.operator.clone().map(OperatorId),
                        device: entry.device.clone(),
                    },
                    &station,
                );
            }
        }
    }
    for (_, body) in facts {
        replayed.remote(&body);
    }
    Ok(replayed)
}

/// The rows that are missing, or that nobody understands, as a replay has them. A row that is there may know more: not
/// every entry need be left.
pub fn missing(reader: &Reader) -> rusqlite::Result<Vec<Upsert>> {
    let replayed = replay(reader)?;
    let places: BTreeMap<String, String> = reader.places()?.into_iter().collect();
    let mut rows = Vec::new();
    for (parcel, work) in &replayed.works {
        if !understood::<Work>(reader.parcel(parcel.as_str())?.as_ref()) {
            rows.push(rows::parcel(parcel, work));
        }
    }
    for (place, session) in &replayed.sessions {
        if !understood::<Session>(places.get(place.as_str())) {
            rows.push(rows::place(session));
        }
    }
    for row in replayed.rows {
        let there = match &row {
            Upsert::Waybill { number, .. } => reader.waybill(number)?.is_some(),
            Upsert::Job { job_id, .. } => reader.job(job_id.as_str())?.is_some(),
            _ => true,
        };
        if !there {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn understood<T: serde::de::DeserializeOwned>(body: Option<&String>) -> bool {
    body.is_some_and(|body| serde_json::from_str::<T>(body).is_ok())
}

/// Where the stored projections differ from a replay.
pub fn compare(reader: &Reader) -> rusqlite::Result<Vec<String>> {
    let replayed = replay(reader)?;
    let mut differences = Vec::new();
    let stored: BTreeMap<ParcelId, Work> = reader
        .all_parcels()?
        .into_iter()
        .filter_map(|(parcel, body)| Some((ParcelId(parcel), serde_json::from_str(&body).ok()?)))
        .collect();
    for parcel in stored.keys().chain(replayed.works.keys()).collect::<std::collections::BTreeSet<_>>() {
        if stored.get(parcel) != replayed.works.get(parcel) {
            differences.push(format!("parcel {parcel} is stored otherwise than its entries say"));
        }
    }
    for (place, body) in reader.places()? {
        let stored: Option<Session> = serde_json::from_str(&body).ok();
        if stored.as_ref() != replayed.sessions.get(&PlaceName(place.clone())) {
            differences.push(format!("place {place} is stored otherwise than its entries say"));
        }
    }
    Ok(differences)
}

impl Replayed {
    fn own(&mut self, entry: &NewEntry, station: &StationCode) {
        let mut after = None;
        if let Some(parcel) = &entry.parcel {
            let work = self.works.entry(parcel.clone()).or_default();
            work.remember(&entry.fact, station);
            after = Some(work.clone());
            self.rows.extend(rows::numbers(parcel, &entry.fact));
            self.rows.extend(rows::job(parcel, &entry.fact));
        }
        if let Some(place) = entry.fact.place() {
            let session = self.sessions.entry(place.clone()).or_insert_with(|| Session::new(place.clone()));
            session.remember(entry, after.as_ref());
        }
    }

    fn remote(&mut self, body: &str) {
        let Ok(remote) = serde_json::from_str::<RemoteFact>(body) else { return };
        let Some(fact) = Fact::from_parts(&remote.kind, &remote.body.to_string()) else { return };
        let parcel = ParcelId(remote.parcel_id);
        self.rows.extend(rows::numbers(&parcel, &fact));
        self.works.entry(parcel).or_default().remember(&fact, &StationCode(remote.station));
    }
}
