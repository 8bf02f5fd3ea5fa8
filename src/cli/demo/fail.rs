//! `--fail TARGET=FAULT[:SECONDS],…`: what goes wrong in the demo, and for how long.

use std::time::Duration;

use milepost::sim::carrier::sf;
use milepost::sim::printer;

#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub fault: Fault,
    /// `None`: for the whole demo.
    pub lasts: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    Sf(sf::Fault),
    HubDown,
    Printer(printer::Fault),
    ScannerReset,
    /// A target the demo has no use for yet.
    NotInUse,
}

#[derive(Clone, Debug, Default)]
pub struct Failures(pub Vec<Failure>);

impl std::str::FromStr for Failures {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(failure).collect::<Result<_, _>>().map(Failures)
    }
}

fn failure(text: &str) -> Result<Failure, String> {
    let (target, rest) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is no failure: write it like sf=timeout or hub=down:60s"))?;
    let (word, seconds) = rest.split_once(':').map_or((rest, None), |(word, seconds)| (word, Some(seconds)));
    let fault = match (target, word) {
        ("sf", "timeout") => Fault::Sf(sf::Fault::Timeout),
        ("sf", "500") => Fault::Sf(sf::Fault::Status500),
        ("sf", "html") => Fault::Sf(sf::Fault::Html),
        ("sf", "reset") => Fault::Sf(sf::Fault::Reset),
        ("sf", "wrong-number") => Fault::Sf(sf::Fault::AnotherParcels),
        ("sf", "down") => Fault::Sf(sf::Fault::Lost),
        ("zto" | "jd", "timeout" | "500" | "html" | "reset" | "wrong-number" | "down") => Fault::NotInUse,
        ("hub", "down") => Fault::HubDown,
        ("printer", "paper") => Fault::Printer(printer::Fault::PaperOutAfter(5)),
        ("printer", "down") => Fault::Printer(printer::Fault::Refuse),
        ("printer", "timeout") => Fault::Printer(printer::Fault::Slow { bytes_per_second: 0 }),
        ("printer", "reset") => Fault::Printer(printer::Fault::CloseAfter { bytes: 3_000 }),
        ("scanner", "reset" | "down") => Fault::ScannerReset,
        ("sf" | "hub" | "printer" | "scanner" | "zto" | "jd", _) => {
            return Err(format!(
                "{target} can't be told `{word}`: sf, zto and jd take timeout 500 html reset wrong-number down; hub takes down; printer takes paper down timeout reset; scanner takes reset down"
            ));
        }
        _ => return Err(format!("`{target}` can't fail: use sf, zto, jd, hub, printer or scanner")),
    };
    let lasts = match seconds.map(|seconds| seconds.trim_end_matches('s')) {
        None => None,
        Some(seconds) => {
            let seconds: u64 = seconds.parse().map_err(|_| format!("`{seconds}` is no number of seconds"))?;
            Some(Duration::from_secs(seconds))
        }
    };
    Ok(Failure { fault, lasts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_read_with_and_without_their_time() {
        let read: Failures = "sf=timeout,hub=down:60s,printer=paper:5".parse().expect("three failures");
        assert_eq!(read.0[0], Failure { fault: Fault::Sf(sf::Fault::Timeout), lasts: None });
        assert_eq!(read.0[1], Failure { fault: Fault::HubDown, lasts: Some(Duration::from_secs(60)) });
        assert_eq!(read.0.len(), 3);
    }

    #[test]
    fn unknown_words_are_named() {
        assert!("sf=sulk".parse::<Failures>().is_err_and(|error| error.contains("`sulk`")));
        assert!("moon=down".parse::<Failures>().is_err_and(|error| error.contains("`moon`")));
        assert!("hub=down:soon".parse::<Failures>().is_err_and(|error| error.contains("`soon`")));
    }
}
