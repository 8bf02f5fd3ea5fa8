//! What a report tells of an order's parcel: its number, weight and times, and who packed it. Nothing of the buyer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, params};

use super::order::numbers;
use super::report::Encoding;
use super::{Hub, HubError, accept, materials};

/// One order in one parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub order_no: String,
    pub carrier: String,
    /// The one on the parcel; none while only a temporary label is.
    pub number: Option<String>,
    pub weight_g: Option<u32>,
    pub checked_us: Option<i64>,
    pub packed_us: Option<i64>,
    pub shipped_us: Option<i64>,
    /// Who packed it, else who shipped it, as their badge says.
    pub operator: Option<String>,
    /// Packing material, by its code: what of it was used and not taken back.
    pub materials: BTreeMap<String, u32>,
}

const COLUMNS: [&str; 9] =
    ["order_no", "carrier", "number", "weight_g", "checked_at", "packed_at", "shipped_at", "operator", "materials"];

impl Hub {
    /// The orders whose parcels an entry of these kinds is about, from behind `told` up to `upto`, in the feed's order.
    pub(super) fn told(&self, kinds: &str, told: i64, upto: i64) -> Result<Vec<Told>, HubError> {
        self.read(|connection| {
            let mut entries = connection.prepare(&format!(
                "SELECT o.order_no, e.parcel_id FROM entries e JOIN entry_orders o ON o.feed = e.feed
                 WHERE e.feed > ?1 AND e.feed <= ?2 AND e.kind IN ({kinds}) AND e.problem IS NULL AND e.parcel_id IS NOT NULL
                 GROUP BY o.order_no, e.parcel_id ORDER BY min(e.feed), o.order_no"
            ))?;
            let rows: Vec<(String, String)> =
                entries.query_map(params![told, upto], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            rows.into_iter().map(|(order_no, parcel_id)| told_of(connection, order_no, &parcel_id)).collect()
        })
    }
}

pub(super) fn told_of(connection: &Connection, order_no: String, parcel_id: &str) -> Result<Told, HubError> {
    let mut told = Told { order_no, ..Told::default() };
    let known: Option<String> = connection
        .prepare_cached("SELECT body FROM parcels WHERE parcel_id = ?1")?
        .query_row([parcel_id], |row| row.get(0))
        .optional()?;
    if known.is_some() {
        let parcel = accept::parcel(connection, parcel_id)?;
        told.carrier = parcel.carrier.as_str().to_owned();
        let mut live =
            numbers(connection, &parcel)?.into_iter().filter(|number| !number.void).map(|number| number.number);
        told.number = live.rfind(|number| !number.starts_with("TMP-"));
    }
    for used in materials::used(connection, parcel_id)? {
        *told.materials.entry(used.code).or_default() += used.quantity;
    }
    let mut entries = connection.prepare_cached(
        "SELECT kind, occurred_us, operator, body ->> 'grams' FROM entries
         WHERE parcel_id = ?1 AND problem IS NULL ORDER BY occurred_us, station, epoch, seq",
    )?;
    let mut rows = entries.query([parcel_id])?;
    while let Some(row) = rows.next()? {
        let (kind, at_us): (String, i64) = (row.get(0)?, row.get(1)?);
        match kind.as_str() {
            "check_completed" => told.checked_us = told.checked_us.or(Some(at_us)),
            "parcel_packed" => {
                told.packed_us = told.packed_us.or(Some(at_us));
                told.operator = row.get(2)?;
            }
            "parcel_shipped" => {
                told.shipped_us = told.shipped_us.or(Some(at_us));
                told.operator = told.operator.or(row.get(2)?);
            }
            "parcel_weighed" => told.weight_g = row.get(3)?,
            _ => {}
        }
    }
    Ok(told)
}

impl Told {
    /// `BOX-3*1;BAG-1*2`, as item files write counts.
    fn materials(&self) -> String {
        let counted: Vec<_> = self.materials.iter().map(|(code, used)| format!("{code}*{used}")).collect();
        counted.join(";")
    }
}

/// As a file: times of the hub's zone, and nothing where something isn't known.
pub(super) fn written(rows: &[Told], zone: &TimeZone, encoding: Encoding) -> Vec<u8> {
    let time = |at_us: Option<i64>| {
        let at = at_us.and_then(|at_us| Timestamp::from_microsecond(at_us).ok());
        at.map_or(String::new(), |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let proof = "memory takes it, and every row has the header's width";
    writer.write_record(COLUMNS).expect(proof);
    for told in rows {
        let cells = [
            told.order_no.clone(),
            told.carrier.clone(),
            told.number.clone().unwrap_or_default(),
            told.weight_g.map_or(String::new(), |grams| grams.to_string()),
            time(told.checked_us),
            time(told.packed_us),
            time(told.shipped_us),
            told.operator.clone().unwrap_or_default(),
            told.materials(),
        ];
        writer.write_record(&cells).expect(proof);
    }
    let text = String::from_utf8(writer.into_inner().expect(proof)).expect("text of texts");
    match encoding {
        Encoding::Utf8Bom => format!("\u{feff}{text}").into_bytes(),
        Encoding::Gbk => encoding_rs::GBK.encode(&text).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_local_times_and_leaves_open_what_isnt_known() {
        let at_us = 1_771_395_725_000_000;
        let told = Told {
            order_no: "100001".into(),
            carrier: "sf".into(),
            weight_g: Some(420),
            packed_us: Some(at_us),
            operator: Some("李雷".into()),
            materials: [("BAG-1".to_owned(), 2), ("BOX-3".to_owned(), 1)].into(),
            ..Told::default()
        };
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let expected = "order_no,carrier,number,weight_g,checked_at,packed_at,shipped_at,operator,materials\r\n100001,sf,,420,,2026-02-18 14:22:05,,李雷,BAG-1*2;BOX-3*1\r\n";
        let utf8 = written(std::slice::from_ref(&told), &zone, Encoding::Utf8Bom);
        assert_eq!(String::from_utf8(utf8).expect("UTF-8"), format!("\u{feff}{expected}"));
        let gbk = written(&[told], &zone, Encoding::Gbk);
        assert!(gbk.windows(5).any(|bytes| bytes == b"\xc0\xee\xc0\xd7,"));
        assert_eq!(encoding_rs::GBK.decode(&gbk).0, expected);
    }
}
