//! Waybill ids: Milepost's own handle of a waybill, minted once where the parcel is born and used as the order id with
//! the carrier. `DB{yyyymmdd}-{carrier}-{slot:2}{counter:4+}`, e.g. `DB20260218-SF-008821`.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::id::WaybillId;
use super::order::CarrierCode;

/// Where a waybill's number came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// With the order, by the ERP or the platform.
    Supplied,
    /// From the carrier's API.
    Direct,
    /// A number held for outages.
    Pool,
    /// `TMP-…`: no carrier's number; to be replaced before handover.
    Temporary,
}

/// The key in a waybill's routing that says that its codes were seen on other parcels and not given for this one.
pub const LEARNED: &str = "learned";

/// Mints ids for one slot. A counter starts anew each day; a day never goes back, whatever the clock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mint {
    pub prefix: String,
    /// 00 is the hub's; others are lent to one station and epoch each.
    pub slot: u8,
    pub day: Date,
    pub last: u32,
}

impl Mint {
    pub fn new(prefix: &str, slot: u8, day: Date) -> Self {
        Self { prefix: prefix.to_owned(), slot, day, last: 0 }
    }

    pub fn next(&mut self, carrier: CarrierCode, today: Date) -> WaybillId {
        if today > self.day {
            self.day = today;
            self.last = 0;
        }
        self.last += 1;
        WaybillId(format!(
            "{}{}-{}-{:02}{:04}",
            self.prefix,
            self.day.strftime("%Y%m%d"),
            carrier.as_str().to_uppercase(),
            self.slot,
            self.last
        ))
    }
}

/// The carrier an id was minted for.
pub fn carrier_of(id: &WaybillId) -> Option<CarrierCode> {
    let mut parts = id.as_str().rsplit('-').skip(1);
    let name = parts.next()?;
    CarrierCode::ALL.into_iter().find(|carrier| carrier.as_str().eq_ignore_ascii_case(name))
}

/// The number on a label that no carrier issued: `TMP-{waybill id}` plus a check character, so that it can never be
/// taken for a carrier's number and always names the order id the carrier will be asked with.
pub fn temporary_number(id: &WaybillId) -> String {
    checked(format!("TMP-{id}"))
}

/// The same for a box beyond the first: `TMP-{waybill id}-{piece}` plus a check character.
pub fn temporary_piece(id: &WaybillId, piece: u32) -> String {
    checked(format!("TMP-{id}-{piece}"))
}

fn checked(body: String) -> String {
    let check = super::code::check_character(&body);
    format!("{body}-{check}")
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Supplied => "supplied",
            Origin::Direct => "direct",
            Origin::Pool => "pool",
            Origin::Temporary => "temporary",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_slot_and_counter_and_grow_past_9999() {
        let day = jiff::civil::date(2026, 2, 18);
        let mut mint = Mint::new("DB", 0, day);
        mint.last = 8820;
        assert_eq!(mint.next(CarrierCode::Sf, day).as_str(), "DB20260218-SF-008821");
        mint.last = 9999;
        assert_eq!(mint.next(CarrierCode::Jd, day).as_str(), "DB20260218-JD-0010000");
    }

    #[test]
    fn a_clock_that_goes_back_does_not_take_the_counter_with_it() {
        let day = jiff::civil::date(2026, 2, 18);
        let mut mint = Mint::new("DB", 7, day);
        let first = mint.next(CarrierCode::Sf, day);
        let second = mint.next(CarrierCode::Sf, jiff::civil::date(2026, 2, 17));
        assert_eq!(first.as_str(), "DB20260218-SF-070001");
        assert_eq!(second.as_str(), "DB20260218-SF-070002");
        assert_eq!(mint.next(CarrierCode::Sf, jiff::civil::date(2026, 2, 19)).as_str(), "DB20260219-SF-070001");
    }
}
