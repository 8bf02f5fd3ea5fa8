//! Papers, as the loop prints them: a parcel's label, a wave's divider, a handover's sheets, and slips for goods that go back.

use super::Daemon;
use crate::bench::prompt::carrier_zh;
use crate::bench::session::Handover;
use crate::bench::{Belongs, COPIES, DividerOrder, PrintOrder};
use crate::domain::code;
use crate::domain::id::{OrderNo, ParcelId, PlaceName};
use crate::label::filling::{CarrierCount, DividerData, HandoverData, PutBackData, PutBackRow};
use crate::machine;
use crate::station::label_data::{self, Maker, label_data};
use crate::station::printing::{Job, Matter, Paper};
use crate::station::{documents, rows};

impl Daemon {
    pub(super) fn print(&self, place: PlaceName, order: PrintOrder) {
        let matter = match self.heart.view(&self.reader, &order.parcel) {
            Some(view) if order.is_sealed() => label_data::sealed(&view).map(Matter::Sealed),
            Some(view) => {
                let sender = self.config.sender(view.shop());
                let data = label_data(&view, &order, &sender, self.maker(&place, &order), machine::wall_us());
                data.map(|data| Matter::Drawing(data.into()))
            }
            None => Err(format!("parcel {} is not in the journal", order.parcel)),
        };
        let PrintOrder { parcel, job, number, template, printer, .. } = order;
        self.hand_over(&printer, Job { place, paper: Paper::Label { parcel, job, number }, template, matter });
    }

    fn hand_over(&self, printer: &str, job: Job) {
        match self.doors.get(printer).map(|door| door.jobs.send(job).is_ok()) {
            Some(true) => {}
            Some(false) => tracing::error!(%printer, "a printer's task is gone: restart the station"),
            None => tracing::error!(%printer, "something was queued for a printer that isn't there"),
        }
    }

    fn maker(&self, place: &PlaceName, order: &PrintOrder) -> Maker<'_> {
        let operator = self.heart.session(place).and_then(|session| session.operator.as_ref());
        let is_shared = self.heart.place(place).is_some_and(|place| place.shared.contains(&order.printer));
        Maker {
            station: &self.config.code,
            place: is_shared.then(|| place.to_string()),
            operator: operator.map(ToString::to_string),
        }
    }

    pub(super) fn print_divider(&self, place: PlaceName, order: DividerOrder) {
        let matter = Ok(Matter::Drawing(self.divider(&place, &order).into()));
        let DividerOrder { job, template, printer, .. } = order;
        self.hand_over(&printer, Job { place, paper: Paper::Divider { job }, template, matter });
    }

    /// A pick list covers a whole wave.
    fn divider(&self, place: &PlaceName, order: &DividerOrder) -> DividerData {
        let carriers = self.heart.carriers(&self.reader, &order.wave, order.count).into_iter();
        let named = |(carrier, count)| CarrierCount { name: carrier_zh(carrier).to_owned(), count };
        DividerData {
            wave: order.wave.clone(),
            code: code::own('P', order.wave.as_str()),
            first: 1,
            last: order.count,
            count: order.count,
            carriers: carriers.map(named).collect(),
            station: self.config.code.as_str().into(),
            place: place.to_string(),
            printed_at: jiff::Timestamp::from_microsecond(machine::wall_us()).unwrap_or_default(),
        }
    }

    pub(super) fn print_sheet(
        &self,
        place: PlaceName,
        printer: &str,
        template: String,
        handover: &Handover,
        copy: u32,
    ) {
        let matter = self.sheet(&place, handover, copy).map(|data| Matter::Drawing(data.into()));
        let paper = Paper::Sheet { handover: handover.handover.clone() };
        self.hand_over(printer, Job { place, paper, template, matter });
    }

    pub(super) fn print_slip(
        &self,
        place: PlaceName,
        printer: &str,
        template: String,
        parcel: &ParcelId,
        goods: Vec<Belongs>,
    ) {
        let Some(view) = self.heart.view(&self.reader, parcel) else {
            return tracing::error!(%printer, %parcel, "a slip was queued of a parcel that isn't there");
        };
        let data = PutBackData {
            order: view.parcel.orders.iter().map(OrderNo::as_str).collect::<Vec<_>>().join(" "),
            code: view.parcel.waybill_id.to_string(),
            station: self.config.code.as_str().into(),
            place: place.to_string(),
            operator: self.operator_at(&place),
            printed_at: jiff::Timestamp::from_microsecond(machine::wall_us()).unwrap_or_default(),
            goods: goods.into_iter().map(row).collect(),
        };
        let matter = Ok(Matter::Drawing(data.into()));
        self.hand_over(printer, Job { place, paper: Paper::Slip, template, matter });
    }

    fn operator_at(&self, place: &PlaceName) -> Option<String> {
        let operator = self.heart.session(place).and_then(|session| session.operator.as_ref());
        operator.and_then(|id| documents::operator_name(&self.reader, id))
    }

    fn sheet(&self, place: &PlaceName, handover: &Handover, copy: u32) -> Result<HandoverData, String> {
        let rows = self.reader.metas(&rows::handover_prefix(&handover.handover)).map_err(|error| error.to_string())?;
        let numbers: Vec<String> = rows.into_iter().map(|(number, _)| number).collect();
        Ok(HandoverData {
            handover: handover.handover.clone(),
            carrier: handover.carrier,
            carrier_name: carrier_zh(handover.carrier).to_owned(),
            station: self.config.code.as_str().into(),
            place: place.to_string(),
            plate: handover.plate.clone(),
            operator: self.operator_at(place),
            printed_at: jiff::Timestamp::from_microsecond(machine::wall_us()).unwrap_or_default(),
            count: handover.count,
            rows: HandoverData::rows_of(&numbers),
            copy,
            copies: COPIES,
        })
    }
}

fn row(goods: Belongs) -> PutBackRow {
    PutBackRow { bin: goods.bin, name: goods.name, quantity: goods.quantity }
}
