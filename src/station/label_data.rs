//! A label's data from a parcel: pure, and refused rather than guessed where something that belongs together doesn't.

use std::collections::BTreeMap;

use crate::bench::work::Waybill;
use crate::bench::{PrintOrder, View};
use crate::domain::order::{Line, LineStatus, Party, SuppliedWaybill};
use crate::domain::parcel;
use crate::domain::waybill::Origin;
use crate::label::LabelData;
use crate::label::data::{ParcelData, PieceData, WaveData, WaybillData};

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
    let (carried, _) = parcel::carried(&view.orders);
    let mut orders = carried.into_iter().map(|record| record.order.clone());
    let first = orders.next().ok_or_else(|| format!("parcel {} has no order here", view.parcel.parcel_id))?;
    if first.receiver.is_none() && first.receiver_sealed.is_none() {
        return Err(format!(
            "order {}: its receiver is no longer kept here, print it where the order is known",
            first.order_no
        ));
    }
    let pieces = view.pieces();
    let piece = piece(&pieces, &order.number);
    // A box's label bears the number of its parcel as well; a temporary one has only its own.
    let mother = match (order.origin, pieces.first().filter(|_| piece.is_some())) {
        (Origin::Temporary, _) | (_, None) => order.number.clone(),
        (_, Some(mother)) => mother.clone(),
    };
    let mut routing = match (&view.parcel.supplied, order.origin) {
        (Some(supplied), Origin::Supplied) => supplied.routing.clone().unwrap_or_default(),
        _ => {
            let bears = |waybill: &&Waybill| waybill.number == mother;
            let waybill = view.work.waybills.iter().find(bears);
            waybill.map(|waybill| waybill.routing.clone()).unwrap_or_default()
        }
    };
    if piece.is_some() {
        names_the_box(&mut routing, &mother, &order.number);
    }
    // What each of several boxes weighs nobody knows.
    let weight_g = parcel::weight_g(&view.needs).filter(|_| piece.is_none());
    Ok(LabelData {
        order: first,
        orders: orders.collect(),
        lines: view.parcel.share.as_ref().map(|_| own_lines(view)),
        parcel: Some(ParcelData { index: 1, count: 1, weight_g }),
        wave: view.parcel.wave.as_ref().map(|wave| WaveData {
            code: wave.code.clone(),
            position: wave.position,
            count: wave.count,
        }),
        piece,
        sender: sender.clone(),
        waybill: WaybillData {
            id: view.parcel.waybill_id.clone(),
            carrier: view.parcel.carrier,
            number: mother,
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

/// The goods of one of several parcels of its orders, which are no line's alone.
fn own_lines(view: &View) -> Vec<Line> {
    let own = view.needs.iter().filter(|need| need.quantity > 0);
    let line = |need: &parcel::Need| Line {
        line_no: None,
        sku: need.sku.clone(),
        name: need.name.clone(),
        quantity: need.quantity,
        price_fen: 0,
        gift: need.gift,
        status: LineStatus::Open,
        bin: None,
        lot: None,
        expires_on: None,
    };
    own.map(line).collect()
}

/// Which of several boxes it is.
fn piece(pieces: &[String], number: &str) -> Option<PieceData> {
    let index = pieces.iter().position(|piece| piece == number).filter(|_| pieces.len() > 1)?;
    Some(PieceData { index: index as u32 + 1, count: pieces.len() as u32, number: number.to_owned() })
}

/// The carrier's own barcode names the waybill: on a box it names the box, or a scan of it would name another.
fn names_the_box(routing: &mut BTreeMap<String, serde_json::Value>, mother: &str, number: &str) {
    if let Some(serde_json::Value::String(code)) = routing.get_mut("two_dimension_code") {
        *code = code.replace(&format!("'k5':'{mother}'"), &format!("'k5':'{number}'"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::issuing::tests::view;

    fn data(number: &str, origin: Origin) -> LabelData {
        let mut view = view();
        let code = "MMM={'k1':'755W','k5':'SF1','k7':'3be2'}";
        let routing = BTreeMap::from([("two_dimension_code".to_owned(), code.into())]);
        view.work.waybills.push(Waybill {
            waybill_id: "DB1".into(),
            number: if origin == Origin::Temporary { "TMP-DB1-1".into() } else { "SF1".into() },
            origin,
            live: true,
            children: vec!["SF2".into(), "TMP-DB1-2-2".into()],
            routing,
        });
        let order = PrintOrder {
            job: "J".into(),
            parcel: "P1".into(),
            number: number.into(),
            origin,
            template: "sf-76x130".into(),
            printer: "desk".into(),
            copy: 1,
        };
        label_data(&view, &order, &Party::default(), Maker { station: "SZ-01", place: None, operator: None }, 0)
            .expect("a label")
    }

    #[test]
    fn a_boxs_label_names_its_box_and_its_parcel() {
        let second = data("SF2", Origin::Direct);
        assert_eq!(second.waybill.number, "SF1");
        assert_eq!(second.piece, Some(PieceData { index: 2, count: 3, number: "SF2".into() }));
        assert_eq!(second.waybill.routing["two_dimension_code"], "MMM={'k1':'755W','k5':'SF2','k7':'3be2'}");
        let first = data("SF1", Origin::Direct);
        assert_eq!(first.piece.map(|piece| (piece.index, piece.number)), Some((1, "SF1".into())));
        // No carrier's label: each has its own number and no other.
        let temporary = data("TMP-DB1-2-2", Origin::Temporary);
        assert_eq!(
            (temporary.waybill.number.as_str(), temporary.piece.map(|piece| piece.index)),
            ("TMP-DB1-2-2", Some(3))
        );
    }
}
