//! Everything that can happen to a station, as its loop hands it to the heart.

use crate::bench::NotSplit;
use crate::carrier::{Operation, Outcome};
use crate::domain::account::AccountName;
use crate::domain::fact::{Fact, NewEntry, PrintOutcome};
use crate::domain::id::{JobId, ParcelId, PlaceName, StationCode, WaybillId};
use crate::domain::order::CarrierCode;
use crate::domain::returned::Photo;
use crate::station::news::CarrierNews;
use crate::wire::PoolNumber;

/// What came of a request to a carrier.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Is(Outcome),
    /// It never left this machine.
    NotSent(String),
}

/// Who lent numbers for outages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Carrier,
    Hub {
        /// What the hub calls what it lent; named when it is asked again, for then it is kept.
        block: String,
    },
}

impl Source {
    pub fn word(&self) -> &'static str {
        match self {
            Source::Carrier => "carrier",
            Source::Hub { .. } => "hub",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Scanned {
        place: PlaceName,
        text: String,
        device: Option<String>,
    },
    /// The driver could not believe what it read.
    Unreadable {
        place: PlaceName,
        device: Option<String>,
    },
    HubAnswered {
        place: PlaceName,
        code: String,
        reached: bool,
        /// The scanner that asked.
        device: Option<String>,
    },
    Printed {
        place: PlaceName,
        parcel: ParcelId,
        job: JobId,
        outcome: PrintOutcome,
        evidence: String,
    },
    SheetPrinted {
        place: PlaceName,
        handover: String,
        outcome: PrintOutcome,
        evidence: String,
    },
    DividerPrinted {
        place: PlaceName,
        job: JobId,
        outcome: PrintOutcome,
        evidence: String,
    },
    /// Nobody scanned there for as long as its config allows.
    PlaceIdle {
        place: PlaceName,
    },
    /// The place's screen sent a photo of a return; its file is kept.
    Photographed {
        place: PlaceName,
        return_no: String,
        photo: Photo,
        device: Option<String>,
    },
    PrinterReady {
        printer: String,
    },
    /// It takes no labels until it is ready again.
    PrinterDown {
        printer: String,
    },
    /// Whether a printer answers questions was found out.
    PrinterProbed {
        printer: String,
        url: String,
        answers: bool,
    },
    BudgetSpent {
        place: PlaceName,
        parcel: ParcelId,
        /// The id whose carrier had its time.
        waybill_id: WaybillId,
    },
    /// The hub keeps a parcel with its carrier.
    RerouteRefused {
        parcel: ParcelId,
        why: String,
    },
    /// The hub can't be asked for another carrier now; it is asked again.
    RerouteUnanswered {
        parcel: ParcelId,
    },
    /// The parcel in hand there isn't parted.
    NotSplit {
        place: PlaceName,
        parcel: ParcelId,
        because: NotSplit,
    },
    ContinueWave {
        place: PlaceName,
    },
    /// A request came back, answered or not; what follows is decided by the parcel as it is now.
    CarrierAnswered {
        parcel: ParcelId,
        operation: Box<Operation>,
        answer: Answer,
        /// Questions about this parcel so far, this one included.
        tries: u32,
    },
    /// Numbers for outages came.
    PoolFilled {
        account: AccountName,
        numbers: Vec<PoolNumber>,
        source: Source,
    },
    /// A request is about to leave, or something is known of it.
    Carrier {
        parcel: ParcelId,
        waybill_id: WaybillId,
        carrier: CarrierCode,
        news: CarrierNews,
    },
    /// It is time to ask the carrier about a parcel; the shell does it.
    AskCarrier {
        parcel: ParcelId,
    },
    /// Documents came down; they are durable already.
    DocumentsArrived {
        parcels: Vec<ParcelId>,
    },
    /// Another station's fact came down with its document, which is durable already.
    RemoteFact {
        parcel: ParcelId,
        station: StationCode,
        fact: Box<Fact>,
    },
    Noted(Box<NewEntry>),
}
