//! An account at a carrier: the station's own, or one that a shop's parcels travel on.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::order::CarrierCode;

/// A station's accounts differ by carrier and shop; the warehouse is the station's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountName {
    pub carrier: CarrierCode,
    /// Whose parcels alone travel on it; `None`: everybody's who has none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
}

impl From<CarrierCode> for AccountName {
    fn from(carrier: CarrierCode) -> Self {
        Self { carrier, shop: None }
    }
}

/// As in messages and as a key: `sf`, or `sf:SHOP`.
impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shop {
            Some(shop) => write!(f, "{}:{shop}", self.carrier.as_str()),
            None => f.write_str(self.carrier.as_str()),
        }
    }
}
