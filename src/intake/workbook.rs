//! Excel workbooks to rows of text, sheet by sheet, as Excel would show them. Numbers that lost digits and dates that were
//! codes stay to be seen as such; what a hostile file could unpack to is counted before it is believed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx};
use jiff::civil::DateTime;

use super::{IntakeError, LARGEST_FILE, SourceFile};

/// A day of 50 000 parcels is some 100 MB of XML; a zip can claim to hold a thousand times its size.
const LARGEST_UNPACKED: u64 = 512 << 20;
/// 50 000 orders with all their columns are some 3 million; empty ones between filled ones count.
const MOST_CELLS: usize = 5_000_000;
/// A text is stored once however many cells show it, so that short XML can stand for any length of it.
const LONGEST_TEXT: usize = 256 << 20;
/// From here on Excel keeps no whole number exactly: it has fifteen digits.
const TOO_LONG: f64 = 1e15;

/// A sheet with its rows that aren't empty, by their number in Excel.
pub(super) struct Sheet {
    pub name: String,
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Told by its content: exports come with any ending.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// A workbook of before 2007, or one behind a password.
pub(super) fn is_old(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xD0\xCF\x11\xE0")
}

/// The sheets that hold anything, in the workbook's order.
pub(super) fn sheets(file: &SourceFile) -> Result<Vec<Sheet>, IntakeError> {
    check_size(file, LARGEST_UNPACKED)?;
    // Calamine is given whatever was put into a folder; a panic of it is one more file that can't be read.
    let read = catch_unwind(AssertUnwindSafe(|| read(file)));
    read.unwrap_or_else(|_| Err(broken(file, "it breaks off or contradicts itself")))
}

fn broken(file: &SourceFile, why: impl std::fmt::Display) -> IntakeError {
    IntakeError::BrokenWorkbook { file: file.name.clone(), why: why.to_string() }
}

/// Unpacks everything once into nothing: the sizes that a zip states of itself may be lies.
fn check_size(file: &SourceFile, limit: u64) -> Result<(), IntakeError> {
    if file.bytes.len() > LARGEST_FILE {
        let (mib, limit) = (file.bytes.len() >> 20, LARGEST_FILE >> 20);
        return Err(IntakeError::TooLarge { file: file.name.clone(), mib, limit });
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&file.bytes)).map_err(|error| broken(file, error))?;
    let mut left = limit;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(file, error))?;
        let size =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|error| broken(file, error))?;
        let too_large = IntakeError::UnpacksTooLarge { file: file.name.clone(), limit: limit >> 20 };
        left = left.checked_sub(size).ok_or(too_large)?;
    }
    Ok(())
}

fn read(file: &SourceFile) -> Result<Vec<Sheet>, IntakeError> {
    let mut workbook = Xlsx::new(Cursor::new(&file.bytes)).map_err(|error| broken(file, error))?;
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut budget = Budget { cells: MOST_CELLS, text: LONGEST_TEXT };
    let mut found = Vec::new();
    for name in names {
        let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| broken(file, error))?;
        let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        while let Some(cell) = cells.next_cell().map_err(|error| broken(file, error))? {
            let (row, column) = cell.get_position();
            let text = shown(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let row = rows.entry(row).or_default();
            let needed = column as usize + 1;
            let paid = budget.pay(needed.saturating_sub(row.len()), text.len());
            paid.ok_or_else(|| IntakeError::TooManyCells { file: file.name.clone(), limit: MOST_CELLS })?;
            row.resize(row.len().max(needed), String::new());
            row[column as usize] = text;
        }
        if !rows.is_empty() {
            let rows = rows.into_iter().map(|(row, cells)| (u64::from(row) + 1, cells)).collect();
            found.push(Sheet { name, rows });
        }
    }
    Ok(found)
}

/// What one workbook may still take of memory.
struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    fn pay(&mut self, cells: usize, text: usize) -> Option<()> {
        self.cells = self.cells.checked_sub(cells)?;
        self.text = self.text.checked_sub(text)?;
        Some(())
    }
}

fn shown(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => self::number(*number as f64),
        DataRef::Float(number) => self::number(*number),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) if time.is_datetime() => moment(time).unwrap_or_else(|| number(time.as_f64())),
        DataRef::DateTime(time) => number(time.as_f64()),
        DataRef::DateTimeIso(text) => text.replacen('T', " ", 1).trim_end_matches('Z').to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// With Excel's fifteen digits, and in its own short form where it hasn't all of them, which nobody takes for a code.
fn number(number: f64) -> String {
    let rounded = format!("{number:.14E}");
    if number.abs() < TOO_LONG {
        return rounded.parse::<f64>().map_or(rounded, |number| number.to_string());
    }
    let (digits, exponent) = rounded.split_once('E').unwrap_or((&rounded, ""));
    format!("{}E+{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// As the channels write times. A day's fraction is not exact, so seconds are rounded.
fn moment(time: &ExcelDateTime) -> Option<String> {
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(|part| part as i8);
    let exact = DateTime::new(year as i16, month, day, hour, minute, second, i32::from(milli) * 1_000_000).ok()?;
    Some(exact.round(jiff::Unit::Second).ok()?.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn what_unpacks_to_more_than_it_may_is_not_read() {
        let bytes = include_bytes!("../../tests/data/xlsx/douyin-twice.xlsx").to_vec();
        let file = SourceFile { name: "bomb.xlsx".into(), bytes };
        assert_eq!(check_size(&file, 1 << 20), Ok(()));
        let error = check_size(&file, 4_000).expect_err("it unpacks to more");
        assert_eq!(error, IntakeError::UnpacksTooLarge { file: "bomb.xlsx".into(), limit: 0 });
    }

    #[test]
    fn numbers_are_shown_as_excel_shows_them() {
        for (given, expected) in [
            (2.0, "2"),
            (9.9, "9.9"),
            (29.900000000000002, "29.9"),
            (-3.1, "-3.1"),
            (13800000001.0, "13800000001"),
            (999999999999999.0, "999999999999999"),
            (1930679858170001.0, "1.93067985817E+15"),
            (193067985817064712.0, "1.93067985817065E+17"),
            (2e18, "2E+18"),
        ] {
            assert_eq!(number(given), expected);
        }
    }

    #[test]
    fn serial_dates_are_times_to_the_second() {
        for (serial, expected) in [
            (46_071.376_527_78, "2026-02-18 09:02:12"),
            (46_071.0, "2026-02-18 00:00:00"),
            (46_071.999_999, "2026-02-19 00:00:00"),
        ] {
            let time = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false);
            assert_eq!(moment(&time).as_deref(), Some(expected), "{serial}");
        }
    }
}
