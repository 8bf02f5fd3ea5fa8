//! What a template is filled with: a parcel's label, a handover's sheet, a slip for goods that go back, a wave's divider, or one
//! code in large print.

mod put_back;

use jiff::Timestamp;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

pub use put_back::{PutBackData, PutBackRow};

use super::data::LabelData;
use super::values;
use crate::domain::id::{StationCode, WaveCode};
use crate::domain::order::CarrierCode;

/// Which of them a template is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    #[default]
    Waybill,
    Handover,
    PutBack,
    Divider,
    Code,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Filling {
    Waybill(Box<LabelData>),
    Handover(Box<HandoverData>),
    PutBack(Box<PutBackData>),
    Divider(Box<DividerData>),
    Code(Box<CodeData>),
}

/// 交接单: what one driver of a carrier took along, for both sides to sign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverData {
    /// Which handover of its place.
    pub handover: String,
    pub carrier: CarrierCode,
    /// What its label's readers call it.
    pub carrier_name: String,
    pub station: StationCode,
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    pub printed_at: Timestamp,
    pub count: u32,
    /// The numbers, three in a row.
    pub rows: Vec<HandoverRow>,
    /// One copy stays, the driver takes the other.
    pub copy: u32,
    pub copies: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverRow {
    pub a: String,
    #[serde(default)]
    pub b: String,
    #[serde(default)]
    pub c: String,
}

/// What lies between two waves' labels: whose the ones behind it are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DividerData {
    pub wave: WaveCode,
    /// The pick list's, as its barcode holds it.
    pub code: String,
    /// The positions that the pick list covers, of so many.
    pub first: u32,
    pub last: u32,
    pub count: u32,
    pub carriers: Vec<CarrierCount>,
    pub station: StationCode,
    pub place: String,
    pub printed_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierCount {
    /// What its label's readers call it.
    pub name: String,
    pub count: u32,
}

/// A code of ours with what it says to people: a badge, a bin, a tote, a slot, a vehicle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeData {
    /// As the barcode holds it, with its check character.
    pub code: String,
    pub title: String,
    #[serde(default)]
    pub subtitle: String,
}

impl HandoverData {
    /// Numbers as the sheet's rows.
    pub fn rows_of(numbers: &[String]) -> Vec<HandoverRow> {
        let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
        numbers.chunks(3).map(|row| HandoverRow { a: cell(row, 0), b: cell(row, 1), c: cell(row, 2) }).collect()
    }

    pub fn example() -> Self {
        serde_json::from_str(include_str!("../../config/labels/example-handover.json"))
            .expect("the built-in example is a handover's data, which a test proves")
    }
}

impl DividerData {
    pub fn example() -> Self {
        serde_json::from_str(include_str!("../../config/labels/example-divider.json"))
            .expect("the built-in example is a divider's data, which a test proves")
    }
}

impl CodeData {
    pub fn example() -> Self {
        serde_json::from_str(include_str!("../../config/labels/example-code.json"))
            .expect("the built-in example is a code's data, which a test proves")
    }
}

impl Filling {
    pub fn subject(&self) -> Subject {
        match self {
            Filling::Waybill(_) => Subject::Waybill,
            Filling::Handover(_) => Subject::Handover,
            Filling::PutBack(_) => Subject::PutBack,
            Filling::Divider(_) => Subject::Divider,
            Filling::Code(_) => Subject::Code,
        }
    }

    /// Everything a value may name.
    pub(super) fn context(&self) -> Value {
        match self {
            Filling::Waybill(data) => values::context(data),
            Filling::Handover(data) => Value::from(Serde(data.as_ref())),
            Filling::PutBack(data) => Value::from(Serde(data.as_ref())),
            Filling::Divider(data) => Value::from(Serde(data.as_ref())),
            Filling::Code(data) => Value::from(Serde(data.as_ref())),
        }
    }

    /// Every field filled, for previews and for checking the names a template uses.
    pub fn example(subject: Subject) -> Self {
        match subject {
            Subject::Waybill => LabelData::example().into(),
            Subject::Handover => HandoverData::example().into(),
            Subject::PutBack => PutBackData::example().into(),
            Subject::Divider => DividerData::example().into(),
            Subject::Code => CodeData::example().into(),
        }
    }

    /// From a file of the kind that the template asks for.
    pub fn from_json(subject: Subject, text: &str) -> serde_json::Result<Self> {
        Ok(match subject {
            Subject::Waybill => serde_json::from_str::<LabelData>(text)?.into(),
            Subject::Handover => serde_json::from_str::<HandoverData>(text)?.into(),
            Subject::PutBack => serde_json::from_str::<PutBackData>(text)?.into(),
            Subject::Divider => serde_json::from_str::<DividerData>(text)?.into(),
            Subject::Code => serde_json::from_str::<CodeData>(text)?.into(),
        })
    }
}

impl From<LabelData> for Filling {
    fn from(data: LabelData) -> Self {
        Filling::Waybill(Box::new(data))
    }
}

impl From<HandoverData> for Filling {
    fn from(data: HandoverData) -> Self {
        Filling::Handover(Box::new(data))
    }
}

impl From<PutBackData> for Filling {
    fn from(data: PutBackData) -> Self {
        Filling::PutBack(Box::new(data))
    }
}

impl From<DividerData> for Filling {
    fn from(data: DividerData) -> Self {
        Filling::Divider(Box::new(data))
    }
}

impl From<CodeData> for Filling {
    fn from(data: CodeData) -> Self {
        Filling::Code(Box::new(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code;

    #[test]
    fn the_examples_fill_every_field() {
        let handover = HandoverData::example();
        assert!(handover.plate.is_some() && handover.operator.is_some() && handover.rows.len() > 1);
        let slip = PutBackData::example();
        assert!(slip.operator.is_some() && slip.goods.iter().any(|row| row.bin.is_some()));
        assert!(!CodeData::example().subtitle.is_empty());
        let divider = DividerData::example();
        assert!(divider.carriers.len() > 1 && divider.code == code::own('P', divider.wave.as_str()));
    }

    #[test]
    fn numbers_stand_three_in_a_row() {
        let numbers: Vec<String> = (1..=4).map(|number| format!("SF{number}")).collect();
        let rows = HandoverData::rows_of(&numbers);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].c.as_str(), rows[1].a.as_str(), rows[1].b.as_str()), ("SF3", "SF4", ""));
        assert_eq!(HandoverData::rows_of(&[]), []);
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let text = include_str!("../../config/labels/example-code.json");
        assert!(Filling::from_json(Subject::Code, text).is_ok());
        assert!(Filling::from_json(Subject::Handover, text).is_err());
    }
}
