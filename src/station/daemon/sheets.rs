//! The papers of a handover and of a wave, as the loop prints them.

use super::Daemon;
use crate::bench::prompt::carrier_zh;
use crate::bench::session::Handover;
use crate::bench::{COPIES, DividerOrder};
use crate::domain::code;
use crate::domain::id::PlaceName;
use crate::label::filling::{CarrierCount, DividerData, HandoverData};
use crate::machine;
use crate::station::printing::{Job, Matter, Paper};
use crate::station::{documents, rows};

impl Daemon {
    pub(super) fn print_divider(&self, place: PlaceName, order: DividerOrder) {
        let Some(door) = self.doors.get(&order.printer) else {
            tracing::error!(printer = %order.printer, "a divider was queued for a printer that isn't there");
            return;
        };
        let matter = Ok(Matter::Drawing(self.divider(&place, &order).into()));
        let DividerOrder { job, template, .. } = order;
        if door.jobs.send(Job { place, paper: Paper::Divider { job }, template, matter }).is_err() {
            tracing::error!("a printer's task is gone");
        }
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
        let Some(door) = self.doors.get(printer) else {
            tracing::error!(%printer, "a sheet was queued for a printer that isn't there");
            return;
        };
        let matter = self.sheet(&place, handover, copy).map(|data| Matter::Drawing(data.into()));
        let paper = Paper::Sheet { handover: handover.handover.clone() };
        if door.jobs.send(Job { place, paper, template, matter }).is_err() {
            tracing::error!("a printer's task is gone");
        }
    }

    fn sheet(&self, place: &PlaceName, handover: &Handover, copy: u32) -> Result<HandoverData, String> {
        let rows = self.reader.metas(&rows::handover_prefix(&handover.handover)).map_err(|error| error.to_string())?;
        let numbers: Vec<String> = rows.into_iter().map(|(number, _)| number).collect();
        let operator = self.heart.session(place).and_then(|session| session.operator.as_ref());
        Ok(HandoverData {
            handover: handover.handover.clone(),
            carrier: handover.carrier,
            carrier_name: carrier_zh(handover.carrier).to_owned(),
            station: self.config.code.as_str().into(),
            place: place.to_string(),
            plate: handover.plate.clone(),
            operator: operator.and_then(|id| documents::operator_name(&self.reader, id)),
            printed_at: jiff::Timestamp::from_microsecond(machine::wall_us()).unwrap_or_default(),
            count: handover.count,
            rows: HandoverData::rows_of(&numbers),
            copy,
            copies: COPIES,
        })
    }
}
