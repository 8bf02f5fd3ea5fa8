//! Everything the bench can say, once in Chinese and once in English: what happened and what to do next, in one line.

mod en;
mod phrase;
pub mod sound;
mod tone;
mod zh;

use serde::{Deserialize, Serialize};

pub use super::names::{carrier_en, carrier_zh};
use crate::domain::hold::Hold;
use crate::domain::order::{CarrierCode, WaybillSource};
use crate::domain::returned::Finding;
use crate::domain::taught::Unteachable;
pub use phrase::kilograms;
pub use tone::Tone;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "snake_case")]
pub enum Prompt {
    // Who works here.
    BadgeFirst,
    /// Nobody scanned for long.
    Locked,
    UnknownBadge,
    Welcome {
        name: String,
    },
    Goodbye {
        done: u32,
    },

    // What to scan.
    ScanParcel,
    ScanItems {
        left: u32,
    },
    ScanAtDock,
    ScanPickList,
    Unreadable,
    Broken,
    NotHere,
    UnknownCode {
        code: String,
    },
    Several {
        what: String,
    },
    AskingHub,
    /// With the carriers whose number it looks like.
    Unverified {
        code: String,
        looks: Vec<CarrierCode>,
    },

    // Items.
    Item {
        name: String,
        left: u32,
    },
    CountThem {
        name: String,
        quantity: u32,
        left: u32,
    },
    GiftLeft {
        name: String,
        left: u32,
    },
    WrongItem {
        name: String,
    },
    UnknownItem {
        code: String,
    },
    Surplus {
        name: String,
    },
    TooMany {
        name: String,
        left: u32,
    },
    Withdrawn {
        name: String,
    },
    Times {
        times: u32,
    },
    Undone {
        name: String,
        left: u32,
    },
    NothingToUndo,
    TakeOut {
        what: String,
    },

    // What a lead is asked for.
    MissingForLead {
        what: String,
    },
    WhyForce,
    WhyCount {
        times: u32,
    },
    LeadMayTeach,
    TeachWhich {
        code: String,
    },
    TeachAgain {
        code: String,
        name: String,
    },
    Taught {
        name: String,
    },
    NotTeachable {
        because: Unteachable,
    },

    // The parcel.
    Cancelled,
    /// So many of its boxes are on a truck.
    CancelledAboard {
        count: u32,
        tails: String,
    },
    Held {
        why: Vec<Hold>,
    },
    Changed {
        what: String,
    },
    /// More is in the box in hand than its orders want now.
    TakeOutFirst {
        what: String,
    },
    /// What is in a packed box that isn't opened here isn't what its orders want now.
    BoxDiffers {
        out: String,
        more: String,
    },
    ParcelFirst,
    FinishFirst,
    LabelFirst,
    OtherLabel,
    VoidLabel,
    /// The carrier has another number for the parcel, or none.
    NumberDisowned,
    AlreadyPacked,
    AlreadyShipped,
    InHandElsewhere {
        place: String,
    },
    /// Its label says all here: nothing else names it.
    ScanItsLabel,
    /// The label's number is not the parcel's any more, nor void.
    OldLabel,
    /// It is packed in so many.
    Boxes {
        count: u32,
    },
    /// The carrier numbers no boxes.
    NoBoxOf {
        carrier: CarrierCode,
    },
    /// Its number is for as many boxes as there were.
    NoBoxNow,
    /// The hub is asked for another parcel.
    Splitting,
    SplitHubAway,
    /// The hub keeps the parcel whole.
    SplitRefused,
    CountBeforeSplit,
    NothingToSplit,
    /// Only a platform knows the receiver, and its number is for one box.
    NoSplitSealed,
    /// Nobody here may ask the carrier for the second number.
    NoSplitAccount {
        carrier: CarrierCode,
    },
    /// So many pieces of the same orders are another parcel.
    RestWaits {
        left: u32,
    },
    NoSkipNow,
    WhySkip,
    WhyReprint,
    SetAside,

    // A wall.
    ScanPickListToSort,
    ScanGoodsToSort,
    PutInSlot {
        slot: u32,
        name: String,
    },
    SlotFull {
        slot: u32,
        name: String,
    },
    TakeFromSlot {
        slot: u32,
        name: String,
    },
    /// Nobody of the wave needs it, or not so many.
    /// Goods of a parcel of the wave that lies in a tote, or in another wall's slot.
    GoodsElsewhere {
        name: String,
        tote: String,
    },
    NotOfWave {
        name: String,
    },
    NoSlotFree,
    WallDone {
        count: u32,
    },
    WallShort {
        slots: Vec<u32>,
        untouched: u32,
    },
    EmptyTote,

    // Picking.
    ScanPickListToPick,
    /// A tote gives each parcel its own; a bin takes all together.
    ChooseWay {
        count: u32,
        bin: Option<String>,
        name: String,
        quantity: u32,
    },
    GoToBin {
        bin: String,
        name: String,
        quantity: u32,
        lot: Option<String>,
        tote: Option<String>,
    },
    /// At its bin already, or nobody knows in which.
    PickHere {
        name: String,
        quantity: u32,
        lot: Option<String>,
        tote: Option<String>,
    },
    IntoTote {
        tote: String,
        name: String,
        left: u32,
    },
    NextTote {
        left: u32,
    },
    NoToteWanted,
    /// The goods of this list were begun together.
    NoToteNow,
    /// Others fetched the rest of it.
    ListDone,
    /// Nothing is left but for parcels that have one.
    ScanItsTote {
        tote: String,
    },
    ToteTaken {
        tote: String,
    },
    BinFirst {
        bin: String,
    },
    WrongBin {
        bin: String,
    },
    NotAtStop {
        name: String,
    },
    ListOpen {
        wave: String,
    },
    OtherLotFirst {
        name: String,
        lot: String,
    },
    ExpiresTooSoon {
        name: String,
        until: String,
        days: u32,
    },
    PickShort {
        name: String,
        quantity: u32,
    },
    NothingToPick,
    PickDone {
        count: u32,
    },
    PickDoneShort {
        count: u32,
        short: u32,
    },
    /// Closed before its end.
    PickClosed {
        left: u32,
    },
    PutBack {
        bin: Option<String>,
        what: String,
    },
    PutBackDone,
    /// At the bench: what its picker didn't find.
    LacksGoods {
        what: String,
    },

    // Flows that check no goods, or begin with them.
    BatchFirst {
        count: u32,
    },
    BatchNext {
        done: u32,
        count: u32,
    },
    BatchDone {
        done: u32,
    },
    /// No parcel needs these goods alone.
    NoParcelFor {
        name: String,
    },
    NoParcelForHubAway {
        name: String,
    },

    // The label.
    GettingNumber,
    Printing,
    PrintingElsewhere {
        printer: String,
    },
    StickAndScan {
        tail: String,
    },
    /// Of several boxes.
    StickOnBox {
        piece: u32,
        count: u32,
        tail: String,
    },
    StickTemporary,
    StickFrom {
        printer: String,
        tail: String,
    },
    StickTemporaryFrom {
        printer: String,
    },
    LabelUnknown,
    PrinterRefused {
        printer: String,
    },
    ComponentRefused {
        printer: String,
    },
    NoPrinter,
    /// What the platform sealed only its own component prints.
    NoComponent {
        platform: WaybillSource,
    },
    NothingToReprint,
    LabelFailed {
        why: String,
    },
    NoRealNumberYet,
    Packed {
        carrier: CarrierCode,
    },
    PackedTemporary,
    Relabelled,
    Reprinted,

    // Packing material and the scale.
    MaterialNoted {
        name: String,
        quantity: u32,
    },
    MaterialUndone {
        name: String,
    },
    MaterialOfNone,
    PutOnScale,
    Weighed {
        grams: u32,
    },
    /// Of several boxes so many weren't on the scale yet.
    BoxWeighed {
        grams: u32,
        left: u32,
    },
    WeightOff {
        grams: u32,
        expected_g: u32,
    },

    // The dock.
    Shipped {
        count: u32,
    },
    /// One box of several went out; so many are still to come.
    BoxesLeft {
        left: u32,
    },
    BoxTwice {
        left: u32,
    },
    /// The driver can't leave with a part of a parcel.
    BoxesMissing {
        count: u32,
    },
    BoxesOff {
        count: u32,
        tail: String,
    },
    ShippedUnverified,
    NotPacked,
    NoWaybill {
        code: String,
    },
    TemporaryAtDock,
    /// Nothing was heard of refunds since then.
    RefundsStale {
        since: Option<String>,
    },
    HandoverFirst,
    HandoverOpen {
        carrier: CarrierCode,
    },
    ScanForHandover {
        carrier: CarrierCode,
        count: u32,
    },
    VehicleNoted {
        plate: String,
    },
    WrongCarrier {
        carrier: CarrierCode,
        wanted: CarrierCode,
    },
    HandoverClosed {
        carrier: CarrierCode,
        count: u32,
    },
    NothingToReopen,
    LeadWanted,
    NoLead,
    WhyReopen,
    SheetPrinting,
    SheetNotPrinted,
    NoSheetPrinter,

    // A bag.
    ScanIntoBag {
        bag: String,
        count: u32,
    },
    InBag {
        count: u32,
    },
    OutOfBag {
        count: u32,
    },
    BagClosed {
        bag: String,
        count: u32,
    },
    BagOpen {
        bag: String,
    },
    BagOpenAt {
        bag: String,
        place: String,
    },
    /// Filled at two stations: two bags bear its code.
    BagTwice {
        bag: String,
        stations: Vec<String>,
    },
    /// At a handover: nothing in it is to leave.
    BagEmpty {
        bag: String,
    },
    AlreadyInBag {
        bag: String,
    },
    /// Of a parcel in several boxes each is counted at the dock.
    BoxesNotBagged,
    /// Something in it must not leave.
    BagNotShippable {
        bag: String,
        tail: String,
    },
    BagShipped {
        bag: String,
        count: u32,
        total: u32,
    },

    // A print desk.
    /// So many numbers of the wave are not there yet.
    WaveWaits {
        missing: usize,
        count: u32,
    },
    WavePrinting {
        printed: u32,
        count: u32,
    },
    /// It was printed before, and would be printed whole.
    WavePrinted {
        count: u32,
    },
    /// With labels that can't be drawn.
    WaveDoneBut {
        count: u32,
        failed: u32,
    },
    WaveDone {
        count: u32,
    },
    WaveStopped {
        position: u32,
    },
    WaveUnknown,
    WrongWave,
    DividerMissing,
    PositionNamed {
        position: u32,
        count: u32,
    },
    NoWave,

    // A returns desk.
    ScanReturn,
    ReturnArrived {
        return_no: String,
    },
    ReturnWithoutOrder {
        return_no: String,
    },
    /// Neither this station nor the hub knows the code.
    ReturnAgain {
        code: String,
    },
    ReturnedBefore {
        return_no: String,
    },
    ReturnFirst,
    ReturnOpen {
        return_no: String,
    },
    ScanClaim,
    Claimed {
        zh: String,
        en: String,
    },
    UnknownReason,
    ClaimFirst,
    /// With what is still to come of what was announced.
    ScanReturned {
        left: u32,
    },
    WhatFinding {
        name: String,
        quantity: u32,
        expires_on: Option<String>,
    },
    FindingFirst {
        name: String,
    },
    ItemFirst,
    Found {
        name: String,
        quantity: u32,
        finding: Finding,
    },
    WrongGoods {
        name: String,
    },
    TooManyBack {
        name: String,
        left: u32,
    },
    FindingUndone {
        name: String,
    },
    ReturnWithdrawn {
        return_no: String,
    },
    PhotoKept {
        count: u32,
    },
    PhotosFull,
    PhotoOfNone,
    /// Nobody announced what is in it, and nothing was.
    ReturnEmpty,
    ReturnDone {
        count: u32,
    },
    ReturnDiffers {
        missing: u32,
        wrong: u32,
    },
    NoReturnToReopen,
    WhyReopenReturn,

    NotSaved,
}
