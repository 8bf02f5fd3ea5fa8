//! What doesn't fit about a return, in two languages. All of it is the office's: it knows the buyer.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "snake_case")]
pub enum ReturnTrouble {
    /// It arrived, and nobody knows of which order.
    Nobodys,
    /// What was found isn't what was announced.
    Differs { missing: u32, wrong: u32 },
    /// Announced so many days ago, and not here; never stored, for it depends on the time.
    Overdue { days: u32 },
}

impl ReturnTrouble {
    pub(in crate::hub) const KINDS: [&str; 3] = ["return_nobodys", "return_differs", "return_overdue"];

    pub(super) fn kind(&self) -> &'static str {
        match self {
            ReturnTrouble::Nobodys => "return_nobodys",
            ReturnTrouble::Differs { .. } => "return_differs",
            ReturnTrouble::Overdue { .. } => "return_overdue",
        }
    }

    pub(super) fn zh(&self) -> String {
        match self {
            ReturnTrouble::Nobodys => {
                "收到退件，不知道是哪一单：看照片和商品，找到买家，办完再标记（POST /v1/returns/…/settle）".into()
            }
            ReturnTrouble::Differs { missing, wrong } => {
                format!("验退和预约不符：缺 {missing} 件，错 {wrong} 件；和买家核对再退款，办完再标记")
            }
            ReturnTrouble::Overdue { days } => format!("预约 {days} 天了还没到：查退货运单，或取消预约"),
        }
    }

    pub(super) fn en(&self) -> String {
        match self {
            ReturnTrouble::Nobodys => {
                "it came back and nobody knows of which order: look at its photos and goods, find \
                                       its buyer, then POST /v1/returns/…/settle"
                    .into()
            }
            ReturnTrouble::Differs { missing, wrong } => format!(
                "what was found isn't what was announced: {missing} missing, {wrong} wrong; ask its buyer before the money \
                 goes back, then settle it"
            ),
            ReturnTrouble::Overdue { days } => {
                format!("announced more than {days} days ago and not here: look where its waybill is, or cancel it")
            }
        }
    }
}
