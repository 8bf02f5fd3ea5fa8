//! What `step` returns: facts to remember, and actions that leave after the commit that holds the facts.

use super::pick::Belongs;
use super::prompt::Prompt;
use super::session::Handover;
use super::{Place, Session, View};
use crate::domain::fact::{Fact, NewEntry};
use crate::domain::id::{JobId, OrderNo, ParcelId, PlaceName, Sku, WaveCode};
use crate::domain::share::Goods;
use crate::domain::waybill::Origin;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub facts: Vec<NewEntry>,
    pub actions: Vec<Action>,
    place: Option<PlaceName>,
    operator: Option<crate::domain::id::OperatorId>,
    done: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Sound, screen and, where it can, the scanner's own beep.
    Say(Prompt),
    Print(PrintOrder),
    /// Ask the hub about a code this station doesn't know, for at most a second.
    AskHub {
        code: String,
    },
    /// Ask the hub to lend parcels that need these goods alone; with a code, a packer waits for the answer.
    Borrow {
        sku: Sku,
        code: Option<String>,
    },
    /// See to it that the parcel gets its number: ask the carrier, or the holder's hub.
    GetNumber {
        parcel: ParcelId,
    },
    /// Come back with `BudgetSpent` when the carrier's time is over.
    StartBudget {
        parcel: ParcelId,
    },
    /// Ask the hub whether the parcel may go with another carrier.
    Reroute {
        parcel: ParcelId,
    },
    /// Ask the hub to part the parcel: what was counted stays, what is left becomes another.
    Split {
        parcel: ParcelId,
        /// Which split of this parcel it is: asked again it gets the same answer.
        number: u32,
        counted: Goods,
    },
    /// One copy of a handover's sheet.
    PrintSheet {
        printer: String,
        template: String,
        handover: Handover,
        copy: u32,
    },
    /// What lies with the goods of a parcel that nobody wants any more.
    PrintSlip {
        printer: String,
        template: String,
        parcel: ParcelId,
        goods: Vec<Belongs>,
    },
    /// The paper before a wave's first label.
    PrintDivider(DividerOrder),
    /// Look again at the wave in print: its next positions can be queued.
    ContinueWave {
        wave: WaveCode,
    },
}

/// One label to be drawn and sent.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintOrder {
    pub job: JobId,
    pub parcel: ParcelId,
    pub number: String,
    pub origin: Origin,
    pub template: String,
    pub printer: String,
    pub copy: u32,
}

/// The divider of a wave, or of the part of it that one pick list covers.
#[derive(Clone, Debug, PartialEq)]
pub struct DividerOrder {
    pub job: JobId,
    pub wave: WaveCode,
    pub count: u32,
    pub template: String,
    pub printer: String,
}

/// In place of a template's name where the label is the platform's own.
pub const SEALED: &str = "component";

impl PrintOrder {
    /// The platform's component draws it, from what only it can open.
    pub fn is_sealed(&self) -> bool {
        self.template == SEALED
    }
}

impl Decision {
    pub fn new(place: &Place, session: &Session) -> Self {
        Decision {
            facts: Vec::new(),
            actions: Vec::new(),
            place: Some(place.name.clone()),
            operator: session.operator.clone(),
            done: session.done,
        }
    }

    /// Parcels done at the place before this input.
    pub(super) fn done(&self) -> u32 {
        self.done
    }

    pub(super) fn place(&self) -> PlaceName {
        self.place.clone().expect("a decision is made at a place")
    }

    /// A fact about no parcel.
    pub(super) fn record(&mut self, fact: Fact) {
        self.push(fact, None, Vec::new());
    }

    pub(super) fn record_of(&mut self, view: &View, fact: Fact) {
        self.push(fact, Some(view.parcel.parcel_id.clone()), view.carried());
    }

    /// A fact about orders whose parcels it doesn't concern.
    pub(super) fn record_about(&mut self, orders: &[OrderNo], fact: Fact) {
        self.push(fact, None, orders.to_vec());
    }

    pub(super) fn say(&mut self, prompt: Prompt) {
        self.actions.push(Action::Say(prompt));
    }

    /// A scan that is stopped: remembered for the figures, answered with what to do.
    pub(super) fn stop(&mut self, view: Option<&View>, prompt: Prompt) {
        let fact = Fact::ScanStopped { place: self.place(), why: prompt.key() };
        match view {
            Some(view) => self.record_of(view, fact),
            None => self.record(fact),
        }
        self.say(prompt);
    }

    fn push(&mut self, fact: Fact, parcel: Option<ParcelId>, orders: Vec<OrderNo>) {
        self.facts.push(NewEntry { fact, parcel, orders, operator: self.operator.clone(), device: None });
    }
}
