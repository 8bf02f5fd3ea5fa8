//! `warehouse.toml`: when carriers cut off, what platforms allow, which zones there are, and which waves are released by
//! themselves. Every option stands, commented out at its default, in `config/warehouse.toml`.

use std::path::Path;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::waves::WaveFlow;
use crate::config;
use crate::domain::cutoff::{Cutoffs, Timetable};
use crate::domain::due::{ChannelLimits, Limits, SHIP_WITHIN_H};
use crate::domain::id::StationCode;
use crate::domain::order::CarrierCode;
use crate::domain::zone::Zones;

/// The documented file.
pub const EXAMPLE: &str = include_str!("../../config/warehouse.toml");

/// More in one wave than this nobody walks; a site says fewer where its carts hold fewer.
const AT_MOST: u32 = 500;
/// Every carrier comes once a day.
const NOT_SHIPPED_H: u32 = 24;
/// Picking and packing a wave takes about this long.
const BEFORE_MIN: u32 = 120;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WarehouseRules {
    pub ship_within_h: u32,
    /// How long a packed parcel may stay whose carrier has no cut-off; 0: none is ever missed.
    pub not_shipped_h: u32,
    pub limit: ChannelLimits,
    pub cutoff: Cutoffs,
    #[serde(rename = "zone")]
    pub zones: Zones,
    #[serde(rename = "release")]
    pub plans: Vec<Plan>,
}

/// `[[release]]`: a wave for each cut-off of a carrier, so long before it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Without one, a wave for each carrier.
    #[serde(default)]
    pub carrier: Option<CarrierCode>,
    pub flow: WaveFlow,
    #[serde(default)]
    pub zone: Option<String>,
    #[serde(default)]
    pub channel: Option<String>,
    /// Without one, that of its station, or the hub's.
    #[serde(default)]
    pub warehouse: Option<String>,
    #[serde(default)]
    pub station: Option<StationCode>,
    #[serde(default = "before_min")]
    pub before_min: u32,
    #[serde(default = "at_most")]
    pub at_most: u32,
}

fn before_min() -> u32 {
    BEFORE_MIN
}

fn at_most() -> u32 {
    AT_MOST
}

const HOURS_OF_A_YEAR: u32 = 366 * 24;

/// What of the file doesn't fit together.
#[derive(Debug, thiserror::Error)]
pub enum WarehouseError {
    #[error("ship_within_h = 0 leaves no time: write hours from the payment on, like 48")]
    NoTime,
    #[error("not_shipped_h = {0} is more than a year: write hours, like 24, or 0 for never")]
    NotShipped(u32),
    #[error("[[release]] {0} names zone `{1}`, which no [[zone]] is: {2}")]
    UnknownZone(String, String, String),
    #[error("[[release]] {0} names no station: say which one prints its labels, as station = \"SZ-01\"")]
    NoStation(String),
    #[error("[[release]] {0} releases nothing: before_min and at_most are at least 1")]
    Nothing(String),
    #[error("[[release]] {0} stands there twice: let them differ in before_min, zone, flow or carrier, or keep one")]
    Twice(String),
    #[error("[[release]] {0} has no cut-off that it could be released for: add a [[cutoff]] of its carrier")]
    NoCutoff(String),
}

impl Default for WarehouseRules {
    fn default() -> Self {
        WarehouseRules {
            ship_within_h: SHIP_WITHIN_H,
            not_shipped_h: NOT_SHIPPED_H,
            limit: ChannelLimits::default(),
            cutoff: Cutoffs::default(),
            zones: Zones::default(),
            plans: Vec::new(),
        }
    }
}

/// Reads a site's file.
pub fn read(path: &Path) -> anyhow::Result<WarehouseRules> {
    let rules: WarehouseRules = config::load(path)?;
    rules.check().with_context(|| format!("{} does not fit together", path.display()))?;
    Ok(rules)
}

impl WarehouseRules {
    pub fn limits(&self) -> Limits {
        Limits::new(self.limit.clone(), self.ship_within_h)
    }

    pub fn timetable(&self, zone: TimeZone) -> Timetable {
        self.cutoff.timetable(zone)
    }

    pub fn check(&self) -> Result<(), WarehouseError> {
        if self.ship_within_h == 0 {
            return Err(WarehouseError::NoTime);
        }
        if self.not_shipped_h > HOURS_OF_A_YEAR {
            return Err(WarehouseError::NotShipped(self.not_shipped_h));
        }
        for (index, plan) in self.plans.iter().enumerate() {
            self.check_plan(plan)?;
            if self.plans[..index].iter().any(|earlier| earlier.name() == plan.name()) {
                return Err(WarehouseError::Twice(plan.name()));
            }
        }
        Ok(())
    }

    fn check_plan(&self, plan: &Plan) -> Result<(), WarehouseError> {
        let name = plan.name();
        if let Some(zone) = plan.zone.as_ref().filter(|zone| !self.zones.is_known(zone)) {
            let known = self.zones.names().collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "add one".to_owned() } else { format!("there are {known}") };
            return Err(WarehouseError::UnknownZone(name, zone.clone(), known));
        }
        if plan.flow == WaveFlow::WaybillFirst && plan.station.is_none() {
            return Err(WarehouseError::NoStation(name));
        }
        if plan.before_min == 0 || plan.at_most == 0 {
            return Err(WarehouseError::Nothing(name));
        }
        let mut carriers = CarrierCode::ALL.into_iter().filter(|carrier| plan.takes(*carrier));
        match carriers.any(|carrier| self.cutoff.names(carrier)) {
            true => Ok(()),
            false => Err(WarehouseError::NoCutoff(name)),
        }
    }
}

impl Plan {
    pub fn takes(&self, carrier: CarrierCode) -> bool {
        self.carrier.is_none_or(|wanted| wanted == carrier)
    }

    /// What tells it from the others, as people read it and as the store remembers what it released: `zto waybill_first
    /// zone A, 120 min before`.
    pub fn name(&self) -> String {
        let mut name = self.carrier.map_or("every carrier", CarrierCode::as_str).to_owned();
        for part in [Some(self.flow.as_str().to_owned()), self.zone.as_ref().map(|zone| format!("zone {zone}"))] {
            name.extend(part.map(|part| format!(" {part}")));
        }
        let further = [&self.channel, &self.warehouse, &self.station.as_ref().map(|station| station.0.clone())];
        name.extend(further.into_iter().flatten().map(|part| format!(" {part}")));
        format!("{name}, {} min before", self.before_min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<WarehouseRules, String> {
        let rules: WarehouseRules = config::parse(text, Path::new("warehouse.toml")).map_err(|e| e.to_string())?;
        rules.check().map(|()| rules).map_err(|error| error.to_string())
    }

    const CUTOFF: &str = "[[cutoff]]\ncarrier = \"zto\"\nat = [\"mon-sat 20:00\"]\n";
    const PLAN: &str = "[[release]]\ncarrier = \"zto\"\nflow = \"waybill_first\"\nstation = \"SZ-01\"\n";

    #[test]
    fn a_plan_is_told_from_the_others_by_its_name() {
        let rules = checked(&format!("{CUTOFF}{PLAN}{PLAN}before_min = 60\n")).expect("two plans");
        let names: Vec<_> = rules.plans.iter().map(Plan::name).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["zto waybill_first SZ-01, 120 min before", "zto waybill_first SZ-01, 60 min before"]);
        assert_eq!((rules.plans[0].before_min, rules.plans[0].at_most), (120, 500));
    }

    #[test]
    fn what_doesnt_fit_together_is_named_with_its_cure() {
        for (text, says) in [
            (format!("{CUTOFF}{PLAN}{PLAN}"), "stands there twice"),
            (format!("{CUTOFF}{PLAN}zone = \"B\"\n"), "names zone `B`, which no [[zone]] is: add one"),
            (format!("{CUTOFF}{PLAN}at_most = 0\n"), "at least 1"),
            (format!("{CUTOFF}{}", PLAN.replace("station = \"SZ-01\"\n", "")), "names no station"),
            (format!("{CUTOFF}{}", PLAN.replace("zto", "sf")), "sf waybill_first SZ-01, 120 min before has no cut-off"),
            (PLAN.replace("carrier = \"zto\"\n", ""), "add a [[cutoff]] of its carrier"),
            ("ship_within_h = 0".to_owned(), "leaves no time"),
            ("not_shipped_h = 4294967295".to_owned(), "more than a year"),
            (format!("{CUTOFF}{PLAN}befor_min = 60\n"), "did you mean `before_min`?"),
            ("[[zone]]\nname = \"A\"\nbins = []\n".to_owned(), "zone `A` has no bins"),
        ] {
            let said = checked(&text).expect_err("it doesn't fit");
            assert!(said.contains(says), "{text}: {said}");
        }
    }
}
