//! What a channel's export means, as data: `config/channels/*.toml`, built in and replaceable one by one.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};

use crate::domain::order::{CarrierCode, ItemCheck, ItemTracks, WaybillSource};

/// One column name or several, of which the first filled one counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Column {
    One(String),
    FirstOf(Vec<String>),
}

impl Column {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        match self {
            Column::One(name) => std::slice::from_ref(name).iter(),
            Column::FirstOf(names) => names.iter(),
        }
        .map(String::as_str)
    }
}

/// How one channel exports orders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub name: String,
    pub layout: Layout,
    #[serde(deserialize_with = "zone")]
    pub zone: TimeZone,
    /// The shop of orders whose file names none.
    pub shop: String,
    pub empty: Vec<String>,
    pub time_formats: Vec<String>,
    pub gift_remark: String,
    pub waybill_source: WaybillSource,
    pub amount: AmountOf,
    pub order: OrderColumns,
    pub line: LineColumns,
    pub status: StatusWords,
    #[serde(default)]
    pub carriers: BTreeMap<String, CarrierCode>,
    /// Tag → words in the seller's note that set it.
    #[serde(default)]
    pub tags: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    TwoFiles,
    OneFile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountOf {
    PerOrder,
    PerLine,
}

/// Where an order's facts stand; the plain ones are needed in the header, the optional ones may lack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderColumns {
    pub order_no: Column,
    pub status: Column,
    pub paid_at: Column,
    pub amount: Column,
    pub name: Column,
    pub phone: Column,
    /// The whole address, or what follows the levels where these have their own columns.
    pub address: Column,
    pub province: Option<Column>,
    pub city: Option<Column>,
    pub district: Option<Column>,
    pub town: Option<Column>,
    pub buyer: Option<Column>,
    pub shop: Option<Column>,
    pub buyer_note: Option<Column>,
    pub seller_note: Option<Column>,
    pub ship_by: Option<Column>,
    /// How many pieces all lines have together; a check on the line file.
    pub pieces: Option<Column>,
    pub waybill_number: Option<Column>,
    pub waybill_carrier: Option<Column>,
    /// Number and carrier in one value, `SF123-…`.
    pub express: Option<Column>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineColumns {
    pub order_no: Column,
    pub name: Column,
    pub sku: Column,
    pub quantity: Column,
    pub price: Column,
    pub line_no: Option<Column>,
    pub status: Option<Column>,
    pub after_sale: Option<Column>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusWords {
    pub accepted: Vec<String>,
    pub skipped: Vec<String>,
    /// Paid, such an order is cancelled where it is known.
    #[serde(default)]
    pub closed: Vec<String>,
    pub refunded: Vec<String>,
    pub pending: Vec<String>,
    /// The tag of orders with a claim that isn't decided.
    pub pending_tag: String,
}

impl OrderColumns {
    pub(super) fn needed(&self) -> Vec<&Column> {
        let levels = [&self.province, &self.city, &self.district].into_iter().flatten();
        [&self.order_no, &self.status, &self.paid_at, &self.amount, &self.name, &self.phone, &self.address]
            .into_iter()
            .chain(levels)
            .collect()
    }
}

impl LineColumns {
    pub(super) fn needed(&self) -> Vec<&Column> {
        vec![&self.order_no, &self.name, &self.sku, &self.quantity, &self.price]
    }
}

/// How the item file is laid out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemMapping {
    pub name: String,
    pub empty: Vec<String>,
    pub item: ItemColumns,
    pub check: BTreeMap<ItemCheck, Vec<String>>,
    pub tracks: BTreeMap<ItemTracks, Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemColumns {
    pub sku: Column,
    pub name: Column,
    pub barcodes: Column,
    pub short_name: Option<Column>,
    pub weight_g: Option<Column>,
    pub tolerance_g: Option<Column>,
    pub volume_cm3: Option<Column>,
    pub check: Option<Column>,
    pub tracks: Option<Column>,
    pub parts: Option<Column>,
}

#[derive(Debug, thiserror::Error)]
#[error("{file} cannot be read: {source}")]
pub struct MappingError {
    pub file: String,
    pub source: toml::de::Error,
}

/// Every channel's mapping and the item file's.
#[derive(Clone, Debug)]
pub struct Mappings {
    pub channels: Vec<Mapping>,
    pub items: ItemMapping,
}

impl Mappings {
    /// The files built in, by file name.
    pub const BUILTIN: [(&str, &str); 3] = [
        ("tmall.toml", include_str!("../../config/channels/tmall.toml")),
        ("douyin.toml", include_str!("../../config/channels/douyin.toml")),
        (ITEMS_FILE, include_str!("../../config/channels/items.toml")),
    ];

    pub fn builtin() -> Self {
        Self::with_files(&[]).expect("the built-in mappings are read by a test")
    }

    /// The built-in mappings, with those of a site's folder (file name, text) in their place or beside them.
    pub fn with_files(files: &[(String, String)]) -> Result<Self, MappingError> {
        let mut all: BTreeMap<&str, &str> = Self::BUILTIN.into_iter().collect();
        all.extend(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let items = parse(ITEMS_FILE, all.remove(ITEMS_FILE).unwrap_or_default())?;
        let channels = all.into_iter().map(|(name, text)| parse(name, text)).collect::<Result<_, _>>()?;
        Ok(Self { channels, items })
    }
}

const ITEMS_FILE: &str = "items.toml";

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, MappingError> {
    toml::from_str(text).map_err(|source| MappingError { file: file.to_owned(), source })
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name).map_err(serde::de::Error::custom)
}
