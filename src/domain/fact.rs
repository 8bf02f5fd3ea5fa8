//! Facts: everything a station remembers, past tense. The kind is the word in the journal's `kind` column and on the
//! wire; a change that isn't an optional field is a new kind. No body ever holds a name, phone, address or note.

mod parts;
mod place;
mod written;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use parts::{Asking, Flow, LeadAct, PrintOutcome};
pub use written::NewEntry;

use super::id::{JobId, OperatorId, OrderNo, PlaceName, Sku, WaveCode, WaybillId};
use super::order::CarrierCode;
use super::photo;
use super::returned::{Finding, Goods};
use super::share;
use super::waybill::Origin;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Fact {
    // The station.
    StationStarted {
        version: String,
    },
    /// The station's own file is damaged; entries `first` to `last` of an epoch are in doubt, or none of them.
    JournalDamaged {
        epoch: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<(u64, u64)>,
        what: String,
    },
    /// What could be read of a damaged file was taken over; the ranges, by the epoch's number in the file, were not.
    JournalSalvaged {
        taken: u64,
        lost: Vec<(i64, u64, u64)>,
        kept_as: String,
    },
    ClockStepped {
        by_us: i64,
    },
    /// This station gets no numbers of the carrier for now: `failing`, `slow`, `busy`, or `no_account` for it.
    CarrierGivenUp {
        carrier: CarrierCode,
        /// The shop whose own account it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        why: String,
    },
    CarrierTrusted {
        carrier: CarrierCode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },

    // A browser that may act for a place, and one that no longer may.
    ScreenPaired {
        place: PlaceName,
        screen: String,
    },
    ScreenUnpaired {
        place: PlaceName,
        screen: String,
    },

    // A place and who works there.
    OperatorBadgedIn {
        place: PlaceName,
        operator: OperatorId,
    },
    OperatorBadgedOut {
        place: PlaceName,
        operator: OperatorId,
    },
    /// Nobody scanned for so long that whoever comes next must show a badge.
    PlaceLocked {
        place: PlaceName,
    },
    /// By the badge of who was there before.
    PlaceUnlocked {
        place: PlaceName,
    },
    /// A scan that was stopped: what the packer was spared, for the figures.
    ScanStopped {
        place: PlaceName,
        why: String,
    },
    /// A parcel nobody here has heard of: recorded, never refused for that alone.
    UnverifiedScanned {
        place: PlaceName,
        code: String,
    },
    /// What a question of the bench was answered with, or what is asked now; `None` clears it.
    PlaceAsked {
        place: PlaceName,
        asking: Option<Asking>,
    },
    MultiplierSet {
        place: PlaceName,
        times: u32,
    },

    // Checking.
    ParcelOpened {
        place: PlaceName,
        flow: Flow,
        revisions: BTreeMap<OrderNo, u32>,
        /// What the label said that was scanned, whoever printed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// What the orders want in the box, as they are now.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        goods: share::Goods,
    },
    ItemChecked {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
    },
    ItemUnchecked {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
    },
    RevisionAccepted {
        place: PlaceName,
        revisions: BTreeMap<OrderNo, u32>,
        /// What they want in the box from here on.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        goods: share::Goods,
    },
    CheckCompleted {
        place: PlaceName,
    },
    /// It is packed in so many boxes, as far as the packer has said.
    PiecesCounted {
        place: PlaceName,
        count: u32,
    },
    /// The check ends without these pieces, by a lead's word.
    CheckForced {
        place: PlaceName,
        lead: OperatorId,
        reason: String,
        missing: Vec<(Sku, u32)>,
    },
    /// What no packer does alone, and follows.
    LeadAllowed {
        place: PlaceName,
        to: LeadAct,
        lead: OperatorId,
        reason: String,
    },
    /// A code that nobody knew means pieces of these goods, everywhere, until the office says otherwise.
    BarcodeTaught {
        place: PlaceName,
        lead: OperatorId,
        code: String,
        sku: Sku,
        quantity: u32,
    },
    ParcelSetAside {
        place: PlaceName,
        reason: String,
    },
    ParcelPacked {
        place: PlaceName,
    },
    /// Orders left it after it was packed, or go on with fewer goods: what is in the box of those comes out, and its label packs
    /// it again.
    ParcelReopened {
        place: PlaceName,
        left: Vec<OrderNo>,
        /// Those that go on, as they are now.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        revised: BTreeMap<OrderNo, u32>,
        /// They want more or other goods too: it is checked again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lacking: bool,
        /// Of the label that was scanned, where one was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    ParcelShipped {
        place: PlaceName,
        /// Of the label that was scanned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// The driver's that took it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handover: Option<String>,
    },
    /// One of several boxes, by its number; with the last the parcel is weighed.
    PieceWeighed {
        place: PlaceName,
        number: String,
        grams: u32,
    },
    /// One box of several is scanned out; the parcel is shipped with its last one.
    PieceLoaded {
        place: PlaceName,
        number: String,
        /// Boxes of it that are still to come.
        left: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handover: Option<String>,
    },
    /// Boxes of a parcel come off again: one of it is missing, or nobody wants it any more.
    PiecesUnloaded {
        place: PlaceName,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handover: Option<String>,
        numbers: Vec<String>,
    },
    /// Packing material of the parcel, with the weight of one piece of it as the config had it then.
    MaterialUsed {
        place: PlaceName,
        code: String,
        quantity: u32,
        weight_g: u32,
    },
    /// Taken back, the last that was used of it.
    MaterialTakenBack {
        place: PlaceName,
        code: String,
        quantity: u32,
    },
    /// With its goods' weight and its material's, where the weight of each is known.
    ParcelWeighed {
        place: PlaceName,
        grams: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_g: Option<u32>,
    },

    // Waybills.
    WaybillRequested {
        waybill_id: WaybillId,
        carrier: CarrierCode,
        /// The shop on whose own account it was asked for; without one on the station's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    WaybillIssued {
        waybill_id: WaybillId,
        carrier: CarrierCode,
        number: String,
        origin: Origin,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        routing: BTreeMap<String, serde_json::Value>,
    },
    /// The boxes beyond the first have numbers of their own under this one.
    PiecesNumbered {
        waybill_id: WaybillId,
        number: String,
        children: Vec<String>,
    },
    /// Sent, and no believable answer: asked about by order id, never asked anew under another id.
    WaybillUnanswered {
        waybill_id: WaybillId,
        why: String,
    },
    /// The carrier surely has no parcel under this id.
    WaybillNotThere {
        waybill_id: WaybillId,
    },
    /// The request never left this machine: the carrier can't have the parcel from it.
    WaybillNotSent {
        waybill_id: WaybillId,
        why: String,
    },
    /// The pooled number on the parcel is the carrier's under this id now.
    WaybillRegistered {
        waybill_id: WaybillId,
        number: String,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        routing: BTreeMap<String, serde_json::Value>,
    },
    /// The carrier has another number under this id than the one on the parcel.
    WaybillConflicted {
        waybill_id: WaybillId,
        number: String,
        carriers: String,
    },
    /// The hub is asked to let the parcel go with another carrier; until it answers this one isn't asked for a number.
    RerouteRequested {
        waybill_id: WaybillId,
        carrier: CarrierCode,
    },
    /// The waybill id is closed, for good and with nothing at its carrier: the parcel goes with another one under a new id.
    WaybillRerouted {
        waybill_id: WaybillId,
        to: WaybillId,
        carrier: CarrierCode,
    },
    /// It stays with its carrier.
    RerouteRefused {
        waybill_id: WaybillId,
        why: String,
    },
    /// The order is cancelled: the carrier is asked to forget the parcel.
    WaybillCancelRequested {
        waybill_id: WaybillId,
    },
    WaybillCancelled {
        waybill_id: WaybillId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// The carrier keeps it: somebody must stop the parcel by hand.
    WaybillCancelRefused {
        waybill_id: WaybillId,
        code: String,
        message: String,
    },
    /// Numbers held for outages; each is used once, and none after its last day.
    PoolFilled {
        carrier: CarrierCode,
        numbers: Vec<String>,
        expires_on: Date,
        source: String,
        /// The shop on whose own account they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    WaybillRejected {
        waybill_id: WaybillId,
        code: String,
        message: String,
        /// It stands in the carrier's book under this id all the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        booked: bool,
    },
    WaybillVoided {
        waybill_id: WaybillId,
        number: String,
        reason: String,
    },

    // Labels.
    LabelQueued {
        job: JobId,
        place: PlaceName,
        waybill_id: WaybillId,
        number: String,
        origin: Origin,
        template: String,
        printer: String,
        /// 1 for the first label of this number, then counting.
        copy: u32,
        /// In its wave, when a print desk prints the wave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    LabelSettled {
        place: PlaceName,
        job: JobId,
        outcome: PrintOutcome,
        #[serde(default)]
        evidence: String,
    },
    /// The label itself was scanned: proof that it came out.
    LabelSeen {
        place: PlaceName,
        job: JobId,
    },
    /// Declared not to be on any parcel: a reprint took its place.
    LabelDiscarded {
        job: JobId,
        reason: String,
    },
    ParcelRelabelled {
        place: PlaceName,
        number: String,
    },

    // A wave at a print desk.
    WavePrintStarted {
        place: PlaceName,
        wave: WaveCode,
        count: u32,
    },
    /// Printing stopped in doubt; goes on after the last good position is named.
    WavePrintStopped {
        place: PlaceName,
        wave: WaveCode,
        position: u32,
        why: String,
    },
    WavePrintResumed {
        place: PlaceName,
        wave: WaveCode,
        after: u32,
    },
    /// Up to this position everything is queued, or gets no label: it was cancelled, is held, or nothing here prints it.
    WavePositionsPassed {
        place: PlaceName,
        wave: WaveCode,
        through: u32,
    },
    WavePrintCompleted {
        place: PlaceName,
        wave: WaveCode,
    },
    /// Its label is the one that is spoken of, at a desk that prints no wave now.
    PositionNamed {
        place: PlaceName,
    },
    /// The paper that tells a wave's stack of labels from the next one's. It is nobody's label.
    DividerQueued {
        place: PlaceName,
        wave: WaveCode,
        job: JobId,
        template: String,
        printer: String,
    },
    DividerSettled {
        place: PlaceName,
        job: JobId,
        outcome: PrintOutcome,
        #[serde(default)]
        evidence: String,
    },

    // Parcels that are packed without checking each.
    /// Parcels of a wave that hold the same goods as one that was checked here need one scan each.
    BatchStarted {
        place: PlaceName,
        wave: WaveCode,
        count: u32,
    },
    BatchEnded {
        place: PlaceName,
        wave: WaveCode,
    },

    // A wall that sorts goods into slots.
    WallStarted {
        place: PlaceName,
        wave: WaveCode,
        count: u32,
    },
    WallEnded {
        place: PlaceName,
        wave: WaveCode,
    },
    /// The code of a tote or slot names this parcel until it is packed or set aside.
    ToteLent {
        place: PlaceName,
        tote: String,
    },
    /// Nothing came into it before its parcel was cancelled.
    ToteFreed {
        place: PlaceName,
        tote: String,
    },
    ItemSorted {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
    },
    ItemUnsorted {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
    },

    // A pick list.
    PickStarted {
        place: PlaceName,
        wave: WaveCode,
        count: u32,
    },
    BinReached {
        place: PlaceName,
        bin: String,
    },
    ItemPicked {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bin: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<Date>,
        /// Of the same scan as the one before it: a carton may be several parcels'.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        shared: bool,
    },
    ItemUnpicked {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bin: Option<String>,
    },
    /// So many of the parcel's pieces were not in their bin.
    PickShort {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bin: Option<String>,
    },
    /// Left for later: it comes again at the end of the list.
    PickStopLeft {
        place: PlaceName,
        sku: Sku,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bin: Option<String>,
    },
    ParcelPicked {
        place: PlaceName,
    },
    PickEnded {
        place: PlaceName,
        wave: WaveCode,
    },
    /// What was short is there, says whoever opens the parcel.
    MissingGoodsCame {
        place: PlaceName,
    },
    /// Of a cancelled parcel, into their bin.
    GoodsPutBack {
        place: PlaceName,
        sku: Sku,
        quantity: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bin: Option<String>,
    },

    /// What lies with them until they are there was printed.
    SlipQueued {
        place: PlaceName,
        template: String,
    },

    // What one driver of a carrier takes along. Handovers are numbered at their place.
    HandoverOpened {
        place: PlaceName,
        handover: String,
        carrier: CarrierCode,
    },
    VehicleNoted {
        place: PlaceName,
        handover: String,
        plate: String,
    },
    HandoverClosed {
        place: PlaceName,
        handover: String,
        count: u32,
    },
    HandoverReopened {
        place: PlaceName,
        handover: String,
        reason: String,
        /// Who allowed it.
        lead: OperatorId,
    },
    // A bag, and what lies in it until it leaves.
    BagOpened {
        place: PlaceName,
        bag: String,
    },
    ParcelBagged {
        place: PlaceName,
        bag: String,
        number: String,
        carrier: CarrierCode,
    },
    ParcelUnbagged {
        place: PlaceName,
        bag: String,
    },
    BagClosed {
        place: PlaceName,
        bag: String,
        count: u32,
    },
    SheetQueued {
        place: PlaceName,
        handover: String,
        template: String,
        copy: u32,
    },
    SheetSettled {
        place: PlaceName,
        handover: String,
        outcome: PrintOutcome,
        #[serde(default)]
        evidence: String,
    },

    // What comes back, at a returns desk. Its number is the announcement's, or one of this station's own (`RT-…`).
    ReturnArrived {
        place: PlaceName,
        return_no: String,
        /// What was scanned on the box.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// The code of the reason, where the announcement says one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claimed: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        announced: bool,
        /// What was announced, else what the order had.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<Goods>,
    },
    ReturnClaimed {
        place: PlaceName,
        return_no: String,
        claimed: String,
    },
    /// Scanned; what they are like is said by the next scan.
    ReturnItemTaken {
        place: PlaceName,
        return_no: String,
        sku: Sku,
        /// The goods' own.
        name: String,
        quantity: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<Date>,
    },
    ReturnItemPutBack {
        place: PlaceName,
        return_no: String,
    },
    ReturnExpiryNoted {
        place: PlaceName,
        return_no: String,
        expires_on: Date,
    },
    /// Goods that nobody has on file are named by their barcode.
    ReturnInspected {
        place: PlaceName,
        return_no: String,
        sku: Sku,
        quantity: u32,
        finding: Finding,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<Date>,
    },
    /// The last finding is taken back.
    ReturnUninspected {
        place: PlaceName,
        return_no: String,
        sku: Sku,
        quantity: u32,
        finding: Finding,
    },
    ReturnPhotographed {
        place: PlaceName,
        return_no: String,
        hash: String,
        bytes: u64,
        #[serde(rename = "type")]
        kind: photo::Kind,
    },
    /// Scanned by mistake: it isn't here after all. Nobody had looked at it.
    ReturnWithdrawn {
        place: PlaceName,
        return_no: String,
    },
    ReturnClosed {
        place: PlaceName,
        return_no: String,
    },
    ReturnReopened {
        place: PlaceName,
        return_no: String,
        reason: String,
        /// Who allowed it.
        lead: OperatorId,
    },

    /// A parcel that was lent to this station for packing is the hub's again, untouched.
    LoanReturned {
        /// The loan, as the hub dated it.
        lent_us: i64,
    },
}
