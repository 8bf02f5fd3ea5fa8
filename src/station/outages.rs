//! Which carriers are given up for so long that the office should know, and that they answer again. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::carrier::breaker::Why;
use crate::domain::account::AccountName;
use crate::domain::fact::Fact;
use crate::domain::order::CarrierCode;

/// Flow control for a second is no news.
const NEWS: Duration = Duration::from_secs(3);

#[derive(Default)]
pub struct Outages {
    /// Since when, and whether it was told.
    open: BTreeMap<AccountName, (Duration, bool)>,
    /// Carriers that parcels go with, and that there is no account for.
    missing: BTreeSet<CarrierCode>,
}

impl Outages {
    /// Told once; a config with an account comes with a start, and the office forgets it then.
    pub fn no_account(&mut self, carrier: CarrierCode) -> Option<Fact> {
        let why = "no_account".to_owned();
        self.missing.insert(carrier).then_some(Fact::CarrierGivenUp { carrier, account: None, why })
    }

    /// What is to be told of an account as it is now; `now` is the time since some moment of the caller's.
    pub fn look(&mut self, account: &AccountName, open: Option<Why>, now: Duration) -> Option<Fact> {
        let (carrier, shop) = (account.carrier, account.shop.clone());
        let Some(why) = open else {
            let told = self.open.remove(account).is_some_and(|(_, told)| told);
            return told.then_some(Fact::CarrierTrusted { carrier, account: shop });
        };
        let (since, told) = self.open.entry(account.clone()).or_insert((now, false));
        if *told || now.saturating_sub(*since) < NEWS {
            return None;
        }
        *told = true;
        Some(Fact::CarrierGivenUp { carrier, account: shop, why: why.word().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_and_its_end_and_a_blink_not_at_all() {
        let mut outages = Outages::default();
        let mut told = |seconds, open| {
            let fact = outages.look(&CarrierCode::Jd.into(), open, Duration::from_secs(seconds));
            fact.map(|fact| fact.to_parts().0)
        };
        assert_eq!([told(0, Some(Why::Busy)), told(2, Some(Why::Busy)), told(3, None)], [None, None, None]);
        assert_eq!([told(10, Some(Why::Failing)), told(12, Some(Why::Failing))], [None, None]);
        assert_eq!(told(13, Some(Why::Slow)).as_deref(), Some("carrier_given_up"));
        assert_eq!(told(60, Some(Why::Slow)), None);
        assert_eq!(told(61, None).as_deref(), Some("carrier_trusted"));
        assert_eq!(told(62, None), None);
    }
}
