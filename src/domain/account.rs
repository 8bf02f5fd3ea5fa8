//! An account at a carrier, and whose parcels travel on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::order::CarrierCode;

/// The more it names the nearer it is: an account of the parcel's shop comes before one of its warehouse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountName {
    pub carrier: CarrierCode,
    /// Whose parcels alone travel on it; `None`: everybody's who has none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    /// The same of a warehouse. A station is of one, so its accounts name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
}

impl AccountName {
    /// The nearest of `accounts` for a parcel of this carrier.
    pub fn nearest<'a>(
        accounts: impl IntoIterator<Item = &'a AccountName>,
        carrier: CarrierCode,
        shop: Option<&str>,
        warehouse: Option<&str>,
    ) -> Option<&'a AccountName> {
        let fits = |wanted: &Option<String>, given| wanted.is_none() || wanted.as_deref() == given;
        let fitting = accounts.into_iter().filter(|account| {
            account.carrier == carrier && fits(&account.shop, shop) && fits(&account.warehouse, warehouse)
        });
        fitting.max_by_key(|account| (account.shop.is_some(), account.warehouse.is_some()))
    }
}

impl From<CarrierCode> for AccountName {
    fn from(carrier: CarrierCode) -> Self {
        Self { carrier, shop: None, warehouse: None }
    }
}

/// As in messages and as a key: `sf`, `sf:SHOP`, `sf@WAREHOUSE` or `sf:SHOP@WAREHOUSE`.
impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.carrier.as_str())?;
        if let Some(shop) = &self.shop {
            write!(f, ":{shop}")?;
        }
        match &self.warehouse {
            Some(warehouse) => write!(f, "@{warehouse}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shops_account_comes_before_a_warehouses() {
        let all = [(None, None), (Some("A"), None), (None, Some("SZ")), (Some("A"), Some("HZ"))];
        let all = all.map(|(shop, warehouse): (Option<&str>, Option<&str>)| AccountName {
            carrier: CarrierCode::Sf,
            shop: shop.map(str::to_owned),
            warehouse: warehouse.map(str::to_owned),
        });
        let named = |carrier, shop, warehouse| {
            AccountName::nearest(&all, carrier, Some(shop), Some(warehouse)).map(ToString::to_string)
        };
        for (shop, warehouse, expected) in
            [("A", "SZ", "sf:A"), ("A", "HZ", "sf:A@HZ"), ("B", "SZ", "sf@SZ"), ("B", "HZ", "sf")]
        {
            assert_eq!(named(CarrierCode::Sf, shop, warehouse).as_deref(), Some(expected), "{shop} {warehouse}");
        }
        assert_eq!(named(CarrierCode::Jd, "A", "SZ"), None);
        assert_eq!(AccountName::nearest(&all[1..2], CarrierCode::Sf, None, None), None, "of no known shop");
    }
}
