//! Whose component it is: where it listens and in which words it talks. Most platforms took over Cainiao's words.

use serde_json::Value;

use super::message::{Mark, Said, Task};
use super::{cainiao, jd};
use crate::url::DeviceUrl;

#[derive(Debug)]
pub struct Dialect {
    pub name: &'static str,
    /// Where the maker's own component listens, without TLS.
    pub port: u16,
    pub path: &'static str,
    /// Asks which printers there are.
    pub ask: fn(id: &str) -> Value,
    /// A task for a printer; an empty name is the component's default.
    pub print: fn(&Task<'_>, printer: &str) -> Value,
    pub read: fn(&Value, Mark<'_>) -> Said,
    /// Says by itself what became of a task that it took.
    pub tells: bool,
}

impl PartialEq for Dialect {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

pub const ALL: &[Dialect] = &[
    of_cainiaos("cainiao", 13528, "/"),
    of_cainiaos("pinduoduo", 5000, "/"),
    of_cainiaos("douyin", 13888, "/"),
    of_cainiaos("kuaishou", 16888, "/ks/printer"),
    Dialect { name: "jd", port: 9113, path: "/", ask: jd::ask, print: jd::print, read: jd::read, tells: false },
];

const fn of_cainiaos(name: &'static str, port: u16, path: &'static str) -> Dialect {
    Dialect { name, port, path, ask: cainiao::ask, print: cainiao::print, read: cainiao::read, tells: true }
}

/// The dialect that an address names, if it is one.
pub fn of(url: &DeviceUrl) -> Option<&'static Dialect> {
    let wanted = url.options.get("dialect")?;
    ALL.iter().find(|dialect| dialect.name == *wanted)
}

pub fn names() -> String {
    ALL.iter().map(|dialect| dialect.name).collect::<Vec<_>>().join(", ")
}
