//! `[screens]`: where tablets and handhelds reach the station, and what guards that.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

/// Nobody else than this machine's own screen, until a site says so.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScreensConfig {
    pub listen: Option<String>,
    /// The certificate with its chain, and its key, as PEM files.
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Where the certificate comes from.
    pub tls: Tls,
    /// Without a certificate: everybody in this network can read along and act as a screen.
    pub plain_lan: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// `cert` and `key`, where they are named.
    #[default]
    Files,
    /// The hub's own authority, which tablets are made to trust.
    Hub,
}

impl ScreensConfig {
    /// What can't work, and what to do.
    pub(super) fn problem(&self, hosts: &[String], has_hub: bool) -> Option<&'static str> {
        let Some(listen) = &self.listen else {
            return match (self.tls, &self.cert) {
                (Tls::Hub, _) => Some("has `tls` and no `listen`: name the address that screens call"),
                (_, Some(_)) => Some("has a `cert` and no `listen`: name the address that screens call"),
                _ => None,
            };
        };
        if self.tls == Tls::Hub {
            if self.cert.is_some() || self.key.is_some() {
                return Some("has `tls = \"hub\"` and files of a certificate: remove one of them");
            }
            if self.plain_lan {
                return Some("has `tls = \"hub\"` and `plain_lan`: remove one of them");
            }
            if !has_hub {
                return Some("has `tls = \"hub\"` and the station no [hub]: join one, or name `cert` and `key`");
            }
        }
        match (is_address(listen), &self.cert, &self.key, self.plain_lan) {
            (false, ..) => Some("`listen` is no address: write it like 0.0.0.0:7443"),
            (_, Some(_), None, _) => Some("has a `cert` and no `key`: name the file of the certificate's key"),
            (_, None, Some(_), _) => Some("has a `key` and no `cert`: name the file of its certificate"),
            (_, Some(_), Some(_), true) => Some("has a certificate and `plain_lan`: remove one of them"),
            (_, None, None, false) if self.tls == Tls::Files => Some(
                "has no certificate: name `cert` and `key`, say `tls = \"hub\"`, or say `plain_lan = true` and everybody in that network can read along",
            ),
            _ if names_no_machine(listen) && hosts.is_empty() => {
                Some("`listen` names no machine: add what screens call it, its address or name, to `hosts`")
            }
            _ => None,
        }
    }

    /// What a screen's address begins with; `port` is the one that was bound.
    pub fn url(&self, hosts: &[String], bound: SocketAddr) -> String {
        let scheme = if self.cert.is_some() || self.tls == Tls::Hub { "https" } else { "http" };
        match hosts.first() {
            Some(name) => format!("{scheme}://{name}:{}", bound.port()),
            None => format!("{scheme}://{bound}"),
        }
    }
}

impl ScreensConfig {
    /// What a certificate must say that screens call: the address that is listened on, where it is one, and `hosts`.
    pub fn names(&self, hosts: &[String]) -> Vec<String> {
        let bare = |name: &str| name.trim_matches(['[', ']']).to_ascii_lowercase();
        let own = self.listen.as_deref().filter(|listen| !names_no_machine(listen));
        let own = own.and_then(|listen| listen.rsplit_once(':')).map(|(host, _)| bare(host));
        let mut names: Vec<String> = own.into_iter().chain(hosts.iter().map(|name| bare(name))).collect();
        names.sort();
        names.dedup();
        names
    }
}

pub(super) fn is_address(listen: &str) -> bool {
    listen.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// Only this machine reaches it.
pub(super) fn is_own(listen: &str) -> bool {
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn names_no_machine(listen: &str) -> bool {
    listen.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screens(listen: &str, cert: bool, key: bool, plain_lan: bool) -> ScreensConfig {
        let file = |there: bool| there.then(|| PathBuf::from("a.pem"));
        ScreensConfig { listen: Some(listen.to_owned()), cert: file(cert), key: file(key), tls: Tls::Files, plain_lan }
    }

    #[test]
    fn only_what_was_said_opens_a_station() {
        let own = ["127.0.0.1:7081", "127.0.0.1:0", "[::1]:7081", "localhost:7081"];
        assert!(own.into_iter().all(|listen| is_address(listen) && is_own(listen)));
        assert!(["0.0.0.0:7081", "10.0.0.7:7081", "[::]:7081", "bench-1:7081"].into_iter().all(|open| !is_own(open)));
        let hosts = ["10.0.0.7".to_owned()];
        assert_eq!(ScreensConfig::default().problem(&[], false), None);
        assert_eq!(screens("0.0.0.0:7443", true, true, false).problem(&hosts, false), None);
        assert_eq!(screens("10.0.0.7:7443", false, false, true).problem(&[], false), None);
        let said =
            |screens: ScreensConfig, hosts: &[String]| screens.problem(hosts, false).unwrap_or("nothing").to_owned();
        assert!(said(screens("0.0.0.0:7443", false, false, false), &hosts).starts_with("has no certificate"));
        assert!(said(screens("0.0.0.0:7443", true, true, false), &[]).starts_with("`listen` names no machine"));
        assert!(said(screens("7443", true, true, false), &hosts).starts_with("`listen` is no address"));
        assert!(said(screens("0.0.0.0:7443", true, false, false), &hosts).contains("no `key`"));
        assert!(said(screens("0.0.0.0:7443", false, true, false), &hosts).contains("no `cert`"));
        assert!(said(screens("0.0.0.0:7443", true, true, true), &hosts).contains("remove one"));
        let no_door = ScreensConfig { listen: None, ..screens("", true, true, false) };
        assert!(said(no_door, &hosts).contains("no `listen`"));
    }

    #[test]
    fn the_hub_signs_or_somebody_else_does() {
        let hub = ScreensConfig { tls: Tls::Hub, ..screens("0.0.0.0:7443", false, false, false) };
        let hosts = ["Bench-1.lan".to_owned(), "[fd00::7]".to_owned()];
        assert_eq!(hub.problem(&hosts, true), None);
        let said = |screens: ScreensConfig, has_hub| screens.problem(&hosts, has_hub).unwrap_or("nothing").to_owned();
        assert!(said(hub.clone(), false).contains("no [hub]"));
        assert!(said(ScreensConfig { plain_lan: true, ..hub.clone() }, true).contains("`plain_lan`: remove one"));
        let files = ScreensConfig { cert: Some("a.pem".into()), key: Some("a.pem".into()), ..hub.clone() };
        assert!(said(files, true).contains("files of a certificate: remove one"));
        assert!(said(ScreensConfig { listen: None, ..hub.clone() }, true).contains("`tls` and no `listen`"));
        assert_eq!(hub.names(&hosts), ["bench-1.lan", "fd00::7"]);
        let own = ScreensConfig { listen: Some("10.0.0.7:7443".into()), ..hub };
        assert_eq!(own.names(&hosts), ["10.0.0.7", "bench-1.lan", "fd00::7"]);
        assert!(own.url(&[], ([10, 0, 0, 7], 7443).into()).starts_with("https://"));
    }

    #[test]
    fn a_screen_calls_the_station_by_its_first_name() {
        let bound = SocketAddr::from(([10, 0, 0, 7], 7443));
        let hosts = ["bench-1.example".to_owned()];
        assert_eq!(screens("0.0.0.0:7443", true, true, false).url(&hosts, bound), "https://bench-1.example:7443");
        assert_eq!(screens("10.0.0.7:7443", false, false, true).url(&[], bound), "http://10.0.0.7:7443");
    }
}
