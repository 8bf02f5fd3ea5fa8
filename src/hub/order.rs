//! One order as the office looks at it: the document, its parcels with their numbers, its timeline. What of the receiver
//! may be shown is decided here, so no page can show more.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::journeys::Way;
use super::timeline::timeline;
use super::{Hub, HubError, parsed};
use crate::domain::fact::Fact;
use crate::domain::id::OrderNo;
use crate::domain::mask;
use crate::domain::order::{Order, Party};
use crate::domain::parcel::{Operator, Parcel, Standing};
use crate::domain::routing::Choice;
use crate::domain::timeline::Timeline;

pub struct OrderView {
    pub order: Order,
    pub warehouse: String,
    pub standing: Standing,
    pub receiver: Option<Receiver>,
    pub parcels: Vec<ParcelView>,
    pub timeline: Timeline,
    /// What the carriers tell of them.
    pub ways: Vec<Way>,
    /// Names of those who badged in, by id.
    pub people: BTreeMap<String, String>,
}

/// Who it goes to, masked.
#[derive(Debug, PartialEq, Eq)]
pub struct Receiver {
    pub name: String,
    pub phone: String,
    pub address: String,
}

pub struct ParcelView {
    pub parcel: Parcel,
    /// Who decided its carrier, where rules did.
    pub choice: Option<Choice>,
    pub numbers: Vec<Number>,
}

/// A number the parcel has or had.
#[derive(Debug, Default)]
pub struct Number {
    pub number: String,
    pub void: bool,
    /// Of the boxes beyond the first, as they were numbered last.
    pub children: Vec<String>,
}

impl Number {
    /// What is on its boxes.
    pub fn boxes(&self) -> impl Iterator<Item = &String> {
        [&self.number].into_iter().chain(&self.children)
    }
}

impl Hub {
    pub fn order(&self, order_no: &OrderNo, now_us: i64) -> Result<Option<OrderView>, HubError> {
        self.read(|connection| {
            let Some(timeline) = timeline(connection, order_no.as_str())? else { return Ok(None) };
            let row: Option<(String, String, String)> = connection
                .query_row(
                    "SELECT body, warehouse, standing FROM orders WHERE order_no = ?1",
                    [order_no.as_str()],
                    |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
                )
                .optional()?;
            let Some((body, warehouse, standing)) = row else { return Ok(None) };
            let order: Order = parsed("order", order_no.as_str(), &body)?;
            Ok(Some(OrderView {
                standing: parsed("standing", order_no.as_str(), &standing)?,
                receiver: receiver(&order),
                parcels: parcels(connection, order_no)?,
                people: people(connection)?,
                ways: self.ways(connection, order_no, now_us)?,
                order,
                warehouse,
                timeline,
            }))
        })
    }
}

fn parcels(connection: &Connection, order_no: &OrderNo) -> Result<Vec<ParcelView>, HubError> {
    let mut statement = connection.prepare(
        "SELECT p.parcel_id, p.body, p.choice FROM parcel_orders o JOIN parcels p ON p.parcel_id = o.parcel_id
         WHERE o.order_no = ?1 ORDER BY p.parcel_id",
    )?;
    let rows: Vec<(String, String, Option<String>)> = statement
        .query_map([order_no.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    rows.into_iter()
        .map(|(id, body, choice)| {
            let parcel: Parcel = parsed("parcel", &id, &body)?;
            let choice = choice.map(|text| parsed("choice", &id, &text)).transpose()?;
            let numbers = numbers(connection, &parcel)?;
            Ok(ParcelView { parcel, choice, numbers })
        })
        .collect()
}

/// The number that came with the order first, then those that stations were given, as they came.
pub(super) fn numbers(connection: &Connection, parcel: &Parcel) -> Result<Vec<Number>, HubError> {
    let mut entries = connection.prepare_cached(
        "SELECT kind, body FROM entries WHERE parcel_id = ?1 AND problem IS NULL
         AND kind IN ('waybill_issued', 'waybill_voided', 'pieces_numbered') ORDER BY occurred_us, station, epoch, seq",
    )?;
    let mut rows = entries.query(params![parcel.parcel_id.as_str()])?;
    let mut numbers: Vec<Number> = Vec::new();
    if let Some(waybill) = &parcel.supplied {
        of(&mut numbers, &waybill.number);
    }
    while let Some(row) = rows.next()? {
        let (kind, body): (String, String) = (row.get(0)?, row.get(1)?);
        match Fact::from_parts(&kind, &body) {
            Some(Fact::WaybillIssued { number, .. }) => {
                of(&mut numbers, &number);
            }
            Some(Fact::WaybillVoided { number, .. }) => of(&mut numbers, &number).void = true,
            Some(Fact::PiecesNumbered { number, children, .. }) => of(&mut numbers, &number).children = children,
            _ => {}
        }
    }
    Ok(numbers)
}

fn of<'n>(numbers: &'n mut Vec<Number>, number: &str) -> &'n mut Number {
    let at = numbers.iter().position(|known| known.number == number).unwrap_or_else(|| {
        numbers.push(Number { number: number.to_owned(), ..Number::default() });
        numbers.len() - 1
    });
    &mut numbers[at]
}

fn people(connection: &Connection) -> Result<BTreeMap<String, String>, HubError> {
    let mut statement = connection.prepare("SELECT body FROM operators")?;
    let bodies: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let known = bodies.iter().map(|body| parsed::<Operator>("operator", "a badge", body));
    known.map(|operator| operator.map(|operator| (operator.operator_id.0, operator.name))).collect()
}

/// What a platform masked already stays as it is.
fn receiver(order: &Order) -> Option<Receiver> {
    let party = order.receiver.as_ref().or(order.receiver_sealed.as_ref().map(|sealed| &sealed.masked))?;
    Some(masked(party))
}

fn masked(party: &Party) -> Receiver {
    let town = party.town.as_deref().unwrap_or_default();
    Receiver {
        name: mask::name(&party.name),
        phone: mask::phone(&party.phone, party.phone_extension.as_deref()),
        address: format!("{}{}{}{town}{}", party.province, party.city, party.district, mask::address(&party.detail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_in_the_office_reads_who_lives_where() {
        let party = Party {
            name: "欧阳娜娜".into(),
            phone: "13800138000".into(),
            phone_extension: Some("1234".into()),
            province: "浙江省".into(),
            city: "杭州市".into(),
            district: "余杭区".into(),
            detail: "文一西路969号3幢2单元1201室".into(),
            ..Party::default()
        };
        let shown = masked(&party);
        assert_eq!((shown.name.as_str(), shown.phone.as_str()), ("欧**", "1******8000转1234"));
        assert_eq!(shown.address, "浙江省杭州市余杭区文一西路969号3幢*单元****室");
    }
}
