//! A parcel whose picker didn't find all of its goods: the bench stops whoever opens it, until somebody says that they came.

use crate::bench::decision::Decision;
use crate::bench::prompt::Prompt;
use crate::bench::work::Stage;
use crate::bench::{Place, View};
use crate::domain::fact::{Asking, Fact};

/// Stops whoever opens a parcel that lacks goods, and asks whether they came.
pub(in crate::bench) fn stop(decision: &mut Decision, view: &View, number: Option<&String>) -> bool {
    let missing = view.work.picks.missing(&view.needs);
    if missing.is_empty() || view.work.stage != Stage::Untouched {
        return false;
    }
    let name = |sku| view.need(sku).map_or_else(|| sku.to_string(), |need| need.name.clone());
    let what = missing.iter().map(|pieces| format!("{} × {}", name(&pieces.sku), pieces.quantity));
    let what: Vec<_> = what.collect();
    let (place, parcel) = (decision.place(), view.parcel.parcel_id.clone());
    decision.record(Fact::PlaceAsked { place, asking: Some(Asking::GoodsMissing { parcel, number: number.cloned() }) });
    decision.stop(Some(view), Prompt::LacksGoods { what: what.join("、") });
    true
}

/// They came: the parcel is opened by its next scan, as any other.
pub(in crate::bench) fn came(decision: &mut Decision, place: &Place, view: &View) {
    decision.record_of(view, Fact::MissingGoodsCame { place: place.name.clone() });
    decision.record(Fact::PlaceAsked { place: place.name.clone(), asking: None });
    decision.say(Prompt::ScanParcel);
}
