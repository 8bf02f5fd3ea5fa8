//! The codes under which documents are found by a scan: barcodes of items, numbers and ids of parcels.

use super::id::{Sku, StationCode, WaveCode};
use super::order::Item;
use super::parcel::Parcel;
use super::returned::ReturnRecord;
use super::taught::Taught;

/// One code and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    pub alias: String,
    pub kind: AliasKind,
    /// How many pieces a scan of it stands for.
    pub quantity: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasKind {
    Item,
    /// What a lead taught.
    Taught,
    /// An order number, or a wave's position.
    Parcel,
    /// A number or id on the parcel's label.
    Waybill,
    /// A return's own number, its waybill's, or its order's.
    Return,
}

impl AliasKind {
    pub fn as_str(self) -> &'static str {
        match self {
            AliasKind::Item => "item",
            AliasKind::Taught => "taught",
            AliasKind::Parcel => "parcel",
            AliasKind::Waybill => "waybill",
            AliasKind::Return => "return",
        }
    }
}

pub fn of_item(item: &Item) -> Vec<Alias> {
    let alias = |code: &str, quantity| Alias { alias: code.to_owned(), kind: AliasKind::Item, quantity };
    let mut aliases: Vec<Alias> = item.barcodes.iter().map(|barcode| alias(&barcode.code, barcode.quantity)).collect();
    // Goods without a barcode of their own carry their sku on an in-store label.
    if !aliases.iter().any(|alias| alias.alias == item.sku.as_str()) {
        aliases.push(alias(item.sku.as_str(), 1));
    }
    aliases
}

pub fn of_taught(taught: &Taught) -> Vec<Alias> {
    let alias = Alias { alias: taught.code.clone(), kind: AliasKind::Taught, quantity: taught.quantity };
    if taught.removed { Vec::new() } else { vec![alias] }
}

pub fn of_parcel(parcel: &Parcel) -> Vec<Alias> {
    let alias = |text: String, kind| Alias { alias: text, kind, quantity: 1 };
    let mut aliases: Vec<Alias> =
        parcel.orders.iter().map(|order_no| alias(order_no.to_string(), AliasKind::Parcel)).collect();
    if let Some(wave) = &parcel.wave {
        aliases.push(alias(wave_key(&wave.code, wave.position), AliasKind::Parcel));
    }
    if let Some(loan) = &parcel.lent {
        aliases.push(alias(loan_key(&loan.station, &loan.sku), AliasKind::Parcel));
        aliases.push(alias(loans_key(&loan.station), AliasKind::Parcel));
    }
    // A temporary label may bear the id that the parcel had when it was printed.
    let ids = parcel.former.iter().chain([&parcel.waybill_id]);
    aliases.extend(ids.map(|id| alias(id.to_string(), AliasKind::Waybill)));
    if let Some(supplied) = &parcel.supplied {
        aliases.push(alias(supplied.number.clone(), AliasKind::Waybill));
    }
    aliases.extend(parcel.replaced.iter().map(|number| alias(number.clone(), AliasKind::Waybill)));
    aliases
}

pub fn of_return(record: &ReturnRecord) -> Vec<Alias> {
    let orders = record.orders.iter().map(|order_no| order_no.as_str());
    let codes = orders.chain([record.return_no.as_str()]).chain(record.number.as_deref());
    let mut aliases: Vec<Alias> = Vec::new();
    for code in codes {
        if !aliases.iter().any(|known| known.alias == code) {
            aliases.push(Alias { alias: code.to_owned(), kind: AliasKind::Return, quantity: 1 });
        }
    }
    aliases
}

/// The key under which a parcel is found by its wave and position.
pub fn wave_key(wave: &WaveCode, position: u32) -> String {
    format!("{wave}#{position}")
}

/// The key under which all parcels are found that are lent to a station.
pub fn loans_key(station: &StationCode) -> String {
    format!("{station}<")
}

/// Those of them that need these goods.
pub fn loan_key(station: &StationCode, sku: &Sku) -> String {
    format!("{station}<{sku}")
}
