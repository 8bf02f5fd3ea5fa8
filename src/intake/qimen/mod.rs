//! Qimen's messages to orders, items and expected returns. Fields as Alibaba's open platform documents them, each message under
//! developer.alibaba.com/docs/api.htm: deliveryorder.create (apiId 26002), order.cancel (26000), singleitem.synchronize (25998),
//! returnorder.create (25989). What no public page settles is data, in config/qimen.toml. Pure, and no message makes it panic.

mod element;
mod form;
mod goods;
mod order;
mod withdrawn;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::value;

pub use element::{Element, XmlError, read};
pub use form::{Form, FormError};
pub use goods::item;
pub use order::{Delivery, delivery};
pub use withdrawn::{Cancel, ExpectedLine, ExpectedReturn, cancel, expected_return};

/// Why a message can't be used. It names the field, and never repeats a name, phone or address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error("{0} is missing: send the message with it")]
    Missing(&'static str),
    #[error("{field} `{value}` is no {what}: correct it and send the message again")]
    Field { field: String, value: String, what: &'static str },
    #[error(
        "warehouseCode `{0}` is none of this customer's warehouses: add it to `warehouses` of [[qimen.customer]] in hub.toml"
    )]
    Warehouse(String),
}

/// What a site says of the customer whose messages these are.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// In place of what the message names.
    pub shop: Option<&'a str>,
    /// Where orders go whose code leaves it to us, or all where no codes are named.
    pub warehouse: Option<&'a str>,
    /// The ERP's codes and our warehouses.
    pub warehouses: &'a BTreeMap<String, String>,
}

impl Whose<'_> {
    pub fn warehouse_of(&self, code: &str, form: &Form) -> Result<Option<String>, Unusable> {
        match self.warehouses.get(code) {
            Some(ours) => Ok(Some(ours.clone())),
            None if self.warehouses.is_empty() || form.any_warehouse.iter().any(|any| any == code) => {
                Ok(self.warehouse.map(str::to_owned))
            }
            None => Err(Unusable::Warehouse(code.to_owned())),
        }
    }
}

/// A time of Qimen's, which has no zone.
pub fn time(text: &str, form: &Form) -> Option<Timestamp> {
    value::time(text, &[], &form.zone())
}

fn needed<'e>(element: &'e Element, name: &'static str) -> Result<&'e str, Unusable> {
    element.text_of(name).ok_or(Unusable::Missing(name))
}

fn unusable(field: impl Into<String>, value: &str, what: &'static str) -> Unusable {
    Unusable::Field { field: field.into(), value: value.to_owned(), what }
}

/// Y, 1 or true, as Qimen's own flags and ERPs' additions are written.
fn is_yes(text: &str) -> bool {
    ["y", "1", "true"].contains(&text.to_ascii_lowercase().as_str())
}
