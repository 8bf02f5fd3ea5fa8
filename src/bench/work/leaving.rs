//! Where a parcel is on its way out: in a bag, or its boxes aboard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::id::StationCode;

/// Boxes by their numbers, each with the station and the handover that took it along.
pub type Aboard = BTreeMap<String, (StationCode, String)>;

/// In which bag, and by which label's scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bagged {
    pub bag: String,
    pub number: String,
    /// Where that was. Of works that were kept by an older version it isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<StationCode>,
}
