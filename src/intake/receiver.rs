//! The receiver of a read order: open and taken apart, or sealed by the platform and only shown masked.

use crate::domain::address::{self, Address};
use crate::domain::order::{Party, SealedReceiver};
use crate::domain::phone::{self, Phone};

/// A receiver's values as the file has them; the levels are empty where the address is one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Written {
    pub name: String,
    pub phone: String,
    pub province: String,
    pub city: String,
    pub district: String,
    pub town: String,
    pub address: String,
}

impl Written {
    /// Ciphertext begins with `##` or `$$` (Douyin), masks are asterisks (both).
    pub fn is_sealed(&self) -> bool {
        [&self.name, &self.phone, &self.address].into_iter().any(|text| is_ciphertext(text) || text.contains('*'))
    }

    /// What can't be taken apart stays as it was written: the address in `detail`, beside the levels that came.
    pub fn open(&self) -> Party {
        let address = self.address().unwrap_or_else(|_| Address {
            province: self.province.clone(),
            city: self.city.clone(),
            district: self.district.clone(),
            town: (!self.town.is_empty()).then(|| self.town.clone()),
            detail: self.address.clone(),
            postcode: None,
        });
        let phone = phone::parse(&self.phone).unwrap_or_else(|_| Phone { number: self.phone.clone(), extension: None });
        Party {
            name: self.name.clone(),
            phone: phone.number,
            phone_extension: phone.extension,
            company: None,
            province: address.province,
            city: address.city,
            district: address.district,
            town: address.town,
            detail: address.detail,
            postcode: address.postcode,
        }
    }

    fn address(&self) -> Result<Address, address::AddressError> {
        if self.province.is_empty() {
            return address::split(&self.address);
        }
        let rest = match self.address.strip_prefix(self.town.as_str()) {
            Some(_) => self.address.clone(),
            None => format!("{} {}", self.town, self.address),
        };
        address::from_levels(&self.province, &self.city, &self.district, &rest)
    }

    /// What may be shown of a sealed receiver. Ciphertext says nothing to a person, so asterisks stand for it.
    pub fn sealed(&self, platform: &str, order_no: &str) -> SealedReceiver {
        let shown = |text: &str| {
            if is_ciphertext(text) || text.is_empty() { "***".to_owned() } else { text.to_owned() }
        };
        let mut masked = match self.address() {
            Ok(address) => Party {
                province: address.province,
                city: address.city,
                district: address.district,
                town: address.town,
                detail: shown(&address.detail),
                ..Party::default()
            },
            Err(_) => Party {
                province: self.province.clone(),
                city: self.city.clone(),
                district: self.district.clone(),
                detail: shown(&self.address),
                ..Party::default()
            },
        };
        masked.name = shown(&self.name);
        masked.phone = shown(&self.phone);
        // Masks are no key to anything; the platform opens its receivers by the order then.
        let token = if is_ciphertext(&self.name) { &self.name } else { order_no };
        SealedReceiver { platform: platform.to_owned(), token: token.to_owned(), masked }
    }
}

fn is_ciphertext(text: &str) -> bool {
    text.starts_with("##") || text.starts_with("$$")
}
