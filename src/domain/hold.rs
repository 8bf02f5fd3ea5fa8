//! Why a paid order waits: each reason once in Chinese and once in English, with what to do about it. None of them
//! repeats a name, a phone number or an address.

use serde::{Deserialize, Serialize};

use super::address::AddressError;
use super::phone::PhoneError;
use super::routing::Nobody;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hold", rename_all = "snake_case")]
pub enum Hold {
    /// Somebody said so. Only a person takes it back.
    Person {
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A rule of the site's, in the site's own words.
    Rule {
        rule: String,
        reason: String,
    },

    // What nobody could send the parcel to.
    NoReceiver,
    NoName,
    Masked,
    Phone {
        problem: PhoneError,
    },
    Address {
        problem: AddressError,
    },
    Unclean {
        field: String,
    },
    /// Only the platform reads its sealed receivers.
    SealedWithoutWaybill,

    // What whoever read the order could make no sense of.
    WaybillNumber,
    /// Another parcel bears the number; two parcels never do.
    NumberTaken {
        number: String,
    },
    WaybillCarrier {
        carrier: String,
    },
    /// The routing rules found none that may take it.
    NoCarrier {
        nobody: Nobody,
    },
    Gift {
        code: String,
    },
    Pieces {
        promised: u64,
        listed: u64,
    },
    OtherContent {
        line: u64,
    },
    ShipBy,
}

impl Hold {
    /// A doubt about the order itself ends with a mended revision only; what a person or a rule holds, a person releases.
    pub fn is_doubt(&self) -> bool {
        !matches!(self, Hold::Person { .. } | Hold::Rule { .. })
    }

    pub fn zh(&self) -> String {
        match self {
            Hold::Person { reason, .. } if reason.is_empty() => "人工挂起".into(),
            Hold::Person { reason, .. } | Hold::Rule { reason, .. } => reason.clone(),
            Hold::NoReceiver => "没有收件人：在渠道补全后重新导入".into(),
            Hold::NoName => "收件人姓名为空：在渠道补全后重新导入".into(),
            Hold::Masked => "收件人信息带 `*`：导出完整信息，或连同平台面单号一起导入".into(),
            Hold::Phone { problem } => match problem {
                PhoneError::Empty => "收件电话为空：在渠道补全后重新导入".into(),
                PhoneError::Masked => "收件电话带 `*`：导出完整号码，或连同平台面单号一起导入".into(),
                PhoneError::Unknown => "收件电话不是手机、带区号的座机或客服号码：在渠道改好后重新导入".into(),
            },
            Hold::Address { problem } => match problem {
                AddressError::Empty => "收件地址为空：在渠道补全后重新导入".into(),
                AddressError::Province => "收件地址认不出省：在渠道写明省市区后重新导入".into(),
                AddressError::City => "收件地址认不出市：在渠道写明省市区后重新导入".into(),
                AddressError::District => "收件地址认不出区县：在渠道写明省市区后重新导入".into(),
                AddressError::Detail => "收件地址缺街道和门牌：在渠道补全后重新导入".into(),
            },
            Hold::Unclean { field } => format!("{field} 含有控制字符：在渠道删去后重新导入"),
            Hold::SealedWithoutWaybill => "收件人由平台加密，订单又没有面单号：在平台取号后重新导入".into(),
            Hold::WaybillNumber => "面单号不是字母和数字：改好后重新导入".into(),
            Hold::NumberTaken { number } => {
                format!("面单号 {number} 已在另一个包裹上：在平台给这一单单独取号后重新导入，或取消后作为新订单导入")
            }
            Hold::WaybillCarrier { carrier } => {
                format!("面单的快递公司 `{carrier}` 不认识：加到渠道配置的 [carriers] 后重新导入")
            }
            Hold::NoCarrier { nobody } => nobody.zh(),
            Hold::Gift { code } => format!("卖家备注里的赠品 `{code}` 不在 gifts.toml：加进去或改备注，再重新导入"),
            Hold::Pieces { promised, listed } => {
                format!("订单写 {promised} 件，明细只有 {listed} 件：两个文件同时重新导出再导入")
            }
            Hold::OtherContent { line } => format!("第 {line} 行是同一订单，内容却不同：重新导出，只留一份"),
            Hold::ShipBy => "最晚发货时间读不懂，或早于付款时间：改好后重新导入".into(),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Hold::Person { reason, .. } if reason.is_empty() => "held by hand".into(),
            Hold::Person { reason, .. } | Hold::Rule { reason, .. } => reason.clone(),
            Hold::NoReceiver => "the order has no receiver: add one in the channel and import again".into(),
            Hold::NoName => "the receiver's name is empty: fill it in in the channel and import again".into(),
            Hold::Masked => {
                "the receiver is masked with `*`: export it in full, or import it with the platform's waybill".into()
            }
            Hold::Phone { problem } => problem.to_string(),
            Hold::Address { problem } => problem.to_string(),
            Hold::Unclean { field } => format!("{field} holds a control character: remove it and import again"),
            Hold::SealedWithoutWaybill => "the receiver is sealed by the platform and the order has no waybill: \
                                           take the number on the platform and import again"
                .into(),
            Hold::WaybillNumber => "the waybill's number is not letters and digits: correct it and import again".into(),
            Hold::NumberTaken { number } => format!(
                "number {number} is on another parcel already: take a number of its own for this order and import again, or cancel it and import it as a new order"
            ),
            Hold::WaybillCarrier { carrier } => format!(
                "carrier `{carrier}` of the order's waybill is not known: add it to [carriers] of the channel's mapping and import again"
            ),
            Hold::NoCarrier { nobody } => nobody.en(),
            Hold::Gift { code } => format!(
                "gift `{code}` of the seller's note is not in gifts.toml: add it there or correct the note, and import again"
            ),
            Hold::Pieces { promised, listed } => format!(
                "the order has {promised} pieces, its lines have {listed}: export both files again, at the same time"
            ),
            Hold::OtherContent { line } => {
                format!("line {line} has other content for it: export the file again, so that one is left")
            }
            Hold::ShipBy => "`ship by` is no time or before the payment: correct it and import again".into(),
        }
    }
}

/// All reasons in one line.
pub fn said_zh(holds: &[Hold]) -> String {
    holds.iter().map(Hold::zh).collect::<Vec<_>>().join("；")
}

pub fn said_en(holds: &[Hold]) -> String {
    holds.iter().map(Hold::en).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_doubt_is_said_in_both_languages() {
        let mut holds = vec![
            Hold::NoReceiver,
            Hold::NoName,
            Hold::Masked,
            Hold::Unclean { field: "receiver.detail".into() },
            Hold::SealedWithoutWaybill,
            Hold::WaybillNumber,
            Hold::NumberTaken { number: "SF1000000000011".into() },
            Hold::WaybillCarrier { carrier: "x".into() },
            Hold::NoCarrier { nobody: Nobody { passed: Vec::new(), offers: Vec::new(), failed: None } },
            Hold::Gift { code: "Z99".into() },
            Hold::Pieces { promised: 2, listed: 1 },
            Hold::OtherContent { line: 3 },
            Hold::ShipBy,
        ];
        let phones = [PhoneError::Empty, PhoneError::Masked, PhoneError::Unknown];
        holds.extend(phones.map(|problem| Hold::Phone { problem }));
        use AddressError::*;
        holds.extend([Empty, Province, City, District, Detail].map(|problem| Hold::Address { problem }));
        for hold in holds {
            let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(han(&hold.zh()) && !han(&hold.en()), "{hold:?}");
            assert!(hold.zh().contains('：') && hold.en().contains(": "), "{hold:?} names no cure");
            assert!(hold.is_doubt());
            let stored = serde_json::to_string(&hold).expect("plain data");
            assert_eq!(serde_json::from_str::<Hold>(&stored).expect("it reads back"), hold);
        }
    }
}
