//! A label's data from a parcel: pure, and refused rather than guessed where something that belongs together doesn't.

use crate::bench::{PrintOrder, View};
use crate::domain::order::{Party, SuppliedWaybill};
use crate::domain::parcel;
use crate::domain::waybill::Origin;
use crate::label::LabelData;
use crate::label::data::{ParcelData, WaveData, WaybillData};

/// What the platform sealed, for its component and nobody else.
pub fn sealed(view: &View) -> Result<serde_json::Value, String> {
    let sealed = view.parcel.supplied.as_ref().and_then(SuppliedWaybill::sealed);
    let gone = || format!("parcel {}: its sealed label is no longer kept here", view.parcel.parcel_id);
    sealed.cloned().ok_or_else(gone)
}

/// Where and by whom a label is made, as it says itself.
pub struct Maker<'a> {
    pub station: &'a str,
    /// Where labels of other places come out of the same printer.
    pub place: Option<String>,
    pub operator: Option<String>,
}

pub fn label_data(
    view: &View,
    order: &PrintOrder,
    sender: &Party,
    maker: Maker,
    now_us: i64,
) -> Result<LabelData, String> {
    let mut orders = view.orders.iter().map(|record| record.order.clone());
    let first = orders.next().ok_or_else(|| format!("parcel {} has no order here", view.parcel.parcel_id))?;
    if first.receiver.is_none() && first.receiver_sealed.is_none() {
        return Err(format!(
            "order {}: its receiver is no longer kept here, print it where the order is known",
            first.order_no
        ));
    }
    let routing = match (&view.parcel.supplied, order.origin) {
        (Some(supplied), Origin::Supplied) => supplied.routing.clone().unwrap_or_default(),
        _ => {
            let waybill = view.work.waybills.iter().find(|waybill| waybill.number == order.number);
            waybill.map(|waybill| waybill.routing.clone()).unwrap_or_default()
        }
    };
    Ok(LabelData {
        order: first,
        orders: orders.collect(),
        lines: None,
        parcel: Some(ParcelData { index: 1, count: 1, weight_g: parcel::weight_g(&view.needs) }),
        wave: view.parcel.wave.as_ref().map(|wave| WaveData {
            code: wave.code.clone(),
            position: wave.position,
            count: wave.count,
        }),
        piece: None,
        sender: sender.clone(),
        waybill: WaybillData {
            id: view.parcel.waybill_id.clone(),
            carrier: view.parcel.carrier,
            number: order.number.clone(),
            origin: order.origin,
            routing,
        },
        station: maker.station.into(),
        place: maker.place,
        operator: maker.operator,
        printed_at: jiff::Timestamp::from_microsecond(now_us).unwrap_or_default(),
        copy: order.copy,
    })
}
