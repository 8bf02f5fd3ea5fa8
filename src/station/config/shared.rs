//! Printers that several places use: their labels lie in one tray, so each says whose it is, and none counts before it was
//! scanned. A backup counts as well, for nobody looks whose turn it is while a printer is down.

use std::collections::BTreeSet;

use super::PlaceConfig;
use crate::bench::{Role, ScanBack};

/// The printers and components of a place at which parcels' labels of other places come out as well.
pub(super) fn printers(all: &[PlaceConfig], of: &PlaceConfig) -> BTreeSet<String> {
    let others: Vec<_> = all.iter().filter(|place| place.name != of.name && prints_labels(place)).collect();
    let is_shared = |printer: &&String| others.iter().any(|place| uses(place).any(|used| used == *printer));
    let own = uses(of).filter(|_| prints_labels(of));
    own.filter(is_shared).cloned().collect()
}

/// What works otherwise than the config says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub what: String,
    pub cure: &'static str,
}

/// Where the config lets a packer leave out a scan that a shared printer needs.
pub(super) fn warning(all: &[PlaceConfig], of: &PlaceConfig) -> Option<Warning> {
    let shared = printers(all, of);
    let printer = shared.first().filter(|_| of.role == Role::Pack)?;
    let says = match of.scan_back {
        ScanBack::Always => return None,
        ScanBack::AfterDoubt => "after_doubt",
        ScanBack::Off => "off",
    };
    let (name, also) = (&of.name, with(all, of, printer));
    let what = format!(
        "place `{name}` has scan_back = \"{says}\", and its printer `{printer}` is {also}'s as well: labels from there are \
         scanned back all the same, or one would be stuck on another's parcel"
    );
    Some(Warning { what, cure: "write scan_back = \"always\", or give each place a printer of its own" })
}

fn with(all: &[PlaceConfig], of: &PlaceConfig, printer: &str) -> String {
    let also = all.iter().filter(|place| place.name != of.name && prints_labels(place));
    let names = also.filter(|place| uses(place).any(|used| used == printer)).map(|place| format!("`{}`", place.name));
    names.collect::<Vec<_>>().join(" and ")
}

fn prints_labels(place: &PlaceConfig) -> bool {
    matches!(place.role, Role::Pack | Role::PrintDesk)
}

fn uses(place: &PlaceConfig) -> impl Iterator<Item = &String> {
    place.printer.iter().chain(&place.backup).chain(&place.components)
}
