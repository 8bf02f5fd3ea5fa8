//! What has happened to a parcel, added up from facts: this station's and, as far as they came down, the others'.

mod checks;
mod leaving;
mod papers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use checks::Check;
pub use leaving::{Aboard, Bagged};
pub use papers::{Asked, LabelWork, Waybill};

use crate::domain::boxed::{self, Boxed};
use crate::domain::fact::{Fact, Flow, PrintOutcome};
use crate::domain::id::{JobId, OrderNo, PlaceName, StationCode, WaybillId};
use crate::domain::material::Used;
use crate::domain::picks::Picks;
use crate::domain::share::Goods;
use crate::domain::waybill::{LEARNED, Origin};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    pub stage: Stage,
    /// Who has it in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<(StationCode, PlaceName)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Flow>,
    /// The number on the label that was scanned first, whoever printed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned: Option<String>,
    /// The orders' revisions as the packer accepted them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub revisions: BTreeMap<OrderNo, u32>,
    /// What those want in the box.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub goods: Goods,
    /// What of that a lead let it go without.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub absent: Goods,
    /// Item scans in their order, so that the last can be taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Boxes beyond the first, each with how many scans came before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<usize>,
    /// Of several boxes, the numbers of those that the dock has scanned while others are still to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loaded: Vec<String>,
    /// By whose handover, where there was one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aboard: Aboard,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waybills: Vec<Waybill>,
    #[serde(default)]
    pub asked: Asked,
    /// The shop on whose own account the carrier was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// A request for it under this id may have come to the carrier, late or not: only this id is ever used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubted: bool,
    /// The hub has no other carrier for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stays: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelWork>,
    /// It was on a scale since it was packed: whoever scans its label once more has another box in hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weighed: bool,
    /// What those of several boxes weigh that were on the scale.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub piece_weights_g: BTreeMap<String, u32>,
    /// The bag that it lies in until it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bag: Option<Bagged>,
    /// Packing material that was used on it, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Used>,
    /// The tote or slot that its goods lie in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tote: Option<String>,
    /// What was sorted into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sorted: Vec<Check>,
    #[serde(default, skip_serializing_if = "Picks::is_none")]
    pub picks: Picks,
    /// What went back into the bins after all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_back: Vec<Check>,
    /// The loan that this station has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    #[default]
    Untouched,
    Checking,
    Checked,
    Packed,
    Shipped,
}

impl Work {
    /// Work that needs nobody any more: it may leave memory. A label without an outcome is still to be settled.
    pub fn finished(&self) -> bool {
        self.stage == Stage::Shipped && self.labels.iter().all(|label| label.outcome.is_some())
    }

    /// Its box, as far as that is known.
    pub fn boxed(&self) -> Boxed<'_> {
        Boxed { revisions: &self.revisions, goods: &self.goods, absent: &self.absent }
    }

    /// The carrier doesn't have the parcel under the number that is on it, and won't by itself.
    pub fn is_disowned(&self) -> bool {
        let pooled = || self.waybills.iter().any(|waybill| waybill.live && waybill.origin == Origin::Pool);
        match self.asked {
            Asked::Conflicted => true,
            Asked::Rejected { .. } => pooled(),
            _ => false,
        }
    }

    /// The number that its carrier knows it by under this id: also once its label is void, for the carrier hasn't heard of that.
    pub fn at_carrier(&self, waybill_id: &WaybillId) -> Option<&Waybill> {
        let real = |waybill: &&Waybill| waybill.waybill_id == *waybill_id && waybill.origin != Origin::Temporary;
        self.waybills.iter().filter(real).max_by_key(|waybill| waybill.live)
    }

    /// The newest label that bears `number` and may exist.
    pub fn label(&self, number: &str) -> Option<&LabelWork> {
        self.labels.iter().rev().find(|label| label.number == number && label.live())
    }

    /// Boxes it is packed in, as the packer says or as the carrier has it.
    pub fn pieces(&self) -> u32 {
        let numbered = self.waybills.iter().filter(|waybill| waybill.live).map(|waybill| waybill.children.len());
        1 + numbered.max().unwrap_or(0).max(self.further.len()) as u32
    }

    /// Nothing can be at the carrier yet under the parcel's id.
    pub fn is_unasked(&self) -> bool {
        let real = self.waybills.iter().any(|waybill| waybill.live && waybill.origin != Origin::Temporary);
        !real && matches!(self.asked, Asked::Never | Asked::NotSent)
    }

    /// A number that counts no more, of a parcel or of one of its boxes.
    pub fn is_void(&self, number: &str) -> bool {
        let bears =
            |waybill: &Waybill| waybill.number == number || waybill.children.iter().any(|child| child == number);
        self.waybills.iter().any(|waybill| !waybill.live && bears(waybill))
    }

    /// Another check, and other boxes, unless the carrier knows of these.
    fn begin_anew(&mut self) {
        self.checks.clear();
        self.materials.clear();
        match self.is_unasked() {
            true => {
                self.further.clear();
                self.waybills.iter_mut().filter(|waybill| waybill.live).for_each(|waybill| waybill.children.clear());
            }
            // No box of that check is taken back by an UNDO in this one.
            false => self.further.iter_mut().for_each(|before| *before = usize::MAX),
        }
    }

    /// A label with this number is known to be on the box.
    pub fn is_labelled(&self, number: &str) -> bool {
        self.scanned.as_deref() == Some(number) || self.label(number).is_some_and(|label| label.seen)
    }

    /// A label that was printed or tried at the place in hand and whose barcode nobody scanned yet.
    pub fn awaited(&self) -> Option<&LabelWork> {
        self.labels.last().filter(|label| !label.seen && !label.discarded)
    }

    /// Facts may come from two stations that know nothing of each other: what one checks is not what the other has in
    /// hand, and the first known holder stays until it lets go.
    pub fn remember(&mut self, fact: &Fact, station: &StationCode) {
        match fact {
            Fact::ParcelOpened { .. }
            | Fact::ItemChecked { .. }
            | Fact::ItemUnchecked { .. }
            | Fact::RevisionAccepted { .. }
            | Fact::CheckCompleted { .. }
            | Fact::MaterialUsed { .. }
            | Fact::MaterialTakenBack { .. }
            | Fact::ParcelSetAside { .. }
                if self.held_elsewhere(station) => {}
            Fact::ParcelOpened { place, flow, revisions, number, goods } => {
                self.scanned = number.clone();
                self.stage = self.stage.max(Stage::Checking);
                self.at = Some((station.clone(), place.clone()));
                self.flow = Some(*flow);
                (self.revisions, self.goods) = (revisions.clone(), goods.clone());
                self.absent.clear();
                self.set_aside = None;
                self.put_back.clear();
                self.begin_anew();
            }
            Fact::ItemChecked { sku, quantity, .. } => {
                self.checks.push(Check { sku: sku.clone(), quantity: *quantity });
            }
            Fact::ItemUnchecked { sku, quantity, .. } => checks::take_back(&mut self.checks, sku, *quantity),
            Fact::RevisionAccepted { revisions, goods, .. } => {
                self.absent = boxed::still_absent(&self.goods, &self.absent, goods);
                (self.revisions, self.goods) = (revisions.clone(), goods.clone());
            }
            Fact::CheckForced { reason, missing, .. } => self.absent = boxed::absent(reason, missing),
            Fact::PiecesCounted { count, .. } => {
                self.further.resize(count.saturating_sub(1) as usize, self.checks.len())
            }
            Fact::PiecesNumbered { number, children, .. } => {
                for waybill in self.waybills.iter_mut().filter(|waybill| waybill.number == *number) {
                    waybill.children.clone_from(children);
                }
            }
            Fact::PieceLoaded { number, handover, .. } if !self.loaded.contains(number) => {
                self.loaded.push(number.clone());
                let with = handover.as_ref().map(|handover| (number.clone(), (station.clone(), handover.clone())));
                self.aboard.extend(with);
            }
            Fact::PiecesUnloaded { numbers, .. } => {
                self.loaded.retain(|loaded| !numbers.contains(loaded));
                self.aboard.retain(|loaded, _| !numbers.contains(loaded));
            }
            Fact::CheckCompleted { .. } => self.stage = self.stage.max(Stage::Checked),
            Fact::ToteLent { tote, .. } => self.tote = Some(tote.clone()),
            Fact::ToteFreed { .. } => self.leave_tote(),
            Fact::ItemSorted { sku, quantity, .. } => {
                self.sorted.push(Check { sku: sku.clone(), quantity: *quantity });
            }
            Fact::ItemUnsorted { sku, quantity, .. } => checks::take_back(&mut self.sorted, sku, *quantity),
            Fact::ParcelSetAside { reason, .. } => {
                self.set_aside = Some(reason.clone());
                self.at = None;
                self.bag = None;
                self.leave_tote();
                if self.stage < Stage::Packed {
                    self.stage = Stage::Untouched;
                    self.begin_anew();
                }
            }
            Fact::ParcelPacked { .. } => {
                self.stage = self.stage.max(Stage::Packed);
                self.at = None;
                self.leave_tote();
            }
            Fact::ParcelBagged { bag, number, .. } => {
                let (bag, number) = (bag.clone(), number.clone());
                self.bag = Some(Bagged { bag, number, station: Some(station.clone()) });
            }
            Fact::ParcelUnbagged { .. } => self.bag = None,
            // Told twice, it finds the goods out already.
            Fact::ParcelReopened { place, left, revised, number, lacking }
                if self.is_closed(*lacking) && (self.holds_any(left) || self.is_behind(revised)) =>
            {
                self.stage = if *lacking { Stage::Checking } else { Stage::Checked };
                self.at = Some((station.clone(), place.clone()));
                self.scanned = number.clone().or(self.scanned.take());
                self.weighed = false;
                self.piece_weights_g.clear();
                // It lies open on a bench: in no bag, and with none of its boxes on a truck.
                self.bag = None;
                self.loaded.clear();
                self.aboard.clear();
            }
            Fact::ParcelWeighed { .. } => self.weighed = true,
            Fact::PieceWeighed { number, grams, .. } => drop(self.piece_weights_g.insert(number.clone(), *grams)),
            Fact::MaterialUsed { code, quantity, weight_g, .. } => {
                let (code, after) = (code.clone(), self.checks.len());
                self.materials.push(Used { code, quantity: *quantity, weight_g: *weight_g, after });
            }
            Fact::MaterialTakenBack { code, .. } => {
                self.materials.pop_if(|last| last.code == *code);
            }
            Fact::LoanReturned { lent_us } => self.returned = Some(*lent_us),
            Fact::ParcelShipped { .. } => {
                self.stage = Stage::Shipped;
                self.at = None;
                self.bag = None;
            }
            Fact::ParcelRelabelled { .. } => self.at = None,
            // A question about a parcel that went unanswered leaves it unanswered.
            Fact::WaybillRequested { account, .. } if matches!(self.asked, Asked::Never | Asked::NotSent) => {
                self.asked = Asked::Pending;
                self.account = account.clone();
            }
            Fact::WaybillNotThere { .. } => {
                self.asked = Asked::Never;
                self.doubted = true;
            }
            Fact::WaybillNotSent { .. } => self.asked = Asked::NotSent,
            Fact::WaybillRegistered { number, routing, .. } => {
                self.asked = Asked::Answered;
                // The carrier's own routing, where a table's had to do.
                for waybill in self.waybills.iter_mut().filter(|waybill| waybill.number == *number) {
                    if !routing.is_empty() && waybill.routing.contains_key(LEARNED) {
                        waybill.routing.clear();
                    }
                    waybill.routing.extend(routing.clone());
                }
            }
            Fact::RerouteRequested { waybill_id, .. } => {
                let rejected = match &self.asked {
                    Asked::Rejected { code, .. } => Some(code.clone()),
                    _ => None,
                };
                self.asked = Asked::Rerouting { waybill_id: waybill_id.clone(), rejected };
            }
            Fact::WaybillRerouted { .. } => self.asked = Asked::Never,
            Fact::RerouteRefused { .. } => {
                self.stays = true;
                self.asked = match &self.asked {
                    Asked::Rerouting { rejected: Some(code), .. } => {
                        Asked::Rejected { code: code.clone(), booked: false }
                    }
                    Asked::Rerouting { rejected: None, .. } => Asked::NotSent,
                    other => other.clone(),
                };
            }
            Fact::WaybillConflicted { .. } => self.asked = Asked::Conflicted,
            Fact::WaybillCancelRequested { .. } => self.asked = Asked::Cancelling,
            Fact::WaybillCancelled { .. } => {
                self.asked = Asked::Cancelled;
                self.waybills.iter_mut().for_each(|waybill| waybill.live = false);
            }
            Fact::WaybillCancelRefused { .. } => self.asked = Asked::CancelRefused,
            Fact::WaybillUnanswered { .. } => {
                self.asked = Asked::Unanswered;
                self.doubted = true;
            }
            Fact::WaybillRejected { code, booked, .. } => {
                self.asked = Asked::Rejected { code: code.clone(), booked: *booked };
            }
            Fact::WaybillIssued { waybill_id, number, origin, routing, .. } => {
                self.issue(waybill_id, number, *origin, routing);
            }
            Fact::WaybillVoided { number, .. } => {
                for waybill in self.waybills.iter_mut().filter(|waybill| waybill.number == *number) {
                    waybill.live = false;
                }
            }
            // Facts from elsewhere may come twice.
            Fact::LabelQueued { job, .. } if self.labels.iter().any(|label| label.job == *job) => {}
            Fact::LabelQueued { job, place, printer, number, origin, copy, position, .. } => {
                self.labels.push(LabelWork {
                    job: job.clone(),
                    place: place.clone(),
                    printer: printer.clone(),
                    number: number.clone(),
                    origin: *origin,
                    copy: *copy,
                    of_wave: position.is_some(),
                    outcome: None,
                    seen: false,
                    discarded: false,
                    why: None,
                });
                // A wave's labels are printed for nobody's hand.
                if position.is_none() {
                    self.at = Some((station.clone(), place.clone()));
                }
            }
            Fact::LabelSettled { job, outcome, evidence, .. } => {
                if let Some(label) = self.label_of(job) {
                    // A label that was scanned did come out.
                    label.outcome = Some(if label.seen { PrintOutcome::Confirmed } else { *outcome });
                    label.why = (*outcome == PrintOutcome::Unprintable).then(|| evidence.clone());
                }
            }
            Fact::LabelSeen { job, .. } => {
                if let Some(label) = self.label_of(job) {
                    label.seen = true;
                    // The paper was in somebody's hand, whatever the printer said.
                    label.outcome = label.outcome.map(|_| PrintOutcome::Confirmed);
                }
                if self.stage >= Stage::Packed {
                    self.at = None;
                }
            }
            Fact::LabelDiscarded { job, .. } => {
                if let Some(label) = self.label_of(job) {
                    label.discarded = true;
                    let number = label.number.clone();
                    // That paper is torn, or nobody knows where it is.
                    self.scanned.take_if(|scanned| *scanned == number);
                }
            }
            Fact::GoodsPutBack { sku, quantity, .. } => {
                self.picks.remember(fact);
                if self.stage == Stage::Packed {
                    boxed::taken_out(&mut self.goods, sku, *quantity);
                    checks::take_back(&mut self.checks, sku, *quantity);
                }
                self.put_back.push(Check { sku: sku.clone(), quantity: *quantity });
                // Nothing of it lies there any more.
                if self.picks.taken.is_empty() {
                    self.leave_tote();
                }
            }
            _ => self.picks.remember(fact),
        }
    }

    /// Packed, or where it is to be checked again opened already.
    fn is_closed(&self, lacking: bool) -> bool {
        self.stage == Stage::Packed || (lacking && self.stage == Stage::Checked)
    }

    fn is_behind(&self, revised: &BTreeMap<OrderNo, u32>) -> bool {
        revised.iter().any(|(order_no, now)| self.revisions.get(order_no).is_some_and(|then| then < now))
    }

    /// Was it opened with any of these orders in it?
    fn holds_any(&self, orders: &[OrderNo]) -> bool {
        self.revisions.is_empty() || orders.iter().any(|order_no| self.revisions.contains_key(order_no))
    }

    fn held_elsewhere(&self, station: &StationCode) -> bool {
        let held = matches!(self.stage, Stage::Checking | Stage::Checked);
        held && self.at.as_ref().is_some_and(|(holder, _)| holder != station)
    }

    fn issue(
        &mut self,
        waybill_id: &WaybillId,
        number: &str,
        origin: Origin,
        routing: &BTreeMap<String, serde_json::Value>,
    ) {
        // A pooled number isn't the carrier's answer: it is still to be registered under the parcel's id.
        if origin == Origin::Direct {
            self.asked = Asked::Answered;
        }
        if self.waybills.iter().any(|waybill| waybill.number == number) {
            return;
        }
        self.waybills.push(Waybill {
            waybill_id: waybill_id.clone(),
            number: number.to_owned(),
            origin,
            live: true,
            children: Vec::new(),
            routing: routing.clone(),
        });
    }

    fn label_of(&mut self, job: &JobId) -> Option<&mut LabelWork> {
        self.labels.iter_mut().find(|label| label.job == *job)
    }

    fn leave_tote(&mut self) {
        self.tote = None;
        self.sorted.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::CarrierCode;

    /// A label that is printed again after its registration says nothing of codes that were only seen.
    #[test]
    fn the_carriers_own_routing_takes_the_place_of_what_was_learned() {
        let routing = |fields: &[(&str, serde_json::Value)]| {
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<BTreeMap<_, _>>()
        };
        let learned = routing(&[("mark", "310".into()), ("bag_addr", "A".into()), (LEARNED, true.into())]);
        let own = routing(&[("mark", "311".into())]);
        for (answered, expected) in [(own.clone(), &own), (BTreeMap::new(), &learned)] {
            let (waybill_id, carrier, number) = (WaybillId::from("DB1"), CarrierCode::Zto, "73100000000001".to_owned());
            let issued = Fact::WaybillIssued {
                waybill_id: waybill_id.clone(),
                carrier,
                number: number.clone(),
                origin: Origin::Pool,
                routing: learned.clone(),
            };
            let mut work = Work::default();
            work.remember(&issued, &"SZ-01".into());
            work.remember(&Fact::WaybillRegistered { waybill_id, number, routing: answered }, &"SZ-01".into());
            assert_eq!(&work.waybills[0].routing, expected);
        }
    }
}
