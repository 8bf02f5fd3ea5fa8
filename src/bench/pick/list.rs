//! What is left of a pick list: its stops in the order of their bins, with the parcels that each is for, the most urgent
//! first. A function of what was picked until now; nothing is kept of it.

use jiff::civil::Date;

use super::round::{Round, Way};
use crate::bench::View;
use crate::bench::work::Stage;
use crate::domain::id::Sku;
use crate::domain::order::{ItemCheck, ItemTracks};
use crate::domain::parcel::{Stored, due_us};
use crate::domain::picks::Pieces;

/// Goods to take from one bin.
pub(super) struct Stop<'a> {
    /// `None` where no line says in which.
    pub bin: Option<String>,
    pub sku: Sku,
    pub name: String,
    pub check: ItemCheck,
    pub tracks: ItemTracks,
    pub left: u32,
    /// Who lacks how many of them.
    pub shares: Vec<(&'a View, u32)>,
    /// The tote they go into, where the parcel has one of its own.
    pub tote: Option<String>,
}

/// Parcels of the list that may go on and that nobody packs yet, the most urgent first.
pub(super) fn open(wave: &[View]) -> Vec<&View> {
    let is_open = |view: &&View| {
        let aside = view.work.set_aside.is_some() && view.work.picks.missing(&view.needs).is_empty();
        view.work.stage == Stage::Untouched && !aside && view.stop().is_none()
    };
    let mut open: Vec<&View> = wave.iter().filter(is_open).collect();
    let position = |view: &View| view.parcel.wave.as_ref().map_or(0, |wave| wave.position);
    open.sort_by_key(|view| (due_us(&view.orders), position(view)));
    open
}

pub(super) fn lacking(view: &View) -> Vec<Pieces> {
    view.work.picks.lacking(&view.needs)
}

pub(super) fn is_complete(view: &View) -> bool {
    lacking(view).is_empty()
}

/// Found without its goods in this round.
fn is_short(round: &Round, view: &View, bin: &Option<String>, sku: &Sku) -> bool {
    view.work.picks.is_short(bin, sku) && round.short.iter().any(|(at, of)| at == bin && of == sku)
}

/// Is there anything of it that this round can still fetch?
pub(super) fn is_left(round: &Round, view: &View) -> bool {
    lacking(view).iter().any(|pieces| !is_short(round, view, &pieces.bin, &pieces.sku))
}

/// The stops that are left, as they are walked.
pub(super) fn stops<'a>(round: &Round, wave: &'a [View]) -> Vec<Stop<'a>> {
    let totes = round.way == Some(Way::Totes);
    let mut stops: Vec<Stop<'a>> = Vec::new();
    // One that has a tote is fetched by whoever has that on the cart.
    let is_fetched = |view: &&View| is_lent(round, view) || (!totes && own_tote(view).is_none());
    for view in open(wave).into_iter().filter(is_fetched) {
        for Pieces { bin, sku, quantity: left, .. } in lacking(view) {
            if is_short(round, view, &bin, &sku) {
                continue;
            }
            let tote = own_tote(view);
            let same = stops.iter_mut().find(|stop| stop.tote == tote && stop.bin == bin && stop.sku == sku);
            match same.filter(|_| !totes) {
                Some(stop) => {
                    stop.left += left;
                    stop.shares.push((view, left));
                }
                None => stops.extend(stop(view, bin, sku, left, tote)),
            }
        }
    }
    let later = |stop: &Stop<'_>| round.later.iter().position(|(bin, sku)| *bin == stop.bin && *sku == stop.sku);
    // Bins nobody knows come last; the sort is stable, so the most urgent tote of a bin is first.
    stops.sort_by_cached_key(|stop| {
        let later = later(stop).map_or(0, |at| at + 1);
        (later, stop.bin.is_none(), stop.bin.clone(), stop.sku.clone())
    });
    stops
}

pub(super) fn is_lent(round: &Round, view: &View) -> bool {
    round.lent.contains(&view.parcel.parcel_id)
}

/// The tote of a parcel of the list that wants more, and isn't on this cart.
pub(super) fn tote_elsewhere(round: &Round, wave: &[View]) -> Option<String> {
    let waits = |view: &&View| !is_lent(round, view) && is_left(round, view);
    open(wave).into_iter().filter(waits).find_map(own_tote)
}

/// What a picker gave it; a slot of a wall is none.
fn own_tote(view: &View) -> Option<String> {
    view.work.tote.clone().filter(|_| view.work.sorted.is_empty())
}

fn stop(view: &View, bin: Option<String>, sku: Sku, left: u32, tote: Option<String>) -> Option<Stop<'_>> {
    let need = view.need(&sku)?;
    let (name, check, tracks) = (need.name.clone(), need.check, need.tracks);
    Some(Stop { bin, sku, name, check, tracks, left, shares: vec![(view, left)], tote })
}

impl Stop<'_> {
    pub fn is_at(&self, bin: &Option<String>) -> bool {
        self.bin.is_none() || self.bin == *bin
    }

    /// The lot that should go first, where the lines name lots or days.
    pub fn first(&self) -> Option<&Stored> {
        self.shares.iter().flat_map(|(view, _)| lots(view, &self.bin, &self.sku)).min_by_key(|lot| day(lot.expires_on))
    }
}

/// Lines of a parcel with a lot or a day of which pieces are still to come from the bin.
pub(super) fn lots<'a>(view: &'a View, bin: &'a Option<String>, sku: &'a Sku) -> impl Iterator<Item = &'a Stored> {
    let stored = view.need(sku).into_iter().flat_map(|need| &need.stored);
    stored.filter(move |stored| {
        let named = stored.lot.is_some() || stored.expires_on.is_some();
        named && stored.bin == *bin && stored.quantity > taken_of_lot(view, sku, stored)
    })
}

fn taken_of_lot(view: &View, sku: &Sku, stored: &Stored) -> u32 {
    let taken = view.work.picks.taken.iter().filter(|pieces| pieces.sku == *sku && pieces.bin == stored.bin);
    let same = taken.filter(|pieces| pieces.lot == stored.lot && pieces.expires_on == stored.expires_on);
    same.map(|pieces| pieces.quantity).sum()
}

/// What never ends goes last.
fn day(expires_on: Option<Date>) -> Date {
    expires_on.unwrap_or(Date::MAX)
}
