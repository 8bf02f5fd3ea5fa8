//! Picking zones: which part of a warehouse a parcel's goods lie in, by the beginnings of their bins' codes, and where its
//! picking begins.

use serde::{Deserialize, Serialize};

use super::order::{Line, LineStatus, Order};

/// The zone of a parcel whose goods lie in several.
pub const MIXED: &str = "mixed";

/// `[[zone]]` of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Also part of waves' codes.
    pub name: String,
    /// What its bins begin with.
    pub bins: Vec<String>,
}

/// All of a site's, in the order they are walked through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Zone>")]
pub struct Zones(Vec<Zone>);

/// Where picking of a parcel begins: waves are walked in this order. What lies nowhere comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PickStart {
    zone: usize,
    bin: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    #[error("zone `{0}` can't be called so: use letters and digits, for wave codes have it in them, and not `{MIXED}`")]
    Name(String),
    #[error("there are two [[zone]] named `{0}`: write all its bins into one")]
    Twice(String),
    #[error("zone `{0}` has no bins: write what they begin with, like bins = [\"A-\"]")]
    Empty(String),
    #[error("bins that begin with `{bins}` are in zone `{one}` and in zone `{other}`: a bin is in one")]
    Shared { bins: String, one: String, other: String },
}

impl TryFrom<Vec<Zone>> for Zones {
    type Error = ZoneError;

    fn try_from(zones: Vec<Zone>) -> Result<Self, ZoneError> {
        for (index, zone) in zones.iter().enumerate() {
            check(zone, &zones[..index])?;
        }
        Ok(Zones(zones))
    }
}

fn check(zone: &Zone, earlier: &[Zone]) -> Result<(), ZoneError> {
    let name = zone.name.clone();
    if name.is_empty() || name == MIXED || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(ZoneError::Name(name));
    }
    if zone.bins.iter().all(String::is_empty) {
        return Err(ZoneError::Empty(name));
    }
    for other in earlier {
        if other.name == name {
            return Err(ZoneError::Twice(name));
        }
        if let Some(bins) = zone.bins.iter().find(|bins| other.bins.contains(bins)) {
            return Err(ZoneError::Shared { bins: bins.clone(), one: other.name.clone(), other: name });
        }
    }
    Ok(())
}

impl Zones {
    pub fn is_known(&self, name: &str) -> bool {
        name == MIXED || self.0.iter().any(|zone| zone.name == name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|zone| zone.name.as_str())
    }

    /// The zone of orders that travel together, `MIXED` where they need several. Goods without a bin are in none and don't
    /// count; those in a bin that no zone has are somewhere else.
    pub fn of<'o>(&self, orders: impl IntoIterator<Item = &'o Order>) -> Option<&str> {
        let mut zones = bins(orders).map(|bin| self.of_bin(bin));
        let first = zones.next()?;
        if zones.all(|zone| zone == first) { first.map(|index| self.0[index].name.as_str()) } else { Some(MIXED) }
    }

    pub fn start<'o>(&self, orders: impl IntoIterator<Item = &'o Order>) -> PickStart {
        let bin = bins(orders).next();
        let zone =
            bin.and_then(|bin| self.of_bin(bin)).unwrap_or(if bin.is_some() { self.0.len() } else { usize::MAX });
        PickStart { zone, bin: bin.unwrap_or_default().to_owned() }
    }

    /// The longest beginning decides: `A-9` may be cut out of `A-`.
    fn of_bin(&self, bin: &str) -> Option<usize> {
        let begins =
            self.0.iter().enumerate().flat_map(|(index, zone)| zone.bins.iter().map(move |bins| (bins, index)));
        let fits = begins.filter(|(bins, _)| !bins.is_empty() && bin.starts_with(bins.as_str()));
        fits.max_by_key(|(bins, _)| bins.len()).map(|(_, index)| index)
    }
}

/// Of what is still to be picked, in the order of the lines.
fn bins<'o>(orders: impl IntoIterator<Item = &'o Order>) -> impl Iterator<Item = &'o str> {
    let open = |line: &&Line| line.status == LineStatus::Open;
    orders.into_iter().flat_map(|order| &order.lines).filter(open).filter_map(|line| line.bin.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones() -> Zones {
        let zone = |name: &str, bins: &[&str]| Zone {
            name: name.into(),
            bins: bins.iter().map(|bins| (*bins).to_owned()).collect(),
        };
        Zones::try_from(vec![zone("B", &["B-"]), zone("A", &["A-", "C-"]), zone("COLD", &["A-9"])]).expect("good ones")
    }

    fn order(bins: &[&str]) -> Order {
        let line = |bin: &&str| match *bin {
            "" => serde_json::json!({ "sku": "T01", "name": "t", "quantity": 1 }),
            bin => serde_json::json!({ "sku": "T01", "name": "t", "quantity": 1, "bin": bin.trim_end_matches('!'),
                "status": if bin.ends_with('!') { "refunded" } else { "open" } }),
        };
        let lines: Vec<_> = bins.iter().map(line).collect();
        serde_json::from_value(serde_json::json!({ "order_no": "1", "channel": "tmall", "shop": "s",
            "paid_at": "2026-11-30T00:00:00Z", "lines": lines, "amount_fen": 0 }))
        .expect("an order")
    }

    #[test]
    fn a_parcel_is_in_the_zone_of_all_its_goods_or_mixed() {
        let of = |bins: &[&str]| zones().of(&[order(bins)]).map(str::to_owned);
        assert_eq!(of(&["A-01", "C-07"]).as_deref(), Some("A"));
        assert_eq!(of(&["A-01", "B-07"]).as_deref(), Some(MIXED));
        assert_eq!(of(&["A-91"]).as_deref(), Some("COLD"), "the longest beginning decides");
        assert_eq!(of(&["A-01", ""]).as_deref(), Some("A"), "a leaflet without a bin is in no zone");
        assert_eq!(of(&["A-01", "B-07!"]).as_deref(), Some("A"), "nobody picks what was refunded");
        assert_eq!(of(&["A-01", "X-01"]).as_deref(), Some(MIXED), "somebody must go somewhere else for it");
        assert_eq!(of(&["X-01"]), None);
        assert_eq!(of(&[""]), None);
        assert_eq!(zones().of(&[order(&["A-01"]), order(&["B-01"])]), Some(MIXED), "they travel together");
    }

    #[test]
    fn picking_goes_through_the_zones_in_their_order_and_then_by_bin() {
        let mut starts = ["", "X-01", "A-92", "A-02", "A-01", "B-07"].map(|bin| zones().start(&[order(&[bin])]));
        starts.sort();
        assert_eq!(starts.each_ref().map(|start| start.bin.as_str()), ["B-07", "A-01", "A-02", "A-92", "X-01", ""]);
    }

    #[test]
    fn what_cant_be_meant_is_refused() {
        let zone = |name: &str, bins: &[&str]| Zone {
            name: name.into(),
            bins: bins.iter().map(|bins| (*bins).to_owned()).collect(),
        };
        let wrong = |zones: Vec<Zone>| Zones::try_from(zones).expect_err("it can't be meant").to_string();
        assert!(wrong(vec![zone("mixed", &["A-"])]).contains("can't be called so"));
        assert!(wrong(vec![zone("一区", &["A-"])]).contains("can't be called so"));
        assert!(wrong(vec![zone("A", &[])]).contains("has no bins"));
        assert!(wrong(vec![zone("A", &["A-"]), zone("A", &["B-"])]).contains("two [[zone]] named `A`"));
        assert!(wrong(vec![zone("A", &["A-"]), zone("B", &["A-"])]).contains("in zone `A` and in zone `B`"));
    }
}
