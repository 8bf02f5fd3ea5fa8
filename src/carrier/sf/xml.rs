//! As much of XML as SF's route pushes have: elements with attributes. A document type, a section that isn't parsed or
//! anything that doesn't close makes it none, so nothing in it can name a file or grow.

use std::collections::BTreeMap;

/// Nothing SF sends nests deeper than three.
const DEEPEST: usize = 8;

pub(super) type Attributes = BTreeMap<String, String>;

/// The attributes of every element that stands exactly there; `None` where it is no whole document.
pub(super) fn elements(text: &str, path: &[&str]) -> Option<Vec<Attributes>> {
    let mut rest = text.trim_start_matches('\u{feff}').trim();
    let (mut open, mut found, mut roots) = (Vec::<&str>::new(), Vec::new(), 0);
    while let Some(at) = rest.find('<') {
        // Words outside of the root are nobody's.
        if open.is_empty() && !rest[..at].trim().is_empty() {
            return None;
        }
        rest = &rest[at + 1..];
        if let Some(aside) = aside(rest) {
            rest = aside?;
            continue;
        }
        if let Some(end) = rest.strip_prefix('/') {
            let (name, behind) = end.split_once('>')?;
            if open.pop()? != name.trim_end() {
                return None;
            }
            rest = behind;
            continue;
        }
        let (name, behind) = name(rest)?;
        let (attributes, is_whole, behind) = attributes(behind)?;
        roots += usize::from(open.is_empty());
        open.push(name);
        if open == path {
            found.push(attributes);
        }
        if is_whole {
            open.pop();
        }
        if open.len() > DEEPEST {
            return None;
        }
        rest = behind;
    }
    (open.is_empty() && roots == 1 && rest.is_empty()).then_some(found)
}

/// What stands behind a declaration or a comment; `Some(None)` where it is something that isn't read.
fn aside(rest: &str) -> Option<Option<&str>> {
    let behind = |end: &str| rest.split_once(end).map(|(_, behind)| behind);
    match rest {
        rest if rest.starts_with('?') => Some(behind("?>")),
        rest if rest.starts_with("!--") => Some(behind("-->")),
        rest if rest.starts_with('!') => Some(None),
        _ => None,
    }
}

/// A name, and what stands behind it.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')))?;
    (end > 0).then(|| text.split_at(end))
}

/// The attributes of an element, whether it is whole by itself, and what stands behind it.
fn attributes(text: &str) -> Option<(Attributes, bool, &str)> {
    let (mut rest, mut found) = (text.trim_start(), Attributes::new());
    loop {
        if let Some(behind) = rest.strip_prefix("/>") {
            return Some((found, true, behind));
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return Some((found, false, behind));
        }
        let (key, behind) = name(rest)?;
        let behind = behind.trim_start().strip_prefix('=')?.trim_start();
        let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, behind) = behind[1..].split_once(quote)?;
        if value.contains('<') || found.insert(key.to_owned(), unescaped(value)?).is_some() {
            return None;
        }
        // SF's own example has attributes that touch.
        rest = behind.trim_start();
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, behind) = part.split_once(';')?;
        plain.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            entity => {
                let number = entity.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        plain.push_str(behind);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn notes(text: &str) -> Option<Vec<String>> {
        let found = elements(text, &["a", "b"])?;
        Some(found.into_iter().map(|mut one| one.remove("n").unwrap_or_default()).collect())
    }

    #[test]
    fn elements_are_found_where_they_stand() {
        let told = |text: &str| notes(text).map(|notes| notes.join("|"));
        for (text, expected) in [
            (r#"<a><b n="1"/><b n='2'></b></a>"#, Some("1|2")),
            (
                "\u{feff}<?xml version=\"1.0\"?>\n<!-- <b n=\"0\"/> --><a s=\"x\">\n <b m=\"\"n = \"1\" />\n</a>\n",
                Some("1"),
            ),
            (r#"<a><b n="&lt;&#x4e2d;&#65;&amp;amp;&quot;"/></a>"#, Some("<中A&amp;\"")),
            (r#"<a><c><b n="1"/></c></a>"#, Some("")),
            ("<a/>", Some("")),
            (r#"<a><b n="1"/>"#, None),
            (r#"<a><b n="1"></a></b>"#, None),
            (r#"<a><b n="1" n="2"/></a>"#, None),
            (r#"<a><b n="&file;"/></a>"#, None),
            (r#"<!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/passwd">]><a><b n="&file;"/></a>"#, None),
            ("<a><![CDATA[<b/>]]></a>", None),
            ("<a/><a/>", None),
            ("<a/>x", None),
            ("x<a/>", None),
            ("<a><b n=1/></a>", None),
            ("", None),
            ("{}", None),
        ] {
            assert_eq!(told(text).as_deref(), expected, "{text}");
        }
        assert_eq!(notes(&format!("{}{}", "<a>".repeat(9), "</a>".repeat(9))), None, "deeper than anything of SF's");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(text in "[<>/?!abn=\"'&;# x-]{0,40}") {
            let _ = notes(&text);
        }

        #[test]
        fn what_somebody_else_would_write_reads_back(value in any::<String>()) {
            let mut written = String::new();
            for c in value.chars() {
                match c {
                    '<' | '&' | '"' | '\'' => written.push_str(&format!("&#{};", u32::from(c))),
                    c => written.push(c),
                }
            }
            prop_assert_eq!(notes(&format!("<a><b n=\"{written}\"/></a>")), Some(vec![value]));
        }
    }
}
