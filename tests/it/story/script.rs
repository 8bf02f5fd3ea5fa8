//! The language of stories, line by line. `#` begins a comment; `>` is what must follow from the line before.

use milepost::domain::returned::{Goods, ReturnRecord, ReturnStanding};

/// One line that does something, and all that must follow from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    pub line: usize,
    pub verb: Verb,
    pub expected: Vec<Expected>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// `place dock`: the role of the place everything happens at. The default is `pack`.
    Place(String),
    /// `setting scan_back after_doubt`.
    Setting(String, String),
    /// `order 1001 红茶*2 小勺*1+ = SF…`: an order, its parcel, and its supplied number; without `=` the number is
    /// SF's to give. `+` marks a gift, `-` a refunded line, `@` where it lies.
    Order(NewParcel),
    /// `wave W1 1001 1002`: these orders' parcels become positions of a wave.
    Wave(String, Vec<String>),
    /// `singles W1 1001 1002`: these orders' parcels are released item first; the hub lends them to whoever asks.
    Singles(String, Vec<String>),
    /// `return R1 红茶*1 of 1001 = YT… because 质量问题`: a return that its ERP announces; what follows the goods may be left out.
    Expect(ReturnRecord),
    /// `recall W1`: a lead takes back what this station was lent of it and hasn't begun.
    Recall(String),
    /// `revise 1001 红茶*1`: a new revision with these lines; `= SF…` behind them: with another number.
    Revise(String, Vec<Line>, Option<String>),
    Cancel(String),
    Hold(String, String),
    Resume(String),
    /// What a packer scans, by name: goods, an order, a badge, a command; see `shelf::code`.
    Scan(String),
    /// `bench-2 scans 红茶`: at a second place, which is set up as the first and shares its printer.
    Beside(String),
    /// `unreadable`: the scanner delivered something that it does not believe itself.
    Unreadable,
    /// `printer confirms | accepts | doubts | refuses | silent`: what becomes of labels from here on. `printer accepts
    /// 2 then doubts`: two good ones first, and `doubts 1 then accepts` likewise. `printer ready`: it has paper again, and takes labels.
    Printer(String),
    /// `carrier answers SF… | rejects CODE | silent`: what SF does from here on.
    Carrier(String),
    /// `carrier calls back SF…`: the late answer of an earlier question, for an order's parcel.
    CallBack(String, String),
    /// `hub away | near`.
    Hub(String),
    /// `hub knows 1001 红茶*1 = SF…`: an order that comes down only when the hub is asked for it.
    HubKnows(NewParcel),
    /// `refunds old`: what is known of refunds is older than the site allows. `refunds known`: it is not.
    Refunds(bool),
    /// `SZ-02 opens | packs | bags | ships 1001`, `SZ-02 voids SF… of 1001`, `SZ-02 teaches CODE as 红茶 of 1001`: another station's fact comes down.
    Elsewhere(String, String, String),
    /// `scale 345`: so many grams stand still on the place's scale. `scale moves`: nothing does. A place has a scale from
    /// its first line on.
    Scale(Option<u32>),
    /// `wait`: the carrier's time is over.
    Wait,
    /// `idle`: nobody scanned for as long as the place allows.
    Idle,
    Restart,
}

/// Orders that travel in one parcel, by their numbers, and the waybill number that came with them.
#[derive(Clone, Debug, PartialEq)]
pub struct NewParcel {
    pub orders: Vec<(String, Vec<Line>)>,
    pub number: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// With where they lie: `红茶@A-01`, `红茶@A-01/L1`, `红茶@A-01/L1/2030-08-01`.
    pub goods: String,
    pub quantity: u32,
    pub gift: bool,
    pub refunded: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// `> stop 不是这单的：红茶`
    Say(String, String),
    /// `> screen ask 请扫商品，还差 1 件`: what the screen says afterwards, while nothing happens.
    Screen(String, String),
    /// `> print sf-76x130 SF…`
    Print(String, String),
    /// `> no print`: said where a reader would wonder; an untold print fails anyway.
    NoPrint,
    /// `> fact parcel_packed`
    Fact(String),
    /// `> no fact item_checked`
    NoFact(String),
}

pub fn parse(text: &str) -> Result<Vec<Act>, String> {
    let mut acts: Vec<Act> = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let line = raw.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let wrong = |what: &str| format!("line {}: {what}: {raw}", index + 1);
        match line.strip_prefix('>') {
            Some(expected) => {
                let act = acts.last_mut().ok_or_else(|| wrong("nothing happened yet"))?;
                act.expected.push(expectation(expected.trim()).ok_or_else(|| wrong("not an expectation"))?);
            }
            None => acts.push(Act {
                line: index + 1,
                verb: verb(line).ok_or_else(|| wrong("not a verb"))?,
                expected: Vec::new(),
            }),
        }
    }
    Ok(acts)
}

fn expectation(text: &str) -> Option<Expected> {
    let (word, rest) = text.split_once(' ')?;
    Some(match word {
        "ok" | "ask" | "warn" | "stop" => Expected::Say(word.into(), rest.into()),
        "screen" => {
            let (tone, text) = rest.split_once(' ')?;
            Expected::Screen(tone.into(), text.into())
        }
        "print" => {
            let (template, number) = rest.split_once(' ')?;
            Expected::Print(template.into(), number.into())
        }
        "fact" => Expected::Fact(rest.into()),
        "no" if rest == "print" => Expected::NoPrint,
        "no" => Expected::NoFact(rest.strip_prefix("fact ")?.into()),
        _ => return None,
    })
}

fn verb(line: &str) -> Option<Verb> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let words: Vec<&str> = rest.split_whitespace().collect();
    Some(match (word, words.as_slice()) {
        ("place", [role]) => Verb::Place((*role).into()),
        ("setting", [key, value]) => Verb::Setting((*key).into(), (*value).into()),
        ("order", _) => Verb::Order(order(rest)?),
        ("wave", [wave, orders @ ..]) => Verb::Wave((*wave).into(), owned(orders)),
        ("singles", [wave, orders @ ..]) => Verb::Singles((*wave).into(), owned(orders)),
        ("return", [return_no, ..]) => Verb::Expect(announced(return_no, rest)?),
        ("recall", [wave]) => Verb::Recall((*wave).into()),
        ("revise", [order, lines @ .., "=", number]) => {
            Verb::Revise((*order).into(), lines_of(lines)?, Some((*number).into()))
        }
        ("revise", [order, lines @ ..]) => Verb::Revise((*order).into(), lines_of(lines)?, None),
        ("cancel", [order]) => Verb::Cancel((*order).into()),
        ("hold", [order, reason]) => Verb::Hold((*order).into(), (*reason).into()),
        ("resume", [order]) => Verb::Resume((*order).into()),
        ("scan", _) if !rest.is_empty() => Verb::Scan(rest.into()),
        ("bench-2", ["scans", ..]) => Verb::Beside(rest.trim_start().strip_prefix("scans ")?.into()),
        ("unreadable", []) => Verb::Unreadable,
        ("printer", [_, ..]) => Verb::Printer(rest.trim().into()),
        ("carrier", ["calls", "back", order, numbers @ ..]) => Verb::CallBack((*order).into(), numbers.join(" ")),
        ("carrier", _) if !rest.is_empty() => Verb::Carrier(rest.into()),
        ("hub", ["knows", ..]) => Verb::HubKnows(order(rest.strip_prefix("knows")?)?),
        ("hub", [mode]) => Verb::Hub((*mode).into()),
        ("refunds", ["old"]) => Verb::Refunds(false),
        ("refunds", ["known"]) => Verb::Refunds(true),
        ("scale", ["moves"]) => Verb::Scale(None),
        ("scale", [grams]) => Verb::Scale(Some(grams.parse().ok()?)),
        ("wait", []) => Verb::Wait,
        ("idle", []) => Verb::Idle,
        ("restart", []) => Verb::Restart,
        (station, ["voids", number, "of", order]) if station.starts_with("SZ-") => {
            Verb::Elsewhere(station.into(), format!("voids {number}"), (*order).into())
        }
        (station, ["teaches", code, "as", goods, "of", order]) if station.starts_with("SZ-") => {
            Verb::Elsewhere(station.into(), format!("teaches {code} as {goods}"), (*order).into())
        }
        (station, [act, order]) if station.starts_with("SZ-") => {
            Verb::Elsewhere(station.into(), (*act).into(), (*order).into())
        }
        _ => return None,
    })
}

/// `1001 红茶*1 & 1002 绿茶*1 = SF…`: orders that travel in one parcel, and their supplied number.
fn order(rest: &str) -> Option<NewParcel> {
    let (orders, number) = match rest.split_once('=') {
        Some((orders, number)) => (orders, Some(number.trim().to_owned())),
        None => (rest, None),
    };
    let orders = orders
        .split('&')
        .map(|one| {
            let words: Vec<&str> = one.split_whitespace().collect();
            let (order, lines) = words.split_first()?;
            Some(((*order).to_owned(), lines_of(lines)?))
        })
        .collect::<Option<_>>()?;
    Some(NewParcel { orders, number })
}

/// `R1 红茶*1 of 1001 = YT… because 质量问题`
fn announced(return_no: &str, rest: &str) -> Option<ReturnRecord> {
    let (rest, reason) = rest.split_once(" because ").map_or((rest, None), |(rest, why)| (rest, Some(why.trim())));
    let (rest, number) = rest.split_once('=').map_or((rest, None), |(rest, number)| (rest, Some(number.trim())));
    let (rest, order) = rest.split_once(" of ").map_or((rest, None), |(rest, order)| (rest, Some(order.trim())));
    let words: Vec<&str> = rest.split_whitespace().skip(1).collect();
    let goods = |line: Line| Goods { sku: super::shelf::sku(&line.goods), quantity: line.quantity };
    Some(ReturnRecord {
        return_no: return_no.into(),
        orders: order.into_iter().map(Into::into).collect(),
        number: number.map(str::to_owned),
        reason: reason.map(str::to_owned),
        lines: lines_of(&words)?.into_iter().map(goods).collect(),
        standing: ReturnStanding::Expected,
    })
}

fn lines_of(words: &[&str]) -> Option<Vec<Line>> {
    words
        .iter()
        .map(|word| {
            let (word, lies) = word.split_at(word.find('@').unwrap_or(word.len()));
            let bare = word.trim_end_matches(['+', '-']);
            let (goods, quantity) = bare.split_once('*')?;
            Some(Line {
                goods: format!("{goods}{lies}"),
                quantity: quantity.parse().ok()?,
                gift: word.ends_with('+'),
                refunded: word.ends_with('-'),
            })
        })
        .collect()
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
