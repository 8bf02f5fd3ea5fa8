//! What leads took upon themselves, as the office reads it.

use serde::{Deserialize, Serialize};

use super::said::listed;
use crate::domain::id::{OperatorId, Sku, StationCode};
use crate::domain::taught::Unteachable;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum LeadActed {
    /// A parcel passed though not all of its goods were scanned.
    CheckForced {
        lead: OperatorId,
        reason: String,
        missing: Vec<(Sku, u32)>,
        station: StationCode,
    },
    BarcodeTaught {
        lead: OperatorId,
        sku: Sku,
        station: StationCode,
    },
    /// A code was taught that means something else; stations forget it again.
    BarcodeRefused {
        lead: OperatorId,
        sku: Sku,
        station: StationCode,
        because: Unteachable,
    },
}

impl LeadActed {
    pub const KINDS: [&str; 3] = ["check_forced", "barcode_taught", "barcode_refused"];

    pub fn kind(&self) -> &'static str {
        let [forced, taught, refused] = Self::KINDS;
        match self {
            LeadActed::CheckForced { .. } => forced,
            LeadActed::BarcodeTaught { .. } => taught,
            LeadActed::BarcodeRefused { .. } => refused,
        }
    }

    /// A parcel's goods are the lead's to find, codes the office's to check.
    pub(super) fn owner(&self) -> &'static str {
        match self {
            LeadActed::CheckForced { .. } => "lead",
            LeadActed::BarcodeTaught { .. } | LeadActed::BarcodeRefused { .. } => "office",
        }
    }

    pub(super) fn zh(&self) -> String {
        match self {
            LeadActed::CheckForced { lead, reason, missing, station } => format!(
                "组长 {lead} 在 {station} 放行（{reason}），没扫到：{}；看货对不对，看过就关",
                listed(missing, "、")
            ),
            LeadActed::BarcodeTaught { lead, sku, station } => {
                format!("{lead} 在 {station} 教的，是 {sku} 的码：核对一下，对就关，再补到商品资料；错就删掉")
            }
            LeadActed::BarcodeRefused { lead, sku, station, because } => {
                let because = match because {
                    Unteachable::NoBarcode => "这不是商品条码",
                    Unteachable::Waybill => "这是运单号",
                    Unteachable::Order => "这是订单号",
                    Unteachable::OtherGoods => "这是别的商品的码",
                };
                format!("{lead} 在 {station} 教成了 {sku} 的码，不算：{because}；查用它装的单对不对，看过就关")
            }
        }
    }

    pub(super) fn en(&self) -> String {
        match self {
            LeadActed::CheckForced { lead, reason, missing, station } => format!(
                "{lead} let it pass at {station} ({reason}); not scanned: {}; see whether the goods are right, then close it",
                listed(missing, ", ")
            ),
            LeadActed::BarcodeTaught { lead, sku, station } => format!(
                "taught by {lead} at {station} as a code of {sku}: check it; if right close it and add it to the item, if wrong delete it"
            ),
            LeadActed::BarcodeRefused { lead, sku, station, because } => {
                let because = match because {
                    Unteachable::NoBarcode => "this is no barcode of goods",
                    Unteachable::Waybill => "it is a waybill's number",
                    Unteachable::Order => "it is an order's number",
                    Unteachable::OtherGoods => "it is on other goods",
                };
                format!(
                    "{lead} taught it at {station} as a code of {sku}, and it doesn't count: {because}; look at what was packed by it, then close it"
                )
            }
        }
    }
}
