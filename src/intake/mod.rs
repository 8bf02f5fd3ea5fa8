//! Channel files to orders and items. Pure: bytes and mappings in, documents and findings out. What a file means is
//! data (`config/channels/*.toml`). A paid order that is doubtful is read with its doubts, for whoever takes it to hold;
//! a row that can't be read as an order is refused by name, and no file makes it panic.

mod gifts;
mod items;
mod mapping;
mod numbers;
mod orders;
pub mod qimen;
mod reader;
mod receiver;
mod refused_rows;
mod table;
mod text;
mod value;
mod workbook;

use serde::{Deserialize, Serialize};

use crate::domain::id::{OrderNo, Sku};
use crate::domain::order::{Item, Order};

pub use gifts::Gifts;
pub use items::read as read_items;
pub use mapping::{ItemMapping, Mapping, MappingError, Mappings};
pub use numbers::{Listed, RefusedLine, read as read_numbers};
pub use orders::{Holds, Part, holds, read as read_orders};
pub use refused_rows::{RefusedRows, read as refused_rows};
pub use text::LARGEST_FILE;

/// A file as it was picked up; `name` is what messages call it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why a whole file cannot be read; nothing of it is used.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum IntakeError {
    #[error("{file} is empty: export it again")]
    Empty { file: String },
    #[error("{file} has {mib} MiB, more than {limit} MiB: export fewer days at a time")]
    TooLarge { file: String, mib: usize, limit: usize },
    #[error("{file} unpacks to more than {limit} MiB: export fewer days at a time")]
    UnpacksTooLarge { file: String, limit: u64 },
    #[error("{file} has more than {limit} cells: export fewer days at a time, or delete the columns nobody needs")]
    TooManyCells { file: String, limit: usize },
    #[error("{file} is no whole Excel workbook ({why}): export it again, or save it as `CSV UTF-8`")]
    BrokenWorkbook { file: String, why: String },
    #[error("{file} is an Excel workbook of before 2007 (.xls), or has a password: save it as .xlsx without one")]
    OldWorkbook { file: String },
    #[error("no sheet of {file} is an order export: {why}")]
    NoSheet { file: String, why: String },
    #[error("{file} and {other} have the same {channel} {part}: keep one of the two sheets")]
    TwoSheets { file: String, other: String, channel: String, part: &'static str },
    #[error(
        "{file} is neither UTF-8 nor GB18030 from line {line} on: export it again as CSV, or save it as `CSV UTF-8`"
    )]
    Encoding { file: String, line: u64 },
    #[error("{file} is an Excel workbook: save it as `CSV UTF-8` and import that")]
    Workbook { file: String },
    #[error("{file}, line {line} has more than {limit} bytes: a quote is broken before it, or this is no order export")]
    LongLine { file: String, line: u64, limit: usize },
    #[error("{file}: the quote opened in line {line} is never closed: export the file again, or correct that line")]
    BrokenQuotes { file: String, line: u64 },
    #[error(
        "{file} lacks {missing}, which {channel} {part} need: export it with that column, or map another one in {channel}.toml"
    )]
    MissingColumns { file: String, channel: String, part: &'static str, missing: String },
    #[error(
        "{file} has the header of no known channel ({known}): give the channel's own order export, or add a mapping for it"
    )]
    NoChannel { file: String, known: String },
    #[error("{file} is no list of numbers, for {why}: the first line must be number or number,expires_on")]
    NumberList { file: String, why: String },
    #[error("{file} has the lines of {channel} orders: give their order file (ExportOrderList) together with it")]
    LinesWithoutOrders { file: String, channel: String },
    #[error("channel `{name}` is not known: use one of {known}, or add {name}.toml")]
    UnknownChannel { name: String, known: String },
}

/// A document with the place it was read from, so that whoever judges it can point there.
#[derive(Clone, Debug, PartialEq)]
pub struct Received<T> {
    pub file: String,
    pub line: u64,
    pub document: T,
}

/// What files held, before rules and earlier revisions are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Import<T> {
    pub received: Vec<Received<T>>,
    /// Orders of which nothing is wanted any more: whoever has one cancels it.
    pub gone: Vec<Received<T>>,
    /// Unpaid, closed and already shipped orders, those that are gone among them.
    pub skipped: usize,
    pub refused: Vec<Noted>,
}

impl<T> Default for Import<T> {
    fn default() -> Self {
        Self { received: Vec::new(), gone: Vec::new(), skipped: 0, refused: Vec::new() }
    }
}

/// A row that needs a person: where it is, whose it is, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    pub file: String,
    pub line: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_no: Option<OrderNo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    pub reason: String,
}

/// What became of everything in an import.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub accepted: usize,
    pub held: Vec<Noted>,
    pub unchanged: usize,
    pub skipped: usize,
    pub refused: Vec<Noted>,
}

impl Summary {
    /// So many of those that are skipped were here, and are cancelled now.
    pub fn cancelled(&mut self, count: usize) {
        self.skipped = self.skipped.saturating_sub(count);
        self.accepted += count;
    }
}

/// What a newly read order is beside the one already there.
#[derive(Clone, Debug, PartialEq)]
pub enum Merged {
    New(Order),
    Unchanged,
    /// Other content: the order with the next revision, or with its own where the channel counts them.
    Revision(Order),
}

/// Compares a read order with the known one; only content counts, not the revision.
pub fn merge(existing: Option<&Order>, mut new: Order) -> Merged {
    let Some(existing) = existing else {
        return Merged::New(new);
    };
    let given = new.revision;
    new.revision = existing.revision;
    if new == *existing {
        return Merged::Unchanged;
    }
    new.revision = given.max(existing.revision.saturating_add(1));
    Merged::Revision(new)
}

impl Import<Order> {
    fn refuse(&mut self, file: &str, line: u64, order_no: &str, reason: impl Into<String>) {
        let order_no = (!order_no.is_empty()).then(|| OrderNo::from(order_no));
        self.refused.push(Noted { file: file.to_owned(), line, order_no, sku: None, reason: reason.into() });
    }
}

impl Import<Item> {
    fn refuse(&mut self, file: &str, line: u64, sku: &str, reason: impl Into<String>) {
        let sku = (!sku.is_empty()).then(|| Sku::from(sku));
        self.refused.push(Noted { file: file.to_owned(), line, order_no: None, sku, reason: reason.into() });
    }
}
