//! Codes on goods that leads taught at benches, beside the barcodes that the items' owner gives: a document of its own, so
//! that a newer item loses none of them. What can't be taught is decided here, once for benches and hub.

use serde::{Deserialize, Serialize};

use super::code::{is_article_number, may_be_on_goods};
use super::fact::Fact;
use super::id::{OperatorId, Sku, StationCode, WaybillId};
use super::number::looks_like;
use super::waybill::carrier_of;

/// What a code was taught to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taught {
    pub code: String,
    pub sku: Sku,
    pub quantity: u32,
    pub lead: OperatorId,
    pub station: StationCode,
    /// It means nothing any more, or what the items say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl Taught {
    /// What a station's fact teaches, if it does.
    pub fn by(fact: &Fact, station: &StationCode) -> Option<Taught> {
        let Fact::BarcodeTaught { lead, code, sku, quantity, .. } = fact else { return None };
        Some(Taught {
            code: code.clone(),
            sku: sku.clone(),
            quantity: *quantity,
            lead: lead.clone(),
            station: station.clone(),
            removed: false,
        })
    }
}

/// Why a code isn't taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unteachable {
    /// A text, a link, a person's number, a misread: nothing that stands on goods.
    NoBarcode,
    /// It has the form of a waybill's number or id.
    Waybill,
    /// It is an order's number.
    Order,
    /// It stands on other goods.
    OtherGoods,
}

/// What the code itself says against it. What it names where it is known is asked beside.
pub fn teachable(code: &str) -> Result<(), Unteachable> {
    if !may_be_on_goods(code) || is_misread(code) {
        Err(Unteachable::NoBarcode)
    } else if !is_article_number(code) && is_like_a_waybill(code) {
        Err(Unteachable::Waybill)
    } else {
        Ok(())
    }
}

/// Thirteen digits are an EAN, and this one's check digit is wrong.
fn is_misread(code: &str) -> bool {
    code.len() == 13 && code.bytes().all(|b| b.is_ascii_digit()) && !is_article_number(code)
}

fn is_like_a_waybill(code: &str) -> bool {
    let own = code.starts_with("TMP-") || carrier_of(&WaybillId(code.to_owned())).is_some();
    own || !looks_like(code).is_empty() || is_like_other_carriers(code)
}

/// Two letters and thirteen digits, as carriers write that Milepost has no account for.
fn is_like_other_carriers(code: &str) -> bool {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    code.len() - digits.len() == 2 && digits.len() == 13 && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_taught_and_nothing_else() {
        for (code, expected) in [
            ("6901234567984", Ok(())),
            ("16901234567892", Ok(())),
            ("LOOSE-TEA-9", Ok(())),
            // Twelve digits: a UPC by its check digit, or else a carrier's.
            ("036000291452", Ok(())),
            ("118012345678", Err(Unteachable::Waybill)),
            ("SF1234567890123", Err(Unteachable::Waybill)),
            ("YT1234567890123", Err(Unteachable::Waybill)),
            ("73112345678901", Err(Unteachable::Waybill)),
            ("DB20260218-SF-008821", Err(Unteachable::Waybill)),
            ("TMP-DB20260218-SF-008821-7", Err(Unteachable::Waybill)),
            ("6901234567893", Err(Unteachable::NoBarcode)),
            ("13912345678", Err(Unteachable::NoBarcode)),
            ("https://example.com/1", Err(Unteachable::NoBarcode)),
        ] {
            assert_eq!(teachable(code), expected, "{code}");
        }
    }
}
