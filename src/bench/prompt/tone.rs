//! How loud a prompt is: a good click, a question, a warning, or a stop.

use serde::{Deserialize, Serialize};

use super::Prompt::{self, *};

/// How a prompt sounds and looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// A click: go on.
    Ok,
    /// Nothing wrong; something else is to be done now.
    Ask,
    /// Amber: recorded, but look at it.
    Warn,
    /// Red: stop.
    Stop,
}

impl Prompt {
    pub fn tone(&self) -> Tone {
        match self {
            Welcome { .. }
            | Goodbye { .. }
            | Item { .. }
            | Times { .. }
            | Undone { .. }
            | Taught { .. }
            | Packed { .. }
            | Relabelled
            | Reprinted
            | Shipped { .. }
            | Weighed { .. }
            | BoxWeighed { .. }
            | MaterialNoted { .. }
            | MaterialUndone { .. }
            | WaveDone { .. }
            | BatchDone { .. }
            | PutInSlot { .. }
            | SlotFull { .. }
            | TakeFromSlot { .. }
            | WallDone { .. }
            | IntoTote { .. }
            | PickDone { .. }
            | PutBackDone
            | VehicleNoted { .. }
            | InBag { .. }
            | OutOfBag { .. }
            | BagClosed { .. }
            | BagShipped { .. }
            | HandoverClosed { .. }
            | ReturnArrived { .. }
            | Claimed { .. }
            | Found { .. }
            | FindingUndone { .. }
            | ReturnWithdrawn { .. }
            | PhotoKept { .. }
            | ReturnDone { .. }
            | Boxes { .. }
            | BoxesOff { .. }
            | SetAside => Tone::Ok,
            ScanParcel
            | ScanItems { .. }
            | ScanAtDock
            | ScanPickList
            | CountThem { .. }
            | GiftLeft { .. }
            | TakeOut { .. }
            | Splitting
            | RestWaits { .. }
            | WhySkip
            | WhyReprint
            | GettingNumber
            | Printing
            | PrintingElsewhere { .. }
            | StickAndScan { .. }
            | StickFrom { .. }
            | StickOnBox { .. }
            | BoxesLeft { .. }
            | PutOnScale
            | WaveWaits { .. }
            | ScanPickListToSort
            | ScanForHandover { .. }
            | ScanIntoBag { .. }
            | LeadWanted
            | WhyReopen
            | MissingForLead { .. }
            | WhyForce
            | WhyCount { .. }
            | LeadMayTeach
            | TeachWhich { .. }
            | TeachAgain { .. }
            | SheetPrinting
            | ScanGoodsToSort
            | ScanPickListToPick
            | ChooseWay { .. }
            | GoToBin { .. }
            | PickHere { .. }
            | NextTote { .. }
            | ListDone
            | ScanItsTote { .. }
            | BatchFirst { .. }
            | BatchNext { .. }
            | ScanReturn
            | ScanClaim
            | ScanReturned { .. }
            | WhatFinding { .. }
            | WhyReopenReturn
            | PositionNamed { .. }
            | WavePrinting { .. } => Tone::Ask,
            AskingHub
            | Unverified { .. }
            | StickTemporary
            | StickTemporaryFrom { .. }
            | PackedTemporary
            | NoRealNumberYet
            | ShippedUnverified
            | WeightOff { .. }
            | WallShort { .. }
            | WaveDoneBut { .. }
            | NoToteWanted
            | OtherLotFirst { .. }
            | PickShort { .. }
            | NothingToPick
            | PickDoneShort { .. }
            | PickClosed { .. }
            | NothingToReopen
            | NoSheetPrinter
            | DividerMissing
            | NothingToUndo
            | NothingToReprint
            | NoSkipNow
            | NotTeachable { .. }
            | Locked
            | ReturnWithoutOrder { .. }
            | ReturnAgain { .. }
            | WrongGoods { .. }
            | ReturnDiffers { .. }
            | ReturnEmpty
            | NoReturnToReopen
            | Several { .. } => Tone::Warn,
            BadgeFirst
            | UnknownBadge
            | Unreadable
            | Broken
            | NotHere
            | UnknownCode { .. }
            | WrongItem { .. }
            | UnknownItem { .. }
            | Surplus { .. }
            | TooMany { .. }
            | Withdrawn { .. }
            | NotSaved
            | Cancelled
            | CancelledAboard { .. }
            | Held { .. }
            | Changed { .. }
            | TakeOutFirst { .. }
            | BoxDiffers { .. }
            | NoBoxOf { .. }
            | NoBoxNow
            | SplitHubAway
            | SplitRefused
            | CountBeforeSplit
            | NothingToSplit
            | NoSplitSealed
            | NoSplitAccount { .. }
            | BoxTwice { .. }
            | BoxesMissing { .. }
            | ParcelFirst
            | FinishFirst
            | LabelFirst
            | OtherLabel
            | VoidLabel
            | OldLabel
            | NotOfWave { .. }
            | GoodsElsewhere { .. }
            | HandoverFirst
            | HandoverOpen { .. }
            | WrongCarrier { .. }
            | NoLead
            | SheetNotPrinted
            | NoSlotFree
            | EmptyTote
            | NoToteNow
            | ToteTaken { .. }
            | BinFirst { .. }
            | WrongBin { .. }
            | NotAtStop { .. }
            | ListOpen { .. }
            | ExpiresTooSoon { .. }
            | PutBack { .. }
            | LacksGoods { .. }
            | ScanItsLabel
            | NoParcelFor { .. }
            | NoParcelForHubAway { .. }
            | NumberDisowned
            | AlreadyPacked
            | AlreadyShipped
            | InHandElsewhere { .. }
            | LabelUnknown
            | PrinterRefused { .. }
            | ComponentRefused { .. }
            | NoPrinter
            | NoComponent { .. }
            | LabelFailed { .. }
            | NotPacked
            | NoWaybill { .. }
            | TemporaryAtDock
            | RefundsStale { .. }
            | BagOpen { .. }
            | BagOpenAt { .. }
            | BagEmpty { .. }
            | BagTwice { .. }
            | WavePrinted { .. }
            | BoxesNotBagged
            | AlreadyInBag { .. }
            | BagNotShippable { .. }
            | WaveStopped { .. }
            | WaveUnknown
            | ReturnedBefore { .. }
            | ReturnFirst
            | ReturnOpen { .. }
            | UnknownReason
            | ClaimFirst
            | FindingFirst { .. }
            | ItemFirst
            | TooManyBack { .. }
            | PhotosFull
            | PhotoOfNone
            | MaterialOfNone
            | NoWave
            | WrongWave => Tone::Stop,
        }
    }
}
