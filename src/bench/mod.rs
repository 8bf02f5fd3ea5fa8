//! The bench: what a scan means and what follows from it. Pure: `step` decides from plain data and returns facts to
//! remember and actions to take after they are durable; `Work` and `Session` are what the facts add up to.

mod bag;
mod decision;
mod desk;
mod divider;
mod dock;
mod forced;
mod handover;
mod label;
mod lead;
mod lock;
mod material;
mod names;
mod pack;
mod pick;
mod pieces;
mod position;
mod refunds;
mod returned;
pub mod prompt;
mod reopen;
mod reprint;
pub mod session;
mod single;
mod split;
mod stamp;
mod taught;
mod view;
mod wall;
mod weigh;
pub mod work;

pub use decision::{Action, Decision, DividerOrder, PrintOrder, SEALED};
pub use handover::COPIES;
pub use pick::{Ahead, Belongs, Marks, Round, Walk};
pub use prompt::sound::{Sound, heard};
pub use prompt::{Prompt, Tone};
pub use refunds::Stale;
pub use session::Session;
pub use split::NotSplit;
pub use view::{Fallback, Spare, View};
pub use wall::{slot_code, slot_of};
pub use work::Work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::code::{Code, Command};
use crate::domain::fact::PrintOutcome;
use crate::domain::id::{JobId, ParcelId, PlaceName, Sku, StationCode, WaveCode, WaybillId};
use crate::domain::material::Material;
use crate::domain::order::WaybillSource;
use crate::domain::parcel::Operator;
use crate::domain::reason::Reasons;
use crate::domain::returned::{Photo, ReturnRecord};

/// Where one packer stands, as the config says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub station: StationCode,
    pub name: PlaceName,
    pub role: Role,
    /// Scans count only while somebody is badged in.
    pub badges: bool,
    pub scan_back: ScanBack,
    /// The printer that takes this place's waybills, and the size of its paper.
    pub printer: Option<(String, String)>,
    /// Takes its place while it takes no labels.
    pub backup: Option<(String, String)>,
    /// Platforms' print components, which draw what only they can open.
    pub components: Vec<Component>,
    /// Printers and components at which labels of other places come out as well: nobody knows whose is taken.
    pub shared: BTreeSet<String>,
    /// The printer's name whose paper the packer looks at first.
    pub home: Option<String>,
    /// Neither of them takes labels now.
    pub is_down: bool,
    /// How many labels of a wave may be under way at once.
    pub window: usize,
    /// A wave's labels begin with a paper that says whose they are.
    pub dividers: bool,
    /// Packed parcels are weighed here.
    pub scale: bool,
    /// Parcels may get more boxes here: a number that knows of them is asked for with the last item.
    pub boxes: bool,
    /// Goods are checked elsewhere: a label's scan packs its parcel.
    pub stamp_only: bool,
    /// Parcels leave this dock only in a handover.
    pub handover: bool,
    /// And only while it is known what was refunded lately.
    pub strict_refunds: bool,
    /// Goods that are to be put back get a slip.
    pub put_back_slips: bool,
    /// How many slots a wall has.
    pub slots: u32,
    /// By channel: how many days its goods must still be good for when they are picked.
    pub min_days: BTreeMap<String, u32>,
    /// One scan counts no more pieces than this without a lead.
    pub times_limit: u32,
    /// Copies of a label beyond its first that need no lead.
    pub reprints_alone: u32,
    /// Why buyers send goods back.
    pub reasons: Arc<Reasons>,
    /// What parcels are packed into.
    pub materials: Arc<Vec<Material>>,
}

/// A platform's print component, as a printer of its own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    pub name: String,
    pub platform: WaybillSource,
}

impl Place {
    /// As a place is where the config says nothing of it.
    pub fn new(station: StationCode, name: PlaceName, role: Role) -> Place {
        Place {
            station,
            name,
            role,
            badges: true,
            scan_back: ScanBack::Always,
            printer: None,
            backup: None,
            components: Vec::new(),
            shared: BTreeSet::new(),
            home: None,
            is_down: false,
            window: 4,
            dividers: true,
            scale: false,
            boxes: false,
            stamp_only: false,
            handover: false,
            strict_refunds: false,
            put_back_slips: true,
            slots: 24,
            min_days: BTreeMap::new(),
            times_limit: 10,
            reprints_alone: 2,
            reasons: Arc::default(),
            materials: Arc::default(),
        }
    }

    pub fn uses(&self, printer: &str) -> bool {
        let own = [&self.printer, &self.backup].into_iter().flatten().any(|(name, _)| name == printer);
        own || self.has_component(printer)
    }

    pub fn has_component(&self, name: &str) -> bool {
        self.components.iter().any(|component| component.name == name)
    }

    /// The component that opens a label of this source: its platform's, or the only one where the source tells no platform.
    pub fn component(&self, source: WaybillSource) -> Option<&Component> {
        match (source, self.components.as_slice()) {
            (WaybillSource::Erp | WaybillSource::Wechat | WaybillSource::Direct, [only]) => Some(only),
            (_, components) => components.iter().find(|component| component.platform == source),
        }
    }

    /// Does a label that is printed here come out where the packer doesn't look first? Of a component's nobody here knows.
    pub fn is_elsewhere(&self, printer: &str) -> bool {
        !printer.is_empty() && self.home.as_deref() != Some(printer) && !self.has_component(printer)
    }

    /// The place while some printers take no labels.
    pub fn without(&self, down: impl Fn(&str) -> bool) -> Place {
        let down = |printer: &Option<(String, String)>| printer.as_ref().is_none_or(|(name, _)| down(name));
        let is_down = down(&self.printer) && down(&self.backup);
        match &self.backup {
            Some((backup, _)) if down(&self.printer) && !is_down => Place { is_down, ..self.printing_on(backup) },
            _ => Place { is_down, ..self.clone() },
        }
    }

    /// The place with this printer of its two first.
    pub fn printing_on(&self, printer: &str) -> Place {
        let mut place = self.clone();
        if self.backup.as_ref().is_some_and(|(backup, _)| backup == printer) {
            std::mem::swap(&mut place.printer, &mut place.backup);
        }
        place
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    #[default]
    Pack,
    Dock,
    PrintDesk,
    /// Goods of a wave are sorted into slots.
    Wall,
    /// Goods are fetched from their bins.
    Pick,
    /// What comes back is looked at.
    Returns,
}

/// When the label's own barcode must be scanned before the parcel counts as packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanBack {
    #[default]
    Always,
    AfterDoubt,
    Off,
}

/// What the shell found for an input before `step` is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// The parcel in hand at the place.
    pub hand: Option<View>,
    /// The last parcel that was finished at the place: what an idle REPRINT means.
    pub last: Option<View>,
    pub found: Found,
    /// The next positions of the wave that the place prints, or all of the one that it sorts or picks.
    pub wave: Vec<View>,
    /// The parcel that the place's open question is about.
    pub asked: Option<Box<View>>,
    /// What the scanned code says of its goods besides what they are.
    pub marks: Marks,
    /// The warehouse's day.
    pub today: Date,
    /// The slots of the wall that hold a parcel's goods.
    pub slots: BTreeSet<u32>,
    /// Parcels whose numbers the scanned wave, or the one that the place is about to print, waits for.
    pub awaited: Vec<ParcelId>,
    /// Parcels in the scanned bag that haven't left; for UNDO those in the open one.
    pub bagged: Vec<View>,
    /// Another place of this station fills the scanned bag.
    pub bag_open_at: Option<PlaceName>,
    /// What is known of refunds is too old.
    pub stale: Option<Stale>,
    /// What stands still on the place's scale.
    pub weight_g: Option<u32>,
    /// Of the parcels lent to this station, the most urgent that needs the scanned goods alone.
    pub lent: Option<Box<View>>,
    /// So few of them are left that more should be borrowed.
    pub lent_are_few: bool,
    /// Returns that the scanned code names, as far as they are known here.
    pub returns: Vec<ReturnRecord>,
    /// What tells this journal's own numbers from those of one that was lost.
    pub mark: String,
}

/// What a code names.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    #[default]
    Nothing,
    Operator(Operator),
    /// A number or id that stands on one parcel's labels.
    Label {
        number: String,
        view: Box<View>,
    },
    /// The parcels of an order.
    Order(Vec<View>),
    Item {
        sku: Sku,
        name: String,
        quantity: u32,
    },
    /// A code that names different things: a person must say which.
    Several(Vec<String>),
    Wave {
        code: WaveCode,
        count: u32,
        /// Labels of it are about.
        printed: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Scanned(Code),
    /// A scan the driver could not believe; it has its own sound.
    Unreadable,
    /// The hub was asked about a code; `reached` is false when it did not answer in time.
    HubAnswered {
        code: String,
        reached: bool,
    },
    Printed {
        job: JobId,
        outcome: PrintOutcome,
        evidence: String,
    },
    SheetPrinted {
        handover: String,
        outcome: PrintOutcome,
        evidence: String,
    },
    DividerPrinted {
        job: JobId,
        outcome: PrintOutcome,
        evidence: String,
    },
    /// The place's screen sent a photo of this return; its file is kept.
    Photographed {
        return_no: String,
        photo: Photo,
    },
    /// Something is known about the waybill of a parcel that waits for its number.
    NumberSettled {
        parcel: ParcelId,
    },
    /// The carrier's time for an answer is over.
    BudgetSpent {
        parcel: ParcelId,
        /// The id it waited under: with another one, another carrier has its time.
        waybill_id: WaybillId,
    },
    /// The hub doesn't say whether another carrier may have the parcel.
    RerouteUnanswered {
        parcel: ParcelId,
    },
    /// The parcel in hand can't be parted now.
    NotSplit {
        parcel: ParcelId,
        because: NotSplit,
    },
    /// Orders of the parcel in hand came down anew.
    DocumentsChanged,
    /// Another station took the parcel in hand as well.
    OpenedElsewhere {
        place: String,
    },
    /// The printer that refused a label is ready again.
    PrinterReady,
    /// Nobody scanned for as long as the place allows.
    Idle,
}

/// Decides what follows from an input at a place. Nothing has happened when it returns.
pub fn step(place: &Place, session: &Session, input: &Input, loaded: &Loaded) -> Decision {
    let mut decision = Decision::new(place, session);
    match (place.role, input) {
        (_, Input::Unreadable) => decision.say(Prompt::Unreadable),
        (_, Input::Scanned(Code::Badge(_))) => session::badge(&mut decision, place, session, loaded),
        (_, Input::Scanned(Code::Broken(_))) => decision.say(Prompt::Broken),
        (_, Input::Idle) => lock::idle(&mut decision, place, session),
        (_, Input::Scanned(_)) if place.badges && session.locked => decision.say(Prompt::BadgeFirst),
        (_, Input::Scanned(Code::Command(Command::BadgeOut))) => session::badge_out(&mut decision, session),
        (_, Input::Scanned(_)) if place.badges && session.operator.is_none() => decision.say(Prompt::BadgeFirst),
        (Role::Dock, _) => dock::step(&mut decision, place, session, input, loaded),
        (Role::Returns, _) => returned::step(&mut decision, place, session, input, loaded),
        (Role::Pick, _) => pick::step(&mut decision, place, session, input, loaded),
        (Role::Wall, _) => wall::step(&mut decision, place, session, input, loaded),
        (Role::PrintDesk, _) => desk::step(&mut decision, place, session, input, loaded),
        (Role::Pack, _) => pack::step(&mut decision, place, session, input, loaded),
    }
    decision
}

/// What the place's screen says while nothing happens: also after a restart.
/// `awaited` counts the numbers that a wave waits for before it is printed; `wave` is the one that is picked.
pub fn standing_prompt(place: &Place, session: &Session, hand: Option<&View>, awaited: usize, wave: &[View]) -> Prompt {
    match (place.role, hand) {
        _ if place.badges && session.operator.is_none() => Prompt::BadgeFirst,
        _ if place.badges && session.locked => Prompt::Locked,
        (Role::Dock, _) => handover::standing(place, session),
        (Role::PrintDesk, _) => desk::standing(session, awaited),
        (Role::Wall, _) => wall::standing(session),
        (Role::Pick, _) => pick::standing(session, wave),
        (Role::Returns, _) => returned::standing(session),
        (Role::Pack, hand) => pack::standing(place, session, hand),
    }
}
