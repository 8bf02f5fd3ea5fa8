//! Addresses of devices: `tcp://10.0.0.7:9100`, `serial:///dev/ttyUSB0?baud=115200`, `file:///var/spool/labels`.
//! Each driver reads its own options and refuses those it doesn't know.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// A device's address as the config has it, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DeviceUrl {
    pub scheme: String,
    /// Between `://` and `?`: host and port, or an absolute path.
    pub place: String,
    pub options: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("{0:?} is no device address: write it like tcp://10.0.0.7:9100 or serial:///dev/ttyUSB0")]
    Shape(String),
    #[error("{scheme}: unknown option {key:?}; known are {known}")]
    UnknownOption { scheme: String, key: String, known: String },
    #[error("{scheme}: option {key} can't be {value:?}")]
    BadOption { scheme: String, key: &'static str, value: String },
    #[error("{scheme}: {place:?} is no place for it: write {right}")]
    BadPlace { scheme: String, place: String, right: &'static str },
    #[error("{scheme}: {place:?} is no USB device: write its vendor and product like 05e0:1200")]
    Usb { scheme: String, place: String },
    #[error("unknown scheme {scheme:?}; known are {known}")]
    UnknownScheme { scheme: String, known: String },
}

impl DeviceUrl {
    pub fn refuse_options_but(&self, known: &[&str]) -> Result<(), UrlError> {
        match self.options.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(UrlError::UnknownOption {
                scheme: self.scheme.clone(),
                key: key.clone(),
                known: if known.is_empty() { "none".into() } else { known.join(", ") },
            }),
        }
    }

    /// The option's value, `default` when it is not there.
    pub fn option<T: FromStr>(&self, key: &'static str, default: T) -> Result<T, UrlError> {
        match self.options.get(key) {
            None => Ok(default),
            Some(value) => value.parse().map_err(|_| UrlError::BadOption {
                scheme: self.scheme.clone(),
                key,
                value: value.clone(),
            }),
        }
    }
}

impl FromStr for DeviceUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let shape = || UrlError::Shape(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(shape)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if scheme.is_empty() || (place.is_empty() && scheme != "stdin") {
            return Err(shape());
        }
        let options = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())).ok_or_else(shape))
            .collect::<Result<_, _>>()?;
        Ok(Self { scheme: scheme.to_owned(), place: place.to_owned(), options })
    }
}

impl TryFrom<String> for DeviceUrl {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, UrlError> {
        text.parse()
    }
}

impl fmt::Display for DeviceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.place)?;
        for (index, (key, value)) in self.options.iter().enumerate() {
            write!(f, "{}{key}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_apart_and_together() {
        for text in ["tcp://10.0.0.7:9100", "serial:///dev/ttyUSB0?baud=115200&flow=rts", "stdin://"] {
            assert_eq!(text.parse::<DeviceUrl>().unwrap().to_string(), text);
        }
        let url: DeviceUrl = "serial:///dev/ttyUSB0?baud=fast".parse().unwrap();
        assert_eq!(url.place, "/dev/ttyUSB0");
        assert_eq!(url.option("baud", 9600).unwrap_err().to_string(), "serial: option baud can't be \"fast\"");
        let error = url.refuse_options_but(&["flow"]).unwrap_err();
        assert_eq!(error.to_string(), "serial: unknown option \"baud\"; known are flow");
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in ["", "10.0.0.7:9100", "tcp:", "tcp://", "tcp://a?b"] {
            assert!(text.parse::<DeviceUrl>().is_err(), "{text}");
        }
    }
}
