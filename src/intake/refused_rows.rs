//! The rows of refused orders as a CSV that a person corrects and gives back: their own columns, and why. An order goes
//! back whole, with its other rows and its lines, for what comes back replaces what is known of it.

use std::collections::{HashMap, HashSet};

use super::mapping::Mappings;
use super::orders::sheets_of;
use super::table::{Row, Table};
use super::{IntakeError, Noted, SourceFile};

/// Rows of one file, or of one sheet of it.
#[derive(Debug, PartialEq)]
pub struct RefusedRows {
    pub file: String,
    /// With a byte order mark, without which Excel takes it for another encoding.
    pub csv: Vec<u8>,
}

/// Finds what was refused of these files once more; `heading` is the column of the reasons, which stands last.
pub fn read(
    files: &[SourceFile],
    mappings: &Mappings,
    channel: Option<&str>,
    refused: &[Noted],
    heading: &str,
) -> Result<Vec<RefusedRows>, IntakeError> {
    let reasons: HashMap<(&str, u64), &str> =
        refused.iter().map(|noted| ((noted.file.as_str(), noted.line), noted.reason.as_str())).collect();
    let orders: HashSet<&str> = refused.iter().filter_map(|noted| Some(noted.order_no.as_ref()?.as_str())).collect();
    let mut found = Vec::new();
    for sheets in sheets_of(files, mappings, channel)? {
        let mapping = sheets.mapping;
        let orders_in = sheets.orders.iter().map(|table| (table, &mapping.order.order_no));
        let lines_in = sheets.lines.iter().map(|table| (table, &mapping.line.order_no));
        for (table, order_no) in orders_in.chain(lines_in) {
            let reason = |row: &Row| reasons.get(&(table.file.as_str(), row.line)).copied();
            let concerns = |row: &&Row| {
                let order_no = table.get(row, order_no, &mapping.empty);
                reason(row).is_some() || order_no.is_some_and(|order_no| orders.contains(order_no))
            };
            let rows: Vec<&Row> = table.rows.iter().filter(concerns).collect();
            if !rows.is_empty() {
                let csv = written(table, &rows, heading, reason);
                found.push(RefusedRows { file: table.file.clone(), csv });
            }
        }
    }
    Ok(found)
}

fn written<'r>(table: &Table, rows: &[&Row], heading: &str, reason: impl Fn(&Row) -> Option<&'r str>) -> Vec<u8> {
    // A file that comes for the second time has the column already.
    let kept: Vec<usize> = (0..table.header.len()).filter(|&at| table.header[at] != heading).collect();
    let cells = |row: &[String]| kept.iter().map(|&at| guarded(row.get(at).map_or("", String::as_str))).collect();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    let mut write = |mut cells: Vec<String>, last: &str| {
        cells.push(last.to_owned());
        writer.write_record(cells).expect("memory takes it, and every row has the header's width");
    };
    write(cells(&table.header), heading);
    for row in rows {
        write(cells(&row.cells), reason(row).unwrap_or_default());
    }
    writer.into_inner().expect("memory takes it")
}

/// So that Excel neither shortens a long number nor runs what a buyer wrote; both come off again when it is read.
fn guarded(cell: &str) -> String {
    let is_number = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && (cell.len() >= 12 || (cell.len() > 1 && cell.starts_with('0'))) {
        return format!("=\"{cell}\"");
    }
    match cell.len() > 1 && cell.starts_with(['=', '+', '-', '@', '\'']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::value::unguarded;

    #[test]
    fn guards_come_off_again() {
        for (cell, written) in [
            ("6917926768823643751", "=\"6917926768823643751\""),
            ("0755", "=\"0755\""),
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("-3.10", "'-3.10"),
            ("13800000001", "13800000001"),
            ("-", "-"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), written);
            assert_eq!(unguarded(&guarded(cell)), cell);
        }
    }
}
