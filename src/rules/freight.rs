//! What a parcel costs with one carrier: a table of first and further weight by province, with surcharges. Money in fen,
//! weight in grams, whole numbers throughout.

use std::collections::BTreeMap;

use crate::domain::address;

/// A carrier's table, by province in full.
#[derive(Clone, Debug, Default)]
pub struct Tariff {
    rows: BTreeMap<&'static str, Row>,
}

/// What one province costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub first_g: u32,
    pub first_fen: u32,
    pub more_g: u32,
    pub more_fen: u32,
    pub remote_fen: u32,
    /// None where no cash is collected.
    pub cod: Option<Cod>,
}

/// What collecting cash costs: a share of the amount, at least so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cod {
    pub least_fen: u32,
    pub permille: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum TariffError {
    #[error("{file}: the columns are {found}; a freight table begins with the line `{}`", COLUMNS.join(","))]
    Columns { file: String, found: String },
    #[error("{file} line {line}: {problem}")]
    Row { file: String, line: u64, problem: String },
    #[error("{0} has no province: add a row for each the carrier delivers to")]
    Empty(String),
}

const COLUMNS: [&str; 8] =
    ["province", "first_g", "first_fen", "more_g", "more_fen", "remote_fen", "cod_fen", "cod_permille"];

impl Tariff {
    /// Reads a table; `#` begins a comment line.
    pub fn from_csv(file: &str, text: &str) -> Result<Tariff, TariffError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let found: Vec<String> = reader.headers().into_iter().flatten().map(str::to_owned).collect();
        if found != COLUMNS {
            return Err(TariffError::Columns { file: file.to_owned(), found: format!("`{}`", found.join(",")) });
        }
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            // Text in memory is UTF-8 and rows may have any length, so a row is always read.
            let Ok(record) = record else { continue };
            let line = record.position().map_or(0, csv::Position::line);
            let wrong = |problem: String| TariffError::Row { file: file.to_owned(), line, problem };
            let (province, row) = row(&record).map_err(wrong)?;
            if rows.insert(province, row).is_some() {
                return Err(wrong(format!("{province} stands twice: keep the row that is in your contract")));
            }
        }
        if rows.is_empty() {
            return Err(TariffError::Empty(file.to_owned()));
        }
        Ok(Tariff { rows })
    }

    pub fn row(&self, province: &str) -> Option<&Row> {
        self.rows.get(province)
    }
}

fn row(record: &csv::StringRecord) -> Result<(&'static str, Row), String> {
    if record.len() != COLUMNS.len() {
        let (found, wanted) = (record.len(), COLUMNS.len());
        return Err(format!("it has {found} values where the header has {wanted}: correct the line"));
    }
    let cell = |column: usize| record.get(column).unwrap_or_default();
    let number = |column: usize| {
        let text = cell(column);
        text.parse::<u32>()
            .map_err(|_| format!("{} is `{text}`: write a whole number from 0 up, in grams or fen", COLUMNS[column]))
    };
    let step = |column: usize| match number(column)? {
        0 => Err(format!("{} is 0: a weight step must be at least 1 g", COLUMNS[column])),
        step => Ok(step),
    };
    let province = address::province(cell(0))
        .ok_or_else(|| format!("`{}` is no province: write its full name, as in addresses", cell(0)))?;
    let cod = match (cell(6), cell(7)) {
        ("", "") => None,
        _ => Some(Cod { least_fen: number(6)?, permille: number(7)? }),
    };
    Ok((
        province,
        Row {
            first_g: step(1)?,
            first_fen: number(2)?,
            more_g: step(3)?,
            more_fen: number(4)?,
            remote_fen: number(5)?,
            cod,
        },
    ))
}

impl Row {
    /// Freight of a parcel that is charged for so many grams, without surcharges.
    pub fn by_weight_fen(&self, charged_g: u64) -> u64 {
        let over = charged_g.saturating_sub(u64::from(self.first_g));
        u64::from(self.first_fen)
            .saturating_add(over.div_ceil(u64::from(self.more_g)).saturating_mul(u64::from(self.more_fen)))
    }
}

impl Cod {
    pub fn fee_fen(&self, collected_fen: u64) -> u64 {
        collected_fen.saturating_mul(u64::from(self.permille)).div_ceil(1_000).max(u64::from(self.least_fen))
    }
}

/// What a parcel's size is charged for, in grams: cm³ per charged kilogram is what contracts say.
pub fn volume_weight_g(volume_cm3: u32, divisor: u32) -> u64 {
    (u64::from(volume_cm3) * 1_000).div_ceil(u64::from(divisor.max(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn heavier_never_costs_less_and_nothing_overflows(
            first_g in 1u32.., first_fen: u32, more_g in 1u32.., more_fen: u32, charged_g: u64, collected: u64,
            permille: u32,
        ) {
            let row = Row { first_g, first_fen, more_g, more_fen, remote_fen: 0, cod: None };
            prop_assert!(row.by_weight_fen(charged_g) <= row.by_weight_fen(charged_g.saturating_add(1)));
            let cod = Cod { least_fen: 5, permille };
            prop_assert!(cod.fee_fen(collected) >= 5);
        }
    }
}
