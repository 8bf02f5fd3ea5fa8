//! The packing material that is on a parcel, as its benches told. Two may have had it in hand and known nothing of each other:
//! what counts is the material of whoever packed it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::HubError;
use crate::domain::fact::Fact;
use crate::domain::material::Used;

pub(super) fn used(connection: &Connection, parcel_id: &str) -> Result<Vec<Used>, HubError> {
    let mut told = connection.prepare_cached(
        "SELECT station, kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
             AND kind IN ('material_used', 'material_taken_back', 'parcel_opened', 'parcel_set_aside', 'parcel_packed')
         ORDER BY occurred_us, station, epoch, seq",
    )?;
    let mut rows = told.query(params![parcel_id])?;
    let (mut benches, mut packers): (BTreeMap<_, Vec<Used>>, _) = (BTreeMap::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let station: String = row.get(0)?;
        let Some(fact) = Fact::from_parts(&row.get::<_, String>(1)?, &row.get::<_, String>(2)?) else { continue };
        let bench = (station, fact.place().cloned());
        let is_packed = packers.contains(&bench);
        let noted = benches.entry(bench.clone()).or_default();
        match fact {
            Fact::MaterialUsed { code, quantity, weight_g, .. } => {
                noted.push(Used { code, quantity, weight_g, after: 0 });
            }
            Fact::MaterialTakenBack { code, .. } => drop(noted.pop_if(|last| last.code == code)),
            Fact::ParcelPacked { .. } => drop(packers.insert(bench)),
            // Whoever goes on with it, here or elsewhere, uses material anew.
            _ if !is_packed => noted.clear(),
            _ => {}
        }
    }
    let counts = |bench: &_| packers.is_empty() || packers.contains(bench);
    Ok(benches.into_iter().filter(|(bench, _)| counts(bench)).flat_map(|(_, noted)| noted).collect())
}
