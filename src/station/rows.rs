//! The rows that a fact changes, as the journal keeps them beside its entry: what a station starts from again.

use crate::bench::{Session, Work};
use crate::carrier::learned::{Codes, District};
use crate::domain::account::AccountName;
use crate::domain::alias;
use crate::domain::fact::{Fact, PrintOutcome};
use crate::domain::id::ParcelId;
use crate::domain::returned::ReturnRecord;
use crate::domain::taught::Taught;
use crate::journal::Upsert;
use crate::journal::upsert::Document;
use crate::station::paired::Paired;
use crate::station::pools::Pool;

/// The same row twice in a turn: the later one is the one to write.
pub fn put(upserts: &mut Vec<Upsert>, row: Upsert) {
    let same = |other: &Upsert| match (other, &row) {
        (Upsert::Parcel { parcel_id: a, .. }, Upsert::Parcel { parcel_id: b, .. }) => a == b,
        (Upsert::Place { place: a, .. }, Upsert::Place { place: b, .. }) => a == b,
        (Upsert::Meta { key: a, .. }, Upsert::Meta { key: b, .. }) => a == b,
        _ => false,
    };
    match upserts.iter_mut().find(|other| same(other)) {
        Some(earlier) => *earlier = row,
        None => upserts.push(row),
    }
}

pub fn parcel(parcel_id: &ParcelId, work: &Work) -> Upsert {
    Upsert::Parcel { parcel_id: parcel_id.clone(), open: !work.finished(), body: json(work) }
}

pub fn place(session: &Session) -> Upsert {
    Upsert::Place { place: session.place.clone(), body: json(session) }
}

/// The numbers by which a scan finds the parcel.
pub fn numbers(parcel_id: &ParcelId, fact: &Fact) -> Vec<Upsert> {
    let (numbers, waybill_id, live) = match fact {
        Fact::WaybillIssued { number, waybill_id, .. } => (std::slice::from_ref(number), waybill_id, true),
        Fact::WaybillVoided { number, waybill_id, .. } => (std::slice::from_ref(number), waybill_id, false),
        Fact::PiecesNumbered { children, waybill_id, .. } => (children.as_slice(), waybill_id, true),
        _ => return Vec::new(),
    };
    let row = |number: &String| {
        let (number, waybill_id, parcel_id) = (number.clone(), waybill_id.clone(), parcel_id.clone());
        Upsert::Waybill { number, waybill_id, parcel_id, live }
    };
    numbers.iter().map(row).collect()
}

pub fn job(parcel_id: &ParcelId, fact: &Fact) -> Option<Upsert> {
    let (job_id, state) = match fact {
        Fact::LabelQueued { job, .. } => (job, "queued"),
        Fact::LabelSettled { job, outcome, .. } => (
            job,
            match outcome {
                PrintOutcome::Accepted => "accepted",
                PrintOutcome::Confirmed => "confirmed",
                PrintOutcome::Refused => "refused",
                PrintOutcome::Unknown => "unknown",
                PrintOutcome::Unprintable => "unprintable",
            },
        ),
        Fact::LabelSeen { job, .. } => (job, "seen"),
        Fact::LabelDiscarded { job, .. } => (job, "discarded"),
        _ => return None,
    };
    let body = matches!(fact, Fact::LabelQueued { .. }).then(|| json(fact));
    Some(Upsert::Job { job_id: job_id.clone(), parcel_id: parcel_id.clone(), state, body })
}

/// A code that was taught here, as it will come back from the hub.
pub fn taught(taught: &Taught) -> Upsert {
    Upsert::Document(Document {
        kind: "taught".into(),
        key: taught.code.clone(),
        version: 0,
        body: json(taught),
        aliases: alias::of_taught(taught),
    })
}

/// What a driver takes along, for the handover's sheet. The sheets of the last two can be printed.
pub fn handed_over(fact: &Fact) -> Vec<Upsert> {
    let key = |handover: &str, number: &str| format!("{}{number}", handover_prefix(handover));
    match fact {
        Fact::ParcelShipped { number: Some(number), handover: Some(handover), .. }
        | Fact::PieceLoaded { number, handover: Some(handover), .. } => {
            vec![Upsert::Meta { key: key(handover, number), value: String::new() }]
        }
        Fact::PiecesUnloaded { handover: Some(handover), numbers, .. } => {
            numbers.iter().map(|number| Upsert::Forget { prefix: key(handover, number) }).collect()
        }
        Fact::HandoverOpened { handover, .. } => {
            before_last(handover).map(|gone| Upsert::Forget { prefix: handover_prefix(&gone) }).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The handover two before this one of its place.
fn before_last(handover: &str) -> Option<String> {
    let (place, count) = handover.rsplit_once('-')?;
    let gone = count.parse::<u32>().ok()?.checked_sub(2)?;
    Some(format!("{place}-{gone}"))
}

/// What the keys of a handover's parcels begin with.
pub fn handover_prefix(handover: &str) -> String {
    format!("handover:{handover}|")
}

/// The numbers held for outages.
pub fn pool(account: &AccountName, pool: &Pool) -> Upsert {
    Upsert::Meta { key: pool_key(account), value: json(pool) }
}

pub fn pool_key(account: &AccountName) -> String {
    format!("pool:{account}")
}

/// The last block of them that the hub lent.
pub fn pool_block(account: &AccountName, block: &str) -> Upsert {
    Upsert::Meta { key: pool_block_key(account), value: block.to_owned() }
}

pub fn pool_block_key(account: &AccountName) -> String {
    format!("pool_block:{account}")
}

/// What was learned of a district's routing codes.
pub fn learned(account: &AccountName, district: &District, codes: &Codes) -> Upsert {
    Upsert::Meta { key: format!("{}{}", learned_prefix(account), district.key()), value: json(codes) }
}

/// What the keys of an account's districts begin with.
pub fn learned_prefix(account: &AccountName) -> String {
    format!("learned:{account}|")
}

/// A return as its facts here leave it, until the hub tells of it anew.
pub fn returned(record: &ReturnRecord) -> Upsert {
    Upsert::Document(Document {
        kind: "return".to_owned(),
        key: record.return_no.clone(),
        version: 0,
        body: json(record),
        aliases: alias::of_return(record),
    })
}

/// What the keys of photos begin with that the hub is still to get; return and hash follow.
pub const PHOTO: &str = "photo:";

/// A photo that the hub is still to get.
pub fn photo(fact: &Fact) -> Option<Upsert> {
    let Fact::ReturnPhotographed { return_no, hash, kind, .. } = fact else { return None };
    Some(Upsert::Meta { key: photo_key(return_no, hash), value: json(kind) })
}

pub fn photo_key(return_no: &str, hash: &str) -> String {
    format!("{PHOTO}{return_no}|{hash}")
}

/// What was found out about a printer: one that answered and is silent after a restart has a fault.
pub fn probed(printer: &str, url: &str, answers: bool) -> Upsert {
    let value = serde_json::json!({ "url": url, "answers": answers }).to_string();
    Upsert::Meta { key: probed_key(printer), value }
}

/// What `probed` kept of a printer, if it is still at the same address.
pub fn recalled(value: &str, url: &str) -> Option<bool> {
    let value: serde_json::Value = serde_json::from_str(value).ok()?;
    (value["url"] == url).then(|| value["answers"].as_bool())?
}

pub fn probed_key(printer: &str) -> String {
    format!("printer:{printer}")
}

/// Since when a number is on its parcel, by the best time that was known.
pub fn since(number: &str, at_us: i64) -> Upsert {
    Upsert::Meta { key: since_key(number), value: at_us.to_string() }
}

pub fn since_key(number: &str) -> String {
    format!("since:{number}")
}

/// Under which a screen is kept, by the hash of its secret.
pub fn screen_key(hash: &str) -> String {
    format!("screen:{hash}")
}

pub fn screen(hash: &str, paired: &Paired) -> Upsert {
    Upsert::Meta { key: screen_key(hash), value: json(paired) }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("states are plain data with text keys")
}
