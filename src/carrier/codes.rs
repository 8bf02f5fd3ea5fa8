//! A carrier's error codes as data: what each means for the parcel and what a person does about it. A code that isn't in
//! the table leaves doubt, never a guess.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// What a code says about the parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The order's own data: somebody corrects it.
    Order,
    /// The contract or account doesn't allow it.
    Account,
    /// Credentials, permissions, addresses of machines.
    Config,
    /// Our request is wrong in itself.
    Bug,
    /// Flow control: nothing was done, ask later.
    Busy,
    /// The carrier doesn't deliver there.
    Undeliverable,
    /// The carrier has no such id.
    NotFound,
    /// The carrier has this id already: ask by id.
    Duplicate,
    /// The carrier failed inside: may have been done.
    Ambiguous,
    /// It is cancelled already.
    AlreadyCancelled,
}

/// One or more codes of the same meaning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    pub codes: Vec<String>,
    pub class: Class,
    pub zh: String,
    pub en: String,
}

/// Looked up by code.
#[derive(Clone, Debug)]
pub struct CodeTable {
    by_code: HashMap<String, Code>,
}

impl CodeTable {
    /// An error names a code that stands twice.
    pub fn new(entries: Vec<Code>) -> Result<Self, String> {
        let mut by_code = HashMap::new();
        for entry in entries {
            for code in &entry.codes {
                if by_code.insert(code.clone(), entry.clone()).is_some() {
                    return Err(format!("code {code} stands twice in the table: keep one"));
                }
            }
        }
        Ok(Self { by_code })
    }

    pub fn get(&self, code: &str) -> Option<&Code> {
        self.by_code.get(code)
    }

    pub fn codes(&self) -> impl Iterator<Item = (&str, Class)> {
        self.by_code.iter().map(|(code, entry)| (code.as_str(), entry.class))
    }
}
