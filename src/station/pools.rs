//! Numbers held for outages: each is used once, none after its last day, and only with what its label needs for sorting.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::bench::Spare;
use crate::carrier::learned::{Codes, District};
use crate::carrier::routes::Routes;
use crate::domain::account::AccountName;
use crate::domain::order::{CarrierCode, Party};
use crate::station::config::Fallback;

/// What a label needs for sorting, under the carrier's own names.
type Routing = BTreeMap<String, serde_json::Value>;

/// Free numbers of one account with their last days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pool(BTreeMap<String, Date>);

/// What is held, and what a site says about its use.
#[derive(Clone, Debug, Default)]
pub struct Pools {
    pools: BTreeMap<AccountName, Pool>,
    terms: BTreeMap<AccountName, Terms>,
    /// The last block that the hub lent, by its name for it.
    blocks: BTreeMap<AccountName, String>,
    /// By account and district, of accounts that learn.
    codes: BTreeMap<AccountName, BTreeMap<District, Codes>>,
}

/// What a site says of an account's parcels while its carrier gives no numbers.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Where they go, for labels with a pooled number.
    pub routes: Routes,
    /// What carriers answered about other parcels routes a label where the table has nothing.
    pub learn: bool,
    /// A label may name no route where there is none.
    pub unrouted: bool,
    /// In their order; at last the temporary label.
    pub fallbacks: Vec<Fallback>,
}

impl Pools {
    pub fn set(&mut self, account: AccountName, terms: Terms) {
        self.terms.insert(account, terms);
    }

    pub fn accounts(&self) -> impl Iterator<Item = &AccountName> {
        self.terms.keys()
    }

    /// Carriers that a shop's parcels may go with.
    pub fn carriers(&self, shop: Option<&str>) -> impl Iterator<Item = CarrierCode> {
        CarrierCode::ALL.into_iter().filter(move |carrier| self.account_of(*carrier, shop).is_some())
    }

    pub fn fallbacks(&self, carrier: CarrierCode, shop: Option<&str>) -> &[Fallback] {
        let terms = self.account_of(carrier, shop).and_then(|account| self.terms.get(account));
        terms.map_or(&[], |terms| &terms.fallbacks)
    }

    fn account_of(&self, carrier: CarrierCode, shop: Option<&str>) -> Option<&AccountName> {
        AccountName::nearest(self.terms.keys(), carrier, shop, None)
    }

    pub fn restore(&mut self, account: AccountName, pool: Pool) {
        self.pools.insert(account, pool);
    }

    pub fn learns(&self, account: &AccountName) -> bool {
        self.terms.get(account).is_some_and(|terms| terms.learn)
    }

    pub fn restore_codes(&mut self, account: AccountName, district: District, codes: Codes) {
        self.codes.entry(account).or_default().insert(district, codes);
    }

    /// The carrier's own answer about a parcel to this receiver; what is known of the district with it.
    pub fn learn(
        &mut self,
        account: &AccountName,
        receiver: &Party,
        routing: &Routing,
        today: Date,
    ) -> Option<(District, &Codes)> {
        let district = District::of(receiver).filter(|_| self.learns(account))?;
        let codes = self.codes.entry(account.clone()).or_default().entry(district.clone()).or_default();
        codes.see(account.carrier, routing, today).then_some((district, codes))
    }

    /// What was learned of the receiver's district, where that is enough to sort by.
    fn learned(&self, account: &AccountName, receiver: &Party, today: Date) -> Option<Routing> {
        let district = District::of(receiver).filter(|_| self.learns(account))?;
        self.codes.get(account)?.get(&district)?.known(account.carrier, today)
    }

    pub fn keep_block(&mut self, account: AccountName, block: String) {
        self.blocks.insert(account, block);
    }

    pub fn block(&self, account: &AccountName) -> Option<&str> {
        self.blocks.get(account).map(String::as_str)
    }

    pub fn fill(&mut self, account: &AccountName, numbers: &[String], expires_on: Date) {
        let pool = self.pools.entry(account.clone()).or_default();
        pool.0.extend(numbers.iter().map(|number| (number.clone(), expires_on)));
    }

    /// It is on a parcel now, or turned out to be.
    pub fn take(&mut self, account: &AccountName, number: &str) {
        if let Some(pool) = self.pools.get_mut(account) {
            pool.0.remove(number);
        }
    }

    pub fn pool(&self, account: &AccountName) -> Pool {
        self.pools.get(account).cloned().unwrap_or_default()
    }

    /// Whose free number it is.
    pub fn holder(&self, carrier: CarrierCode, number: &str) -> Option<&AccountName> {
        let mut pools = self.pools.iter();
        pools.find(|(name, pool)| name.carrier == carrier && pool.0.contains_key(number)).map(|(name, _)| name)
    }

    /// Numbers that may still be used on this day.
    pub fn left(&self, account: &AccountName, today: Date) -> usize {
        self.usable(account, today).count()
    }

    /// Of the shop's account the number that ends first, with the route to a receiver.
    pub fn spare(
        &self,
        carrier: CarrierCode,
        shop: Option<&str>,
        receiver: Option<&Party>,
        today: Date,
    ) -> Option<Spare> {
        let account = self.account_of(carrier, shop)?;
        let terms = self.terms.get(account)?;
        let (number, _) = self.usable(account, today).min_by_key(|(number, last)| (**last, (*number).clone()))?;
        // What somebody wrote down comes before what was only seen.
        let routed = |receiver| terms.routes.find(receiver).or_else(|| self.learned(account, receiver, today));
        let routing = receiver.and_then(routed);
        let routing = routing.or_else(|| terms.unrouted.then(BTreeMap::new))?;
        Some(Spare { number: number.clone(), routing })
    }

    fn usable(&self, account: &AccountName, today: Date) -> impl Iterator<Item = (&String, &Date)> {
        let pool = self.pools.get(account).map(|pool| &pool.0);
        pool.into_iter().flatten().filter(move |(_, last)| **last >= today)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn receiver() -> Party {
        Party {
            province: "浙江省".into(), city: "杭州市".into(), district: "余杭区".into(), ..Party::default()
        }
    }

    #[test]
    fn the_number_that_ends_first_is_taken_first_and_an_ended_one_never() {
        let mut pools = Pools::default();
        pools.set(CarrierCode::Jd.into(), Terms { unrouted: true, ..Terms::default() });
        pools.fill(&CarrierCode::Jd.into(), &["JDVA1".into()], date(2026, 2, 28));
        pools.fill(&CarrierCode::Jd.into(), &["JDVA0".into()], date(2026, 3, 31));
        let spare =
            |pools: &Pools, day| pools.spare(CarrierCode::Jd, None, Some(&receiver()), day).map(|spare| spare.number);
        assert_eq!(spare(&pools, date(2026, 2, 28)).as_deref(), Some("JDVA1"));
        assert_eq!(spare(&pools, date(2026, 3, 1)).as_deref(), Some("JDVA0"));
        assert_eq!(
            (
                pools.left(&CarrierCode::Jd.into(), date(2026, 2, 1)),
                pools.left(&CarrierCode::Jd.into(), date(2026, 3, 1))
            ),
            (2, 1)
        );
        pools.take(&CarrierCode::Jd.into(), "JDVA0");
        assert_eq!(spare(&pools, date(2026, 3, 1)), None);
        assert_eq!(pools.spare(CarrierCode::Sf, None, Some(&receiver()), date(2026, 2, 1)), None);
    }

    #[test]
    fn without_a_route_there_is_no_number_unless_the_site_wants_it_so() {
        let mut pools = Pools::default();
        pools.fill(&CarrierCode::Jd.into(), &["JDVA1".into()], date(2026, 2, 28));
        let today = date(2026, 2, 18);
        assert_eq!(pools.spare(CarrierCode::Jd, None, Some(&receiver()), today), None);
        let table = "province,city,district,target_sort_center_name\n浙江省,杭州市,,杭州分拣中心\n";
        pools.set(CarrierCode::Jd.into(), Terms { routes: Routes::read(table).expect("a table"), ..Terms::default() });
        let spare = pools.spare(CarrierCode::Jd, None, Some(&receiver()), today).expect("the city is in it");
        assert_eq!(spare.routing["target_sort_center_name"], "杭州分拣中心");
        assert_eq!(pools.spare(CarrierCode::Jd, None, Some(&Party::default()), today), None, "no such place");
        assert_eq!(pools.spare(CarrierCode::Jd, None, None, today), None, "a sealed receiver");
    }

    #[test]
    fn a_learned_route_helps_where_the_table_has_none_and_the_site_wants_it() {
        let (today, jd) = (date(2026, 2, 18), AccountName::from(CarrierCode::Jd));
        let table = "province,city,district,target_sort_center_name\n江苏省,,,南京分拣中心\n";
        let routes = Routes::read(table).expect("a table");
        let routing = Routing::from([("target_sort_center_name".to_owned(), "杭州分拣中心".into())]);
        for (learn, expected) in [(false, None), (true, Some("杭州分拣中心"))] {
            let mut pools = Pools::default();
            pools.set(jd.clone(), Terms { routes: routes.clone(), learn, ..Terms::default() });
            pools.fill(&jd, &["JDVA1".into()], date(2026, 2, 28));
            for _ in 0..3 {
                assert_eq!(pools.learn(&jd, &receiver(), &routing, today).is_some(), learn);
            }
            let spare =
                |party: &Party| pools.spare(CarrierCode::Jd, None, Some(party), today).map(|spare| spare.routing);
            let found = spare(&receiver());
            let center = found.as_ref().and_then(|routing| routing["target_sort_center_name"].as_str());
            assert_eq!(center, expected);
            assert_eq!(found.is_some_and(|routing| routing["learned"] == true), learn, "and the label says so");
            let nanjing = Party { province: "江苏省".into(), ..receiver() };
            assert!(!spare(&nanjing).expect("it is in the table").contains_key("learned"));
        }
    }

    #[test]
    fn a_pool_survives_its_row() {
        let mut pools = Pools::default();
        pools.fill(&CarrierCode::Jd.into(), &["JDVA1".into()], date(2026, 2, 28));
        let text = serde_json::to_string(&pools.pool(&CarrierCode::Jd.into())).expect("plain data");
        assert_eq!(text, r#"{"JDVA1":"2026-02-28"}"#);
        assert_eq!(serde_json::from_str::<Pool>(&text).ok(), Some(pools.pool(&CarrierCode::Jd.into())));
    }
}
