//! Newtypes for the ids that travel between modules. They hold text as it was given and are compared as text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A code people read aloud, that is also part of paths and file names.
pub fn is_station_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )+};
}

text_ids! {
    /// A channel's order number, as the channel writes it.
    OrderNo,
    /// Goods that travel under one waybill; stable for the parcel's life, whatever waybills it gets.
    ParcelId,
    /// Milepost's own id of a waybill, e.g. `DB20260218-SF-008821`: the order id the carrier is asked with.
    WaybillId,
    /// One daemon, e.g. `SZ-01`.
    StationCode,
    /// Where one packer stands, e.g. `bench-1`.
    PlaceName,
    /// Who badged in.
    OperatorId,
    /// A stock keeping unit's code.
    Sku,
    /// One print of one label.
    JobId,
    /// Parcels released, printed and picked together.
    WaveCode,
}
