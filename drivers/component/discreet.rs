//! A component opens what it gets, and its complaint may quote it: who is on the label must not get into a journal. Pure.

use serde_json::Value;

/// What stands in place of what was taken out.
const GAP: &str = "…";
/// Digits in a row that may be a phone; codes of errors are shorter.
const PHONE: usize = 7;
const LONGEST: usize = 160;

/// A component's words without anything that stands in the contents, and without what looks like a phone.
pub fn without(words: &str, contents: &Value) -> String {
    let mut texts = Vec::new();
    leaves(contents, &mut texts);
    // The longest first: a name may be a part of an address.
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut clean = if is_sealed(contents) { without_names(words) } else { words.to_owned() };
    for text in texts.iter().filter(|text| is_telling(text)) {
        clean = clean.replace(text.as_str(), GAP);
    }
    without_phones(&clean).chars().take(LONGEST).collect()
}

/// What only the component can read, it may quote all the same.
fn is_sealed(contents: &Value) -> bool {
    match contents {
        Value::Object(values) => values.contains_key("encryptedData") || values.values().any(is_sealed),
        Value::Array(values) => values.iter().any(is_sealed),
        _ => false,
    }
}

/// Codes and English stay; Chinese may be anybody's name or address.
fn without_names(words: &str) -> String {
    let mut clean = String::new();
    for c in words.chars() {
        if c.is_ascii() {
            clean.push(c);
        } else if !clean.ends_with(GAP) {
            clean += GAP;
        }
    }
    clean
}

/// A few letters or digits may be any word or code.
fn is_telling(text: &str) -> bool {
    text.chars().count() >= if text.is_ascii() { 4 } else { 2 }
}

fn leaves(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.trim().to_owned()),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, texts)),
        Value::Object(values) => values.values().for_each(|value| leaves(value, texts)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn without_phones(words: &str) -> String {
    let mut clean = String::new();
    let mut digits = String::new();
    for c in words.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_digit() => digits.push(c),
            other => {
                clean += if digits.len() >= PHONE { GAP } else { &digits };
                digits.clear();
                clean.extend(other);
            }
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_quoted() {
        let contents =
            serde_json::json!([{ "data": { "receiver": { "name": "王小明", "phone": "13800001234" }, "box": 40 } }]);
        let said = without("40: 王小明 13800001234, or 75512345678, can't be drawn on page 7", &contents);
        assert_eq!(said, "40: … …, or …, can't be drawn on page 7");
        assert_eq!(without(&"x".repeat(1_000), &contents).len(), LONGEST);
        let sealed = serde_json::json!([{ "encryptedData": "AES:eHg=", "ver": "1" }]);
        assert_eq!(without("40: 王小明的单子解密失败 (13800001234)", &sealed), "40: … (…)");
    }
}
