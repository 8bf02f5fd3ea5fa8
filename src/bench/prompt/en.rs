//! What the bench says, in English.

use super::super::names::{carrier_en, platform_en};
use super::Prompt::{self, *};
use super::phrase::{behind, kilograms, listed};
use crate::domain::hold;
use crate::domain::taught::Unteachable;

impl Prompt {
    pub fn en(&self) -> String {
        match self {
            BadgeFirst => "Scan your badge first".into(),
            Locked => "Locked, nobody scanned for a while: scan your badge to go on".into(),
            UnknownBadge => "Badge not valid: ask your lead".into(),
            Welcome { name } => format!("Welcome, {name}"),
            Goodbye { done } => format!("Badged out, {done} parcels"),
            ScanParcel => "Scan a waybill or an order".into(),
            ScanItems { left } => format!("Scan the items, {left} to go"),
            ScanAtDock => "Scan waybills to ship".into(),
            ScanPickList => "Scan a pick list to print its labels".into(),
            Unreadable => "Not readable: scan again".into(),
            Broken => "Damaged code: scan again".into(),
            NotHere => "This code has no use here".into(),
            UnknownCode { code } => format!("Unknown code: {code}"),
            Several { what } => format!("Means several things, scan the waybill: {what}"),
            AskingHub => "Looking it up, one moment".into(),
            Unverified { code, looks } if looks.is_empty() => format!("Not in the system, recorded: {code}"),
            Unverified { code, looks } => {
                let looks: Vec<_> = looks.iter().map(|carrier| carrier_en(*carrier)).collect();
                format!("Not in the system, recorded: {code}, looks like {}", looks.join(" or "))
            }
            Item { name, left } => format!("{name}, {left} to go"),
            CountThem { name, quantity, left } => format!("{name}: count {quantity}, {left} to go"),
            GiftLeft { name, left } => format!("The gift: {name}, {left} to go"),
            WrongItem { name } => format!("Not in this order: {name}"),
            UnknownItem { code } => format!("Goods not on file: {code}"),
            Surplus { name } => format!("One too many, take it out: {name}"),
            TooMany { name, left } => format!("Too many: only {left} more of {name}"),
            Withdrawn { name } => format!("Refunded, take it out: {name}"),
            Times { times } => format!("Next item × {times}"),
            Undone { name, left } => format!("Undone: {name}, {left} to go"),
            NothingToUndo => "Nothing to undo".into(),
            TakeOut { what } => format!("The order changed, take out: {what}"),
            MissingForLead { what } => format!("Missing: {what}; your lead lets it pass: lead, scan your badge"),
            WhyForce => "Why let it pass? Scan a reason".into(),
            WhyCount { times } => format!("Why count {times} at once? Scan a reason"),
            LeadMayTeach => "If it is on the goods a lead's badge teaches it".into(),
            TeachWhich { code } => format!("Which goods is {code} on? Scan their known code"),
            TeachAgain { code, name } => format!("{code} is {name}? Scan {code} again; if not, the right goods' code"),
            Taught { name } => format!("Learnt: {name}; scan it again to count it"),
            NotTeachable { because } => format!("Can't be taught: {}", because_en(*because)),
            CancelledAboard { count, tails } => format!(
                "Cancelled: {count} boxes of it are loaded, ending {tails}: take them off and scan their labels"
            ),
            Cancelled => "Cancelled, do not ship: put it on the return rack".into(),
            Held { why } => format!("On hold: {}", hold::said_en(why)),
            TakeOutFirst { what } => format!("Refunded, take out {what}; then scan CONFIRM"),
            BoxDiffers { out, more } if more.is_empty() => {
                format!("Refunded, {out} must come out: scan its label at a bench")
            }
            BoxDiffers { out, more } if out.is_empty() => {
                format!("The order changed, {more} must go in: scan its label at a bench")
            }
            BoxDiffers { out, more } => {
                format!("The order changed, {out} must come out and {more} go in: scan its label at a bench")
            }
            Changed { what } => format!("The order changed: {what}; look, then scan CONFIRM"),
            ParcelFirst => "Scan the waybill or order first, then items".into(),
            FinishFirst => "Finish the parcel in hand first".into(),
            LabelFirst => "First stick this parcel's label on and scan it".into(),
            OtherLabel => "That is another parcel's label".into(),
            VoidLabel => "This label is void: tear it up".into(),
            NumberDisowned => "The carrier doesn't have this number: keep it here, call the lead".into(),
            AlreadyPacked => "Already packed".into(),
            AlreadyShipped => "Already shipped".into(),
            InHandElsewhere { place } => format!("Being worked at {place}"),
            ScanGoodsToSort => "Scan goods, put them into the slot it says".into(),
            ScanPickListToSort => "Scan a pick list to sort its goods".into(),
            PutInSlot { slot, name } => format!("Slot {slot}: {name}"),
            SlotFull { slot, name } => format!("Slot {slot}: {name}, this slot is complete"),
            TakeFromSlot { slot, name } => format!("Take back from slot {slot}: {name}"),
            GoodsElsewhere { name, tote } => format!("Not here: {name}, put it into {tote}"),
            NotOfWave { name } => format!("Not of this wave: {name}, put it aside"),
            NoSlotFree => "No slot is free: pack the complete ones first".into(),
            WallDone { count } => format!("Sorted, all {count} parcels are complete"),
            WallShort { slots, untouched } => {
                format!("Sorting ended; slots not complete: {}; {untouched} parcels not begun", listed(slots))
            }
            EmptyTote => "No parcel is in this tote or slot".into(),
            ScanItsLabel => "Scan the label on the parcel".into(),
            OldLabel => "Its number was replaced: get a new label at a packing place".into(),
            ScanPickListToPick => "Scan a pick list to fetch its goods".into(),
            ChooseWay { count, bin, name, quantity } => {
                let bin = behind("go to ", bin.as_deref(), ", ");
                format!("{count} parcels. One tote each: scan a tote; all together: {bin}take {name} × {quantity}")
            }
            GoToBin { bin, name, quantity, lot, tote } => {
                let (lot, tote) = (behind(" (", lot.as_deref(), ")"), behind(", into ", tote.as_deref(), ""));
                format!("Go to {bin}, take {name} × {quantity}{lot}{tote}")
            }
            PickHere { name, quantity, lot, tote } => {
                let (lot, tote) = (behind(" (", lot.as_deref(), ")"), behind(", into ", tote.as_deref(), ""));
                format!("Take {name} × {quantity}{lot}{tote}")
            }
            IntoTote { tote, name, left } => format!("Into {tote}: {name}, {left} to go"),
            NextTote { left } => format!("The totes are complete, {left} parcels to go: scan the next tote"),
            NoToteWanted => "Every parcel has its tote: go to the bin".into(),
            ScanItsTote { tote } => format!("Only parcels with a tote are left: scan tote {tote} to go on"),
            ListDone => "All is picked: scan the pick list to end it".into(),
            NoToteNow => "This list was begun all together: no totes, go to the bin".into(),
            ToteTaken { tote } => format!("Another parcel is in tote {tote}: take an empty one"),
            BinFirst { bin } => format!("Go to the bin and scan it first: {bin}"),
            WrongBin { bin } => format!("Wrong bin: go to {bin}"),
            NotAtStop { name } => format!("Not wanted here: {name}, put it back"),
            ListOpen { wave } => format!("Finish {wave} first, or scan it again to close it"),
            OtherLotFirst { name, lot } => format!("Older goods first: {name}, take {lot}; recorded"),
            ExpiresTooSoon { name, until, days } => {
                format!("Expires too soon: {name}, {until}; its channel wants {days} days left, put it back")
            }
            PickShort { name, quantity } => format!("{quantity} short: {name}, recorded"),
            NothingToPick => "Nothing of this pick list is left to fetch".into(),
            PickDone { count } => format!("Picked, all {count} parcels are complete"),
            PickDoneShort { count, short } => {
                format!("Picked: {count} complete, {short} short; the short ones go to the problem rack")
            }
            PickClosed { left } => format!("The list is closed, {left} parcels to go: scan it again to go on"),
            PutBack { bin: Some(bin), what } => format!("Cancelled, put back into {bin}: {what}; then scan the bin"),
            PutBack { bin: None, what } => format!("Cancelled, put back where it was: {what}; then scan CONFIRM"),
            PutBackDone => "Put back".into(),
            LacksGoods { what } => {
                format!("Not found by the picker: {what}; problem rack; scan CONFIRM if it came, LET PASS not to wait")
            }
            BatchFirst { count } => format!("Batch of {count}: scan one label and check that parcel in full"),
            BatchNext { done, count } => format!("Batch {done}/{count}: scan the next label"),
            BatchDone { done } => format!("Batch ended, {done} parcels"),
            NoParcelFor { name } => {
                format!("No parcel waits for {name}: put it back, or scan a waybill or an order first")
            }
            NoParcelForHubAway { name } => {
                format!("The hub is away and nothing is set aside for {name}: scan a waybill or an order")
            }
            Boxes { count } => format!("In {count} boxes, a label for each"),
            NoBoxOf { carrier } => {
                format!(
                    "{} has one box to a number: SPLIT what doesn't fit, or SKIP if all is scanned",
                    carrier_en(*carrier)
                )
            }
            NoBoxNow => {
                "Its number is for the boxes there were: SPLIT what doesn't fit, or SKIP if all is scanned".into()
            }
            Splitting => "Splitting, one moment".into(),
            SplitHubAway => {
                "The hub is away, so nothing is split: go on; if it doesn't fit, put it aside or use BOX".into()
            }
            SplitRefused => "The hub keeps it whole: go on; if it doesn't fit, SKIP to the problem rack".into(),
            CountBeforeSplit => "Scan what goes into this box first, then SPLIT".into(),
            NothingToSplit => "All is scanned, nothing is left to split off: if it doesn't fit, SKIP".into(),
            NoSplitSealed => {
                "Only the platform knows the receiver: if it doesn't fit, SKIP, and the office splits it there".into()
            }
            NoSplitAccount { carrier } => {
                format!(
                    "No account for {} here, so no number for the rest: SKIP if it doesn't fit",
                    carrier_en(*carrier)
                )
            }
            RestWaits { left } => format!("{left} more are another parcel: scan the order again to go on"),
            NoSkipNow => "No parcel in hand to skip".into(),
            WhySkip => "Why skip it? Scan a reason".into(),
            WhyReprint => "Why reprint? Scan a reason".into(),
            SetAside => "Set aside: put it on the problem rack".into(),
            GettingNumber => "Getting the number, one moment".into(),
            Printing => "Printing the label".into(),
            PrintingElsewhere { printer } => format!("Fetch the label at printer {printer}"),
            StickAndScan { tail } => format!("Stick the label on and scan it: ends in {tail}"),
            StickOnBox { piece, count, tail } => {
                format!("Box {piece} of {count}: stick the label on and scan it, …{tail}")
            }
            StickTemporary => "Temporary label, to be replaced: stick it on and scan it".into(),
            StickFrom { printer, tail } => {
                format!("Fetch the label at printer {printer}, stick it on and scan it: ends in {tail}")
            }
            StickTemporaryFrom { printer } => {
                format!("Fetch the temporary label at printer {printer}, to be replaced: stick it on and scan it")
            }
            LabelUnknown => "If the label came out scan it, if not scan REPRINT".into(),
            PrinterRefused { printer } => {
                format!("Printer {printer} did not print: check paper and cover, then scan REPRINT")
            }
            ComponentRefused { printer } => {
                format!(
                    "Print component {printer} did not print: see that it and its printer are on, then scan REPRINT"
                )
            }
            NoPrinter => "No printer here takes this label: ask your lead".into(),
            NoComponent { platform } => {
                format!(
                    "Only {} print component prints this label, and none is here: ask your lead",
                    platform_en(*platform)
                )
            }
            NothingToReprint => "No label to reprint".into(),
            LabelFailed { why } => format!("The label can't be printed, scan SKIP for the problem rack: {why}"),
            NoRealNumberYet => "No real number yet: put it on the relabel rack".into(),
            Packed { carrier } => format!("Done, {}", carrier_en(*carrier)),
            PackedTemporary => "Done, put it on the relabel rack".into(),
            Relabelled => "Relabelled".into(),
            Reprinted => "Reprinted".into(),
            PutOnScale => {
                "Already packed: put it on the scale, scan its label again when the weight stands still".into()
            }
            Weighed { grams } => format!("Weighed, {}", kilograms(*grams)),
            BoxWeighed { grams, left: 1 } => format!("This box {}, one more to weigh", kilograms(*grams)),
            BoxWeighed { grams, left } => format!("This box {}, {left} more to weigh", kilograms(*grams)),
            WeightOff { grams, expected_g } => {
                format!(
                    "Weight is off: {} on the scale, {} expected; look inside",
                    kilograms(*grams),
                    kilograms(*expected_g)
                )
            }
            Shipped { count } => format!("Shipped, number {count}"),
            BoxesLeft { left } => format!("{left} boxes more of this parcel"),
            BoxTwice { left } => format!("This box was scanned; {left} boxes more of its parcel"),
            BoxesMissing { count } => {
                format!("{count} boxes aren't scanned: find and scan them, or scan UNDO and take their parcel off")
            }
            BoxesOff { count, tail } => {
                format!("{count} boxes of the parcel …{tail} come off: it doesn't go with this driver")
            }
            ShippedUnverified => "Recorded as shipped, no packing on record".into(),
            ScanIntoBag { bag, count } => format!("Bag {bag}, {count} in it: scan parcels, then the bag again"),
            InBag { count } => format!("In the bag, no. {count}"),
            OutOfBag { count } => format!("Taken out, {count} left in the bag"),
            BagClosed { bag, count } => format!("Bag {bag} closed, {count} in it"),
            BagOpen { bag } => format!("Bag {bag} is still open: scan its code to close it"),
            BagOpenAt { bag, place } => format!("Bag {bag} is still open at {place}: scan it there to close it"),
            BagTwice { bag, stations } => format!(
                "Bags with the code {bag} were filled at {}: scan their parcels one by one, and throw one of the codes away",
                stations.join(" and ")
            ),
            BagEmpty { bag } => format!("Nothing in bag {bag} is to leave: to fill it, close the handover first"),
            AlreadyInBag { bag } => format!("In bag {bag} already"),
            BoxesNotBagged => "A parcel of several boxes goes into no bag: scan each box at the handover".into(),
            BagNotShippable { bag, tail } => {
                format!("…{tail} in bag {bag} must not leave: take it out and scan its label")
            }
            BagShipped { bag, count, total } => format!("Bag {bag} shipped with {count}, {total} in all"),
            NotPacked => "Not packed yet, can't ship".into(),
            NoWaybill { code } => format!("{code} is no waybill: scan the parcel's label"),
            HandoverFirst => "Open a handover first".into(),
            HandoverOpen { carrier } => format!("The handover to {} is open: close it first", carrier_en(*carrier)),
            ScanForHandover { carrier, count } => {
                format!("Handover to {}, {count} so far: scan parcels, CLOSE at the end", carrier_en(*carrier))
            }
            VehicleNoted { plate } => format!("Plate {plate}"),
            WrongCarrier { carrier, wanted } => {
                format!("It goes with {}, not with {}: take it down", carrier_en(*carrier), carrier_en(*wanted))
            }
            HandoverClosed { carrier, count } => format!("Handed over to {}: {count} parcels", carrier_en(*carrier)),
            NothingToReopen => "No handover to open again".into(),
            LeadWanted => "Your lead must agree: lead, scan your badge".into(),
            NoLead => "This is no lead's badge".into(),
            WhyReopen => "Why open it again? Scan a reason".into(),
            SheetPrinting => "Printing the handover's sheet; scan REPRINT if none comes".into(),
            SheetNotPrinted => "The handover's sheet may be missing: look at the printer, then scan REPRINT".into(),
            NoSheetPrinter => "No printer here takes the handover's sheet: print it in the office".into(),
            RefundsStale { since: Some(since) } => {
                format!("Refunds known up to {since} only, don't ship: wait for the hub, or FORCE")
            }
            RefundsStale { since: None } => "Refunds not known yet, don't ship: wait for the hub, or FORCE".into(),
            TemporaryAtDock => "A temporary label can't ship: relabel first".into(),
            WaveWaits { missing, count } => {
                format!(
                    "{missing} of {count} numbers missing: printed when all are there; scan the wave again not to wait"
                )
            }
            WavePrinting { printed, count } => format!("Printing {printed}/{count}"),
            WavePrinted { count } => {
                format!("Printed before: for one label scan it and REPRINT; for all {count} again scan CONFIRM")
            }
            WaveDoneBut { count, failed } => {
                format!("{failed} of {count} labels can't be printed: scan their orders and REPRINT to see why")
            }
            WaveDone { count } => format!("All {count} labels printed"),
            WaveStopped { position } => {
                format!("In doubt from {position} on: scan the last good label, or REPRINT if there is none")
            }
            WaveUnknown => "No such pick list".into(),
            DividerMissing => "This wave's divider is not printed: labels go on, keep them apart by hand".into(),
            PositionNamed { position, count } => format!("Label {position}/{count}: scan REPRINT to print it again"),
            NoWave => "This parcel is in no wave: reprint at a bench".into(),
            MaterialNoted { name, quantity } => format!("Material {name} × {quantity}"),
            MaterialUndone { name } => format!("Undone: material {name}"),
            MaterialOfNone => "No parcel to note it on: scan material while packing, before weighing".into(),
            WrongWave => "This label is not of this wave".into(),
            ScanReturn => "Scan the return: its number, a waybill or an order".into(),
            ReturnArrived { return_no } => format!("Return {return_no} received"),
            ReturnWithoutOrder { return_no } => format!("Received without an order as {return_no}, recorded"),
            ReturnAgain { code } => format!("Nobody knows {code}: scan it again to receive it without an order"),
            ReturnedBefore { return_no } => format!("Inspected before: {return_no}; scan again if this is another box"),
            ReturnFirst => "Scan the number on the return first, or NO NUMBER".into(),
            ReturnOpen { return_no } => format!("Finish the return in hand first: {return_no}, then CLOSE"),
            ScanClaim => "Scan the reason it came back for".into(),
            Claimed { en, .. } => format!("Reason: {en}"),
            UnknownReason => "This is no reason for a return: scan one of the returns sheet".into(),
            ClaimFirst => "No reason yet: scan it before you close".into(),
            ScanReturned { left: 0 } => "Scan what came back, CLOSE at the end".into(),
            ScanReturned { left } => format!("Scan what came back, {left} to go, CLOSE at the end"),
            WhatFinding { name, quantity, expires_on } => {
                let expires_on = behind(", expires ", expires_on.as_deref(), "");
                format!("{name} × {quantity}{expires_on}: scan the finding")
            }
            FindingFirst { name } => format!("Scan the finding of {name} first"),
            ItemFirst => "Scan the item first, then the finding".into(),
            Found { name, quantity, finding } => format!("{name} × {quantity}: {}", finding.en()),
            WrongGoods { name } => format!("Wrong goods, put aside: {name}, recorded"),
            TooManyBack { name, left } => {
                format!("Too many: only {left} of {name} should come back; open it and scan each")
            }
            ReturnWithdrawn { return_no } => format!("Return {return_no} taken back, as if it hadn't come"),
            FindingUndone { name } => format!("Undone: {name}"),
            PhotoKept { count } => format!("Photo {count} kept"),
            PhotosFull => "Three photos are the most".into(),
            PhotoOfNone => "This return is not in hand, the photo was not kept: scan the return first".into(),
            ReturnEmpty => "Inspected: nothing was in the box".into(),
            ReturnDone { count } => format!("Inspected, {count} pieces, as announced"),
            ReturnDiffers { missing, wrong } => {
                format!("Inspected, and differs: {missing} missing, {wrong} wrong; the office is told")
            }
            NoReturnToReopen => "No return to open again".into(),
            WhyReopenReturn => "Why open the return again? Scan a reason".into(),
            NotSaved => "Not saved: scan again".into(),
        }
    }
}

fn because_en(because: Unteachable) -> &'static str {
    match because {
        Unteachable::NoBarcode => "this is no barcode of goods",
        Unteachable::Waybill => "it looks like a waybill's number",
        Unteachable::Order => "it is an order's number",
        Unteachable::OtherGoods => "it is on other goods",
    }
}
