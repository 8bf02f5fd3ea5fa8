//! By when a parcel must be shipped: what its orders say and what their platforms allow from the payment on; the smaller
//! counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::order::Order;

/// What platforms that name no time allow; most fine a shop after two days.
pub const SHIP_WITHIN_H: u32 = 48;

const HOUR_US: i64 = 3_600_000_000;

/// `[[limit]]` of a site: what one channel allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub channel: String,
    /// From the payment on, in hours.
    pub ship_within_h: u32,
}

/// All of a site's, none twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Limit>")]
pub struct ChannelLimits(BTreeMap<String, u32>);

/// What counts by when an order must be shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    channels: ChannelLimits,
    /// Of an order that says nothing, of a channel of which nothing is said.
    otherwise_h: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    #[error("there are two [[limit]] of channel `{0}`: keep the one its platform's rules say")]
    Twice(String),
    #[error(
        "the [[limit]] of channel `{0}` leaves no time: write hours from the payment on, like ship_within_h = 48, or remove it"
    )]
    NoTime(String),
}

impl TryFrom<Vec<Limit>> for ChannelLimits {
    type Error = LimitError;

    fn try_from(limits: Vec<Limit>) -> Result<Self, LimitError> {
        let mut channels = BTreeMap::new();
        for Limit { channel, ship_within_h } in limits {
            if ship_within_h == 0 {
                return Err(LimitError::NoTime(channel));
            }
            if channels.insert(channel.clone(), ship_within_h).is_some() {
                return Err(LimitError::Twice(channel));
            }
        }
        Ok(ChannelLimits(channels))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits { channels: ChannelLimits::default(), otherwise_h: SHIP_WITHIN_H }
    }
}

impl Limits {
    pub fn new(channels: ChannelLimits, otherwise_h: u32) -> Limits {
        Limits { channels, otherwise_h }
    }

    /// The earliest of orders that travel together, in microseconds since 1970.
    pub fn due_us<'o>(&self, orders: impl IntoIterator<Item = &'o Order>) -> i64 {
        orders.into_iter().map(|order| self.of(order)).min().unwrap_or(i64::MAX)
    }

    fn of(&self, order: &Order) -> i64 {
        let after = |hours: u32| order.paid_at.as_microsecond() + i64::from(hours) * HOUR_US;
        let named = order.ship_by.map(|ship_by| ship_by.as_microsecond());
        let allowed = self.channels.0.get(&order.channel).map(|hours| after(*hours));
        named.into_iter().chain(allowed).min().unwrap_or_else(|| after(self.otherwise_h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(channel: &str, ship_by_h: Option<i64>) -> Order {
        let ship_by = ship_by_h.map(|hours| format!("\"ship_by\":\"{}\",", at(hours))).unwrap_or_default();
        let text = format!(
            r#"{{"order_no":"1","channel":"{channel}","shop":"s","paid_at":"{}",{ship_by}"lines":[],"amount_fen":0}}"#,
            at(0)
        );
        serde_json::from_str(&text).expect("an order")
    }

    fn at(hours: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_second(hours * 3_600).expect("a time")
    }

    fn limits() -> Limits {
        let douyin = Limit { channel: "douyin".into(), ship_within_h: 24 };
        Limits::new(ChannelLimits::try_from(vec![douyin]).expect("one"), 72)
    }

    #[test]
    fn the_smaller_of_what_is_said_and_what_is_allowed_counts() {
        let due_h = |orders: &[Order]| limits().due_us(orders) / HOUR_US;
        assert_eq!(due_h(&[order("douyin", Some(30))]), 24, "the platform is stricter than the order");
        assert_eq!(due_h(&[order("douyin", Some(10))]), 10, "the order is stricter than the platform");
        assert_eq!(due_h(&[order("douyin", None)]), 24);
        assert_eq!(due_h(&[order("tmall", Some(100))]), 100, "nothing is said of this channel");
        assert_eq!(due_h(&[order("tmall", None)]), 72);
        assert_eq!(due_h(&[order("tmall", None), order("douyin", None)]), 24, "they travel together");
        assert_eq!(Limits::default().due_us(&[order("douyin", None)]) / HOUR_US, 48);
    }

    #[test]
    fn what_cant_be_meant_is_refused() {
        let limit = |hours| Limit { channel: "douyin".into(), ship_within_h: hours };
        let wrong = |limits: Vec<Limit>| ChannelLimits::try_from(limits).expect_err("it can't be meant").to_string();
        assert!(wrong(vec![limit(48), limit(24)]).contains("two [[limit]] of channel `douyin`"));
        assert!(wrong(vec![limit(0)]).contains("leaves no time"));
    }
}
