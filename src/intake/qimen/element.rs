//! A message's XML as a tree of elements with text. A document type and entities beyond the five of XML are refused, so nothing
//! in a message names a file or grows; so is what nests deeper or holds more elements than any message.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The documented messages nest six deep.
const DEEPEST: usize = 12;
/// An order of 2 000 lines with every documented field has fewer.
const MOST_ELEMENTS: usize = 60_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    /// Its own, without that of the elements in it; trimmed.
    pub text: String,
    pub children: Vec<Element>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    #[error("the body is not UTF-8: send it in UTF-8")]
    Encoding,
    #[error("the body has a document type: send it without one")]
    DocumentType,
    #[error("the body has the entity `{0}`: send the character itself")]
    Entity(String),
    #[error("the body nests deeper than any message: send the documented form")]
    TooDeep,
    #[error("the body has more elements than any message: send fewer lines")]
    TooMany,
    #[error("the body is no whole XML document: send the documented form")]
    Broken,
}

impl Element {
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// What stands in a child, if anything does.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Of the first of several names that has text.
    pub fn first_of<'e>(&'e self, names: &'e [String]) -> Option<(&'e str, &'e str)> {
        names.iter().find_map(|name| Some((name.as_str(), self.text_of(name)?)))
    }

    /// The elements of a list, `<orderLines><orderLine/>…`.
    pub fn listed<'e>(&'e self, list: &str, one: &'e str) -> impl Iterator<Item = &'e Element> {
        let lists = self.child(list).into_iter();
        lists.flat_map(move |list| list.children.iter().filter(move |child| child.name == one))
    }
}

/// The root element of a body.
pub fn read(body: &[u8]) -> Result<Element, XmlError> {
    let text = std::str::from_utf8(body).map_err(|_| XmlError::Encoding)?;
    let mut reader = Reader::from_str(text);
    let (mut open, mut root, mut count) = (Vec::<Element>::new(), None, 0);
    loop {
        let event = reader.read_event().map_err(|_| XmlError::Broken)?;
        let closed = match event {
            Event::Start(start) => {
                count += 1;
                if open.len() == DEEPEST {
                    return Err(XmlError::TooDeep);
                }
                open.push(named(start.name().as_ref())?);
                None
            }
            Event::Empty(start) => {
                count += 1;
                Some(named(start.name().as_ref())?)
            }
            Event::End(_) => Some(open.pop().ok_or(XmlError::Broken)?),
            Event::Text(text) => {
                say(&mut open, &text.xml10_content())?;
                None
            }
            Event::CData(text) => {
                say(&mut open, &text.xml10_content())?;
                None
            }
            Event::GeneralRef(entity) => {
                let plain = plain(&entity)?;
                say(&mut open, plain.encode_utf8(&mut [0; 4]))?;
                None
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
            Event::Eof if open.is_empty() => return root.ok_or(XmlError::Broken),
            Event::Eof => return Err(XmlError::Broken),
        };
        if count > MOST_ELEMENTS {
            return Err(XmlError::TooMany);
        }
        let Some(mut element) = closed else { continue };
        element.text = element.text.trim().to_owned();
        match open.last_mut() {
            Some(parent) => parent.children.push(element),
            None if root.is_none() => root = Some(element),
            None => return Err(XmlError::Broken),
        }
    }
}

fn named(name: &str) -> Result<Element, XmlError> {
    Ok(Element { name: name.to_owned(), ..Element::default() })
}

/// Words outside of the root are nobody's.
fn say(open: &mut [Element], text: &str) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() => {}
        None => return Err(XmlError::Broken),
    }
    Ok(())
}

fn plain(entity: &quick_xml::events::BytesRef<'_>) -> Result<char, XmlError> {
    if let Some(character) = entity.resolve_char_ref().map_err(|_| XmlError::Broken)? {
        return Ok(character);
    }
    let name: &str = entity.as_ref();
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(XmlError::Entity(other.chars().take(40).collect())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_grows_or_names_a_file_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(DEEPEST + 1), "</a>".repeat(DEEPEST + 1));
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST_ELEMENTS));
        let external = r#"<!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/passwd">]><a>&file;</a>"#;
        for (text, expected) in [
            (external, XmlError::DocumentType),
            ("<a>&file;</a>", XmlError::Entity("file".into())),
            (deep.as_str(), XmlError::TooDeep),
            (many.as_str(), XmlError::TooMany),
            ("<a><b></a></b>", XmlError::Broken),
            ("<a>", XmlError::Broken),
            ("<a/><a/>", XmlError::Broken),
            ("<a/>x", XmlError::Broken),
            ("{}", XmlError::Broken),
            ("", XmlError::Broken),
        ] {
            assert_eq!(read(text.as_bytes()), Err(expected), "{}", text.chars().take(80).collect::<String>());
        }
        assert_eq!(read(b"<a>\xc3\x28</a>"), Err(XmlError::Encoding));
    }

    #[test]
    fn text_is_read_as_it_was_meant() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<r><!-- no --><a> T&amp;1;&#x4e2d; </a>\
                    <l><o>1</o><x/><o><![CDATA[<2>]]></o></l></r>\n";
        let root = read(text.as_bytes()).expect("a whole document");
        assert_eq!(root.text_of("a"), Some("T&1;中"));
        let listed: Vec<_> = root.listed("l", "o").map(|one| one.text.as_str()).collect();
        assert_eq!(listed, ["1", "<2>"]);
        assert_eq!((root.text_of("x"), root.child("l").expect("there").text_of("x")), (None, None));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(text in "[<>/?!ab=\"'&;#\\[\\]CDAT x-]{0,60}") {
            let _ = read(text.as_bytes());
        }
    }
}
