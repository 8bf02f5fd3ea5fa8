//! What a person must look at, with what happened, what to do, whose it is and since when: orders that are held, as they
//! stand now, and what was noticed of stations, numbers and pools.

mod said;
mod leads;
mod held;
mod place;
mod noted;
mod returned;

use jiff::civil::Date;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::releases::PlanTrouble;
use super::temporary::{self, NextCutoff};
use super::{Hub, HubError, pools, returns};
use crate::domain::id::{OrderNo, Sku};
use crate::domain::journey::{Doubt, Phase};

pub use leads::LeadActed;
pub(super) use noted::{is_noted, mended, mended_all, note, noted_as, noticed_as, renamed};
pub use returned::ReturnTrouble;

/// What was noticed; its subject, a station or a number, stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Exception {
    Fork {
        epoch: String,
        seq: u64,
    },
    StationWentBack {
        ends: u64,
        received: u64,
    },
    ChainBroken {
        epoch: String,
        seq: u64,
    },
    /// The hub lost what it had acknowledged.
    EntriesMissing {
        epoch: String,
        first: u64,
        count: u64,
    },
    /// A station lost what it had not sent: first and last of a damaged range, and how many of it nobody has.
    EntriesLost {
        epoch: String,
        gone: Vec<(u64, u64, u64)>,
    },
    JournalDamaged {
        what: String,
    },
    HeadDiffers {
        epoch: String,
        seq: u64,
    },
    /// A station gets no numbers of a carrier.
    CarrierGivenUp {
        why: String,
    },
    NumberTwice,
    /// Two stations hold a number for outages, and neither has used it.
    NumberAtTwoStations {
        stations: [String; 2],
    },
    /// The parcel bears one number, and the carrier has another under its id.
    WaybillConflict {
        number: String,
        carriers: String,
    },
    /// The carrier won't take the parcel; in its own words.
    WaybillRefused {
        code: String,
        message: String,
    },
    /// The order is cancelled, and the carrier keeps the parcel.
    CancelRefused {
        code: String,
        message: String,
    },
    /// The carrier says that it was signed for, and something doesn't fit.
    SignDoubted {
        doubts: Vec<Doubt>,
    },
    /// The carrier has what nobody gave it.
    NeverHandedOver,
    /// Lost, destroyed, damaged, cancelled.
    CarrierProblem,
    /// Nothing was heard of it for too long; never stored, for it depends on the time.
    Stale {
        phase: Phase,
    },
    /// A label that no handover takes; with the number that came for it meanwhile.
    TemporaryLabel {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// Cancelled or refunded whole, and its parcel left.
    LeftCancelled,
    /// Packed, and still here though it should have left; never stored, for it depends on the time.
    NotShipped {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bag: Option<String>,
    },
    /// A number held for outages is on a parcel and not the carrier's yet.
    Unregistered {
        number: String,
    },
    /// Its label bears codes that were learned, and the carrier sends it another way.
    RouteDiffers {
        number: String,
    },
    /// Goods that weren't in their bin; the parcel waits on the problem rack.
    ShortPick {
        goods: Vec<(Sku, u32)>,
    },
    /// Orders that left their packed parcel, or go on in it with other goods than are in its box.
    OrderLeft {
        orders: Vec<OrderNo>,
    },
    /// Too few numbers for outages, of an account, and nothing brings more by itself.
    PoolLow {
        free: u32,
        wanted: u32,
        why: String,
    },
    /// Numbers that nobody used end soon; never stored, for it depends on the time.
    PoolEnding {
        count: u32,
        first: Date,
    },
    /// Rows of a file of orders, or with none the whole file, can't be used until somebody corrects them.
    FileRefused {
        rows: usize,
        why: String,
    },
    /// A folder that files come or go through.
    FolderAway {
        why: String,
    },
    /// A plan's wave isn't out, or not all of it.
    NotReleased {
        trouble: PlanTrouble,
    },
    /// A lead took something upon themselves.
    LeadActed {
        acted: LeadActed,
    },
    /// The order's ERP won't hear a message; in its own words.
    ErpRefused {
        code: String,
        message: String,
    },
    /// No ERP hears anything.
    ErpSilent {
        why: String,
    },
    /// A station's door for screens has no certificate, or soon none.
    CertificateRefused {
        why: String,
    },
    /// Something about a return doesn't fit.
    Return(ReturnTrouble),
}

/// One exception as the office reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRow {
    pub kind: String,
    pub subject: String,
    pub zh: String,
    pub en: String,
    /// `office`, `lead`, `admin`, or the name of who held the order.
    pub owner: String,
    /// Where it is to be dealt with, if only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    pub since_us: i64,
    pub age_s: i64,
    /// What a parcel with a temporary label must be relabelled for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<NextCutoff>,
}

/// What ends when somebody says that they saw to it.
pub const CLOSABLE: [&str; 4] = {
    let [forced, taught, refused] = LeadActed::KINDS;
    [forced, taught, refused, super::left_cancelled::KIND]
};

impl Exception {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Exception::Fork { .. } => "fork",
            Exception::StationWentBack { .. } => "station_went_back",
            Exception::ChainBroken { .. } => "chain_broken",
            Exception::EntriesMissing { .. } => "entries_missing",
            Exception::EntriesLost { .. } => "entries_lost",
            Exception::JournalDamaged { .. } => "journal_damaged",
            Exception::HeadDiffers { .. } => "head_differs",
            Exception::CarrierGivenUp { .. } => "carrier_given_up",
            Exception::NumberTwice => "number_twice",
            Exception::NumberAtTwoStations { .. } => "number_at_two_stations",
            Exception::WaybillConflict { .. } => "waybill_conflict",
            Exception::WaybillRefused { .. } => "waybill_refused",
            Exception::CancelRefused { .. } => "cancel_refused",
            Exception::SignDoubted { .. } => "sign_doubted",
            Exception::NeverHandedOver => "never_handed_over",
            Exception::CarrierProblem => "carrier_problem",
            Exception::Stale { .. } => "stale",
            Exception::TemporaryLabel { .. } => "temporary_label",
            Exception::LeftCancelled => super::left_cancelled::KIND,
            Exception::NotShipped { .. } => "not_shipped",
            Exception::Unregistered { .. } => "unregistered",
            Exception::RouteDiffers { .. } => "route_differs",
            Exception::ShortPick { .. } => super::short_picks::KIND,
            Exception::OrderLeft { .. } => super::left_orders::KIND,
            Exception::PoolLow { .. } => "pool_low",
            Exception::PoolEnding { .. } => "pool_ending",
            Exception::FileRefused { .. } => "file_refused",
            Exception::FolderAway { .. } => "folder_away",
            Exception::NotReleased { .. } => "not_released",
            Exception::LeadActed { acted } => acted.kind(),
            Exception::ErpRefused { .. } => "erp_refused",
            Exception::ErpSilent { .. } => "erp_silent",
            Exception::CertificateRefused { .. } => "certificate_refused",
            Exception::Return(trouble) => trouble.kind(),
        }
    }

    /// Who can do something about it: a lead has the parcels at hand, an admin the machines.
    fn owner(&self) -> &'static str {
        match self {
            Exception::NumberTwice
            | Exception::NumberAtTwoStations { .. }
            | Exception::WaybillConflict { .. }
            | Exception::CancelRefused { .. }
            | Exception::TemporaryLabel { .. }
            | Exception::NotShipped { .. }
            | Exception::Unregistered { .. }
            | Exception::NotReleased { .. }
            | Exception::ShortPick { .. }
            | Exception::OrderLeft { .. }
            | Exception::RouteDiffers { .. } => "lead",
            Exception::CarrierGivenUp { .. }
            | Exception::WaybillRefused { .. }
            | Exception::LeftCancelled
            | Exception::SignDoubted { .. }
            | Exception::NeverHandedOver
            | Exception::CarrierProblem
            | Exception::PoolLow { .. }
            | Exception::PoolEnding { .. }
            | Exception::FileRefused { .. }
            | Exception::ErpRefused { .. }
            | Exception::Return(_)
            | Exception::Stale { .. } => "office",
            Exception::LeadActed { acted } => acted.owner(),
            _ => "admin",
        }
    }
}

impl Hub {
    /// Oldest first; what has an hour or less until its cut-off before all, by its cut-off.
    pub fn exceptions(&self, now_us: i64) -> Result<Vec<ExceptionRow>, HubError> {
        self.read(|connection| {
            let mut rows = noticed(connection)?;
            rows.extend(held::held(connection)?);
            let late = returns::overdue(connection, self.policy(), now_us)?.into_iter();
            rows.extend(late.map(|(return_no, exception, since_us)| row(return_no, &exception, since_us)));
            rows.extend(self.stale(connection, now_us)?.into_iter().map(|stale| {
                row(stale.number, &Exception::Stale { phase: stale.phase }, stale.since.as_microsecond())
            }));
            let unshipped = self.unshipped(connection, now_us)?.into_iter();
            rows.extend(unshipped.map(|(waybill_id, exception, since_us)| row(waybill_id, &exception, since_us)));
            let ending = pools::ending(connection, self, now_us)?.into_iter();
            rows.extend(ending.map(|(account, exception, since_us)| row(account, &exception, since_us)));
            for row in &mut rows {
                row.age_s = (now_us - row.since_us).max(0) / 1_000_000;
                row.warehouse = place::warehouse_of(connection, &row.subject)?;
                if row.kind == "temporary_label" {
                    row.cutoff = self.cutoff_of(connection, &row.subject, now_us)?;
                }
            }
            rows.sort_by_key(|row| (temporary::hurry(row.cutoff.as_ref()), row.since_us));
            Ok(rows)
        })
    }
}

fn noticed(connection: &Connection) -> Result<Vec<ExceptionRow>, HubError> {
    let found = noticed_as(connection, "")?.into_iter();
    Ok(found.map(|(subject, exception, since_us)| row(subject, &exception, since_us)).collect())
}

fn row(subject: String, exception: &Exception, since_us: i64) -> ExceptionRow {
    ExceptionRow {
        kind: exception.kind().to_owned(),
        subject,
        zh: exception.zh(),
        en: exception.en(),
        owner: exception.owner().to_owned(),
        warehouse: None,
        since_us,
        age_s: 0,
        cutoff: None,
    }
}
