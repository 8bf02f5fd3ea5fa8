//! Which carrier a parcel goes with and why, as it is kept beside the parcel: every reason once in Chinese and once in
//! English. None of them repeats an address.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::order::CarrierCode;

/// What was decided of a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub carrier: CarrierCode,
    pub by: By,
    /// What each of the site's carriers answered, in the order of the rule file.
    pub offers: Vec<Offer>,
    /// Rules that were true before, whose carriers were all out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<String>,
}

/// Who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum By {
    /// The number that came with the order is this carrier's.
    Waybill,
    /// The order names it.
    Order,
    /// A rule that names carriers.
    Rule { name: String },
    /// A rule that takes the cheapest.
    Cheapest { name: String },
}

/// What one carrier would cost, or why it is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub carrier: CarrierCode,
    #[serde(flatten)]
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Freight {
        freight_fen: u64,
        /// The larger of weight and volume weight.
        charged_g: u64,
        /// Nobody knows what the goods weigh: charged for the rule file's `unknown_weight_g`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        assumed: bool,
    },
    Out {
        why: Out,
    },
}

/// Why a carrier may not take a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "out", rename_all = "snake_case")]
pub enum Out {
    /// The receiver's province isn't known.
    NoProvince,
    /// The freight table has no row for the province.
    NoRow,
    NoDeliver,
    TooHeavy {
        max_g: u32,
    },
    TooLarge {
        max_cm3: u32,
    },
    NoCod,
    /// It gives no numbers now, or refused this parcel.
    Unreachable,
    /// A limit of the site's, in its own words.
    Limit {
        name: String,
        why: String,
    },
}

/// No carrier was found: the order waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nobody {
    /// Rules that were true, whose carriers were all out.
    pub passed: Vec<String>,
    pub offers: Vec<Offer>,
    /// A rule or limit that could not judge the parcel, and what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<(String, String)>,
}

impl Choice {
    /// The rule's name; none where no rule was asked.
    pub fn rule(&self) -> Option<&str> {
        match &self.by {
            By::Rule { name } | By::Cheapest { name } => Some(name),
            By::Waybill | By::Order => None,
        }
    }

    /// What the chosen carrier costs, where its table says.
    pub fn freight_fen(&self) -> Option<u64> {
        self.offers.iter().find(|offer| offer.carrier == self.carrier).and_then(Offer::freight_fen)
    }

    pub fn zh(&self) -> String {
        let mut said = match &self.by {
            By::Waybill => "随订单带来的面单号".to_owned(),
            By::Order => "订单指定".to_owned(),
            By::Rule { name } => format!("规则 {name}"),
            By::Cheapest { name } => format!("规则 {name}：运费最低"),
        };
        if !self.passed.is_empty() {
            write!(said, "（{} 的快递都不能收）", self.passed.join("、")).expect("a String takes every write");
        }
        said
    }

    pub fn en(&self) -> String {
        let mut said = match &self.by {
            By::Waybill => "its number came with the order".to_owned(),
            By::Order => "named by the order".to_owned(),
            By::Rule { name } => format!("rule {name}"),
            By::Cheapest { name } => format!("rule {name}: the cheapest"),
        };
        if !self.passed.is_empty() {
            write!(said, " (none of {} may take it)", self.passed.join(", ")).expect("a String takes every write");
        }
        said
    }
}

impl Offer {
    pub fn freight_fen(&self) -> Option<u64> {
        match self.answer {
            Answer::Freight { freight_fen, .. } => Some(freight_fen),
            Answer::Out { .. } => None,
        }
    }

    /// `ZTO 5.00`, or why not.
    pub fn zh(&self) -> String {
        self.said(Out::zh)
    }

    pub fn en(&self) -> String {
        self.said(Out::en)
    }

    fn said(&self, of: impl Fn(&Out) -> String) -> String {
        let name = self.carrier.as_str().to_uppercase();
        match &self.answer {
            Answer::Freight { freight_fen, assumed, .. } => {
                format!("{name} {}{}", yuan(*freight_fen), if *assumed { "?" } else { "" })
            }
            Answer::Out { why } => format!("{name} {}", of(why)),
        }
    }
}

impl Out {
    pub fn zh(&self) -> String {
        match self {
            Out::NoProvince => "收件省份不认识".into(),
            Out::NoRow => "运价表没有这个省".into(),
            Out::NoDeliver => "不派送该地区".into(),
            Out::TooHeavy { max_g } => format!("超过 {max_g} 克"),
            Out::TooLarge { max_cm3 } => format!("超过 {max_cm3} cm³"),
            Out::NoCod => "该省不代收货款".into(),
            Out::Unreachable => "现在取不到单号".into(),
            Out::Limit { why, .. } => why.clone(),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Out::NoProvince => "the receiver's province is not known".into(),
            Out::NoRow => "no row for the province".into(),
            Out::NoDeliver => "doesn't deliver there".into(),
            Out::TooHeavy { max_g } => format!("heavier than {max_g} g"),
            Out::TooLarge { max_cm3 } => format!("larger than {max_cm3} cm³"),
            Out::NoCod => "collects no cash there".into(),
            Out::Unreachable => "gives no number now".into(),
            Out::Limit { why, .. } => why.clone(),
        }
    }
}

impl Nobody {
    pub fn zh(&self) -> String {
        if let Some((rule, error)) = &self.failed {
            return format!("路由规则 {rule} 判断不了（{error}）：改规则，或在订单上指定快递后重新导入");
        }
        let offers = self.common().map_or_else(|| joined(&self.offers, "，", Offer::zh), Out::zh);
        format!("没有路由规则给出快递（{offers}）：改规则，或在订单上指定快递后重新导入")
    }

    pub fn en(&self) -> String {
        if let Some((rule, error)) = &self.failed {
            return format!(
                "routing rule {rule} could not judge it ({error}): correct the rule, or name a carrier and import again"
            );
        }
        let offers = self.common().map_or_else(|| joined(&self.offers, ", ", Offer::en), Out::en);
        format!("no routing rule gives a carrier ({offers}): correct the rules, or name a carrier and import again")
    }

    /// What keeps all of them out for the same reason.
    fn common(&self) -> Option<&Out> {
        let mut outs = self.offers.iter().map(|offer| match &offer.answer {
            Answer::Out { why } => Some(why),
            Answer::Freight { .. } => None,
        });
        let first = outs.next()??;
        outs.all(|out| out == Some(first)).then_some(first)
    }
}

fn joined(offers: &[Offer], between: &str, said: fn(&Offer) -> String) -> String {
    offers.iter().map(said).collect::<Vec<_>>().join(between)
}

/// Fen as yuan: `12.00`.
pub fn yuan(fen: u64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_said_in_both_languages_and_reads_back() {
        let limit = Out::Limit { name: "liquids".into(), why: "LIQ".into() };
        let outs = [
            Out::NoProvince,
            Out::NoRow,
            Out::NoDeliver,
            Out::TooHeavy { max_g: 1 },
            Out::TooLarge { max_cm3: 1 },
            Out::NoCod,
            Out::Unreachable,
            limit,
        ];
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for out in &outs {
            let own = matches!(out, Out::TooLarge { .. } | Out::Limit { .. });
            assert!((own || han(&out.zh())) && !han(&out.en()), "{out:?}");
        }
        let carrier = CarrierCode::Zto;
        let offer = |answer| Offer { carrier, answer };
        let mut offers: Vec<Offer> = outs.map(|why| offer(Answer::Out { why })).into();
        offers.push(offer(Answer::Freight { freight_fen: 1205, charged_g: 1000, assumed: true }));
        assert_eq!(offers.last().map(Offer::zh), Some("ZTO 12.05?".into()));
        let nobody = Nobody { passed: vec!["r".into()], offers: offers.clone(), failed: None };
        let failed = Nobody { failed: Some(("r".into(), "e".into())), ..nobody.clone() };
        assert!(han(&nobody.zh()) && han(&failed.zh()) && !han(&nobody.en()) && !han(&failed.en()));
        let name = || "r".to_owned();
        for by in [By::Waybill, By::Order, By::Rule { name: name() }, By::Cheapest { name: name() }] {
            let choice = Choice { carrier, by, offers: offers.clone(), passed: vec![name()] };
            assert!(han(&choice.zh()) && !han(&choice.en()), "{choice:?}");
            let stored = serde_json::to_string(&choice).expect("plain data");
            assert_eq!(serde_json::from_str::<Choice>(&stored).expect("it reads back"), choice);
        }
    }
}
