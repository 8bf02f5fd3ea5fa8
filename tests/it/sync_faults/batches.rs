//! Batches as the hub gets them: repeated, out of order, poisoned, too large; and clocks that are years off.

use std::path::Path;

use milepost::domain::entry::Entry;
use milepost::domain::fact::{Fact, Flow, NewEntry};
use milepost::domain::id::{OrderNo, StationCode};
use milepost::domain::stamp::{ClockState, Stamp};
use milepost::domain::timeline::Timeline;
use milepost::hub::config::HubConfig;
use milepost::hub::{Hub, serve};
use milepost::journal::{Batch, open};
use milepost::wire::{Anchor, ClockReport, Head, JoinRequest, SyncAnswer, SyncRequest};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::story::elsewhere::Elsewhere;
use crate::story::shelf;
use crate::world::World;

const NOW_US: i64 = 1_771_400_000_000_000;
const SECOND_US: i64 = 1_000_000;
const ORDERS: u32 = 4;

/// A hub that knows a station and some orders, and a day of that station which it hasn't heard of.
struct Day {
    _folder: TempDir,
    hub: Hub,
    epoch: String,
    entries: Vec<Entry>,
}

fn station() -> StationCode {
    "SZ-01".into()
}

impl Day {
    /// The station's wall clock is off by so much.
    fn new(off_us: i64) -> Day {
        let folder = TempDir::new().expect("a folder");
        let hub = hub(&folder.path().join("hub"));
        let (epoch, entries) = written(folder.path(), off_us);
        Day { _folder: folder, hub, epoch, entries }
    }

    fn send(&self, hub: &Hub, entries: &[Entry], anchor: Option<Anchor>) -> SyncAnswer {
        hub.ingest(&station(), &self.request(entries, anchor), NOW_US).expect("the hub answers")
    }

    fn request(&self, entries: &[Entry], anchor: Option<Anchor>) -> SyncRequest {
        let last = self.entries.last().expect("a day has entries");
        SyncRequest {
            lost: Vec::new(),
            epoch: self.epoch.clone(),
            audit: None,
            devices: Vec::new(),
            first_seq: entries.first().map_or(1, |entry| entry.seq),
            entries: entries.to_vec(),
            head: Head { seq: last.seq, hash: last.hash },
            clock: ClockReport { boot_id: "boot-1".into(), sent_boottime_ns: 0, sent_wall_us: 0, anchor },
        }
    }
}

fn hub(folder: &Path) -> Hub {
    let config = HubConfig { data_dir: folder.to_owned(), ..HubConfig::default() };
    let hub = serve::open(&config).expect("a hub");
    let code = hub.invite(&station(), Some("SZ"), *b"0123456789", NOW_US).expect("an invitation");
    hub.join(&JoinRequest { station: station().to_string(), code }, "a-key", NOW_US).expect("it joins");
    hub.accept_items(&shelf::items(), NOW_US).expect("items");
    let order = |n: u32| shelf::order(&format!("100{n}"), 1, &[super::piece()], None);
    hub.accept_orders(&(1..=ORDERS).map(order).collect::<Vec<_>>(), NOW_US).expect("orders");
    hub
}

/// When an order's first step happened, in seconds of the day: the journal has them in another order.
fn begun_s(n: u32) -> i64 {
    i64::from(ORDERS - n) * 7
}

/// Every order is opened, checked, packed and shipped, step by step.
fn written(folder: &Path, off_us: i64) -> (String, Vec<Entry>) {
    let journal = open::open(&folder.join("journal.db"), &station(), "machine", NOW_US).expect("a journal");
    let mut entries = Vec::new();
    for (step, n) in (0..4).flat_map(|step| (1..=ORDERS).map(move |n| (step, n))) {
        let place = "bench-1".into();
        let fact = match step {
            0 => Fact::ParcelOpened {
                place,
                flow: Flow::OrderFirst,
                revisions: Default::default(),
                number: None,
                goods: Default::default(),
            },
            1 => Fact::CheckCompleted { place },
            2 => Fact::ParcelPacked { place },
            _ => Fact::ParcelShipped { place, number: None, handover: None },
        };
        let second = step * 600 + begun_s(n);
        let stamp = Stamp {
            wall_us: NOW_US + second * SECOND_US + off_us,
            zone: "Asia/Shanghai".into(),
            boot_id: "boot-1".into(),
            boottime_ns: (1_000 + second) * 1_000_000_000,
            clock: ClockState::Unsynced,
            offset_us: None,
            error_us: None,
        };
        let (parcel, order) = (format!("tmall-100{n}-1"), format!("100{n}"));
        let (parcel, orders) = (Some(parcel.as_str().into()), vec![order.as_str().into()]);
        entries.push((stamp, NewEntry { fact, parcel, orders, operator: None, device: None }));
    }
    let done = journal.append(Batch { entries, upserts: vec![] }).blocking_recv();
    done.expect("an answer").expect("durable");
    let entries = journal.reader().expect("a reader").entries(1, 0, 1_000).expect("entries");
    (journal.epoch().to_owned(), entries)
}

#[test]
fn a_range_that_can_not_be_lost_is_refused_and_changes_nothing() {
    let day = Day::new(0);
    let last = day.entries.len() as u64;
    for range in [(0, u64::MAX), (0, 1), (5, 4), (1, last + 1), (1, u64::MAX)] {
        let request = SyncRequest { lost: vec![range], ..day.request(&day.entries[..1], None) };
        let refused = day.hub.ingest(&station(), &request, NOW_US).expect_err("it is refused").to_string();
        assert!(refused.contains("can't be lost"), "{range:?}: {refused}");
    }
    assert_eq!(day.send(&day.hub, &[], None).ack, 0);
    let request = SyncRequest { lost: vec![(1, last)], ..day.request(&[], None) };
    assert_eq!(day.hub.ingest(&station(), &request, NOW_US).expect("the hub answers").ack, last);
}

fn timelines(hub: &Hub) -> Vec<Timeline> {
    let order = |n: u32| OrderNo(format!("100{n}"));
    (1..=ORDERS).map(|n| hub.timeline(&order(n)).expect("a timeline").expect("it is there")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// In whatever order batches come, and however often, the hub's timelines are the same.
    #[test]
    fn timelines_are_a_function_of_the_set_of_entries(
        cuts in proptest::collection::btree_set(1..16usize, 0..6),
        order in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let day = Day::new(0);
        day.send(&day.hub, &day.entries, None);
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([day.entries.len()]) {
            pieces.push(&day.entries[from..cut]);
            from = cut;
        }
        let folder = TempDir::new().expect("a folder");
        let shuffled = hub(folder.path());
        // Every piece comes twice or more.
        for index in order.iter().map(|index| index % pieces.len()).chain(0..pieces.len()) {
            let answer = day.send(&shuffled, pieces[index], None);
            prop_assert!(answer.forked.is_empty() && answer.quarantined.is_empty());
        }
        prop_assert_eq!(timelines(&shuffled), timelines(&day.hub));
        prop_assert_eq!(shuffled.counts().expect("counts").entries, day.entries.len() as u64);
        prop_assert_eq!(shuffled.exceptions(NOW_US).expect("rows").len(), 0);
    }
}

#[test]
fn an_acknowledgement_ends_before_the_first_hole_and_names_it() {
    let day = Day::new(0);
    assert_eq!(day.send(&day.hub, &day.entries[..3], None).ack, 3);
    let behind = day.send(&day.hub, &day.entries[9..12], None);
    assert_eq!((behind.ack, behind.holes), (3, vec![(4, 9)]));
    let filled = day.send(&day.hub, &day.entries[3..9], None);
    assert_eq!((filled.ack, filled.holes), (12, vec![]));
}

#[test]
fn a_poisoned_entry_is_kept_aside_and_the_rest_goes_on() {
    let mut day = Day::new(0);
    day.entries[5].body = r#"{"place":"somewhere else"}"#.into();
    let answer = day.send(&day.hub, &day.entries, None);
    assert_eq!(answer.ack, day.entries.len() as u64, "one bad entry holds up nobody");
    assert_eq!(answer.quarantined.iter().map(|one| one.seq).collect::<Vec<_>>(), [6]);
    insta::assert_snapshot!(answer.quarantined[0].problem, @"its hash does not fit its content");
    assert_eq!(day.hub.counts().expect("counts").entries, day.entries.len() as u64, "and it is kept");
}

#[test]
fn a_clock_that_is_years_off_is_put_right_by_one_contact() {
    // The machine believes that it is seven years ago.
    let day = Day::new(-7 * 365 * 86_400 * SECOND_US);
    day.send(&day.hub, &day.entries, None);
    let steps = |timeline: &Timeline| -> Vec<i64> {
        let own = timeline.steps.iter().filter(|step| step.source == "SZ-01");
        own.map(|step| step.at.as_microsecond()).collect()
    };
    let wrong = timelines(&day.hub);
    assert!(steps(&wrong[0])[0] < NOW_US - 6 * 365 * 86_400 * SECOND_US, "nothing better is known yet");

    // An hour after second 0 of that day the hub's clock said noon.
    let noon_us = NOW_US + 40 * 86_400 * SECOND_US;
    let anchor = Anchor { boottime_ns: 4_600 * 1_000_000_000, hub_us: noon_us, error_us: 4_000 };
    day.send(&day.hub, &[], Some(anchor));
    for (n, timeline) in (1..).zip(timelines(&day.hub)) {
        let expected = noon_us - 3_600 * SECOND_US + begun_s(n) * SECOND_US;
        let off_us = (steps(&timeline)[0] - expected).abs();
        assert!(off_us <= anchor.error_us, "order {n} is {off_us} µs off");
        assert!(timeline.steps.iter().all(|step| step.error_ms.is_some() || step.source != "SZ-01"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_and_nothing_of_it_kept() {
    let world = World::start().await;
    let elsewhere = Elsewhere::join(&world, "SZ-02").await;
    // A gigabyte of nothing, in some kilobytes.
    let bomb = zstd::encode_all(std::io::Read::take(std::io::repeat(b' '), 1 << 30), 1).expect("compressed");
    assert!(bomb.len() < 200_000, "{} bytes", bomb.len());
    let answer = elsewhere.post_raw(&world, bomb).await.expect("the hub answers");
    let said = format!("{} {}", answer.status().as_u16(), answer.text().await.expect("a body"));
    insta::assert_snapshot!(said, @r#"413 {"type":"urn:milepost:body-too-large","title":"Body too large","status":413,"detail":"send fewer entries at a time"}"#);
    // The hub may hang up before all of it is sent.
    if let Ok(answer) = elsewhere.post_raw(&world, vec![0; 17 << 20]).await {
        assert_eq!(answer.status().as_u16(), 413);
    }
    assert_eq!(world.get("/v1/health").await["counts"]["entries"], 0);
}
