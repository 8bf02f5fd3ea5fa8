//! Item files to items: a row an item, its barcodes with their counts.

use std::collections::{BTreeMap, HashMap};

use super::mapping::{Column, ItemMapping};
use super::table::{Row, Table};
use super::{Import, IntakeError, Received, SourceFile, value};
use crate::domain::order::{Barcode, Item, Part};

/// Reads item files; a sku that stands twice with other content is refused the second time.
pub fn read(files: &[SourceFile], mapping: &ItemMapping) -> Result<Import<Item>, IntakeError> {
    let mut import = Import::<Item>::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for file in files {
        let table = item_table(file, mapping)?;
        for row in &table.rows {
            let sku = table.get(row, &mapping.item.sku, &mapping.empty).unwrap_or_default();
            let item = match item(&table, row, mapping) {
                Ok(item) => item,
                Err(reason) => {
                    import.refuse(&table.file, row.line, sku, reason);
                    continue;
                }
            };
            match seen.get(sku).map(|&at| &import.received[at]) {
                None => {
                    seen.insert(sku.to_owned(), import.received.len());
                    import.received.push(Received { file: table.file.clone(), line: row.line, document: item });
                }
                Some(known) if known.document == item => {}
                Some(known) => {
                    let line = known.line;
                    import.refuse(
                        &table.file,
                        row.line,
                        sku,
                        format!("item {sku} stands in line {line} already, with other content: keep one"),
                    );
                }
            }
        }
    }
    Ok(import)
}

/// The file's table, or the first sheet, that has the columns of items.
fn item_table(file: &SourceFile, mapping: &ItemMapping) -> Result<Table, IntakeError> {
    let mut trouble = None;
    for table in Table::all_of(file)? {
        match missing(&table, mapping) {
            None => return Ok(table),
            Some(missing) => trouble = trouble.or(Some((table.file, missing))),
        }
    }
    let (file, missing) = trouble.expect("a file has a table, and none of its tables had all columns");
    Err(IntakeError::MissingColumns { file, channel: mapping.name.clone(), part: "rows", missing })
}

fn missing(table: &Table, mapping: &ItemMapping) -> Option<String> {
    let columns = &mapping.item;
    let missing: Vec<String> = [&columns.sku, &columns.name, &columns.barcodes]
        .into_iter()
        .filter(|column| !table.has(column))
        .map(|column| column.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "))
        .collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

fn item(table: &Table, row: &Row, mapping: &ItemMapping) -> Result<Item, String> {
    if let Some(problem) = table.misshapen(row) {
        return Err(problem);
    }
    let columns = &mapping.item;
    let get = |column: &Column| table.get(row, column, &mapping.empty);
    let maybe = |column: &Option<Column>| column.as_ref().and_then(get);
    let sku = get(&columns.sku).ok_or("the row has no sku: fill it in")?;
    if let Some(spoilt) = [Some(sku), get(&columns.barcodes)].into_iter().flatten().find_map(value::spoilt) {
        return Err(spoilt);
    }
    let barcodes = counted(get(&columns.barcodes).unwrap_or_default())?;
    let parts = maybe(&columns.parts).map(counted).transpose()?;
    let weight_g = match maybe(&columns.weight_g) {
        None => None,
        Some(text) => Some(value::count(text).ok_or("the weight is no whole number of grams")?),
    };
    let tolerance_g = match maybe(&columns.tolerance_g) {
        None => None,
        Some(text) => Some(value::count(text).ok_or("the tolerance is no whole number of grams")?),
    };
    let volume_cm3 = match maybe(&columns.volume_cm3) {
        None => None,
        Some(text) => Some(value::count(text).ok_or("the volume is no whole number of cm³")?),
    };
    let item = Item {
        sku: sku.into(),
        name: get(&columns.name).ok_or("the item has no name: fill it in")?.to_owned(),
        short_name: maybe(&columns.short_name).map(str::to_owned),
        barcodes: barcodes.into_iter().map(|(code, quantity)| Barcode { code, quantity }).collect(),
        weight_g,
        tolerance_g,
        volume_cm3,
        check: word(maybe(&columns.check), &mapping.check)?,
        tracks: word(maybe(&columns.tracks), &mapping.tracks)?,
        parts: parts.map(|parts| parts.into_iter().map(|(sku, quantity)| Part { sku: sku.into(), quantity }).collect()),
    };
    match item.check() {
        Ok(()) => Ok(item),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

/// `6901234567892;16901234567899*12`
fn counted(text: &str) -> Result<Vec<(String, u32)>, String> {
    let entries = text.split([';', '；', '|']).map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| match entry.split_once(['*', '×']) {
            None => Ok((entry.to_owned(), 1)),
            Some((code, count)) => match value::count(count.trim()) {
                Some(count) => Ok((code.trim().to_owned(), count)),
                None => Err(format!("`{entry}` has no whole number after `*`")),
            },
        })
        .collect()
}

fn word<T: Copy + Default>(text: Option<&str>, words: &BTreeMap<T, Vec<String>>) -> Result<T, String> {
    let Some(text) = text else {
        return Ok(T::default());
    };
    let found = words.iter().find(|(_, names)| names.iter().any(|name| name == text));
    found.map(|(value, _)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.values().flatten().map(String::as_str).collect();
        format!("`{text}` is not one of {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::Mappings;

    #[test]
    fn how_far_a_piece_may_be_from_its_weight_is_read_and_stands_beside_it() {
        let file = "sku,name,barcodes,weight_g,公差g\nA,茶饼,,357,20\nB,戒指,,30,\nC,杯,,200,x\nD,盘,,,5\n";
        let file = SourceFile { name: "items.csv".into(), bytes: file.into() };
        let import = read(&[file], &Mappings::builtin().items).expect("a file of items");
        let own: Vec<_> = import.received.iter().map(|received| received.document.tolerance_g).collect();
        assert_eq!(own, [Some(20), None]);
        let refused: Vec<_> = import.refused.iter().map(|noted| noted.reason.as_str()).collect();
        assert_eq!(refused[0], "the tolerance is no whole number of grams");
        assert!(refused[1].contains("tolerance_g: stands without weight_g: give both, or neither"), "{refused:?}");
    }
}
