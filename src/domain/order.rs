//! Orders and items as documents: what channels deliver and the hub's API takes (JSON; money in fen, weight in grams,
//! times RFC 3339). Unknown keys are refused, so a misspelt field is an error and never a silent default.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::hold::Hold;
use super::id::{OrderNo, Sku};

/// A channel's order. A higher `revision` replaces the order until it is checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub order_no: OrderNo,
    #[serde(default)]
    pub revision: u32,
    pub channel: String,
    pub shop: String,
    pub paid_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_by: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Party>,
    /// In place of `receiver` where the platform delivers it sealed; never opened here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver_sealed: Option<SealedReceiver>,
    pub lines: Vec<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift_set: Option<String>,
    /// What the buyer paid, in fen.
    pub amount_fen: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Orders of one shop with equal keys travel in one parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waybill: Option<SuppliedWaybill>,
    /// What whoever read the order could make no sense of; it waits for a revision without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Hold>,
}

impl Order {
    /// All that was paid for was refunded: gifts alone aren't sent.
    pub fn is_gone(&self) -> bool {
        let is_open = |line: &Line| line.status == LineStatus::Open;
        !self.lines.iter().all(is_open) && self.lines.iter().all(|line| line.gift || !is_open(line))
    }
}

/// Who a parcel goes to or comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub name: String,
    pub phone: String,
    /// A virtual number's extension, dialled after `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_extension: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    pub province: String,
    pub city: String,
    pub district: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub town: Option<String>,
    pub detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
}

/// A receiver only the platform can read; `masked` is what may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedReceiver {
    pub platform: String,
    pub token: String,
    pub masked: Party,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Defaults to the line's position, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_no: Option<String>,
    pub sku: Sku,
    pub name: String,
    pub quantity: u32,
    #[serde(default)]
    pub price_fen: i64,
    #[serde(default)]
    pub gift: bool,
    #[serde(default)]
    pub status: LineStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<jiff::civil::Date>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineStatus {
    #[default]
    Open,
    Refunded,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarrierCode {
    Sf,
    Zto,
    Jd,
}

impl CarrierCode {
    pub const ALL: [CarrierCode; 3] = [CarrierCode::Sf, CarrierCode::Zto, CarrierCode::Jd];

    /// Under one of its waybills travel several boxes, each with a number of its own.
    pub fn numbers_pieces(self) -> bool {
        match self {
            CarrierCode::Sf => true,
            CarrierCode::Zto | CarrierCode::Jd => false,
        }
    }

    /// As in template names and config: `sf`.
    pub fn as_str(self) -> &'static str {
        match self {
            CarrierCode::Sf => "sf",
            CarrierCode::Zto => "zto",
            CarrierCode::Jd => "jd",
        }
    }
}

/// A number the ERP or the platform already holds for the order; never re-issued or re-routed here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppliedWaybill {
    pub carrier: CarrierCode,
    pub number: String,
    pub source: WaybillSource,
    /// The carrier's own routing names, snake_case, as its label needs them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<BTreeMap<String, serde_json::Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print: Option<PrintData>,
}

impl SuppliedWaybill {
    /// The whole label as only the platform's own print component can open it.
    pub fn sealed(&self) -> Option<&serde_json::Value> {
        let print = self.print.as_ref().filter(|print| print.kind == PrintKind::Component);
        print.map(|print| &print.data)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaybillSource {
    Erp,
    Cainiao,
    Douyin,
    Pinduoduo,
    Kuaishou,
    Jd,
    Wechat,
    Direct,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintData {
    pub kind: PrintKind,
    pub data: serde_json::Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintKind {
    Fields,
    Pdf,
    Png,
    Zpl,
    Component,
}

/// What a sku is: its barcodes, names, weight and how it is checked at the bench.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub sku: Sku,
    #[serde(default)]
    pub barcodes: Vec<Barcode>,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u32>,
    /// How far one piece may be from that; where no item says, a parcel has the general tolerance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance_g: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_cm3: Option<u32>,
    #[serde(default)]
    pub check: ItemCheck,
    #[serde(default)]
    pub tracks: ItemTracks,
    /// Explodes a bundle or gift set before picking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<Part>>,
}

impl Item {
    /// As people at a bench call it.
    pub fn called(&self) -> String {
        self.short_name.as_ref().unwrap_or(&self.name).clone()
    }
}

/// A code on the goods and how many pieces it stands for: 1 on the piece, more on a carton.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Barcode {
    pub code: String,
    #[serde(default = "one")]
    pub quantity: u32,
}

fn one() -> u32 {
    1
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemCheck {
    /// Every piece is scanned.
    #[default]
    Each,
    /// One scan, then the packer counts the rest.
    OnceAndCount,
    /// Nothing to scan; shown, and counted by itself.
    NoScan,
    /// Every piece has its own serial number.
    Serial,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemTracks {
    #[default]
    None,
    Lot,
    Expiry,
    Serial,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub sku: Sku,
    pub quantity: u32,
}
