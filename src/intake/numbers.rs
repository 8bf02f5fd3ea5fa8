//! A file of waybill numbers that a carrier's outlet gave: the header `number` or `number,expires_on`, and one number a line.
//! What can't be used is refused by line; nothing of a file that is no such list is used.

use std::collections::HashMap;

use jiff::civil::Date;

use super::table::Lines;
use super::{IntakeError, SourceFile, text, value};
use crate::domain::number::is_from;
use crate::domain::order::CarrierCode;

/// A number with the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub line: u64,
    pub number: String,
    pub expires_on: Date,
}

/// A line that isn't used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    pub line: u64,
    pub number: String,
    pub reason: String,
}

/// Reads the list of a carrier's numbers; `expires_on` is the last day of those whose line names none.
pub fn read(
    file: &SourceFile,
    carrier: CarrierCode,
    expires_on: Option<Date>,
) -> Result<(Vec<Listed>, Vec<RefusedLine>), IntakeError> {
    let text = text::decode(file)?;
    let no_list = |why: String| IntakeError::NumberList { file: file.name.clone(), why };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| no_list(error.to_string()))?;
    let header: Vec<&str> = header.iter().collect();
    if !matches!(header.as_slice(), ["number"] | ["number", "expires_on"]) {
        return Err(no_list(format!("its first line is `{}`", header.join(","))));
    }
    let (mut listed, mut refused): (Vec<Listed>, Vec<RefusedLine>) = (Vec::new(), Vec::new());
    let (mut lines, mut first) = (Lines::of(&text), HashMap::new());
    for record in reader.records() {
        let record = record.map_err(|error| no_list(error.to_string()))?;
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        // Spreadsheets guard long numbers, lest they become others.
        let number = value::unguarded(record.get(0).unwrap_or_default());
        let read = last_day(record.get(1).unwrap_or_default(), expires_on).and_then(|expires_on| {
            let twice =
                first.get(&number).map(|line| format!("it stands in line {line} already: take one of them out"));
            match (record.len() > 2, is_from(carrier, &number), twice) {
                (true, ..) => Err("it has more than two fields: write number,expires_on".to_owned()),
                (_, false, _) => Err(format!("it is no number of {}'s: give its own carrier", name(carrier))),
                (_, _, Some(twice)) => Err(twice),
                _ => Ok(expires_on),
            }
        });
        match read {
            Ok(expires_on) => {
                first.insert(number.clone(), line);
                listed.push(Listed { line, number, expires_on });
            }
            Err(reason) => refused.push(RefusedLine { line, number, reason }),
        }
    }
    Ok((listed, refused))
}

/// A line's own, else the one for all of the file.
fn last_day(field: &str, all: Option<Date>) -> Result<Date, String> {
    match field {
        "" => all.ok_or_else(|| "it has no last day: add expires_on to the line, or give --expires".to_owned()),
        day => day.parse().map_err(|_| format!("`{day}` is no day: write it like 2026-12-31")),
    }
}

fn name(carrier: CarrierCode) -> String {
    carrier.as_str().to_uppercase()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read_text(text: &str) -> Result<(Vec<Listed>, Vec<RefusedLine>), IntakeError> {
        let file = SourceFile { name: "zto.csv".into(), bytes: text.as_bytes().to_vec() };
        read(&file, CarrierCode::Zto, Some(date(2026, 12, 31)))
    }

    #[test]
    fn each_line_is_a_number_with_its_own_last_day_or_the_files() {
        let text = "\u{feff}number,expires_on\r\n73100000000001,\r\n 73100000000002 , 2026-10-01\r\n73100000000003\r\n";
        let (listed, refused) = read_text(text).expect("a list");
        let told: Vec<_> = listed.iter().map(|one| (one.line, one.number.as_str(), one.expires_on)).collect();
        assert_eq!(
            told,
            [
                (2, "73100000000001", date(2026, 12, 31)),
                (3, "73100000000002", date(2026, 10, 1)),
                (4, "73100000000003", date(2026, 12, 31)),
            ]
        );
        assert_eq!(refused, []);
    }

    #[test]
    fn what_cant_be_used_is_refused_by_line() {
        let text = "number,expires_on\n73100000000001\n73100000000001\nSF1234567890123\n73100000000002,soon\n,\n73100000000003,,x\n";
        let (listed, refused) = read_text(text).expect("a list");
        assert_eq!(listed.len(), 1);
        let told: Vec<_> = refused.iter().map(|one| format!("{}: {}", one.line, one.reason)).collect();
        assert_eq!(
            told,
            [
                "3: it stands in line 2 already: take one of them out",
                "4: it is no number of ZTO's: give its own carrier",
                "5: `soon` is no day: write it like 2026-12-31",
                "6: it is no number of ZTO's: give its own carrier",
                "7: it has more than two fields: write number,expires_on",
            ]
        );
        let file = SourceFile { name: "x".into(), bytes: b"number\n73100000000001\n".to_vec() };
        let (_, refused) = read(&file, CarrierCode::Zto, None).expect("a list");
        assert!(refused[0].reason.starts_with("it has no last day"), "{refused:?}");
    }

    #[test]
    fn what_is_no_list_is_refused_whole() {
        for text in ["73100000000001\n73100000000002\n", "order_no,number\n1,2\n"] {
            let error = read_text(text).expect_err("no list").to_string();
            assert!(error.contains("first line must be"), "{error}");
        }
    }
}
