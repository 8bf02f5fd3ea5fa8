//! Orders that are held, as they stand now.

use rusqlite::Connection;

use super::ExceptionRow;
use crate::domain::hold::{self, Hold};
use crate::domain::parcel::Standing;
use crate::hub::{HubError, parsed};

pub(super) fn held(connection: &Connection) -> Result<Vec<ExceptionRow>, HubError> {
    let mut statement =
        connection.prepare("SELECT order_no, standing, held_us FROM orders WHERE held_us IS NOT NULL")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, standing): (String, String) = (row.get(0)?, row.get(1)?);
        let Standing::Held { why } = parsed("standing", &subject, &standing)? else { continue };
        found.push(ExceptionRow {
            kind: "held".into(),
            subject,
            zh: hold::said_zh(&why),
            en: hold::said_en(&why),
            owner: owner_of(&why).unwrap_or("office").to_owned(),
            warehouse: None,
            since_us: row.get(2)?,
            age_s: 0,
            cutoff: None,
        });
    }
    Ok(found)
}

/// Whoever held it answers for it; orders as such are the office's.
fn owner_of(why: &[Hold]) -> Option<&str> {
    why.iter().find_map(|hold| match hold {
        Hold::Person { by, .. } => by.as_deref(),
        _ => None,
    })
}
