//! Stations that draw on one hub while answers are lost, doubled and late, stations crash, journals are lost and the hub
//! restarts: no number is ever at two of them, and none is lost with an answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::{Date, date};
use milepost::bench::Work;
use milepost::domain::account::AccountName;
use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::id::{OrderNo, ParcelId, Sku, StationCode};
use milepost::domain::order::{CarrierCode, Item};
use milepost::domain::parcel::{Operator, OrderRecord, Parcel};
use milepost::domain::returned::ReturnRecord;
use milepost::domain::waybill::Origin;
use milepost::hub::Hub;
use milepost::journal::Upsert;
use milepost::station::event::{Event, Source};
use milepost::station::heart::{Heart, Turn};
use milepost::station::load::Documents;
use milepost::station::pools::{Pools, Terms};
use milepost::wire::{AskRequest, PoolBlock};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{NOW_US, Store, jd_numbers};

const TODAY: Date = date(2026, 2, 18);

const STATIONS: usize = 3;
const NUMBERS: usize = 40;

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask(usize, u32),
    /// The oldest answer that is on its way.
    Arrives(usize),
    ArrivesTwice(usize),
    /// Handled, and the power goes before the disk has it.
    ArrivesInVain(usize),
    Lost(usize),
    Use(usize),
    Crash(usize),
    /// An older copy of the journal takes its place: what it knew since is forgotten.
    OldJournal(usize),
    HubRestarts,
}

fn step(journals_are_lost: bool) -> impl Strategy<Value = Step> {
    let station = || 0..STATIONS;
    prop_oneof![
        4 => (station(), 1..9u32).prop_map(|(station, count)| Step::Ask(station, count)),
        4 => station().prop_map(Step::Arrives),
        1 => station().prop_map(Step::ArrivesTwice),
        2 => station().prop_map(Step::ArrivesInVain),
        2 => station().prop_map(Step::Lost),
        4 => station().prop_map(Step::Use),
        2 => station().prop_map(Step::Crash),
        u32::from(journals_are_lost) => station().prop_map(Step::OldJournal),
        1 => Just(Step::HubRestarts),
    ]
}

fn jd() -> AccountName {
    CarrierCode::Jd.into()
}

/// What a station has written.
#[derive(Clone, Default)]
struct Disk {
    metas: BTreeMap<String, String>,
    used: BTreeSet<String>,
}

impl Disk {
    fn free(&self) -> Vec<String> {
        let pool = self.metas.get("pool:jd").map(String::as_str).unwrap_or("{}");
        let pool: BTreeMap<String, String> = serde_json::from_str(pool).expect("a pool");
        pool.into_keys().collect()
    }
}

impl Documents for Disk {
    fn order(&self, _: &OrderNo) -> Option<OrderRecord> {
        None
    }

    fn parcel(&self, _: &ParcelId) -> Option<Parcel> {
        None
    }

    fn item(&self, _: &Sku) -> Option<Item> {
        None
    }

    fn taught(&self, _: &str) -> Option<milepost::domain::taught::Taught> {
        None
    }

    fn operator(&self, _: &str) -> Option<Operator> {
        None
    }

    fn matches(&self, _: &str) -> Vec<(String, String, u32)> {
        Vec::new()
    }

    fn parcel_of(&self, number: &str) -> Option<ParcelId> {
        self.used.contains(number).then(|| ParcelId(number.to_owned()))
    }

    fn work(&self, _: &ParcelId) -> Option<Work> {
        None
    }

    fn return_record(&self, _: &str) -> Option<ReturnRecord> {
        None
    }
}

struct Bench {
    code: StationCode,
    epoch: u32,
    heart: Heart,
    disk: Disk,
    coming: VecDeque<PoolBlock>,
}

impl Bench {
    fn new(index: usize) -> Bench {
        let code: StationCode = format!("SZ-0{index}").as_str().into();
        let heart = Heart::new(code.clone(), Vec::new(), TODAY);
        let mut bench = Bench { code, epoch: 0, heart, disk: Disk::default(), coming: VecDeque::new() };
        bench.start();
        bench
    }

    /// Memory as the disk has it.
    fn start(&mut self) {
        self.heart = Heart::new(self.code.clone(), Vec::new(), TODAY);
        let mut pools = Pools::default();
        pools.set(jd(), Terms { unrouted: true, ..Terms::default() });
        if let Some(pool) = self.disk.metas.get("pool:jd") {
            pools.restore(jd(), serde_json::from_str(pool).expect("a pool"));
        }
        if let Some(block) = self.disk.metas.get("pool_block:jd") {
            pools.keep_block(jd(), block.clone());
        }
        self.heart.stock(pools);
        // Whatever was on its way finds nobody.
        self.coming.clear();
    }

    fn question(&self, count: u32) -> AskRequest {
        let last = self.heart.pool_block(&jd()).map(str::to_owned);
        AskRequest::Pool { carrier: CarrierCode::Jd, shop: None, count, epoch: self.epoch.to_string(), last }
    }

    fn takes(&mut self, block: PoolBlock) -> Turn {
        let PoolBlock { block, numbers } = block;
        if numbers.is_empty() {
            return Turn::default();
        }
        let filled = Event::PoolFilled { account: jd(), numbers, source: Source::Hub { block } };
        self.heart.handle(filled, &self.disk)
    }

    fn keeps(&mut self, turn: Turn) {
        for upsert in turn.upserts {
            if let Upsert::Meta { key, value } = upsert {
                self.disk.metas.insert(key, value);
            }
        }
    }

    /// A parcel takes the first free number.
    fn uses(&mut self) -> Option<String> {
        let number = self.disk.free().into_iter().next()?;
        let (waybill_id, carrier, origin) = ("DB1".into(), CarrierCode::Jd, Origin::Pool);
        let fact =
            Fact::WaybillIssued { waybill_id, carrier, number: number.clone(), origin, routing: BTreeMap::new() };
        let entry = NewEntry { fact, parcel: None, orders: Vec::new(), operator: None, device: None };
        let turn = self.heart.handle(Event::Noted(Box::new(entry)), &self.disk);
        self.keeps(turn);
        self.disk.used.insert(number.clone());
        Some(number)
    }
}

struct Site {
    store: Store,
    benches: Vec<Bench>,
    /// Which journal has held a number.
    holders: BTreeMap<String, (usize, u32)>,
    used: BTreeSet<String>,
}

impl Site {
    fn new() -> Site {
        let store = Store::open();
        let answer = store.import(&jd_numbers(NUMBERS), date(2026, 12, 31));
        assert_eq!((answer.accepted, answer.refused.len()), (NUMBERS, 0));
        let benches: Vec<Bench> = (0..STATIONS).map(Bench::new).collect();
        for bench in &benches {
            store.hub().invite(&bench.code, None, *b"0123456789", NOW_US).expect("a station");
        }
        Site { store, benches, holders: BTreeMap::new(), used: BTreeSet::new() }
    }

    fn hub(&self) -> &Hub {
        self.store.hub()
    }

    fn ask(&mut self, at: usize, count: u32) {
        let bench = &self.benches[at];
        let answer = self.hub().ask(&bench.code, &bench.question(count), NOW_US).expect("the hub answers");
        let block = answer.pool.expect("the hub keeps a pool");
        self.benches[at].coming.push_back(block);
    }

    fn does(&mut self, step: Step) {
        match step {
            Step::Ask(at, count) => self.ask(at, count),
            Step::Arrives(at) => self.arrives(at),
            Step::ArrivesTwice(at) => {
                if let Some(block) = self.benches[at].coming.front().cloned() {
                    self.benches[at].coming.push_front(block);
                }
                self.arrives(at);
                self.arrives(at);
            }
            Step::ArrivesInVain(at) => {
                if let Some(block) = self.benches[at].coming.pop_front() {
                    let _ = self.benches[at].takes(block);
                    self.benches[at].start();
                }
            }
            Step::Lost(at) => drop(self.benches[at].coming.pop_front()),
            Step::Use(at) => {
                if let Some(number) = self.benches[at].uses() {
                    assert!(self.used.insert(number.clone()), "{number} is on two parcels");
                }
            }
            Step::Crash(at) => self.benches[at].start(),
            Step::OldJournal(at) => {
                let bench = &mut self.benches[at];
                // As a new epoch of a journal begins: no numbers, and here no memory of those that were used.
                (bench.epoch, bench.disk) = (bench.epoch + 1, Disk::default());
                bench.start();
            }
            Step::HubRestarts => self.store.restart(),
        }
        self.check();
    }

    fn arrives(&mut self, at: usize) {
        if let Some(block) = self.benches[at].coming.pop_front() {
            let turn = self.benches[at].takes(block);
            self.benches[at].keeps(turn);
        }
    }

    /// Everybody asks until nothing new comes.
    fn drain(&mut self) {
        for _ in 0..NUMBERS {
            for at in 0..STATIONS {
                self.ask(at, 4);
                while !self.benches[at].coming.is_empty() {
                    self.does(Step::Arrives(at));
                }
            }
        }
    }

    fn check(&mut self) {
        for (at, bench) in self.benches.iter().enumerate() {
            for number in bench.disk.free() {
                assert!(!self.used.contains(&number), "{number} is free again after its use");
                let holder = *self.holders.entry(number.clone()).or_insert((at, bench.epoch));
                assert_eq!(holder, (at, bench.epoch), "{number} is at two stations");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_number_is_ever_at_two_stations_or_two_journals(steps in vec(step(true), 1..60)) {
        let mut site = Site::new();
        for step in steps {
            site.does(step);
        }
        site.drain();
    }

    #[test]
    fn no_number_is_lost_with_an_answer(steps in vec(step(false), 1..40)) {
        let mut site = Site::new();
        for step in steps {
            site.does(step);
        }
        site.drain();
        prop_assert_eq!(site.holders.len(), NUMBERS, "whoever asks again gets what was lost on the way");
    }
}
