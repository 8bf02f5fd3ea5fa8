//! What a label is filled with: one JSON document per piece. Unknown keys are refused outside `routing`, which carries
//! the carrier's own names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::id::{StationCode, WaveCode, WaybillId};
use crate::domain::order::{CarrierCode, Line, Order, Party};
use crate::domain::waybill::Origin;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelData {
    pub order: Order,
    /// The other orders of a merged parcel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Order>,
    /// This parcel's lines; the order's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<Line>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelData>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wave: Option<WaveData>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub piece: Option<PieceData>,
    pub sender: Party,
    pub waybill: WaybillData,
    pub station: StationCode,
    /// Who waits for it, where several places share its printer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    pub printed_at: Timestamp,
    /// 0 for the first print, then 1, 2, …
    #[serde(default)]
    pub copy: u32,
}

/// Which of an order's parcels this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelData {
    pub index: u32,
    pub count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaveData {
    pub code: WaveCode,
    pub position: u32,
    pub count: u32,
}

/// One box of a parcel, with the carrier's number for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PieceData {
    pub index: u32,
    pub count: u32,
    pub number: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaybillData {
    pub id: WaybillId,
    pub carrier: CarrierCode,
    pub number: String,
    pub origin: Origin,
    #[serde(default)]
    pub routing: BTreeMap<String, serde_json::Value>,
}

impl LabelData {
    /// Whom the parcel goes to, sealed or not; a sealed receiver is known masked only.
    pub fn receiver(&self) -> Option<&Party> {
        self.order.receiver.as_ref().or(self.order.receiver_sealed.as_ref().map(|sealed| &sealed.masked))
    }

    pub fn lines(&self) -> &[Line] {
        self.lines.as_ref().unwrap_or(&self.order.lines)
    }

    /// A document with every field filled, for previews and for checking the names a template uses.
    pub fn example() -> Self {
        serde_json::from_str(include_str!("../../config/labels/example.json"))
            .expect("the built-in example is label data, which a test proves")
    }

    /// The example as a parcel of this carrier's; what its label needs has other names at each.
    pub fn example_of(carrier: CarrierCode) -> Self {
        let mut data = Self::example();
        let (waybill, service) = match carrier {
            CarrierCode::Sf => return data,
            CarrierCode::Zto => (include_str!("../../config/labels/example-zto.json"), "standardExpress"),
            CarrierCode::Jd => (include_str!("../../config/labels/example-jd.json"), "ed-m-0001"),
        };
        data.waybill = serde_json::from_str(waybill).expect("the built-in examples are waybills, which a test proves");
        data.order.carrier = Some(carrier);
        // Numbers of pieces, and what a service is called, are the first carrier's.
        data.piece = None;
        data.order.service = Some(service.to_owned());
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_fills_every_field() {
        let example = LabelData::example();
        assert_eq!(example.receiver().unwrap().name, "欧阳娜娜");
        assert!(example.wave.is_some() && example.piece.is_some() && example.parcel.is_some());
    }

    #[test]
    fn each_carriers_example_is_its_own() {
        for carrier in CarrierCode::ALL {
            assert_eq!(LabelData::example_of(carrier).waybill.carrier, carrier);
        }
    }

    #[test]
    fn unknown_keys_are_refused_outside_routing() {
        let mut document = serde_json::to_value(LabelData::example()).unwrap();
        document["waybill"]["routing"]["anything"] = 1.into();
        assert!(serde_json::from_value::<LabelData>(document.clone()).is_ok());
        document["waybill"]["numbr"] = 1.into();
        let error = serde_json::from_value::<LabelData>(document).unwrap_err().to_string();
        assert!(error.contains("unknown field `numbr`"), "{error}");
    }
}
