//! Numbers for outages: the hub's lending, what somebody imports, how both are refilled, and whom they are said to be short.

mod random;
mod bench;
mod commands;

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use milepost::domain::id::StationCode;
use milepost::domain::order::CarrierCode;
use milepost::hub::Hub;
use milepost::hub::config::HubConfig;
use milepost::hub::pools::{PoolImport, PoolImported, PoolRow};
use milepost::rules::IntakeRules;
use milepost::wire::{AskRequest, PoolBlock, PoolNumber};
use tempfile::TempDir;

/// 2026-02-18, 18:00 in the warehouse.
pub const NOW_US: i64 = 1_771_408_800_000_000;
const DAY_US: i64 = 86_400_000_000;

/// A hub on a file of its own, and the clock is the test's.
pub struct Store {
    hub: Option<Hub>,
    folder: TempDir,
}

impl Store {
    pub fn open() -> Store {
        let mut store = Store { hub: None, folder: TempDir::new().expect("a folder") };
        store.restart();
        store
    }

    pub fn hub(&self) -> &Hub {
        self.hub.as_ref().expect("it is open")
    }

    pub fn restart(&mut self) {
        self.hub = None;
        let policy = HubConfig::default().policy().expect("the zone is known");
        let rules = IntakeRules::from_toml("").expect("no rules");
        self.hub = Some(Hub::open(&self.folder.path().join("hub.db"), policy, rules).expect("a hub"));
    }

    pub fn import(&self, numbers: &[String], expires_on: Date) -> PoolImported {
        let number = |number: &String| PoolNumber { number: number.clone(), expires_on };
        let import = PoolImport { numbers: numbers.iter().map(number).collect(), ..file() };
        self.hub().import_numbers(&import, NOW_US).expect("it is taken")
    }

    fn station(&self, code: &str, warehouse: &str) -> StationCode {
        let station = StationCode::from(code);
        self.hub().invite(&station, Some(warehouse), *b"0123456789", NOW_US).expect("a station");
        station
    }

    fn ask(&self, station: &StationCode, shop: Option<&str>, count: u32, last: Option<String>) -> Option<PoolBlock> {
        self.ask_at(NOW_US, station, shop, count, last)
    }

    fn ask_at(
        &self,
        now_us: i64,
        station: &StationCode,
        shop: Option<&str>,
        count: u32,
        last: Option<String>,
    ) -> Option<PoolBlock> {
        let (carrier, shop, epoch) = (CarrierCode::Jd, shop.map(str::to_owned), "e1".to_owned());
        let question = AskRequest::Pool { carrier, shop, count, epoch, last };
        self.hub().ask(station, &question, now_us).expect("an answer").pool
    }

    fn row(&self, now_us: i64) -> PoolRow {
        let rows = self.hub().pools(now_us).expect("rows");
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.into_iter().next().expect("just seen")
    }
}

fn file() -> PoolImport {
    PoolImport {
        carrier: CarrierCode::Jd,
        shop: None,
        warehouse: None,
        source: "jd.csv".into(),
        numbers: Vec::new(),
        dry_run: false,
    }
}

pub fn jd_numbers(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("JDVA{number:011}")).collect()
}

fn numbers(block: &PoolBlock) -> Vec<&str> {
    block.numbers.iter().map(|one| one.number.as_str()).collect()
}

#[test]
fn those_that_end_first_are_lent_first_and_none_that_ends_within_days() {
    let store = Store::open();
    let station = store.station("SZ-01", "SZ");
    let all = jd_numbers(4);
    store.import(&all[..1], date(2026, 5, 1));
    store.import(&all[1..2], date(2026, 4, 1));
    store.import(&all[2..3], date(2026, 2, 21));
    let refused = store.import(&all[3..], date(2026, 2, 20)).refused;
    assert!(refused[0].reason.starts_with("it ends on 2026-02-20, too soon"), "{refused:?}");
    let block = store.ask(&station, None, 2, None).expect("a pool");
    assert_eq!(numbers(&block), [&all[2], &all[1]]);
    // A day later the first would have been too old to lend.
    let row = store.row(NOW_US + DAY_US);
    assert_eq!((row.free, row.leased, row.next_expiry), (1, 2, Some(date(2026, 5, 1))));
}

#[test]
fn the_same_block_comes_again_until_it_is_named() {
    let store = Store::open();
    let station = store.station("SZ-01", "SZ");
    store.import(&jd_numbers(10), date(2026, 12, 31));
    let first = store.ask(&station, None, 3, None).expect("a pool");
    assert_eq!(store.ask(&station, None, 5, None).as_ref(), Some(&first), "its answer may have been lost");
    assert_eq!(store.ask(&station, None, 5, Some("another".into())).as_ref(), Some(&first));
    let second = store.ask(&station, None, 5, Some(first.block.clone())).expect("a pool");
    assert_eq!((second.numbers.len(), store.row(NOW_US).leased), (5, 8));
    assert_ne!(first.block, second.block);
    let rest = store.ask(&station, None, 5, Some(second.block.clone())).expect("a pool");
    assert_eq!(rest.numbers.len(), 2);
    let none = store.ask(&station, None, 5, Some(rest.block.clone())).expect("there is a pool, and it is empty");
    assert_eq!(none.numbers, []);
}

#[test]
fn an_accounts_numbers_are_lent_to_its_own_warehouse_and_shop_alone() {
    let store = Store::open();
    let (shenzhen, hangzhou) = (store.station("SZ-01", "SZ"), store.station("HZ-01", "HZ"));
    assert_eq!(store.ask(&shenzhen, None, 1, None), None, "no pool is kept");
    let all = jd_numbers(3);
    let import = |numbers: &[String], shop: Option<&str>, warehouse: Option<&str>| {
        let expires_on = date(2026, 12, 31);
        let numbers = numbers.iter().map(|number| PoolNumber { number: number.clone(), expires_on }).collect();
        let (shop, warehouse) = (shop.map(str::to_owned), warehouse.map(str::to_owned));
        let import = PoolImport { numbers, shop, warehouse, ..file() };
        assert_eq!(store.hub().import_numbers(&import, NOW_US).expect("it is taken").accepted, 1);
    };
    import(&all[..1], None, Some("HZ"));
    assert_eq!(store.ask(&shenzhen, None, 1, None), None, "another warehouse's");
    import(&all[1..2], None, None);
    import(&all[2..], Some("旗舰店"), None);
    let lent = |station, shop| {
        let block = store.ask(station, shop, 9, None).expect("a pool");
        block.numbers.into_iter().map(|one| one.number).collect::<Vec<_>>()
    };
    assert_eq!(lent(&shenzhen, None), &all[1..2]);
    assert_eq!(lent(&hangzhou, None), &all[..1]);
    assert_eq!(lent(&shenzhen, Some("旗舰店")), &all[2..]);
    assert_eq!(store.ask(&shenzhen, Some("另一家"), 9, None), None, "the numbers of everybody are not this shop's");
}

#[test]
fn what_cant_be_lent_is_refused_by_number() {
    let store = Store::open();
    let all = jd_numbers(2);
    let twice = [all[0].clone(), all[0].clone(), "SF1234567890123".to_owned(), all[1].clone()];
    let answer = store.import(&twice, date(2026, 12, 31));
    let told: Vec<_> = answer.refused.iter().map(|one| (one.number.as_str(), one.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            (all[0].as_str(), "it is here already: a number is lent once, so take the line out"),
            ("SF1234567890123", "it is no number of JD's: give its own carrier"),
        ]
    );
    let dry = PoolImport {
        dry_run: true,
        numbers: vec![PoolNumber { number: jd_numbers(3)[2].clone(), expires_on: date(2026, 12, 31) }],
        ..file()
    };
    assert_eq!(store.hub().import_numbers(&dry, NOW_US).expect("it is looked at").accepted, 1);
    assert_eq!(store.row(NOW_US).free, 2, "a dry run keeps nothing");
    let none = store.hub().import_numbers(&file(), NOW_US).expect_err("no numbers").to_string();
    assert!(none.contains("give one a line"), "{none}");
}

/// Eight threads of two stations, each of which hears only every second answer.
#[test]
fn stations_that_ask_at_once_get_different_numbers() {
    let store = Store::open();
    let stations = [store.station("SZ-01", "SZ"), store.station("SZ-02", "SZ")];
    store.import(&jd_numbers(400), date(2026, 12, 31));
    let lent = |station: &StationCode, shift: usize| {
        let (mut heard, mut last) = (Vec::new(), None);
        for turn in 0..40 {
            let epoch = format!("epoch-{shift}");
            let question =
                AskRequest::Pool { carrier: CarrierCode::Jd, shop: None, count: 2, epoch, last: last.clone() };
            let block = store.hub().ask(station, &question, NOW_US).expect("an answer").pool.expect("a pool");
            if turn % 2 == 1 {
                heard.extend(block.numbers.into_iter().map(|one| one.number));
                last = Some(block.block);
            }
        }
        heard
    };
    let heard: Vec<String> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8)
            .map(|shift| {
                scope.spawn({
                    let (lent, station) = (&lent, &stations[shift % 2]);
                    move || lent(station, shift)
                })
            })
            .collect();
        asking.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect()
    });
    let all: BTreeSet<&String> = heard.iter().collect();
    assert_eq!((heard.len(), all.len()), (8 * 20 * 2, 8 * 20 * 2), "no number twice");
    assert_eq!(store.row(NOW_US).leased, 8 * 20 * 2, "and none lost with an answer that nobody heard");
}

/// A hub that came back from a backup has forgotten what it lent since.
#[test]
fn numbers_from_before_a_backup_are_lent_to_nobody() {
    let mut store = Store::open();
    let station = store.station("SZ-01", "SZ");
    store.import(&jd_numbers(4), date(2026, 12, 31));
    // Without the note beside the store nobody knows how old the store is.
    store.hub = None;
    std::fs::remove_file(store.folder.path().join("hub.epoch")).expect("the note is there");
    store.restart();
    assert_eq!(store.ask(&station, None, 4, None).expect("a pool").numbers, []);
    let row = store.row(NOW_US);
    assert_eq!((row.free, row.doubtful), (0, 4));
    store.import(&jd_numbers(5)[4..], date(2026, 12, 31));
    assert_eq!(store.ask(&station, None, 4, None).expect("a pool").numbers.len(), 1);
}

/// The account, or its `pool`, was taken out of the config: nobody is left to say that there are enough.
#[test]
fn nobody_misses_numbers_that_nobody_wants_any_more() {
    let mut store = Store::open();
    let low = r#"{"kind":"pool_low","free":0,"wanted":4,"why":"it gives none"}"#;
    let put = "INSERT INTO exceptions (kind, subject, detail, since_us) VALUES ('pool_low', 'jd', ?1, 0)";
    store.hub().write(|transaction| Ok(transaction.execute(put, [low])?)).expect("an exception");
    assert_eq!(store.hub().exceptions(NOW_US).expect("rows").len(), 1);
    store.restart();
    assert_eq!(store.hub().exceptions(NOW_US).expect("rows"), []);
}

/// A store that was put back is noticed by its numbers alone, where nothing else came in since.
#[test]
fn a_store_that_is_put_back_is_known_by_what_it_lent() {
    let mut store = Store::open();
    let station = store.station("SZ-01", "SZ");
    store.import(&jd_numbers(4), date(2026, 12, 31));
    store.restart();
    let (epoch, path) = (store.hub().epoch().to_owned(), store.folder.path().join("hub.db"));
    store.hub = None;
    let backup = store.folder.path().join("backup.db");
    std::fs::copy(&path, &backup).expect("a backup");
    store.restart();
    assert_eq!(store.hub().epoch(), epoch, "nothing happened to it");
    assert_eq!(store.ask(&station, None, 2, None).expect("a pool").numbers.len(), 2);
    store.hub = None;
    std::fs::copy(&backup, &path).expect("it is put back");
    ["db-wal", "db-shm"].iter().for_each(|end| drop(std::fs::remove_file(path.with_extension(end))));
    store.restart();
    assert_ne!(store.hub().epoch(), epoch, "another past");
    assert_eq!(
        store.ask(&station, None, 4, None).expect("a pool").numbers,
        [],
        "what it may have lent is lent no more"
    );
}

#[test]
fn numbers_that_end_within_a_week_are_the_offices_to_see() {
    let store = Store::open();
    store.import(&jd_numbers(3), date(2026, 3, 1));
    let seen = |days: i64| {
        let rows = store.hub().exceptions(NOW_US + days * DAY_US).expect("rows").into_iter();
        rows.filter(|row| row.kind == "pool_ending")
            .map(|row| (row.subject, row.en, row.age_s / 86_400))
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(3), []);
    let told = seen(5);
    assert_eq!((told.len(), told[0].0.as_str(), told[0].2), (1, "jd", 1));
    assert!(told[0].1.starts_with("3 numbers for outages that nobody used end, the first on 2026-03-01"), "{told:?}");
    assert_eq!(seen(12), [], "over is over");
}
