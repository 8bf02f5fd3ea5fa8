//! Routing codes learned from the carrier's own answers, for labels that are printed while it can't be asked: by district
//! and never nearer, so that nobody's address is in it. A code counts only while no other was seen beside it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::order::{CarrierCode, Party};
use crate::domain::waybill::LEARNED;

/// So many parcels must have had the same code: a mis-sort costs more than an hour's wait.
const PARCELS: u32 = 3;
/// A code that was seen differently within so many days is in doubt, and one not seen for as many is forgotten.
const DAYS: i32 = 30;

/// Province, city and district.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct District([String; 3]);

impl District {
    /// `None` where the receiver's is not whole: codes differ within a city.
    pub fn of(receiver: &Party) -> Option<Self> {
        let Party { province, city, district, .. } = receiver;
        let whole = [province, city, district].iter().all(|part| !part.trim().is_empty());
        whole.then(|| District([province.clone(), city.clone(), district.clone()]))
    }

    /// As it stands in a row's key.
    pub fn key(&self) -> String {
        self.0.join("/")
    }

    pub fn from_key(key: &str) -> Option<Self> {
        let parts: Vec<String> = key.split('/').map(str::to_owned).collect();
        parts.try_into().ok().map(District)
    }
}

/// How often a field had a value, and when last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    value: Value,
    parcels: u32,
    last: Date,
}

/// What was seen of one district, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Codes(BTreeMap<String, Vec<Seen>>);

impl Codes {
    /// One more parcel of the district, as its carrier confirmed it; whether anything of it is worth keeping.
    pub fn see(&mut self, carrier: CarrierCode, routing: &BTreeMap<String, Value>, day: Date) -> bool {
        let fields = sorting(carrier).iter().filter_map(|field| Some((*field, routing.get(*field)?)));
        let mut any = false;
        for (field, value) in fields.filter(|(_, value)| is_code(value)) {
            any = true;
            let seen = self.0.entry(field.to_owned()).or_default();
            seen.retain(|one| one.value == *value || is_recent(one.last, day));
            match seen.iter_mut().find(|one| one.value == *value) {
                // What was not seen for long may have been another's meanwhile: it counts anew.
                Some(one) => {
                    one.parcels = if is_recent(one.last, day) { one.parcels.saturating_add(1) } else { 1 };
                    one.last = one.last.max(day);
                }
                None => seen.push(Seen { value: value.clone(), parcels: 1, last: day }),
            }
        }
        any
    }

    /// The codes that nothing speaks against, if the one without which nobody sorts is among them.
    pub fn known(&self, carrier: CarrierCode, day: Date) -> Option<BTreeMap<String, Value>> {
        let sure = |seen: &Vec<Seen>| {
            let mut recent = seen.iter().filter(|one| is_recent(one.last, day));
            let one = recent.next().filter(|one| one.parcels >= PARCELS)?;
            recent.next().is_none().then(|| one.value.clone())
        };
        let mut known: BTreeMap<String, Value> =
            self.0.iter().filter_map(|(field, seen)| Some((field.clone(), sure(seen)?))).collect();
        known.contains_key(sorting(carrier)[0]).then(|| {
            known.insert(LEARNED.to_owned(), Value::Bool(true));
            known
        })
    }
}

fn is_recent(last: Date, day: Date) -> bool {
    let days: Span = DAYS.days();
    last.saturating_add(days) >= day
}

fn is_code(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// The fields of a carrier's answer that depend on where a parcel goes and on nothing else of it, the one that a label
/// can't be without first. Sequences, numbers of orders and QR codes are one parcel's own.
fn sorting(carrier: CarrierCode) -> &'static [&'static str] {
    match carrier {
        CarrierCode::Sf => &["dest_route_label", "coding_mapping", "coding_mapping_out"],
        CarrierCode::Zto => &["mark", "bag_addr"],
        CarrierCode::Jd => &[
            "target_sort_center_name",
            "destination_cross_code",
            "destination_tabletrolley_code",
            "source_sort_center_name",
            "original_cross_code",
            "original_tabletrolley_code",
            "end_site_name",
            "road",
            "collection_address",
        ],
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    const JD: CarrierCode = CarrierCode::Jd;

    fn routing(center: &str, road: &str) -> BTreeMap<String, Value> {
        let fields = [("target_sort_center_name", center), ("road", road), ("order_code", "EO1")];
        fields.into_iter().map(|(field, value)| (field.to_owned(), json!(value))).collect()
    }

    /// The centre and the road after parcels of these days, looked at on the last day.
    fn known(seen: &[(Date, &str, &str)], day: Date) -> (Option<String>, Option<String>) {
        let mut codes = Codes::default();
        for (day, center, road) in seen {
            codes.see(JD, &routing(center, road), *day);
        }
        let kept = serde_json::to_string(&codes).expect("plain data");
        assert!(!kept.contains("EO1"), "what is one parcel's own is not kept: {kept}");
        let codes: Codes = serde_json::from_str(&kept).expect("as it was");
        let known = codes.known(JD, day);
        let text = |field: &str| known.as_ref().and_then(|known| known.get(field)?.as_str().map(str::to_owned));
        (text("target_sort_center_name"), text("road"))
    }

    #[test]
    fn a_code_counts_from_the_third_parcel_and_while_no_other_was_seen_for_a_month() {
        let day = |day: i8| date(2026, 3, day);
        let hangzhou = || Some("杭州".to_owned());
        let two = [(day(1), "杭州", "03"), (day(2), "杭州", "03")];
        assert_eq!(known(&two, day(3)), (None, None));
        let three = [two[0], two[1], (day(3), "杭州", "03")];
        assert_eq!(known(&three, day(3)), (hangzhou(), Some("03".into())));
        assert_eq!(known(&three, date(2026, 4, 2)), (hangzhou(), Some("03".into())));
        assert_eq!(known(&three, date(2026, 4, 3)), (None, None), "not seen for a month");

        // Roads differ within the district: the centre is sure all the same.
        let roads = [three[0], three[1], three[2], (day(4), "杭州", "04")];
        assert_eq!(known(&roads, day(4)), (hangzhou(), None));
        // Without the centre nobody sorts, whatever else is sure.
        let moved = [three[0], three[1], three[2], (day(4), "绍兴", "03")];
        assert_eq!(known(&moved, day(4)), (None, None));
        let again: Vec<_> = moved.into_iter().chain((5..7).map(|d| (day(d), "绍兴", "03"))).collect();
        assert_eq!(known(&again, day(6)), (None, None), "the old one was seen within the month");
        let later: Vec<_> = again.into_iter().chain([(date(2026, 4, 4), "绍兴", "03")]).collect();
        assert_eq!(known(&later, date(2026, 4, 4)), (Some("绍兴".into()), Some("03".into())));
    }

    #[test]
    fn what_was_away_for_a_month_counts_anew() {
        let seen = [(1, 1), (1, 2), (1, 3), (5, 1)].map(|(month, day)| (date(2026, month, day), "杭州", "03"));
        assert_eq!(known(&seen, date(2026, 5, 1)), (None, None));
    }

    #[test]
    fn a_district_is_whole_or_none() {
        let party = |district: &str| Party {
            province: "浙江省".into(),
            city: "杭州市".into(),
            district: district.into(),
            ..Party::default()
        };
        let district = District::of(&party("余杭区")).expect("whole");
        assert_eq!(District::from_key(&district.key()), Some(district));
        assert_eq!((District::of(&party("")), District::from_key("浙江省/杭州市")), (None, None));
    }
}
