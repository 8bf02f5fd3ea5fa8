//! Which parcel a carrier is to be asked about next, and that it was: what is noted before a question leaves isn't asked
//! again too soon, whatever becomes of the question or of the hub.

use rusqlite::{OptionalExtension, ToSql, params};

use super::journeys::FORGOTTEN;
use super::{Hub, HubError, parsed};
use crate::carrier::Tracked;
use crate::domain::account::AccountName;
use crate::domain::order::{CarrierCode, Order, Party};
use crate::domain::parcel::Parcel;

/// Digits that carriers want of a phone.
const TAIL: usize = 4;
/// Later than any clock.
const NEVER_AGAIN: i64 = i64::MAX;

impl Hub {
    /// One that nothing was heard of for too long.
    pub(super) fn next_quiet(&self, account: &AccountName, now_us: i64) -> Result<Option<Tracked>, HubError> {
        let tracking = &self.policy().tracking;
        let limits = params![
            account.to_string(),
            now_us - minutes(tracking.quiet_minutes),
            now_us - minutes(tracking.again_minutes),
            now_us - FORGOTTEN.as_micros() as i64,
        ];
        // Found in the index alone, however many parcels are on their way.
        let quiet = "SELECT parcel_id, number FROM journeys INDEXED BY journeys_asked
            WHERE account = ?1 AND phase NOT IN ('delivered', 'returned') AND asked_us <= ?3
              AND news_us BETWEEN ?4 AND ?2 ORDER BY asked_us, news_us LIMIT 1";
        let noted = "UPDATE journeys SET asked_us = ?3 WHERE parcel_id = ?1 AND number = ?2";
        self.next(quiet, limits, noted, now_us)
    }

    /// One that left, and whose way the carrier wasn't told to push.
    pub(super) fn next_unsubscribed(&self, account: &AccountName, now_us: i64) -> Result<Option<Tracked>, HubError> {
        let again_us = now_us + minutes(self.policy().tracking.again_minutes);
        let open = "SELECT parcel_id, number FROM journeys INDEXED BY journeys_unsubscribed
            WHERE account = ?1 AND phase NOT IN ('delivered', 'returned') AND subscribe_us <= ?2
              AND news_us > ?3 ORDER BY subscribe_us LIMIT 1";
        let noted = "UPDATE journeys SET subscribe_us = ?3 WHERE parcel_id = ?1 AND number = ?2";
        self.next(open, params![account.to_string(), now_us, now_us - FORGOTTEN.as_micros() as i64], noted, again_us)
    }

    /// The carrier pushes it from now on, or never will.
    pub(super) fn subscribed(&self, carrier: CarrierCode, number: &str) -> Result<(), HubError> {
        self.write(|transaction| {
            let done = "UPDATE journeys SET subscribe_us = ?3 WHERE carrier = ?1 AND number = ?2";
            transaction.execute(done, params![carrier.as_str(), number, NEVER_AGAIN])?;
            Ok(())
        })
    }

    fn next(&self, which: &str, limits: &[&dyn ToSql], noted: &str, note: i64) -> Result<Option<Tracked>, HubError> {
        let found = self.read(|connection| {
            let found: Option<(String, String)> =
                connection.query_row(which, limits, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((parcel_id, number)) = found else { return Ok(None) };
            let body = "SELECT body FROM parcels WHERE parcel_id = ?1";
            let body: String = connection.query_row(body, [&parcel_id], |row| row.get(0))?;
            let parcel: Parcel = parsed("parcel", &parcel_id, &body)?;
            Ok(Some((parcel, number)))
        })?;
        let Some((parcel, number)) = found else { return Ok(None) };
        self.write(|transaction| {
            transaction.execute(noted, params![parcel.parcel_id.as_str(), number, note])?;
            Ok(())
        })?;
        let phone_tail = phone_tail(self, &parcel)?;
        Ok(Some(Tracked { waybill_id: parcel.waybill_id, number, phone_tail }))
    }
}

fn minutes(minutes: u32) -> i64 {
    i64::from(minutes) * 60_000_000
}

/// The end of the receiver's phone, where it isn't masked away. It is never logged.
fn phone_tail(hub: &Hub, parcel: &Parcel) -> Result<Option<String>, HubError> {
    let Some(order_no) = parcel.orders.first() else { return Ok(None) };
    hub.read(|connection| {
        let body: String =
            connection
                .query_row("SELECT body FROM orders WHERE order_no = ?1", [order_no.as_str()], |row| row.get(0))?;
        let order: Order = parsed("order", order_no.as_str(), &body)?;
        Ok(order.receiver.as_ref().or(order.receiver_sealed.as_ref().map(|sealed| &sealed.masked)).and_then(tail))
    })
}

fn tail(party: &Party) -> Option<String> {
    let start = party.phone.len().checked_sub(TAIL)?;
    let tail = party.phone.get(start..)?;
    tail.bytes().all(|b| b.is_ascii_digit()).then(|| tail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_that_hides_its_end_has_none() {
        let of = |phone: &str| tail(&Party { phone: phone.into(), ..Party::default() });
        assert_eq!(of("13800001234").as_deref(), Some("1234"));
        assert_eq!(of("138****1234").as_deref(), Some("1234"));
        for phone in ["1380000****", "123", "", "号码保密"] {
            assert_eq!(of(phone), None, "{phone}");
        }
    }
}
