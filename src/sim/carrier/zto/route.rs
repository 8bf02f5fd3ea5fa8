//! Marks as ZTO prints them: by province, and the same every time for the same address.

use md5::{Digest, Md5};
use serde_json::{Value, json};

/// `{mark, bagAddr}` of an address; where ZTO's simulator doesn't know the province there is none.
pub(super) fn mark(province: &str, city: &str, district: &str, address: &str) -> Option<Value> {
    let mut rows = include_str!("marks.csv").lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let row = rows.find(|row| row.first().is_some_and(|name| province.starts_with(name)))?;
    let [_, code, bag] = row[..] else { return None };
    let hash = Md5::digest([city, district, address].concat());
    let letter = char::from(b'A' + hash[0] % 26);
    let mark = format!("{code}- {letter}{:02} {:02}", hash[1] % 100, hash[2] % 100);
    Some(json!({ "mark": mark, "bagAddr": bag }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_mark() {
        let table = include_str!("marks.csv");
        let name = table.lines().nth(1).and_then(|line| line.split(',').next()).expect("a province");
        let first = mark(name, "c", "d", "1").expect("a known province");
        assert_eq!(mark(name, "c", "d", "1"), Some(first.clone()));
        assert_ne!(mark(name, "c", "d", "2"), Some(first));
        assert_eq!(mark("Atlantis", "c", "d", "1"), None);
    }
}
