//! 放回单: what lies with the goods of a cancelled parcel until they are in their bins again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::id::StationCode;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutBackData {
    /// The parcel's orders, by their numbers.
    pub order: String,
    /// Scanned at a bench, it says again what goes where.
    pub code: String,
    pub station: StationCode,
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    pub printed_at: Timestamp,
    pub goods: Vec<PutBackRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutBackRow {
    /// Without one it goes where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
    pub name: String,
    pub quantity: u32,
}

impl PutBackData {
    pub fn example() -> Self {
        serde_json::from_str(include_str!("../../../config/labels/example-put-back.json"))
            .expect("the built-in example is a slip's data, which a test proves")
    }
}
