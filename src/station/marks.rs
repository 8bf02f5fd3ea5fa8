//! Codes on goods that say more than what they are: GS1 codes with lot and expiry. As text they are `(01)…(17)…(10)…`, the
//! way people read them, or a GS1 Digital Link; a scan becomes the bare code of its goods and their marks.

use drivers::scan::Scan;
use drivers::scanner::gs1::{self, Element};
use jiff::civil::Date;

use super::load::Documents;
use crate::bench::Marks;

const GTIN: &str = "01";
const LOT: &str = "10";
const EXPIRES_ON: &str = "17";
/// Between fields of GS1 data, where a scanner tells nothing else of it.
const GS: char = '\u{1d}';

/// What a scanner read, as text that keeps what only its symbology tells.
pub fn text(scan: &Scan) -> String {
    match scan.gs1() {
        Some(Ok(elements)) if elements.iter().any(|element| element.ai == GTIN) => {
            elements.iter().map(|Element { ai, value }| format!("({ai}){value}")).collect()
        }
        _ => scan.data.clone(),
    }
}

/// The code that names the goods, and their marks; any other text as it is.
pub fn read(documents: &dyn Documents, text: &str, today: Date) -> (String, Marks) {
    let elements = elements(text).unwrap_or_default();
    let value = |ai: &str| elements.iter().find(|element| element.ai == ai).map(|element| element.value.as_str());
    let Some(gtin) = value(GTIN).and_then(|gtin| gs1::gtin(gtin).ok()) else {
        return (text.to_owned(), Marks::default());
    };
    let this_year = u16::try_from(today.year()).unwrap_or_default();
    let day = |(year, month, day): (u16, u8, u8)| {
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let expires_on = value(EXPIRES_ON).and_then(|value| gs1::date(value, this_year)).and_then(day);
    let lot = value(LOT).filter(|lot| !lot.is_empty()).map(str::to_owned);
    (on_file(documents, &gtin), Marks { lot, expires_on })
}

fn elements(text: &str) -> Option<Vec<Element>> {
    if text.starts_with('(') {
        return bracketed(text);
    }
    match text.contains(GS) {
        true => gs1::parse(text).ok(),
        false => gs1::parse_link(text)?.ok(),
    }
}

fn bracketed(text: &str) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    let mut rest = text.strip_prefix('(')?;
    loop {
        let (ai, after) = rest.split_once(')')?;
        let (value, next) = match after.split_once('(') {
            Some((value, next)) => (value, Some(next)),
            None => (after, None),
        };
        elements.push(Element { ai: ai.to_owned(), value: value.to_owned() });
        match next {
            Some(next) => rest = next,
            None => return Some(elements),
        }
    }
}

/// A GTIN of 14 digits as its item has it: items are kept under what is printed on them, which is mostly 13.
fn on_file(documents: &dyn Documents, gtin: &str) -> String {
    let shorter = [0, 1, 2, 6].into_iter().map(|zeros| gtin.split_at(zeros));
    let mut forms = shorter.filter(|(zeros, _)| zeros.bytes().all(|zero| zero == b'0')).map(|(_, form)| form);
    let known = forms.clone().find(|form| !documents.matches(form).is_empty());
    known.or_else(|| forms.nth(1)).unwrap_or(gtin).to_owned()
}
