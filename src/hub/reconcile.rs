//! Waybills that aren't as they should be yet: temporary labels, numbers held for outages, and what a carrier refuses, keeps
//! or has otherwise. Each is an exception with its age until a station tells that it is settled.

use rusqlite::Transaction;

use super::HubError;
use super::exceptions::{self, Exception};
use crate::domain::fact::Fact;
use crate::domain::waybill::Origin;

pub(super) fn look_at(transaction: &Transaction<'_>, fact: &Fact, now_us: i64) -> Result<(), HubError> {
    let note = |waybill_id: &str, exception: Exception| exceptions::note(transaction, waybill_id, &exception, now_us);
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
        Fact::WaybillRegistered { waybill_id, .. } => mended(waybill_id.as_str(), &["unregistered", "waybill_refused"]),
        Fact::WaybillVoided { waybill_id, number, .. } if number.starts_with("TMP-") => {
            mended(waybill_id.as_str(), &["temporary_label"])
        }
        Fact::WaybillCancelled { waybill_id, .. } => {
            mended(waybill_id.as_str(), &["temporary_label", "unregistered", "waybill_refused", "cancel_refused"])
        }
        Fact::WaybillRejected { waybill_id, code, message } => {
            note(waybill_id.as_str(), Exception::WaybillRefused { code: code.clone(), message: message.clone() })
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
