//! Lots and days on goods: which should go first, and which are too old for whom. Only goods that are tracked by them are
//! looked at.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::list::{self, Stop};
use crate::bench::View;
use crate::bench::prompt::Prompt;
use crate::domain::order::ItemTracks;
use crate::domain::parcel::Stored;

/// What a code on goods says of them besides what they are (GS1: batch or lot, and the last day they are good for).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub lot: Option<String>,
    pub expires_on: Option<Date>,
}

/// Does a parcel's line ask for this very lot?
pub(super) fn fits(view: &View, stop: &Stop<'_>, marks: &Marks) -> bool {
    list::lots(view, &stop.bin, &stop.sku).any(|lot| match (&marks.lot, &lot.lot) {
        (Some(scanned), Some(lot)) => scanned == lot,
        _ => marks.expires_on.is_some() && marks.expires_on == lot.expires_on,
    })
}

/// The lot that should go in place of the scanned one: an earlier day, or the one that the lines name where no day tells.
/// All open parcels of the list are asked, whoever fetches their goods.
pub(super) fn goes_first<'a>(open: &[&'a View], stop: &'a Stop<'_>, marks: &Marks) -> Option<&'a Stored> {
    if !is_tracked(stop.tracks) {
        return None;
    }
    let lots = open.iter().flat_map(|view| list::lots(view, &stop.bin, &stop.sku));
    let lots: Vec<&Stored> = lots.collect();
    let earliest = lots.iter().copied().filter(|lot| lot.expires_on.is_some()).min_by_key(|lot| lot.expires_on);
    match (marks.expires_on, earliest) {
        (Some(scanned), Some(lot)) => Some(lot).filter(|lot| lot.expires_on < Some(scanned)),
        _ => {
            let scanned = marks.lot.as_ref()?;
            let named = |lot: &&&Stored| lot.lot.as_ref() == Some(scanned);
            let other = lots.iter().copied().find(|lot| lot.lot.is_some())?;
            lots.iter().find(named).is_none().then_some(other)
        }
    }
}

/// The day until which goods are good, and how many days the parcel's channel wants to be left: where they are too few.
pub(super) fn too_old(
    view: &View,
    stop: &Stop<'_>,
    marks: &Marks,
    min_days: &BTreeMap<String, u32>,
    today: Date,
) -> Option<(Date, u32)> {
    if !is_tracked(stop.tracks) {
        return None;
    }
    let wanted = view.orders.iter().filter_map(|record| min_days.get(&record.order.channel)).max()?;
    let lines = || list::lots(view, &stop.bin, &stop.sku).filter_map(|lot| lot.expires_on).min();
    let until = marks.expires_on.or_else(lines)?;
    (days(today, until) < i64::from(*wanted)).then_some((until, *wanted))
}

fn days(from: Date, until: Date) -> i64 {
    // Between two days of the calendar there are always so many.
    from.until(until).map_or(0, |span| i64::from(span.get_days()))
}

fn is_tracked(tracks: ItemTracks) -> bool {
    matches!(tracks, ItemTracks::Lot | ItemTracks::Expiry)
}

/// A lot as a picker reads it on the goods.
pub(super) fn shown(lot: &Stored) -> String {
    let words = [lot.lot.clone(), lot.expires_on.map(|day| day.to_string())];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The stop refuses these goods for this parcel.
pub(super) fn refusal(name: &str, (until, days): (Date, u32)) -> Prompt {
    Prompt::ExpiresTooSoon { name: name.to_owned(), until: until.to_string(), days }
}
