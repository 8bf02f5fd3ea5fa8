//! What a prompt sounds like: its tone first, then the few words that the packer needs without looking up. Names only; what
//! they are files of is nobody's business here.

use super::Prompt::{self, *};
use super::Tone;
use crate::domain::order::CarrierCode;

/// Hands the table of all sounds, `Name "its-file"`, to another macro: a name that one of its users forgot can't be.
macro_rules! each_sound {
    ($then:ident) => {
        $then! {
            Click "click", Ask "ask", Warn "warn", Stop "stop", Unread "unread", Dropped "dropped",
            BadgeFirst "badge-first", UnknownBadge "unknown-badge", Welcome "welcome", Goodbye "goodbye",
            ScanWaybill "scan-waybill", ScanItems "scan-items", ScanPickList "scan-pick-list", ScanAgain "scan-again",
            Left1 "left-1", Left2 "left-2", Left3 "left-3", Left4 "left-4", Left5 "left-5", Left6 "left-6", Left7 "left-7",
            Left8 "left-8", Left9 "left-9", Left10 "left-10", LeftMany "left-many",
            NotHere "not-here", UnknownCode "unknown-code", PleaseWait "please-wait", NotOnFile "not-on-file",
            CountThem "count-them", Gift "gift", WrongItem "wrong-item", UnknownItem "unknown-item", Surplus "surplus",
            TooMany "too-many", Refunded "refunded", TakeOut "take-out", Undone "undone",
            NothingToUndo "nothing-to-undo", Cancelled "cancelled", Held "held", Changed "changed",
            WaybillFirst "waybill-first", FinishFirst "finish-first", LabelFirst "label-first", OtherLabel "other-label",
            VoidLabel "void-label", NumberDisowned "number-disowned", AlreadyPacked "already-packed",
            AlreadyShipped "already-shipped", InHandElsewhere "in-hand-elsewhere", NothingInHand "nothing-in-hand",
            ScanReason "scan-reason", SetAside "set-aside", GettingNumber "getting-number", OtherPrinter "other-printer",
            StickLabel "stick-label", Temporary "temporary", LabelUnknown "label-unknown", NotPrinted "not-printed",
            PaperOut "paper-out", NoPrinter "no-printer", NothingToReprint "nothing-to-reprint",
            LabelFailed "label-failed", NoNumberYet "no-number-yet", Sf "sf", Zto "zto", Jd "jd",
            RelabelRack "relabel-rack", Relabelled "relabelled", Reprinted "reprinted", PutOnScale "put-on-scale",
            Weighed "weighed", WeightOff "weight-off", Shipped "shipped",
            Count10 "count-10", Count20 "count-20", Count30 "count-30", Count40 "count-40", Count50 "count-50",
            Count60 "count-60", Count70 "count-70", Count80 "count-80", Count90 "count-90", Count100 "count-100",
            NotPacked "not-packed", NoPackingKnown "no-packing-known", NotShippable "not-shippable", InBag "in-bag", AlreadyPrinted "already-printed",
            NumbersMissing "numbers-missing", WaveDone "wave-done", ScanLastGood "scan-last-good",
            NoPickList "no-pick-list", WrongWave "wrong-wave", NotSaved "not-saved",
            Slot1 "slot-1", Slot2 "slot-2", Slot3 "slot-3", Slot4 "slot-4", Slot5 "slot-5", Slot6 "slot-6",
            Slot7 "slot-7", Slot8 "slot-8", Slot9 "slot-9", Slot10 "slot-10", Slot11 "slot-11", Slot12 "slot-12",
            Slot13 "slot-13", Slot14 "slot-14", Slot15 "slot-15", Slot16 "slot-16", Slot17 "slot-17", Slot18 "slot-18",
            Slot19 "slot-19", Slot20 "slot-20", Slot21 "slot-21", Slot22 "slot-22", Slot23 "slot-23", Slot24 "slot-24",
            SlotFull "slot-full", SlotOther "slot-other", PutAside "put-aside", TakeBack "take-back",
            NoSlotFree "no-slot-free", Sorted "sorted", SortedShort "sorted-short",
            EmptyTote "empty-tote", OnlyLabels "only-labels", OldLabel "old-label", CheckOne "check-one",
            NextLabel "next-label", BatchDone "batch-done", NoParcel "no-parcel", HubAway "hub-away",
            HandoverFirst "handover-first", CloseFirst "close-first", WrongCarrier "wrong-carrier",
            ScanParcels "scan-parcels", Vehicle "vehicle", HandoverClosed "handover-closed", LeadBadge "lead-badge",
            NoLead "no-lead", Taught "taught", NotTeachable "not-teachable", NothingToReopen "nothing-to-reopen", SheetMissing "sheet-missing",
            NextBin "next-bin", ScanTote "scan-tote", ToteTaken "tote-taken", WrongBin "wrong-bin",
            OlderFirst "older-first", TooOld "too-old", Short "short", Picked "picked", PutBack "put-back",
            ScanReturn "scan-return", Received "received", Finding "finding", Inspected "inspected",
        }
    };
}
pub(crate) use each_sound;

macro_rules! sounds {
    ($($sound:ident $name:literal,)+) => {
        /// A tone, or a few words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Sound {
            $($sound),+
        }

        impl Sound {
            pub const ALL: &[Sound] = &[$(Sound::$sound),+];

            /// The name of its file.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Sound::$sound => $name),+
                }
            }
        }
    };
}
each_sound!(sounds);

const LEFT: [Sound; 10] = [
    Sound::Left1,
    Sound::Left2,
    Sound::Left3,
    Sound::Left4,
    Sound::Left5,
    Sound::Left6,
    Sound::Left7,
    Sound::Left8,
    Sound::Left9,
    Sound::Left10,
];
const TENS: [Sound; 10] = [
    Sound::Count10,
    Sound::Count20,
    Sound::Count30,
    Sound::Count40,
    Sound::Count50,
    Sound::Count60,
    Sound::Count70,
    Sound::Count80,
    Sound::Count90,
    Sound::Count100,
];
const SLOTS: [Sound; 24] = [
    Sound::Slot1,
    Sound::Slot2,
    Sound::Slot3,
    Sound::Slot4,
    Sound::Slot5,
    Sound::Slot6,
    Sound::Slot7,
    Sound::Slot8,
    Sound::Slot9,
    Sound::Slot10,
    Sound::Slot11,
    Sound::Slot12,
    Sound::Slot13,
    Sound::Slot14,
    Sound::Slot15,
    Sound::Slot16,
    Sound::Slot17,
    Sound::Slot18,
    Sound::Slot19,
    Sound::Slot20,
    Sound::Slot21,
    Sound::Slot22,
    Sound::Slot23,
    Sound::Slot24,
];
/// While items are scanned a click says all there is to say; the last few are told, for the hand that looks for them.
const NEAR: u32 = 3;

impl Sound {
    pub fn parse(name: &str) -> Option<Sound> {
        Sound::ALL.iter().copied().find(|sound| sound.as_str() == name)
    }

    /// Belongs to no prompt's words: it is heard before them.
    pub fn is_tone(self) -> bool {
        matches!(self, Sound::Click | Sound::Ask | Sound::Warn | Sound::Stop | Sound::Unread | Sound::Dropped)
    }
}

/// All that one turn says, in one breath: the gravest tone once, then each prompt's words. `out_of_paper`: why the
/// place's printer refused its last label. Nothing is heard where nothing is to be done.
pub fn heard(prompts: &[Prompt], out_of_paper: bool) -> Vec<Sound> {
    let mut sounds = Vec::new();
    for prompt in prompts.iter().filter(|prompt| !prompt.is_progress()) {
        let words = match prompt {
            PrinterRefused { .. } if out_of_paper => vec![Sound::PaperOut],
            prompt => prompt.words(),
        };
        sounds.extend(words.into_iter().filter(|word| !sounds.contains(word)).collect::<Vec<_>>());
    }
    let gravest = prompts.iter().filter(|prompt| !prompt.is_progress()).max_by_key(|prompt| prompt.tone());
    sounds.splice(0..0, gravest.map(Prompt::sign));
    sounds
}

impl Prompt {
    /// The tone it begins with. A scan that wasn't read has its own: it is the scanner's fault, comes every few minutes, and
    /// would wear out the one that means stop.
    fn sign(&self) -> Sound {
        match (self, self.tone()) {
            (Unreadable | Broken, _) => Sound::Unread,
            (_, Tone::Ok) => Sound::Click,
            (_, Tone::Ask) => Sound::Ask,
            (_, Tone::Warn) => Sound::Warn,
            (_, Tone::Stop) => Sound::Stop,
        }
    }

    /// How far a wave is, label by label: the printer is loud enough.
    fn is_progress(&self) -> bool {
        matches!(self, WavePrinting { printed: 1.., .. })
    }

    fn words(&self) -> Vec<Sound> {
        match self {
            BadgeFirst | Locked => vec![Sound::BadgeFirst],
            UnknownBadge => vec![Sound::UnknownBadge],
            Welcome { .. } => vec![Sound::Welcome],
            Goodbye { .. } => vec![Sound::Goodbye],
            ScanParcel | ScanAtDock | Several { .. } | NoWaybill { .. } => vec![Sound::ScanWaybill],
            ScanItems { left } => [vec![Sound::ScanItems], count_left(*left)].concat(),
            ScanPickList => vec![Sound::ScanPickList],
            Unreadable | Broken => vec![Sound::ScanAgain],
            NotHere => vec![Sound::NotHere],
            UnknownCode { .. } => vec![Sound::UnknownCode],
            AskingHub => vec![Sound::PleaseWait],
            Unverified { .. } => vec![Sound::NotOnFile],
            Item { left, .. } if *left <= NEAR => count_left(*left),
            CountThem { .. } => vec![Sound::CountThem],
            GiftLeft { .. } => vec![Sound::Gift],
            WrongItem { .. } => vec![Sound::WrongItem],
            UnknownItem { .. } => vec![Sound::UnknownItem],
            Surplus { .. } => vec![Sound::Surplus, Sound::TakeOut],
            TooMany { left, .. } => [vec![Sound::TooMany], count_left(*left)].concat(),
            Withdrawn { .. } => vec![Sound::Refunded, Sound::TakeOut],
            Undone { .. } => vec![Sound::Undone],
            NothingToUndo => vec![Sound::NothingToUndo],
            TakeOut { .. } => vec![Sound::Changed, Sound::TakeOut],
            Cancelled | CancelledAboard { .. } => vec![Sound::Cancelled],
            Held { .. } => vec![Sound::Held],
            Changed { .. } => vec![Sound::Changed],
            BoxDiffers { out, .. } if out.is_empty() => vec![Sound::Changed],
            TakeOutFirst { .. } | BoxDiffers { .. } => vec![Sound::Refunded, Sound::TakeOut],
            ParcelFirst => vec![Sound::WaybillFirst],
            FinishFirst => vec![Sound::FinishFirst],
            LabelFirst => vec![Sound::LabelFirst],
            OtherLabel => vec![Sound::OtherLabel],
            VoidLabel => vec![Sound::VoidLabel],
            NumberDisowned => vec![Sound::NumberDisowned],
            AlreadyPacked => vec![Sound::AlreadyPacked],
            AlreadyShipped => vec![Sound::AlreadyShipped],
            InHandElsewhere { .. } => vec![Sound::InHandElsewhere],
            NoSkipNow => vec![Sound::NothingInHand],
            WhySkip | WhyReprint | WhyForce | WhyCount { .. } => vec![Sound::ScanReason],
            SetAside => vec![Sound::SetAside],
            GettingNumber => vec![Sound::GettingNumber],
            PrintingElsewhere { .. } => vec![Sound::OtherPrinter],
            StickAndScan { .. } | StickOnBox { .. } => vec![Sound::StickLabel],
            NoBoxOf { .. } | NoBoxNow => vec![Sound::NotHere, Sound::SetAside],
            SplitHubAway => vec![Sound::HubAway],
            CountBeforeSplit => vec![Sound::NotHere, Sound::ScanItems],
            NothingToSplit => vec![Sound::NotHere],
            SplitRefused | NoSplitSealed | NoSplitAccount { .. } => vec![Sound::NotHere, Sound::SetAside],
            RestWaits { left } => count_left(*left),
            BoxesLeft { left } | BoxTwice { left } => count_left(*left),
            BoxesMissing { count } => [vec![Sound::NotShippable], count_left(*count)].concat(),
            BoxesOff { .. } => vec![Sound::Undone],
            StickFrom { .. } => vec![Sound::OtherPrinter, Sound::StickLabel],
            StickTemporary => vec![Sound::Temporary, Sound::StickLabel],
            StickTemporaryFrom { .. } => vec![Sound::OtherPrinter, Sound::Temporary, Sound::StickLabel],
            LabelUnknown => vec![Sound::LabelUnknown],
            PrinterRefused { .. } | ComponentRefused { .. } => vec![Sound::NotPrinted],
            NoPrinter | NoComponent { .. } => vec![Sound::NoPrinter],
            NothingToReprint => vec![Sound::NothingToReprint],
            LabelFailed { .. } => vec![Sound::LabelFailed],
            NoRealNumberYet => vec![Sound::NoNumberYet],
            Packed { carrier } => vec![name_of(*carrier)],
            PackedTemporary => vec![Sound::RelabelRack],
            Relabelled => vec![Sound::Relabelled],
            Reprinted => vec![Sound::Reprinted],
            PutOnScale => vec![Sound::PutOnScale],
            Weighed { .. } | BoxWeighed { .. } => vec![Sound::Weighed],
            WeightOff { .. } => vec![Sound::WeightOff],
            // The first says what this place does, then every ten.
            Shipped { count: 1 } => vec![Sound::Shipped],
            Shipped { count } => tens(*count),
            ShippedUnverified => vec![Sound::NoPackingKnown],
            NotPacked => vec![Sound::NotPacked, Sound::NotShippable],
            RefundsStale { .. } => vec![Sound::NotShippable, Sound::HubAway],
            TemporaryAtDock => vec![Sound::Temporary, Sound::NotShippable],
            WaveWaits { .. } => vec![Sound::NumbersMissing],
            WavePrinted { .. } => vec![Sound::AlreadyPrinted],
            WaveDoneBut { .. } => vec![Sound::LabelFailed],
            WaveDone { .. } => vec![Sound::WaveDone],
            WaveStopped { .. } => vec![Sound::ScanLastGood],
            WaveUnknown => vec![Sound::NoPickList],
            DividerMissing => vec![Sound::NotPrinted],
            NoWave => vec![Sound::WrongWave],
            MaterialNoted { .. } => Vec::new(),
            MaterialUndone { .. } => vec![Sound::Undone],
            MaterialOfNone => vec![Sound::WaybillFirst],
            WrongWave => vec![Sound::WrongWave],
            NotSaved => vec![Sound::NotSaved, Sound::ScanAgain],
            ScanPickListToSort => vec![Sound::ScanPickList],
            ScanGoodsToSort => vec![Sound::ScanItems],
            PutInSlot { slot, .. } => vec![number_of(*slot)],
            SlotFull { slot, .. } => vec![number_of(*slot), Sound::SlotFull],
            TakeFromSlot { slot, .. } => vec![number_of(*slot), Sound::TakeBack],
            NotOfWave { .. } | GoodsElsewhere { .. } => vec![Sound::PutAside],
            NoSlotFree => vec![Sound::NoSlotFree],
            WallDone { .. } => vec![Sound::Sorted],
            WallShort { .. } => vec![Sound::SortedShort],
            EmptyTote => vec![Sound::EmptyTote],
            ScanPickListToPick | ListDone => vec![Sound::ScanPickList],
            ChooseWay { .. } => vec![Sound::ScanTote, Sound::NextBin],
            GoToBin { .. } | NoToteWanted | NoToteNow | BinFirst { .. } => vec![Sound::NextBin],
            PickHere { quantity, .. } => [vec![Sound::ScanItems], count_left(*quantity)].concat(),
            IntoTote { left, .. } if *left <= NEAR => count_left(*left),
            NextTote { .. } | ScanItsTote { .. } => vec![Sound::ScanTote],
            ToteTaken { .. } => vec![Sound::ToteTaken],
            WrongBin { .. } => vec![Sound::WrongBin],
            NotAtStop { .. } => vec![Sound::WrongItem],
            ListOpen { .. } => vec![Sound::FinishFirst],
            OtherLotFirst { .. } => vec![Sound::OlderFirst],
            ExpiresTooSoon { .. } => vec![Sound::TooOld],
            PickShort { .. } => vec![Sound::Short],
            NothingToPick => vec![Sound::NoParcel],
            PickDone { .. } => vec![Sound::Picked],
            PickDoneShort { .. } | LacksGoods { .. } => vec![Sound::Short, Sound::SetAside],
            PutBack { .. } => vec![Sound::PutBack],
            ScanItsLabel => vec![Sound::OnlyLabels],
            OldLabel => vec![Sound::OldLabel],
            BatchFirst { .. } => vec![Sound::CheckOne],
            BatchNext { .. } => vec![Sound::NextLabel],
            BatchDone { .. } => vec![Sound::BatchDone],
            NoParcelFor { .. } => vec![Sound::NoParcel],
            NoParcelForHubAway { .. } => vec![Sound::HubAway],
            HandoverFirst => vec![Sound::HandoverFirst],
            HandoverOpen { .. } | BagOpen { .. } | BagOpenAt { .. } | BagEmpty { .. } => vec![Sound::CloseFirst],
            ScanIntoBag { .. } => vec![Sound::ScanParcels],
            InBag { count } => tens(*count),
            OutOfBag { .. } => vec![Sound::Undone],
            AlreadyInBag { .. } => vec![Sound::InBag],
            BoxesNotBagged => vec![Sound::NotHere],
            BagNotShippable { .. } | BagTwice { .. } => vec![Sound::NotShippable, Sound::TakeOut],
            BagShipped { .. } => vec![Sound::Shipped],
            ScanForHandover { carrier, .. } => vec![name_of(*carrier), Sound::ScanParcels],
            VehicleNoted { .. } => vec![Sound::Vehicle],
            WrongCarrier { .. } => vec![Sound::WrongCarrier],
            HandoverClosed { .. } => vec![Sound::HandoverClosed],
            NothingToReopen => vec![Sound::NothingToReopen],
            LeadWanted | MissingForLead { .. } => vec![Sound::LeadBadge],
            TeachWhich { .. } => vec![Sound::ScanItems],
            TeachAgain { .. } => vec![Sound::ScanAgain],
            Taught { .. } => vec![Sound::Taught],
            NotTeachable { .. } => vec![Sound::NotTeachable],
            NoLead => vec![Sound::NoLead],
            WhyReopen => vec![Sound::ScanReason],
            SheetNotPrinted => vec![Sound::SheetMissing],
            NoSheetPrinter => vec![Sound::NoPrinter],
            ScanReturn | ReturnFirst => vec![Sound::ScanReturn],
            ReturnArrived { .. } => vec![Sound::Received],
            ReturnWithoutOrder { .. } => vec![Sound::Received, Sound::NotOnFile],
            ReturnAgain { .. } => vec![Sound::NotOnFile, Sound::ScanAgain],
            ReturnedBefore { .. } => vec![Sound::Inspected],
            ReturnOpen { .. } => vec![Sound::FinishFirst],
            ScanClaim | UnknownReason | ClaimFirst | WhyReopenReturn => vec![Sound::ScanReason],
            ScanReturned { left } => [vec![Sound::ScanItems], count_left(*left)].concat(),
            WhatFinding { .. } | FindingFirst { .. } => vec![Sound::Finding],
            ItemFirst => vec![Sound::ScanItems],
            WrongGoods { .. } => vec![Sound::WrongItem, Sound::PutAside],
            TooManyBack { left, .. } => [vec![Sound::TooMany], count_left(*left)].concat(),
            FindingUndone { .. } | ReturnWithdrawn { .. } => vec![Sound::Undone],
            PhotosFull => vec![Sound::TooMany],
            PhotoOfNone => vec![Sound::NotSaved, Sound::ScanReturn],
            ReturnDone { .. } | ReturnEmpty => vec![Sound::Inspected],
            ReturnDiffers { missing: 0, .. } => vec![Sound::Inspected, Sound::WrongItem],
            ReturnDiffers { .. } => vec![Sound::Inspected, Sound::Short],
            NoReturnToReopen => vec![Sound::NothingToReopen],
            Claimed { .. } | Found { .. } | PhotoKept { .. } => Vec::new(),
            SheetPrinting => Vec::new(),
            PickClosed { .. } | PutBackDone | IntoTote { .. } | BagClosed { .. } => Vec::new(),
            Item { .. } | Times { .. } | Boxes { .. } | LeadMayTeach | Printing | WavePrinting { .. } => Vec::new(),
            PositionNamed { .. } | Splitting => Vec::new(),
        }
    }
}

fn count_left(left: u32) -> Vec<Sound> {
    match left {
        0 => Vec::new(),
        1..=10 => vec![LEFT[left as usize - 1]],
        _ => vec![Sound::LeftMany],
    }
}

/// Behind a hundred only the tens: whoever counts with it knows the hundreds.
fn tens(count: u32) -> Vec<Sound> {
    match count {
        0 => Vec::new(),
        _ if count.is_multiple_of(10) => vec![TENS[(count / 10 + 9) as usize % 10]],
        _ => Vec::new(),
    }
}

/// A wall of more slots than there are words for is read from the screen.
fn number_of(slot: u32) -> Sound {
    (slot as usize).checked_sub(1).and_then(|index| SLOTS.get(index)).copied().unwrap_or(Sound::SlotOther)
}

fn name_of(carrier: CarrierCode) -> Sound {
    match carrier {
        CarrierCode::Sf => Sound::Sf,
        CarrierCode::Zto => Sound::Zto,
        CarrierCode::Jd => Sound::Jd,
    }
}

#[cfg(test)]
mod tests;
