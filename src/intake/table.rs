//! CSV text and sheets to rows under a header, each with the line it began on or its number in Excel.

use std::collections::HashMap;

use super::mapping::Column;
use super::{IntakeError, SourceFile, text, value, workbook};

pub(super) struct Table {
    /// With its sheet, where the file has several.
    pub file: String,
    pub header: Vec<String>,
    columns: HashMap<String, usize>,
    pub rows: Vec<Row>,
    /// Of text, in which a broken quote or comma moves values to other columns.
    is_text: bool,
}

#[derive(PartialEq)]
pub(super) struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

impl Row {
    pub fn same_content(&self, other: &Row) -> bool {
        self.cells == other.cells
    }
}

impl Table {
    /// A text is one table; a workbook has one for each sheet that holds anything.
    pub fn all_of(file: &SourceFile) -> Result<Vec<Self>, IntakeError> {
        if workbook::is_old(&file.bytes) {
            return Err(IntakeError::OldWorkbook { file: file.name.clone() });
        }
        if !workbook::is_workbook(&file.bytes) {
            return Ok(vec![Table::parse(&file.name, &text::decode(file)?)?]);
        }
        let sheets = workbook::sheets(file)?;
        if sheets.is_empty() {
            return Err(IntakeError::Empty { file: file.name.clone() });
        }
        let several = sheets.len() > 1;
        let name = |sheet: &str| if several { format!("{}[{sheet}]", file.name) } else { file.name.clone() };
        Ok(sheets.into_iter().map(|sheet| Table::of_rows(name(&sheet.name), sheet.rows)).collect())
    }

    fn empty(file: String, is_text: bool) -> Self {
        Table { file, header: Vec::new(), columns: HashMap::new(), rows: Vec::new(), is_text }
    }

    fn of_rows(file: String, rows: Vec<(u64, Vec<String>)>) -> Self {
        let mut table = Table::empty(file, false);
        for (line, cells) in rows {
            table.take(line, cells.iter().map(|cell| value::unguarded(cell)).collect());
        }
        table
    }

    /// The first row that isn't empty is the header.
    fn take(&mut self, line: u64, cells: Vec<String>) {
        if cells.iter().all(String::is_empty) {
            return;
        }
        if !self.header.is_empty() {
            self.rows.push(Row { line, cells });
            return;
        }
        for (index, name) in cells.iter().enumerate().rev() {
            self.columns.insert(name.clone(), index);
        }
        self.header = cells;
    }

    fn parse(file: &str, text: &str) -> Result<Self, IntakeError> {
        if let Some(line) = open_quote(text) {
            return Err(IntakeError::BrokenQuotes { file: file.to_owned(), line });
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut table = Table::empty(file.to_owned(), true);
        let mut record = csv::StringRecord::new();
        let mut lines = Lines::of(text);
        // The reader's text is UTF-8 in memory, so neither I/O nor decoding can fail; a failure would end the table.
        while reader.read_record(&mut record).unwrap_or(false) {
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            table.take(line, record.iter().map(value::unguarded).collect());
        }
        if table.header.is_empty() {
            return Err(IntakeError::Empty { file: file.to_owned() });
        }
        Ok(table)
    }

    pub fn has(&self, column: &Column) -> bool {
        column.names().any(|name| self.columns.contains_key(name))
    }

    /// The first of the column's names that is filled in this row.
    pub fn get<'r>(&self, row: &'r Row, column: &Column, empty: &[String]) -> Option<&'r str> {
        column
            .names()
            .filter_map(|name| row.cells.get(*self.columns.get(name)?))
            .map(String::as_str)
            .find(|text| !text.is_empty() && !empty.iter().any(|word| word == text))
    }

    /// More or fewer values than the header has; spare empty ones at the end are Excel's and harmless.
    pub fn misshapen(&self, row: &Row) -> Option<String> {
        if !self.is_text {
            return None;
        }
        let width = self.header.len();
        // A quote opened in one row and closed in a later one takes a whole row's commas with it.
        let swallows = |cell: &String| cell.contains('\n') && cell.matches(',').count() + 1 >= width;
        if row.cells.iter().any(swallows) {
            return Some(
                "a quote opened in this row is closed in a later one and hides the rows between: correct the line"
                    .to_owned(),
            );
        }
        let filled = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let found = row.cells.len();
        (found < width || filled > width).then(|| {
            format!(
                "the row has {found} values where the header has {width}: a quote or comma is broken; correct the line"
            )
        })
    }
}

/// Counts lines on the way: the reader's own count is one behind after CRLF, which it ends at the CR.
pub(super) struct Lines<'t> {
    text: &'t str,
    counted: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Lines { text, counted: 0, line: 1 }
    }

    /// The line that what begins here or behind an end of line begins in; asked in the text's order.
    pub(super) fn at(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut start = usize::try_from(byte).map_or(bytes.len(), |byte| byte.min(bytes.len()));
        while matches!(bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        self.line += bytes[self.counted..start].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = start;
        self.line
    }
}

/// The line of a quote that opens a value and is never closed. Quotes inside a bare value, as in `="123"`, are text.
fn open_quote(text: &str) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (opened, byte) {
            (Some(_), b'"') if bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            (Some(_), b'"') => opened = None,
            (None, b'"') if at_start => opened = Some(line),
            _ => {}
        }
        if byte == b'\n' {
            line += 1;
        }
        at_start = opened.is_none() && matches!(byte, b',' | b'\n' | b'\r');
    }
    opened
}
