//! The stage of a performance: the daemon's process, and everything at its other ends. It turns a story's verbs into
//! what happens outside the daemon, and outside names into the story's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use milepost::domain::entry::Entry;
use milepost::domain::parcel::{OrderRecord, Parcel};
use milepost::journal::Reader;
use milepost::sim::carrier::sf;
use milepost::sim::printer;
use milepost::sim::scale::{self, SimScale};
use serde_json::json;
use tokio::sync::watch;

use super::elsewhere::Elsewhere;
use super::rehearsal::BESIDE;
use super::script::{Act, NewParcel, Verb};
use super::shelf::{self, PACKER, code};
use crate::process::Process;
use crate::wire::{Wire, ZPL};
use crate::world::{LIMIT, Scanner, World, eventually};

pub(super) const PLACE: &str = "bench-1";
/// No packer's time is over before the story says `wait`.
const LONG_MS: u64 = 600_000;

pub struct Stage {
    pub(super) world: World,
    pub(super) wire: Wire,
    pub(super) journal: PathBuf,
    pub(super) base: String,
    pub(super) role: String,
    pub(super) scan_back: Option<String>,
    pub(super) has_printer: bool,
    pub(super) stamp_only: bool,
    pub(super) boxes: bool,
    pub(super) slots: u32,
    pub(super) dividers: bool,
    /// There is a second place with the same printer.
    pub(super) shares: bool,
    pub(super) handover: bool,
    pub(super) strict: bool,
    pub(super) slips: bool,
    /// What is known of refunds is too old at once.
    pub(super) is_stale: bool,
    pub(super) min_days: String,
    /// Nobody scans in this life, and the place minds at once.
    pub(super) is_idle: bool,
    /// Where a story weighs.
    pub(super) scale: Option<SimScale>,
    /// What stands still on it.
    pub(super) on_scale: Option<u32>,
    /// A printer that takes labels and tells nothing about them.
    pub(super) silent: bool,
    life: Option<Life>,
    pub(super) lives: usize,
    /// The last entry before the line that is played.
    pub(super) before: u64,
    /// Labels that must be on paper by now, and whether the next ones will be.
    pub(super) on_paper: usize,
    pub(super) prints: bool,
    /// Labels that still come out before the printer's fault.
    pub(super) good: usize,
    pub(super) hangs: bool,
    /// Story's number → order, for numbers that SF gives.
    pub(super) promised: BTreeMap<String, Option<String>>,
    /// Of these the story's numbers of further boxes.
    pub(super) children: BTreeMap<String, Vec<String>>,
    pub(super) orders: Vec<String>,
    pub(super) elsewhere: Option<Elsewhere>,
}

/// The daemon between two restarts.
struct Life {
    process: Process,
    gun: Scanner,
    /// The second place's.
    beside: Option<Scanner>,
    /// Every screen since the first that was drawn, of both places.
    screens: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    pub async fn open(script: &[Act]) -> Stage {
        let world = World::start().await;
        world.post("/v1/items", &json!({ "items": shelf::items() })).await;
        world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
        world.sf.set_fault(Some(sf::Fault::Timeout));
        let wire = Wire::to(world.printer.addr, ZPL).await;
        let config = world.config("SZ-01", "").await;
        let base = std::fs::read_to_string(config).expect("the config");
        let journal = world.folder.path().join("SZ-01/journal.db");
        // Where it matters to a story what a printer says of itself, ours says nothing unless told to.
        let silent = script.iter().any(|act| matches!(&act.verb, Verb::Setting(key, _) if key == "scan_back"));
        let weighs = script.iter().any(|act| matches!(act.verb, Verb::Scale(_)));
        let plug = || scale::start(scale::Model::Text, scale::Plug::Tcp(([127, 0, 0, 1], 0).into()));
        let mut stage = Stage {
            scale: weighs.then(|| plug().expect("a scale starts")),
            on_scale: Some(0),
            world,
            wire,
            journal,
            base,
            role: "pack".into(),
            scan_back: None,
            has_printer: true,
            stamp_only: false,
            boxes: false,
            slots: 24,
            dividers: true,
            shares: script.iter().any(|act| matches!(act.verb, Verb::Beside(_))),
            handover: false,
            strict: false,
            slips: true,
            is_stale: false,
            min_days: String::new(),
            is_idle: false,
            silent,
            life: None,
            lives: 0,
            before: 0,
            on_paper: 0,
            prints: true,
            good: 0,
            hangs: false,
            promised: BTreeMap::new(),
            children: BTreeMap::new(),
            orders: Vec::new(),
            elsewhere: None,
        };
        if silent {
            stage.world.printer.set_fault(printer::Fault::Silent);
        }
        stage.begin(LONG_MS).await;
        eventually("people to come down", async || stage.reader().documents("operator").expect("rows").len() == 2)
            .await;
        let said = stage.scan(&code(&format!("badge {PACKER}"))).await;
        assert_eq!(said, format!("OK {PACKER}，上岗"));
        stage.restart(script.first().map(|act| &act.verb), false).await;
        stage
    }

    /// Does what the line says; the scanner's answer, if it is a scan.
    pub async fn act(&mut self, verb: &Verb) -> Result<Vec<String>, String> {
        match verb {
            Verb::Scan(names) => {
                let mut answers = Vec::new();
                for name in names.split(" then ") {
                    let text = self.untold(&code(name));
                    answers.push(self.scan(&text).await);
                }
                return Ok(answers);
            }
            Verb::Beside(name) => {
                let text = self.untold(&code(name));
                let life = self.life.as_mut().expect("it lives");
                return Ok(vec![life.beside.as_mut().expect("a second place has a scanner").scan(&text).await]);
            }
            Verb::Unreadable => {
                let life = self.life.as_mut().expect("it lives");
                return Ok(vec![life.gun.garble(b"69\x01\x02\r").await]);
            }
            Verb::Place(role) => self.role.clone_from(role),
            Verb::Refunds(known) => self.is_stale = !known,
            Verb::Setting(key, value) if key == "strict" => self.strict = value == "true",
            Verb::Setting(key, value) if key == "slips" => self.slips = value == "true",
            Verb::Setting(key, value) if key == "handover" => self.handover = value == "true",
            Verb::Setting(key, value) if key == "min_days" => {
                self.min_days = format!("[[min_days]]\nchannel = \"tmall\"\ndays = {value}\n");
            }
            Verb::Setting(key, value) if key == "slots" => self.slots = value.parse().map_err(|_| "a count")?,
            Verb::Setting(key, value) if key == "dividers" => self.dividers = value == "true",
            Verb::Setting(key, value) if key == "stamp_only" => self.stamp_only = value == "true",
            Verb::Setting(key, value) if key == "boxes" => self.boxes = value == "true",
            Verb::Setting(key, value) if key == "scan_back" => self.scan_back = Some(value.clone()),
            Verb::Setting(key, value) if (key.as_str(), value.as_str()) == ("printer", "none") => {
                self.has_printer = false;
            }
            Verb::Setting(key, value) => return Err(format!("no setting {key} {value}")),
            Verb::Order(NewParcel { orders, number }) => {
                self.post(orders, 1, number.as_deref(), None).await;
                self.orders.push(orders[0].0.clone());
                for (order, _) in orders {
                    self.wait_for_order(order, |record| record.order.revision == 1).await;
                }
            }
            Verb::Revise(order, lines, number) => {
                let known = self.record(order).ok_or("no such order")?;
                let number = number.clone().or(known.order.waybill.map(|waybill| waybill.number));
                let revision = known.order.revision + 1;
                self.post(&[(order.clone(), lines.clone())], revision, number.as_deref(), None).await;
                self.wait_for_order(order, |record| record.order.revision == revision).await;
            }
            Verb::Wave(wave, orders) => {
                self.world.post("/v1/waves", &json!({ "wave": wave, "station": "SZ-01", "orders": orders })).await;
                for order in orders {
                    eventually("the wave to come down", async || self.parcel(order).is_some_and(|p| p.wave.is_some()))
                        .await;
                }
            }
            Verb::Singles(wave, orders) => {
                let request = json!({ "wave": wave, "flow": "item_first", "orders": orders });
                let released = self.world.post("/v1/waves", &request).await;
                assert_eq!(released["parcels"], orders.len(), "{released}");
                for order in orders {
                    eventually("the wave to come down", async || self.parcel(order).is_some_and(|p| p.wave.is_some()))
                        .await;
                }
            }
            Verb::Recall(wave) => {
                let is_lent = |order: &&String| self.parcel(order).is_some_and(|parcel| parcel.lent.is_some());
                let before = self.orders.iter().filter(is_lent).count();
                let request = json!({ "station": "SZ-01", "by": "lead" });
                let recalled = self.world.post(&format!("/v1/waves/{wave}/recall"), &request).await;
                let gone = recalled["recalled"].as_u64().unwrap_or_default() as usize;
                assert!(0 < gone && gone <= before, "{recalled}, lent {before}");
                eventually("the loans to end", async || self.orders.iter().filter(is_lent).count() == before - gone)
                    .await;
            }
            Verb::Expect(record) => self.expect(record).await,
            Verb::Cancel(order) => self.tell(order, "cancel", "refund").await,
            Verb::Hold(order, reason) => self.tell(order, "hold", reason).await,
            Verb::Resume(order) => self.tell(order, "resume", "").await,
            Verb::Printer(mode) => self.printer(mode)?,
            Verb::Carrier(mode) => self.carrier(mode)?,
            Verb::HubKnows(NewParcel { orders, number }) => {
                // An order of another warehouse comes down to those only who ask for it.
                let near = self.world.hub.is_some();
                if near {
                    self.post(orders, 1, number.as_deref(), Some("HZ")).await;
                }
            }
            Verb::Hub(mode) if mode == "away" => self.world.stop_hub().await,
            Verb::Hub(_) => self.world.start_hub().await,
            Verb::Elsewhere(station, act, order) => self.elsewhere(station, act, order).await?,
            Verb::Scale(grams) => {
                let scale = self.scale.as_ref().expect("a story that weighs has a scale");
                match grams {
                    Some(grams) => {
                        scale.put(*grams);
                        scale.mend();
                    }
                    None => scale.fail(scale::Fault::Motion),
                }
                self.on_scale = *grams;
                self.weigh().await;
            }
            // Each is the life that has just begun; see `restart`.
            Verb::Wait | Verb::Idle | Verb::Restart | Verb::CallBack(..) => {}
        }
        Ok(Vec::new())
    }

    /// Ends this life and begins the next, in which `next` will be played.
    pub async fn restart(&mut self, next: Option<&Verb>, kill: bool) {
        let printed = self.prints_since();
        (self.on_paper, self.good) = (self.on_paper + printed, self.good.saturating_sub(printed));
        let life = self.life.take().expect("it lives");
        match kill {
            true => life.process.kill().await,
            false => life.process.end().await,
        }
        drop((life.gun, life.beside));
        self.before = self.last_seq();
        if let Some(Verb::CallBack(order, number)) = next {
            self.world.sf.set_fault(None);
            self.promise(number, Some(order.clone()));
        }
        self.is_idle = next == Some(&Verb::Idle);
        self.begin(if next == Some(&Verb::Wait) { 1 } else { LONG_MS }).await;
        // What a start itself leads to belongs to no line, unless the line is the start.
        if !matches!(next, Some(Verb::Wait | Verb::Idle | Verb::Restart | Verb::CallBack(..))) {
            self.before = self.last_seq();
            self.life.as_ref().expect("it lives").screens.lock().expect("the list").clear();
        }
    }

    /// Waits until the screen shows what lies on the scale.
    async fn weigh(&self) {
        let life = self.life.as_ref().expect("it lives");
        let mut screen = life.process.screen(PLACE);
        let shows = |shown: &serde_json::Value| match self.on_scale {
            Some(grams) => shown["scale"]["grams"].as_u64() == Some(grams.into()),
            None => shown["scale"]["state"] == "moving",
        };
        let seen = screen.wait_for(|shown| shows(shown));
        tokio::time::timeout(LIMIT, seen).await.expect("in time").expect("a screen");
    }

    async fn begin(&mut self, budget_ms: u64) {
        let path = self.world.folder.path().join("SZ-01.toml");
        std::fs::write(&path, self.config(budget_ms)).expect("the config is written");
        let process = Process::start(&path, 1 + usize::from(self.shares)).await;
        let gun = Scanner::connect(process.scanners["gun"]).await;
        let beside = match process.scanners.get("gun-2") {
            Some(address) => Some(Scanner::connect(*address).await),
            None => None,
        };
        let screens = Arc::new(Mutex::new(Vec::new()));
        listen(process.screen(PLACE), screens.clone()).await;
        if beside.is_some() {
            listen(process.screen(BESIDE), screens.clone()).await;
        }
        self.lives += 1;
        self.life = Some(Life { process, gun, beside, screens });
        let started = |entry: &Entry| entry.kind == "station_started";
        eventually("the start to be durable", async || {
            let entries = self.reader().entries(1, 0, usize::MAX >> 1).expect("entries");
            let open = self.reader().open_parcels().expect("parcels");
            let in_doubt = open.iter().any(|(_, body)| body.contains("\"outcome\":null"));
            let count = |kind: &str| entries.iter().filter(|entry| entry.kind == kind).count();
            let in_doubt = in_doubt || count("divider_queued") > count("divider_settled");
            entries.iter().filter(|entry| started(entry)).count() == self.lives && !in_doubt
        })
        .await;
        if self.scale.is_some() {
            self.weigh().await;
        }
    }

    pub async fn close(&mut self) -> Result<(), String> {
        let late = self.prints_since();
        self.life.take().expect("it lives").process.kill().await;
        let papers = self.world.printer.papers().len();
        match late == 0 && papers == self.on_paper {
            true => Ok(()),
            false => Err(format!("at the end {papers} papers are out where {} were told, {late} late", self.on_paper)),
        }
    }

    async fn scan(&mut self, text: &str) -> String {
        self.life.as_mut().expect("it lives").gun.scan(text).await
    }

    /// Waits for the screen to show it.
    pub async fn shows(&self, wanted: &str) -> Result<(), String> {
        let begun = std::time::Instant::now();
        loop {
            let life = self.life.as_ref().expect("it lives");
            let shows = self.told(&shown(&life.process.shown(PLACE).await));
            if shows == wanted {
                return Ok(());
            }
            if begun.elapsed() > LIMIT / 4 {
                return Err(format!("expected the screen to show {wanted:?}, it shows {shows:?}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn screens(&self) -> Vec<String> {
        self.life.as_ref().expect("it lives").screens.lock().expect("the list").clone()
    }

    /// What the line wrote so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.reader().entries(1, self.before, usize::MAX >> 1).expect("entries")
    }

    fn prints_since(&self) -> usize {
        let queues = |entry: &&Entry| entry.kind.ends_with("_queued");
        let queued = self.entries().iter().filter(queues).count();
        if self.prints { queued } else { queued.min(self.good) }
    }

    /// All labels that can come out are out, and nothing is under way that comes to an end by itself.
    pub fn papers_are_out(&self) -> bool {
        let open = self.reader().open_parcels().expect("parcels");
        let labels = open.iter().any(|(_, body)| body.contains("\"outcome\":null"));
        let count = |kind: &str| self.entries().iter().filter(|entry| entry.kind == kind).count();
        let papers = [("sheet_queued", "sheet_settled"), ("divider_queued", "divider_settled")];
        let under_way = labels || papers.iter().any(|(queued, settled)| count(queued) > count(settled));
        let out = self.world.printer.papers().len() >= self.on_paper + self.prints_since();
        out && (self.hangs || !under_way)
    }

    pub fn papers(&self) -> String {
        format!("{} papers are out", self.world.printer.papers().len())
    }

    fn last_seq(&self) -> u64 {
        self.reader().epochs().expect("epochs").last().map_or(0, |epoch| epoch.last_seq)
    }

    pub(super) fn reader(&self) -> Reader {
        Reader::open(&self.journal).expect("the journal can be read")
    }

    pub(super) fn record(&self, order: &str) -> Option<OrderRecord> {
        serde_json::from_str(&self.reader().document("order", order).expect("a row")?).ok()
    }

    pub(super) fn parcel(&self, order: &str) -> Option<Parcel> {
        self.parcels(order).into_iter().next()
    }

    /// In the order in which they were parted off.
    pub(super) fn parcels(&self, order: &str) -> Vec<Parcel> {
        let found = self.reader().matches(order).expect("rows").into_iter().filter(|found| found.kind == "parcel");
        let mut keys: Vec<String> = found.map(|found| found.key).collect();
        keys.sort();
        let read = |key: &String| self.reader().document("parcel", key).expect("a row");
        keys.iter().filter_map(|key| serde_json::from_str(&read(key)?).ok()).collect()
    }

    pub(super) async fn wait_for_order(&self, order: &str, so: impl Fn(&OrderRecord) -> bool) {
        eventually(&format!("order {order} to come down"), async || {
            self.parcel(order).is_some() && self.record(order).is_some_and(|record| so(&record))
        })
        .await;
    }
}

/// Keeps what a screen shows, from the first that was drawn on.
async fn listen(mut screen: watch::Receiver<serde_json::Value>, list: Arc<Mutex<Vec<String>>>) {
    let drawn = screen.wait_for(|shown| shown["version"].as_u64().is_some_and(|version| version > 0));
    let mut last = shown(&tokio::time::timeout(LIMIT, drawn).await.expect("in time").expect("a screen"));
    list.lock().expect("the list").push(last.clone());
    tokio::spawn(async move {
        while screen.changed().await.is_ok() {
            let now = shown(&screen.borrow_and_update());
            if now != last {
                list.lock().expect("the list").push(now.clone());
                last = now;
            }
        }
    });
}

fn shown(screen: &serde_json::Value) -> String {
    format!("{} {}", screen["tone"].as_str().unwrap_or_default(), screen["zh"].as_str().unwrap_or_default())
}
