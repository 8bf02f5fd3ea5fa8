//! Waybills that aren't as they should be yet: temporary labels, numbers held for outages, and what a carrier refuses, keeps
//! or has otherwise. Each is an exception with its age until a station tells that it is settled.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use serde_json::Value;

use super::exceptions::{self, Exception};
use super::{HubError, accept, left_orders, loans, progress, short_picks};
use crate::domain::fact::Fact;
use crate::domain::id::{OrderNo, ParcelId};
use crate::domain::waybill::{LEARNED, Origin};

/// What only matters while somebody wants the parcel.
const OF_THE_WANTED: [&str; 4] = ["temporary_label", "unregistered", "waybill_refused", "route_differs"];

pub(super) fn look_at(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    fact: &Fact,
    now_us: i64,
) -> Result<(), HubError> {
    let note = |waybill_id: &str, exception: Exception| {
        // A station that was away may tell of a parcel whose order was cancelled meanwhile.
        match OF_THE_WANTED.contains(&exception.kind()) && is_cancelled(transaction, parcel_id.as_str())? {
            true => Ok(()),
            false => exceptions::note(transaction, waybill_id, &exception, now_us),
        }
    };
    let mended = |waybill_id: &str, kinds: &[&str]| {
        kinds.iter().try_for_each(|kind| exceptions::mended(transaction, waybill_id, kind))
    };
    match fact {
        Fact::WaybillIssued { waybill_id, number, origin, .. } => match origin {
            Origin::Temporary => note(waybill_id.as_str(), Exception::TemporaryLabel { number: None }),
            Origin::Pool => note(waybill_id.as_str(), Exception::Unregistered { number: number.clone() }),
            Origin::Direct | Origin::Supplied => {
                mended(waybill_id.as_str(), &["waybill_refused"])?;
                match exceptions::is_noted(transaction, waybill_id.as_str(), "temporary_label")? {
                    true => note(waybill_id.as_str(), Exception::TemporaryLabel { number: Some(number.clone()) }),
                    false => Ok(()),
                }
            }
        },
        Fact::WaybillRegistered { waybill_id, number, routing } => {
            mended(waybill_id.as_str(), &["unregistered", "waybill_refused"])?;
            match learned_otherwise(transaction, parcel_id, number, routing)? {
                true => note(waybill_id.as_str(), Exception::RouteDiffers { number: number.clone() }),
                false => Ok(()),
            }
        }
        Fact::LoanReturned { lent_us } => loans::returned(transaction, parcel_id, *lent_us, now_us),
        // A label that is printed from then on bears the carrier's own codes.
        Fact::LabelQueued { waybill_id, .. } => mended(waybill_id.as_str(), &["route_differs"]),
        Fact::WaybillVoided { waybill_id, number, .. } if number.starts_with("TMP-") => {
            mended(waybill_id.as_str(), &["temporary_label"])
        }
        Fact::WaybillCancelled { waybill_id, .. } => {
            mended(waybill_id.as_str(), &OF_THE_WANTED)?;
            mended(waybill_id.as_str(), &["cancel_refused"])
        }
        Fact::WaybillRejected { waybill_id, code, message, .. } => {
            note(waybill_id.as_str(), Exception::WaybillRefused { code: code.clone(), message: message.clone() })
        }
        Fact::WaybillRerouted { waybill_id, to, .. } => {
            mended(waybill_id.as_str(), &["waybill_refused"])?;
            // The temporary label stays on the box, as old as it is.
            exceptions::renamed(transaction, waybill_id.as_str(), to.as_str(), "temporary_label")
        }
        Fact::WaybillConflicted { waybill_id, number, carriers } => {
            note(waybill_id.as_str(), Exception::WaybillConflict { number: number.clone(), carriers: carriers.clone() })
        }
        Fact::WaybillCancelRefused { waybill_id, code, message } => {
            note(waybill_id.as_str(), Exception::CancelRefused { code: code.clone(), message: message.clone() })
        }
        _ => Ok(()),
    }
}

/// Whether the number's label was printed with codes that were learned, and the carrier's own are others.
fn learned_otherwise(
    transaction: &Transaction<'_>,
    parcel_id: &ParcelId,
    number: &str,
    own: &BTreeMap<String, Value>,
) -> Result<bool, HubError> {
    let mut issued =
        transaction.prepare_cached("SELECT body FROM entries WHERE parcel_id = ?1 AND kind = 'waybill_issued'")?;
    let bodies = issued.query_map([parcel_id.as_str()], |row| row.get::<_, String>(0))?;
    for body in bodies {
        let Some(Fact::WaybillIssued { number: of, routing, .. }) = Fact::from_parts("waybill_issued", &body?) else {
            continue;
        };
        let others = || routing.iter().any(|(field, code)| own.get(field).is_some_and(|own| own != code));
        if of == number && routing.contains_key(LEARNED) && others() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A cancelled order's box is put aside as it is: nobody waits for its number any more.
pub(super) fn order_cancelled(transaction: &Transaction<'_>, order_no: &OrderNo, now_us: i64) -> Result<(), HubError> {
    for parcel in accept::parcels_of(transaction, order_no)? {
        left_orders::look_at(transaction, &parcel, now_us)?;
        short_picks::look_at(transaction, &parcel, now_us)?;
        if is_cancelled(transaction, parcel.parcel_id.as_str())? {
            progress::cancelled(transaction, &parcel.parcel_id)?;
            OF_THE_WANTED
                .iter()
                .try_for_each(|kind| exceptions::mended(transaction, parcel.waybill_id.as_str(), kind))?;
        }
    }
    Ok(())
}

/// All orders of the parcel are.
pub(super) fn is_cancelled(transaction: &Transaction<'_>, parcel_id: &str) -> Result<bool, HubError> {
    let mut counted = transaction.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE json_extract(standing, '$.state') = 'cancelled')
         FROM parcel_orders JOIN orders USING (order_no) WHERE parcel_id = ?1",
    )?;
    let (all, cancelled): (i64, i64) = counted.query_row([parcel_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(all > 0 && all == cancelled)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::domain::order::CarrierCode;
    use crate::domain::waybill::temporary_number;
    use crate::hub::schema;

    const ID: &str = "DB20260218-JD-000001";

    fn issued(number: &str, origin: Origin) -> Fact {
        let (waybill_id, carrier, number) = (ID.into(), CarrierCode::Jd, number.to_owned());
        Fact::WaybillIssued { waybill_id, carrier, number, origin, routing: Default::default() }
    }

    fn temporary() -> Fact {
        issued(&temporary_number(&ID.into()), Origin::Temporary)
    }

    fn refused(code: &str) -> Fact {
        Fact::WaybillRejected { waybill_id: ID.into(), code: code.into(), message: String::new(), booked: false }
    }

    fn registered() -> Fact {
        Fact::WaybillRegistered { waybill_id: ID.into(), number: "JDVA1".into(), routing: Default::default() }
    }

    fn conflicted() -> Fact {
        Fact::WaybillConflicted { waybill_id: ID.into(), number: "JDVA1".into(), carriers: "JDX2".into() }
    }

    fn cancelled() -> Fact {
        Fact::WaybillCancelled { waybill_id: ID.into(), number: None }
    }

    fn cancel_refused() -> Fact {
        Fact::WaybillCancelRefused { waybill_id: ID.into(), code: "1".into(), message: String::new() }
    }

    fn voided(number: &str) -> Fact {
        voided_as(ID, number)
    }

    fn voided_as(id: &str, number: &str) -> Fact {
        Fact::WaybillVoided { waybill_id: id.into(), number: number.into(), reason: "relabelled".into() }
    }

    fn rerouted() -> Fact {
        Fact::WaybillRerouted { waybill_id: ID.into(), to: "DB20260218-ZTO-000009".into(), carrier: CarrierCode::Zto }
    }

    /// What is left to look at after these facts about a parcel of an order that stands so.
    fn left(facts: &[Fact], standing: &str) -> Vec<String> {
        let mut connection = Connection::open_in_memory().expect("a store");
        schema::migrate(&mut connection).expect("its tables");
        let transaction = connection.transaction().expect("a transaction");
        let order = "INSERT INTO orders (order_no, channel, warehouse, standing, body, paid_us, allocated_us, milestone, milestone_us)
                     VALUES ('1', 'tmall', 'SZ', ?1, '{}', 0, 0, 'paid', 0)";
        transaction.execute(order, [standing]).expect("an order");
        transaction.execute("INSERT INTO parcel_orders (parcel_id, order_no) VALUES ('P', '1')", []).expect("a parcel");
        for (seq, fact) in facts.iter().enumerate() {
            let (kind, body) = fact.to_parts();
            let entry = "INSERT INTO entries (station, epoch, seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns,
                             clock_state, body, prev_hash, hash, occurred_us, received_us)
                         VALUES ('S', 'e', ?1, '', ?2, 'P', 0, '', '', 0, '', ?3, x'', x'', 0, 0)";
            transaction.execute(entry, (seq as i64, kind, body)).expect("an entry");
            look_at(&transaction, &ParcelId("P".into()), fact, 0).expect("it is looked at");
        }
        let mut kinds = transaction.prepare("SELECT kind FROM exceptions ORDER BY kind").expect("a question");
        kinds.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("kinds")
    }

    #[test]
    fn each_thing_is_seen_until_it_is_settled() {
        let tmp = temporary_number(&ID.into());
        for (facts, kinds) in [
            (vec![issued("JDX1", Origin::Direct)], vec![]),
            (vec![temporary()], vec!["temporary_label"]),
            (vec![temporary(), issued("JDX1", Origin::Direct)], vec!["temporary_label"]),
            (vec![temporary(), issued("JDX1", Origin::Direct), voided("JDX1")], vec!["temporary_label"]),
            (vec![temporary(), issued("JDX1", Origin::Direct), voided(&tmp)], vec![]),
            (vec![issued("JDVA1", Origin::Pool)], vec!["unregistered"]),
            (vec![issued("JDVA1", Origin::Pool), registered()], vec![]),
            (vec![issued("JDVA1", Origin::Pool), conflicted()], vec!["unregistered", "waybill_conflict"]),
            (vec![issued("JDVA1", Origin::Pool), refused("8"), registered()], vec![]),
            (vec![refused("8")], vec!["waybill_refused"]),
            (vec![refused("8"), issued("JDX1", Origin::Direct)], vec![]),
            (vec![refused("8"), rerouted()], vec![]),
            (vec![temporary(), rerouted()], vec!["temporary_label"]),
            (vec![temporary(), rerouted(), voided_as("DB20260218-ZTO-000009", &tmp)], vec![]),
            (vec![issued("JDX1", Origin::Direct), cancel_refused()], vec!["cancel_refused"]),
            (vec![temporary(), refused("8"), cancel_refused(), cancelled()], vec![]),
        ] {
            assert_eq!(left(&facts, r#"{"state":"open"}"#), kinds, "{facts:?}");
        }
    }

    #[test]
    fn a_label_sorted_by_what_was_learned_is_seen_where_the_carrier_says_otherwise() {
        let routing = |mark: &str, learned: bool| {
            let mut routing: BTreeMap<String, Value> = [("mark".to_owned(), mark.into())].into();
            routing.extend(learned.then(|| (LEARNED.to_owned(), true.into())));
            routing
        };
        let issued = |learned| Fact::WaybillIssued {
            waybill_id: ID.into(),
            carrier: CarrierCode::Zto,
            number: "73100000000001".into(),
            origin: Origin::Pool,
            routing: routing("310", learned),
        };
        let registered = |mark| Fact::WaybillRegistered {
            waybill_id: ID.into(),
            number: "73100000000001".into(),
            routing: routing(mark, false),
        };
        let printed = || Fact::LabelQueued {
            job: "J".into(),
            place: "bench-1".into(),
            waybill_id: ID.into(),
            number: "73100000000001".into(),
            origin: Origin::Pool,
            template: "zto-76x130".into(),
            printer: "desk".into(),
            copy: 2,
            position: None,
            reason: None,
        };
        for (facts, kinds) in [
            (vec![issued(true), printed(), registered("310")], vec![]),
            (vec![issued(true), printed(), registered("311")], vec!["route_differs"]),
            (vec![issued(false), printed(), registered("311")], vec![]),
            (vec![issued(true), printed(), registered("311"), printed()], vec![]),
            (vec![issued(true), printed(), registered("311"), cancelled()], vec![]),
        ] {
            assert_eq!(left(&facts, r#"{"state":"open"}"#), kinds, "{facts:?}");
        }
    }

    #[test]
    fn nobody_waits_for_a_cancelled_orders_number_and_everybody_sees_what_the_carrier_keeps() {
        let facts = [temporary(), issued("JDVA1", Origin::Pool), refused("8"), conflicted(), cancel_refused()];
        assert_eq!(left(&facts, r#"{"state":"cancelled","reason":"x"}"#), ["cancel_refused", "waybill_conflict"]);
    }
}
