//! Where a component listens: `component://127.0.0.1:13528?dialect=cainiao&printer=GK888`. Pure.

use std::net::IpAddr;

use super::dialect::{self, Dialect};
use crate::url::{DeviceUrl, UrlError};

pub const SCHEME: &str = "component";

#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    pub host: String,
    pub port: u16,
    pub dialect: &'static Dialect,
    /// Empty: the component's default.
    pub printer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("component: it names no dialect: add dialect= as one of {known}")]
    NoDialect { known: String },
    #[error("component: unknown dialect {dialect:?}; known are {known}")]
    Dialect { dialect: String, known: String },
    #[error("component: {place:?} is no place for it: write a host, or host:port, like 127.0.0.1:13528")]
    Place { place: String },
    #[error(
        "component: {host} is another machine, and components ask nobody who they are: run it on this one, or add remote=yes \
         where the network between them is your own"
    )]
    Remote { host: String },
    #[error(transparent)]
    Url(#[from] UrlError),
}

impl Address {
    pub fn of(url: &DeviceUrl) -> Result<Self, AddressError> {
        url.refuse_options_but(&["dialect", "printer", "remote"])?;
        let dialect = dialect::of(url).ok_or_else(|| match url.options.get("dialect") {
            None => AddressError::NoDialect { known: dialect::names() },
            Some(other) => AddressError::Dialect { dialect: other.clone(), known: dialect::names() },
        })?;
        let (host, port) = place(&url.place).ok_or_else(|| AddressError::Place { place: url.place.clone() })?;
        // What is sealed holds people's names and crosses the line as it is; and whoever answers there could print it.
        let may_be_remote = remote(url)?;
        if !is_here(host) && !may_be_remote {
            return Err(AddressError::Remote { host: host.to_owned() });
        }
        let printer = url.options.get("printer").cloned().unwrap_or_default();
        Ok(Self { host: host.to_owned(), port: port.unwrap_or(dialect.port), dialect, printer })
    }

    /// As a WebSocket's address has it.
    pub fn url(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("ws://{host}:{}{}", self.port, self.dialect.path)
    }
}

/// A host and, where there is one, a port.
fn place(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None if text.matches(':').count() > 1 => (text, ""),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        None if port.is_empty() => None,
        None => return None,
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    (!host.is_empty() && host.chars().all(is_host)).then_some((host, port))
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn remote(url: &DeviceUrl) -> Result<bool, UrlError> {
    match url.options.get("remote").map(String::as_str) {
        None | Some("no") => Ok(false),
        Some("yes") => Ok(true),
        Some(other) => Err(UrlError::BadOption { scheme: SCHEME.into(), key: "remote", value: other.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Result<Address, String> {
        Address::of(&text.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_dialect_has_its_own_port_and_path() {
        let urls = dialect::ALL.iter().map(|dialect| {
            let url = format!("component://127.0.0.1?dialect={}", dialect.name);
            address(&url).unwrap().url()
        });
        let expected =
            ["13528/", "5000/", "13888/", "16888/ks/printer", "9113/"].map(|end| format!("ws://127.0.0.1:{end}"));
        assert_eq!(urls.collect::<Vec<_>>(), expected);
        let named = address("component://[::1]:6000?dialect=kuaishou&printer=GK 888").unwrap();
        assert_eq!((named.url().as_str(), named.printer.as_str()), ("ws://[::1]:6000/ks/printer", "GK 888"));
        assert_eq!(address("component://::1?dialect=jd").unwrap().url(), "ws://[::1]:9113/");
        assert_eq!(address("component://localhost?dialect=jd").unwrap().host, "localhost");
    }

    #[test]
    fn what_it_cant_be_is_said_with_the_cure() {
        for (url, says) in [
            ("component://127.0.0.1", "it names no dialect: add dialect= as one of cainiao, pinduoduo, douyin"),
            ("component://127.0.0.1?dialect=taobao", "unknown dialect \"taobao\"; known are cainiao"),
            ("component://10.0.0.9?dialect=cainiao", "10.0.0.9 is another machine"),
            ("component://pc-1.lan:13528?dialect=cainiao&remote=no", "add remote=yes"),
            ("component://127.0.0.1?dialect=cainiao&remote=1", "option remote can't be \"1\""),
            ("component://127.0.0.1?dialect=cainiao&prnter=x", "unknown option \"prnter\""),
            ("component://127.0.0.1:0?dialect=cainiao", "is no place for it"),
            ("component://127.0.0.1:x?dialect=cainiao", "is no place for it"),
            ("component:///dev/x?dialect=cainiao", "is no place for it"),
        ] {
            let error = address(url).expect_err(url);
            assert!(error.contains(says), "{url}: {error}");
        }
        assert_eq!(address("component://10.0.0.9?dialect=cainiao&remote=yes").unwrap().port, 13528);
    }
}
