//! What a place's screen shows, as plain data: the page draws it, tests and scripts read it.

use std::collections::BTreeMap;

use drivers::printer::status::Status;
use drivers::scale::State;
use serde::{Deserialize, Serialize};

use crate::bench::work::Stage;
use crate::bench::{Prompt, Session, Sound, Tone, View, Walk};
use crate::domain::code::Code;
use crate::domain::cutoff::Urgency;
use crate::domain::id::{OperatorId, Sku};
use crate::domain::order::CarrierCode;
use crate::domain::returned::Returned;
use crate::station::relabel::{Due, Queue};
use crate::sync::worker::SyncState;
use crate::wire::DeviceState;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Screen {
    pub place: String,
    /// Grows with every change, so that a reader sees whether it missed one.
    pub version: u64,
    pub tone: Tone,
    pub key: String,
    pub zh: String,
    pub en: String,
    /// Names of what was heard of the last turn that had something to say, and how many such turns there were: a page that is
    /// a speaker plays them once.
    pub sounds: Vec<&'static str>,
    pub heard: u64,
    /// The id of who is badged in, and the name.
    pub operator: Option<String>,
    pub operator_name: Option<String>,
    pub done: u32,
    pub parcel: Option<Parcel>,
    /// At a place that picks, what is still to be fetched.
    pub walk: Option<Walk>,
    /// What came back and is looked at, at a returns desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    /// What its goods are called.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub goods: BTreeMap<Sku, String>,
    /// The newest first.
    pub scans: Vec<Scan>,
    /// The place's own, then its backup, then platforms' components.
    pub printers: Vec<Device>,
    pub scanners: Vec<Device>,
    pub scale: Option<Scale>,
    pub carriers: Vec<Carrier>,
    pub relabel: ToRelabel,
    pub hub: SyncState,
    /// What is known of refunds is older than the site allows.
    pub refunds_stale: bool,
    /// The station's own file: a restart takes over what can be read of it.
    pub journal_damaged: bool,
}

/// The parcel in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parcel {
    pub orders: Vec<String>,
    pub number: Option<String>,
    pub stage: Stage,
    pub left: u32,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub name: String,
    pub needed: u32,
    pub counted: u32,
    pub gift: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    pub code: String,
    pub tone: Tone,
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    pub name: String,
    pub ok: bool,
    pub state: String,
}

/// An account of the station's: whether the carrier answers, and what helps while it doesn't.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carrier {
    pub carrier: CarrierCode,
    /// Whose own account it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    pub ok: bool,
    pub state: String,
    /// Parcels that are asked about when it answers again.
    pub waiting: usize,
    /// Numbers held for outages.
    pub spares: usize,
}

/// How many labels wait to be replaced; while somebody must hurry, for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ToRelabel {
    pub count: usize,
    /// Those whose number is there.
    pub ready: usize,
    pub urgency: Urgency,
    pub carrier: Option<CarrierCode>,
    /// Of this carrier.
    pub due: usize,
    pub cutoff_us: Option<i64>,
}

impl ToRelabel {
    pub fn of(queue: &Queue) -> ToRelabel {
        let mut strip = ToRelabel { count: queue.labels.len(), ready: queue.ready(), ..ToRelabel::default() };
        if let Some(Due { carrier, count, cutoff_us, urgency, .. }) = queue.urgent() {
            (strip.carrier, strip.due, strip.cutoff_us) = (Some(*carrier), *count, *cutoff_us);
            strip.urgency = *urgency;
        }
        strip
    }
}

/// What lies on the place's scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scale {
    pub name: String,
    pub ok: bool,
    pub state: String,
    /// Only a weight that stands still.
    pub grams: Option<u32>,
}

/// What stands in place of a badge's characters.
pub const BADGE: &str = "@@B";

/// How many scans a screen remembers.
pub const SCANS: usize = 5;

/// All that one turn says, in one breath: a piece to be counted may also be the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The gravest.
    pub tone: Tone,
    /// Of what was said last.
    pub key: String,
    pub zh: String,
    pub en: String,
}

impl Said {
    /// `prompts` holds at least one.
    pub fn of(prompts: &[Prompt]) -> Said {
        let mut different: Vec<&Prompt> = Vec::new();
        for prompt in prompts {
            if !different.contains(&prompt) {
                different.push(prompt);
            }
        }
        let joined = |text: fn(&Prompt) -> String, by: &str| {
            different.iter().map(|prompt| text(prompt)).collect::<Vec<_>>().join(by)
        };
        Said {
            tone: prompts.iter().map(Prompt::tone).max().unwrap_or(Tone::Ok),
            key: prompts.last().map(Prompt::key).unwrap_or_default(),
            zh: joined(Prompt::zh, "；"),
            en: joined(Prompt::en, "; "),
        }
    }
}

impl Screen {
    pub fn new(place: &str) -> Self {
        let prompt = Prompt::ScanParcel;
        Screen {
            place: place.to_owned(),
            version: 0,
            tone: prompt.tone(),
            key: prompt.key(),
            zh: prompt.zh(),
            en: prompt.en(),
            sounds: Vec::new(),
            heard: 0,
            operator: None,
            operator_name: None,
            done: 0,
            parcel: None,
            walk: None,
            returned: None,
            goods: BTreeMap::new(),
            scans: Vec::new(),
            printers: Vec::new(),
            scanners: Vec::new(),
            scale: None,
            carriers: Vec::new(),
            relabel: ToRelabel::default(),
            hub: SyncState::default(),
            refunds_stale: false,
            journal_damaged: false,
        }
    }

    /// The place's devices, as the hub is told of them.
    pub fn devices(&self) -> Vec<DeviceState> {
        let told = |kind: &str, name: &str, ok: bool, state: &str| DeviceState {
            place: self.place.clone(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            ok,
            state: state.to_owned(),
        };
        let printers = self.printers.iter().map(|device| told("printer", &device.name, device.ok, &device.state));
        let scanners = self.scanners.iter().map(|device| told("scanner", &device.name, device.ok, &device.state));
        // What lies on it changes all day, and is nobody's news.
        let scale = self.scale.iter().map(|scale| {
            let works = ["stable", "moving"].contains(&scale.state.as_str());
            told("scale", &scale.name, scale.ok, if works { "ready" } else { &scale.state })
        });
        printers.chain(scanners).chain(scale).collect()
    }

    pub fn say(&mut self, said: Said) {
        (self.tone, self.key, self.zh, self.en) = (said.tone, said.key, said.zh, said.en);
    }

    pub fn hear(&mut self, sounds: &[Sound]) {
        if !sounds.is_empty() {
            self.sounds = sounds.iter().map(|sound| sound.as_str()).collect();
            self.heard += 1;
        }
    }

    pub fn show(
        &mut self,
        session: &Session,
        hand: Option<&View>,
        walk: Option<Walk>,
        name_of: impl FnOnce(&OperatorId) -> Option<String>,
    ) {
        // A name is looked up once a shift, not once a scan.
        if self.operator.as_deref() != session.operator.as_ref().map(OperatorId::as_str) {
            self.operator = session.operator.as_ref().map(ToString::to_string);
            self.operator_name = session.operator.as_ref().and_then(name_of);
        }
        self.done = session.done;
        self.parcel = hand.map(parcel);
        self.walk = walk;
        self.returned.clone_from(&session.returned);
    }

    pub fn add_scan(&mut self, code: &str, said: &Said) {
        // Whoever reads a badge off the screen could badge in with it.
        let code = match Code::parse(code) {
            Code::Badge(_) => BADGE.to_owned(),
            _ => code.chars().take(40).collect(),
        };
        let scan = Scan { code, tone: said.tone, zh: said.zh.clone(), en: said.en.clone() };
        // The hub's answer takes the place of the question.
        let asking = Said::of(&[Prompt::AskingHub]);
        self.scans.retain(|earlier| earlier.code != scan.code || earlier.zh != asking.zh);
        self.scans.insert(0, scan);
        self.scans.truncate(SCANS);
    }
}

fn parcel(view: &View) -> Parcel {
    let lines = view.needs.iter().filter(|need| need.quantity > 0).map(|need| Line {
        name: need.name.clone(),
        needed: need.quantity,
        counted: view.counted(&need.sku).min(need.quantity),
        gift: need.gift,
    });
    Parcel {
        orders: view.carried().iter().map(ToString::to_string).collect(),
        number: view.number().map(|(number, _)| number),
        stage: view.work.stage,
        left: view.left().iter().map(|(_, left)| left).sum(),
        lines: lines.collect(),
    }
}

pub fn printer(name: &str, status: &Status) -> Device {
    let (ok, state) = match status {
        Status::Ready => (true, "ready".to_owned()),
        Status::Silent => (true, "silent".to_owned()),
        Status::Fault { fault } => (false, fault.as_str().to_owned()),
        Status::StoppedAnswering => (false, "stopped_answering".to_owned()),
        Status::Offline { .. } => (false, "offline".to_owned()),
    };
    Device { name: name.to_owned(), ok, state }
}

/// `None` while the scale is away.
pub fn scale(name: &str, state: Option<State>) -> Scale {
    let (ok, word, grams) = match state {
        Some(State::Stable { grams }) => (true, "stable", Some(grams)),
        Some(State::Moving) => (true, "moving", None),
        Some(State::Overload) => (false, "overload", None),
        Some(State::Negative) => (false, "negative", None),
        Some(State::Unzeroed) => (false, "unzeroed", None),
        Some(State::Silent) => (false, "silent", None),
        Some(State::Garbled) => (false, "garbled", None),
        None => (false, "lost", None),
    };
    Scale { name: name.to_owned(), ok, state: word.to_owned(), grams }
}
