//! What a component is told and what it says, whichever words its maker chose for it. Pure.

use serde_json::Value;

/// One document to print. A component may reprint all of a task when it goes wrong, so a task never holds two.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The same id is the same task: a component that knows it already can tell.
    pub id: &'a str,
    /// The number on the label.
    pub document: &'a str,
    /// As the platform sealed it: one content, or the list of them.
    pub contents: &'a Value,
}

/// What is listened for: notices of other tasks, or of other documents, are somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    pub id: &'a str,
    pub document: &'a str,
}

/// What one message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Printers(Printers),
    /// It wouldn't say which printers it has.
    NoPrinters {
        why: String,
    },
    /// The task was taken; nothing is printed yet.
    Taken,
    /// The task was turned down.
    NotTaken {
        why: String,
    },
    /// Drawn and handed to its system's queue: from now on paper may come out.
    Rendered,
    Printed,
    /// Not printed, as far as the component goes.
    Failed {
        why: String,
    },
    /// It says two things at once, or that a part came out.
    Doubtful {
        why: String,
    },
    /// Nothing of ours.
    Other,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printers {
    pub all: Vec<Known>,
    pub default: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    pub enabled: bool,
}

impl Printers {
    /// Does it take labels for this printer? An empty name is its default.
    pub fn check(&self, wanted: &str) -> Result<(), String> {
        let wanted = if wanted.is_empty() { self.default.as_deref().unwrap_or_default() } else { wanted };
        if self.all.is_empty() {
            return Err("its system has no printer: install one there".into());
        }
        // It prints on its default without telling which one that is.
        if wanted.is_empty() {
            return Ok(());
        }
        match self.all.iter().find(|known| known.name == wanted) {
            Some(Known { enabled: true, .. }) => Ok(()),
            Some(_) => Err(format!("its printer {wanted:?} is disabled: switch it on and resume its queue")),
            None => {
                let known: Vec<_> = self.all.iter().map(|known| format!("{:?}", known.name)).collect();
                Err(format!("it has no printer {wanted:?}: write `printer=` as one of {}", known.join(", ")))
            }
        }
    }
}

/// The contents as the list a task holds.
pub(super) fn list(contents: &Value) -> Value {
    match contents {
        Value::Array(_) => contents.clone(),
        one => Value::Array(vec![one.clone()]),
    }
}

/// A word of a message; some makers' words end in blanks.
pub(super) fn word<'v>(message: &'v Value, key: &str) -> &'v str {
    message[key].as_str().unwrap_or_default().trim()
}

/// A code of an error: a number, or one in quotes. Nought is none.
pub(super) fn code(message: &Value, key: &str) -> Option<String> {
    let code = match &message[key] {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    Some(code).filter(|code| !code.is_empty() && code != "0")
}

/// The maker's own words for what went wrong, each once.
pub(super) fn why(parts: &[Option<String>]) -> String {
    let mut said: Vec<&str> = Vec::new();
    for part in parts.iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        if !said.contains(&part) {
            said.push(part);
        }
    }
    if said.is_empty() { "it gives no reason".to_owned() } else { said.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printers(default: Option<&str>) -> Printers {
        let known = |name: &str, enabled| Known { name: name.into(), enabled };
        Printers { all: vec![known("GK888", true), known("PDF", false)], default: default.map(str::to_owned) }
    }

    #[test]
    fn an_empty_name_is_the_default_and_an_unknown_one_names_the_known() {
        assert_eq!(printers(Some("GK888")).check(""), Ok(()));
        assert_eq!(printers(None).check(""), Ok(()));
        assert_eq!(printers(None).check("GK888"), Ok(()));
        let disabled = printers(Some("PDF")).check("").unwrap_err();
        assert_eq!(disabled, "its printer \"PDF\" is disabled: switch it on and resume its queue");
        let unknown = printers(None).check("GK8888").unwrap_err();
        assert_eq!(unknown, "it has no printer \"GK8888\": write `printer=` as one of \"GK888\", \"PDF\"");
        assert!(Printers::default().check("").unwrap_err().contains("has no printer"));
    }

    #[test]
    fn a_reason_is_said_once_and_nought_is_no_code() {
        let message = serde_json::json!({ "errorCode": 0, "code": "40", "msg": "failed " });
        assert_eq!((code(&message, "errorCode"), code(&message, "code")), (None, Some("40".into())));
        assert_eq!(why(&[None, Some(word(&message, "msg").into()), Some("failed".into())]), "failed");
        assert_eq!(why(&[None, Some(String::new())]), "it gives no reason");
    }
}
