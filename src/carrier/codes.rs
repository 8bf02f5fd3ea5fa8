//! A carrier's error codes as data: what each means for the parcel and what a person does about it. A code that isn't in
//! the table leaves doubt, never a guess.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Cause, Doubt, Operation, Outcome, Rejection, without_people};

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

impl Class {
    /// What Milepost makes of it.
    pub fn meaning(self) -> &'static str {
        match self {
            Class::Order => "rejected, somebody corrects the order",
            Class::Account => "rejected, the contract or account doesn't allow it",
            Class::Config => "nothing was done, somebody mends the account's settings; asked again by itself",
            Class::Bug => "rejected, our request is wrong in itself",
            Class::Busy => "flow control, nothing was done; asked again by itself",
            Class::Undeliverable => "rejected, the carrier doesn't deliver there",
            Class::NotFound => "the carrier has no such order",
            Class::Duplicate => "in doubt, the carrier has this order id already; asked about by id",
            Class::Ambiguous => "in doubt, the carrier failed inside; asked about by id",
            Class::AlreadyCancelled => "cancelled already",
        }
    }
}

/// One or more codes of the same meaning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    pub codes: Vec<String>,
    pub class: Class,
    pub zh: String,
    pub en: String,
    /// When to ask again, for `busy`.
    #[serde(default)]
    pub retry_after_s: Option<u32>,
    /// It is the access token that ended: with a new one the same is asked once more.
    #[serde(default)]
    pub renews_token: bool,
}

/// Carriers count calls per second and per day; a second later the first of them may allow it.
const BUSY_RETRY_S: u32 = 1;

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

    /// What a code says about an operation that was answered with it, in the carrier's words.
    pub fn outcome(&self, operation: &Operation, code: &str, message: &str) -> Outcome {
        let message = without_people(operation, message);
        let Some(known) = self.get(code) else {
            let why = format!("code {code} isn't in the carrier's table: {message}");
            return Outcome::unknown(Cause::UnknownCode, why);
        };
        let only_asks = operation.only_asks();
        match known.class {
            Class::Duplicate => Outcome::unknown(Cause::Duplicate, format!("{code}: the carrier has this order id")),
            Class::Ambiguous => Outcome::unknown(Cause::CarrierFailed, format!("{code}: {message}")),
            Class::AlreadyCancelled if matches!(operation, Operation::Cancel { .. }) => Outcome::Cancelled,
            // A question that the carrier wouldn't answer says nothing about the parcel.
            class
                if only_asks && !matches!(class, Class::NotFound | Class::AlreadyCancelled | Class::Undeliverable) =>
            {
                Outcome::Unknown(Doubt {
                    cause: Cause::QueryRefused,
                    why: format!("{code}: {message}; {}", known.en),
                    query_first: true,
                    retry_after_s: (class == Class::Busy).then_some(known.retry_after_s.unwrap_or(BUSY_RETRY_S)),
                })
            }
            class => Outcome::Rejected(Rejection {
                code: code.to_owned(),
                message,
                // Of a parcel that it hasn't a carrier says nothing but that.
                booked: (only_asks && class != Class::NotFound) || class == Class::AlreadyCancelled,
                class,
                cure_zh: known.zh.clone(),
                cure_en: known.en.clone(),
            }),
        }
    }

    pub fn codes(&self) -> impl Iterator<Item = (&str, Class)> {
        self.by_code.iter().map(|(code, entry)| (code.as_str(), entry.class))
    }
}
