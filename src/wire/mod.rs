//! What station and hub say to each other, versioned by path (`/v1`). Plain data only; times are microseconds.
//! Unknown fields are let through, so that one side may be a version ahead.

pub mod certificate;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::entry::{Entry, Hash};
use crate::domain::id::Sku;
use crate::domain::order::CarrierCode;
use crate::domain::share::Goods;

/// `POST /v1/sync/{station}`: entries from `first_seq` on, zstd-compressed JSON. None at all is a greeting that only
/// compares clocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SyncRequest {
    pub epoch: String,
    pub first_seq: u64,
    pub entries: Vec<Entry>,
    /// What the station holds in this epoch, so that a loss on either side shows.
    pub head: Head,
    pub clock: ClockReport,
    /// Numbers of this epoch, first and last, that the station can never send: its file was damaged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<(u64, u64)>,
    /// Asks whether the hub still holds what it acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// How the station's devices are now; a state, of which no past is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceState>,
}

/// A printer, scanner or scale, and how it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeviceState {
    /// Where it is used; a shared one stands under each of its places.
    pub place: String,
    /// `printer`, `scanner` or `scale`.
    pub kind: String,
    pub name: String,
    pub ok: bool,
    /// As on the bench's screen, e.g. `paper_out`.
    pub state: String,
}

/// What the station believes received, and by which of the hub's pasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    pub hub_epoch: String,
    pub head: Head,
}

/// What the hub's rows say up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audited {
    pub count: u64,
    /// Of the entry at the head, where it is there.
    pub hash: Option<Hash>,
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub seq: u64,
    pub hash: Hash,
}

/// The station's clocks as it sends, and the best comparison of this boot it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReport {
    pub boot_id: String,
    pub sent_boottime_ns: i64,
    pub sent_wall_us: i64,
    pub anchor: Option<Anchor>,
}

/// "At this boot time the hub's clock said this, give or take the error."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    pub boottime_ns: i64,
    pub hub_us: i64,
    pub error_us: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncAnswer {
    /// Changes when the hub was restored from a backup: what it has then is what it says, not what it once said.
    pub hub_epoch: String,
    /// The highest entry up to which the hub holds all, durably. Only this moves the station's mark.
    pub ack: u64,
    /// Ranges beyond `ack` that are missing, first and last.
    pub holes: Vec<(u64, u64)>,
    pub quarantined: Vec<Quarantined>,
    /// Numbers under which the hub holds other content: two histories, and neither is acknowledged by this answer.
    #[serde(default)]
    pub forked: Vec<u64>,
    /// The hub's clock when the request came and when the answer left.
    pub received_us: i64,
    pub answered_us: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audited: Option<Audited>,
}

/// An entry the hub keeps but can't use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    pub seq: u64,
    pub problem: String,
}

/// `POST /v1/operators/{operator_id}/badge`: a new badge; the ones they had are revoked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadgeRequest {
    pub name: String,
    #[serde(default)]
    pub lead: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BadgeAnswer {
    /// What its barcode holds, check character included.
    pub code: String,
}

/// `GET /v1/down/{station}?cursor=`: what changed for the station's warehouse after the cursor.
#[derive(Debug, Serialize, Deserialize)]
pub struct DownAnswer {
    pub hub_epoch: String,
    pub documents: Vec<DownDocument>,
    /// To be asked with next.
    pub cursor: u64,
    /// There is more at once.
    pub more: bool,
    /// How fresh cancellations and refunds are: the hub's clock when it answered.
    pub as_of_us: i64,
}

/// A document of the hub's: an item, a taught code, an order with its standing, a parcel, an operator, another station's fact.
#[derive(Debug, Serialize, Deserialize)]
pub struct DownDocument {
    pub kind: String,
    pub key: String,
    pub version: i64,
    pub body: Box<RawValue>,
}

impl Clone for DownDocument {
    fn clone(&self) -> Self {
        let body = self.body.clone();
        DownDocument { kind: self.kind.clone(), key: self.key.clone(), version: self.version, body }
    }
}

/// Another station's fact as it comes down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteFact {
    pub station: String,
    pub parcel_id: String,
    pub kind: String,
    pub body: serde_json::Value,
    /// When it happened, as far as that is known. Older hubs don't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_us: Option<i64>,
}

/// `POST /v1/ask/{station}`: a question a packer waits for; answered at once or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum AskRequest {
    /// What does this code name?
    Code { code: String },
    /// May this station ask the carrier for the parcel's number?
    Lease { parcel_id: String },
    /// Parcels that need one piece of these goods and nothing else, for this station alone to pack.
    Borrow { sku: Sku },
    /// May the parcel go with another carrier, since nothing of it is at its own? One of `can`, whom this station may ask
    /// now. Asked again under the same id it gets the same answer.
    Reroute { parcel_id: String, waybill_id: String, can: Vec<CarrierCode> },
    /// Part this parcel: what was counted stays in it, and what is left becomes another of the same orders. `number` is which
    /// split of the parcel it is; asked again under the same it gets the same answer.
    Split { parcel_id: String, number: u32, counted: Goods },
    /// Up to `count` numbers for outages, of the account of this carrier and shop. `epoch` is the journal's, `last` the last
    /// block that it keeps: until that names a block, its numbers are the answer again, so none is lost with an answer.
    Pool {
        carrier: CarrierCode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shop: Option<String>,
        count: u32,
        epoch: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<String>,
    },
}

/// Numbers that one station alone may use from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolBlock {
    pub block: String,
    pub numbers: Vec<PoolNumber>,
}

/// A number held for outages, with the last day it may be used on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolNumber {
    pub number: String,
    pub expires_on: Date,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AskAnswer {
    /// The documents the asker lacks.
    pub documents: Vec<DownDocument>,
    #[serde(default)]
    pub leased: bool,
    /// Why what was asked for can't be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Answers `Pool`, without numbers where all are lent; none where the hub keeps no pool of that account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<PoolBlock>,
}

/// `POST /v1/join`: a one-time code for the station's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    pub station: String,
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinAnswer {
    pub key: String,
    pub hub_epoch: String,
}

/// `POST /v1/stations/{station}/invite`, with the admin's key: a one-time code with which the station joins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteRequest {
    /// The hub's own where none is given.
    #[serde(default)]
    pub warehouse: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteAnswer {
    pub code: String,
}

/// RFC 9457: what every refused request is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
}

impl Problem {
    pub fn new(status: u16, title: &str, detail: impl Into<String>) -> Self {
        let kind = format!("urn:milepost:{}", title.to_lowercase().replace(' ', "-"));
        Problem { kind, title: title.to_owned(), status, detail: detail.into() }
    }
}

/// What is wrong with a document, without the value that is wrong: it may be somebody's name.
pub fn unusable(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let from = |start: &str| text.find(start).map(|at| at + start.len());
    // serde quotes a wrong text in quotation marks and a wrong word of an enumeration in backticks.
    let quoted = from("string \"")
        .map(|from| (from, "\", expected"))
        .or_else(|| from("unknown variant `").map(|from| (from, "`, expected")));
    match quoted {
        Some((from, end)) => match text.rfind(end).filter(|to| *to >= from) {
            Some(to) => format!("{}…{}", &text[..from], &text[to..]),
            None => format!("{}…", &text[..from]),
        },
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::{Order, Party};

    fn told<T: serde::de::DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
        unusable(&serde_json::from_str::<T>(text).expect_err("unusable"))
    }

    #[test]
    fn an_unusable_document_is_told_without_its_values() {
        let told_of_phone = told::<Vec<u32>>(r#"["欧阳\"娜娜, expected u32"]"#);
        assert!(told_of_phone.starts_with("invalid type: string \"…\", expected u32 at line 1"), "{told_of_phone}");
        assert!(
            told::<crate::domain::order::CarrierCode>("\"欧阳娜娜\"").starts_with("unknown variant `…`, expected one")
        );
        assert!(told::<Party>("{}").starts_with("missing field `name`"));
        assert!(told::<Order>(r#"{"recieiver": 1}"#).starts_with("unknown field `recieiver`"));
    }
}
