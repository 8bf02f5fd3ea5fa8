//! Order files to orders: which channel a header belongs to, rows put together by order, each order built or refused.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::gifts::Gifts;
use super::mapping::{Column, Layout, Mapping, Mappings};
use super::reader::{Reader, Refusal};
use super::table::{Row, Table};
use super::{Import, IntakeError, Received, SourceFile, value};
use crate::domain::order::Order;

/// Reads order files of any known channels, in the order given; two-file channels need both files in one call.
pub fn read(
    files: &[SourceFile],
    mappings: &Mappings,
    gifts: &Gifts,
    channel: Option<&str>,
) -> Result<Import<Order>, IntakeError> {
    let mut import = Import::default();
    for sheets in sheets_of(files, mappings, channel)? {
        if let (Some(lines), true) = (sheets.lines.first(), sheets.orders.is_empty()) {
            return Err(IntakeError::LinesWithoutOrders {
                file: lines.file.clone(),
                channel: sheets.mapping.name.clone(),
            });
        }
        sheets.read(gifts, &mut import);
    }
    Ok(import)
}

/// What the files hold, by channel.
pub(super) fn sheets_of<'m>(
    files: &[SourceFile],
    mappings: &'m Mappings,
    channel: Option<&str>,
) -> Result<Vec<Sheets<'m>>, IntakeError> {
    let known = known(mappings, channel)?;
    let mut sheets: BTreeMap<&str, Sheets> = BTreeMap::new();
    let mut seen = HashSet::new();
    for file in files.iter().filter(|file| seen.insert(blake3::hash(&file.bytes))) {
        for (table, mapping, part) in fitting(file, &known)? {
            let sheets = sheets.entry(&mapping.name);
            let sheets = sheets.or_insert_with(|| Sheets { mapping, orders: Vec::new(), lines: Vec::new() });
            match part {
                Part::Orders => sheets.orders.push(table),
                Part::Lines => sheets.lines.push(table),
            }
        }
    }
    Ok(sheets.into_values().collect())
}

/// The mappings to look through: all, or that of the channel somebody named.
fn known<'m>(mappings: &'m Mappings, channel: Option<&str>) -> Result<Vec<&'m Mapping>, IntakeError> {
    let known: Vec<&Mapping> =
        mappings.channels.iter().filter(|mapping| channel.is_none_or(|name| mapping.name == name)).collect();
    if known.is_empty() {
        let names: Vec<&str> = mappings.channels.iter().map(|mapping| mapping.name.as_str()).collect();
        return Err(IntakeError::UnknownChannel {
            name: channel.unwrap_or_default().to_owned(),
            known: names.join(", "),
        });
    }
    Ok(known)
}

/// Whether a file can be imported as it is, or is one of two.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    Whole,
    /// With the orders that need lines, or that it has lines of.
    Half {
        channel: String,
        part: Part,
        orders: HashSet<String>,
    },
}

impl Holds {
    /// Files that do go into one import.
    pub fn shares_orders(&self, other: &Holds) -> bool {
        match (self, other) {
            (Holds::Half { channel: a, orders: ours, .. }, Holds::Half { channel: b, orders: theirs, .. }) => {
                a == b && !ours.is_disjoint(theirs)
            }
            _ => false,
        }
    }

    pub fn has(&self, wanted: Part) -> bool {
        match self {
            Holds::Whole => true,
            Holds::Half { part, .. } => *part == wanted,
        }
    }

    /// The orders of one half.
    pub fn orders_of(&self, wanted: Part) -> impl Iterator<Item = &str> {
        let orders = match self {
            Holds::Half { part, orders, .. } if *part == wanted => Some(orders),
            _ => None,
        };
        orders.into_iter().flatten().map(String::as_str)
    }
}

/// What a single file holds. An order file without an order to be packed needs no lines.
pub fn holds(
    file: &SourceFile,
    mappings: &Mappings,
    gifts: &Gifts,
    channel: Option<&str>,
) -> Result<Holds, IntakeError> {
    let files = std::slice::from_ref(file);
    let sheets = sheets_of(files, mappings, channel)?;
    let [Sheets { mapping, orders, lines }] = sheets.as_slice() else { return Ok(Holds::Whole) };
    let both = !orders.is_empty() && !lines.is_empty();
    if mapping.layout == Layout::OneFile || both {
        return Ok(Holds::Whole);
    }
    let channel_of = mapping.name.clone();
    if !lines.is_empty() {
        let rows = lines.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)));
        let orders = rows.filter_map(|(table, row)| table.get(row, &mapping.line.order_no, &mapping.empty));
        let orders = orders.map(str::to_owned).collect();
        return Ok(Holds::Half { channel: channel_of, part: Part::Lines, orders });
    }
    // Whatever is to be packed is refused for want of lines, if for nothing else.
    let alone = read(files, mappings, gifts, channel)?;
    if alone.refused.is_empty() {
        return Ok(Holds::Whole);
    }
    let orders = alone.refused.into_iter().filter_map(|noted| Some(noted.order_no?.0)).collect();
    Ok(Holds::Half { channel: channel_of, part: Part::Orders, orders })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Orders,
    Lines,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Orders => "orders",
            Part::Lines => "lines",
        }
    }
}

type Fitting<'m> = (Table, &'m Mapping, Part);

/// The file's table, or those of its sheets whose header fits. What else a workbook holds is not ours; two sheets of the same
/// kind may be two days or one twice, so nobody guesses.
fn fitting<'m>(file: &SourceFile, known: &[&'m Mapping]) -> Result<Vec<Fitting<'m>>, IntakeError> {
    let mut found: Vec<Fitting> = Vec::new();
    let mut trouble = Vec::new();
    for table in Table::all_of(file)? {
        let (mapping, part) = match part_of(&table, known) {
            Ok(fits) => fits,
            Err(error) => {
                trouble.push(error);
                continue;
            }
        };
        if let Some((other, ..)) = found.iter().find(|(_, of, what)| of.name == mapping.name && *what == part) {
            let (file, other, channel) = (table.file, other.file.clone(), mapping.name.clone());
            return Err(IntakeError::TwoSheets { file, other, channel, part: part.name() });
        }
        found.push((table, mapping, part));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    if trouble.len() == 1 {
        return Err(trouble.remove(0));
    }
    let why = trouble.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    Err(IntakeError::NoSheet { file: file.name.clone(), why })
}

/// The channel whose needed columns the header has. Where none has all, the nearest is named with what is missing.
fn part_of<'m>(table: &Table, known: &[&'m Mapping]) -> Result<(&'m Mapping, Part), IntakeError> {
    let mut nearest: Option<(f64, &Mapping, &'static str, Vec<&Column>)> = None;
    for &mapping in known {
        let both = || [mapping.order.needed(), mapping.line.needed()].concat();
        let parts = match mapping.layout {
            Layout::OneFile => vec![(Part::Orders, both())],
            Layout::TwoFiles => vec![(Part::Orders, mapping.order.needed()), (Part::Lines, mapping.line.needed())],
        };
        for (part, needed) in parts {
            let missing: Vec<&Column> = needed.iter().copied().filter(|column| !table.has(column)).collect();
            if missing.is_empty() {
                return Ok((mapping, part));
            }
            let share = missing.len() as f64 / needed.len() as f64;
            if nearest.as_ref().is_none_or(|(least, ..)| share < *least) {
                nearest = Some((share, mapping, part.name(), missing));
            }
        }
    }
    let (share, mapping, part, missing) =
        nearest.expect("a mapping needs columns, so one without all of them was seen");
    if share > 0.5 && known.len() > 1 {
        let known: Vec<&str> = known.iter().map(|mapping| mapping.name.as_str()).collect();
        return Err(IntakeError::NoChannel { file: table.file.clone(), known: known.join(", ") });
    }
    let mut missing: Vec<String> = missing
        .iter()
        .map(|column| column.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "))
        .collect();
    missing.sort();
    missing.dedup();
    Err(IntakeError::MissingColumns {
        file: table.file.clone(),
        channel: mapping.name.clone(),
        part,
        missing: missing.join(", "),
    })
}

/// All files of one channel in one import.
pub(super) struct Sheets<'m> {
    pub mapping: &'m Mapping,
    pub orders: Vec<Table>,
    /// Empty where a row holds order and line.
    pub lines: Vec<Table>,
}

pub(super) type Place<'t> = (&'t Table, &'t Row);

/// The rows of one order, first to last.
pub(super) struct Rows<'t> {
    pub order_no: &'t str,
    pub order: Vec<Place<'t>>,
    pub lines: Vec<Place<'t>>,
}

impl Sheets<'_> {
    fn read(&self, gifts: &Gifts, import: &mut Import<Order>) {
        for rows in self.by_order(import) {
            let (table, row) = rows.order[0];
            match (Reader { mapping: self.mapping, gifts }).order(&rows) {
                Ok(Some(document)) if document.is_gone() => {
                    import.skipped += 1;
                    import.gone.push(Received { file: table.file.clone(), line: row.line, document });
                }
                Ok(Some(document)) => {
                    import.received.push(Received { file: table.file.clone(), line: row.line, document })
                }
                Ok(None) => import.skipped += 1,
                Err(Refusal { place: (table, row), reason }) => {
                    import.refuse(&table.file, row.line, rows.order_no, reason)
                }
            }
        }
    }

    /// Rows put together by order number, in the order they first appear; what belongs to no order is refused here.
    fn by_order<'t>(&'t self, import: &mut Import<Order>) -> Vec<Rows<'t>> {
        let mut groups: Vec<Rows<'t>> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let one_file = self.mapping.layout == Layout::OneFile;
        for (table, row) in self.orders.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row))) {
            let order_no = table.get(row, &self.mapping.order.order_no, &self.mapping.empty).unwrap_or_default();
            if let Some(problem) = table.misshapen(row) {
                import.refuse(&table.file, row.line, order_no, problem);
            } else if let Some(spoilt) = value::spoilt(order_no) {
                import.refuse(&table.file, row.line, "", format!("order number {spoilt}"));
            } else if order_no.is_empty() {
                import.refuse(&table.file, row.line, "", "the row has no order number: correct the line");
            } else {
                let at = *index.entry(order_no).or_insert(groups.len());
                if at == groups.len() {
                    groups.push(Rows { order_no, order: Vec::new(), lines: Vec::new() });
                }
                groups[at].order.push((table, row));
                if one_file {
                    groups[at].lines.push((table, row));
                }
            }
        }
        for (table, row) in self.lines.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row))) {
            let order_no = table.get(row, &self.mapping.line.order_no, &self.mapping.empty).unwrap_or_default();
            if let Some(problem) = table.misshapen(row) {
                import.refuse(&table.file, row.line, order_no, problem);
            } else if let Some(spoilt) = value::spoilt(order_no) {
                import.refuse(&table.file, row.line, "", format!("order number {spoilt}"));
            } else if let Some(&at) = index.get(order_no) {
                groups[at].lines.push((table, row));
            }
            // Lines of orders that aren't in the order file belong to other days; the order they'd make is not ours.
        }
        groups
    }
}
