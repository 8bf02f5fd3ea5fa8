//! CSV text to rows under a header, each with the line it began on.

use std::collections::HashMap;

use super::mapping::Column;
use super::{IntakeError, value};

pub(super) struct Table {
    pub file: String,
    columns: HashMap<String, usize>,
    width: usize,
    pub rows: Vec<Row>,
}

#[derive(PartialEq)]
pub(super) struct Row {
    pub line: u64,
    cells: Vec<String>,
}

impl Row {
    pub fn same_content(&self, other: &Row) -> bool {
        self.cells == other.cells
    }
}

impl Table {
    pub fn parse(file: &str, text: &str) -> Result<Self, IntakeError> {
        if let Some(line) = open_quote(text) {
            return Err(IntakeError::BrokenQuotes { file: file.to_owned(), line });
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut table = Table { file: file.to_owned(), columns: HashMap::new(), width: 0, rows: Vec::new() };
        let mut record = csv::StringRecord::new();
        let mut lines = Lines::of(text);
        // The reader's text is UTF-8 in memory, so neither I/O nor decoding can fail; a failure would end the table.
        while reader.read_record(&mut record).unwrap_or(false) {
            let cells: Vec<String> = record.iter().map(value::unguarded).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            if table.columns.is_empty() {
                table.width = cells.len();
                for (index, name) in cells.into_iter().enumerate().rev() {
                    table.columns.insert(name, index);
                }
                continue;
            }
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            table.rows.push(Row { line, cells });
        }
        if table.columns.is_empty() {
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
        // A quote opened in one row and closed in a later one takes a whole row's commas with it.
        let swallows = |cell: &String| cell.contains('\n') && cell.matches(',').count() + 1 >= self.width;
        if row.cells.iter().any(swallows) {
            return Some(
                "a quote opened in this row is closed in a later one and hides the rows between: correct the line"
                    .to_owned(),
            );
        }
        let filled = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let found = row.cells.len();
        (found < self.width || filled > self.width).then(|| {
            format!(
                "the row has {found} values where the header has {}: a quote or comma is broken; correct the line",
                self.width
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
