//! Goods that came back: what was announced of them, why their buyer says they come, and what was found. Claim and finding are never
//! one: the first is somebody's word, the second what a person at the desk saw.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::id::{OrderNo, Sku};

/// Photos of one return.
pub const MOST_PHOTOS: usize = 3;

/// What somebody at the desk says of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// 良品: can be sold again as it is.
    Good,
    /// 次品: has a fault of its own.
    Faulty,
    /// 残损: broken on its way or by its buyer.
    Damaged,
    /// 错货: not what was to come back.
    Wrong,
    /// 缺件: was to come back, and isn't there.
    Missing,
}

impl Finding {
    pub const ALL: [Finding; 5] = [Finding::Good, Finding::Faulty, Finding::Damaged, Finding::Wrong, Finding::Missing];

    pub fn as_str(self) -> &'static str {
        match self {
            Finding::Good => "good",
            Finding::Faulty => "faulty",
            Finding::Damaged => "damaged",
            Finding::Wrong => "wrong",
            Finding::Missing => "missing",
        }
    }

    pub fn zh(self) -> &'static str {
        self.words().0
    }

    pub fn en(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Finding::Good => ("良品", "good"),
            Finding::Faulty => ("次品", "faulty"),
            Finding::Damaged => ("残损", "damaged"),
            Finding::Wrong => ("错货", "wrong goods"),
            Finding::Missing => ("缺件", "missing"),
        }
    }

    pub fn parse(text: &str) -> Option<Finding> {
        Finding::ALL.into_iter().find(|finding| finding.as_str() == text)
    }

    /// The goods that were to come are in the box, in whatever state.
    pub fn is_there(self) -> bool {
        matches!(self, Finding::Good | Finding::Faulty | Finding::Damaged)
    }
}

/// Goods and how many of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    pub sku: Sku,
    pub quantity: u32,
}

/// A return as stations know it, before it arrives and when it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRecord {
    pub return_no: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderNo>,
    /// On its own waybill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Why it comes, in the words of whoever announced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Goods>,
    pub standing: ReturnStanding,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReturnStanding {
    Expected,
    /// Somebody looks at it.
    Arrived {
        at: String,
    },
    Inspected,
    Cancelled,
}

/// One finding about some pieces of a kind. Goods nobody has on file are named by their barcode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub sku: Sku,
    pub quantity: u32,
    pub finding: Finding,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
}

/// Pieces that were scanned, and of which nothing was said yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub sku: Sku,
    pub name: String,
    pub quantity: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
}

/// A picture of it, by the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    pub hash: String,
    pub bytes: u64,
    pub kind: super::photo::Kind,
}

/// A return that arrived, added up from its facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    pub return_no: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderNo>,
    /// What was scanned on the box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Somebody said that it would come, and with what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub announced: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Goods>,
    /// The code of the reason that its buyer gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Found>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// It was closed before, and somebody may have acted on that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reopened: bool,
}

impl Returned {
    /// The return that an arrival begins; `None` for any other fact.
    pub fn begun(fact: &Fact, orders: &[OrderNo]) -> Option<Returned> {
        let Fact::ReturnArrived { return_no, number, claimed, announced, lines, .. } = fact else { return None };
        Some(Returned {
            return_no: return_no.clone(),
            orders: orders.to_vec(),
            number: number.clone(),
            announced: *announced,
            lines: lines.clone(),
            claimed: claimed.clone(),
            found: Vec::new(),
            taken: None,
            photos: Vec::new(),
            closed: false,
            reopened: false,
        })
    }

    /// Facts of other returns change nothing.
    pub fn remember(&mut self, fact: &Fact) {
        if fact.return_no() != Some(self.return_no.as_str()) {
            return;
        }
        match fact {
            Fact::ReturnClaimed { claimed, .. } => self.claimed = Some(claimed.clone()),
            Fact::ReturnItemTaken { sku, name, quantity, expires_on, .. } => {
                let (sku, name) = (sku.clone(), name.clone());
                self.taken = Some(Taken { sku, name, quantity: *quantity, expires_on: *expires_on });
            }
            Fact::ReturnItemPutBack { .. } => self.taken = None,
            Fact::ReturnExpiryNoted { expires_on, .. } => {
                self.taken.iter_mut().for_each(|taken| taken.expires_on = Some(*expires_on));
            }
            Fact::ReturnInspected { sku, quantity, finding, expires_on, .. } => {
                let (sku, quantity) = (sku.clone(), *quantity);
                self.found.push(Found { sku, quantity, finding: *finding, expires_on: *expires_on });
                self.taken = None;
            }
            Fact::ReturnUninspected { .. } => drop(self.found.pop()),
            Fact::ReturnPhotographed { hash, bytes, kind, .. } => {
                self.photos.push(Photo { hash: hash.clone(), bytes: *bytes, kind: *kind });
            }
            Fact::ReturnClosed { .. } => self.closed = true,
            // What was missing may be what comes to light now; the next close counts anew.
            Fact::ReturnReopened { .. } => {
                (self.closed, self.reopened) = (false, true);
                self.found.retain(|found| found.finding != Finding::Missing);
            }
            _ => {}
        }
    }

    /// Only its arrival is known.
    pub fn is_untouched(&self) -> bool {
        self.found.is_empty() && self.taken.is_none() && self.photos.is_empty() && !self.reopened
    }

    /// The box bears this, or it is the return's own.
    pub fn answers_to(&self, code: &str) -> bool {
        let order = |order_no: &OrderNo| order_no.as_str() == code;
        self.return_no == code || self.number.as_deref() == Some(code) || self.orders.iter().any(order)
    }

    /// Pieces of these goods that are in the box.
    pub fn there(&self, sku: &Sku) -> u32 {
        let of = |found: &&Found| found.sku == *sku && found.finding.is_there();
        self.found.iter().filter(of).map(|found| found.quantity).sum()
    }

    /// Pieces with this finding.
    pub fn count(&self, finding: Finding) -> u32 {
        self.found.iter().filter(|found| found.finding == finding).map(|found| found.quantity).sum()
    }

    /// Pieces of these goods that may still come out of the box; `None` where nobody said what is in it.
    pub fn room(&self, sku: &Sku) -> Option<u32> {
        if self.lines.is_empty() {
            return None;
        }
        let said: u32 = self.lines.iter().filter(|line| line.sku == *sku).map(|line| line.quantity).sum();
        Some(said.saturating_sub(self.there(sku)))
    }

    /// What was announced and isn't there. Of an order that nobody announced any part may come back, so nothing is missing.
    pub fn missing(&self) -> Vec<Goods> {
        if !self.announced {
            return Vec::new();
        }
        let mut left: BTreeMap<&Sku, u32> = BTreeMap::new();
        self.lines.iter().for_each(|line| *left.entry(&line.sku).or_default() += line.quantity);
        let told = |sku: &Sku| -> u32 {
            let of = |found: &&Found| found.sku == *sku && found.finding == Finding::Missing;
            self.found.iter().filter(of).map(|found| found.quantity).sum()
        };
        let missing = |(sku, said): (&Sku, u32)| {
            let quantity = said.saturating_sub(self.there(sku) + told(sku));
            (quantity > 0).then(|| Goods { sku: sku.clone(), quantity })
        };
        left.into_iter().filter_map(missing).collect()
    }

    /// What came is what was announced, piece by piece.
    pub fn as_announced(&self) -> bool {
        self.count(Finding::Missing) == 0 && self.count(Finding::Wrong) == 0 && self.missing().is_empty()
    }
}

/// A record as a fact about it leaves it.
impl ReturnRecord {
    /// One that nobody announced, as its arrival tells it.
    pub fn arrived(returned: &Returned, at: &str) -> ReturnRecord {
        ReturnRecord {
            return_no: returned.return_no.clone(),
            orders: returned.orders.clone(),
            number: returned.number.clone(),
            reason: None,
            lines: returned.lines.clone(),
            standing: ReturnStanding::Arrived { at: at.to_owned() },
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.standing, ReturnStanding::Expected | ReturnStanding::Arrived { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goods(sku: &str, quantity: u32) -> Goods {
        Goods { sku: sku.into(), quantity }
    }

    fn arrived(announced: bool, lines: Vec<Goods>) -> Returned {
        let fact = Fact::ReturnArrived {
            place: "returns-1".into(),
            return_no: "R1".into(),
            number: Some("YT9".into()),
            claimed: None,
            announced,
            lines,
        };
        Returned::begun(&fact, &["1001".into()]).expect("it arrives")
    }

    fn inspected(sku: &str, quantity: u32, finding: Finding) -> Fact {
        let (place, return_no) = ("returns-1".into(), "R1".into());
        Fact::ReturnInspected { place, return_no, sku: sku.into(), quantity, finding, expires_on: None }
    }

    #[test]
    fn what_was_announced_and_is_not_there_is_missing_once() {
        let mut returned = arrived(true, vec![goods("T01", 2), goods("T02", 1), goods("T01", 1)]);
        returned.remember(&inspected("T01", 1, Finding::Damaged));
        returned.remember(&inspected("X", 1, Finding::Wrong));
        assert_eq!(returned.missing(), [goods("T01", 2), goods("T02", 1)]);
        assert_eq!((returned.room(&"T01".into()), returned.room(&"X".into())), (Some(2), Some(0)));
        returned.remember(&inspected("T01", 2, Finding::Missing));
        assert_eq!(returned.missing(), [goods("T02", 1)]);
        assert!(!returned.as_announced());
        let (place, return_no, reason) = ("returns-1".into(), "R1".into(), "x".to_owned());
        returned.remember(&Fact::ReturnReopened { place, return_no, reason, lead: "han".into() });
        assert_eq!(returned.missing(), [goods("T01", 2), goods("T02", 1)]);
    }

    #[test]
    fn of_an_order_nobody_announced_any_part_may_come_back() {
        let mut returned = arrived(false, vec![goods("T01", 2)]);
        assert_eq!(returned.missing(), []);
        returned.remember(&inspected("T01", 2, Finding::Good));
        assert_eq!(returned.room(&"T01".into()), Some(0));
        assert_eq!(arrived(false, Vec::new()).room(&"T01".into()), None);
    }

    #[test]
    fn another_returns_facts_change_nothing() {
        let mut returned = arrived(true, vec![goods("T01", 1)]);
        let (place, return_no) = ("returns-2".into(), "R2".into());
        returned.remember(&Fact::ReturnClosed { place, return_no });
        assert!(!returned.closed);
    }
}
