//! What was scanned into a parcel's box, since it was opened the last time, as its stations told.

use rusqlite::{Connection, params};

use super::HubError;
use crate::domain::id::Sku;
use crate::domain::share::Goods;

/// Before an entry of the feed.
pub(super) fn before(connection: &Connection, parcel_id: &str, feed: i64) -> Result<Goods, HubError> {
    let mut entries = connection.prepare_cached(
        "SELECT kind, body ->> 'sku', body ->> 'quantity' FROM entries
         WHERE parcel_id = ?1 AND feed < ?2 AND problem IS NULL
         AND kind IN ('parcel_opened', 'parcel_set_aside', 'item_checked', 'item_unchecked') ORDER BY feed",
    )?;
    let mut rows = entries.query(params![parcel_id, feed])?;
    let mut checked = Goods::new();
    while let Some(row) = rows.next()? {
        let (kind, sku, quantity): (String, Option<String>, Option<u32>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (Some(sku), Some(quantity)) = (sku, quantity) else {
            checked.clear();
            continue;
        };
        let count = checked.entry(Sku(sku)).or_default();
        *count = if kind == "item_checked" { *count + quantity } else { count.saturating_sub(quantity) };
    }
    Ok(checked)
}
