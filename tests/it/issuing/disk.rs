//! The model's disk: what a station has written, and the orders it knows.

use std::collections::BTreeMap;

use milepost::bench::Work;
use milepost::domain::id::{OrderNo, ParcelId, Sku};
use milepost::domain::order::{CarrierCode, Item, ItemCheck, Order};
use milepost::domain::parcel::{Operator, OrderRecord, Parcel, Standing};
use milepost::domain::returned::ReturnRecord;
use milepost::journal::Upsert;
use milepost::station::load::Documents;
use serde_json::json;

use super::model::PARCELS;

pub const JD: CarrierCode = CarrierCode::Jd;
/// Whom the hub lets a parcel go with.
pub const OTHER: CarrierCode = CarrierCode::Sf;

pub fn parcel_id(parcel: usize) -> ParcelId {
    ParcelId(format!("P{parcel}"))
}

pub fn order_no(parcel: usize) -> String {
    format!("900{parcel}")
}

/// What is on the disk.
#[derive(Default)]
pub struct Disk {
    pub orders: BTreeMap<String, OrderRecord>,
    pub parcels: BTreeMap<ParcelId, Parcel>,
    /// As they are written; read again only after a crash.
    pub works: BTreeMap<ParcelId, String>,
    pub sessions: BTreeMap<String, String>,
    pub numbers: BTreeMap<String, ParcelId>,
    pub pool: Option<String>,
}

impl Disk {
    pub fn with_parcels() -> Self {
        let mut disk = Disk::default();
        for parcel in 0..PARCELS {
            let order: Order = serde_json::from_value(json!({
                "order_no": order_no(parcel), "channel": "tmall", "shop": "S", "paid_at": "2026-02-15T06:22:00Z",
                "receiver": { "name": "N", "phone": "13800001234", "province": "P", "city": "C", "district": "D",
                              "detail": "X" },
                "lines": [{ "sku": "T", "name": "T", "quantity": 1, "price_fen": 0, "gift": false }],
                "amount_fen": 1, "tags": []
            }))
            .expect("an order");
            disk.orders.insert(order_no(parcel), OrderRecord { order, standing: Standing::Open });
            let document = Parcel {
                parcel_id: parcel_id(parcel),
                orders: vec![OrderNo(order_no(parcel))],
                warehouse: "W".into(),
                carrier: JD,
                service: None,
                waybill_id: format!("DB20260218-JD-01000{parcel}").into(),
                former: Vec::new(),
                supplied: None,
                replaced: Vec::new(),
                wave: None,
                lent: None,
                issuer: Some("S-1".into()),
                share: None,
            };
            disk.parcels.insert(parcel_id(parcel), document);
        }
        disk
    }

    pub fn keep(&mut self, upserts: Vec<Upsert>) {
        for upsert in upserts {
            match upsert {
                Upsert::Parcel { parcel_id, body, .. } => {
                    self.works.insert(parcel_id, body);
                }
                Upsert::Place { place, body } => {
                    self.sessions.insert(place.to_string(), body);
                }
                Upsert::Waybill { number, parcel_id, .. } => {
                    self.numbers.insert(number, parcel_id);
                }
                Upsert::Meta { key, value } if key == "pool:jd" => {
                    self.pool = Some(value);
                }
                _ => {}
            }
        }
    }
}

impl Documents for Disk {
    fn order(&self, order_no: &OrderNo) -> Option<OrderRecord> {
        self.orders.get(order_no.as_str()).cloned()
    }

    fn parcel(&self, parcel_id: &ParcelId) -> Option<Parcel> {
        self.parcels.get(parcel_id).cloned()
    }

    fn item(&self, sku: &Sku) -> Option<Item> {
        let (name, check) = ("T".to_owned(), ItemCheck::Each);
        let tracks = Default::default();
        (sku.as_str() == "T").then(|| Item {
            sku: sku.clone(),
            barcodes: Vec::new(),
            name,
            short_name: None,
            weight_g: Some(100),
            tolerance_g: None,
            volume_cm3: None,
            check,
            tracks,
            parts: None,
        })
    }

    fn taught(&self, _: &str) -> Option<milepost::domain::taught::Taught> {
        None
    }

    fn operator(&self, _: &str) -> Option<Operator> {
        None
    }

    fn matches(&self, code: &str) -> Vec<(String, String, u32)> {
        match code {
            "6901234567892" => vec![("item".into(), "T".into(), 1)],
            code => self
                .orders
                .contains_key(code)
                .then(|| ("parcel".into(), format!("P{}", &code[3..]), 1))
                .into_iter()
                .collect(),
        }
    }

    fn parcel_of(&self, number: &str) -> Option<ParcelId> {
        self.numbers.get(number).cloned()
    }

    fn work(&self, parcel_id: &ParcelId) -> Option<Work> {
        self.works.get(parcel_id).map(|body| read(body))
    }

    fn return_record(&self, _: &str) -> Option<ReturnRecord> {
        None
    }
}

pub fn read<T: serde::de::DeserializeOwned>(body: &str) -> T {
    serde_json::from_str(body).expect("what was written can be read")
}
