//! What is on its way out of the house at a dock: a driver's handover, and a bag that is filled for one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_zero;
use crate::domain::id::ParcelId;
use crate::domain::order::CarrierCode;

/// What one driver takes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Its number at this place, with the place's name.
    pub handover: String,
    pub carrier: CarrierCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// Boxes, which mostly are parcels.
    pub count: u32,
    /// Parcels of which so many boxes are still to come.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partly: BTreeMap<ParcelId, u32>,
    /// Whose box came last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ParcelId>,
    /// Copies of its sheet of which it isn't known yet whether they came out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub printing: u32,
    /// One of them didn't, or nobody knows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubt: bool,
}

/// A bag while it is filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBag {
    pub bag: String,
    pub count: u32,
    /// Of the parcels in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierCode>,
    /// What UNDO takes out again, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ParcelId>,
}

impl Handover {
    pub(super) fn new(handover: &str, carrier: CarrierCode) -> Self {
        let handover = handover.to_owned();
        Handover {
            handover,
            carrier,
            plate: None,
            count: 0,
            partly: BTreeMap::new(),
            last: None,
            printing: 0,
            doubt: false,
        }
    }

    /// The parcel left with its last box, wherever that was: none of its boxes is waited for here.
    pub fn left(&mut self, parcel: &ParcelId) -> bool {
        self.partly.remove(parcel).is_some()
    }

    /// So many of its boxes of the parcel are back at a bench, and so many stay.
    pub fn came_back(&mut self, parcel: &ParcelId, boxes: u32, stay: u32) -> bool {
        self.count = self.count.saturating_sub(boxes);
        (stay == 0 && self.partly.remove(parcel).is_some()) || boxes > 0
    }

    /// One box more, of a parcel of which so many are still to come.
    pub(super) fn loaded(&mut self, parcel: Option<&ParcelId>, left: u32) {
        self.count += 1;
        self.last = parcel.cloned();
        match (parcel, left) {
            (Some(parcel), 0) => drop(self.partly.remove(parcel)),
            (Some(parcel), left) => drop(self.partly.insert(parcel.clone(), left)),
            (None, _) => {}
        }
    }
}
