//! One place's session, added up from facts: who works there, what is in hand, what was asked.

mod leaving;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use leaving::{Handover, OpenBag};

use super::decision::{Decision, SEALED};
use super::pick::Round;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Found, Loaded, Place, Work, lead, lock, taught};
use crate::domain::fact::{Asking, Fact, Flow, LeadAct, NewEntry, PrintOutcome};
use crate::domain::id::{JobId, OperatorId, ParcelId, PlaceName, Sku, WaveCode};
use crate::domain::returned::Returned;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub place: PlaceName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// Nobody scanned for long: a badge first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_hand: Option<ParcelId>,
    /// The last parcel finished here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ParcelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asking: Option<Asking>,
    /// The next item scan counts this many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wave: Option<WavePrint>,
    /// At a print desk: the position whose label REPRINT would print again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<ParcelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall: Option<Wall>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick: Option<Round>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// The last one that was closed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Handover>,
    /// How many were opened here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub handovers: u32,
    /// The bag that parcels are put into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bag: Option<OpenBag>,
    /// A lead lets parcels leave though nothing was heard of refunds since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ships_as_of: Option<i64>,
    /// What came back and is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    /// The last one that was closed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<Returned>,
    /// How many got their number here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returns: u32,
    /// Parcels packed or shipped, or returns inspected, since the badge.
    #[serde(default)]
    pub done: u32,
}

/// A wave that this print desk prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WavePrint {
    pub code: WaveCode,
    pub count: u32,
    /// The first position that isn't queued yet.
    pub next: u32,
    pub in_flight: Vec<JobId>,
    /// Labels that can't be drawn.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u32,
    /// Behind the last position that was queued in this run.
    #[serde(default)]
    pub reached: u32,
    /// Positions before that without a label: cancelled, held, or packed already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<u32>,
    /// The printer of this run: its labels lie on one stack. Chosen again when printing goes on after a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divider: Option<Divider>,
    /// How many were queued in this run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dividers: u32,
    /// In doubt since this position: nothing prints until somebody names the last good label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<u32>,
}

/// The paper before a wave's first label, as far as it is known to have come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divider {
    pub job: JobId,
    /// `None` until the printer's answer is known; after a restart that means unknown.
    pub outcome: Option<PrintOutcome>,
}

impl WavePrint {
    fn reach(&mut self, position: u32) {
        if position >= self.reached {
            self.passed.extend(self.reached..position);
            self.reached = position + 1;
        }
    }

    /// Positions that got a label, now that none is to come.
    pub(super) fn labelled(&self) -> u32 {
        self.reached.saturating_sub(1 + self.passed.len() as u32)
    }

    /// As it is once this label is settled.
    pub(super) fn settled(&self, job: &JobId, outcome: PrintOutcome) -> WavePrint {
        let failed = self.in_flight.contains(job) && outcome == PrintOutcome::Unprintable;
        WavePrint { failed: self.failed + u32::from(failed), ..self.without(job) }
    }

    /// As it is once this paper is settled.
    pub(super) fn without(&self, job: &JobId) -> WavePrint {
        let mut after = self.clone();
        after.in_flight.retain(|flying| flying != job);
        after
    }

    /// Labels that are queued and not settled.
    pub fn labels_in_flight(&self) -> u32 {
        let is_label = |job: &&JobId| self.divider.as_ref().is_none_or(|divider| divider.job != **job);
        self.in_flight.iter().filter(is_label).count() as u32
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A wave whose goods are sorted into slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wall {
    pub wave: WaveCode,
    pub count: u32,
    /// Whose piece was put into its slot last: what UNDO takes back, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ParcelId>,
}

/// Parcels of one wave with the same goods: one is checked, the others need one scan each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub wave: WaveCode,
    pub count: u32,
    /// Packed since it began.
    pub done: u32,
    /// The goods of the last parcel that was checked in full.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checked: BTreeMap<Sku, u32>,
}

impl Session {
    pub fn new(place: PlaceName) -> Self {
        Session {
            place,
            operator: None,
            locked: false,
            in_hand: None,
            last: None,
            asking: None,
            times: None,
            wave: None,
            named: None,
            batch: None,
            wall: None,
            pick: None,
            handover: None,
            closed: None,
            handovers: 0,
            bag: None,
            ships_as_of: None,
            returned: None,
            inspected: None,
            returns: 0,
            done: 0,
        }
    }

    /// Remembers an entry of this place. `work` is the parcel's state after the same entry.
    pub fn remember(&mut self, entry: &NewEntry, work: Option<&Work>) {
        match &entry.fact {
            Fact::OperatorBadgedIn { operator, .. } => {
                self.operator = Some(operator.clone());
                self.turned();
                self.done = 0;
                // Nobody answers for what somebody else has checked.
                self.batch = None;
            }
            Fact::OperatorBadgedOut { .. } => {
                self.operator = None;
                self.turned();
                self.batch = None;
            }
            Fact::PlaceLocked { .. } => {
                self.turned();
                self.locked = true;
            }
            Fact::PlaceUnlocked { .. } => self.locked = false,
            Fact::PlaceAsked { asking, .. } => self.asking = asking.clone(),
            Fact::MultiplierSet { times, .. } => self.times = Some(*times).filter(|times| *times > 1),
            Fact::ParcelOpened { .. } => self.in_hand = entry.parcel.clone(),
            Fact::ParcelReopened { .. } => {
                self.in_hand = entry.parcel.clone();
                // It is packed anew, and one parcel all the same.
                self.batch.iter_mut().for_each(|batch| batch.done = batch.done.saturating_sub(1));
            }
            Fact::PickStarted { wave, count, .. } => self.pick = Some(Round::new(wave.clone(), *count)),
            // A multiplier is never carried into the next list.
            Fact::PickEnded { .. } => (self.pick, self.times) = (None, None),
            Fact::ParcelPicked { .. } => self.done += 1,
            Fact::ItemPicked { .. } => {
                self.times = None;
                self.pick.iter_mut().for_each(|round| round.remember(&entry.fact, entry.parcel.as_ref()));
            }
            Fact::ItemChecked { .. } => {
                self.times = None;
                self.forget_code();
            }
            Fact::MaterialUsed { .. } => self.times = None,
            Fact::ItemUnchecked { .. } => self.forget_code(),
            Fact::ScanStopped { .. } => {
                self.named = None;
                self.forget_code();
            }
            Fact::LabelQueued { job, printer, template, position: Some(position), .. } => {
                if let Some(wave) = &mut self.wave {
                    // A platform's component has its own stack.
                    if template != SEALED {
                        wave.printer = Some(printer.clone());
                    }
                    wave.next = wave.next.max(position + 1);
                    wave.reach(*position);
                    wave.in_flight.push(job.clone());
                }
            }
            Fact::LabelQueued { .. } => self.in_hand = entry.parcel.clone(),
            Fact::PositionNamed { .. } => self.named = entry.parcel.clone(),
            Fact::LabelSettled { job, outcome, .. } => {
                self.named.take_if(|named| outcome.came_out() && Some(&*named) == entry.parcel.as_ref());
                if let Some(wave) = &mut self.wave {
                    *wave = wave.settled(job, *outcome);
                }
            }
            Fact::ParcelPacked { .. } => {
                self.done += 1;
                self.batch.iter_mut().zip(work).for_each(|(batch, work)| batch.remember(work));
                self.release(entry);
            }
            Fact::ParcelShipped { handover, .. } => {
                self.done += 1;
                let of = |open: &&mut Handover| handover.as_ref() == Some(&open.handover);
                self.handover.iter_mut().filter(of).for_each(|open| open.loaded(entry.parcel.as_ref(), 0));
            }
            Fact::PieceLoaded { handover, left, .. } => {
                let of = |open: &&mut Handover| handover.as_ref() == Some(&open.handover);
                self.handover.iter_mut().filter(of).for_each(|open| open.loaded(entry.parcel.as_ref(), *left));
            }
            Fact::PiecesUnloaded { handover, numbers, .. } => {
                let of = |open: &&mut Handover| handover.as_ref() == Some(&open.handover);
                for open in self.handover.iter_mut().filter(of) {
                    open.count = open.count.saturating_sub(numbers.len() as u32);
                    let is_aboard = |work: &Work| work.aboard.values().any(|(_, with)| *with == open.handover);
                    if !work.is_some_and(is_aboard) {
                        open.partly.retain(|parcel, _| Some(parcel) != entry.parcel.as_ref());
                    }
                }
            }
            Fact::LeadAllowed { to: LeadAct::ShipStale { as_of_us }, .. } => self.ships_as_of = Some(*as_of_us),
            Fact::HandoverOpened { handover, carrier, .. } => {
                self.handovers += 1;
                self.handover = Some(Handover::new(handover, *carrier));
            }
            Fact::BagOpened { bag, .. } => {
                self.bag = Some(OpenBag { bag: bag.clone(), count: 0, carrier: None, last: None });
            }
            Fact::ParcelBagged { carrier, .. } => self.bag.iter_mut().for_each(|open| {
                open.count += 1;
                open.carrier = Some(*carrier);
                open.last.clone_from(&entry.parcel);
            }),
            // Of another bag, whose parcel was scanned here, this one holds as many as before.
            Fact::ParcelUnbagged { bag, .. } => self.bag.iter_mut().filter(|open| open.bag == *bag).for_each(|open| {
                open.count = open.count.saturating_sub(1);
                open.carrier = open.carrier.filter(|_| open.count > 0);
                open.last = None;
            }),
            Fact::BagClosed { .. } => self.bag = None,
            Fact::VehicleNoted { plate, .. } => {
                self.handover.iter_mut().for_each(|open| open.plate = Some(plate.clone()));
            }
            Fact::HandoverClosed { .. } => self.closed = self.handover.take(),
            Fact::HandoverReopened { .. } => self.handover = self.closed.take(),
            Fact::SheetQueued { handover, .. } => self.sheet_of(handover, |closed| {
                closed.printing += 1;
                closed.doubt = false;
            }),
            Fact::SheetSettled { handover, outcome, .. } => self.sheet_of(handover, |closed| {
                closed.printing = closed.printing.saturating_sub(1);
                closed.doubt |= !outcome.came_out();
            }),
            Fact::ParcelSetAside { .. } => {
                self.asking = None;
                self.release(entry);
            }
            Fact::LabelSeen { .. } if work.is_some_and(|work| work.stage >= Stage::Packed) => self.release(entry),
            Fact::WavePrintStarted { wave, count, .. } => {
                (self.asking, self.named) = (None, None);
                self.wave = Some(WavePrint {
                    code: wave.clone(),
                    count: *count,
                    next: 1,
                    in_flight: Vec::new(),
                    failed: 0,
                    reached: 1,
                    passed: Vec::new(),
                    printer: None,
                    divider: None,
                    dividers: 0,
                    stopped: None,
                });
            }
            Fact::WavePrintStopped { position, .. } => {
                if let Some(wave) = &mut self.wave {
                    wave.stopped = Some(*position);
                }
            }
            Fact::WavePrintResumed { after, .. } => {
                if let Some(wave) = &mut self.wave {
                    wave.stopped = None;
                    wave.in_flight.clear();
                    wave.printer = None;
                    wave.next = after + 1;
                    wave.reached = after + 1;
                    wave.passed.retain(|position| position <= after);
                    // It belongs before the first label, and nowhere else.
                    wave.divider.take_if(|divider| *after == 0 && !divider.came_out());
                }
            }
            Fact::WavePositionsPassed { through, .. } => {
                if let Some(wave) = &mut self.wave {
                    wave.next = wave.next.max(through + 1);
                }
            }
            Fact::WavePrintCompleted { .. } => self.wave = None,
            Fact::DividerQueued { job, printer, .. } => {
                self.wave.iter_mut().for_each(|wave| wave.divide(job, printer));
            }
            Fact::DividerSettled { job, outcome, .. } => {
                self.wave.iter_mut().for_each(|wave| wave.divided(job, *outcome));
            }
            Fact::WallStarted { wave, count, .. } => {
                self.wall = Some(Wall { wave: wave.clone(), count: *count, last: None });
            }
            Fact::WallEnded { .. } => self.wall = None,
            Fact::ItemSorted { .. } => self.wall.iter_mut().for_each(|wall| wall.last = entry.parcel.clone()),
            Fact::ItemUnsorted { .. } => self.wall.iter_mut().for_each(|wall| wall.last = None),
            Fact::BatchStarted { wave, count, .. } => {
                self.batch = Some(Batch { wave: wave.clone(), count: *count, done: 0, checked: BTreeMap::new() });
            }
            Fact::BatchEnded { .. } => self.batch = None,
            fact if fact.return_no().is_some() => self.remember_return(entry),
            fact => self.pick.iter_mut().for_each(|round| round.remember(fact, entry.parcel.as_ref())),
        }
    }

    fn sheet_of(&mut self, handover: &str, change: impl FnOnce(&mut Handover)) {
        if let Some(closed) = self.closed.as_mut().filter(|closed| closed.handover == handover) {
            change(closed);
        }
    }

    /// Nobody works here without having shown a badge since.
    pub(super) fn wants_badge(&self, place: &Place) -> bool {
        place.badges && (self.operator.is_none() || self.locked)
    }

    /// Somebody came, left, or may have: what a lead agreed to holds for nobody else.
    fn turned(&mut self) {
        (self.locked, self.named, self.times) = (false, None, None);
        let to_a_lead = |asking: &Asking| {
            matches!(asking, Asking::LeadBadge { .. } | Asking::LeadReason { .. } | Asking::TaughtCode { .. })
        };
        self.asking.take_if(|asking| to_a_lead(asking));
        self.forget_code();
    }

    /// Something else was scanned since: a lead's badge is a badge again.
    fn forget_code(&mut self) {
        self.asking.take_if(|asking| matches!(asking, Asking::UnknownCode { .. }));
    }

    fn release(&mut self, entry: &NewEntry) {
        if self.in_hand == entry.parcel {
            self.in_hand = None;
        }
        self.asking.take_if(|asking| matches!(asking, Asking::UnknownCode { .. } | Asking::TaughtCode { .. }));
        self.last = entry.parcel.clone();
        self.times = None;
    }
}

impl Divider {
    fn came_out(&self) -> bool {
        self.outcome.is_some_and(PrintOutcome::came_out)
    }
}

impl WavePrint {
    fn divide(&mut self, job: &JobId, printer: &str) {
        self.printer = Some(printer.to_owned());
        self.in_flight.push(job.clone());
        self.divider = Some(Divider { job: job.clone(), outcome: None });
        self.dividers += 1;
    }

    fn divided(&mut self, job: &JobId, outcome: PrintOutcome) {
        self.in_flight.retain(|flying| flying != job);
        for divider in self.divider.iter_mut().filter(|divider| divider.job == *job) {
            divider.outcome = Some(outcome);
        }
    }
}

impl Batch {
    fn remember(&mut self, work: &Work) {
        self.done += 1;
        if work.flow != Some(Flow::Batch) {
            self.checked.clear();
            for check in &work.checks {
                *self.checked.entry(check.sku.clone()).or_default() += check.quantity;
            }
        }
    }
}

/// Badge in, out by the same badge again, or over somebody else's.
pub(super) fn badge(decision: &mut Decision, place: &Place, session: &Session, loaded: &Loaded) {
    let Found::Operator(operator) = &loaded.found else {
        return decision.say(Prompt::UnknownBadge);
    };
    if operator.revoked {
        return decision.say(Prompt::UnknownBadge);
    }
    let is_back = session.operator.as_ref() == Some(&operator.operator_id);
    match (&session.asking, &loaded.hand) {
        _ if is_back && session.locked => return lock::unlocked(decision, place, session, operator, loaded),
        (Some(Asking::LeadBadge { to }), _) => return lead::badge(decision, operator, *to),
        (Some(Asking::UnknownCode { code }), Some(view)) => return taught::badge(decision, operator, view, code),
        _ if is_back => return badge_out(decision, session),
        _ => {}
    }
    let place = decision.place();
    decision.record(Fact::OperatorBadgedIn { place, operator: operator.operator_id.clone() });
    decision.say(Prompt::Welcome { name: operator.name.clone() });
}

pub(super) fn badge_out(decision: &mut Decision, session: &Session) {
    let Some(operator) = session.operator.clone() else {
        return decision.say(Prompt::BadgeFirst);
    };
    let place = decision.place();
    decision.record(Fact::OperatorBadgedOut { place, operator });
    decision.say(Prompt::Goodbye { done: session.done });
}

/// Did the paper surely not come out?
pub(super) fn refused(outcome: Option<PrintOutcome>) -> bool {
    outcome == Some(PrintOutcome::Refused)
}
