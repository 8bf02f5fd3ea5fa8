//! Everything the bench can say, once in Chinese and once in English: what happened and what to do next, in one line.

pub mod sound;
mod tone;

use serde::{Deserialize, Serialize};

pub use super::names::{carrier_en, carrier_zh};
use super::names::{platform_en, platform_zh};
use crate::domain::hold::{self, Hold};
use crate::domain::order::{CarrierCode, WaybillSource};

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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "snake_case")]
pub enum Prompt {
    // Who works here.
    BadgeFirst,
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

    // The parcel.
    Cancelled,
    Held {
        why: Vec<Hold>,
    },
    Changed {
        what: String,
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
    NoSkipNow,
    WhySkip,
    WhyReprint,
    SetAside,

    // The label.
    GettingNumber,
    Printing,
    PrintingElsewhere {
        printer: String,
    },
    StickAndScan {
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

    // The scale.
    PutOnScale,
    Weighed {
        grams: u32,
    },
    WeightOff {
        grams: u32,
        expected_g: u32,
    },

    // The dock.
    Shipped {
        count: u32,
    },
    ShippedUnverified,
    NotPacked,
    NoWaybill {
        code: String,
    },
    TemporaryAtDock,

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
    WaveDone {
        count: u32,
    },
    WaveStopped {
        position: u32,
    },
    WaveUnknown,
    WrongWave,

    NotSaved,
}

use Prompt::*;

impl Prompt {
    /// The word stories, pages and sounds know it by.
    pub fn key(&self) -> String {
        let value = serde_json::to_value(self).expect("a prompt is plain data");
        value["key"].as_str().expect("the tag is a string").to_owned()
    }

    pub fn zh(&self) -> String {
        match self {
            BadgeFirst => "请先刷工牌".into(),
            UnknownBadge => "工牌无效：找组长补发".into(),
            Welcome { name } => format!("{name}，上岗"),
            Goodbye { done } => format!("下岗，本班 {done} 单"),
            ScanParcel => "请扫面单或订单".into(),
            ScanItems { left } => format!("请扫商品，还差 {left} 件"),
            ScanAtDock => "请扫面单出库".into(),
            ScanPickList => "请扫拣货单打印面单".into(),
            Unreadable => "没扫清：再扫一次".into(),
            Broken => "条码破损：再扫一次".into(),
            NotHere => "这里不用这个码".into(),
            UnknownCode { code } => format!("不认识这个码：{code}"),
            Several { what } => format!("一码多义，改扫面单：{what}"),
            AskingHub => "正在查询，请稍等".into(),
            Unverified { code, looks } if looks.is_empty() => format!("系统没有这一单，已记录：{code}"),
            Unverified { code, looks } => {
                let looks: Vec<_> = looks.iter().map(|carrier| carrier_zh(*carrier)).collect();
                format!("系统没有这一单，已记录：{code}，像是{}的", looks.join("或"))
            }
            Item { name, left } => format!("{name}，还差 {left} 件"),
            CountThem { name, quantity, left } => format!("{name} 数一下要 {quantity} 件，还差 {left} 件"),
            GiftLeft { name, left } => format!("别忘赠品：{name}，还差 {left} 件"),
            WrongItem { name } => format!("不是这单的：{name}"),
            UnknownItem { code } => format!("商品没有建档：{code}"),
            Surplus { name } => format!("多了，拿出来：{name}"),
            TooMany { name, left } => format!("太多了：{name} 只差 {left} 件"),
            Withdrawn { name } => format!("已退款，拿出来：{name}"),
            Times { times } => format!("下一件 × {times}"),
            Undone { name, left } => format!("已撤销：{name}，还差 {left} 件"),
            NothingToUndo => "没有可撤销的".into(),
            TakeOut { what } => format!("订单改了，拿出来：{what}"),
            Cancelled => "已取消，不要发：放到退回架".into(),
            Held { why } => format!("已挂起：{}", hold::said_zh(why)),
            Changed { what } => format!("订单改了：{what}；看清后扫“确认”"),
            ParcelFirst => "先扫面单或订单，再扫商品".into(),
            FinishFirst => "先做完手上这一单".into(),
            LabelFirst => "先把手上这一单的面单贴好、扫一下".into(),
            OtherLabel => "这是别的单的面单".into(),
            VoidLabel => "面单已作废：撕掉".into(),
            NumberDisowned => "快递不认这个单号：拦下，交给组长".into(),
            AlreadyPacked => "这单已打包".into(),
            AlreadyShipped => "这单已出库".into(),
            InHandElsewhere { place } => format!("这单正在 {place} 做"),
            NoSkipNow => "手上没有单，不用跳过".into(),
            WhySkip => "为什么跳过？扫原因".into(),
            WhyReprint => "为什么补打？扫原因".into(),
            SetAside => "已转异常：放到问题架".into(),
            GettingNumber => "取号中，请稍等".into(),
            Printing => "正在打印面单".into(),
            PrintingElsewhere { printer } => format!("换打印机：到 {printer} 取面单"),
            StickAndScan { tail } => format!("贴好面单，扫一下：尾号 {tail}"),
            StickTemporary => "临时面单，待换单：贴好扫一下".into(),
            StickFrom { printer, tail } => format!("到 {printer} 取面单，贴好扫一下：尾号 {tail}"),
            StickTemporaryFrom { printer } => format!("到 {printer} 取临时面单，待换单：贴好扫一下"),
            LabelUnknown => "面单出来了就扫它，没出来扫“补打”".into(),
            PrinterRefused { printer } => format!("打印机 {printer} 没打：看纸和盖子，好了扫“补打”"),
            ComponentRefused { printer } => format!("打印组件 {printer} 没打：看它和它的打印机开了没有，好了扫“补打”"),
            NoPrinter => "这里没有能打这种面单的打印机：找组长".into(),
            NoComponent { platform } => format!("这单要用{}的打印组件，这里没有：找组长", platform_zh(*platform)),
            NothingToReprint => "没有可补打的面单".into(),
            LabelFailed { why } => format!("面单打不了，扫“跳过”放问题架：{why}"),
            NoRealNumberYet => "还没有正式单号：放到待换单区".into(),
            Packed { carrier } => format!("完成，{}", carrier_zh(*carrier)),
            PackedTemporary => "完成，放到待换单区".into(),
            Relabelled => "换单完成".into(),
            Reprinted => "补打完成".into(),
            PutOnScale => "已打包：放到秤上，稳定后再扫面单".into(),
            Weighed { grams } => format!("已称重 {}", kilograms(*grams)),
            WeightOff { grams, expected_g } => {
                format!("重量不符：秤上 {}，应为 {}，打开看看", kilograms(*grams), kilograms(*expected_g))
            }
            Shipped { count } => format!("已出库，第 {count} 件"),
            ShippedUnverified => "已记录出库，查不到打包记录".into(),
            NotPacked => "还没打包，不能出库".into(),
            NoWaybill { code } => format!("{code} 不是面单：扫包裹上的面单"),
            TemporaryAtDock => "临时面单不能出库：先换单".into(),
            WaveWaits { missing, count } => {
                format!("{count} 单还差 {missing} 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单")
            }
            WavePrinting { printed, count } => format!("正在打印 {printed}/{count}"),
            WaveDone { count } => format!("打印完成，共 {count} 张"),
            WaveStopped { position } => format!("第 {position} 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”"),
            WaveUnknown => "没有这张拣货单".into(),
            WrongWave => "这张面单不是这一波的".into(),
            NotSaved => "没有存上：再扫一次".into(),
        }
    }

    pub fn en(&self) -> String {
        match self {
            BadgeFirst => "Scan your badge first".into(),
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
            Cancelled => "Cancelled, do not ship: put it on the return rack".into(),
            Held { why } => format!("On hold: {}", hold::said_en(why)),
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
            NoSkipNow => "No parcel in hand to skip".into(),
            WhySkip => "Why skip it? Scan a reason".into(),
            WhyReprint => "Why reprint? Scan a reason".into(),
            SetAside => "Set aside: put it on the problem rack".into(),
            GettingNumber => "Getting the number, one moment".into(),
            Printing => "Printing the label".into(),
            PrintingElsewhere { printer } => format!("Fetch the label at printer {printer}"),
            StickAndScan { tail } => format!("Stick the label on and scan it: ends in {tail}"),
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
            WeightOff { grams, expected_g } => {
                format!(
                    "Weight is off: {} on the scale, {} expected; look inside",
                    kilograms(*grams),
                    kilograms(*expected_g)
                )
            }
            Shipped { count } => format!("Shipped, number {count}"),
            ShippedUnverified => "Recorded as shipped, no packing on record".into(),
            NotPacked => "Not packed yet, can't ship".into(),
            NoWaybill { code } => format!("{code} is no waybill: scan the parcel's label"),
            TemporaryAtDock => "A temporary label can't ship: relabel first".into(),
            WaveWaits { missing, count } => {
                format!(
                    "{missing} of {count} numbers missing: printed when all are there; scan the wave again not to wait"
                )
            }
            WavePrinting { printed, count } => format!("Printing {printed}/{count}"),
            WaveDone { count } => format!("All {count} labels printed"),
            WaveStopped { position } => {
                format!("In doubt from {position} on: scan the last good label, or REPRINT if there is none")
            }
            WaveUnknown => "No such pick list".into(),
            WrongWave => "This label is not of this wave".into(),
            NotSaved => "Not saved: scan again".into(),
        }
    }
}

/// As the scale's own display has it.
pub fn kilograms(grams: u32) -> String {
    format!("{}.{:03} kg", grams / 1_000, grams % 1_000)
}
