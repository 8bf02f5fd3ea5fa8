//! Documents as they are while one event is handled: read and parsed once, however often they are asked for. A picker's list has
//! hundreds of parcels, and of the same goods.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;

use super::load::Documents;
use crate::bench::Work;
use crate::domain::id::{OrderNo, ParcelId, Sku};
use crate::domain::order::Item;
use crate::domain::parcel::{Operator, OrderRecord, Parcel};
use crate::domain::returned::ReturnRecord;
use crate::domain::taught::Taught;

pub struct Memo<'d> {
    documents: &'d dyn Documents,
    orders: Known<OrderNo, Option<OrderRecord>>,
    parcels: Known<ParcelId, Option<Parcel>>,
    items: Known<Sku, Option<Item>>,
    matches: Known<String, Vec<(String, String, u32)>>,
    works: Known<ParcelId, Option<Work>>,
}

type Known<K, V> = RefCell<HashMap<K, V>>;

impl<'d> Memo<'d> {
    pub fn of(documents: &'d dyn Documents) -> Memo<'d> {
        let (orders, parcels, items, matches, works) = Default::default();
        Memo { documents, orders, parcels, items, matches, works }
    }
}

fn known<K: Clone + Eq + Hash, V: Clone>(known: &Known<K, V>, key: &K, read: impl FnOnce() -> V) -> V {
    if let Some(value) = known.borrow().get(key) {
        return value.clone();
    }
    let value = read();
    known.borrow_mut().insert(key.clone(), value.clone());
    value
}

impl Documents for Memo<'_> {
    fn order(&self, order_no: &OrderNo) -> Option<OrderRecord> {
        known(&self.orders, order_no, || self.documents.order(order_no))
    }

    fn parcel(&self, parcel_id: &ParcelId) -> Option<Parcel> {
        known(&self.parcels, parcel_id, || self.documents.parcel(parcel_id))
    }

    fn item(&self, sku: &Sku) -> Option<Item> {
        known(&self.items, sku, || self.documents.item(sku))
    }

    fn matches(&self, code: &str) -> Vec<(String, String, u32)> {
        known(&self.matches, &code.to_owned(), || self.documents.matches(code))
    }

    fn work(&self, parcel_id: &ParcelId) -> Option<Work> {
        known(&self.works, parcel_id, || self.documents.work(parcel_id))
    }

    fn operator(&self, badge: &str) -> Option<Operator> {
        self.documents.operator(badge)
    }

    fn taught(&self, code: &str) -> Option<Taught> {
        self.documents.taught(code)
    }

    fn parcel_of(&self, number: &str) -> Option<ParcelId> {
        self.documents.parcel_of(number)
    }

    fn return_record(&self, return_no: &str) -> Option<ReturnRecord> {
        self.documents.return_record(return_no)
    }
}
